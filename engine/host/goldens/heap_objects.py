"""Objects of many kinds, by name in T, and what CPython says of each; run by CPython it prints the golden."""
import collections
import functools
import types
import weakref


class Plain:
    def __init__(self):
        self.first = [1]
        self.second = ('two',)

    def method(self):
        return self


class Slots:
    __slots__ = ('left', 'right')


class More(Slots):
    __slots__ = ('middle',)


class MyDict(dict):
    pass


class MyList(list):
    pass


class Finalized:
    def __del__(self):
        pass


def generator():
    local = {'in': 'generator'}
    yield local


async def coroutine():
    pass


def closing(value, *, other=None):
    def inner(x=value):
        return value, other
    return inner


def raised():
    try:
        raise ValueError('wrong', 12345)
    except ValueError as error:
        return error


T = {}
T['list'] = [1000, 'x' * 30, None]
T['empty list'] = []
T['grown list'] = [0]
T['grown list'].append(1)
T['tuple'] = ([], {}, 'abc')
T['dict'] = {'a': [], 7000: ()}
T['large dict'] = {n: str(n) for n in range(100)}
T['set'] = {'p', 'q', 30000}
T['frozenset'] = frozenset([1, (2, 'x')])
T['bytearray'] = bytearray(b'abc' * 50)
T['deque'] = collections.deque(range(200, 270))
T['bounded deque'] = collections.deque([[], []], maxlen=2)
T['ordered'] = collections.OrderedDict(one=[], two={})
T['defaultdict'] = collections.defaultdict(list, k=[1])
T['counter'] = collections.Counter('abracadabra')
T['instance'] = Plain()
T['with dict'] = Plain()
T['with dict'].__dict__
T['slots'] = Slots()
T['slots'].left = [3]
T['more slots'] = More()
T['more slots'].left, T['more slots'].middle = 'l', ['m']
T['dict subclass'] = MyDict(a=[], b='text')
T['dict subclass'].attribute = ['here']
T['list subclass'] = MyList([[], 'item'])
T['finalized'] = Finalized()
T['method'] = T['instance'].method
T['function'] = closing(['default'])
T['generator'] = generator()
next(T['generator'])
T['finished'] = generator()
for _ in T['finished']:
    pass
T['coroutine'] = coroutine()
T['exception'] = raised()
T['partial'] = functools.partial(closing, ['argument'], other=['keyword'])
T['weak reference'] = weakref.ref(T['finalized'])
T['with callback'] = weakref.ref(T['finalized'], closing(0))
T['property'] = property(closing(1))
T['namespace'] = types.SimpleNamespace(a=[1], b='b')
T['cell'] = T['function'].__closure__[0]
T['iterator'] = iter(T['list'])
T['bound builtin'] = T['list'].append
T['slice'] = slice([], None, 'step')
T['proxy'] = types.MappingProxyType(T['dict'])
T['class'] = More
T['cycle'] = []
T['cycle'].append(T['cycle'])
T['module'] = types.ModuleType('made')
T['module'].content = ['c']
for _ in ():
    pass
_ = None


def golden():
    import gc
    import json
    import sys
    rows = {}
    for name in T:
        rows[name] = {
            'type': type(T[name]).__name__, 'size': sys.getsizeof(T[name]), 'refcount': sys.getrefcount(T[name]) - 1,
            'tracked': gc.is_tracked(T[name]), 'referents': sorted(type(o).__name__ for o in gc.get_referents(T[name])),
        }
    print(json.dumps(rows, indent=1))


import sys
if '--golden' in sys.argv:
    golden()
