// A subject and where a match on it stands: characters, single-character tests, captured groups.
//
// `text` for a str without astral characters (positions are UTF-16 units, which are its code points), `units` for a str
// with astral characters (its code points) or for bytes.
import {
  ANY, ANY_ALL, AT, AT_BEGINNING, AT_BEGINNING_LINE, AT_BEGINNING_STRING, AT_BOUNDARY, AT_END, AT_END_LINE, AT_END_STRING,
  AT_LOC_BOUNDARY, AT_LOC_NON_BOUNDARY, AT_NON_BOUNDARY, AT_UNI_BOUNDARY, AT_UNI_NON_BOUNDARY, IN, LITERAL, LITERAL_IGNORE,
  LITERAL_LOC_IGNORE, LITERAL_UNI_IGNORE, MAXREPEAT, NOT_LITERAL, NOT_LITERAL_IGNORE, NOT_LITERAL_LOC_IGNORE, NOT_LITERAL_UNI_IGNORE,
} from './constants'
import { asciiLower, isWord, sameLocaleIgnore } from './characters'
import { simpleLower } from '../unicode-case'
import type { SreProgram } from './program'

const NO_MARKS: number[] = []

export class SreSubject {
  readonly program: SreProgram
  readonly text: string | null
  readonly units: Uint8Array | Uint32Array | null
  /** Number of groups in the pattern, the whole match not counted. */
  readonly groups: number
  /** End of the subject for the match (endpos). */
  readonly end: number
  /** Where the match began, or where the next search begins. */
  start: number
  /** Where the match ended. */
  ptr: number
  /** Highest valid index in `marks`. */
  lastmark = -1
  lastindex = -1
  /** Positions of group starts and ends, -1 unset; what is above lastmark means nothing. */
  readonly marks: number[]

  constructor(program: SreProgram, groups: number, subject: string | Uint8Array | Uint32Array, start: number, end: number) {
    this.program = program
    this.groups = groups
    this.text = typeof subject === 'string' ? subject : null
    this.units = typeof subject === 'string' ? null : subject
    this.start = this.ptr = start
    this.end = end
    this.marks = groups === 0 ? NO_MARKS : new Array<number>(groups * 2).fill(-1)
  }

  /** Start of a group's span, -1 if it did not match. Group 0 is the whole match. */
  groupStart(group: number): number {
    if (group === 0) return this.start
    const i = group * 2 - 2
    return i + 1 <= this.lastmark && this.marks[i]! >= 0 && this.marks[i + 1]! >= 0 ? this.marks[i]! : -1
  }

  groupEnd(group: number): number {
    if (group === 0) return this.ptr
    return this.groupStart(group) < 0 ? -1 : this.marks[group * 2 - 1]!
  }

  /**
   * Spans of all groups, the whole match first: [start, end] each, -1 where unset. A start behind its end is possible, as
   * in CPython, which then refuses to make the match object (SystemError: The span of capturing group is wrong, …).
   */
  spans(): Int32Array {
    const spans = new Int32Array((this.groups + 1) * 2)
    for (let g = 0; g <= this.groups; g++) {
      spans[g * 2] = this.groupStart(g)
      spans[g * 2 + 1] = this.groupEnd(g)
    }
    return spans
  }

  /** Character at a position within the subject. */
  at(position: number): number {
    return this.text !== null ? this.text.charCodeAt(position) : this.units![position]!
  }

  // ---- single characters --------------------------------------------------------------------------------------------

  /** False if the code at `pc` cannot match at a position, by a look at its first operation. */
  mayStart(pc: number, position: number): boolean {
    const { code } = this.program
    switch (code[pc]) {
      case AT:
        return this.isAt(position, code[pc + 1]!)
      case LITERAL_IGNORE:
        return position < this.end && asciiLower(this.at(position)) === code[pc + 1]
      case LITERAL_UNI_IGNORE:
        return position < this.end && simpleLower(this.at(position)) === code[pc + 1]
      default:
        return true
    }
  }

  // Mirrors SRE(at).
  protected isAt(ptr: number, kind: number): boolean {
    switch (kind) {
      case AT_BEGINNING: case AT_BEGINNING_STRING:
        return ptr === 0
      case AT_BEGINNING_LINE:
        return ptr === 0 || this.at(ptr - 1) === 10
      case AT_END:
        return ptr === this.end || (this.end - ptr === 1 && this.at(ptr) === 10)
      case AT_END_LINE:
        return ptr === this.end || this.at(ptr) === 10
      case AT_END_STRING:
        return ptr === this.end
      case AT_BOUNDARY: case AT_LOC_BOUNDARY:
        return this.end !== 0 && this.wordChanges(ptr, false)
      case AT_NON_BOUNDARY: case AT_LOC_NON_BOUNDARY:
        return this.end !== 0 && !this.wordChanges(ptr, false)
      case AT_UNI_BOUNDARY:
        return this.end !== 0 && this.wordChanges(ptr, true)
      case AT_UNI_NON_BOUNDARY:
        return this.end !== 0 && !this.wordChanges(ptr, true)
      default:
        return false
    }
  }

  private wordChanges(ptr: number, unicode: boolean): boolean {
    const before = ptr > 0 && isWord(unicode, this.at(ptr - 1))
    const after = ptr < this.end && isWord(unicode, this.at(ptr))
    return before !== after
  }

  /** Where a repeat of at most `most` characters ends at the latest. */
  protected countEnd(from: number, most: number): number {
    return most < this.end - from && most !== MAXREPEAT ? from + most : this.end
  }

  // Mirrors SRE(count).
  /** How many characters from `from` on, before `end`, match the item at code[pc]; -1 for an item that must be run. */
  protected countSimple(pc: number, from: number, end: number): number {
    const { program, text } = this
    const code = program.code
    let p = from
    const literal = code[pc + 1]!
    switch (code[pc]) {
      case IN:
        while (p < end && program.has(pc + 2, this.at(p))) p++
        break
      case ANY:
        if (text !== null && end === text.length) {
          const newline = text.indexOf('\n', p)
          p = newline < 0 ? end : newline
        } else {
          while (p < end && this.at(p) !== 10) p++
        }
        break
      case ANY_ALL:
        p = end
        break
      case LITERAL:
        while (p < end && this.at(p) === literal) p++
        break
      case NOT_LITERAL:
        while (p < end && this.at(p) !== literal) p++
        break
      case LITERAL_IGNORE:
        while (p < end && asciiLower(this.at(p)) === literal) p++
        break
      case NOT_LITERAL_IGNORE:
        while (p < end && asciiLower(this.at(p)) !== literal) p++
        break
      case LITERAL_UNI_IGNORE:
        while (p < end && simpleLower(this.at(p)) === literal) p++
        break
      case NOT_LITERAL_UNI_IGNORE:
        while (p < end && simpleLower(this.at(p)) !== literal) p++
        break
      case LITERAL_LOC_IGNORE:
        while (p < end && sameLocaleIgnore(literal, this.at(p))) p++
        break
      case NOT_LITERAL_LOC_IGNORE:
        while (p < end && !sameLocaleIgnore(literal, this.at(p))) p++
        break
      default:
        return -1
    }
    return p - from
  }

  /** Compares a group's text with what follows: the position after it, or -1. */
  protected matchGroup(group: number, ptr: number, fold: ((c: number) => number) | null): number {
    const i = group * 2
    if (i >= this.lastmark) return -1
    let p = this.marks[i]!
    const e = this.marks[i + 1]!
    if (p < 0 || e < 0 || e < p || e - p > this.end - ptr) return -1
    for (; p < e; p++, ptr++) {
      const a = this.at(ptr)
      const b = this.at(p)
      if (a !== b && (fold === null || fold(a) !== fold(b))) return -1
    }
    return ptr
  }
}
