"""Collects CPython's canonical start states from goldens: make_start_states.py GOLDEN_FOLDER > start-state.json"""
import glob, json, os, sys

states = {}
for path in sorted(glob.glob(os.path.join(sys.argv[1], '*.json'))):
    golden = json.load(open(path, encoding='utf-8'))
    start = golden['start']
    states.setdefault(' '.join(sorted(golden['imports'])), {
        'objects': start['gc_objects'][2], 'longLived': start['long_lived_total'],
        'subclasses': start['subclass_tables'], 'interned': start.get('interned_slack', [2000, 207552])})
print('{\n' + ',\n'.join('%s: %s' % (json.dumps(k), json.dumps(v)) for k, v in sorted(states.items())) + '\n}')
