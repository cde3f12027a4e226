// A str as JSON readers see it: characters by code point index.
import { codePoints, type UnicodeData } from '../../objects/unicode-data'
import type { PyObject } from '../../objects/object'
import { textOf } from '../../objects/unicode-text'

export class JsonSource {
  readonly text: PyObject
  readonly str: string
  readonly length: number
  /** Only where a character may be a surrogate pair. */
  private readonly points: Uint32Array | null

  constructor(text: PyObject) {
    const data = text.v as UnicodeData
    this.text = text
    this.str = data.str
    this.length = data.length
    this.points = data.kind === 4 ? codePoints(data) : null
  }

  /** Code point; 0 past the end. */
  at(i: number): number {
    if (i >= this.length) return 0
    return this.points === null ? this.str.charCodeAt(i) : this.points[i]!
  }

  slice(start: number, end: number): string {
    return this.points === null ? this.str.slice(start, end) : textOf(this.points.subarray(start, end))
  }

  /** Whether `word` stands at `i`. */
  has(word: string, i: number): boolean {
    if (this.points === null) return this.str.startsWith(word, i)
    for (let k = 0; k < word.length; k++) if (this.at(i + k) !== word.charCodeAt(k)) return false
    return true
  }

  skipSpace(i: number): number {
    for (;;) {
      const c = this.at(i)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return i
      i++
    }
  }
}
