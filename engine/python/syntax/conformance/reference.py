"""What real CPython 3.11 parses, for the tests of this folder and for run.mjs.

    reference.py goldens          writes goldens.json next to this file, and errors.json anew: its cases stay as they are
    reference.py hashes PATH…     prints, as JSON, what CPython makes of every .py file below each folder or in each .zip
    reference.py dump FILE        prints the dump of one file
    reference.py mutants N SEED FILE…   prints, as JSON, N programs made from the statements of FILE… by exchanging
                                  tokens, and what CPython says to them: nearly all are invalid
"""
import ast
import hashlib
import json
import os
import random
import re
import sys
import warnings
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
STDLIB = os.path.join(HERE, *[os.pardir] * 4, 'node_modules', 'pyodide', 'python_stdlib.zip')
# Flags of compile() that ast has no names for (Include/cpython/compile.h).
DONT_IMPLY_DEDENT, ALLOW_INCOMPLETE_INPUT = 0x200, 0x4000


def dump(tree):
    return ast.dump(tree, include_attributes=True, indent=1)


def digest(text):
    return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()


def error_fields(e):
    return [type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text]


def outcome(source, mode='exec', options=()):
    """The digest of the dump, or the attributes of the SyntaxError; and the warnings."""
    flags = ast.PyCF_ONLY_AST
    if 'dontImplyDedent' in options:
        flags |= DONT_IMPLY_DEDENT
    if 'allowIncompleteInput' in options:
        flags |= ALLOW_INCOMPLETE_INPUT
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            result = digest(dump(compile(source, '<case>', mode, flags)))
        except SyntaxError as e:
            result = error_fields(e)
        except MemoryError:
            result = 'MemoryError'
    return result, [[w.category.__name__, str(w.message), w.lineno] for w in caught]


def sources(path):
    if path.endswith('.zip'):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith('.py'):
                    yield name, archive.read(name)
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if f not in ('site-packages', '__pycache__'))
        for name in sorted(names):
            if name.endswith('.py'):
                with open(os.path.join(folder, name), 'rb') as file:
                    yield os.path.join(folder, name), file.read()


def goldens():
    errors = os.path.join(HERE, 'errors.json')
    cases = json.load(open(errors, encoding='utf-8'))
    snippets = os.path.join(HERE, 'snippets')
    result = {
        'python': sys.version.split()[0],
        'stdlib': {name: outcome(source)[0] for name, source in sources(STDLIB)},
        'snippets': {os.path.relpath(name, snippets): outcome(source)[0] for name, source in sources(snippets)},
    }
    with open(os.path.join(HERE, 'goldens.json'), 'w', encoding='utf-8') as file:
        json.dump(result, file, indent=0)
    with open(errors, 'w', encoding='utf-8') as file:
        lines = [json.dumps([source, mode, options, *outcome(source, mode, options)]) for source, mode, options, *_ in cases]
        file.write('[\n' + ',\n'.join(lines) + '\n]\n')


PIECES = r'''( ) [ ] { } : , ; + - * ** / // = == := += . ... @ -> ~ ! ? $ \ " ' f'{ f'{x}' b'a' """ # if else elif for in not is lambda def
class async await yield from import as with try except finally except* match case _ print exec None True return pass del global
raise assert while and or x abc 1 0x 1_ 0777 1e 1a 1if é €'''.split() + ['\n', '\n    ', '\n\t', ' ', '\u00a0', '\x01']


def mutate(source):
    tokens = re.findall(r'\s+|\w+|"""|\'\'\'|[^\w\s]', source)
    for _ in range(random.choice([1, 1, 1, 1, 2, 3])):
        i = random.randrange(len(tokens) or 1)
        how = random.random()
        if how < .3:
            del tokens[i:i + 1]
        elif how < .55:
            tokens.insert(i, random.choice(PIECES))
        elif how < .75:
            tokens[i:i + 1] = [random.choice(PIECES)]
        elif how < .93 and tokens:
            tokens.insert(i, random.choice(tokens))
        else:
            del tokens[i:]
    return ''.join(tokens)


def statements(path):
    source = open(path, encoding='utf-8').read()
    lines = source.splitlines(True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.end_lineno - node.lineno < 12:
            part = lines[node.lineno - 1:node.end_lineno]
            indent = len(part[0]) - len(part[0].lstrip())
            if all(not line[:indent].strip() for line in part):
                yield ''.join(line[indent:] if line.strip() else line for line in part)


def mutants(count, seed, paths):
    random.seed(seed)
    seeds = [s for path in paths for s in statements(path)]
    result = []
    while len(result) < count:
        source = mutate(random.choice(seeds))
        mode = random.choice(['exec'] * 8 + ['eval', 'single'])
        if '\0' not in source:
            result.append([source, mode, [], *outcome(source, mode)])
    return result


if __name__ == '__main__':
    command, *arguments = sys.argv[1:]
    if command == 'goldens':
        goldens()
    elif command == 'hashes':
        json.dump([[name, outcome(source)[0]] for path in arguments for name, source in sources(path)], sys.stdout)
    elif command == 'dump':
        print(dump(ast.parse(open(arguments[0], 'rb').read())))
    elif command == 'mutants':
        json.dump(mutants(int(arguments[0]), int(arguments[1]), arguments[2:]), sys.stdout)
