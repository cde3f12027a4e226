"""Makes numbers.json with real CPython: python3 make_numbers.py > numbers.json"""
import json
import random
from decimal import *

R = random.Random(1)
ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
SPECIALS = ['NaN', 'sNaN', '-NaN123', 'sNaN99', 'Infinity', '-Infinity', '0', '-0', '0E+5', '0E-10', '1', '-1', '1.000', '10', '1E+1', '9.999',
            '99999', '0.1', '1E-5', '2', '0.5', '1E+30', '-2', '3', '101', '1100', '4', '0.25', '1E+999', '1E-999', '999E+384', '-5E-400']
UNARY = ['abs', 'exp', 'ln', 'log10', 'minus', 'next_minus', 'next_plus', 'normalize', 'plus', 'to_integral_value', 'to_integral_exact', 'sqrt',
         'logb', 'logical_invert', 'number_class', 'to_sci_string', 'to_eng_string', 'create_decimal']
BINARY = ['add', 'compare', 'compare_signal', 'divide', 'divide_int', 'divmod', 'max', 'max_mag', 'min', 'min_mag', 'multiply', 'next_toward',
          'quantize', 'remainder', 'remainder_near', 'subtract', 'power', 'compare_total', 'compare_total_mag', 'rotate', 'scaleb', 'shift',
          'logical_and', 'logical_or', 'logical_xor']
TERNARY = ['fma', 'powmod']


def number(plain=False):
    if not plain and R.random() < 0.3:
        return R.choice(SPECIALS)
    n = R.choice([1, 2, 3, 5, 9, 16, 19, 20, 28, 38, 57])
    digits = ''.join(R.choice('0123456789') for _ in range(n)) if R.random() < 0.8 else R.choice('19') + R.choice('09') * (n - 1)
    exp = R.choice([0, 0, -1, -2, -n, -n // 2, R.randint(-30, 30), R.randint(-300, 300)])
    return R.choice(['', '', '-']) + digits + ('E%d' % exp if exp else '')


def operand(text):
    return Decimal(text, Context(traps=[]))


def case(op, args, c):
    c.clear_flags()
    a = [operand(x) for x in args]
    if op == 'powmod':
        r = c.power(*a)
    elif op == 'create_decimal':
        r = c.create_decimal(args[0])
    else:
        r = getattr(c, op)(*a)
    text = [str(x) for x in r] if isinstance(r, tuple) else str(r)
    context = [c.prec, c.Emax, c.Emin, ROUNDINGS.index(c.rounding), c.clamp]
    return [op, context, args, text, [s.__name__ for s, on in c.flags.items() if on]]


def arguments(op, prec):
    if op in UNARY:
        if op == 'exp':
            return [R.choice(SPECIALS) if R.random() < 0.4 else '%.*f' % (R.randint(0, 20), R.uniform(-300, 300))]
        return [number()]
    if op == 'powmod':
        return [str(R.randint(-1000, 10 ** 20)), str(R.randint(0, 500)), str(R.randint(1, 10 ** R.randint(1, 20)))]
    if op == 'fma':
        return [number(), number(), number()]
    second = number()
    if op in ('rotate', 'scaleb', 'shift') and R.random() < 0.9:
        second = str(R.randint(-prec, prec))
    if op == 'power':
        second = str(R.choice([R.randint(-50, 50), R.randint(-5, 5), Decimal(R.randint(-500, 500)) / 100]))
    if op.startswith('logical'):
        return [bin(R.getrandbits(20))[2:], bin(R.getrandbits(R.choice([5, 30])))[2:]]
    return [number(), second]


cases = []
for round in range(16):
    for op in UNARY + BINARY + TERNARY:
        prec = R.choice([1, 3, 5, 9, 16, 19, 28, 28, 38, 50])
        emax = R.choice([6, 99, 384, 999999])
        c = Context(prec=prec, Emax=emax, Emin=R.choice([-emax, 1 - emax]), rounding=ROUNDINGS[(round + len(cases)) % 8],
                    clamp=R.choice([0, 0, 1]), traps=[])
        cases.append(case(op, arguments(op, prec), c))
print('[' + ',\n'.join(json.dumps(c, separators=(',', ':')) for c in cases) + ']')
