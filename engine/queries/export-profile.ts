// The figures that profile formats are written from: live, allocated and survived memory of every traceback.
import { MoltError } from '../base/errors'
import { MEASURES, type Measure, type MeasureName, type MemoryProfile } from '../export/profile'
import { SITE_ALLOCATED_BYTES, SITE_ALLOCATIONS, SITE_STRIDE } from '../recording/memory-state'
import type { At, StatisticsFilter } from '../rpc/contract'
import { keptFrames } from './filters'
import type { Instant, OpenRecording } from './open-recording'

export interface ProfileParams {
  /** When live memory is looked at; absent: the range's end, or the end of the run. */
  at?: At
  /** Where allocations are counted; absent: from the beginning to `at`, and so where an end of it is absent. */
  range?: { from?: At; to?: At }
  /** Absent: live and allocated, and with a range survived, as far as the recording has them. */
  measures?: MeasureName[]
  filters?: StatisticsFilter[]
}

export interface ResolvedProfile extends MemoryProfile {
  readonly at: Instant
  /** From the beginning if no range was asked for. */
  readonly range: { from: Instant; to: Instant }
}

const BEGINNING: Instant = { tick: 0, event: 0 }

export function memoryProfile(recording: OpenRecording, params: ProfileParams): ResolvedProfile {
  recording.refresh()
  const run = recording.run()
  const from = params.range?.from === undefined ? BEGINNING : recording.resolve(params.range.from)
  const at = recording.resolve(params.at ?? params.range?.to ?? 'end')
  const to = params.range?.to === undefined ? at : recording.resolve(params.range.to)
  if (to.event < from.event) throw new MoltError('bad-request', 'The range ends before it begins.', 'Write the earlier instant first: A..B.')
  const wanted = params.measures ?? (params.range ? MEASURES : (['live', 'allocated'] as const))
  const build: Record<MeasureName, () => Measure> = {
    live: () => live(recording, at),
    allocated: () => allocated(recording, from, to),
    survived: () => survived(recording, from, to, at),
  }
  const measures: Measure[] = []
  for (const name of wanted) {
    try {
      measures.push(build[name]())
    } catch (error) {
      // What nobody asked for by name may be missing from a recording with statistics only.
      if (params.measures || !(error instanceof MoltError && error.code === 'no-instant')) throw error
    }
  }
  filter(recording, measures, params.filters ?? [])
  return {
    title: run.script_name, sites: recording.sites, measures, at, range: { from, to },
    codeAt: id => {
      const code = recording.code(id)
      const fileId = code?.file_id ?? 0
      return { name: code?.qualified_name ?? '', path: recording.pathOf(fileId), fileId, firstLine: code?.first_line ?? 0 }
    },
  }
}

/** Sites that do not pass the filters have no figures. */
function filter(recording: OpenRecording, measures: Measure[], filters: StatisticsFilter[]): void {
  if (filters.length === 0) return
  const keep = keptFrames(recording.frames, id => recording.pathOf(id), filters)
  for (let site = 0; site < recording.sites.count; site++) {
    if (keep(recording.frameOf[site]!)) continue
    for (const { bytes, count } of measures) {
      if (site < bytes.length) bytes[site] = count[site] = 0
    }
  }
}

function live(recording: OpenRecording, at: Instant): Measure {
  const pairs = recording.figuresAt(at)
  const bytes = new Float64Array(pairs.length / 2)
  const count = new Float64Array(pairs.length / 2)
  for (let site = 0; site < bytes.length; site++) {
    bytes[site] = pairs[site * 2]!
    count[site] = pairs[site * 2 + 1]!
  }
  return { name: 'live', title: `live at tick ${at.tick}`, bytes, count }
}

function allocated(recording: OpenRecording, from: Instant, to: Instant): Measure {
  const now = totals(recording, to)
  if (from.event > 0) {
    const before = totals(recording, from)
    for (let i = 0; i < before.bytes.length; i++) {
      now.bytes[i]! -= before.bytes[i]!
      now.count[i]! -= before.count[i]!
    }
  }
  return { name: 'allocated', title: from.event > 0 ? `allocated from tick ${from.tick} to ${to.tick}` : `allocated up to tick ${to.tick}`, ...now }
}

/** Everything allocated from the beginning on, by site; copies, since the state moves on. */
function totals(recording: OpenRecording, instant: Instant): { bytes: Float64Array; count: Float64Array } {
  if (instant.keyframe?.kind === 'peak') {
    throw new MoltError('no-instant', 'This recording has no allocations up to its peak.', 'Ask for the end or a mark, or record with --record full.')
  }
  const { sites } = recording.figureStateAt(instant)
  const length = sites.length / SITE_STRIDE
  const bytes = new Float64Array(length)
  const count = new Float64Array(length)
  for (let site = 0; site < length; site++) {
    bytes[site] = sites[site * SITE_STRIDE + SITE_ALLOCATED_BYTES]!
    count[site] = sites[site * SITE_STRIDE + SITE_ALLOCATIONS]!
  }
  return { bytes, count }
}

/** Blocks that came to their line (by allocation, reallocation or reuse) in the range and are alive at `at`. */
function survived(recording: OpenRecording, from: Instant, to: Instant, at: Instant): Measure {
  if (at.event < to.event) throw new MoltError('bad-request', 'What survived a range can only be seen at its end or later.', 'Give a later --at.')
  const bytes = new Float64Array(recording.sites.count)
  const count = new Float64Array(recording.sites.count)
  /** Blocks of the ticks in which the range begins and ends: only the memory there tells on which side they lie. */
  const start = fingerprints(recording, from, from.tick)
  const finish = fingerprints(recording, to, to.tick)
  const state = recording.stateAt(at)
  if (!state) throw statisticsOnly()
  const { table } = state
  for (let block = 1; block < table.end; block++) {
    if (table.address[block] === 0) continue
    const tick = table.tick[block]!
    if (tick < from.tick || tick > to.tick) continue
    if (tick === from.tick && start.has(fingerprint(table, block))) continue
    if (tick === to.tick && !finish.has(fingerprint(table, block))) continue
    const site = table.site[block]!
    bytes[site]! += table.size[block]!
    count[site]!++
  }
  return { name: 'survived', title: `allocated from tick ${from.tick} to ${to.tick}, alive at ${at.tick}`, bytes, count }
}

interface Blocks { end: number; address: Int32Array; size: Int32Array; site: Int32Array; tick: Float64Array }

const fingerprint = (table: Blocks, block: number): string => `${table.address[block]} ${table.size[block]} ${table.site[block]}`

/** The blocks alive at an instant that came to their line in `tick`. */
function fingerprints(recording: OpenRecording, instant: Instant, tick: number): Set<string> {
  const found = new Set<string>()
  if (instant.event === 0) return found
  const state = recording.stateAt(instant)
  if (!state) throw statisticsOnly()
  const { table } = state
  for (let block = 1; block < table.end; block++) {
    if (table.address[block] !== 0 && table.tick[block] === tick) found.add(fingerprint(table, block))
  }
  return found
}

const statisticsOnly = () =>
  new MoltError('no-instant', 'This recording has statistics only: what survived is not in it.', 'Record with --record full.')
