# Picklers and unpicklers as objects: attributes, memo, hooks, files, buffers, errors.
import re, pickle, _pickle, io, copyreg, sys, collections, weakref
def T(label, f):
    try: print(label, f())
    except BaseException as e: print(label, type(e).__name__, re.sub('0x[0-9a-f]+','0x',str(e)), type(e.__cause__).__name__ if e.__cause__ else '', type(e.__context__).__name__ if e.__context__ else '')
B=io.BytesIO
for t in (_pickle.Pickler,_pickle.Unpickler,_pickle.PickleBuffer,type(_pickle.Pickler(B()).memo),type(_pickle.Unpickler(B()).memo)):
    print(t, t.__basicsize__, t.__itemsize__, t.__flags__, t.__dictoffset__, t.__weakrefoffset__, t.__module__, sorted(t.__dict__), t.__mro__)
    for k in sorted(t.__dict__):
        v=t.__dict__[k]; print('  ',k,type(v).__name__ if k!='__doc__' else '')

for e in (_pickle.PickleError,_pickle.PicklingError,_pickle.UnpicklingError): print(e,e.__mro__,e.__module__)
p=pickle.Pickler(B()); u=pickle.Unpickler(B())
print(p.__sizeof__(), u.__sizeof__(), sys.getsizeof(p), sys.getsizeof(u))
for x in (p,u):
    for a in ('bin','fast','memo','persistent_id','persistent_load','dispatch_table','reducer_override','nope','__dict__'):
        T(a, lambda: re.sub('0x[0-9a-f]+','0x',repr(getattr(x,a))))
        T('del '+a, lambda: delattr(x,a))
        T('set '+a, lambda: setattr(x,a,5))
        T('  now', lambda: re.sub('0x[0-9a-f]+','0x',repr(getattr(x,a))))
        T('set fn '+a, lambda: setattr(x,a,lambda o: None))
class P(pickle.Pickler): pass
class U(pickle.Unpickler): pass
T('p0',lambda: pickle.Pickler()); T('p1',lambda: pickle.Pickler(1)); T('p2',lambda: pickle.Pickler(B(),7)); T('p3',lambda: pickle.Pickler(B(),'a'))
T('p4',lambda: pickle.Pickler(B(),-1).dump(1)); T('p5',lambda: pickle.Pickler(B(),x=1)); T('p6',lambda:pickle.Pickler(B(),1,True,None,3)); T('p7',lambda:pickle.Pickler(B(),4,buffer_callback=len))
T('p8',lambda:pickle.Pickler.__new__(pickle.Pickler).dump(1)); T('p9',lambda:pickle.Pickler.__new__(pickle.Pickler).clear_memo())
T('p10',lambda:P.__new__(P).dump(1))
T('u0',lambda: pickle.Unpickler()); T('u1',lambda: pickle.Unpickler(1)); T('u2',lambda: pickle.Unpickler(B()).load()); T('u3',lambda:pickle.Unpickler(B(),encoding=1)); T('u4',lambda:pickle.Unpickler(B(),errors=1)); T('u5',lambda:pickle.Unpickler.__new__(pickle.Unpickler).load())
T('u6',lambda:pickle.Unpickler(B(),1)); T('u7',lambda:pickle.Unpickler(B(),buffers=1)); T('u8',lambda:U.__new__(U).find_class('a','b'))
T('find',lambda:pickle.Unpickler(B()).find_class('os','getcwd')); T('find',lambda:pickle.Unpickler(B()).find_class('__builtin__','xrange'))
T('find',lambda:pickle.Unpickler(B()).find_class('nomod','x')); T('find',lambda:pickle.Unpickler(B()).find_class('os','zz.y')); T('find',lambda:pickle.Unpickler(B()).find_class(1,2)); T('find',lambda:pickle.Unpickler(B()).find_class('os'))
# memo
b=B(); p=pickle.Pickler(b,2); a=['x']; p.dump(a); m=p.memo
print({type(k).__name__: v for k,v in m.copy().items()}); print(sorted(m.copy().values(), key=lambda t:t[0]))
T('red',lambda:m.__reduce__()[0]); m.clear(); print(m.copy()); T('len',lambda:len(m))
p.dump(a); p.dump(a); print(b.getvalue())
p2=pickle.Pickler(B()); p2.memo=p.memo; T('m',lambda:list(p2.memo.copy().values())); T('m',lambda:setattr(p2,'memo',{})); T('m',lambda:setattr(p2,'memo',{1:(2,3)})); T('m',lambda:list(p2.memo.copy().values())); T('m',lambda:setattr(p2,'memo',{1:2})); T('m',lambda:setattr(p2,'memo',{1:('a',3)}));T('m',lambda:setattr(p2,'memo',{'a':(1,3)})); T('m',lambda:setattr(p2,'memo',4))
print(p.__sizeof__())
u=pickle.Unpickler(B(pickle.dumps(['a',{1:'b'},('c',2.5)]))); print(u.load()); print(u.memo.copy()); T('red',lambda:u.memo.__reduce__()); 
u2=pickle.Unpickler(B()); u2.memo=u.memo; print(u2.memo.copy()); T('m',lambda:setattr(u2,'memo',{1:5,300:6})); print(u2.memo.copy()); T('m',lambda:setattr(u2,'memo',{-1:5})); T('m',lambda:setattr(u2,'memo',{'a':5})); T('m',lambda:setattr(u2,'memo',5)); print(u2.__sizeof__()); u.memo.clear(); print(u.memo.copy())
# persistent
class PP(pickle.Pickler):
    def persistent_id(self,o):
        if isinstance(o,str) and o.startswith('p'): return o
class UU(pickle.Unpickler):
    def persistent_load(self,i): return ('PID',i)
for pr in range(6):
    b=B(); PP(b,pr).dump(['pa','b',1]); print(b.getvalue()); T('ul',lambda:UU(B(b.getvalue())).load()); T('ul',lambda:pickle.loads(b.getvalue()))
class PQ(pickle.Pickler):
    def persistent_id(self,o):
        if o=='u': return 'é'
        if o=='n': return 'a\nb'
        if o=='i': return 5
        if o=='e': raise ZeroDivisionError
for v in 'unie':
    for pr in (0,1):
        b=B(); T((v,pr),lambda:PQ(b,pr).dump(v)); print(b.getvalue()); T('ul',lambda:UU(B(b.getvalue())).load())
p=pickle.Pickler(b:=B(),2); p.persistent_id=lambda o: 5 if o==3 else None; p.dump([3]); print(b.getvalue()); u=pickle.Unpickler(B(b.getvalue())); u.persistent_load=lambda i:['got',i]; print(u.load())
# reducer_override
class RO(pickle.Pickler):
    def reducer_override(self,o):
        if isinstance(o,type(lambda:0)): return (eval,('1+1',))
        if o is A: return 'ZZ'
        if o is BB: return 5
        return NotImplemented
class A: pass
class BB: pass
ZZ=A
for o in ((lambda:0),A,BB,A(),len,[A]):
    b=B(); T('ro',lambda:RO(b,4).dump(o)); print(b.getvalue()); 
# dispatch table
class DT(pickle.Pickler):
    dispatch_table={A:lambda o:(A,()),BB:lambda o:'s', complex: lambda c:(complex,(1,2))}
for o in (A(),BB(),1j,A):
    b=B(); T('dt',lambda:DT(b,4).dump(o)); print(b.getvalue())
p=pickle.Pickler(b:=B(),2); p.dispatch_table=collections.ChainMap({A:lambda o:(int,())}); p.dump([A(),1j] ); print(b.getvalue())
p.dispatch_table={A:5}; T('dt5',lambda:p.dump(A())); p.dispatch_table=5; T('dt6',lambda:p.dump(A()))
# bad reduce
class X:
    def __init__(s,r): s.r=r
    def __reduce_ex__(s,p): return s.r
class KeyD:
    def items(s): return [(1,2)]
for r in (5,(),(1,),(1,2),(int,2),(int,(),None,5),(int,(),None,None,5),(int,(),None,None,None,5),(int,(),1,2,3,4,5),(int,(),None,[1].__iter__()),(int,(),None,None,iter([1])),(int,(),None,None,iter([(1,2,3)])),
  'nope','A','os.path',(copyreg.__newobj__,()),(copyreg.__newobj__,(1,)),(copyreg.__newobj__,(int,)),(copyreg.__newobj__,(A,)),(copyreg.__newobj__,(X,5)),(copyreg.__newobj_ex__,()),(copyreg.__newobj_ex__,(A,1,{})),(copyreg.__newobj_ex__,(A,(),1)),(copyreg.__newobj_ex__,(A,(),{})),(copyreg.__newobj_ex__,(X,(1,),{'a':2})),(copyreg.__newobj_ex__,(1,(),{})),None):
    for pr in (0,2,4):
        x=X(r); T((str(r)[:40] if '0x' not in str(r) else '?',pr),lambda:pickle.dumps(x,pr))
class XR:
    __reduce_ex__=None
class XR2:
    @property
    def __reduce_ex__(s): raise AttributeError('q')
    __reduce__=lambda s:(int,())
class XR3(metaclass=type('M',(type,),{'__reduce__':lambda c:(int,())})): pass
class GA:
    def __getattr__(s,n): raise ZeroDivisionError(n)
for o in (XR(),XR2(),XR3,GA()):
    for pr in (0,2,4): T('xr',lambda:pickle.dumps(o,pr))
# lookups
class Q: pass
Q0=Q
Q=5
T('notsame',lambda:pickle.dumps(Q0))
del Q
T('notfound',lambda:pickle.dumps(Q0))
Q0.__module__='nomod'
T('nomod',lambda:pickle.dumps(Q0))
Q0.__module__=None; T('nonemod',lambda:pickle.dumps(Q0))
def f(): pass
f.__qualname__='a.<locals>.b'; T('loc',lambda:pickle.dumps(f))
f.__qualname__='a..b'; T('dot',lambda:pickle.dumps(f))
f.__qualname__='é'; globals()['é']=f
for pr in range(6): T('uni',lambda:pickle.dumps(f,pr))
# ext registry
copyreg.add_extension('__main__','A',5)
for pr in range(6): T('ext',lambda:pickle.dumps(A,pr)); T('ext',lambda:pickle.loads(pickle.dumps(A,pr)))
copyreg.remove_extension('__main__','A',5); copyreg.add_extension('__main__','A',0x123)
for pr in (1,2,4): T('ext',lambda:pickle.dumps(A,pr)); T('ext',lambda:pickle.loads(pickle.dumps(A,pr)))
copyreg.remove_extension('__main__','A',0x123); copyreg.add_extension('__main__','A',0x12345678)
for pr in (1,2,4): T('ext',lambda:pickle.dumps(A,pr)); d=pickle.dumps(A,pr)
T('ext',lambda:pickle.loads(d)); copyreg.remove_extension('__main__','A',0x12345678); T('ext',lambda:pickle.loads(d)); T('ext',lambda:pickle.loads(b'\x82\x00.')); T('ext',lambda:pickle.loads(b'\x84\x00\x00\x00\xf0.'))
# PickleBuffer
pb=pickle.PickleBuffer(b'abc'); print(re.sub('0x.*','',repr(pb)), bytes(pb), memoryview(pb).tolist()); T('rel',lambda:pb.release()); T('raw',lambda:pb.raw()); T('bytes',lambda:bytes(pb)); T('pb',lambda:pickle.PickleBuffer()); T('pb',lambda:pickle.PickleBuffer(1)); T('pb',lambda:pickle.PickleBuffer(b'',1)); T('pb',lambda:pickle.PickleBuffer(a=1))
T('dumprel',lambda:pickle.dumps(pb,5))
import array
for src in (b'abc',bytearray(b'abc'),memoryview(b'abcdef')[::2],array.array('i',[1,2]),memoryview(bytearray(12)).cast('B',(3,4))):
    T('raw',lambda:(lambda v:(v.format,v.shape,v.readonly,v.tobytes()))(pickle.PickleBuffer(src).raw()))
    for pr in (4,5):
        T('inb',lambda:pickle.dumps(pickle.PickleBuffer(src),pr)); 
        L=[]; T('oob',lambda:pickle.dumps([pickle.PickleBuffer(src)],pr,buffer_callback=L.append)); print([type(x).__name__ for x in L])
        L=[]; T('oob1',lambda:pickle.dumps([pickle.PickleBuffer(src)],pr,buffer_callback=lambda b:1))
        if L: T('ld',lambda:pickle.loads(pickle.dumps([pickle.PickleBuffer(src)],pr,buffer_callback=L.append),buffers=L))
L=[]; d=pickle.dumps([pickle.PickleBuffer(b'q'),pickle.PickleBuffer(bytearray(b'r'))],5,buffer_callback=L.append); print(d, L and [bytes(x) for x in L])
T('ld',lambda:pickle.loads(d,buffers=[b'1'])); T('ld',lambda:pickle.loads(d)); T('ld',lambda:pickle.loads(d,buffers=[5,6]))
T('cb',lambda:pickle.dumps(pickle.PickleBuffer(b'q'),5,buffer_callback=lambda b:1/0))
w=weakref.ref(pb); print(w() is pb)
# files
class F:
    def __init__(s): s.l=[]
    def write(s,b): s.l.append((type(b).__name__,bytes(b) if len(b)<200 else len(b)))
for pr in (0,2,3,4,5):
    for o in (1,[1,'a'],b'x'*70000,['s'*70000,b'y'*66000,5],[list(range(200))]*2+[b'q'*65535]*2, ['abc%d'%i*100 for i in range(400)]):
        for fast in (0,1):
            f=F(); q=pickle.Pickler(f,pr); q.fast=fast; q.dump(o); print(pr,f.l)
class FW:
    write=5
T('fw',lambda:pickle.Pickler(FW()).dump(1))
class FE:
    def write(s,b): 1/0
T('fe',lambda:pickle.Pickler(FE()).dump(1))
class RF:
    def __init__(s,b,extra=()): s.b=B(b); s.log=[]
    def read(s,n): s.log.append(('read',n)); return s.b.read(n)
    def readline(s): s.log.append('readline'); return s.b.readline()
class RFP(RF):
    def peek(s,n): s.log.append(('peek',n)); p=s.b.tell(); r=s.b.read(min(n,20)); s.b.seek(p); return r
class RFI(RF):
    def readinto(s,b): s.log.append(('readinto',len(b),type(b).__name__)); return s.b.readinto(b)
class RFPI(RFP,RFI): pass
for pr in range(6):
    for o in (1,['a',2.5,'é'],b'x'*70000,bytearray(b'r'*40),['abc%d'%i for i in range(30)]):
        d=pickle.dumps(o,pr)+pickle.dumps('second',pr)+b'tail'
        for c in (RF,RFP,RFI,RFPI):
            f=c(d); u=pickle.Unpickler(f)
            r=u.load(); 
            print(pr,c.__name__,r==o,f.log if len(f.log)<30 else (len(f.log),f.log[:20]),f.b.tell()); f.log=[]
            T('  second',lambda:u.load()); print(f.log,f.b.tell())
class RB(RF):
    def read(s,n): return 'str'
class RS2(RF):
    def read(s,n): return s.b.read(max(1,n//2))
class RE(RF):
    def read(s,n): raise ZeroDivisionError
class RIBad(RF):
    def readinto(s,b): return 1000
class RINeg(RF):
    def readinto(s,b): return -1
class RPN(RF):
    def peek(s,n): raise NotImplementedError
class RPE(RF):
    def peek(s,n): 1/0
for c in (RB,RS2,RE,RIBad,RINeg,RPN,RPE):
    for pr in (0,4,5):
        for o in ([1,'abc'],bytearray(b'abc'*5)):
            T((c.__name__,pr),lambda:pickle.Unpickler(c(pickle.dumps(o,pr))).load())
T('dump',lambda:pickle.dump(1,5)); T('dump',lambda:pickle.dump(1,B(),9)); T('load',lambda:pickle.load(5)); T('loads',lambda:pickle.loads('a')); T('loads',lambda:pickle.loads(5)); T('loads',lambda:pickle.loads(memoryview(pickle.dumps(5)))); T('loads',lambda:pickle.loads(b'')); T('loads',lambda:pickle.loads(b'N.',x=1)); T('dumps',lambda:pickle.dumps()); T('dumps',lambda:pickle.dumps(1,2,3)); T('dumps',lambda:pickle.dumps(1,protocol=None)); T('dumps',lambda:pickle.dumps(1,fix_imports=[])); T('dumps',lambda:pickle.dumps(obj=1)); T('loads',lambda:pickle.loads(data=b'N.')); T('lo',lambda:pickle.load(file=B(b'N.'))); T('lo',lambda:pickle.load(B(b'N.'),fix_imports=0,encoding='x',errors='y',buffers=()))
# deep recursion
l=[]
for i in range(3000): l=[l]
T('deep',lambda:len(pickle.dumps(l)))
# mutate during save
class Mut:
    def __init__(s,c): s.c=c
    def __reduce__(s): s.c.clear(); return (int,())
for pr in (0,1,2,4):
    c=[]; c+= [1,Mut(c),3]; T('mut',lambda:pickle.dumps(c,pr))
    c={}; c.update({1:Mut(c),2:3,4:5}); T('mutd',lambda:pickle.dumps(c,pr))
class MutS:
    def __init__(s,c): s.c=c
    def __reduce__(s): s.c.add(len(s.c)+100); return (int,())
    def __hash__(s): return 1
c=set(); c|={MutS(c)}; T('muts',lambda:pickle.dumps(c,4))
# nested pickling from inside; gc
import gc; gc.collect()
p=P(B()); p.me=p; del p; gc.collect()
print(gc.is_tracked(pickle.Pickler(B())),gc.is_tracked(pickle.Unpickler(B())),gc.is_tracked(pickle.Pickler(B()).memo), gc.is_tracked(pickle.PickleBuffer(b'')))
