// The allocation tracebacks of a heap snapshot: `trace_tree`, nested lists of [id, function, count, size, [children…]], and the
// places that its nodes name. Only what the objects of the graph need.
import type { CodePlace, Sites } from './profile'

export interface TracedSites {
  sites: Sites
  codeAt(code: number): CodePlace
  /** All allocations and their bytes, by site; null: not known. */
  allocated: { bytes: Float64Array; count: Float64Array } | null
}

/** DevTools builds its tree by recursion: deeper tracebacks count for their caller at this depth. */
const DEEPEST = 1500
/** Of the tree's root; site n is n + 1. 0 in a node is "no traceback". */
const ROOT_ID = 1

export class AllocationTraces {
  /** Function infos: the root's and one a place. */
  readonly functionCount: number
  /** Site → the site that stands for it. */
  private readonly shown: Int32Array
  private readonly used: Uint8Array
  private readonly placeOf: Int32Array
  /** Place → one of its sites; place 0 is the root. */
  private readonly siteOf = [0]

  constructor(private readonly source: TracedSites, siteOfNode: Int32Array) {
    const { sites } = source
    this.shown = new Int32Array(sites.count)
    const depth = new Int32Array(sites.count)
    for (let site = 1; site < sites.count; site++) {
      depth[site] = depth[sites.parent[site]!]! + 1
      this.shown[site] = depth[site]! <= DEEPEST ? site : this.shown[sites.parent[site]!]!
    }
    this.used = new Uint8Array(sites.count)
    for (let node = 1; node < siteOfNode.length; node++) this.used[this.shown[siteOfNode[node]!] ?? 0] = 1
    this.used[0] = 1
    for (let site = sites.count - 1; site > 0; site--) if (this.used[site] === 1) this.used[sites.parent[site]!] = 1
    this.placeOf = new Int32Array(sites.count)
    const known = new Map<number, number>()
    for (let site = 1; site < sites.count; site++) {
      if (this.used[site] === 0) continue
      const key = sites.code[site]! * 2 ** 24 + sites.line[site]!
      let place = known.get(key)
      if (place === undefined) known.set(key, place = this.siteOf.push(site) - 1)
      this.placeOf[site] = place
    }
    this.functionCount = this.siteOf.length
  }

  /** Of a site; 0 without one. */
  nodeOf(site: number): number {
    const shown = this.shown[site] ?? 0
    return shown === 0 ? 0 : shown + 1
  }

  * functionInfos(string: (text: string) => number): Generator<string> {
    const { sites, codeAt } = this.source
    yield `0,${string('(root)')},${string('')},0,0,0`
    for (let place = 1; place < this.siteOf.length; place++) {
      const site = this.siteOf[place]!
      const { name, path, fileId } = codeAt(sites.code[site]!)
      yield `,\n${place},${string(name || path)},${string(path)},${fileId},${sites.line[site]!},1`
    }
  }

  /** The root's fields; depth first, without recursion. */
  * tree(): Generator<string> {
    const { sites } = this.source
    const firstChild = new Int32Array(sites.count)
    const sibling = new Int32Array(sites.count)
    for (let site = sites.count - 1; site > 0; site--) {
      if (this.used[site] === 0) continue
      const parent = sites.parent[site]!
      sibling[site] = firstChild[parent]!
      firstChild[parent] = site
    }
    yield `${ROOT_ID},0,0,0,[`
    for (let site = firstChild[0]!; site !== 0;) {
      const { allocated } = this.source
      yield `${site + 1},${this.placeOf[site]},${allocated?.count[site] ?? 0},${allocated?.bytes[site] ?? 0},[`
      if (firstChild[site] !== 0) {
        site = firstChild[site]!
        continue
      }
      yield ']'
      while (site !== 0 && sibling[site] === 0) {
        site = sites.parent[site]!
        if (site !== 0) yield ']'
      }
      if (site === 0) break
      yield ',\n'
      site = sibling[site]!
    }
    yield ']'
  }
}
