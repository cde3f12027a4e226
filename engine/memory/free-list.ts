// A free list as CPython keeps them for float, list, dict, tuple and others: dead objects whose blocks stay allocated and
// are handed out again, last in, first out. Giving writes a PARK event; taking a REUSE event, and moves the block's trace
// to the running line.
//
// The collector's count is not touched by either, exactly as in CPython.
import { grownInt32 } from '../base/typed-arrays'
import type { SimulatedProcess } from './process'

export class FreeList<T> {
  count = 0
  private items: (T | null)[] = []
  private blocks = new Int32Array(16)

  constructor(private readonly process: BlockRebirth, readonly limit: number) {}

  /** The object given last, or null if the list is empty. */
  take(tag: number): T | null {
    if (this.count === 0) return null
    const i = --this.count
    const item = this.items[i]!
    this.items[i] = null
    this.process.reuse(this.blocks[i]!, tag)
    return item
  }

  /** Keeps a dead object whose block begins at `block`; false if the list is full: the caller frees the block then. */
  give(item: T, block: number, tag: number): boolean {
    if (this.count >= this.limit) return false
    const i = this.count++
    if (i === this.items.length) {
      this.items.push(item)
      this.blocks = grownInt32(this.blocks, i + 1)
    } else this.items[i] = item
    this.blocks[i] = block
    this.process.park(block, tag)
    return true
  }

  /** Empties the list, last in first; `release` frees each block. */
  clear(release: (item: T, block: number) => void): void {
    while (this.count > 0) {
      const i = --this.count
      const item = this.items[i]!
      this.items[i] = null
      release(item, this.blocks[i]!)
    }
  }
}

/** The part of SimulatedProcess that a free list uses. */
export type BlockRebirth = Pick<SimulatedProcess<never>, 'reuse' | 'park'>
