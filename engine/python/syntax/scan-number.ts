// Finds the end of a number literal and reports malformed ones in CPython's words.
// A LexicalError's cursor is where CPython's tokenizer stood: on the offending character where it had put it back,
// after it where it had not.
import { isDigit, isHexDigit, isIdentifierCharacter } from './characters'
import { LexicalError } from './lexical-error'

/** Takes the warnings of the scan. */
interface Warner { warn(message: string): void }

/** The index after the number that begins at `start` (a digit, or a period before a digit). */
export function scanNumber(source: string, start: number, warner: Warner): number {
  const first = source.charCodeAt(start)
  if (first === 0x2e) return fraction(source, start + 1, warner)
  if (first !== 0x30) return afterInteger(source, decimalTail(source, start), warner)
  const marker = source.charCodeAt(start + 1) | 0x20
  if (marker === 0x78) return radix(source, start + 2, 16, 'hexadecimal', warner)
  if (marker === 0x6f) return radix(source, start + 2, 8, 'octal', warner)
  if (marker === 0x62) return radix(source, start + 2, 2, 'binary', warner)

  let i = start + 1
  for (;;) {
    if (source.charCodeAt(i) === 0x5f) {
      i++
      if (!isDigit(source.charCodeAt(i))) throw new LexicalError('invalid decimal literal', i)
    }
    if (source.charCodeAt(i) !== 0x30) break
    i++
  }
  const zerosEnd = i + 1
  const nonzero = isDigit(source.charCodeAt(i))
  if (nonzero) i = decimalTail(source, i)
  const c = source.charCodeAt(i)
  if (c === 0x2e || (c | 0x20) === 0x65 || (c | 0x20) === 0x6a) return afterInteger(source, i, warner)
  if (nonzero) {
    throw new LexicalError('leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers',
      i, start, zerosEnd)
  }
  return verifyEnd(source, i, 'decimal', warner)
}

// Mirrors tok_decimal_tail: digits in groups joined by single underscores.
function decimalTail(source: string, i: number): number {
  for (;;) {
    while (isDigit(source.charCodeAt(i))) i++
    if (source.charCodeAt(i) !== 0x5f) return i
    i++
    if (!isDigit(source.charCodeAt(i))) throw new LexicalError('invalid decimal literal', i)
  }
}

function afterInteger(source: string, i: number, warner: Warner): number {
  if (source.charCodeAt(i) === 0x2e) return fraction(source, i + 1, warner)
  return exponent(source, i, warner)
}

function fraction(source: string, i: number, warner: Warner): number {
  if (isDigit(source.charCodeAt(i))) i = decimalTail(source, i)
  return exponent(source, i, warner)
}

function exponent(source: string, i: number, warner: Warner): number {
  if ((source.charCodeAt(i) | 0x20) === 0x65) {
    let next = i + 1
    const sign = source.charCodeAt(next)
    if (sign === 0x2b || sign === 0x2d) {
      next++
      if (!isDigit(source.charCodeAt(next))) throw new LexicalError('invalid decimal literal', next)
    } else if (!isDigit(sign)) {
      // `1else`: the number ends before the letter.
      return verifyEnd(source, i, 'decimal', warner)
    }
    i = decimalTail(source, next)
  }
  if ((source.charCodeAt(i) | 0x20) === 0x6a) return verifyEnd(source, i + 1, 'imaginary', warner)
  return verifyEnd(source, i, 'decimal', warner)
}

function radix(source: string, i: number, base: number, name: string, warner: Warner): number {
  const isDigitOfBase = (c: number): boolean => (base === 16 ? isHexDigit(c) : c >= 0x30 && c < 0x30 + base)
  let c: number
  do {
    if (source.charCodeAt(i) === 0x5f) i++
    c = source.charCodeAt(i)
    if (!isDigitOfBase(c)) {
      if (isDigit(c)) throw wrongDigit(c, name, i)
      throw new LexicalError(`invalid ${name} literal`, i)
    }
    do {
      c = source.charCodeAt(++i)
    } while (isDigitOfBase(c))
  } while (c === 0x5f)
  if (base !== 16 && isDigit(c)) throw wrongDigit(c, name, i)
  return verifyEnd(source, i, name, warner)
}

function wrongDigit(c: number, name: string, i: number): LexicalError {
  return new LexicalError(`invalid digit '${String.fromCharCode(c)}' in ${name} literal`, i + 1)
}

// Mirrors verify_end_of_number: only some keywords may follow without a space.
function verifyEnd(source: string, i: number, name: string, warner: Warner): number {
  const c = source.charCodeAt(i)
  if (!isIdentifierCharacter(c) || c >= 128) return i
  if (!keywordFollows(source, i, c)) throw new LexicalError(`invalid ${name} literal`, i)
  warner.warn(`invalid ${name} literal`)
  return i
}

function keywordFollows(source: string, i: number, c: number): boolean {
  switch (c) {
    case 0x61: return wordAt(source, i, 'and')
    case 0x65: return wordAt(source, i, 'else')
    case 0x66: return wordAt(source, i, 'for')
    case 0x69: {
      const next = source.charCodeAt(i + 1)
      return next === 0x66 || next === 0x6e || next === 0x73
    }
    case 0x6f: return wordAt(source, i, 'or')
    case 0x6e: return wordAt(source, i, 'not')
    default: return false
  }
}

function wordAt(source: string, i: number, word: string): boolean {
  return source.startsWith(word, i) && !isIdentifierCharacter(source.charCodeAt(i + word.length))
}
