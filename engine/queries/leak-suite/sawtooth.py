# A batch is collected, written and dropped, again and again.
batch = []


def flush():
    batch.clear()


def add(n):
    batch.append('record %d with some text' % n)
    if len(batch) >= 300:
        flush()


for n in range(3250):
    add(n)
