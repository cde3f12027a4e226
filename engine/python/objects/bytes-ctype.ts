// Bytes as ASCII text: classes and cases of Objects/bytes_methods.c and Python/pyctype.c. Bytes above 127 are neither
// letters nor digits nor spaces.
import { isSpaceByte } from './bytes-search'

export const isUpperByte = (c: number): boolean => c >= 65 && c <= 90
export const isLowerByte = (c: number): boolean => c >= 97 && c <= 122
export const isAlphaByte = (c: number): boolean => isUpperByte(c) || isLowerByte(c)
export const isDigitByte = (c: number): boolean => c >= 48 && c <= 57
export const isAlnumByte = (c: number): boolean => isAlphaByte(c) || isDigitByte(c)

const lower = (c: number): number => isUpperByte(c) ? c + 32 : c
const upper = (c: number): number => isLowerByte(c) ? c - 32 : c

/** isalpha() and its like, by name. */
export const byteTests: Readonly<Record<string, (bytes: Uint8Array) => boolean>> = {
  isalnum: bytes => bytes.length > 0 && bytes.every(isAlnumByte),
  isalpha: bytes => bytes.length > 0 && bytes.every(isAlphaByte),
  isascii: bytes => bytes.every(c => c < 128),
  isdigit: bytes => bytes.length > 0 && bytes.every(isDigitByte),
  islower: bytes => bytes.some(isLowerByte) && !bytes.some(isUpperByte),
  isspace: bytes => bytes.length > 0 && bytes.every(isSpaceByte),
  istitle: isTitle,
  isupper: bytes => bytes.some(isUpperByte) && !bytes.some(isLowerByte),
}

function isTitle(bytes: Uint8Array): boolean {
  let cased = false
  let previous = false
  for (const c of bytes) {
    if (isUpperByte(c)) {
      if (previous) return false
      previous = cased = true
    } else if (isLowerByte(c)) {
      if (!previous) return false
      previous = cased = true
    } else previous = false
  }
  return cased
}

/** lower() and its like, by name. */
export const byteCases: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  capitalize: bytes => bytes.map((c, i) => i === 0 ? upper(c) : lower(c)),
  lower: bytes => bytes.map(lower),
  swapcase: bytes => bytes.map(c => isUpperByte(c) ? c + 32 : upper(c)),
  title: bytes => {
    let previous = false
    return bytes.map(c => {
      const letter = isAlphaByte(c)
      const result = !letter ? c : previous ? lower(c) : upper(c)
      previous = letter
      return result
    })
  },
  upper: bytes => bytes.map(upper),
}
