# Readers are started and never finished: each keeps its frame and the buffer in it.
readers = []


def read(number):
    buffer = bytearray(256)
    try:
        while True:
            yield buffer[0] + number
    finally:
        buffer.clear()


def start(number):
    reader = read(number)
    readers.append(reader)
    return next(reader)


for n in range(500):
    start(n)
