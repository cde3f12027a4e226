// What the timeline's canvas shows, as places in pixels: a pure function of the figures and the size.
//
// From top to bottom: flags of the marks, the plot of live bytes, the lane of collections, the ruler of ticks with the
// playhead's own tick in it.
// The plot is an area up to the most that was alive in each slot. Its lower, blue part is what is alive still at
// the playhead: bytes allocated up to there, summed from the left, so that it meets the line of live bytes at
// the playhead. What lies above it in grey has been freed by then; what lies behind the playhead is yet to come, and fainter.
import type { MarkRow, TimelineRange } from '../../engine/rpc/contract'
import { formatRoundBytes, formatShort, type Units } from '../lib/format'
import type { GcTicks } from '../state/recording.svelte'
import { byteStep, niceStep, tickToX, widthOf, type Viewport } from './viewport'

export interface TimelineInput {
  width: number
  height: number
  view: Viewport
  /** The finest columns that cover the view, and those of the whole run. */
  columns: TimelineRange | null
  overview: TimelineRange | null
  marks: MarkRow[]
  gc: GcTicks
  peak: { tick: number; bytes: number } | null
  playhead: number
  /** False where the recording cannot tell what survived. */
  showAlive: boolean
  showRss: boolean
  showObjects: boolean
  units: Units
}

/** Polyline as x, y pairs. */
export type Points = Float32Array

export interface CollectionTick { x: number; generation: number; collected: number; count: number }
/** `box` is where its label stands; without one there is a pole alone, or where even poles would crowd, a notch. */
export interface Flag { x: number; label: string; tick: number; box: { left: number; width: number } | null; pole: boolean }
export interface Label { at: number; text: string }

export interface TimelineLayout {
  width: number
  height: number
  plot: Box
  lane: Box
  ruler: Box
  /** Upper edge of what was alive, from left to right. */
  live: Points
  /** Upper edge of what is alive still at the playhead. */
  alive: Points
  rss: Points | null
  objects: Points | null
  maxBytes: number
  maxObjects: number
  byteLabels: Label[]
  tickLabels: Label[]
  collections: CollectionTick[]
  /** Drawn as bars, the higher the older the generation. */
  crowded: boolean
  flags: Flag[]
  peak: { x: number; y: number } | null
  /** Where the past ends, within the plot. */
  playheadX: number
}
export interface Box { x: number; y: number; width: number; height: number }

export const GUTTER_LEFT = 64
const GUTTER_RIGHT = 26
const FLAGS_HEIGHT = 18
const LANE_HEIGHT = 14
const RULER_HEIGHT = 20
/** Air above the highest value. */
const HEADROOM = 1.08
/** Collections closer than this are drawn as one glyph, of the oldest generation among them. */
const GLYPH_APART = 7
/** Where glyphs would stand shoulder to shoulder, there are bars instead, one for so many pixels. */
const BAR_APART = 3
const CROWDED = 0.5
/** Labels are measured by their letters: near enough for what fits, and the same everywhere. */
const LETTER_WIDTH = 6.1
const FLAG_PADDING = 10
const FLAG_LETTERS = 18
/** Poles without a label stand this far from other poles, or are notches. */
const POLES_APART = 20
/** A line of bytes for about so many pixels. */
const BYTE_LINE_PX = 24

export function layoutTimeline(input: TimelineInput): TimelineLayout {
  const { width, height, view } = input
  const plotWidth = Math.max(1, width - GUTTER_LEFT - GUTTER_RIGHT)
  const plot = { x: GUTTER_LEFT, y: FLAGS_HEIGHT, width: plotWidth, height: Math.max(1, height - FLAGS_HEIGHT - LANE_HEIGHT - RULER_HEIGHT) }
  const lane = { x: GUTTER_LEFT, y: plot.y + plot.height, width: plotWidth, height: LANE_HEIGHT }
  const ruler = { x: GUTTER_LEFT, y: lane.y + lane.height, width: plotWidth, height: RULER_HEIGHT }
  const x = (tick: number) => tickToX(tick, view, plot.x, plot.width)
  const columns = input.columns ?? input.overview
  const rssMax = input.showRss && columns ? maxIn(columns, columns.rssBytesLast, view) : 0
  const maxBytes = Math.max(1, columns ? maxIn(columns, columns.liveBytesMax, view) : 0, rssMax) * HEADROOM
  const maxObjects = Math.max(1, columns ? maxIn(columns, columns.liveObjectsLast, view) : 0) * HEADROOM
  const y = (bytes: number) => plot.y + plot.height - (bytes / maxBytes) * plot.height
  const step = byteStep(maxBytes, Math.max(2, Math.floor(plot.height / BYTE_LINE_PX)), input.units)
  const byteLabels: Label[] = []
  for (let bytes = step; bytes <= maxBytes && maxBytes > 2; bytes += step) byteLabels.push({ at: y(bytes), text: formatRoundBytes(bytes, input.units) })
  const { peak } = input
  return {
    width, height, plot, lane, ruler, maxBytes, maxObjects, byteLabels,
    live: columns ? steps(columns, columns.liveBytesMax, x, y, view) : new Float32Array(),
    alive: input.overview && input.showAlive ? aliveEdge(input.overview, input.playhead, x, y) : new Float32Array(),
    rss: input.showRss && columns ? steps(columns, columns.rssBytesLast, x, y, view) : null,
    objects: input.showObjects && columns
      ? steps(columns, columns.liveObjectsLast, x, count => plot.y + plot.height - (count / maxObjects) * plot.height, view) : null,
    tickLabels: tickLabels(view, x, plotWidth),
    ...collectionTicks(input.gc, view, x, plotWidth),
    flags: flags(input.marks, view, x, plot),
    playheadX: Math.min(Math.max(x(input.playhead), plot.x), plot.x + plot.width),
    peak: peak && peak.tick >= view.from && peak.tick <= view.to ? { x: x(peak.tick), y: y(peak.bytes) } : null
  }
}

/** First column that ends at or after the tick. */
export function columnAt(columns: TimelineRange, tick: number): number {
  let low = 0, high = columns.tick.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (columns.tick[middle]! < tick) low = middle + 1
    else high = middle
  }
  return Math.min(low, columns.tick.length - 1)
}

function maxIn(columns: TimelineRange, values: Float64Array, view: Viewport): number {
  let most = 0
  const last = columnAt(columns, view.to)
  for (let i = columnAt(columns, view.from); i <= last; i++) most = Math.max(most, values[i] ?? 0)
  return most
}

/** A column reaches from the end of the one before it to its own; memory moves in steps, and is drawn so. */
function steps(columns: TimelineRange, values: Float64Array, x: (tick: number) => number, y: (value: number) => number, view: Viewport): Points {
  const { tick } = columns
  if (tick.length === 0) return new Float32Array()
  const first = columnAt(columns, view.from), last = columnAt(columns, view.to)
  const points = new Float32Array((last - first + 1) * 4)
  let p = 0
  for (let i = first; i <= last; i++) {
    const height = y(values[i]!)
    points[p++] = x(i === 0 ? columns.fromTick : tick[i - 1]!)
    points[p++] = height
    points[p++] = x(tick[i]!)
    points[p++] = height
  }
  return points
}

/** The running sum of what was allocated in each slot and is alive at the playhead; ends there. */
function aliveEdge(overview: TimelineRange, playhead: number, x: (tick: number) => number, y: (bytes: number) => number): Points {
  const { tick, aliveBytes } = overview
  const count = tick.length === 0 ? 0 : columnAt(overview, playhead) + 1
  const points = new Float32Array(count * 4)
  let sum = 0, p = 0
  for (let i = 0; i < count; i++) {
    sum += aliveBytes[i]!
    const height = y(sum)
    points[p++] = x(i === 0 ? overview.fromTick : tick[i - 1]!)
    points[p++] = height
    points[p++] = x(Math.min(playhead, tick[i]!))
    points[p++] = height
  }
  return points
}

function tickLabels(view: Viewport, x: (tick: number) => number, width: number): Label[] {
  const step = niceStep(widthOf(view), Math.max(2, Math.floor(width / 110)))
  const labels: Label[] = []
  for (let tick = Math.ceil(view.from / step) * step; tick <= view.to; tick += step) labels.push({ at: x(tick), text: formatShort(tick) })
  return labels
}

function collectionTicks(gc: GcTicks, view: Viewport, x: (tick: number) => number, width: number): { collections: CollectionTick[]; crowded: boolean } {
  const glyphs = grouped(gc, view, x, GLYPH_APART)
  const crowded = glyphs.length > (width / GLYPH_APART) * CROWDED && glyphs.reduce((sum, glyph) => sum + glyph.count, 0) > glyphs.length * 1.5
  return { collections: crowded ? grouped(gc, view, x, BAR_APART) : glyphs, crowded }
}

/** Neighbours nearer than `apart` are one, of the oldest generation among them. */
function grouped(gc: GcTicks, view: Viewport, x: (tick: number) => number, apart: number): CollectionTick[] {
  const found: CollectionTick[] = []
  for (let i = 0; i < gc.tick.length; i++) {
    const tick = gc.tick[i]!
    if (tick < view.from || tick > view.to) continue
    const at = x(tick), generation = gc.generation[i]!, before = found.at(-1)
    if (before && at - before.x < apart) {
      if (generation > before.generation) {
        before.generation = generation
        before.x = Math.max(before.x, (found.at(-2)?.x ?? -Infinity) + apart)
      }
      before.collected += gc.collected[i]!
      before.count++
    } else found.push({ x: at, generation, collected: gc.collected[i]!, count: 1 })
  }
  return found
}

/**
 * A label stands to the right of its pole; to the left where the next mark or the edge is too near. Labels that would
 * run into each other are left out.
 */
function flags(marks: MarkRow[], view: Viewport, x: (tick: number) => number, plot: Box): Flag[] {
  const seen = marks.filter(mark => mark.tick >= view.from && mark.tick <= view.to)
  const right = plot.x + plot.width
  const found: Flag[] = []
  let free = plot.x, lastPole = -Infinity
  for (let i = 0; i < seen.length; i++) {
    const { label, tick } = seen[i]!, at = x(tick)
    const width = FLAG_PADDING + LETTER_WIDTH * Math.min(label.length, FLAG_LETTERS)
    const next = i + 1 < seen.length ? x(seen[i + 1]!.tick) : Infinity
    const fitsRight = at >= free && at + width <= right, fitsLeft = at - width >= free
    const left = fitsRight && (at + width <= next || !fitsLeft) ? at : fitsLeft ? at - width : null
    const box = left === null ? null : { left, width }
    const pole = box !== null || at - lastPole >= POLES_APART
    if (box) free = Math.max(at, box.left + width) + 3
    if (pole) lastPole = at
    found.push({ x: at, label: label.length > FLAG_LETTERS ? label.slice(0, FLAG_LETTERS - 1) + '…' : label, tick, box, pole })
  }
  return found
}
