"""Writes tracemalloc snapshots and what CPython says of them, for import-snapshot.test.ts.

    for python in python3.8 python3.9 python3.10 python3.11 python3.12 python3.13; do $python make.py; done

For each version X.Y: X.Y-before.pickle and X.Y-after.pickle, made by Snapshot.dump, and X.Y.json with the statistics of both by
line, file and traceback, cumulative ones, and their compare_to, as the strings that CPython prints. Python 3.11 also writes its
second snapshot in the pickle protocols 2 to 4. The traced program is compiled under made-up file names.
"""
import _thread
import json
import os
import pickle
import sys
import tracemalloc

FILES = {
    '/app/model.py': '''
class Node:
    def __init__(self, depth):
        self.name = "node %d" % depth
        self.children = [Node(depth - 1) for _ in range(2)] if depth else []

def tree(depth):
    return Node(depth)
''',
    '/app/münchen/größe.py': '''
def blocks(count):
    return [bytes(1000 + i) for i in range(count)]

def nested(n, f):
    return nested(n - 1, f) if n else f()
''',
    '/app/main.py': '''
cache = {}
def fill(n):
    for i in range(n):
        cache[i] = str(i) * 10
def step(tree, blocks, nested):
    fill(60)
    cache["tree"] = tree(4)
    cache["blocks"] = blocks(12)
    cache["deep"] = nested(9, lambda: bytearray(5000))
def change(tree, blocks, nested):
    del cache["blocks"]
    fill(30)
    cache["tree"] = tree(5)
    cache["more"] = nested(3, lambda: [bytearray(300_000), bytearray(77)])
''',
    '/app/driver.py': '''
import tracemalloc
snapshots = []
def drive(program, parts, done):
    tracemalloc.start(6)
    program["step"](*parts)
    snapshots.append(tracemalloc.take_snapshot())
    program["change"](*parts)
    snapshots.append(tracemalloc.take_snapshot())
    tracemalloc.stop()
    done.release()
''',
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    version = '%d.%d' % sys.version_info[:2]
    spaces = {}
    for path, text in FILES.items():
        spaces[path] = {}
        exec(compile(text, path, 'exec'), spaces[path])
    model, size, program, driver = spaces.values()
    # In a thread of its own, so that no frame of this file is in a traceback.
    done = _thread.allocate_lock()
    done.acquire()
    _thread.start_new_thread(driver['drive'], (program, (model['tree'], size['blocks'], size['nested']), done))
    done.acquire()
    before, after = driver['snapshots']
    mine = [tracemalloc.Filter(True, '/app/*', all_frames=True), tracemalloc.Filter(False, tracemalloc.__file__, all_frames=True)]
    before, after = before.filter_traces(mine), after.filter_traces(mine)

    before.dump(os.path.join(here, version + '-before.pickle'))
    after.dump(os.path.join(here, version + '-after.pickle'))
    if version == '3.11':
        for protocol in (2, 3, 4):
            with open(os.path.join(here, '3.11-after-protocol-%d.pickle' % protocol), 'wb') as file:
                pickle.dump(after, file, protocol)

    def said(statistics):
        return [str(row) for row in statistics]

    def about(snapshot):
        return {
            'traces': len(snapshot.traces),
            'bytes': sum(trace.size for trace in snapshot.traces),
            'limit': snapshot.traceback_limit,
            'lineno': said(snapshot.statistics('lineno')),
            'filename': said(snapshot.statistics('filename')),
            'traceback': [[s.size, s.count, [[f.filename, f.lineno] for f in s.traceback]] for s in snapshot.statistics('traceback')],
            'lineno cumulative': said(snapshot.statistics('lineno', cumulative=True)),
            'filename cumulative': said(snapshot.statistics('filename', cumulative=True)),
        }

    result = {
        'python': sys.version.split()[0], 'before': about(before), 'after': about(after),
        'compared': {key: said(after.compare_to(before, key)) for key in ('lineno', 'filename', 'traceback')},
    }
    with open(os.path.join(here, version + '.json'), 'w') as file:
        json.dump(result, file, indent=0)
        file.write('\n')


main()
