// What the classes of _io share: errors, checks, conversions of arguments.
import { PyIndex_Check, PyNumber_AsSsize_t } from '../../objects/abstract'
import { PyObject_CallMethodNoArgs } from '../../objects/call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { Py_DECREF, type PyMemberDef, type PyObject } from '../../objects/object'
import { PyObject_IsTrue, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { Py_False, Py_True } from '../../objects/boolobject'
import { Py_None } from '../../objects/singletons'
import { _Py_ID } from '../../objects/unicodeobject'

export { finishBytes, newBytesBuffer } from '../../objects/bytes-buffer'

export const DEFAULT_BUFFER_SIZE = 8192

/** io.UnsupportedOperation; made with the module. */
export const ioState: { unsupportedOperation: PyObject | null } = { unsupportedOperation: null }

/** Sets UnsupportedOperation. Null. */
export function unsupported(message: string): null {
  return PyErr_SetString(ioState.unsupportedOperation!, message)
}

/** Reads an attribute as a truth value: 1, 0, or -1; 0 when it is missing. */
function truthOfAttribute(self: PyObject, name: string): number {
  const value = _PyObject_LookupAttr(self, _Py_ID(name))
  if (value === null) return PyErr_Occurred() !== null ? -1 : 0
  const truth = PyObject_IsTrue(value)
  Py_DECREF(value)
  return truth
}

/** False with ValueError set when `self.closed`. Mirrors iobase_check_closed. */
export function checkClosed(self: PyObject, message = 'I/O operation on closed file.'): boolean {
  const closed = truthOfAttribute(self, 'closed')
  if (closed > 0) PyErr_SetString(PyExc_ValueError, message)
  return closed === 0
}

/** False with UnsupportedOperation set unless `self.<inquiry>()` is True. Mirrors _PyIOBase_check_readable and its like. */
export function checkInquiry(self: PyObject, inquiry: 'readable' | 'writable' | 'seekable'): boolean {
  const result = PyObject_CallMethodNoArgs(self, _Py_ID(inquiry))
  if (result === null) return false
  Py_DECREF(result)
  if (result === Py_True) return true
  unsupported(`File or stream is not ${inquiry}.`)
  return false
}

/** An optional size: `otherwise` for None or missing; null with TypeError set. Mirrors _Py_convert_optional_to_ssize_t. */
export function optionalSize(arg: PyObject | null | undefined, otherwise = -1): number | null {
  if (arg === null || arg === undefined || arg === Py_None) return otherwise
  if (!PyIndex_Check(arg)) return PyErr_Format(PyExc_TypeError, `argument should be integer or None, not '${arg.ob_type.tp_name}'`)
  const n = PyNumber_AsSsize_t(arg, PyExc_OverflowError)
  return n === -1 && PyErr_Occurred() !== null ? null : n
}

/** A size that must be an integer; null with an exception set. */
export function neededSize(arg: PyObject): number | null {
  const n = PyNumber_AsSsize_t(arg, PyExc_OverflowError)
  return n === -1 && PyErr_Occurred() !== null ? null : n
}

/** A T_BOOL member. */
export function boolMember(name: string, get: (self: PyObject) => boolean, set?: (self: PyObject, value: boolean) => void): PyMemberDef {
  const member: PyMemberDef = {
    name,
    get: self => {
      const o = get(self) ? Py_True : Py_False
      o.ob_refcnt++
      return o
    },
  }
  if (set !== undefined) {
    member.set = (self, value) => {
      if (value !== Py_True && value !== Py_False) {
        PyErr_SetString(PyExc_TypeError, value === null ? "can't delete numeric/char attribute" : 'attribute value type must be bool')
        return -1
      }
      set(self, value === Py_True)
      return 0
    }
  }
  return member
}
