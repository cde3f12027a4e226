// Writing and reading of the packed columns inside blobs: little-endian base-128 numbers ("varints"), zigzag for signed
// ones. Numbers up to 2^53 - 1.
import { MoltError } from '../base/errors'

export class ByteWriter {
  bytes: Uint8Array
  length = 0

  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Makes room for `count` more bytes; writers below call it once a column, not once a number. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }

  number(value: number): void {
    this.reserve(8)
    while (value > 0x7fffffff) {
      this.bytes[this.length++] = value % 128 | 128
      value = Math.floor(value / 128)
    }
    while (value > 127) {
      this.bytes[this.length++] = value & 127 | 128
      value >>>= 7
    }
    this.bytes[this.length++] = value
  }

  /** Non-negative whole numbers. */
  numbers(values: ArrayLike<number>, count: number): void {
    for (let i = 0; i < count; i++) this.number(values[i]!)
  }

  /** Words taken as unsigned 32 bits. */
  words(values: Int32Array | Uint32Array, count: number): void {
    this.reserve(count * 5)
    const bytes = this.bytes
    let at = this.length
    for (let i = 0; i < count; i++) {
      let value = values[i]! >>> 0
      while (value > 127) {
        bytes[at++] = value & 127 | 128
        value >>>= 7
      }
      bytes[at++] = value
    }
    this.length = at
  }

  /** Differences between neighbours, zigzag; any 32-bit words. */
  deltas(values: Int32Array, count: number): void {
    this.reserve(count * 5)
    const bytes = this.bytes
    let at = this.length
    let previous = 0
    for (let i = 0; i < count; i++) {
      const delta = values[i]! - previous | 0
      previous = values[i]!
      let value = (delta << 1 ^ delta >> 31) >>> 0
      while (value > 127) {
        bytes[at++] = value & 127 | 128
        value >>>= 7
      }
      bytes[at++] = value
    }
    this.length = at
  }

  /** All lowest bytes of the words, then all second ones, and so on. */
  planes(values: Int32Array, count: number): void {
    this.reserve(count * 4)
    const bytes = this.bytes
    const first = this.length
    const second = first + count
    const third = second + count
    const fourth = third + count
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      bytes[first + i] = value
      bytes[second + i] = value >>> 8
      bytes[third + i] = value >>> 16
      bytes[fourth + i] = value >>> 24
    }
    this.length = fourth + count
  }

  raw(source: Uint8Array): void {
    this.reserve(source.length)
    this.bytes.set(source, this.length)
    this.length += source.length
  }

  /** A view on what was written. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}

export class ByteReader {
  at = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  number(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.bytes[this.at++]
      if (byte === undefined || scale > 2 ** 49) throw cut()
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }

  /** A number that says how much follows; refused if so much cannot follow at `bytesEach` or more. */
  count(bytesEach = 1): number {
    const count = this.number()
    if (count * bytesEach > this.bytes.length - this.at) throw cut()
    return count
  }

  numbers(count: number): Float64Array {
    const values = new Float64Array(count)
    for (let i = 0; i < count; i++) values[i] = this.number()
    return values
  }

  words(count: number): Int32Array {
    const values = new Int32Array(count)
    const bytes = this.bytes
    let at = this.at
    for (let i = 0; i < count; i++) {
      let byte = bytes[at++]!
      let value = byte & 127
      for (let shift = 7; byte > 127; shift += 7) {
        byte = bytes[at++]!
        value |= (byte & 127) << shift
      }
      values[i] = value
    }
    if (at > bytes.length) throw cut()
    this.at = at
    return values
  }

  deltas(count: number): Int32Array {
    const values = this.words(count)
    let previous = 0
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      previous = previous + (value >>> 1 ^ -(value & 1)) | 0
      values[i] = previous
    }
    return values
  }

  planes(count: number): Int32Array {
    const values = new Int32Array(count)
    const first = this.raw(count)
    const second = this.raw(count)
    const third = this.raw(count)
    const fourth = this.raw(count)
    for (let i = 0; i < count; i++) values[i] = first[i]! | second[i]! << 8 | third[i]! << 16 | fourth[i]! << 24
    return values
  }

  /** Everything from here on. */
  rest(): Uint8Array {
    return this.raw(this.bytes.length - this.at)
  }

  raw(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw cut()
    const bytes = this.bytes.subarray(this.at, this.at + count)
    this.at += count
    return bytes
  }
}

const cut = () => new MoltError('damaged', 'A part of the recording is cut short.')
