// Every block that is allocated now, found by its address.
//
// Addresses are granules (engine/memory/address-space.ts) and lie close together, so the way from an address to its block
// is two array reads and no hashing: `directory` maps a page of 4096 granules to a row of `map`, which holds a block number
// per granule (0: none). Neighbours in the simulated heap are neighbours here, and pymalloc reuses what it freed last, so
// nearly every read hits the cache. Cost: 4 bytes for every 16 bytes of touched address space, 28 bytes a block.
//
// Block numbers are reused, last freed first. Columns are public because MemoryState works on them in its inner loop.
import { grownInt32 } from '../base/typed-arrays'

const PAGE_BITS = 12
const PAGE_MASK = (1 << PAGE_BITS) - 1

/** Set in `type` while the block lies in a free list of the interpreter (PARK). */
export const PARKED = 1 << 30
/** Set in `type` if the block was last given to its line by REUSE, not by an allocation. */
export const REUSED = 1 << 29
export const TYPE_MASK = (1 << 26) - 1
/** The domain, in bits 27 and 28 of `type`. */
export const DOMAIN_SHIFT = 27

export class LiveTable {
  /** Blocks in the table. */
  count = 0
  /** One past the highest block number ever used. */
  end = 1
  address = new Int32Array(1024)
  size = new Int32Array(1024)
  site = new Int32Array(1024)
  /** Type or tag id with the flags above. 0 in a free row is not special: see `find`. */
  type = new Int32Array(1024)
  /** Tick at which the block came to its line. */
  tick = new Float64Array(1024)
  /** Chunk in which the block was last named, see EventColumns.older. */
  stamp = new Int32Array(1024)
  private readonly directory = new Int32Array(1 << 32 - PAGE_BITS)
  private map = new Int32Array(16 << PAGE_BITS)
  private pages = 1
  /** Head of the chain of free rows, linked through `site`; 0 = none. */
  protected free = 0

  /** Block number at `address`, 0 if there is none. */
  find(address: number): number {
    return this.map[this.directory[address >>> PAGE_BITS]! << PAGE_BITS | address & PAGE_MASK]!
  }

  /** A new row for a block; the caller fills size, site, type and tick. An old block there is forgotten. */
  insert(address: number): number {
    const page = this.directory[address >>> PAGE_BITS] || this.newPage(address >>> PAGE_BITS)
    const place = page << PAGE_BITS | address & PAGE_MASK
    let block = this.map[place]!
    if (block !== 0) return block
    block = this.free
    if (block !== 0) this.free = this.site[block]!
    else {
      block = this.end++
      if (block === this.address.length) this.grow()
    }
    this.map[place] = block
    this.address[block] = address
    this.count++
    return block
  }

  /** Takes a block out. */
  remove(block: number): void {
    const address = this.address[block]!
    this.map[this.directory[address >>> PAGE_BITS]! << PAGE_BITS | address & PAGE_MASK] = 0
    this.address[block] = 0
    this.site[block] = this.free
    this.free = block
    this.count--
  }

  /** Forgets all blocks. */
  clear(): void {
    for (let block = 1; block < this.end; block++) {
      const address = this.address[block]!
      if (address !== 0) this.map[this.directory[address >>> PAGE_BITS]! << PAGE_BITS | address & PAGE_MASK] = 0
      this.address[block] = 0
    }
    this.end = 1
    this.free = 0
    this.count = 0
  }

  /** All block numbers, by rising address. */
  inOrder(): Int32Array {
    const blocks = new Int32Array(this.count)
    // Few blocks on many pages: sorting their addresses is quicker than looking through the pages.
    if (this.count * 32 < this.pages << PAGE_BITS) {
      let n = 0
      for (let block = 1; block < this.end; block++) if (this.address[block] !== 0) blocks[n++] = this.address[block]!
      const addresses = new Uint32Array(blocks.buffer).sort()
      for (let i = 0; i < n; i++) blocks[i] = this.find(addresses[i]!)
      return blocks
    }
    let n = 0
    for (let high = 0; n < this.count; high++) {
      const page = this.directory[high]!
      if (page === 0) continue
      const end = page + 1 << PAGE_BITS
      for (let place = page << PAGE_BITS; place < end; place++) if (this.map[place] !== 0) blocks[n++] = this.map[place]!
    }
    return blocks
  }

  private newPage(high: number): number {
    const page = this.pages++
    this.map = grownInt32(this.map, this.pages << PAGE_BITS)
    this.directory[high] = page
    return page
  }

  protected grow(): void {
    const length = this.address.length + 1
    this.address = grownInt32(this.address, length)
    this.size = grownInt32(this.size, length)
    this.site = grownInt32(this.site, length)
    this.type = grownInt32(this.type, length)
    this.stamp = grownInt32(this.stamp, length)
    const tick = new Float64Array(this.address.length)
    tick.set(this.tick)
    this.tick = tick
  }
}
