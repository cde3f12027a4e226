# Every expression, with the parentheses and line breaks that move places.
a + b * c - d / e // f % g @ h
(a) + (b)
((a + b)) * (
    c
)
a ** -b ** ~c
-a ** b
not a and b or not c
a < b <= c == d != e >= f > g
a is not b is c not in d in e
a if b else c if d else e
(a if b else c) if (d) else (e)
lambda: 0
lambda x, y=1, *z, k, l=2, **m: (yield)
lambda *, a: a
lambda a, /, b: a
(lambda x: x)(1)
a.b.c(d)[e](f, *g, h=i, **j)
f(a for b in c)
f((a for b in c), d)
f(x := 1, *y, *z, k=1, *w, **u, v=2)
f(a, b,)
f(
    a,
    b=c,
)
x[1], x[1:2], x[1:2:3], x[::], x[:], x[1:], x[:2], x[::3]
x[1, 2], x[1:2, ::3], x[1,], x[*a], x[*a, b], x[a, *b], x[a := 1], x[(a := 1):2]
[], [a], [a,], [a, *b], [*a, *b]
(), (a,), (a, b), (*a, b), (a, *b,)
{}, {a}, {a, *b}, {a: b}, {a: b, **c, d: e,}, {**a}
[a for b in c], [a for b in c if d if e for f in g]
{a for b in c}, {a: b for c, d in e}, (a for b in c)
[a async for b in c], [await a for b in c]
[a for b, in c], [a for b, c in d], [a for (b, c), *d in e], [a for b.c in d], [a for b[0] in c]
[(yield), (yield a), (yield from b), (yield a, *b)]
(a := 1), [b := 2, c := 3], {d := 4}, (e := (f := 5))
await a, await a.b(c), await a ** b, -await a
..., None, True, False
*a, b
a,
a, *b,
a \
    + b
(a
 # a comment
 + b)
(yield_ := a, b)
print(*a, sep='')
x = a if b else lambda: c
x = [i for i in a if b or c]
x = {'a': 1}['a'].b().c
