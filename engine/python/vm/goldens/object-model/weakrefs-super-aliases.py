def err(f, *a, **k):
    try: r = f(*a, **k)
    except BaseException as e: print(type(e).__name__, '|', e, '|', getattr(e,'name',None))
    else: print('->', repr(r))
# weakrefs
class A:
    def __init__(s, n=0): s.n = n
    def __repr__(s): return 'A%d' % s.n
    def __eq__(s, o): return s.n == o.n
    def __hash__(s): return s.n
    def __call__(s, *a): return a
a = A(1)
r = _ref(a); r2 = _ref(a); print(r is r2, r() is a, _wcount(a), r.__callback__)
def cb(n):
    def f(r): print('cb', n, r() is None)
    return f
r3 = _ref(a, cb(3)); r4 = _ref(a, cb(4)); print(r3 is r4, _wcount(a), r3.__callback__ is not None)
p = _proxy(a); p2 = _proxy(a); print(p is p2, p.n, p == A(1), _wcount(a))
p.n = 5; print(a.n, repr(p)[:10], str(p)); a.n = 1
print(r == _ref(A(1)), hash(r), r3 == r)
b = A(1); rb = _ref(b); print(r == rb, r != rb); err(lambda: r < rb)
print(repr(r).split(' at ')[0], repr(r)[-2:])
del a
print(r(), r3(), repr(r)[-6:], hash(r)); err(lambda: p.n); err(hash, r4)
print(r == rb, r == r, _wcount(5))
err(_ref, 5); err(_ref, [], None); err(_ref, 'a'); err(_ReferenceType); err(_ReferenceType, 1, 2, 3); err(_ReferenceType, b, x=1); err(r, 1); err(r, x=1)
class WR(_ReferenceType):
    __slots__ = ('k',)
    def __new__(cls, o, c=None, k=None): s = super().__new__(cls, o, c); s.k = k; return s
    def __init__(self, o, c=None, k=None): super().__init__(o, c)
w1 = WR(b, None, 'x'); w2 = WR(b); print(w1 is w2, w1.k, _wcount(b), w1() is b)
cp = _proxy(b); print(cp(1, 2), type(cp).__name__, type(_proxy(A.__init__)).__name__); err(hash, cp)
del b; err(cp, 1)
def fn(): pass
print(_ref(fn)() is fn, _ref(A)() is A, _ref(fn.__get__(1)))
class N:
    def __add__(s, o): return 'add'
    def __radd__(s, o): return 'radd'
    def __len__(s): return 3
    def __getitem__(s, i): return i
    def __setitem__(s, i, v): print('si', i, v)
    def __delitem__(s, i): print('di', i)
    def __contains__(s, x): return x == 1
    def __iter__(s): return iter([1, 2])
    def __int__(s): return 7
    def __index__(s): return 8
    def __float__(s): return 1.5
    def __bool__(s): return False
    def __neg__(s): return 'neg'
    def __iadd__(s, o): return 'iadd'
    def __next__(s): return 'nx'
    def __bytes__(s): return b'xx'
    def __divmod__(s, o): return 'dm'
    def __pow__(s, o, m=None): return ('pow', m)
n = N(); q = _proxy(n)
print(q + 1, 1 + q, len(q), q[3], 1 in q, list(q), int(q), float(q), bool(q), -q, next(q), bytes(q), divmod(q, 1), q ** 2, pow(q, 2, 3), [0]*20 and [0]*20 == [0]*20)
q[1] = 2; del q[1]; q += 1; print(q)
# order of callbacks, nested deaths
class X: pass
x = X(); l = [_ref(x, cb(i)) for i in range(4)]; del x; l.clear()
x = X(); k = _ref(x, cb('gone')); del k; del x
x = X()
def bad(r): 1/0
k = _ref(x, bad); del x
class D:
    def __del__(self): print('del', self.__dict__)
d = D(); d.x = 1; k = _ref(d, cb('D')); del d
class Res:
    def __del__(self): global saved; saved = self; print('resurrect')
rs = Res(); k = _ref(rs); del rs; print(k(), saved); del saved; 
class BadDel:
    def __del__(self): raise ValueError('bd')
BadDel()
# super
class P1:
    def m(self): return ['P1']
    @classmethod
    def c(cls): return ['P1c', cls.__name__]
    @property
    def pr(self): return 'P1pr'
    @staticmethod
    def st(): return 'P1st'
class P2(P1):
    def m(self): return ['P2'] + super().m()
    @classmethod
    def c(cls): return ['P2c'] + super().c()
    @property
    def pr(self): return 'P2' + super().pr
class P3(P1):
    def m(self): return ['P3'] + super().m()
class P4(P2, P3):
    def m(self): return ['P4'] + super().m()
    def t(self): return super().st(), super().__class__, super().__thisclass__, super().__self__ is self, super().__self_class__
print(P4().m(), P4.c(), P4().pr, P4().t())
s = super(P2, P4()); print(s, s.m(), super(P4, P4).m, super(P4)); err(lambda: s.nope); err(lambda: super(P4, P4).nope2)
err(super, 1); err(super, 1, 2); err(super, int, 2, 3); err(super, x=1); err(super, int, 'a'); err(super); err(super.__init__, super(int), 1); err(super.__init__, super(int), 1, 2, 3); print(super.__new__(super, 1, 2, 3))
def f(): super()
def g(a): super()
def h(*a): super()
class C:
    def x(self): del self; super()
    def y(self): return lambda self=self: super()
    def z(self):
        def inner(): return __class__
        return inner()
    def w(self): self.q = 1; return [super().__repr__ for _ in [1]] if False else 'w'
err(f); err(g, 1); err(h); err(C().x); err(C().y()); print(C().z(), C().w())
class Un:
    sup = super(P4)
print(super(P2).__get__(P4()).m(), type(super(P2).__get__(None, P2)))
class SS(super): pass
print(SS(P2, P4()).m())
# unions and aliases
print(int | str, int | None, None | int, int | str | int, (int | str) == (str | int), hash(int | str) == hash(str | int), (int | str).__args__, type(int | str), list[int] | None, int | list[int] | list[int])
err(lambda: int | 5); err(lambda: 5 | int); print(isinstance(5, int | str), issubclass(bool, int | str), isinstance(None, int | None)); err(isinstance, 5, int | list[int]); err(issubclass, int, list[int] | int); err(isinstance, 5, list[int]); err(issubclass, int, list[int]); err(issubclass, 5, int | str)
L = list[int]; print(L, L.__origin__, L.__args__, L.__parameters__, L([1]), L == list[int], L == list[str], hash(L) == hash(list[int]), L.append, L.__unpacked__, dict[str, int], tuple[()], tuple[int, ...], list['x'], type(L))
err(lambda: L[int]); err(lambda: L.nope); err(setattr, L, 'x', 1); print(list(tuple[int, str]), next(iter(list[int])).__unpacked__, [*list[int]][0]); err(_GenericAlias); err(_GenericAlias, 1); err(_GenericAlias, 1, 2, x=3); print(_GenericAlias(5, (6,)), _GenericAlias(list, 'a').__args__)
class GC(list[int]): pass
print(GC.__mro__, GC.__orig_bases__); print(L.__reduce__(), L.__mro_entries__(()), L.__class__, sorted(set(dir(L)) - set(dir(list)))); print(list[list[int]], list[int | str], list[None])
class TV:
    def __init__(s, n): s.n = n
    def __repr__(s): return '~' + s.n
    def __typing_subst__(s, a): return a
T = TV('T'); U = TV('U')
print(list[T].__parameters__, dict[T, U][int, str], dict[T, list[U]][int, str], list[T][int], dict[T, T][int], (list[T] | dict[U, int]).__parameters__, (list[T] | dict[U, int])[str, bytes]); err(lambda: dict[T, U][int]); err(lambda: dict[T, U][int, int, int])
ns = _Namespace(a=1, b=[2]); print(ns, ns == _Namespace(a=1, b=[2]), ns.__dict__, ns.__reduce__()); err(_Namespace, 1); err(_Namespace, **{'1': 2}); ns.self = ns; print(ns); err(lambda: ns < ns); err(lambda: ns.zz)
