import os.path
import os.path as p
import os as o, sys
from . import sibling
from ..package import module as other
from collections import *
from os import (
    sep,
    linesep as line,
)


def f(*args, **kwargs):
    print(args, kwargs)
    print(*args)
    print(*args, *args, sep='', **kwargs)
    print(1, *args, 2, end='')
    print(**kwargs)
    print(a=1, b=2)
    print(1, a=1, **kwargs, b=2, c=3)
    os.path.join('a', 'b')
    args.count(1).bit_length()
    args.index(1, stop=2)
    args.index(*args)
    (args
        .count(1)
        .bit_length(
        ))
    ''.join(x for x in 'abc')
    f(f)(f)(1)(*args)
    print(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
    args.x(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
    f(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16)
    f(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, o=15, p=16, q=17, **kwargs)
    super().f()
    return (yield)


class C(o.PathLike, metaclass=type, **{}):
    pass


class D(C, *[object]):
    __private = 1

    def __method(self, __argument, *, __keyword=1):
        return self.__private, __argument, __keyword, self.__dunder__

    def uses_class(self):
        return __class__, super().x


@f(1)
@o.decorator
def decorated(a, b=1, /, c: int = 2, *d: str, e, f=3, g: float = 4, **h: dict) -> None:
    """Doc."""


@f
class Decorated:
    """Doc."""
    x: int = 1
    y: str
    (z): int = 2
    x.y: int
    x[1:2, 3]: int = 3
