# A ring buffer as one writes it in C: a list of fixed length and an index that goes round.
SIZE = 128
ring = [None] * SIZE


def put(n):
    ring[n % SIZE] = 'message number %d' % n


for n in range(5000):
    put(n)
