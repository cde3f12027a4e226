// The error handlers of codecs as Python callables: what codecs.lookup_error gives, and how a codec in TypeScript calls
// one. The conversions themselves are in lib/codecs-errors.ts. Mirrors the second half of Python/codecs.c.
import { type DecodeHandler, type DecodeReplacement, type EncodeHandler, type EncodeReplacement } from '../lib/codecs'
import { standardDecodeHandler, standardEncodeHandler } from '../lib/codecs-errors'
import { PyBytes_AsBytes, PyBytes_Check, PyBytes_FromBytes, bytesFrom } from './bytesobject'
import { PyObject_CallOneArg } from './call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from './errors'
import {
  PyExc_IndexError, PyExc_TypeError, PyExc_UnicodeDecodeError, PyExc_UnicodeEncodeError, PyExc_UnicodeTranslateError, PyExceptionInstance_Check,
} from './exceptions'
import { unicodeErrorRange } from './exceptions-unicode'
import { PyLong_AsSsize_t, PyLong_Check, PyLong_FromLong } from './longobject'
import { PyObject_Vectorcall } from './call'
import { METH_O, Py_DECREF, PyObject_TypeCheck, type PyMethodDef, type PyObject, type PyTypeObject } from './object'
import { PyTuple_Check, _PyTuple_FromArraySteal } from './tupleobject'
import { codePoints } from './unicode-data'
import { udata } from './unicode-text'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, unicodeFromText } from './unicodeobject'
import { PyCodec_LookupError } from './codecs'

/** Names of characters for namereplace; set by the library's unicodedata. */
export const characterNames = { nameOf: (_code: number): string | null => null }


export const HANDLER_NAMES = [
  'strict', 'ignore', 'replace', 'xmlcharrefreplace', 'backslashreplace', 'namereplace', 'surrogatepass', 'surrogateescape',
] as const

/** The method definition of a builtin handler, `strict_errors` and so on (surrogateescape and surrogatepass by their own name). */
export function handlerMethod(name: string): PyMethodDef {
  const own = name === 'surrogatepass' || name === 'surrogateescape'
  return { ml_name: own ? name : `${name}_errors`, ml_flags: METH_O, ml_meth: (_self: PyObject, exc: PyObject) => handle(name, exc) }
}

function wrongException(exc: PyObject): null {
  return PyErr_Format(PyExc_TypeError, `don't know how to handle ${exc.ob_type.tp_name} in error callback`)
}

function raise(exc: PyObject): null {
  PyErr_SetObject(exc.ob_type, exc)
  return null
}

/** NEW (replacement, position), or null. */
function result(replacement: string | Uint8Array, next: number): PyObject | null {
  const made = typeof replacement === 'string' ? unicodeFromText(replacement) : bytesFrom(replacement)
  return made === null ? null : _PyTuple_FromArraySteal([made, PyLong_FromLong(next)], 2)
}

function handle(name: string, exc: PyObject): PyObject | null {
  if (name === 'strict') {
    return PyExceptionInstance_Check(exc) ? raise(exc) : PyErr_SetString(PyExc_TypeError, 'codec must pass exception instance')
  }
  const is = (type: PyTypeObject): boolean => PyObject_TypeCheck(exc, type)
  if (is(PyExc_UnicodeEncodeError)) {
    const { start, end, object, encoding } = unicodeErrorRange(exc)
    const handler = standardEncodeHandler(name, characterNames.nameOf)!
    const replacement = handler(codePoints(udata(object)), start, end, '', encoding === null ? '' : PyUnicode_AsString(encoding))
    return replacement === null ? raise(exc) : result(replacement.with, replacement.next)
  }
  if (is(PyExc_UnicodeDecodeError)) {
    const handler = standardDecodeHandler(name)
    if (!handler) return wrongException(exc)
    const { start, end, object, encoding } = unicodeErrorRange(exc)
    const replacement = handler(PyBytes_AsBytes(object), start, end, '', encoding === null ? '' : PyUnicode_AsString(encoding))
    return replacement === null ? raise(exc) : result(replacement.with, replacement.next)
  }
  if (is(PyExc_UnicodeTranslateError)) {
    const { start, end, object } = unicodeErrorRange(exc)
    if (name === 'ignore') return result('', end)
    if (name === 'replace') return result('\ufffd'.repeat(end - start), end)
    if (name === 'backslashreplace') {
      const replacement = standardEncodeHandler(name)!(codePoints(udata(object)), start, end, '', '')!
      return result(replacement.with, end)
    }
  }
  return wrongException(exc)
}

// ---- calling handlers ----------------------------------------------------------------------------------------------------

/** What a handler of the program's own gave: [replacement, position], or null with an exception set. */
function call(errors: string, exc: PyObject, length: number, decoding: boolean): [PyObject, number] | null {
  const handler = PyCodec_LookupError(errors)
  if (handler === null) return null
  const made = PyObject_CallOneArg(handler, exc)
  Py_DECREF(handler)
  if (made === null) return null
  const items = PyTuple_Check(made) ? made.v : []
  const [replacement, position] = items
  const fits = items.length === 2 && PyLong_Check(position!) &&
    (PyUnicode_Check(replacement!) || (!decoding && PyBytes_Check(replacement!)))
  if (!fits) {
    Py_DECREF(made)
    return PyErr_SetString(PyExc_TypeError,
      decoding ? 'decoding error handler must return (str, int) tuple' : 'encoding error handler must return (str/bytes, int) tuple')
  }
  let next = PyLong_AsSsize_t(position!)
  if (next === -1 && PyErr_Occurred() !== null) return Py_DECREF(made), null
  if (next < 0) next += length
  if (next < 0 || next > length) {
    Py_DECREF(made)
    return PyErr_Format(PyExc_IndexError, `position ${next} from error handler out of bounds`)
  }
  replacement!.ob_refcnt++
  Py_DECREF(made)
  return [replacement!, next]
}

function makeException(
  type: PyTypeObject, encoding: string, object: () => PyObject, start: number, end: number, reason: string,
): PyObject | null {
  const args = [PyUnicode_FromString(encoding), object(), PyLong_FromLong(start), PyLong_FromLong(end), PyUnicode_FromString(reason)]
  const exc = PyObject_Vectorcall(type, args, 5, null)
  for (const a of args) Py_DECREF(a)
  return exc
}

/** The handler named `errors` as a codec in TypeScript calls it, for a text being encoded. */
export function callEncodeHandler(o: PyObject, errors: string): EncodeHandler {
  return (_points, start, end, reason, encoding): EncodeReplacement | null => {
    const exc = makeException(PyExc_UnicodeEncodeError, encoding, () => (o.ob_refcnt++, o), start, end, reason)
    if (exc === null) return null
    const answer = call(errors, exc, udata(o).length, false)
    Py_DECREF(exc)
    if (answer === null) return null
    const [replacement, next] = answer
    const value = PyUnicode_Check(replacement) ? PyUnicode_AsString(replacement) : PyBytes_AsBytes(replacement)
    Py_DECREF(replacement)
    return { with: value, next }
  }
}

/**
 * The same for bytes being decoded.
 * DIFFERS: bytes that the handler puts into the exception's `object` are not taken over.
 */
export function callDecodeHandler(bytes: Uint8Array, errors: string): DecodeHandler {
  return (_bytes, start, end, reason, encoding): DecodeReplacement | null => {
    const exc = makeException(PyExc_UnicodeDecodeError, encoding, () => PyBytes_FromBytes(bytes), start, end, reason)
    if (exc === null) return null
    const answer = call(errors, exc, bytes.length, true)
    Py_DECREF(exc)
    if (answer === null) return null
    const text = PyUnicode_AsString(answer[0])
    Py_DECREF(answer[0])
    return { with: text, next: answer[1] }
  }
}
