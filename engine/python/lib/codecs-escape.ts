// unicode_escape, raw_unicode_escape and the escapes of bytes (Objects/unicodeobject.c, Objects/bytesobject.c).
// See codecs.ts for results and handlers.
import { ByteWriter, CodecError, latin1Text, type Decoded, type DecodeHandler } from './codecs'
import { backslashEscape } from './codecs-errors'

/** The code point of a character name for \N{…}, -1 if there is none. */
export type CodeOf = (name: string) => number

export interface DecodedEscapes extends Decoded {
  /** Position of the first backslash before a character that is no escape (DeprecationWarning), -1 if none. */
  firstInvalidEscape: number
}

const SIMPLE = new Map([['"', '"'], ["'", "'"], ['\\', '\\'], ['\n', ''], ['b', '\b'], ['t', '\t'], ['n', '\n'], ['f', '\f'], ['r', '\r'],
  ['v', '\v'], ['a', '\x07']])

const isOctal = (c: string | undefined) => c !== undefined && c >= '0' && c <= '7'

// Mirrors _PyUnicode_DecodeUnicodeEscapeInternal, Objects/unicodeobject.c.
export function decodeUnicodeEscape(
  bytes: Uint8Array, handler: DecodeHandler | null = null, final = true, codeOf: CodeOf = () => -1,
): DecodedEscapes | CodecError {
  const s = latin1Text(bytes)
  const n = s.length
  let text = ''
  let firstInvalidEscape = -1
  for (let i = 0; i < n;) {
    const slash = s.indexOf('\\', i)
    if (slash < 0) {
      text += s.slice(i)
      break
    }
    text += s.slice(i, slash)
    i = slash + 1
    let reason = ''
    if (i >= n) {
      if (!final) return { text, consumed: slash, firstInvalidEscape }
      reason = '\\ at end of string'
    } else {
      const c = s[i++]!
      const simple = SIMPLE.get(c)
      if (simple !== undefined) {
        text += simple
        continue
      }
      if (isOctal(c)) {
        let code = Number(c)
        for (let k = 0; k < 2 && isOctal(s[i]); k++) code = code * 8 + Number(s[i++])
        if (code > 0o377 && firstInvalidEscape < 0) firstInvalidEscape = slash
        text += String.fromCharCode(code)
        continue
      }
      const digits = c === 'x' ? 2 : c === 'u' ? 4 : c === 'U' ? 8 : 0
      if (digits > 0) {
        let code = 0
        let seen = 0
        for (; seen < digits && i < n; seen++, i++) {
          const value = parseInt(s[i]!, 16)
          if (Number.isNaN(value)) break
          code = code * 16 + value
        }
        if (seen === digits) {
          if (code <= 0x10ffff) {
            text += String.fromCodePoint(code)
            continue
          }
          reason = 'illegal Unicode character'
        } else {
          if (i >= n && !final) return { text, consumed: slash, firstInvalidEscape }
          reason = c === 'x' ? 'truncated \\xXX escape' : c === 'u' ? 'truncated \\uXXXX escape' : 'truncated \\UXXXXXXXX escape'
        }
      } else if (c === 'N') {
        reason = 'malformed \\N character escape'
        if (i >= n) {
          if (!final) return { text, consumed: slash, firstInvalidEscape }
        } else if (s[i] === '{') {
          const start = ++i
          while (i < n && s[i] !== '}') i++
          if (i >= n) {
            if (!final) return { text, consumed: slash, firstInvalidEscape }
          } else if (i > start) {
            const code = codeOf(s.slice(start, i++))
            if (code >= 0) {
              text += String.fromCodePoint(code)
              continue
            }
            reason = 'unknown Unicode character name'
          }
        }
      } else {
        if (firstInvalidEscape < 0) firstInvalidEscape = slash
        text += '\\' + c
        continue
      }
    }
    const replacement = handler === null ? null : handler(bytes, slash, i, reason, 'unicodeescape')
    if (replacement === null) return new CodecError('unicodeescape', slash, i, reason)
    text += replacement.with
    i = replacement.next
  }
  return { text, consumed: n, firstInvalidEscape }
}

// Mirrors PyUnicode_AsUnicodeEscapeString, Objects/unicodeobject.c.
export function encodeUnicodeEscape(text: string): Uint8Array {
  const out = new ByteWriter(text.length)
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code === 92) out.latin1('\\\\')
    else if (code >= 32 && code < 127) out.byte(code)
    else if (code === 9) out.latin1('\\t')
    else if (code === 10) out.latin1('\\n')
    else if (code === 13) out.latin1('\\r')
    else out.latin1(backslashEscape(code))
  }
  return out.done()
}

// Mirrors _PyUnicode_DecodeRawUnicodeEscapeStateful, Objects/unicodeobject.c.
export function decodeRawUnicodeEscape(bytes: Uint8Array, handler: DecodeHandler | null = null, final = true): Decoded | CodecError {
  const s = latin1Text(bytes)
  const n = s.length
  let text = ''
  for (let i = 0; i < n;) {
    const slash = s.indexOf('\\', i)
    if (slash < 0) {
      text += s.slice(i)
      break
    }
    text += s.slice(i, slash)
    i = slash + 1
    if (i >= n) {
      if (!final) return { text, consumed: slash }
      text += '\\'
      break
    }
    const c = s[i++]!
    const digits = c === 'u' ? 4 : c === 'U' ? 8 : 0
    if (digits === 0) {
      text += '\\' + c
      continue
    }
    let code = 0
    let seen = 0
    for (; seen < digits && i < n; seen++, i++) {
      const value = parseInt(s[i]!, 16)
      if (Number.isNaN(value)) break
      code = code * 16 + value
    }
    let reason: string
    if (seen === digits) {
      if (code <= 0x10ffff) {
        text += String.fromCodePoint(code)
        continue
      }
      reason = '\\Uxxxxxxxx out of range'
    } else {
      if (i >= n && !final) return { text, consumed: slash }
      reason = c === 'u' ? 'truncated \\uXXXX escape' : 'truncated \\UXXXXXXXX escape'
    }
    const replacement = handler === null ? null : handler(bytes, slash, i, reason, 'rawunicodeescape')
    if (replacement === null) return new CodecError('rawunicodeescape', slash, i, reason)
    text += replacement.with
    i = replacement.next
  }
  return { text, consumed: n }
}

// Mirrors PyUnicode_AsRawUnicodeEscapeString, Objects/unicodeobject.c.
export function encodeRawUnicodeEscape(text: string): Uint8Array {
  const out = new ByteWriter(text.length)
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 256) out.byte(code)
    else out.latin1(backslashEscape(code))
  }
  return out.done()
}

// ---- bytes -------------------------------------------------------------------------------------------------------------

export interface UnescapedBytes {
  bytes: Uint8Array
  firstInvalidEscape: number
}

// Mirrors _PyBytes_DecodeEscape, Objects/bytesobject.c.
/**
 * The escapes of a bytes literal and of codecs.escape_decode. Fails with the message of a ValueError: 'Trailing \ in
 * string', or 'invalid \x escape at position %zd', which errors 'ignore' and 'replace' avoid.
 */
export function decodeBytesEscape(bytes: Uint8Array, errors = 'strict'): UnescapedBytes | string {
  const s = latin1Text(bytes)
  const n = s.length
  const out = new ByteWriter(n)
  let firstInvalidEscape = -1
  for (let i = 0; i < n;) {
    const c = s[i++]!
    if (c !== '\\') {
      out.byte(c.charCodeAt(0))
      continue
    }
    if (i >= n) return 'Trailing \\ in string'
    const e = s[i++]!
    const simple = SIMPLE.get(e)
    if (simple !== undefined) {
      out.latin1(simple)
    } else if (isOctal(e)) {
      let code = Number(e)
      for (let k = 0; k < 2 && isOctal(s[i]); k++) code = code * 8 + Number(s[i++])
      if (code > 0o377 && firstInvalidEscape < 0) firstInvalidEscape = i - 4
      out.byte(code & 0xff)
    } else if (e === 'x') {
      const high = i < n ? parseInt(s[i]!, 16) : NaN
      const low = i + 1 < n ? parseInt(s[i + 1]!, 16) : NaN
      if (!Number.isNaN(high) && !Number.isNaN(low)) {
        out.byte(high * 16 + low)
        i += 2
        continue
      }
      if (errors === 'strict') return `invalid \\x escape at position ${i - 2}`
      if (errors === 'replace') out.byte(63)
      else if (errors !== 'ignore') return `decoding error; unknown error handling code: ${errors}`
      if (!Number.isNaN(high)) i++
    } else {
      if (firstInvalidEscape < 0) firstInvalidEscape = i - 2
      out.byte(92)
      out.byte(e.charCodeAt(0))
    }
  }
  return { bytes: out.done(), firstInvalidEscape }
}

// Mirrors _codecs_escape_encode_impl, Modules/_codecsmodule.c.
/** codecs.escape_encode: like repr of bytes without quotes, with ' escaped. */
export function encodeBytesEscape(bytes: Uint8Array): Uint8Array {
  const out = new ByteWriter(bytes.length)
  for (const byte of bytes) {
    if (byte === 39 || byte === 92) {
      out.byte(92)
      out.byte(byte)
    } else if (byte >= 32 && byte < 127) {
      out.byte(byte)
    } else if (byte === 9) {
      out.latin1('\\t')
    } else if (byte === 10) {
      out.latin1('\\n')
    } else if (byte === 13) {
      out.latin1('\\r')
    } else {
      out.latin1('\\x' + byte.toString(16).padStart(2, '0'))
    }
  }
  return out.done()
}
