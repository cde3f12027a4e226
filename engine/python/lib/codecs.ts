// Encoding and decoding of text: what all codecs share, and UTF-8, ASCII, Latin-1 (Objects/unicodeobject.c).
// UTF-16/32 are in codecs-utf16.ts, tables in codecs-charmap.ts, escapes in codecs-escape.ts, UTF-7 in codecs-utf7.ts,
// the standard error handlers in codecs-errors.ts.
//
// Text is a JavaScript string; positions in text count code points, in bytes bytes. What cannot be converted goes to an
// error handler; without one ('strict'), or where the handler gives null, the result is a CodecError: the arguments of
// UnicodeEncodeError or UnicodeDecodeError. A handler that raised a Python exception gives null too, and the caller
// knows that one is set.

export class CodecError {
  readonly encoding: string
  readonly start: number
  readonly end: number
  readonly reason: string

  constructor(encoding: string, start: number, end: number, reason: string) {
    this.encoding = encoding
    this.start = start
    this.end = end
    this.reason = reason
  }
}

/** What stands in for points[start … end), and the position to go on from. Text goes through the codec, bytes do not. */
export interface EncodeReplacement {
  with: string | Uint8Array
  next: number
}
export type EncodeHandler = (
  points: Uint32Array, start: number, end: number, reason: string, encoding: string,
) => EncodeReplacement | null

/** What stands in for bytes[start … end), and the position to go on from. */
export interface DecodeReplacement {
  with: string
  next: number
}
export type DecodeHandler = (
  bytes: Uint8Array, start: number, end: number, reason: string, encoding: string,
) => DecodeReplacement | null

/** `consumed` is less than all bytes where an incomplete sequence at the end waits for more (final = false). */
export interface Decoded {
  text: string
  consumed: number
}

// ---- tools of the codecs -------------------------------------------------------------------------------------------

/** The code points of a text; a lone surrogate is one. */
export function codePointsOf(text: string): Uint32Array {
  const points = new Uint32Array(text.length)
  let n = 0
  for (let i = 0; i < text.length; n++) {
    const code = text.codePointAt(i)!
    points[n] = code
    i += code > 0xffff ? 2 : 1
  }
  return points.subarray(0, n)
}

/** Bytes that grow. */
export class ByteWriter {
  private bytes: Uint8Array<ArrayBuffer>
  length = 0

  constructor(expected: number) {
    this.bytes = new Uint8Array(Math.max(expected, 16))
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(1)
    this.bytes[this.length++] = value
  }

  all(values: Uint8Array): void {
    if (this.length + values.length > this.bytes.length) this.grow(values.length)
    this.bytes.set(values, this.length)
    this.length += values.length
  }

  /** Units below 256 of a text. */
  latin1(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i))
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length)
  }

  private grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + by))
    larger.set(this.bytes)
    this.bytes = larger
  }
}

/** Text of bytes, one unit each. */
export function latin1Text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start < 64) {
    let text = ''
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
    return text
  }
  const parts: string[] = []
  for (let i = start; i < end; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, Math.min(i + 8192, end))))
  return parts.join('')
}

const NOT_ASCII = /[^\x00-\x7f]/
const NOT_LATIN1 = /[^\x00-\xff]/

/** Is every unit below 128? */
export function isAsciiText(text: string): boolean {
  return !NOT_ASCII.test(text)
}

function unitsBelow256(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** The number of leading bytes below 128 from `start` on. */
function asciiRun(bytes: Uint8Array, start: number): number {
  let i = start
  while (i < bytes.length && bytes[i]! < 128) i++
  return i - start
}

// ---- ASCII and Latin-1 ------------------------------------------------------------------------------------------------

// Mirrors unicode_encode_ucs1, Objects/unicodeobject.c.
function encodeBelow(text: string, limit: 128 | 256, handler: EncodeHandler | null): Uint8Array<ArrayBuffer> | CodecError {
  if (!(limit === 128 ? NOT_ASCII : NOT_LATIN1).test(text)) return unitsBelow256(text)
  const encoding = limit === 128 ? 'ascii' : 'latin-1'
  const reason = limit === 128 ? 'ordinal not in range(128)' : 'ordinal not in range(256)'
  const points = codePointsOf(text)
  const out = new ByteWriter(points.length)
  for (let i = 0; i < points.length;) {
    if (points[i]! < limit) {
      out.byte(points[i++]!)
      continue
    }
    let end = i + 1
    while (end < points.length && points[end]! >= limit) end++
    const replacement = handler === null ? null : handler(points, i, end, reason, encoding)
    if (replacement === null) return new CodecError(encoding, i, end, reason)
    if (typeof replacement.with === 'string') {
      if ((limit === 128 ? NOT_ASCII : NOT_LATIN1).test(replacement.with)) return new CodecError(encoding, i, end, reason)
      out.latin1(replacement.with)
    } else {
      out.all(replacement.with)
    }
    i = replacement.next
  }
  return out.done()
}

export function encodeAscii(text: string, handler: EncodeHandler | null = null): Uint8Array<ArrayBuffer> | CodecError {
  return encodeBelow(text, 128, handler)
}

export function encodeLatin1(text: string, handler: EncodeHandler | null = null): Uint8Array<ArrayBuffer> | CodecError {
  return encodeBelow(text, 256, handler)
}

// Mirrors PyUnicode_DecodeASCII, Objects/unicodeobject.c.
export function decodeAscii(bytes: Uint8Array, handler: DecodeHandler | null = null): Decoded | CodecError {
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const run = asciiRun(bytes, i)
    text += latin1Text(bytes, i, i + run)
    i += run
    if (i === bytes.length) break
    const reason = 'ordinal not in range(128)'
    const replacement = handler === null ? null : handler(bytes, i, i + 1, reason, 'ascii')
    if (replacement === null) return new CodecError('ascii', i, i + 1, reason)
    text += replacement.with
    i = replacement.next
  }
  return { text, consumed: bytes.length }
}

export function decodeLatin1(bytes: Uint8Array): Decoded {
  return { text: latin1Text(bytes), consumed: bytes.length }
}

// ---- UTF-8 -----------------------------------------------------------------------------------------------------------

const utf8Encoder = new TextEncoder()

/** UTF-8 of a text without lone surrogates in it; null if it has some. */
export function utf8OrNull(text: string): Uint8Array | null {
  return text.isWellFormed() ? utf8Encoder.encode(text) : null
}

function writeUtf8(out: ByteWriter, code: number): void {
  if (code < 0x80) {
    out.byte(code)
  } else if (code < 0x800) {
    out.byte(0xc0 | (code >> 6))
    out.byte(0x80 | (code & 0x3f))
  } else {
    if (code < 0x10000) {
      out.byte(0xe0 | (code >> 12))
    } else {
      out.byte(0xf0 | (code >> 18))
      out.byte(0x80 | ((code >> 12) & 0x3f))
    }
    out.byte(0x80 | ((code >> 6) & 0x3f))
    out.byte(0x80 | (code & 0x3f))
  }
}

// Mirrors utf8_encoder, Objects/stringlib/codecs.h.
export function encodeUtf8(text: string, handler: EncodeHandler | null = null): Uint8Array | CodecError {
  if (text.isWellFormed()) return utf8Encoder.encode(text)
  const reason = 'surrogates not allowed'
  const points = codePointsOf(text)
  const out = new ByteWriter(points.length * 2)
  for (let i = 0; i < points.length;) {
    const code = points[i]!
    if (code < 0xd800 || code >= 0xe000) {
      writeUtf8(out, code)
      i++
      continue
    }
    let end = i + 1
    while (end < points.length && points[end]! >= 0xd800 && points[end]! < 0xe000) end++
    const replacement = handler === null ? null : handler(points, i, end, reason, 'utf-8')
    if (replacement === null) return new CodecError('utf-8', i, end, reason)
    if (typeof replacement.with === 'string') {
      if (!isAsciiText(replacement.with)) return new CodecError('utf-8', i, end, reason)
      out.latin1(replacement.with)
    } else {
      out.all(replacement.with)
    }
    i = replacement.next
  }
  return out.done()
}

const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

// Mirrors unicode_decode_utf8, Objects/unicodeobject.c, and utf8_decode, Objects/stringlib/codecs.h.
export function decodeUtf8(bytes: Uint8Array, handler: DecodeHandler | null = null, final = true): Decoded | CodecError {
  const run = asciiRun(bytes, 0)
  if (run === bytes.length) return { text: latin1Text(bytes), consumed: run }
  try {
    return { text: utf8Decoder.decode(bytes), consumed: bytes.length }
  } catch {
    return decodeFaultyUtf8(bytes, handler, final)
  }
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80

/**
 * Length of the well-formed sequence at `i`, or what is wrong with it: 0 it is cut short by the end, -1 the first byte
 * cannot start one, -2, -3, -4 the second, third, fourth byte cannot continue it.
 */
function utf8Sequence(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!
  const left = bytes.length - i
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return -1
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (left < 2) return 0
  const second = bytes[i + 1]!
  if (!isContinuation(second)) return -2
  // Overlong forms, surrogates, and what is beyond U+10FFFF.
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second >= 0xa0) || (first === 0xf0 && second < 0x90) ||
      (first === 0xf4 && second >= 0x90)) return -2
  if (length === 2) return 2
  if (left < 3) return 0
  if (!isContinuation(bytes[i + 2]!)) return -3
  if (length === 3) return 3
  if (left < 4) return 0
  return isContinuation(bytes[i + 3]!) ? 4 : -4
}

function decodeFaultyUtf8(bytes: Uint8Array, handler: DecodeHandler | null, final: boolean): Decoded | CodecError {
  let text = ''
  let good = 0
  let i = 0
  while (i < bytes.length) {
    const length = utf8Sequence(bytes, i)
    if (length > 0) {
      i += length
      continue
    }
    if (i > good) text += utf8Decoder.decode(bytes.subarray(good, i))
    if (length === 0 && !final) return { text, consumed: i }
    const end = length === 0 ? bytes.length : length === -1 ? i + 1 : i - length - 1
    const reason = length === 0 ? 'unexpected end of data' : length === -1 ? 'invalid start byte' : 'invalid continuation byte'
    const replacement = handler === null ? null : handler(bytes, i, end, reason, 'utf-8')
    if (replacement === null) return new CodecError('utf-8', i, end, reason)
    text += replacement.with
    good = i = replacement.next
  }
  if (i > good) text += utf8Decoder.decode(bytes.subarray(good, i))
  return { text, consumed: bytes.length }
}
