// Objects that have been pickled, by identity. The blocks are those of CPython's hash table, PyMemoTable.
import { PyMem_Free, PyMem_Malloc } from '../../objects/objimpl'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { TAG_NONE } from '../../../memory/events'

const MT_MINSIZE = 8
export const TABLE_BYTES = 32
export const ENTRY_BYTES = 16

export class MemoTable {
  readonly entries = new Map<PyObject, number>()
  allocated = MT_MINSIZE
  private readonly header = PyMem_Malloc(TABLE_BYTES, TAG_NONE)
  private block = PyMem_Malloc(MT_MINSIZE * ENTRY_BYTES, TAG_NONE)

  get size(): number {
    return this.entries.size
  }

  /** Keeps a reference to the object. Mirrors PyMemoTable_Set. */
  set(o: PyObject, value: number): void {
    const known = this.entries.has(o)
    this.entries.set(o, value)
    if (known) return
    o.ob_refcnt++
    const used = this.entries.size
    if (used * 3 >= this.allocated * 2) this.grow((used > 50000 ? 2 : 4) * used)
  }

  private grow(least: number): void {
    let size = MT_MINSIZE
    while (size < least) size *= 2
    this.resize(size)
  }

  private resize(size: number): void {
    const old = this.block
    this.block = PyMem_Malloc(size * ENTRY_BYTES, TAG_NONE)
    this.allocated = size
    PyMem_Free(old)
  }

  copy(): MemoTable {
    const table = new MemoTable()
    PyMem_Free(table.block)
    table.block = PyMem_Malloc(this.allocated * ENTRY_BYTES, TAG_NONE)
    table.allocated = this.allocated
    for (const [o, value] of this.entries) {
      o.ob_refcnt++
      table.entries.set(o, value)
    }
    return table
  }

  clear(): void {
    const old = [...this.entries.keys()]
    this.entries.clear()
    for (const o of old) Py_DECREF(o)
  }

  free(): void {
    this.clear()
    PyMem_Free(this.block)
    PyMem_Free(this.header)
  }
}
