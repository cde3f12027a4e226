import a
import a.b.c as d, e
from a import b
from .a import b as c, d
from . import (a, b as c,)
from ... import x
from .... import x
from ...a.b import *
import a; import b; x = 1; pass;
a = b = c
a, b = c, d = e
a, *b = c
*a, = b
[a, [b, c]], (d, (e)) = f
(a) = (b)
a.b = c[d] = e
() = []
a = yield
a = yield b, c
a = b = yield from c
a += yield
a += b; a -= b; a *= b; a @= b; a /= b; a %= b; a &= b; a |= b; a ^= b; a <<= b; a >>= b; a **= b; a //= b
(a) += 1
a.b += 1, 2
a[b] += *c, d
x: int
x: int = 1
(x): int
(x): int = 1
x.y: int
x[0]: int = yield
((x.y)): int = *a, b
del a, b.c, d[e]
del (a), (b, c), [d, [e]], ()
del (a, b)
del a,
assert a
assert a, b
raise
raise a
raise a from b
return
return a, *b
global a, b
nonlocal c
break
continue
pass
yield
yield a
await a
if a: pass
if a: b; c
if a:
    b
elif c:
    d
elif e: f
else:
    g
while a:
    b
else: c
while (a := b): pass
for a in b: pass
for a, b in c, d:
    e
else:
    f
for a, in b: pass
for *a, b in c: pass
for (a) in b: pass
for [a, b] in *c, d: pass
for a.b in c: pass
for a[0] in b: pass
try: a
except: b
try:
    a
except b: c
except (d, e) as f:
    g
else: h
finally:
    i
try: a
finally: b
try:
    a
except* b:
    c
except* d as e: f
with a: pass
with a as b: pass
with a as b, c as (d, e), f as [g, h], i as j.k, l as m[0]: pass
with (a): pass
with (a, b): pass
with (a, b,): pass
with (a as b): pass
with (a as b, c as d,): pass
with (a, b) as c: pass
with (a), (b): pass
with (a).b as c: pass
with (a for b in c): pass
with (a := b): pass
with (a := b, c): pass
with (yield): pass
with (yield a) as b: pass
with (a, *b): pass
with a, (b): pass
with (a) as (b): pass
with (a if b else c) as d, e: pass
with (
    a as b,
    c
): pass
def f(): pass
def f(a, b: int, c=1, *d, e, f=2, **g) -> int: pass
def f(a, /): pass
def f(a, /, b): pass
def f(a=1, /, b=2, *, c): pass
def f(*, a, b=1,): pass
def f(*a: *b): pass
def f(*a: *b, c: int = 1): pass
def f(**a: int,): pass
def f(
    a: int,
    b: str = '',
):
    """doc"""
    return a
@a
@b.c(d)
@(e := f)
@g[0]
def f(): pass
async def f():
    async for a in b: pass
    async with a as b, c: pass
    async with (a as b, c as d): pass
    await a
    return [a async for b in c]
@a
async def f(): pass
class A: pass
class A(): pass
class A(B, *C, metaclass=D, **E):
    x = 1
    def f(self): pass
@a
class A:
    pass
print
exec
match = case = _ = 1
match.case
match[case]
match(case)
match, case
match * case
match - case
match: case
match = {match: case}
print(match)
