// Dial's queue: nodes by a small integer distance, taken out from the nearest on. Between the nearest and the farthest entry lie at most
// `reach` distances, so that a ring of buckets holds them all. A node may be put in again with a shorter distance; the one who takes it
// out compares.
import { grownInt32, type Int32Column } from '../base/typed-arrays'

export class BucketQueue {
  /** The distance of what `take` gives next, once `isEmpty` has said that there is something. */
  distance = 0
  size = 0
  private readonly buckets: Int32Column[]
  private readonly counts: number[]
  private readonly mask: number
  /** How much of the nearest bucket is taken: first in, first out. */
  private taken = 0

  constructor(reach: number) {
    let slots = 1
    while (slots <= reach) slots *= 2
    this.mask = slots - 1
    this.buckets = Array.from({ length: slots }, () => new Int32Array(16))
    this.counts = this.buckets.map(() => 0)
  }

  put(node: number, distance: number): void {
    const slot = distance & this.mask
    const count = this.counts[slot]!
    let bucket = this.buckets[slot]!
    if (count === bucket.length) bucket = this.buckets[slot] = grownInt32(bucket, count + 1)
    bucket[count] = node
    this.counts[slot] = count + 1
    this.size++
  }

  /** Also moves `distance` on to the nearest entry. */
  isEmpty(): boolean {
    if (this.size === 0) return true
    while (this.taken === this.counts[this.distance & this.mask]) {
      this.counts[this.distance & this.mask] = 0
      this.taken = 0
      this.distance++
    }
    return false
  }

  take(): number {
    this.size--
    return this.buckets[this.distance & this.mask]![this.taken++]!
  }
}
