"""Makes the golden of the regular expression engine with real CPython 3.11: python3 make_sre.py > sre.json

A program is the code array that re._compiler makes, in hexadecimal of 32-bit words where repeated words are packed;
a case is [program, subject, pos, endpos, results]: spans and lastindex of match, fullmatch, search and of all finditer.
Patterns: what test_re exercises, corners of each operation, and generated ones. For a thorough look:
python3 make_sre.py 20000 > more.json && SRE_GOLDEN=more npx vitest run engine/python/lib/sre
"""
import json
import random
import re
import sys
import warnings
from re import _compiler, _parser

warnings.simplefilter('ignore')
rng = random.Random(7)
SIZE = int(sys.argv[1]) if len(sys.argv) > 1 else 1500

S = [  # (pattern, flags, subjects)
    (r'(?:(a)|b)*c', 0, ['ababc', 'c']), (r'a*', 0, ['', 'a', 'aaa', 'baaa', 'aab']), (r'a+?', 0, ['aaa']), (r'(a)|b', 0, ['a', 'b', 'c']), (r'(?:(a)|(b))*c', 0, ['ababc', 'bac', 'c', 'abab']),
    (r'(a(b(c)?)?)*d', 0, ['abcabd', 'aabad', 'abcd']), (r'x*?', 0, ['xx']), (r'\b(b.)\b', 0, ['abc bcd bc abxd', 'a']), (r'\B(b.)\B', re.A, ['abc bcd bc abxd']),
    (r'^abc$', re.M, ['\nabc\n', 'abc', 'xabc']), (r'\Aabc\Z', re.M, ['abc\n', 'abc', '\nabc']), (r'^abc$', 0, ['abc\n', 'abc\n\n']), (r'$', 0, ['', '\n', 'a\n', 'a\n\n']), (r'$', re.M, ['a\nb\n', '']),
    (r'^', re.M, ['a\nb\n\n', '']), (r'(?:)', 0, ['', 'ab']), (r'(a?)*?$', 0, ['aa', 'b']), (r'(a|b)*?c', 0, ['abc', 'c', 'ababab']), (r'(?:a?)*?y', 0, ['z', 'y', 'aay']), (r'(?:a?)+?y', 0, ['z', 'ay']), (r'(?:a?){2,}?y', 0, ['z', 'ay', 'aaay']),
    (r'(a)(?:b\1)*c', 0, ['abac', 'abababac', 'ac']), (r'(?P<q>[\'"])(.*?)(?P=q)', 0, ['say "hi" \'x"y\' ""']), (r'(\w+) \1', re.I, ['Hello hello', 'aa aB', 'Straße straße']), (r'(\w+) \1', re.I | re.A, ['Hello hELLO']),
    (r'(a)?(?(1)b|c)', 0, ['ab', 'c', 'a', 'b', 'ac']), (r'(a)?(?(1)b)d', 0, ['abd', 'd', 'ad']), (r'(?:(a)|c)(?(1)b|d)', 0, ['ab', 'cd', 'cb']), (r'^(?:(\d)x)?\d$', 0, ['1', '1x2', 'x2']),
    (r'foo(?=bar)', 0, ['foobar', 'foobaz']), (r'foo(?!bar)', 0, ['foobar', 'foobaz', 'foo']), (r'(?<=foo)bar', 0, ['foobar', 'bar', 'xfoobar']), (r'(?<!foo)bar', 0, ['foobar', 'bar', 'xbar']), (r'(?<=(a|b))c\1', 0, ['acb', 'bcb', 'aca']), (r'(?=(a))(?=(b)?)a', 0, ['ab', 'a']),
    (r'(?!(a)b)a', 0, ['ac', 'ab', 'a']), (r'(?:(?!(a)b)(a|b))*', 0, ['aab', 'ba', 'bbab']), (r'((?!b)|.)*?c', 0, ['abc']), (r'(?<=\b)a', 0, ['a ba a']), (r'(?s).*?end', 0, ['a\nb end x']), (r'.*', 0, ['a\nb', '\n', '']), (r'.+?$', re.M | re.S, ['a\nb\n']),
    (r'a{2,3}', 0, ['a', 'aa', 'aaaaa']), (r'a{2,3}?', 0, ['aaaaa']), (r'(?:ab){2}', 0, ['ababab']), (r'(?:ab){2,}?c', 0, ['abababc', 'abc']), (r'(?:a|ab){1,3}c', 0, ['aababc', 'abc', 'c']), (r'a{0}b', 0, ['ab']), (r'(a{0,2})+', 0, ['aaaaa', '']),
    (r'a*+b', 0, ['aaab', 'aaa']), (r'a*+a', 0, ['aaa']), (r'(?:ab)*+c', 0, ['ababc', 'ababab']), (r'(?:ab?c?)++c', 0, ['abcac', 'abc']), (r'(?>a+)b', 0, ['aab', 'aa']), (r'(?>a|ab)c', 0, ['abc', 'ac']), (r'(?>(a)|b)*\1', 0, ['abaa', 'aba']), (r'(?:(a)|b)*+c', 0, ['abac', 'bbc', 'ab']), (r'(?>(?:a?)+)x', 0, ['aax', 'aa']),
    (r'(?:(?:ab)?+c)*+d', 0, ['abccd', 'abcab']), (r'[ab]?+b', 0, ['b', 'ab', 'bb']), (r'a{2,3}+a', 0, ['aaa', 'aaaa']), (r'(?:a(b)?){2,3}+c', 0, ['abac', 'aabac', 'abc']), (r'((a*+)b)*+x', 0, ['aabbx', 'ab']), (r'(?:(?>a*)b)*?c', 0, ['aabbc']),
    (r'[abc]+', 0, ['xxabcabx']), (r'[^abc]+', 0, ['abxyzc']), (r'[a-z0-9_]+', re.I, ['Ab_9-Z']), (r'[\w-]+', 0, ['foo-bar é日本 x']), (r'[^\W\d_]+', 0, ['ab1é_日']), (r'[\s\S]', 0, ['\n']), (r'[\d.]+', 0, ['٣.14 3.14']), (r'[\d.]+', re.A, ['٣.14 3.14']),
    (r'\d+', 0, ['12٣x4']), (r'\w+', re.A, ['aé_1 b']), (r'\W+', 0, ['a -é- b']), (r'\s+', 0, ['a\u2003\x1cb\u00a0']), (r'\s+', re.A, ['a\u2003b \t\x0b\x0c c']), (r'\S+', 0, ['a b']), (r'\D+', 0, ['1a٣b']),
    (r'[à-ÿ]+', re.I, ['ÀÉàéÿŸ']), (r'[а-я]+', re.I, ['АБВабвЁ']), (r'k', re.I, ['K', '\u212a', 'k']), (r'[j-l]', re.I, ['K\u212ak']), (r'ſ', re.I, ['sSſ']), (r'[^k]', re.I, ['kK\u212ax']), (r'µ', re.I, ['μΜµ']), (r'ß', re.I, ['ßẞss']), (r'İ', re.I, ['iIİı']), (r'[İ-ı]', re.I, ['iIİı']), (r'ς', re.I, ['Σσς']),
    (r'[\u0100-\u0400\u1000\u2000-\u20ff日]+', 0, ['ĀЀ\u2003日a']), (r'[^\u0100-\uffff]+', 0, ['aé😀Ā']), (r'[😀-😂x]+', 0, ['😀x😁y😃']), (r'😀+', 0, ['a😀😀b']), (r'.😀.', 0, ['a😀b']), (r'[\U00010000-\U0010ffff]', re.I, ['a𐐀𐐨']), (r'𐐀', re.I, ['𐐨𐐀']), (r'\w', 0, ['😀𝐀']),
    (r'abc', 0, ['xxabcabcd', 'ab', 'ababc']), (r'abab', 0, ['abaabab', 'abababab']), (r'aab', 0, ['aaaab', 'aaab']), (r'abc|abd', 0, ['xabd', 'abc abd']), (r'abc+', 0, ['xabccab']), (r'(abc)d', 0, ['abcabcd']), (r'a(?:bc|bd)', 0, ['abd']), (r'日本', 0, ['xx日本日']), (r'abc', re.I, ['xABcd']), (r'(?:abc){1,2}', 0, ['abcabcabc']),
    (r'(?i:a)b', 0, ['Ab', 'aB']), (r'(?-i:a)b', re.I, ['AB', 'aB']), (r'(?a:\w)\w', 0, ['aé', 'éa']), (r'(?s:.).', 0, ['\na', '\n\n']), (r'(?m:^a)b|^c', 0, ['x\nab', 'x\nc', 'c']), (r'(?x) a  b # comment', 0, ['ab']), (r'\x41\u0042\101', 0, ['ABA']), (r'[\]\-\\]', 0, [']-\\']),
    (r'(((((((((((a)))))))))))\11', 0, ['aa', 'ab']), (r'(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10', 0, ['abcdefghijj']), (r'(?P<a>x)(?P<b>y)?(?(b)z|w)', 0, ['xyz', 'xw', 'xz']), (r'(a)|(b)|(c)', 0, ['c', 'b']), (r'(?:(a)|(b)|(c))+', 0, ['abc', 'cab', 'ba']), (r'((a)|(b))*', 0, ['ab', 'ba']), (r'(?:(a)?b)*', 0, ['abb', 'bab']), (r'(a)?b*(c)?', 0, ['abc', 'c', 'b']),
    (r'(?:(?:(a)|b)*?(c|$))+?d', 0, ['abcd', 'acbcd']), (r'((x|y)*)*', 0, ['xyx', '']), (r'(?:x|(y))*z\1?', 0, ['xyzy', 'xz']), (r'(a*)*', 0, ['aa', 'b']), (r'(a*)+', 0, ['aa', 'b']), (r'(a|)+', 0, ['aa', 'b']), (r'(?:a|())*b', 0, ['aab']), (r'(|a)*?b', 0, ['aab']), (r'(?:(a)|())+?b', 0, ['ab', 'b']),
    (r'([ab]*?)(b)?(c)$', 0, ['abc']), (r'([ab]*?)(?=(b)?)c', 0, ['abc']), (r'([ab]*?)(?!(b))c', 0, ['abc']), (r'([ab]*?)(?<!(a))c', 0, ['abc', 'aac']), (r'^(\S*?)\s*$', 0, ['ab  ', ' ']), (r'(\d+)\D+(\d+)?', 0, ['12ab', '12ab34']),
    (r'\bfoo\b', 0, ['foo', 'foobar', 'a foo.', 'éfoo']), (r'\bfoo\b', re.A, ['éfoo']), (r'\B', 0, ['', 'ab', ' ']), (r'\b', 0, ['', 'ab cd']), (r'\Bx', 0, ['x', 'ax']), (r'a\Z', 0, ['a\n', 'ba']), (r'(?:a$|b)', re.M, ['a\nb']),
    (r'"(?:[^"\\]|\\.)*"', 0, ['x "a\\"b" "c', '"unterminated']), (r'(\d{1,3})(?=(?:\d{3})+$)', 0, ['1234567']), (r'<(\w+)[^>]*>(.*?)</\1>', re.S, ['<b class="x">t\n</b> <i></i>', '<a><b></a>']), (r'^\s*(\w+)\s*=\s*(.*?)\s*(?:#.*)?$', re.M, ['a = 1 # c\n b=2']),
    (r'(?:[a-z]+\.)+[a-z]{2,}', 0, ['www.example.com', 'a.b']), (r'([01]?\d|2[0-3]):([0-5]\d)', 0, ['23:59 24:00 7:05']), (r'(a+)+$', 0, ['aaaaaaaaaaaab']), (r'(?:a+)*b', 0, ['aaaaaaaaaac']), (r'(x+x+)+y', 0, ['xxxxxxxxxx']), (r'(?:a{1,5}){2,3}', 0, ['aaaaaaaaaaaaaaaaaaaa']),
    (r'[a-f]{3}|[d-i]{2}', 0, ['abcdefghi']), (r'(?:\r\n|\r|\n)', 0, ['a\r\nb\rc\n']), (r'[^\n]*\n?', 0, ['a\nb']), (r'(?<=^)a|(?<=\n)b', re.M, ['a\nb']), (r'(?<!\d)\d{2}(?!\d)', 0, ['12 345 67']), (r'(?<=a{2})b', 0, ['aab', 'ab']), (r'(?<=ab|cd)e', 0, ['abe', 'cde', 'e']),
]
B = [(rb'a*b', 0, [b'aab', b'x']), (rb'\w+', 0, [b'ab\xe9_1', b'\xff']), (rb'[\x80-\xff]+', 0, [b'a\x80\xff']), (rb'\w+', re.L, [b'a\xe9b']), (rb'K', re.I, [b'kK']), (rb'[a-c]+', re.I | re.L, [b'aBcD']), (rb'x', re.I | re.L, [b'X']), (rb'[^x]', re.I | re.L, [b'Xxy']), (rb'(a)\1', re.I | re.L, [b'aA']),
     (rb'\bfoo\b', re.L, [b'a foo']), (rb'\B.', re.L, [b'ab']), (rb'x*', re.I | re.L, [b'xXx']), (rb'[^a]*+b', 0, [b'xxb']), (rb'\xe9', re.I, [b'\xc9\xe9']), (rb'.', 0, [b'\n\x00']), (rb'\s|\d', 0, [b'\x1c 1']), (rb'(?:(a)|\xff)+', 0, [b'\xffa\xff']), (rb'abc', 0, [b'zabc']), (rb'^.*$', re.M, [b'a\nb'])]


def generate(depth, groups):
    """A random pattern; groups is the list of group numbers that exist so far."""
    kind = rng.randrange(22) if depth > 0 else rng.randrange(8)
    if kind < 4:
        return rng.choice('abc')
    if kind == 4:
        return rng.choice(['.', r'\w', r'\d', '[ab]', '[^a]', '[^bc]', r'[\db]', r'[a-c]'])
    if kind == 5:
        return rng.choice(['ab', 'bc', 'a', ''])
    if kind == 6:
        return rng.choice(['^', '$', r'\b', r'\B', r'\Z', '(?=a)', '(?!b)', '(?<=a)', '(?<!b)'])
    if kind == 7 and groups:
        return f'(?:\\{rng.choice(groups)})'
    if kind < 11:
        return ''.join(generate(depth - 1, groups) for _ in range(rng.randrange(1, 4)))
    if kind < 13:
        parts = [generate(depth - 1, groups) for _ in range(rng.randrange(2, 4))]
        return '(?:' + '|'.join(parts) + ')'
    if kind < 16:
        n = generate.count = generate.count + 1
        inner = generate(depth - 1, groups)
        groups.append(n)
        return f'({inner})'
    if kind < 20:
        inner = generate(depth - 1, groups)
        return f'(?:{inner})' + rng.choice(['*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}']) + rng.choice(['', '', '?', '+'])
    if kind == 20 and groups:
        return f'(?({rng.choice(groups)}){generate(depth - 1, groups)}|{generate(depth - 1, [])})'
    return rng.choice(['(?=', '(?!', '(?>', '(?:']) + generate(depth - 1, groups) + ')'


programs, index, cases = [], {}, []


def program(pattern, flags):
    p = re.compile(pattern, flags)
    key = (pattern, p.flags)
    if key not in index:
        code = _compiler._code(_parser.parse(pattern, flags), flags)
        words, i = [], 0
        while i < len(code):
            n = 1
            while i + n < len(code) and code[i + n] == code[i]:
                n += 1
            words.append(f'{code[i]:x}' + (f'*{n}' if n > 1 else ''))
            i += n
        index[key] = len(programs)
        programs.append([p.groups, ' '.join(words), repr(pattern)])
    return index[key]


def spans(p, m):
    if m is None:
        return 0
    flat = [n for g in range(p.groups + 1) for n in m.span(g)]
    return [m.lastindex or 0, *flat]


def case(pattern, flags, subject, pos=0, endpos=None):
    p = re.compile(pattern, flags)
    end = len(subject) if endpos is None else endpos
    shown = subject if isinstance(subject, str) else [subject.hex()]
    row = [spans(p, m) for m in (p.match(subject, pos, end), p.fullmatch(subject, pos, end), p.search(subject, pos, end))]
    each = [spans(p, m) for m in p.finditer(subject, pos, end)]
    cases.append([program(pattern, flags), shown, pos, end, *row, each])


for pattern, flags, subjects in S + B:
    for s in subjects:
        case(pattern, flags, s)
        if len(s) > 2 and rng.random() < 0.5:
            case(pattern, flags, s, rng.randrange(len(s)), rng.randrange(len(s) + 2))
made = 0
while made < SIZE:
    generate.count = 0
    pattern = generate(4, [])
    if len(pattern) > 60:
        continue
    try:
        re.compile(pattern)
    except re.error:
        continue
    made += 1
    for _ in range(2):
        subject = ''.join(rng.choice('aaabbc1\n') for _ in range(rng.randrange(0, 9)))
        try:
            case(pattern, rng.choice([0, 0, 0, re.I, re.M, re.S]), subject)
        except SystemError:
            pass  # "The span of capturing group is wrong": CPython cannot show the match either.
print(json.dumps({'programs': programs, 'cases': cases}, separators=(',', ':')))
