// "Did you mean …?" below a NameError or AttributeError that nobody caught: Python/suggestions.c.
//
// Names that the frame (or the object) knows are compared with the one that was looked for, by an edit distance in which
// a change of case costs half of any other change. The first of the nearest wins.
import { PyErr_Clear } from '../objects/errors'
import { PyExc_AttributeError, PyExc_NameError } from '../objects/exceptions'
import { PyDict_Keys } from '../objects/dict-lists'
import { PyList_Check } from '../objects/listobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../objects/object'
import { PyObject_Dir, PyObject_GetAttr } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'
import type { TracebackData } from '../objects/traceback'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from '../objects/unicodeobject'
import type { CodeData } from '../objects/codeobject'

const MAX_CANDIDATES = 750
const MAX_LENGTH = 40
const MOVE_COST = 2
const CASE_COST = 1

/** The name to suggest for an uncaught exception, or null. Leaves no exception. Mirrors _Py_Offer_Suggestions. */
export function suggestionFor(exception: PyObject): string | null {
  const { mro } = exception.ob_type
  const found = mro.includes(PyExc_AttributeError) ? forAttribute(exception) : mro.includes(PyExc_NameError) ? forName(exception) : null
  PyErr_Clear()
  return found
}

function forAttribute(exception: PyObject): string | null {
  const name = nameOf(exception)
  const object = attribute(exception, 'obj')
  const list = name === null || object === null ? null : PyObject_Dir(object)
  Py_XDECREF(object)
  if (list === null) return null
  const found = nearest(PyList_Check(list) ? list.v.ob_item as PyObject[] : [], name!)
  Py_DECREF(list)
  return found
}

/** Local, global, builtin names of the innermost frame, in this order. */
function forName(exception: PyObject): string | null {
  const name = nameOf(exception)
  const traceback = attribute(exception, '__traceback__')
  if (name === null || traceback === null) return Py_XDECREF(traceback), null
  let last = traceback.v as TracebackData
  while (last.tb_next !== null) last = last.tb_next.v as TracebackData
  const frame = last.tb_frame.v.f_frame
  let found = nearest((frame.code as CodeData).localNames, name)
  for (const namespace of [frame.f_globals, frame.f_builtins]) {
    if (found !== null) break
    const keys = PyDict_Keys(namespace)
    if (keys === null) break
    found = nearest(keys.v.ob_item as PyObject[], name)
    Py_DECREF(keys)
  }
  Py_DECREF(traceback)
  return found
}

function nameOf(exception: PyObject): string | null {
  const name = attribute(exception, 'name')
  const text = name !== null && PyUnicode_Check(name) ? PyUnicode_AsString(name) : null
  Py_XDECREF(name)
  return text
}

/** NEW; null for None or none. */
function attribute(o: PyObject, name: string): PyObject | null {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) return PyErr_Clear(), null
  return value === Py_None ? (Py_DECREF(value), null) : value
}

/** Mirrors calculate_suggestions. */
function nearest(candidates: readonly PyObject[], name: string): string | null {
  if (candidates.length >= MAX_CANDIDATES) return null
  const wanted = utf8(name)
  let best: string | null = null
  let distance = Infinity
  for (const candidate of candidates) {
    if (!PyUnicode_Check(candidate)) return null
    const text = PyUnicode_AsString(candidate)
    if (text === name) continue
    const bytes = utf8(text)
    // A third of all characters may change.
    const limit = Math.min(Math.floor((wanted.length + bytes.length + 3) * MOVE_COST / 6), distance - 1)
    const cost = editDistance(wanted, bytes, limit)
    if (cost > limit || cost >= distance) continue
    best = text
    distance = cost
  }
  return best
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte)

function substitution(a: number, b: number): number {
  if (a === b) return 0
  return lower(a) === lower(b) ? CASE_COST : MOVE_COST
}

/** Weighted Levenshtein distance, or anything over `limit` once it must be more. Exported for its test. */
export function editDistance(first: Uint8Array, second: Uint8Array, limit: number): number {
  let from = 0
  let endA = first.length
  let endB = second.length
  while (from < endA && from < endB && first[from] === second[from]) from++
  while (endA > from && endB > from && first[endA - 1] === second[endB - 1]) {
    endA--
    endB--
  }
  const a = first.subarray(from, endA)
  const b = second.subarray(from, endB)
  if (a.length === 0 || b.length === 0) return (a.length + b.length) * MOVE_COST
  if (a.length > MAX_LENGTH || b.length > MAX_LENGTH || Math.abs(a.length - b.length) * MOVE_COST > limit) return limit + 1
  let row = Array.from(a, (_byte, i) => (i + 1) * MOVE_COST)
  for (const [i, byte] of b.entries()) {
    const next: number[] = []
    let diagonal = i * MOVE_COST
    let left = (i + 1) * MOVE_COST
    for (const [j, other] of a.entries()) {
      left = Math.min(diagonal + substitution(byte, other), left + MOVE_COST, row[j]! + MOVE_COST)
      diagonal = row[j]!
      next.push(left)
    }
    if (Math.min(...next) > limit) return limit + 1
    row = next
  }
  return row[a.length - 1]!
}
