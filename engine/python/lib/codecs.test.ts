import { expect, test } from 'vitest'
import {
  CodecError, decodeAscii, decodeLatin1, decodeUtf8, encodeAscii, encodeLatin1, encodeUtf8, type Decoded, type DecodeHandler, type EncodeHandler,
} from './codecs'
import { buildEncodingMap, decodeCharmapTable, encodeCharmap } from './codecs-charmap'
import { standardDecodeHandler, standardEncodeHandler } from './codecs-errors'
import {
  decodeBytesEscape, decodeRawUnicodeEscape, decodeUnicodeEscape, encodeBytesEscape, encodeRawUnicodeEscape, encodeUnicodeEscape,
} from './codecs-escape'
import { decodeUtf16, decodeUtf32, encodeUtf16, encodeUtf32 } from './codecs-utf16'
import { decodeUtf7, encodeUtf7 } from './codecs-utf7'
import { golden as load } from './testing'

type Failure = [string, number, number, string]
const golden = load<{
  encodes: [string, string, string, string | Failure][], decodes: [string, string, string, string | Failure][]
  partial: [string, string, { t: string, n: number } | Failure][], cp1252: string
  escapes: [string, string, string | { m: string }][], escaped: [string, string][]
}>('codecs')

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const cp1252 = buildEncodingMap(golden.cp1252)

const encoders: Record<string, (text: string, handler: EncodeHandler | null) => Uint8Array | CodecError> = {
  'utf-8': encodeUtf8, ascii: encodeAscii, 'latin-1': encodeLatin1,
  'utf-16': (t, h) => encodeUtf16(t, 0, h), 'utf-16-le': (t, h) => encodeUtf16(t, -1, h), 'utf-16-be': (t, h) => encodeUtf16(t, 1, h),
  'utf-32': (t, h) => encodeUtf32(t, 0, h), 'utf-32-le': (t, h) => encodeUtf32(t, -1, h), 'utf-32-be': (t, h) => encodeUtf32(t, 1, h),
  'utf-7': encodeUtf7, unicode_escape: encodeUnicodeEscape, raw_unicode_escape: encodeRawUnicodeEscape,
  cp1252: (t, h) => encodeCharmap(t, (code) => cp1252.get(code) ?? null, h) as Uint8Array | CodecError,
}
const decoders: Record<string, (bytes: Uint8Array, handler: DecodeHandler | null, final: boolean) => Decoded | CodecError> = {
  'utf-8': decodeUtf8, ascii: decodeAscii, 'latin-1': decodeLatin1,
  'utf-16': (b, h, f) => decodeUtf16(b, 0, h, f), 'utf-16-le': (b, h, f) => decodeUtf16(b, -1, h, f), 'utf-16-be': (b, h, f) => decodeUtf16(b, 1, h, f),
  'utf-32': (b, h, f) => decodeUtf32(b, 0, h, f), 'utf-32-le': (b, h, f) => decodeUtf32(b, -1, h, f), 'utf-32-be': (b, h, f) => decodeUtf32(b, 1, h, f),
  'utf-7': decodeUtf7, unicode_escape: decodeUnicodeEscape, raw_unicode_escape: decodeRawUnicodeEscape,
  cp1252: (b, h) => decodeCharmapTable(b, golden.cp1252, h),
}
const failure = (e: CodecError): Failure => [e.encoding, e.start, e.end, e.reason]

test('encoding, with every standard error handler', () => {
  for (const [text, encoding, errors, expected] of golden.encodes) {
    const got = encoders[encoding]!(text, standardEncodeHandler(errors)!)
    expect(got instanceof CodecError ? failure(got) : hexOf(got), JSON.stringify([text, encoding, errors])).toEqual(expected)
  }
})

test('decoding, with every standard error handler', () => {
  for (const [hex, encoding, errors, expected] of golden.decodes) {
    const got = decoders[encoding]!(bytesOf(hex), standardDecodeHandler(errors)!, true)
    expect(got instanceof CodecError ? failure(got) : got.text, JSON.stringify([hex, encoding, errors])).toEqual(expected)
  }
})

test('decoding what may go on', () => {
  for (const [hex, encoding, expected] of golden.partial) {
    const got = decoders[encoding]!(bytesOf(hex), null, false)
    expect(got instanceof CodecError ? failure(got) : { t: got.text, n: got.consumed }, JSON.stringify([hex, encoding])).toEqual(expected)
  }
})

test('the escapes of bytes', () => {
  for (const [hex, errors, expected] of golden.escapes) {
    const got = decodeBytesEscape(bytesOf(hex), errors)
    expect(typeof got === 'string' ? { m: got } : hexOf(got.bytes), `${hex} ${errors}`).toEqual(expected)
  }
  for (const [hex, expected] of golden.escaped) expect(hexOf(encodeBytesEscape(bytesOf(hex)))).toBe(expected)
})

test('names and the first doubtful escape', () => {
  const text = new TextEncoder().encode('\\N{DASH}\\q\\400')
  expect(decodeUnicodeEscape(text, null, true, (name) => name === 'DASH' ? 0x2014 : -1)).toEqual({ text: '—\\qĀ', consumed: 14, firstInvalidEscape: 8 })
  const named = standardEncodeHandler('namereplace', (code) => code === 0x2014 ? 'EM DASH' : null)!
  expect(hexOf(encodeAscii('—é', named) as Uint8Array)).toBe(Buffer.from('\\N{EM DASH}\\xe9').toString('hex'))
  expect(standardEncodeHandler('nothing')).toBe(undefined)
})
