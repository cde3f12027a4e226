// StringIO: a stream of text in memory. Mirrors Modules/_io/stringio.c.
//
// Two states: as long as text is only added at the end it is accumulated in a list (`accu`); anything else makes it
// "realized": an array of code points of 4 bytes each, which grows like BytesIO's buffer.
import { TAG_SCRATCH } from '../../../memory/events'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_FromLong, Py_False, Py_True } from '../../objects/boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallMethodNoArgs } from '../../objects/call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_OSError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyList_Append, PyList_New, _list_clear, fastItems } from '../../objects/listobject'
import { PyLong_AsInt, PyLong_FromSsize_t } from '../../objects/longobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyTypeObject, type FastFunction,
  type PyMethodDef, type PyObject,
} from '../../objects/object'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc } from '../../objects/objimpl'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyTuple_Check, _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import { codePoints } from '../../objects/unicode-data'
import { PyUnicode_Join } from '../../objects/unicode-methods'
import { PyUnicode_Replace } from '../../objects/unicode-search'
import { resultText, textOf, udata } from '../../objects/unicode-text'
import {
  PyUnicode_AsString, PyUnicode_Check, PyUnicode_EmptyString, PyUnicode_FromString, PyUnicode_GET_LENGTH, _Py_ID,
} from '../../objects/unicodeobject'
import { dictState, positionState, restoreDict } from './bytesio'
import { neededSize, optionalSize } from './common'
import { clearStreamDict, freeStream, traverseStream } from './iobase'
import { PyIncrementalNewlineDecoder_Type, newlineDecode } from './newline-decoder'

/** Pieces after which an accumulator joins them (Objects/accu.c). */
const SMALL_LIMIT = 100_000

class StringIOData {
  buf = new Uint32Array(0)
  block = 0
  pos = 0
  string_size = 0
  buf_size = 0
  accumulating = false
  /** Lists of pieces: many small ones, and (rarely) joined large ones before them. */
  small: PyObject | null = null
  large: PyObject | null = null
  ok = false
  closed = false
  readuniversal = false
  readtranslate = false
  decoder: PyObject | null = null
  readnl: PyObject | null = null
  writenl: PyObject | null = null
}

const data = (o: PyObject): StringIOData => o.v as StringIOData

/** The struct if the stream can be used. */
function usable(self: PyObject): StringIOData | null {
  const d = data(self)
  if (!d.ok) return PyErr_SetString(PyExc_ValueError, 'I/O operation on uninitialized object')
  return d.closed ? PyErr_SetString(PyExc_ValueError, 'I/O operation on closed file') : d
}

// ---- the accumulator ---------------------------------------------------------------------------------------------------

/** NEW text of a list of pieces; STEALS the list. */
function joinSteal(list: PyObject): PyObject | null {
  const empty = PyUnicode_EmptyString()
  const result = PyUnicode_Join(empty, list)
  Py_DECREF(empty)
  Py_DECREF(list)
  return result
}

/** Mirrors _PyAccu_Accumulate. */
function accumulate(d: StringIOData, piece: PyObject): boolean {
  if (PyList_Append(d.small!, piece) < 0) return false
  return fastItems(d.small!).length < SMALL_LIMIT || flushSmall(d)
}

function flushSmall(d: StringIOData): boolean {
  if (fastItems(d.small!).length === 0) return true
  d.large ??= PyList_New(0)
  const empty = PyUnicode_EmptyString()
  const joined = PyUnicode_Join(empty, d.small!)
  Py_DECREF(empty)
  if (joined === null) return false
  _list_clear(d.small!)
  const ok = PyList_Append(d.large, joined) === 0
  Py_DECREF(joined)
  return ok
}

/** NEW text of everything accumulated; the accumulator is gone. Mirrors _PyAccu_Finish. */
function finish(d: StringIOData): PyObject | null {
  let list = d.small!
  if (d.large !== null) {
    if (!flushSmall(d)) return null
    list = d.large
    d.large = null
    Py_DECREF(d.small!)
  }
  d.small = null
  return joinSteal(list)
}

function destroy(d: StringIOData): void {
  const { small, large } = d
  d.small = d.large = null
  Py_XDECREF(large)
  Py_XDECREF(small)
}

/** NEW text of everything, which stays accumulated as one piece. */
function makeIntermediate(d: StringIOData): PyObject | null {
  const text = finish(d)
  d.accumulating = false
  if (text === null) return null
  d.small = PyList_New(0)
  if (!accumulate(d, text)) return Py_DECREF(text), null
  d.accumulating = true
  return text
}

// ---- the buffer ------------------------------------------------------------------------------------------------------------

// Mirrors resize_buffer.
function resizeBuffer(d: StringIOData, length: number): boolean {
  const size = length + 1
  let alloc = d.buf_size
  if (size < Math.floor(alloc / 2)) alloc = size + 1
  else if (size < alloc) return true
  else if (size <= alloc * 1.125) alloc = size + (size >> 3) + (size < 9 ? 3 : 6)
  else alloc = size + 1
  const block = PyMem_Realloc(d.block, alloc * 4, TAG_SCRATCH)
  if (block === 0) return false
  const buf = new Uint32Array(alloc)
  buf.set(d.buf.subarray(0, Math.min(alloc, d.string_size)))
  d.buf_size = alloc
  d.block = block
  d.buf = buf
  return true
}

function realize(d: StringIOData): boolean {
  if (!d.accumulating) return true
  d.accumulating = false
  const text = finish(d)
  if (text === null) return false
  // Nothing of the array is in use yet.
  const size = d.string_size
  d.string_size = 0
  const ok = resizeBuffer(d, PyUnicode_GET_LENGTH(text))
  d.string_size = size
  if (ok) d.buf.set(codePoints(udata(text)))
  Py_DECREF(text)
  return ok
}

// Mirrors write_str.
function writeText(d: StringIOData, o: PyObject): boolean {
  let text: PyObject | null
  if (d.decoder !== null) text = newlineDecode(d.decoder, o, true)
  else text = (o.ob_refcnt++, o)
  if (text !== null && d.writenl !== null) {
    const newline = PyUnicode_FromString('\n')
    const translated = PyUnicode_Replace(text, newline, d.writenl, -1)
    Py_DECREF(newline)
    Py_DECREF(text)
    text = translated
  }
  if (text === null) return false
  const n = PyUnicode_GET_LENGTH(text)
  const ok = d.accumulating && d.string_size === d.pos ? accumulate(d, text) : realize(d) && putText(d, text, n)
  Py_DECREF(text)
  if (!ok) return false
  d.pos += n
  if (d.string_size < d.pos) d.string_size = d.pos
  return true
}

function putText(d: StringIOData, text: PyObject, n: number): boolean {
  if (d.pos + n > d.string_size && !resizeBuffer(d, d.pos + n)) return false
  if (d.pos > d.string_size) d.buf.fill(0, d.string_size, d.pos)
  d.buf.set(codePoints(udata(text)), d.pos)
  return true
}

const piece = (d: StringIOData, from: number, n: number): PyObject | null => resultText(textOf(d.buf.subarray(from, from + n)))

function getvalue(self: PyObject): PyObject | null {
  const d = usable(self)
  if (d === null) return null
  return d.accumulating ? makeIntermediate(d) : piece(d, 0, d.string_size)
}

function read(d: StringIOData, size: number): PyObject | null {
  const left = d.string_size - d.pos
  const n = size < 0 || size > left ? Math.max(left, 0) : size
  if (d.accumulating && d.pos === 0 && n === left) {
    const all = makeIntermediate(d)
    d.pos = d.string_size
    return all
  }
  if (!realize(d)) return null
  const from = d.pos
  d.pos += n
  return piece(d, from, n)
}

/** Length of the line at the position, at most `limit`. */
function lineLength(d: StringIOData, limit: number): number {
  const end = d.pos + limit
  const newline = d.readnl === null ? '\n' : PyUnicode_AsString(d.readnl)
  for (let i = d.pos; i < end; i++) {
    const c = d.buf[i]!
    if (d.readtranslate || (!d.readuniversal && newline === '\n')) {
      if (c === 10) return i + 1 - d.pos
    } else if (d.readuniversal) {
      if (c === 10) return i + 1 - d.pos
      if (c === 13) return (i + 1 < end && d.buf[i + 1] === 10 ? i + 2 : i + 1) - d.pos
    } else if (c === 13 && (newline.length === 1 || (i + 1 < end && d.buf[i + 1] === 10))) return i + newline.length - d.pos
  }
  return limit
}

function readline(d: StringIOData, limit: number): PyObject | null {
  if (!realize(d)) return null
  if (d.pos >= d.string_size) return PyUnicode_EmptyString()
  const left = d.string_size - d.pos
  const n = lineLength(d, limit < 0 || limit > left ? left : limit)
  const from = d.pos
  d.pos += n
  return piece(d, from, n)
}

function iternext(self: PyObject): PyObject | null {
  const d = usable(self)
  if (d === null) return null
  let line: PyObject | null
  if (self.ob_type === PyStringIO_Type) line = readline(d, -1)
  else {
    line = PyObject_CallMethodNoArgs(self, _Py_ID('readline'))
    if (line !== null && !PyUnicode_Check(line)) {
      PyErr_Format(PyExc_OSError, `readline() should have returned a str object, not '${line.ob_type.tp_name}'`)
      Py_DECREF(line)
      return null
    }
  }
  if (line === null || PyUnicode_GET_LENGTH(line) > 0) return line
  Py_DECREF(line)
  return null
}

// ---- methods ------------------------------------------------------------------------------------------------------------------

function sized(name: string, run: (d: StringIOData, n: number) => PyObject | null, otherwise: (d: StringIOData) => number = () => -1): PyMethodDef {
  const ml_meth: FastFunction = (self, args, nargs) => {
    if (!_PyArg_CheckPositional(name, nargs, 0, 1)) return null
    const n = optionalSize(nargs > 0 ? args[0] : null, otherwise(data(self)))
    const d = n === null ? null : usable(self)
    return n === null || d === null ? null : run(d, n)
  }
  return { ml_name: name, ml_flags: METH_FASTCALL, ml_meth, signature: name === 'truncate' ? '($self, pos=None, /)' : '($self, size=-1, /)' }
}

function truncate(d: StringIOData, size: number): PyObject | null {
  if (size < 0) return PyErr_Format(PyExc_ValueError, `Negative size value ${size}`)
  if (size < d.string_size) {
    if (!realize(d) || !resizeBuffer(d, size)) return null
    d.string_size = size
  }
  return PyLong_FromSsize_t(size)
}

const seek: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('seek', nargs, 1, 2)) return null
  const offset = neededSize(args[0]!)
  if (offset === null) return null
  let whence = 0
  if (nargs > 1) {
    whence = PyLong_AsInt(args[1]!)
    if (whence === -1 && PyErr_Occurred() !== null) return null
  }
  const d = usable(self)
  if (d === null) return null
  if (whence < 0 || whence > 2) return PyErr_Format(PyExc_ValueError, `Invalid whence (${whence}, should be 0, 1 or 2)`)
  if (offset < 0 && whence === 0) return PyErr_Format(PyExc_ValueError, `Negative seek position ${offset}`)
  if (whence !== 0 && offset !== 0) return PyErr_SetString(PyExc_OSError, "Can't do nonzero cur-relative seeks")
  d.pos = whence === 0 ? offset : whence === 1 ? d.pos : d.string_size
  return PyLong_FromSsize_t(d.pos)
}

function write(self: PyObject, o: PyObject): PyObject | null {
  if (!data(self).ok) return usable(self) as null
  if (!PyUnicode_Check(o)) return PyErr_Format(PyExc_TypeError, `string argument expected, got '${o.ob_type.tp_name}'`)
  const d = usable(self)
  if (d === null) return null
  const n = PyUnicode_GET_LENGTH(o)
  return n > 0 && !writeText(d, o) ? null : PyLong_FromSsize_t(n)
}

function clearNewlines(d: StringIOData): void {
  for (const field of ['readnl', 'writenl', 'decoder'] as const) {
    const o = d[field]
    d[field] = null
    Py_XDECREF(o)
  }
}

function close(self: PyObject): PyObject | null {
  const d = data(self)
  d.closed = true
  if (!resizeBuffer(d, 0)) return null
  destroy(d)
  clearNewlines(d)
  return Py_RETURN_NONE()
}

// ---- construction ---------------------------------------------------------------------------------------------------------------

const initParser = new ArgParser('StringIO', ['initial_value', 'newline'])

function init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, initParser, 0, 2, 0)
  return given === null ? -1 : initialize(self, given[0] ?? null, given[1] ?? null)
}

function initialize(self: PyObject, value: PyObject | null, newlineObject: PyObject | null): number {
  let newline: string | null = '\n'
  if (newlineObject === Py_None) newline = null
  else if (newlineObject !== null) {
    if (!PyUnicode_Check(newlineObject)) {
      return PyErr_Format(PyExc_TypeError, `newline must be str or None, not ${newlineObject.ob_type.tp_name}`), -1
    }
    newline = PyUnicode_AsString(newlineObject)
    if (!['', '\n', '\r', '\r\n'].includes(newline)) return PyErr_Format(PyExc_ValueError, 'illegal newline value: %R', newlineObject), -1
  }
  if (value !== null && value !== Py_None && !PyUnicode_Check(value)) {
    return PyErr_Format(PyExc_TypeError, `initial_value must be str or None, not ${value.ob_type.tp_name}`), -1
  }
  const d = data(self)
  d.ok = false
  destroy(d)
  clearNewlines(d)
  if (newline !== null) d.readnl = PyUnicode_FromString(newline)
  d.readuniversal = newline === null || newline === ''
  d.readtranslate = newline === null
  if (newline !== null && newline.startsWith('\r')) {
    d.writenl = d.readnl
    d.writenl!.ob_refcnt++
  }
  if (d.readuniversal) {
    d.decoder = PyObject_CallFunctionObjArgs(PyIncrementalNewlineDecoder_Type, Py_None, d.readtranslate ? Py_True : Py_False)
    if (d.decoder === null) return -1
  }
  d.string_size = 0
  if (!resizeBuffer(d, 0)) return -1
  if (value !== null && value !== Py_None && PyUnicode_GET_LENGTH(value) > 0) {
    d.accumulating = false
    d.pos = 0
    if (!writeText(d, value)) return -1
  } else {
    d.small = PyList_New(0)
    d.accumulating = true
  }
  d.pos = 0
  d.closed = false
  d.ok = true
  return 0
}

function getstate(self: PyObject): PyObject | null {
  const value = getvalue(self)
  const dict = value === null ? null : dictState(self)
  if (value === null || dict === null) return Py_XDECREF(value), null
  const newline = data(self).readnl ?? Py_None
  newline.ob_refcnt++
  return _PyTuple_FromArraySteal([value, newline, PyLong_FromSsize_t(data(self).pos), dict], 4)
}

function setstate(self: PyObject, state: PyObject): PyObject | null {
  const d = data(self)
  if (d.closed) return PyErr_SetString(PyExc_ValueError, 'I/O operation on closed file')
  if (!PyTuple_Check(state) || state.v.length < 4) {
    return PyErr_Format(PyExc_TypeError,
      `${self.ob_type.tp_name}.__setstate__ argument should be 4-tuple, got ${state.ob_type.tp_name}`)
  }
  const [value, newline, position, dict] = state.v as [PyObject, PyObject, PyObject, PyObject]
  if (initialize(self, value, newline) < 0) return null
  // The value was translated when it was written first: it goes in as it is.
  if (!realize(d)) return null
  const n = PyUnicode_GET_LENGTH(value)
  if (!resizeBuffer(d, n)) return null
  d.buf.set(codePoints(udata(value)))
  d.string_size = n
  const pos = positionState(position, 'third')
  if (pos < 0) return null
  d.pos = pos
  return restoreDict(self, dict, 'fourth') ? Py_RETURN_NONE() : null
}

const inquiry = (name: string): PyMethodDef => ({
  ml_name: name, ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: (self: PyObject) => usable(self) === null ? null : PyBool_FromLong(1),
})

export const PyStringIO_Type: PyTypeObject = new PyTypeObject('_io.StringIO', {
  tp_basicsize: 120, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, weakrefs: true, tp_dictoffset: 104,
  tp_dealloc: o => freeStream(o, () => {
    const d = data(o)
    d.ok = false
    if (d.block !== 0) PyMem_Free(d.block)
    d.block = 0
    destroy(d)
    clearNewlines(d)
  }),
  tp_traverse: (o, visit) => traverseStream(o, visit),
  tp_clear: o => clearStreamDict(o),
  tp_iternext: iternext,
  tp_init: init,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o === null) return null
    const d = new StringIOData()
    d.block = PyMem_Malloc(0, TAG_SCRATCH)
    o.v = d
    return o
  },
  tp_methods: [
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: close, signature: '($self, /)' },
    { ml_name: 'getvalue', ml_flags: METH_NOARGS, ml_meth: getvalue, signature: '($self, /)' },
    sized('read', read), sized('readline', readline),
    {
      ml_name: 'tell', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (self: PyObject) => usable(self) === null ? null : PyLong_FromSsize_t(data(self).pos),
    },
    sized('truncate', truncate, d => d.pos),
    { ml_name: 'seek', ml_flags: METH_FASTCALL, ml_meth: seek, signature: '($self, pos, whence=0, /)' },
    { ml_name: 'write', ml_flags: METH_O, ml_meth: write, signature: '($self, s, /)' },
    inquiry('seekable'), inquiry('readable'), inquiry('writable'),
    { ml_name: '__getstate__', ml_flags: METH_NOARGS, ml_meth: getstate },
    { ml_name: '__setstate__', ml_flags: METH_O, ml_meth: setstate },
  ],
  tp_getset: [
    {
      name: 'closed',
      get: self => data(self).ok ? PyBool_FromLong(data(self).closed ? 1 : 0)
        : PyErr_SetString(PyExc_ValueError, 'I/O operation on uninitialized object'),
    },
    {
      name: 'newlines',
      get: self => {
        const d = usable(self)
        if (d === null) return null
        return d.decoder === null ? Py_RETURN_NONE() : PyObject_GetAttr(d.decoder, _Py_ID('newlines'))
      },
    },
    { name: 'line_buffering', get: self => usable(self) === null ? null : (Py_False.ob_refcnt++, Py_False) },
  ],
})
