"""Prints what random, struct, zlib and marshal of real CPython 3.11 give: python3 make_binary.py > binary.json"""
import binascii
import json
import marshal
import random
import struct
import types
import zlib

rng = random.Random(8)


def attempt(f):
    try:
        return f()
    except Exception as e:
        return {'e': type(e).__name__, 'm': str(e)}


twister = []
for seed in (0, 1, -1, 42, 2**32, 2**64 + 12345, 10**50, -10**50):
    r = random.Random(seed)
    row = [r.getrandbits(32) for _ in range(3)] + [r.random().hex() for _ in range(3)] + [str(r.getrandbits(k)) for k in (1, 5, 31, 33, 52, 53, 54, 63, 64, 65, 100, 200)]
    for _ in range(700):
        r.random()
    twister.append([str(seed), row, r.random().hex(), r.getstate()[1][-1], r.getstate()[1][17]])

FORMATS = ['y', '5', '<n', '<P', '=N', '1 ', '2 i', 'i2', '99999999999999999999i', '4611686018427387904q', 'i\x00', '3p', '0s', '0p', '0i', 'bi', 'b0i', 'qb', '@bq', '=bq', '!bq', '>bq', '1s1', '@', '<', '<<i', 'i<', '300p', 'bxh', 'xxi', 'cd?', '3xi', 'b0q',
           'bhilqnPefd?', '<bhilqefd?', ' b h ', '\n2h\t', '4s2x3p', '', '10x', 'hb3s', '>hb3sq']
formats = [[f, attempt(lambda: [struct.calcsize(f), len(struct.unpack(f, bytes(struct.calcsize(f))))])] for f in FORMATS]
packs = []
for order in ('', '<', '>', '=', '!'):
    for code in 'bBhHiIlLqQnNP':
        for v in (0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32769, 65535, 65536, 2**31 - 1, 2**31, -2**31 - 1, 2**32 - 1, 2**32, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, 123456789):
            if order and code in 'nNP':
                continue
            packs.append([order + code, str(v), attempt(lambda: struct.pack(order + code, v).hex())])
floats = []
for order in ('', '<', '>'):
    for code in 'efd':
        for v in (0.0, -0.0, 1.0, -1.5, 0.1, 65504.0, 65519.99, 65520.0, 1e5, 2.0**-24, 2.0**-25, 1.5 * 2.0**-25, 2.0**-14, 2.0**-14 - 2.0**-25, 3.14159, 1e-8, 3.4028235677973366e38, 3.4028234663852886e38, 3.402823567797337e38, 1e300, float('inf'), float('-inf'), 1.0009765625, 1.00048828125, 1.00146484375, 5e-324, 1e-45, 7e-46):
            floats.append([order + code, v.hex(), attempt(lambda: struct.pack(order + code, v).hex())])
unpacked = [[h, struct.unpack('>e', bytes.fromhex(h))[0].hex()] for h in ('0000', '8000', '0001', '03ff', '0400', '3c00', 'c000', '7bff', '7c00', 'fc00', '7e00')]
pascal = [[f, b.hex(), struct.pack(f, b).hex(), struct.unpack(f, struct.pack(f, b))[0].hex()] for f, b in (('5p', b'abcdefgh'), ('5p', b'ab'), ('1p', b'a'), ('300p', b'a' * 400), ('3s', b'abcd'), ('3s', b'a'))]
blobs = [b'', b'a', b'hello world', bytes(range(256)) * 50, b'\xff' * 6000]
sums = [[b.hex() if len(b) < 300 else [b[:256].hex(), len(b)], zlib.crc32(b), zlib.crc32(b, 12345), zlib.adler32(b), zlib.adler32(b, 777), binascii.crc_hqx(b, 99)] for b in blobs]

SOURCE = '''
import os
def f(a, b=1, *c, d, **e):
    """doc é"""
    def g(): return a, "日本", 1.5, 2j, b"x", ..., None, True, 10**30
    return [x for x in (1, 2, 3) if x in {1, "two", 2.5}] + [g]
class K:
    x: int = -5
'''


def shape(v):
    """A value as JSON, the same as the test makes of ours."""
    if isinstance(v, types.CodeType):
        return {'code': [v.co_argcount, v.co_posonlyargcount, v.co_kwonlyargcount, v.co_stacksize, v.co_flags, v.co_name, v.co_qualname, v.co_firstlineno, v._co_code_adaptive.hex() if 0 else v.co_code.hex(), list(v.co_names), v.co_linetable.hex(), v.co_exceptiontable.hex(), [shape(c) for c in v.co_consts], list(v.co_varnames)]}
    if isinstance(v, tuple):
        return {'tuple': [shape(i) for i in v]}
    if isinstance(v, frozenset):
        return {'frozenset': sorted(json.dumps(shape(i)) for i in v)}
    if v is None or v is ...:
        return repr(v)
    return [type(v).__name__, v.hex() if isinstance(v, (float, bytes)) else repr(v) if isinstance(v, complex) else str(v)]


VALUES = [None, True, False, ..., 0, 1, -1, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**100, -2**100, 2**15, 0.0, -1.5, 1e300, 2j, 1 + 1j, '', 'abc', 'é', '日本', '\ud800', 'x' * 300, b'', b'abc\xff', (), (1, 'a', (None,)), frozenset(), frozenset([1, 'a', 2.5]), tuple(range(300))]
VALUES.append(compile(SOURCE, 'file.py', 'exec'))
marshals = [[marshal.dumps(v).hex(), shape(v)] for v in VALUES]
marshals += [[marshal.dumps(v, 0).hex(), shape(v)] for v in VALUES[:-4] if not (isinstance(v, tuple) and len(v) > 9)]
faults = []
good = marshal.dumps(VALUES[-1])
for data in [b'', b'(', b'i\x00', b'r\x00\x00\x00\x00', b'?', b'\x01', b'l\x01\x00\x00\x00\x00\x00', b'l\x01\x00\x00\x00\xff\xff', b')\x01', b')\x010', b'0', b's\xff\xff\xff\xff', b'(\xff\xff\xff\xff', good[:50], good[:-1], b')\x01' * 2001 + b'N', b')\x01' * 1500 + b'N']:
    r = attempt(lambda: marshal.loads(data))
    faults.append([data.hex() if data[:3] == good[:3] or len(data) < 400 else [data[:2].hex(), len(data) // 2, data[-1:].hex()], r if isinstance(r, dict) else None])
print(json.dumps({'twister': twister, 'formats': formats, 'packs': packs, 'floats': floats, 'halves': unpacked, 'pascal': pascal, 'sums': sums, 'marshals': marshals, 'faults': faults}, separators=(',', ':')))
