// TextIOWrapper and _TextIOBase: text over a buffered stream of bytes. Mirrors Modules/_io/textio.c; writing, reading and
// positions are in textio-write.ts, textio-read.ts and textio-position.ts.
import { ArgParser } from '../../objects/arg-parser'
import { Py_False, Py_True } from '../../objects/boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import { _PyCodecInfo_GetIncremental, _PyCodec_LookupTextEncoding } from '../../objects/codecs'
import {
  PyErr_Clear, PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_SetString, _PyErr_ChainExceptions,
} from '../../objects/errors'
import { PyExc_AttributeError, PyExc_OSError, PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt, PyLong_AsLong, PyLong_AsSsize_t, PyLong_FromSsize_t } from '../../objects/longobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_XDECREF, PyTypeObject, type FastFunction, type PyMethodDef,
  type PyObject,
} from '../../objects/object'
import {
  PyObject_GetAttr, PyObject_IsTrue, Py_ReprEnter, Py_ReprLeave, _PyObject_LookupAttr,
} from '../../objects/object-protocol'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_Append } from '../../objects/unicode-methods'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH, _Py_ID } from '../../objects/unicodeobject'
import { PyBufferedRandom_Type, PyBufferedReader_Type, PyBufferedWriter_Type } from './bufferedio'
import { boolMember, optionalSize, unsupported } from './common'
import { PyFileIO_Type } from './fileio'
import { IO_FLAGS, _PyIOBase_finalize, clearStreamDict, freeStream, traverseStream } from './iobase'
import { PyIncrementalNewlineDecoder_Type } from './newline-decoder'
import { TextIOData, attached, hasEncodeFunc, isOpen, setSnapshot, textData } from './textio-data'
import { resetEncoder, seek, tell } from './textio-position'
import { read, readline } from './textio-read'
import { write, writeFlush } from './textio-write'

const isExact = (self: PyObject): boolean => self.ob_type === PyTextIOWrapper_Type

// ---- construction ---------------------------------------------------------------------------------------------------

function validNewline(newline: string | null): boolean {
  if (newline === null || newline === '' || newline === '\n' || newline === '\r' || newline === '\r\n') return true
  PyErr_Format(PyExc_ValueError, `illegal newline value: ${newline}`)
  return false
}

// Mirrors set_newline.
function setNewline(d: TextIOData, newline: string | null): void {
  d.readnl = newline
  d.readuniversal = newline === null || newline === ''
  d.readtranslate = newline === null
  d.writetranslate = newline !== ''
  d.writenl = !d.readuniversal && newline !== '\n' ? newline : null
}

/** Truth of buffer.<inquiry>(); -1 with an exception set. */
function ask(buffer: PyObject, inquiry: string): number {
  const result = PyObject_CallMethodNoArgs(buffer, _Py_ID(inquiry))
  if (result === null) return -1
  const truth = PyObject_IsTrue(result)
  Py_DECREF(result)
  return truth
}

function setDecoder(d: TextIOData, codec: PyObject, errors: string): boolean {
  const readable = ask(d.buffer!, 'readable')
  if (readable !== 1) return readable === 0
  const old = d.decoder
  d.decoder = null
  Py_XDECREF(old)
  d.decoder = _PyCodecInfo_GetIncremental(codec, errors, 'incrementaldecoder')
  if (d.decoder === null) return false
  if (d.readuniversal) {
    const wrapped = PyObject_CallFunctionObjArgs(PyIncrementalNewlineDecoder_Type, d.decoder, d.readtranslate ? Py_True : Py_False)
    if (wrapped === null) return false
    Py_DECREF(d.decoder)
    d.decoder = wrapped
  }
  return true
}

function setEncoder(d: TextIOData, codec: PyObject, errors: string): boolean {
  const writable = ask(d.buffer!, 'writable')
  if (writable !== 1) return writable === 0
  const old = d.encoder
  d.encoder = null
  Py_XDECREF(old)
  d.encodefunc = null
  d.encoder = _PyCodecInfo_GetIncremental(codec, errors, 'incrementalencoder')
  if (d.encoder === null) return false
  const name = _PyObject_LookupAttr(codec, _Py_ID('name'))
  if (name === null) return PyErr_Occurred() === null
  if (PyUnicode_Check(name) && hasEncodeFunc(PyUnicode_AsString(name))) d.encodefunc = PyUnicode_AsString(name)
  Py_DECREF(name)
  return true
}

// Mirrors _textiowrapper_fix_encoder_state: no byte order mark in the middle of a file.
function fixEncoderState(d: TextIOData): boolean {
  if (!d.seekable || d.encoder === null) return true
  d.encoding_start_of_stream = true
  const position = PyObject_CallMethodNoArgs(d.buffer!, _Py_ID('tell'))
  if (position === null) return false
  const atStart = PyObject_IsTrue(position)
  Py_DECREF(position)
  if (atStart < 0) return false
  return atStart === 0 || resetEncoder(d, false)
}

const initParser = new ArgParser('TextIOWrapper', ['buffer', 'encoding', 'errors', 'newline', 'line_buffering', 'write_through'])

/** A str argument that may be None: null for None; undefined with TypeError set. */
function textOrNone(o: PyObject | null | undefined, name: string): string | null | undefined {
  if (!o || o === Py_None) return null
  if (PyUnicode_Check(o)) return PyUnicode_AsString(o)
  _PyArg_BadArgument('TextIOWrapper', `argument '${name}'`, 'str or None', o)
  return undefined
}

function init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, initParser, 1, 6, 0)
  if (given === null) return -1
  const encoding = textOrNone(given[1], 'encoding')
  if (encoding === undefined) return -1
  const newline = textOrNone(given[3], 'newline')
  if (newline === undefined) return -1
  const lineBuffering = given[4] ? PyObject_IsTrue(given[4]) : 0
  const writeThrough = lineBuffering < 0 ? -1 : given[5] ? PyObject_IsTrue(given[5]) : 0
  if (lineBuffering < 0 || writeThrough < 0) return -1
  let errors = given[2] ?? Py_None
  if (errors === Py_None) errors = _Py_ID('strict')
  else if (!PyUnicode_Check(errors)) {
    PyErr_Format(PyExc_TypeError, `TextIOWrapper() argument 'errors' must be str or None, not ${errors.ob_type.tp_name}`)
    return -1
  }
  if (!validNewline(newline)) return -1
  clearStruct(self)
  const d = new TextIOData()
  self.v = d
  // The locale's encoding is UTF-8 here, under the name that nl_langinfo gives it.
  d.encoding = PyUnicode_FromString(encoding === null || encoding === 'locale' ? 'UTF-8' : encoding)
  const codec = _PyCodec_LookupTextEncoding(PyUnicode_AsString(d.encoding), 'codecs.open()')
  if (codec === null) return -1
  errors.ob_refcnt++
  d.errors = errors
  d.line_buffering = lineBuffering === 1
  d.write_through = writeThrough === 1
  setNewline(d, newline)
  d.buffer = given[0]!
  d.buffer.ob_refcnt++
  const errorsText = PyUnicode_AsString(errors)
  const ok = setDecoder(d, codec, errorsText) && setEncoder(d, codec, errorsText)
  Py_DECREF(codec)
  if (!ok || !lookAtBuffer(d, d.buffer) || !fixEncoderState(d)) return -1
  d.ok = true
  return 0
}

function lookAtBuffer(d: TextIOData, buffer: PyObject): boolean {
  const type = buffer.ob_type
  if (type === PyBufferedReader_Type || type === PyBufferedWriter_Type || type === PyBufferedRandom_Type) {
    const raw = _PyObject_LookupAttr(buffer, _Py_ID('raw'))
    if (raw === null) {
      if (PyErr_Occurred() !== null) return false
    } else if (raw.ob_type === PyFileIO_Type) d.raw = raw
    else Py_DECREF(raw)
  }
  const seekable = ask(buffer, 'seekable')
  if (seekable < 0) return false
  d.seekable = d.telling = seekable === 1
  const read1 = _PyObject_LookupAttr(buffer, _Py_ID('read1'))
  if (read1 === null && PyErr_Occurred() !== null) return false
  Py_XDECREF(read1)
  d.has_read1 = read1 !== null
  return true
}

const reconfigureParser = new ArgParser('reconfigure', ['encoding', 'errors', 'newline', 'line_buffering', 'write_through'])

function optionalBool(o: PyObject | null | undefined, otherwise: boolean): boolean | null {
  if (!o || o === Py_None) return otherwise
  const n = PyLong_AsLong(o)
  return n === -1 && PyErr_Occurred() !== null ? null : n !== 0
}

function reconfigure(self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, reconfigureParser, 0, 0, 0)
  if (given === null) return null
  const d = attached(self)
  if (d === null) return null
  const encoding = given[0] ?? Py_None
  const errors = given[1] ?? Py_None
  const newlineObject = given[2] ?? null
  if (d.decoded_chars !== null && (encoding !== Py_None || errors !== Py_None || newlineObject !== null)) {
    return unsupported('It is not possible to set the encoding or newline of stream after the first read')
  }
  const newline = textOrNone(newlineObject, 'newline')
  if (newline === undefined || !validNewline(newline)) return null
  const lineBuffering = optionalBool(given[3], d.line_buffering)
  const writeThrough = optionalBool(given[4], d.write_through)
  if (lineBuffering === null || writeThrough === null) return null
  const flushed = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  if (flushed === null) return null
  Py_DECREF(flushed)
  d.b2cratio = 0
  if (newlineObject !== null) setNewline(d, newline)
  if ((encoding !== Py_None || errors !== Py_None || newlineObject !== null) && !changeEncoding(d, encoding, errors)) return null
  d.line_buffering = lineBuffering
  d.write_through = writeThrough
  return Py_RETURN_NONE()
}

// Mirrors textiowrapper_change_encoding.
function changeEncoding(d: TextIOData, encoding: PyObject, errors: PyObject): boolean {
  const newEncoding = encoding === Py_None ? d.encoding! : encoding
  const newErrors = errors !== Py_None ? errors : encoding === Py_None ? d.errors! : _Py_ID('strict')
  for (const [o, name] of [[newEncoding, 'encoding'], [newErrors, 'errors']] as const) {
    if (!PyUnicode_Check(o)) {
      PyErr_Format(PyExc_TypeError, `reconfigure() argument '${name}' must be str or None, not ${o.ob_type.tp_name}`)
      return false
    }
  }
  const codec = _PyCodec_LookupTextEncoding(PyUnicode_AsString(newEncoding), 'codecs.open()')
  if (codec === null) return false
  const text = PyUnicode_AsString(newErrors)
  const ok = setDecoder(d, codec, text) && setEncoder(d, codec, text)
  Py_DECREF(codec)
  if (!ok) return false
  newEncoding.ob_refcnt++
  newErrors.ob_refcnt++
  const old = [d.encoding!, d.errors!]
  d.encoding = newEncoding
  d.errors = newErrors
  for (const o of old) Py_DECREF(o)
  return fixEncoderState(d)
}

// ---- the end --------------------------------------------------------------------------------------------------------------

const FIELDS = [
  'buffer', 'encoding', 'encoder', 'decoder', 'errors', 'decoded_chars', 'pending_bytes', 'snapshot', 'raw',
] as const

function clearStruct(self: PyObject): void {
  const d = textData(self)
  d.ok = false
  for (const field of FIELDS) {
    const o = d[field]
    d[field] = null
    Py_XDECREF(o)
  }
}

function dealloc(self: PyObject): void {
  textData(self).finalizing = true
  if (_PyIOBase_finalize(self) < 0) return
  textData(self).ok = false
  freeStream(self, () => clearStruct(self))
}

function detach(self: PyObject): PyObject | null {
  const d = attached(self)
  if (d === null) return null
  const flushed = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  if (flushed === null) return null
  Py_DECREF(flushed)
  const { buffer } = d
  d.buffer = null
  d.detached = true
  return buffer
}

function close(self: PyObject): PyObject | null {
  const d = attached(self)
  if (d === null) return null
  const closedObject = PyObject_GetAttr(d.buffer!, _Py_ID('closed'))
  if (closedObject === null) return null
  const closed = PyObject_IsTrue(closedObject)
  Py_DECREF(closedObject)
  if (closed !== 0) return closed < 0 ? null : Py_RETURN_NONE()
  if (d.finalizing) {
    const warned = PyObject_CallMethodOneArg(d.buffer!, _Py_ID('_dealloc_warn'), self)
    if (warned === null) PyErr_Clear()
    else Py_DECREF(warned)
  }
  const flushed = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  const e = PyErr_Fetch()
  Py_XDECREF(flushed)
  const result = PyObject_CallMethodNoArgs(d.buffer!, _Py_ID('close'))
  if (e.type === null) return result
  _PyErr_ChainExceptions(e)
  Py_XDECREF(result)
  return null
}

// ---- methods ----------------------------------------------------------------------------------------------------------------

function flush(self: PyObject): PyObject | null {
  const d = attached(self)
  if (d === null || !isOpen(self, d, isExact(self))) return null
  d.telling = d.seekable
  return writeFlush(d) ? PyObject_CallMethodNoArgs(d.buffer!, _Py_ID('flush')) : null
}

const readMethod: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('read', nargs, 0, 1)) return null
  const n = optionalSize(nargs > 0 ? args[0] : null)
  const d = n === null ? null : attached(self)
  return n === null || d === null || !isOpen(self, d, isExact(self)) ? null : read(d, n)
}

const readlineMethod: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('readline', nargs, 0, 1)) return null
  let limit = -1
  if (nargs > 0) {
    limit = PyLong_AsSsize_t(args[0]!)
    if (limit === -1 && PyErr_Occurred() !== null) return null
  }
  const d = attached(self)
  return d === null || !isOpen(self, d, isExact(self)) ? null : readline(d, limit)
}

const seekMethod: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('seek', nargs, 1, 2)) return null
  let whence = 0
  if (nargs > 1) {
    whence = PyLong_AsInt(args[1]!)
    if (whence === -1 && PyErr_Occurred() !== null) return null
  }
  const d = attached(self)
  return d === null || !isOpen(self, d, isExact(self)) ? null : seek(self, d, args[0]!, whence)
}

const truncate: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('truncate', nargs, 0, 1)) return null
  const d = attached(self)
  if (d === null) return null
  const flushed = PyObject_CallMethodNoArgs(self, _Py_ID('flush'))
  if (flushed === null) return null
  Py_DECREF(flushed)
  return PyObject_CallMethodOneArg(d.buffer!, _Py_ID('truncate'), nargs > 0 ? args[0]! : Py_None)
}

function iternext(self: PyObject): PyObject | null {
  const d = attached(self)
  if (d === null) return null
  d.telling = false
  let line: PyObject | null
  if (isExact(self)) line = isOpen(self, d, true) ? readline(d, -1) : null
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
  setSnapshot(d, null)
  d.telling = d.seekable
  return null
}

function repr(self: PyObject): PyObject | null {
  if (!textData(self).ok && attached(self) === null) return null
  const status = Py_ReprEnter(self)
  if (status !== 0) {
    return status < 0 ? null : PyErr_Format(PyExc_RuntimeError, `reentrant call inside ${self.ob_type.tp_name}.__repr__`)
  }
  let text: PyObject | null = PyUnicode_FromString('<_io.TextIOWrapper')
  for (const name of ['name', 'mode']) {
    const value = _PyObject_LookupAttr(self, _Py_ID(name))
    if (value === null) {
      if (PyErr_Occurred() === null) continue
      // A detached stream has no name.
      if (name === 'name' && PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Clear()
        continue
      }
      Py_DECREF(text!)
      text = null
      break
    }
    const part = PyUnicode_FromFormat(` ${name}=%R`, value)
    Py_DECREF(value)
    if (part === null) Py_DECREF(text!)
    text = part === null ? null : PyUnicode_Append(text!, part)
    Py_XDECREF(part)
    if (text === null) break
  }
  const result = text === null ? null : PyUnicode_FromFormat('%U encoding=%R>', text, textData(self).encoding)
  Py_XDECREF(text)
  Py_ReprLeave(self)
  return result
}

/** A method that asks the buffer. */
function forward(name: string): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (self: PyObject) => {
      const d = attached(self)
      return d === null ? null : PyObject_CallMethodNoArgs(d.buffer!, _Py_ID(name))
    },
  }
}

const member = (name: 'encoding' | 'buffer') => ({
  name,
  get: (self: PyObject): PyObject | null => {
    const o = textData(self)[name] ?? (name === 'buffer' ? null : Py_None)
    if (o === null) return PyErr_SetString(PyExc_AttributeError, name)
    o.ob_refcnt++
    return o
  },
})

/** A getset that reads from a usable stream. */
const attribute = (name: string, get: (d: TextIOData) => PyObject | null) => ({
  name,
  get: (self: PyObject): PyObject | null => {
    const d = attached(self)
    return d === null ? null : get(d)
  },
})

const unsupportedMethod = (name: string): PyMethodDef => ({ ml_name: name, ml_flags: METH_VARARGS, ml_meth: () => unsupported(name) })

export const PyTextIOBase_Type: PyTypeObject = new PyTypeObject('_io._TextIOBase', {
  tp_basicsize: 32, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 16,
  tp_methods: ['detach', 'read', 'readline', 'write'].map(unsupportedMethod),
  tp_getset: ['encoding', 'newlines', 'errors'].map(name => ({ name, get: () => Py_RETURN_NONE() })),
})

export const PyTextIOWrapper_Type: PyTypeObject = new PyTypeObject('_io.TextIOWrapper', {
  tp_basicsize: 192, tp_flags: IO_FLAGS, weakrefs: true, tp_dictoffset: 184,
  tp_dealloc: dealloc,
  tp_repr: repr,
  tp_traverse: (o, visit) => traverseStream(o, visit, ...FIELDS.map(f => textData(o)[f])),
  tp_clear: o => {
    if (_PyIOBase_finalize(o) < 0) return
    clearStruct(o)
    clearStreamDict(o)
  },
  tp_iternext: iternext,
  tp_init: init,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new TextIOData()
    return o
  },
  tp_methods: [
    { ml_name: 'detach', ml_flags: METH_NOARGS, ml_meth: detach, signature: '($self, /)' },
    {
      ml_name: 'reconfigure', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: reconfigure,
      signature: '($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)',
    },
    {
      ml_name: 'write', ml_flags: METH_O, signature: '($self, text, /)',
      ml_meth: (self: PyObject, text: PyObject) => write(self, text, isExact(self)),
    },
    { ml_name: 'read', ml_flags: METH_FASTCALL, ml_meth: readMethod, signature: '($self, size=-1, /)' },
    { ml_name: 'readline', ml_flags: METH_FASTCALL, ml_meth: readlineMethod, signature: '($self, size=-1, /)' },
    { ml_name: 'flush', ml_flags: METH_NOARGS, ml_meth: flush, signature: '($self, /)' },
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: close, signature: '($self, /)' },
    forward('fileno'), forward('seekable'), forward('readable'), forward('writable'), forward('isatty'),
    { ml_name: 'seek', ml_flags: METH_FASTCALL, ml_meth: seekMethod, signature: '($self, cookie, whence=os.SEEK_SET, /)' },
    {
      ml_name: 'tell', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (self: PyObject) => {
        const d = attached(self)
        return d === null || !isOpen(self, d, isExact(self)) ? null : tell(self, d)
      },
    },
    { ml_name: 'truncate', ml_flags: METH_FASTCALL, ml_meth: truncate, signature: '($self, pos=None, /)' },
  ],
  tp_members: [
    member('encoding'), member('buffer'),
    boolMember('line_buffering', self => textData(self).line_buffering),
    boolMember('write_through', self => textData(self).write_through),
    boolMember('_finalizing', self => textData(self).finalizing, (self, value) => { textData(self).finalizing = value }),
  ],
  tp_getset: [
    attribute('name', d => PyObject_GetAttr(d.buffer!, _Py_ID('name'))),
    attribute('closed', d => PyObject_GetAttr(d.buffer!, _Py_ID('closed'))),
    attribute('newlines', d => {
      if (d.decoder === null) return Py_RETURN_NONE()
      const found = _PyObject_LookupAttr(d.decoder, _Py_ID('newlines'))
      return found ?? (PyErr_Occurred() !== null ? null : Py_RETURN_NONE())
    }),
    attribute('errors', d => (d.errors!.ob_refcnt++, d.errors)),
    {
      ...attribute('_CHUNK_SIZE', d => PyLong_FromSsize_t(d.chunk_size)),
      set: (self, value) => {
        const d = attached(self)
        if (d === null) return -1
        if (value === null) return PyErr_SetString(PyExc_AttributeError, 'cannot delete attribute'), -1
        const n = PyLong_AsSsize_t(value)
        if (n === -1 && PyErr_Occurred() !== null) return -1
        if (n <= 0) return PyErr_SetString(PyExc_ValueError, 'a strictly positive integer is required'), -1
        d.chunk_size = n
        return 0
      },
    },
  ],
})
