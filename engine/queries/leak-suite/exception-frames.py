# Errors are kept for a report, and with each its traceback, whose frames keep their locals.
errors = []


def parse(text):
    words = text.split()
    table = {word: len(word) for word in words}
    return int(words[-1]) + len(table)


def load(n):
    text = ' '.join('word%d' % i for i in range(30)) + ' x%d' % n
    try:
        return parse(text)
    except ValueError as error:
        errors.append(error)
        return 0


for n in range(120):
    load(n)
