// Weak references and proxies. Mirrors Objects/weakrefobject.c.
//
// All references to an object form a list that begins at `o.weaklist`: the basic reference (exact type, no callback)
// first, then the basic proxy, then everything else, newest first among those with callbacks. Basic ones are shared: asking
// again gives the same object.
import {
  HASH, IMMORTAL_REFCNT, METH_CLASS, METH_O, Py_DECREF, Py_EQ, Py_INCREF, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_HAVE_VECTORCALL, Py_XDECREF, PyObject, PyTypeObject, PyType_IsSubtype, type visitproc,
} from './object'
import { Py_False, Py_True } from './boolobject'
import { PyObject_CallOneArg } from './call'
import {
  PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetString, PyErr_WriteUnraisable,
} from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords, _PyArg_NoKwnames, _PyArg_CheckPositional } from './getargs'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_Hash, PyObject_RichCompare, _PyObject_LookupAttr } from './object-protocol'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_New } from './tupleobject'
import { Py_GenericAlias } from './genericaliasobject'
import { proxySlots, callableProxySlots } from './weakref-proxy'
import { PyUnicode_Check, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export interface PyWeakReference extends PyObject { v: WeakrefData }

/** PyWeakReference's struct. */
export class WeakrefData {
  /** The object, not counted; Py_None when it is dead. */
  wr_object: PyObject
  wr_callback: PyObject | null
  hashed = false
  hashLo = 0
  hashHi = 0
  wr_prev: PyWeakReference | null = null
  wr_next: PyWeakReference | null = null
  constructor(object: PyObject, callback: PyObject | null) {
    this.wr_object = object
    this.wr_callback = callback
  }
}

/** Size of PyWeakReference without GC head. */
const BASICSIZE = 64

export const _PyWeakref_RefType = new PyTypeObject('weakref.ReferenceType', {
  tp_basicsize: BASICSIZE,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE,
  tp_dealloc: weakref_dealloc,
  tp_repr: weakref_repr,
  tp_hash: weakref_hash,
  tp_call: (self, args, kwargs) => {
    if (!_PyArg_NoKeywords('weakref', kwargs) || PyArg_UnpackTuple(args, 'weakref', 0, 0) === null) return null
    return referent(self)
  },
  vectorcall: (self, _args, nargs, kwnames) => {
    if (!_PyArg_NoKwnames('weakref', kwnames) || !_PyArg_CheckPositional('weakref', nargs, 0, 0)) return null
    return referent(self)
  },
  tp_traverse: gc_traverse,
  tp_clear: gc_clear,
  tp_richcompare: weakref_richcompare,
  tp_new: weakref___new__,
  tp_init: weakref___init__,
  tp_methods: [{
    ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS,
    ml_meth: (type: PyObject, item: PyObject) => Py_GenericAlias(type, item),
  }],
  tp_members: [{
    name: '__callback__',
    get: self => {
      const callback = (self.v as WeakrefData).wr_callback ?? Py_None
      Py_INCREF(callback)
      return callback
    },
  }],
})

export const _PyWeakref_ProxyType = new PyTypeObject('weakref.ProxyType', {
  tp_basicsize: BASICSIZE, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: proxy_dealloc, tp_traverse: gc_traverse, tp_clear: gc_clear,
})

export const _PyWeakref_CallableProxyType = new PyTypeObject('weakref.CallableProxyType', {
  tp_basicsize: BASICSIZE, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: proxy_dealloc, tp_traverse: gc_traverse, tp_clear: gc_clear,
})

/** Gives the proxy types their slots; before PyType_Ready. */
export function initWeakrefTypes(): void {
  Object.assign(_PyWeakref_ProxyType, proxySlots())
  Object.assign(_PyWeakref_CallableProxyType, callableProxySlots())
}

export function PyWeakref_CheckRef(o: PyObject): o is PyWeakReference {
  return o.ob_type === _PyWeakref_RefType || PyType_IsSubtype(o.ob_type, _PyWeakref_RefType)
}

export function PyWeakref_CheckRefExact(o: PyObject): boolean {
  return o.ob_type === _PyWeakref_RefType
}

export function PyWeakref_CheckProxy(o: PyObject): boolean {
  return o.ob_type === _PyWeakref_ProxyType || o.ob_type === _PyWeakref_CallableProxyType
}

export function PyWeakref_Check(o: PyObject): o is PyWeakReference {
  return PyWeakref_CheckRef(o) || PyWeakref_CheckProxy(o)
}

/** BORROWED object of a reference; Py_None if it is dead (or dying). */
export function PyWeakref_GET_OBJECT(ref: PyObject): PyObject {
  const o = (ref.v as WeakrefData).wr_object
  return o.ob_refcnt > 0 ? o : Py_None
}

/** NEW reference to the object, or None. */
function referent(ref: PyObject): PyObject {
  const o = PyWeakref_GET_OBJECT(ref)
  o.ob_refcnt++
  return o
}

/** True if instances of the type can be weakly referenced, PyType_SUPPORTS_WEAKREFS. */
export function PyType_SUPPORTS_WEAKREFS(type: PyTypeObject): boolean {
  return type.weakrefs
}

// ---- the list -------------------------------------------------------------------------------------------------------

const listOf = (o: PyObject): PyWeakReference | null => o.weaklist as PyWeakReference | null

/** How many references an object has. */
export function _PyWeakref_GetWeakrefCount(head: PyObject | null): number {
  let count = 0
  for (let ref = head as PyWeakReference | null; ref !== null; ref = ref.v.wr_next) count++
  return count
}

/** The shared reference and proxy of a list, borrowed. Mirrors get_basic_refs. */
function basicRefs(head: PyWeakReference | null): { ref: PyWeakReference | null, proxy: PyWeakReference | null } {
  let ref: PyWeakReference | null = null
  let proxy: PyWeakReference | null = null
  if (head !== null && head.v.wr_callback === null) {
    if (head.ob_type === _PyWeakref_RefType) {
      ref = head
      head = head.v.wr_next
    }
    if (head !== null && head.v.wr_callback === null && PyWeakref_CheckProxy(head)) proxy = head
  }
  return { ref, proxy }
}

function insertHead(self: PyWeakReference, o: PyObject): void {
  const next = listOf(o)
  self.v.wr_prev = null
  self.v.wr_next = next
  if (next !== null) next.v.wr_prev = self
  o.weaklist = self
}

function insertAfter(self: PyWeakReference, prev: PyWeakReference): void {
  const next = prev.v.wr_next
  self.v.wr_prev = prev
  self.v.wr_next = next
  if (next !== null) next.v.wr_prev = self
  prev.v.wr_next = self
}

/** Takes a reference out of its object's list and forgets the object; the callback stays. */
function unlink(self: PyWeakReference): void {
  const data = self.v
  const o = data.wr_object
  if (o === Py_None) return
  if (o.weaklist === self) o.weaklist = data.wr_next
  data.wr_object = Py_None
  if (data.wr_prev !== null) data.wr_prev.v.wr_next = data.wr_next
  if (data.wr_next !== null) data.wr_next.v.wr_prev = data.wr_prev
  data.wr_prev = data.wr_next = null
}

/** Forgets object and callback. Mirrors clear_weakref. */
function clear_weakref(self: PyWeakReference): void {
  unlink(self)
  const callback = self.v.wr_callback
  if (callback !== null) {
    self.v.wr_callback = null
    Py_DECREF(callback)
  }
}

/** For the collector: forgets the object without touching the callback. Mirrors _PyWeakref_ClearRef. */
export function _PyWeakref_ClearRef(self: PyObject): void {
  unlink(self as PyWeakReference)
}

// ---- life -----------------------------------------------------------------------------------------------------------

function newWeakref(o: PyObject, callback: PyObject | null, type: PyTypeObject): PyWeakReference {
  if (callback !== null) Py_INCREF(callback)
  const self = PyObject_GC_New(type, new WeakrefData(o, callback)) as PyWeakReference
  PyObject_GC_Track(self)
  return self
}

function weakref_dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  clear_weakref(self as PyWeakReference)
  self.ob_type.tp_free!(self)
}

function proxy_dealloc(self: PyObject): void {
  if ((self.v as WeakrefData).wr_callback !== null) PyObject_GC_UnTrack(self)
  clear_weakref(self as PyWeakReference)
  PyObject_GC_Del(self)
}

function gc_traverse(self: PyObject, visit: visitproc): void {
  const callback = (self.v as WeakrefData).wr_callback
  if (callback !== null) visit(callback)
}

function gc_clear(self: PyObject): void {
  clear_weakref(self as PyWeakReference)
}

function cannot(o: PyObject): null {
  return PyErr_Format(PyExc_TypeError, 'cannot create weak reference to \'%s\' object', o.ob_type.tp_name)
}

/** Shared by PyWeakref_NewRef and PyWeakref_NewProxy. NEW. */
function newShared(o: PyObject, callback: PyObject | null, type: PyTypeObject, isProxy: boolean): PyObject | null {
  if (!PyType_SUPPORTS_WEAKREFS(o.ob_type)) return cannot(o)
  if (callback === Py_None) callback = null
  const shared = (): PyWeakReference | null => {
    const basic = basicRefs(listOf(o))
    return isProxy ? basic.proxy : basic.ref
  }
  if (callback === null) {
    const known = shared()
    if (known !== null) {
      Py_INCREF(known)
      return known
    }
  }
  // A collection may run in here, and make the very reference we are about to enter.
  const self = newWeakref(o, callback, type)
  const { ref, proxy } = basicRefs(listOf(o))
  if (callback === null) {
    const known = isProxy ? proxy : ref
    if (known !== null) {
      Py_DECREF(self)
      Py_INCREF(known)
      return known
    }
    if (isProxy && ref !== null) insertAfter(self, ref)
    else insertHead(self, o)
  } else {
    const prev = proxy ?? ref
    if (prev === null) insertHead(self, o)
    else insertAfter(self, prev)
  }
  return self
}

/** NEW reference; the shared one when callback is null. */
export function PyWeakref_NewRef(o: PyObject, callback: PyObject | null): PyObject | null {
  return newShared(o, callback, _PyWeakref_RefType, false)
}

export function PyWeakref_NewProxy(o: PyObject, callback: PyObject | null): PyObject | null {
  return newShared(o, callback, o.ob_type.tp_call !== null ? _PyWeakref_CallableProxyType : _PyWeakref_ProxyType, true)
}

/** A reference to nothing in the data segment, never freed. */
export function deadReference(addr: number): PyObject {
  const ref = new PyObject(_PyWeakref_RefType, addr, new WeakrefData(Py_None, null))
  ref.ob_refcnt = IMMORTAL_REFCNT
  return ref
}

/** BORROWED object of a reference, or None. */
export function PyWeakref_GetObject(ref: PyObject | null): PyObject | null {
  if (ref === null || !PyWeakref_Check(ref)) return PyErr_SetString(PyExc_TypeError, 'bad weak reference')
  return PyWeakref_GET_OBJECT(ref)
}

function parseArgs(name: string, args: PyObject): PyObject[] | null {
  return PyArg_UnpackTuple(args, name, 1, 2)
}

function weakref___new__(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = parseArgs('__new__', args)
  if (items === null) return null
  void kwargs
  const o = items[0]!
  if (!PyType_SUPPORTS_WEAKREFS(o.ob_type)) return cannot(o)
  const callback = items.length < 2 || items[1] === Py_None ? null : items[1]!
  if (callback === null && type === _PyWeakref_RefType) {
    const { ref } = basicRefs(listOf(o))
    if (ref !== null) {
      Py_INCREF(ref)
      return ref
    }
  }
  // tp_alloc: a subclass may add slots and a dict.
  const self = type.tp_alloc!(type, 0) as PyWeakReference | null
  if (self === null) return null
  if (callback !== null) Py_INCREF(callback)
  self.v = new WeakrefData(o, callback)
  if (callback === null && type === _PyWeakref_RefType) insertHead(self, o)
  else {
    const { ref, proxy } = basicRefs(listOf(o))
    const prev = proxy ?? ref
    if (prev === null) insertHead(self, o)
    else insertAfter(self, prev)
  }
  return self
}

function weakref___init__(_self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!_PyArg_NoKeywords('ref', kwargs)) return -1
  return parseArgs('__init__', args) === null ? -1 : 0
}

// ---- behaviour ----------------------------------------------------------------------------------------------------------

function weakref_hash(self: PyObject): number {
  const data = self.v as WeakrefData
  if (!data.hashed) {
    const o = PyWeakref_GET_OBJECT(self)
    if (o === Py_None) {
      PyErr_SetString(PyExc_TypeError, 'weak object has gone away')
      return -1
    }
    Py_INCREF(o)
    const failed = PyObject_Hash(o) < 0
    if (!failed) {
      data.hashed = true
      data.hashLo = HASH[0]!
      data.hashHi = HASH[1]!
    }
    Py_DECREF(o)
    if (failed) return -1
  }
  HASH[0] = data.hashLo
  HASH[1] = data.hashHi
  return 0
}

function weakref_repr(self: PyObject): PyObject | null {
  const o = PyWeakref_GET_OBJECT(self)
  if (o === Py_None) return PyUnicode_FromFormat('<weakref at %p; dead>', self)
  Py_INCREF(o)
  const name = _PyObject_LookupAttr(o, _Py_ID('__name__'))
  let result: PyObject | null = null
  if (name !== null || PyErr_Occurred() === null) {
    result = name === null || !PyUnicode_Check(name)
      ? PyUnicode_FromFormat('<weakref at %p; to \'%s\' at %p>', self, o.ob_type.tp_name, o)
      : PyUnicode_FromFormat('<weakref at %p; to \'%s\' at %p (%U)>', self, o.ob_type.tp_name, o, name)
  }
  Py_DECREF(o)
  Py_XDECREF(name)
  return result
}

/** Living references compare as their objects, dead ones by identity. */
function weakref_richcompare(self: PyObject, other: PyObject, op: number): PyObject | null {
  if ((op !== Py_EQ && op !== Py_NE) || !PyWeakref_CheckRef(self) || !PyWeakref_CheckRef(other)) {
    Py_INCREF(Py_NotImplemented)
    return Py_NotImplemented
  }
  const a = PyWeakref_GET_OBJECT(self)
  const b = PyWeakref_GET_OBJECT(other)
  if (a === Py_None || b === Py_None) {
    const answer = (self === other) === (op === Py_EQ) ? Py_True : Py_False
    answer.ob_refcnt++
    return answer
  }
  Py_INCREF(a)
  Py_INCREF(b)
  const result = PyObject_RichCompare(a, b, op)
  Py_DECREF(a)
  Py_DECREF(b)
  return result
}

// ---- death of the object ----------------------------------------------------------------------------------------------------

function handleCallback(ref: PyWeakReference, callback: PyObject): void {
  const result = PyObject_CallOneArg(callback, ref)
  if (result === null) PyErr_WriteUnraisable(callback)
  else Py_DECREF(result)
}

/** Runs the callback of a reference that the collector has cleared. */
export function callWeakrefCallback(ref: PyObject): void {
  const callback = (ref.v as WeakrefData).wr_callback
  if (callback !== null) handleCallback(ref as PyWeakReference, callback)
}

/** An object dies: its references are cleared, then their callbacks run, newest first. */
export function PyObject_ClearWeakRefs(o: PyObject): void {
  if (o.weaklist === null || !PyType_SUPPORTS_WEAKREFS(o.ob_type)) return
  // The shared reference and proxy have no callback and stand first.
  if (listOf(o)!.v.wr_callback === null) {
    clear_weakref(listOf(o)!)
    if (o.weaklist !== null && listOf(o)!.v.wr_callback === null) clear_weakref(listOf(o)!)
  }
  if (o.weaklist === null) return
  const error = PyErr_Fetch()
  const count = _PyWeakref_GetWeakrefCount(o.weaklist)
  if (count === 1) {
    const ref = listOf(o)!
    const callback = ref.v.wr_callback
    ref.v.wr_callback = null
    clear_weakref(ref)
    if (callback !== null) {
      if (ref.ob_refcnt > 0) handleCallback(ref, callback)
      Py_DECREF(callback)
    }
  } else callbacksOf(o, count)
  PyErr_RestoreFetched(error)
}

function callbacksOf(o: PyObject, count: number): void {
  // CPython keeps references and callbacks in a tuple: its block is taken here, its items are in `pending`.
  const pairs = PyTuple_New(count * 2)
  pairs.v = []
  const pending: { ref: PyWeakReference | null, callback: PyObject | null }[] = []
  let ref = listOf(o)
  for (let i = 0; i < count; i++) {
    const next: PyWeakReference | null = ref!.v.wr_next
    const callback = ref!.v.wr_callback
    ref!.v.wr_callback = null
    if (ref!.ob_refcnt > 0) {
      Py_INCREF(ref!)
      pending.push({ ref: ref!, callback })
    } else {
      Py_XDECREF(callback)
      pending.push({ ref: null, callback: null })
    }
    clear_weakref(ref!)
    ref = next
  }
  for (const { ref, callback } of pending) if (ref !== null && callback !== null) handleCallback(ref, callback)
  for (const { ref, callback } of pending.reverse()) {
    Py_XDECREF(callback)
    Py_XDECREF(ref)
  }
  pairs.v = new Array<PyObject | null>(count * 2).fill(null) as PyObject[]
  Py_DECREF(pairs)
}
