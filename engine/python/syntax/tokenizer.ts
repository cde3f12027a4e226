// Source text to tokens, as CPython 3.11's Parser/tokenizer.c makes them.
//
// The source has only `\n` line ends (source.ts sees to that). One pass over UTF-16 units; no object is made per
// token. `extra` is how many bytes the current line has so far had beyond its UTF-16 units, so that a byte column
// is `index - lineStart + extra`. The line number advances when the first character of a line is read, not at the
// line end before it: what stands at the end of the file therefore keeps the number of the last line, as in CPython.
import {
  CHARACTER_CLASS, DIGIT, IDENTIFIER_START, characterCount, codePointName, extraBytes, isDigit, scanIdentifier, utf8Fault
} from './characters'
import { isPrintable } from '../lib/unicode-data'
import { keywordKind } from './keywords'
import { LexicalError } from './lexical-error'
import { DOUBLED, DOUBLED_EQUAL, SINGLE, WITH_EQUAL } from './operators'
import { scanNumber } from './scan-number'
import * as kinds from './token-kinds'
import { Tokens, type FailureCode } from './tokens'

// Limits of CPython's tokenizer (Parser/tokenizer.h, tokenizer.c).
const TAB_SIZE = 8
const ALTERNATIVE_TAB_SIZE = 1
const MAX_INDENT = 100
const MAX_LEVEL = 200

export interface TokenizeOptions {
  /** Number of the first line, where it is not 1. */
  readonly firstLine?: number
  /** A statement typed at a prompt: its end also ends the line, and (unless more may follow) all blocks. */
  readonly interactive?: 'whole' | 'partial' | undefined
}

export function tokenize(source: string, options: TokenizeOptions = {}): Tokens {
  return new Tokenizer(source, options).run()
}

class Tokenizer {
  private readonly length: number
  private readonly tokens: Tokens
  private line: number
  private lineStart = 0
  private extra = 0
  private level = 0
  private incomplete = false
  private readonly brackets: number[] = []
  private readonly bracketLines: number[] = []
  private readonly bracketColumns: number[] = []

  constructor(private readonly source: string, private readonly options: TokenizeOptions) {
    this.length = source.length
    this.line = (options.firstLine ?? 1) - 1
    this.tokens = new Tokens(source, (source.length >> 2) + 16)
  }

  run(): Tokens {
    try {
      this.scan()
    } catch (error) {
      if (!(error instanceof LexicalError)) throw error
      this.failAt(error)
    }
    for (let i = 0; i < this.level; i++) {
      this.tokens.open.push({
        character: String.fromCharCode(this.brackets[i]!), lineno: this.bracketLines[i]!, column: this.bracketColumns[i]!
      })
    }
    return this.tokens
  }

  private scan(): void {
    const { source, length, tokens } = this
    const indents = [0]
    const alternativeIndents = [0]
    let i = 0
    let atLineStart = true
    let blank = false

    for (;;) {
      if (atLineStart) {
        atLineStart = false
        blank = false
        this.beginLine(i)
        let column = 0
        let alternative = 0
        let continuedColumn = 0
        let c = 0
        for (;; i++) {
          c = i < length ? source.charCodeAt(i) : -1
          if (c === 0x20) {
            column++
            alternative++
          } else if (c === 0x09) {
            column = (Math.floor(column / TAB_SIZE) + 1) * TAB_SIZE
            alternative = (Math.floor(alternative / ALTERNATIVE_TAB_SIZE) + 1) * ALTERNATIVE_TAB_SIZE
          } else if (c === 0x0c) {
            column = alternative = 0
          } else if (c === 0x5c) {
            // The indentation before the first backslash is the one that counts.
            if (continuedColumn === 0) continuedColumn = column
            i = this.continueLine(i) - 1
          } else {
            break
          }
        }
        if (c === 0x23 || c === 0x0a) blank = true
        if (!blank && this.level === 0) {
          if (continuedColumn !== 0) column = alternative = continuedColumn
          const top = indents.length - 1
          if (column === indents[top]) {
            if (alternative !== alternativeIndents[top]) return this.fail('tabs', INCONSISTENT_TABS, i)
          } else if (column > indents[top]!) {
            if (top + 1 >= MAX_INDENT) return this.fail('deep', 'too many levels of indentation', i)
            if (alternative <= alternativeIndents[top]!) return this.fail('tabs', INCONSISTENT_TABS, i)
            indents.push(column)
            alternativeIndents.push(alternative)
            tokens.push(kinds.INDENT, 0, i, i, this.line, -1, this.line, -1)
          } else {
            let dedents = 0
            while (indents.length > 1 && column < indents[indents.length - 1]!) {
              indents.pop()
              alternativeIndents.pop()
              dedents++
            }
            // CPython reports an inconsistent dedent before it hands out the pending ones.
            if (column !== indents[indents.length - 1]) return this.fail('dedent', UNINDENT_MISMATCH, i)
            if (alternative !== alternativeIndents[indents.length - 1]) return this.fail('tabs', INCONSISTENT_TABS, i)
            for (; dedents > 0; dedents--) tokens.push(kinds.DEDENT, 0, i, i, this.line, -1, this.line, -1)
          }
        }
      }

      let c = i < length ? source.charCodeAt(i) : -1
      while (c === 0x20 || c === 0x09 || c === 0x0c) c = ++i < length ? source.charCodeAt(i) : -1

      const start = i
      const column = i - this.lineStart + this.extra
      if (c === 0x23) {
        do {
          c = ++i < length ? source.charCodeAt(i) : -1
          if (c >= 0x80) this.extra += extraBytes(c)
        } while (c !== 0x0a && c !== -1)
      }

      if (c === -1) {
        if (this.level > 0) return this.fail('eof', 'unexpected EOF while parsing', length)
        if (this.options.interactive !== undefined) this.endStatement(indents.length - 1)
        tokens.push(kinds.ENDMARKER, 0, i, i, this.line, -1, this.line, -1)
        return
      }

      const kindOfCharacter = c < 128 ? CHARACTER_CLASS[c]! : IDENTIFIER_START
      if (kindOfCharacter === IDENTIFIER_START) {
        let ascii = true
        do {
          if (c >= 128) {
            ascii = false
            this.extra += extraBytes(c)
          }
          c = ++i < length ? source.charCodeAt(i) : -1
        } while (c >= 128 || (c > 0 && (CHARACTER_CLASS[c]! & (IDENTIFIER_START | DIGIT)) !== 0))
        if ((c === 0x22 || c === 0x27) && i - start <= 2 && isStringPrefix(source, start, i)) {
          i = this.string(start, i, column)
          continue
        }
        if (!ascii) this.verifyIdentifier(start, i)
        const endColumn = i - this.lineStart + this.extra
        tokens.push(keywordKind(source, start, i), this.level, start, i, this.line, column, this.line, endColumn)
        continue
      }

      if (c === 0x0a) {
        i++
        atLineStart = true
        if (!blank && this.level === 0) {
          // It begins with the comment before it.
          tokens.push(kinds.NEWLINE, 0, start, i - 1, this.line, column, this.line, i - 1 - this.lineStart + this.extra)
        }
        continue
      }

      if (kindOfCharacter === DIGIT || (c === 0x2e && isDigit(source.charCodeAt(i + 1)))) {
        i = scanNumber(source, i, this)
        tokens.push(kinds.NUMBER, this.level, start, i, this.line, column, this.line, column + i - start)
        continue
      }

      if (c === 0x22 || c === 0x27) {
        i = this.string(start, i, column)
        continue
      }

      if (c === 0x5c) {
        i = this.continueLine(i)
        continue
      }

      i = this.operator(c, i, column)
    }
  }

  /** The end of interactive input: mirrors what _PyPegen_fill_token does there. */
  private endStatement(depth: number): void {
    const push = (kind: number): void => {
      this.tokens.push(kind, 0, this.length, this.length, this.line, -1, this.line, -1)
    }
    if (this.tokens.count === 0) return
    push(kinds.NEWLINE)
    if (this.options.interactive === 'partial' || depth === 0) return
    for (; depth > 0; depth--) push(kinds.DEDENT)
    push(kinds.NEWLINE)
  }

  /** Reads the first character of the line at `index`, if there is one. */
  private beginLine(index: number): void {
    if (index >= this.length) return
    this.line++
    this.lineStart = index
    this.extra = 0
  }

  /** A backslash at `index`: the index where the next line goes on. Mirrors tok_continuation_line. */
  private continueLine(index: number): number {
    if (this.source.charCodeAt(index + 1) !== 0x0a) {
      this.fail('continuation', 'unexpected character after line continuation character', Math.min(index + 2, this.length))
      throw STOPPED
    }
    const next = index + 2
    if (next >= this.length) {
      this.fail('eof', 'unexpected EOF while parsing', this.length)
      throw STOPPED
    }
    this.beginLine(next)
    return next
  }

  /** A token of punctuation, the longest there is: the index after it. */
  private operator(c: number, start: number, column: number): number {
    const { source } = this
    const d = source.charCodeAt(start + 1)
    let kind = c < 128 ? SINGLE[c]! : kinds.OP
    let width = 1
    if (d === c && DOUBLED[c]! !== 0) {
      width = source.charCodeAt(start + 2) === 0x3d ? 3 : 2
      kind = width === 3 ? DOUBLED_EQUAL[c]! : DOUBLED[c]!
    } else if (d === 0x3d && WITH_EQUAL[c]! !== 0) {
      width = 2
      kind = WITH_EQUAL[c]!
    } else if (d === 0x3e && (c === 0x2d || c === 0x3c)) {
      width = 2
      kind = c === 0x2d ? kinds.RARROW : kinds.NOTEQUAL
    } else if (c === 0x2e && d === 0x2e && source.charCodeAt(start + 2) === 0x2e) {
      width = 3
      kind = kinds.ELLIPSIS
    } else if (c === 0x28 || c === 0x5b || c === 0x7b) {
      this.openBracket(c, start, column)
    } else if (c === 0x29 || c === 0x5d || c === 0x7d) {
      this.closeBracket(c, start)
    } else if (c < 0x20 || c === 0x7f) {
      throw new LexicalError(`invalid non-printable character ${codePointName(c)}`, start + 1)
    }
    this.tokens.push(kind, this.level, start, start + width, this.line, column, this.line, column + width)
    return start + width
  }

  private openBracket(c: number, start: number, column: number): void {
    if (this.level >= MAX_LEVEL) throw new LexicalError('too many nested parentheses', start + 1)
    this.brackets[this.level] = c
    this.bracketLines[this.level] = this.line
    this.bracketColumns[this.level] = column
    this.level++
  }

  private closeBracket(c: number, start: number): void {
    const character = String.fromCharCode(c)
    if (this.level === 0) throw new LexicalError(`unmatched '${character}'`, start + 1)
    this.level--
    const opening = this.brackets[this.level]!
    if ((opening === 0x28 && c === 0x29) || (opening === 0x5b && c === 0x5d) || (opening === 0x7b && c === 0x7d)) return
    const mismatch = `closing parenthesis '${character}' does not match opening parenthesis '${String.fromCharCode(opening)}'`
    const openingLine = this.bracketLines[this.level]!
    throw new LexicalError(openingLine === this.line ? mismatch : `${mismatch} on line ${openingLine}`, start + 1)
  }

  /** A string literal whose prefix begins at `start` and whose first quote is at `quoteAt`: the index after it. */
  private string(start: number, quoteAt: number, column: number): number {
    const { source, length } = this
    const quote = source.charCodeAt(quoteAt)
    const firstLine = this.line
    const firstLineStart = this.lineStart
    let i = quoteAt + 1
    let triple = false
    if (source.charCodeAt(i) === quote) {
      if (source.charCodeAt(i + 1) === quote) {
        triple = true
        i += 2
      } else {
        i++
        this.tokens.push(kinds.STRING, this.level, start, i, this.line, column, this.line, i - this.lineStart + this.extra)
        return i
      }
    }
    for (;;) {
      if (i >= length) return this.unterminated(start, firstLine, firstLineStart, triple, true)
      let c = source.charCodeAt(i++)
      if (c === quote) {
        if (!triple) break
        if (source.charCodeAt(i) === quote && source.charCodeAt(i + 1) === quote) {
          i += 2
          break
        }
      } else if (c === 0x0a) {
        if (!triple) return this.unterminated(start, firstLine, firstLineStart, false, false)
        this.beginLine(i)
      } else if (c === 0x5c) {
        if (i < length) {
          c = source.charCodeAt(i++)
          if (c === 0x0a) this.beginLine(i)
          else if (c >= 0x80) this.extra += extraBytes(c)
        }
      } else if (c >= 0x80) {
        this.extra += extraBytes(c)
      }
    }
    this.tokens.push(kinds.STRING, this.level, start, i, firstLine, column, this.line, i - this.lineStart + this.extra)
    return i
  }

  private unterminated(start: number, firstLine: number, firstLineStart: number, triple: boolean, atEnd: boolean): never {
    const detected = this.line
    this.line = firstLine
    this.lineStart = firstLineStart
    const what = triple ? 'unterminated triple-quoted string literal' : 'unterminated string literal'
    this.incomplete = atEnd
    throw new LexicalError(`${what} (detected at line ${detected})`, start + 1)
  }

  // Mirrors verify_identifier.
  private verifyIdentifier(start: number, end: number): void {
    const text = this.source.slice(start, end)
    const invalid = scanIdentifier(text)
    if (invalid < 0) return
    const fault = /[\udc80-\udcff]/u.test(text) ? utf8Fault(text) : null
    if (fault !== null) {
      this.record('decode', fault, 0, 0, end)
      throw STOPPED
    }
    const code = text.codePointAt(invalid)!
    const character = String.fromCodePoint(code)
    const shown = codePointName(code)
    throw new LexicalError(
      isPrintable(code) ? `invalid character '${character}' (${shown})` : `invalid non-printable character ${shown}`,
      start + invalid + character.length
    )
  }

  /** A number is followed directly by a keyword: allowed still, with a warning. */
  warn(message: string): void {
    this.tokens.warnings.push({ at: this.tokens.count, warning: { category: 'SyntaxWarning', message, lineno: this.line } })
  }

  private failAt(error: LexicalError): void {
    if (error === STOPPED) return
    const ranged = error.rangeStart >= 0
    const offset = ranged
      ? error.rangeStart + 1 - this.lineStart + this.extra
      : characterCount(this.source, this.lineStart, error.cursor)
    const endOffset = ranged ? error.rangeEnd - this.lineStart + this.extra : offset
    this.record('error', error.msg, offset, endOffset, error.cursor)
  }

  /** An error that the parser words. For all but a bad continuation CPython has then read the whole line. */
  private fail(code: FailureCode, msg: string, cursor: number): void {
    if (code !== 'continuation') {
      const end = this.source.indexOf('\n', cursor)
      cursor = end < 0 ? this.length : end + 1
    }
    this.incomplete = code === 'eof'
    this.record(code, msg, 0, 0, cursor)
  }

  private record(code: FailureCode, msg: string, offset: number, endOffset: number, cursor: number): void {
    this.tokens.failure = { code, msg, lineno: this.line, offset, endOffset, lineStart: this.lineStart, incomplete: this.incomplete }
    this.tokens.push(kinds.ERRORTOKEN, this.level, cursor, cursor, this.line, -1, this.line, -1)
  }
}

/** Thrown when the failure is already recorded. */
const STOPPED = new LexicalError('', 0)
const INCONSISTENT_TABS = 'inconsistent use of tabs and spaces in indentation'
const UNINDENT_MISMATCH = 'unindent does not match any outer indentation level'

/** b, r, u, f and the pairs of r with b or f, in either case. */
function isStringPrefix(source: string, start: number, end: number): boolean {
  const a = source.charCodeAt(start) | 0x20
  if (end - start === 1) return a === 0x62 || a === 0x72 || a === 0x75 || a === 0x66
  const b = source.charCodeAt(start + 1) | 0x20
  return a === 0x72 ? b === 0x62 || b === 0x66 : b === 0x72 && (a === 0x62 || a === 0x66)
}


