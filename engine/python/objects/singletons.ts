// None, NotImplemented and Ellipsis: one static object each, made when the module is loaded and placed in the data
// segment by `initSingletons`. Mirrors Objects/object.c and Objects/sliceobject.c.
import { IMMORTAL_REFCNT, METH_NOARGS, Py_EQ, PyObject, PyTypeObject, type newfunc } from './object'
import { PyErr_SetString, PyErr_WarnEx } from './errors'
import { PyExc_DeprecationWarning, PyExc_TypeError } from './exceptions'
import { _PyRuntime } from './runtime'
import { Py_False, Py_True } from './boolobject'
import { PyDict_GET_SIZE } from './dictobject'
import { PyTuple_GET_SIZE } from './tupleobject'
import { PyUnicode_FromString } from './unicodeobject'

function immortal(self: PyObject): void {
  throw new Error(`Molt: deallocating ${self.ob_type.tp_name}`)
}

/** tp_new of a type with one instance: takes no arguments and gives the instance. */
function singletonNew(name: string, instance: () => PyObject): newfunc {
  return (_type, args, kwargs) => {
    if (PyTuple_GET_SIZE(args) !== 0 || (kwargs !== null && PyDict_GET_SIZE(kwargs) !== 0)) {
      PyErr_SetString(PyExc_TypeError, `${name} takes no arguments`)
      return null
    }
    const o = instance()
    o.ob_refcnt++
    return o
  }
}

export const _PyNone_Type: PyTypeObject = new PyTypeObject('NoneType', {
  tp_basicsize: 16,
  tp_dealloc: immortal,
  tp_repr: () => PyUnicode_FromString('None'),
  tp_new: singletonNew('NoneType', () => Py_None),
  nb_bool: () => 0,
})

export const Py_None: PyObject = new PyObject(_PyNone_Type, 0, null)

// Mirrors notimplemented_bool, Objects/object.c.
function notimplemented_bool(): number {
  return PyErr_WarnEx(PyExc_DeprecationWarning, 'NotImplemented should not be used in a boolean context', 1) < 0 ? -1 : 1
}

export const _PyNotImplemented_Type: PyTypeObject = new PyTypeObject('NotImplementedType', {
  tp_basicsize: 16,
  tp_dealloc: immortal,
  tp_repr: () => PyUnicode_FromString('NotImplemented'),
  tp_new: singletonNew('NotImplementedType', () => Py_NotImplemented),
  tp_methods: [{ ml_name: '__reduce__', ml_meth: () => PyUnicode_FromString('NotImplemented'), ml_flags: METH_NOARGS }],
  nb_bool: notimplemented_bool,
})

export const Py_NotImplemented: PyObject = new PyObject(_PyNotImplemented_Type, 0, null)

export const PyEllipsis_Type: PyTypeObject = new PyTypeObject('ellipsis', {
  tp_basicsize: 16,
  tp_dealloc: immortal,
  tp_repr: () => PyUnicode_FromString('Ellipsis'),
  tp_new: singletonNew('EllipsisType', () => Py_Ellipsis),
  tp_methods: [{ ml_name: '__reduce__', ml_meth: () => PyUnicode_FromString('Ellipsis'), ml_flags: METH_NOARGS }],
})

export const Py_Ellipsis: PyObject = new PyObject(PyEllipsis_Type, 0, null)

/** Gives the singletons their places; part of start-up. Their reference counts are set when start-up is over. */
export function initSingletons(): void {
  for (const o of [Py_None, Py_NotImplemented, Py_Ellipsis, Py_False, Py_True]) {
    o.addr = _PyRuntime.process.space.staticAlloc(o === Py_False || o === Py_True ? 28 : 16)
    o.ob_refcnt = IMMORTAL_REFCNT
  }
}

/** NEW None. */
export function Py_RETURN_NONE(): PyObject {
  Py_None.ob_refcnt++
  return Py_None
}

/** NEW NotImplemented. */
export function Py_RETURN_NOTIMPLEMENTED(): PyObject {
  Py_NotImplemented.ob_refcnt++
  return Py_NotImplemented
}

/** NEW True or False for the outcome of comparing by `op` what compares as `order` (<0, 0, >0), Py_RETURN_RICHCOMPARE. */
export function richCompareResult(order: number, op: number): PyObject {
  // Py_LT 0, Py_LE 1, Py_EQ 2, Py_NE 3, Py_GT 4, Py_GE 5
  const result = op === Py_EQ ? order === 0 : op === 0 ? order < 0 : op === 1 ? order <= 0
    : op === 3 ? order !== 0 : op === 4 ? order > 0 : order >= 0
  const o = result ? Py_True : Py_False
  o.ob_refcnt++
  return o
}
