# Pickles of many kinds of objects by every protocol: the bytes, and what comes back.
import re, pickle, _pickle, io, copyreg, sys, collections, datetime, functools, operator, types
print(pickle.Pickler is _pickle.Pickler)
def T(label, f):
    try: print(label, f())
    except BaseException as e: print(label, type(e).__name__, e, type(e.__cause__).__name__ if e.__cause__ else '', type(e.__context__).__name__ if e.__context__ else '')
class A: pass
class S:
    __slots__='a','b'
    def __init__(s): s.a=1
class SS(S):
    pass
class G:
    def __getstate__(s): return (1,2)
    def __setstate__(s,x): s.x=x
class NA:
    def __new__(cls,*a): o=object.__new__(cls); o.args=a; return o
    def __getnewargs__(s): return (1,2)
class NX:
    def __new__(cls,*,k=0): o=object.__new__(cls); o.k=k; return o
    def __getnewargs_ex__(s): return ((),{'k':5})
class R:
    def __reduce__(s): return (int,('12',))
class R4(list):
    def __reduce_ex__(s,p): return (R4,(), {'q':p}, iter([1,2,3]), None)
class R5(dict):
    def __reduce_ex__(s,p): return (R5,(), None, None, iter([(1,2),(3,4)]))
def setst(o,st): o.st=('setst',st)
class R6:
    def __reduce_ex__(s,p): return (R6,(), 7, None, None, setst)
class RS:
    def __reduce__(s): return 'RSI'
RSI=RS()
class I(int): pass
class L(list): pass
class D(dict): pass
class ST(str): pass
class TT(tuple): pass
class FS(frozenset): pass
class BA(bytearray): pass
class Outer:
    class Inner:
        def meth(s): return 5
    @staticmethod
    def st(): pass
NT=collections.namedtuple('NT','a b')
def fn(): pass
import enum
class E(enum.Enum):
    X=1; Y=2
def mk(c,**k):
    o=c(); o.__dict__.update(k); return o
rec=[]; rec.append(rec)
rect=([],); rect[0].append(rect)
recd={}; recd['me']=recd
recs=A(); recs.me=recs
objs=[None,True,False,0,1,-1,255,256,65535,65536,2**31-1,2**31,-2**31,-2**31-1,2**63,-2**63,2**100,-2**100,2**2040,1<<2050,
1.0,-1.5,0.1,float('inf'),float('-inf'),1e300,'','abc','a\nb\\','é','\u20ac','\U0001f600','\udc80x','\x00\x1a\r\n','x'*300,b'',b'abc',b'\x80\xff',b'x'*300,
bytearray(b''),bytearray(b'hello'),bytearray(b'\xff'*300),(),(1,),(1,2),(1,2,3),(1,2,3,4),[],[1],[1,2],list(range(1001)),list(range(1000)),{},{'a':1},{'a':1,'b':2},dict.fromkeys(range(1001),0),
set(),{1},set(range(1001)),frozenset(),frozenset([1,2]),rec,rect,recd,recs,
mk(A,x=1,y='z'),S(),mk(SS,r=3),G(),NA(),NX(),R(),R4([9]),R5(),R6(),RSI,I(5),L([1,2]),D(a=1),ST('q'),TT((1,2)),FS([1]),BA(b'x'),
A,Outer.Inner,Outer.Inner(),Outer.Inner().meth,Outer.Inner.meth,Outer.st,fn,len,int,list.append,[].append,'abc'.upper,operator.add,NT(1,2),E,type(None),type(...),type(NotImplemented),...,NotImplemented,
range(5),slice(1,2,3),1j,complex(1,2),datetime.date(2020,1,2),datetime.datetime(2020,1,2,3,4,5,6,datetime.timezone.utc),datetime.timedelta(1,2,3),
collections.OrderedDict(a=1),collections.Counter('aab'),collections.deque([1,2],3),collections.defaultdict(list,{1:[2]}),functools.partial(fn,1,a=2),ValueError('a',1),OSError(2,'no'),KeyError('x'),
iter([1,2]),iter((1,2)),iter({}),enumerate([1]),reversed([1,2]),zip([1],[2]),map(len,['a']),types.SimpleNamespace(a=1),object(),bytes,str,type,dict,('ab','ab'),['ab']*3,[b'q'*10]*2,
(lambda:0),(i for i in ()),sys,sys.stdout,memoryview(b'a'),type('Loc',(),{})(),type('Loc',(),{}),
]
def show(o,seen=0):
    try:
        r=repr(o)
    except RecursionError: r='<rec>'
    import re
    r=re.sub(r'0x[0-9a-f]+','0x',r)
    d=getattr(o,'__dict__',None)
    if isinstance(d,dict) and not isinstance(o,type): 
        try: r+=' '+re.sub(r'0x[0-9a-f]+','0x',repr(d))
        except Exception: pass
    return type(o).__name__+' '+r[:200]
import hashlib
for i, o in enumerate(objs):
    for p in range(6):
        try:
            d = pickle.dumps(o, p)
        except Exception as e:
            print(i, p, type(e).__name__, re.sub(r'0x[0-9a-f]+', '0x', str(e)))
            continue
        shown = d if len(d) < 60 else hashlib.md5(d).hexdigest()
        try:
            print(i, p, len(d), shown, show(pickle.loads(d))[:60])
        except Exception as e:
            print(i, p, len(d), shown, type(e).__name__, re.sub(r'0x[0-9a-f]+', '0x', str(e)))
