// Output that grows block by block: a list of bytes, joined at the end. Mirrors Include/internal/pycore_blocks_output_buffer.h.
import { PyBytes_AsBytes, bytesToFill } from '../../objects/bytesobject'
import { PyList_Append, PyList_New, PyList_SET_ITEM } from '../../objects/listobject'
import { Py_DECREF, type PyObject } from '../../objects/object'

const KB = 1024
const MB = KB * KB
/** Sizes of the blocks in turn; the last repeats. */
const BLOCK_SIZES = [
  32 * KB, 64 * KB, 256 * KB, MB, 4 * MB, 8 * MB, 16 * MB, 16 * MB, 32 * MB, 32 * MB, 32 * MB, 32 * MB, 64 * MB, 64 * MB, 128 * MB, 128 * MB, 256 * MB,
]

export class OutputBuffer {
  private list: PyObject | null = null
  private readonly blocks: PyObject[] = []
  private allocated = 0
  /** The block being filled and how far. */
  block: Uint8Array = new Uint8Array(0)
  at = 0

  /** `limit`: the most bytes there may be, -1 for any number. */
  constructor(private readonly limit: number) {}

  get room(): number {
    return this.block.length - this.at
  }

  /** Bytes written so far. */
  get size(): number {
    return this.allocated - this.room
  }

  /** The first block, of a given size or the usual one; false with MemoryError set. */
  start(size = this.limit >= 0 && this.limit < BLOCK_SIZES[0]! ? this.limit : BLOCK_SIZES[0]!): boolean {
    const block = bytesToFill(size)
    if (block === null) return false
    this.list = PyList_New(1)
    PyList_SET_ITEM(this.list, 0, block)
    this.take(block)
    return true
  }

  /** Another block; false with MemoryError set. */
  grow(): boolean {
    const usual = BLOCK_SIZES[Math.min(this.blocks.length, BLOCK_SIZES.length - 1)]!
    const block = bytesToFill(this.limit >= 0 ? Math.min(usual, this.limit - this.allocated) : usual)
    if (block === null || PyList_Append(this.list!, block) < 0) return false
    Py_DECREF(block)
    this.take(block)
    return true
  }

  private take(block: PyObject): void {
    this.blocks.push(block)
    this.block = PyBytes_AsBytes(block)
    this.allocated += this.block.length
    this.at = 0
  }

  /** NEW bytes of all that was written; null with MemoryError set. Gives the list back. */
  finish(): PyObject | null {
    const { blocks, room } = this
    const first = blocks[0]!
    if (blocks.length === 1 && room === 0 || blocks.length === 2 && this.at === 0) {
      first.ob_refcnt++
      this.drop()
      return first
    }
    const result = bytesToFill(this.size)
    if (result === null) return this.drop(), null
    const bytes = PyBytes_AsBytes(result)
    let at = 0
    for (const block of blocks) {
      const part = PyBytes_AsBytes(block)
      bytes.set(block === blocks.at(-1) ? part.subarray(0, this.at) : part, at)
      at += part.length
    }
    this.drop()
    return result
  }

  /** Gives the list back after an error has been set. */
  fail(_error: null): null {
    this.drop()
    return null
  }

  /** Gives the list back. */
  drop(): void {
    if (this.list !== null) Py_DECREF(this.list)
    this.list = null
  }
}
