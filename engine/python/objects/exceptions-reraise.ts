// What except* needs at its end: the exceptions raised and re-raised in its clauses become one group.
// _PyExc_PrepReraiseStar and _PyExc_CreateExceptionGroup, Objects/exceptions.c.
import { PyObject_CallMethodOneArg, PyObject_Vectorcall } from './call'
import { PyErr_Clear } from './errors'
import { PyDict_GetItemWithError } from './dictobject'
import { PyExc_BaseExceptionGroup } from './exceptions'
import { _PyRuntime } from './runtime'
import { PyList_FromArraySteal } from './listobject'
import { Py_DECREF, Py_XDECREF, type PyObject } from './object'
import { PyObject_GetAttr, PyObject_SetAttr, _PyObject_LookupAttr } from './object-protocol'
import { Py_None } from './singletons'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'

/** True for instances of BaseExceptionGroup. */
export function isBaseExceptionGroup(o: PyObject): boolean {
  return o.ob_type.mro.includes(PyExc_BaseExceptionGroup)
}

/** NEW group of the given exceptions (a list or tuple object), or null. */
export function _PyExc_CreateExceptionGroup(message: string, exceptions: PyObject): PyObject | null {
  const text = PyUnicode_FromString(message)
  // ExceptionGroup is a heap type that start-up makes and keeps in builtins.
  const type = PyDict_GetItemWithError(_PyRuntime.builtins, _Py_ID('ExceptionGroup'))!
  const group = PyObject_Vectorcall(type, [text, exceptions], 2, null)
  Py_DECREF(text)
  return group
}

/** Attribute by identity: borrowed, null when missing. */
function peek(o: PyObject, name: string): PyObject | null {
  const value = _PyObject_LookupAttr(o, _Py_ID(name))
  if (value === null) {
    PyErr_Clear()
    return null
  }
  // The exception keeps it alive.
  Py_DECREF(value)
  return value
}

/** The same traceback, cause, context and notes: the exception was passed on, not raised anew. */
function sameMetadata(a: PyObject, b: PyObject): boolean {
  return ['__traceback__', '__cause__', '__context__', '__notes__'].every(name => peek(a, name) === peek(b, name))
}

const exceptionsOf = (group: PyObject): PyObject[] => peek(group, 'exceptions')!.v as PyObject[]

function leaves(e: PyObject, into: Set<PyObject>): void {
  if (isBaseExceptionGroup(e)) for (const inner of exceptionsOf(e)) leaves(inner, into)
  else into.add(e)
}

/** The part of a group whose leaves are in the set: NEW group; null (no exception set) when it is empty. */
function project(group: PyObject, keep: Set<PyObject>): PyObject | null {
  const kept: PyObject[] = []
  for (const e of exceptionsOf(group)) {
    if (isBaseExceptionGroup(e)) {
      const inner = project(e, keep)
      if (inner !== null) kept.push(inner)
    } else if (keep.has(e)) kept.push((e.ob_refcnt++, e))
  }
  if (kept.length === 0) return null
  const list = PyList_FromArraySteal(kept)
  const derived = PyObject_CallMethodOneArg(group, _Py_ID('derive'), list)
  Py_DECREF(list)
  if (derived === null) return null
  for (const name of ['__traceback__', '__context__', '__cause__']) {
    const value = PyObject_GetAttr(group, _Py_ID(name))
    if (value !== null) {
      PyObject_SetAttr(derived, _Py_ID(name), value)
      Py_DECREF(value)
    } else PyErr_Clear()
  }
  const notes = peek(group, '__notes__')
  if (notes !== null) PyObject_SetAttr(derived, _Py_ID('__notes__'), notes)
  return derived
}

/** NEW exception to raise after the clauses of except*, None if nothing is left; null on error. */
export function _PyExc_PrepReraiseStar(original: PyObject, list: PyObject): PyObject | null {
  const items = list.v.ob_item as PyObject[]
  if (!isBaseExceptionGroup(original)) {
    // A naked exception was wrapped: at most one clause ran.
    const only = items.find(e => e !== Py_None) ?? Py_None
    only.ob_refcnt++
    return only
  }
  const raised: PyObject[] = []
  const passedOn = new Set<PyObject>()
  for (const e of items) {
    if (e === Py_None) continue
    if (sameMetadata(e, original)) leaves(e, passedOn)
    else raised.push(e)
  }
  const rest = project(original, passedOn)
  if (raised.length === 0) {
    if (rest !== null) return rest
    Py_None.ob_refcnt++
    return Py_None
  }
  if (rest !== null) raised.push(rest)
  let result: PyObject | null
  if (raised.length === 1) {
    result = raised[0]!
    result.ob_refcnt++
  } else {
    const all = PyList_FromArraySteal(raised.map(e => (e.ob_refcnt++, e)))
    result = _PyExc_CreateExceptionGroup('', all)
    Py_DECREF(all)
  }
  Py_XDECREF(rest)
  return result
}
