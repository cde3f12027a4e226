// Programs and files that are wrong, each met at the command line with the real interpreter: what is said, the exit code,
// and that nothing recorded is lost. What Python says of a program was taken from CPython 3.11.7.
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess, until } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let cli: CliProcess
beforeAll(async () => { cli = await CliProcess.make() })
afterAll(() => cli.dispose())

test.concurrent.each<[string, string | Uint8Array, number, string, string]>([
  ['SyntaxError', 'x = 1\ndef f(:\n    pass\n', 1, '', '  File "FILE", line 2\n    def f(:\n          ^\nSyntaxError: invalid syntax\n'],
  ['a block missing', 'if 1:\nprint(2)\n', 1, '', '  File "FILE", line 2\n    print(2)\n    ^\nIndentationError: expected an indented block after \'if\' statement on line 1\n'],
  ['not UTF-8', Buffer.from('x = "\xff"\n', 'latin1'), 1, '',
    'SyntaxError: Non-UTF-8 code starting with \'\\xff\' in file FILE on line 1, but no encoding declared; see https://peps.python.org/pep-0263/ for details\n'],
  ['a null byte', 'print(1)\0print(2)\n', 1, '', '  File "FILE", line 1\n    print(1)\nSyntaxError: source code cannot contain null bytes\n'],
  ['empty', '', 0, '', ''],
  ['end of input', 'import sys\nprint(repr(sys.stdin.read()))\ninput("? ")\n', 1, '\'\'\n? ',
    'Traceback (most recent call last):\n  File "FILE", line 3, in <module>\n    input("? ")\nEOFError: EOF when reading a line\n'],
  ['a name mistyped', 'counter = 1\nprint(conter)\n', 1, '',
    'Traceback (most recent call last):\n  File "FILE", line 2, in <module>\n    print(conter)\n          ^^^^^^\nNameError: name \'conter\' is not defined. Did you mean: \'counter\'?\n'],
  ['a module missing', 'import colections\n', 1, '',
    'Traceback (most recent call last):\n  File "FILE", line 1, in <module>\n    import colections\nModuleNotFoundError: No module named \'colections\'\n'],
  ['exit(None)', 'exit()\n', 0, '', ''],
  ['a large status', 'import sys\nsys.exit(2**32 + 5)\n', 5, '', ''],
  ['no status', 'import sys\nsys.exit(10**30)\n', 255, '', ''],
  ['a text', 'import sys\nprint("before")\nsys.exit(["é", 1])\n', 1, 'before\n', '[\'é\', 1]\n'],
  ['what has no text', 'class A:\n    def __str__(self): raise ValueError\nraise SystemExit(A())\n', 1, '', '\n'],
  ['os._exit', 'import os, atexit\natexit.register(print, "never")\ntry:\n    os._exit(9)\nfinally:\n    print("never")\n', 9, '', ''],
  ['KeyboardInterrupt', 'raise KeyboardInterrupt\n', 130, '', 'Traceback (most recent call last):\n  File "FILE", line 1, in <module>\n    raise KeyboardInterrupt\nKeyboardInterrupt\n'],
])('%s', async (_name, source, code, out, err) => {
  expect(await cli.run(source)).toEqual({ code, signal: null, out, err })
})

test('exceptions that nobody can catch', async () => {
  const { code, out, err } = await cli.run(`
import atexit, sys
class A:
    def __del__(self): raise ValueError('in del')
atexit.register(lambda: 1 / 0)
a = A()
del a
sys.unraisablehook = lambda u: print('hook', u.exc_type.__name__, u.err_msg, u.object is None)
a = A()
del a
def hook(*args): raise KeyError('hook')
sys.excepthook = hook
raise TypeError('last')
`)
  expect(code).toBe(1)
  expect(out).toBe('hook ValueError None False\nhook ZeroDivisionError Exception ignored in atexit callback False\n')
  expect(err).toMatch(/^Exception ignored in: <function A\.__del__ at 0x[0-9a-f]+>\nTraceback \(most recent call last\):\n {2}File "FILE", line 4, in __del__\n/)
  expect(err).toMatch(/Error in sys\.excepthook:\n[^]*KeyError: 'hook'\n\nOriginal exception was:\n[^]*\nTypeError: last\n$/)
})

test('recursion without end is a RecursionError, however it comes about', async () => {
  const { code, out, err } = await cli.run(`
import copy, json, pickle
def attempt(name, f):
    try: f()
    except RecursionError as e: print(name, str(e).startswith('maximum recursion depth exceeded'))
    else: print(name, 'went through')
def direct(): direct()
class Repr:
    def __repr__(self): return repr(self)
class Attribute:
    def __getattr__(self, name): return self.other
class Less:
    def __lt__(self, other): return sorted([Less(), Less()])
class Equal:
    def __eq__(self, other): return self == other
def key(x): return sorted([1], key=key)
def nest(n):
    x = []
    for _ in range(n): x = [x]
    return x
attempt('call', direct)
attempt('repr', lambda: repr(Repr()))
attempt('getattr', lambda: Attribute().x)
attempt('lt', lambda: sorted([Less(), Less()]))
attempt('eq', lambda: Equal() == Equal())
attempt('key', lambda: key(1))
deep, same = nest(20000), nest(20000)
attempt('deep repr', lambda: repr(deep))
attempt('deep eq', lambda: deep == same)
attempt('deep json', lambda: json.dumps(deep))
attempt('deep pickle', lambda: pickle.dumps(deep))
attempt('deep copy', lambda: copy.deepcopy(deep))
del deep, same
print('freed')
direct()
`)
  expect(out.split('\n')).toEqual([
    ...['call', 'repr', 'getattr', 'lt', 'eq', 'key', 'deep repr', 'deep eq', 'deep json', 'deep pickle', 'deep copy'].map(name => `${name} True`), 'freed', '',
  ])
  expect(code).toBe(1)
  expect(err).toMatch(/\[Previous line repeated 99\d more times\]\nRecursionError: maximum recursion depth exceeded/)
})

test('sizes that nothing can hold are a MemoryError that can be caught', async () => {
  const { code, out } = await cli.run(`
for size in (lambda: [0] * 10**12, lambda: (0,) * 10**13, lambda: 'x' * 10**13, lambda: b'x' * 10**13, lambda: bytearray(10**13),
             lambda: 'x'.ljust(10**13), lambda: 1 << 10**15, lambda: list(range(10**13)), lambda: ('x' * 10**5).replace('x', 'y' * 10**9),
             lambda: open(__file__).read(10**13), lambda: (5).to_bytes(10**13, 'big'), lambda: __import__('struct').pack('10000000000000x')):
    try: size()
    except MemoryError as e: print(repr(e))
`)
  expect({ code, out }).toEqual({ code: 0, out: 'MemoryError()\n'.repeat(12) })
})

test('--max-memory ends a list that grows without end, and tells so; caught, the program goes on', async () => {
  cli.write('grow.py', 'data = []\nwhile True:\n    data.append([0] * 100)\n')
  const ended = await cli.molt(['run', '-o', 'grow.molt', '--max-memory', '4M', 'grow.py'])
  expect(ended).toMatchObject({ code: 1, out: '' })
  expect(ended.err).toMatch(/line 3, in <module>\n {4}data\.append\(\[0\] \* 100\)\n[^]*MemoryError\nmolt: recorded grow\.molt: peak \d{4} KiB, .* Ended by MemoryError: it wanted more than --max-memory gives\.\n$/)
  expect((await cli.molt(['stats', '-n1', '--at', 'peak', 'grow.molt'])).out).toMatch(/grow\.py:3: size=\d{4} KiB, count=\d+/)
  const caught = await cli.run('data = []\ntry:\n    while True: data.append([0] * 100)\nexcept MemoryError:\n    data = None\nprint("on", len([0] * 1000))\n', ['--max-memory', '4M'])
  expect(caught).toMatchObject({ code: 0, out: 'on 1000\n' })
})

test('--max-ticks ends an endless loop with exit code 124', async () => {
  cli.write('loop.py', 'while True: pass\n')
  const ended = await cli.molt(['run', '-o', 'ticks.molt', '--max-ticks', '50_000', 'loop.py'])
  expect(ended).toMatchObject({ code: 124, out: '' })
  expect(ended.err).toMatch(/^molt: recorded ticks\.molt: .* Stopped after 50,000 instructions \(--max-ticks\)\.\n$/)
})

test.each([
  ['a loop', 'while True: pass', []], ['a sleep', 'import time; time.sleep(60)', ['--clock', 'wall']], ['waiting for input', 'input()', []],
])('Ctrl+C in %s is a KeyboardInterrupt', async (name, code, options) => {
  const recording = `${name.replace(/\W/g, '')}.molt`
  const { child, texts, done } = cli.start(['run', '-o', recording, ...options, '-c', `print("begun", flush=True); ${code.replace('while', 'x = 1\nwhile')}`])
  await until(() => texts.out === 'begun\n')
  await new Promise(resolve => setTimeout(resolve, 100))
  child.kill('SIGINT')
  const { signal, err } = await done
  expect(signal).toBe('SIGINT')
  expect(err).toMatch(new RegExp(`^Traceback[^]*\\nKeyboardInterrupt\\nmolt: recorded ${recording}: `))
})

test('a second Ctrl+C stops a program that will not hear, a third ends molt at once; both recordings are whole', async () => {
  const stubborn = 'print("begun", flush=True)\nwhile True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: print("no", flush=True)\n'
  const second = cli.start(['run', '-o', 'second.molt', '-c', stubborn])
  await until(() => second.texts.out === 'begun\n')
  second.child.kill('SIGINT')
  await until(() => second.texts.out === 'begun\nno\n')
  second.child.kill('SIGINT')
  const ended = await second.done
  expect(ended.signal).toBe('SIGINT')
  expect(ended.err).toMatch(/^molt: recorded second\.molt: .* Stopped by a second Ctrl\+C\.\n$/)

  const third = cli.start(['run', '-o', 'third.molt', '-c', 'print("begun", flush=True)\nsum(range(10**12))'])
  await until(() => third.texts.out === 'begun\n')
  for (let i = 0; i < 3; i++) {
    third.child.kill('SIGINT')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  expect(await third.done).toMatchObject({ signal: 'SIGINT', err: 'molt: ended at once; what was recorded until then is in third.molt\n' })
  for (const name of ['second.molt', 'third.molt']) {
    expect(await cli.molt(['stats', '-n1', name])).toMatchObject({ code: 0, err: expect.not.stringContaining('was not ended') })
  }
})

test('SIGKILL leaves a recording that is whole up to the last commit', async () => {
  const { child, texts, done } = cli.start(['run', '-o', 'killed.molt', '-c', 'keep = []\nprint("begun", flush=True)\nwhile True:\n    keep.append([0] * 10)\n    if len(keep) > 1000: keep.clear()'])
  await until(() => texts.out === 'begun\n')
  const begun = performance.now()
  await new Promise(resolve => setTimeout(resolve, 1500))
  child.kill('SIGKILL')
  const lasted = performance.now() - begun
  expect((await done).signal).toBe('SIGKILL')
  const stats = await cli.molt(['stats', '-n1', 'killed.molt'])
  expect(stats).toMatchObject({ code: 0, out: expect.stringMatching(/^<string>:\d: size=/), err: expect.stringContaining('was not ended') })
  const db = new Sqlite(join(cli.folder, 'killed.molt'), { readonly: true })
  const run = db.prepare('select wall_ns, event_count, complete from run').get() as { wall_ns: number; event_count: number; complete: number }
  const chunks = db.prepare('select sum(event_count) from event_chunk').pluck().get()
  db.close()
  // Committed every 250 ms; a busy machine may be late with anything.
  expect(run.wall_ns / 1e6).toBeGreaterThan(lasted - 1000)
  expect(run.complete).toBe(0)
  expect(chunks).toBe(run.event_count)
  expect(readdirSync(cli.folder).filter(name => name.startsWith('killed'))).toEqual(['killed.molt'])
})

test('a reader that goes away is a BrokenPipeError of the script, and nothing of molt', async () => {
  const { child, texts, done } = cli.start(['run', '-q', '-o', 'pipe.molt', '-c', 'for i in range(200000): print("line", i)'])
  await until(() => texts.out.length > 0)
  child.stdout!.destroy()
  expect(await done).toMatchObject({ code: 1, err: expect.stringMatching(/BrokenPipeError: \[Errno 32\] Broken pipe\n$/) })
  const stats = cli.start(['source', 'pipe.molt'])
  stats.child.stdout!.destroy()
  expect(await stats.done).toMatchObject({ code: 0, err: '' })
})

test.runIf(existsSync('/dev/full'))('a full disk below the output', async () => {
  await cli.molt(['run', '-q', '-f', '-o', 'small.molt', '-c', 'x = [1]'])
  const full = openSync('/dev/full', 'w')
  expect(await cli.start(['stats', 'small.molt'], ['ignore', full, 'pipe']).done).toMatchObject({ code: 74, err: expect.stringContaining('no space left on device') })
  expect(await cli.start(['run', '-q', '--record', 'none', '-c', 'print(1)'], ['ignore', full, 'pipe']).done).toMatchObject({
    code: 1, err: expect.stringContaining('OSError: [Errno 28] No space left on device'),
  })
})

test.runIf(process.platform !== 'win32')('what is no regular file is neither overwritten nor read', async () => {
  execFileSync('mkfifo', [join(cli.folder, 'pipe')])
  const refused = { out: '', err: expect.stringContaining('is not a regular file') }
  expect(await cli.molt(['run', '-f', '-o', 'pipe', '-c', 'pass'])).toMatchObject({ code: 73, ...refused })
  expect(await cli.molt(['stats', 'pipe'])).toMatchObject({ code: 65, ...refused })
  expect(lstatSync(join(cli.folder, 'pipe')).isFIFO()).toBe(true)
})

test('commands say when there is nothing to say', async () => {
  await cli.molt(['run', '-q', '-o', 'none.molt', '--record', 'none', '-c', 'x = 1'])
  expect(await cli.molt(['stats', 'none.molt'])).toMatchObject({ code: 0, out: '', err: expect.stringContaining('--record none') })
  expect(await cli.molt(['gc', 'none.molt'])).toMatchObject({ code: 0, out: 'Nothing was recorded but output and marks.\n' })
  cli.write('text.molt', 'not a recording')
  expect(await cli.molt(['open', 'text.molt'])).toMatchObject({ code: 65, err: expect.stringContaining('is not a Molt recording') })
})
