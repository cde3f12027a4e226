// Where the walk puts nodes and edges: growing columns, and a table from objects to their nodes.
//
// Nodes are numbered in the order in which they are found, and their edges written in that order, so that CSR form comes by
// itself; the root's edges are kept apart and put first at the end. Objects are found by their address, as blocks are in a
// LiveTable: a directory leads from a page of granules to a row of nodes, so that neighbours in the heap are neighbours here. Static
// objects, whose addresses are below zero, are few and found in a map.
import { grownInt32, grownUint8 } from '../../base/typed-arrays'
import type { PyObject } from '../objects/object'

const START = 1 << 14
const PAGE_BITS = 12
const PAGE_MASK = (1 << PAGE_BITS) - 1
/** Granules are below 2^30; engine/memory/address-space.ts. */
const PAGES = 1 << 30 - PAGE_BITS

class EdgeColumns {
  count = 0
  to = new Int32Array(START)
  name = new Int32Array(START)
  kind = new Uint8Array(START)

  add(to: number, kind: number, name: number): void {
    const at = this.count++
    if (at === this.to.length) {
      this.to = grownInt32(this.to, at + 1)
      this.name = grownInt32(this.name, at + 1)
      this.kind = grownUint8(this.kind, at + 1)
    }
    this.to[at] = to
    this.name[at] = name
    this.kind[at] = kind
  }
}

export class HeapColumns {
  /** By node; 0 is the root. */
  readonly objects: (PyObject | null)[] = [null]
  readonly edges = new EdgeColumns()
  readonly rootEdges = new EdgeColumns()
  /** Edges that lead to a node so far. */
  found = new Int32Array(START)
  /** First edge of each node that has been walked, in `edges`. */
  firstEdge = new Int32Array(START)
  private readonly directory = new Int32Array(PAGES)
  private map = new Int32Array(64 << PAGE_BITS)
  private pages = 1
  private readonly statics = new Map<PyObject, number>()
  private readonly stringIds = new Map<string, number>([['', 0]])

  get nodeCount(): number { return this.objects.length }
  get strings(): Iterable<string> { return this.stringIds.keys() }
  get stringCount(): number { return this.stringIds.size }

  /** The node of an object, made if it has none yet. */
  node(o: PyObject): number {
    const { addr } = o
    if (addr <= 0) return this.statics.get(o) ?? this.staticNode(o)
    const page = this.directory[addr >>> PAGE_BITS] || this.newPage(addr >>> PAGE_BITS)
    const place = page << PAGE_BITS | addr & PAGE_MASK
    return this.map[place] || (this.map[place] = this.newNode(o))
  }

  private staticNode(o: PyObject): number {
    const node = this.newNode(o)
    this.statics.set(o, node)
    return node
  }

  private newNode(o: PyObject): number {
    const node = this.objects.length
    this.objects.push(o)
    if (node === this.found.length) this.found = grownInt32(this.found, node + 1)
    return node
  }

  private newPage(high: number): number {
    const page = this.pages++
    this.map = grownInt32(this.map, this.pages << PAGE_BITS)
    this.directory[high] = page
    return page
  }

  edge(to: PyObject, kind: number, name: number): void {
    const node = this.node(to)
    this.found[node]!++
    this.edges.add(node, kind, name)
  }

  /** `counted`: it is one of the references that the object counts. */
  rootEdge(to: PyObject, kind: number, name: string, counted: boolean): void {
    const node = this.node(to)
    if (counted) this.found[node]!++
    this.rootEdges.add(node, kind, this.string(name))
  }

  beginNode(node: number): void {
    if (node >= this.firstEdge.length) this.firstEdge = grownInt32(this.firstEdge, node + 1)
    this.firstEdge[node] = this.edges.count
  }

  string(text: string): number {
    if (text === '') return 0
    let id = this.stringIds.get(text)
    if (id === undefined) this.stringIds.set(text, id = this.stringIds.size)
    return id
  }
}
