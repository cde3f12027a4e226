"""Every method and operator of range; what t and x do, and the classes, is in _prelude.py."""
t('range(5)','range(1,5)','range(1,10,3)','range(10,1,-2)','range()','range(1,2,3,4)','range(1,2,0)','range(1.5)','range("x")','range(x=1)','range(Idx(4))','range(True)','range(10**30)','range(-5)','range(0,10**30,10**29)')
x('r=range(2,20,3)')
t('len(r)','r[0]','r[-1]','r[6]','r[-7]','r["x"]','r[1.0]','r[Idx(1)]','r[10**30]','r[1:3]','r[::-1]','r[::2]','r[10:]','r[::0]','r[-3:]','r[1:"x"]','5 in r','6 in r','5.0 in r','"x" in r','True in range(3)','10**30 in r','r.index(5)','r.index(6)','r.index(5.0)','r.index("x")','r.count(5)','r.count(6)','r.count(5.0)','r.index()','r.start','r.stop','r.step','list(r)','list(reversed(r))','r==range(2,20,3)','r==range(2,19,3)','r==range(2,22,3)','range(0)==range(5,5)','range(1,2)==range(1,3,5)','r!=r','r<r','r==[2]','hash(r)==hash(range(2,19,3))','hash(range(3))','bool(r)','bool(range(0))','repr(r)','r.__reduce__()','r.__sizeof__()','sys.getsizeof(r)','r+[1]','r*2','sorted(r,reverse=True)','sum(r)','max(r)','list(range(10,0,-3))','len(range(0,-10,-3))','range(5)[::-1]','list(range(5)[::-2])','range(10)[2:8][1:3]','range(1,10,2)[::-1].start','len(range(2**70))','range(2**70)[2**69]','range(2**70)[-1]','len(range(2**63))','len(range(2**63-1))','range(2**70)[2**71]','2**69 in range(2**70)','range(2**70).index(2**69)','list(range(2**70,2**70+3))','list(reversed(range(2**70,2**70+3)))','list(range(2**62,2**62+2))','list(range(-2**63,-2**63+2))','list(range(2**63-2,2**63))','type(iter(range(5)))','type(iter(range(2**70)))','type(iter(range(2**62,2**62+1)))','type(iter(range(2**63-2,2**63)))','type(reversed(range(5)))','type(reversed(range(2**70)))','range(5).__iter__().__length_hint__()','K(3) in range(5)','range(3).count(True)')
x('r.start=1','r.x=1','class R(range): pass','r[0]=1')
x('it=iter(range(5))'); t('next(it)','it.__length_hint__()','it.__reduce__()','it.__setstate__(3)','next(it)','it.__setstate__(100)','next(it,None)','it.__setstate__(-5)','next(it)','it.__setstate__("x")')
x('it=iter(range(2**70,2**70+5))'); t('next(it)','it.__length_hint__()','it.__reduce__()','it.__setstate__(3)','next(it)','list(it)','it.__setstate__(-5)','next(it)','sys.getsizeof(it)')
x('it=reversed(range(2,20,3))'); t('it.__reduce__()','next(it)','list(it)')
t('slice(5)','slice(1,5)','slice(1,5,2)','slice()','slice(1,2,3,4)','slice(x=1)','slice(1,5,2).start','slice(1).stop','slice(1).step','slice(1,2)==slice(1,2)','slice(1,2)==slice(1,3)','slice(1,2)<slice(1,3)','slice(1)<5','hash(slice(1))','slice(1,10,2).indices(5)','slice(None,None,-1).indices(5)','slice(-3,None).indices(5)','slice(1,2,0).indices(5)','slice("a").indices(5)','slice(1).indices(-1)','slice(1).indices("x")','slice(10**30).indices(5)','slice(None,10**30,2).indices(10**31)','slice(-10**30,None).indices(10**31)','slice(5,-100,-2).indices(10)','slice(1,2).__reduce__()'  ,'repr(slice("a",[1],None))','slice(1,2)!=slice(1,2)','slice([])==slice([])','sys.getsizeof(slice(1))','slice.__new__(slice,1)','[1,2,3][slice(1,None)]','slice(1,2,3)>=slice(1,2,3)')
x('s=slice(1); s.start=5','class S(slice): pass'); x('s=slice(1,2); a=s<=s'); t('a')
t('enumerate("ab")','list(enumerate("ab"))','list(enumerate("ab",5))','list(enumerate("ab",start=5))','list(enumerate(iterable="ab"))','list(enumerate(iterable="ab",start=3))','list(enumerate(start=3,iterable="ab"))','enumerate()','enumerate(5)','enumerate("a",1,2)','enumerate("a","x")','enumerate("a",foo=1)','enumerate(foo=1)','enumerate("a",1.5)','list(enumerate("ab",10**30))','list(enumerate("ab",2**63-1))','enumerate("ab").__reduce__()[1][1]','enumerate[int]','list(enumerate(bad(2)))','list(enumerate(gen(2),-1))','enumerate("ab",10**30).__reduce__()[1][1]')
x('e=enumerate("abc"); a=next(e); b=next(e)'); t('a','b','a is b','next(e)','next(e)')
x('class E(enumerate): pass','e=E("ab",1)'); t('list(e)','type(E("a"))','E("a",start="x")')
t('reversed([1,2])','list(reversed([1,2]))','list(reversed((1,2)))','list(reversed("ab"))','reversed(5)','reversed({1})','reversed()','reversed([1],2)','reversed(x=1)','list(reversed({1:2}))','list(reversed(range(3)))','reversed(gen(1))','reversed((1,2,3)).__length_hint__()')
class Sq:
    def __len__(self): return 3
    def __getitem__(self,i): return i*i
class Sr:
    def __reversed__(self): return 'rev'
class Sn:
    __reversed__=None
    def __len__(self): return 3
    def __getitem__(self,i): return i*i
class Sb:
    def __len__(self): return 5
    def __getitem__(self,i):
        if i==3: raise IndexError
        if i==1: raise ZeroDivisionError
        return i
G.update(Sq=Sq,Sr=Sr,Sn=Sn,Sb=Sb)
t('list(reversed(Sq()))','reversed(Sr())','reversed(Sn())','list(reversed(Sb()))'); x('r=reversed((1,2,3))'); t('next(r)','r.__reduce__()','r.__setstate__(0)','next(r)','next(r,9)','r.__reduce__()','r.__length_hint__()','r.__setstate__(5)')
x('s=iter(Sq())'); t('next(s)','next(s)','s.__length_hint__()','type(s)','s.__setstate__(7)','next(s)','list(iter(Sb()))'); x('s=iter(Sb())'); t('next(s)','next(s)','next(s)','list(s)','s.__length_hint__()')
x('l=[1,2,3]; c=iter(l.pop,1)'); t('list(c)','c.__reduce__()','type(c)','list(iter(lambda:1/0,5))','iter(5,1)','iter()','iter(5)','iter([],1,2)','list(iter([3,2,1].pop,2))')
t('None','repr(None)','bool(None)','None.__bool__()','type(None)()','type(None)(1)','hash(None)==hash(None)','None==None','None<None','None.x','...','repr(...)','type(...)()','type(...)(1)','....__reduce__()','NotImplemented','type(NotImplemented)()','NotImplemented.__reduce__()','None.__eq__(1)','None.__eq__(None)','None.__sizeof__()','....__sizeof__()','type(None).__mro__','None()','None[0]','len(None)','None+1','str(None)','f"{None}"','format(None)','format(None,"5")','type(None).__name__','type(...).__name__','type(NotImplemented).__name__')
x('None.x=1')
