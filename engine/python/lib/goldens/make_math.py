"""Prints results of math as real CPython 3.11 on glibc gives them: python3 make_math.py > math.json

Floats are in hexadecimal; 'D' is ValueError (domain), 'R' OverflowError (range).
"""
import cmath
import json
import math
import random
import struct

rng = random.Random(9)
INF, NAN = math.inf, math.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 10.0, -10.0, 1e-300, -1e-300, 5e-324, 1e300, -1e300, 1.7976931348623157e308, INF, -INF, NAN, 709.78, 709.79, 710.0, 710.5, -745.1, -745.2, -708.5, -740.0, 1023.5, 1024.0, -1074.0,
           -1075.0, 1e-10, 1e-20, 22.0, 21.9, 0.3465, 171.6, 171.7, -170.5, -200.5, 1e15, 1e22, 6.0, -6.5, 27.5, 28.5, 0.84375, 1.25, 2.857, math.pi, math.pi / 2, 1 - 2**-53, 1 + 2**-52]


def attempt(f, *args):
    try:
        r = f(*args)
    except ValueError:
        return 'D'
    except OverflowError:
        return 'R'
    return r.hex() if isinstance(r, float) else r


def log_uniform(a, b):
    return math.ldexp(rng.uniform(1, 2), rng.randrange(a, b)) * rng.choice([1, -1])


UNARY = 'exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt erf erfc gamma lgamma'.split()
RANGES = {'asin': (-1, 1), 'acos': (-1, 1), 'atanh': (-1, 1), 'acosh': (1, 100), 'log': (0, 100), 'log2': (0, 100), 'log10': (0, 1000), 'log1p': (-1, 10), 'sin': (-100, 100), 'cos': (-100, 100), 'tan': (-100, 100), 'gamma': (-30, 60), 'lgamma': (-30, 60), 'erf': (-5, 5), 'erfc': (-5, 27)}
unary = {}
for name in UNARY:
    f = getattr(math, name)
    a, b = RANGES.get(name, (-20, 20))
    xs = SPECIAL + [rng.uniform(a, b) for _ in range(30)] + [log_uniform(-60, 60) for _ in range(15)] + [log_uniform(-1000, 1000) for _ in range(10)]
    unary[name] = [[x.hex(), attempt(f, x)] for x in xs]


def double():
    while True:
        x = struct.unpack('<d', rng.randbytes(8))[0]
        if x == x:
            return x


PAIRS = [(x, y) for x in (0.0, -0.0, 1.0, -1.0, 2.5, -3.0, INF, -INF, NAN, 1e300, 1e-300, 0.5) for y in (0.0, -0.0, 1.0, -1.0, 3.0, -2.0, 0.5, INF, -INF, NAN, 1e300, -1e300)]
binary = {}
for name in ('pow', 'fmod', 'remainder', 'atan2', 'copysign', 'nextafter', 'hypot'):
    f = getattr(math, name)
    xs = PAIRS + [(rng.uniform(-10, 10), rng.uniform(-10, 10)) for _ in range(40)] + [(double(), double()) for _ in range(30)]
    binary[name] = [[x.hex(), y.hex(), attempt(f, x, y)] for x, y in xs]
binary['abs'] = [[x.hex(), y.hex(), attempt(abs, complex(x, y))] for x, y in PAIRS + [(double(), double()) for _ in range(60)]]
singles = SPECIAL + [double() for _ in range(60)]
exact = {'ulp': [[x.hex(), math.ulp(x).hex()] for x in singles], 'frexp': [[x.hex(), math.frexp(x)[0].hex(), math.frexp(x)[1] if math.isfinite(x) else 0] for x in singles],
         'modf': [[x.hex(), *(v.hex() for v in math.modf(x))] for x in singles],
         'ldexp': [[x.hex(), e, attempt(math.ldexp, x, e)] for x in [1.0, -1.5, 0.75, 5e-324, 1e300, 3e-310, 0.1] + [double() for _ in range(20)] for e in (-2200, -1080, -1074, -1022, -60, -1, 0, 1, 60, 1023, 1024, 2100)]}
norms = []
for _ in range(100):
    n = rng.randrange(0, 7)
    kind = rng.randrange(4)
    v = [rng.uniform(-1, 1) if kind == 0 else double() if kind == 1 else float(rng.randrange(-1000, 1000)) if kind == 2 else rng.uniform(-1, 1) * 2.0**rng.choice([-1060, -1030, -1000, 900]) for _ in range(n)]
    norms.append([[abs(x).hex() for x in v], math.hypot(*v).hex()])
sums = []
for _ in range(80):
    n = rng.randrange(0, 12)
    kind = rng.randrange(4)
    v = [rng.uniform(-1, 1) * 10.0**rng.randrange(-18, 18) if kind == 0 else rng.choice([1e16, 1.0, -1e16, 1e-16, 2.0**53, -1.0]) if kind == 1 else double() if kind == 2 else rng.choice([1e308, -1e308, 1.0, 8.98846567431158e307]) for _ in range(n)]
    sums.append([[x.hex() for x in v], attempt(math.fsum, v)])
for v in ([INF, 1.0], [INF, -INF], [NAN, 1.0], [-INF, 1e308, 1e308], [1e308, 1e308, INF], [INF, NAN], [2.0**53, 0.5, 2.0**-100], [2.0**53, -0.5, -(2.0**-100)]):
    sums.append([[x.hex() for x in v], attempt(math.fsum, v)])
ints = {'factorial': [[n, str(math.factorial(n))] for n in (0, 1, 2, 3, 10, 20, 21, 25, 60, 100, 170)], 'comb': [[n, k, str(math.comb(n, k))] for n in (0, 1, 5, 30, 64, 67, 100, 300) for k in (0, 1, 2, 5, 20, 30, 33, 50, 299, 301)],
        'perm': [[n, k, str(math.perm(n, k))] for n in (0, 1, 5, 30, 100) for k in (0, 1, 2, 5, 20, 31)]}
print(json.dumps({'unary': unary, 'binary': binary, **exact, 'norms': norms, 'sums': sums, **ints}, separators=(',', ':')))
