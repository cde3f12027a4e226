// What the events say about the objects of a snapshot: which of them belong to lines that grow to the end of the run.
//
// An object counts for the traceback that made it, and the blocks it owns (a list's items, a dict's table) for those that made
// them last. Where that traceback, or its line over all tracebacks, grows to the end ('leak', engine/analysis/growth.ts),
// the bytes are *growing*. What an import makes is not: modules are read once, however long that takes.
import { growthShape, type GrowthVerdict } from '../analysis/growth'
import { FLAG_INTERNAL, type HeapGraph } from '../analysis/heap-graph'
import { FIRST_TYPE, TAG_NONE } from '../memory/events'
import { LINES_A_FILE } from '../recording/keyframe'
import { TYPE_MASK, type LiveTable } from '../recording/live-table'
import type { GrowthResult, GrowthRow } from '../rpc/contract-growth'
import { growthOf } from './growth'
import type { OpenGraph } from './graph'
import { importedSites } from './imported-sites'
import type { OpenRecording } from './open-recording'

/** Tracebacks beyond these are judged by their line alone. */
const MOST_TRACEBACKS = 4000
const LEAST_ROW_BYTES = 256
/** Tables smaller than this are not looked up. */
const LEAST_TABLE_BYTES = 256
/** One object that has this share of all that its traceback holds grew itself, by reallocation. */
const SELF_SHARE = 0.5

/** With this share of its line's bytes a traceback is judged by itself. */
const LINE_SHARE = 0.25

export const NO_ROW = -1

export interface Evidence {
  /** Bytes of each node's own block, tables not counted. */
  ownBytes: Float64Array
  /** Growing bytes of each node. */
  weight: Float64Array
  /** 1: the node grew in place. */
  selfGrown: Uint8Array
  /** Growing rows; rowOfNode is an index into them. */
  rows: GrowthRow[]
  rowOfNode: Int32Array
  /** Row of the tables that a node owns, if these grow, and their bytes. */
  tableRowOfNode: Int32Array
  tableBytes: Float64Array
  tick: Float64Array
  /** 1: made while a module was imported. */
  importedSite: Uint8Array
}

export function evidenceOf(recording: OpenRecording, open: OpenGraph, progress?: (done: number, total: number) => void): Evidence {
  const { graph } = open
  const options = { minimumBytes: LEAST_ROW_BYTES, ...(progress ? { progress } : {}) }
  const lines = growthOf(recording, { ...options, by: 'line', limit: Number.MAX_SAFE_INTEGER })
  const tracebacks = growthOf(recording, { ...options, by: 'traceback', limit: MOST_TRACEBACKS })
  const importedSite = importedSites(recording)
  const rows: GrowthRow[] = []
  const rowOfSite = rowsOfSites(recording, lines, tracebacks, importedSite, rows)
  const { nodeCount } = graph
  const evidence: Evidence = {
    ownBytes: new Float64Array(nodeCount), weight: new Float64Array(nodeCount), selfGrown: new Uint8Array(nodeCount), rows, rowOfNode: new Int32Array(nodeCount).fill(NO_ROW),
    tableRowOfNode: new Int32Array(nodeCount).fill(NO_ROW), tableBytes: new Float64Array(nodeCount), tick: lines.tick, importedSite,
  }
  const table = recording.stateAt({ tick: open.snapshot.tick, event: open.snapshot.event })?.table ?? null
  const owned = table ? ownedBlocks(table) : null
  for (let node = 1; node < nodeCount; node++) {
    if ((graph.flags[node]! & FLAG_INTERNAL) !== 0) {
      // Containers from before the program are the program's as far as it fills them.
      if (!table || graph.capacity[node]! < 0) continue
    }
    const block = table ? blockOf(table, graph.address[node]!, graph.type[node]!) : 0
    const ownBytes = block === 0 ? graph.sizeBytes[node]! : Math.min(graph.sizeBytes[node]!, table!.size[block]!)
    evidence.ownBytes[node] = ownBytes
    // A block that was reallocated belongs to the line that did so last.
    const row = (graph.flags[node]! & FLAG_INTERNAL) !== 0 ? NO_ROW : rowOfSite(block === 0 ? graph.site[node]! : table!.site[block]!)
    if (row !== NO_ROW) {
      evidence.rowOfNode[node] = row
      evidence.weight[node] = ownBytes
      if (ownBytes >= lastOf(rows[row]!) * SELF_SHARE) evidence.selfGrown[node] = 1
    }
    const tableBytes = graph.sizeBytes[node]! - ownBytes
    if (tableBytes < LEAST_TABLE_BYTES || !owned || block === 0) continue
    const tableRow = tableRowOf(owned, table!, tableBytes, rowOfSite, graph, node)
    if (tableRow === NO_ROW) continue
    evidence.tableRowOfNode[node] = tableRow
    evidence.tableBytes[node] = tableBytes
    evidence.weight[node]! += tableBytes
    evidence.selfGrown[node] = 1
  }
  return evidence
}

const lastOf = (row: GrowthRow): number => row.live.at(-1) ?? 0

/** Grows to the end of the run; what is given back only as the interpreter goes down did as well. */
export const isGrowing = (row: Pick<GrowthVerdict, 'shape' | 'before'>): boolean =>
  row.shape === 'leak' || row.shape === 'shutdown-only' && row.before === 'leak'

function rowsOfSites(
  recording: OpenRecording, lines: GrowthResult, tracebacks: GrowthResult, imported: Uint8Array, rows: GrowthRow[],
): (site: number) => number {
  const byLine = new Map<number, number>()
  const byTraceback = new Map<number, number>()
  const onLine = new Map<number, number>()
  for (const row of lines.rows) {
    onLine.set(row.key, row.lastBytes)
    if (isGrowing(row)) byLine.set(row.key, rows.push(row) - 1)
  }
  const { frameOf, frames } = recording
  const lineOf = (frame: number) => frames.code[frame]! * LINES_A_FILE + frames.line[frame]!
  for (const row of tracebacks.rows) {
    if (isGrowing(row)) byTraceback.set(row.key, rows.push(row) - 1)
    // It has a good part of its line and does not grow: others on the line do.
    else if (row.lastBytes >= (onLine.get(lineOf(row.key)) ?? 0) * LINE_SHARE) byTraceback.set(row.key, NO_ROW)
  }
  const known = new Int32Array(recording.sites.count).fill(-2)
  return site => {
    if (site <= 0 || site >= known.length || imported[site] === 1) return NO_ROW
    let row = known[site]!
    if (row === -2) {
      const frame = frameOf[site]!
      row = known[site] = byTraceback.get(frame) ?? byLine.get(lineOf(frame)) ?? NO_ROW
    }
    return row
  }
}

// ---- blocks that belong to objects ------------------------------------------------------------------------------------

/** The block of the object at an address: objects lie up to two granules behind its beginning. */
function blockOf(table: LiveTable, address: number, type: number): number {
  for (let head = 0; head <= 2; head++) {
    const block = table.find(address - head)
    if (block !== 0 && (table.type[block]! & TYPE_MASK) === type) return block
  }
  return 0
}

/** Blocks of tables and buffers, by size. */
function ownedBlocks(table: LiveTable): Map<number, number[]> {
  const bySize = new Map<number, number[]>()
  for (let block = 1; block < table.end; block++) {
    const tag = table.type[block]! & TYPE_MASK
    const size = table.size[block]!
    if (tag === TAG_NONE || tag >= FIRST_TYPE || size < LEAST_TABLE_BYTES || table.find(table.address[block]!) !== block) continue
    const same = bySize.get(size)
    if (same) same.push(block)
    else bySize.set(size, [block])
  }
  return bySize
}

/** A snapshot does not say which block is whose; one of the same size that grows is taken for it if all of that size do. */
function tableRowOf(
  owned: Map<number, number[]>, table: LiveTable, bytes: number, rowOfSite: (site: number) => number, graph: HeapGraph, node: number,
): number {
  const blocks = owned.get(bytes) ?? dequeBlocks(owned, bytes, graph.capacity[node]!)
  let row = NO_ROW
  for (const block of blocks) {
    const candidate = rowOfSite(table.site[block]!)
    if (candidate === NO_ROW) return NO_ROW
    row = candidate
  }
  return row
}

const DEQUE_BLOCK_ITEMS = 64

function dequeBlocks(owned: Map<number, number[]>, bytes: number, capacity: number): number[] {
  return capacity > 0 && capacity % DEQUE_BLOCK_ITEMS === 0 ? owned.get(bytes / (capacity / DEQUE_BLOCK_ITEMS)) ?? [] : []
}

// ---- what a part of the heap did over time ----------------------------------------------------------------------------

export interface PartGrowth {
  tick: Float64Array
  /** Bytes by the time at which they were made. */
  made: Float64Array
  verdict: GrowthVerdict
  /** How much of what was made since the first of it is growth, and not in place of something older: 0..1. */
  netShare: number
  firstTick: number
  lastTick: number
}

const SAMPLES = 64

/** The growth of some nodes together, up to `tick`. */
export function growthOfPart(graph: HeapGraph, evidence: Evidence, nodes: ArrayLike<number>, tick: number): PartGrowth {
  const grid = Float64Array.from({ length: SAMPLES }, (_, i) => Math.floor(tick * (i + 1) / SAMPLES))
  const made = new Float64Array(SAMPLES)
  const byRow = new Map<number, number>()
  let firstTick = Infinity
  let lastTick = 0
  const inSeries = new Map<number, number>()
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!
    const table = evidence.tableBytes[node]!
    const own = evidence.weight[node]! - table
    const row = evidence.rowOfNode[node]!
    if (own > 0 && row !== NO_ROW) {
      byRow.set(row, (byRow.get(row) ?? 0) + own)
      if (own >= lastOf(evidence.rows[row]!) * SELF_SHARE) inSeries.set(row, (inSeries.get(row) ?? 0) + own)
      else {
        const birth = Math.max(0, graph.birthTick[node]!)
        firstTick = Math.min(firstTick, birth)
        lastTick = Math.max(lastTick, birth)
        made[Math.min(SAMPLES - 1, Math.max(0, Math.ceil(birth * SAMPLES / tick) - 1))]! += own
      }
    }
    const tableRow = evidence.tableRowOfNode[node]!
    if (table > 0 && tableRow !== NO_ROW) inSeries.set(tableRow, (inSeries.get(tableRow) ?? 0) + table)
  }
  for (let i = 1; i < SAMPLES; i++) made[i]! += made[i - 1]!
  const born = made.slice()
  // What grew in place did so as its row did.
  for (const [row, bytes] of inSeries) {
    const series = evidence.rows[row]!
    const level = atTick(evidence.tick, series.live, tick) || bytes
    for (let i = 0; i < SAMPLES; i++) made[i]! += Math.min(bytes, atTick(evidence.tick, series.live, grid[i]!) * bytes / level)
    firstTick = Math.min(firstTick, series.firstGrowthTick ?? 0)
    lastTick = Math.max(lastTick, Math.min(tick, series.lastGrowthTick ?? 0))
    byRow.set(row, (byRow.get(row) ?? 0) + bytes)
  }
  for (let i = 1; i < SAMPLES; i++) made[i] = Math.max(made[i]!, made[i - 1]!)
  if (firstTick === Infinity) firstTick = 0
  const shapeOf = (live: Float64Array, low = live) => growthShape({ tick: grid, live, low, born: live, freed: new Float64Array(SAMPLES) }, SHAPE)
  const rows = rowsTogether(evidence, byRow, made, grid, tick)
  if (rows.ownShare >= OWN_SHARE) {
    // Where objects are most of it, these must be of all ages, or at least young, whatever else their lines do.
    const births = born.at(-1)! >= made.at(-1)! / 2 ? shapeOf(born) : null
    const verdict = births && !isGrowing(births) ? births : shapeOf(rows.live, rows.low)
    // What goes in at one end and out at the other is young; since when it grows the rows know.
    return { ...rows, tick: grid, made: rows.live, verdict, netShare: 1, firstTick: Math.min(firstTick, verdict.firstGrowthTick ?? firstTick), lastTick }
  }
  return { ...rows, tick: grid, made, verdict: shapeOf(made), firstTick, lastTick }
}

const SHAPE = { minimumBytes: LEAST_ROW_BYTES }
/** A part that has so much of its rows is what they are. */
const OWN_SHARE = 0.75

/**
 * The rows of a part as far as it has them, and the share of their bytes by which they grew since the first of the part was
 * made; those of a ring buffer that shares its lines with something that leaks grew by next to nothing.
 */
function rowsTogether(evidence: Evidence, byRow: Map<number, number>, made: Float64Array, grid: Float64Array, tick: number) {
  const total = made.at(-1)!
  let from = 0
  while (from < made.length - 1 && made[from]! < total * 0.05) from++
  let net = 0
  let weighed = 0
  let all = 0
  const live = new Float64Array(grid.length)
  const low = new Float64Array(grid.length)
  for (const [row, bytes] of byRow) {
    const series = evidence.rows[row]!
    const level = atTick(evidence.tick, series.live, tick)
    if (level <= 0) continue
    const share = Math.min(1, bytes / level)
    net += share * (level - (from === 0 ? 0 : atTick(evidence.tick, series.live, grid[from - 1]!)))
    weighed += share * level
    all += level
    for (let i = 0; i < grid.length; i++) {
      live[i]! += share * atTick(evidence.tick, series.live, grid[i]!)
      low[i]! += share * atTick(evidence.tick, series.low, grid[i]!)
    }
  }
  return {
    ownShare: all === 0 ? 0 : weighed / all, live, low,
    netShare: weighed === 0 ? 0 : Math.max(0, Math.min(1, net / weighed)),
  }
}

function atTick(ticks: Float64Array, values: ArrayLike<number>, tick: number): number {
  let low = 0
  let high = ticks.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ticks[middle]! >= tick) high = middle
    else low = middle + 1
  }
  return values[low] ?? 0
}
