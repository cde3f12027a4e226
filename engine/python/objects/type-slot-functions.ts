// What a Python class has in its slots: functions that look the special method up and call it. Mirrors the slot_*
// functions of Objects/typeobject.c.
import {
  HASH, PyType_IsSubtype, Py_DECREF, Py_INCREF, Py_NE, Py_TPFLAGS_METHOD_DESCRIPTOR, type PyObject,
  type PyTypeObject, type TypeSlots, type binaryfunc, type unaryfunc,
} from './object'
import { PyNumber_AsSsize_t, PyNumber_Index, _PySequence_IterContains } from './abstract'
import { PyBool_Check } from './boolobject'
import {
  PyObject_Call, PyObject_CallNoArgs, PyObject_CallOneArg, PyObject_Vectorcall, _PyObject_Call_Prepend,
} from './call'
import { PyWrapperDescr_Type, type DescrData } from './descrobject'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetObject,
  PyErr_SetString, PyErr_WriteUnraisable,
} from './errors'
import { PyExc_AttributeError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PySeqIter_New } from './iterobject'
import { PyLong_Check, PyLong_FromSsize_t, long_hash } from './longobject'
import {
  PyObject_GenericGetAttr, PyObject_GetAttr, PyObject_HashNotImplemented, PyObject_IsTrue, PyObject_RichCompareBool,
  _PyObject_LookupAttr,
} from './object-protocol'
import { Py_None, Py_NotImplemented } from './singletons'
import { _PyType_Lookup } from './type-cache'
import { _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

// ---- finding and calling ------------------------------------------------------------------------------------------------

/** Second result of the lookups: the function wants self as first argument. */
export const lookup = { unbound: false }

/** NEW method of the type (never of the instance), or null: missing, or an exception is set. Mirrors lookup_maybe_method. */
export function lookup_maybe_method(self: PyObject, name: PyObject): PyObject | null {
  const descr = _PyType_Lookup(self.ob_type, name)
  if (descr === null) return null
  if ((descr.ob_type.tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR) !== 0) {
    lookup.unbound = true
    Py_INCREF(descr)
    return descr
  }
  const f = descr.ob_type.tp_descr_get
  if (f === null) Py_INCREF(descr)
  const result = f === null ? descr : f(descr, self, self.ob_type)
  lookup.unbound = false
  return result
}

/** The same; AttributeError if missing. */
export function lookup_method(self: PyObject, name: PyObject): PyObject | null {
  const result = lookup_maybe_method(self, name)
  if (result === null && PyErr_Occurred() === null) PyErr_SetObject(PyExc_AttributeError, name)
  return result
}

/** Calls what a lookup found with args, of which the first is self. */
function vectorcall_unbound(unbound: boolean, func: PyObject, args: PyObject[]): PyObject | null {
  if (unbound) return PyObject_Vectorcall(func, args, args.length, null)
  return PyObject_Vectorcall(func, args.slice(1), args.length - 1, null)
}

function call_unbound_noarg(unbound: boolean, func: PyObject, self: PyObject): PyObject | null {
  return unbound ? PyObject_CallOneArg(func, self) : PyObject_CallNoArgs(func)
}

/** type(args[0]).name(*args). NEW. */
function vectorcall_method(name: PyObject, args: PyObject[]): PyObject | null {
  const func = lookup_method(args[0]!, name)
  if (func === null) return null
  const result = vectorcall_unbound(lookup.unbound, func, args)
  Py_DECREF(func)
  return result
}

/** The same; NotImplemented if the method is missing. */
function vectorcall_maybe(name: PyObject, args: PyObject[]): PyObject | null {
  const func = lookup_maybe_method(args[0]!, name)
  if (func === null) return PyErr_Occurred() !== null ? null : notImplemented()
  const result = vectorcall_unbound(lookup.unbound, func, args)
  Py_DECREF(func)
  return result
}

function notImplemented(): PyObject {
  Py_INCREF(Py_NotImplemented)
  return Py_NotImplemented
}

// ---- containers -----------------------------------------------------------------------------------------------------------

export function slot_sq_length(self: PyObject): number {
  const made = vectorcall_method(_Py_ID('__len__'), [self])
  if (made === null) return -1
  const res = PyNumber_Index(made)
  Py_DECREF(made)
  if (res === null) return -1
  if (res.v < 0) {
    Py_DECREF(res)
    PyErr_SetString(PyExc_ValueError, '__len__() should return >= 0')
    return -1
  }
  const n = PyNumber_AsSsize_t(res, PyExc_OverflowError)
  Py_DECREF(res)
  return n
}

export const slot_mp_length: TypeSlots['mp_length'] = self => slot_sq_length(self)

export function slot_sq_item(self: PyObject, i: number): PyObject | null {
  const index = PyLong_FromSsize_t(i)
  const result = vectorcall_method(_Py_ID('__getitem__'), [self, index])
  Py_DECREF(index)
  return result
}

function done(result: PyObject | null): number {
  if (result === null) return -1
  Py_DECREF(result)
  return 0
}

export function slot_sq_ass_item(self: PyObject, i: number, value: PyObject | null): number {
  const index = PyLong_FromSsize_t(i)
  const result = done(value === null ? vectorcall_method(_Py_ID('__delitem__'), [self, index])
    : vectorcall_method(_Py_ID('__setitem__'), [self, index, value]))
  Py_DECREF(index)
  return result
}

export function slot_sq_contains(self: PyObject, value: PyObject): number {
  const func = lookup_maybe_method(self, _Py_ID('__contains__'))
  if (func === Py_None) {
    Py_DECREF(func)
    PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not a container', self.ob_type.tp_name)
    return -1
  }
  if (func !== null) {
    const res = vectorcall_unbound(lookup.unbound, func, [self, value])
    Py_DECREF(func)
    if (res === null) return -1
    const result = PyObject_IsTrue(res)
    Py_DECREF(res)
    return result
  }
  return PyErr_Occurred() !== null ? -1 : _PySequence_IterContains(self, value)
}

export function slot_mp_subscript(self: PyObject, key: PyObject): PyObject | null {
  return vectorcall_method(_Py_ID('__getitem__'), [self, key])
}

export function slot_mp_ass_subscript(self: PyObject, key: PyObject, value: PyObject | null): number {
  return done(value === null ? vectorcall_method(_Py_ID('__delitem__'), [self, key])
    : vectorcall_method(_Py_ID('__setitem__'), [self, key, value]))
}

// ---- operators --------------------------------------------------------------------------------------------------------------

/** 1 if the two types have different methods of that name. Mirrors method_is_overloaded. */
function method_is_overloaded(left: PyObject, right: PyObject, name: PyObject): number {
  const b = _PyObject_LookupAttr(right.ob_type, name)
  if (b === null) return PyErr_Occurred() !== null ? -1 : 0
  const a = _PyObject_LookupAttr(left.ob_type, name)
  if (a === null) {
    Py_DECREF(b)
    return PyErr_Occurred() !== null ? -1 : 1
  }
  const result = PyObject_RichCompareBool(a, b, Py_NE)
  Py_DECREF(a)
  Py_DECREF(b)
  return result
}

type BinarySlot = 'nb_add' | 'nb_subtract' | 'nb_multiply' | 'nb_remainder' | 'nb_divmod' | 'nb_lshift' | 'nb_rshift' | 'nb_and'
  | 'nb_xor' | 'nb_or' | 'nb_floor_divide' | 'nb_true_divide' | 'nb_matrix_multiply' | 'nb_power'

// Mirrors SLOT1BINFULL. `slot` holds `test` when the operand's class defines either method.
function binarySlot(slot: BinarySlot, op: string, rop: string, test: () => unknown): binaryfunc {
  return (self, other) => {
    const type = self.ob_type
    const otherType = other.ob_type
    const own = test()
    let tryOther = type !== otherType && otherType[slot] === own
    if (type[slot] === own) {
      if (tryOther && PyType_IsSubtype(otherType, type)) {
        const overloaded = method_is_overloaded(self, other, _Py_ID(rop))
        if (overloaded < 0) return null
        if (overloaded > 0) {
          const result = vectorcall_maybe(_Py_ID(rop), [other, self])
          if (result !== Py_NotImplemented) return result
          Py_DECREF(result)
          tryOther = false
        }
      }
      const result = vectorcall_maybe(_Py_ID(op), [self, other])
      if (result !== Py_NotImplemented || otherType === type) return result
      Py_DECREF(result)
    }
    return tryOther ? vectorcall_maybe(_Py_ID(rop), [other, self]) : notImplemented()
  }
}

const OPERATORS: readonly (readonly [BinarySlot, string])[] = [
  ['nb_add', 'add'], ['nb_subtract', 'sub'], ['nb_multiply', 'mul'], ['nb_remainder', 'mod'], ['nb_divmod', 'divmod'],
  ['nb_lshift', 'lshift'], ['nb_rshift', 'rshift'], ['nb_and', 'and'], ['nb_xor', 'xor'], ['nb_or', 'or'],
  ['nb_floor_divide', 'floordiv'], ['nb_true_divide', 'truediv'], ['nb_matrix_multiply', 'matmul'],
]

/** Slot function by slot. */
export const binarySlots: Record<string, binaryfunc> = {}
for (const [slot, name] of OPERATORS) binarySlots[slot] = binarySlot(slot, `__${name}__`, `__r${name}__`, () => binarySlots[slot])

const slot_nb_power_binary = binarySlot('nb_power', '__pow__', '__rpow__', () => slot_nb_power)

export function slot_nb_power(self: PyObject, other: PyObject, modulus: PyObject): PyObject | null {
  if (modulus === Py_None) return slot_nb_power_binary(self, other)
  // Three-argument pow() has no reflected form.
  return self.ob_type.nb_power === slot_nb_power ? vectorcall_method(_Py_ID('__pow__'), [self, other, modulus]) : notImplemented()
}

export const inplaceSlots: Record<string, binaryfunc> = {}
for (const [slot, name] of [
  ['nb_inplace_add', 'iadd'], ['nb_inplace_subtract', 'isub'], ['nb_inplace_multiply', 'imul'],
  ['nb_inplace_remainder', 'imod'], ['nb_inplace_lshift', 'ilshift'], ['nb_inplace_rshift', 'irshift'],
  ['nb_inplace_and', 'iand'], ['nb_inplace_xor', 'ixor'], ['nb_inplace_or', 'ior'],
  ['nb_inplace_floor_divide', 'ifloordiv'], ['nb_inplace_true_divide', 'itruediv'],
  ['nb_inplace_matrix_multiply', 'imatmul'],
] as const) inplaceSlots[slot] = (self, other) => vectorcall_method(_Py_ID(`__${name}__`), [self, other])

export function slot_nb_inplace_power(self: PyObject, other: PyObject, _modulus: PyObject): PyObject | null {
  return vectorcall_method(_Py_ID('__ipow__'), [self, other])
}

/** Slot function by method name. */
export const unarySlots: Record<string, unaryfunc> = {}
for (const name of ['__neg__', '__pos__', '__abs__', '__invert__', '__int__', '__float__', '__index__']) {
  unarySlots[name] = self => vectorcall_method(_Py_ID(name), [self])
}

export function slot_nb_bool(self: PyObject): number {
  let usingLen = false
  let func = lookup_maybe_method(self, _Py_ID('__bool__'))
  if (func === null) {
    if (PyErr_Occurred() !== null) return -1
    func = lookup_maybe_method(self, _Py_ID('__len__'))
    if (func === null) return PyErr_Occurred() !== null ? -1 : 1
    usingLen = true
  }
  const value = call_unbound_noarg(lookup.unbound, func, self)
  let result = -1
  if (value !== null) {
    if (usingLen || PyBool_Check(value)) result = PyObject_IsTrue(value)
    else PyErr_Format(PyExc_TypeError, '__bool__ should return bool, returned %s', value.ob_type.tp_name)
    Py_DECREF(value)
  }
  Py_DECREF(func)
  return result
}

// ---- text and hash ------------------------------------------------------------------------------------------------------------

export function slot_tp_repr(self: PyObject): PyObject | null {
  const func = lookup_maybe_method(self, _Py_ID('__repr__'))
  if (func !== null) {
    const result = call_unbound_noarg(lookup.unbound, func, self)
    Py_DECREF(func)
    return result
  }
  PyErr_Clear()
  return PyUnicode_FromFormat('<%s object at %p>', self.ob_type.tp_name, self)
}

export function slot_tp_str(self: PyObject): PyObject | null {
  return vectorcall_method(_Py_ID('__str__'), [self])
}

export function slot_tp_hash(self: PyObject): number {
  let func = lookup_maybe_method(self, _Py_ID('__hash__'))
  if (func === Py_None) {
    Py_DECREF(func)
    func = null
  }
  if (func === null) return PyObject_HashNotImplemented(self)
  const result = call_unbound_noarg(lookup.unbound, func, self)
  Py_DECREF(func)
  if (result === null) return -1
  if (!PyLong_Check(result)) {
    PyErr_SetString(PyExc_TypeError, '__hash__ method should return an integer')
    Py_DECREF(result)
    return -1
  }
  const n = result.v as number | bigint
  const wide = BigInt(n)
  if (BigInt.asIntN(64, wide) === wide) {
    HASH[0] = Number(BigInt.asIntN(32, wide))
    HASH[1] = Number(BigInt.asIntN(32, wide >> 32n))
    if (wide === -1n) HASH[0] = -2
  } else long_hash(result)
  Py_DECREF(result)
  return 0
}

// ---- calls, attributes ----------------------------------------------------------------------------------------------------------

export function slot_tp_call(self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const meth = lookup_method(self, _Py_ID('__call__'))
  if (meth === null) return null
  const result = lookup.unbound ? _PyObject_Call_Prepend(meth, self, args, kwargs) : PyObject_Call(meth, args, kwargs)
  Py_DECREF(meth)
  return result
}

export function slot_tp_getattro(self: PyObject, name: PyObject): PyObject | null {
  return vectorcall_method(_Py_ID('__getattribute__'), [self, name])
}

/** attr bound to self, called with one argument: a bound method is made. */
function call_attribute(self: PyObject, attr: PyObject, name: PyObject): PyObject | null {
  const f = attr.ob_type.tp_descr_get
  if (f === null) return PyObject_CallOneArg(attr, name)
  const bound = f(attr, self, self.ob_type)
  if (bound === null) return null
  const result = PyObject_CallOneArg(bound, name)
  Py_DECREF(bound)
  return result
}

/** tp_getattro of a class with __getattr__ (or, until first used, with __getattribute__ alone). */
export function slot_tp_getattr_hook(self: PyObject, name: PyObject): PyObject | null {
  const type = self.ob_type
  const getattr = _PyType_Lookup(type, _Py_ID('__getattr__'))
  if (getattr === null) {
    type.tp_getattro = slot_tp_getattro
    return slot_tp_getattro(self, name)
  }
  Py_INCREF(getattr)
  const getattribute = _PyType_Lookup(type, _Py_ID('__getattribute__'))
  let result: PyObject | null
  if (getattribute === null
    || (getattribute.ob_type === PyWrapperDescr_Type && (getattribute.v as DescrData).d_wrapped === PyObject_GenericGetAttr)) {
    result = PyObject_GenericGetAttr(self, name)
  } else {
    Py_INCREF(getattribute)
    result = call_attribute(self, getattribute, name)
    Py_DECREF(getattribute)
  }
  if (result === null && PyErr_ExceptionMatches(PyExc_AttributeError)) {
    PyErr_Clear()
    result = call_attribute(self, getattr, name)
  }
  Py_DECREF(getattr)
  return result
}

export function slot_tp_setattro(self: PyObject, name: PyObject, value: PyObject | null): number {
  return done(value === null ? vectorcall_method(_Py_ID('__delattr__'), [self, name])
    : vectorcall_method(_Py_ID('__setattr__'), [self, name, value]))
}

const COMPARISONS = ['__lt__', '__le__', '__eq__', '__ne__', '__gt__', '__ge__']

export function slot_tp_richcompare(self: PyObject, other: PyObject, op: number): PyObject | null {
  const func = lookup_maybe_method(self, _Py_ID(COMPARISONS[op]!))
  if (func === null) {
    PyErr_Clear()
    return notImplemented()
  }
  const result = vectorcall_unbound(lookup.unbound, func, [self, other])
  Py_DECREF(func)
  return result
}

// ---- iteration --------------------------------------------------------------------------------------------------------------------

function notIterable(self: PyObject): null {
  return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not iterable', self.ob_type.tp_name)
}

export function slot_tp_iter(self: PyObject): PyObject | null {
  let func = lookup_maybe_method(self, _Py_ID('__iter__'))
  if (func === Py_None) {
    Py_DECREF(func)
    return notIterable(self)
  }
  if (func !== null) {
    const result = call_unbound_noarg(lookup.unbound, func, self)
    Py_DECREF(func)
    return result
  }
  PyErr_Clear()
  func = lookup_maybe_method(self, _Py_ID('__getitem__'))
  if (func === null) return notIterable(self)
  Py_DECREF(func)
  return PySeqIter_New(self)
}

export function slot_tp_iternext(self: PyObject): PyObject | null {
  return vectorcall_method(_Py_ID('__next__'), [self])
}

// ---- descriptors ------------------------------------------------------------------------------------------------------------------

export function slot_tp_descr_get(self: PyObject, obj: PyObject | null, type: PyObject | null): PyObject | null {
  const tp = self.ob_type
  const get = _PyType_Lookup(tp, _Py_ID('__get__'))
  if (get === null) {
    if (tp.tp_descr_get === slot_tp_descr_get) tp.tp_descr_get = null
    Py_INCREF(self)
    return self
  }
  return PyObject_Vectorcall(get, [self, obj ?? Py_None, type ?? Py_None], 3, null)
}

export function slot_tp_descr_set(self: PyObject, target: PyObject, value: PyObject | null): number {
  return done(value === null ? vectorcall_method(_Py_ID('__delete__'), [self, target])
    : vectorcall_method(_Py_ID('__set__'), [self, target, value]))
}

// ---- life ---------------------------------------------------------------------------------------------------------------------------

export function slot_tp_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const meth = lookup_method(self, _Py_ID('__init__'))
  if (meth === null) return -1
  const result = lookup.unbound ? _PyObject_Call_Prepend(meth, self, args, kwargs) : PyObject_Call(meth, args, kwargs)
  Py_DECREF(meth)
  if (result === null) return -1
  const ok = result === Py_None
  if (!ok) PyErr_Format(PyExc_TypeError, '__init__() should return None, not \'%.200s\'', result.ob_type.tp_name)
  Py_DECREF(result)
  return ok ? 0 : -1
}

export function slot_tp_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const func = PyObject_GetAttr(type, _Py_ID('__new__'))
  if (func === null) return null
  const result = _PyObject_Call_Prepend(func, type, args, kwargs)
  Py_DECREF(func)
  return result
}

/** Runs __del__; what it raises is reported, not propagated. */
export function slot_tp_finalize(self: PyObject): void {
  const error = PyErr_Fetch()
  const del = lookup_maybe_method(self, _Py_ID('__del__'))
  if (del !== null) {
    const result = call_unbound_noarg(lookup.unbound, del, self)
    if (result === null) PyErr_WriteUnraisable(del)
    else Py_DECREF(result)
    Py_DECREF(del)
  }
  PyErr_RestoreFetched(error)
}

// ---- asynchronous ---------------------------------------------------------------------------------------------------------------------

function asyncSlot(name: string): unaryfunc {
  return self => {
    const func = lookup_maybe_method(self, _Py_ID(name))
    if (func === null) {
      if (PyErr_Occurred() !== null) return null
      return PyErr_Format(PyExc_AttributeError, `object %.50s does not have ${name} method`, self.ob_type.tp_name)
    }
    const result = call_unbound_noarg(lookup.unbound, func, self)
    Py_DECREF(func)
    return result
  }
}

export const slot_am_await = asyncSlot('__await__')
export const slot_am_aiter = asyncSlot('__aiter__')
export const slot_am_anext = asyncSlot('__anext__')

