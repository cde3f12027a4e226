"""Writes tracemalloc.json: what CPython's tracemalloc says of the blocks in blocks.json. Run with CPython 3.11.

blocks.json is written by statistics-golden.test.ts when MOLT_WRITE_BLOCKS is set: two snapshots, each a list of
[size, [[path, line], ...]] with the most recent frame first.
"""
import json
import os
from tracemalloc import Filter, Snapshot

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'blocks.json')) as f:
    blocks = json.load(f)


def snapshot(name):
    traces = [(0, size, tuple((path, line) for path, line in frames), len(frames)) for size, frames in blocks[name]]
    return Snapshot(traces, 1000)


old, new = snapshot('old'), snapshot('new')
FILTERS = {
    'library': [Filter(True, '/lib/*')],
    'no library anywhere': [Filter(False, '*/helper.py', all_frames=True)],
    'one line': [Filter(True, 'synthetic.py', lineno=27)],
    'script without a line': [Filter(True, 'synth*.py'), Filter(False, '*', lineno=27)],
}
result = {}
for key in ('lineno', 'filename', 'traceback'):
    result[key] = [str(s) for s in new.statistics(key)]
    result[key + ' compared'] = [str(s) for s in new.compare_to(old, key)]
for key in ('lineno', 'filename'):
    result[key + ' cumulative'] = [str(s) for s in new.statistics(key, cumulative=True)]
    result[key + ' cumulative compared'] = [str(s) for s in new.compare_to(old, key, cumulative=True)]
for name, filters in FILTERS.items():
    result['filtered: ' + name] = [str(s) for s in new.filter_traces(filters).statistics('lineno')]
with open(os.path.join(here, 'tracemalloc.json'), 'w') as f:
    json.dump(result, f, indent=0)
    f.write('\n')
