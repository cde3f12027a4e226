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
}
