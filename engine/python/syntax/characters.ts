// What the tokenizer asks about characters. Column arithmetic is in UTF-8 bytes, as CPython's.
import { CodecError, decodeUtf8, encodeUtf8 } from '../lib/codecs'
import { standardEncodeHandler } from '../lib/codecs-errors'
import { isXidContinue, isXidStart } from '../lib/unicode-data'
import { normalize } from '../lib/unicode-normalize'

/** May begin an identifier, or continue one: ASCII letters, `_`, and (checked later, all at once) anything beyond ASCII. */
export const IDENTIFIER_START = 1
export const DIGIT = 2
export const SPACE = 4

/** Class bits of the ASCII characters. */
export const CHARACTER_CLASS = new Uint8Array(128)
for (let c = 0; c < 26; c++) {
  CHARACTER_CLASS[0x41 + c] = IDENTIFIER_START
  CHARACTER_CLASS[0x61 + c] = IDENTIFIER_START
}
CHARACTER_CLASS[0x5f] = IDENTIFIER_START
for (let c = 0; c < 10; c++) CHARACTER_CLASS[0x30 + c] = DIGIT
CHARACTER_CLASS[0x20] = CHARACTER_CLASS[0x09] = CHARACTER_CLASS[0x0c] = SPACE

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39
}

export function isHexDigit(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x66) || (c >= 0x41 && c <= 0x46)
}

/** Mirrors is_potential_identifier_char, Parser/tokenizer.c. NaN (past the end) is none. */
export function isIdentifierCharacter(c: number): boolean {
  return c >= 128 || (CHARACTER_CLASS[c]! & (IDENTIFIER_START | DIGIT)) !== 0
}

/**
 * How many bytes more than UTF-16 units the unit `c` (beyond ASCII) takes in UTF-8. A surrogate pair takes four for two,
 * which its first half accounts for; a second half alone is a byte that was not UTF-8 (source.ts), and takes one.
 */
export function extraBytes(c: number): number {
  return c < 0x800 ? 1 : c < 0xd800 || c > 0xdfff || c < 0xdc00 ? 2 : 0
}

/** Length in UTF-8 bytes of source[start, end). */
export function utf8Length(source: string, start: number, end: number): number {
  let length = end - start
  for (let i = start; i < end; i++) {
    const c = source.charCodeAt(i)
    if (c >= 0x80) length += extraBytes(c)
  }
  return length
}

/** Number of code points of source[start, end). */
export function characterCount(source: string, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) {
    const c = source.charCodeAt(i)
    if (c >= 0xd800 && c <= 0xdbff && i + 1 < end && (source.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
    count++
  }
  return count
}

/** Mirrors _PyUnicode_ScanIdentifier: the index (in UTF-16 units) of the first character that is not allowed, or -1. */
export function scanIdentifier(text: string): number {
  let index = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (!(index === 0 ? isXidStart(code) || code === 0x5f : isXidContinue(code))) return index
    index += character.length
  }
  return -1
}

/** `U+20AC` */
export function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Identifiers are compared in the normal form KC (PEP 3131). */
export function normalizeIdentifier(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= 128) return normalize('NFKC', text)
  }
  return text
}

/** The bytes of a text in which U+DC80 … U+DCFF stand for bytes that are not UTF-8. */
export function escapedBytes(text: string): Uint8Array {
  return encodeUtf8(text, standardEncodeHandler('surrogateescape') ?? null) as Uint8Array
}

/** What is wrong with the UTF-8 of a text in which U+DC80 … U+DCFF stand for such bytes, in CPython's words; or null. */
export function utf8Fault(text: string): string | null {
  const bytes = escapedBytes(text)
  const decoded = decodeUtf8(bytes)
  return decoded instanceof CodecError ? `(unicode error) ${decodeErrorText(decoded, bytes)}` : null
}

/** What str() of a UnicodeDecodeError says. */
export function decodeErrorText(error: CodecError, bytes: Uint8Array): string {
  const { encoding, start, end, reason } = error
  const where = end === start + 1
    ? `byte 0x${bytes[start]!.toString(16).padStart(2, '0')} in position ${start}`
    : `bytes in position ${start}-${end - 1}`
  return `'${encoding}' codec can't decode ${where}: ${reason}`
}
