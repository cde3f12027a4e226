"""Writes containers.json: what CPython 3.11's list, dict and set do, for listobject, dictobject and setobject tests."""
import json, os, random, sys

rnd = random.Random(11)


def caps(ops):
    """Capacity of a list after each operation: ['append'], ['pop'], ['insert', i], ['extend', n], ['del', a, b], ['set', a, b, n]."""
    a, out = [], []
    for op, *args in ops:
        if op == 'append': a.append(0)
        elif op == 'pop': a.pop()
        elif op == 'insert': a.insert(args[0], 0)
        elif op == 'extend': a.extend([0] * args[0])
        elif op == 'del': del a[args[0]:args[1]]
        elif op == 'set': a[args[0]:args[1]] = [0] * args[2]
        out.append((sys.getsizeof(a) - 56) // 8)
    return out


def list_ops():
    yield [['append']] * 1200 + [['pop']] * 1200
    for _ in range(20):
        size, ops = 0, []
        for _ in range(120):
            op = rnd.choice(['append', 'append', 'pop', 'insert', 'extend', 'del', 'set'])
            if op == 'append': size += 1; ops.append([op])
            elif op == 'pop' and size: size -= 1; ops.append([op])
            elif op == 'insert': i = rnd.randrange(size + 1); size += 1; ops.append([op, i])
            elif op == 'extend': n = rnd.randrange(0, 30); size += n; ops.append([op, n])
            elif op in ('del', 'set'):
                a = rnd.randrange(size + 1); b = rnd.randrange(a, size + 1)
                n = rnd.randrange(0, 20) if op == 'set' else 0
                size += n - (b - a); ops.append([op, a, b, n])
        yield ops


def dict_sizes(key):
    d, out, last = {}, [], None
    for n in range(3000):
        size = sys.getsizeof(d)
        if size != last: out.append([n, size])
        last = size
        d[key(n)] = n
    return out


def set_run(ops):
    s, out = set(), []
    for op, x in ops:
        if op == 'pop': s and s.pop()
        elif op == 'update': s.update(x)
        elif op == 'minus': s -= set(x)
        elif op == 'and': s &= set(x)
        elif op == 'xor': s ^= set(x)
        else: getattr(s, op)(x)
        out.append([sys.getsizeof(s) - 216, list(s)])
    return out


def set_ops():
    for top in (10, 40, 1000):
        for _ in range(12):
            ops = []
            for _ in range(60):
                op = rnd.choice(['add', 'add', 'add', 'discard', 'pop', 'update', 'minus', 'and', 'xor'])
                if op in ('update', 'minus', 'xor'): x = [rnd.randrange(top) for _ in range(rnd.randrange(12))]
                elif op == 'and': x = list(range(rnd.randrange(top)))
                else: x = rnd.randrange(top)
                ops.append([op, x])
            yield ops


class Key:
    def __init__(self, n, value): self.n, self.value = n, value
    def __lt__(self, other):
        global trace, count
        trace = (trace * 31 + self.n * 1009 + other.n) % 2147483647
        count += 1
        return self.value < other.value


def sort_run(values, reverse):
    global trace, count
    trace = count = 0
    keys = [Key(i, v) for i, v in enumerate(values)]
    keys.sort(reverse=reverse)
    return [count, trace, [k.n for k in keys] if len(values) < 100 else None]


def sort_values():
    yield []
    yield [1]
    yield list(range(100))
    yield list(range(100, 0, -1))
    for n in (2, 3, 10, 63, 64, 65, 200, 600, 1500):
        yield [rnd.randrange(n) for _ in range(n)]
        yield [rnd.randrange(3) for _ in range(n)]
        a = sorted(rnd.randrange(1 << 20) for _ in range(n))
        for _ in range(3): i, j = rnd.randrange(n), rnd.randrange(n); a[i], a[j] = a[j], a[i]
        yield a
        yield sorted(rnd.randrange(1 << 20) for _ in range(n // 2)) + sorted(rnd.randrange(1 << 20) for _ in range(n - n // 2))
        yield [x for b in range(8) for x in sorted((rnd.randrange(1 << 20) for _ in range(n // 8)), reverse=bool(b % 2))]


lists = [[ops, caps(ops)] for ops in list_ops()]
sets = [[ops, set_run(ops)] for ops in set_ops()]
sorts = [[values, *([sort_run(values, r) for r in (False, True)])] for values in sort_values()]
result = {
    'lists': lists, 'sets': sets, 'sorts': sorts,
    'dictSizes': {'str': dict_sizes(lambda n: 'k%d' % n), 'int': dict_sizes(lambda n: n)},
    'fromkeys': [[n, sys.getsizeof(dict.fromkeys({i: 0 for i in range(n)}))] for n in range(0, 200)],
    'update': [[n, sys.getsizeof({'a': 1} | {i: 0 for i in range(n)})] for n in range(0, 200)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'containers.json'), 'w') as f:
    json.dump(result, f, separators=(',', ':'))
