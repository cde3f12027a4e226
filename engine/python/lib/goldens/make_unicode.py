"""Makes the Unicode tables and their golden from real CPython 3.11 (Unicode 14.0).

python3 make_unicode.py          writes ../unicode-tables.ts and unicode.json beside this script

Tables are runs, as base-64 digits of five bits with the sixth for "more follows" (as in source maps). The golden holds a
sha256 per property over all code points, of the texts `property_lines` below yields.
"""
import ctypes
import hashlib
import json
import pathlib
import sys
import unicodedata

assert sys.version_info[:2] == (3, 11) and unicodedata.unidata_version == '14.0.0'
HERE = pathlib.Path(__file__).parent
ALL = range(0x110000)
DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'


def capi(name):
    f = getattr(ctypes.pythonapi, name)
    f.argtypes, f.restype = [ctypes.c_uint32], ctypes.c_uint32
    return f


simple_lower, simple_upper, simple_title = map(capi, ['_PyUnicode_ToLowercase', '_PyUnicode_ToUppercase', '_PyUnicode_ToTitlecase'])


def vlq(n):
    out = ''
    while True:
        digit, n = n & 31, n >> 5
        out += DIGITS[digit | (32 if n else 0)]
        if not n:
            return out


def zigzag(n):
    return vlq(n * 2 if n >= 0 else -n * 2 - 1)


def runs(values):
    out, previous, length = [], None, 0
    for v in values:
        if v != previous:
            if length:
                out.append(vlq(previous) + vlq(length))
            previous, length = v, 0
        length += 1
    out.append(vlq(previous) + vlq(length))
    return ''.join(out)


def deltas(pairs):
    """(code, target) by ranges: gap from the last code, count, stride 1 or 2, target - code."""
    out, i, last, pairs = [], 0, 0, sorted(pairs)
    while i < len(pairs):
        code, delta = pairs[i][0], pairs[i][1] - pairs[i][0]
        best = (1, 1)
        for stride in (1, 2):
            n = 1
            while i + n < len(pairs) and pairs[i + n][0] == code + n * stride and pairs[i + n][1] - pairs[i + n][0] == delta:
                n += 1
            best = max(best, (n, stride))
        n, stride = best
        out.append(vlq(code - last) + vlq(n) + vlq(stride) + zigzag(delta))
        last = code + (n - 1) * stride
        i += n
    return ''.join(out)


def expansions(pairs):
    """(code, text): gap, length, code points."""
    out, last = [], 0
    for code, text in sorted(pairs):
        out.append(vlq(code - last) + vlq(len(text)) + ''.join(vlq(ord(c)) for c in text))
        last = code
    return ''.join(out)


def is_case_ignorable(c):
    return ('a' + c + 'Σ').lower()[-1] == 'ς' and ('1' + c + 'Σ').lower()[-1] == 'σ'


def is_cased(c):
    return (c + 'x').title()[-1] == 'x'


def fraction(c):
    x = unicodedata.numeric(c, None)
    if x is None:
        return None
    return next((round(x * d), d) for d in range(1, 1000) if abs(x * d - round(x * d)) < 1e-9 and round(x * d) / d == x)


categories = sorted({unicodedata.category(chr(c)) for c in ALL})
bidis = sorted({unicodedata.bidirectional(chr(c)) for c in ALL})
widths = sorted({unicodedata.east_asian_width(chr(c)) for c in ALL})
tags = sorted({d.split()[0] for d in (unicodedata.decomposition(chr(c)) for c in ALL) if d.startswith('<')})


def decompositions():
    out, last = [], 0
    for code in ALL:
        parts = unicodedata.decomposition(chr(code)).split()
        if not parts:
            continue
        tag = 0
        if parts[0].startswith('<'):
            tag = tags.index(parts.pop(0)) + 1
        previous, text = code, ''
        for p in parts:
            text += zigzag(int(p, 16) - previous)
            previous = int(p, 16)
        out.append(vlq(code - last) + vlq(tag) + vlq(len(parts)) + text)
        last = code
    return ''.join(out)


def numbers():
    out, last = [], 0
    for code in ALL:
        f = fraction(chr(code))
        if f is not None:
            kind = 3 if chr(code).isdecimal() else 2 if chr(code).isdigit() else 1
            out.append(vlq(code - last) + vlq(kind) + zigzag(f[0]) + vlq(f[1]))
            last = code
    return ''.join(out)


C = [chr(c) for c in ALL]
tables = {
    'CATEGORY': runs(categories.index(unicodedata.category(c)) for c in C),
    'BIDIRECTIONAL': runs(bidis.index(unicodedata.bidirectional(c)) for c in C),
    'EAST_ASIAN_WIDTH': runs(widths.index(unicodedata.east_asian_width(c)) for c in C),
    'COMBINING': runs(unicodedata.combining(c) for c in C),
    'MIRRORED': runs(unicodedata.mirrored(c) for c in C),
    'UPPERCASE': runs(int(c.isupper()) for c in C),
    'LOWERCASE': runs(int(c.islower()) for c in C),
    'CASE_IGNORABLE': runs(int(is_case_ignorable(c)) for c in C),
    'XID_START': runs(int(c.isidentifier() and c != '_') for c in C),
    'XID_CONTINUE': runs(int(('a' + c).isidentifier()) for c in C),
    'NUMBERS': numbers(),
    'DECOMPOSITIONS': decompositions(),
    'SIMPLE_LOWER': deltas((c, simple_lower(c)) for c in ALL if simple_lower(c) != c),
    'SIMPLE_UPPER': deltas((c, simple_upper(c)) for c in ALL if simple_upper(c) != c),
    'SIMPLE_TITLE': deltas((c, simple_title(c)) for c in ALL if simple_title(c) != simple_upper(c)),
    'FULL_LOWER': expansions((c, chr(c).lower()) for c in ALL if c != 0x3a3 and chr(c).lower() != chr(simple_lower(c))),
    'FULL_UPPER': expansions((c, chr(c).upper()) for c in ALL if chr(c).upper() != chr(simple_upper(c))),
    'FULL_TITLE': expansions((c, chr(c).title()) for c in ALL if chr(c).title() != chr(simple_title(c))),
    'CASEFOLD': expansions((c, chr(c).casefold()) for c in ALL if chr(c).casefold() != chr(c).lower()),
}
lines = ['// Generated by goldens/make_unicode.py from CPython 3.11 (Unicode 14.0). Do not edit. See there for the encoding.', '']
for name, values in [('CATEGORY_NAMES', categories), ('BIDIRECTIONAL_NAMES', bidis), ('EAST_ASIAN_WIDTH_NAMES', widths), ('DECOMPOSITION_TAGS', tags)]:
    lines.append(f'export const {name}: readonly string[] = {json.dumps(values)}'.replace('"', "'"))
for name, text in tables.items():
    lines.append('')
    lines.append(f'export const {name} =')
    rows = [text[i:i + 120] for i in range(0, len(text), 120)] or ['']
    lines += [f"  '{row}'" + (' +' if i < len(rows) - 1 else '') for i, row in enumerate(rows)]
(HERE / '../unicode-tables.ts').write_text('\n'.join(lines) + '\n')


def value(x):
    return '' if x is None else str(x)


def points(text):
    return ' '.join(f'{ord(c):x}' for c in text)


def float_text(x):
    return '' if x is None else x.hex()


properties = {
    'category': unicodedata.category, 'bidirectional': unicodedata.bidirectional, 'eastAsianWidth': unicodedata.east_asian_width,
    'combining': lambda c: value(unicodedata.combining(c)), 'mirrored': lambda c: value(unicodedata.mirrored(c)),
    'decomposition': unicodedata.decomposition, 'numeric': lambda c: float_text(unicodedata.numeric(c, None)),
    'decimal': lambda c: value(unicodedata.decimal(c, None)), 'digit': lambda c: value(unicodedata.digit(c, None)),
    'isAlpha': lambda c: value(int(c.isalpha())), 'isAlnum': lambda c: value(int(c.isalnum())),
    'isDecimal': lambda c: value(int(c.isdecimal())), 'isDigit': lambda c: value(int(c.isdigit())),
    'isNumeric': lambda c: value(int(c.isnumeric())), 'isSpace': lambda c: value(int(c.isspace())),
    'isPrintable': lambda c: value(int(c.isprintable())), 'isUpper': lambda c: value(int(c.isupper())),
    'isLower': lambda c: value(int(c.islower())), 'isTitle': lambda c: value(int(c.istitle() and not c.isupper())),
    'isXidStart': lambda c: value(int(c.isidentifier() and c != '_')), 'isXidContinue': lambda c: value(int(('a' + c).isidentifier())),
    'isLineBreak': lambda c: value(int(len(('a' + c + 'b').splitlines()) == 2)), 'isCased': lambda c: value(int(is_cased(c))),
    'isCaseIgnorable': lambda c: value(int(is_case_ignorable(c))),
    'upper': lambda c: points(c.upper()), 'lower': lambda c: points(c.lower()), 'title': lambda c: points(c.title()),
    'casefold': lambda c: points(c.casefold()), 'swapcase': lambda c: points(c.swapcase()), 'capitalize': lambda c: points(c.capitalize()),
    'simpleLower': lambda c: points(chr(simple_lower(ord(c)))), 'simpleUpper': lambda c: points(chr(simple_upper(ord(c)))),
    'simpleTitle': lambda c: points(chr(simple_title(ord(c)))),
    'NFC': lambda c: points(unicodedata.normalize('NFC', 'a' + c + '\u0301\u0327')), 'NFD': lambda c: points(unicodedata.normalize('NFD', 'a' + c + '\u0301\u0327')),
    'NFKC': lambda c: points(unicodedata.normalize('NFKC', 'a' + c + '\u0301\u0327')), 'NFKD': lambda c: points(unicodedata.normalize('NFKD', 'a' + c + '\u0301\u0327')),
}
golden = {}
for name, f in properties.items():
    h = hashlib.sha256()
    for c in C:
        h.update((f(c) + '\n').encode())
    golden[name] = h.hexdigest()
WORDS = ['ΑΣ', 'ΑΣΑ', 'Σ', 'ΣΑ', 'Α.Σ', "Α'Σ Β", 'ΟΔΥΣΣΕΥΣ', 'hello wOrld', "they're bill's", 'ǆ ǅ Ǆ', 'ŉabc ŉ', 'ﬁne ﬂow', 'İstanbul', 'straße STRASSE',
         'ß', 'ᾳ ᾼ', '𐐨𐐀', 'a𐐀b', '1a a1 _a', 'x\u0345y', 'ΑΣ\u0301 ΑΣ\u0301Α', 'ﬀabc', '', ' ', '日本 Ab']
golden['words'] = [[w, w.upper(), w.lower(), w.title(), w.capitalize(), w.swapcase(), w.casefold(), int(w.isupper()), int(w.islower()), int(w.istitle())] for w in WORDS]
(HERE / 'unicode.json').write_text(json.dumps(golden, indent=0) + '\n')
