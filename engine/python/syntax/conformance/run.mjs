// Compares the parser with real CPython 3.11 (python3, or $ORACLE_PYTHON).
//
//   node engine/python/syntax/conformance/run.mjs [PATH…]       every .py file below the folders or in the .zip files; by
//                                                               default CPython's library, here and in python3's own folder
//   node engine/python/syntax/conformance/run.mjs mutants N [SEED]   N programs made invalid at random
//
// Prints how many are identical, and the first of the others.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { runnerImport } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const library = join(here, '../../../../node_modules/pyodide/python_stdlib.zip')
const SHOWN = 20

function python(...args) {
  return execFileSync(process.env.ORACLE_PYTHON ?? 'python3', args, { encoding: 'utf8', maxBuffer: 1 << 30 })
}

function folderOfPython() {
  return python('-c', 'import os; print(os.path.dirname(os.__file__))').trim()
}

/** Path, source, mode, options and CPython's answer of everything to compare. */
function* casesOf(args) {
  if (args[0] === 'mutants') {
    const files = ['textwrap', 'dataclasses', 'enum', 'fractions'].map((name) => join(folderOfPython(), `${name}.py`))
    const cases = JSON.parse(python(join(here, 'reference.py'), 'mutants', args[1], args[2] ?? '1', ...files))
    for (const [source, mode, options, ...expected] of cases) yield [JSON.stringify(source), source, mode, options, expected]
    return
  }
  const paths = args.length > 0 ? args : [library, folderOfPython()]
  for (const path of paths) {
    const archive = path.endsWith('.zip') ? unzipSync(readFileSync(path)) : null
    for (const [name, expected] of JSON.parse(python(join(here, 'reference.py'), 'hashes', path))) {
      yield [name, archive === null ? readFileSync(name) : archive[name], 'exec', [], [expected]]
    }
  }
}

const { module } = await runnerImport(join(here, 'outcome.ts'), { configFile: false, logLevel: 'error' })
let total = 0
let identical = 0
for (const [name, source, mode, options, expected] of casesOf(process.argv.slice(2))) {
  total++
  const actual = module.outcomeOf(source, mode, options)
  if (expected.every((part, i) => JSON.stringify(part) === JSON.stringify(actual[i]))) identical++
  else if (total - identical <= SHOWN) {
    console.log(`${name} (${mode})\n    CPython ${JSON.stringify(expected)}\n    here    ${JSON.stringify(actual)}`)
  }
}
console.log(`${identical} of ${total} identical to CPython ${python('-c', 'import sys; print(sys.version.split()[0])').trim()}`)
process.exitCode = identical === total ? 0 : 1
