// The mmap area: whole pages, handed out from the top down, the highest hole that fits first, as the kernel does.
// A few dozen mappings at most, so plain sorted arrays do.
import { GRANULE_END, MMAP_BASE, PAGE_BYTES, type AddressSpace } from './address-space'

export class MmapArea {
  mappedBytes = 0
  mappings = 0
  private readonly pageGranules: number
  /** Holes, highest first: first granule and length in granules. */
  private holeStart: number[]
  private holeLength: number[]

  constructor(private readonly space: AddressSpace) {
    this.pageGranules = PAGE_BYTES >> space.granuleShift
    this.holeStart = [MMAP_BASE]
    this.holeLength = [GRANULE_END - MMAP_BASE]
  }

  /** Maps whole pages; returns the first granule, 0 when there is no room. */
  map(pages: number): number {
    const length = pages * this.pageGranules
    for (let i = 0; i < this.holeStart.length; i++) {
      if (this.holeLength[i]! < length) continue
      if (!this.space.reserve(pages * PAGE_BYTES)) return 0
      const start = this.holeStart[i]! + this.holeLength[i]! - length
      if (this.holeLength[i] === length) {
        this.holeStart.splice(i, 1)
        this.holeLength.splice(i, 1)
      } else this.holeLength[i]! -= length
      this.account(pages * PAGE_BYTES)
      this.mappings++
      return start
    }
    return 0
  }

  unmap(start: number, pages: number): void {
    this.space.release(pages * PAGE_BYTES)
    this.account(-pages * PAGE_BYTES)
    this.mappings--
    this.giveHole(start, pages * this.pageGranules)
  }

  /** Grows or shrinks a mapping at its upper end (mremap); false if what lies above is taken. */
  resize(start: number, oldPages: number, pages: number): boolean {
    const end = start + oldPages * this.pageGranules
    const bytes = (pages - oldPages) * PAGE_BYTES
    if (pages < oldPages) {
      this.giveHole(start + pages * this.pageGranules, (oldPages - pages) * this.pageGranules)
      this.space.release(-bytes)
    } else {
      const hole = this.holeStart.indexOf(end)
      const extra = (pages - oldPages) * this.pageGranules
      if (hole < 0 || this.holeLength[hole]! < extra || !this.space.reserve(bytes)) return false
      if (this.holeLength[hole] === extra) {
        this.holeStart.splice(hole, 1)
        this.holeLength.splice(hole, 1)
      } else {
        this.holeStart[hole]! += extra
        this.holeLength[hole]! -= extra
      }
    }
    this.account(bytes)
    return true
  }

  /** Whoever maps memory of his own is about to fill it. */
  private account(bytes: number): void {
    this.mappedBytes += bytes
    this.space.touch(bytes)
  }

  private giveHole(start: number, length: number): void {
    const { holeStart, holeLength } = this
    let i = 0
    while (i < holeStart.length && holeStart[i]! > start) i++
    holeStart.splice(i, 0, start)
    holeLength.splice(i, 0, length)
    // Joined with the hole above (before it in the list), then with the one below.
    if (i > 0 && start + length === holeStart[i - 1]) this.joinWithNext(i - 1)
    const own = i > 0 && holeStart[i] !== start ? i - 1 : i
    if (own + 1 < holeStart.length && holeStart[own + 1]! + holeLength[own + 1]! === holeStart[own]) this.joinWithNext(own)
  }

  /** Hole i and the one right below it (i + 1) become one. */
  private joinWithNext(i: number): void {
    this.holeStart[i] = this.holeStart[i + 1]!
    this.holeLength[i]! += this.holeLength[i + 1]!
    this.holeStart.splice(i + 1, 1)
    this.holeLength.splice(i + 1, 1)
  }
}
