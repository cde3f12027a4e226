// The life of one object from the event log alone: where it was born, how it moved, what ended it, and what went with it.
//
// From its birth on the chunks are searched for its address. It moves with a reallocation, and dies when its block is freed
// or goes into a free list. The statement that ran then dropped the last reference; or a collection took it, if the event lies
// between GC_START and GC_END and no Python code that the collection called ran (finalizers and callbacks have places of
// their own). What died with it are the frees that stand beside it, done by the same instruction.
import { ALLOC, FIRST_TYPE, FREE, PARK, REALLOC, REALLOC_FROM, REFERENCE, REUSE } from '../memory/events'
import type { EventColumns } from '../recording/event-columns'
import { PARKED, TYPE_MASK } from '../recording/live-table'
import type { DeathRow, ObjectLife, ObjectMove } from '../rpc/contract-ledger'
import type { Frame } from '../rpc/contract'
import type { StoredChunk, StoredCollection } from '../store/reader'
import { TypeNames } from './diff-names'
import { addressText, headsOf, idText, withEvents, type NamedObject } from './object-id'
import type { OpenRecording } from './open-recording'

export interface LifeOptions { progress?(done: number, total: number): void }

/** Moves that are told; a list that grows a million times is not to fill a page. */
const MAX_MOVES = 1000

/** Where an object's life ends; also used to know where to stop looking at it. */
export interface LifeSpan {
  moves: { event: number; tick: number; site: number; from: number; to: number; sizeBytes: number }[]
  moveCount: number
  /** The event that ended it; null: alive at the end of the recording. */
  death: { event: number; tick: number; kind: number; site: number; instruction: number; block: number } | null
  /** Block at the end. */
  block: number
  sizeBytes: number
}

export function lifeOf(recording: OpenRecording, object: NamedObject, options: LifeOptions = {}): ObjectLife {
  withEvents(recording).refresh()
  const names = new TypeNames(recording)
  const head = headsOf(recording)[object.type] ?? 0
  const address = (block: number): string => addressText(recording, block + head)
  const birth = object.birthEvent < 0 ? null : recordedEvent(recording, object.birthEvent)
  const span = spanOf(recording, object, options)
  const { death } = span
  const collection = death && collectionAround(recording, death)
  const moves: ObjectMove[] = span.moves.map(move => ({
    event: move.event, tick: move.tick, from: address(move.from), to: address(move.to), sizeBytes: move.sizeBytes, frame: frameOf(recording, move.site),
  }))
  return {
    id: idText(recording, object), typeName: names.name(object.type), address: addressText(recording, object.address),
    birth: birth && {
      event: object.birthEvent, tick: object.birthTick, fromFreeList: birth.kind === REUSE, sizeBytes: birth.sizeBytes, traceback: recording.traceback(birth.site),
    },
    moves, moveCount: span.moveCount, sizeBytes: span.sizeBytes, lastAddress: address(span.block),
    death: death && {
      event: death.event, tick: death.tick, intoFreeList: death.kind === PARK, traceback: recording.traceback(death.site),
      collection: collection && { id: collection.id, generation: collection.generation, reason: collection.reason },
      ...(collection ? takenBy(recording, names, collection, death, object.type) : cascadeOf(recording, names, death, object.type)),
    },
  }
}

const frameOf = (recording: OpenRecording, site: number): Frame => recording.frame(site)

/** Chunks that are searched before others have a turn: some 20 ms. */
const CHUNKS_A_TURN = 16

interface KeptSpan { birthEvent: number; address: number; events: number; span: LifeSpan }
const spans = new WeakMap<OpenRecording, KeptSpan>()

const kept = (recording: OpenRecording, { birthEvent, address }: NamedObject): LifeSpan | undefined => {
  const last = spans.get(recording)
  return last && last.birthEvent === birthEvent && last.address === address && last.events === recording.run().event_count ? last.span : undefined
}

/** Finds the span that lifeOf will ask for, with turns of the event loop in between; throws when cancelled. */
export async function prepareLife(recording: OpenRecording, object: NamedObject, { signal, progress }: LifeOptions & { signal?: AbortSignal }): Promise<void> {
  if (kept(recording, object)) return
  const search = searchSpan(recording, object)
  for (let turn = 0; ; turn++) {
    const step = search.next()
    if (step.done) return
    progress?.(...step.value)
    if (turn % CHUNKS_A_TURN === 0) await new Promise(resolve => setImmediate(resolve))
    signal?.throwIfAborted()
  }
}

/** Follows a block from the birth of its object to its death. */
export function spanOf(recording: OpenRecording, object: NamedObject, { progress }: LifeOptions = {}): LifeSpan {
  const known = kept(recording, object)
  if (known) return known
  const search = searchSpan(recording, object)
  for (;;) {
    const step = search.next()
    if (step.done) return step.value
    progress?.(...step.value)
  }
}

function* searchSpan(recording: OpenRecording, object: NamedObject): Generator<[number, number], LifeSpan> {
  const head = headsOf(recording)[object.type] ?? 0
  const end = recording.run().event_count
  const from = object.birthEvent + 1
  let block = object.birthEvent < 0 ? object.address - head : object.block
  const span: LifeSpan = { moves: [], moveCount: 0, death: null, block, sizeBytes: object.birthEvent < 0 ? 0 : recordedEvent(recording, object.birthEvent).sizeBytes }
  const found = (): LifeSpan => {
    spans.set(recording, { birthEvent: object.birthEvent, address: object.address, events: end, span })
    return span
  }
  for (const chunk of recording.reader.chunksOf(from, end)) {
    yield [chunk.first_event - from, end - from]
    const columns = recording.columns(chunk)
    const { op: ops, address, opHead, opSize, opSite, opInstruction } = columns
    for (let i = Math.max(0, from - chunk.first_event); i < chunk.event_count; i++) {
      if (address[i] !== block) continue
      const op = ops[i]!
      const kind = opHead[op]! & 15
      if (kind === REALLOC_FROM && i + 1 < chunk.event_count) {
        const to = address[i + 1]!
        const next = ops[i + 1]!
        if (span.moveCount++ < MAX_MOVES) {
          span.moves.push({
            event: chunk.first_event + i, tick: tickOf(columns, i), site: opSite[next]!, from: block, to, sizeBytes: opSize[next]!,
          })
        }
        span.sizeBytes = opSize[next]!
        block = span.block = to
        i++
      } else if (kind === FREE || kind === PARK || kind === ALLOC || kind === REUSE) {
        // An allocation in its place without a free: its end was not seen.
        span.death = { event: chunk.first_event + i, tick: tickOf(columns, i), kind, site: opSite[op]!, instruction: opInstruction[op]!, block }
        return found()
      }
    }
  }
  return found()
}

function tickOf({ baseTick, tickDelta }: EventColumns, index: number): number {
  let tick = baseTick
  for (let i = 0; i <= index; i++) tick += tickDelta[i]! >>> 0
  return tick
}

interface RecordedEvent { kind: number; sizeBytes: number; site: number }

function recordedEvent(recording: OpenRecording, event: number): RecordedEvent {
  const chunk = recording.reader.chunkAtEvent(event)!
  const { op, opHead, opSize, opSite } = recording.columns(chunk)
  const at = op[event - chunk.first_event]!
  return { kind: opHead[at]! & 15, sizeBytes: opSize[at]!, site: opSite[at]! }
}

// ---- what ended it ---------------------------------------------------------------------------------------------------

type Death = NonNullable<LifeSpan['death']>

/** The collection that freed it, not one during which Python code did. */
function collectionAround(recording: OpenRecording, death: Death): StoredCollection | null {
  const near = recording.reader.collections(0, death.tick, 0, Number.MAX_SAFE_INTEGER)
  for (let i = near.length - 1; i >= 0; i--) {
    const collection = near[i]!
    if (collection.start_event > death.event) continue
    if (collection.end_event <= death.event) return null
    const start = eventPlace(recording, collection.start_event)
    if (start.site === death.site && start.instruction === death.instruction) return collection
  }
  return null
}

function eventPlace(recording: OpenRecording, event: number): { site: number; instruction: number } {
  const chunk = recording.reader.chunkAtEvent(event)!
  const { op, opSite, opInstruction } = recording.columns(chunk)
  const at = op[event - chunk.first_event]!
  return { site: opSite[at]!, instruction: opInstruction[at]! }
}

interface Tally { rows: DeathRow[]; objectCount: number; blockCount: number; freedBytes: number; position: number }

/** The frees right before and after, by the same instruction at the same tick. */
function cascadeOf(recording: OpenRecording, names: TypeNames, death: Death, type: number): Tally {
  let from = death.event
  // Its end was not seen, so neither was what went with it.
  if (death.kind !== FREE && death.kind !== PARK) return { rows: [], objectCount: 0, blockCount: 0, freedBytes: 0, position: 0 }
  let to = death.event + 1
  const end = recording.run().event_count
  const inside = (event: number, chunk: StoredChunk, forward: boolean): boolean => {
    const { op: ops, opHead, opSite, opInstruction, tickDelta } = recording.columns(chunk)
    const i = event - chunk.first_event
    const op = ops[i]!
    const kind = opHead[op]! & 15
    // References that are dropped on the way do not part what dies together.
    if (kind !== FREE && kind !== PARK && kind !== REFERENCE || opSite[op] !== death.site || opInstruction[op] !== death.instruction) return false
    // Ticks are differences: the later of two events says whether they share one.
    if (forward) return tickDelta[i] === 0
    const next = event + 1 < chunk.first_event + chunk.event_count ? tickDelta[i + 1] : recording.columns(chunkAt(recording, event + 1)).tickDelta[0]
    return next === 0
  }
  for (let chunk = chunkAt(recording, from); from > 0; from--) {
    if (from - 1 < chunk.first_event) chunk = chunkAt(recording, from - 1)
    if (!inside(from - 1, chunk, false)) break
  }
  for (let chunk = chunkAt(recording, death.event); to < end; to++) {
    if (to >= chunk.first_event + chunk.event_count) chunk = chunkAt(recording, to)
    if (!inside(to, chunk, true)) break
  }
  return tally(recording, names, from, to, { event: death.event, type }, () => true)
}

/** What a collection freed by itself. */
function takenBy(recording: OpenRecording, names: TypeNames, collection: StoredCollection, { event }: Death, type: number): Tally {
  const { site, instruction } = eventPlace(recording, collection.start_event)
  return tally(recording, names, collection.start_event, collection.end_event, { event, type }, (columns, op) =>
    columns.opSite[op] === site && columns.opInstruction[op] === instruction)
}

function chunkAt(recording: OpenRecording, event: number): StoredChunk {
  return recording.reader.chunkAtEvent(event)!
}

/** Deaths of objects and frees of other blocks from one event to another, by type. */
function tally(
  recording: OpenRecording, names: TypeNames, from: number, to: number, death: { event: number; type: number }, takes: (columns: EventColumns, op: number) => boolean,
): Tally {
  const { table } = recording.stateAt({ tick: 0, event: from })!
  const rows = new Map<number, DeathRow>()
  const parked = new Set<number>()
  const result: Tally = { rows: [], objectCount: 0, blockCount: 0, freedBytes: 0, position: 0 }
  for (const chunk of recording.reader.chunksOf(from, to)) {
    const columns = recording.columns(chunk)
    const { op: ops, address, opHead } = columns
    const end = Math.min(chunk.event_count, to - chunk.first_event)
    for (let i = Math.max(0, from - chunk.first_event); i < end; i++) {
      const op = ops[i]!
      const kind = opHead[op]! & 15
      if (kind !== FREE && kind !== PARK || !takes(columns, op)) continue
      const block = table.find(address[i]!)
      const own = chunk.first_event + i === death.event
      // Of blocks from before the recording nothing is known but what was asked for.
      if (block === 0 && !own) continue
      const wasParked = block !== 0 && (table.type[block]! & PARKED) !== 0 || parked.has(address[i]!)
      const sizeBytes = block === 0 ? 0 : table.size[block]!
      if (kind === PARK) parked.add(address[i]!)
      else {
        parked.delete(address[i]!)
        result.blockCount++
        result.freedBytes += sizeBytes
      }
      // A free list that is emptied frees blocks of objects that had died before.
      if (wasParked) continue
      const type = block === 0 ? death.type : table.type[block]! & TYPE_MASK
      const isObject = type >= FIRST_TYPE
      if (isObject) result.objectCount++
      if (own) result.position = result.objectCount
      let row = rows.get(type)
      if (!row) rows.set(type, row = { typeName: names.name(type), isObject, count: 0, sizeBytes: 0, intoFreeList: 0 })
      row.count++
      row.sizeBytes += sizeBytes
      if (kind === PARK) row.intoFreeList++
    }
  }
  result.rows = [...rows.values()].sort((a, b) => b.sizeBytes - a.sizeBytes || b.count - a.count || (a.typeName < b.typeName ? -1 : 1))
  return result
}
