"""How containers grow

Subject: What saves memory

A list takes room ahead, so that most appends cost nothing; dicts and sets double when two thirds are full. Each step
printed here is a step on the timeline. The array holds numbers without objects, the tuple exactly what it needs.
"""
import sys
from array import array
from collections import deque


def steps(container, add, count):
    """(length, bytes) each time the size changed."""
    found = []
    for number in range(count):
        add(number)
        size = sys.getsizeof(container)
        if not found or found[-1][1] != size:
            found.append((len(container), size))
    return found


sys.audit('mark', 'list')
items = []
print('list:', steps(items, items.append, 60))

sys.audit('mark', 'dict')
table = {}
print('dict:', steps(table, lambda number: table.setdefault(number), 60))

sys.audit('mark', 'set')
unique = set()
print('set:', steps(unique, unique.add, 60))

sys.audit('mark', 'side by side')
for kind in (list, tuple, deque, set):
    print(f'{kind.__name__} of 1000:', sys.getsizeof(kind(range(1000))))
print('array of 1000:', sys.getsizeof(array('l', range(1000))))
