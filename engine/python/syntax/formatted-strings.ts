// f-strings as 3.11 reads them: by hand, inside one string token, with a parser of its own for every expression.
// Nodes have 3.11's places: a FormattedValue and the constants around it span the whole literal, and an
// expression's own nodes are placed as if it stood, parenthesized, where its brace is.
import { utf8Length } from './characters'
import { LiteralError } from './literal-error'
import * as ast from './nodes'
import type { Parser } from './parser-state'
import { escapedText, plainText, warnInvalidEscape } from './strings'
import { tokenize } from './tokenizer'
import type { Tokens } from './tokens'

const MAX_BRACKETS = 200
/** f'{x:{y}}' is allowed, a third level is not. */
const MAX_NESTING = 2

/** The pieces of a joined string as they come. Mirrors FstringParser, Parser/string_parser.c. */
export class FormattedPieces {
  /** Plain text since the last expression. */
  text = ''
  formatted = false
  readonly values: ast.expr[] = []

  /** The whole spans the tokens from `first` to `last`. */
  constructor(private readonly p: Parser, readonly first: number, readonly last: number) {}

  /** Ends the plain text: a constant that spans the tokens from `first` to `last`. */
  flush(first: number, last: number): void {
    if (this.text === '') return
    this.values.push(this.constant(first, last))
    this.text = ''
  }

  finish(): ast.expr {
    const { p, first, last } = this
    if (!this.formatted) return this.constant(first, last)
    this.flush(first, last)
    return new ast.JoinedStr(this.values, p.line(first), p.column(first), p.endLineOf(last), p.endColumnOf(last))
  }

  private constant(first: number, last: number): ast.Constant {
    const { p } = this
    return new ast.Constant(this.text, constantKind(p, first), p.line(first), p.column(first), p.endLineOf(last), p.endColumnOf(last))
  }
}

/** The `kind` of a constant: 'u' if its first literal has that very prefix. */
export function constantKind(p: Parser, t: number): string | null {
  return p.source.charCodeAt(p.tokens.start[t]!) === 0x75 ? 'u' : null
}

/** Adds the f-string body source[start, end) of token `t` to `pieces`. */
export function parseFormatted(p: Parser, pieces: FormattedPieces, start: number, end: number, raw: boolean, t: number): void {
  const reader = new FormattedReader(p, pieces.first, pieces.last, t, start, end, raw)
  reader.read(pieces, 0)
}

class FormattedReader {
  constructor(private readonly p: Parser, private readonly first: number, private readonly last: number, private readonly t: number,
    private i: number, private readonly end: number, private readonly raw: boolean) {}

  /** Up to the end of the literal, or (in a format spec) up to the closing brace. */
  read(pieces: FormattedPieces, depth: number): void {
    const { p, end } = this
    pieces.formatted = true
    for (;;) {
      if (this.literal(pieces, depth)) continue
      if (this.i >= end || p.source.charCodeAt(this.i) === 0x7d) break
      const expression = this.expression(pieces, depth)
      pieces.flush(this.first, this.last)
      pieces.values.push(expression)
    }
    if (depth === 0 && this.i < end - 1) throw new LiteralError('f-string: unexpected end of string')
    if (depth !== 0 && p.source.charCodeAt(this.i) !== 0x7d) throw new LiteralError("f-string: expecting '}'")
  }

  /** Text up to a brace. True if it ended at a doubled brace, after which more text follows. Mirrors fstring_find_literal. */
  private literal(pieces: FormattedPieces, depth: number): boolean {
    const { p, end, raw } = this
    const { source } = p
    const start = this.i
    let i = start
    let doubled = false
    let next = -1
    while (i < end) {
      let c = source.charCodeAt(i++)
      if (!raw && c === 0x5c && i < end) {
        c = source.charCodeAt(i++)
        if (c === 0x4e) {
          // The braces of \N{…} are not those of an expression.
          if (i < end && source.charCodeAt(i++) === 0x7b) {
            while (i < end && source.charCodeAt(i++) !== 0x7d);
          }
          continue
        }
        if (c === 0x7b) warnInvalidEscape(p, this.t, '{')
      }
      if (c === 0x7b || c === 0x7d) {
        if (depth === 0) {
          if (i < end && source.charCodeAt(i) === c) {
            next = i + 1
            doubled = true
            break
          }
          if (c === 0x7d) throw new LiteralError("f-string: single '}' is not allowed")
        }
        i--
        break
      }
    }
    if (i > start) {
      pieces.text += raw ? plainText(p, start, i) : escapedText(p, start, i, this.t)
    }
    this.i = doubled ? next : i
    return doubled
  }

  /** A replacement field; `this.i` is at its brace. Mirrors fstring_find_expr. */
  private expression(pieces: FormattedPieces, depth: number): ast.FormattedValue {
    const { p, end } = this
    const { source } = p
    if (depth >= MAX_NESTING) throw new LiteralError('f-string: expressions nested too deeply')
    const start = this.i + 1
    this.i = start
    this.skipExpression()
    if (this.i >= end) throw EXPECTING_BRACE
    const value = this.compileExpression(start, this.i)

    let debugText: string | null = null
    if (source.charCodeAt(this.i) === 0x3d) {
      this.i++
      while (isAsciiSpace(source.charCodeAt(this.i))) this.i++
      if (this.i >= end) throw EXPECTING_BRACE
      debugText = source.slice(start, this.i)
    }
    let conversion = source.charCodeAt(this.i) === 0x21 ? this.conversion() : -1
    let spec: ast.expr | null = null
    if (source.charCodeAt(this.i) === 0x3a) {
      this.i++
      if (this.i >= end) throw EXPECTING_BRACE
      const nested = new FormattedPieces(p, this.t, this.t)
      this.read(nested, depth + 1)
      spec = nested.finish()
    }
    if (this.i >= end || source.charCodeAt(this.i) !== 0x7d) throw EXPECTING_BRACE
    this.i++
    if (debugText !== null) {
      pieces.text += debugText
      if (spec === null && conversion === -1) conversion = 0x72
    }
    const { first, last } = this
    return new ast.FormattedValue(value, conversion, spec, p.line(first), p.column(first), p.endLineOf(last), p.endColumnOf(last))
  }

  /** Moves to the character that ends the expression: one of `}`, `!`, `:`, `=` outside brackets and strings. */
  private skipExpression(): void {
    const { end } = this
    const { source } = this.p
    const brackets: number[] = []
    let quote = 0
    let triple = false
    let i = this.i
    for (; i < end; i++) {
      const c = source.charCodeAt(i)
      if (c === 0x5c) throw new LiteralError('f-string expression part cannot include a backslash')
      if (quote !== 0) {
        if (c === quote) {
          if (!triple) quote = 0
          else if (i + 2 < end && source.charCodeAt(i + 1) === c && source.charCodeAt(i + 2) === c) {
            i += 2
            quote = 0
          }
        }
      } else if (c === 0x27 || c === 0x22) {
        triple = i + 2 < end && source.charCodeAt(i + 1) === c && source.charCodeAt(i + 2) === c
        if (triple) i += 2
        quote = c
      } else if (c === 0x5b || c === 0x7b || c === 0x28) {
        if (brackets.length >= MAX_BRACKETS) throw new LiteralError('f-string: too many nested parenthesis')
        brackets.push(c)
      } else if (c === 0x23) {
        throw new LiteralError("f-string expression part cannot include '#'")
      } else if (brackets.length === 0 && (c === 0x21 || c === 0x3a || c === 0x7d || c === 0x3d || c === 0x3e || c === 0x3c)) {
        if (i + 1 < end && source.charCodeAt(i + 1) === 0x3d && (c === 0x21 || c === 0x3d || c === 0x3c || c === 0x3e)) {
          i++
          continue
        }
        if (c === 0x3e || c === 0x3c) continue
        break
      } else if (c === 0x5d || c === 0x7d || c === 0x29) {
        const opening = brackets.pop()
        if (opening === undefined) throw new LiteralError(`f-string: unmatched '${source.charAt(i)}'`)
        if (!((opening === 0x28 && c === 0x29) || (opening === 0x5b && c === 0x5d) || (opening === 0x7b && c === 0x7d))) {
          const pair = `closing parenthesis '${source.charAt(i)}' does not match opening parenthesis '${String.fromCharCode(opening)}'`
          throw new LiteralError(`f-string: ${pair}`)
        }
      }
    }
    this.i = i
    if (quote !== 0) throw new LiteralError('f-string: unterminated string')
    if (brackets.length > 0) throw new LiteralError(`f-string: unmatched '${String.fromCharCode(brackets[brackets.length - 1]!)}'`)
  }

  private conversion(): number {
    if (++this.i >= this.end) throw EXPECTING_BRACE
    const conversion = this.p.source.charCodeAt(this.i++)
    if (conversion !== 0x73 && conversion !== 0x72 && conversion !== 0x61) {
      throw new LiteralError("f-string: invalid conversion character: expected 's', 'r', or 'a'")
    }
    if (this.i >= this.end) throw EXPECTING_BRACE
    return conversion
  }

  /** Mirrors fstring_compile_expr. */
  private compileExpression(start: number, end: number): ast.expr {
    const { p, t } = this
    const { source, tokens } = p
    if (isBlank(source, start, end)) {
      const ending = source.charAt(end)
      throw new LiteralError(`f-string: ${ending === '}' ? 'empty expression not allowed' : `expression required before '${ending}'`}`)
    }
    const place = expressionPlace(source, tokens.start[t]!, start - 1)
    const line = p.line(t) + place.lines
    const column = place.lines !== 0 ? place.column : p.column(t) + place.column
    const nested = tokenize(`(${source.slice(start, end)})\n`, { firstLine: line })
    moveTokens(nested, line, column)
    return p.context.parseNested(nested, line, column, p)
  }
}

/** Moves the tokens of an expression's first line to the column where it begins. */
function moveTokens(tokens: Tokens, line: number, column: number): void {
  for (let t = 0; t < tokens.count; t++) {
    // CPython asks on which line the token ends.
    if (tokens.endLine[t] !== line) continue
    tokens.column[t]! += column
    tokens.endColumn[t]! += column
  }
}

/** Lines and bytes before the brace at `brace`, within the literal at `literal`. Mirrors fstring_find_expr_location. */
function expressionPlace(source: string, literal: number, brace: number): { lines: number; column: number } {
  let lines = 0
  for (let i = literal; i < brace; i++) if (source.charCodeAt(i) === 0x0a) lines++
  let blankLine = true
  for (let i = brace + 1; ; i++) {
    const c = source.charCodeAt(i)
    if (c === 0x7d || c === 0x0a) break
    if (c !== 0x20 && c !== 0x09 && c !== 0x0c) {
      blankLine = false
      break
    }
  }
  if (blankLine) return { lines, column: 0 }
  let from = brace
  while (from > literal && source.charCodeAt(from) !== 0x0a) from--
  const column = utf8Length(source, from, brace) - (source.charCodeAt(from) === 0x0a ? 1 : 0)
  return { lines, column }
}

function isBlank(source: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = source.charCodeAt(i)
    if (c !== 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0c) return false
  }
  return true
}

function isAsciiSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d)
}

const EXPECTING_BRACE = new LiteralError("f-string: expecting '}'")
