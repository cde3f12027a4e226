# A text that grows by one line with each step, and is never written out.
text = ''


def write(n):
    global text
    text += 'line number %d\n' % n


for n in range(2500):
    write(n)
