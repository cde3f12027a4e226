// Python's repr of constants, for dumps.
import { isPrintable } from '../lib/unicode-data'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue } from './constant'

export function constantRepr(value: ConstantValue): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === ELLIPSIS) return 'Ellipsis'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return stringRepr(value)
  if (value instanceof FloatValue) return floatRepr(value.value)
  if (value instanceof ComplexValue) return complexRepr(value)
  if (value instanceof BytesValue) return bytesRepr(value.bytes)
  if (value instanceof TupleValue) return `(${value.items.map(constantRepr).join(', ')}${value.items.length === 1 ? ',' : ''})`
  if (value instanceof FrozensetValue) {
    return value.items.length === 0 ? 'frozenset()' : `frozenset({${value.items.map(constantRepr).join(', ')}})`
  }
  throw new TypeError('not a constant')
}

/** Mirrors unicode_repr: single quotes unless only those occur inside. */
export function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let plain = true
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x20 || c >= 0x7f || c === 0x5c || c === quote.charCodeAt(0)) {
      plain = false
      break
    }
  }
  if (plain) return quote + text + quote
  let body = ''
  for (const character of text) {
    const c = character.codePointAt(0)!
    if (character === quote || character === '\\') body += '\\' + character
    else if (c === 0x0a) body += '\\n'
    else if (c === 0x0d) body += '\\r'
    else if (c === 0x09) body += '\\t'
    else if (c >= 0x20 && c < 0x7f) body += character
    else if (c >= 0x80 && isPrintable(c)) body += character
    else if (c < 0x100) body += '\\x' + hex(c, 2)
    else if (c < 0x10000) body += '\\u' + hex(c, 4)
    else body += '\\U' + hex(c, 8)
  }
  return quote + body + quote
}

function hex(c: number, width: number): string {
  return c.toString(16).padStart(width, '0')
}

/** Mirrors bytes_repr. */
function bytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'"
  let body = ''
  for (const c of bytes) {
    if (c === quote.charCodeAt(0) || c === 0x5c) body += '\\' + String.fromCharCode(c)
    else if (c === 0x09) body += '\\t'
    else if (c === 0x0a) body += '\\n'
    else if (c === 0x0d) body += '\\r'
    else if (c < 0x20 || c >= 0x7f) body += '\\x' + hex(c, 2)
    else body += String.fromCharCode(c)
  }
  return `b${quote}${body}${quote}`
}

/** Mirrors float_repr: the shortest digits that read back, an exponent from 1e16 up and below 1e-4. */
function floatRepr(value: number): string {
  const text = shortestRepr(value)
  return /^-?\d+$/.test(text) ? text + '.0' : text
}

/** JavaScript finds the same shortest digits; only their layout differs. */
function shortestRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e')
  const digits = mantissa!.replace('.', '')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? '.' + digits.slice(1) : ''
    return `${sign}${digits[0]!}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/** Mirrors complex_repr. */
function complexRepr({ real, imag }: ComplexValue): string {
  if (Object.is(real, 0)) return shortestRepr(imag) + 'j'
  const imagText = shortestRepr(imag)
  return `(${shortestRepr(real)}${imagText.startsWith('-') ? '' : '+'}${imagText}j)`
}
