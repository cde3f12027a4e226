# A cache that is never emptied and whose keys never come again.
cache = {}


def render(page):
    if page not in cache:
        cache[page] = 'page %d ' % page * 20
    return cache[page]


def serve(requests):
    for n in range(requests):
        render(n)


serve(1500)
