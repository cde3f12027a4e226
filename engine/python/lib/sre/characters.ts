// What a character is to a pattern: categories, sets, case. Code points and bytes alike.
//
// DIFFERS: the locale is always C.UTF-8, as CPython coerces it: beyond ASCII nothing is a letter for it.
import { isAlnum, isDecimal, isLineBreak, isSpace } from '../unicode-data'
import { simpleLower, simpleUpper } from '../unicode-case'
import { BIGCHARSET, CATEGORY, CHARSET, FAILURE, LITERAL, NEGATE, RANGE, RANGE_UNI_IGNORE } from './constants'

const isAsciiWord = (c: number) => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95
const isUnicodeWord = (c: number) => c < 128 ? isAsciiWord(c) : isAlnum(c)

/** _sre.ascii_tolower */
export function asciiLower(c: number): number {
  return c >= 65 && c <= 90 ? c + 32 : c
}

function asciiUpper(c: number): number {
  return c >= 97 && c <= 122 ? c - 32 : c
}

/** _sre.ascii_iscased */
export function asciiIsCased(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122)
}

/** _sre.unicode_iscased */
export function unicodeIsCased(c: number): boolean {
  return simpleLower(c) !== c || simpleUpper(c) !== c
}

/** Is `c` the character of a LITERAL_LOC_IGNORE in either case? */
export function sameLocaleIgnore(literal: number, c: number): boolean {
  return c === literal || asciiLower(c) === literal || asciiUpper(c) === literal
}

// Mirrors sre_category, Modules/_sre/sre.c.
export function inCategory(category: number, c: number): boolean {
  switch (category) {
    case 0: return c >= 48 && c <= 57
    case 1: return c < 48 || c > 57
    case 2: return c === 32 || (c >= 9 && c <= 13)
    case 3: return c !== 32 && (c < 9 || c > 13)
    case 4: case 8: return isAsciiWord(c)
    case 5: case 9: return !isAsciiWord(c)
    case 6: return c === 10
    case 7: return c !== 10
    case 10: return isDecimal(c)
    case 11: return !isDecimal(c)
    case 12: return isSpace(c)
    case 13: return !isSpace(c)
    case 14: return isUnicodeWord(c)
    case 15: return !isUnicodeWord(c)
    case 16: return isLineBreak(c)
    case 17: return !isLineBreak(c)
    default: return false
  }
}

/** Is it a word character for \b? kind 0: ASCII or locale, 1: Unicode. */
export function isWord(unicode: boolean, c: number): boolean {
  return unicode ? isUnicodeWord(c) : isAsciiWord(c)
}

// Mirrors SRE(charset), Modules/_sre/sre_lib.h.
/** Is `c` in the set whose items begin at code[at]? */
export function inCharset(code: Uint32Array, at: number, c: number): boolean {
  let found = true
  for (;;) {
    switch (code[at++]) {
      case FAILURE:
        return !found
      case LITERAL:
        if (c === code[at]) return found
        at++
        break
      case CATEGORY:
        if (inCategory(code[at]!, c)) return found
        at++
        break
      case CHARSET:
        if (c < 256 && (code[at + (c >> 5)]! & (1 << (c & 31))) !== 0) return found
        at += 8
        break
      case RANGE:
        if (code[at]! <= c && c <= code[at + 1]!) return found
        at += 2
        break
      case RANGE_UNI_IGNORE: {
        // c is in lower case already.
        if (code[at]! <= c && c <= code[at + 1]!) return found
        const upper = simpleUpper(c)
        if (code[at]! <= upper && upper <= code[at + 1]!) return found
        at += 2
        break
      }
      case NEGATE:
        found = !found
        break
      case BIGCHARSET: {
        // Number of blocks, a block number for each high byte, blocks of 256 bits.
        const count = code[at++]!
        if (c < 0x10000) {
          const high = c >> 8
          const block = (code[at + (high >> 2)]! >>> ((high & 3) * 8)) & 255
          if ((code[at + 64 + block * 8 + ((c & 255) >> 5)]! & (1 << (c & 31))) !== 0) return found
        }
        at += 64 + count * 8
        break
      }
      default:
        return false
    }
  }
}

/** The same where the locale's case does not count. */
export function inCharsetLocaleIgnore(code: Uint32Array, at: number, c: number): boolean {
  const lower = asciiLower(c)
  if (inCharset(code, at, lower)) return true
  const upper = asciiUpper(c)
  return upper !== lower && inCharset(code, at, upper)
}
