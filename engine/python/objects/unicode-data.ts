// The payload of a str: its text as a JavaScript string beside what CPython keeps in the object header.
//
// `str` is UTF-16: one unit a code point for kinds 1 and 2; in kind 4 astral code points are surrogate pairs and
// indexing goes through `points`. A lone surrogate stands for itself. DIFFERS: a str that holds a high surrogate
// directly followed by a low one cannot be told from the astral character they would form.

export class UnicodeData {
  str: string
  /** Code points. */
  length: number
  /** Bytes a code point in CPython: 1, 2 or 4. */
  kind: number
  ascii: boolean
  hashed = false
  hashLo = 0
  hashHi = 0
  /** SSTATE_NOT_INTERNED 0, SSTATE_INTERNED_MORTAL 1, SSTATE_INTERNED_IMMORTAL 2. */
  interned = 0
  /** Code points of a kind-4 string, made on first use. */
  points: Uint32Array | null = null
  /** Block of the cached UTF-8 form (PyUnicode_AsUTF8) of a non-ASCII string, 0 = none. */
  utf8Block = 0

  constructor(str: string, length: number, kind: number, ascii: boolean) {
    this.str = str
    this.length = length
    this.kind = kind
    this.ascii = ascii
  }
}

/** Finds kind and length of a text. */
export function describeText(str: string): UnicodeData {
  const n = str.length
  let bits = 0
  for (let i = 0; i < n; i++) {
    const c = str.charCodeAt(i)
    bits |= c
    if (c >= 0xd800 && c < 0xdc00 && i + 1 < n) {
      const low = str.charCodeAt(i + 1)
      if (low >= 0xdc00 && low < 0xe000) return new UnicodeData(str, countPoints(str), 4, false)
    }
  }
  if (bits < 0x80) return new UnicodeData(str, n, 1, true)
  return new UnicodeData(str, n, bits < 0x100 ? 1 : 2, false)
}

function countPoints(str: string): number {
  let count = 0
  for (let i = 0; i < str.length; i++, count++) {
    const c = str.charCodeAt(i)
    if (c >= 0xd800 && c < 0xdc00 && i + 1 < str.length) {
      const low = str.charCodeAt(i + 1)
      if (low >= 0xdc00 && low < 0xe000) i++
    }
  }
  return count
}

/** Code points of a text of any kind; cached for kind 4. */
export function codePoints(data: UnicodeData): Uint32Array {
  if (data.points !== null) return data.points
  const points = new Uint32Array(data.length)
  const str = data.str
  for (let i = 0, k = 0; i < str.length; k++) {
    const c = data.kind === 4 ? str.codePointAt(i)! : str.charCodeAt(i)
    points[k] = c
    i += c > 0xffff ? 2 : 1
  }
  if (data.kind === 4) data.points = points
  return points
}

/** Bytes of a str object, Objects/unicodeobject.c: PyASCIIObject 48, PyCompactUnicodeObject 72, and a final NUL. */
export function unicodeSize(length: number, kind: number, ascii: boolean): number {
  return (ascii ? 48 : 72) + (length + 1) * kind
}
