// Event columns to bytes and back. A blob of `event_chunk.data`:
//
//   1 byte   compression (compress.ts), the rest is its body
//   varints  version (1), event count, op count, older count, base tick
//   columns  head, size, site, instruction of each op; op, tick delta, address of each event; site, type, age of older blocks
//
// Ops are numbered in order of first use, so the op column holds small numbers and repeats itself in loops, as the address
// column does where blocks are reused: both all but vanish in zstd. Sites are written as zigzag differences. Addresses are
// written as four planes (all lowest bytes, then all second ones, …): on real allocation logs 0.35 to 1.0 bytes an event,
// against 0.4 to 1.4 as differences.
import { MoltError } from '../base/errors'
import { ByteReader, ByteWriter } from './bytes'
import { compress, decompress } from './compress'
import type { EventColumns } from './event-columns'

const VERSION = 1

/** Reused between calls; nothing of it is handed out. */
const scratch = new ByteWriter(1 << 20)

export function encodeChunk(columns: EventColumns, method: 'best' | 'deflate' = 'best'): Uint8Array {
  const { count, opCount } = columns
  scratch.length = 0
  scratch.number(VERSION)
  scratch.number(count)
  scratch.number(opCount)
  scratch.number(columns.olderCount)
  scratch.number(columns.baseTick)
  scratch.words(columns.opHead, opCount)
  scratch.words(columns.opSize, opCount)
  scratch.deltas(columns.opSite, opCount)
  scratch.words(columns.opInstruction, opCount)
  scratch.words(columns.op, count)
  scratch.words(columns.tickDelta, count)
  scratch.planes(columns.address, count)
  scratch.deltas(columns.olderSite, columns.olderCount)
  scratch.words(packTypes(columns.olderType, columns.olderCount), columns.olderCount)
  scratch.words(columns.olderAge, columns.olderCount)
  return compress(scratch.written(), method)
}

export function decodeChunk(blob: Uint8Array): EventColumns {
  const reader = new ByteReader(decompress(blob))
  if (reader.number() !== VERSION) throw new MoltError('newer-version', 'The events were written by a newer version of Molt.')
  const count = reader.count(6)
  const opCount = reader.count(4)
  const olderCount = reader.count(3)
  const baseTick = reader.number()
  const columns: EventColumns = {
    count, opCount, olderCount, baseTick,
    opHead: reader.words(opCount), opSize: reader.words(opCount), opSite: reader.deltas(opCount), opInstruction: reader.words(opCount),
    op: reader.words(count), tickDelta: reader.words(count), address: reader.planes(count),
    olderSite: reader.deltas(olderCount), olderType: unpackTypes(reader.words(olderCount)), olderAge: reader.words(olderCount),
  }
  for (let i = 0; i < count; i++) {
    if (columns.op[i]! >>> 0 >= opCount) throw new MoltError('damaged', 'An event in the recording is of no known kind.')
  }
  return columns
}

/** Flags of LiveTable.type sit above bit 26; on disk they go below the type, so that a varint stays short. */
const FLAG_BITS = 5
export const packType = (type: number): number => (type & 0x3ffffff) << FLAG_BITS | type >>> 26
export const unpackType = (packed: number): number => packed >>> FLAG_BITS | (packed & (1 << FLAG_BITS) - 1) << 26

function packTypes(types: Int32Array, count: number): Int32Array {
  const packed = new Int32Array(count)
  for (let i = 0; i < count; i++) packed[i] = packType(types[i]!)
  return packed
}

function unpackTypes(packed: Int32Array): Int32Array {
  for (let i = 0; i < packed.length; i++) packed[i] = unpackType(packed[i]!)
  return packed
}
