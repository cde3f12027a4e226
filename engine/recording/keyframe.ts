// A MemoryState as bytes and back: what lies in the table `keyframe`.
//
//   'state'    `data` has totals, regions and the figures of sites and types, `blocks` each live block; replay starts here
//   'figures'  the same without blocks: figures can be followed from it, chunk by chunk; all that --record stats keeps
//   'peak'     `data` has bytes and blocks of each site at the peak
//
// Columns of varints, zstd'd. Sites without figures are left out; blocks go by rising address. `line_sample.data` has live
// bytes by source line, for sparklines.
import { MoltError } from '../base/errors'
import { ByteReader, ByteWriter } from './bytes'
import { packType, unpackType } from './chunk-codec'
import { compress, decompress } from './compress'
import { MemoryState, SITE_STRIDE, TYPE_STRIDE } from './memory-state'

const VERSION = 1

/** `events` and `tick` override the state's own, for an instant inside of an `apply`. */
export function encodeFigures(state: MemoryState, events = state.events, tick = state.tick): Uint8Array {
  const out = new ByteWriter(1 << 14)
  const numbers = [
    VERSION, events, tick, state.liveBytes, state.liveBlocks, state.liveObjects, state.rssBytes, state.allocations,
    state.allocatedBytes, state.temporaries, state.peakBytes, state.peakTick, state.peakEvents, state.site, state.instruction,
  ]
  out.numbers(numbers, numbers.length)
  out.numbers(state.regionBytes, state.regionBytes.length)
  writeRows(out, state.sites, SITE_STRIDE)
  writeRows(out, state.types, TYPE_STRIDE)
  return compress(out.written())
}

/** A state without its blocks: a partial one, until `decodeBlocks`. `state` is overwritten: making a new one costs more. */
export function decodeFigures(blob: Uint8Array, state = new MemoryState({ partial: true })): MemoryState {
  const reader = new ByteReader(decompress(blob))
  if (reader.number() !== VERSION) throw new MoltError('newer-version', 'A keyframe was written by a newer version of Molt.')
  state.reset()
  state.partial = true
  state.events = reader.number()
  state.tick = reader.number()
  state.liveBytes = reader.number()
  state.liveBlocks = reader.number()
  state.liveObjects = reader.number()
  state.rssBytes = reader.number()
  state.allocations = reader.number()
  state.allocatedBytes = reader.number()
  state.temporaries = reader.number()
  state.peakBytes = reader.number()
  state.peakTick = reader.number()
  state.peakEvents = reader.number()
  state.site = reader.number()
  state.instruction = reader.number()
  state.regionBytes.set(reader.numbers(state.regionBytes.length))
  state.sites = readRows(reader, SITE_STRIDE, state.site + 1)
  state.types = readRows(reader, TYPE_STRIDE, 16)
  return state
}

/** Pairs of bytes and blocks, one a site. */
export function encodePeak(figures: Float64Array): Uint8Array {
  const out = new ByteWriter(1 << 12)
  out.number(VERSION)
  writeRows(out, figures, 2)
  return compress(out.written())
}

export function decodePeak(blob: Uint8Array): Float64Array {
  const reader = new ByteReader(decompress(blob))
  if (reader.number() !== VERSION) throw new MoltError('newer-version', 'A keyframe was written by a newer version of Molt.')
  return readRows(reader, 2, 1)
}

/** Rows that are not all zero: their numbers as differences, then column by column. */
function writeRows(out: ByteWriter, values: Float64Array, stride: number): void {
  const rows: number[] = []
  for (let row = 0; row * stride < values.length; row++) {
    for (let i = 0; i < stride; i++) {
      if (values[row * stride + i] !== 0) {
        rows.push(row)
        break
      }
    }
  }
  out.number(rows.length)
  let previous = 0
  for (const row of rows) {
    out.number(row - previous)
    previous = row
  }
  for (let i = 0; i < stride; i++) {
    for (const row of rows) {
      const value = values[row * stride + i]!
      out.number(value < 0 ? -value * 2 - 1 : value * 2)
    }
  }
}

function readRows(reader: ByteReader, stride: number, minimum: number): Float64Array<ArrayBuffer> {
  const rows = new Int32Array(reader.count(1 + stride))
  let row = 0
  for (let i = 0; i < rows.length; i++) rows[i] = row += reader.number()
  const values = new Float64Array(Math.max(row + 1, minimum) * stride)
  for (let i = 0; i < stride; i++) {
    for (let k = 0; k < rows.length; k++) {
      const coded = reader.number()
      values[rows[k]! * stride + i] = coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2
    }
  }
  return values
}

export function encodeBlocks(state: MemoryState): Uint8Array {
  const { table, tick } = state
  const out = new ByteWriter(1 << 16)
  const count = table.count
  const order = table.inOrder()
  const column = new Int32Array(count)
  const gather = (pick: (block: number) => number) => {
    for (let i = 0; i < count; i++) column[i] = pick(order[i]!)
    return column
  }
  out.number(count)
  out.deltas(gather(block => table.address[block]!), count)
  out.words(gather(block => table.size[block]!), count)
  out.deltas(gather(block => table.site[block]!), count)
  out.words(gather(block => packType(table.type[block]!)), count)
  for (let i = 0; i < count; i++) out.number(tick - table.tick[order[i]!]!)
  return compress(out.written())
}

/** Puts the blocks of its keyframe into a state. */
export function decodeBlocks(blob: Uint8Array, state: MemoryState): void {
  const reader = new ByteReader(decompress(blob))
  const { table } = state
  state.partial = false
  const count = reader.count(5)
  const address = reader.deltas(count)
  const size = reader.words(count)
  const site = reader.deltas(count)
  const type = reader.words(count)
  for (let i = 0; i < count; i++) {
    const block = table.insert(address[i]!)
    table.size[block] = size[i]!
    table.site[block] = site[i]!
    table.type[block] = unpackType(type[i]!)
    table.tick[block] = state.tick - reader.number()
  }
}

/** Live bytes by place; places are file * LINES_A_FILE + line. */
export const LINES_A_FILE = 2 ** 24

export function encodeLineSample(bytesOf: Map<number, number>): Uint8Array {
  const out = new ByteWriter(1 << 10)
  const places = [...bytesOf.keys()].sort((a, b) => a - b)
  out.number(places.length)
  let previous = 0
  for (const place of places) {
    out.number(place - previous)
    out.number(bytesOf.get(place)!)
    previous = place
  }
  return compress(out.written())
}

export function decodeLineSample(blob: Uint8Array): { place: Float64Array; bytes: Float64Array } {
  const reader = new ByteReader(decompress(blob))
  const count = reader.count(2)
  const place = new Float64Array(count)
  const bytes = new Float64Array(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    place[i] = at += reader.number()
    bytes[i] = reader.number()
  }
  return { place, bytes }
}
