// The charmap codec under cp1252, iso8859-x and the like (Objects/unicodeobject.c). See codecs.ts for results and handlers.
import { ByteWriter, CodecError, codePointsOf, type Decoded, type DecodeHandler, type EncodeHandler } from './codecs'

/** A lookup in a mapping object that raised something other than LookupError. */
export const CHARMAP_FAILED = Symbol('charmap lookup failed')

const REASON = 'character maps to <undefined>'

// Mirrors charmap_decode_string, Objects/unicodeobject.c.
/** Decodes by a table: character n of `table` stands for byte n; U+FFFE, or none, is undefined. */
export function decodeCharmapTable(bytes: Uint8Array, table: string, handler: DecodeHandler | null = null): Decoded | CodecError {
  const points = codePointsOf(table)
  return decodeCharmap(bytes, (byte) => {
    const code = points[byte]
    return code === undefined || code === 0xfffe ? null : String.fromCodePoint(code)
  }, handler) as Decoded | CodecError
}

// Mirrors charmap_decode_mapping, Objects/unicodeobject.c.
/** Decodes by a function from byte to text, null for undefined. CHARMAP_FAILED ends it and is the result. */
export function decodeCharmap(
  bytes: Uint8Array, lookup: (byte: number) => string | null | typeof CHARMAP_FAILED, handler: DecodeHandler | null = null,
): Decoded | CodecError | typeof CHARMAP_FAILED {
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const piece = lookup(bytes[i]!)
    if (piece === CHARMAP_FAILED) return CHARMAP_FAILED
    if (piece !== null) {
      text += piece
      i++
      continue
    }
    const replacement = handler === null ? null : handler(bytes, i, i + 1, REASON, 'charmap')
    if (replacement === null) return new CodecError('charmap', i, i + 1, REASON)
    text += replacement.with
    i = replacement.next
  }
  return { text, consumed: bytes.length }
}

// Mirrors PyUnicode_BuildEncodingMap, Objects/unicodeobject.c.
/** codecs.charmap_build: code point to byte, from a decoding table of at most 256 characters. */
export function buildEncodingMap(table: string): Map<number, number> {
  const map = new Map<number, number>()
  codePointsOf(table).forEach((code, byte) => {
    if (byte < 256 && code !== 0xfffe) map.set(code, byte)
  })
  return map
}

export type CharmapEncodeLookup = (code: number) => number | Uint8Array | null | typeof CHARMAP_FAILED

// Mirrors _PyUnicode_EncodeCharmap and charmap_encoding_error, Objects/unicodeobject.c.
/** Encodes by a function from code point to a byte or bytes, null for undefined. A handler's text is encoded the same way. */
export function encodeCharmap(text: string, lookup: CharmapEncodeLookup, handler: EncodeHandler | null = null): Uint8Array | CodecError | typeof CHARMAP_FAILED {
  const points = codePointsOf(text)
  const out = new ByteWriter(points.length)
  const write = (code: number): boolean | typeof CHARMAP_FAILED => {
    const piece = lookup(code)
    if (piece === CHARMAP_FAILED) return CHARMAP_FAILED
    if (piece === null) return false
    if (typeof piece === 'number') out.byte(piece)
    else out.all(piece)
    return true
  }
  for (let i = 0; i < points.length;) {
    const written = write(points[i]!)
    if (written === CHARMAP_FAILED) return CHARMAP_FAILED
    if (written) {
      i++
      continue
    }
    let end = i + 1
    while (end < points.length) {
      const piece = lookup(points[end]!)
      if (piece === CHARMAP_FAILED) return CHARMAP_FAILED
      if (piece !== null) break
      end++
    }
    const replacement = handler === null ? null : handler(points, i, end, REASON, 'charmap')
    if (replacement === null) return new CodecError('charmap', i, end, REASON)
    if (typeof replacement.with === 'string') {
      for (const code of codePointsOf(replacement.with)) {
        const done = write(code)
        if (done === CHARMAP_FAILED) return CHARMAP_FAILED
        if (!done) return new CodecError('charmap', i, end, REASON)
      }
    } else {
      out.all(replacement.with)
    }
    i = replacement.next
  }
  return out.done()
}
