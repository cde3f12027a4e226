// The figures that profile formats are written from: measures of every traceback.
import { MoltError } from '../base/errors'
import { totalOf, type Measure, type MeasureName, type MemoryProfile } from '../export/profile'
import type { At, StatisticsFilter } from '../rpc/contract'
import { keptFrames } from './filters'
import { measureWords } from './flamegraph-page'
import { measureSites, type Progress } from './measures'
import type { Instant, OpenRecording } from './open-recording'

export interface ProfileParams {
  /** The end of the range, and when live memory is looked at; absent: the end of the run. */
  at?: At
  /** Where the range begins; absent: before the first event. */
  from?: At
  /** Absent: live and allocated, and of a range survived, as far as the recording has them. */
  measures?: MeasureName[]
  temporaryThreshold?: number
  filters?: StatisticsFilter[]
}

export interface ResolvedProfile extends MemoryProfile {
  readonly at: Instant
  /** Null: from the beginning. */
  readonly from: Instant | null
}

export function memoryProfile(recording: OpenRecording, params: ProfileParams, progress: Progress = {}): ResolvedProfile {
  recording.refresh()
  const run = recording.run()
  const at = recording.resolve(params.at ?? 'end')
  const from = params.from === undefined ? null : recording.resolve(params.from)
  const wanted = params.measures ?? (from ? (['live', 'allocated', 'survived'] as const) : (['live', 'allocated'] as const))
  const measures: Measure[] = []
  for (const name of wanted) {
    try {
      measures.push(measured(recording, name, params, progress))
    } catch (error) {
      // What nobody asked for by name may be missing from a recording with statistics only. A range that is wrong fails with the first.
      if (params.measures || name === 'live' || !(error instanceof MoltError)) throw error
    }
  }
  // An imported snapshot of tracemalloc knows what is live, and nothing of what was allocated before.
  const live = measures.find(m => m.name === 'live')
  const known = params.measures || from ? measures : measures.filter(m => m === live || !live || totalOf(m.count) > 0 || totalOf(live.count) === 0)
  filter(recording, known, params.filters ?? [])
  return {
    title: run.script_name, sites: recording.sites, measures: known, at, from,
    codeAt: id => {
      const code = recording.code(id)
      const fileId = code?.file_id ?? 0
      return { name: code?.qualified_name ?? '', path: recording.pathOf(fileId), fileId, firstLine: code?.first_line ?? 0 }
    },
  }
}

function measured(recording: OpenRecording, name: MeasureName, params: ProfileParams, progress: Progress): Measure {
  const range = {
    measure: name, at: params.at ?? 'end', ...(params.from === undefined ? {} : { from: params.from }),
    ...(params.temporaryThreshold === undefined ? {} : { temporaryThreshold: params.temporaryThreshold }),
  }
  const { figures, to } = measureSites(recording, range, progress)
  // Copies: figures may be kept by the recording.
  const bytes = new Float64Array(figures.length / 2)
  const count = new Float64Array(figures.length / 2)
  for (let site = 0; site < bytes.length; site++) {
    bytes[site] = figures[site * 2]!
    count[site] = figures[site * 2 + 1]!
  }
  return { name, title: `${measureWords(range)} (tick ${to.tick.toLocaleString('en')})`, bytes, count }
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
