"""What real CPython 3.11 compiles, in the canonical text of canonical.ts.

    reference.py goldens            writes goldens.json, errors.json and listings/ next to this file
    reference.py texts ZIP FOLDER   writes the canonical text of every module of ZIP into FOLDER
"""
import contextlib
import dis
import glob
import hashlib
import io
import json
import os
import re
import struct
import sys
import warnings
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
STDLIB = os.path.join(HERE, *[os.pardir] * 4, 'node_modules', 'pyodide', 'python_stdlib.zip')


def constant_text(value):
    if value is None:
        return 'N'
    if value is ...:
        return 'E'
    kind = type(value)
    if kind is bool:
        return 'T' if value else 'F'
    if kind is int:
        return 'i%x' % value
    if kind is float:
        return 'f' + struct.pack('>d', value).hex()
    if kind is complex:
        return 'c' + struct.pack('>dd', value.real, value.imag).hex()
    if kind is str:
        return 's' + json.dumps(value)
    if kind is bytes:
        return 'b' + value.hex()
    if kind is tuple:
        return 't(' + ','.join(map(constant_text, value)) + ')'
    if kind is frozenset:
        return 'z(' + ','.join(sorted(map(constant_text, value))) + ')'
    return code_text(value)


def names_text(names):
    return '[' + ','.join(map(json.dumps, names)) + ']'


def locals_plus(code):
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    names = [*code.co_varnames, *cells, *code.co_freevars]
    first_free = len(names) - len(code.co_freevars)
    kinds = bytes(
        0x80 if i >= first_free else 0x20 * (name in code.co_varnames) + 0x40 * (name in code.co_cellvars)
        for i, name in enumerate(names))
    return names, kinds


def code_text(code):
    names, kinds = locals_plus(code)
    fields = {
        'argcount': code.co_argcount,
        'posonlyargcount': code.co_posonlyargcount,
        'kwonlyargcount': code.co_kwonlyargcount,
        'stacksize': code.co_stacksize,
        'flags': code.co_flags,
        'code': code.co_code.hex(),
        'consts': '(' + ';\n'.join(map(constant_text, code.co_consts)) + ')',
        'names': names_text(code.co_names),
        'localsplusnames': names_text(names),
        'localspluskinds': kinds.hex(),
        'name': json.dumps(code.co_name),
        'qualname': json.dumps(code.co_qualname),
        'firstlineno': code.co_firstlineno,
        'linetable': code.co_linetable.hex(),
        'exceptiontable': code.co_exceptiontable.hex(),
    }
    return 'code{' + '\n'.join(f'{name}={value}' for name, value in fields.items()) + '}'


def compiled_text(source, filename, mode='exec', optimize=0, flags=0):
    try:
        return code_text(compile(source, filename, mode, flags, dont_inherit=True, optimize=optimize))
    except SyntaxError as error:
        return f'{type(error).__name__}: {error.msg}'


def modules(archive):
    with zipfile.ZipFile(archive) as file:
        for name in sorted(file.namelist()):
            if name.endswith('.py'):
                yield name, file.read(name)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def listing(source, filename):
    """What `python3 -m dis` prints, without addresses."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        dis.dis(compile(source, filename, 'exec', dont_inherit=True))
    return re.sub(' at 0x[0-9a-f]+', '', out.getvalue())


def error_record(source, mode, flags, optimize):
    record = {'source': source, 'mode': mode, 'flags': flags, 'optimize': optimize}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            code = compile(source, '<case>', mode, flags, dont_inherit=True, optimize=optimize)
            record['code'] = digest(code_text(code))
        except SyntaxError as error:
            record['error'] = [type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset]
        except Exception as error:
            record['error'] = [type(error).__name__, str(error)]
    record['warnings'] = [[str(w.message), w.lineno] for w in caught if w.category is SyntaxWarning]
    return record


def write_json(name, value):
    with open(os.path.join(HERE, name), 'w') as file:
        json.dump(value, file, indent=0, sort_keys=False)
        file.write('\n')


def write_goldens():
    snippets = {}
    for path in sorted(glob.glob(os.path.join(HERE, 'snippets', '*.py'))):
        name = os.path.basename(path)
        with open(path, 'rb') as file:
            source = file.read()
        with open(os.path.join(HERE, 'listings', name[:-3] + '.txt'), 'w') as file:
            file.write(listing(source, name))
        snippets[name] = [digest(compiled_text(source, name, optimize=level)) for level in (0, 1, 2)]
    write_json('goldens.json', {
        'python': sys.version.split()[0],
        'stdlib': {name: digest(compiled_text(source, name)) for name, source in modules(STDLIB)},
        'snippets': snippets,
    })
    with open(os.path.join(HERE, 'error-cases.json')) as file:
        cases = json.load(file)
    write_json('errors.json', [
        error_record(case['source'], case.get('mode', 'exec'), case.get('flags', 0), case.get('optimize', 0))
        for case in (c if isinstance(c, dict) else {'source': c} for c in cases)])


def write_texts(archive, folder):
    for name, source in modules(archive):
        with open(os.path.join(folder, name.replace('/', '__') + '.txt'), 'w') as file:
            file.write(compiled_text(source, name))


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    if sys.argv[1:] == ['goldens']:
        write_goldens()
    elif len(sys.argv) == 4 and sys.argv[1] == 'texts':
        write_texts(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)
