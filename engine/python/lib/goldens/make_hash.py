"""Prints hashes as real CPython 3.11 computes them: python3 make_hash.py > hash.json"""
import json
import os
import random
import struct
import subprocess
import sys

# (piece, times)
TEXTS = [('', 1), ('a', 1), ('ab', 1), ('abc', 1), ('__name__', 1), ('abcdefgh', 1), ('abcdefghi', 1), ('x', 63), ('x', 64), ('\xe9', 1),
         ('na\xefve', 1), ('\xff', 9), ('\u0100', 1), ('\u0100b', 1), ('\u0100', 3), ('\u0100', 4), ('\u65e5\u672c\u8a9e', 2),
         ('\ud800', 1), ('\udfffx', 1), ('\U0001f600', 1), ('a\U0001f600b', 1), ('\U0001f600', 3), ('a', 8191), ('a', 8192),
         ('abc', 20000), ('\u0100', 4099), ('\U0001f600', 2049)]
# (first n bytes of 0, 1, 2 ..., times)
BYTES = [(n, 1) for n in range(34)] + [(17, 3), (256, 80)]

if __name__ == '__main__' and len(sys.argv) > 1:
    print(json.dumps([[str(hash(t * n)) for t, n in TEXTS], [str(hash(bytes(range(k)) * n)) for k, n in BYTES]]))
    sys.exit()


def seeded(seed):
    out = subprocess.run([sys.executable, __file__, 'child'], env=dict(os.environ, PYTHONHASHSEED=str(seed)), capture_output=True)
    return json.loads(out.stdout)


rng = random.Random(1)
ints = [0, 1, -1, -2, 2**31, -2**31, 2**32, 2**53, -2**53, 2**61 - 1, 2**61 - 2, -(2**61 - 1), -(2**61), 2**61, 2**64, 10**40, -10**40]
ints += [rng.randrange(-2**k, 2**k) for k in range(1, 200)]
floats = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -1.5, float('inf'), float('-inf'), 5e-324, -5e-324, 1.7976931348623157e308, 2.0**61, 2.0**61 + 1024,
          2.0**53, 2.0**54, 0.1, 1e300, 1e-300, 3.141592653589793]
floats += [2.0**k for k in range(-1074, 1024, 11)] + [-(2.0**k) for k in range(-1074, 1024, 13)]
while len(floats) < 600:
    x = struct.unpack('<d', rng.randbytes(8))[0]
    if x == x:
        floats.append(x)
complexes = [complex(rng.choice(floats), rng.choice(floats)) for _ in range(60)] + [complex(0, 1), complex(1, 0), complex(-1, 0), complex(0, -1)]
tuples = [tuple(rng.randrange(-2**40, 2**40) for _ in range(n)) for n in range(30)] + [(1, 2), (2, 1), (0,), (0, 0), (-1,), (-2,)]
sets = [frozenset(rng.randrange(-2**40, 2**40) for _ in range(n)) for n in range(30)] + [frozenset([0]), frozenset([-1]), frozenset([1, 2, 3])]
print(json.dumps({
    'texts': TEXTS, 'bytes': BYTES,
    'seeds': {str(s): seeded(s) for s in (0, 1, 42, 4294967295)},
    'ints': [[str(n), str(hash(n))] for n in ints],
    'floats': [[x.hex(), str(hash(x))] for x in floats],
    'complexes': [[c.real.hex(), c.imag.hex(), str(hash(c))] for c in complexes],
    'tuples': [[list(t), str(hash(t))] for t in tuples],
    'frozensets': [[list(s), str(hash(s))] for s in sets],
}, separators=(',', ':')))
