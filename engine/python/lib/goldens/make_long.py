"""Prints integer results as real CPython 3.11 gives them: python3 make_long.py > long.json

Large ints are written in hexadecimal.
"""
import json
import math
import random
import sys

rng = random.Random(4)


def big(bits=None):
    n = rng.getrandbits(bits or rng.choice([1, 8, 30, 31, 53, 54, 60, 64, 100, 300, 1100, 2200]))
    if rng.random() < 0.2:
        n = 1 << rng.randrange(1, 1200)
        n += rng.choice([-1, 0, 1])
    return -n if rng.random() < 0.4 else n


def attempt(f, *args):
    try:
        return f(*args)
    except (ValueError, OverflowError, ZeroDivisionError) as e:
        return {'e': type(e).__name__, 'm': str(e)}


def fl(x):
    return x.hex() if isinstance(x, float) else x


def ints(x):
    return hex(x) if isinstance(x, int) else x


TEXTS = ['', ' ', '0', '1', '-1', '+1', '--1', '- 1', ' 12 ', '\t12\n', '1 2', '1_2', '_12', '12_', '1__2', '0x1f', '0X_1f', '0x', '0x_', '0b101', '0b2', '0o17', '0o_17', '017', '00', '0_0', '000', '01', '-0', '-0x10', '0b',
         'ff', 'zz', 'z', '1.0', '1e5', '١٢', '１２', '²', '½', '\x00', '1\x00', '12\u2003', '\u00a012', 'é', '0xg', '9' * 20, '1' + '0' * 40, '9007199254740991', '9007199254740992', '-9007199254740993', 'a' * 30, '0x' + 'f' * 40, '0b' + '1' * 70, '\ud800', '\x1c5', '1l', '0_x1']
parsed = []
for t in TEXTS:
    for base in (10, 0, 16, 2, 36, 8, 3):
        parsed.append([t, base, attempt(lambda: hex(int(t, base)))])
for _ in range(60):
    base = rng.randrange(2, 37)
    t = ''.join(rng.choice('0123456789abcdefghijklmnopqrstuvwxyz'[:base]) for _ in range(rng.randrange(1, 120)))
    parsed.append([t, base, hex(int(t, base))])
limits = []
for n in (4299, 4300, 4301, 10000):
    limits.append([n, '9', 10, attempt(lambda: len(hex(int('9' * n))))])
    limits.append([n, '0', 10, attempt(lambda: len(hex(int('0' * n))))])
    limits.append([n, '1', 3, attempt(lambda: len(hex(int('1' * n, 3))))])
    limits.append([n, '1', 16, attempt(lambda: len(hex(int('1' * n, 16))))])
strs = [[n, k, attempt(lambda: len(str(10**n + k)))] for n in (4298, 4299, 4300, 4301, 5000) for k in (-1, 0)]
binary = []
for _ in range(100):
    a, b = big(), big() or 1
    shared = rng.random() < 0.2
    if shared:
        a = b * rng.getrandbits(70)
    q, r = divmod(a, b)
    binary.append([hex(a), hex(b), hex(q), hex(r), attempt(lambda: fl(a / b)), hex(math.gcd(a, b))])
# Quotients near ties and subnormals.
for _ in range(80):
    m = rng.getrandbits(53) | 1 << 52
    e = rng.choice([-1130, -1127, -1126, -1125, -1080, -500, -60, -2, 0, 1, 60, 900, 970, 971, 972])
    a, b = (2 * m + 1) * 4 + rng.choice([-1, 0, 0, 1]), 8
    d = rng.choice([1, 3, 7])
    a, b = (a * d << e, b * d) if e >= 0 else (a * d, b * d << -e)
    q, r = divmod(a, b)
    binary.append([hex(a), hex(b), hex(q), hex(r), attempt(lambda: fl(a / b)), hex(math.gcd(a, b))])
unary = []
for n in [0, 1, -1, 2**53, 2**53 + 1, 2**1024 - 2**970, 2**1024 - 2**970 - 1, 2**1024, 2**64 - 1, (2**53 - 1) << 11, (2**54 - 1) << 10] + [big() for _ in range(80)]:
    digits = (sys.getsizeof(n) - 24) // 4
    unary.append([hex(n), n.bit_length(), n.bit_count(), digits if n else 0, attempt(lambda: fl(float(n))), hex(math.isqrt(abs(n)))])
pows = []
for _ in range(60):
    b, m = big(rng.choice([8, 60, 200])), big(rng.choice([1, 8, 60, 200])) or 7
    e = rng.choice([0, 1, 2, 65537, -1, -1, -3, rng.getrandbits(80), rng.getrandbits(200)])
    pows.append([hex(b), hex(e), hex(m), attempt(lambda: hex(pow(b, e, m)))])
tobytes = []
for _ in range(120):
    n = big(rng.choice([1, 7, 8, 9, 15, 16, 31, 32, 63, 64, 65, 100]))
    length, order, signed = rng.choice([0, 1, 2, 4, 8, 9, 13, 20]), rng.choice(['little', 'big']), rng.random() < 0.6
    tobytes.append([hex(n), length, int(order == 'little'), int(signed), attempt(lambda: n.to_bytes(length, order, signed=signed).hex())])
for n in (127, 128, 255, 256, -128, -129, 0, -1):
    for signed in (True, False):
        for length in (0, 1, 2):
            tobytes.append([hex(n), length, 0, int(signed), attempt(lambda: n.to_bytes(length, 'big', signed=signed).hex())])
print(json.dumps({'parsed': parsed, 'limits': limits, 'strs': strs, 'binary': binary, 'unary': unary, 'pows': pows, 'toBytes': tobytes,
                  'bases': [[hex(n), bin(n), oct(n), hex(n), str(n)] for n in [0, 1, -1, 255] + [big(200) for _ in range(10)]]}, separators=(',', ':')))
