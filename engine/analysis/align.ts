// One axis for two runs: which tick of the second run is which of the first.
//
// Up to their first difference both runs are the same, and so are their ticks. After it they are aligned by anchors: steps
// that both runs take, in an order that both have (match-sequences.ts). A step is a line that begins to run, a mark, or
// output; for an edited script, lines are those that the line diff of the two texts holds for the same. Between two anchors
// ticks are spread evenly, which is exact where nothing but the memory differs: there both sides have equally many ticks. The
// axis never goes back; what only one run did lies between the anchors around it.

import { matchSequences } from './match-sequences'

/** Columns of equal length, both increasing: the tick of the first run and that of the second that belongs to it. */
export interface TickAxis {
  first: Float64Array
  second: Float64Array
  /** Steps after the first difference, in each run, and in both. */
  firstSteps: number
  secondSteps: number
  matchedSteps: number
}

export interface Steps {
  /** What each step is, dense from 0, the same number for the same thing in both runs. */
  key: Int32Array
  /** When, never going back. */
  tick: Float64Array
}


/**
 * `differsAt`: tick of the last event that both runs have. `ends`: their last ticks. Steps are those after the difference.
 */
export function alignTicks(
  first: Steps, second: Steps, keyCount: number, differsAt: number, ends: readonly [number, number],
  options: { progress?: (done: number, total: number) => void } = {},
): TickAxis {
  const matches = matchSequences(first.key, second.key, keyCount, options)
  const axis = new AxisBuilder(matches.count + 3)
  axis.add(0, 0)
  if (differsAt > 0) axis.add(differsAt, differsAt)
  for (let i = 0; i < matches.count; i++) axis.add(first.tick[matches.first[i]!]!, second.tick[matches.second[i]!]!)
  axis.add(Math.max(ends[0], axis.lastFirst), Math.max(ends[1], axis.lastSecond))
  return { ...axis.columns(), firstSteps: first.key.length, secondSteps: second.key.length, matchedSteps: matches.count }
}

/** Keeps anchors that go forward on both sides, and of those in a row with equal distance the outermost. */
class AxisBuilder {
  private readonly first: Float64Array
  private readonly second: Float64Array
  private count = 0

  constructor(capacity: number) {
    this.first = new Float64Array(capacity)
    this.second = new Float64Array(capacity)
  }

  get lastFirst(): number { return this.count === 0 ? 0 : this.first[this.count - 1]! }
  get lastSecond(): number { return this.count === 0 ? 0 : this.second[this.count - 1]! }

  add(a: number, b: number): void {
    const { first, second, count } = this
    if (count > 0 && (a <= first[count - 1]! || b <= second[count - 1]!)) return
    const shift = b - a
    if (count > 1 && second[count - 1]! - first[count - 1]! === shift && second[count - 2]! - first[count - 2]! === shift) this.count--
    first[this.count] = a
    second[this.count] = b
    this.count++
  }

  columns(): { first: Float64Array; second: Float64Array } {
    return { first: this.first.slice(0, this.count), second: this.second.slice(0, this.count) }
  }
}

/** The tick of the second run that belongs to one of the first; past an end, the distance there is kept. */
export const tickInSecond = (axis: TickAxis, tick: number): number => across(axis.first, axis.second, tick)
/** The other way. */
export const tickInFirst = (axis: TickAxis, tick: number): number => across(axis.second, axis.first, tick)

function across(from: Float64Array, to: Float64Array, tick: number): number {
  let low = 0
  for (let high = from.length; low < high;) {
    const middle = low + high >>> 1
    if (from[middle]! <= tick) low = middle + 1
    else high = middle
  }
  const at = low - 1
  if (at < 0) return tick
  if (at === from.length - 1) return to[at]! + (tick - from[at]!)
  const part = (tick - from[at]!) / (from[at + 1]! - from[at]!)
  return Math.floor(to[at]! + part * (to[at + 1]! - to[at]!))
}
