// weakref.proxy: an object that does everything by its referent, until that is gone. Mirrors the proxy_* functions of
// Objects/weakrefobject.c.
import {
  METH_NOARGS, Py_DECREF, Py_INCREF, type PyObject, type TypeSpec, type binaryfunc, type ternaryfunc,
  type unaryfunc,
} from './object'
import * as abstract from './abstract'
import { PyObject_Call, PyObject_CallMethodNoArgs } from './call'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_ReferenceError, PyExc_TypeError } from './exceptions'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_RichCompare, PyObject_SetAttr, PyObject_Str } from './object-protocol'
import { Py_None } from './singletons'
import { _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyWeakref_CheckProxy, PyWeakref_GET_OBJECT } from './weakrefobject'

/** BORROWED referent of a proxy; null with ReferenceError when it is gone. */
function referent(proxy: PyObject): PyObject | null {
  const o = PyWeakref_GET_OBJECT(proxy)
  if (o !== Py_None) return o
  return PyErr_SetString(PyExc_ReferenceError, 'weakly-referenced object no longer exists')
}

/** The operand itself, or what it stands for. Borrowed. */
function unwrap(o: PyObject): PyObject | null {
  return PyWeakref_CheckProxy(o) ? referent(o) : o
}

/** Calls `f` with the referents kept alive; `failed` when one is gone. */
function held<R>(operands: PyObject[], failed: R, f: (...o: PyObject[]) => R): R {
  const targets: PyObject[] = []
  for (const operand of operands) {
    const target = unwrap(operand)
    if (target === null) return failed
    targets.push(target)
  }
  targets.forEach(Py_INCREF)
  const result = f(...targets)
  targets.forEach(Py_DECREF)
  return result
}

const unary = (f: unaryfunc): unaryfunc => o => held([o], null, a => f(a!))
const binary = (f: binaryfunc): binaryfunc => (x, y) => held([x, y], null, (a, b) => f(a!, b!))
const ternary = (f: ternaryfunc): ternaryfunc => (x, y, z) => held([x, y, z], null, (a, b, c) => f(a!, b!, c!))

function proxy_iternext(proxy: PyObject): PyObject | null {
  const o = referent(proxy)
  if (o === null) return null
  if (!abstract.PyIter_Check(o)) {
    return PyErr_Format(PyExc_TypeError, 'Weakref proxy referenced a non-iterator \'%.200s\' object', o.ob_type.tp_name)
  }
  Py_INCREF(o)
  const result = abstract.PyIter_Next(o)
  Py_DECREF(o)
  return result
}

const method = (name: string): { ml_name: string, ml_flags: number, ml_meth: (o: PyObject) => PyObject | null } => ({
  ml_name: name, ml_flags: METH_NOARGS, ml_meth: unary(o => PyObject_CallMethodNoArgs(o, _Py_ID(name))),
})

export function proxySlots(): Partial<TypeSpec> {
  return {
    tp_repr: self => {
      const o = PyWeakref_GET_OBJECT(self)
      return PyUnicode_FromFormat('<weakproxy at %p to %s at %p>', self, o.ob_type.tp_name, o)
    },
    tp_str: unary(PyObject_Str),
    tp_getattro: binary(PyObject_GetAttr),
    tp_setattro: (proxy, name, value) => {
      const o = referent(proxy)
      if (o === null) return -1
      Py_INCREF(o)
      const result = PyObject_SetAttr(o, name, value)
      Py_DECREF(o)
      return result
    },
    tp_richcompare: (x, y, op) => held([x, y], null, (a, b) => PyObject_RichCompare(a!, b!, op)),
    tp_iter: unary(abstract.PyObject_GetIter),
    tp_iternext: proxy_iternext,
    nb_add: binary(abstract.PyNumber_Add), nb_subtract: binary(abstract.PyNumber_Subtract),
    nb_multiply: binary(abstract.PyNumber_Multiply), nb_remainder: binary(abstract.PyNumber_Remainder),
    nb_divmod: binary(abstract.PyNumber_Divmod), nb_power: ternary(abstract.PyNumber_Power),
    nb_negative: unary(abstract.PyNumber_Negative), nb_positive: unary(abstract.PyNumber_Positive),
    nb_absolute: unary(abstract.PyNumber_Absolute),
    nb_bool: proxy => {
      const o = referent(proxy)
      if (o === null) return -1
      Py_INCREF(o)
      const result = PyObject_IsTrue(o)
      Py_DECREF(o)
      return result
    },
    nb_invert: unary(abstract.PyNumber_Invert), nb_lshift: binary(abstract.PyNumber_Lshift),
    nb_rshift: binary(abstract.PyNumber_Rshift), nb_and: binary(abstract.PyNumber_And), nb_xor: binary(abstract.PyNumber_Xor),
    nb_or: binary(abstract.PyNumber_Or), nb_int: unary(abstract.PyNumber_Long), nb_float: unary(abstract.PyNumber_Float),
    nb_inplace_add: binary(abstract.PyNumber_InPlaceAdd), nb_inplace_subtract: binary(abstract.PyNumber_InPlaceSubtract),
    nb_inplace_multiply: binary(abstract.PyNumber_InPlaceMultiply),
    nb_inplace_remainder: binary(abstract.PyNumber_InPlaceRemainder),
    nb_inplace_power: ternary(abstract.PyNumber_InPlacePower), nb_inplace_lshift: binary(abstract.PyNumber_InPlaceLshift),
    nb_inplace_rshift: binary(abstract.PyNumber_InPlaceRshift), nb_inplace_and: binary(abstract.PyNumber_InPlaceAnd),
    nb_inplace_xor: binary(abstract.PyNumber_InPlaceXor), nb_inplace_or: binary(abstract.PyNumber_InPlaceOr),
    nb_floor_divide: binary(abstract.PyNumber_FloorDivide), nb_true_divide: binary(abstract.PyNumber_TrueDivide),
    nb_inplace_floor_divide: binary(abstract.PyNumber_InPlaceFloorDivide),
    nb_inplace_true_divide: binary(abstract.PyNumber_InPlaceTrueDivide),
    nb_index: unary(abstract.PyNumber_Index), nb_matrix_multiply: binary(abstract.PyNumber_MatrixMultiply),
    nb_inplace_matrix_multiply: binary(abstract.PyNumber_InPlaceMatrixMultiply),
    sq_contains: (proxy, value) => {
      const o = referent(proxy)
      if (o === null) return -1
      Py_INCREF(o)
      const result = abstract.PySequence_Contains(o, value)
      Py_DECREF(o)
      return result
    },
    mp_length: proxy => {
      const o = referent(proxy)
      if (o === null) return -1
      Py_INCREF(o)
      const result = abstract.PyObject_Size(o)
      Py_DECREF(o)
      return result
    },
    mp_subscript: binary(abstract.PyObject_GetItem),
    mp_ass_subscript: (proxy, key, value) => {
      const o = referent(proxy)
      if (o === null) return -1
      Py_INCREF(o)
      const result = value === null ? abstract.PyObject_DelItem(o, key) : abstract.PyObject_SetItem(o, key, value)
      Py_DECREF(o)
      return result
    },
    tp_methods: [method('__bytes__'), method('__reversed__')],
  }
}

export function callableProxySlots(): Partial<TypeSpec> {
  return {
    ...proxySlots(),
    tp_methods: [],
    tp_call: (proxy, args, kwargs) => held([proxy], null, o => PyObject_Call(o!, args, kwargs)),
  }
}

