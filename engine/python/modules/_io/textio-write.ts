// Writing of TextIOWrapper: text is encoded at once and gathered until it is worth a call of the buffer's write().
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from '../../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg } from '../../objects/call'
import { PyErr_Format } from '../../objects/errors'
import { PyExc_TypeError } from '../../objects/exceptions'
import { _PyArg_BadArgument } from '../../objects/getargs'
import { PyList_Append, PyList_CheckExact, PyList_New } from '../../objects/listobject'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyUnicode_Replace } from '../../objects/unicode-search'
import { udata } from '../../objects/unicode-text'
import { PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH, _Py_ID } from '../../objects/unicodeobject'
import { unsupported } from './common'
import { attached, encodeText, isAsciiCompatible, isOpen, setDecodedChars, setSnapshot, type TextIOData } from './textio-data'
import { newBytesBuffer } from './common'
import { BytesData } from '../../objects/bytesobject'

function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

const contents = (o: PyObject): Uint8Array => PyUnicode_Check(o) ? asciiBytes(udata(o).str) : PyBytes_AsBytes(o)

/** Hands what is pending to the buffer: false with an exception set. Mirrors _textiowrapper_writeflush. */
export function writeFlush(d: TextIOData): boolean {
  const pending = d.pending_bytes
  if (pending === null) return true
  let b: PyObject | null
  if (PyBytes_Check(pending)) {
    pending.ob_refcnt++
    b = pending
  } else if (PyUnicode_Check(pending)) {
    b = bytesFrom(asciiBytes(udata(pending).str))
    if (b === null) return false
  } else {
    b = newBytesBuffer(d.pending_bytes_count)
    if (b === null) return false
    const all = new Uint8Array(d.pending_bytes_count)
    let at = 0
    for (const item of pending.v.ob_item as PyObject[]) {
      const bytes = contents(item)
      all.set(bytes, at)
      at += bytes.length
    }
    if (all.length > 0) b.v = new BytesData(all)
  }
  d.pending_bytes_count = 0
  d.pending_bytes = null
  Py_DECREF(pending)
  const result = PyObject_CallMethodOneArg(d.buffer!, _Py_ID('write'), b)
  Py_DECREF(b)
  if (result === null) return false
  Py_DECREF(result)
  return true
}

/** Puts encoded data (STOLEN) behind what is pending: false with an exception set. */
function addPending(d: TextIOData, b: PyObject, size: number): boolean {
  if (d.pending_bytes === null) {
    d.pending_bytes_count = 0
    d.pending_bytes = b
  } else if (d.pending_bytes_count + size > d.chunk_size) {
    if (!writeFlush(d)) return Py_DECREF(b), false
    d.pending_bytes = b
  } else if (!PyList_CheckExact(d.pending_bytes)) {
    const list = PyList_New(2)
    list.v.ob_item[0] = d.pending_bytes
    list.v.ob_item[1] = b
    d.pending_bytes = list
  } else {
    const ok = PyList_Append(d.pending_bytes, b) === 0
    Py_DECREF(b)
    if (!ok) return false
  }
  d.pending_bytes_count += size
  return true
}

// Mirrors _io_TextIOWrapper_write_impl.
export function write(self: PyObject, text: PyObject, isExact: boolean): PyObject | null {
  if (!PyUnicode_Check(text)) return _PyArg_BadArgument('write', 'argument', 'str', text)
  const d = attached(self)
  if (d === null || !isOpen(self, d, isExact)) return null
  if (d.encoder === null) return unsupported('not writable')
  text.ob_refcnt++
  const length = PyUnicode_GET_LENGTH(text)
  const translates = d.writetranslate && d.writenl !== null
  const hasLf = (translates || d.line_buffering) && udata(text).str.includes('\n')
  if (hasLf && translates) {
    const from = PyUnicode_FromString('\n')
    const to = PyUnicode_FromString(d.writenl!)
    const replaced = PyUnicode_Replace(text, from, to, -1)
    Py_DECREF(from)
    Py_DECREF(to)
    Py_DECREF(text)
    if (replaced === null) return null
    text = replaced
  }
  const flush = d.line_buffering && (hasLf || udata(text).str.includes('\r'))
  let b: PyObject | null
  if (d.encodefunc !== null) {
    if (udata(text).ascii && udata(text).length <= d.chunk_size && isAsciiCompatible(d.encodefunc)) {
      text.ob_refcnt++
      b = text
    } else b = encodeText(d, text)
    d.encoding_start_of_stream = false
  } else b = PyObject_CallMethodOneArg(d.encoder, _Py_ID('encode'), text)
  const isText = b === text
  Py_DECREF(text)
  if (b === null) return null
  if (!isText && !PyBytes_Check(b)) {
    PyErr_Format(PyExc_TypeError, `encoder should return a bytes object, not '${b.ob_type.tp_name}'`)
    Py_DECREF(b)
    return null
  }
  if (!addPending(d, b, isText ? udata(b).length : PyBytes_AsBytes(b).length)) return null
  if ((d.pending_bytes_count >= d.chunk_size || flush || d.write_through) && !writeFlush(d)) return null
  if (flush) {
    const done = PyObject_CallMethodNoArgs(d.buffer!, _Py_ID('flush'))
    if (done === null) return null
    Py_DECREF(done)
  }
  setDecodedChars(d, null)
  setSnapshot(d, null)
  if (d.decoder !== null) {
    const done = PyObject_CallMethodNoArgs(d.decoder, _Py_ID('reset'))
    if (done === null) return null
    Py_DECREF(done)
  }
  return PyLong_FromSsize_t(length)
}
