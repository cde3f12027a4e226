// Where growing memory accumulates: the objects that hold many others, none of which alone explains the growth.
//
// Every node brings a weight, the bytes of it that grew. From the root downwards in the dominator tree the weight is followed:
// into each child that has a good part of it alone, and where none is left that has, and many small ones are, the node is
// an *accumulation point*: the rule of Eclipse MAT, with weights in place of retained sizes, and applied to each part of a heap
// for itself. Two shapes need more:
//
//   chains     the next node of a linked list has nearly all that the list has, again and again; the list is one accumulation
//              point, at its first node
//   scattered  what two holders share is dominated by none of them but by something above (a module's namespace, the
//              root). Such nodes are given to whoever refers to most of them; the other holders are named beside.
//
// Namespaces (modules, classes, functions, their dicts) are gone through, never named for what is in them alone.
import type { Dominators } from './dominators'
import type { HeapGraph } from './heap-graph'
import { type AnalysisOptions, NO_NODE, PROGRESS_MASK } from './options'
import type { Referrers } from './reverse'

export interface Accumulation {
  /** The holder; 0: garbage, which nothing holds. */
  readonly node: number
  readonly kind: 'container' | 'chain' | 'single' | 'shared' | 'garbage'
  /** Weight below the holder that it is named for. */
  readonly bytes: number
  /** What it holds: the children in the dominator tree (of a chain its nodes), in the order of the graph. Empty if it grew itself. */
  readonly members: Uint32Array
  /** Of 'shared': the others that refer to most of the members as well. */
  readonly others: readonly number[]
}

export interface AccumulationOptions extends AnalysisOptions {
  /** Less than this is no growth. */
  minimumBytes: number
  /** Fewer members are no accumulation. */
  minimumMembers: number
  /** 1: gone through, see above. */
  namespace: Uint8Array
  /** 1: the node itself grew (a list's table, a bytearray), so that it may be named without members. */
  selfGrown: Uint8Array
}

/** A child with this share of its parent's weight is looked at for itself. */
const HEAVY_SHARE = 0.2
/** A holder that refers to this share of the members is named as well. */
const OTHER_SHARE = 0.5
/** Nodes of a chain repeat after at most so many steps: an instance, its dict, a tuple. */
const CHAIN_PERIOD = 3

/** Heaviest first. `weight` and the options' columns have an entry a node. */
export function accumulationsOf(
  graph: HeapGraph, dominators: Dominators, referrers: Referrers, weight: Float64Array, options: AccumulationOptions,
): Accumulation[] {
  return new Search(graph, dominators, referrers, weight, options).run()
}

/** Weights summed over the dominator tree: of each node and all that it retains. */
export function retainedWeights(dominators: Dominators, weight: Float64Array): Float64Array {
  const { order, parent } = dominators
  const sums = weight.slice()
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!
    if (parent[node] !== NO_NODE) sums[parent[node]!]! += sums[node]!
  }
  return sums
}

class Search {
  private readonly grown: Float64Array
  /** Children with weight, of each node, in CSR form. */
  private readonly first: Uint32Array
  private readonly child: Uint32Array
  private readonly found: Accumulation[] = []
  /** Nodes below namespaces that are too light to be looked at for themselves. */
  private readonly scattered: number[] = []
  // Of each node on a chain: its head.
  private readonly headOf: Uint32Array
  private readonly chains = new Map<number, { nodes: number[]; bytes: number }>()

  constructor(
    private readonly graph: HeapGraph, private readonly dominators: Dominators, private readonly referrers: Referrers,
    private readonly weight: Float64Array, private readonly options: AccumulationOptions,
  ) {
    const { nodeCount } = graph
    const { parent } = dominators
    const grown = this.grown = retainedWeights(dominators, weight)
    const first = this.first = new Uint32Array(nodeCount + 1)
    for (let node = 1; node < nodeCount; node++) if (grown[node]! > 0 && parent[node] !== NO_NODE) first[parent[node]!]!++
    let end = 0
    for (let node = 0; node < nodeCount; node++) first[node] = end += first[node]!
    first[nodeCount] = end
    this.child = new Uint32Array(end)
    for (let node = nodeCount - 1; node > 0; node--) if (grown[node]! > 0 && parent[node] !== NO_NODE) this.child[--first[parent[node]!]!] = node
    this.headOf = new Uint32Array(nodeCount)
  }

  run(): Accumulation[] {
    const stack = [0]
    for (let steps = 0; stack.length > 0; steps++) {
      if ((steps & PROGRESS_MASK) === PROGRESS_MASK) this.options.progress?.(steps, this.graph.nodeCount)
      this.look(stack.pop()!, stack)
    }
    for (const [head, { nodes, bytes }] of this.chains) {
      if (bytes < this.options.minimumBytes || nodes.length < this.options.minimumMembers) continue
      const above = this.dominators.parent[head]!
      const holder = above === NO_NODE || above === 0 || this.options.namespace[above] === 1 ? head : above
      this.found.push({ node: holder, kind: 'chain', bytes, members: sorted(nodes), others: [] })
    }
    this.share()
    this.garbage()
    return this.found.sort((a, b) => b.bytes - a.bytes || a.node - b.node)
  }

  private look(node: number, stack: number[]): void {
    const { grown, first, child, weight } = this
    const { minimumBytes, minimumMembers, namespace, selfGrown } = this.options
    const from = first[node]!
    const to = first[node + 1]!
    const isNamespace = node === 0 || namespace[node] === 1
    const through = isNamespace || to - from < minimumMembers
    const least = through ? minimumBytes : Math.max(minimumBytes, grown[node]! * HEAVY_SHARE)
    const light: number[] = []
    let lightBytes = weight[node]!
    let heavy = 0
    let only = 0
    for (let i = from; i < to; i++) {
      const kid = child[i]!
      if (grown[kid]! >= least) {
        heavy++
        only = kid
        stack.push(kid)
      } else {
        light.push(kid)
        lightBytes += grown[kid]!
      }
    }
    const head = this.headOf[node]!
    const next = heavy === 1 && !isNamespace && light.length < minimumMembers && this.continues(node, only) ? only : 0
    // A chain may end in a container that is an accumulation point itself.
    if (next !== 0 || head !== 0 && (to - from < minimumMembers || isNamespace)) return this.addToChain(head === 0 ? node : head, node, lightBytes, next)
    if (isNamespace) {
      this.scattered.push(...light)
      return
    }
    if (light.length >= minimumMembers && lightBytes >= minimumBytes) {
      this.found.push({ node, kind: 'container', bytes: lightBytes, members: Uint32Array.from(light), others: [] })
    } else if (selfGrown[node] === 1 && weight[node]! >= minimumBytes) {
      this.found.push({ node, kind: 'single', bytes: lightBytes, members: new Uint32Array(0), others: [] })
    }
  }

  /** Whether `kid` is the next node of the chain that `node` is on, or begins one with it. */
  private continues(node: number, kid: number): boolean {
    const { type } = this.graph
    const { parent } = this.dominators
    let above = node
    for (let i = 0; i < CHAIN_PERIOD && above !== 0 && above !== NO_NODE; i++) {
      if (type[above] === type[kid] && this.options.namespace[above] === 0) return true
      above = parent[above]!
    }
    return false
  }

  private addToChain(head: number, node: number, bytes: number, next: number): void {
    let chain = this.chains.get(head)
    if (!chain) this.chains.set(head, chain = { nodes: [], bytes: 0 })
    chain.nodes.push(node)
    chain.bytes += bytes
    if (next !== 0) this.headOf[next] = head
  }

  /** Gives scattered nodes to those who refer to most of them. */
  private share(): void {
    const { from, first } = this.referrers
    const { parent } = this.dominators
    const { minimumBytes, minimumMembers } = this.options
    let open = this.scattered
    for (;;) {
      const score = new Map<number, { bytes: number; count: number }>()
      for (const node of open) {
        let last = 0
        for (let entry = first[node]!; entry < first[node + 1]!; entry++) {
          const holder = from[entry]!
          // Several references of one holder lie side by side.
          if (holder === 0 || holder === last || holder === node || parent[holder] === NO_NODE) continue
          last = holder
          const sum = score.get(holder)
          if (sum) {
            sum.bytes += this.grown[node]!
            sum.count++
          } else score.set(holder, { bytes: this.grown[node]!, count: 1 })
        }
      }
      let best = 0
      let most = 0
      for (const [holder, { bytes, count }] of score) {
        if (count >= minimumMembers && (bytes > most || bytes === most && holder < best)) [best, most] = [holder, bytes]
      }
      if (most < minimumBytes) return
      const isHeld = (node: number) => {
        for (let entry = first[node]!; entry < first[node + 1]!; entry++) if (from[entry] === best) return true
        return false
      }
      const members = open.filter(isHeld)
      const shared = new Map<number, number>()
      for (const node of members) {
        for (const holder of new Set(from.subarray(first[node]!, first[node + 1]!))) if (holder !== 0 && holder !== best) shared.set(holder, (shared.get(holder) ?? 0) + 1)
      }
      const others = [...shared].filter(([, count]) => count >= members.length * OTHER_SHARE).sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([holder]) => holder)
      this.found.push({ node: best, kind: 'shared', bytes: most + this.weight[best]!, members: sorted(members), others })
      this.absorb(best, most)
      open = open.filter(node => !isHeld(node))
    }
  }

  /** A holder whose own table grew with its shared members would be named twice. */
  private absorb(node: number, _bytes: number): void {
    const at = this.found.findIndex(a => a.node === node && (a.kind === 'single' || a.kind === 'container') && a !== this.found.at(-1))
    if (at < 0) return
    const [own] = this.found.splice(at, 1)
    const shared = this.found.pop()!
    this.found.push({ ...shared, bytes: shared.bytes - this.weight[node]! + own!.bytes, members: sorted([...shared.members, ...own!.members]) })
  }

  private garbage(): void {
    const { parent } = this.dominators
    const members: number[] = []
    let bytes = 0
    for (let node = 1; node < this.graph.nodeCount; node++) {
      if (parent[node] !== NO_NODE || this.grown[node] === 0) continue
      members.push(node)
      bytes += this.grown[node]!
    }
    if (bytes >= this.options.minimumBytes && members.length >= this.options.minimumMembers) {
      this.found.push({ node: 0, kind: 'garbage', bytes, members: Uint32Array.from(members), others: [] })
    }
  }
}

const sorted = (nodes: number[]): Uint32Array => Uint32Array.from(nodes).sort()
