// Properties of code points as CPython 3.11 sees them: Unicode 14.0, whatever the engine underneath knows.
// Case mappings are in unicode-case.ts, normalisation in unicode-normalize.ts.
//
// Names follow the C macros: isAlpha is Py_UNICODE_ISALPHA. All take a code point; surrogates are code points here.
import {
  BIDIRECTIONAL, BIDIRECTIONAL_NAMES, CASE_IGNORABLE, CATEGORY, CATEGORY_NAMES, COMBINING, EAST_ASIAN_WIDTH, EAST_ASIAN_WIDTH_NAMES,
  LOWERCASE, MIRRORED, NUMBERS, UPPERCASE, XID_CONTINUE, XID_START,
} from './unicode-tables'
import { RunTable, TableReader } from './unicode-runs'

export const UNIDATA_VERSION = '14.0.0'

const categories = new RunTable(CATEGORY)
const bidirectionals = new RunTable(BIDIRECTIONAL)
const widths = new RunTable(EAST_ASIAN_WIDTH)
const combinings = new RunTable(COMBINING)
const mirroreds = new RunTable(MIRRORED)
const uppercases = new RunTable(UPPERCASE)
const lowercases = new RunTable(LOWERCASE)
const caseIgnorables = new RunTable(CASE_IGNORABLE)
const xidStarts = new RunTable(XID_START)
const xidContinues = new RunTable(XID_CONTINUE)

// ---- unicodedata -------------------------------------------------------------------------------------------------

/** 'Lu', 'Nd', 'Cn' … */
export function generalCategory(code: number): string {
  return CATEGORY_NAMES[categories.get(code)]!
}

export function bidirectional(code: number): string {
  return BIDIRECTIONAL_NAMES[bidirectionals.get(code)]!
}

export function eastAsianWidth(code: number): string {
  return EAST_ASIAN_WIDTH_NAMES[widths.get(code)]!
}

export function combining(code: number): number {
  return combinings.get(code)
}

export function mirrored(code: number): number {
  return mirroreds.get(code)
}

// ---- letters -------------------------------------------------------------------------------------------------------

const LL = CATEGORY_NAMES.indexOf('Ll')
const LT = CATEGORY_NAMES.indexOf('Lt')
const LU = CATEGORY_NAMES.indexOf('Lu')
const CN = CATEGORY_NAMES.indexOf('Cn')
/** Ll Lm Lo Lt Lu: neighbours in the list of names. */
const isLetter = (category: number) => category >= LL && category <= LU
const HIDDEN = new Set(['Cc', 'Cf', 'Cs', 'Co', 'Cn', 'Zl', 'Zp', 'Zs'].map((name) => CATEGORY_NAMES.indexOf(name)))

export function isAlpha(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  return isLetter(categories.get(code))
}

export function isUpper(code: number): boolean {
  if (code < 128) return code >= 65 && code <= 90
  return uppercases.get(code) === 1
}

export function isLower(code: number): boolean {
  if (code < 128) return code >= 97 && code <= 122
  return lowercases.get(code) === 1
}

export function isTitle(code: number): boolean {
  return code >= 128 && categories.get(code) === LT
}

/** Upper, lower or title case: what str.title() and str.istitle() go by. */
export function isCased(code: number): boolean {
  return isUpper(code) || isLower(code) || isTitle(code)
}

/** Case_Ignorable of the final sigma rule. */
export function isCaseIgnorable(code: number): boolean {
  return caseIgnorables.get(code) === 1
}

export function isXidStart(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  return xidStarts.get(code) === 1
}

export function isXidContinue(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  return xidContinues.get(code) === 1
}

// ---- spaces and printing ---------------------------------------------------------------------------------------------

// Mirrors _PyUnicode_IsWhitespace, Objects/unicodetype_db.h.
export function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)
  if (code < 0x1680) return code === 0x85 || code === 0xa0
  return code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 || code === 0x202f ||
    code === 0x205f || code === 0x3000
}

// Mirrors _PyUnicode_IsLinebreak, Objects/unicodetype_db.h.
/** Where str.splitlines breaks. */
export function isLineBreak(code: number): boolean {
  if (code < 128) return (code >= 10 && code <= 13) || (code >= 28 && code <= 30)
  return code === 0x85 || code === 0x2028 || code === 0x2029
}

/** Does repr show the character as itself? */
export function isPrintable(code: number): boolean {
  if (code < 128) return code >= 32 && code < 127
  return !HIDDEN.has(categories.get(code))
}

/** False for the code points that Unicode 14.0 leaves unassigned. */
export function isAssigned(code: number): boolean {
  return code < 128 || categories.get(code) !== CN
}

// ---- numbers ---------------------------------------------------------------------------------------------------------

interface NumberValue {
  /** 3 decimal, 2 digit, 1 numeric only */
  kind: number
  numerator: number
  denominator: number
}

let numbers: Map<number, NumberValue> | null = null

function numberOf(code: number): NumberValue | undefined {
  if (numbers === null) {
    numbers = new Map()
    const reader = new TableReader(NUMBERS)
    let at = 0
    while (!reader.done) {
      at += reader.unsigned()
      numbers.set(at, { kind: reader.unsigned(), numerator: reader.signed(), denominator: reader.unsigned() })
    }
  }
  return numbers.get(code)
}

/** 0 … 9, or -1 for what is no decimal digit. */
export function decimalValue(code: number): number {
  if (code < 128) return code >= 48 && code <= 57 ? code - 48 : -1
  const value = numberOf(code)
  return value !== undefined && value.kind === 3 ? value.numerator : -1
}

/** Like decimalValue, superscripts and the like included. */
export function digitValue(code: number): number {
  if (code < 128) return code >= 48 && code <= 57 ? code - 48 : -1
  const value = numberOf(code)
  return value !== undefined && value.kind >= 2 ? value.numerator : -1
}

/** The value of anything numeric, fractions included; null for the rest. */
export function numericValue(code: number): number | null {
  if (code < 128) return code >= 48 && code <= 57 ? code - 48 : null
  const value = numberOf(code)
  return value === undefined ? null : value.numerator / value.denominator
}

export function isDecimal(code: number): boolean {
  return decimalValue(code) >= 0
}

export function isDigit(code: number): boolean {
  return digitValue(code) >= 0
}

export function isNumeric(code: number): boolean {
  if (code < 128) return code >= 48 && code <= 57
  return numberOf(code) !== undefined
}

export function isAlnum(code: number): boolean {
  return isAlpha(code) || isNumeric(code)
}

// Mirrors _PyUnicode_TransformDecimalAndSpaceToASCII, Objects/unicodeobject.c.
/** Every Unicode space becomes ' ', every decimal digit its ASCII form, anything else beyond ASCII '?'. */
export function transformDecimalAndSpaceToAscii(text: string): string {
  let ascii = true
  for (let i = 0; i < text.length && ascii; i++) ascii = text.charCodeAt(i) < 128
  if (ascii) return text
  let result = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 128) {
      result += character
    } else if (isSpace(code)) {
      result += ' '
    } else {
      const digit = decimalValue(code)
      result += digit < 0 ? '?' : String(digit)
    }
  }
  return result
}
