"""One object for equal values

Subject: Identity and interning

Small integers and strings that look like names exist once. Other equal strings are separate objects until
`sys.intern` makes them one. Compare the two marks in Statistics: the same ten thousand words, with and without.
"""
import sys

SPECIES = ['corn snake', 'grass snake', 'king cobra', 'tiger python']


FILE = [name.encode() for name in SPECIES]


def read_records(count, keep):
    """Decoding makes a new string each time, as reading a file does."""
    return [keep(FILE[number % len(FILE)].decode()) for number in range(count)]


a, b = 256, int('256')
print('256 is 256:', a is b)
a, b = int('257'), int('257')
print('257 is 257, made at run time:', a is b)
constant, made = 'python', ''.join(['pyth', 'on'])
print('equal, made at run time:', constant == made, 'and the same:', constant is made)
print('interned, the same:', constant is sys.intern(made))

sys.audit('mark', 'separate')
plain = read_records(10_000, str)
print('separate strings:', len({id(text) for text in plain}))
del plain

sys.audit('mark', 'interned')
interned = read_records(10_000, sys.intern)
print('interned strings:', len({id(text) for text in interned}))
