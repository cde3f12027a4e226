// The number protocol: which of two operands' slots answers an operator, and the conversions to int, float and index.
// First half of Objects/abstract.c.
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_WarnFormat } from './errors'
import { PyExc_DeprecationWarning, PyExc_OverflowError, PyExc_TypeError } from './exceptions'
import { PyByteArray_AsBytes, PyByteArray_Check } from './bytearrayobject'
import { PyBytes_AsBytes, PyBytes_Check } from './bytesobject'
import { PyFloat_Check, PyFloat_CheckExact, PyFloat_FromDouble } from './floatobject'
import { PyFloat_FromString } from './float-methods'
import { PyBuffer_Release, PyObject_GetBufferBytes } from './memoryobject'
import { PyLong_AsDouble, PyLong_Check, PyLong_CheckExact, _PyLong_Copy } from './longobject'
import { PyLong_FromUnicodeObject, _PyLong_Format, _PyLong_FromBytes } from './long-text'
import {
  Py_DECREF, type PyObject, type PyTypeObject, PyType_IsSubtype, type TypeSlots, type binaryfunc, type ssizeargfunc, type ternaryfunc,
} from './object'
import { _PyObject_LookupSpecial } from './typeobject'
import { PyObject_CallNoArgs } from './call'
import { Py_NotImplemented, Py_None } from './singletons'
import { PyUnicode_Check, _Py_ID } from './unicodeobject'

type BinarySlot = { [K in keyof TypeSlots]: TypeSlots[K] extends binaryfunc | null ? K : never }[keyof TypeSlots]

/**
 * The two operands' slots in turn, the right one first where its type is a proper subtype of the left one's. NEW result,
 * NotImplemented (a new reference) if neither knows. Mirrors binary_op1.
 */
function binary_op1(v: PyObject, w: PyObject, slot: BinarySlot): PyObject | null {
  const slotv = v.ob_type[slot] as binaryfunc | null
  let slotw: binaryfunc | null = null
  if (w.ob_type !== v.ob_type) {
    slotw = w.ob_type[slot] as binaryfunc | null
    if (slotw === slotv) slotw = null
  }
  if (slotv !== null) {
    if (slotw !== null && PyType_IsSubtype(w.ob_type, v.ob_type)) {
      const x = slotw(v, w)
      if (x !== Py_NotImplemented) return x
      x.ob_refcnt--
      slotw = null
    }
    const x = slotv(v, w)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  if (slotw !== null) {
    const x = slotw(v, w)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  Py_NotImplemented.ob_refcnt++
  return Py_NotImplemented
}

/** TypeError for operands that nothing fits. Returns null. */
function unsupported(v: PyObject, w: PyObject, name: string): null {
  return PyErr_Format(PyExc_TypeError, 'unsupported operand type(s) for %.100s: \'%.100s\' and \'%.100s\'',
    name, v.ob_type.tp_name, w.ob_type.tp_name)
}

function binary_op(v: PyObject, w: PyObject, slot: BinarySlot, name: string): PyObject | null {
  const result = binary_op1(v, w, slot)
  if (result !== Py_NotImplemented) return result
  result.ob_refcnt--
  if (name === '>>' && v.ob_type.tp_name === 'builtin_function_or_method' && (v.v?.m_ml?.ml_name as string | undefined) === 'print') {
    return PyErr_Format(PyExc_TypeError,
      'unsupported operand type(s) for %.100s: \'%.100s\' and \'%.100s\'. Did you mean "print(<message>, file=<output_stream>)"?',
      name, v.ob_type.tp_name, w.ob_type.tp_name)
  }
  return unsupported(v, w, name)
}

/** The in-place slot of the left operand, then the ordinary operation. NEW, or NotImplemented. Mirrors binary_iop1. */
function binary_iop1(v: PyObject, w: PyObject, islot: BinarySlot, slot: BinarySlot): PyObject | null {
  const inplace = v.ob_type[islot] as binaryfunc | null
  if (inplace !== null) {
    const x = inplace(v, w)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  return binary_op1(v, w, slot)
}

function binary_iop(v: PyObject, w: PyObject, islot: BinarySlot, slot: BinarySlot, name: string): PyObject | null {
  const result = binary_iop1(v, w, islot, slot)
  if (result !== Py_NotImplemented) return result
  result.ob_refcnt--
  return unsupported(v, w, name)
}

/** pow() with three operands. Mirrors ternary_op. */
function ternary_op(v: PyObject, w: PyObject, z: PyObject, name: string): PyObject | null {
  const slotv = v.ob_type.nb_power
  let slotw: ternaryfunc | null = null
  if (w.ob_type !== v.ob_type) {
    slotw = w.ob_type.nb_power
    if (slotw === slotv) slotw = null
  }
  if (slotv !== null) {
    if (slotw !== null && PyType_IsSubtype(w.ob_type, v.ob_type)) {
      const x = slotw(v, w, z)
      if (x !== Py_NotImplemented) return x
      x.ob_refcnt--
      slotw = null
    }
    const x = slotv(v, w, z)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  if (slotw !== null) {
    const x = slotw(v, w, z)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  const slotz = z.ob_type.nb_power
  if (slotz !== null && slotz !== slotv && slotz !== slotw) {
    const x = slotz(v, w, z)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  if (z === Py_None) return unsupported(v, w, name)
  return PyErr_Format(PyExc_TypeError, 'unsupported operand type(s) for %.100s: \'%.100s\', \'%.100s\', \'%.100s\'',
    name, v.ob_type.tp_name, w.ob_type.tp_name, z.ob_type.tp_name)
}

/** True if o answers __int__, __float__ or __index__, or is complex. */
export function PyNumber_Check(o: PyObject): boolean {
  const t = o.ob_type
  return t.nb_index !== null || t.nb_int !== null || t.nb_float !== null || t.tp_name === 'complex'
}

// ---- operators -----------------------------------------------------------------------------------------------------

export function PyNumber_Add(v: PyObject, w: PyObject): PyObject | null {
  const result = binary_op1(v, w, 'nb_add')
  if (result !== Py_NotImplemented) return result
  result.ob_refcnt--
  const concat = v.ob_type.sq_concat
  return concat !== null ? concat(v, w) : unsupported(v, w, '+')
}

/** seq * n or n * seq. Mirrors sequence_repeat. */
function sequence_repeat(repeat: ssizeargfunc, seq: PyObject, n: PyObject): PyObject | null {
  if (!PyIndex_Check(n)) return PyErr_Format(PyExc_TypeError, 'can\'t multiply sequence by non-int of type \'%.200s\'', n.ob_type.tp_name)
  const count = PyNumber_AsSsize_t(n, PyExc_OverflowError)
  return count === -1 && PyErr_Occurred() !== null ? null : repeat(seq, count)
}

export function PyNumber_Multiply(v: PyObject, w: PyObject): PyObject | null {
  const result = binary_op1(v, w, 'nb_multiply')
  if (result !== Py_NotImplemented) return result
  result.ob_refcnt--
  if (v.ob_type.sq_repeat !== null) return sequence_repeat(v.ob_type.sq_repeat, v, w)
  if (w.ob_type.sq_repeat !== null) return sequence_repeat(w.ob_type.sq_repeat, w, v)
  return unsupported(v, w, '*')
}

export const PyNumber_Or = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_or', '|')
export const PyNumber_Xor = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_xor', '^')
export const PyNumber_And = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_and', '&')
export const PyNumber_Lshift = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_lshift', '<<')
export const PyNumber_Rshift = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_rshift', '>>')
export const PyNumber_Subtract = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_subtract', '-')
export const PyNumber_Divmod = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_divmod', 'divmod()')
export const PyNumber_MatrixMultiply = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_matrix_multiply', '@')
export const PyNumber_FloorDivide = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_floor_divide', '//')
export const PyNumber_TrueDivide = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_true_divide', '/')
export const PyNumber_Remainder = (v: PyObject, w: PyObject): PyObject | null => binary_op(v, w, 'nb_remainder', '%')
export const PyNumber_Power = (v: PyObject, w: PyObject, z: PyObject): PyObject | null => ternary_op(v, w, z, '** or pow()')

export const PyNumber_InPlaceOr = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_or', 'nb_or', '|=')
export const PyNumber_InPlaceXor = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_xor', 'nb_xor', '^=')
export const PyNumber_InPlaceAnd = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_and', 'nb_and', '&=')
export const PyNumber_InPlaceLshift = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_lshift', 'nb_lshift', '<<=')
export const PyNumber_InPlaceRshift = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_rshift', 'nb_rshift', '>>=')
export const PyNumber_InPlaceSubtract = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_subtract', 'nb_subtract', '-=')
export const PyNumber_InPlaceFloorDivide = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_floor_divide', 'nb_floor_divide', '//=')
export const PyNumber_InPlaceTrueDivide = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_true_divide', 'nb_true_divide', '/=')
export const PyNumber_InPlaceRemainder = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_remainder', 'nb_remainder', '%=')
export const PyNumber_InPlaceMatrixMultiply = (v: PyObject, w: PyObject): PyObject | null => binary_iop(v, w, 'nb_inplace_matrix_multiply', 'nb_matrix_multiply', '@=')

export function PyNumber_InPlacePower(v: PyObject, w: PyObject, z: PyObject): PyObject | null {
  const inplace = v.ob_type.nb_inplace_power
  if (inplace !== null) {
    const x = inplace(v, w, z)
    if (x !== Py_NotImplemented) return x
    x.ob_refcnt--
  }
  return ternary_op(v, w, z, '**=')
}

export function PyNumber_InPlaceAdd(v: PyObject, w: PyObject): PyObject | null {
  const result = binary_iop1(v, w, 'nb_inplace_add', 'nb_add')
  if (result !== Py_NotImplemented) return result
  result.ob_refcnt--
  const concat = v.ob_type.sq_inplace_concat ?? v.ob_type.sq_concat
  return concat !== null ? concat(v, w) : unsupported(v, w, '+=')
}

export function PyNumber_InPlaceMultiply(v: PyObject, w: PyObject): PyObject | null {
  const result = binary_iop1(v, w, 'nb_inplace_multiply', 'nb_multiply')
  if (result !== Py_NotImplemented) return result
  result.ob_refcnt--
  const repeat = v.ob_type.sq_inplace_repeat ?? v.ob_type.sq_repeat
  if (repeat !== null) return sequence_repeat(repeat, v, w)
  // The right operand is not changed: no in-place repeat of it.
  if (w.ob_type.sq_repeat !== null) return sequence_repeat(w.ob_type.sq_repeat, w, v)
  return unsupported(v, w, '*=')
}

function unary(o: PyObject, slot: 'nb_negative' | 'nb_positive' | 'nb_invert' | 'nb_absolute', what: string): PyObject | null {
  const f = o.ob_type[slot]
  return f !== null ? f(o) : PyErr_Format(PyExc_TypeError, `bad operand type for ${what}: '%.200s'`, o.ob_type.tp_name)
}

export const PyNumber_Negative = (o: PyObject): PyObject | null => unary(o, 'nb_negative', 'unary -')
export const PyNumber_Positive = (o: PyObject): PyObject | null => unary(o, 'nb_positive', 'unary +')
export const PyNumber_Invert = (o: PyObject): PyObject | null => unary(o, 'nb_invert', 'unary ~')
export const PyNumber_Absolute = (o: PyObject): PyObject | null => unary(o, 'nb_absolute', 'abs()')

// ---- conversions ------------------------------------------------------------------------------------------------------

export function PyIndex_Check(o: PyObject): boolean {
  return o.ob_type.nb_index !== null
}

/** NEW int (perhaps of a subclass), or null. Mirrors _PyNumber_Index. */
export function _PyNumber_Index(item: PyObject): PyObject | null {
  if (PyLong_Check(item)) return item.ob_refcnt++, item
  if (!PyIndex_Check(item)) {
    return PyErr_Format(PyExc_TypeError, '\'%.200s\' object cannot be interpreted as an integer', item.ob_type.tp_name)
  }
  const result = item.ob_type.nb_index!(item)
  if (result === null || PyLong_CheckExact(result)) return result
  if (!PyLong_Check(result)) {
    PyErr_Format(PyExc_TypeError, '__index__ returned non-int (type %.200s)', (result as PyObject).ob_type.tp_name)
    Py_DECREF(result)
    return null
  }
  if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
    '__index__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int is deprecated, '
    + 'and may not be supported in a future version of Python.', (result as PyObject).ob_type.tp_name) !== 0) {
    Py_DECREF(result)
    return null
  }
  return result
}

/** NEW exact int. */
export function PyNumber_Index(item: PyObject): PyObject | null {
  const result = _PyNumber_Index(item)
  if (result === null || PyLong_CheckExact(result)) return result
  const copy = _PyLong_Copy(result)
  Py_DECREF(result)
  return copy
}

const SSIZE_MAX = 2 ** 63 - 1

/** A C size of an int-like; too large: `err` raised, or cut off where err is null. -1 may be an error. */
export function PyNumber_AsSsize_t(item: PyObject, err: PyTypeObject | null): number {
  const index = _PyNumber_Index(item)
  if (index === null) return -1
  const v = index.v as number | bigint
  let result: number
  if (typeof v === 'number') result = v
  else if (v > 0x7fffffffffffffffn || v < -0x8000000000000000n) {
    // PyLong_AsSsize_t's own message is made and dropped.
    PyErr_SetString(PyExc_OverflowError, 'Python int too large to convert to C ssize_t')
    PyErr_Clear()
    if (err === null) result = v < 0n ? -SSIZE_MAX : SSIZE_MAX
    else {
      PyErr_Format(err, 'cannot fit \'%.200s\' into an index-sized integer', item.ob_type.tp_name)
      result = -1
    }
  } else result = Number(v)
  Py_DECREF(index)
  return result
}

/** int(o). NEW, or null. */
export function PyNumber_Long(o: PyObject): PyObject | null {
  if (PyLong_CheckExact(o)) return (o as PyObject).ob_refcnt++, o
  const type = o.ob_type
  if (type.nb_int !== null) {
    const result = type.nb_int(o)
    if (result === null || PyLong_CheckExact(result)) return result
    if (!PyLong_Check(result)) {
      PyErr_Format(PyExc_TypeError, '__int__ returned non-int (type %.200s)', (result as PyObject).ob_type.tp_name)
      Py_DECREF(result)
      return null
    }
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
      '__int__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int is deprecated, '
      + 'and may not be supported in a future version of Python.', (result as PyObject).ob_type.tp_name) !== 0) {
      Py_DECREF(result)
      return null
    }
    const copy = _PyLong_Copy(result)
    Py_DECREF(result)
    return copy
  }
  if (type.nb_index !== null) return PyNumber_Index(o)
  const trunc = _PyObject_LookupSpecial(o, _Py_ID('__trunc__'))
  if (trunc !== null) {
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, 'The delegation of int() to __trunc__ is deprecated.') !== 0) {
      Py_DECREF(trunc)
      return null
    }
    const result = PyObject_CallNoArgs(trunc)
    Py_DECREF(trunc)
    if (result === null || PyLong_CheckExact(result)) return result
    if (PyLong_Check(result)) {
      const copy = _PyLong_Copy(result)
      Py_DECREF(result)
      return copy
    }
    if (!PyIndex_Check(result)) {
      PyErr_Format(PyExc_TypeError, '__trunc__ returned non-Integral (type %.200s)', (result as PyObject).ob_type.tp_name)
      Py_DECREF(result)
      return null
    }
    const index = PyNumber_Index(result)
    Py_DECREF(result)
    return index
  }
  if (PyErr_Occurred() !== null) return null
  if (PyUnicode_Check(o)) return PyLong_FromUnicodeObject(o, 10)
  if (PyBytes_Check(o)) return _PyLong_FromBytes(PyBytes_AsBytes(o), 10)
  if (PyByteArray_Check(o)) return _PyLong_FromBytes(PyByteArray_AsBytes(o), 10)
  // What has no buffer gets its message first, which is dropped.
  const view = PyObject_GetBufferBytes(o)
  if (view !== null) {
    const result = _PyLong_FromBytes(view.bytes, 10)
    PyBuffer_Release(view)
    return result
  }
  return PyErr_Format(PyExc_TypeError,
    'int() argument must be a string, a bytes-like object or a real number, not \'%.200s\'', o.ob_type.tp_name)
}

/** float(o). NEW, or null. */
export function PyNumber_Float(o: PyObject): PyObject | null {
  if (PyFloat_CheckExact(o)) return (o as PyObject).ob_refcnt++, o
  const type = o.ob_type
  if (type.nb_float !== null) {
    const result = type.nb_float(o)
    if (result === null || PyFloat_CheckExact(result)) return result
    if (!PyFloat_Check(result)) {
      PyErr_Format(PyExc_TypeError, '%.50s.__float__ returned non-float (type %.50s)', type.tp_name, (result as PyObject).ob_type.tp_name)
      Py_DECREF(result)
      return null
    }
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
      '%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict subclass of float is deprecated, '
      + 'and may not be supported in a future version of Python.', type.tp_name, (result as PyObject).ob_type.tp_name) !== 0) {
      Py_DECREF(result)
      return null
    }
    const value = (result.v as number)
    Py_DECREF(result)
    return PyFloat_FromDouble(value)
  }
  if (type.nb_index !== null) {
    const index = _PyNumber_Index(o)
    if (index === null) return null
    const value = PyLong_AsDouble(index)
    Py_DECREF(index)
    return value === -1 && PyErr_Occurred() !== null ? null : PyFloat_FromDouble(value)
  }
  if (PyFloat_Check(o)) return PyFloat_FromDouble(o.v as number)
  return PyFloat_FromString(o)
}

/** bin(), oct(), hex(): NEW str, or null. */
export function PyNumber_ToBase(o: PyObject, base: number): PyObject | null {
  const index = _PyNumber_Index(o)
  if (index === null) return null
  const result = _PyLong_Format(index, base)
  Py_DECREF(index)
  return result
}
