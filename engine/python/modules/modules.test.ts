// Builtin modules against CPython 3.11.7: each script in goldens/ was run by it (PYTHONHASHSEED=0), and `.out` is what it
// printed, addresses blanked. The interpreter runs without its library: a script imports builtin modules only.
import { readFileSync, readdirSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { inittab } from './import'
import { PyDict_SetItem } from '../objects/dictobject'
import { Py_DECREF } from '../objects/object'
import { _PyRuntime } from '../objects/runtime'
import { _Py_ID } from '../objects/unicodeobject'
import { runForTest, startForTest } from '../vm/testing'

const folder = new URL('./goldens/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

/** Puts the builtin modules that a script names into sys.modules, where `import` finds them. */
function provide(source: string): void {
  for (const [, imported, needed] of source.matchAll(/^(?:import|from) (\w+)|^# needs (\w+)/gm)) {
    const name = (imported ?? needed)!
    const init = inittab.get(name)
    const module = init === undefined ? null : init()
    if (module === null) continue
    PyDict_SetItem(_PyRuntime.modules, _Py_ID(name), module)
    Py_DECREF(module)
  }
}

beforeAll(startForTest)

test.each(readdirSync(folder).filter(name => name.endsWith('.py')).map(name => name.slice(0, -3)))('%s', name => {
  const source = read(`${name}.py`)
  provide(source)
  expect(runForTest(source).split('\n')).toEqual(read(`${name}.out`).split('\n'))
}, 60_000)
