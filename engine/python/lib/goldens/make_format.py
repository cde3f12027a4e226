"""Prints results of format(), % and str.format's grammar as real CPython 3.11 gives them: python3 make_format.py > format.json

A failure is {"e": exception, "m": message}.
"""
import _string
import json
import random
import re

rng = random.Random(3)


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return {'e': type(e).__name__, 'm': str(e)}


def spec():
    return ''.join([
        rng.choice(['', '', '', rng.choice(['*', ' ', '0', '-', 'é', '😀', '{']) + rng.choice('<>=^'), rng.choice('<>=^')]),
        rng.choice(['', '', '', '+', '-', ' ']), rng.choice(['', '', '', '', '', 'z']), rng.choice(['', '', '', '#']), rng.choice(['', '', '0']),
        rng.choice(['', '', '1', '5', '12', '25', '40']), rng.choice(['', '', '', ',', '_']), rng.choice(['', '', '', '.0', '.1', '.3', '.10']),
        rng.choice(['', '', 'd', 'x', 'X', 'o', 'b', 'c', 'n', 'e', 'E', 'f', 'F', 'g', 'G', '%', 's', 'q'])])


SPECS = ['', '<', '^^^', '=', '10', '010', '<010', '^010', '=010', '*^10', '😀>8', '10.', '.', '.5x', '5q', 'é', '\x01', '5\n', ',_', '_,', ',,', ',b', '_b', '_x', '#_X', '0,', '020,', '021,', '022,', '#020_x',
         ',s', '_s', ',c', '_n', ',n', '99999999999999999999', '.99999999999999999999', '.2147483648', '١٢', '.٣f', 'dd', '5dd', '  d', '+ d', '+-d', 'zd', 'zf', 'z.0f', '+z', '#c', '+c', 'c', '5c', '05c', '<5c', '.5c', '+s', ' s', '-s', '#s', 'zs', '=s', '=5s', '05s', '.2s', '5.1s',
         '#x', '#X', '#o', '#b', '#010x', '+#010X', '08.3f', '+08.3f', '=+12,.2f', '012,.2f', '012,.0f', '#.0f', '#.3g', '%', '.0%', '#.0%', 'n', '.3n', '020n', '_.2f', ',%', ',g', 'e', '.0e', '#.0e', '.3', '#', '#.3', '0', '00', '000', '0=5', '0<5', '0>5', '0^5']
INTS = [0, 1, -1, 5, 42, -42, 255, 1234567, -1234567, 123456789012345678901234567890, -2**64, 0x110000, 65, 2**1024, 2**63, 128512]
FLOATS = [0.0, -0.0, 1.0, -1.5, 3.14159, 1234567.891, -1234567.891, 1e16, 1e-5, 1e100, 0.5, -0.04, 123456.0, float('inf'), float('-inf'), float('nan'), 2.5, 999.9996]
TEXTS = ['', 'a', 'hello', 'héllo', '日本', '😀x😀', 'abcdefghijklmnop']
COMPLEXES = [0j, 1j, complex(-0.0, 1), complex(0, -0.0), 1 + 2j, -1.5 - 2.25j, complex('inf+nanj'), 1e20 + 1e-7j]
cases = []
for s in SPECS:
    for v in (1234567, -42, 65):
        cases.append(['i', str(v), s, attempt(format, v, s)])
    for v in (1234567.891, -0.04, float('inf')):
        cases.append(['f', v.hex(), s, attempt(format, v, s)])
    for v in ('héllo', '😀x😀'):
        cases.append(['s', v, s, attempt(format, v, s)])
    v = rng.choice(COMPLEXES)
    cases.append(['c', [v.real.hex(), v.imag.hex()], s, attempt(format, v, s)])
for _ in range(300):
    s = spec()
    v = rng.choice(INTS)
    cases.append(['i', str(v), s, attempt(format, v, s)])
    s = spec()
    v = rng.choice(FLOATS)
    cases.append(['f', v.hex(), s, attempt(format, v, s)])
    if rng.random() < 0.5:
        s, v = spec(), rng.choice(TEXTS)
        cases.append(['s', v, s, attempt(format, v, s)])
    if rng.random() < 0.4:
        s, v = spec(), rng.choice(COMPLEXES)
        cases.append(['c', [v.real.hex(), v.imag.hex()], s, attempt(format, v, s)])
cases = [c for c in cases if not (c[0] == 'f' and c[2] == '') and not (c[0] == 'c' and c[2] == '')]

percents = []
for _ in range(450):
    flags = ''.join(rng.choice('-+ #0') for _ in range(rng.choice([0, 0, 1, 1, 2, 3])))
    f = '%' + flags + rng.choice(['', '', '1', '8', '15', '30']) + rng.choice(['', '', '.', '.0', '.1', '.5', '.12']) + rng.choice(['', '', '', 'h', 'l', 'L'])
    kind = rng.choice('ifs')
    if kind == 'i':
        f += rng.choice('diuoxX')
        v = rng.choice(INTS)
        percents.append(['i', str(v), f, attempt(lambda: f % v)])
    elif kind == 'f':
        f += rng.choice('eEfFgG')
        v = rng.choice(FLOATS)
        percents.append(['f', v.hex(), f, attempt(lambda: f % v)])
    else:
        f += 's'
        v = rng.choice(TEXTS)
        percents.append(['s', v, f, attempt(lambda: f % (v,))])


class Any:
    def __getitem__(self, key):
        return ('key', key)

    def __str__(self):
        return '<any>'


PARSES = ['abc', '', '%%', '%5%', '%(a)s', '%(a(b))s!', '%(a', '%(a)', '%', 'x%', '%5', '%5.', '%.', '%-+ #0', '%99999999999999999999d', '%.99999999999d', '%(a)%', '%(k)q', '%(k)é', '%(k)\x07', 'é😀%(k)y', '%(k)5.2s', '%(k)h', '%hhd', '%()s', '%((())s']
parses = [[f, attempt(lambda: f % Any())] for f in PARSES]

MARKUPS = ['', 'abc', '{}', '{0}', 'a{b}c', '{{', '}}', '{{}}', '{{{}}}', '{', '}', 'a{', 'a}', '}{', '{a', '{a:', '{a!', '{a!r', '{a!r:', '{a!r}', '{a!r:>5}', '{a!rx}', '{a!}', '{!r}', '{:}', '{:{}}', '{:{a}.{b}}', '{:{', '{:{}',
           '{a{b}', '{a[b}c]}', '{a[b:c!d]}', '{a[', '{a[b', '{a:x}}', '{a:{{}}}', 'x{0[1].y}z{q}', '{a!é:é}', '{😀}', 'a}}b', 'a{{b{c}', '{a.b!s:{w}}tail', '{a}}', '{:!r}', '{!}', '{a!😀}']
FIELDS = ['', '0', '12', 'a', 'a.b', 'a[b]', 'a[0]', 'a.b.c[d][1].e', '.a', '[0]', '0.a[1]', 'a.', 'a[]', 'a[b', 'a[b]c', 'a[b].', 'a..b', '٣', 'a[٣]', '99999999999999999999', 'a[99999999999999999999]', '-1', 'a[-1]', 'a b', 'a[b.c]', 'a.b[']


def split(name):
    first, rest = _string.formatter_field_name_split(name)
    return [str(first), int(isinstance(first, int)), [[int(a), str(n), int(isinstance(n, int))] for a, n in rest]]


NUMBERINGS = ['{}{}', '{0}{}', '{}{0}', '{a}{}{}', '{}{a.b}{}', '{0}{a}{0}', '{[0]}{.x}', '{:{}}{}']


def numbering(text):
    seen = []

    class Args(tuple):
        pass
    import string

    class F(string.Formatter):
        pass
    class V:
        def __init__(self, n):
            self.n = n

        def __getitem__(self, k):
            return self

        x = b = property(lambda self: self)

        def __format__(self, spec):
            return f'<{self.n}>'
    r = text.format(*(V(i) for i in range(10)), a=V('a'))
    return r


print(json.dumps({
    'formats': cases, 'percents': percents, 'parses': parses,
    'markups': [[m, attempt(lambda: [list(t) for t in _string.formatter_parser(m)])] for m in MARKUPS],
    'fields': [[f, attempt(split, f)] for f in FIELDS], 'numberings': [[t, attempt(numbering, t)] for t in NUMBERINGS],
}, separators=(',', ':')))
