from __future__ import annotations


def f(a: int, b: list[str, *c] = 1, *args: *Ts, k: lambda x, /, y=2, *z, w, **kw: (x, y), **kwargs: a.b(c, d=1, *e, **f)) -> (1, (2,), ()):
    x: tuple[int] = 1


a: x if y else not z or w and -v ** ~u
b: {1: 2, **d} | {3, 4} & [*e, 5] ^ (6 << 7) >> 8 + 9 - 10 * 11 / 12 // 13 % 14 @ 15
c: [x async for x in y if z if w] + {k: v for k, v in w} + {s for s in t} + f(g for g in h)
d: f'a{b!r:>{c}}{{}}' 'd' + u'unicode' + b'bytes'
e: x[1:2, ::3, ...] < y is not z in w not in v != u
g: 1 .real + 1e400 + 2j + (lambda: 0)


class C:
    x: int
    y: str = 'a'
    __z: float
