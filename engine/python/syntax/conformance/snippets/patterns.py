match a:
    case 1: pass
    case -1: pass
    case 1.5 | -2j | 1 + 2j | -1 - 2j: pass
    case 'a' 'b' | b'c' | f'{d}': pass
    case None | True | False: pass
    case x: pass
    case _: pass
match a, b:
    case x, y: pass
    case x,: pass
    case *x, y: pass
    case x, *_: pass
    case (x): pass
    case (x, y): pass
    case (x,): pass
    case (): pass
    case []: pass
    case [x]: pass
    case [x, *y, z,]: pass
    case [*_]: pass
    case [(a, b), [c]]: pass
match *a, b:
    case x.y: pass
    case x.y.z as w: pass
    case (1 | 2) as x: pass
    case 1 | 2 as x: pass
    case [1, 2] as x, y: pass
match (a):
    case {}: pass
    case {1: x}: pass
    case {'a': 1, b.c: 2, -1: x, None: _, 1 + 2j: y}: pass
    case {**rest}: pass
    case {'a': x, **rest,}: pass
match a.b(c)[d]:
    case A(): pass
    case A(x): pass
    case A(x, y,): pass
    case A(x=1): pass
    case A(x, y=B(z), w=_,): pass
    case a.b.C(x): pass
match -a:
    case x if x > 1: pass
    case x if (y := x): pass
    case x, y if x: pass
match not a:
    case match: pass
match match:
    case case: pass
match (a, b):
    case case, match: pass
match [a]:
    case [_, _]:
        match b:
            case c: pass
match {a: b}:
    case _:
        pass

match x := y:
    case _: pass
match lambda: x:
    case _: pass
match a,:
    case _: pass
match x if y else z:
    case 0: pass
match yield_:
    case 0:
        a
        b
    case 1: c; d
match = 1
match (a)
match [a]
match -a
match: int = 1
match, b = a
match.a = 1
match[a:b] = c
case = match
