"""What real CPython 3.11 says of its opcodes and of its tables: writes opcodes.json and tables.json."""
import dis
import json
import opcode
import os

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = '''
def plain(a, b):
    x = a + b * 2; y = [a,
        b, x
    ]
    return f(x)(y).attribute.other(                                                                        a, b, c=1)


def handlers(f):
    try:
        with f as g:
            return g
    except ValueError as e:
        raise e
    finally:
        for x in f:
            try:
                yield x
            except:
                continue


async def waits(a):
    async with a as b:
        async for c in b:
            await c





def far(
    a=1,


    b=2,
):
    return {name: value for name, value in a if name}, 'éé', (lambda: b)
''' + 'def wide(x):\n' + ''.join(f'    if x: y{i} = x.z{i}\n' for i in range(300))


def opcodes():
    for number, name in enumerate(opcode.opname):
        if name.startswith('<'):
            continue
        has_arg = number >= opcode.HAVE_ARGUMENT
        effects = []
        for arg in (0, 1, 2, 3, 4, 5, 8, 15, 258) if has_arg else (None,):
            for jump in (False, True):
                try:
                    effects.append([arg, jump, dis.stack_effect(number, arg, jump=jump)])
                except ValueError:
                    pass
        kinds = [kind for kind in ('const', 'name', 'local', 'free', 'compare', 'jrel')
                 if number in getattr(opcode, 'has' + kind)]
        yield {'number': number, 'name': name, 'hasArg': has_arg, 'kinds': kinds,
               'caches': opcode._inline_cache_entries[number], 'effects': effects}


def code_objects(code):
    yield code
    for value in code.co_consts:
        if hasattr(value, 'co_code'):
            yield from code_objects(value)


def tables():
    for code in code_objects(compile(SOURCE, '<golden>', 'exec')):
        yield {
            'name': code.co_qualname,
            'firstlineno': code.co_firstlineno,
            'linetable': code.co_linetable.hex(),
            'positions': list(code.co_positions()),
            'exceptiontable': code.co_exceptiontable.hex(),
            'handlers': [[*entry[:4], entry.lasti] for entry in dis._parse_exception_table(code)],
            'code': code.co_code.hex(),
            'instructions': [list(instruction) for instruction in dis._unpack_opargs(code.co_code)],
            'labels': sorted(dis.findlabels(code.co_code)),
        }


def write(name, value):
    with open(os.path.join(HERE, name), 'w') as file:
        json.dump(value, file, separators=(',', ':'))
        file.write('\n')


write('opcodes.json', {'nb_ops': [text for _, text in opcode._nb_ops], 'cmp_op': list(opcode.cmp_op), 'opcodes': list(opcodes())})
write('tables.json', list(tables()))
