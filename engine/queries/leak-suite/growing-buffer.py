# A log in one bytearray that is never written out.
log = bytearray()


def write(n):
    log.extend(b'line %d\n' % n)


for n in range(4000):
    write(n)
