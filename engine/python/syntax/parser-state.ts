// What every part of the parser shares: the tokens, the cursor, and the places of nodes.
//
// The parser proper accepts exactly the valid programs and says nothing about invalid ones: it throws PARSE_FAILED,
// and diagnosis/ then parses the same tokens again, the way CPython does, to find the error to report.
import { normalizeIdentifier } from './characters'
import type { SyntaxWarningRecord } from './syntax-error'
import * as kinds from './token-kinds'
import type { expr } from './nodes'
import type { PlacedWarning, Tokens } from './tokens'

/** Thrown by the parser for every invalid program. */
export const PARSE_FAILED = Symbol('parse failed')

/** What parsing may be told, and what it tells besides the tree. */
export interface ParseContext {
  readonly filename: string
  /** `from __future__ import barry_as_FLUFL`: inequality is written `<>`. */
  readonly flufl: boolean
  /** The source has bytes that are not UTF-8; see source.ts. */
  readonly invalidUtf8: boolean
  /** Parses an expression of an f-string in `parent` from its own tokens, whose first line is `line` and begins at `column`. */
  parseNested(tokens: Tokens, line: number, column: number, parent: Parser): expr
}

export class Parser {
  /** Index of the current token, and its kind. */
  i = 0
  kind: number
  readonly source: string
  readonly kinds: Uint8Array
  /** Warnings about literals. */
  readonly warnings: PlacedWarning[] = []
  private readonly lines: Int32Array
  private readonly columns: Int32Array
  private readonly endLines: Int32Array
  private readonly endColumns: Int32Array

  constructor(readonly tokens: Tokens, readonly context: ParseContext) {
    this.source = tokens.source
    this.kinds = tokens.kind
    this.lines = tokens.line
    this.columns = tokens.column
    this.endLines = tokens.endLine
    this.endColumns = tokens.endColumn
    this.kind = tokens.kind[0]!
  }

  /** Notes a warning. CPython gives it once it has read the current token. */
  warn(warning: SyntaxWarningRecord): void {
    this.warnings.push({ at: this.i, warning })
  }

  /** All warnings, in CPython's order. */
  orderedWarnings(): SyntaxWarningRecord[] {
    return [...this.tokens.warnings, ...this.warnings].sort((a, b) => a.at - b.at).map(({ warning }) => warning)
  }

  advance(): void {
    this.kind = this.kinds[++this.i]!
  }

  expect(kind: number): void {
    if (this.kind !== kind) throw PARSE_FAILED
    this.kind = this.kinds[++this.i]!
  }

  /** Consumes the token if it is of that kind. */
  accept(kind: number): boolean {
    if (this.kind !== kind) return false
    this.kind = this.kinds[++this.i]!
    return true
  }

  /** The kind of the token `distance` after the current one. */
  peek(distance: number): number {
    return this.kinds[this.i + distance]!
  }

  goTo(index: number): void {
    this.i = index
    this.kind = this.kinds[index]!
  }

  line(t: number): number {
    return this.lines[t]!
  }

  column(t: number): number {
    return this.columns[t]!
  }

  /** End line of the last token consumed; nodes that end inside a line end there. */
  endLine(): number {
    return this.endLines[this.i - 1]!
  }

  endColumn(): number {
    return this.endColumns[this.i - 1]!
  }

  endLineOf(t: number): number {
    return this.endLines[t]!
  }

  endColumnOf(t: number): number {
    return this.endColumns[t]!
  }

  /** The last token consumed that is text: where a statement with a block ends. */
  lastVisible(): number {
    let t = this.i - 1
    while (t > 0 && this.kinds[t]! >= kinds.NEWLINE && this.kinds[t]! <= kinds.DEDENT) t--
    return t
  }

  /** The identifier that token `t` spells, in normal form. */
  identifier(t: number): string {
    return normalizeIdentifier(this.source.slice(this.tokens.start[t]!, this.tokens.end[t]!))
  }

  /** Whether token `t` is a NAME spelled `word` (for soft keywords). */
  isWord(t: number, word: string): boolean {
    return this.kinds[t] === kinds.NAME && this.tokens.end[t]! - this.tokens.start[t]! === word.length &&
      this.source.startsWith(word, this.tokens.start[t]!)
  }
}
