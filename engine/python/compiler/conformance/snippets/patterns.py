def match_all(x):
    match x:
        case 1 | -1 | 1.5 | 'a' | b'b' | None | True | -1 - 2j:
            return 1
        case [a, b, *rest] if a:
            return a, b, rest
        case (_, *_, last):
            return last
        case [1, [2, *_]] | [[2, *_], 1]:
            return 3
        case {'k': v, -1: w, **others}:
            return v, w, others
        case {}:
            return 4
        case Point(x=0, y=[p, q]) | Point([p, q], _):
            return p, q
        case module.CONSTANT | module.Class():
            return 5
        case str() | int() as value:
            return value
        case [Point(x=x1), Point(x=x2)] if x1 == x2:
            return x1
        case []:
            return 6
        case other if other:
            pass
        case _:
            return 7


def swaps(x):
    match x:
        case [a, b, c] | {'a': c, 'b': a, 'c': b} | (c, _, a, b):
            return a, b, c
        case 0:
            pass
    match x, 1:
        case a, b:
            return b, a
