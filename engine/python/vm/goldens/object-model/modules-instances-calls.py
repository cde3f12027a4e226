def err(f, *a, **k):
    try: r = f(*a, **k)
    except BaseException as e: print(type(e).__name__, '|', e, '|', getattr(e,'name',None))
    else: print('->', repr(r))
Mod = type(__builtins__)

m = Mod('mm', 'docs'); print(m.__name__, m.__doc__, m.__dict__); err(lambda: m.foo); m.__getattr__ = lambda n: 'ga ' + n; print(m.foo, m.bar); m.x = 1; print(m.x); del m.x; m.__dir__ = lambda: ['b', 'a']; print(dir(m)); err(Mod); err(Mod, 1); err(Mod, 'a', 1, 2); err(Mod, name='x', doc='y'); print(m.__annotations__, m.__annotations__ is m.__annotations__); m.__annotations__ = 5; print(m.__annotations__); del m.__annotations__; print(m.__annotations__); del m.__annotations__; err(delattr, m, '__annotations__')
n = Mod.__new__(Mod); print(n.__dict__, n.__class__); err(lambda: n.zz); del m.__dict__['__name__']; del m.__getattr__; err(lambda: m.qq); err(setattr, m, '__dict__', {})
class SubM(Mod):
    def f(self): return self.__name__
s = SubM('sub'); print(s.f(), s.__dict__); s.__class__ = Mod; print(type(s)); m2 = Mod('q'); m2.__class__ = SubM; print(m2.f())
# deep structures
class Node:
    __slots__ = ('next',)
h = None
for i in range(20000):
    x = Node(); x.next = h; h = x
del x; h = None; print('deep slots ok')
class Node2:
    def __init__(self, n): self.n = n
h = None
for i in range(10000): h = Node2(h)
h = None; print('deep dict ok')
t = ()
for i in range(10000): t = (t,)
t = None
l = []
for i in range(10000): l = [l]
l = None
d = {}
for i in range(10000): d = {1: d}
d = None
e = None
for i in range(5000):
    q = ValueError(i); q.__context__ = e; e = q
e = q = None
f = len
for i in range(3000): f = f.__call__
f = None
print('deep ok')
l = []; l.append(l); print(l); d = {}; d['d'] = d; print(d)
# finalizers & resurrection
log = []
class F:
    def __init__(s, n): s.n = n
    def __del__(s): log.append(s.n)
F(1); x = F(2); x = None; print(log)
class Res:
    keep = []
    def __del__(s): Res.keep.append(s)
r = Res(); r = None; print(len(Res.keep)); Res.keep.clear(); print(len(Res.keep))
class G:
    def __del__(s): s.__class__ = H
class H: pass
G()
class DW:
    def __del__(s): print('attr', s.a, sorted(s.__dict__))
d = DW(); d.a = 1; d.b = 2; del d
# instance dicts
class I: pass
i = I(); 
for k in 'abcdef': setattr(i, k, k)
del i.c; i.c = 5; print(i.__dict__, list(vars(i))); i.__dict__ = {'z': 1}; print(i.z, i.__dict__); err(lambda: i.a); i.y = 2; print(i.__dict__); err(setattr, i, '__dict__', 5); del i.__dict__; print(i.__dict__)
j = I(); j.x = 1; dd = j.__dict__; j.y = 2; print(dd); dd['z'] = 3; print(j.z); del j.x; print(dd); dd.clear(); err(lambda: j.y); j.__dict__.update(p=1); print(j.p)
k = I()
for n in range(40): setattr(k, 'a%d' % n, n)
print(len(k.__dict__), k.a39, k.a0); 
for n in range(39): delattr(k, 'a%d' % n)
print(k.__dict__)
class K2(I): pass
z = K2(); z.__dict__[5] = 6; print(z.__dict__); z.q = 1; print(z.__dict__, getattr(z, 'q'))
class StrSub(str): pass
setattr(z, StrSub('w'), 1); print(z.w, getattr(z, StrSub('w')), z.__dict__); u = I(); setattr(u, StrSub('w'), 1); print(u.__dict__, type(list(u.__dict__)[0]))
err(setattr, u, 5, 1); err(getattr, u, 5); err(hasattr, u, 5); err(delattr, u, 5); err(delattr, u, 'nope'); err(getattr, u); err(setattr, u); err(hasattr, u)
# call forms
def f(a, b=2, /, c=3, *d, e=5, **g): return (a, b, c, d, e, g)
print(f(1), f(1, 2, 3, 4, 5, e=6, z=7), f(*[1, 2], **{'c': 3}), f(1, **{'b': 9}))
err(f); err(f, a=1); err(f, 1, c=2, **{'c': 3}) if False else None
def g2(a, b): pass
err(g2); err(g2, 1); err(g2, 1, 2, 3); err(g2, 1, 2, c=3); err(g2, 1, a=2); err(g2, **{'a': 1, 'b': 2, 'c': 3}); err(lambda: g2(**{1: 2})); err(lambda: g2(*5)); err(lambda: g2(**5)); err(lambda: len(**{1: 2})); err(lambda: I(**{'a': 1})); err(lambda: I(1, 2)); err(lambda: dict(**{1: 2})); err(lambda: print(**{1: 2}) if False else len(*[1, 2, 3]))
def kw(*, a, b=1): pass
err(kw); err(kw, 1); err(kw, b=1); err(kw, 1, a=1)
class CC:
    def m(self): pass
err(CC().m, 1); err(CC.m); err(CC().m, x=1); err(lambda: CC().m(*[1, 2]))
err(int, 'a', 'b', 'c'); err(int, x=1); err(str, 1, 2, 3, 4); err(list, 1, 2); err(list, x=1); err(dict, 1, 2); err(dict, 5); err(tuple, 1, 2); err(set, 1, 2); err(float, 'q'); err(float, 1, 2); err(bool, 1, 2); err(object, x=1); err(property, x=1); err(range); err(range, 'a'); err(slice); err(complex, 'a'); err(bytes, 1, 2, 3, 4); err(frozenset, 1); err(enumerate); err(zip, 5); err(map); err(filter, 1); err(reversed, 5); err(super, 5); err(type, 1, 2); err(memoryview, 5); err(classmethod, 1, 2); err(isinstance, 1); err(sorted); err(sum, 5); err(min); err(max, []); err(abs, 'a'); err(ord, 'ab'); err(chr, -1); err(round, 'a'); err(pow, 'a', 1); err(divmod, 1); err(hash); err(id); err(iter); err(next, 5); err(vars, 5); err(getattr, 5, 'x'); err(callable); err(repr); err(format, 5, 5); err(open) if False else None
