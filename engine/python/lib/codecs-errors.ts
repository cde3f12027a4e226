// The standard error handlers of codecs (Python/codecs.c): ignore, replace, xmlcharrefreplace, backslashreplace,
// namereplace, surrogateescape, surrogatepass. 'strict' is no handler at all.
import type { DecodeHandler, EncodeHandler } from './codecs'

/** The character's name for namereplace, null if it has none. */
export type NameOf = (code: number) => string | null

/** `\xhh`, `\uhhhh` or `\Uhhhhhhhh` */
export function backslashEscape(code: number): string {
  if (code < 0x100) return '\\x' + code.toString(16).padStart(2, '0')
  if (code < 0x10000) return '\\u' + code.toString(16).padStart(4, '0')
  return '\\U' + code.toString(16).padStart(8, '0')
}

function each(points: Uint32Array, start: number, end: number, show: (code: number) => string): { with: string, next: number } {
  let text = ''
  for (let i = start; i < end; i++) text += show(points[i]!)
  return { with: text, next: end }
}

const isSurrogate = (code: number) => code >= 0xd800 && code < 0xe000

// Mirrors get_standard_encoding, Python/codecs.c.
/** Width of the code unit and its order, for surrogatepass; null for an encoding that has no surrogates. */
function unitOf(encoding: string): { size: 2 | 3 | 4, little: boolean } | null {
  const name = encoding.toLowerCase().replaceAll('_', '-')
  const match = /^(?:utf-?(8|16|32)|cp(65001))(?:-?(le|be))?$/.exec(name)
  if (match === null) return null
  if (match[1] === '8' || match[2] !== undefined) return match[3] === undefined ? { size: 3, little: true } : null
  return { size: match[1] === '16' ? 2 : 4, little: match[3] !== 'be' }
}

// ---- encoding --------------------------------------------------------------------------------------------------------

const escapeSurrogates: EncodeHandler = (points, start, end) => {
  let i = start
  while (i < end && points[i]! >= 0xdc80 && points[i]! <= 0xdcff) i++
  if (i === start) return null
  return { with: Uint8Array.from(points.subarray(start, i), (code) => code - 0xdc00), next: i }
}

const passSurrogates: EncodeHandler = (points, start, end, _reason, encoding) => {
  const unit = unitOf(encoding)
  if (unit === null) return null
  const bytes = new Uint8Array((end - start) * unit.size)
  for (let i = start, at = 0; i < end; i++, at += unit.size) {
    const code = points[i]!
    if (!isSurrogate(code)) return null
    if (unit.size === 3) {
      bytes[at] = 0xe0 | (code >> 12)
      bytes[at + 1] = 0x80 | ((code >> 6) & 0x3f)
      bytes[at + 2] = 0x80 | (code & 0x3f)
    } else {
      const low = unit.little ? at : at + unit.size - 1
      bytes[low] = code
      bytes[unit.little ? low + 1 : low - 1] = code >> 8
    }
  }
  return { with: bytes, next: end }
}

/** The handler of this name for encoding; null for 'strict', undefined for a name that is none of the standard ones. */
export function standardEncodeHandler(name: string, nameOf: NameOf = () => null): EncodeHandler | null | undefined {
  switch (name) {
    case 'strict': return null
    case 'ignore': return (_points, _start, end) => ({ with: '', next: end })
    case 'replace': return (_points, start, end) => ({ with: '?'.repeat(end - start), next: end })
    case 'xmlcharrefreplace': return (points, start, end) => each(points, start, end, (code) => `&#${code};`)
    case 'backslashreplace': return (points, start, end) => each(points, start, end, backslashEscape)
    case 'namereplace': return (points, start, end) => each(points, start, end, (code) => {
      const character = nameOf(code)
      return character === null ? backslashEscape(code) : `\\N{${character}}`
    })
    case 'surrogateescape': return escapeSurrogates
    case 'surrogatepass': return passSurrogates
    default: return undefined
  }
}

// ---- decoding --------------------------------------------------------------------------------------------------------

const escapeBytes: DecodeHandler = (bytes, start, end) => {
  let text = ''
  let i = start
  for (; i < end && i < start + 4 && bytes[i]! >= 128; i++) text += String.fromCharCode(0xdc00 + bytes[i]!)
  return i === start ? null : { with: text, next: i }
}

const passBytes: DecodeHandler = (bytes, start, _end, _reason, encoding) => {
  const unit = unitOf(encoding)
  if (unit === null || bytes.length - start < unit.size) return null
  const [a, b, c, d] = [bytes[start]!, bytes[start + 1]!, bytes[start + 2]!, bytes[start + 3]!]
  let code = 0
  if (unit.size === 3) {
    if ((a & 0xf0) === 0xe0 && (b & 0xc0) === 0x80 && (c & 0xc0) === 0x80) code = ((a & 0x0f) << 12) | ((b & 0x3f) << 6) | (c & 0x3f)
  } else if (unit.size === 2) {
    code = unit.little ? a | (b << 8) : b | (a << 8)
  } else {
    code = unit.little ? (a | (b << 8) | (c << 16) | (d << 24)) >>> 0 : (d | (c << 8) | (b << 16) | (a << 24)) >>> 0
  }
  return isSurrogate(code) ? { with: String.fromCharCode(code), next: start + unit.size } : null
}

/** The same for decoding; xmlcharrefreplace and namereplace cannot decode (TypeError) and are undefined here. */
export function standardDecodeHandler(name: string): DecodeHandler | null | undefined {
  switch (name) {
    case 'strict': return null
    case 'ignore': return (_bytes, _start, end) => ({ with: '', next: end })
    case 'replace': return (_bytes, _start, end) => ({ with: '\ufffd', next: end })
    case 'backslashreplace': return (bytes, start, end) => ({
      with: Array.from(bytes.subarray(start, end), backslashEscape).join(''), next: end,
    })
    case 'surrogateescape': return escapeBytes
    case 'surrogatepass': return passBytes
    default: return undefined
  }
}
