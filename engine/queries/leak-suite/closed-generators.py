# Generators that are read to their end leave nothing behind.
def read(number):
    buffer = bytearray(256)
    for i in range(3):
        yield buffer[i] + number


def consume(number):
    return sum(read(number))


total = 0
for n in range(1500):
    total += consume(n)
