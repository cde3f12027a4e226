// String literals: escaping, and reading with escapes.
import { JsonSource } from './source'
import { PyImport_GetModule } from '../import'
import { PyCallable, identifier } from '../identifiers'
import { PyErr_Format, PyErr_SetObject, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { UnicodeData } from '../../objects/unicode-data'
import { UnicodeWriter } from '../../objects/unicode-fromformat'
import { substring } from '../../objects/unicode-text'
import { PyUnicode_Check, PyUnicode_FromString, unicodeNew } from '../../objects/unicodeobject'

// ---- writing ---------------------------------------------------------------------------------------------------------------

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (c: string): string => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`

const notString = (o: PyObject): null => PyErr_Format(PyExc_TypeError, 'first argument must be a string, not %.80s', o.ob_type.tp_name)

/** NEW literal of ASCII characters only. */
export function encode_basestring_ascii(_module: PyObject | null, o: PyObject): PyObject | null {
  if (!PyUnicode_Check(o)) return notString(o)
  const text = `"${o.v.str.replace(/[^ !#-[\]-~]/g, escaped)}"`
  return unicodeNew(new UnicodeData(text, text.length, 1, true))
}

/** NEW literal in which only quotes, backslashes and control characters are escaped. */
export function encode_basestring(_module: PyObject | null, o: PyObject): PyObject | null {
  if (!PyUnicode_Check(o)) return notString(o)
  const { str, length, kind, ascii } = o.v
  // eslint-disable-next-line no-control-regex -- these are what is to be escaped
  const text = `"${str.replace(/["\\\u0000-\u001f]/g, escaped)}"`
  return unicodeNew(new UnicodeData(text, text.length - str.length + length, kind, ascii))
}

// ---- reading -----------------------------------------------------------------------------------------------------------------

/** Sets json.JSONDecodeError. Mirrors raise_errmsg. */
export function raiseDecodeError(message: string, source: JsonSource, end: number): null {
  const decoder = PyImport_GetModule(identifier('_json', 'json.decoder'))
  if (decoder === null) return null
  const type = PyObject_GetAttr(decoder, identifier('_json', 'JSONDecodeError'))
  Py_DECREF(decoder)
  if (type === null) return null
  source.text.ob_refcnt++
  const error = PyCallable(type, [PyUnicode_FromString(message), source.text, PyLong_FromSsize_t(end)])
  Py_DECREF(type)
  if (error !== null) {
    PyErr_SetObject(type, error)
    Py_DECREF(error)
  }
  return null
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

const ESCAPES: Readonly<Record<number, string>> = {
  0x22: '"', 0x5c: '\\', 0x2f: '/', 0x62: '\b', 0x66: '\f', 0x6e: '\n', 0x72: '\r', 0x74: '\t',
}

/** Value of four hexadecimal digits, -1 if they are none. */
function hexAt(source: JsonSource, from: number): number {
  let n = 0
  for (let i = from; i < from + 4; i++) {
    const digit = parseInt(String.fromCodePoint(source.at(i)), 16)
    if (Number.isNaN(digit)) return -1
    n = n * 16 + digit
  }
  return n
}

/** Where the last literal ended. */
export const scanned = { end: 0 }

/** NEW str of the literal whose opening quote stands before `begin`; null with an exception set. Mirrors scanstring_unicode. */
export function scanstring(source: JsonSource, begin: number, strict: boolean): PyObject | null {
  const { length } = source
  let end = begin
  if (end < 0 || length < end) return PyErr_SetString(PyExc_ValueError, 'end is out of bounds')
  let writer: UnicodeWriter | null = null
  const fail = (message: string, where: number): null => {
    raiseDecodeError(message, source, where)
    writer?.dealloc()
    return null
  }
  for (;;) {
    let c = 0
    let next = end
    for (; next < length; next++) {
      c = source.at(next)
      if (c === QUOTE || c === BACKSLASH) break
      if (c <= 0x1f && strict) return fail('Invalid control character at', next)
    }
    if (c === QUOTE) {
      if (writer === null) {
        scanned.end = next + 1
        return substring(source.text, end, next)
      }
    } else if (c !== BACKSLASH) return fail('Unterminated string starting at', begin - 1)
    writer ??= openWriter()
    if (next !== end && !writer.writeText(source.slice(end, next))) return writer.dealloc(), null
    next++
    if (c === QUOTE) {
      scanned.end = next
      return writer.finish()
    }
    if (next === length) return fail('Unterminated string starting at', begin - 1)
    let text = ESCAPES[source.at(next)]
    if (source.at(next) !== 0x75) {
      end = next + 1
      if (text === undefined) return fail('Invalid \\escape', end - 2)
    } else {
      next++
      end = next + 4
      if (end >= length) return fail('Invalid \\uXXXX escape', next - 1)
      const code = hexAt(source, next)
      if (code < 0) return fail('Invalid \\uXXXX escape', end - 5)
      text = String.fromCharCode(code)
      if (code >= 0xd800 && code < 0xdc00 && end + 6 < length && source.has('\\u', end)) {
        const low = hexAt(source, end + 2)
        if (low < 0) return fail('Invalid \\uXXXX escape', end + 1)
        if (low >= 0xdc00 && low < 0xe000) {
          text += String.fromCharCode(low)
          end += 6
        }
      }
    }
    if (!writer.writeText(text)) return writer.dealloc(), null
  }
}

function openWriter(): UnicodeWriter {
  const writer = new UnicodeWriter()
  writer.overallocate = true
  return writer
}
