// Which lines of one text are which lines of another: a longest common subsequence (Myers, "An O(ND) difference algorithm",
// 1986), so that what moved because lines were put in above it is still the same line.
//
// Texts come as numbers, equal lines having equal ones. Time and memory grow with the square of the number of differences;
// texts with more than MOST_DIFFERENCES are matched by the lines that each has only once, and what stands beside these.

const MOST_DIFFERENCES = 2000

/** For each line of `a` the index of its partner in `b`, or -1. Partners rise. */
export function matchLines(a: Int32Array, b: Int32Array, mostDifferences = MOST_DIFFERENCES): Int32Array {
  const partner = new Int32Array(a.length).fill(-1)
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) {
    partner[start] = start
    start++
  }
  let aEnd = a.length
  let bEnd = b.length
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) partner[--aEnd] = --bEnd
  if (start === aEnd || start === bEnd) return partner
  const middle = shortestEdit(a.subarray(start, aEnd), b.subarray(start, bEnd), mostDifferences) ??
    byRareLines(a.subarray(start, aEnd), b.subarray(start, bEnd))
  for (let i = 0; i < middle.length; i++) if (middle[i]! >= 0) partner[start + i] = start + middle[i]!
  return partner
}

/** Gaps with more pairs than this are left as they are. */
const MOST_PAIRS = 2500

/**
 * Between lines that are the same, pairs lines that were edited: as many as are `alike` and rise together. `partner` is what
 * matchLines gave, `bLength` the length of the other text; pairs are put into it. Returns one byte a line of `a`: 1 if edited.
 */
export function matchEdited(partner: Int32Array, bLength: number, alike: (a: number, b: number) => boolean): Uint8Array {
  const edited = new Uint8Array(partner.length)
  for (let from = 0, bFrom = 0; from <= partner.length; from++) {
    let to = from
    while (to < partner.length && partner[to]! < 0) to++
    const bTo = to < partner.length ? partner[to]! : bLength
    const [rows, columns] = [to - from, bTo - bFrom]
    if (rows > 0 && columns > 0 && rows * columns <= MOST_PAIRS) {
      // longest[i, k]: most pairs of the gap's lines from i and from k on.
      const width = columns + 1
      const longest = new Int32Array((rows + 1) * width)
      const same = new Uint8Array(rows * columns)
      for (let i = rows - 1; i >= 0; i--) {
        for (let k = columns - 1; k >= 0; k--) {
          same[i * columns + k] = alike(from + i, bFrom + k) ? 1 : 0
          longest[i * width + k] = Math.max(
            longest[(i + 1) * width + k]!, longest[i * width + k + 1]!, same[i * columns + k] === 1 ? longest[(i + 1) * width + k + 1]! + 1 : 0)
        }
      }
      for (let i = 0, k = 0; i < rows && k < columns;) {
        if (same[i * columns + k] === 1 && longest[i * width + k] === longest[(i + 1) * width + k + 1]! + 1) {
          partner[from + i] = bFrom + k
          edited[from + i] = 1
          i++
          k++
        } else if (longest[(i + 1) * width + k]! >= longest[i * width + k + 1]!) i++
        else k++
      }
    }
    from = to
    bFrom = bTo + 1
  }
  return edited
}

/** Null if the texts differ by more than `most` lines taken out and put in. */
function shortestEdit(a: Int32Array, b: Int32Array, most: number): Int32Array | null {
  const limit = Math.min(most, a.length + b.length)
  // furthest[k + limit + 1]: how far into `a` one comes on diagonal k with d edits. A copy of each step is kept for the way back.
  const furthest = new Int32Array(2 * limit + 3)
  const steps: Int32Array[] = []
  for (let d = 0; d <= limit; d++) {
    steps.push(furthest.slice(limit + 1 - d, limit + 2 + d))
    for (let k = -d; k <= d; k += 2) {
      const at = k + limit + 1
      let x = k === -d || k !== d && furthest[at - 1]! < furthest[at + 1]! ? furthest[at + 1]! : furthest[at - 1]! + 1
      let y = x - k
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++
        y++
      }
      furthest[at] = x
      if (x >= a.length && y >= b.length) return wayBack(a.length, b.length, steps)
    }
  }
  return null
}

function wayBack(aLength: number, bLength: number, steps: Int32Array[]): Int32Array {
  const partner = new Int32Array(aLength).fill(-1)
  let x = aLength
  let y = bLength
  for (let d = steps.length - 1; d >= 0; d--) {
    // steps[d] holds diagonals -d … d as they stood before step d.
    const before = steps[d]!
    const k = x - y
    const down = k === -d || k !== d && before[k - 1 + d]! < before[k + 1 + d]!
    const fromX = d === 0 ? 0 : before[(down ? k + 1 : k - 1) + d]!
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1)
    const diagonalFrom = d === 0 ? 0 : down ? fromX : fromX + 1
    while (x > diagonalFrom) partner[--x] = --y
    x = fromX
    y = fromY
  }
  return partner
}

/** Lines that occur once in each text, as many as rise together, and equal lines beside them. */
function byRareLines(a: Int32Array, b: Int32Array): Int32Array {
  const once = (text: Int32Array) => {
    const at = new Map<number, number>()
    for (let i = 0; i < text.length; i++) at.set(text[i]!, at.has(text[i]!) ? -1 : i)
    return at
  }
  const inB = once(b)
  const from: number[] = []
  const to: number[] = []
  for (const [line, i] of once(a)) {
    const k = inB.get(line) ?? -1
    if (i < 0 || k < 0) continue
    from.push(i)
    to.push(k)
  }
  const partner = new Int32Array(a.length).fill(-1)
  for (const i of longestRise(to)) partner[from[i]!] = to[i]!
  // Forwards, then backwards: a line beside a match whose own neighbour is the other's neighbour.
  const taken = new Uint8Array(b.length)
  for (const k of partner) if (k >= 0) taken[k] = 1
  const join = (i: number, k: number) => {
    if (i < 0 || i >= a.length || k < 0 || k >= b.length || partner[i] !== -1 || taken[k] === 1 || a[i] !== b[k]) return
    partner[i] = k
    taken[k] = 1
  }
  for (let i = 0; i < a.length; i++) if (partner[i]! >= 0) join(i + 1, partner[i]! + 1)
  for (let i = a.length - 1; i >= 0; i--) if (partner[i]! >= 0) join(i - 1, partner[i]! - 1)
  return partner
}

/** Indices of a longest rising subsequence. */
function longestRise(values: number[]): number[] {
  const tails: number[] = []
  const previous = new Int32Array(values.length).fill(-1)
  for (let i = 0; i < values.length; i++) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = low + high >>> 1
      if (values[tails[middle]!]! < values[i]!) low = middle + 1
      else high = middle
    }
    if (low > 0) previous[i] = tails[low - 1]!
    tails[low] = i
  }
  const rise: number[] = []
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i]!) rise.push(i)
  return rise.reverse()
}
