# A large table made once, then read.
TABLE = {n: 'entry %d' % n for n in range(3000)}


def look(n):
    return len(TABLE[n % 3000])


total = 0
for n in range(12000):
    total += look(n)
