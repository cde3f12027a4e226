// The blocks from before the recording as bytes and back: what lies in the tables `start_block` and `start_block_freed`.
import { ByteReader, ByteWriter } from './bytes'
import { compress, decompress } from './compress'

export interface StartBlocks {
  /** By rising address. */
  granule: Int32Array
  sizeBytes: Int32Array
  tag: Int32Array
}

export function encodeStartBlocks({ granule, sizeBytes, tag }: StartBlocks): Uint8Array {
  const count = granule.length
  const out = new ByteWriter(1 << 16)
  out.number(count)
  out.deltas(granule, count)
  out.words(sizeBytes, count)
  out.words(tag, count)
  return compress(out.written())
}

export function decodeStartBlocks(blob: Uint8Array): StartBlocks {
  const reader = new ByteReader(decompress(blob))
  const count = reader.count(3)
  return { granule: reader.deltas(count), sizeBytes: reader.words(count), tag: reader.words(count) }
}

/** Frees of such blocks in order: the numbers of their events, and their addresses. */
export function encodeFreed(events: number[], granules: number[]): Uint8Array {
  const out = new ByteWriter(1 << 10)
  out.number(events.length)
  let previous = 0
  for (const event of events) {
    out.number(event - previous)
    previous = event
  }
  out.deltas(Int32Array.from(granules), granules.length)
  return compress(out.written())
}

export function decodeFreed(blob: Uint8Array): { event: Float64Array; granule: Int32Array } {
  const reader = new ByteReader(decompress(blob))
  const count = reader.count(2)
  const event = new Float64Array(count)
  let at = 0
  for (let i = 0; i < count; i++) event[i] = at += reader.number()
  return { event, granule: reader.deltas(count) }
}
