// IncrementalNewlineDecoder: makes \n of \r and \r\n in decoded text, and notes which of them it saw. Mirrors the first
// part of Modules/_io/textio.c.
import { ArgParser } from '../../objects/arg-parser'
import { Py_False, Py_True } from '../../objects/boolobject'
import { bytesFrom } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodObjArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import { PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsBigInt, PyLong_AsInt, PyLong_Check, PyLong_FromBigInt } from '../../objects/longobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_XDECREF, PyTypeObject, type PyObject,
} from '../../objects/object'
import { PyObject_IsTrue } from '../../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyObject_Free } from '../../objects/objimpl'
import { TAG_SCRATCH } from '../../../memory/events'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyTuple_Check, _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import { udata, resultText } from '../../objects/unicode-text'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'

const SEEN_CR = 1
const SEEN_LF = 2
const SEEN_CRLF = 4
const SEEN_ALL = 7

class NewlineDecoderData {
  decoder: PyObject | null = null
  errors: PyObject | null = null
  pendingcr = false
  translate = false
  seennl = 0
}

const data = (o: PyObject): NewlineDecoderData => o.v as NewlineDecoderData

/** Whether a decoder gave a str; the reference is dropped if not. Mirrors check_decoded. */
export function checkDecoded(decoded: PyObject | null): decoded is PyObject {
  if (decoded === null || PyUnicode_Check(decoded)) return decoded !== null
  PyErr_Format(PyExc_TypeError, `decoder should return a string result, not '${decoded.ob_type.tp_name}'`)
  Py_DECREF(decoded)
  return false
}

const notReady = (): null => PyErr_SetString(PyExc_ValueError, 'IncrementalNewlineDecoder.__init__ not called')

/** NEW str of the input, decoded and with newlines translated. Mirrors _PyIncrementalNewlineDecoder_decode. */
export function newlineDecode(self: PyObject, input: PyObject, final: boolean): PyObject | null {
  const d = data(self)
  if (d.decoder === null) return notReady()
  let output: PyObject | null
  if (d.decoder !== Py_None) output = PyObject_CallMethodObjArgs(d.decoder, _Py_ID('decode'), input, final ? Py_True : Py_False)
  else {
    input.ob_refcnt++
    output = input
  }
  if (!checkDecoded(output)) return null
  if (d.pendingcr && (final || udata(output).length > 0)) {
    const prefixed = resultText(`\r${udata(output).str}`)
    Py_DECREF(output)
    if (prefixed === null) return null
    output = prefixed
    d.pendingcr = false
  }
  // A \r at the end may be half of a \r\n: it waits for what follows, so that readline() gets both in one piece.
  if (!final && udata(output).str.endsWith('\r')) {
    const shorter = resultText(udata(output).str.slice(0, -1))
    Py_DECREF(output)
    if (shorter === null) return null
    output = shorter
    d.pendingcr = true
  }
  return translate(d, output)
}

function translate(d: NewlineDecoderData, output: PyObject): PyObject | null {
  const { str, kind, length } = udata(output)
  if (length === 0) return output
  if (!str.includes('\r')) {
    if ((d.seennl & SEEN_LF) === 0 && str.includes('\n')) d.seennl |= SEEN_LF
    return output
  }
  if (d.seennl !== SEEN_ALL) {
    if (/\r(?!\n)/.test(str)) d.seennl |= SEEN_CR
    if (/(?<!\r)\n/.test(str)) d.seennl |= SEEN_LF
    if (str.includes('\r\n')) d.seennl |= SEEN_CRLF
  }
  if (!d.translate) return output
  const scratch = PyMem_Malloc(kind * length, TAG_SCRATCH)
  if (scratch === 0) return Py_DECREF(output), null
  const text = str.replace(/\r\n?/g, '\n')
  Py_DECREF(output)
  const result = resultText(text)
  PyMem_Free(scratch)
  return result
}

const initParser = new ArgParser('IncrementalNewlineDecoder', ['decoder', 'translate', 'errors'])

function init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, initParser, 2, 3, 0)
  if (given === null) return -1
  const wanted = PyLong_AsInt(given[1]!)
  if (wanted === -1) return -1
  const d = data(self)
  const { decoder, errors } = d
  given[0]!.ob_refcnt++
  d.decoder = given[0]!
  d.errors = given[2] ?? _Py_ID('strict')
  d.errors.ob_refcnt++
  Py_XDECREF(decoder)
  Py_XDECREF(errors)
  d.translate = wanted !== 0
  d.seennl = 0
  d.pendingcr = false
  return 0
}

const decodeParser = new ArgParser('decode', ['input', 'final'])

function decode(self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, decodeParser, 1, 2, 0)
  if (given === null) return null
  const final = given[1] ? PyObject_IsTrue(given[1]) : 0
  return final < 0 ? null : newlineDecode(self, given[0]!, final !== 0)
}

/** (buffer, flag) of a state tuple; null with TypeError set. */
function parseState(state: PyObject, message: string): { buffer: PyObject, flag: bigint } | null {
  const items = PyTuple_Check(state) ? state.v : []
  if (items.length !== 2 || !PyLong_Check(items[1]!)) return PyErr_SetString(PyExc_TypeError, message)
  return { buffer: items[0]!, flag: PyLong_AsBigInt(items[1]!) }
}

function getstate(self: PyObject): PyObject | null {
  const d = data(self)
  if (d.decoder === null) return notReady()
  let buffer: PyObject
  let flag = 0n
  if (d.decoder !== Py_None) {
    const state = PyObject_CallMethodNoArgs(d.decoder, _Py_ID('getstate'))
    if (state === null) return null
    const parsed = parseState(state, 'illegal decoder state')
    if (parsed === null) return Py_DECREF(state), null
    buffer = parsed.buffer
    flag = parsed.flag
    buffer.ob_refcnt++
    Py_DECREF(state)
  } else buffer = bytesFrom(new Uint8Array(0))!
  const number = PyLong_FromBigInt((flag << 1n) | (d.pendingcr ? 1n : 0n))
  return number === null ? null : _PyTuple_FromArraySteal([buffer, number], 2)
}

function setstate(self: PyObject, state: PyObject): PyObject | null {
  const d = data(self)
  if (d.decoder === null) return notReady()
  if (!PyTuple_Check(state)) return PyErr_SetString(PyExc_TypeError, 'state argument must be a tuple')
  const parsed = parseState(state, 'setstate(): illegal state argument')
  if (parsed === null) return null
  d.pendingcr = (parsed.flag & 1n) !== 0n
  if (d.decoder === Py_None) return Py_RETURN_NONE()
  const number = PyLong_FromBigInt(parsed.flag >> 1n)
  if (number === null) return null
  parsed.buffer.ob_refcnt++
  const inner = _PyTuple_FromArraySteal([parsed.buffer, number], 2)
  if (inner === null) return null
  const result = PyObject_CallMethodOneArg(d.decoder, _Py_ID('setstate'), inner)
  Py_DECREF(inner)
  return result
}

function reset(self: PyObject): PyObject | null {
  const d = data(self)
  if (d.decoder === null) return notReady()
  d.seennl = 0
  d.pendingcr = false
  return d.decoder === Py_None ? Py_RETURN_NONE() : PyObject_CallMethodNoArgs(d.decoder, _Py_ID('reset'))
}

/** NEW `newlines`: None, one text, or a tuple of those seen. */
function newlines(self: PyObject): PyObject | null {
  const { seennl } = data(self)
  const seen = ([[SEEN_CR, '\r'], [SEEN_LF, '\n'], [SEEN_CRLF, '\r\n']] as const).filter(([bit]) => (seennl & bit) !== 0).map(([, t]) => t)
  if (seen.length === 0) return Py_RETURN_NONE()
  if (seen.length === 1) return PyUnicode_FromString(seen[0]!)
  return _PyTuple_FromArraySteal(seen.map(t => PyUnicode_FromString(t)), seen.length)
}

export const PyIncrementalNewlineDecoder_Type: PyTypeObject = new PyTypeObject('_io.IncrementalNewlineDecoder', {
  tp_basicsize: 40, tp_flags: Py_TPFLAGS_BASETYPE,
  tp_dealloc: o => {
    Py_XDECREF(data(o).decoder)
    Py_XDECREF(data(o).errors)
    ;(o.ob_type.tp_free ?? PyObject_Free)(o)
  },
  tp_init: init,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new NewlineDecoderData()
    return o
  },
  tp_free: PyObject_Free,
  tp_methods: [
    { ml_name: 'decode', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: decode, signature: '($self, /, input, final=False)' },
    { ml_name: 'getstate', ml_flags: METH_NOARGS, ml_meth: getstate, signature: '($self, /)' },
    { ml_name: 'setstate', ml_flags: METH_O, ml_meth: setstate, signature: '($self, state, /)' },
    { ml_name: 'reset', ml_flags: METH_NOARGS, ml_meth: reset, signature: '($self, /)' },
  ],
  tp_getset: [{ name: 'newlines', get: newlines }],
})
