// What code.co_positions() and code.co_lines() give: iterators that decode the table of positions as they go.
import { decodePositions, type PositionEntry } from '../bytecode/positions'
import type { CodeData } from './codeobject'
import { PyLong_FromLong } from './longobject'
import { Py_DECREF, type PyObject, PyTypeObject } from './object'
import { PyObject_SelfIter } from './object-protocol'
import { PyObject_Free, PyObject_New } from './objimpl'
import { Py_None } from './singletons'
import { staticType } from './static-types'
import { PyTuple_New } from './tupleobject'

interface Progress {
  code: PyObject
  entries: PositionEntry[]
  /** Entry, and unit inside it. */
  at: number
  unit: number
}

const progress = (o: PyObject): Progress => o.v as Progress

function intOrNone(n: number | null): PyObject {
  if (n !== null && n >= 0) return PyLong_FromLong(n)
  Py_None.ob_refcnt++
  return Py_None
}

/** NEW tuple, made before its items. */
function tupleOf(...values: (number | null)[]): PyObject {
  const tuple = PyTuple_New(values.length)
  values.forEach((n, i) => { tuple.v[i] = intOrNone(n) })
  return tuple
}

// Mirrors positionsiter_next.
function nextPosition(o: PyObject): PyObject | null {
  const p = progress(o)
  const entry = p.entries[p.at]
  if (entry === undefined) return null
  if (++p.unit >= entry.units) {
    p.unit = 0
    p.at++
  }
  return tupleOf(entry.line, entry.endLine, entry.column, entry.endColumn)
}

// Mirrors lineiter_next: neighbours of one line are one.
function nextLine(o: PyObject): PyObject | null {
  const p = progress(o)
  const first = p.entries[p.at]
  if (first === undefined) return null
  let end = first.start
  for (; p.at < p.entries.length && p.entries[p.at]!.line === first.line; p.at++) end += p.entries[p.at]!.units
  const tuple = PyTuple_New(3)
  tuple.v[0] = PyLong_FromLong(first.start * 2)
  tuple.v[1] = PyLong_FromLong(end * 2)
  tuple.v[2] = intOrNone(first.line)
  return tuple
}

function iteratorType(name: string, size: number, next: (o: PyObject) => PyObject | null): PyTypeObject {
  return staticType(new PyTypeObject(name, {
    tp_basicsize: size,
    tp_dealloc: o => {
      Py_DECREF(progress(o).code)
      PyObject_Free(o)
    },
    tp_iter: o => PyObject_SelfIter(o),
    tp_iternext: next,
  }))
}

const PositionsIterator = iteratorType('positions_iterator', 80, nextPosition)
const LineIterator = iteratorType('line_iterator', 64, nextLine)

function iterate(type: PyTypeObject, code: PyObject): PyObject {
  const data = code.v as CodeData
  code.ob_refcnt++
  return PyObject_New(type, {
    code, entries: decodePositions(data.code.co_linetable, data.firstlineno), at: 0, unit: 0,
  } satisfies Progress)
}

export const co_positions = (code: PyObject): PyObject => iterate(PositionsIterator, code)
export const co_lines = (code: PyObject): PyObject => iterate(LineIterator, code)
