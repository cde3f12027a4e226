// Operations that every object has: repr, str, comparison, hash, truth, attributes. Mirrors Objects/object.c, with the
// trashcan. Generic attribute access is in attributes.ts.
import {
  HASH, PyType_IsSubtype, Py_DECREF, Py_EQ, Py_GE, Py_GT, Py_INCREF, Py_LE, Py_LT, Py_NE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_TYPE_SUBCLASS,
  type PyObject, type destructor,
} from './object'
import { PyObject_CallNoArgs } from './call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyBytes_Check, PyBytes_FromObject, PyBytes_FromStringAndSize } from './bytesobject'
import { hashAddress } from '../lib/num-hash'
import { PyDict_New, PyDict_GetItemWithError, PyDict_SetItem } from './dictobject'
import { PyList_Append, PyList_Check, PyList_GET_SIZE, PyList_New, PyList_SetSlice, PyList_Sort, type ListData } from './listobject'
import { PyMapping_Keys, PySequence_List } from './abstract'
import { _PyRuntime, _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from './runtime'
import { Py_False, Py_True } from './boolobject'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat, addressOf } from './unicode-fromformat'
import { asciiOfText } from './unicode-codec'
import type { UnicodeData } from './unicode-data'
import { _PyObject_LookupSpecial } from './typeobject'


export { PyObject_GenericGetDict, _PyObject_GetDictPtr } from './dict-values'
export {
  PyObject_DelAttr, PyObject_DelAttrString, PyObject_GenericGetAttr, PyObject_GenericSetAttr, PyObject_GenericSetDict,
  PyObject_GetAttr, PyObject_GetAttrString, PyObject_HasAttr, PyObject_HasAttrString, PyObject_SetAttr,
  PyObject_SetAttrString, _PyObject_GenericGetAttrWithDict, _PyObject_GenericSetAttrWithDict,
  _PyObject_GetMethod, _PyObject_LookupAttr,
} from './attributes'

// ---- repr and str -------------------------------------------------------------------------------------------------------

function nonString(method: string, o: PyObject): null {
  PyErr_Format(PyExc_TypeError, `${method} returned non-string (type %.200s)`, o.ob_type.tp_name)
  Py_DECREF(o)
  return null
}

/** NEW str. */
export function PyObject_Repr(v: PyObject | null): PyObject | null {
  if (v === null) return PyUnicode_FromString('<NULL>')
  const f = v.ob_type.tp_repr
  if (f === null) return PyUnicode_FromFormat('<%s object at %p>', v.ob_type.tp_name, v)
  if (_Py_EnterRecursiveCall(' while getting the repr of an object')) return null
  const result = f(v)
  _Py_LeaveRecursiveCall()
  return result === null || PyUnicode_Check(result) ? result : nonString('__repr__', result)
}

/** NEW str. */
export function PyObject_Str(v: PyObject | null): PyObject | null {
  if (v === null) return PyUnicode_FromString('<NULL>')
  if (PyUnicode_CheckExact(v)) {
    Py_INCREF(v)
    return v
  }
  const f = v.ob_type.tp_str
  if (f === null) return PyObject_Repr(v)
  if (_Py_EnterRecursiveCall(' while getting the str of an object')) return null
  const result = f(v)
  _Py_LeaveRecursiveCall()
  return result === null || PyUnicode_Check(result) ? result : nonString('__str__', result)
}

/** NEW str with everything beyond ASCII escaped. */
export function PyObject_ASCII(v: PyObject | null): PyObject | null {
  const repr = PyObject_Repr(v)
  if (repr === null) return null
  const data = repr.v as UnicodeData
  if (data.ascii) return repr
  const text = asciiOfText(data.str)
  // The escaped form is made as bytes first.
  const bytes = PyBytes_FromStringAndSize(new TextEncoder().encode(text))
  Py_DECREF(repr)
  if (bytes === null) return null
  const result = PyUnicode_FromString(text)
  Py_DECREF(bytes)
  return result
}

/** NEW bytes. */
export function PyObject_Bytes(v: PyObject | null): PyObject | null {
  if (v === null) return PyBytes_FromStringAndSize(new TextEncoder().encode('<NULL>'))
  if (v.ob_type.tp_name === 'bytes') {
    Py_INCREF(v)
    return v
  }
  const f = _PyObject_LookupSpecial(v, _Py_ID('__bytes__'))
  if (f !== null) {
    const result = PyObject_CallNoArgs(f)
    Py_DECREF(f)
    if (result === null || PyBytes_Check(result)) return result
    PyErr_Format(PyExc_TypeError, '__bytes__ returned non-bytes (type %.200s)', result.ob_type.tp_name)
    Py_DECREF(result)
    return null
  }
  return PyErr_Occurred() !== null ? null : PyBytes_FromObject(v)
}

// ---- comparison -----------------------------------------------------------------------------------------------------------

/** Operator of the swapped comparison, by Py_LT … Py_GE. */
export const _Py_SwappedOp: readonly number[] = [Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE]
const opstrings = ['<', '<=', '==', '!=', '>', '>=']

// Mirrors do_richcompare.
function do_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  const vt = v.ob_type
  const wt = w.ob_type
  let reversed = false
  if (vt !== wt && wt.tp_richcompare !== null && PyType_IsSubtype(wt, vt)) {
    reversed = true
    const result = wt.tp_richcompare(w, v, _Py_SwappedOp[op]!)
    if (result !== Py_NotImplemented) return result
    Py_DECREF(result)
  }
  if (vt.tp_richcompare !== null) {
    const result = vt.tp_richcompare(v, w, op)
    if (result !== Py_NotImplemented) return result
    Py_DECREF(result)
  }
  if (!reversed && wt.tp_richcompare !== null) {
    const result = wt.tp_richcompare(w, v, _Py_SwappedOp[op]!)
    if (result !== Py_NotImplemented) return result
    Py_DECREF(result)
  }
  let same: boolean
  if (op === Py_EQ) same = v === w
  else if (op === Py_NE) same = v !== w
  else {
    return PyErr_Format(PyExc_TypeError, '\'%s\' not supported between instances of \'%.100s\' and \'%.100s\'',
      opstrings[op], vt.tp_name, wt.tp_name)
  }
  const answer = same ? Py_True : Py_False
  answer.ob_refcnt++
  return answer
}

/** NEW result of a comparison, of any type. */
export function PyObject_RichCompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (_Py_EnterRecursiveCall(' in comparison')) return null
  const result = do_richcompare(v, w, op)
  _Py_LeaveRecursiveCall()
  return result
}

/** 1, 0 or -1. Identical objects are equal. */
export function PyObject_RichCompareBool(v: PyObject, w: PyObject, op: number): number {
  if (v === w) {
    if (op === Py_EQ) return 1
    if (op === Py_NE) return 0
  }
  const result = PyObject_RichCompare(v, w, op)
  if (result === null) return -1
  let ok: number
  if (result === Py_True) ok = 1
  else if (result === Py_False) ok = 0
  else ok = PyObject_IsTrue(result)
  Py_DECREF(result)
  return ok
}

// ---- hash -------------------------------------------------------------------------------------------------------------------

export function PyObject_HashNotImplemented(v: PyObject): number {
  PyErr_Format(PyExc_TypeError, 'unhashable type: \'%.200s\'', v.ob_type.tp_name)
  return -1
}

/** The hash goes to HASH; 0, or -1 with an exception set. */
export function PyObject_Hash(v: PyObject): number {
  const f = v.ob_type.tp_hash
  return f !== null ? f(v) : PyObject_HashNotImplemented(v)
}

/** Hash of an object's address, into HASH. */
export function _Py_HashPointer(v: PyObject): number {
  hashAddress(addressOf(v), HASH)
  return 0
}

// ---- truth --------------------------------------------------------------------------------------------------------------------

/** 1, 0 or -1. */
export function PyObject_IsTrue(v: PyObject): number {
  if (v === Py_True) return 1
  if (v === Py_False || v === Py_None) return 0
  const type = v.ob_type
  let result: number
  if (type.nb_bool !== null) result = type.nb_bool(v)
  else if (type.mp_length !== null) result = type.mp_length(v)
  else if (type.sq_length !== null) result = type.sq_length(v)
  else return 1
  return result > 0 ? 1 : result
}

/** 1, 0 or -1. */
export function PyObject_Not(v: PyObject): number {
  const result = PyObject_IsTrue(v)
  return result < 0 ? result : result === 0 ? 1 : 0
}

/** True for objects that can be called. */
export function PyCallable_Check(o: PyObject | null): boolean {
  return o !== null && o.ob_type.tp_call !== null
}

/** tp_iter of iterators. */
export function PyObject_SelfIter(o: PyObject): PyObject {
  Py_INCREF(o)
  return o
}

/** tp_iternext that says "not an iterator" while keeping slot tables happy. */
export function _PyObject_NextNotImplemented(self: PyObject): null {
  return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not iterable', self.ob_type.tp_name)
}

// ---- dir ----------------------------------------------------------------------------------------------------------------------

/** Set by the VM: NEW reference to the locals of the running frame, or null with an exception set. */
export const protocolHooks = { getLocals: (): PyObject | null => PyErr_SetString(PyExc_TypeError, 'no frame') }

// Mirrors _dir_locals.
function dirLocals(): PyObject | null {
  const locals = protocolHooks.getLocals()
  if (locals === null) return null
  const names = PyMapping_Keys(locals)
  Py_DECREF(locals)
  if (names === null) return null
  if (!PyList_Check(names)) {
    PyErr_Format(PyExc_TypeError, 'dir(): expected keys() of locals to be a list, not \'%.200s\'', names.ob_type.tp_name)
    Py_DECREF(names)
    return null
  }
  return sorted(names)
}

function sorted(list: PyObject): PyObject | null {
  if (PyList_Sort(list) === 0) return list
  Py_DECREF(list)
  return null
}

/** NEW sorted list of attribute names; of the local names when o is null. */
export function PyObject_Dir(o: PyObject | null): PyObject | null {
  if (o === null) return dirLocals()
  const f = _PyObject_LookupSpecial(o, _Py_ID('__dir__'))
  if (f === null) {
    if (PyErr_Occurred() === null) PyErr_SetString(PyExc_TypeError, 'object does not provide __dir__')
    return null
  }
  const result = PyObject_CallNoArgs(f)
  Py_DECREF(f)
  if (result === null) return null
  const list = PySequence_List(result)
  Py_DECREF(result)
  return list === null ? null : sorted(list)
}

// ---- repr of containers that hold themselves -----------------------------------------------------------------------------------

/** 0: go on (and call Py_ReprLeave); 1: already in progress; -1: error. Mirrors Py_ReprEnter, a list in the thread's dict. */
export function Py_ReprEnter(o: PyObject): number {
  const tstate = _PyRuntime.tstate
  tstate.dict ??= PyDict_New()
  const key = _Py_ID('Py_Repr')
  let list = PyDict_GetItemWithError(tstate.dict, key)
  if (list === null) {
    if (PyErr_Occurred() !== null) return -1
    list = PyList_New(0)
    if (PyDict_SetItem(tstate.dict, key, list) < 0) return -1
    Py_DECREF(list)
  }
  const data = list.v as ListData
  for (let i = PyList_GET_SIZE(list) - 1; i >= 0; i--) if (data.ob_item[i] === o) return 1
  return PyList_Append(list, o) < 0 ? -1 : 0
}

export function Py_ReprLeave(o: PyObject): void {
  const tstate = _PyRuntime.tstate
  if (tstate.dict === null) return
  const list = PyDict_GetItemWithError(tstate.dict, _Py_ID('Py_Repr'))
  if (list === null) return
  const data = list.v as ListData
  for (let i = PyList_GET_SIZE(list) - 1; i >= 0; i--) {
    if (data.ob_item[i] !== o) continue
    PyList_SetSlice(list, i, i + 1, null)
    break
  }
}

// ---- finalizers -------------------------------------------------------------------------------------------------------------------

/** Objects whose tp_finalize has run and that are still there: the FINALIZED bit of the GC head. */
const finalized = new WeakSet<PyObject>()

export function _PyGC_FINALIZED(o: PyObject): boolean {
  return finalized.has(o)
}

export function _PyGC_SET_FINALIZED(o: PyObject): void {
  finalized.add(o)
}

/** Runs tp_finalize unless it has run before. Mirrors PyObject_CallFinalizer. */
export function PyObject_CallFinalizer(self: PyObject): void {
  const type = self.ob_type
  if (type.tp_finalize === null) return
  const isGc = (type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0
  if (isGc && finalized.has(self)) return
  type.tp_finalize(self)
  if (isGc) finalized.add(self)
}

/** 0: the object goes on dying; -1: the finalizer brought it back. Mirrors PyObject_CallFinalizerFromDealloc. */
export function PyObject_CallFinalizerFromDealloc(self: PyObject): number {
  if (self.ob_refcnt !== 0) throw new Error('Molt: finalizing an object that is alive')
  const type = self.ob_type
  if (type.tp_finalize === null) return 0
  const isGc = (type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0
  if (isGc && finalized.has(self)) return 0
  self.ob_refcnt = 1
  type.tp_finalize(self)
  if (--self.ob_refcnt === 0) return 0
  if (isGc) finalized.add(self)
  return -1
}

// ---- trashcan ------------------------------------------------------------------------------------------------------------------------

const UNWIND_LEVEL = 50
/** For each open begin: whether it counts (the type's own dealloc, not one called by a subclass's). */
const counted: boolean[] = []

/**
 * Py_TRASHCAN_BEGIN: false when the object was set aside because deallocations nest too deeply; the caller returns then,
 * and its dealloc is called again later. After true, `_PyTrash_end` must follow. The object must be untracked.
 */
export function _PyTrash_begin(o: PyObject, dealloc: destructor): boolean {
  if (o.ob_type.tp_dealloc !== dealloc) {
    counted.push(false)
    return true
  }
  const tstate = _PyRuntime.tstate
  if (tstate.trash_delete_nesting >= UNWIND_LEVEL) {
    tstate.trash_delete_later.push(o)
    return false
  }
  tstate.trash_delete_nesting++
  counted.push(true)
  return true
}

export function _PyTrash_end(): void {
  if (!counted.pop()!) return
  const tstate = _PyRuntime.tstate
  tstate.trash_delete_nesting--
  if (tstate.trash_delete_nesting <= 0 && tstate.trash_delete_later.length > 0) destroyChain()
}

// Mirrors _PyTrash_thread_destroy_chain: last set aside, first destroyed.
function destroyChain(): void {
  const tstate = _PyRuntime.tstate
  tstate.trash_delete_nesting++
  for (let o = tstate.trash_delete_later.pop(); o !== undefined; o = tstate.trash_delete_later.pop()) o.ob_type.tp_dealloc(o)
  tstate.trash_delete_nesting--
}

/** True for type objects. */
export function PyType_Check(o: PyObject): boolean {
  return (o.ob_type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) !== 0
}
