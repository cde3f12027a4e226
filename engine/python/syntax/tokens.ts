// The tokens of one source, as columns: token t is kind[t], source[start[t], end[t]), and its place.
// Places are CPython's: lines from 1, columns from 0 in UTF-8 bytes, and -1 for the columns of tokens without
// text (INDENT, DEDENT, ENDMARKER).
import { ERRORTOKEN } from './token-kinds'
import type { SyntaxErrorKind } from './syntax-error'

/** Why tokenizing stopped, and what the tokenizer had read then. */
export interface TokenizerFailure {
  readonly kind: SyntaxErrorKind
  readonly msg: string
  readonly lineno: number
  /** 1-based; `endOffset` 0 stands for "unknown", as in CPython. */
  readonly offset: number
  readonly endOffset: number
  /** What CPython calls E_EOF: the source ended inside brackets or after a continuation. */
  readonly atEnd: boolean
  /** Set where the parser, not the tokenizer, words the place (CPython's `tok->done` codes without own message). */
  readonly byParser: boolean
  /** E_EOF and E_EOFS, E_EOLS: more input could complete the source (`codeop`). */
  readonly incomplete: boolean
  /** Index of the first character of line `lineno`. */
  readonly lineStart: number
  /** Index where CPython's buffer began: the line on which the token began that failed. */
  readonly bufferStart: number
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
