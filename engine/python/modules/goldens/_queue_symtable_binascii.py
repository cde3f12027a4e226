# b2a_qp, SimpleQueue and symbol tables.
import sys
import binascii
import _queue
import _symtable

def ex(s):
    try: r = eval(s); print(s, '->', repr(r))
    except BaseException as e: print(s, '->', type(e).__name__, e)

state = 12345
def rand(n):
    global state
    state = (state * 1103515245 + 12345) % 2**31
    return (state >> 8) % n
alphabets = bytes(range(256)), b' \t\r\n.=_abcXYZ\x00\x7f\xff'
for i in range(60):
    a = alphabets[i % 2]
    b = bytes(a[rand(len(a))] for _ in range(rand(200)))
    for k in ({}, {'quotetabs':True}, {'istext':False}, {'header':True}):
        e = binascii.b2a_qp(b, **k); print(e, binascii.a2b_qp(e, header=k.get('header',False)) == b)
for s in '''binascii.b2a_qp('a')
binascii.b2a_qp()
binascii.b2a_qp(b'a', 1, 2, 3, 4)
_queue.SimpleQueue(1)
_queue.SimpleQueue(a=1)
_queue.SimpleQueue().get(False)
_queue.SimpleQueue().get_nowait()
_queue.SimpleQueue().get(timeout=-1)
_queue.SimpleQueue().get(timeout='a')
_queue.SimpleQueue().get(timeout=0.01)
_queue.SimpleQueue().get(True, 0.01)
_queue.SimpleQueue().get(timeout=1e30)
_queue.SimpleQueue().get(timeout=float('nan'))
_queue.SimpleQueue().get(False, 5, 6)
_queue.SimpleQueue().get_nowait(1)
_queue.SimpleQueue().put()
_queue.SimpleQueue().put(1, 2, 3, 4)
_queue.SimpleQueue().put(item=5)
_queue.SimpleQueue().put(5, foo=1)
_queue.SimpleQueue[int]
_queue.Empty
sys.getsizeof(_queue.SimpleQueue()), _queue.SimpleQueue.__basicsize__, _queue.SimpleQueue.__flags__ & ~(1<<19), _queue.SimpleQueue.__weakrefoffset__
[m for m in dir(_queue.SimpleQueue)]
_queue.SimpleQueue.get.__text_signature__, _queue.SimpleQueue.put.__text_signature__
_symtable.symtable('x =', 'f', 'exec')
_symtable.symtable('x', 'f', 'foo')
_symtable.symtable('x', 'f')
_symtable.symtable(5, 'f', 'exec')
_symtable.symtable('x', 5, 'exec')
_symtable.symtable('x', 'f', 5)
_symtable.symtable('nonlocal x', 'f', 'exec')
_symtable.symtable('def f(a,a): pass', 'f', 'exec')
type(_symtable.symtable('x', 'f', 'exec'))()
sys.getsizeof(_symtable.symtable('x', 'f', 'exec')), type(_symtable.symtable('x', 'f', 'exec')), sorted((k,v) for k,v in vars(_symtable).items() if isinstance(v,int))'''.split('\n'): ex(s)
q = _queue.SimpleQueue()
for i in range(10): q.put(i)
print([q.get() for _ in range(6)], q.qsize(), q.empty(), [q.get_nowait() for _ in range(4)], q.empty())
class Q(_queue.SimpleQueue):
    def __init__(self, a): self.a = a
print(Q(5).a)
src = """
x: int = 5
def f(a, *b, c=1, **d):
    global g
    import os, sys as s
    def h():
        nonlocal a; return a+c
    return [i for i in x if (lambda: i)]
class A(B):
    y = 1
    __p = 2
    def m(self): return __class__, self.__p, super()
lambda z: z
async def co():
    async with a as b: yield
    (n := 5)
"""
def show(t,ind=0):
    print(' '*ind, repr(t).replace(str(t.id), 'ID'), t.name, t.symbols, t.varnames, t.nested, t.type, t.lineno, type(t.id))
    for c in t.children: show(c,ind+2)
show(_symtable.symtable(src, 'f', 'exec')); show(_symtable.symtable(b'a+b', 'f', 'eval'))
