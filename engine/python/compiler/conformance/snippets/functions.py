from functools import wraps


def closures(a, b):
    c = a

    def inner(d):
        nonlocal c
        c += b + d

        def innermost():
            return a, c, d, inner
        return innermost, lambda: (a, d, unknown)
    global created
    created = inner
    del c
    return inner


def cell_argument(x):
    return [x + y for y in range(x) if y if x > y]


def generator(n):
    for i in range(n):
        received = yield i
        if received:
            return received
    yield from generator(n - 1)
    yield
    return (yield (yield 1))


def comprehensions(rows):
    return (
        [x for row in rows for x in row if x],
        {x for x in rows},
        {k: v for k, v in rows},
        (x for x in rows if x for y in [x] if y),
        [lambda: x for x in rows],
        [[y for y in x] for x in rows],
    )


async def coroutine(items):
    await items
    async with items as a, items.b() as (c, d):
        await a
    async for x in items:
        if x:
            continue
        break
    else:
        await x
    return [y async for y in items if await y], {z: await z for z in items}, [await w for w in items]


async def async_generator(items):
    async for item in items:
        yield item
    yield [x async for x in items]
    yield (x async for x in items)


f = lambda a, *b, c=1, **d: (a, b, c, d)
g = lambda: (yield)
class Namespace:
    x = 1
    y = [x for _ in range(x)]

    def method(self):
        return self.x

    def x(self):
        def x():
            return x
        return x

    class Nested:
        def deep(self):
            return __class__


def annotated(a: 'text', b: closures = 1, *args: int, c: str = '', **kwargs: {}) -> (int, str):
    local: int = 1
    other: str
    return local


def unpacking():
    a, b = b, a = 1, 2
    a, b, c = c, b, a
    (a, [b, *c]), d = 1, 2
    first, *rest = a
    *init, last = b
    a[b], a.c = a.c, a[b]
    a = b = c = d
    for a, (b, c) in d:
        pass
    a += 1
    a.b -= 2
    a[b] *= 3
    a[b:c] @= 4
    del a, b[c], c.d, (e, f), [g]
    e = f = g = 0


def docstring_only():
    'Doc.'


def no_docstring():
    'not' ' a ' f'docstring'
    1
    'constant'
    ...
