// Makes PythonSyntaxErrors with CPython's places. Several of CPython's depend on how far its tokenizer has read when
// the error is raised; `ReadState` says that from the last token fetched.
// Mirrors _PyPegen_raise_error and _PyPegen_raise_error_known_location, Parser/pegen_errors.c.
import { PythonSyntaxError, type SyntaxErrorKind } from '../syntax-error'
import * as kinds from '../token-kinds'
import type { Tokens } from '../tokens'
import { characterCount, escapedBytes, utf8Length } from '../characters'

/** What is being parsed. */
export interface Unit {
  readonly filename: string
  /** A whole file whose text CPython could read again by its name: then errors show the line as the file has it. */
  readonly isFile: boolean
  /** The file begins with a byte order mark. */
  readonly hasMark: boolean
  /** Its last line has a newline. */
  readonly isClosed: boolean
  /** Whether CPython knows the encoding; only then are its offsets characters instead of bytes. */
  readonly encodingKnown: boolean
  /** The source has bytes that are not UTF-8; see source.ts. */
  readonly invalidUtf8: boolean
  /** Set for the expression of an f-string: where it begins. */
  readonly nested: { readonly line: number; readonly column: number } | null
}

/** How far CPython's tokenizer has read: the line it is on, the position, and the bounds of its buffer. */
interface ReadState {
  readonly lineno: number
  readonly cursor: number
  readonly lineStart: number
  readonly bufferStart: number
  readonly inputEnd: number
}

export class Reporter {
  constructor(private readonly tokens: Tokens, private readonly unit: Unit) {}

  /** At the last token fetched, which is the one before `fill`. */
  here(kind: SyntaxErrorKind, msg: string, fill: number): PythonSyntaxError {
    const { tokens } = this
    const t = fill - 1
    const column = tokens.column[t]!
    const endColumn = tokens.endColumn[t]!
    const line = tokens.line[t]!
    const endLine = tokens.endLine[t]!
    if (column >= 0) return this.known(kind, msg, fill, line, column + 1, endLine, endColumn < 0 ? -1 : endColumn + 1)
    const { cursor, lineStart } = this.readState(fill)
    return this.known(kind, msg, fill, line, utf8Length(tokens.source, lineStart, cursor), endLine, -1)
  }

  /** From the beginning of token `first` to the end of token `last`. */
  span(msg: string, fill: number, first: number, last: number): PythonSyntaxError {
    const { line, column, endLine, endColumn } = this.tokens
    return this.known('SyntaxError', msg, fill, line[first]!, column[first]! + 1, endLine[last]!, endColumn[last]! + 1)
  }

  /** From the beginning of token `first` to wherever the tokenizer has come. */
  startingAt(msg: string, fill: number, first: number): PythonSyntaxError {
    const { source, line, column } = this.tokens
    const { lineno, cursor, lineStart } = this.readState(fill)
    return this.known('SyntaxError', msg, fill, line[first]!, column[first]! + 1, lineno, utf8Length(source, lineStart, cursor))
  }

  /** An innermost bracket that is still open. */
  unclosed(fill: number): PythonSyntaxError {
    const { character, lineno, column } = this.tokens.open[this.tokens.open.length - 1]!
    return this.known('SyntaxError', `'${character}' was never closed`, fill, lineno, column + 1, lineno, 0)
  }

  /** The error that stopped the tokenizer. Mirrors _Pypegen_tokenizer_error, and _syntaxerror_range of the tokenizer. */
  tokenizer(): PythonSyntaxError {
    const { tokens } = this
    const failure = tokens.failure!
    const { code, msg, lineno } = failure
    const fill = tokens.count
    switch (code) {
      case 'error': {
        const text = this.lineFrom(failure.lineStart)
        return new PythonSyntaxError('SyntaxError', msg, this.unit.filename, {
          lineno, offset: failure.offset, end_lineno: lineno, end_offset: failure.endOffset, text: this.shown(text)
        })
      }
      case 'eof': return tokens.open.length > 0 ? this.unclosed(fill) : this.here('SyntaxError', msg, fill)
      case 'decode': return this.here('SyntaxError', msg, fill)
      case 'dedent': return this.here('IndentationError', msg, fill)
      case 'tabs': return this.known('TabError', msg, fill, lineno, 1, lineno, 0)
      case 'deep': return this.known('IndentationError', msg, fill, lineno, 1, lineno, 0)
      case 'continuation': {
        const { cursor, bufferStart } = this.readState(fill)
        // CPython has read one byte of what follows the backslash.
        const backslash = tokens.source.lastIndexOf('\\', cursor - 1)
        const offset = utf8Length(tokens.source, bufferStart, backslash) + cursor - backslash
        return this.known('SyntaxError', msg, fill, lineno, offset, lineno, 0)
      }
    }
  }

  /** Offsets 1-based in bytes; -1 and 0 are CPython's ways to say nothing. */
  known(kind: SyntaxErrorKind, msg: string, fill: number, lineno: number, offset: number, endLineno: number,
    endOffset: number): PythonSyntaxError {
    const { filename, nested, encodingKnown } = this.unit
    const text = this.shown(this.textFor(lineno, fill))
    if (nested !== null) {
      offset -= nested.column
      endOffset -= nested.column
    }
    return new PythonSyntaxError(kind, nested === null ? msg : `f-string: ${msg}`, filename, {
      lineno,
      offset: encodingKnown ? toCharacters(text, offset) : offset,
      end_lineno: endLineno,
      end_offset: encodingKnown && endOffset > 0 ? toCharacters(text, endOffset) : endOffset,
      text
    })
  }

  private textFor(lineno: number, fill: number): string {
    const { source } = this.tokens
    const { isFile, hasMark, isClosed, nested } = this.unit
    const index = this.indexOfLine(nested === null ? lineno : lineno - nested.line + 1)
    if (isFile && index < source.length) {
      const line = (index === 0 && hasMark ? '\ufeff' : '') + this.lineFrom(index)
      return isClosed || source.indexOf('\n', index) < source.length - 1 ? line + '\n' : line
    }
    const state = this.readState(fill)
    if (state.lineno <= lineno && state.inputEnd > state.bufferStart) return source.slice(state.bufferStart, state.inputEnd)
    return this.lineFrom(index)
  }

  /** A line as CPython shows it: with U+FFFD for what is not UTF-8. */
  private shown(text: string): string {
    return this.unit.invalidUtf8 ? new TextDecoder().decode(escapedBytes(text)) : text
  }

  /** Index where line `lineno` of the source begins, or the last line if there are not so many. */
  private indexOfLine(lineno: number): number {
    const { source } = this.tokens
    let index = 0
    for (let n = 1; n < lineno; n++) {
      const next = source.indexOf('\n', index)
      if (next < 0) break
      index = next + 1
    }
    return index
  }

  private lineFrom(index: number): string {
    const end = this.tokens.source.indexOf('\n', index)
    return end < 0 ? this.tokens.source.slice(index) : this.tokens.source.slice(index, end)
  }

  private readState(fill: number): ReadState {
    const { source, end, endLine, kind } = this.tokens
    const t = fill - 1
    const cursor = kind[t] === kinds.NEWLINE && end[t]! < source.length ? end[t]! + 1 : end[t]!
    const lineStart = lineStartBefore(source, cursor, kind[t]!)
    // An unterminated string has been read to the end, though it is reported at its beginning.
    const newline = kind[t] === kinds.ERRORTOKEN && this.tokens.failure!.incomplete ? -1 : source.indexOf('\n', lineStart)
    const inputEnd = newline < 0 ? source.length : newline + 1
    return { lineno: endLine[t]!, cursor, lineStart, bufferStart: this.bufferStart(t, lineStart), inputEnd }
  }

  /** CPython's buffer begins with the line on which it last began a token: not where a string or `\` led over lines. */
  private bufferStart(t: number, lineStart: number): number {
    const { source, start, end, line, endLine } = this.tokens
    while (t > 0 && start[t]! >= lineStart && end[t - 1]! > lineStart) t--
    for (; t >= 0 && endLine[t]! !== line[t]! && end[t]! >= lineStart; t--) lineStart = lineStartBefore(source, start[t]! + 1, -1)
    while (lineStart >= 2 && source.charCodeAt(lineStart - 2) === 0x5c && isContinuation(source, lineStart)) {
      lineStart = lineStartBefore(source, lineStart - 1, -1)
    }
    return lineStart
  }
}

/** The line on which the character before `cursor` stands; what ends the source belongs to its last line. */
function lineStartBefore(source: string, cursor: number, kind: number): number {
  const isWithoutText = kind === kinds.INDENT || kind === kinds.DEDENT || kind === kinds.ENDMARKER
  const from = isWithoutText && cursor < source.length ? cursor - 1 : cursor - 2
  return from < 0 ? 0 : source.lastIndexOf('\n', from) + 1
}

/** Whether the backslash before the line at `lineStart` follows a token of its line and no comment. */
function isContinuation(source: string, lineStart: number): boolean {
  const previous = source.lastIndexOf('\n', lineStart - 2) + 1
  const line = source.slice(previous, lineStart - 2)
  return line.trim() !== '' && !line.includes('#')
}

/** Mirrors _PyPegen_byte_offset_to_character_offset: the characters that begin before the byte. */
function toCharacters(text: string, offset: number): number {
  if (offset < 0) return offset
  let bytes = 0
  let i = 0
  while (i < text.length && bytes < offset) {
    const width = text.codePointAt(i)! > 0xffff ? 2 : 1
    bytes += utf8Length(text, i, i + width)
    i += width
  }
  return characterCount(text, 0, i) + (bytes < offset ? 1 : 0)
}
