// What an unpickler reads from, and its stack, marks and memo. Mirrors Pdata, _Unpickler_Read and their like.
import { ref, state } from './state'
import { PyBytes_AsBytes, PyBytes_Check } from '../../objects/bytesobject'
import { PyObject_CallNoArgs, PyObject_CallOneArg } from '../../objects/call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_NotImplementedError, PyExc_ValueError } from '../../objects/exceptions'
import { newList } from '../../objects/listobject'
import { PyLong_AsSsize_t, PyLong_FromSsize_t } from '../../objects/longobject'
import { PyBuffer_Release, PyMemoryView_FromBytes, PyObject_GetBufferBytes, type BufferView } from '../../objects/memoryobject'
import { PyTypeObject, Py_DECREF, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc, PyObject_Free, PyObject_New } from '../../objects/objimpl'
import { newTuple } from '../../objects/tupleobject'
import { TAG_NONE } from '../../../memory/events'

const PREFETCH = 8192 * 16
const NO_BYTES = new Uint8Array(0)

// ---- the stack ------------------------------------------------------------------------------------------------------------------

/** The items lie in a block of their own, which grows by an eighth and six. */
export class Pdata {
  readonly items: PyObject[] = []
  /** Items below belong to what is before the last mark. */
  fence = 0
  markSet = false
  allocated = 8
  block = PyMem_Malloc(8 * 8, TAG_NONE)

  /** STEALS the item. */
  push(o: PyObject): true {
    if (this.items.length === this.allocated) {
      this.allocated += (this.allocated >> 3) + 6
      this.block = PyMem_Realloc(this.block, this.allocated * 8, TAG_NONE)
    }
    this.items.push(o)
    return true
  }

  underflow(): null {
    return PyErr_SetString(state.UnpicklingError, this.markSet ? 'unexpected MARK found' : 'unpickling stack underflow')
  }

  pop(): PyObject | null {
    return this.items.length <= this.fence ? this.underflow() : this.items.pop()!
  }

  /** BORROWED last item; null with an exception set if there is none above the fence. */
  top(): PyObject | null {
    return this.items.length <= this.fence ? this.underflow() : this.items.at(-1)!
  }

  clear(to: number): void {
    while (this.items.length > to) Py_DECREF(this.items.pop()!)
  }

  /** NEW tuple of the items from `start` on. */
  popTuple(start: number): PyObject | null {
    if (start < this.fence) return this.underflow()
    const tuple = newTuple(this.items.length - start)
    if (tuple === null) return null
    const items = this.items.splice(start)
    for (let i = 0; i < items.length; i++) tuple.v[i] = items[i]!
    return tuple
  }

  popList(start: number): PyObject | null {
    const list = newList(this.items.length - start)
    if (list === null) return null
    list.v.ob_item.push(...this.items.splice(start))
    return list
  }
}

export const Pdata_Type: PyTypeObject = new PyTypeObject('_pickle.Pdata', {
  tp_basicsize: 56, tp_itemsize: 8, tp_flags: Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_free: o => PyObject_Free(o),
  tp_dealloc: o => {
    const d = o.v as Pdata
    d.clear(0)
    PyMem_Free(d.block)
    PyObject_Free(o)
  },
})

// ---- the unpickler ----------------------------------------------------------------------------------------------------------------

const MEMO_SIZE = 32

export class UnpicklerData {
  /** Pdata object. */
  stackObject: PyObject | null = null
  memo: (PyObject | null)[] = []
  memo_size = 0
  memo_len = 0
  memoBlock = 0
  pers_func: PyObject | null = null
  pers_func_self: PyObject | null = null
  view: BufferView | null = null
  input: Uint8Array = NO_BYTES
  next_read_idx = 0
  prefetched_idx = 0
  inputLineBlock = 0
  inputLineLength = -1
  read: PyObject | null = null
  readinto: PyObject | null = null
  readline: PyObject | null = null
  peek: PyObject | null = null
  buffers: PyObject | null = null
  encoding: string | null = null
  errors: string | null = null
  encodingBlock = 0
  errorsBlock = 0
  marks: number[] = []
  marks_size = 0
  marksBlock = 0
  proto = 0
  fix_imports = false

  get stack(): Pdata {
    return this.stackObject!.v as Pdata
  }

  newStack(): void {
    const o = PyObject_New(Pdata_Type, null)
    o.v = new Pdata()
    this.stackObject = o
  }

  // ---- memo and marks -----------------------------------------------------------------------------------------------------------

  newMemo(size = MEMO_SIZE): void {
    this.memoBlock = PyMem_Malloc(size * 8, TAG_NONE)
    this.memo = new Array<PyObject | null>(size).fill(null)
    this.memo_size = size
  }

  memoGet(index: number): PyObject | null {
    return this.memo[index] ?? null
  }

  memoPut(index: number, value: PyObject): boolean {
    if (index >= this.memo_size) {
      const size = index * 2
      const block = PyMem_Realloc(this.memoBlock, size * 8, TAG_NONE)
      if (block === 0) return false
      this.memoBlock = block
      this.memo_size = size
    }
    const old = this.memo[index] ?? null
    this.memo[index] = ref(value)
    if (old !== null) Py_DECREF(old)
    else this.memo_len++
    return true
  }

  freeMemo(): void {
    const old = this.memo
    this.memo = []
    for (let i = old.length - 1; i >= 0; i--) Py_XDECREF(old[i] ?? null)
    PyMem_Free(this.memoBlock)
    this.memoBlock = 0
  }

  pushMark(): true {
    if (this.marks.length >= this.marks_size) {
      this.marks_size = this.marks.length * 2 + 20
      this.marksBlock = PyMem_Realloc(this.marksBlock, this.marks_size * 8, TAG_NONE)
    }
    const { stack } = this
    stack.markSet = true
    stack.fence = stack.items.length
    this.marks.push(stack.fence)
    return true
  }

  dropMark(): number {
    const mark = this.marks.pop()!
    this.stack.markSet = this.marks.length !== 0
    this.stack.fence = this.marks.at(-1) ?? 0
    return mark
  }

  /** Where the items above the last mark begin; -1 with an exception set. */
  marker(): number {
    if (this.marks.length < 1) return PyErr_SetString(state.UnpicklingError, 'could not find MARK'), -1
    return this.dropMark()
  }

  // ---- reading --------------------------------------------------------------------------------------------------------------------

  /** Reads from an object's buffer from now on; its length, -1 with an exception set. */
  setStringInput(o: PyObject): number {
    if (this.view !== null) PyBuffer_Release(this.view)
    this.view = PyObject_GetBufferBytes(o)
    if (this.view === null) return -1
    this.input = this.view.bytes
    this.next_read_idx = 0
    this.prefetched_idx = this.input.length
    return this.input.length
  }

  private truncated(): -1 {
    PyErr_SetString(state.UnpicklingError, 'pickle data was truncated')
    return -1
  }

  /** What was only peeked at is read off the file. False with an exception set. */
  skipConsumed(): boolean {
    const consumed = this.next_read_idx - this.prefetched_idx
    if (consumed <= 0) return true
    const n = PyLong_FromSsize_t(consumed)
    const result = PyObject_CallOneArg(this.read!, n)
    Py_DECREF(n)
    if (result === null) return false
    Py_DECREF(result)
    this.prefetched_idx = this.next_read_idx
    return true
  }

  /** At least `n` bytes into the buffer, a line if -1; how many there are, -1 with an exception set. */
  private readFromFile(n: number): number {
    if (!this.skipConsumed()) return -1
    let data: PyObject | null
    if (n < 0) data = PyObject_CallNoArgs(this.readline!)
    else {
      if (this.peek !== null && n < PREFETCH) {
        const peeked = callWithSize(this.peek, PREFETCH)
        if (peeked === null) {
          if (!PyErr_ExceptionMatches(PyExc_NotImplementedError)) return -1
          PyErr_Clear()
          Py_DECREF(this.peek)
          this.peek = null
        } else {
          const size = this.setStringInput(peeked)
          Py_DECREF(peeked)
          this.prefetched_idx = 0
          if (n <= size) return n
        }
      }
      data = callWithSize(this.read!, n)
    }
    if (data === null) return -1
    const size = this.setStringInput(data)
    Py_DECREF(data)
    return size
  }

  /** Where the next `n` bytes begin in `input`; -1 with an exception set. Mirrors _Unpickler_Read. */
  take(n: number): number {
    const at = this.next_read_idx
    if (n <= this.input.length - at) {
      this.next_read_idx += n
      return at
    }
    if (this.read === null) return this.truncated()
    const size = this.readFromFile(n)
    if (size < 0) return -1
    if (size < n) return this.truncated()
    this.next_read_idx = n
    return 0
  }

  /** The next `n` bytes; null with an exception set. Valid until the next read. */
  bytes(n: number): Uint8Array | null {
    const at = this.take(n)
    return at < 0 ? null : this.input.subarray(at, at + n)
  }

  /** Fills `target`, past the buffer if need be. False with an exception set. Mirrors _Unpickler_ReadInto. */
  readInto(target: Uint8Array): boolean {
    const ready = Math.min(this.input.length - this.next_read_idx, target.length)
    if (ready > 0) {
      target.set(this.input.subarray(this.next_read_idx, this.next_read_idx + ready))
      this.next_read_idx += ready
    }
    const rest = target.subarray(Math.max(ready, 0))
    if (rest.length === 0) return true
    if (this.read === null) return this.truncated() > 0
    if (!this.skipConsumed()) return false
    return this.readinto === null ? this.readDirectly(rest) : this.readThroughView(rest)
  }

  private readDirectly(target: Uint8Array): boolean {
    const data = callWithSize(this.read!, target.length)
    if (data === null) return false
    let done = false
    if (!PyBytes_Check(data)) PyErr_Format(PyExc_ValueError, 'read() returned non-bytes object (%R)', data.ob_type)
    else if (PyBytes_AsBytes(data).length < target.length) this.truncated()
    else {
      target.set(PyBytes_AsBytes(data).subarray(0, target.length))
      done = true
    }
    Py_DECREF(data)
    return done
  }

  private readThroughView(target: Uint8Array): boolean {
    const view = PyMemoryView_FromBytes(target, false)
    const result = PyObject_CallOneArg(this.readinto!, view)
    Py_DECREF(view)
    if (result === null) return false
    const size = PyLong_AsSsize_t(result)
    Py_DECREF(result)
    if (size < 0) {
      if (PyErr_Occurred() === null) PyErr_SetString(PyExc_ValueError, 'readinto() returned negative size')
      return false
    }
    return size >= target.length || this.truncated() > 0
  }

  /** The next line, a character a byte, with its line end; null with an exception set. Mirrors _Unpickler_Readline. */
  line(least: number): string | null {
    const end = this.input.indexOf(10, this.next_read_idx)
    let line: Uint8Array
    if (end >= 0) {
      line = this.input.subarray(this.next_read_idx, end + 1)
      this.next_read_idx = end + 1
    } else {
      if (this.read === null) return this.truncated(), null
      const size = this.readFromFile(-1)
      if (size < 0) return null
      if (size === 0 || this.input[size - 1] !== 10) return this.truncated(), null
      this.next_read_idx = size
      line = this.input.subarray(0, size)
    }
    this.inputLineBlock = PyMem_Realloc(this.inputLineBlock, line.length + 1, TAG_NONE)
    this.inputLineLength = line.length
    if (line.length < least) return this.truncated(), null
    let text = ''
    for (const c of line) text += String.fromCharCode(c)
    return text
  }
}

function callWithSize(f: PyObject, n: number): PyObject | null {
  const size = PyLong_FromSsize_t(n)
  const result = PyObject_CallOneArg(f, size)
  Py_DECREF(size)
  return result
}
