// Event columns to bytes and back. A blob of `event_chunk.data`:
//
//   1 byte   compression (compress.ts), the rest is its body
//   varints  version (1), event count, op count, base tick
//   columns  head, size, site, instruction of each op; then op, tick delta, address of each event
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
  scratch.number(columns.baseTick)
  scratch.words(columns.opHead, opCount)
  scratch.words(columns.opSize, opCount)
  scratch.deltas(columns.opSite, opCount)
  scratch.words(columns.opInstruction, opCount)
  scratch.words(columns.op, count)
  scratch.words(columns.tickDelta, count)
  scratch.planes(columns.address, count)
  return compress(scratch.written(), method)
}

export function decodeChunk(blob: Uint8Array): EventColumns {
  const reader = new ByteReader(decompress(blob))
  if (reader.number() !== VERSION) throw new MoltError('newer-version', 'The events were written by a newer version of Molt.')
  const count = reader.count(6)
  const opCount = reader.count(4)
  const baseTick = reader.number()
  const columns: EventColumns = {
    count, opCount, baseTick,
    opHead: reader.words(opCount), opSize: reader.words(opCount), opSite: reader.deltas(opCount), opInstruction: reader.words(opCount),
    op: reader.words(count), tickDelta: reader.words(count), address: reader.planes(count),
  }
  for (let i = 0; i < count; i++) {
    if (columns.op[i]! >>> 0 >= opCount) throw new MoltError('damaged', 'An event in the recording is of no known kind.')
  }
  return columns
}
