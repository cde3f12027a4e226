# Scanners, encoders and string literals of _json. (Its errors are made by json.decoder, which is not here.)
import sys
import _json

class Context:
    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {'NaN': 'nan', 'Infinity': 'inf', '-Infinity': '-inf'}.__getitem__

def loads(text, **changes):
    context = Context()
    for name, value in changes.items(): setattr(context, name, value)
    return _json.make_scanner(context)(text, 0)

def dumps(o, default=None, encoder=_json.encode_basestring_ascii, key=': ', item=', ', sort=False, skip=False, nan=True, markers=True):
    make = _json.make_encoder({} if markers else None, default, encoder, None, key, item, sort, skip, nan)
    return make(o, 0)

class L(list): pass
class I(int):
    def __repr__(self): return 'I!'
class F(float):
    def __repr__(self): return 'F!'
class A: pass
cycle = []; cycle.append(cycle)
cycledict = {}; cycledict['a'] = cycledict

for s in r'''dumps(None), dumps(True), dumps(1), dumps(1.5), dumps('a"b\\c\n\x00\u1234\U0001f600\xe9'), dumps('\ud800x\udc00'), dumps('')
dumps('a"b\\c\n\x00\u1234\U0001f600\xe9\x7f', encoder=_json.encode_basestring)
dumps([1,2,[3,[]],{},(),(1,)]), dumps({'a':1,'b':[1,2],'c':{}}), dumps({1:2,1.5:3,True:4,None:5,False:6})
dumps({(1,2):3})
dumps({(1,2):3, 'a':1, b'x':2}, skip=True)
dumps({'b':1,'a':2}, sort=True), dumps({'b':1,'a':2}, key=':', item=',')
dumps({'b':1,1:2}, sort=True)
dumps(float('nan')), dumps([float('inf'), -float('inf')]), dumps({float('nan'):1})
dumps(float('nan'), nan=False)
dumps({float('inf'):1}, nan=False)
dumps(A(), default=lambda o: {'x': [1]}), dumps([A(), A()], default=lambda o: [1,'z'])
dumps(A(), default=lambda o: o)
dumps(A(), default=lambda o: 1/0)
dumps(cycle)
dumps(cycledict)
dumps(L([1,2])), dumps(I(5)), dumps(F(1.5)), dumps({I(4):2, F(2.5):3})
dumps(2**100), dumps(1e100), dumps(0.1), dumps(-0.0), dumps(1e16)
dumps('a', encoder=lambda x: 5)
dumps({'a':['b']}, encoder=lambda x: '<'+x+'>')
loads('null'), loads('true'), loads('false'), loads('1'), loads('-1.5e3'), loads('"abc"'), loads('[1, 2 , {"a" : null } ]')
loads('{"a":1,"a":2}'), loads('{}'), loads('[ ]'), loads('{"a":{"b":{"c":[]}}}'), loads('NaN'), loads('[Infinity,-Infinity]')
loads('1e5'), loads('1E+5'), loads('1e-5'), loads('0'), loads('-0'), loads('-0.0'), loads('01'), loads('1.'), loads('1e'), loads('1e+')
loads('')
loads('nul')
loads('[1,')
loads('-')
loads('- 1')
loads(r'"\u0041\n\t\"\\\/\b\f\r"'), loads(r'"\ud83d\ude00"'), loads(r'"\ud83dx"'), loads(r'"\ude00"'), loads(r'"\ud83d\u0041"')
loads('"a\nb"', strict=False), loads('"\xe9\u1234\U0001f600\\n\U0001f600x"'), loads('["\U0001f600", 1, {"\U0001f600": 2.5}]')
loads('[1]', parse_int=float), loads('[1.5,2]', parse_float=str), loads('NaN', parse_constant=lambda x: x*2)
loads('{"a":{"b":1}}', object_hook=list), loads('{"a":{"b":1}}', object_pairs_hook=tuple)
loads('{"a":1}', object_hook=lambda d: 1/0)
loads('123456789012345678901234567890')
loads('['*100000)
loads('{"a":'*100000)
loads(5)
_json.scanstring('abc"def', 0), _json.scanstring('"abc"', 1), _json.scanstring('"a\\nb"x', 1), _json.scanstring('"a\nb"x', 1, False)
_json.scanstring('abc', 5)
_json.scanstring('abc', -1)
_json.scanstring(5, 1)
_json.scanstring('a')
_json.scanstring('a', 'b')
_json.encode_basestring_ascii(5)
_json.encode_basestring(None)
_json.make_scanner(5)
_json.make_scanner()
_json.make_encoder(1,2,3,4,5,6,7,8,9)
_json.make_encoder(1,2,3,4,'5','6',7,8,9)
_json.make_encoder({},2,3,4,'5','6',7,8)
_json.make_encoder({},None,len,7,':',',',0,1,1).markers, _json.make_encoder({},None,len,7,':',',',0,1,1).sort_keys, _json.make_encoder({},None,len,7,':',',',0,1,1).indent
_json.make_scanner(Context).strict, _json.make_scanner(Context).parse_float, _json.make_scanner(Context).object_hook
sys.getsizeof(_json.make_scanner(Context)), sys.getsizeof(_json.make_encoder(None,None,None,None,'','',0,0,0)), _json.make_scanner, _json.make_encoder
type('X', (_json.make_scanner,), {})'''.split('\n'):
    try: print(s, '->', ascii(eval(s)))
    except BaseException as e: print(s, '->', type(e).__name__, ascii(e))

x = loads('[{"key":1},{"key":2}]')[0]
k1, = x[0]
k2, = x[1]
print(k1 is k2)
