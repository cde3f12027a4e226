// gc: the collector as Python code sees it. The collector itself is engine/memory/gc.ts.
import { PyBool_FromLong } from '../objects/boolobject'
import { PyObject_Vectorcall } from '../objects/call'
import { PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_WriteUnraisable } from '../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { gcCallbacks, gcLists } from '../objects/gc-host'
import { PyList_Append, PyList_New } from '../objects/listobject'
import { PyLong_AsInt, PyLong_FromLong, PyLong_FromSsize_t } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject, Py_TPFLAGS_HAVE_GC } from '../objects/object'
import { PyObject_GC_IsTracked, PyObject_IS_GC } from '../objects/objimpl'
import { _PyGC_FINALIZED } from '../objects/object-protocol'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { Py_BuildTuple } from '../objects/tupleobject'
import { PyUnicode_FromString, _Py_ID } from '../objects/unicodeobject'
import { PySys_Audit } from './sysmodule'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const collector = () => _PyRuntime.process.gc

/** Told of each explicit collection: the oracle's figures tell them apart. */
export const explicitCollection: { before: (() => void) | null, after: (() => void) | null } = { before: null, after: null }

const collectParser = new ArgParser('collect', ['generation'])

function gc_collect(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, collectParser, 0, 1, 0)
  if (given === null) return null
  let generation = 2
  if (given[0] !== null && given[0] !== undefined) {
    generation = PyLong_AsInt(given[0])
    if (generation === -1 && PyErr_Occurred() !== null) return null
  }
  if (generation < 0 || generation > 2) return PyErr_SetString(PyExc_ValueError, 'invalid generation')
  explicitCollection.before?.()
  const n = collector().collect(generation)
  explicitCollection.after?.()
  return PyErr_Occurred() !== null ? null : PyLong_FromSsize_t(n)
}

function set_threshold(_m: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length < 1 || items.length > 3) {
    return PyErr_Format(PyExc_TypeError, items.length < 1
      ? 'set_threshold() takes at least 1 argument (0 given)' : `set_threshold() takes at most 3 arguments (${items.length} given)`)
  }
  const values: number[] = []
  for (const item of items) {
    const n = PyLong_AsInt(item)
    if (n === -1 && PyErr_Occurred() !== null) return null
    values.push(n)
  }
  values.forEach((n, i) => { collector().threshold[i] = n })
  return none()
}

function triple(values: ArrayLike<number>): PyObject {
  // The tuple may itself be counted: the values come first.
  const [a, b, c] = [values[0]!, values[1]!, values[2]!]
  return Py_BuildTuple(() => PyLong_FromLong(a), () => PyLong_FromLong(b), () => PyLong_FromLong(c))!
}

/** Objects in a NEW list; the list itself is not yet tracked when they are gathered. */
function listOf(objects: readonly PyObject[], except: PyObject | null = null): PyObject | null {
  const list = PyList_New(0)
  for (const o of objects) {
    if (o === except) continue
    if (PyList_Append(list, o) !== 0) return Py_DECREF(list), null
  }
  return list
}

const objectsParser = new ArgParser('get_objects', ['generation'])

function get_objects(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, objectsParser, 0, 1, 0)
  if (given === null) return null
  let generation = -1
  if (given[0] !== null && given[0] !== undefined && given[0] !== Py_None) {
    generation = PyLong_AsInt(given[0])
    if (generation === -1 && PyErr_Occurred() !== null) return null
    if (generation < 0) return PyErr_SetString(PyExc_ValueError, 'generation parameter cannot be negative')
    if (generation > 2) return PyErr_SetString(PyExc_ValueError, 'generation parameter must be less than the number of available generations (3)')
  }
  if (PySys_Audit('gc.get_objects') < 0) return null
  const list = PyList_New(0)
  // Appending may collect and move objects between generations; CPython walks the lists as they are.
  for (const o of collector().getObjects(generation)) {
    if (o === list) continue
    if (PyList_Append(list, o) !== 0) return Py_DECREF(list), null
  }
  return list
}

function get_referrers(_m: PyObject, args: PyObject): PyObject | null {
  if (PySys_Audit('gc.get_referrers') < 0) return null
  const wanted = args.v as PyObject[]
  const list = PyList_New(0)
  let refers = false
  const visit = (child: PyObject): void => {
    if (!refers && wanted.includes(child)) refers = true
  }
  for (const o of collector().getObjects()) {
    if (o === args || o === list) continue
    refers = false
    o.ob_type.tp_traverse!(o, visit)
    if (refers && PyList_Append(list, o) !== 0) return Py_DECREF(list), null
  }
  return list
}

function get_referents(_m: PyObject, args: PyObject): PyObject | null {
  if (PySys_Audit('gc.get_referents') < 0) return null
  const found: PyObject[] = []
  for (const o of args.v as PyObject[]) {
    if (PyObject_IS_GC(o) && o.ob_type.tp_traverse !== null) o.ob_type.tp_traverse(o, child => { found.push(child) })
  }
  return listOf(found)
}

/** As Py_BuildValue fills a dict: the key is a new string each time. */
function setNew(dict: PyObject, name: string, n: number): void {
  const key = PyUnicode_FromString(name)
  const value = PyLong_FromLong(n)
  PyDict_SetItem(dict, key, value)
  Py_DECREF(key)
  Py_DECREF(value)
}

function get_stats(): PyObject {
  const list = PyList_New(0)
  for (const stats of collector().stats) {
    const dict = PyDict_New()
    for (const [key, n] of [['collections', stats.collections], ['collected', stats.collected], ['uncollectable', stats.uncollectable]] as const) setNew(dict, key, n)
    PyList_Append(list, dict)
    Py_DECREF(dict)
  }
  return list
}

/** Calls each of gc.callbacks with the phase and an info dict. Mirrors invoke_gc_callback. */
function invokeCallbacks(phase: 'start' | 'stop', generation: number, collected: number, uncollectable: number): void {
  const callbacks = gcLists.callbacks
  if (callbacks === null || (callbacks.v.ob_item as PyObject[]).length === 0) return
  const info = PyDict_New()
  for (const [key, n] of [['generation', generation], ['collected', collected], ['uncollectable', uncollectable]] as const) setNew(info, key, n)
  const name = PyUnicode_FromString(phase)
  for (let i = 0; i < (callbacks.v.ob_item as PyObject[]).length; i++) {
    const callback = (callbacks.v.ob_item as PyObject[])[i]!
    callback.ob_refcnt++
    const result = PyObject_Vectorcall(callback, [name, info], 2, null)
    if (result === null) PyErr_WriteUnraisable(callback)
    else Py_DECREF(result)
    Py_DECREF(callback)
  }
  Py_DECREF(name)
  Py_DECREF(info)
}

const methods: PyMethodDef[] = [
  { ml_name: 'enable', ml_flags: METH_NOARGS, ml_meth: () => (collector().enabled = true, none()), signature: '($module, /)' },
  { ml_name: 'disable', ml_flags: METH_NOARGS, ml_meth: () => (collector().enabled = false, none()), signature: '($module, /)' },
  { ml_name: 'isenabled', ml_flags: METH_NOARGS, ml_meth: () => PyBool_FromLong(collector().enabled ? 1 : 0), signature: '($module, /)' },
  {
    ml_name: 'set_debug', ml_flags: METH_O, signature: '($module, flags, /)',
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const flags = PyLong_AsInt(arg)
      if (flags === -1 && PyErr_Occurred() !== null) return null
      collector().debug = flags
      return none()
    },
  },
  { ml_name: 'get_debug', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromLong(collector().debug), signature: '($module, /)' },
  { ml_name: 'get_count', ml_flags: METH_NOARGS, ml_meth: () => triple(collector().count), signature: '($module, /)' },
  { ml_name: 'set_threshold', ml_flags: METH_VARARGS, ml_meth: set_threshold },
  { ml_name: 'get_threshold', ml_flags: METH_NOARGS, ml_meth: () => triple(collector().threshold), signature: '($module, /)' },
  { ml_name: 'collect', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: gc_collect, signature: '($module, /, generation=2)' },
  { ml_name: 'get_objects', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: get_objects, signature: '($module, /, generation=None)' },
  { ml_name: 'get_stats', ml_flags: METH_NOARGS, ml_meth: get_stats, signature: '($module, /)' },
  { ml_name: 'is_tracked', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyBool_FromLong(PyObject_IS_GC(o) && PyObject_GC_IsTracked(o) ? 1 : 0), signature: '($module, obj, /)' },
  { ml_name: 'is_finalized', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyBool_FromLong((o.ob_type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0 && _PyGC_FINALIZED(o) ? 1 : 0), signature: '($module, obj, /)' },
  { ml_name: 'get_referrers', ml_flags: METH_VARARGS, ml_meth: get_referrers },
  { ml_name: 'get_referents', ml_flags: METH_VARARGS, ml_meth: get_referents },
  { ml_name: 'freeze', ml_flags: METH_NOARGS, ml_meth: () => (collector().freeze(), none()), signature: '($module, /)' },
  { ml_name: 'unfreeze', ml_flags: METH_NOARGS, ml_meth: () => (collector().unfreeze(), none()), signature: '($module, /)' },
  { ml_name: 'get_freeze_count', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromSsize_t(collector().freezeCount), signature: '($module, /)' },
]

/** Makes gc.garbage and gc.callbacks; start-up calls this before the first collection. */
export function initGcLists(): void {
  gcLists.garbage = PyList_New(0)
  gcLists.callbacks = PyList_New(0)
  gcCallbacks.invoke = invokeCallbacks
}

export function PyInit_gc(): PyObject | null {
  const module = PyModule_Create('gc', methods)
  if (module === null) return null
  if (gcLists.garbage === null) initGcLists()
  PyModule_AddObjectRef(module, 'garbage', gcLists.garbage!)
  PyModule_AddObjectRef(module, 'callbacks', gcLists.callbacks!)
  for (const [name, value] of [['DEBUG_STATS', 1], ['DEBUG_COLLECTABLE', 2], ['DEBUG_UNCOLLECTABLE', 4], ['DEBUG_SAVEALL', 32], ['DEBUG_LEAK', 38]] as const) {
    PyModule_AddIntConstant(module, name, value)
  }
  return module
}
