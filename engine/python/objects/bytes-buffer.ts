// Bytes objects whose contents come after their memory: PyBytes_FromStringAndSize(NULL, n), _PyBytes_Resize, and the
// blocks that _PyBytesWriter takes while bytes of unknown number are gathered. Mirrors Objects/bytesobject.c.
import { BytesData, PyBytes_AsBytes, PyBytes_Type, bytesFrom } from './bytesobject'
import { PyErr_NoMemory } from './errors'
import { Py_DECREF, type PyObject } from './object'
import { PyObject_NewSize, PyObject_ReallocSize } from './objimpl'

/** NEW bytes of a size, all zero until finishBytes; never a static one unless empty. Null: MemoryError. */
export function newBytesBuffer(size: number): PyObject | null {
  if (size === 0) return bytesFrom(new Uint8Array(0))
  // No block is that large (rawmalloc.ts), and no array either.
  if (size >= MAX_BYTES) return PyErr_NoMemory()
  return PyObject_NewSize(PyBytes_Type, 33 + size, new BytesData(new Uint8Array(size)))
}

export const MAX_BYTES = 2 ** 31

/** Gives such bytes their contents, of whatever size. STEALS `o`. Mirrors _PyBytes_Resize. */
export function finishBytes(o: PyObject, bytes: Uint8Array): PyObject | null {
  const size = PyBytes_AsBytes(o).length
  if (size === 0 || bytes.length === 0) {
    if (size === bytes.length) return o
    Py_DECREF(o)
    if (bytes.length === 0) return bytesFrom(bytes)
    const fresh = newBytesBuffer(bytes.length)
    return fresh === null ? null : finishBytes(fresh, bytes)
  }
  if (size !== bytes.length && PyObject_ReallocSize(o, 33 + bytes.length) < 0) return Py_DECREF(o), null
  o.v = new BytesData(bytes)
  return o
}

/** Bytes that fit on the C stack: small_buffer of _PyBytesWriter. */
const SMALL_BUFFER = 512
const OVERALLOCATE_FACTOR = 4

/** The memory of a _PyBytesWriter; the bytes themselves are the caller's. */
export class BytesWriterMemory {
  private buffer: PyObject | null = null
  allocated = SMALL_BUFFER
  overallocate = false

  /** Makes room for `size` bytes in all; false: MemoryError. Mirrors _PyBytesWriter_Resize. */
  ensure(size: number): boolean {
    if (size <= this.allocated) return true
    const wanted = this.overallocate ? size + Math.floor(size / OVERALLOCATE_FACTOR) : size
    this.buffer = this.buffer === null ? newBytesBuffer(wanted) : finishBytes(this.buffer, new Uint8Array(wanted))
    this.allocated = wanted
    return this.buffer !== null
  }

  /** NEW bytes with the contents; null: MemoryError. */
  finish(bytes: Uint8Array): PyObject | null {
    return this.buffer === null ? bytesFrom(bytes) : finishBytes(this.buffer, bytes)
  }

  drop(): void {
    if (this.buffer !== null) Py_DECREF(this.buffer)
    this.buffer = null
  }
}
