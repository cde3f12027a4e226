// A LiveTable for few blocks that lie anywhere: open addressing over their addresses instead of a map of the address space.
//
// A partial MemoryState holds only the blocks that one chunk names, some ten thousand, and forgets them with the next chunk.
// Over a heap of gigabytes a map would grow with every page that any chunk touches; this stays in the processor's cache.
import { LiveTable } from './live-table'

/** Knuth's multiplicative constant. */
const GOLDEN = 0x9e3779b1

export class HashedTable extends LiveTable {
  /** Block numbers, 0: empty; at most half full. */
  private cells = new Int32Array(1 << 12)
  private mask = (1 << 12) - 1
  private shift = 32 - 12

  override find(address: number): number {
    const { cells, mask } = this
    const addresses = this.address
    for (let i = Math.imul(address, GOLDEN) >>> this.shift; ; i = i + 1 & mask) {
      const block = cells[i]!
      if (block === 0 || addresses[block] === address) return block
    }
  }

  override insert(address: number): number {
    const { mask } = this
    let i = Math.imul(address, GOLDEN) >>> this.shift
    for (; this.cells[i] !== 0; i = i + 1 & mask) if (this.address[this.cells[i]!] === address) return this.cells[i]!
    let block = this.free
    if (block !== 0) this.free = this.site[block]!
    else {
      block = this.end++
      if (block === this.address.length) this.grow()
    }
    this.cells[i] = block
    this.address[block] = address
    if (++this.count * 2 > mask) this.rehash()
    return block
  }

  override remove(block: number): void {
    const { cells, mask } = this
    let hole = Math.imul(this.address[block]!, GOLDEN) >>> this.shift
    for (; cells[hole] !== block; hole = hole + 1 & mask) if (cells[hole] === 0) return
    this.address[block] = 0
    this.site[block] = this.free
    this.free = block
    this.count--
    for (let i = hole + 1 & mask; cells[i] !== 0; i = i + 1 & mask) {
      const home = Math.imul(this.address[cells[i]!]!, GOLDEN) >>> this.shift
      // An entry may move into the hole unless its home lies, cyclically, between the hole and itself.
      if ((i - home & mask) < (i - hole & mask)) continue
      cells[hole] = cells[i]!
      hole = i
    }
    cells[hole] = 0
  }

  override clear(): void {
    this.cells.fill(0)
    this.address.fill(0, 0, this.end)
    this.end = 1
    this.free = 0
    this.count = 0
  }

  override inOrder(): Int32Array {
    const addresses = new Uint32Array(this.count)
    let n = 0
    for (let block = 1; block < this.end; block++) if (this.address[block] !== 0) addresses[n++] = this.address[block]!
    return Int32Array.from(addresses.sort(), address => this.find(address))
  }

  private rehash(): void {
    const length = this.cells.length * 2
    this.cells = new Int32Array(length)
    this.mask = length - 1
    this.shift = Math.clz32(length - 1)
    for (let block = 1; block < this.end; block++) {
      if (this.address[block] === 0) continue
      let i = Math.imul(this.address[block]!, GOLDEN) >>> this.shift
      while (this.cells[i] !== 0) i = i + 1 & this.mask
      this.cells[i] = block
    }
  }
}
