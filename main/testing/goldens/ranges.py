# What lives where over three marks: kept, temporary, freed later, moved by growing.
import sys


class Point:
    __slots__ = ('x', 'y')

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Named:
    def __init__(self, name):
        self.name = name


kept = [None] * 400
grown = []
table = {}


def keep(first, last):
    for i in range(first, last):
        kept[i] = bytes(1000 + i)


def points(n):
    for i in range(n):
        grown.append(Point(i * 1000.5, None))


def names(n):
    for i in range(n):
        table[i] = Named('n%d' % i)


def temporary(n):
    total = 0
    for i in range(n):
        total += len([i] * 10)
    return total


keep(0, 100)
points(50)
early = [bytearray(5000) for _ in range(20)]
sys.audit('mark', 'first')

keep(100, 250)
temporary(2000)
names(120)
late = [object() for _ in range(300)]
sys.audit('mark', 'second')

del early
points(70)
temporary(500)
keep(250, 400)
sys.audit('mark', 'third')
