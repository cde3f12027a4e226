def err(f, *a, **k):
    try: r = f(*a, **k)
    except BaseException as e: print(type(e).__name__, '|', e, '|', getattr(e,'name',None))
    else: print('->', r)
# MRO
class A: pass
class B(A): pass
class C(A): pass
class D(B, C): pass
print(D.__mro__, D.mro())
err(type, 'X', (A, B), {})
err(type, 'X', (A, A), {})
err(type, 'X', (int, str), {})
err(type, 'X', (bool,), {})
err(type, 'X', (1,), {})
err(type, 'X', (), {}, x=1)
err(type, 1, 2, 3); err(type, 'a', 2, 3); err(type, 'a', (), 3); err(type, 1, 2)
err(type.__new__); err(type.__new__, int, 'a', (), {}); err(type.__new__, 5); err(type.__new__, type, 1, 2)
err(object.__new__, int); err(int.__new__, str); err(A, 1); err(object, 1)
class N:
    def __new__(cls, *a): return object.__new__(cls, *a)
err(N, 1)
class I:
    def __init__(self, *a): object.__init__(self, *a)
err(I, 1)
class I2:
    def __init__(self): return 5
err(I2)
def mk(**k):
    return type('Z', k.pop('bases', ()), k)
err(mk, __slots__='a', bases=(int,)); err(mk, __slots__=1); err(mk, __slots__=(1,)); err(mk, __slots__=('a b',)); err(mk, __slots__=('a',), a=1)
err(mk, __slots__=('__dict__','__dict__')); err(mk, __slots__=('__weakref__','__weakref__')); err(mk, __qualname__=3); err(mk, __classcell__=3)
err(type, 'a\0b', (), {})
# metaclass
class M(type):
    def __new__(m, name, bases, ns, **kw):
        print('new', name, bases, sorted(ns), kw)
        return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print('init', name, kw)
        super().__init__(name, bases, ns)
    def __call__(cls, *a, **k):
        print('call', cls, a, k)
        return super().__call__(*a, **k)
    @classmethod
    def __prepare__(m, name, bases, **kw):
        print('prepare', name, kw)
        return {'prepared': 1}
class K(metaclass=M, flag=3):
    def f(self): pass
k = K()
print(K.prepared, type(K))
class M2(type): pass
class X2(metaclass=M2): pass
def f():
    class Y(K, X2): pass
err(f)
class S(K): pass
# init_subclass, set_name
class Base:
    def __init_subclass__(cls, /, **kw):
        print('init_subclass', cls.__name__, kw); super().__init_subclass__()
class Sub(Base, a=1): pass
def f():
    class Q(object, a=1): pass
err(f)
class Desc:
    def __set_name__(self, owner, name): print('set_name', owner.__name__, name)
    def __get__(self, o, t): return (o is None, t.__name__)
class H:
    d = Desc()
print(H.d, H().d)
class BadName:
    def __set_name__(self, o, n): 1/0
def f():
    class Q: x = BadName()
try: f()
except RuntimeError as e: print(e, repr(e.__cause__))
# custom mro
class MM(type):
    def mro(cls):
        return [cls, object]
class Q1(metaclass=MM): pass
print(Q1.__mro__)
class MB(type):
    def mro(cls): return [cls, int, object]
def f():
    class Q(metaclass=MB): pass
err(f)
class MC(type):
    def mro(cls): return [cls, 5]
def f():
    class Q(metaclass=MC): pass
err(f)
# bases assignment
class P1: x = 1
class P2: x = 2
class Ch(P1): pass
c = Ch()
print(c.x, P1.__subclasses__())
Ch.__bases__ = (P2,)
print(c.x, Ch.__mro__, P1.__subclasses__(), P2.__subclasses__())
def setb(t, v): t.__bases__ = v
err(setb, Ch, ()); err(setb, Ch, 5); err(setb, Ch, (5,)); err(setb, Ch, (Ch,)); err(setb, int, (object,)); err(setb, Ch, (int,)); err(setb, Ch, (object,))
def delb(t): del t.__bases__
err(delb, Ch)
# class assignment
class U: pass
class V: pass
class W: __slots__ = ('a',)
class W2: __slots__ = ('a',)
u = U(); u.q = 5
u.__class__ = V
print(type(u), u.q, u.__dict__)
def setc(o, v): o.__class__ = v
err(setc, u, 5); err(setc, u, int); err(setc, 5, U); err(setc, u, W); w = W(); err(setc, w, W2); print(type(w)); err(setc, w, U)
def delc(o): del o.__class__
err(delc, u)
# names
A.__name__ = 'AA'; print(A, A.__name__, A.__qualname__); A.__qualname__ = 'q.A'; print(A)
def setn(t, v): t.__name__ = v
err(setn, A, 5); err(setn, A, 'a\0'); err(setn, int, 'x')
def setq(t, v): t.__qualname__ = v
err(setq, A, 5)
A.__module__ = 'zz'; print(A, A()) 
def delm(t): del t.__module__
err(delm, A)
err(setattr, int, 'foo', 1); err(delattr, A, 'nope'); err(getattr, A, 'nope'); err(setattr, A, 5, 1); err(getattr, A, 5)
print(A.__doc__, A.__dictoffset__, A.__basicsize__, A.__itemsize__, A.__weakrefoffset__, A.__base__, hex(A.__flags__ & ~(3<<19)))
class Doc: "hello"
print(Doc.__doc__); Doc.__doc__ = 'x'; print(Doc.__doc__)
print(int.__module__, int.__qualname__, type(None).__name__)
print(A.__annotations__); A.__annotations__ = 5; print(A.__annotations__)
err(getattr, int, '__annotations__'); err(getattr, int, '__abstractmethods__')
print(type.__dir__(Doc)[:3] is not None, sorted(set(type.__dir__(Doc)) - set(dir(object))))
