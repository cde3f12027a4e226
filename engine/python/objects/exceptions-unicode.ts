// UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError. Mirrors their part of Objects/exceptions.c.
import { BaseExceptionData } from './exception-data'
import {
  Py_DECREF, Py_INCREF, type PyMemberDef, type PyObject, type PyTypeObject,
} from './object'
import { PyBytes_Check, PyBytes_FromBytes, type BytesData } from './bytesobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from './errors'
import {
  BaseException_init, BaseException_new, PyExc_TypeError, objectMember, setOwn,
} from './exceptions'
import type { ExceptionSpec } from './exceptions-simple'
import { PyLong_AsSsize_t, PyLong_FromSsize_t } from './longobject'
import { PyNumber_AsSsize_t, PyNumber_Index } from './abstract'
import { PyBuffer_Release, PyObject_GetBufferBytes } from './memoryobject'
import { PyObject_Call } from './call'
import { PyObject_Str } from './object-protocol'
import { Py_None } from './singletons'
import { PyTuple_Pack } from './tupleobject'
import { codePoints, type UnicodeData } from './unicode-data'
import { PyUnicode_Check, PyUnicode_FromString } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

const ENCODING = 0
const OBJECT = 1
const REASON = 2

export class UnicodeErrorData extends BaseExceptionData {
  start = 0
  end = 0
}

function struct(): UnicodeErrorData {
  const data = new UnicodeErrorData()
  data.own = [null, null, null]
  return data
}

/** T_PYSSIZET member. */
function indexMember(name: 'start' | 'end'): PyMemberDef {
  return {
    name,
    get: self => PyLong_FromSsize_t((self.v as UnicodeErrorData)[name]),
    set: (self, value) => {
      if (value === null) {
        PyErr_SetString(PyExc_TypeError, 'can\'t delete numeric/char attribute')
        return -1
      }
      // Stored before it is checked, as structmember.c does.
      const n = PyLong_AsSsize_t(value)
      ;(self.v as UnicodeErrorData)[name] = n
      return n === -1 && PyErr_Occurred() !== null ? -1 : 0
    },
  }
}

const members = (): PyMemberDef[] => [
  objectMember('encoding', ENCODING), objectMember('object', OBJECT), indexMember('start'), indexMember('end'),
  objectMember('reason', REASON),
]

/** Conversions of PyArg_ParseTuple by unit: U str, O object, n index. */
function init(self: PyObject, args: PyObject, kwargs: PyObject | null, format: string): number {
  if (BaseException_init(self, args, kwargs) < 0) return -1
  const data = self.v as UnicodeErrorData
  for (let i = 0; i < 3; i++) setOwn(self, i, null)
  const items = args.v as PyObject[]
  if (items.length !== format.length) {
    PyErr_Format(PyExc_TypeError, 'function takes exactly %d arguments (%zd given)', format.length, items.length)
    return -1
  }
  const numbers: number[] = []
  for (let i = 0; i < format.length; i++) {
    const o = items[i]!
    if (format[i] === 'U' && !PyUnicode_Check(o)) {
      PyErr_Format(PyExc_TypeError, 'argument %d must be str, not %.50s', i + 1, o === Py_None ? 'None' : o.ob_type.tp_name)
      return -1
    }
    if (format[i] === 'n') {
      const index = PyNumber_Index(o)
      if (index === null) return -1
      const n = PyNumber_AsSsize_t(index, null)
      Py_DECREF(index)
      if (n === -1 && PyErr_Occurred() !== null) return -1
      numbers.push(n)
    }
  }
  const translate = format.length === 4
  const fields = translate ? [null, items[0]!, items[3]!] : [items[0]!, items[1]!, items[4]!]
  data.start = numbers[0]!
  data.end = numbers[1]!
  for (let i = 0; i < 3; i++) {
    const o = fields[i] ?? null
    if (o !== null) Py_INCREF(o)
    setOwn(self, i, o)
  }
  return 0
}

/** The object of a decode error is kept as bytes, whatever buffer was given. */
function decodeInit(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (init(self, args, kwargs, 'UOnnU') < 0) return -1
  const own = (self.v as UnicodeErrorData).own
  const object = own[OBJECT]!
  if (PyBytes_Check(object)) return 0
  const view = PyObject_GetBufferBytes(object)
  if (view === null) {
    for (let i = 0; i < 3; i++) setOwn(self, i, null)
    return -1
  }
  const bytes = PyBytes_FromBytes(view.bytes.slice())
  PyBuffer_Release(view)
  setOwn(self, OBJECT, bytes)
  return 0
}

/** How a character shows: \\xhh, \\uhhhh or \\Uhhhhhhhh. */
function escapeFormat(code: number): string {
  return code <= 0xff ? '\\x%02x' : code <= 0xffff ? '\\u%04x' : '\\U%08x'
}

/** Calls `make` with encoding and reason as str (NEW ones, dropped afterwards). */
function withTexts(self: PyObject, make: (encoding: PyObject, reason: PyObject) => PyObject | null): PyObject | null {
  const own = (self.v as UnicodeErrorData).own
  const reason = PyObject_Str(own[REASON] ?? Py_None)
  if (reason === null) return null
  const encoding = PyObject_Str(own[ENCODING] ?? Py_None)
  const result = encoding === null ? null : make(encoding, reason)
  Py_DECREF(reason)
  if (encoding !== null) Py_DECREF(encoding)
  return result
}

function encodeStr(self: PyObject): PyObject | null {
  const data = self.v as UnicodeErrorData
  const object = data.own[OBJECT]
  if (!object) return PyUnicode_FromString('')
  return withTexts(self, (encoding, reason) => {
    const text = object.v as UnicodeData
    if (data.start < text.length && data.end === data.start + 1) {
      const code = codePoints(text)[data.start]!
      return PyUnicode_FromFormat(`'%U' codec can't encode character '${escapeFormat(code)}' in position %zd: %U`,
        encoding, code, data.start, reason)
    }
    return PyUnicode_FromFormat('\'%U\' codec can\'t encode characters in position %zd-%zd: %U',
      encoding, data.start, data.end - 1, reason)
  })
}

function decodeStr(self: PyObject): PyObject | null {
  const data = self.v as UnicodeErrorData
  const object = data.own[OBJECT]
  if (!object) return PyUnicode_FromString('')
  return withTexts(self, (encoding, reason) => {
    const bytes = (object.v as BytesData).bytes
    if (data.start < bytes.length && data.end === data.start + 1) {
      return PyUnicode_FromFormat('\'%U\' codec can\'t decode byte 0x%02x in position %zd: %U',
        encoding, bytes[data.start]!, data.start, reason)
    }
    return PyUnicode_FromFormat('\'%U\' codec can\'t decode bytes in position %zd-%zd: %U',
      encoding, data.start, data.end - 1, reason)
  })
}

function translateStr(self: PyObject): PyObject | null {
  const data = self.v as UnicodeErrorData
  const object = data.own[OBJECT]
  if (!object) return PyUnicode_FromString('')
  const reason = PyObject_Str(data.own[REASON] ?? Py_None)
  if (reason === null) return null
  const text = object.v as UnicodeData
  const code = codePoints(text)[data.start] ?? 0
  const result = data.start < text.length && data.end === data.start + 1
    ? PyUnicode_FromFormat(`can't translate character '${escapeFormat(code)}' in position %zd: %U`, code, data.start, reason)
    : PyUnicode_FromFormat('can\'t translate characters in position %zd-%zd: %U', data.start, data.end - 1, reason)
  Py_DECREF(reason)
  return result
}

export function unicodeEncodeErrorSpec(): ExceptionSpec {
  return {
    struct, tp_new: BaseException_new, tp_str: encodeStr, tp_members: members(),
    tp_init: (self, args, kwargs) => init(self, args, kwargs, 'UUnnU'),
  }
}

export function unicodeDecodeErrorSpec(): ExceptionSpec {
  return { struct, tp_new: BaseException_new, tp_str: decodeStr, tp_members: members(), tp_init: decodeInit }
}

export function unicodeTranslateErrorSpec(): ExceptionSpec {
  return {
    struct, tp_new: BaseException_new, tp_str: translateStr, tp_members: members(),
    tp_init: (self, args, kwargs) => init(self, args, kwargs, 'UnnU'),
  }
}

// ---- for codecs ---------------------------------------------------------------------------------------------------------

/** Raises `type(encoding, object, start, end, reason)`; borrows the object. Null. */
export function raiseUnicodeError(
  type: PyTypeObject, encoding: string, object: PyObject, start: number, end: number, reason: string,
): null {
  const parts = [PyUnicode_FromString(encoding), object, PyLong_FromSsize_t(start), PyLong_FromSsize_t(end), PyUnicode_FromString(reason)]
  const args = PyTuple_Pack(...parts)
  for (const o of parts) if (o !== object) Py_DECREF(o)
  const value = PyObject_Call(type, args, null)
  Py_DECREF(args)
  if (value !== null) {
    PyErr_SetObject(type, value)
    Py_DECREF(value)
  }
  return null
}

/** Start and end of the error, clipped to the object, as error handlers see them. */
export function unicodeErrorRange(self: PyObject): { start: number, end: number, object: PyObject, encoding: PyObject | null } {
  const data = self.v as UnicodeErrorData
  const object = data.own[OBJECT]!
  const size = PyUnicode_Check(object) ? object.v.length : (object.v as BytesData).bytes.length
  const start = Math.min(Math.max(data.start, 0), Math.max(size - 1, 0))
  const end = Math.min(Math.max(data.end, 1), Math.max(size, 1))
  return { start, end, object, encoding: data.own[ENCODING] ?? null }
}

