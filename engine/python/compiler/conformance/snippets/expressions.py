"""Operators, comparisons, displays, subscripts, f-strings and constant folding."""
a = b = c = 1
names = a + b, a - b, a * b, a / b, a // b, a % b, a ** b, a @ b if False else 0, a << b, a >> b, a & b, a | b, a ^ b
signs = -a, +a, ~a, not a
folded = (1 + 2 * 3, 7 // -2, -7 % 3, 7.5 // -2, -7.5 % 2, 2 ** 10, 2 ** -1, 2 ** 0.5, 1 << 100, 1 << 200, 3 >> 1,
          'ab' * 3, b'ab' * 2, (1, 2) * 2, 'x' + 'y', 1j * 1j, 1 / 3, 10 ** 20, 1e300 * 1e300, 0.1 + 0.2, True + True,
          True & False, True ^ 1, ~True, -0.0, 0.0, not 0, 1 if 1 else 2, 'abc'[1], (1, 2, 3)[-1], b'abc'[0])
unfolded = 1 / 0, 'a' * 10000, 'abc'[5], 2 ** 1000, (1,) * 1000, 'a' - 1 if a else 0, -'a' if not b else 1
identical = 1, 1.0, True, 0.0, -0.0, (1,), (1.0,), (True,), 1, 1.0, 'a', b'a'
chain = a < b <= c != 1 == b > 0 >= -1
membership = a in [1, 2, 3], a not in {1, 2, 1}, a in [b, c], not a in (1, 2), not a is None, a is not None
boolean = a and b or c and not (a or b and c)
conditional = (a if b else c) if (a if b or c else not a) else (b if a < b < c else c)
walrus = [(y := x, y) for x in range(3)]
starred = [*names, 1, *signs], (*names, *signs), {*names, 2}, {**{}, 'k': 1, **{'l': 2}}
big_list = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, a]
big_set = {0, 1, 2, 3, 4, 5}
big_dict = {'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8, 'i': 9, 'j': 10, 'k': 11, 'l': 12, 'm': 13,
            'n': 14, 'o': 15, 'p': 16, 'q': 17, 'r': 18, a: b, **{}, 's': 19}
small_dict = {'a': a, 'b': b}, {'a': a}, {a: 1, b: 2}, {}
slices = big_list[1:2], big_list[:], big_list[::2], big_list[a:b:c], big_list[1, 2], big_list[..., 1:]
text = f'{a}', f'{a!r:>{b}} and {c=}', f'', f'{a}{b!s}{c!a:x}', 'plain' f'{a}' 'more'
formatted = '%s and %r' % (a, b), '%-5s|%5.2a' % (a, b), '%d' % (a,), '%s%%' % (a,), '%s %s' % (a,), '%s' % a
joined = f'{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}{c}{a}{b}'
debug = __debug__
none = None, ..., True, False
