// The tokens of one source, as columns: token t is kind[t], source[start[t], end[t]), and its place.
// Places are CPython's: lines from 1, columns from 0 in UTF-8 bytes, and -1 for the columns of tokens without
// text (INDENT, DEDENT, ENDMARKER).
import type { SyntaxWarningRecord } from './syntax-error'
import { ERRORTOKEN } from './token-kinds'

/**
 * Why tokenizing stopped. `error` carries its own message; the others are worded by the parser, as CPython does it
 * (`tok->done`): the end of the source inside brackets or after a continuation, an inconsistent dedent, tabs
 * and spaces mixed, indentation too deep, something after a continuation's backslash, and a name that is not UTF-8.
 */
export type FailureCode = 'error' | 'eof' | 'dedent' | 'tabs' | 'deep' | 'continuation' | 'decode'

export interface TokenizerFailure {
  readonly code: FailureCode
  readonly msg: string
  readonly lineno: number
  /** 1-based, in characters from `lineStart`; only for `error`. */
  readonly offset: number
  readonly endOffset: number
  /** Index of the first character of line `lineno`. */
  readonly lineStart: number
  /** More input could complete the source (for `codeop`). */
  readonly incomplete: boolean
}

/** A warning, and the token on whose being read CPython gives it. */
export interface PlacedWarning {
  readonly at: number
  readonly warning: SyntaxWarningRecord
}

/** A bracket still open at some point of the source. */
export interface OpenBracket {
  readonly character: string
  readonly lineno: number
  /** 0-based, in bytes. */
  readonly column: number
}

export class Tokens {
  count = 0
  kind: Uint8Array
  /** How many brackets are open after the token. */
  level: Uint8Array
  start: Int32Array
  end: Int32Array
  line: Int32Array
  column: Int32Array
  endLine: Int32Array
  endColumn: Int32Array
  failure: TokenizerFailure | null = null
  /** Warnings about tokens. */
  readonly warnings: PlacedWarning[] = []
  /** Brackets open when tokenizing stopped, the innermost last. */
  open: OpenBracket[] = []

  constructor(readonly source: string, capacity: number) {
    this.kind = new Uint8Array(capacity)
    this.level = new Uint8Array(capacity)
    this.start = new Int32Array(capacity)
    this.end = new Int32Array(capacity)
    this.line = new Int32Array(capacity)
    this.column = new Int32Array(capacity)
    this.endLine = new Int32Array(capacity)
    this.endColumn = new Int32Array(capacity)
  }

  push(kind: number, level: number, start: number, end: number, line: number, column: number, endLine: number,
    endColumn: number): void {
    const t = this.count
    if (t === this.kind.length) this.grow()
    this.kind[t] = kind
    this.level[t] = level
    this.start[t] = start
    this.end[t] = end
    this.line[t] = line
    this.column[t] = column
    this.endLine[t] = endLine
    this.endColumn[t] = endColumn
    this.count = t + 1
  }

  text(t: number): string {
    return this.source.slice(this.start[t]!, this.end[t]!)
  }

  /** True if tokenizing failed; the last token is then ERRORTOKEN. */
  get failed(): boolean {
    return this.count > 0 && this.kind[this.count - 1] === ERRORTOKEN
  }

  private grow(): void {
    const capacity = this.kind.length * 2
    const bytes = (old: Uint8Array): Uint8Array => {
      const next = new Uint8Array(capacity)
      next.set(old)
      return next
    }
    const words = (old: Int32Array): Int32Array => {
      const next = new Int32Array(capacity)
      next.set(old)
      return next
    }
    this.kind = bytes(this.kind)
    this.level = bytes(this.level)
    this.start = words(this.start)
    this.end = words(this.end)
    this.line = words(this.line)
    this.column = words(this.column)
    this.endLine = words(this.endLine)
    this.endColumn = words(this.endColumn)
  }
}
