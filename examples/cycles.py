"""What counting cannot free

Subject: Reference counts

Parent and child point at each other, so neither count reaches zero. The memory climbs until the collector runs by
itself, then falls: a sawtooth, with a filled mark of the collection under each fall. In the second half the child
points back weakly, and there is nothing to collect.
"""
import gc
import sys
import weakref


class Node:
    def __init__(self, parent=None):
        self.payload = bytearray(512)
        self.parent = parent
        self.children = []


def family(weak):
    parent = Node()
    for _ in range(3):
        parent.children.append(Node(weakref.proxy(parent) if weak else parent))
    return len(parent.children)


gc.collect()
sys.audit('mark', 'cycles')
before = sum(stats['collected'] for stats in gc.get_stats())
print('children made:', sum(family(weak=False) for _ in range(400)))
gc.collect()
after = sum(stats['collected'] for stats in gc.get_stats())
print('the collector had work to do:', after > before)

sys.audit('mark', 'weak')
print('children made:', sum(family(weak=True) for _ in range(400)))
print('left for the collector:', gc.collect())
