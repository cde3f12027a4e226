// What shape the memory of a line, a traceback or a type has over a run: does it grow to the end, is it a cache that fills
// up, does it rise and fall?
//
// Input is a series of samples at rising ticks. Two columns matter most: `live`, the bytes at the sample, and `low`, the
// lowest there was since the sample before. What lives shorter than a slot shows in `live` by chance and never in `low`,
// so everything here is judged on `low`, and nobody's scratch buffer looks like a leak because of when it was looked at.
//
// The passes, in order:
//   1. shutdown   is nearly everything given back right at the end? Then what follows judges the time before.
//   2. falls      two or more deep falls: a sawtooth; unless what stays after each fall rises steadily
//   3. repair     one fall that leaves a good part behind is lifted away: one late free does not excuse a leak
//   4. trend      the best rising curve through the smoothed series (isotonic regression), whose rise is then timed:
//                 no rise: flat · within a few slots: one-off · comes to rest well before the end: bounded cache · else leak
//
// Containers grow in steps (a list by 1/8, a dict by 2), so a rest at the end counts as a plateau only if the next step
// would have come by now. All thresholds stand in RULES; growth.test.ts prints how often they are right.

export type GrowthShape =
  /** Grows to the end. */
  | 'leak'
  /** Grew, then came to rest. */
  | 'bounded-cache'
  /** Rises and falls again and again. */
  | 'sawtooth'
  /** Came in one step and stayed. */
  | 'one-off'
  /** Was kept until the end of the program and then given back in one go. */
  | 'shutdown-only'
  /** There from the beginning, unchanged. */
  | 'flat'
  /** Given back long before the end; most often within a slot. */
  | 'temporary'

/** Columns of equal length, one entry a sample. */
export interface GrowthSeries {
  /** Rising. */
  tick: Float64Array
  /** Live bytes at the sample. */
  live: ArrayLike<number>
  /** Lowest live bytes since the sample before, the sample itself included. */
  low: ArrayLike<number>
  /** Bytes that came and bytes that went since the beginning of the run; live = born - freed. A reallocation counts by its difference. */
  born: ArrayLike<number>
  freed: ArrayLike<number>
}

export interface GrowthVerdict {
  shape: GrowthShape
  /** 0..1: how clearly the series has the shape. */
  confidence: number
  /** Growth in bytes per 1,000 ticks, between the first and the last growth; 0 if it does not grow. */
  slopeBytes: number
  /** Of all bytes that ever came, the share that is still there at the end, 0..1. */
  neverFreedShare: number
  /** Ticks between which the part that stays grew; null if it did not. */
  firstGrowthTick: number | null
  lastGrowthTick: number | null
  /** Share of steps from sample to sample that do not fall, 0..1. */
  monotonicShare: number
  /** Where the growth came to rest; null while it goes on, or where there was none. */
  plateauTick: number | null
  peakBytes: number
  peakTick: number
  firstBytes: number
  lastBytes: number
  /** Bytes by which the part that stays grew. */
  grownBytes: number
  /** Deep falls. */
  falls: number
  /** Of 'shutdown-only': the shape until then. */
  before: GrowthShape | null
}

export interface GrowthOptions {
  /** Growth below this is none. Default 256. */
  minimumBytes?: number
}

const RULES = {
  /** A fall is deep if it takes this share of the highest peak. */
  deepFall: 0.3,
  /** What is left after everything was given back, as a share of the level before. */
  rest: 0.2,
  /** The end of the run, as a share of it: what is given back here is given back at shutdown. */
  ending: 0.08,
  /** Kept for less than this share of the run before shutdown: temporary. */
  shortlyKept: 0.1,
  /** Below this share of the peak nothing is kept. */
  nothing: 0.08,
  /** A one-off comes within so many slots. */
  oneStepSlots: 3,
  /** Between the 5 % and the plateau mark of the rise. */
  risen: 0.9,
  /** Rest at the end as a share of the time since growth began: below, growth goes on; above, it is over. */
  goesOn: 0.22,
  isOver: 0.32,
  /** In between: slope of the last quarter against the mean slope. */
  lateSlope: 0.35,
  /** Slack for the next step of a container. */
  stepSlack: 1.3,
  /** Growth has to be so many times the noise. */
  noise: 4,
} as const

/** Judges one series. O(n), no recursion; needs some ten samples to say much. */
export function growthShape(series: GrowthSeries, options: GrowthOptions = {}): GrowthVerdict {
  const { tick, live } = series
  const count = tick.length
  const verdict = figuresOf(series)
  const minimum = options.minimumBytes ?? 256
  // What never was there at a sample, though it came.
  if (count > 0 && series.born[count - 1]! >= minimum && verdict.peakBytes < minimum && verdict.lastBytes < minimum / 2) {
    return { ...verdict, shape: 'temporary', confidence: 0.9 }
  }
  if (count < 4 || verdict.peakBytes < minimum) {
    const held = count > 0 && verdict.lastBytes >= verdict.peakBytes * RULES.nothing
    return { ...verdict, shape: held || verdict.peakBytes === 0 ? 'flat' : 'temporary', confidence: verdict.peakBytes < minimum ? 0.5 : 0.1 }
  }
  const low = Float64Array.from(series.low)
  const cut = shutdownCut(tick, live, verdict.peakBytes)
  if (cut < count) {
    // The slot of the shutdown itself has no lowest point of before.
    const before = judge(verdict, tick.subarray(0, cut), low.subarray(0, cut), Float64Array.from(live).subarray(0, cut), minimum)
    if (before.shape === 'sawtooth' || before.shape === 'temporary') return { ...before, confidence: before.confidence * 0.9 }
    const keptFrom = before.firstGrowthTick ?? tick[0]!
    const kept = (tick[cut - 1]! - keptFrom) / ((tick[count - 1]! - tick[0]!) || 1)
    if (kept < RULES.shortlyKept) return { ...before, shape: 'temporary', confidence: 0.6 }
    return { ...before, shape: 'shutdown-only', confidence: Math.min(0.95, 0.6 + 0.4 * before.confidence), before: before.shape }
  }
  return judge(verdict, tick, low, Float64Array.from(live), minimum)
}

function figuresOf({ tick, live, born }: GrowthSeries): GrowthVerdict {
  const count = tick.length
  let peak = 0
  for (let i = 1; i < count; i++) if (live[i]! > live[peak]!) peak = i
  const tolerance = (live[peak] ?? 0) * 0.01
  let rising = 0
  for (let i = 1; i < count; i++) if (live[i]! >= live[i - 1]! - tolerance) rising++
  const all = born[count - 1] ?? 0
  return {
    shape: 'flat', confidence: 0, slopeBytes: 0,
    neverFreedShare: all > 0 ? Math.min(1, Math.max(0, live[count - 1]! / all)) : 0,
    firstGrowthTick: null, lastGrowthTick: null, monotonicShare: count > 1 ? rising / (count - 1) : 1, plateauTick: null,
    peakBytes: live[peak] ?? 0, peakTick: tick[peak] ?? 0, firstBytes: live[0] ?? 0, lastBytes: live[count - 1] ?? 0,
    grownBytes: 0, falls: 0, before: null,
  }
}

/** Samples before everything was given back at the end of the run; all of them if it was not. */
function shutdownCut(tick: Float64Array, live: ArrayLike<number>, peak: number): number {
  const count = tick.length
  let last = count - 1
  while (last >= 0 && live[last]! < peak * 0.4) last--
  const cut = last + 1
  if (cut === count || cut < 3) return count
  const range = tick[count - 1]! - tick[0]!
  if (tick[count - 1]! - tick[last]! > range * RULES.ending && cut < count - 1) return count
  // In one go: at most one sample in between.
  for (let i = Math.min(cut + 1, count - 1); i < count; i++) if (live[i]! > live[last]! * RULES.rest) return count
  return cut
}

/** The shape of a series that is not given back at its end. */
function judge(figures: GrowthVerdict, tick: Float64Array, low: Float64Array, live: Float64Array, minimum: number): GrowthVerdict {
  const count = tick.length
  // The first sample's low is that of the time before anything was there.
  const steady = median(low, 1)
  if (count > 1) steady[0] = Math.min(live[0]!, steady[1]!)
  let top = 0
  for (let i = 0; i < count; i++) top = Math.max(top, steady[i]!)
  const peak = figures.peakBytes
  const kept = middle(steady, Math.max(0, count - Math.max(3, Math.round(count * 0.05))), count)
  // Nothing outlives a slot.
  if (top < peak * RULES.nothing || top < minimum) return { ...figures, shape: 'temporary', confidence: 0.9 }

  const found = deepFalls(steady, Math.max(top * RULES.deepFall, minimum / 2))
  const verdict = { ...figures, falls: found.length }
  if (found.length >= 2 && !troughsRise(steady, found, top)) {
    return { ...verdict, shape: 'sawtooth', confidence: Math.min(0.95, 0.55 + 0.1 * found.length) }
  }
  let confidence = 1
  if (found.length === 1) {
    const { from, to } = found[0]!
    const left = steady[to]! / steady[from]!
    if (left < RULES.rest) {
      let again = 0
      for (let i = to; i < count; i++) again = Math.max(again, steady[i]!)
      if (again - steady[to]! >= top * 0.4) return { ...verdict, shape: 'sawtooth', confidence: 0.5 }
      if (kept < top * RULES.rest) return { ...verdict, shape: 'temporary', confidence: 0.8 }
    }
    lift(steady, from, to)
    confidence = 0.8
  } else if (found.length === 0) {
    const small = deepFalls(steady, Math.max(top * 0.06, minimum / 4))
    if (small.length === 1 && small[0]!.to >= count * 0.5) {
      lift(steady, small[0]!.from, small[0]!.to)
      confidence = 0.9
    }
  }
  if (kept < top * RULES.nothing) return { ...verdict, shape: 'temporary', confidence: 0.6 }
  const result = timed(verdict, tick, steady, minimum, confidence)
  if (result.shape === 'leak' || found.length > 0) return result
  // Teeth too short for the median: a few slots each.
  const short = deepFalls(low, Math.max(top * RULES.deepFall, minimum / 2)).length
  if (short < 3 || count / short < 2.5) return result
  return { ...verdict, falls: short, shape: 'sawtooth', confidence: 0.5 }
}

/** Judges by when the part that stays grew. */
function timed(figures: GrowthVerdict, tick: Float64Array, steady: Float64Array, minimum: number, certainty: number): GrowthVerdict {
  const count = steady.length
  const smooth = median(steady, Math.max(1, Math.min(4, count >> 5)))
  // A step at the very end would be smoothed away; a step is no noise, the fit weighs it.
  const trend = isotonic(smooth)
  const base = trend[0]!
  const grown = trend[count - 1]! - base
  const noise = noiseOf(steady)
  const firstOf = (share: number) => {
    let i = 0
    while (i < count - 1 && trend[i]! < base + grown * share) i++
    return i
  }
  const range = tick[count - 1]! - tick[0]! || 1
  if (grown < Math.max(minimum, noise * RULES.noise, trend[count - 1]! * 0.004)) {
    return { ...figures, shape: 'flat', confidence: certainty * (noise > trend[count - 1]! * 0.1 ? 0.6 : 0.9) }
  }

  // Growth instants: where the trend rises by more than a quarter of its mean step.
  const least = Math.max(grown * 0.25 / count, 1)
  const instants: number[] = []
  for (let i = 1; i < count; i++) if (trend[i]! - trend[i - 1]! > least) instants.push(i)
  const first = instants[0] ?? firstOf(0.05)
  const last = instants.at(-1) ?? count - 1
  const risen = firstOf(RULES.risen)
  const started = Math.min(first, firstOf(0.05))
  const verdict: GrowthVerdict = {
    ...figures, grownBytes: grown, firstGrowthTick: tick[started]!, lastGrowthTick: tick[last]!,
  }

  const early = firstOf(0.06)
  if (risen - early < RULES.oneStepSlots && !stepsOf(trend, base, grown, tick).goesOn) {
    const afterwards = (tick[count - 1]! - tick[risen]!) / range
    // A small step on top of much is noise to whoever asks for leaks.
    if (grown < base * 0.05) return { ...verdict, shape: 'flat', confidence: 0.6 * certainty }
    return { ...verdict, shape: 'one-off', plateauTick: tick[risen]!, confidence: certainty * Math.min(0.95, 0.45 + afterwards * 2.5) }
  }

  const since = tick[count - 1]! - tick[Math.max(0, started - 1)]! || 1
  const rest = (tick[count - 1]! - tick[risen]!) / since
  const quarter = indexAt(tick, tick[count - 1]! - since / 4)
  const late = (trend[count - 1]! - trend[quarter]!) / grown * 4
  const steps = stepsOf(trend, base, grown, tick)
  const over = rest > RULES.isOver || rest > RULES.goesOn && late < RULES.lateSlope
  verdict.slopeBytes = slope(tick, trend, Math.max(0, started - 1), over ? risen : count - 1) * 1000
  const small = grown < base * 0.1 && (instants.length < 6 || grown < noise * RULES.noise * 3)
  if (small) return { ...verdict, shape: 'flat', confidence: 0.5 * certainty }
  const spread = Math.min(1, (tick[last]! - tick[started]!) / (range * 0.4))
  if (over && !steps.goesOn) {
    const clear = Math.min(1, (rest - RULES.goesOn) / 0.25)
    return { ...verdict, shape: 'bounded-cache', plateauTick: tick[risen]!, confidence: certainty * (0.55 + 0.4 * clear) }
  }
  // A leak is the surer, the longer it grew, the steadier, and the nearer to the end it still did.
  const steadyLate = Math.min(1, Math.max(0, over ? 0.2 : late))
  let confidence = 0.3 + 0.3 * spread + 0.15 * figures.monotonicShare + 0.25 * steadyLate
  if (over) confidence *= 0.7
  if (grown < base * 0.1) confidence *= 0.8
  return { ...verdict, shape: 'leak', confidence: Math.min(0.99, confidence * certainty) }
}

interface Fall { from: number; to: number }

/** Falls by at least `depth` from a local top to the following bottom. */
function deepFalls(values: Float64Array, depth: number): Fall[] {
  const falls: Fall[] = []
  let top = 0
  let bottom = -1
  for (let i = 1; i < values.length; i++) {
    if (bottom < 0) {
      if (values[i]! >= values[top]!) top = i
      else if (values[top]! - values[i]! >= depth) bottom = i
    } else if (values[i]! <= values[bottom]!) bottom = i
    else if (values[i]! - values[bottom]! >= depth * 0.5) {
      falls.push({ from: top, to: bottom })
      top = i
      bottom = -1
    }
  }
  if (bottom >= 0) falls.push({ from: top, to: bottom })
  return falls
}

/** Growth under the teeth: what is left after each fall is more than after the one before, and much in the end. */
function troughsRise(values: Float64Array, falls: Fall[], top: number): boolean {
  let rising = 0
  for (let i = 1; i < falls.length; i++) if (values[falls[i]!.to]! > values[falls[i - 1]!.to]! + top * 0.02) rising++
  return falls.length >= 3 && rising >= (falls.length - 1) * 0.8 && values[falls.at(-1)!.to]! > top * 0.4
}

/** Undoes one fall: what comes after it is raised by what it took. */
function lift(values: Float64Array, from: number, to: number): void {
  const level = values[from]!
  const taken = level - values[to]!
  for (let i = from + 1; i < to; i++) values[i] = level
  for (let i = to; i < values.length; i++) values[i] = values[i]! + taken
}

/** Whether growth by a container's steps may go on: the next step, by the rhythm of the last ones, is not overdue. */
function stepsOf(trend: Float64Array, base: number, grown: number, tick: Float64Array): { goesOn: boolean } {
  const steps: { tick: number; level: number }[] = []
  for (let i = 1; i < trend.length; i++) {
    if (trend[i]! - trend[i - 1]! < grown * 0.02) continue
    const before = steps.at(-1)
    // A step that two slots share.
    if (before && tick[i - 1] === before.tick) Object.assign(before, { tick: tick[i]!, level: trend[i]! })
    else steps.push({ tick: tick[i]!, level: trend[i]! })
  }
  const [two, one, last] = steps.slice(-3)
  if (!two || !one || !last) return { goesOn: false }
  const gap = last.tick - one.tick
  const before = one.tick - two.tick
  const ratio = (last.level - base) / Math.max(1, one.level - base)
  // Steps of equal or geometrically growing length and height; else they are just bursts.
  if (ratio > 2.6 || gap < before * 0.7 || gap > before * 3.2 * RULES.stepSlack) return { goesOn: false }
  const next = gap * Math.min(2.6, Math.max(1, ratio, gap / Math.max(1, before))) * RULES.stepSlack
  return { goesOn: tick[tick.length - 1]! - last.tick <= next }
}

/** Running median over `reach` entries to either side. */
function median(values: ArrayLike<number>, reach: number): Float64Array {
  const count = values.length
  const result = new Float64Array(count)
  const around = new Float64Array(reach * 2 + 1)
  for (let i = 0; i < count; i++) {
    // Windows stay symmetric at the ends, so that these are not pulled inwards.
    const near = Math.min(reach, i, count - 1 - i)
    for (let k = -near; k <= near; k++) around[k + near] = values[i + k]!
    const part = around.subarray(0, near * 2 + 1).sort()
    result[i] = part[near]!
  }
  return result
}

const middle = (values: Float64Array, from: number, to: number): number => {
  const part = values.slice(from, to).sort()
  return part[part.length >> 1] ?? 0
}

/** How far samples lie from their neighbours' middle: the 90th percentile. Steps do not count, they leave the middle with them. */
function noiseOf(values: Float64Array): number {
  const smooth = median(values, 3)
  const distance = values.map((value, i) => Math.abs(value - smooth[i]!)).sort()
  return distance[Math.floor(distance.length * 0.9)] ?? 0
}

/** The rising curve with the least squares to the values: pool adjacent violators. */
export function isotonic(values: ArrayLike<number>): Float64Array {
  const count = values.length
  const mean = new Float64Array(count)
  const weight = new Int32Array(count)
  let blocks = 0
  for (let i = 0; i < count; i++) {
    mean[blocks] = values[i]!
    weight[blocks] = 1
    blocks++
    while (blocks > 1 && mean[blocks - 2]! > mean[blocks - 1]!) {
      const a = weight[blocks - 2]!
      const b = weight[blocks - 1]!
      mean[blocks - 2] = (mean[blocks - 2]! * a + mean[blocks - 1]! * b) / (a + b)
      weight[blocks - 2] = a + b
      blocks--
    }
  }
  const result = new Float64Array(count)
  for (let block = 0, i = 0; block < blocks; block++) for (let k = weight[block]!; k > 0; k--) result[i++] = mean[block]!
  return result
}

/** Least squares slope in bytes a tick over [from, to]. */
function slope(tick: Float64Array, values: Float64Array, from: number, to: number): number {
  let n = 0
  let x = 0
  let y = 0
  for (let i = from; i <= to; i++) {
    n++
    x += tick[i]! - tick[from]!
    y += values[i]!
  }
  x /= n
  y /= n
  let above = 0
  let below = 0
  for (let i = from; i <= to; i++) {
    const dx = tick[i]! - tick[from]! - x
    above += dx * (values[i]! - y)
    below += dx * dx
  }
  return below === 0 ? 0 : above / below
}

function indexAt(tick: Float64Array, at: number): number {
  let i = 0
  while (i < tick.length - 1 && tick[i]! < at) i++
  return i
}
