# Makes goldens.json with CPython 3.11: python3 make-goldens.py
#
# For each script: bytes and blocks of its lines at its end (tracemalloc), what gc.collect() then finds, and of each holder that
# expectations.json names its length and whether gc.get_referrers finds it from one of the things in it.
import json, os, subprocess, sys

here = os.path.dirname(os.path.abspath(__file__))

CHILD = r'''
import sys, json, gc, tracemalloc, types
path, holders = sys.argv[1], json.loads(sys.argv[2])
source = open(path).read()
main = types.ModuleType('__main__')
main.__dict__['__builtins__'] = __builtins__
main.__file__ = path
sys.path.insert(0, path.rpartition('/')[0])
sys.dont_write_bytecode = True
sys.modules['__main__'] = main
code = compile(source, path, 'exec')
gc.collect()
tracemalloc.start(1)
exec(code, main.__dict__)
snapshot = tracemalloc.take_snapshot()
tracemalloc.stop()
lines = {}
for s in snapshot.statistics('lineno'):
    frame = s.traceback[0]
    if frame.filename == path:
        lines[frame.lineno] = [s.size, s.count]
found = {}
for expression in holders:
    o = eval(expression, {'__main__': main, 'parts': sys.modules.get('parts')})
    if hasattr(o, 'cache_info'):
        found[expression] = {'length': o.cache_info().currsize, 'referrer': None}
        continue
    try:
        n = len(o)
    except TypeError:
        found[expression] = {'length': None, 'referrer': None}
        continue
    member = next(iter(o.values())) if hasattr(o, 'values') else o[n // 2]
    found[expression] = {'length': n, 'referrer': any(r is o for r in gc.get_referrers(member))}
gc.enable()
print(json.dumps({'lines': lines, 'collected': gc.collect(), 'holders': found}))
'''

expectations = json.load(open(os.path.join(here, 'expectations.json')))['scripts']
result = {}
for name in sorted(expectations):
    holders = [e['holder'] for e in expectations[name] if e['holder']]
    path = os.path.join(here, name + '.py')
    out = subprocess.run([sys.executable, '-c', CHILD, path, json.dumps(holders)], capture_output=True, text=True, env={**os.environ, 'PYTHONHASHSEED': '0'})
    if out.returncode:
        raise SystemExit(name + ': ' + out.stderr)
    result[name] = json.loads(out.stdout.splitlines()[-1])
json.dump({'python': sys.version.split()[0], 'scripts': result}, open(os.path.join(here, 'goldens.json'), 'w'), indent=1)
