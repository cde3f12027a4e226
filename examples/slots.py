"""Objects without a dictionary

Subject: What saves memory

Three ways to hold the same points: a class, the same class with `__slots__`, and tuples. Put the playhead on each of
the flags and compare the line of the comprehension, or compare two marks in Statistics.
"""
import sys


class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


class SlottedPoint:
    __slots__ = ('x', 'y', 'z')

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


COUNT = 5_000

plain = [Point(number, number, number) for number in range(COUNT)]
sys.audit('mark', 'plain')
slotted = [SlottedPoint(number, number, number) for number in range(COUNT)]
sys.audit('mark', 'slotted')
tuples = [(number, number, number) for number in range(COUNT)]
sys.audit('mark', 'tuples')

print('slotted point:', sys.getsizeof(slotted[0]), 'bytes')
print('tuple:', sys.getsizeof(tuples[0]), 'bytes')
print('plain point:', sys.getsizeof(plain[0]), 'bytes and its attributes besides')
print('a slotted point refuses other attributes:', not hasattr(slotted[0], '__dict__'))
