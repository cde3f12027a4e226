// The collector's lists: every tracked object has a slot, and the slots are linked in circular lists with a sentinel, as
// PyGC_Head is in CPython. Columns instead of headers, so that a list of a million objects is walked in three arrays.
//
//   next, prev   links; a free slot's `next` chains the free slots
//   refs         during a collection: gc_refs of a candidate (>= 0), UNREACHABLE while it lies in the unreachable
//                list, and OUTSIDE for everything that is not a candidate
//   objects      the object of a slot, null for sentinels and free slots
//
// Slot 0 is "untracked"; slots 1 to 4 are the sentinels of the generations and of the permanent one, the next ones those of
// a running collection (there is never more than one).
import { grownInt32, type Int32Column } from '../base/typed-arrays'
import type { GcHeader } from './gc-host'

/** Sentinel of generation g is GENERATION_0 + g; PERMANENT holds what gc.freeze() set aside. */
export const GENERATION_0 = 1
export const PERMANENT = 4
export const UNREACHABLE_LIST = 5
export const STILL_UNREACHABLE_LIST = 6
export const FINALIZERS_LIST = 7
export const CALLBACKS_LIST = 8
export const SEEN_LIST = 9
const FIRST_SLOT = 10

/** Values of `refs` that are no counts. */
export const OUTSIDE = -1
export const UNREACHABLE = -2

const INITIAL_SLOTS = 4096

export class GcLists<T extends GcHeader> {
  next: Int32Column = new Int32Array(INITIAL_SLOTS)
  prev: Int32Column = new Int32Array(INITIAL_SLOTS)
  refs: Int32Column = new Int32Array(INITIAL_SLOTS).fill(OUTSIDE)
  objects: (T | null)[] = new Array<T | null>(INITIAL_SLOTS).fill(null)
  /** Head of the chain of free slots, 0 at its end. */
  private freeSlot = 0
  /** First slot never used. */
  private freshSlot = FIRST_SLOT
  private capacity = INITIAL_SLOTS

  constructor() {
    for (let list = GENERATION_0; list < FIRST_SLOT; list++) this.next[list] = this.prev[list] = list
  }

  /** Appends to the youngest generation. Mirrors _PyObject_GC_TRACK, Include/internal/pycore_object.h. */
  track(o: T): void {
    let slot = this.freeSlot
    if (slot !== 0) this.freeSlot = this.next[slot]!
    else {
      slot = this.freshSlot++
      if (slot === this.capacity) this.grow()
    }
    o.gc = slot
    this.objects[slot] = o
    const { next, prev } = this
    const last = prev[GENERATION_0]!
    next[last] = slot
    prev[slot] = last
    next[slot] = GENERATION_0
    prev[GENERATION_0] = slot
  }

  /** The object must be tracked. Mirrors _PyObject_GC_UNTRACK. */
  untrack(o: T): void {
    const slot = o.gc
    const { next, prev } = this
    const after = next[slot]!
    const before = prev[slot]!
    next[before] = after
    prev[after] = before
    o.gc = 0
    this.refs[slot] = OUTSIDE
    this.objects[slot] = null
    next[slot] = this.freeSlot
    this.freeSlot = slot
  }

  isTracked(o: T): boolean {
    return o.gc !== 0
  }

  isEmpty(list: number): boolean {
    return this.next[list] === list
  }

  sizeOf(list: number): number {
    const next = this.next
    let size = 0
    for (let slot = next[list]!; slot !== list; slot = next[slot]!) size++
    return size
  }

  /** Moves all of `from` behind the end of `to`. Mirrors gc_list_merge, Modules/gcmodule.c. */
  merge(from: number, to: number): void {
    const { next, prev } = this
    if (next[from] === from) return
    const first = next[from]!
    const last = prev[from]!
    const tail = prev[to]!
    next[tail] = first
    prev[first] = tail
    next[last] = to
    prev[to] = last
    next[from] = prev[from] = from
  }

  /** Moves one slot to the end of `to`. Mirrors gc_list_move. */
  move(slot: number, to: number): void {
    const { next, prev } = this
    const after = next[slot]!
    const before = prev[slot]!
    next[before] = after
    prev[after] = before
    const tail = prev[to]!
    next[tail] = slot
    prev[slot] = tail
    next[slot] = to
    prev[to] = slot
  }

  /** Objects of one list in list order. */
  objectsOf(list: number): T[] {
    const result: T[] = []
    for (let slot = this.next[list]!; slot !== list; slot = this.next[slot]!) result.push(this.objects[slot]!)
    return result
  }

  /** Highest slot in use plus one: the size for columns indexed by `o.gc`. */
  get slotEnd(): number {
    return this.freshSlot
  }

  /** Writes each tracked object's generation (0 to 2, 3 permanent) at its slot. */
  generationsBySlot(into: Uint8Array): void {
    for (let list = GENERATION_0; list <= PERMANENT; list++)
      for (let slot = this.next[list]!; slot !== list; slot = this.next[slot]!) into[slot] = list - GENERATION_0
  }

  private grow(): void {
    const size = this.capacity * 2
    this.next = grownInt32(this.next, size)
    this.prev = grownInt32(this.prev, size)
    const refs = new Int32Array(size).fill(OUTSIDE, this.capacity)
    refs.set(this.refs)
    this.refs = refs
    for (let slot = this.capacity; slot < size; slot++) this.objects.push(null)
    this.capacity = size
  }
}
