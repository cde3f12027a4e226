"""Prints float texts as real CPython 3.11 gives them: python3 make_float.py > float.json"""
import json
import random
import struct

rng = random.Random(2)


def some_double():
    kind = rng.randrange(6)
    if kind == 0:
        x = struct.unpack('<d', rng.randbytes(8))[0]
        return x if x == x else 1.0
    if kind == 1:
        return rng.randrange(-10**6, 10**6) / rng.choice([1, 2, 4, 8, 10, 100, 1000])
    if kind == 2:
        return (rng.randrange(2000) + 0.5) / 2**rng.randrange(12)
    if kind == 3:
        return rng.random() * 10.0**rng.randrange(-20, 20)
    if kind == 4:
        return float(rng.randrange(-10**18, 10**18))
    return 2.0**rng.randrange(-1074, 1024)


EDGE = [0.0, -0.0, 1.0, 0.1, 1e16, 1e15, 9999999999999998.0, 1e-4, 9.999e-5, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
        float('inf'), float('-inf'), float('nan'), 0.5, 1.5, 2.5, 0.05, 0.15, 0.25, 1.005, 2.675, 1e21, 1e100, 123456.0, 1234567.0, 99999.5, 999999.5]
reprs = [[x.hex(), repr(x)] for x in EDGE + [some_double() for _ in range(350)]]
formats = []
for i in range(1000):
    x = rng.choice(EDGE) if i % 5 == 0 else some_double()
    code = rng.choice('eEfFgG')
    precision = rng.choice([0, 0, 1, 2, 3, 5, 6, 10, 16, 17, 20, 30])
    if abs(x) > 1e60 and code in 'fF':
        x = 1.5e60
    alt, plus = rng.random() < 0.2, rng.random() < 0.2
    formats.append([x.hex(), code, precision, int(plus) + 4 * int(alt), f"%{'+' if plus else ''}{'#' if alt else ''}.{precision}{code}" % x])
for x, code, precision in [(5e-324, 'f', 1074), (5e-324, 'e', 800), (1.7976931348623157e308, 'f', 3), (0.1, 'f', 60), (0.1, 'g', 120), (2.0**-1000, 'e', 130), (1e300, 'g', 301), (0.3, 'f', 1200)]:
    formats.append([x.hex(), code, precision, 0, f'%.{precision}{code}' % x])
TEXTS = ['', ' ', '1', ' 1 ', '1.', '.5', '.', '+1', '-1', '--1', '1e5', '1e', '1e+', '1E-5', 'e5', '1_000', '1__0', '_1', '1_', '1_.5', '1._5', '1e_5', '1_0e1_0', '1_0.0_1',
         'inf', '-Inf', '+INFINITY', 'infinit', 'nan', '-NaN', 'nan(1)', '0x10', '1 2', '\t1\n', '\u00a01\u2003', '١٢٣', '١.٥', '１_０', '1\x00', '\x1c1', '1e400', '-1e400', '1e-400', '4.9e-324', '2.4703282292062327e-324',
         '2.4703282292062328e-324', '179769313486231580793728971405301199e273', '1.7976931348623159e308', '9007199254740993', '9007199254740992.99999999999999999999', '0.1e1_', 'é', '1é', '１',
         '123456789012345678901234567890', '0.' + '0' * 400 + '1', '1' + '0' * 400, '00', '-0', '0e999999999999', '1e-99999999999', '½', '²', '1d5', '1f', '\ud800']
for _ in range(150):
    TEXTS.append(''.join(rng.choice('0123456789') for _ in range(rng.randrange(1, 30))) + '.' + ''.join(rng.choice('0123456789') for _ in range(rng.randrange(0, 30))) + rng.choice(['', f'e{rng.randrange(-330, 300)}']))


def attempt(f, *args):
    try:
        return f(*args)
    except (ValueError, OverflowError) as e:
        return 'overflow' if isinstance(e, OverflowError) else 'invalid'


def hexed(x):
    return x if isinstance(x, str) else x.hex()


HEX = ['', '0x', '0x1', '1', ' 0x1p3 ', '0x1.8', '1.8p1', '.8', '0x.8', '0x.', 'p5', '0x1p', '0x1p+', '0x1p-1074', '0x1p-1075', '0x1.8p-1075', '0x0.8p-1074', '0x1p1023', '0x1p1024', '0x1.fffffffffffffp1023',
       '0x1.fffffffffffff7p1023', '0x1.fffffffffffff8p1023', '0x1.fffffffffffff8000000000001p1023', '-0x1', '+0X1P2', 'inf', '-INF', 'Infinity', 'nan', '-nan', '0x1.00000000000008', '0x1.00000000000018', '0x1.000000000000080000000001', 'abc', 'xyz', '0x1.2.3',
       '0xabcdef0123456789abcdef', '1e5', '0x1p99999999999999999999', '0x1p-99999999999999999999', '0x0p99999999999999999999', '-0x0', '0x' + '0' * 30 + '1p-4', '0x1_0', '0x1 p3', '0x3p-1076', '0x7p-1076', '0x2p-1076', '0x6p-1076']
rounds = []
for i in range(450):
    x = rng.choice([0.5, 1.5, 2.5, 0.15, 2.675, 1.005, 1e300, 1.7976931348623157e308, 5e-324, 0.125]) if i % 6 == 0 else some_double()
    n = rng.choice([-310, -308, -300, -18, -5, -3, -2, -1, 0, 0, 1, 1, 2, 2, 3, 5, 10, 15, 16, 17, 20, 100, 300, 323, 324, 400])
    r = attempt(round, x, n)
    rounds.append([x.hex(), n, hexed(r)])
print(json.dumps({
    'reprs': reprs, 'formats': formats, 'texts': [[t, hexed(attempt(float, t))] for t in TEXTS],
    'bytes': [[b.decode('latin-1'), hexed(attempt(float, b))] for b in (b'1', b' 1\n', b'\xa01', b'1_0', b'\xb9', b'1\x85')],
    'hex': [[t, hexed(attempt(float.fromhex, t))] for t in HEX], 'rounds': rounds,
    'halves': [[x.hex(), str(round(x))] for x in (0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 1e300, 4503599627370495.5, 4503599627370496.5, 4503599627370497.5, -3.2, 3.7)],
    'ratios': [[x.hex(), *map(str, x.as_integer_ratio())] for x in (0.0, -0.0, 0.1, -0.75, 1e22, 5e-324, 3.0, 1e-5)],
}, separators=(',', ':')))
