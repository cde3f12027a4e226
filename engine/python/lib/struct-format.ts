// The struct module's formats: parsing, sizes and alignment, packing and unpacking of single values
// (Modules/_struct.c of CPython 3.11 on 64-bit Linux).
//
// Messages are those of struct.error unless a StructFault says OverflowError. Type errors (an argument that is no
// integer, float or bytes) are the caller's: "required argument is not an integer", "required argument is not a float",
// "argument for 's' must be a bytes object", "char format requires a bytes object of length 1".
import type { IntValue } from './long-string'
import { normalizeInt } from './long-string'

/** '@' native sizes and alignment; '<' (and '=') little, '>' (and '!') big endian with standard sizes, unaligned. */
export type StructOrder = '@' | '<' | '>'

export interface StructCode {
  code: string
  offset: number
  /** Bytes of one value; for s and p of the whole string. */
  size: number
  /** Number of values; 1 for s and p. */
  repeat: number
}

export interface StructFormat {
  order: StructOrder
  /** calcsize */
  size: number
  /** Number of values. */
  length: number
  codes: StructCode[]
}

export class StructFault {
  readonly kind: 'error' | 'OverflowError'
  readonly message: string

  constructor(kind: 'error' | 'OverflowError', message: string) {
    this.kind = kind
    this.message = message
  }
}

const fault = (message: string) => new StructFault('error', message)

const NATIVE_SIZE: Record<string, number> = {
  x: 1, b: 1, B: 1, c: 1, s: 1, p: 1, '?': 1, h: 2, H: 2, e: 2, i: 4, I: 4, f: 4, l: 8, L: 8, q: 8, Q: 8, n: 8, N: 8, d: 8, P: 8,
}
const STANDARD_SIZE: Record<string, number> = {
  x: 1, b: 1, B: 1, c: 1, s: 1, p: 1, '?': 1, h: 2, H: 2, e: 2, i: 4, I: 4, f: 4, l: 4, L: 4, q: 8, Q: 8, d: 8,
}
const MAX_SSIZE = 9223372036854775807n

// Mirrors prepare_s, Modules/_struct.c.
/** Parses a format of ASCII characters. A fault is a struct.error. */
export function parseStructFormat(format: string): StructFormat | StructFault {
  if (format.includes('\0')) return fault('embedded null character')
  let order: StructOrder = '@'
  let i = 0
  const first = format[0]
  if (first === '@' || first === '=' || first === '<' || first === '>' || first === '!') {
    order = first === '=' ? '<' : first === '!' ? '>' : first
    i = 1
  }
  const sizes = order === '@' ? NATIVE_SIZE : STANDARD_SIZE
  const codes: StructCode[] = []
  // Sizes are kept exactly, as a format may name more than fits a number.
  let size = 0n
  let length = 0
  while (i < format.length) {
    let c = format[i++]!
    if (/\s/.test(c)) continue
    let count = 1n
    if (c >= '0' && c <= '9') {
      const start = i - 1
      while (i < format.length && format[i]! >= '0' && format[i]! <= '9') i++
      if (i === format.length) return fault('repeat count given without format specifier')
      count = BigInt(format.slice(start, i))
      if (count > MAX_SSIZE) return fault('total struct size too long')
      c = format[i++]!
    }
    const itemSize = sizes[c]
    if (itemSize === undefined) return fault('bad char in struct format')
    const unit = BigInt(itemSize)
    if (order === '@' && unit > 1n) size = (size + unit - 1n) / unit * unit
    const offset = Number(size)
    size += count * unit
    if (size > MAX_SSIZE) return fault('total struct size too long')
    if (c === 's' || c === 'p') {
      codes.push({ code: c, offset, size: Number(count), repeat: 1 })
      length++
    } else if (c !== 'x' && count > 0n) {
      codes.push({ code: c, offset, size: itemSize, repeat: Number(count) })
      length += Number(count)
    }
  }
  return { order, size: Number(size), length, codes }
}

// ---- packing ------------------------------------------------------------------------------------------------------

const NAMES: Record<string, string> = { b: 'byte', B: 'ubyte', h: 'short', H: 'ushort' }
const OUT_OF_RANGE = 'argument out of range'
const TOO_LARGE = 'int too large to convert'

// Mirrors nu_/np_/bp_ functions for integers, Modules/_struct.c.
/** Writes an integer for one of b B h H i I l L q Q n N P; null where all is well. */
export function packInt(out: DataView, at: number, order: StructOrder, code: string, size: number, value: IntValue): StructFault | null {
  const signed = code >= 'a'
  const n = BigInt(value)
  const bits = BigInt(size * 8)
  // First into a C long or unsigned long, then into the size.
  if (code === 'P') {
    if (n >= 1n << 64n || n < -(1n << 63n)) return fault(TOO_LARGE)
  } else {
    const plain = order !== '>' || size === 1
    const small = plain && NAMES[code] !== undefined
    const asLong = signed || small
    const fits = asLong ? n >= -(1n << 63n) && n < 1n << 63n : n >= 0n && n < 1n << 64n
    if (!fits) return fault(size === 8 && !plain ? TOO_LARGE : OUT_OF_RANGE)
    const least = signed ? -(1n << (bits - 1n)) : 0n
    const most = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n
    if (n < least || n > most) {
      return fault(`${small ? NAMES[code] : `'${code}'`} format requires ${least} <= number <= ${most}`)
    }
  }
  const little = order !== '>'
  if (size === 1) out.setUint8(at, Number(n & 0xffn))
  else if (size === 2) out.setUint16(at, Number(n & 0xffffn), little)
  else if (size === 4) out.setUint32(at, Number(n & 0xffffffffn), little)
  else out.setBigUint64(at, BigInt.asUintN(64, n), little)
  return null
}

// Mirrors np_float, lp_float, PyFloat_Pack2/4/8.
/**
 * Writes a float for e, f or d. `fromInt`: the argument was an int, which changes the complaint. Only native f becomes
 * infinite where it overflows.
 */
export function packFloat(out: DataView, at: number, order: StructOrder, code: string, value: number, fromInt = false): StructFault | null {
  const little = order !== '>'
  if (code === 'd') {
    out.setFloat64(at, value, little)
    return null
  }
  const overflow = () => fromInt ? fault(TOO_LARGE) : new StructFault('OverflowError', `float too large to pack with ${code} format`)
  if (code === 'f') {
    if (order !== '@' && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return overflow()
    out.setFloat32(at, value, little)
    return null
  }
  const half = toHalf(value)
  if (half < 0) return overflow()
  out.setUint16(at, half, little)
  return null
}

const bits64 = new DataView(new ArrayBuffer(8))

/** The bits of the nearest half-precision number, ties to even; -1 where it overflows. */
function toHalf(value: number): number {
  bits64.setFloat64(0, value)
  const sign = (bits64.getUint32(0) >>> 16) & 0x8000
  if (Number.isNaN(value)) return sign | 0x7e00
  const size = Math.abs(value)
  if (size === Infinity) return sign | 0x7c00
  // Steps of 2^-24 below 2^-14, and of 2^-10 of the power of two above.
  let exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size))
  if (2 ** exponent > size && exponent > -14) exponent--
  const scaled = size * 2 ** (10 - exponent)
  let mantissa = Math.round(scaled)
  if (mantissa - scaled === 0.5 && mantissa % 2 === 1) mantissa--
  const half = mantissa + (exponent + 14) * 1024
  return half >= 0x7c00 ? -1 : sign | half
}

/** b'…' for s: cut or padded to its size. */
export function packBytes(out: Uint8Array, at: number, size: number, value: Uint8Array): void {
  out.fill(0, at, at + size)
  out.set(value.subarray(0, size), at)
}

/** A Pascal string: a length of at most 255 before the bytes. */
export function packPascal(out: Uint8Array, at: number, size: number, value: Uint8Array): void {
  if (size === 0) return
  const length = Math.min(value.length, size - 1)
  packBytes(out, at + 1, size - 1, value.subarray(0, length))
  out[at] = Math.min(length, 255)
}

// ---- unpacking ----------------------------------------------------------------------------------------------------

/** Reads an integer. */
export function unpackInt(view: DataView, at: number, order: StructOrder, code: string, size: number): IntValue {
  const little = order !== '>'
  const signed = code >= 'a'
  switch (size) {
    case 1: return signed ? view.getInt8(at) : view.getUint8(at)
    case 2: return signed ? view.getInt16(at, little) : view.getUint16(at, little)
    case 4: return signed ? view.getInt32(at, little) : view.getUint32(at, little)
    default: return normalizeInt(signed ? view.getBigInt64(at, little) : view.getBigUint64(at, little))
  }
}

/** Reads a float for e, f or d. */
export function unpackFloat(view: DataView, at: number, order: StructOrder, code: string): number {
  const little = order !== '>'
  if (code === 'd') return view.getFloat64(at, little)
  if (code === 'f') return view.getFloat32(at, little)
  const half = view.getUint16(at, little)
  const exponent = (half >> 10) & 31
  const mantissa = half & 0x3ff
  const sign = half & 0x8000 ? -1 : 1
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (mantissa + 1024) * 2 ** (exponent - 25))
}

/** Reads a Pascal string of `size` >= 1 bytes (0 is CPython's SystemError: Negative size passed to PyBytes_FromStringAndSize). */
export function unpackPascal(bytes: Uint8Array, at: number, size: number): Uint8Array {
  return bytes.slice(at + 1, at + 1 + Math.min(bytes[at]!, size - 1))
}
