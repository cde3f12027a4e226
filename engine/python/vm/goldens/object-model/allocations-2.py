class A:
    "docstring of A"
    y = 3
    def __init__(self, x): self.x = x
    def m(self): return self
    def __getattr__(self, n): raise AttributeError(n)
a = A(1)
b = A(2)
del b
isinstance(a, A)
x = a.m
x()
y = A.m
y(a)
x = y = None
str(a) and None
x = vars(a)
x = a.__dict__
a.z = 1
a.w = 2
x = None
a.__dict__ = {}
a.q = 1
del a.q
a.__class__
type(a)
A.__mro__
A.__bases__
x = A.__dict__
x = None
A.__name__
A.__qualname__
A.__module__
A.__doc__
A.foo = 1
A.foo
del A.foo
A.bar = lambda self: 1
a.bar()
issubclass(A, object)
callable(a)
dir
x = property(len)
x = classmethod(len)
x = staticmethod(len)
x = super(A, a)
x.__init__
x = None
class E(Exception):
    def __init__(self, m, k): super().__init__(m); self.k = k
try: raise E('x', 2)
except E as e: pass
try: raise E('x', 2)
except E as e: pass
e = E('a', 1)
e.args
str(e)
repr(e) and None
e.k
e.__traceback__
e.__cause__ = ValueError('q')
e.add_note('n')
e.add_note('m')
e = None
x = OSError(2, 'no', 'file')
str(x) and None
x = KeyError('a')
str(x) and None
x = ValueError('a', 'b')
str(x) and None
x = StopIteration(5)
x = UnicodeDecodeError('utf8', b'abc', 0, 1, 'bad')
str(x) and None
x = SyntaxError('bad', ('f.py', 1, 2, 'text'))
str(x) and None
x = ImportError('m', name='n', path='p')
x = AttributeError('m', name='n', obj=1)
x = NameError('m', name='n')
x = SystemExit(1)
x = ExceptionGroup('m', [ValueError(1), KeyError(2)])
x.split(ValueError) and None
x.subgroup(ValueError) and None
str(x) and None
x = None
def f():
    try: raise ExceptionGroup('m', [ValueError(1), KeyError(2)])
    except* ValueError: pass
    except* KeyError: pass
f()
f()
x = list[int]
repr(x) and None
x[0:0] if False else None
hash(x) and None
x == list[int]
x = int | str
repr(x) and None
isinstance(1, int | str)
x = None
class M(type):
    def __call__(cls, *a): return super().__call__(*a)
class K(metaclass=M):
    def __init__(self, *a): pass
K()
K(1, 2)
class S:
    __slots__ = 'p', 'q'
s = S()
s.p = 1
s.q = 2
del s.q
try: s.q
except AttributeError: pass
s = None
class D:
    def __get__(self, o, t): return 1
    def __set__(self, o, v): pass
class U: d = D()
u = U()
u.d
u.d = 5
U.d
class G:
    def __getattribute__(self, n): return object.__getattribute__(self, n)
g = G()
g.a = 1
g.a
class P:
    def __eq__(self, o): return True
    def __lt__(self, o): return True
    def __add__(self, o): return o
    def __radd__(self, o): return o
    def __iadd__(self, o): return self
    def __neg__(self): return 1
    def __getitem__(self, i): return i
    def __setitem__(self, i, v): pass
    def __delitem__(self, i): pass
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def __hash__(self): return 5
    def __int__(self): return 3
    def __index__(self): return 3
    def __str__(self): return 's'
    def __format__(self, s): return 'f'
    def __iter__(self): return self
    def __next__(self): raise StopIteration
p = P()
p == 1
1 == p
p < 1
1 > p
p + 1
1 + p
p += 1
-p
p[1]
p[1] = 2
del p[1]
p['a']
with p: pass
with p: raise ValueError
hash(p)
int(p)
[1, 2, 3, 4][p]
str(p)
f'{p}'
f'{p:x}'
format(p, 'x')
list(p)
for i in p: pass
{p: 1}
p in {p}
p != 1
p is 1
def h(a, b, *c, **d): pass
h(1, 2)
h(1, 2, 3, 4)
h(1, b=2, z=3)
h(*(1, 2))
h(**{'a': 1, 'b': 2})
try: h()
except TypeError: pass
try: h(1)
except TypeError: pass
try: p.nope
except AttributeError: pass
try: int.nope
except AttributeError: pass
try: p()
except TypeError: pass
try: p @ 1
except TypeError: pass
try: p @= 1
except TypeError: pass
try: [] + 1
except TypeError: pass
try: 'a' + 1
except TypeError: pass
try: len(p)
except TypeError: pass
try: int.foo = 1
except TypeError: pass
try: iter(5)
except TypeError: pass
try: 5[0]
except TypeError: pass
try: object(1)
except TypeError: pass
try: isinstance(1, 1)
except TypeError: pass
try: type('X', (int, str), {})
except TypeError: pass
try: {[]: 1}
except TypeError: pass
try: raise 5
except TypeError: pass
try: "a" < 1
except TypeError: pass
try: [].foo()
except AttributeError: pass
try: A.m()
except TypeError: pass
try: undefined_name
except NameError: pass
try: (lambda: undefined_name2)()
except NameError: pass
