// Case mapping of code points and of whole texts, as str's methods do it in CPython 3.11 (Unicode 14.0).
//
// "Full" mappings may give several characters (ß → SS); "simple" ones always give one and are what _sre and unicodedata
// use. Texts are UTF-16. JavaScript's own mapping is not used beyond ASCII: it follows a newer Unicode.
import { CASEFOLD, FULL_LOWER, FULL_TITLE, FULL_UPPER, SIMPLE_LOWER, SIMPLE_TITLE, SIMPLE_UPPER } from './unicode-tables'
import { isCaseIgnorable, isCased, isLower, isTitle, isUpper } from './unicode-data'
import { decodeDeltas, decodeExpansions } from './unicode-runs'

interface CaseMaps {
  lower: Map<number, number>
  upper: Map<number, number>
  title: Map<number, number>
  fullLower: Map<number, string>
  fullUpper: Map<number, string>
  fullTitle: Map<number, string>
  fold: Map<number, string>
}

let decoded: CaseMaps | null = null

function maps(): CaseMaps {
  decoded ??= {
    lower: decodeDeltas(SIMPLE_LOWER), upper: decodeDeltas(SIMPLE_UPPER), title: decodeDeltas(SIMPLE_TITLE),
    fullLower: decodeExpansions(FULL_LOWER), fullUpper: decodeExpansions(FULL_UPPER), fullTitle: decodeExpansions(FULL_TITLE),
    fold: decodeExpansions(CASEFOLD),
  }
  return decoded
}

// ---- one code point ------------------------------------------------------------------------------------------------

/** _PyUnicode_ToLowercase */
export function simpleLower(code: number): number {
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code
  return maps().lower.get(code) ?? code
}

/** _PyUnicode_ToUppercase */
export function simpleUpper(code: number): number {
  if (code < 128) return code >= 97 && code <= 122 ? code - 32 : code
  return maps().upper.get(code) ?? code
}

/** _PyUnicode_ToTitlecase */
export function simpleTitle(code: number): number {
  if (code < 128) return simpleUpper(code)
  return maps().title.get(code) ?? simpleUpper(code)
}

/** _PyUnicode_ToLowerFull; the final sigma is the text's business. */
export function fullLower(code: number): string {
  return (code < 128 ? undefined : maps().fullLower.get(code)) ?? String.fromCodePoint(simpleLower(code))
}

/** _PyUnicode_ToUpperFull */
export function fullUpper(code: number): string {
  return (code < 128 ? undefined : maps().fullUpper.get(code)) ?? String.fromCodePoint(simpleUpper(code))
}

/** _PyUnicode_ToTitleFull */
export function fullTitle(code: number): string {
  return (code < 128 ? undefined : maps().fullTitle.get(code)) ?? String.fromCodePoint(simpleTitle(code))
}

/** _PyUnicode_ToFoldedFull */
export function fullCasefold(code: number): string {
  return (code < 128 ? undefined : maps().fold.get(code)) ?? fullLower(code)
}

// ---- texts -----------------------------------------------------------------------------------------------------------

const NOT_ASCII = /[^\x00-\x7f]/
const SIGMA = 0x3a3

function mapEach(text: string, map: (code: number) => string): string {
  let result = ''
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!
    result += map(code)
    i += code > 0xffff ? 2 : 1
  }
  return result
}

/** str.upper() */
export function toUpper(text: string): string {
  return NOT_ASCII.test(text) ? mapEach(text, fullUpper) : text.toUpperCase()
}

/** str.casefold() */
export function toCasefold(text: string): string {
  return NOT_ASCII.test(text) ? mapEach(text, fullCasefold) : text.toLowerCase()
}

// Mirrors handle_capital_sigma, Objects/unicodeobject.c.
/** Lower case of the capital sigma at `index`: final where a cased letter comes before it and none after. */
function lowerSigma(text: string, index: number): string {
  let before = index
  let code = 0
  do {
    if (before === 0) return 'σ'
    code = text.charCodeAt(--before)
    if (code >= 0xdc00 && code < 0xe000 && before > 0) {
      const pair = text.codePointAt(before - 1)!
      if (pair > 0xffff) {
        before--
        code = pair
      }
    }
  } while (isCaseIgnorable(code))
  if (!isCased(code)) return 'σ'
  let after = index + 1
  while (after < text.length) {
    code = text.codePointAt(after)!
    if (!isCaseIgnorable(code)) return isCased(code) ? 'σ' : 'ς'
    after += code > 0xffff ? 2 : 1
  }
  return 'ς'
}

function lowerAt(text: string, index: number, code: number): string {
  return code === SIGMA ? lowerSigma(text, index) : fullLower(code)
}

/** str.lower() */
export function toLower(text: string): string {
  if (!NOT_ASCII.test(text)) return text.toLowerCase()
  let result = ''
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!
    result += lowerAt(text, i, code)
    i += code > 0xffff ? 2 : 1
  }
  return result
}

/** str.swapcase() */
export function toSwapcase(text: string): string {
  let result = ''
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!
    result += isUpper(code) ? lowerAt(text, i, code) : isLower(code) ? fullUpper(code) : String.fromCodePoint(code)
    i += code > 0xffff ? 2 : 1
  }
  return result
}

/** str.title() */
export function toTitle(text: string): string {
  let result = ''
  let previousIsCased = false
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!
    result += previousIsCased ? lowerAt(text, i, code) : fullTitle(code)
    previousIsCased = isCased(code)
    i += code > 0xffff ? 2 : 1
  }
  return result
}

/** str.capitalize() */
export function toCapitalized(text: string): string {
  if (text === '') return ''
  const first = text.codePointAt(0)!
  let result = fullTitle(first)
  for (let i = first > 0xffff ? 2 : 1; i < text.length;) {
    const code = text.codePointAt(i)!
    result += lowerAt(text, i, code)
    i += code > 0xffff ? 2 : 1
  }
  return result
}

/** str.isupper() */
export function isUpperText(text: string): boolean {
  let cased = false
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (isLower(code) || isTitle(code)) return false
    if (!cased && isUpper(code)) cased = true
  }
  return cased
}

/** str.islower() */
export function isLowerText(text: string): boolean {
  let cased = false
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (isUpper(code) || isTitle(code)) return false
    if (!cased && isLower(code)) cased = true
  }
  return cased
}

/** str.istitle() */
export function isTitleText(text: string): boolean {
  let cased = false
  let previousIsCased = false
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (isUpper(code) || isTitle(code)) {
      if (previousIsCased) return false
      previousIsCased = cased = true
    } else if (isLower(code)) {
      if (!previousIsCased) return false
      cased = true
    } else {
      previousIsCased = false
    }
  }
  return cased
}
