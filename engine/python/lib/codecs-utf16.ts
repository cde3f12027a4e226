// UTF-16 and UTF-32 (Objects/unicodeobject.c, Objects/stringlib/codecs.h). See codecs.ts for results and handlers.
//
// Byte order as in the C API: -1 little endian, 1 big endian, 0 "native" (little here): encoding writes a mark,
// decoding takes the order from one.
import { ByteWriter, CodecError, codePointsOf, isAsciiText, type Decoded, type DecodeHandler, type EncodeHandler } from './codecs'

export type ByteOrder = -1 | 0 | 1

export interface DecodedOrder extends Decoded {
  /** The order the data turned out to have; 0 if there was too little to tell. */
  order: ByteOrder
}

function writeUnit(out: ByteWriter, size: 2 | 4, big: boolean, code: number): void {
  if (big) {
    if (size === 4) {
      out.byte(code >>> 24)
      out.byte(code >>> 16)
    }
    out.byte(code >>> 8)
    out.byte(code)
  } else {
    out.byte(code)
    out.byte(code >>> 8)
    if (size === 4) {
      out.byte(code >>> 16)
      out.byte(code >>> 24)
    }
  }
}

function writeCode(out: ByteWriter, size: 2 | 4, big: boolean, code: number): void {
  if (size === 2 && code > 0xffff) {
    writeUnit(out, 2, big, 0xd7c0 + (code >> 10))
    writeUnit(out, 2, big, 0xdc00 | (code & 0x3ff))
  } else {
    writeUnit(out, size, big, code)
  }
}

// Mirrors _PyUnicode_EncodeUTF16 and _PyUnicode_EncodeUTF32, Objects/unicodeobject.c.
function encodeUnits(text: string, size: 2 | 4, order: ByteOrder, handler: EncodeHandler | null): Uint8Array | CodecError {
  const encoding = `utf-${size * 8}${order === 0 ? '' : order < 0 ? '-le' : '-be'}`
  const reason = 'surrogates not allowed'
  const big = order > 0
  const points = codePointsOf(text)
  const out = new ByteWriter(points.length * size + 4)
  if (order === 0) writeUnit(out, size, false, 0xfeff)
  for (let i = 0; i < points.length;) {
    const code = points[i]!
    if (code < 0xd800 || code >= 0xe000) {
      writeCode(out, size, big, code)
      i++
      continue
    }
    const replacement = handler === null ? null : handler(points, i, i + 1, reason, encoding)
    if (replacement === null) return new CodecError(encoding, i, i + 1, reason)
    if (typeof replacement.with === 'string') {
      if (!isAsciiText(replacement.with)) return new CodecError(encoding, i, i + 1, reason)
      for (let k = 0; k < replacement.with.length; k++) writeUnit(out, size, big, replacement.with.charCodeAt(k))
    } else {
      if (replacement.with.length % size !== 0) return new CodecError(encoding, i, i + 1, reason)
      out.all(replacement.with)
    }
    i = replacement.next
  }
  return out.done()
}

export function encodeUtf16(text: string, order: ByteOrder = 0, handler: EncodeHandler | null = null): Uint8Array | CodecError {
  return encodeUnits(text, 2, order, handler)
}

export function encodeUtf32(text: string, order: ByteOrder = 0, handler: EncodeHandler | null = null): Uint8Array | CodecError {
  return encodeUnits(text, 4, order, handler)
}

// Mirrors PyUnicode_DecodeUTF16Stateful, Objects/unicodeobject.c.
export function decodeUtf16(
  bytes: Uint8Array, order: ByteOrder = 0, handler: DecodeHandler | null = null, final = true,
): DecodedOrder | CodecError {
  let i = 0
  if (order === 0 && bytes.length >= 2) {
    const mark = bytes[0]! | (bytes[1]! << 8)
    if (mark === 0xfeff || mark === 0xfffe) {
      order = mark === 0xfeff ? -1 : 1
      i = 2
    }
  }
  const big = order > 0
  const encoding = big ? 'utf-16-be' : 'utf-16-le'
  const unit = (at: number) => big ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]! | (bytes[at + 1]! << 8)
  const n = bytes.length
  let text = ''
  while (i < n) {
    let end = i + 2
    let reason = ''
    if (n - i < 2) {
      if (!final) break
      reason = 'truncated data'
      end = n
    } else {
      const code = unit(i)
      if (code < 0xd800 || code >= 0xe000) {
        text += String.fromCharCode(code)
        i += 2
        continue
      }
      if (code >= 0xdc00) {
        reason = 'illegal encoding'
      } else if (n - i < 4) {
        if (!final) break
        reason = 'unexpected end of data'
        end = n
      } else {
        const low = unit(i + 2)
        if (low >= 0xdc00 && low < 0xe000) {
          text += String.fromCharCode(code, low)
          i += 4
          continue
        }
        reason = 'illegal UTF-16 surrogate'
      }
    }
    const replacement = handler === null ? null : handler(bytes, i, end, reason, encoding)
    if (replacement === null) return new CodecError(encoding, i, end, reason)
    text += replacement.with
    i = replacement.next
  }
  return { text, consumed: i, order }
}

// Mirrors PyUnicode_DecodeUTF32Stateful, Objects/unicodeobject.c.
export function decodeUtf32(
  bytes: Uint8Array, order: ByteOrder = 0, handler: DecodeHandler | null = null, final = true,
): DecodedOrder | CodecError {
  const n = bytes.length
  const read = (at: number, big: boolean) => big
    ? ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
    : ((bytes[at + 3]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!) >>> 0
  let i = 0
  if (order === 0 && n >= 4) {
    const mark = read(0, false)
    if (mark === 0xfeff || mark === 0xfffe0000) {
      order = mark === 0xfeff ? -1 : 1
      i = 4
    }
  }
  const big = order > 0
  const encoding = big ? 'utf-32-be' : 'utf-32-le'
  let text = ''
  while (i < n) {
    let end = i + 4
    let reason = ''
    if (n - i < 4) {
      if (!final) break
      reason = 'truncated data'
      end = n
    } else {
      const code = read(i, big)
      if (code >= 0xd800 && code < 0xe000) {
        reason = 'code point in surrogate code point range(0xd800, 0xe000)'
      } else if (code > 0x10ffff) {
        reason = 'code point not in range(0x110000)'
      } else {
        text += String.fromCodePoint(code)
        i += 4
        continue
      }
    }
    const replacement = handler === null ? null : handler(bytes, i, end, reason, encoding)
    if (replacement === null) return new CodecError(encoding, i, end, reason)
    text += replacement.with
    i = replacement.next
  }
  return { text, consumed: i, order }
}
