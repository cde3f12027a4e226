// The UTF-8 form of a str as C code asks for it (PyUnicode_AsUTF8): free for ASCII text, a block kept with the str otherwise.
import { type PyObject } from './object'
import { TAG_NONE } from '../../memory/events'
import { PyErr_Format } from './errors'
import { PyExc_TypeError, PyExc_UnicodeEncodeError } from './exceptions'
import { raiseUnicodeError } from './exceptions-unicode'
import { PyMem_Malloc } from './objimpl'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_Check } from './unicodeobject'

/** First run of lone surrogates, in code points, or null. */
function surrogateRun(data: UnicodeData): { start: number, end: number } | null {
  const match = /(?:[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])+/.exec(data.str)
  if (match === null) return null
  const start = Array.from(data.str.slice(0, match.index)).length
  return { start, end: start + match[0].length }
}

/** The text, with its UTF-8 form cached on the str; null with UnicodeEncodeError when it holds lone surrogates. */
export function PyUnicode_AsUTF8(o: PyObject): string | null {
  if (!PyUnicode_Check(o)) return PyErr_Format(PyExc_TypeError, 'bad argument type for built-in operation')
  const data = o.v
  if (data.ascii || data.utf8Block !== 0) return data.str
  const bad = surrogateRun(data)
  if (bad !== null) {
    return raiseUnicodeError(PyExc_UnicodeEncodeError, 'utf-8', o, bad.start, bad.end, 'surrogates not allowed')
  }
  data.utf8Block = PyMem_Malloc(new TextEncoder().encode(data.str).length + 1, TAG_NONE)
  return data.utf8Block === 0 ? null : data.str
}

/** Bytes of the UTF-8 form. */
export function utf8Length(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    n += c < 0x80 ? 1 : c < 0x800 ? 2 : c >= 0xd800 && c < 0xe000 ? 2 : 3
  }
  return n
}
