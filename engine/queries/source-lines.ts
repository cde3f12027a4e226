// What each line costs: the files of a run, and the figures of every line of one file.
import { MoltError } from '../base/errors'
import { decodeLineSample, LINES_A_FILE } from '../recording/keyframe'
import {
  MemoryState, SITE_ALLOCATED_BYTES, SITE_ALLOCATIONS, SITE_INCREMENT, SITE_LIVE_BLOCKS, SITE_OCCURRENCES, SITE_STRIDE, SITE_TEMPORARIES,
} from '../recording/memory-state'
import type { Params, SourceFileRow, SourceLines } from '../rpc/contract'
import type { Instant, OpenRecording } from './open-recording'

const SPARK_SLOTS = 48
/** Up to so many events a sparkline is replayed exactly; beyond, the recorder's samples are used. */
const REPLAYED_EVENTS = 300_000

export function sourceFiles(recording: OpenRecording, params: Params<'source.files'>): SourceFileRow[] {
  recording.refresh()
  const sites = figuresOf(recording, recording.resolve(params.at))
  const rows = new Map<number, SourceFileRow>()
  for (const file of recording.reader.fileHeads()) {
    rows.set(file.id, {
      fileId: file.id, path: file.path, origin: file.origin as SourceFileRow['origin'], hasText: file.line_count > 0, lineCount: file.line_count,
      liveBytes: 0, liveBlocks: 0, allocations: 0, allocatedBytes: 0,
    })
  }
  for (let site = 1; site * SITE_STRIDE < sites.length; site++) {
    const row = rows.get(recording.fileOf(recording.sites.code[site]!))
    if (!row) continue
    const at = site * SITE_STRIDE
    row.liveBytes += sites[at]!
    row.liveBlocks += sites[at + SITE_LIVE_BLOCKS]!
    row.allocations += sites[at + SITE_ALLOCATIONS]!
    row.allocatedBytes += sites[at + SITE_ALLOCATED_BYTES]!
  }
  const rank = { script: 0, user: 1, generated: 2, library: 3 }
  return [...rows.values()].sort((a, b) => rank[a.origin] - rank[b.origin] || b.liveBytes - a.liveBytes || b.allocatedBytes - a.allocatedBytes || a.fileId - b.fileId)
}

interface Line {
  liveBytes: number
  liveBlocks: number
  allocations: number
  allocatedBytes: number
  peakBytes: number
  temporaries: number
  increment: number
  occurrences: number
}

export function sourceLines(recording: OpenRecording, params: Params<'source.lines'>): SourceLines {
  recording.refresh()
  const file = recording.reader.file(params.fileId)
  if (!file) throw new MoltError('not-found', 'This recording has no such source file.')
  const instant = recording.resolve(params.at)
  const run = recording.run()
  const lines = new Map<number, Line>()
  const lineAt = (line: number): Line => {
    let found = lines.get(line)
    if (!found) {
      lines.set(line, found = {
        liveBytes: 0, liveBlocks: 0, allocations: 0, allocatedBytes: 0, peakBytes: 0, temporaries: 0, increment: 0, occurrences: 0,
      })
    }
    return found
  }

  const figures = figuresOf(recording, instant)
  const peak = recording.peakFigures()
  const { sites } = recording
  for (let site = 1; site < sites.count; site++) {
    if (recording.fileOf(sites.code[site]!) !== params.fileId) continue
    const at = site * SITE_STRIDE
    const line = lineAt(sites.line[site]!)
    line.peakBytes += peak[site * 2] ?? 0
    if (at >= figures.length) continue
    line.liveBytes += figures[at]!
    line.liveBlocks += figures[at + SITE_LIVE_BLOCKS]!
    line.allocations += figures[at + SITE_ALLOCATIONS]!
    line.allocatedBytes += figures[at + SITE_ALLOCATED_BYTES]!
    line.temporaries += figures[at + SITE_TEMPORARIES]!
    line.occurrences += figures[at + SITE_OCCURRENCES]!
  }
  addIncrements(recording, figures, params.fileId, lineAt)
  lines.delete(0)

  const order = [...lines.keys()].sort((a, b) => a - b)
  const column = (pick: (line: Line) => number) => Float64Array.from(order, line => pick(lines.get(line)!))
  const slots = params.sparkSlots ?? SPARK_SLOTS
  return {
    fileId: file.id, path: file.path, text: file.source ?? '', tick: instant.tick, peakTick: run.peak_tick,
    line: Int32Array.from(order),
    liveBytes: column(l => l.liveBytes),
    liveBlocks: column(l => l.liveBlocks),
    allocations: column(l => l.allocations),
    allocatedBytes: column(l => l.allocatedBytes),
    peakBytes: column(l => l.peakBytes),
    peakShare: column(l => (run.peak_bytes === 0 ? 0 : l.peakBytes / run.peak_bytes)),
    temporaryShare: column(l => (l.allocations === 0 ? 0 : Math.min(1, l.temporaries / l.allocations))),
    incrementBytes: column(l => l.increment),
    occurrences: column(l => l.occurrences),
    sparkSlots: slots,
    spark: sparks(recording, params.fileId, order, slots),
  }
}

/** Rows of SITE_STRIDE figures; only live ones where the instant has no more. */
function figuresOf(recording: OpenRecording, instant: Instant): Float64Array {
  if (instant.keyframe?.kind !== 'peak') return recording.figureStateAt(instant).sites
  const pairs = recording.figuresAt(instant)
  const rows = new Float64Array(pairs.length / 2 * SITE_STRIDE)
  for (let site = 0; site * 2 < pairs.length; site++) {
    rows[site * SITE_STRIDE] = pairs[site * 2]!
    rows[site * SITE_STRIDE + SITE_LIVE_BLOCKS] = pairs[site * 2 + 1]!
  }
  return rows
}

/**
 * memory_profiler's increment: what live bytes changed by while a line ran, calls from it included. A line that stands in a
 * traceback twice (recursion) counts once, for its outermost frame.
 */
function addIncrements(recording: OpenRecording, figures: Float64Array, fileId: number, lineAt: (line: number) => Line): void {
  const { sites } = recording
  const n = Math.min(sites.count, figures.length / SITE_STRIDE)
  const below = new Float64Array(n)
  const firstChild = new Int32Array(n)
  const nextSibling = new Int32Array(n)
  for (let site = n - 1; site > 0; site--) {
    const parent = sites.parent[site]!
    below[site] = below[site]! + figures[site * SITE_STRIDE + SITE_INCREMENT]!
    below[parent] = below[parent]! + below[site]!
    nextSibling[site] = firstChild[parent]!
    firstChild[parent] = site
  }
  const onPath = new Map<number, number>()
  const ours = (site: number) => recording.fileOf(sites.code[site]!) === fileId
  let site = firstChild[0] ?? 0
  while (site !== 0) {
    if (ours(site)) {
      const line = sites.line[site]!
      const depth = onPath.get(line) ?? 0
      if (depth === 0) lineAt(line).increment += below[site]!
      onPath.set(line, depth + 1)
    }
    if (firstChild[site] !== 0) {
      site = firstChild[site]!
      continue
    }
    for (;;) {
      if (ours(site)) onPath.set(sites.line[site]!, onPath.get(sites.line[site]!)! - 1)
      if (nextSibling[site] !== 0) {
        site = nextSibling[site]!
        break
      }
      site = sites.parent[site]!
      if (site === 0) return
    }
  }
}

/** Live bytes of each line at equidistant ticks, lines × slots. */
function sparks(recording: OpenRecording, fileId: number, lines: number[], slots: number): Float32Array {
  const values = new Float32Array(lines.length * slots)
  const run = recording.run()
  if (slots === 0 || lines.length === 0 || run.last_tick === 0) return values
  const rowOf = new Map(lines.map((line, i) => [line, i]))
  const exact = run.event_count <= REPLAYED_EVENTS && recording.reader.chunkAtEvent(0) !== undefined
  const samples = exact ? [] : recording.reader.lineSamples()
  let sample = -1
  for (let slot = 0; slot < slots; slot++) {
    const tick = Math.round(run.last_tick * (slot + 1) / slots)
    if (exact) addLines(recording, recording.figureStateAt(recording.resolve(tick)), fileId, rowOf, values, slot, slots)
    else {
      while (sample + 1 < samples.length && samples[sample + 1]!.tick <= tick) sample++
      if (sample < 0) continue
      const { place, bytes } = decodeLineSample(samples[sample]!.data)
      for (let i = 0; i < place.length; i++) {
        const row = Math.floor(place[i]! / LINES_A_FILE) === fileId ? rowOf.get(place[i]! % LINES_A_FILE) : undefined
        if (row !== undefined) values[row * slots + slot] = bytes[i]!
      }
    }
  }
  return values
}

function addLines(
  recording: OpenRecording, state: MemoryState, fileId: number, rowOf: Map<number, number>, values: Float32Array, slot: number, slots: number,
): void {
  const { sites } = recording
  for (let site = 1; site * SITE_STRIDE < state.sites.length && site < sites.count; site++) {
    const bytes = state.sites[site * SITE_STRIDE]!
    if (bytes === 0 || recording.fileOf(sites.code[site]!) !== fileId) continue
    const row = rowOf.get(sites.line[site]!)
    if (row !== undefined) values[row * slots + slot]! += bytes
  }
}
