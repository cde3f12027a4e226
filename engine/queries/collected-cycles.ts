// What collections freed: objects that reference counting alone would never have given back.
//
// The log has the deaths between the start and the end of a collection, with the type of each block, where it was made and when.
// It has no references: which objects were in one cycle is told by running again to the event before (engine/host/explain-cycles.ts).
import { FIRST_TYPE, FREE, PARK } from '../memory/events'
import { MoltError } from '../base/errors'
import { PARKED, TYPE_MASK } from '../recording/live-table'
import { LINES_A_FILE } from '../recording/keyframe'
import type { CollectedRow, CollectedRun, CyclesCollectedResult } from '../rpc/contract-cycles'
import type { StoredCollection } from '../store/reader'
import type { OpenRecording } from './open-recording'
import { shown } from './reference-text'
import { typeNames } from './types-at'

const DEFAULT_LIMIT = 50
/** Collections looked at: those that freed most. */
const MOST_COLLECTIONS = 400

export interface CollectedOptions {
  limit?: number
  progress?: (done: number, total: number) => void
}

interface Sum { type: number; site: number; count: number; bytes: number; ticks: number; bytesTicks: number; last: number; collections: number }

export function cyclesCollected(recording: OpenRecording, options: CollectedOptions = {}): CyclesCollectedResult {
  recording.refresh()
  const { reader } = recording
  if (recording.run().event_count > 0 && !reader.chunkAtEvent(0)) {
    throw new MoltError('bad-request', 'This recording has statistics only: it does not know what collections freed.', 'Record with --record full.')
  }
  const all = reader.collections(0, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER).filter(c => c.collected_count + c.uncollectable_count > 0)
  const looked = [...all].sort((a, b) => b.collected_count - a.collected_count || a.id - b.id).slice(0, MOST_COLLECTIONS).sort((a, b) => a.id - b.id)
  const sums = new Map<number, Sum>()
  const runs: CollectedRun[] = []
  looked.forEach((collection, i) => {
    options.progress?.(i, looked.length)
    runs.push(passCollection(recording, collection, sums))
  })
  const names = typeNames(recording)
  const texts = new Map<number, string[]>()
  const rows = [...sums.values()].map((sum): CollectedRow => {
    const frame = sum.site === 0 ? null : recording.frame(sum.site)
    const { module, name } = names(sum.type)
    return {
      typeName: shown(module === '' || module === 'builtins' ? name : `${module}.${name}`), frame, text: frame ? lineText(recording, texts, frame.fileId, frame.line) : '',
      count: sum.count, bytes: sum.bytes, floatedTicks: sum.ticks / sum.count, bytesTicks: sum.bytesTicks, collections: sum.collections,
    }
  })
  rows.sort((a, b) => b.bytesTicks - a.bytesTicks || b.bytes - a.bytes || b.count - a.count)
  const total = (pick: (row: CollectedRow) => number) => rows.reduce((sum, row) => sum + pick(row), 0)
  return {
    rows: rows.slice(0, options.limit ?? DEFAULT_LIMIT), rowCount: rows.length, collectionCount: all.length, lookedAt: looked.length,
    collections: [...runs].sort((a, b) => b.bytes - a.bytes || a.collectionId - b.collectionId).slice(0, options.limit ?? DEFAULT_LIMIT).sort((a, b) => a.collectionId - b.collectionId),
    objects: total(r => r.count), bytes: total(r => r.bytes), bytesTicks: total(r => r.bytesTicks),
  }
}

/** Addresses (granules of blocks) of the objects that a collection freed. */
export function freedBy(recording: OpenRecording, collection: StoredCollection): Set<number> {
  const found = new Set<number>()
  eachDeath(recording, collection, (_row, address) => found.add(address))
  return found
}

function passCollection(recording: OpenRecording, collection: StoredCollection, sums: Map<number, Sum>): CollectedRun {
  let objects = 0
  let bytes = 0
  const { frames, frameOf } = recording
  eachDeath(recording, collection, (row, _address, table) => {
    const type = table.type[row]! & TYPE_MASK
    const site = table.site[row]!
    const size = table.size[row]!
    const age = Math.max(0, collection.start_tick - table.tick[row]!)
    const frame = frameOf[site]!
    // By type and line, whatever called it.
    const key = (frame === 0 ? 0 : frames.code[frame]! * LINES_A_FILE + frames.line[frame]!) * 65_536 + type % 65_536
    let sum = sums.get(key)
    if (!sum) sums.set(key, sum = { type, site, count: 0, bytes: 0, ticks: 0, bytesTicks: 0, last: 0, collections: 0 })
    sum.count++
    sum.bytes += size
    sum.ticks += age
    sum.bytesTicks += size * age
    if (sum.last !== collection.id) {
      sum.last = collection.id
      sum.collections++
    }
    objects++
    bytes += size
  })
  return { collectionId: collection.id, generation: collection.generation, tick: collection.start_tick, objects, bytes, uncollectable: collection.uncollectable_count }
}

type Table = NonNullable<ReturnType<OpenRecording['stateAt']>>['table']

/** Objects that were alive as the collection began and died in it. */
function eachDeath(recording: OpenRecording, { start_event, end_event, start_tick }: StoredCollection, death: (row: number, address: number, table: Table) => void): void {
  const state = recording.stateAt({ tick: start_tick, event: start_event })
  if (!state) return
  const { table } = state
  const seen = new Set<number>()
  for (const chunk of recording.reader.chunksOf(start_event, end_event)) {
    const { op, address, opHead } = recording.columns(chunk)
    const to = Math.min(chunk.event_count, end_event - chunk.first_event)
    for (let i = Math.max(0, start_event - chunk.first_event); i < to; i++) {
      const kind = opHead[op[i]!]! & 15
      if (kind !== FREE && kind !== PARK) continue
      const block = address[i]!
      const row = table.find(block)
      // What was allocated since, by a finalizer, is none of it, nor what goes from the free list to pymalloc.
      if (row === 0 || seen.has(block) || (table.type[row]! & PARKED) !== 0) continue
      seen.add(block)
      if ((table.type[row]! & TYPE_MASK) >= FIRST_TYPE) death(row, block, table)
    }
  }
}

function lineText(recording: OpenRecording, texts: Map<number, string[]>, fileId: number, line: number): string {
  let lines = texts.get(fileId)
  if (!lines) texts.set(fileId, lines = (recording.reader.file(fileId)?.source ?? '').split('\n'))
  return shown((lines[line - 1] ?? '').trim())
}
