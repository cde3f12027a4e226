"""Every method and operator of a type: each line is an expression and what came of it, an exception included."""
import sys
G = {}
def t(*exprs):
    for e in exprs:
        try:
            r = repr(eval(e, G))
        except BaseException as x:
            print(e, '=>', type(x).__name__, x.args)
        else:
            print(e, "=>", r)
def x(*stmts):
    for s in stmts:
        try:
            exec(s, G)
        except BaseException as e:
            print(s, '=>', type(e).__name__, e.args)
class K:
    def __init__(self, n, log=None): self.n = n
    def __eq__(self, o):
        LOG.append((self.n, getattr(o, 'n', o)))
        return isinstance(o, K) and self.n == o.n
    def __lt__(self, o):
        LOG.append((self.n, '<', getattr(o, 'n', o)))
        return self.n < o.n
    def __hash__(self): return self.n % 4
    def __repr__(self): return 'K%d' % self.n
class Idx:
    def __init__(self, n): self.n = n
    def __index__(self): return self.n
class BadEq:
    def __eq__(self, o): raise ZeroDivisionError('eq')
    def __hash__(self): return 1
class BadHash:
    def __hash__(self): raise ZeroDivisionError('hash')
class BadRepr:
    def __repr__(self): raise ZeroDivisionError('repr')
LOG = []
def gen(n):
    for i in range(n): yield i
def bad(n):
    for i in range(n): yield i
    raise ZeroDivisionError('iter')
G.update(K=K, Idx=Idx, BadEq=BadEq, BadHash=BadHash, BadRepr=BadRepr, LOG=LOG, gen=gen, bad=bad, sys=sys)
t('tuple()','tuple("abc")','tuple(gen(3))','tuple(bad(2))','tuple(5)','tuple(1,2)','tuple(x=1)','tuple([1,2])','()','(1,)','(1,2)')
x('a=(1,2,3,4,5)')
t('a[0]','a[-1]','a[5]','a["x"]','a[1.0]','a[Idx(2)]','a[10**30]','a[1:3]','a[::-1]','a[::2]','a[10:]','a[::0]','a[:] is a','a[0:5] is a','a[1:"x"]')
t('a+(1,)','a+[1]','a*2','a*0','a*-1','2*a','a*1.5','a*1 is a','()+a is a','a+() is a','()*5','a*(2**62)','(1,)*10**30','a*Idx(2)')
t('3 in a','9 in a','K(1) in (K(0),K(1),K(2))','LOG','BadEq() in (1,)')
x('LOG.clear()')
t('a==(1,2,3,4,5)','a==(1,)','a!=(1,)','a<(1,2,4)','a<(1,2)','a<=a','a>=(9,)','a==[1,2,3,4,5]','a<[1]','(1,)<("a",)','(K(1),K(2))==(K(1),K(3))','(K(1),)<(K(2),)','LOG')
t('a.index(3)','a.index(9)','a.index(1,1)','a.index(5,-1)','a.index(5,0,-1)','a.index()','a.index(1,2,3,4)','a.index(1,"x")','a.count(1)','a.count(7)','a.count()','a.__getnewargs__()')
t('hash(())','hash((1,))','hash((1,2))','hash(("a",1.5,None is None))','hash(((1,2),3))','hash((-1,))','hash(([],))','hash((1,"a",2.5,(3,)))')
t('repr(())','(1,(2,(3,)))','(BadRepr(),)'); x('l=[]; a=(1,l); l.append(a)'); t('a')
x('it=iter((1,2,3))'); t('it.__length_hint__()','next(it)','it.__reduce__()','it.__setstate__(2)','next(it)','next(it,0)','it.__reduce__()','it.__length_hint__()')
x('class T(tuple): pass','b=T((1,2)); b.x=1'); t('b','b+(3,)','type(b+(3,))','type(b[:])','b[:] is b','b*1 is b','T()','T("ab")','b.x','T.__new__(T)','tuple(b)','type(tuple(b))','b.__getnewargs__()','b.__sizeof__()','T((1,2,3)).__sizeof__()','(1,2).__sizeof__()','().__sizeof__()','T(x=1)')
x('class U(tuple):\n def __new__(cls,a,b): return super().__new__(cls,(a,b))\nu=U(1,2)'); t('u','u==(1,2)','U(1)')
t('tuple[int]','tuple[int,...]','(1,2,3)[1:]','(*[1,2],*"ab")','tuple.__new__(int)','tuple.__new__(tuple,1)','tuple.__new__()','tuple.index(1)','(1,2).__lt__(3)','(1,2).__eq__(3)','(1,2).__add__([1])','(1,2).__len__()')
x('a=(1,2); a[0]=1'); x('del a[0]'); x('a+=(3,)'); t('a'); x('p,q=a'); x('p,*q=a'); t('p','q'); x('p,q,r,s=a')
for n in range(0,25): print(n, sys.getsizeof((0,)*n), sys.getsizeof(tuple(gen(n))), sys.getsizeof(tuple([1]*n)))
