// Runs scripts/*.py, each behind _prelude.py, which call every method and operator of a builtin type, and compares what they print with what CPython
// 3.11.7 printed (PYTHONHASHSEED=0; addresses are blanked). The interpreter runs without its library: `import sys` is
// given, and print is a plain one.
import { readFileSync, readdirSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { PyException_GetTraceback } from './exceptions'
import { PyDict_New, PyDict_SetItemString } from './dictobject'
import { functionHooks } from './funcobject'
import { frameLine } from './frameobject'
import { PyLong_FromLong } from './longobject'
import { PyCFunction_NewEx } from './methodobject'
import { PyModule_GetDict } from './moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, type PyObject } from './object'
import { PyObject_Str } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_RETURN_NONE } from './singletons'
import { pendingError, startRuntime } from './testing'
import { PyUnicode_AsString, PyUnicode_InternFromString } from './unicodeobject'
import { builtinsOf } from '../modules/builtin-code'
import { createBuiltins } from '../modules/builtins-module'
import { compileSource } from '../modules/compile-source'
import { _PySys_Create } from '../modules/sysmodule'
import { PyEval_EvalCode, _PyFunction_Vectorcall } from '../vm/call-frame'
import { evalHooks } from '../vm/hooks'

const folder = new URL('./scripts/', import.meta.url)
const prelude = readFileSync(new URL('_prelude.py', folder), 'utf8').replace(/^import sys$/m, 'pass')
let builtins: PyObject
let sys: PyObject
let out = ''

function print(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const parts: string[] = []
  for (let i = 0; i < nargs; i++) {
    const s = PyObject_Str(args[i]!)
    if (s === null) return null
    parts.push(PyUnicode_AsString(s))
    Py_DECREF(s)
  }
  // Only `end` is ever given.
  out += parts.join(' ') + (kwnames === null ? '\n' : PyUnicode_AsString(args[nargs]!))
  return Py_RETURN_NONE()
}

beforeAll(() => {
  startRuntime()
  evalHooks.intObject = PyLong_FromLong
  evalHooks.lineNumber = frame => PyLong_FromLong(frameLine(frame))
  evalHooks.getTraceback = PyException_GetTraceback
  functionHooks.vectorcall = _PyFunction_Vectorcall
  functionHooks.builtinsOf = builtinsOf
  _PyRuntime.modules = PyDict_New()
  sys = _PySys_Create()
  builtins = createBuiltins()
  _PyRuntime.builtins = PyModule_GetDict(builtins)
  const printer = PyCFunction_NewEx({ ml_name: 'print', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: print }, null, null)
  PyDict_SetItemString(_PyRuntime.builtins, 'print', printer)
})

function run(name: string): string {
  out = ''
  const source = prelude + readFileSync(new URL(`${name}.py`, folder), 'utf8')
  const code = compileSource(source, `${name}.py`, 'exec', 0, 0)
  if (code === null) return pendingError()
  const globals = PyDict_New()
  PyDict_SetItemString(globals, '__name__', PyUnicode_InternFromString('__main__'))
  PyDict_SetItemString(globals, '__builtins__', builtins)
  PyDict_SetItemString(globals, 'sys', sys)
  const result = PyEval_EvalCode(code, globals, globals, _PyRuntime.builtins)
  return (result === null ? out + pendingError() : out).replace(/ at 0x[0-9a-f]+>/g, ' at 0x>')
}

for (const file of readdirSync(folder).filter(f => f.endsWith('.py') && !f.startsWith('_'))) {
  const name = file.slice(0, -3)
  it(`${name} behaves as in CPython`, () => {
    expect(run(name).split('\n')).toEqual(readFileSync(new URL(`${name}.out`, folder), 'utf8').split('\n'))
  }, 60_000)
}
