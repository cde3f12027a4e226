#!/usr/bin/env python3
"""Makes gc-events.json: what real CPython 3.11's collector did in the small scripts below, for gc.test.ts.

    make_gc_events.py ORACLE_DIR

The scripts are simple enough that gc.test.ts can say which objects they allocate, track and drop. The state at the mark
"start" (objects in each generation, counts, long_lived_total) and the end are kept, and every collection in between as
[generation, collected].
"""
import json, os, shutil, sys, tempfile

SCRIPTS = {
    'keep': '''
for i in range(200_000):
    kept.append([])
''',
    'cycles': '''
gc.set_threshold(50, 3, 2)
mark()
for i in range(60_000):
    a = [None]
    a[0] = a
    if i % 3 == 0:
        kept.append(a)
    if i % 7 == 0:
        b = [kept, a]
        b.append(b)
''',
    'tuples': '''
for i in range(30_000):
    kept.append((i, (i, 'x')))
''',
    'resurrect': '''
class N:
    def __del__(self):
        if self.k % 5 == 0:
            kept.append(self)
gc.set_threshold(40, 3, 2)
gc.collect()
mark()
for i in range(8_000):
    n = N()
    n.k = i
    n.me = n
''',
    'weakrefs': '''
class N:
    pass
dead = []
callback = dead.append
ref = weakref.ref
gc.set_threshold(60, 4, 3)
gc.collect()
mark()
for i in range(20_000):
    n = N()
    n.me = n
    if i % 4 == 0:
        kept.append(ref(n, callback))
    if i % 4 == 1:
        n.own = ref(n, callback)
''',
    'freeze': '''
mark()
for i in range(5_000):
    kept.append([])
gc.freeze()
for i in range(20_000):
    kept.append([])
gc.unfreeze()
for i in range(60_000):
    kept.append([])
gc.collect(1)
gc.disable()
for i in range(1_000):
    kept.append([])
gc.enable()
for i in range(100):
    kept.append([])
''',
}
PROLOGUE = '''import gc, sys, weakref
audit = sys.audit
def mark():
    audit('mark', 'start')
kept = []
'''


def main():
    oracle_dir = os.path.abspath(sys.argv[1])
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as work:
        shutil.copyfile(os.path.join(oracle_dir, 'oracle.py'), os.path.join(work, 'oracle.py'))
        os.mkdir(os.path.join(work, 'native'))
        shutil.copyfile(os.path.join(oracle_dir, 'native', 'spy.c'), os.path.join(work, 'native', 'spy.c'))
        sys.path.insert(0, work)
        import oracle
        result = {}
        for name, text in SCRIPTS.items():
            if 'mark()' not in text:
                text = 'mark()' + text
            path = os.path.join(work, name + '.py')
            with open(path, 'w') as f:
                f.write(PROLOGUE + text)
            figures = oracle.measure(path, trace=False)
            start, (mark,), end = figures['start'], figures['marks'], figures['end']

            def generations(s):
                return [a + b for a, b in zip(start['gc_objects'], s['gc_generation_sizes'])]
            events = [e[:2] for e in end['gc_events'][len(mark['gc_events']):]]
            result[name] = {
                'start': {'generations': generations(mark), 'count': mark['gc_count'],
                          'long_lived_total': start['long_lived_total'] + mark['long_lived_total_delta'],
                          'long_lived_pending': mark['long_lived_pending']},
                'end': {'generations': generations(end), 'count': end['gc_count'],
                        'long_lived_total': start['long_lived_total'] + end['long_lived_total_delta'],
                        'long_lived_pending': end['long_lived_pending']},
                'events': events,
            }
            print(name, len(events), result[name]['start'], result[name]['end'])
    with open(os.path.join(here, 'gc-events.json'), 'w') as f:
        f.write('{\n' + ',\n'.join(f' "{k}": {json.dumps(v, separators=(",", ":"))}' for k, v in result.items()) + '\n}\n')


main()
