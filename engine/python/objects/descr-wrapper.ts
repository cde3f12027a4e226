// method-wrapper: a slot wrapper bound to an object, `(5).__add__`. Mirrors wrapperobject, Objects/descrobject.c.
import {
  HASH, METH_NOARGS, PyTypeObject, Py_DECREF, Py_EQ, Py_INCREF, Py_NE, Py_TPFLAGS_HAVE_GC, type PyGetSetDef, type PyObject,
} from './object'
import { Py_False, Py_True } from './boolobject'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { wrapperdescr_raw_call, type DescrData } from './descrobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GetAttr, _PyTrash_begin, _PyTrash_end, _Py_HashPointer } from './object-protocol'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

/** wrapperobject's struct. */
export class WrapperData {
  descr: PyObject
  self: PyObject
  constructor(descr: PyObject, self: PyObject) {
    this.descr = descr
    this.self = self
  }
}

const dataOf = (o: PyObject): WrapperData => o.v as WrapperData
const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

function wrapper_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (!_PyTrash_begin(o, wrapper_dealloc)) return
  const { descr, self } = dataOf(o)
  Py_DECREF(descr)
  Py_DECREF(self)
  PyObject_GC_Del(o)
  _PyTrash_end()
}

function wrapper_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  if ((op !== Py_EQ && op !== Py_NE) || a.ob_type !== _PyMethodWrapper_Type || b.ob_type !== _PyMethodWrapper_Type) {
    return newRef(Py_NotImplemented)
  }
  const equal = dataOf(a).descr === dataOf(b).descr && dataOf(a).self === dataOf(b).self
  return newRef(equal === (op === Py_EQ) ? Py_True : Py_False)
}

function wrapper_hash(o: PyObject): number {
  _Py_HashPointer(dataOf(o).self)
  const lo = HASH[0]!
  const hi = HASH[1]!
  _Py_HashPointer(dataOf(o).descr)
  HASH[0]! ^= lo
  HASH[1]! ^= hi
  if (HASH[0] === -1 && HASH[1] === -1) HASH[0] = -2
  return 0
}

const descrOf = (o: PyObject): DescrData => dataOf(o).descr.v as DescrData

const getset: PyGetSetDef[] = [
  { name: '__objclass__', get: o => newRef(descrOf(o).d_type) },
  { name: '__name__', get: o => PyUnicode_FromString(descrOf(o).d_base!.name) },
  { name: '__qualname__', get: o => PyObject_GetAttr(dataOf(o).descr, _Py_ID('__qualname__')) },
  { name: '__doc__', get: () => newRef(Py_None) },
  { name: '__text_signature__', get: o => PyUnicode_FromString(descrOf(o).d_base!.signature) },
]

export const _PyMethodWrapper_Type = new PyTypeObject('method-wrapper', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: wrapper_dealloc,
  tp_traverse: (o, visit) => {
    visit(dataOf(o).descr)
    visit(dataOf(o).self)
  },
  tp_repr: o => PyUnicode_FromFormat('<method-wrapper \'%s\' of %s object at %p>', descrOf(o).d_base!.name,
    dataOf(o).self.ob_type.tp_name, dataOf(o).self),
  tp_hash: wrapper_hash,
  tp_richcompare: wrapper_richcompare,
  tp_call: (o, args, kwargs) => wrapperdescr_raw_call(dataOf(o).descr, dataOf(o).self, args, kwargs),
  tp_members: [{ name: '__self__', get: o => newRef(dataOf(o).self) }],
  tp_getset: getset,
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const getattr = _PyEval_GetBuiltin('getattr')
      if (getattr === null) return null
      const args = PyTuple_Pack(dataOf(o).self, descrOf(o).d_name)
      const result = PyTuple_Pack(getattr, args)
      Py_DECREF(args)
      Py_DECREF(getattr)
      return result
    },
  }],
})

/** NEW bound wrapper. */
export function wrapperNew(descr: PyObject, self: PyObject): PyObject {
  Py_INCREF(descr)
  Py_INCREF(self)
  const o = PyObject_GC_New(_PyMethodWrapper_Type, new WrapperData(descr, self))
  PyObject_GC_Track(o)
  return o
}

export function PyWrapper_New(descr: PyObject, self: PyObject): PyObject {
  return wrapperNew(descr, self)
}
