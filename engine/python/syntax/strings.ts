// String literals: prefixes, implicit concatenation, and the joining of plain with formatted pieces.
import { utf8Fault } from './characters'
import { BytesValue } from './constant'
import { decodeByteEscapes, decodeUnicodeEscapes } from './escapes'
import { FormattedPieces, constantKind, parseFormatted } from './formatted-strings'
import { LiteralError } from './literal-error'
import * as ast from './nodes'
import type { Parser } from './parser-state'
import * as kinds from './token-kinds'

/** One string token taken apart; the body is source[start, end). */
interface Literal {
  readonly isBytes: boolean
  readonly isRaw: boolean
  readonly isFormatted: boolean
  readonly start: number
  readonly end: number
}

/** `strings`: one or more adjacent literals. Mirrors _PyPegen_concatenate_strings. */
export function parseStrings(p: Parser): ast.expr {
  const first = p.i
  while (p.kind === kinds.STRING) p.advance()
  const last = p.i - 1
  const literal = takeApart(p, first)
  if (first === last && !literal.isFormatted) {
    const value = literal.isBytes ? new BytesValue(bytesOf(p, first, literal)) : textOf(p, first, literal)
    return new ast.Constant(value, literal.isBytes ? null : constantKind(p, first), p.line(first), p.column(first), p.endLine(), p.endColumn())
  }
  return literal.isBytes ? concatenateBytes(p, first, last) : concatenateText(p, first, last)
}

function concatenateBytes(p: Parser, first: number, last: number): ast.Constant {
  const parts: Uint8Array[] = []
  for (let t = first; t <= last; t++) {
    const literal = takeApart(p, t)
    if (!literal.isBytes) {
      if (!literal.isFormatted) textOf(p, t, literal)
      throw MIXED
    }
    parts.push(bytesOf(p, t, literal))
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let length = 0
  for (const part of parts) {
    bytes.set(part, length)
    length += part.length
  }
  return new ast.Constant(new BytesValue(bytes), null, p.line(first), p.column(first), p.endLine(), p.endColumn())
}

function concatenateText(p: Parser, first: number, last: number): ast.expr {
  const pieces = new FormattedPieces(p, first, last)
  for (let t = first; t <= last; t++) {
    const literal = takeApart(p, t)
    if (literal.isBytes) {
      bytesOf(p, t, literal)
      throw MIXED
    }
    if (literal.isFormatted) parseFormatted(p, pieces, literal.start, literal.end, literal.isRaw, t)
    else pieces.text += textOf(p, t, literal)
  }
  return pieces.finish()
}

const MIXED = new LiteralError('cannot mix bytes and nonbytes literals')

function takeApart(p: Parser, t: number): Literal {
  const { source } = p
  let start = p.tokens.start[t]!
  let end = p.tokens.end[t]!
  let isBytes = false
  let isRaw = false
  let isFormatted = false
  let c = source.charCodeAt(start)
  while (c !== 0x22 && c !== 0x27) {
    c |= 0x20
    if (c === 0x62) isBytes = true
    else if (c === 0x72) isRaw = true
    else if (c === 0x66) isFormatted = true
    c = source.charCodeAt(++start)
  }
  const quotes = end - start >= 6 && source.charCodeAt(start + 1) === c && source.charCodeAt(start + 2) === c ? 3 : 1
  start += quotes
  end -= quotes
  return { isBytes, isRaw, isFormatted, start, end }
}

function textOf(p: Parser, t: number, literal: Literal): string {
  const { start, end } = literal
  if (literal.isRaw) return plainText(p, start, end)
  const backslash = p.source.indexOf('\\', start)
  if (backslash < 0 || backslash >= end) return plainText(p, start, end)
  return escapedText(p, start, end, t)
}

/** source[start, end) as it stands. */
export function plainText(p: Parser, start: number, end: number): string {
  const text = p.source.slice(start, end)
  if (p.context.invalidUtf8) refuseFault(text)
  return text
}

/** source[start, end) of token `t` with its escapes decoded. */
export function escapedText(p: Parser, start: number, end: number, t: number): string {
  // CPython decodes the runs of non-ASCII bytes one by one.
  if (p.context.invalidUtf8) for (const [run] of p.source.slice(start, end).matchAll(/[^\0-\x7f]+/g)) refuseFault(run)
  return decodeUnicodeEscapes(p.source, start, end, (sequence) => warnInvalidEscape(p, t, sequence))
}

function refuseFault(text: string): void {
  const fault = utf8Fault(text)
  if (fault !== null) throw new LiteralError(fault)
}

function bytesOf(p: Parser, t: number, literal: Literal): Uint8Array {
  const { source } = p
  const { start, end } = literal
  let escaped = false
  for (let i = start; i < end; i++) {
    const c = source.charCodeAt(i)
    if (c >= 0x80) throw new LiteralError('bytes can only contain ASCII literal characters', t)
    if (c === 0x5c) escaped = true
  }
  if (escaped && !literal.isRaw) return decodeByteEscapes(source, start, end, (sequence) => warnInvalidEscape(p, t, sequence))
  const bytes = new Uint8Array(end - start)
  for (let i = start; i < end; i++) bytes[i - start] = source.charCodeAt(i)
  return bytes
}

/** Mirrors warn_invalid_escape_sequence. */
export function warnInvalidEscape(p: Parser, t: number, sequence: string): void {
  const message = `invalid ${sequence.length > 1 ? 'octal ' : ''}escape sequence '\\${sequence}'`
  p.warn({ category: 'DeprecationWarning', message, lineno: p.line(t) })
}
