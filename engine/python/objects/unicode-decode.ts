// The memory of decoding: the str objects that CPython makes while it does not know yet what the text will be.
import { Py_DECREF, type PyObject } from './object'
import { PyObject_ReallocSize } from './objimpl'
import { UnicodeData, describeText, unicodeSize } from './unicode-data'
import { resultText } from './unicode-text'
import { unicodeNew } from './unicodeobject'

const room = (size: number, kind: number): PyObject | null => unicodeNew(new UnicodeData('', size, kind, false))

/**
 * NEW str for text decoded from `size` bytes of UTF-8: begun as ASCII as long as the bytes, made anew whenever a wider
 * character appears, and cut to its length. Mirrors unicode_decode_utf8, Objects/unicodeobject.c.
 */
export function utf8Result(size: number, text: string): PyObject | null {
  return size < 2 ? resultText(text) : decodedResult(size, text)
}

/** NEW str for text decoded into room for `size` code points, ASCII at first. Mirrors what a _PyUnicodeWriter does. */
export function decodedResult(size: number, text: string): PyObject | null {
  const data = describeText(text)
  if (data.length === 0 || data.ascii && data.length === size && size > 1) return resultText(text)
  let o = unicodeNew(new UnicodeData('', size, 1, true))
  let kind = 0
  for (let i = 0; i < text.length && kind < data.kind && o !== null; i++) {
    const c = text.charCodeAt(i)
    if (c < 128) continue
    const wide = c < 256 ? 1 : (c & 0xfc00) === 0xd800 && ((text.charCodeAt(i + 1) || 0) & 0xfc00) === 0xdc00 ? 4 : 2
    if (wide <= kind) continue
    kind = wide
    const wider: PyObject | null = room(size, kind)
    Py_DECREF(o)
    o = wider
  }
  if (o === null) return null
  if (data.length === 0) return Py_DECREF(o), resultText(text)
  if (data.length !== size && PyObject_ReallocSize(o, unicodeSize(data.length, data.kind, data.ascii)) < 0) return Py_DECREF(o), null
  if (data.length === 1 && text.charCodeAt(0) < 256) return Py_DECREF(o), resultText(text)
  o.v = data
  return o
}
