// UTF-7 (Objects/unicodeobject.c). See codecs.ts for results and handlers.
import { ByteWriter, CodecError, type Decoded, type DecodeHandler } from './codecs'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUE = new Int8Array(256).fill(-1)
for (let i = 0; i < 64; i++) VALUE[BASE64.charCodeAt(i)] = i

/** Characters that may stand for themselves, the optional ones included: ENCODE_DIRECT as PyUnicode_EncodeUTF7 is called. */
function isDirect(unit: number): boolean {
  if (unit === 9 || unit === 10 || unit === 13) return true
  return unit >= 32 && unit < 126 && unit !== 43 && unit !== 92
}

// Mirrors _PyUnicode_EncodeUTF7.
export function encodeUtf7(text: string): Uint8Array {
  const out = new ByteWriter(text.length * 2)
  let shifted = false
  let bits = 0
  let buffer = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (isDirect(unit)) {
      if (shifted) {
        if (bits > 0) out.byte(BASE64.charCodeAt((buffer << (6 - bits)) & 63))
        bits = buffer = 0
        shifted = false
        // A character outside base 64 ends the section by itself.
        if (VALUE[unit]! >= 0 || unit === 45) out.byte(45)
      }
      out.byte(unit)
      continue
    }
    if (!shifted) {
      out.byte(43)
      if (unit === 43) {
        out.byte(45)
        continue
      }
      shifted = true
    }
    buffer = (buffer << 16) | unit
    for (bits += 16; bits >= 6; bits -= 6) out.byte(BASE64.charCodeAt((buffer >>> (bits - 6)) & 63))
    buffer &= (1 << bits) - 1
  }
  if (bits > 0) out.byte(BASE64.charCodeAt((buffer << (6 - bits)) & 63))
  if (shifted) out.byte(45)
  return out.done()
}

// Mirrors PyUnicode_DecodeUTF7Stateful.
export function decodeUtf7(bytes: Uint8Array, handler: DecodeHandler | null = null, final = true): Decoded | CodecError {
  const n = bytes.length
  let text = ''
  let i = 0
  let start = 0
  let shifted = false
  /** Length of `text` where the section began, to back off an unfinished one. */
  let shiftedAt = 0
  let surrogate = 0
  let bits = 0
  let buffer = 0
  for (;;) {
    let reason = ''
    if (i >= n) {
      if (!shifted || !final) break
      shifted = false
      if (surrogate === 0 && bits < 6 && (bits === 0 || buffer === 0)) break
      reason = 'unterminated shift sequence'
    } else {
      const byte = bytes[i]!
      if (shifted && VALUE[byte]! >= 0) {
        buffer = (buffer << 6) | VALUE[byte]!
        bits += 6
        i++
        if (bits >= 16) {
          const unit = buffer >>> (bits - 16)
          bits -= 16
          buffer &= (1 << bits) - 1
          if (surrogate !== 0) {
            text += String.fromCharCode(surrogate)
            surrogate = 0
            if (unit >= 0xdc00 && unit < 0xe000) {
              text += String.fromCharCode(unit)
              continue
            }
          }
          if (unit >= 0xd800 && unit < 0xdc00) surrogate = unit
          else text += String.fromCharCode(unit)
        }
        continue
      }
      if (shifted) {
        shifted = false
        if (bits >= 6) reason = 'partial character in shift sequence'
        else if (bits > 0 && buffer !== 0) reason = 'non-zero padding bits in shift sequence'
        if (reason === '') {
          if (surrogate !== 0 && byte < 128 && byte !== 43) text += String.fromCharCode(surrogate)
          surrogate = 0
          if (byte === 45) i++
          continue
        }
        i++
      } else if (byte === 43) {
        start = i++
        if (i < n && bytes[i] === 45) {
          text += '+'
          i++
          continue
        }
        if (i >= n || VALUE[bytes[i]!]! >= 0) {
          shifted = true
          shiftedAt = text.length
          surrogate = bits = buffer = 0
          continue
        }
        i++
        reason = 'ill-formed sequence'
      } else if (byte < 128) {
        text += String.fromCharCode(byte)
        i++
        continue
      } else {
        start = i++
        reason = 'unexpected special character'
      }
    }
    const replacement = handler === null ? null : handler(bytes, start, i, reason, 'utf7')
    if (replacement === null) return new CodecError('utf7', start, i, reason)
    text += replacement.with
    i = replacement.next
  }
  return shifted ? { text: text.slice(0, shiftedAt), consumed: start } : { text, consumed: n }
}
