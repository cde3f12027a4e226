// Tracebacks as a tree: what the recorder interns, the file stores, and readers load again.
//
// Node 0 is "no Python frame" (tracemalloc's <unknown>:0). Every other node is one line of one code object, called from
// its parent's line; `parent` is 0 for outermost frames. A node's id is also called a *site*: the place of an event.
import { grownInt32 } from '../base/typed-arrays'

export class SiteTree {
  count = 1
  parent = new Int32Array(256)
  code = new Int32Array(256)
  line = new Int32Array(256)
  depth = new Int32Array(256)

  /** Open addressing over (parent, code, line): site, 0 = empty. Only made when `intern` is used. */
  private cells: Int32Array<ArrayBuffer> | null = null

  /** The node with these figures, appended if it is not there. */
  intern(parent: number, code: number, line: number): number {
    const cells = this.cells ?? this.rehash(1024)
    const mask = cells.length - 1
    for (let cell = hash(parent, code, line) & mask; ; cell = cell + 1 & mask) {
      const site = cells[cell]!
      if (site === 0) {
        const added = this.add(parent, code, line)
        cells[cell] = added
        if (this.count * 2 > cells.length) this.rehash(cells.length * 2)
        return added
      }
      if (this.parent[site] === parent && this.line[site] === line && this.code[site] === code) return site
    }
  }

  /** Appends a node; its parent must be there. */
  add(parent: number, code: number, line: number): number {
    const site = this.count++
    if (site === this.parent.length) {
      this.parent = grownInt32(this.parent, site + 1)
      this.code = grownInt32(this.code, site + 1)
      this.line = grownInt32(this.line, site + 1)
      this.depth = grownInt32(this.depth, site + 1)
    }
    this.parent[site] = parent
    this.code[site] = code
    this.line[site] = line
    this.depth[site] = this.depth[parent]! + 1
    return site
  }

  /** Innermost first. */
  path(site: number): number[] {
    const path: number[] = []
    for (let at = site; at !== 0; at = this.parent[at]!) path.push(at)
    return path
  }

  private rehash(length: number): Int32Array {
    const mask = length - 1
    const cells = new Int32Array(length)
    for (let site = 1; site < this.count; site++) {
      let cell = hash(this.parent[site]!, this.code[site]!, this.line[site]!) & mask
      while (cells[cell] !== 0) cell = cell + 1 & mask
      cells[cell] = site
    }
    return this.cells = cells
  }
}

function hash(parent: number, code: number, line: number): number {
  let h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b) ^ Math.imul(line, 0xc2b2ae35)
  h = Math.imul(h ^ h >>> 16, 0x7feb352d)
  return h ^ h >>> 15
}
