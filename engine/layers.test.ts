// Which folder may import which: one table, checked over every .ts and .svelte file.
//
// A folder may always import itself. `may` names folders; `types` names folders of which only types may be taken
// (`import type`); `node` allows Node's own modules, `packages` those of others. What is not named is forbidden. Tests and
// their helpers obey the same table, with TEST_PACKAGES and Node's modules besides.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

interface Rule {
  may?: string[]
  types?: string[]
  node?: boolean
  packages?: string[]
  /** Modules of Node that only compute: they reach nothing of the machine. */
  pure?: string[]
  /** What its tests may import besides. */
  tests?: string[]
}

const INTERPRETER = ['syntax', 'bytecode', 'compiler', 'objects', 'vm', 'modules', 'lib', 'heap'].map(name => `engine/python/${name}`)

const RULES: Record<string, Rule> = {
  'engine/base': {},
  'engine/memory': { may: ['engine/base'] },

  // The interpreter. The neutral parts know no objects and no state.
  // lib: marshal's format is made of code objects and constants, which are plain values too.
  'engine/python/lib': { may: ['engine/base', 'engine/python/bytecode', 'engine/python/syntax'], packages: ['fflate'] },
  'engine/python/syntax': { may: ['engine/base', 'engine/python/lib'] },
  'engine/python/bytecode': { may: ['engine/base', 'engine/python/lib', 'engine/python/syntax'] },
  'engine/python/compiler': { may: ['engine/base', 'engine/python/lib', 'engine/python/syntax', 'engine/python/bytecode'] },
  // Objects, VM and modules are one layer in three folders, as Objects/, Python/ and Modules/ are in CPython: a generator
  // runs its frame (objects → vm), the VM imports modules and the builtins (vm → modules), modules call back into the VM.
  // Objects do not know the modules; what they need of them is handed in through hooks.
  'engine/python/objects': {
    may: ['engine/base', 'engine/memory', 'engine/python/lib', 'engine/python/bytecode', 'engine/python/vm'], types: ['engine/python/syntax'],
    tests: INTERPRETER, // they try types by running Python code
  },
  'engine/python/vm': {
    may: ['engine/base', 'engine/memory', 'engine/python/lib', 'engine/python/bytecode', 'engine/python/syntax', 'engine/python/objects',
      'engine/python/modules'],
    tests: ['engine/host'], // they begin where the oracle begins
  },
  'engine/python/modules': {
    may: ['engine/base', 'engine/memory', 'engine/python/lib', 'engine/python/bytecode', 'engine/python/syntax', 'engine/python/compiler',
      'engine/python/objects', 'engine/python/vm'],
    pure: ['node:crypto', 'node:zlib'],
  },
  // heap: reads everything that there is, and is known to the host alone.
  'engine/python/heap': {
    may: ['engine/base', 'engine/memory', 'engine/analysis', 'engine/python/objects', 'engine/python/vm', 'engine/python/modules'], tests: ['engine/host'],
  },

  'engine/store': { may: ['engine/base'], node: true, packages: ['better-sqlite3'] },
  'engine/recording': { may: ['engine/base', 'engine/memory', 'engine/store'], node: true },
  'engine/analysis': { may: ['engine/base'] },
  // Writers of other tools' formats: columns in, pieces of a file out.
  'engine/export': { may: ['engine/base', 'engine/analysis'] },
  // queries: readers replay with the code that recorded, over the events that memory declares.
  'engine/queries': {
    may: ['engine/base', 'engine/store', 'engine/analysis', 'engine/export', 'engine/recording', 'engine/memory'], types: ['engine/rpc'], node: true,
  },
  'engine/rpc': { may: ['engine/base'] },
  'engine/host': {
    may: ['engine/base', 'engine/memory', 'engine/store', 'engine/recording', 'engine/analysis', 'engine/queries', 'engine/rpc', 'package.json', ...INTERPRETER],
    node: true,
    packages: ['fflate'],
  },

  // The doors. Of the engine's code they reach command-api.ts alone (see the second test).
  main: { may: ['engine/rpc', 'engine/host'], node: true, packages: ['electron', 'ws'], tests: ['engine/export'] }, // its tests read exports back
  preload: { types: ['engine/rpc'], packages: ['electron'] },
  // The contract's types and its client.
  renderer: { may: ['engine/rpc'], packages: ['svelte', '@codemirror', '@lezer/highlight', '@fontsource-variable'] },
  e2e: { node: true, packages: ['@playwright/test', 'electron', 'ws'] },
}

/** file → import: there is none, and there shall be none. */
const EXCEPTIONS: string[] = []

const TEST_PACKAGES = ['vitest', 'rolldown', 'vite', 'fflate', 'better-sqlite3', 'ws']
const isTest = (path: string) => /\.test\.ts$|\/(testing|bench|conformance|goldens)\/|\/testing\.ts$/.test(path)

const root = join(import.meta.dirname, '..')
const folders = Object.keys(RULES).sort((a, b) => b.length - a.length)

function sourceFiles(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap(entry => {
    const inner = `${path}/${entry.name}`
    if (entry.isDirectory()) return sourceFiles(inner)
    return /\.(ts|svelte)$/.test(entry.name) && path !== 'engine' ? [inner] : []
  })
}

const files = ['engine', 'main', 'preload', 'renderer', 'e2e'].flatMap(sourceFiles)
const textOf = new Map(files.map(path => [path, readFileSync(join(root, path), 'utf8')]))

/** The folder of the table in which a path lies, or the path itself. */
const folderOf = (path: string) => folders.find(folder => path.startsWith(`${folder}/`)) ?? path

interface Import { from: string; target: string; typeOnly: boolean }

function importsOf(from: string): Import[] {
  const text = textOf.get(from)!
  const found: Import[] = []
  const take = (specifier: string, typeOnly: boolean) => {
    const target = specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier)) : specifier
    found.push({ from, target: target.replaceAll('\\', '/'), typeOnly })
  }
  for (const [, typeOnly, names = '', specifier] of text.matchAll(/^[ \t]*(?:import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s*from\s*)?['"]([^'"]+)['"]/gm)) {
    const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(',').map(name => name.trim()).filter(Boolean)
    take(specifier!, typeOnly !== undefined || (inner !== undefined && inner.length > 0 && inner.every(name => name.startsWith('type '))))
  }
  for (const [, specifier] of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) take(specifier!, false)
  return found
}

function complaint({ from, target, typeOnly }: Import): string | null {
  const folder = folderOf(from)
  const rule = RULES[folder]
  if (!rule) return `${from}: its folder is not in the table`
  const into = folderOf(target)
  if (into === folder) return null
  const inTree = into !== target || statSync(join(root, target), { throwIfNoEntry: false })?.isFile()
  if (inTree) {
    if (rule.may?.includes(into) || typeOnly && rule.types?.includes(into)) return null
    if (isTest(from) && (rule.types?.includes(into) || rule.tests?.includes(into))) return null
  } else if (target.startsWith('node:')) {
    if (rule.node || rule.pure?.includes(target) || isTest(from)) return null
  } else {
    const allowed = [...rule.packages ?? [], ...isTest(from) ? TEST_PACKAGES : []]
    if (allowed.some(name => target === name || target.startsWith(`${name}/`))) return null
  }
  return `${from} → ${target}`
}

const imports = files.flatMap(importsOf)

test('every file imports only what its folder may', () => {
  expect(imports.length).toBeGreaterThan(1000)
  const complaints = imports.map(complaint).filter(text => text !== null)
  expect([...new Set(complaints)].filter(text => !EXCEPTIONS.includes(text))).toEqual([])
  expect(EXCEPTIONS.filter(text => !complaints.includes(text)), 'exceptions that are none any more').toEqual([])
})

test('the doors reach the engine through command-api.ts and the contract', () => {
  const wrong = imports.filter(i => i.from.startsWith('main/') && !isTest(i.from) && i.target.startsWith('engine/'))
    .filter(i => i.target !== 'engine/host/command-api' && !i.target.startsWith('engine/rpc/'))
  expect(wrong.map(i => `${i.from} → ${i.target}`)).toEqual([])
})

test('only engine/store touches better-sqlite3', () => {
  const users = imports.filter(i => i.target === 'better-sqlite3' && !isTest(i.from)).map(i => folderOf(i.from))
  expect([...new Set(users)]).toEqual(['engine/store'])
})

/** Code without comments and without the contents of strings, near enough to look for names of globals. */
const codeOf = (text: string) => text
  .replace(/\/\*[^]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')
  .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''").replace(/`(?:[^`\\$]|\\.|\$(?!\{))*`/g, "''")

test('engine has no DOM; renderer has no Node', () => {
  const using = (start: string, globals: RegExp) =>
    files.filter(path => path.startsWith(start) && !isTest(path) && globals.test(codeOf(textOf.get(path)!)))
  expect(using('engine/', /(?<![\w.$])(?:document|localStorage|sessionStorage|requestAnimationFrame|indexedDB)\b\s*[.(]|(?<![\w.$])window\.(?!\w+\s*=)/)).toEqual([])
  expect(using('renderer/', /(?<![\w.$])(?:process\.|Buffer\.|require\(|__dirname\b|global\.)/)).toEqual([])
})

test('every folder says what it is for', () => {
  const withSources = new Set(files.map(path => dirname(path)))
  const bare = [...withSources].filter(folder => /^(engine|renderer)\b/.test(folder))
    .filter(folder => !statSync(join(root, folder, 'README.md'), { throwIfNoEntry: false }))
  expect(bare).toEqual([])
})
