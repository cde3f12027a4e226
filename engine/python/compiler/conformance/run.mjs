// npm run conformance: compiles the whole library here and with real CPython 3.11 (python3 or $ORACLE_PYTHON) and
// prints how many modules are identical, and for each other one the first difference.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const archive = fileURLToPath(new URL('../../../../node_modules/pyodide/python_stdlib.zip', import.meta.url))
const python = process.env.ORACLE_PYTHON ?? 'python3'

/** The lines up to the name of the code object a line belongs to, and where the texts part. */
function firstDifference(expected, actual) {
  const wanted = expected.split('\n')
  const got = actual.split('\n')
  const at = wanted.findIndex((line, i) => line !== got[i])
  const owner = wanted.slice(at).find(line => line.startsWith('qualname=')) ?? ''
  return `line ${at}, ${owner}\n    CPython ${wanted[at]?.slice(0, 200)}\n    here    ${got[at]?.slice(0, 200)}`
}

const { module } = await runnerImport(join(here, 'stdlib.ts'), { configFile: false, logLevel: 'error' })
const folder = mkdtempSync(join(tmpdir(), 'molt-conformance-'))
try {
  const version = execFileSync(python, ['-c', 'import sys; print(sys.version.split()[0])'], { encoding: 'utf8' }).trim()
  execFileSync(python, [join(here, 'reference.py'), 'texts', archive, folder])
  let total = 0
  let identical = 0
  const started = performance.now()
  for (const [name, source] of module.stdlibSources()) {
    total++
    const expected = readFileSync(join(folder, `${name.replaceAll('/', '__')}.txt`), 'utf8')
    const actual = module.compiledText(source, name)
    if (actual === expected) identical++
    else console.log(`${name}: ${firstDifference(expected, actual)}`)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const share = (identical / total * 100).toFixed(1)
  console.log(`${identical} of ${total} modules identical to CPython ${version} (${share} %), ${seconds} s`)
  process.exitCode = identical === total ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
