// Names as C code of modules makes them with _Py_IDENTIFIER: interned at their first use and kept, in a table of the interpreter.
import { PyObject_Vectorcall } from '../objects/call'
import { PyLong_FromLong } from '../objects/longobject'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc } from '../objects/objimpl'
import { Py_DECREF, type PyObject } from '../objects/object'
import { _PyRuntime } from '../objects/runtime'
import { PyUnicode_FromString, PyUnicode_InternInPlace } from '../objects/unicodeobject'
import { TAG_NONE, TAG_SCRATCH } from '../../memory/events'

const table = { names: new Map<string, PyObject>(), block: 0, size: 0 }

/** BORROWED interned name. `owner`: the C file, each of which has its own identifiers. Mirrors _PyUnicode_FromId. */
export function identifier(owner: string, text: string): PyObject {
  const key = `${owner}.${text}`
  let o = table.names.get(key)
  if (o === undefined) {
    if (table.names.size === 0) _PyRuntime.endHooks.push(releaseIdentifiers)
    const index = table.names.size
    o = PyUnicode_InternInPlace(PyUnicode_FromString(text))
    if (index >= table.size) {
      table.size = Math.max(index * 2, 16)
      table.block = PyMem_Realloc(table.block, table.size * 8, TAG_NONE)
    }
    table.names.set(key, o)
  }
  return o
}

function releaseIdentifiers(): void {
  for (const o of table.names.values()) Py_DECREF(o)
  PyMem_Free(table.block)
  forgetIdentifiers()
}

/** For a new interpreter. */
export function forgetIdentifiers(): void {
  table.names.clear()
  table.block = table.size = 0
}

/** Calls with ints made of numbers and new references, which it takes over; more than five are held in a block. Mirrors PyObject_CallFunction. */
export function PyCallable(callable: PyObject, values: readonly (PyObject | number)[]): PyObject | null {
  const block = values.length > 5 ? PyMem_Malloc(values.length * 8, TAG_SCRATCH) : 0
  const args = values.map(value => typeof value === 'number' ? PyLong_FromLong(value) : value)
  const result = PyObject_Vectorcall(callable, args, args.length, null)
  for (const arg of args) Py_DECREF(arg)
  if (block !== 0) PyMem_Free(block)
  return result
}
