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
t('list()', 'list("abc")', 'list(gen(5))', 'list(bad(3))', 'list(5)', 'list(1,2)', 'list(x=1)', 'list({1:2})', 'list(range(3))', 'list((1,2))')
x('a=[1,2,3,4,5]')
t('a[0]','a[-1]','a[5]','a[-6]','a["x"]','a[1.0]','a[Idx(2)]','a[True]','a[10**30]','a[-10**30]','a[1:3]','a[::-1]','a[::2]','a[-2:]','a[10:]','a[:-10]','a[::0]','a[1:"x"]','a[10**30:]','a[:10**30]','a[-10**30::2]','a[4:0:-2]','a[None:None:None]')
t('a+[1]','a+(1,)','a*2','a*0','a*-1','2*a','a*1.5','a*Idx(2)','a*"x"','[]*10**20','[1]*10**30','[1,2]*(2**62)')
t('3 in a','9 in a','K(1) in [K(0),K(1),K(2)]','LOG','BadEq() in [1]','1 in [BadEq()]')
x('LOG.clear()')
t('a==[1,2,3,4,5]','a==[1]','a!=[1]','a<[1,2,4]','a<[1,2]','a<=a','a>[0]','a>=[9]','a==(1,2,3,4,5)','a<(1,)','[1]<["a"]','[K(1),K(2)]==[K(1),K(3)]','[K(1)]<[K(2)]','LOG','[float("nan")]==[float("nan")]')
x('n=float("nan"); b=[n]'); t('b==b','b==[n]')
x('a[0]=9','a[7]=1','a[-1]=7','a["x"]=1','a[1:3]=[10,11,12]','a[1:1]="ab"','a[::2]=[0]','a[::2]=range(4)','a[5:2]=[77]','a[1:2]=5','a[::2]=5','a[::-1]=a','del a[0]','del a[50]','del a[1:3]','del a[::2]','del a["x"]','a[:]=a','a[1:]=a')
t('a','a.append(1)','a','a.append()','a.append(1,2)','a.extend([1])','a.extend(5)','a.extend()','a.extend(bad(2))','a','a.extend(a)','a','a.insert(0,5)','a.insert(100,5)','a.insert(-1,6)','a.insert(-100,7)','a','a.insert("x",1)','a.insert(1)','a.insert(10**30,1)','a.insert(1.5,1)','a.pop()','a.pop(0)','a.pop(-1)','a.pop(100)','a.pop("x")','a.pop(Idx(1))','a.pop(1,2)','a.pop(10**30)','[].pop()','a','a.remove(7)','a.remove(99)','a.remove()','[BadEq()].remove(1)','a.index(1)','a.index(99)','a.index(1,2)','a.index(1,0,1)','a.index(1,-3)','a.index(1,None)','a.index(1,"x")','a.index()','a.index(1,0,-1)','[1,2,3].index(3,-10**30,10**30)','a.count(1)','a.count("x")','a.count()','a.reverse()','a','a.copy()','a.copy(1)','a.clear()','a','a.clear(1)','a.sort(1)','a.sort(kex=1)','a.sort(key=1)','a.sort(reverse="x")','a.sort(key=None, reverse=1)','[3,1,2].sort()','["b",1].sort()')
x('a=[3,1,2]','a.sort()'); t('a'); x('a.sort(reverse=True)'); t('a'); x('a.sort(key=lambda v:-v)'); t('a'); x('a.sort(key=lambda v:1//(v-2))'); t('a')
x('a=[K(3),K(1),K(2),K(1)]; LOG.clear(); a.sort()'); t('a','LOG'); x('LOG.clear(); a.sort(reverse=True)'); t('a','LOG')
x('a=[5,3,1]\ndef k(v):\n a.append(1)\n return v\na.sort(key=k)'); t('a')
x('a=[5,3,1]\ndef k(v):\n print(a)\n return v\na.sort(key=k)'); t('a')
t('sorted([3,1,2])','sorted("hello")','sorted([3,1,2],reverse=True)','sorted([1,"a"])','sorted({3:1,1:2})','sorted([(1,"b"),(1,"a"),(0,"z")])','sorted([[2],[1]])','sorted(["é","a","z","\\U0001F600","\\uffff"])','sorted([1.5,1,True,0.5])','sorted([2**70,1,-2**70,0])','sorted([float("nan"),1.0,2.0,0.5])')
t('repr([])','[1,[2,[3]]]','[BadRepr()]'); x('a=[1]; a.append(a)'); t('a','a==a','str(a)'); x('b=[1]; b.append(b)'); t('a==b')
t('[1,2].__add__([3])','[1].__mul__(2)','[1].__rmul__(2)','[1].__iadd__((2,))','[1].__imul__(3)','[1].__contains__(1)','[1,2].__len__()','[1].__getitem__(0)','[1].__eq__(1)','[1].__lt__(1)','hash([])','[].__sizeof__()','[1,2,3].__sizeof__()','list[int]','list[int,str]','list.__class_getitem__(int)','[].__getitem__()','[].__setitem__(1)','[1].__delitem__(0)','[1].__delitem__(5)','list.append(1,2)','list.append([])','list.append()','list.__new__()','list.__new__(int)','list.__new__(list,1,2,3)','[].__init__(1,2)','list.pop(5)')
x('it=iter([1,2,3])'); t('it.__length_hint__()','next(it)','it.__reduce__()','it.__setstate__(2)','next(it)','next(it)','next(it,None)','it.__reduce__()','it.__length_hint__()','it.__setstate__("x")')
x('it=reversed([1,2,3])'); t('it.__length_hint__()','next(it)','it.__reduce__()','it.__setstate__(0)','next(it)','next(it)','it.__reduce__()','list(reversed([1,2,3]))')
x('a=[1,2,3]\nfor v in a:\n if v<3: a.append(v+10)\n if len(a)>10: break'); t('a')
x('a=[1,2,3,4]\nfor v in a: a.remove(v)'); t('a')
x('class L(list): pass','l=L([1,2])','l.x=1'); t('l','l+[3]','type(l+[3])','l*2','type(l[:])','type(l.copy())','l.x','L()==[]','L.__mro__','L(a=1)','isinstance(l,list)','l.__class__')
x('class M(list):\n def __init__(self,*a,**k): super().__init__(*a)\nm=M([1],z=1)'); t('m')
x('a=[1,2,3]; del a[1]; a+=[4]; a+="xy"; a*=2'); t('a'); x('a+=5'); x('a*="x"')
t('[*range(3),*"ab"]','[i*i for i in range(5) if i%2]','[[j for j in range(i)] for i in range(3)]','[1,2,3]>[1,2]', 'max([1,5,3])','sum([1,2,3])','len([1]*5)','any([0,1])','all([])','[1]+[2]+[3]')
for n in range(0,40): 
    a=[0]*n; b=[]; 
    for i in range(n): b.append(i)
    print(n, sys.getsizeof(a), sys.getsizeof(b), sys.getsizeof(list(b)), sys.getsizeof(b[:]), sys.getsizeof(b+b), sys.getsizeof(list(gen(n))), sys.getsizeof([*b]), sys.getsizeof([v for v in b]), sys.getsizeof(sorted(b)), sys.getsizeof(list(range(n))), sys.getsizeof(b*3), sys.getsizeof(b.copy()))
