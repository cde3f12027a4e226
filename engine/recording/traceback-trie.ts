// From the interpreter's frame trie to the tracebacks of the file.
//
// The interpreter names a place by a context (a node of its frame trie: caller chain and code object) and an instruction.
// Here it becomes a site: a node of the SiteTree, one per line and caller chain, as tracemalloc's tracebacks are. Two calls
// in one line are one site. What is new in the tree goes to the file from `writtenSites` on.
import { grownInt32 } from '../base/typed-arrays'
import { linesOf } from './line-table'
import { SiteTree } from './site-tree'

interface Code { firstLine: number; lineTable: Uint8Array; lines: Int32Array | null }

export class TracebackTrie {
  readonly tree = new SiteTree()
  private readonly codes: (Code | undefined)[] = []
  private contextParent = new Int32Array(256)
  private contextInstruction = new Int32Array(256)
  private contextCode = new Int32Array(256)
  /** Site of the line that called the context, + 1; 0 = not asked yet. */
  private contextSite = new Int32Array(256)

  defineCode(id: number, firstLine: number, lineTable: Uint8Array): void {
    this.codes[id] = { firstLine, lineTable, lines: null }
  }

  /** Columns of equal length, in the order in which the interpreter made the nodes. */
  defineContexts(id: Int32Array, parent: Int32Array, instruction: Int32Array, code: Int32Array): void {
    for (let i = 0; i < id.length; i++) {
      const context = id[i]!
      if (context >= this.contextParent.length) {
        this.contextParent = grownInt32(this.contextParent, context + 1)
        this.contextInstruction = grownInt32(this.contextInstruction, context + 1)
        this.contextCode = grownInt32(this.contextCode, context + 1)
        this.contextSite = grownInt32(this.contextSite, context + 1)
      }
      this.contextParent[context] = parent[i]!
      this.contextInstruction[context] = instruction[i]!
      this.contextCode[context] = code[i]!
      this.contextSite[context] = 0
    }
  }

  /** The site of an instruction; context 0 is "no Python frame", site 0. */
  siteOf(context: number, instruction: number): number {
    if (context === 0) return 0
    return this.tree.intern(this.callerSite(context), this.contextCode[context]!, this.lineOf(this.contextCode[context]!, instruction))
  }

  /** Site of the line that called `context`. Without recursion: the chain may be a million frames long. */
  private callerSite(context: number): number {
    const chain: number[] = []
    let at = context
    for (; at !== 0 && this.contextSite[at] === 0; at = this.contextParent[at]!) chain.push(at)
    for (let i = chain.length - 1; i >= 0; i--) {
      at = chain[i]!
      const parent = this.contextParent[at]!
      this.contextSite[at] = 1 + (parent === 0 ? 0 : this.tree.intern(
        this.contextSite[parent]! - 1, this.contextCode[parent]!, this.lineOf(this.contextCode[parent]!, this.contextInstruction[at]!)))
    }
    return this.contextSite[context]! - 1
  }

  private lineOf(id: number, instruction: number): number {
    const code = this.codes[id]
    if (!code) return 0
    code.lines ??= linesOf(code.lineTable, code.firstLine)
    return code.lines[instruction] ?? 0
  }
}
