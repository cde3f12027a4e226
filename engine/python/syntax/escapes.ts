// Backslash escapes of str and bytes literals.
import { codeOfName } from '../lib/unicode-names'
import { LiteralError } from './literal-error'

/** Told what follows the backslash of the first escape that means nothing (`\d`) or too much (`\400`). */
export type InvalidEscape = (sequence: string) => void

const SIMPLE_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x5c, '\\'], [0x27, "'"], [0x22, '"'], [0x61, '\x07'], [0x62, '\b'], [0x66, '\f'], [0x6e, '\n'], [0x72, '\r'], [0x74, '\t'],
  [0x76, '\v'], [0x0a, '']
])

/**
 * Decodes source[start, end) as the inside of a str literal. Mirrors _PyUnicode_DecodeUnicodeEscapeInternal.
 * DIFFERS: a high and a low surrogate escaped one after the other make one character, since strings are UTF-16.
 */
export function decodeUnicodeEscapes(source: string, start: number, end: number, invalid: InvalidEscape): string {
  let result = ''
  let i = start
  let sawInvalid = false
  for (;;) {
    let backslash = source.indexOf('\\', i)
    if (backslash < 0 || backslash >= end) backslash = end
    result += source.slice(i, backslash)
    if (backslash === end) return result
    i = backslash + 1
    if (i >= end) return result + '\\'
    const c = source.charCodeAt(i++)
    const simple = SIMPLE_ESCAPES.get(c)
    if (simple !== undefined) {
      result += simple
    } else if (c >= 0x30 && c <= 0x37) {
      let value = c - 0x30
      for (let n = 0; n < 2 && i < end && isOctal(source.charCodeAt(i)); n++) value = value * 8 + source.charCodeAt(i++) - 0x30
      if (value > 0xff && !sawInvalid) {
        sawInvalid = true
        invalid(source.slice(i - 3, i))
      }
      result += String.fromCharCode(value)
    } else if (c === 0x78 || c === 0x75 || c === 0x55) {
      const digits = c === 0x78 ? 2 : c === 0x75 ? 4 : 8
      const stop = hexEnd(source, i, Math.min(end, i + digits))
      if (stop - i < digits) {
        const form = c === 0x78 ? '\\xXX' : c === 0x75 ? '\\uXXXX' : '\\UXXXXXXXX'
        throw decodeError(source, start, backslash, stop, `truncated ${form} escape`)
      }
      const value = parseInt(source.slice(i, stop), 16)
      if (value > 0x10ffff) throw decodeError(source, start, backslash, stop, 'illegal Unicode character')
      result += String.fromCodePoint(value)
      i = stop
    } else if (c === 0x4e) {
      let stop = i
      if (source.charCodeAt(i) !== 0x7b || i >= end) throw decodeError(source, start, backslash, i, 'malformed \\N character escape')
      stop = source.indexOf('}', i)
      if (stop < 0 || stop >= end || stop === i + 1) {
        throw decodeError(source, start, backslash, stop === i + 1 ? stop : end, 'malformed \\N character escape')
      }
      const code = codeOfName(source.slice(i + 1, stop))
      if (code < 0) throw decodeError(source, start, backslash, stop + 1, 'unknown Unicode character name')
      result += String.fromCodePoint(code)
      i = stop + 1
    } else {
      result += '\\'
      i--
      if (!sawInvalid && c < 128) {
        sawInvalid = true
        invalid(source.charAt(i))
      }
    }
  }
}

/** CPython's codec sees every non-ASCII character as ten bytes (`\UXXXXXXXX`), hence the odd positions. */
function decodeError(source: string, start: number, from: number, to: number, reason: string): LiteralError {
  const first = codecPosition(source, start, from)
  const last = codecPosition(source, start, to) - 1
  const where = first === last ? `byte 0x5c in position ${first}` : `bytes in position ${first}-${last}`
  return new LiteralError(`(unicode error) 'unicodeescape' codec can't decode ${where}: ${reason}`)
}

function codecPosition(source: string, start: number, index: number): number {
  let position = 0
  for (let i = start; i < index; i++) {
    const c = source.charCodeAt(i)
    if (c < 128) {
      position++
    } else {
      position += 10
      // After a backslash that escapes nothing: the backslash itself is spelt out too.
      if (i > start && source.charCodeAt(i - 1) === 0x5c && !isEscaped(source, start, i - 1)) position += 5
      if (c >= 0xd800 && c <= 0xdbff) i++
    }
  }
  return position
}

/** Whether the backslash at `index` is itself escaped. */
function isEscaped(source: string, start: number, index: number): boolean {
  let count = 0
  for (let i = index - 1; i >= start && source.charCodeAt(i) === 0x5c; i--) count++
  return count % 2 === 1
}

/** Decodes source[start, end), all ASCII, as the inside of a bytes literal. Mirrors _PyBytes_DecodeEscape. */
export function decodeByteEscapes(source: string, start: number, end: number, invalid: InvalidEscape): Uint8Array {
  const result = new Uint8Array(end - start)
  let length = 0
  let sawInvalid = false
  for (let i = start; i < end;) {
    let c = source.charCodeAt(i++)
    if (c !== 0x5c) {
      result[length++] = c
      continue
    }
    if (i >= end) throw new LiteralError('(value error) Trailing \\ in string')
    c = source.charCodeAt(i++)
    const simple = SIMPLE_ESCAPES.get(c)
    if (simple !== undefined) {
      if (simple !== '') result[length++] = simple.charCodeAt(0)
    } else if (c >= 0x30 && c <= 0x37) {
      let value = c - 0x30
      for (let n = 0; n < 2 && i < end && isOctal(source.charCodeAt(i)); n++) value = value * 8 + source.charCodeAt(i++) - 0x30
      if (value > 0xff && !sawInvalid) {
        sawInvalid = true
        invalid(source.slice(i - 3, i))
      }
      result[length++] = value
    } else if (c === 0x78) {
      if (hexEnd(source, i, Math.min(end, i + 2)) - i < 2) {
        throw new LiteralError(`(value error) invalid \\x escape at position ${i - 2 - start}`)
      }
      result[length++] = parseInt(source.slice(i, i + 2), 16)
      i += 2
    } else {
      result[length++] = 0x5c
      i--
      if (!sawInvalid) {
        sawInvalid = true
        invalid(source.charAt(i))
      }
    }
  }
  return result.slice(0, length)
}

function isOctal(c: number): boolean {
  return c >= 0x30 && c <= 0x37
}

function hexEnd(source: string, i: number, limit: number): number {
  while (i < limit) {
    const c = source.charCodeAt(i)
    const letter = c | 0x20
    if (!((c >= 0x30 && c <= 0x39) || (letter >= 0x61 && letter <= 0x66))) break
    i++
  }
  return i
}

