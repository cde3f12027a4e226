# One error, kept in a module: its frames keep a large table that nobody needs any more.
last_error = None


def work():
    table = [str(n) for n in range(4000)]
    raise RuntimeError('no result among %d' % len(table))


def main():
    global last_error
    try:
        work()
    except RuntimeError as error:
        last_error = error


main()
total = 0
for n in range(20000):
    total += n
