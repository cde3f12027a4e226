class A:
    __slots__ = ('a', 'b', 'c')
    def __init__(self, x): self.a = x
class B(A):
    x = 5
    def __init__(self, x):
        super().__init__(x)
    @property
    def p(self): return self.a
    @classmethod
    def cm(cls): return cls
    @staticmethod
    def sm(): return 1
b = B(1)
b = B(2)
b.p
b.cm()
b.sm()
B.cm()
x = b.cm
x = b.sm
x = None
class M(type):
    def __new__(m, n, b, ns): return super().__new__(m, n, b, ns)
class K(metaclass=M): pass
class K2(K, metaclass=M): pass
k = K()
k.a = 1
k.b = 2
k.__dict__
del k
hasattr(b, 'nope')
hasattr(b, 'nope')
getattr(b, 'nope', None)
getattr(B, 'nope', None)
hasattr(B, 'nope2')
try: b.nope
except AttributeError: pass
try: B.nope
except AttributeError: pass
try: b.c
except AttributeError: pass
try: del b.c
except AttributeError: pass
try: None.foo
except AttributeError: pass
try: 1 + 'a'
except TypeError: pass
try: [] < 1
except TypeError: pass
try: len(5)
except TypeError: pass
try: {}[1]
except KeyError: pass
try: [][1]
except IndexError: pass
try: int('x')
except ValueError: pass
try: b.cm(1)
except TypeError: pass
try: 5()
except TypeError: pass
try: [].append()
except TypeError: pass
try: raise ValueError('a') from KeyError('b')
except ValueError: pass
try:
    try: raise ValueError('a')
    except ValueError: raise KeyError('b')
except KeyError: pass
def f(a, b=1, *c, d=2, **e): return a
f(1)
f(1, 2, 3, d=4, e=5)
f(*[1, 2], **{'z': 1})
g = lambda x: x
f.x = 1
f.__annotations__
def h(a: int) -> str: pass
h.__annotations__
import_ = [].append
import_(1)
m = b.p
str(B)
repr(b) and None
object().__class__
isinstance(b, A)
isinstance(b, (int, A))
issubclass(B, A)
class Meta(type):
    def __instancecheck__(cls, o): return True
class L(metaclass=Meta): pass
isinstance(1, L)
isinstance(1, L)
type('Dyn', (), {})
type('Dyn', (A,), {'x': 1})
B.y = 5
B.__add__ = lambda s, o: 5
b + 1
b + 2
del B.y
class P:
    def __eq__(self, o): return True
    def __hash__(self): return 1
    def __len__(self): return 3
    def __getitem__(self, i): return i
    def __iter__(self): return iter([1])
    def __contains__(self, x): return True
    def __call__(self, *a): return a
    def __bool__(self): return True
    def __repr__(self): return 'P'
p = P()
p == 1
hash(p)
len(p)
p[5]
p[300]
list(p)
5 in p
p(1, 2)
bool(p)
repr(p)
str(p)
f'{p}'
p != 1
del p
