// A script reaches nothing but what the user opened: tries to break out, with the real interpreter.
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CliProcess } from './testing/cli-process'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let cli: CliProcess
let inside = ''
beforeAll(async () => {
  cli = await CliProcess.make()
  inside = join(cli.folder, 'inside')
  for (const name of ['inside', 'inside/sub', 'other', 'inside-too']) mkdirSync(join(cli.folder, name))
  for (const name of ['secret.txt', 'other/secret.txt', 'inside-too/secret.txt']) writeFileSync(join(cli.folder, name), 'secret')
  writeFileSync(join(inside, 'open.txt'), 'open')
  symlinkSync('../secret.txt', join(inside, 'link.txt'))
  symlinkSync('..', join(inside, 'up'))
  symlinkSync('/etc', join(inside, 'etc'))
  symlinkSync('sub', join(inside, 'within'))
})
afterAll(() => cli.dispose())

/** Runs a script that prints a line for each attempt: its name and what came of it. */
async function attempts(code: string, options: string[] = []): Promise<Record<string, string>> {
  writeFileSync(join(inside, 'script.py'), `
import os, sys
def attempt(name, f):
    try: print(name, '=', f(), flush=True)
    except Exception as e: print(name, '=', type(e).__name__, flush=True)
${code}`)
  const { code: exitCode, out, err } = await cli.molt(['run', '--record', 'none', ...options, 'script.py'], '', inside)
  expect({ exitCode, traceback: err.includes('Traceback') }).toEqual({ exitCode: 0, traceback: false })
  return Object.fromEntries(out.trim().split('\n').map(line => line.split(' = ') as [string, string]))
}

test('reading: the folder of the script and the library, nothing else', async () => {
  const outside = ['/etc/passwd', '../secret.txt', join(cli.folder, 'secret.txt'), 'link.txt', 'up/secret.txt', 'etc/passwd', 'sub/../../secret.txt',
    './/..//secret.txt', '../inside-too/secret.txt', '/proc/self/environ', '/dev/fd/0', '/usr/lib/python3.11/../../../etc/passwd', '/usr/bin/env']
  const seen = await attempts(`
for path in ${JSON.stringify(outside)}: attempt(path, lambda: open(path).read())
attempt('open.txt', lambda: open('open.txt').read())
attempt('within', lambda: os.listdir('within'))
attempt('library', lambda: open(os.__file__).read(1))
attempt('null', lambda: open('a\\0b'))
for path in ('/etc', 'up', 'etc', '/proc', '/root'): attempt('list ' + path, lambda: os.listdir(path))
attempt('root', lambda: sorted(set(os.listdir('/')) - {'usr', 'tmp', 'home', ${JSON.stringify(cli.folder.split('/')[1])}}))
attempt('above', lambda: os.listdir('..'))
attempt('here', lambda: sorted(os.listdir('.')))
attempt('walk', lambda: [folder for folder, _, _ in os.walk('.', followlinks=True)])
attempt('chdir', lambda: os.chdir('..') or open('secret.txt').read())
attempt('exists', lambda: [os.path.exists(p) for p in ('/bin/sh', '/etc/passwd', ${JSON.stringify(join(cli.folder, 'secret.txt'))})])
`)
  for (const path of outside) expect([path, seen[path]]).toEqual([path, 'FileNotFoundError'])
  expect(seen).toMatchObject({
    'open.txt': 'open', within: '[]', library: 'r', null: 'ValueError', 'list /etc': 'FileNotFoundError', 'list up': 'FileNotFoundError', 'list etc': 'FileNotFoundError',
    'list /proc': 'FileNotFoundError', 'list /root': 'FileNotFoundError', root: '[]', above: "['inside']", here: "['open.txt', 'script.py', 'sub', 'within']",
    walk: "['.', './sub', './within']", chdir: 'FileNotFoundError', exists: '[False, False, False]',
  })
})

test('writing: seen by the script, gone with it', async () => {
  const seen = await attempts(`
attempt('new', lambda: open('new.txt', 'w').write('new'))
attempt('new again', lambda: open('new.txt').read())
attempt('change', lambda: open('open.txt', 'w').write('changed'))
attempt('changed', lambda: open('open.txt').read())
attempt('through a link', lambda: open('link.txt', 'w').write('x'))
attempt('above', lambda: open('../above.txt', 'w').write('x'))
attempt('tmp', lambda: open('/tmp/molt-sandbox-test', 'w').write('x'))
attempt('etc', lambda: open('/etc/molt-sandbox-test', 'w').write('x'))
attempt('folder', lambda: os.mkdir('made') or os.path.isdir('made'))
attempt('remove', lambda: os.remove('open.txt') or os.path.exists('open.txt'))
attempt('tree', lambda: __import__('shutil').rmtree('sub') or os.path.exists('sub'))
attempt('truncate', lambda: os.truncate('script.py', 0) or os.path.getsize('script.py'))
attempt('rename', lambda: os.rename('script.py', '/tmp/moved.py') or os.path.exists('script.py'))
attempt('symlink', lambda: os.symlink('/etc/passwd', 'mine'))
attempt('link', lambda: os.link('/etc/passwd', 'mine'))
`)
  expect(seen).toEqual({
    new: '3', 'new again': 'new', change: '7', changed: 'changed', 'through a link': '1', above: '1', tmp: '1', etc: 'FileNotFoundError', folder: 'True', remove: 'False',
    tree: 'False', truncate: '0', rename: 'False', symlink: 'PermissionError', link: 'PermissionError',
  })
  expect(readdirSync(inside).sort()).toEqual(['etc', 'link.txt', 'open.txt', 'script.py', 'sub', 'up', 'within'])
  expect(readdirSync(cli.folder).sort()).toEqual(['inside', 'inside-too', 'other', 'secret.txt'])
  expect(readFileSync(join(inside, 'open.txt'), 'utf8') + readFileSync(join(cli.folder, 'secret.txt'), 'utf8')).toBe('opensecret')
  expect(existsSync('/tmp/molt-sandbox-test')).toBe(false)
})

test('no network, no programs, no foreign descriptors, nothing of the machine', async () => {
  process.env['MOLT_SANDBOX_SECRET'] = 'secret'
  const seen = await attempts(`
def opened(fd):
    try: os.fstat(fd)
    except OSError: return False
    return True
attempt('descriptors', lambda: [fd for fd in range(3, 100) if opened(fd)])
def connect(family, address):
    import socket
    with socket.socket(family) as s: s.connect(address)
import socket
attempt('tcp', lambda: connect(socket.AF_INET, ('127.0.0.1', 9)))
attempt('unix', lambda: connect(socket.AF_UNIX, '/var/run/docker.sock'))
attempt('names', lambda: socket.getaddrinfo('localhost', 80))
attempt('url', lambda: __import__('urllib.request').request.urlopen('http://127.0.0.1:9/'))
attempt('listen', lambda: socket.create_server(('127.0.0.1', 0)))
attempt('system', lambda: os.system('touch owned') != 0)
attempt('popen', lambda: os.popen('id').read())
attempt('run', lambda: __import__('subprocess').run(['id']))
attempt('fork', os.fork)
attempt('exec', lambda: os.execv('/bin/sh', ['sh']))
attempt('spawn', lambda: os.posix_spawn('/bin/sh', ['sh'], {}))
attempt('kill', lambda: os.kill(os.getppid(), 9))
attempt('process', lambda: __import__('multiprocessing').Process(target=print).start())
attempt('ctypes', lambda: __import__('ctypes').CDLL(None))
attempt('js', lambda: __import__('js'))
attempt('pyodide', lambda: __import__('pyodide'))
attempt('environment', lambda: 'MOLT_SANDBOX_SECRET' in os.environ)
attempt('machine', lambda: os.uname().nodename)
`)
  delete process.env['MOLT_SANDBOX_SECRET']
  expect(seen).toEqual({
    tcp: 'OSError', unix: 'OSError', names: 'gaierror', url: 'URLError', listen: 'OSError', system: 'True', popen: 'OSError', run: 'OSError', fork: 'OSError',
    exec: 'PermissionError', spawn: 'PermissionError', kill: 'PermissionError', process: 'OSError', ctypes: 'ModuleNotFoundError', js: 'ModuleNotFoundError',
    pyodide: 'ModuleNotFoundError', descriptors: '[]', environment: 'False', machine: 'molt',
  })
  expect(existsSync(join(inside, 'owned'))).toBe(false)
})

test('--path opens one more folder for reading; what lies out of reach is named', async () => {
  const other = join(cli.folder, 'other')
  const seen = await attempts(`
attempt('granted', lambda: open('../other/secret.txt').read())
attempt('still not', lambda: open('../secret.txt').read())
attempt('path', lambda: ${JSON.stringify(other)} in sys.path)
attempt('write', lambda: open('../other/secret.txt', 'w').write('changed'))
`, ['--path', other])
  expect(seen).toEqual({ granted: 'secret', 'still not': 'FileNotFoundError', path: 'True', write: '7' })
  expect(readFileSync(join(other, 'secret.txt'), 'utf8')).toBe('secret')
  const told = await cli.molt(['run', '--record', 'none', '-c', 'open("../secret.txt")'], '', inside)
  expect(told).toMatchObject({ code: 1, err: expect.stringContaining(`molt: out of the script's reach: ${join(cli.folder, 'secret.txt')}; --path ${cli.folder} lets it read there\n`) })
  expect(await cli.molt(['run', '--path', 'nowhere', '-c', 'pass'])).toMatchObject({ code: 2, err: expect.stringContaining('--path takes a folder; nowhere is none') })
})
