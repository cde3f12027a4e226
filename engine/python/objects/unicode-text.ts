// Indexing into str payloads: code points against UTF-16 units, and new strings from parts of others.
//
// Kinds 1 and 2 index units directly. In kind 4 a position is translated through the cached code points.
import { type PyObject } from './object'
import { UnicodeData, codePoints, describeText } from './unicode-data'
import { PyUnicode_EmptyString, PyUnicode_Type, unicode_latin1, unicodeNew } from './unicodeobject'

export const udata = (o: PyObject): UnicodeData => o.v as UnicodeData

/** Code point at an index in range. */
export function codeAt(data: UnicodeData, i: number): number {
  return data.kind === 4 ? codePoints(data)[i]! : data.str.charCodeAt(i)
}

/** UTF-16 position of a code point index. */
export function unitIndex(data: UnicodeData, i: number): number {
  if (data.kind !== 4) return i
  const points = codePoints(data)
  let unit = 0
  for (let k = 0; k < i; k++) unit += points[k]! > 0xffff ? 2 : 1
  return unit
}

/** Code point index of a UTF-16 position. */
export function pointIndex(data: UnicodeData, unit: number): number {
  if (data.kind !== 4) return unit
  let points = 0
  for (let i = 0; i < unit; points++) i += data.str.codePointAt(i)! > 0xffff ? 2 : 1
  return points
}

/** The text between two code point indices. */
export function sliceText(data: UnicodeData, start: number, end: number): string {
  return data.kind === 4 ? data.str.slice(unitIndex(data, start), unitIndex(data, end)) : data.str.slice(start, end)
}

/** The code points of any text. */
export function pointsOf(text: string): number[] {
  const points: number[] = []
  for (let i = 0; i < text.length;) {
    const c = text.codePointAt(i)!
    points.push(c)
    i += c > 0xffff ? 2 : 1
  }
  return points
}

/** Text from code points (any number of them). */
export function textOf(points: ArrayLike<number>): string {
  let text = ''
  for (let i = 0; i < points.length; i += 4096) {
    text += String.fromCodePoint(...Array.prototype.slice.call(points, i, i + 4096) as number[])
  }
  return text
}

/** NEW str for a text made by the program: static where CPython's is, null with MemoryError set when too large. */
export function resultText(text: string): PyObject | null {
  if (text.length < 2) {
    if (text.length === 0) return PyUnicode_EmptyString()
    const code = text.charCodeAt(0)
    if (code < 256) return unicode_latin1(code)
  }
  return unicodeNew(describeText(text))
}

/** NEW str that CPython would never make a static one: a plain copy. */
export function freshText(text: string): PyObject | null {
  return text.length === 0 ? PyUnicode_EmptyString() : unicodeNew(describeText(text))
}

/** NEW reference to the string itself, or to an exact copy of a subclass instance. Mirrors unicode_result_unchanged. */
export function unchanged(o: PyObject): PyObject | null {
  if (o.ob_type === PyUnicode_Type) {
    o.ob_refcnt++
    return o
  }
  const { str, length, kind, ascii } = udata(o)
  return str.length === 0 ? PyUnicode_EmptyString() : unicodeNew(new UnicodeData(str, length, kind, ascii))
}

/** NEW substring by code point indices in range; the string itself for all of it. Mirrors PyUnicode_Substring. */
export function substring(o: PyObject, start: number, end: number): PyObject | null {
  const data = udata(o)
  if (start === 0 && end === data.length) return unchanged(o)
  if (end <= start) return PyUnicode_EmptyString()
  const text = sliceText(data, start, end)
  if (data.ascii && text.length > 1) return unicodeNew(new UnicodeData(text, text.length, 1, true))
  return resultText(text)
}
