// What two instants of one run have in common, and what two lists of figures differ by.
//
// A block at an instant is its address and its birth: a number that differs whenever another block lies at the same
// address. Blocks come by rising address, as the live table gives them, so that two instants are compared by one merge of
// typed columns. What a block belongs to (its type, its line, its traceback) is a group number; figures of groups are
// columns too, one place a group.

/** The blocks of one instant, columns of equal length by rising address. */
export interface Blocks {
  /** Granules. */
  address: Uint32Array
  birth: Float64Array
  /** Bytes. */
  size: Int32Array
}

/** Whether blocks of one address and one birth are two all the same; asked of such pairs only. */
export type Differ = (address: number, birth: number) => boolean

export interface Matched {
  /** One byte a block: 1 if it is there at the other instant too. */
  inOld: Uint8Array
  inNew: Uint8Array
  survived: number
}

/** Finds the blocks that are there at both instants. O(n + m). */
export function matchBlocks(before: Blocks, now: Blocks, differ?: Differ): Matched {
  const { address: a, birth: aBirth } = before
  const { address: b, birth: bBirth } = now
  const inOld = new Uint8Array(a.length)
  const inNew = new Uint8Array(b.length)
  let survived = 0
  for (let i = 0, k = 0; i < a.length && k < b.length;) {
    const left = a[i]!
    const right = b[k]!
    if (left < right) i++
    else if (left > right) k++
    else {
      if (aBirth[i] === bBirth[k] && !(differ !== undefined && differ(left, aBirth[i]!))) {
        inOld[i] = inNew[k] = 1
        survived++
      }
      i++
      k++
    }
  }
  return { inOld, inNew, survived }
}

/** Figures of groups. */
export interface Tally { count: Float64Array; bytes: Float64Array }

export const emptyTally = (groups: number): Tally => ({ count: new Float64Array(groups), bytes: new Float64Array(groups) })

/** Adds up the blocks whose flag is `wanted`; `group` names the group of each block, -1: none. */
export function tally(size: Int32Array, group: Int32Array, groups: number, flags: Uint8Array, wanted: 0 | 1): Tally {
  const { count, bytes } = emptyTally(groups)
  for (let i = 0; i < size.length; i++) {
    const of = group[i]!
    if (flags[i] !== wanted || of < 0) continue
    count[of]!++
    bytes[of] = bytes[of]! + size[i]!
  }
  return { count, bytes }
}

export interface GroupDiff {
  /** At the later instant only. */
  added: Tally
  /** At the earlier instant only. */
  freed: Tally
  survived: Tally
}

export function diffGroups(before: Blocks, beforeGroup: Int32Array, now: Blocks, nowGroup: Int32Array, groups: number, matched: Matched): GroupDiff {
  return {
    added: tally(now.size, nowGroup, groups, matched.inNew, 0),
    freed: tally(before.size, beforeGroup, groups, matched.inOld, 0),
    survived: tally(now.size, nowGroup, groups, matched.inNew, 1),
  }
}

/**
 * Of the blocks that came between A and B, which are still there at C: one byte a block of C. The three-snapshot method:
 * what a repeated action leaves behind was made by it (A to B) and is there after the next one (C).
 */
export function survivorsOf(a: Blocks, b: Blocks, c: Blocks, differA?: Differ, differB?: Differ): { stillThere: Uint8Array; made: Matched } {
  const made = matchBlocks(a, b, differA)
  const kept = matchBlocks(b, c, differB)
  const stillThere = new Uint8Array(c.address.length)
  // The survivors stand in the same order on both sides.
  for (let i = 0, k = 0; k < stillThere.length; k++) {
    if (kept.inNew[k] === 0) continue
    while (kept.inOld[i] === 0) i++
    stillThere[k] = made.inNew[i] === 0 ? 1 : 0
    i++
  }
  return { stillThere, made }
}

/**
 * Numbers of the places in use, the largest weight first; then the larger second weight, then the lower number. With
 * `most`, only so many: what is left out is never sorted.
 */
export function largestFirst(weight: Float64Array, second: Float64Array, used: Uint8Array, most = Infinity): Int32Array {
  let count = 0
  for (let i = 0; i < weight.length; i++) count += used[i]!
  let least = -Infinity
  if (most < count) {
    const all = new Float64Array(count)
    for (let i = 0, n = 0; i < weight.length; i++) if (used[i] === 1) all[n++] = weight[i]!
    least = most <= 0 ? Infinity : all.sort()[count - most]!
  }
  let n = 0
  const order = new Int32Array(count)
  for (let i = 0; i < weight.length; i++) if (used[i] === 1 && weight[i]! >= least) order[n++] = i
  const sorted = order.subarray(0, n).sort((x, y) => weight[y]! - weight[x]! || second[y]! - second[x]! || x - y)
  return sorted.subarray(0, Math.min(n, Math.max(0, most)))
}
