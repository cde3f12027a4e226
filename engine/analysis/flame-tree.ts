// Trees of places, for flame graphs and indented trees: stacks merged where they are the same, sums of what lies below,
// and the small left out.
//
// In and out are columns. A node's parent has a smaller number than the node; node 0 is the whole and has no place (-1).
// Each of `values` is one column of figures by node of the tree that comes in; sums come out in the same order.
import { grownInt32, nextCapacity, type Int32Column } from '../base/typed-arrays'

export interface Stacks {
  /** Nodes; node 0 is the root of all stacks. */
  count: number
  parent: Int32Array
  /** What is merged: nodes with the same parent and place become one. */
  place: Int32Array
  /** By place: 1 for those that are passed over where they only call on. */
  hidden?: Uint8Array
}

export interface FlameTree {
  count: number
  parent: Int32Column
  place: Int32Column
  /** What ends in this node, one column a value. */
  self: Float64Array[]
  /** The same with everything below. */
  total: Float64Array[]
}

/** Steps that an inverted tree may take; deep recursions in which each level allocates would need the square of their depth. */
const MOST_STEPS = 20_000_000

/**
 * The stacks that have any value. `inverted` begins with the innermost places: what a place has there is spread over its
 * callers, up to so many callers as MOST_STEPS allows. What node 0 has itself (no frame at all) gets a node of place `unknown` below the root, if it is anything.
 */
export function flameTree(stacks: Stacks, values: readonly Float64Array[], options: { inverted?: boolean; unknown: number }): FlameTree {
  const { count, parent, place } = stacks
  const hidden = stacks.hidden ?? new Uint8Array(0)
  const tree = new TreeBuilder(values.length)
  const anyOf = (node: number) => values.some(value => node < value.length && value[node] !== 0)
  if (anyOf(0)) tree.add(tree.child(0, options.unknown), values, 0)
  if (options.inverted) {
    const most = affordableDepth(stacks, anyOf)
    for (let node = 1; node < count; node++) {
      if (!anyOf(node)) continue
      let at = 0
      let depth = 0
      for (let up = node; up !== 0 && depth < most; up = parent[up]!, depth++) {
        if (up === node || hidden[place[up]!] !== 1) at = tree.child(at, place[up]!)
      }
      tree.add(at, values, node)
    }
    // What was added at the outermost callers belongs to the first place, where it was allocated.
    return moveToTop(tree.finish())
  }
  const needed = new Uint8Array(count)
  for (let node = count - 1; node > 0; node--) {
    if (needed[node] === 0 && anyOf(node)) needed[node] = 1
    if (needed[node] !== 0) needed[parent[node]!] = 1
  }
  const nodeOf = new Int32Array(count)
  for (let node = 1; node < count; node++) {
    if (needed[node] === 0) continue
    const caller = nodeOf[parent[node]!]!
    if (hidden[place[node]!] !== 1) tree.add(nodeOf[node] = tree.child(caller, place[node]!), values, node)
    else {
      nodeOf[node] = caller
      if (anyOf(node)) tree.add(tree.child(caller, place[node]!), values, node)
    }
  }
  return tree.finish()
}

/** How deep stacks may be walked so that all of them together take at most MOST_STEPS. */
function affordableDepth({ count, parent }: Stacks, anyOf: (node: number) => boolean): number {
  const depth = new Int32Array(count)
  /** How many stacks are so deep. */
  const ending = new Int32Array(count + 1)
  let open = 0
  for (let node = 1; node < count; node++) {
    depth[node] = depth[parent[node]!]! + 1
    if (!anyOf(node)) continue
    ending[depth[node]!]!++
    open++
  }
  let steps = 0
  for (let level = 1; level <= count; level++) {
    steps += open
    if (steps > MOST_STEPS) return level
    open -= ending[level]!
  }
  return count
}

/** In an inverted tree only the places at the top have something themselves: all that is below them. */
function moveToTop(tree: FlameTree): FlameTree {
  for (let i = 0; i < tree.self.length; i++) {
    const self = tree.self[i]!
    self.fill(0)
    for (let node = 1; node < tree.count; node++) if (tree.parent[node] === 0) self[node] = tree.total[i]![node]!
  }
  return tree
}

/** Nodes of at least `least` in column `by` of their totals, at most `most` of them, the largest; sums stay what they were. */
export function prunedTree(tree: FlameTree, by: number, least: number, most: number): FlameTree {
  const total = tree.total[by]!
  let limit = least
  let equal = Infinity
  let larger = 0
  for (let node = 0; node < tree.count; node++) if (total[node]! >= least) larger++
  if (larger > most) {
    // Among equals those with smaller numbers stay, so that no node loses its parent.
    const sorted = total.slice(0, tree.count).sort()
    limit = sorted[tree.count - most]!
    equal = most
    for (let node = 0; node < tree.count; node++) if (total[node]! > limit) equal--
  }
  const renumbered = new Int32Array(tree.count).fill(-1)
  let count = 0
  for (let node = 0; node < tree.count; node++) {
    if (node !== 0 && (total[node]! < limit || total[node] === limit && equal-- <= 0 || renumbered[tree.parent[node]!]! < 0)) continue
    if (node === 0 && total[0] === limit) equal--
    renumbered[node] = count++
  }
  if (count === tree.count) return tree
  const result: FlameTree = {
    count, parent: new Int32Array(count), place: new Int32Array(count), self: tree.self.map(() => new Float64Array(count)),
    total: tree.total.map(() => new Float64Array(count)),
  }
  for (let node = 0; node < tree.count; node++) {
    const at = renumbered[node]!
    if (at < 0) continue
    result.parent[at] = node === 0 ? 0 : renumbered[tree.parent[node]!]!
    result.place[at] = tree.place[node]!
    for (let i = 0; i < tree.self.length; i++) {
      result.self[i]![at] = tree.self[i]![node]!
      result.total[i]![at] = tree.total[i]![node]!
    }
  }
  return result
}

export interface Children {
  /** Children of node n are `list[start[n]]` to before `list[start[n + 1]]`. */
  start: Int32Array
  list: Int32Array
}

/** The children of every node, by falling weight; equals as they are numbered. */
export function childrenOf(parent: Int32Array, weight: Float64Array): Children {
  const count = parent.length
  const start = new Int32Array(count + 1)
  for (let node = 1; node < count; node++) start[parent[node]! + 1]!++
  for (let node = 0; node < count; node++) start[node + 1] = start[node + 1]! + start[node]!
  const next = start.slice()
  const list = new Int32Array(Math.max(0, count - 1))
  for (let node = 1; node < count; node++) list[next[parent[node]!]!++] = node
  for (let node = 0; node < count; node++) {
    if (start[node + 1]! - start[node]! > 1) list.subarray(start[node], start[node + 1]).sort((a, b) => weight[b]! - weight[a]! || a - b)
  }
  return { start, list }
}

/** Nodes by parent and place, in one open-addressed table. */
class TreeBuilder {
  private count = 1
  private parent = new Int32Array(256)
  private place = new Int32Array(256)
  private readonly self: Float64Array<ArrayBuffer>[]
  /** node, 0: empty */
  private cells = new Int32Array(1024)

  constructor(valueCount: number) {
    this.self = Array.from({ length: valueCount }, () => new Float64Array(256))
    this.place[0] = -1
  }

  child(parent: number, place: number): number {
    const mask = this.cells.length - 1
    let cell = hash(parent, place) & mask
    for (let node = this.cells[cell]!; node !== 0; node = this.cells[cell]!) {
      if (this.parent[node] === parent && this.place[node] === place) return node
      cell = cell + 1 & mask
    }
    const node = this.count++
    this.parent = grownInt32(this.parent, this.count)
    this.place = grownInt32(this.place, this.count)
    this.parent[node] = parent
    this.place[node] = place
    this.cells[cell] = node
    if (this.count * 2 > this.cells.length) this.rehash()
    return node
  }

  add(node: number, values: readonly Float64Array[], from: number): void {
    for (let i = 0; i < values.length; i++) {
      if (node >= this.self[i]!.length) {
        const larger = new Float64Array(nextCapacity(this.self[i]!.length, this.count))
        larger.set(this.self[i]!)
        this.self[i] = larger
      }
      this.self[i]![node] = this.self[i]![node]! + (values[i]![from] ?? 0)
    }
  }

  finish(): FlameTree {
    const { count } = this
    const parent = this.parent.slice(0, count)
    const self = this.self.map(column => {
      const exact = new Float64Array(count)
      exact.set(column.subarray(0, count))
      return exact
    })
    const total = self.map(column => column.slice())
    for (const column of total) {
      for (let node = count - 1; node > 0; node--) column[parent[node]!] = column[parent[node]!]! + column[node]!
    }
    return { count, parent, place: this.place.slice(0, count), self, total }
  }

  private rehash(): void {
    const cells = new Int32Array(this.cells.length * 2)
    const mask = cells.length - 1
    for (let node = 1; node < this.count; node++) {
      let cell = hash(this.parent[node]!, this.place[node]!) & mask
      while (cells[cell] !== 0) cell = cell + 1 & mask
      cells[cell] = node
    }
    this.cells = cells
  }
}

function hash(parent: number, place: number): number {
  let h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b)
  h = Math.imul(h ^ h >>> 16, 0x7feb352d)
  return h ^ h >>> 15
}
