// The dominator tree from above: what a node dominates directly, how deep, and a bounded number of rows to draw.
import type { Dominators } from './dominators'
import { NO_NODE } from './options'

/** In CSR form: node n immediately dominates child[first[n]] … child[first[n + 1] - 1], in the order of the search. */
export interface Dominated {
  /** nodeCount + 1 entries. */
  readonly first: Uint32Array
  readonly child: Uint32Array
  /** How many dominators lie above a node: 0 of node 0 and of garbage without a dominator. */
  readonly depth: Uint32Array
  /** Nodes other than node 0 that nothing dominates: garbage (see dominators.ts). */
  readonly garbage: Uint32Array
}

export function dominatedOf(dominators: Dominators): Dominated {
  const { parent, order } = dominators
  const nodeCount = parent.length
  const first = new Uint32Array(nodeCount + 1)
  const depth = new Uint32Array(nodeCount)
  const garbage: number[] = []
  for (let i = 1; i < nodeCount; i++) {
    const node = order[i]!
    const above = parent[node]!
    if (above === NO_NODE) {
      garbage.push(node)
      continue
    }
    first[above]!++
    depth[node] = depth[above]! + 1
  }
  let end = 0
  for (let node = 0; node < nodeCount; node++) first[node] = end += first[node]!
  first[nodeCount] = end
  const child = new Uint32Array(end)
  for (let i = nodeCount - 1; i > 0; i--) {
    const node = order[i]!
    if (parent[node] !== NO_NODE) child[--first[parent[node]!]!] = node
  }
  return { first, child, depth, garbage: Uint32Array.from(garbage) }
}

/** All that a node retains, itself first, each after what dominates it. */
export function retainedBy(dominators: Dominators, dominated: Dominated, node: number): Uint32Array {
  const nodes = new Uint32Array(dominators.retainedCount[node]!)
  nodes[0] = node
  let found = 1
  for (let i = 0; i < found; i++) {
    for (let at = dominated.first[nodes[i]!]!; at < dominated.first[nodes[i]! + 1]!; at++) nodes[found++] = dominated.child[at]!
  }
  return nodes
}

export interface TreeRow {
  /** NO_NODE: this row stands for several children of its parent that have no rows of their own. */
  node: number
  /** Index of the row above; -1 of the first. */
  parent: number
  /** Below the first row. */
  depth: number
  retainedBytes: number
  retainedCount: number
  /** How many nodes with their trees the row stands for: 1, or the number of the others. */
  nodes: number
}

/**
 * The dominator tree below `top` in at most `limit` rows, and one row of others below each of them that needs it: those that
 * retain most, whatever their depth, so that what is big is shown in detail. Parents come before children, siblings with the
 * largest first and the others last. What lies deeper than `maxDepth` is left to the row above.
 */
export function treeRows(
  dominators: Dominators, dominated: Dominated, top: number, { limit = 500, maxDepth = Infinity }: { limit?: number, maxDepth?: number } = {},
): TreeRow[] {
  const { retainedBytes, retainedCount } = dominators
  const more = (a: number, b: number) => retainedBytes[b]! - retainedBytes[a]! || dominators.rank[a]! - dominators.rank[b]!
  interface Taken { node: number, depth: number, candidates: number[], used: number, children: Taken[] }
  const take = (node: number, depth: number): Taken => ({ node, depth, candidates: depth < maxDepth ? largest(node) : [], used: 0, children: [] })

  /** The children that may get rows: those that retain most. */
  function largest(node: number): number[] {
    const kept: number[] = []
    let least = -1
    for (let at = dominated.first[node]!; at < dominated.first[node + 1]!; at++) {
      const child = dominated.child[at]!
      if (kept.length >= limit && retainedBytes[child]! <= least) continue
      kept.push(child)
      if (kept.length >= limit * 2) {
        kept.sort(more).length = limit
        least = retainedBytes[kept[limit - 1]!]!
      }
    }
    return kept.sort(more).slice(0, limit)
  }

  // Rows in the order of what they retain: the next one is the largest of the next candidates of all rows.
  const first = take(top, 0)
  const queue = new NodeQueue<Taken>(row => row.candidates[row.used]!, more)
  if (first.candidates.length > 0) queue.push(first)
  for (let count = 1; count < limit; count++) {
    const row = queue.pop()
    if (!row) break
    const child = take(row.candidates[row.used++]!, row.depth + 1)
    row.children.push(child)
    if (row.used < row.candidates.length) queue.push(row)
    if (child.candidates.length > 0) queue.push(child)
  }

  const rows: TreeRow[] = []
  const todo: { taken: Taken, parent: number }[] = [{ taken: first, parent: -1 }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { taken, parent } = next
    const { node, depth, children } = taken
    const index = rows.push({ node, parent, depth, retainedBytes: retainedBytes[node]!, retainedCount: retainedCount[node]!, nodes: 1 }) - 1
    for (const child of children.reverse()) todo.push({ taken: child, parent: index })
  }
  return withOthers(dominators, dominated, rows)
}

/** Adds, below each row that has some of its children, one for those that are left. */
function withOthers(dominators: Dominators, dominated: Dominated, rows: TreeRow[]): TreeRow[] {
  const shown = rows.map(() => ({ nodes: 0, bytes: 0, count: 0 }))
  for (const row of rows) {
    if (row.parent < 0) continue
    const sum = shown[row.parent]!
    sum.nodes++
    sum.bytes += row.retainedBytes
    sum.count += row.retainedCount
  }
  const others = new Map<number, TreeRow>()
  for (const [index, { node, depth }] of rows.entries()) {
    const children = dominated.first[node + 1]! - dominated.first[node]!
    const { nodes, bytes, count } = shown[index]!
    if (nodes === 0 || nodes === children) continue
    let ownBytes = dominators.retainedBytes[node]!
    for (let at = dominated.first[node]!; at < dominated.first[node + 1]!; at++) ownBytes -= dominators.retainedBytes[dominated.child[at]!]!
    others.set(index, {
      node: NO_NODE, parent: index, depth: depth + 1, retainedBytes: dominators.retainedBytes[node]! - ownBytes - bytes,
      retainedCount: dominators.retainedCount[node]! - 1 - count, nodes: children - nodes,
    })
  }
  if (others.size === 0) return rows
  // After the last row of its parent's tree; numbers of rows move as rows come in between.
  const result: TreeRow[] = []
  const moved: number[] = []
  const open: number[] = []
  const close = (depth: number) => {
    while (open.length > depth) {
      const index = open.pop()!
      const other = others.get(index)
      if (other) result.push({ ...other, parent: moved[index]! })
    }
  }
  for (const [index, row] of rows.entries()) {
    close(row.depth)
    moved[index] = result.push({ ...row, parent: row.parent < 0 ? -1 : moved[row.parent]! }) - 1
    open.push(index)
  }
  close(0)
  return result
}

/** A binary heap; `before` compares the nodes that the items stand at. */
class NodeQueue<T> {
  private readonly items: T[] = []
  constructor(private readonly node: (item: T) => number, private readonly before: (a: number, b: number) => number) {}

  push(item: T): void {
    const { items } = this
    let at = items.push(item) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.less(item, items[above]!)) break
      items[at] = items[above]!
      at = above
    }
    items[at] = item
  }

  pop(): T | undefined {
    const { items } = this
    const first = items[0]
    const last = items.pop()
    if (first === undefined || last === undefined || items.length === 0) return first
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below >= items.length) break
      if (below + 1 < items.length && this.less(items[below + 1]!, items[below]!)) below++
      if (!this.less(items[below]!, last)) break
      items[at] = items[below]!
      at = below
    }
    items[at] = last
    return first
  }

  private less(a: T, b: T): boolean {
    return this.before(this.node(a), this.node(b)) < 0
  }
}
