// The functions behind wrapper_descriptor: each turns a tuple of arguments into a call of a C slot. Mirrors the wrap_*
// functions of Objects/typeobject.c.
import {
  HASH, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, type PyObject, type PyTypeObject, type setattrofunc,
} from './object'
import { PyNumber_AsSsize_t } from './abstract'
import { PyBool_FromLong } from './boolobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetNone, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_StopIteration, PyExc_TypeError } from './exceptions'
import { PyArg_UnpackTuple } from './getargs'
import { hashToInt } from '../lib/num-hash'
import { PyLong_FromBigInt, PyLong_FromSsize_t } from './longobject'
import { Py_None, Py_RETURN_NONE } from './singletons'
import type { Wrapper } from './type-slotdefs'
import { slot_tp_setattro } from './type-slot-functions'

/** The items if there are exactly n; null with TypeError. */
function exactly(args: PyObject, n: number): PyObject[] | null {
  const items = args.v as PyObject[]
  if (items.length === n) return items
  return PyErr_Format(PyExc_TypeError, 'expected %d argument%s, got %zd', n, n === 1 ? '' : 's', items.length)
}

const unpack = (args: PyObject, min: number, max: number): PyObject[] | null => PyArg_UnpackTuple(args, '', min, max)

/** None, or null after an error. */
const none = (result: number): PyObject | null => result === -1 && PyErr_Occurred() !== null ? null : Py_RETURN_NONE()

/** NEW int of the hash in HASH. */
export function hashAsLong(): PyObject {
  const hash = hashToInt(HASH[0]!, HASH[1]!)
  return typeof hash === 'number' ? PyLong_FromSsize_t(hash) : PyLong_FromBigInt(hash)!
}

export const wrap_lenfunc: Wrapper = (self, args, f) => {
  if (exactly(args, 0) === null) return null
  const n = f(self) as number
  return n === -1 && PyErr_Occurred() !== null ? null : PyLong_FromSsize_t(n)
}

export const wrap_inquirypred: Wrapper = (self, args, f) => {
  if (exactly(args, 0) === null) return null
  const n = f(self) as number
  return n === -1 && PyErr_Occurred() !== null ? null : PyBool_FromLong(n)
}

export const wrap_binaryfunc: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  return items === null ? null : f(self, items[0]!) as PyObject | null
}

export const wrap_binaryfunc_l: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  return items === null ? null : f(self, items[0]!) as PyObject | null
}

export const wrap_binaryfunc_r: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  return items === null ? null : f(items[0]!, self) as PyObject | null
}

export const wrap_ternaryfunc: Wrapper = (self, args, f) => {
  const items = unpack(args, 1, 2)
  return items === null ? null : f(self, items[0]!, items[1] ?? Py_None) as PyObject | null
}

export const wrap_ternaryfunc_r: Wrapper = (self, args, f) => {
  const items = unpack(args, 1, 2)
  return items === null ? null : f(items[0]!, self, items[1] ?? Py_None) as PyObject | null
}

export const wrap_unaryfunc: Wrapper = (self, args, f) =>
  exactly(args, 0) === null ? null : f(self) as PyObject | null

/** An index argument for sq_repeat. */
export const wrap_indexargfunc: Wrapper = (self, args, f) => {
  const items = unpack(args, 1, 1)
  if (items === null) return null
  const i = PyNumber_AsSsize_t(items[0]!, PyExc_OverflowError)
  return i === -1 && PyErr_Occurred() !== null ? null : f(self, i) as PyObject | null
}

/** The index for sq_item and sq_ass_item, counted from the end if negative; NaN with an exception set. */
function getindex(self: PyObject, arg: PyObject): number {
  let i = PyNumber_AsSsize_t(arg, PyExc_OverflowError)
  if (i === -1 && PyErr_Occurred() !== null) return NaN
  if (i < 0 && self.ob_type.sq_length !== null) {
    const n = self.ob_type.sq_length(self)
    if (n < 0) return NaN
    i += n
  }
  return i
}

export const wrap_sq_item: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  if (items === null) return null
  const i = getindex(self, items[0]!)
  return Number.isNaN(i) ? null : f(self, i) as PyObject | null
}

export const wrap_sq_setitem: Wrapper = (self, args, f) => {
  const items = unpack(args, 2, 2)
  if (items === null) return null
  const i = getindex(self, items[0]!)
  return Number.isNaN(i) ? null : none(f(self, i, items[1]!) as number)
}

export const wrap_sq_delitem: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  if (items === null) return null
  const i = getindex(self, items[0]!)
  return Number.isNaN(i) ? null : none(f(self, i, null) as number)
}

export const wrap_objobjproc: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  if (items === null) return null
  const n = f(self, items[0]!) as number
  return n === -1 && PyErr_Occurred() !== null ? null : PyBool_FromLong(n)
}

export const wrap_objobjargproc: Wrapper = (self, args, f) => {
  const items = unpack(args, 2, 2)
  return items === null ? null : none(f(self, items[0]!, items[1]!) as number)
}

export const wrap_delitem: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  return items === null ? null : none(f(self, items[0]!, null) as number)
}

/**
 * `object.__setattr__(int, …)` must not jump over the setattr of a C type in between. True if the call is allowed. Mirrors
 * hackcheck.
 */
function hackcheck(self: PyObject, f: setattrofunc, what: string): boolean {
  const type = self.ob_type
  let defining = type
  for (let i = type.mro.length - 1; i >= 0; i--) {
    const base = type.mro[i]!
    if (base.tp_setattro !== slot_tp_setattro && base.tp_setattro === type.tp_setattro) {
      defining = base
      break
    }
  }
  for (let base: PyTypeObject | null = defining; base !== null; base = base.tp_base) {
    if (base.tp_setattro === f) return true
    if (base.tp_setattro !== slot_tp_setattro) {
      PyErr_Format(PyExc_TypeError, 'can\'t apply this %s to %s object', what, type.tp_name)
      return false
    }
  }
  return true
}

export const wrap_setattr: Wrapper = (self, args, f) => {
  const items = unpack(args, 2, 2)
  if (items === null || !hackcheck(self, f as setattrofunc, '__setattr__')) return null
  return (f as setattrofunc)(self, items[0]!, items[1]!) < 0 ? null : Py_RETURN_NONE()
}

export const wrap_delattr: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  if (items === null || !hackcheck(self, f as setattrofunc, '__delattr__')) return null
  return (f as setattrofunc)(self, items[0]!, null) < 0 ? null : Py_RETURN_NONE()
}

export const wrap_hashfunc: Wrapper = (self, args, f) => {
  if (exactly(args, 0) === null) return null
  return (f(self) as number) < 0 ? null : hashAsLong()
}

export const wrap_call: Wrapper = (self, args, f, kwargs) => f(self, args, kwargs) as PyObject | null

export const wrap_del: Wrapper = (self, args, f) => {
  if (exactly(args, 0) === null) return null
  f(self)
  return Py_RETURN_NONE()
}

const richcmp = (op: number): Wrapper => (self, args, f) => {
  const items = exactly(args, 1)
  return items === null ? null : f(self, items[0]!, op) as PyObject | null
}

/** By Py_LT … Py_GE. */
export const richcmpWrappers: readonly Wrapper[] = [Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE].map(richcmp)

export const wrap_next: Wrapper = (self, args, f) => {
  if (exactly(args, 0) === null) return null
  const result = f(self) as PyObject | null
  if (result === null && PyErr_Occurred() === null) PyErr_SetNone(PyExc_StopIteration)
  return result
}

export const wrap_descr_get: Wrapper = (self, args, f) => {
  const items = unpack(args, 1, 2)
  if (items === null) return null
  const obj = items[0] === Py_None ? null : items[0]!
  const type = items[1] === undefined || items[1] === Py_None ? null : items[1]
  if (obj === null && type === null) return PyErr_SetString(PyExc_TypeError, '__get__(None, None) is invalid')
  return f(self, obj, type) as PyObject | null
}

export const wrap_descr_set: Wrapper = (self, args, f) => {
  const items = unpack(args, 2, 2)
  return items === null ? null : (f(self, items[0]!, items[1]!) as number) < 0 ? null : Py_RETURN_NONE()
}

export const wrap_descr_delete: Wrapper = (self, args, f) => {
  const items = exactly(args, 1)
  return items === null ? null : (f(self, items[0]!, null) as number) < 0 ? null : Py_RETURN_NONE()
}

export const wrap_init: Wrapper = (self, args, f, kwargs) =>
  (f(self, args, kwargs) as number) < 0 ? null : Py_RETURN_NONE()
