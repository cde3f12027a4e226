#!/usr/bin/env python3
"""Makes the allocation logs that pymalloc.test.ts replays: every pymalloc call of a script under real CPython 3.11.

    make_alloc_logs.py ORACLE_DIR NAME...      e.g. make_alloc_logs.py ../../../../shared/oracle 022_dict_growth churn

ORACLE_DIR holds oracle.py, native/spy.c and corpus/NAME.py; a NAME.py beside this file comes first. spy.c is built anew with one more function, which lists the
start-up pools (size class, blocks in use) at the head of the log, because a script may free blocks in them.

NAME.log.gz, a gzip of LEB128 numbers:
    number of start-up arenas; 64 size classes (block size / 16 - 1) for each
    number of malloc'd blocks from before the start that the script frees or reallocates
    number of operations, then for each
        kind | domain << 2     kind 0 malloc, 1 calloc, 2 realloc, 3 free; domain 1 mem, 2 obj
        size                   not for free
        old address            for realloc and free
        new address            not for free
Addresses: 0 for NULL, else (zigzag of the difference to the previous address of pymalloc, in granules) + 2 for a block of
pymalloc, and 1 followed by an ordinal for a malloc'd one (first those from before the start, then by order of allocation).
ends.json keeps the oracle's figures of pools, arenas and blocks at each script's end.
Granules count from the first start-up arena, the script's arenas following the start-up ones.
"""
import gzip, json, os, shutil, sys, tempfile

DUMP = r'''
static void dump_pools(void) {
    for (int i = 0; i < NSLOT; i++) {
        if (!slot_used[0][i]) continue;
        for (int k = 0; k < (int)(ARENA / POOL); k++) {
            struct pool_header *h = (struct pool_header *)(region[0] + (size_t)i * ARENA + (size_t)k * POOL);
            fprintf(alog, "P %d %d %u %u\n", i, k, h->szidx, h->ref.count);
        }
    }
}
'''
STARTUP, SCRIPT, ARENA = 0x100000000000, 0x200000000000, 1 << 20
REGION = 16384 * ARENA


def build(oracle_dir, work):
    sys.path.insert(0, work)
    for name in ('oracle.py', 'native'):
        src = os.path.join(oracle_dir, name)
        dst = os.path.join(work, name)
        shutil.copytree(src, dst, copy_function=shutil.copyfile) if os.path.isdir(src) else shutil.copyfile(src, dst)
    path = os.path.join(work, 'native', 'spy.c')
    text = open(path).read()
    text = text.replace('static void die(PyStatus', DUMP + 'static void die(PyStatus', 1)
    text = text.replace('    running = 1;\n    PyObject *res', '    if (alog) dump_pools();\n    running = 1;\n    PyObject *res', 1)
    assert text.count('dump_pools') == 2
    open(path, 'w').write(text)
    for f in os.listdir(os.path.dirname(path)):
        if f.startswith('spy-'):
            os.unlink(os.path.join(os.path.dirname(path), f))
    import oracle
    return oracle


def numbers(log):
    """The log's text -> the list of numbers described above."""
    pools, ops = {}, []
    for line in open(log):
        if line.startswith('P '):
            slot, k, szidx, count = map(int, line.split()[1:])
            assert count == 16336 // ((szidx + 1) * 16), line        # sealed: all full
            pools.setdefault(slot, [None] * 64)[k] = szidx
            continue
        op, size, old, new = line.split()[:4]
        ops.append(('MCRF'.index(op[0]), {'m': 1, 'o': 2}[op[1]], int(size),
                    *(0 if a == '(nil)' else int(a, 16) for a in (old, new))))
    slots = sorted(pools)
    out = [len(slots)] + [c for s in slots for c in pools[s]]

    def granule(a):
        if SCRIPT <= a < SCRIPT + REGION:
            return len(slots) * (ARENA // 16) + (a - SCRIPT) // 16
        if STARTUP <= a < STARTUP + REGION:
            return slots.index((a - STARTUP) // ARENA) * (ARENA // 16) + (a - STARTUP) % ARENA // 16
        return None
    live, before = set(), []
    for kind, _, _, old, new in ops:             # malloc'd blocks that were there before
        if old and granule(old) is None and old not in live and old not in before:
            before.append(old)
        live.discard(old)
        if new and granule(new) is None:
            live.add(new)
    ordinal = {a: i for i, a in enumerate(before)}
    count = len(before)
    out += [count, len(ops)]
    last = 0

    def address(a, is_new):
        nonlocal last, count
        if a == 0:
            return [0]
        g = granule(a)
        if g is None:
            if is_new:
                ordinal[a] = count
                count += 1
            return [1, ordinal[a]]
        d, last = g - last, g
        return [(d << 1 if d >= 0 else (-d << 1) - 1) + 2]
    for kind, domain, size, old, new in ops:
        out.append(kind | domain << 2)
        if kind != 3:
            out.append(size)
        if kind >= 2:
            out += address(old, False)
        if kind != 3:
            out += address(new, True)
    return out


def leb128(values):
    out = bytearray()
    for v in values:
        while v > 127:
            out.append(v & 127 | 128)
            v >>= 7
        out.append(v)
    return bytes(out)


def main():
    oracle_dir, names = sys.argv[1], sys.argv[2:]
    here = os.path.dirname(os.path.abspath(__file__))
    ends = {}
    with tempfile.TemporaryDirectory() as work:
        oracle = build(oracle_dir, work)
        for name in names:
            log = os.path.join(work, name + '.log')
            own = os.path.join(here, name + '.py')
            script = own if os.path.exists(own) else os.path.join(oracle_dir, 'corpus', name + '.py')
            oracle.spy_run(script, flags=['hook', 'alloclog=' + log, 'canon'])
            data = gzip.compress(leb128(numbers(log)), 9, mtime=0)
            out = os.path.join(os.environ.get('OUT', here), name + '.log.gz')
            open(out, 'wb').write(data)
            end = oracle.measure(script, trace=False, extra=['keepcache'])['end']
            ends[name] = {'pools': end['pools'], 'arenas': end['arenas'], 'blocks_delta': end['blocks_delta']}
            print(f'{name}: {sum(1 for l in open(log) if l[0] != "P")} calls, {len(data)} bytes')
    with open(os.path.join(os.environ.get('OUT', here), 'ends.json'), 'w') as f:
        f.write('{\n' + ',\n'.join(f' "{k}": {json.dumps(v)}' for k, v in sorted(ends.items())) + '\n}\n')


main()
