# Reference counts at points of a program, as sys.getrefcount says: the golden of the refcount ledger. Each line of output is
# a point: its name, the object's id, its count (with the one of `point`'s own local variable).
#   python3 ledger_counts.py > ledger_counts.txt
import collections, functools, gc, sys, threading, weakref


def point(label, o):
    n = sys.getrefcount(o) - 1
    print(label, hex(id(o)), n)
    sys.audit('mark', label)


class Node:
    pass


class Slotted:
    __slots__ = ('a', 'b')


class Phoenix:
    def __del__(self):
        global saved
        saved = self


# Containers of all kinds, and a frame that ends.
held = Node()
point('held:1', held)
box = [held, held]
table = {'k': held, held: 1}
group = {held}
row = collections.deque([held, held, held])
frozen = (held, (held, box))
slotted = Slotted()
slotted.a = slotted.b = held
slotted.b = None
point('held:2', held)
box.pop()
del table[held]
group.clear()
row.rotate(1)
row.popleft()
def arguments(x, *args, key=None, **rest):
    y = x
    point('held:3', y)
    def inner():
        return x
    return inner
closure = arguments(held, held, key=held, other=held)
point('held:4', held)
generator = (item for item in (held, held))
next(generator)
point('held:5', held)
generator.close()
bound = held.__init__
partial = functools.partial(print, held)
point('held:6', held)
first, *rest = held, held, held
box += [held] * 3
box.sort(key=id)
held_again = max([held, held], key=id)
point('held:7', held)
del box, table, group, row, frozen, slotted, closure, generator, bound, partial, first, rest, held_again
point('held:8', held)
del held

# A cycle that the collector takes.
a = Node()
b = Node()
a.other = b
b.other = a
b.more = [a, a]
point('cycle:1', a)
watcher = weakref.ref(a)
del a, b
print('cycle', watcher() is None)
gc.collect()
print('cycle', watcher() is None)

# One that comes back from the dead.
phoenix = Phoenix()
point('phoenix:1', phoenix)
del phoenix
point('phoenix:2', saved)
del saved

# Several lives in one block: lists come from a free list.
for i in range(3):
    short = [i, i]
    again = short
    point('life%d' % i, short)
    del short, again

# Kept by the traceback of an exception.
def fails():
    inside = victim
    raise KeyError(inside)
victim = Node()
try:
    fails()
except KeyError as error:
    kept = error
point('victim:1', victim)
del kept
point('victim:2', victim)
victim = None

# Weak references do not count.
seen = Node()
proxies = [weakref.ref(seen), weakref.proxy(seen), weakref.WeakValueDictionary(k=seen)]
point('weak:1', seen)
del seen
print('weak', proxies[0]() is None)

# An interned string, and a string that grows in its place.
word = sys.intern('-'.join(['molt', 'ledger']))
names = [word, word]
setattr(Node, word, 1)
point('word:1', word)
def grow():
    text = ' '.join(['a', 'b'])
    for i in range(200):
        text += 'xyz'
    return text
text = [grow() for i in range(9)][-1]
point('text:1', text)

# A class: its instances count.
crowd = [Node() for _ in range(10)]
point('class:1', Slotted)
slots = [Slotted() for _ in range(7)]
point('class:2', Slotted)

# An int, a float, a cache, another thread.
number = int('1000000')
numbers = [number] * 5
point('number:1', number)
@functools.lru_cache
def cached(key):
    return [key]
for i in range(3):
    cached(number)
point('number:2', number)
def work():
    mine = number
    numbers.append(mine)
thread = threading.Thread(target=work)
thread.start()
thread.join()
point('number:3', number)
cached.cache_clear()
del numbers
point('number:4', number)
