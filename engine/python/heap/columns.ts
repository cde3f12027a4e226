// Where the walk puts nodes and edges: growing columns, and a table from objects to their nodes.
//
// Nodes are numbered in the order in which they are found, and their edges written in that order, so that CSR form comes by
// itself; the root's edges are kept apart and put first at the end. Objects are found by their address (open addressing,
// with the object itself compared: static objects may share one).
import { grownInt32, grownUint8 } from '../../base/typed-arrays'
import type { PyObject } from '../objects/object'

const START = 1 << 14

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
  private cells = new Int32Array(START * 4)
  private mask = START * 4 - 1
  private readonly stringIds = new Map<string, number>([['', 0]])

  get nodeCount(): number { return this.objects.length }
  get strings(): Iterable<string> { return this.stringIds.keys() }
  get stringCount(): number { return this.stringIds.size }

  /** The node of an object, made if it has none yet. */
  node(o: PyObject): number {
    const { objects, mask } = this
    let cell = Math.imul(o.addr, 0x9e3779b1) >>> 8 & mask
    for (;;) {
      const node = this.cells[cell]!
      if (node === 0) break
      if (objects[node] === o) return node
      cell = cell + 1 & mask
    }
    const node = objects.length
    this.cells[cell] = node
    objects.push(o)
    if (node === this.found.length) this.found = grownInt32(this.found, node + 1)
    if (objects.length * 2 > mask) this.rehash()
    return node
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

  private rehash(): void {
    const { objects } = this
    this.mask = this.mask * 2 + 1
    const { mask } = this
    const cells = this.cells = new Int32Array(mask + 1)
    for (let node = 1; node < objects.length; node++) {
      let cell = Math.imul(objects[node]!.addr, 0x9e3779b1) >>> 8 & mask
      while (cells[cell] !== 0) cell = cell + 1 & mask
      cells[cell] = node
    }
  }
}
