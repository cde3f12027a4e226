# json by way of _json: results, errors, and texts with faults.
import json, sys, math
from collections import OrderedDict, namedtuple
import json.encoder, json.decoder, json.scanner
print(json.encoder.c_make_encoder, json.scanner.c_make_scanner, json.decoder.scanstring, json.encoder.encode_basestring_ascii)
import _json
def ex(s):
    try: r = eval(s); print(s, '->', repr(r))
    except BaseException as e: print(s, '->', type(e).__name__, e, e.args[:0])
class A: pass
class L(list): pass
class D(dict): pass
class I(int):
    def __repr__(self): return 'I!'
class F(float):
    def __repr__(self): return 'F!'
class S(str): pass
P = namedtuple('P', 'x y')
cyc = []; cyc.append(cyc)
cycd = {}; cycd['a'] = cycd
deep = []
for i in range(2000): deep = [deep]
for s in r'''json.dumps(None), json.dumps(True), json.dumps(1), json.dumps(1.5), json.dumps('a"b\\c\n\x00\u1234\U0001f600é')
json.dumps('a"b\\c\n\x00\u1234\U0001f600é\x7f\ud800', ensure_ascii=False)
json.dumps('\ud800x\udc00'), json.dumps('')
json.dumps([1,2,[3,[]],{},(),(1,)]), json.dumps({'a':1,'b':[1,2],'c':{}}), json.dumps({1:2,1.5:3,True:4,None:5,False:6})
json.dumps({(1,2):3})
json.dumps({(1,2):3, 'a':1, b'x':2}, skipkeys=True)
json.dumps({'b':1,'a':2}, sort_keys=True), json.dumps({'b':1,1:2}, sort_keys=False)
json.dumps({'b':1,1:2}, sort_keys=True)
json.dumps(float('nan')), json.dumps([float('inf'), -float('inf')]), json.dumps({float('nan'):1})
json.dumps(float('nan'), allow_nan=False)
json.dumps({float('inf'):1}, allow_nan=False)
json.dumps(A())
json.dumps([1, {2:A()}])
json.dumps(A(), default=lambda o: {'x': 1})
json.dumps([A(), A()], default=lambda o: [1,'z'])
json.dumps(A(), default=lambda o: o)
json.dumps(cyc)
json.dumps(cycd)
json.dumps(cyc, check_circular=False)
json.dumps(deep)
json.dumps(L([1,2])), json.dumps(D(a=1)), json.dumps(I(5)), json.dumps(F(1.5)), json.dumps(S('abc')), json.dumps(P(1,2)), json.dumps(OrderedDict(b=1,a=2)), json.dumps({S('k'):1, I(4):2, F(2.5):3})
json.dumps([1,{'a':2}], indent=2), json.dumps([1,{'a':2}], separators=(',',':')), json.dumps({'a':1}, indent='\t', sort_keys=True)
json.dumps([1,2], separators=(',',)) 
json.dumps(2**100), json.dumps(-2**70), json.dumps(1e100), json.dumps(0.1), json.dumps(-0.0), json.dumps(1e16)
json.dumps(set())
json.dumps(b'abc')
list(json.JSONEncoder().iterencode([1,{'a':'b'}]))
json.loads('null'), json.loads('true'), json.loads('false'), json.loads('1'), json.loads('-1.5e3'), json.loads('"abc"'), json.loads(' [1, 2 , {"a" : null } ] ')
json.loads('{"a":1,"a":2}'), json.loads('{}'), json.loads('[]'), json.loads('{"a":{"b":{"c":[]}}}')
json.loads('NaN'), json.loads('[Infinity,-Infinity]')
json.loads('[1,2', ), 
json.loads('[1 2]')
json.loads('[1,]')
json.loads('{"a"}')
json.loads('{"a":}')
json.loads('{"a":1,}')
json.loads('{a:1}')
json.loads('{"a" 1}')
json.loads('{"a":1 "b":2}')
json.loads('{')
json.loads('[')
json.loads('')
json.loads('nul')
json.loads('-')
json.loads('- 1')
json.loads('01')
json.loads('1.')
json.loads('1e'), 
json.loads('1e5'), json.loads('1E+5'), json.loads('1e-5'), json.loads('0'), json.loads('-0'), json.loads('-0.0'), json.loads('0e1')
json.loads('1e+')
json.loads('"abc')
json.loads('"a\nb"')
json.loads('"a\nb"', strict=False)
json.loads(r'"\u0041\n\t\"\\\/\b\f\r"'), json.loads(r'"\ud83d\ude00"'), json.loads(r'"\ud83dx"'), json.loads(r'"\ude00"')
json.loads(r'"\x"')
json.loads(r'"\u12"')
json.loads(r'"\u12g4"')
json.loads(r'"\ud83d\u12"')
json.loads(r'"\ud83d\u0041"')
json.loads('"\\')
json.loads('"\\u')
json.loads('"é\u1234\U0001f600\\n\U0001f600x"'), json.loads('["\U0001f600", 1, {"\U0001f600": 2.5}]')
json.loads('{"\U0001f600" 1}')
json.loads('[1] x')
json.loads('[1]', parse_int=float), json.loads('[1.5,2]', parse_float=str), json.loads('NaN', parse_constant=lambda x: x*2)
json.loads('{"a":{"b":1}}', object_hook=lambda d: list(d)), json.loads('{"a":{"b":1}}', object_pairs_hook=list), json.loads('{"a":1}', object_pairs_hook=OrderedDict)
json.loads('{"a":1}', object_hook=lambda d: 1/0)
json.loads('123456789012345678901234567890'), json.loads('1'*5000)
json.loads('['*100000)
json.loads('{"a":'*100000)
json.loads(b'[1]'), json.loads('[1]'.encode('utf-16')), json.loads(bytearray(b'{}'))
json.loads(5)
json.loads('\ufeff[]')
_json.scanstring('abc"def', 0), _json.scanstring('"abc"', 1), _json.scanstring('"a\\nb"x', 1), _json.scanstring('"a\nb"x', 1, False)
_json.scanstring('abc', 5)
_json.scanstring('abc', -1)
_json.scanstring(5, 1)
_json.scanstring('a')
_json.scanstring('a', 'b')
_json.encode_basestring_ascii(5)
_json.encode_basestring(None)
_json.encode_basestring('é"\\\x1f\u2028'), _json.encode_basestring_ascii('é"\\\x1f\u2028\x7f')
_json.make_scanner(5)
_json.make_scanner()
_json.make_encoder(1,2,3,4,5,6,7,8,9)
_json.make_encoder(1,2,3,4,'5','6',7,8,9)
_json.make_encoder({},2,3,4,'5','6',7,8)
_json.make_encoder(None,None,lambda x: 5,None,':',',',0,0,1)('a', 0)
_json.make_encoder(None,None,lambda x: '<'+x+'>',None,':',',',0,0,1)({'a':['b']}, 0)
_json.make_encoder(None,None,lambda x: '<'+x+'>',None,':',',',0,0,1)({'a':['b']})
_json.make_encoder({},None,_json.encode_basestring,None,':',',',0,0,1).markers, _json.make_encoder({},None,_json.encode_basestring,None,':',',',0,1,1).sort_keys, _json.make_encoder({},None,_json.encode_basestring,7,':',',',0,1,1).indent
json.JSONDecoder().scan_once('[1]', 0), json.JSONDecoder().scan_once.strict, json.JSONDecoder().scan_once.parse_float, json.JSONDecoder().scan_once.object_hook
json.JSONDecoder().scan_once('[1]', 5)
json.JSONDecoder().scan_once('[1]', -5)
json.JSONDecoder().scan_once(5, 0)
json.JSONDecoder().scan_once('x', 0)
json.JSONDecoder().raw_decode('[1] x'), json.JSONDecoder().scan_once(idx=1, string='[5]')
sys.getsizeof(json.JSONDecoder().scan_once), sys.getsizeof(json.encoder.c_make_encoder(None,None,None,None,'','',0,0,0)), type(json.JSONDecoder().scan_once), json.scanner.c_make_scanner.__flags__, json.encoder.c_make_encoder.__flags__
type('X', (json.scanner.c_make_scanner,), {})
json.scanner.c_make_scanner.__module__, json.scanner.c_make_scanner.__dictoffset__, dir(json.scanner.c_make_scanner), dir(json.encoder.c_make_encoder)'''.split('\n'):
    ex(s)
x = json.loads('[{"key":1},{"key":2}]'); k1, = x[0]; k2, = x[1]; print(k1 is k2)
import random
r = random.Random(5)
def gen(d):
    k = r.randrange(9 if d else 6)
    if k == 0: return r.randrange(-10**r.randrange(1,25), 10**r.randrange(1,25))
    if k == 1: return r.uniform(-1e5,1e5)*10**r.randrange(-20,20)
    if k == 2: return ''.join(chr(r.choice([r.randrange(128), r.randrange(0x3000), r.randrange(0x10000,0x11000)])) for _ in range(r.randrange(10)))
    if k == 3: return r.choice([None,True,False])
    if k == 4: return ''
    if k == 5: return r.randrange(10)
    if k <= 7: return [gen(d-1) for _ in range(r.randrange(5))]
    return {str(gen(0)): gen(d-1) for _ in range(r.randrange(5))}
for i in range(60):
    o = gen(4); s = json.dumps(o); print(s); print(json.loads(s) == o, json.dumps(o, ensure_ascii=False, indent=1) == json.dumps(json.loads(s), ensure_ascii=False, indent=1))
    s = list(s)
    for _ in range(r.randrange(1,4)):
        if s:
            j = r.randrange(len(s)); kk = r.randrange(3)
            if kk == 0: s[j] = r.choice('{}[],:"\\0123truefalsenull .-eE')
            elif kk == 1: del s[j]
            else: s.insert(j, r.choice('{}[],:"\\0123 .-eE'))
    s = ''.join(s)
    try: print(json.loads(s))
    except Exception as e: print(type(e).__name__, e)
