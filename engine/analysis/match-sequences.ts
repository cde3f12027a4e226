// What two sequences have in common, in order: the work under an alignment of two runs, and under a line diff of two texts.
//
// Items are small numbers (keys, dense from 0). What is equal from the front and from the back is taken as it stands; what
// is left is matched by Myers' greedy algorithm as long as few edits do ("An O(ND) Difference Algorithm and Its Variations",
// 1986), and otherwise cut into smaller problems at keys that occur equally often, and rarely, on both sides (as patience and
// histogram diff do). Where there is no such key, the k-th occurrence is matched with the k-th. All of it is iterative, and
// the work is bounded: the result is a common subsequence, mostly but not always the longest.

export interface Matches {
  count: number
  /** Indices of matched items, both increasing. */
  first: Int32Array
  second: Int32Array
}

/** Edits that Myers' algorithm looks for. */
const MAX_EDITS = 512
/** Items that an edit must gain, or other ways are tried. */
const WORTH = 6
/** A key is rare up to so many occurrences. */
const MAX_OCCURRENCES = 64
/** Items looked at in all cuts together, for each item there is. */
const WORK_AN_ITEM = 64

/** `keyCount`: keys are below it. `progress` may throw to cancel. */
export function matchSequences(
  a: Int32Array, b: Int32Array, keyCount: number, options: { progress?: (done: number, total: number) => void } = {},
): Matches {
  return new Matcher(a, b, keyCount, options.progress).match()
}

class Matcher {
  private readonly a: Int32Array
  private readonly b: Int32Array
  /** Per key, in the range in work: occurrences on both sides. */
  private readonly countA: Int32Array
  private readonly countB: Int32Array
  /** For each item of a: its partner, -1 for none. */
  private readonly partner: Int32Array
  private readonly progress: ((done: number, total: number) => void) | undefined
  private work: number

  constructor(a: Int32Array, b: Int32Array, keyCount: number, progress: ((done: number, total: number) => void) | undefined) {
    this.a = a
    this.b = b
    this.countA = new Int32Array(keyCount)
    this.countB = new Int32Array(keyCount)
    this.partner = new Int32Array(a.length).fill(-1)
    this.progress = progress
    this.work = WORK_AN_ITEM * (a.length + b.length) + 1_000_000
  }

  match(): Matches {
    const { a, b, partner } = this
    const ranges = [0, a.length, 0, b.length]
    while (ranges.length > 0) {
      let bEnd = ranges.pop()!
      let bStart = ranges.pop()!
      let aEnd = ranges.pop()!
      let aStart = ranges.pop()!
      while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) partner[aStart++] = bStart++
      while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) partner[--aEnd] = --bEnd
      this.progress?.(aStart, a.length)
      if (aStart === aEnd || bStart === bEnd) continue
      this.work -= aEnd - aStart + bEnd - bStart
      const matched = this.myers(aStart, aEnd, bStart, bEnd)
      if (matched !== null) {
        ranges.push(matched[0], aEnd, matched[1], bEnd)
        continue
      }
      const cuts = this.work > 0 ? this.rareKeys(aStart, aEnd, bStart, bEnd) : NONE
      if (cuts.length === 0) {
        for (let i = 0, pairs = this.occurrences(aStart, aEnd, bStart, bEnd); i < pairs.length; i += 2) partner[pairs[i]!] = pairs[i + 1]!
        continue
      }
      for (let i = 0; i < cuts.length; i += 2) {
        const [x, y] = [cuts[i]!, cuts[i + 1]!]
        partner[x] = y
        ranges.push(aStart, x, bStart, y)
        aStart = x + 1
        bStart = y + 1
      }
      ranges.push(aStart, aEnd, bStart, bEnd)
    }
    return this.result()
  }

  private result(): Matches {
    const { partner } = this
    const first = new Int32Array(partner.length)
    const second = new Int32Array(partner.length)
    let count = 0
    for (let i = 0; i < partner.length; i++) {
      if (partner[i]! < 0) continue
      first[count] = i
      second[count++] = partner[i]!
    }
    return { count, first: first.subarray(0, count), second: second.subarray(0, count) }
  }

  /**
   * Matches a range by its shortest edit script as far as MAX_EDITS edits reach. Returns how far that is on both sides; null
   * if it is not worth its edits.
   */
  private myers(aStart: number, aEnd: number, bStart: number, bEnd: number): [number, number] | null {
    const { a, b, partner } = this
    const [n, m] = [aEnd - aStart, bEnd - bStart]
    // reach[d][k + d]: how far in a one comes on diagonal k with d edits; 0 where the diagonal leaves the range.
    const reach: Int32Array[] = []
    let [best, bestDiagonal] = [0, 0]
    for (let d = 0; d <= Math.min(MAX_EDITS, n + m) && this.work > 0; d++) {
      const now = new Int32Array(2 * d + 1)
      const before = reach[d - 1]
      reach.push(now)
      best = 0
      for (let k = -d; k <= d; k += 2) {
        // Index of diagonal k ± 1 in the row before is k ± 1 + d - 1.
        let x = before === undefined ? 0 : k === -d || k !== d && before[k + d - 2]! < before[k + d]! ? before[k + d]! : before[k + d - 2]! + 1
        const from = x
        while (x < n && x - k < m && a[aStart + x] === b[bStart + x - k]) x++
        this.work -= x - from + 1
        now[k + d] = x
        if (x > n || x - k > m) continue
        if (2 * x - k > best) [best, bestDiagonal] = [2 * x - k, k]
        if (best === n + m) break
      }
      if (best === n + m) break
    }
    if (best < n + m && best < WORTH * reach.length) return null
    const x = (best + bestDiagonal) / 2
    this.walkBack(reach, bestDiagonal, aStart, bStart, partner)
    return [aStart + x, bStart + x - bestDiagonal]
  }

  private walkBack(reach: Int32Array[], diagonal: number, aStart: number, bStart: number, partner: Int32Array): void {
    let k = diagonal
    for (let d = reach.length - 1; d >= 0; d--) {
      let x = reach[d]![k + d]!
      const before = reach[d - 1]
      const down = before !== undefined && (k === -d || k !== d && before[k + d - 2]! < before[k + d]!)
      const from = before === undefined ? 0 : down ? before[k + d]! : before[k + d - 2]! + 1
      for (; x > from; x--) partner[aStart + x - 1] = bStart + x - 1 - k
      k += down ? 1 : -1
    }
  }

  /** Pairs of items whose keys occur equally often on both sides, the rarest that there are, in an order that both have. */
  private rareKeys(aStart: number, aEnd: number, bStart: number, bEnd: number): Int32Array {
    const { a, b, countA, countB } = this
    this.countKeys(aStart, aEnd, bStart, bEnd)
    let rarest = MAX_OCCURRENCES + 1
    for (let i = aStart; i < aEnd; i++) {
      const n = countA[a[i]!]!
      if (n === countB[a[i]!] && n < rarest) rarest = n
    }
    const pairs = rarest > MAX_OCCURRENCES ? NONE : this.pairUp(aStart, aEnd, bStart, bEnd, key => countA[key] === rarest && countB[key] === rarest)
    this.clearKeys(aStart, aEnd, bStart, bEnd)
    this.work -= 2 * (aEnd - aStart + bEnd - bStart)
    return increasing(pairs)
  }

  /** The k-th occurrence of each key with the k-th. */
  private occurrences(aStart: number, aEnd: number, bStart: number, bEnd: number): Int32Array {
    this.countKeys(aStart, aEnd, bStart, bEnd)
    const pairs = this.pairUp(aStart, aEnd, bStart, bEnd, key => this.countA[key]! > 0 && this.countB[key]! > 0)
    this.clearKeys(aStart, aEnd, bStart, bEnd)
    return increasing(pairs)
  }

  /** For each wanted key: pairs (index in a, index in b) of its k-th occurrences, in the order of a. */
  private pairUp(aStart: number, aEnd: number, bStart: number, bEnd: number, wanted: (key: number) => boolean): Int32Array {
    const { a, b } = this
    const next = this.countB // the places of a key in b follow each other in `places`, from here
    const places = new Int32Array(bEnd - bStart)
    const order: number[] = []
    let used = 0
    const keep = new Map<number, number>() // key → its occurrences in b
    for (let j = bStart; j < bEnd; j++) {
      const key = b[j]!
      if (!keep.has(key) && wanted(key)) {
        keep.set(key, next[key]!)
        order.push(key)
      }
    }
    const start = new Map<number, number>()
    for (const key of order) {
      start.set(key, used)
      used += keep.get(key)!
    }
    const filled = new Map(start)
    for (let j = bStart; j < bEnd; j++) {
      const at = filled.get(b[j]!)
      if (at === undefined) continue
      places[at] = j
      filled.set(b[j]!, at + 1)
    }
    const pairs = new Int32Array(2 * (aEnd - aStart))
    let length = 0
    for (let i = aStart; i < aEnd; i++) {
      const key = a[i]!
      const at = start.get(key)
      if (at === undefined || at === filled.get(key)) continue
      pairs[length++] = i
      pairs[length++] = places[at]!
      start.set(key, at + 1)
    }
    return pairs.subarray(0, length)
  }

  private countKeys(aStart: number, aEnd: number, bStart: number, bEnd: number): void {
    for (let i = aStart; i < aEnd; i++) this.countA[this.a[i]!]!++
    for (let j = bStart; j < bEnd; j++) this.countB[this.b[j]!]!++
  }

  private clearKeys(aStart: number, aEnd: number, bStart: number, bEnd: number): void {
    for (let i = aStart; i < aEnd; i++) this.countA[this.a[i]!] = 0
    for (let j = bStart; j < bEnd; j++) this.countB[this.b[j]!] = 0
  }
}

const NONE = new Int32Array(0)

/** Of pairs in the order of their first numbers: as many as possible whose second numbers increase too. */
export function increasing(pairs: Int32Array): Int32Array {
  const count = pairs.length / 2
  /** Of each length: the pair with the smallest second number that ends such a sequence. */
  const tails = new Int32Array(count)
  const before = new Int32Array(count)
  let length = 0
  for (let i = 0; i < count; i++) {
    const y = pairs[2 * i + 1]!
    let low = 0
    for (let high = length; low < high;) {
      const middle = low + high >>> 1
      if (pairs[2 * tails[middle]! + 1]! < y) low = middle + 1
      else high = middle
    }
    before[i] = low === 0 ? -1 : tails[low - 1]!
    tails[low] = i
    if (low === length) length++
  }
  const found = new Int32Array(2 * length)
  for (let i = length === 0 ? -1 : tails[length - 1]!, at = length; i >= 0; i = before[i]!) {
    at--
    found[2 * at] = pairs[2 * i]!
    found[2 * at + 1] = pairs[2 * i + 1]!
  }
  return found
}
