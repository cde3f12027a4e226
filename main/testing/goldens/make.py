"""Writes ranges.json: what CPython's tracemalloc says of ranges.py, by line, at each of its marks. Run with CPython 3.11."""
import json
import os
import sys
import tracemalloc

here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, 'ranges.py')
code = compile(open(path).read(), path, 'exec')
marks = {}


def hook(event, args):
    if event == 'mark':
        lines = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, path)]).statistics('lineno')
        marks[args[0]] = {str(s.traceback[0].lineno): [s.size, s.count] for s in lines}


sys.addaudithook(hook)
module = {'__name__': '__main__', '__builtins__': __builtins__}
tracemalloc.start()
exec(code, module)
tracemalloc.stop()
with open(os.path.join(here, 'ranges.json'), 'w') as file:
    json.dump({'python': sys.version.split()[0], 'marks': marks}, file, indent=1)
    file.write('\n')
