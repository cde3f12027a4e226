"""Every method and operator of dict; what t and x do, and the classes, is in _prelude.py."""
t('dict()','dict(a=1)','dict({1:2})','dict([(1,2),(3,4)])','dict([[1,2]],b=3)','dict({1:2},a=3)','dict(1)','dict([1])','dict([(1,)])','dict([(1,2,3)])','dict(["ab","cd"])','dict(1,2)','dict(**{"a":1})','dict({},**{1:2})','dict(None)','dict(gen(2))','dict(zip("ab",[1,2]))','dict([([],1)])','dict(bad(0))')
x('d={"a":1,"b":2,3:4}')
t('d["a"]','d["zz"]','d[3]','d[3.0]','d[[]]','d[True]','"a" in d','5 in d','[] in d','len(d)','d.get("a")','d.get("q")','d.get("q",5)','d.get()','d.get(1,2,3)','d.get([])','d.setdefault("a")','d.setdefault("n",7)','d.setdefault("m")','d','d.setdefault()','d.setdefault([],1)','d.pop("n")','d.pop("n")','d.pop("n",0)','d.pop()','d.pop([])','d.pop(1,2,3)','{}.pop([])','{}.pop([],5)','{}.pop(1)','d.popitem()','d.popitem()','d','{}.popitem()','d.keys()','d.values()','d.items()','d.copy()','d.update({9:9})','d','d.update([(1,2)],z=3)','d','d.update(1)','d.update(a=5)','d.update(1,2)','d.update([1])','d.clear()','d','d.fromkeys("ab")','dict.fromkeys([1,2],0)','dict.fromkeys(5)','dict.fromkeys()','dict.fromkeys({1:2,3:4},7)','dict.fromkeys({1,2},7)','dict.fromkeys([[]])','dict.fromkeys(bad(2))')
x('d={1:2}','d[[]]=1','del d[5]','del d[[]]','d[1]+=5','del d[1]'); t('d')
t('{1:2}=={1:2}','{1:2}=={1:3}','{1:2}!={1:2}','{1:2}<{1:2}','{1:2}=={2:2}','{1:2}==[1]','{1:[1]}=={1:[1]}','{1:BadEq()}=={1:1}','{"a":1,"b":2}=={"b":2,"a":1}','{1:2}|{3:4}','{1:2}|{1:5,3:4}','{1:2}|[(1,2)]','[(1,2)]|{1:2}','{1:2}.__or__(5)','{1:2}.__ior__([(5,6)])','{1:2}.__ror__({1:9,8:8})')
x('d={1:2}; d|={5:6}; d|=[(7,8)]'); t('d'); x('d|=5')
t('{}','{1:{2:{}}}','{1:BadRepr()}','{BadRepr():1}'); x('d={}; d[1]=d'); t('d')
x('d={K(1):1,K(5):5,K(9):9}; LOG.clear()'); t('d[K(9)]','LOG'); x('LOG.clear(); d[K(13)]=13'); t('LOG'); x('LOG.clear(); del d[K(5)]'); t('LOG','d'); x('LOG.clear(); d[K(5)]=1'); t('LOG','d'); x('LOG.clear()'); t('K(77) in d','LOG','d.get(K(13))','d.pop(K(1))','d')
x('d={BadEq():1}'); t('d[1]','d.get(1)','1 in d','d.pop(1)','d.setdefault(1,2)','d=={1:1}','BadHash() in d','d.get(BadHash())')
x('d={1:1,2:2}\nfor k in d: d[k+10]=1'); x('d={1:1,2:2}\nfor k in d:\n del d[k]\n d[k+5]=1'); x('d={1:1,2:2,3:3}\nfor k in d: d[k]=k*2'); t('d'); x('d={1:1}\nfor k in d:\n del d[1]; d[2]=1\n d[1]=1; del d[2]')
x('it=iter({1:2,3:4})'); t('it.__length_hint__()','next(it)','it.__reduce__()','next(it)','next(it,None)','it.__length_hint__()','it.__reduce__()')
x('it=iter({1:2,3:4}.items())'); t('next(it)','it.__reduce__()','list(it)'); x('it=reversed({1:2,3:4})'); t('next(it)','it.__reduce__()','list(it)','list(reversed({1:2,3:4}.items()))','list(reversed({1:2,3:4}.values()))','list(reversed({}))')
x('d={1:2,3:4}; k=d.keys(); v=d.values(); i=d.items()')
t('k','v','i','len(k)','1 in k','2 in v','(1,2) in i','(1,3) in i','1 in i','[] in k','([],1) in i','k==k','k=={1,3}','k=={1}','k<{1,3,5}','k<=k','k>{1}','k>=[1]','k!={1,3}','v==v','v==d.values()','i=={(1,2),(3,4)}','k&{1}','k&[1,9]','k|[5]','k-[1]','k^{1,9}','[1,9]&k','{1,9}-k','{1,9}|k','i&{(1,2)}','i|[(1,1)]','i^i','i^{1:1}.items()','k&5','k|5','k-5','k^5','k.isdisjoint([5])','k.isdisjoint([1])','k.isdisjoint({})','k.isdisjoint(k)','{}.keys().isdisjoint({}.keys())','i.isdisjoint([(1,2)])','k.mapping','type(k.mapping)','hash(k)','hash(i)','hash(v)==hash(v)','list(k)','repr(k)','k[0]','set(k)','sorted(i)','k&d','k & {1:1}.keys()','i & d.items()','k|k','k-k','v & {1}')
x('d[1]=d.values()'); t('d')
x('class D(dict):\n def __missing__(self,k): return k*2\ne=D(a=1)'); t('e["zz"]','e.get("zz")','e','type(e.copy())','type(e|{})','type({}|e)','D.fromkeys("ab")','type(D.fromkeys("ab"))','e["a"]','"zz" in e','e.pop("q",1)','D([(1,2)],x=5)','D(1)','e=={"a":1}','isinstance(e,dict)')
x('class F(dict):\n def __iter__(self): return iter([1])\n def keys(self): return [7]\n def __getitem__(self,k): return 70'); t('dict(F(a=1))','{**F(a=1)}','F(a=1)|{}','{}|F(a=1)')
class Mp:
    def keys(self): return [1,2]
    def __getitem__(self,k): return k*k
G['Mp']=Mp
t('dict(Mp())','{**Mp()}','dict(a=1,**{"b":2})','{**{1:2},**{1:3}}','(lambda **k:k)(**{"a":1},b=2)','(lambda **k:k)(**{"a":1},a=2)')
t('{}.__sizeof__()','dict[int,str]','hash({})','{}.__getitem__()','{}.__contains__()','{}.__contains__(1)','{1:2}.__getitem__(1)','dict.get(1,2)','dict.keys(1)','{1:2}.__eq__(1)','{1:2}.__lt__({})','dict.__new__(dict,1,2)','dict.__new__()','{}.__init__(1,2)','dict.update()','dict.fromkeys.__self__','{i:i*i for i in range(5)}','{**{},"x":1}')
for n in range(0,60):
    a={str(i):i for i in range(n)}; b={i:i for i in range(n)}; c=dict(a); e=a.copy(); f={**a}; g=a|b; h=dict(a.items()); i2=dict.fromkeys(a); j=dict(zip(b,b)); k=dict(**a)
    for z in list(b)[:n//2]: del b[z]
    l=b.copy(); m=dict(b); o={}; o.update(b); p={'q':1}; p.update(a); q=dict.fromkeys(range(n)); r=dict.fromkeys(set(range(n)))
    print(n, [sys.getsizeof(z) for z in (a,b,c,e,f,g,h,i2,j,k,l,m,o,p,q,r)])
d={}
for i in range(100): d[i]=i
for i in range(95): del d[i]
print(sys.getsizeof(d), d); d[1000]=1; print(sys.getsizeof(d)); 
for i in range(70): d[i]=i
print(sys.getsizeof(d), list(d)[:8]); d['x']=1; print(sys.getsizeof(d))
d={'a':1,'b':2,'c':3}; print(sys.getsizeof(d)); d[1]=2; print(sys.getsizeof(d)); del d[1]; d['e']=1; print(sys.getsizeof(d)); d.clear(); print(sys.getsizeof(d)); d['a']=1; print(sys.getsizeof(d))
class A: pass
def sizes(o): return sys.getsizeof(o), sys.getsizeof(o.__dict__)
for n in (0,1,3,5,28,29,30,31,40):
    objs=[]
    class B: pass
    for i in range(3):
        o=B()
        for j in range(n): setattr(o,'a%d'%j,j)
        objs.append(o)
    print(n,[sizes(o) for o in objs], sys.getsizeof(B), list(objs[1].__dict__)[:3])
o=A(); o.x=1; o.y=2; o.z=3; del o.y; o.y=5; print(o.__dict__, list(vars(o))); p=A(); p.z=1; p.x=2; print(p.__dict__, vars(p)); del p.z; print(p.__dict__, hasattr(p,'z')); p.__dict__['q']=1; print(p.q, vars(p)); p.__dict__={'k':1}; print(p.k, vars(p)); del p.__dict__; print(vars(p))
try: del o.nope
except AttributeError as e: print(e)
try: o.nope
except AttributeError as e: print(e)
o.__dict__[5]=1; print(o.__dict__); o.w=1; print(o.__dict__)
q=A(); q.__dict__.update(x=1,z=2); print(q.x, q.__dict__, q.__dict__.pop('x'), q.__dict__); q.__dict__.popitem(); print(q.__dict__); q.a=1; print(q.__dict__.copy(), dict(q.__dict__), {**q.__dict__})
for i in range(200): setattr(q,'n%d'%(i%40),i)
print(len(q.__dict__), list(q.__dict__)[-3:])
