// The log itself, event by event: what happened, to which block, where, and why something died.
import {
  ALLOC, ARENA_FREE, ARENA_NEW, FIRST_TYPE, FREE, GC_END, GC_START, MARK, OUTPUT, PARK, REALLOC, REALLOC_FROM, REFERENCE, REGION, REUSE, SWITCH,
} from '../memory/events'
import { UNKNOWN_SIZE } from '../recording/event-columns'
import type { Params, Result } from '../rpc/contract'
import type { EventKind, EventRow } from '../rpc/contract-objects'
import { MoltError } from '../base/errors'
import { addressText } from './object-id'
import type { OpenRecording } from './open-recording'
import { TAGS } from './types-at'

const KINDS: Record<number, EventKind> = {
  [ALLOC]: 'alloc', [FREE]: 'free', [REALLOC]: 'realloc', [REALLOC_FROM]: 'realloc-from', [REUSE]: 'reuse', [PARK]: 'park', [GC_START]: 'gc-start',
  [GC_END]: 'gc-end', [ARENA_NEW]: 'arena-new', [ARENA_FREE]: 'arena-free', [OUTPUT]: 'output', [MARK]: 'mark', [SWITCH]: 'switch', [REGION]: 'region',
}
const OF_BLOCKS = new Set([ALLOC, FREE, REALLOC, REALLOC_FROM, REUSE, PARK])
const OF_ADDRESSES = new Set([...OF_BLOCKS, ARENA_NEW, ARENA_FREE])
const DEATHS = new Set([FREE, PARK])
const DEFAULT_ROWS = 200

/** Events from number `fromEvent` on, at most `limit`; `next` continues. */
export function eventList(recording: OpenRecording, params: Params<'events.list'>): Result<'events.list'> {
  recording.refresh()
  const { reader } = recording
  const run = recording.run()
  if (run.event_count > 0 && !reader.chunkAtEvent(0)) {
    throw new MoltError('no-instant', 'This recording has no events.', 'Record with --record full.')
  }
  const limit = params.limit ?? DEFAULT_ROWS
  const from = Math.min(params.fromEvent, run.event_count)
  const to = Math.min(run.event_count, params.toEvent ?? Infinity)
  const types = new Map(reader.types().map(t => [t.id, t.module === 'builtins' || t.module === '' ? t.name : `${t.module}.${t.name}`]))
  const marks = new Map(reader.marks().map(m => [m.id, m.label]))
  const rows: EventRow[] = []
  let at = from
  for (const chunk of reader.chunksOf(from, to)) {
    const { op, address, tickDelta, opHead, opSize, opSite, baseTick } = recording.columns(chunk)
    const collections = reader.collections(chunk.base_tick, chunk.last_tick, 0, Number.MAX_SAFE_INTEGER)
    const before = reader.collectionBeside(chunk.base_tick, -1)
    if (before !== undefined) collections.unshift(...reader.collections(before, before, 0, Number.MAX_SAFE_INTEGER))
    let tick = baseTick
    for (let i = 0; i < chunk.event_count && rows.length < limit; i++) {
      tick += tickDelta[i]! >>> 0
      const event = chunk.first_event + i
      if (event < from) continue
      if (event >= to) break
      at = event + 1
      const head = opHead[op[i]!]!
      const kind = head & 15
      // References are told by molt ledger, object by object.
      if (kind === REFERENCE) continue
      if (params.kinds && !params.kinds.includes(KINDS[kind]!)) continue
      const type = head >>> 6
      const site = opSite[op[i]!]!
      const taken = DEATHS.has(kind) ? collections.find(c => c.start_event < event && event < c.end_event) : undefined
      rows.push({
        event, tick, kind: KINDS[kind] ?? 'region', address: OF_ADDRESSES.has(kind) ? addressText(recording, address[i]!) : null,
        sizeBytes: !OF_ADDRESSES.has(kind) || opSize[op[i]!]! === UNKNOWN_SIZE ? null : opSize[op[i]!]!,
        what: OF_BLOCKS.has(kind) ? type >= FIRST_TYPE ? types.get(type) ?? `type ${type}` : TAGS[type] ?? ''
          : kind === MARK ? marks.get(address[i]!) ?? '' : kind === GC_START || kind === GC_END ? `generation ${address[i]}, collection ${opSize[op[i]!]}`
          : kind === OUTPUT ? `${opSize[op[i]!]} bytes to descriptor ${address[i]}` : '',
        isObject: OF_BLOCKS.has(kind) && type >= FIRST_TYPE, collectionId: taken?.id ?? null, frame: site === 0 ? null : recording.frame(site),
      })
    }
    if (rows.length >= limit) break
  }
  return { rows, next: at < to ? at : null, eventCount: run.event_count }
}
