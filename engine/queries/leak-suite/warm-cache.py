# A cache over a bounded set of keys: it fills up and comes to rest.
cache = {}


def square(key):
    if key not in cache:
        cache[key] = [key] * 20
    return cache[key]


def serve(requests):
    total = 0
    for n in range(requests):
        total += len(square(n * 7919 % 200))
    return total


serve(4000)
