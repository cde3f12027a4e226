// What an object is called: in one run an object is its block and the number of the event that bore it.
//
// Addresses are used again, so an address alone names an object only at an instant; the number of the event of its birth (an
// ALLOC, or a REUSE out of a free list) names it for the whole run. What people may write:
//
//   o1234            the object born by event 1234: the short id that Molt prints
//   0x20000001a2b0   what id() gave, of the object that is alive at `at`
//   0x…@INSTANT      the same, alive at this instant; @start: one that was there before the program
//   snapshot:2/571   node 571 of snapshot 2
//
// Objects from before the recording have no birth; they are called 0x…@start.
import type { HeapGraph } from '../analysis/heap-graph'
import { MoltError } from '../base/errors'
import { AddressSpace } from '../memory/address-space'
import { ALLOC, FIRST_TYPE, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { FIRST_SLOT, GEOMETRY_3_11, GEOMETRY_TEXTBOOK } from '../memory/arenas'
import { PARKED, TYPE_MASK } from '../recording/live-table'
import type { At } from '../rpc/contract'
import { graphOf, type OpenGraph } from './graph'
import type { Instant, OpenRecording } from './open-recording'

export interface ObjectId {
  /** Where its block lay at birth, in granules; of an object from before the recording where the object lies. */
  block: number
  /** Events before that of its birth; -1: born before the recording. */
  birthEvent: number
}

export interface NamedObject extends ObjectId {
  /** Where the object itself was at birth, and what it is: its type when it was born. */
  address: number
  type: number
  birthTick: number
  /** An instant at which it is alive. */
  seenEvent: number
}

const BEFORE = -1

export function idText(recording: OpenRecording, { block, birthEvent }: ObjectId): string {
  return birthEvent === BEFORE ? `${addressText(recording, block)}@start` : `o${birthEvent}`
}

// ---- addresses -------------------------------------------------------------------------------------------------------

/** As id() and repr() show it. */
export const addressText = (recording: OpenRecording, granule: number): string => `0x${spaceOf(recording).toAddress(granule).toString(16)}`

export const granuleOf = (recording: OpenRecording, address: number): number => spaceOf(recording).fromAddress(address)

const spaces = new WeakMap<OpenRecording, AddressSpace>()

function spaceOf(recording: OpenRecording): AddressSpace {
  let space = spaces.get(recording)
  if (space) return space
  const { granule_bytes, granule_boundary } = recording.run()
  space = new AddressSpace(Math.log2(granule_bytes))
  space.boundary = granule_boundary
  const { arenaBytes } = granule_bytes === GEOMETRY_TEXTBOOK.alignment ? GEOMETRY_TEXTBOOK : GEOMETRY_3_11
  space.firstArenaGranule = FIRST_SLOT * arenaBytes / granule_bytes
  spaces.set(recording, space)
  return space
}

// ---- names -----------------------------------------------------------------------------------------------------------

/** The object that `text` names. Throws MoltError bad-request (no such name), no-instant, no-object. */
export function findObject(recording: OpenRecording, text: string, at: At = 'end'): NamedObject {
  const born = /^o(\d{1,15})$/.exec(text)
  if (born) return objectBornBy(recording, Number(born[1]))
  const node = /^snapshot:(\d{1,9})\/(\d{1,9})$/.exec(text)
  if (node) return objectInSnapshot(recording, Number(node[1]), Number(node[2]))
  const address = /^0x([0-9a-f]{1,13})(?:@(.+))?$/i.exec(text)
  if (!address) {
    throw new MoltError('bad-request', `${text} does not name an object.`,
      'Name it as id() shows it (0x…, alive at --at, or 0x…@INSTANT), by its short id (o1234), or as snapshot:N/NODE.')
  }
  const granule = granuleOf(recording, parseInt(address[1]!, 16))
  if (address[2] === 'start') return objectFromBefore(recording, granule, text)
  const instant = recording.resolve(address[2] === undefined ? at : /^\d+$/.test(address[2]) ? Number(address[2]) : address[2])
  return objectAt(recording, granule, instant) ?? objectFromBefore(recording, granule, text)
}

/** The object whose id() is this granule at an instant; null if there is none, or if it is older than the recording. */
export function objectAt(recording: OpenRecording, granule: number, instant: Instant): NamedObject | null {
  const state = withEvents(recording).stateAt(instant)!
  const heads = headsOf(recording)
  const { table } = state
  for (let head = 0; head <= 2; head++) {
    const row = granule - head > 0 ? table.find(granule - head) : 0
    if (row === 0 || (table.type[row]! & PARKED) !== 0) continue
    const type = table.type[row]! & TYPE_MASK
    // A block of the other parts of objects (a list's items) is none.
    if (type < FIRST_TYPE || heads[type] !== head) continue
    const birth = birthOf(recording, granule - head, table.tick[row]!, instant.event)
    if (birth) return { ...birth, address: birth.block + head, type, seenEvent: instant.event }
  }
  return null
}

/** The object of a node of a snapshot. */
export function objectOfNode(recording: OpenRecording, open: OpenGraph, node: number): NamedObject {
  const { graph, snapshot } = open
  const address = graph.address[node]!
  const found = graph.birthTick[node]! < 0 ? null : objectAt(recording, address, { tick: snapshot.tick, event: snapshot.event })
  return found ?? { block: address, birthEvent: BEFORE, address, type: graph.type[node]!, birthTick: BEFORE, seenEvent: snapshot.event }
}

/** The node of an object in a snapshot, 0 if it is not alive there. `address`: where it is at that instant. */
export function nodeAt(graph: HeapGraph, address: number): number {
  const { address: addresses, nodeCount } = graph
  for (let node = 1; node < nodeCount; node++) if (addresses[node] === address) return node
  return 0
}

function objectInSnapshot(recording: OpenRecording, id: number, node: number): NamedObject {
  recording.resolve(`snapshot:${id}`)
  const open = graphOf(recording, recording.reader.snapshots().find(s => s.id === id)!)
  if (node < 1 || node >= open.graph.nodeCount) {
    throw new MoltError('no-object', `Snapshot ${id} has no node ${node}.`, `Its objects have the numbers 1 to ${open.graph.nodeCount - 1}.`)
  }
  return objectOfNode(recording, open, node)
}

function objectBornBy(recording: OpenRecording, birthEvent: number): NamedObject {
  const chunk = withEvents(recording).reader.chunkAtEvent(birthEvent)
  const at = chunk ? birthEvent - chunk.first_event : -1
  if (!chunk || at >= chunk.event_count) {
    throw new MoltError('no-object', `There is no object o${birthEvent}: the recording has ${recording.run().event_count.toLocaleString('en')} events.`)
  }
  const { op, address, opHead, tickDelta, baseTick } = recording.columns(chunk)
  const head = opHead[op[at]!]!
  const kind = head & 15
  // What comes from a free list may leave its type as it was.
  const type = head >>> 6 || (kind === REUSE ? typeAfter(recording, address[at]!, birthEvent) : 0)
  if (kind !== ALLOC && kind !== REUSE || type < FIRST_TYPE) {
    throw new MoltError('no-object', `There is no object o${birthEvent}: event ${birthEvent} is not the birth of one.`)
  }
  let birthTick = baseTick
  for (let i = 0; i <= at; i++) birthTick += tickDelta[i]! >>> 0
  const block = address[at]!
  return { block, birthEvent, address: block + (headsOf(recording)[type] ?? 0), type, birthTick, seenEvent: birthEvent + 1 }
}

function typeAfter(recording: OpenRecording, block: number, event: number): number {
  const { table } = recording.stateAt({ tick: 0, event: event + 1 })!
  return table.type[table.find(block)]! & TYPE_MASK
}

/** Of objects from before the recording only snapshots know. */
function objectFromBefore(recording: OpenRecording, granule: number, text: string): NamedObject {
  for (const snapshot of granule === 0 ? [] : recording.reader.snapshots().reverse()) {
    const { graph } = graphOf(recording, snapshot)
    const node = nodeAt(graph, granule)
    if (node !== 0 && graph.birthTick[node]! < 0) {
      return { block: granule, birthEvent: BEFORE, address: granule, type: graph.type[node]!, birthTick: BEFORE, seenEvent: snapshot.event }
    }
  }
  throw new MoltError('no-object', `There is no object at ${text}.`, 'An address names the object that is alive at --at (default: end): try another instant.')
}

// ---- births ----------------------------------------------------------------------------------------------------------

/** The birth of the object whose block came to `block` at `tick`, before event `before`. Follows it back through reallocations. */
function birthOf(recording: OpenRecording, block: number, tick: number, before: number): (ObjectId & { birthTick: number }) | null {
  for (;;) {
    const found = lastArrival(recording, block, tick, before)
    if (!found) return null
    if (found.kind !== REALLOC) return { block, birthEvent: found.event, birthTick: tick }
    // Right before it stands where it came from.
    block = found.from
    before = found.event - 1
    const { table } = recording.stateAt({ tick, event: before })!
    const row = table.find(block)
    if (row === 0) return null
    tick = table.tick[row]!
  }
}

/** The last event before `before` that put an object into this block, at `tick`. */
function lastArrival(recording: OpenRecording, block: number, tick: number, before: number): { event: number; kind: number; from: number } | null {
  const { reader } = recording
  const chunks = reader.chunksBetween(tick, tick)
  for (let c = chunks.length - 1; c >= 0; c--) {
    const chunk = chunks[c]!
    const { op, address, opHead } = recording.columns(chunk)
    for (let i = Math.min(chunk.event_count, before - chunk.first_event) - 1; i >= 0; i--) {
      if (address[i] !== block) continue
      const kind = opHead[op[i]!]! & 15
      if (kind !== ALLOC && kind !== REUSE && kind !== REALLOC) continue
      const from = kind === REALLOC && i > 0 && (opHead[op[i - 1]!]! & 15) === REALLOC_FROM ? address[i - 1]! : 0
      // A block that grew without having been seen before came from before the recording.
      if (kind === REALLOC && from === 0) return null
      return { event: chunk.first_event + i, kind, from }
    }
  }
  return null
}

// ---- what every look-up needs ----------------------------------------------------------------------------------------

const heads = new WeakMap<OpenRecording, { types: number; granules: number[] }>()

/** By type id: granules between the start of the block and the object. */
export function headsOf(recording: OpenRecording): number[] {
  const rows = recording.reader.types()
  const kept = heads.get(recording)
  if (kept?.types === rows.length) return kept.granules
  const granules: number[] = []
  for (const row of rows) granules[row.id] = row.head_granules
  heads.set(recording, { types: rows.length, granules })
  return granules
}

export function withEvents(recording: OpenRecording): OpenRecording {
  if (recording.run().event_count > 0 && recording.reader.chunkAtEvent(0)) return recording
  throw new MoltError('no-instant', 'This recording has no events, so it knows no single objects.', 'Record with --record full.')
}
