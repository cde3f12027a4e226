def err(f, *a, **k):
    try: r = f(*a, **k)
    except BaseException as e: print(type(e).__name__, '|', e, '|', getattr(e,'name',None))
    else: print('->', repr(r))
# operators by slots
import_ops = []
class L:
    def __init__(s, n): s.n = n
    def __repr__(s): return s.n
for op in 'add sub mul truediv floordiv mod divmod lshift rshift and or xor matmul pow'.split():
    def mk(op):
        def f(s, o, *m): return (op, s.n, o) + m
        def r(s, o, *m): return ('r' + op, s.n, o) + m
        def i(s, o): return ('i' + op, s.n, o)
        return f, r, i
    f, r, i = mk(op)
    setattr(L, '__%s__' % op, f); setattr(L, '__r%s__' % op, r)
    if op != 'divmod': setattr(L, '__i%s__' % op, i)
a = L('a')
print(a + 1, 1 + a, a - 1, 1 - a, a * 2, 2 * a, a / 1, 1 / a, a // 1, 1 // a, a % 1, 1 % a, divmod(a, 1), divmod(1, a), a << 1, 1 << a, a >> 1, 1 >> a, a & 1, 1 & a, a | 1, 1 | a, a ^ 1, 1 ^ a, a @ 1, 1 @ a, a ** 2, 2 ** a, pow(a, 2, 3))
for s in ['+=', '-=', '*=', '/=', '//=', '%=', '<<=', '>>=', '&=', '|=', '^=', '@=', '**=']:
    d = {'x': a}; exec('x %s 5' % s, d); print(s, d['x'])
class Sub(L):
    def __radd__(s, o): return ('subradd', o)
print(L('l') + Sub('s'), Sub('s') + L('l'))
class Sub2(L): pass
print(L('l') + Sub2('s'))
class NI:
    def __add__(s, o): return NotImplemented
    def __radd__(s, o): return NotImplemented
    def __lt__(s, o): return NotImplemented
    def __eq__(s, o): return NotImplemented
n = NI(); err(lambda: n + 1); err(lambda: 1 + n); err(lambda: n + n); err(lambda: n < 1); err(lambda: 1 < n); print(n == 1, n != 1, n == n, n != n)
err(lambda: n - 1); err(lambda: -n); err(lambda: ~n); err(lambda: +n); err(lambda: abs(n)); err(lambda: n @ 1); err(lambda: n ** 1); err(lambda: pow(n, 1, 2)); err(lambda: divmod(n, 1)); err(lambda: [] + 1); err(lambda: 1 + []); err(lambda: 'a' + 1); err(lambda: 'a' * 'b'); err(lambda: [] * 'a'); err(lambda: [] - []); err(lambda: print >> 1)
def ip(o, s): d = {'x': o}; exec('x %s 5' % s, d); return d['x']
for s in ['+=', '-=', '*=', '/=', '//=', '%=', '<<=', '>>=', '&=', '|=', '^=', '@=', '**=']: err(ip, n, s)
# comparisons
class Cmp:
    def __init__(s, v): s.v = v
    def __lt__(s, o): print('lt'); return s.v < o.v
    def __eq__(s, o): print('eq'); return s.v == o.v
x, y = Cmp(1), Cmp(2)
print(x < y, x > y, x == y, x != y); err(lambda: x <= y); err(hash, x)
class CS(Cmp):
    def __gt__(s, o): print('sub gt'); return True
print(x < CS(0))
class BoolErr:
    def __bool__(s): return 5
err(bool, BoolErr()); err(lambda: 1 if BoolErr() else 2)
class LenBad:
    def __init__(s, v): s.v = v
    def __len__(s): return s.v
for v in (-1, 'x', 1.5, 2**100, True, -2**100): err(len, LenBad(v)); err(bool, LenBad(v))
class H:
    def __init__(s, v): s.v = v
    def __hash__(s): return s.v
for v in (1, -1, -2, 2**100, 'x', 2**61 - 1, -2**63, True, 2**63): err(hash, H(v))
class NoHash: __hash__ = None
err(hash, NoHash()); err(hash, []); err(lambda: {[]: 1}); err(lambda: {NoHash()})
class EqOnly:
    def __eq__(s, o): return True
err(hash, EqOnly()); print(EqOnly.__hash__, EqOnly.__dict__.get('__hash__', 'missing'))
class Rp:
    def __repr__(s): return 5
    def __str__(s): return 6
    def __bytes__(s): return 7
    def __format__(s, f): return 8
    def __index__(s): return 'x'
    def __int__(s): return 'x'
    def __float__(s): return 'x'
    def __complex__(s): return 'x'
    def __iter__(s): return 5
    def __dir__(s): return 5
    def __length_hint__(s): return 'x'
    def __contains__(s, x): return []
r = Rp()
err(repr, r); err(str, r); err(bytes, r); err(format, r); err(lambda: f'{r}'); err(lambda: [1][r]); err(int, r); err(float, r); err(complex, r); err(iter, r); err(dir, r); print(1 in r); err(ascii, r); err(lambda: '%s' % r); err(lambda: '%r' % r); err(list, r)
class It:
    def __iter__(s): return s
    def __next__(s): raise StopIteration(3)
print(list(It())); err(next, It())
class GI:
    def __getitem__(s, i):
        if i > 2: raise IndexError
        return i * 10
print(list(GI()), 20 in GI(), 5 in GI(), [*reversed([1])]); err(reversed, GI()); err(len, GI()); print(iter(GI()))
class NoIter: __iter__ = None
err(iter, NoIter()); err(iter, 5); err(lambda: 1 in 5)
class NoCont: __contains__ = None
err(lambda: 1 in NoCont())
class NoGet: pass
err(lambda: NoGet()[1]); err(lambda: NoGet.__getitem__); 
def si(o): o[1] = 2
def di(o): del o[1]
err(si, NoGet()); err(di, NoGet()); err(si, 5); err(di, 5); err(si, 'abc'); err(di, 'abc'); err(lambda: (lambda x: x[1])(5)); err(lambda: (lambda x: x['b'])('a')); err(lambda: NoGet[1]); err(lambda: int[1]); err(si, GI()); err(di, GI())
class CG:
    def __class_getitem__(cls, i): return (cls.__name__, i)
print(CG[5], type('CG2', (CG,), {})[1])
class MI(type):
    def __getitem__(c, i): return ('meta', i)
class MI1(metaclass=MI): pass
print(MI1[3])
class Call:
    def __call__(s, *a, **k): return a, k
print(Call()(1, x=2)); err(NoGet()); err(5); print(callable(Call()), callable(5), callable(NoGet))
# dynamic slots
class Dy: pass
d = Dy(); err(lambda: d + 1); Dy.__add__ = lambda s, o: 'added'; print(d + 1); del Dy.__add__; err(lambda: d + 1)
class Dz(Dy): pass
z = Dz(); Dy.__len__ = lambda s: 7; print(len(z)); Dz.__len__ = lambda s: 8; print(len(z), len(d)); del Dz.__len__; print(len(z)); del Dy.__len__; err(len, z)
Dy.__getattr__ = lambda s, n: 'dyn ' + n; print(z.foo); del Dy.__getattr__; err(lambda: z.foo)
Dy.__repr__ = lambda s: 'DY'; print(z, repr(d)); Dy.__eq__ = lambda s, o: True; print(z == 5, hash(z) == hash(z)); Dy.__hash__ = None; err(hash, z)
Dy.__call__ = lambda s: 'called'; print(d()); Dy.__iter__ = lambda s: iter('ab'); print(list(z)); Dy.__get__ = lambda s, o, t=None: 'got'
class Ow: at = Dy()
print(Ow.at, Ow().at); del Dy.__get__; print(Ow.at)
Dy.__set__ = lambda s, o, v: print('setting', v); ow = Ow(); ow.at = 5
Dy.__init__ = lambda s, *a: print('init', a); Dy(1, 2); Dy.__new__ = staticmethod(lambda c, *a: object.__new__(c)); Dy(3); del Dy.__new__; err(Dy, 4); del Dy.__init__; err(Dy, 5)
Dy.__del__ = lambda s: print('del dy'); Dy(); del Dy.__del__
Dy.__setattr__ = lambda s, n, v: print('sa', n); d.q = 1; del Dy.__setattr__; d.q = 2; print(d.q)
Dy.__getattribute__ = lambda s, n: 'ga ' + n; print(d.anything); del Dy.__getattribute__; print(d.q)
Dy.__bool__ = lambda s: False; print(bool(d)); Dy.__class__; Dy.__index__ = lambda s: 1; print([5, 6][d])
Dy.__enter__ = lambda s: 'en'; Dy.__exit__ = lambda s, *a: print('exit', a[0])
with d as q: print(q)
# inheritance from builtins
class I(int):
    def __add__(s, o): return I(int(s) + int(o) + 100)
i = I(5); print(i + 1, 1 + i, i * 2, type(i * 2), i.real, I.__basicsize__); i.attr = 1; print(i.__dict__)
class F(float): pass
print(F(1.5) + 1, type(+F(1)), F(2).__dict__)
class S(str):
    def __len__(s): return 99
s = S('abc'); print(len(s), s.upper(), s + 'd', type(s[0]), s == 'abc', hash(s) == hash('abc'), {s: 1}['abc']); s.zz = 1; print(s.zz)
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
print(T(1, 2), T(1, 2)[0], T(1) + (2,), type(T(1)[:]), T(1).__class__)
class Li(list):
    def append(s, x): super().append(x * 2)
l = Li([1]); l.append(2); print(l, len(l), l == [1, 4], type(l[:])); l.x = 1; print(l.__dict__)
class Di(dict):
    def __missing__(s, k): return 'miss ' + str(k)
print(Di(a=1)['b'], Di(a=1)['a'], Di(a=1).get('zz')); err(lambda: {}['q'])
class Se(set): pass
print(Se([1, 2]) | {3}, type(Se([1]) | Se([2])))
class By(bytes): pass
print(By(b'ab'), By(b'ab')[0])
class Ex(Exception):
    def __init__(s, a, *, k=1): super().__init__(a); s.k = k
e = Ex(1, k=2); print(repr(e), e.k, e.args)
class Ob(object): __slots__ = ()
err(setattr, Ob(), 'x', 1); err(lambda: Ob().__dict__)
class Ty(type):
    x = 5
    def meth(cls): return cls.__name__
class TyC(metaclass=Ty): pass
print(TyC.x, TyC.meth(), 'x' in TyC.__dict__); err(lambda: TyC().x); err(lambda: TyC().meth)
err(lambda: type('x', (type, int), {})); err(lambda: object.__reduce_ex__(5, 'x')); print(object.__sizeof__(5) if False else '', object().__sizeof__(), TyC().__sizeof__())
print(object.__dir__(TyC())[:0], TyC().__format__(''), ) if False else None; err(format, TyC(), 'x'); err(object().__format__, 5); print(object.__subclasshook__(), object.__init_subclass__()); err(object.__init_subclass__, 1)
print(dir(TyC()) == dir(object()) + ['__dict__', '__module__', '__weakref__'] or sorted(set(dir(TyC())) - set(dir(object()))))
print((lambda: 0).__class__, type.__call__(int, '5'), type.__or__(int, str), type.__repr__(int), type.__instancecheck__(int, 5), type.__subclasscheck__(int, bool), type.__sizeof__(TyC) > 0)
err(type.__call__); err(type.__instancecheck__, 5, 5); err(isinstance, 5, 5); err(isinstance, 5, (int, 5)); err(isinstance, 5, (str, 5)); err(issubclass, 5, int); err(issubclass, int, 5); err(isinstance); err(isinstance, 5, [int])
class FakeC:
    @property
    def __class__(s): return int
print(isinstance(FakeC(), int), isinstance(FakeC(), FakeC), type(FakeC()))
class AB: __bases__ = ()
print(issubclass(AB(), AB())) if False else None
class Abs:
    __abstractmethods__ = None
try: del Abs.__abstractmethods__
except AttributeError as e: print('ae', e)
class Ab2: pass
Ab2.__abstractmethods__ = {'foo', 'bar'}; err(Ab2); Ab2.__abstractmethods__ = {'foo'}; err(Ab2); Ab2.__abstractmethods__ = set(); print(type(Ab2())); del Ab2.__abstractmethods__; err(lambda: Ab2.__abstractmethods__)
