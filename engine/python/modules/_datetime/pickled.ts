// The state that pickles hold: bytes, or a str with which Python 2 wrote them. Mirrors the head of date_new, time_new and datetime_new.
import { PyBytes_AsBytes, PyBytes_Check } from '../../objects/bytesobject'
import { PyErr_ExceptionMatches, PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_UnicodeEncodeError, PyExc_ValueError } from '../../objects/exceptions'
import { Py_DECREF, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyUnicode_AsEncodedString } from '../../objects/unicode-codec'
import { codeAt, udata } from '../../objects/unicode-text'
import { PyUnicode_Check } from '../../objects/unicodeobject'
import { Py_None } from '../../objects/singletons'
import { Stamp, check_tzinfo_subclass, ref } from './layout'

export interface StateForm {
  /** Of the class, for a message. */
  name: string
  size: number
  /** Byte that tells a state from other texts, and whether its value does. */
  place: number
  isSane: (c: number) => boolean
  fill: (d: Stamp, bytes: Uint8Array) => void
}

/** NEW object from a state; undefined if the argument is none, null with an exception set. */
export function fromState(form: StateForm, type: PyTypeObject, state: PyObject, tzinfo: PyObject): PyObject | null | undefined {
  if (PyBytes_Check(state)) {
    const bytes = PyBytes_AsBytes(state)
    return bytes.length === form.size && form.isSane(bytes[form.place]!) ? make(form, type, bytes, tzinfo) : undefined
  }
  if (!PyUnicode_Check(state) || udata(state).length !== form.size || !form.isSane(codeAt(udata(state), form.place))) return undefined
  const encoded = PyUnicode_AsEncodedString(state, 'latin-1', null)
  if (encoded === null) {
    if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
      PyErr_Format(PyExc_ValueError, 'Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding=\'latin1\') is assumed.', form.name)
    }
    return null
  }
  const result = make(form, type, PyBytes_AsBytes(encoded), tzinfo)
  Py_DECREF(encoded)
  return result
}

function make(form: StateForm, type: PyTypeObject, bytes: Uint8Array, tzinfo: PyObject): PyObject | null {
  const aware = tzinfo !== Py_None
  if (aware && !check_tzinfo_subclass(tzinfo)) return PyErr_SetString(PyExc_TypeError, 'bad tzinfo state arg')
  const o = type.tp_alloc!(type, aware ? 1 : 0)
  if (o === null) return null
  const d = new Stamp()
  form.fill(d, bytes)
  if (aware) d.tzinfo = ref(tzinfo)
  o.v = d
  return o
}

/** The fields of a time from bytes[from..]. */
export function fillClock(d: Stamp, bytes: Uint8Array, from: number): void {
  d.hour = bytes[from]!
  d.minute = bytes[from + 1]!
  d.second = bytes[from + 2]!
  d.microsecond = bytes[from + 3]! * 65536 + bytes[from + 4]! * 256 + bytes[from + 5]!
}

export const dateBytes = (d: Stamp): number[] => [d.year >> 8, d.year & 255, d.month, d.day]
export const clockBytes = (d: Stamp): number[] =>
  [d.hour, d.minute, d.second, d.microsecond >> 16, (d.microsecond >> 8) & 255, d.microsecond & 255]
