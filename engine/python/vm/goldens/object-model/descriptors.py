def err(f, *a, **k):
    try: r = f(*a, **k)
    except BaseException as e: print(type(e).__name__, '|', e, '|', getattr(e,'name',None))
    else: print('->', r)
# descriptors
class P:
    def __init__(s): s._x = 1
    @property
    def x(self):
        "doc of x"
        return self._x
    @x.setter
    def x(self, v): self._x = v
    @x.deleter
    def x(self): del self._x
    y = property(lambda s: 5)
    z = property(None, lambda s, v: None)
p = P()
print(p.x); p.x = 7; print(p.x); del p.x
err(lambda: p.x)
err(setattr, p, 'y', 1); err(delattr, p, 'y'); err(getattr, p, 'z'); err(delattr, p, 'z')
print(P.x, P.x.__doc__, P.x.fget.__name__, P.y.fset)
err(property, 1, 2, 3, 4, 5)
q = property(doc='hey'); print(q.__doc__); q.__doc__ = 'new'; print(q.__doc__)
err(lambda: q.__get__(1)); err(q.__set__, 1, 2); err(q.__delete__, 1)
err(lambda: property().fget); err(setattr, property(), 'fget', 1)
class PS(property): pass
@PS
def ps(self): "psdoc"
print(ps.__doc__, type(ps.setter(1)))
err(property().__set_name__, 1)
# slots
class S:
    __slots__ = ('a', '__b', 'c')
s = S(); s.a = 1
print(s.a, S.__slots__, [n for n in S.__dict__])
err(lambda: s.c); err(delattr, s, 'c'); err(setattr, s, 'd', 1); err(lambda: s.__dict__)
print(S.a, S.a.__objclass__, S.a.__name__, S.a.__qualname__, S.a.__doc__)
err(S.a.__get__, 5); err(S.a.__set__, 5, 6); print(S.a.__get__(None, S) is S.a)
class S2(S): __slots__ = ('e',)
s2 = S2(); s2.a = 1; s2.e = 2; print(s2.a, s2.e, S2.__basicsize__)
class S3(S): pass
s3 = S3(); s3.a = 1; s3.zz = 3; print(s3.__dict__, s3.a)
class S4: __slots__ = ['__dict__']
s4 = S4(); s4.x = 1; print(s4.__dict__); err(_ref, s4)
class S5: __slots__ = {'q': 'the q'}
print(S5.q, S5.__slots__, S5.__doc__)
# user descriptors
class D:
    def __init__(s, n): s.n = n
    def __get__(s, o, t=None): return (s.n, o is None, t and t.__name__)
    def __set__(s, o, v): print('set', s.n, v)
    def __delete__(s, o): print('del', s.n)
class ND:
    def __get__(s, o, t=None): return 'nd'
class C:
    d = D('d'); nd = ND()
c = C(); c.d = 5; del c.d; print(c.d, C.d)
print(c.nd); c.nd = 5; print(c.nd, c.__dict__); c.__dict__['d'] = 9; print(c.d)
# getattr hooks
class G:
    def __getattr__(self, n):
        if n.startswith('q'): return 'ga ' + n
        raise AttributeError('nope ' + n)
g = G(); print(g.qq); err(lambda: g.x); print(hasattr(g, 'x'), getattr(g, 'y', 3))
class GA:
    def __getattribute__(self, n):
        if n == 'magic': return 42
        return object.__getattribute__(self, n)
print(GA().magic); err(lambda: GA().nope)
class GB(GA):
    def __getattr__(self, n): return 'fallback ' + n
print(GB().magic, GB().nope)
class SA:
    def __setattr__(self, n, v): print('setattr', n, v); object.__setattr__(self, n, v)
    def __delattr__(self, n): print('delattr', n); object.__delattr__(self, n)
sa = SA(); sa.x = 1; print(sa.x); del sa.x; err(lambda: sa.x)
err(object.__setattr__, int, 'a', 1); err(type.__setattr__, int, 'a', 1); err(object.__delattr__, 5, 'a'); err(object.__setattr__, 5); err(object.__getattribute__, 5)
# methods
print(c.__init__, len, [].append, int.__add__, (5).__add__, str.upper, dict.fromkeys, int.real, type.__dict__['__name__'], object.__init_subclass__)
class Q:
    def m(self, *a, **k): return a, k
    @classmethod
    def c(cls, *a): return cls, a
    @staticmethod
    def s(*a): return a
q = Q(); print(q.m(1, x=2), q.c(1), Q.c(2), q.s(3), Q.s(4)); print(q.m, Q.m, q.c, Q.__dict__['c'], Q.__dict__['s'])
print(q.m == q.m, q.m is q.m, q.m.__func__ is Q.m, q.m.__self__ is q, hash(q.m) == hash(q.m), q.m.__name__, q.m.__qualname__, q.m.__doc__)
err(Q.m); err(getattr, q.m, 'zz'); err(setattr, q.m, 'zz', 1)
print(Q.__dict__['c'].__func__, Q.__dict__['c'].__wrapped__, Q.__dict__['s'].__name__, Q.__dict__['s'](1))
err(classmethod); err(staticmethod, 1, 2); err(staticmethod, 1, x=3); print(staticmethod(1), classmethod(len))
class CP:
    @classmethod
    @property
    def v(cls): return cls.__name__
print(CP.v, CP().v)
err(list.append); err(list.append, 1); err(list.append, {}, 1); err([].append); err([].append, 1, 2); err([].append, x=1)
err(int.__add__); err(int.__add__, 'a', 1); err((5).__add__); err([].__len__, 1); err([].__len__, x=1); err([].__setitem__, 1); err((5).__pow__); err((5).__pow__, 1, 2, 3); err('a'.__contains__)
err(len); err(len, 1, 2); err(len, x=1); err(iter([]).__next__, 1); err(iter([]).__next__)
err(dict.fromkeys); err(type.__dict__['__prepare__'].__get__(None, type), 1, 2, 3); err(int.from_bytes); err(type.__dict__['mro'].__get__, 5, int)
err(dict.__dict__['fromkeys'].__get__, None, int); err(dict.__dict__['fromkeys'], 5); err(dict.__dict__['fromkeys'])
err(dict.__dict__['fromkeys'].__get__, None, 5)
print((5).__add__ == (5).__add__, [].append == [].append, hash((5).__add__) is not None, (5).__add__.__self__, (5).__add__.__name__, (5).__add__.__qualname__, (5).__add__.__objclass__, (5).__add__.__text_signature__)
print(len.__module__, len.__name__, len.__qualname__, len.__self__ is not None, [].append.__qualname__, dict.fromkeys.__qualname__, len.__text_signature__, int.__add__.__text_signature__, [].append.__text_signature__)
err(setattr, len, 'x', 1); err(setattr, int.__add__, '__name__', 1); err(setattr, int.real, 'x', 1); err(setattr, 5, 'real', 1); err(delattr, 5, 'real')
err(getattr(int, 'real').__get__, 'a'); err(int.real.__set__, 1, 2)
# functions
def f(a, b=2, *c, d: int = 4, **e) -> str: "fdoc"; return a
print(f.__name__, f.__defaults__, f.__kwdefaults__, f.__annotations__, f.__doc__, f.__module__, f.__qualname__, f.__closure__, f.__dict__, f.__code__.co_name, f.__globals__ is globals(), type(f.__builtins__))
f.x = 1; print(f.__dict__, f.x); f.__name__ = 'g'; print(f); f.__qualname__ = 'gg'; print(f.__qualname__)
for n, v in [('__name__', 1), ('__qualname__', 1), ('__defaults__', 1), ('__kwdefaults__', 1), ('__annotations__', 1), ('__code__', 1), ('__dict__', 1), ('__globals__', 1), ('__closure__', 1)]:
    err(setattr, f, n, v)
err(delattr, f, '__name__'); err(delattr, f, '__dict__'); del f.__defaults__; print(f.__defaults__); err(f)
def clos():
    v = 1
    def inner(): return v
    return inner
err(setattr, f, '__code__', clos().__code__)
F = type(f); err(F); err(F, 1, {}); err(F, f.__code__, 1); err(F, f.__code__, {}, 1); err(F, f.__code__, {}, None, 1); err(F, f.__code__, {}, None, None, 1); err(F, f.__code__, {}, None, None, (1,)); err(F, clos().__code__, {}, None, None, (1,)); err(F, clos().__code__, {})
n = F(clos().__code__, {}, 'nm', None, clos().__closure__); print(n.__name__, n())
print(clos().__closure__[0].cell_contents); ce = clos().__closure__[0]; ce.cell_contents = 9; print(ce.cell_contents); del ce.cell_contents; err(lambda: ce.cell_contents); print(type(ce)(5) == type(ce)(5), type(ce)(5) < type(ce)(6), type(ce)() < type(ce)(1))
M = type(q.m); err(M); err(M, 1, 2); err(M, f, None); print(M(len, [1, 2])())
print(f.__get__(None, Q) is f, f.__get__(5)); err(f.__get__); err(f.__get__, None, None)
