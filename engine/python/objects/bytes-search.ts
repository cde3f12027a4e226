// Looking for bytes in bytes: what find, count, split, strip, replace and their like of bytes and bytearray stand on.
// Mirrors Objects/bytes_methods.c and Objects/stringlib. Subsequences are byte arrays; positions are indices.
import { PyIndex_Check, PyNumber_AsSsize_t } from './abstract'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes, type BufferView } from './memoryobject'
import type { PyObject } from './object'
import { adjust, sliceIndex } from './unicode-search'

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** First (or last) index of `sub` inside bytes[start:end]; -1 if it is not there. */
export function findBytes(bytes: Uint8Array, sub: Uint8Array, start: number, end: number, fromRight = false): number {
  if (end - start < sub.length) return -1
  if (sub.length === 0) return fromRight ? end : start
  const b = buffer(bytes)
  if (sub.length === 1) {
    const at = fromRight ? b.lastIndexOf(sub[0]!, end - 1) : b.indexOf(sub[0]!, start)
    return at < start || at >= end ? -1 : at
  }
  const at = fromRight ? b.lastIndexOf(sub, end - sub.length) : b.indexOf(sub, start)
  return at < start || at + sub.length > end ? -1 : at
}

/** Occurrences that do not overlap, at most `limit`. */
export function countBytes(bytes: Uint8Array, sub: Uint8Array, start: number, end: number, limit = Infinity): number {
  if (end - start < sub.length) return 0
  if (sub.length === 0) return Math.min(end - start + 1, limit)
  let count = 0
  for (let at = findBytes(bytes, sub, start, end); at >= 0 && count < limit; count++) at = findBytes(bytes, sub, at + sub.length, end)
  return count
}

/** The bytes with up to `max` (negative: all) occurrences replaced; null if nothing changes. */
export function replaceBytes(bytes: Uint8Array, old: Uint8Array, fresh: Uint8Array, max: number): Uint8Array | null {
  let limit = max < 0 ? Infinity : max
  if (limit === 0 || bytes.length < old.length || (old.length === 0 && fresh.length === 0)) return null
  if (old.length === 0) {
    limit = Math.min(limit, bytes.length + 1)
    const result = new Uint8Array(bytes.length + limit * fresh.length)
    let at = 0
    for (let i = 0; i <= bytes.length; i++) {
      if (i < limit) {
        result.set(fresh, at)
        at += fresh.length
      }
      if (i < bytes.length) result[at++] = bytes[i]!
    }
    return result
  }
  const n = countBytes(bytes, old, 0, bytes.length, limit)
  if (n === 0) return null
  const result = new Uint8Array(bytes.length + n * (fresh.length - old.length))
  let from = 0
  let at = 0
  for (let i = 0; i < n; i++) {
    const found = findBytes(bytes, old, from, bytes.length)
    result.set(bytes.subarray(from, found), at)
    at += found - from
    result.set(fresh, at)
    at += fresh.length
    from = found + old.length
  }
  result.set(bytes.subarray(from), at)
  return result
}

/** What find and its like look for: a subsequence or one byte, and where. The view (if any) is to be released. */
export interface Sought {
  sub: Uint8Array
  view: BufferView | null
  start: number
  end: number
}

/** Arguments (sub[, start[, end]]) of find, count …; null with an exception set. Mirrors parse_args_finds_byte. */
export function parseFind(name: string, bytes: Uint8Array, args: PyObject[]): Sought | null {
  const range = parseRange(name, bytes, args)
  if (range === null) return null
  const arg = args[0]!
  if (PyObject_CheckBuffer(arg)) {
    const view = PyObject_GetBufferBytes(arg)
    return view === null ? null : { sub: view.bytes, view, ...range }
  }
  if (!PyIndex_Check(arg)) {
    return PyErr_Format(PyExc_TypeError, 'argument should be integer or bytes-like object, not \'%.200s\'', arg.ob_type.tp_name)
  }
  const value = byteOf(arg)
  return value < 0 ? null : { sub: Uint8Array.of(value), view: null, ...range }
}

/** Start and end of (x[, start[, end]]), fitted to the length; null with an exception set. */
export function parseRange(name: string, bytes: Uint8Array, args: PyObject[]): { start: number, end: number } | null {
  const n = args.length
  if (n < 1 || n > 3) {
    return PyErr_Format(PyExc_TypeError, n < 1
      ? `${name}() takes at least 1 argument (${n} given)` : `${name}() takes at most 3 arguments (${n} given)`)
  }
  const start = sliceIndex(args[1], 0)
  if (Number.isNaN(start)) return null
  const end = sliceIndex(args[2], Infinity)
  if (Number.isNaN(end)) return null
  return adjust(start, end, bytes.length)
}

/** The byte value an int stands for; -1 with an exception set. */
export function byteOf(arg: PyObject): number {
  const value = PyNumber_AsSsize_t(arg, null)
  if (value === -1 && PyErr_Occurred() !== null) return -1
  if (value < 0 || value > 255) {
    PyErr_SetString(PyExc_ValueError, 'byte must be in range(0, 256)')
    return -1
  }
  return value
}

export function release(view: BufferView | null): void {
  if (view !== null) PyBuffer_Release(view)
}

/** Space as C's isspace in the C locale: the bytes that split() and strip() drop. */
export function isSpaceByte(c: number): boolean {
  return c === 32 || (c >= 9 && c <= 13)
}

/** Start and end of each piece between separators (null: runs of whitespace), at most max + 1 of them. */
export function splitRanges(bytes: Uint8Array, sep: Uint8Array | null, max: number, fromRight: boolean): [number, number][] {
  const pieces: [number, number][] = []
  let left = max < 0 ? Infinity : max
  if (sep !== null) {
    let from = 0
    let end = bytes.length
    for (; left > 0; left--) {
      const at = findBytes(bytes, sep, from, end, fromRight)
      if (at < 0) break
      if (fromRight) {
        pieces.push([at + sep.length, end])
        end = at
      } else {
        pieces.push([from, at])
        from = at + sep.length
      }
    }
    pieces.push([from, end])
  } else if (!fromRight) {
    let i = 0
    const n = bytes.length
    for (;;) {
      while (i < n && isSpaceByte(bytes[i]!)) i++
      if (i === n) break
      if (left-- <= 0) {
        pieces.push([i, n])
        break
      }
      const from = i
      while (i < n && !isSpaceByte(bytes[i]!)) i++
      pieces.push([from, i])
    }
  } else {
    let i = bytes.length
    for (;;) {
      while (i > 0 && isSpaceByte(bytes[i - 1]!)) i--
      if (i === 0) break
      if (left-- <= 0) {
        pieces.push([0, i])
        break
      }
      const end = i
      while (i > 0 && !isSpaceByte(bytes[i - 1]!)) i--
      pieces.push([i, end])
    }
  }
  return fromRight ? pieces.reverse() : pieces
}

/** Start and end of each line, with its end if `keepends`. Lines end at \n, \r and \r\n. */
export function lineRanges(bytes: Uint8Array, keepends: boolean): [number, number][] {
  const lines: [number, number][] = []
  const n = bytes.length
  for (let i = 0; i < n;) {
    const from = i
    while (i < n && bytes[i] !== 10 && bytes[i] !== 13) i++
    let end = i
    if (i < n) {
      i += bytes[i] === 13 && i + 1 < n && bytes[i + 1] === 10 ? 2 : 1
      if (keepends) end = i
    }
    lines.push([from, end])
  }
  return lines
}
