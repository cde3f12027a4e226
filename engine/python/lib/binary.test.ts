import { expect, test } from 'vitest'
import { CodeObject } from '../bytecode/code'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue } from '../syntax/constant'
import { adler32, crc32, crcHqx } from './checksums'
import { floatFromHex, floatHex, floatRepr } from './dtoa'
import { MarshalFault, dumpConstant, loadConstant, type Constant } from './marshal-format'
import { MersenneTwister } from './mersenne-twister'
import {
  StructFault, packBytes, packFloat, packInt, packPascal, parseStructFormat, unpackFloat, unpackInt, unpackPascal, type StructFormat,
} from './struct-format'
import { golden as load } from './testing'

type Failure = { e: string, m: string }
const golden = load<{
  twister: [string, (number | string)[], string, number, number][], formats: [string, [number, number] | Failure][]
  packs: [string, string, string | Failure][], floats: [string, string, string | Failure][], halves: [string, string][]
  pascal: [string, string, string, string][], sums: [string | [string, number], number, number, number, number, number][]
  marshals: [string, unknown][], faults: [string | [string, number, string], Failure | null][]
}>('binary')

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const number = (hex: string) => floatFromHex(hex) as number

test('the Mersenne Twister', () => {
  for (const [seed, row, later, index, word] of golden.twister) {
    const r = new MersenneTwister()
    r.seedInt(BigInt(seed))
    const got = [r.getrandbits(32), r.getrandbits(32), r.getrandbits(32), ...[1, 2, 3].map(() => floatHex(r.random())),
      ...[1, 5, 31, 33, 52, 53, 54, 63, 64, 65, 100, 200].map((k) => String(r.getrandbits(k)))]
    expect(got, seed).toEqual(row)
    for (let i = 0; i < 700; i++) r.random()
    expect([floatHex(r.random()), r.index, r.state[17]], seed).toEqual([later, index, word])
  }
  expect(new MersenneTwister().getrandbits(0)).toBe(0)
})

test('struct formats: sizes, counts, faults', () => {
  for (const [format, expected] of golden.formats) {
    const got = parseStructFormat(format)
    const shown = got instanceof StructFault ? { e: got.kind, m: got.message } : [got.size, got.length]
    // The golden also unpacks, which 0p cannot.
    if (format === '0p') expect(shown).toEqual([0, 1])
    else expect(shown, JSON.stringify(format)).toEqual(expected)
  }
})

test('struct values', () => {
  const told = (fault: StructFault | null, bytes: Uint8Array) => fault === null ? hexOf(bytes) : { e: fault.kind, m: fault.message }
  for (const [text, value, expected] of golden.packs) {
    const format = parseStructFormat(text) as StructFormat
    const { code, size } = format.codes[0]!
    const bytes = new Uint8Array(size)
    const view = new DataView(bytes.buffer)
    expect(told(packInt(view, 0, format.order, code, size, BigInt(value)), bytes), `${text} ${value}`).toEqual(expected)
    if (typeof expected === 'string' && code !== 'P') expect(String(unpackInt(view, 0, format.order, code, size))).toBe(value)
  }
  for (const [text, hex, expected] of golden.floats) {
    const format = parseStructFormat(text) as StructFormat
    const bytes = new Uint8Array(format.size)
    const fault = packFloat(new DataView(bytes.buffer), 0, format.order, format.codes[0]!.code, number(hex))
    expect(told(fault, bytes), `${text} ${hex}`).toEqual(expected)
  }
  expect(packFloat(new DataView(new ArrayBuffer(2)), 0, '<', 'e', 1e9, true)).toEqual(new StructFault('error', 'int too large to convert'))
  for (const [hex, value] of golden.halves) {
    expect(floatHex(unpackFloat(new DataView(bytesOf(hex).buffer), 0, '>', 'e')), hex).toBe(value)
  }
  for (const [text, given, packed, back] of golden.pascal) {
    const { code, size } = (parseStructFormat(text) as StructFormat).codes[0]!
    const bytes = new Uint8Array(size)
    ;(code === 'p' ? packPascal : packBytes)(bytes, 0, size, bytesOf(given))
    expect(hexOf(bytes)).toBe(packed)
    expect(hexOf(code === 'p' ? unpackPascal(bytes, 0, size) : bytes)).toBe(back)
  }
})

test('checksums', () => {
  for (const [data, ...sums] of golden.sums) {
    const piece = bytesOf(typeof data === 'string' ? data : data[0])
    const bytes = typeof data === 'string' ? piece : Uint8Array.from({ length: data[1] }, (_, i) => piece[i % piece.length]!)
    expect([crc32(bytes), crc32(bytes, 12345), adler32(bytes), adler32(bytes, 777), crcHqx(bytes, 99)]).toEqual(sums)
  }
})

/** repr of a part of a complex within it. */
const part = (x: number) => {
  const text = floatRepr(x)
  return text.endsWith('.0') ? text.slice(0, -2) : text
}

function shape(v: Constant): unknown {
  if (v === null) return 'None'
  if (v === ELLIPSIS) return 'Ellipsis'
  if (typeof v === 'boolean') return ['bool', v ? 'True' : 'False']
  if (typeof v === 'bigint') return ['int', String(v)]
  if (typeof v === 'string') return ['str', v]
  if (v instanceof FloatValue) return ['float', floatHex(v.value)]
  if (v instanceof ComplexValue) return ['complex', v.real === 0 ? `${part(v.imag)}j` : `(${part(v.real)}+${part(v.imag)}j)`]
  if (v instanceof BytesValue) return ['bytes', hexOf(v.bytes)]
  if (v instanceof TupleValue) return { tuple: v.items.map(shape) }
  if (v instanceof FrozensetValue) return { frozenset: v.items.map((item) => JSON.stringify(shape(item)).replaceAll(',', ', ')).sort() }
  const c = v as CodeObject
  return { code: [c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount, c.co_stacksize, c.co_flags, c.co_name, c.co_qualname, c.co_firstlineno,
    hexOf(c.co_code), c.co_names, hexOf(c.co_linetable), hexOf(c.co_exceptiontable), c.co_consts.map(shape),
    c.co_localsplusnames.filter((_, i) => (c.co_localspluskinds[i]! & 0x20) !== 0)] }
}

test('marshal: reads what CPython wrote, and its own writing', () => {
  for (const [hex, expected] of golden.marshals) {
    const value = loadConstant(bytesOf(hex))
    expect(shape(value as Constant), hex.slice(0, 60)).toEqual(expected)
    const again = dumpConstant(value as Constant)
    expect(shape(loadConstant(again) as Constant), hex.slice(0, 60)).toEqual(expected)
  }
})

test('marshal: faults', () => {
  for (const [data, expected] of golden.faults) {
    const bytes = typeof data === 'string' ? bytesOf(data) : bytesOf(data[0].repeat(data[1]) + data[2])
    const got = loadConstant(bytes)
    expect(got instanceof MarshalFault ? { e: got.kind, m: got.message } : null, JSON.stringify(data).slice(0, 80)).toEqual(expected)
  }
})
