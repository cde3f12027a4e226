// What is needed of protobuf to write a pprof profile: varints, strings and messages of fields, appended to a growing buffer.
//
// A library would come with descriptions of messages, reflection and whole messages in memory. The wire format that writers need is
// these few lines, and a profile written field by field need never be in memory as a whole.
import type { Uint8Column } from '../base/typed-arrays'
import { grownUint8 } from '../base/typed-arrays'

const VARINT = 0
const LENGTH_DELIMITED = 2
/** Of a varint. */
const LONGEST_VARINT = 10

const encoder = new TextEncoder()

export class ProtoWriter {
  private bytes: Uint8Column = new Uint8Array(256)
  length = 0
  /** For messages inside this one; used again for the next. */
  private inner: ProtoWriter | null = null

  /** Whole numbers from 0 to 2^63, as exact as a double is; as proto3 has it, fields that are 0 are not written. */
  number(field: number, value: number): this {
    if (value === 0) return this
    this.varint(field << 3 | VARINT)
    this.varint(value)
    return this
  }

  flag(field: number, value: boolean): this {
    return this.number(field, value ? 1 : 0)
  }

  /** Written even if empty: an entry of a repeated field is there all the same. */
  text(field: number, value: string): this {
    return this.raw(field, encoder.encode(value))
  }

  /** A repeated number, packed: zeros are items. */
  packed(field: number, values: Iterable<number>): this {
    return this.message(field, inner => { for (const value of values) inner.varint(value) })
  }

  message(field: number, fill: (inner: ProtoWriter) => void): this {
    const inner = this.inner ??= new ProtoWriter()
    inner.length = 0
    fill(inner)
    return this.raw(field, inner.bytes.subarray(0, inner.length))
  }

  /** What was written so far; the writer begins anew. */
  take(): Uint8Column {
    const bytes = this.bytes.slice(0, this.length)
    this.length = 0
    return bytes
  }

  private raw(field: number, bytes: Uint8Array): this {
    this.varint(field << 3 | LENGTH_DELIMITED)
    this.varint(bytes.length)
    this.bytes = grownUint8(this.bytes, this.length + bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
    return this
  }

  private varint(value: number): void {
    this.bytes = grownUint8(this.bytes, this.length + LONGEST_VARINT)
    let rest = value
    // Above 2^31 the bit operators would lose what is higher.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.bytes[this.length++] = rest % 0x80 | 0x80
    this.bytes[this.length++] = rest
  }
}
