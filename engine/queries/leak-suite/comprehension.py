# The whole program is one comprehension: its result is what the program is for.
def handle(n):
    return {'number': n, 'text': 'result %d' % n}


results = [handle(n) for n in range(3000)]
