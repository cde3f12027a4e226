// What a pickler writes: bytes in a growing bytes object, from protocol 4 on in frames. Mirrors _Pickler_Write and its like.
import { MemoTable } from './memo-table'
import { PyBytes_FromBytes, PyBytes_AsBytes, BytesData } from '../../objects/bytesobject'
import { finishBytes, newBytesBuffer } from '../../objects/bytes-buffer'
import { PyObject_CallOneArg } from '../../objects/call'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyObject_ReallocSize } from '../../objects/objimpl'

export const WRITE_BUF_SIZE = 4096
const FRAME_SIZE_MIN = 4
const FRAME_SIZE_TARGET = 64 * 1024
const FRAME_HEADER_SIZE = 9
const FRAME = 0x95
const BYTES_HEADER = 33

export class PicklerData {
  memo: MemoTable | null = null
  pers_func: PyObject | null = null
  /** Borrowed: the pickler itself, when pers_func is a method of it. */
  pers_func_self: PyObject | null = null
  dispatch_table: PyObject | null = null
  reducer_override: PyObject | null = null
  write: PyObject | null = null
  output_buffer: PyObject | null = null
  output_len = 0
  max_output_len = WRITE_BUF_SIZE
  proto = 0
  bin = 0
  framing = false
  frame_start = -1
  fast = 0
  fast_nesting = 0
  fix_imports = false
  fast_memo: PyObject | null = null
  buffer_callback: PyObject | null = null

  private get bytes(): Uint8Array {
    return PyBytes_AsBytes(this.output_buffer!)
  }

  /** A new buffer. False: MemoryError. */
  clearBuffer(): boolean {
    const fresh = newBytesBuffer(this.max_output_len)
    if (this.output_buffer !== null) Py_DECREF(this.output_buffer)
    this.output_buffer = fresh
    this.output_len = 0
    this.frame_start = -1
    return fresh !== null
  }

  // Mirrors _Pickler_CommitFrame.
  commitFrame(): void {
    if (!this.framing || this.frame_start === -1) return
    const length = this.output_len - this.frame_start - FRAME_HEADER_SIZE
    const { bytes } = this
    if (length >= FRAME_SIZE_MIN) {
      bytes[this.frame_start] = FRAME
      new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(this.frame_start + 1, BigInt(length), true)
    } else {
      bytes.copyWithin(this.frame_start, this.frame_start + FRAME_HEADER_SIZE, this.output_len)
      this.output_len -= FRAME_HEADER_SIZE
    }
    this.frame_start = -1
  }

  /** NEW bytes of all that was written; the buffer is gone. Mirrors _Pickler_GetString. */
  takeString(): PyObject | null {
    this.commitFrame()
    const buffer = this.output_buffer!
    this.output_buffer = null
    return finishBytes(buffer, PyBytes_AsBytes(buffer).slice(0, this.output_len))
  }

  // Mirrors _Pickler_FlushToFile.
  flush(): boolean {
    const output = this.takeString()
    if (output === null) return false
    const result = PyObject_CallOneArg(this.write!, output)
    Py_DECREF(output)
    if (result === null) return false
    Py_DECREF(result)
    return true
  }

  /** Between two opcodes a frame that is long enough ends. */
  opcodeBoundary(): boolean {
    if (!this.framing || this.frame_start === -1) return true
    if (this.output_len - this.frame_start - FRAME_HEADER_SIZE < FRAME_SIZE_TARGET) return true
    this.commitFrame()
    return this.write === null || (this.flush() && this.clearBuffer())
  }

  /** Room for `length` bytes; where they begin, -1 with MemoryError set. */
  private room(length: number): number {
    const needFrame = this.framing && this.frame_start === -1
    const n = needFrame ? length + FRAME_HEADER_SIZE : length
    if (this.output_len + n > this.max_output_len) {
      this.max_output_len = Math.floor((this.output_len + n) / 2) * 3
      const old = this.bytes
      if (PyObject_ReallocSize(this.output_buffer!, BYTES_HEADER + this.max_output_len) < 0) return -1
      const bytes = new Uint8Array(this.max_output_len)
      bytes.set(old.subarray(0, this.output_len))
      this.output_buffer!.v = new BytesData(bytes)
    }
    if (needFrame) {
      this.frame_start = this.output_len
      this.output_len += FRAME_HEADER_SIZE
    }
    const at = this.output_len
    this.output_len += length
    return at
  }

  byte(c: number): boolean {
    const at = this.room(1)
    if (at < 0) return false
    this.bytes[at] = c
    return true
  }

  /** An opcode and numbers of one byte. */
  bytesOf(...values: number[]): boolean {
    const at = this.room(values.length)
    if (at < 0) return false
    const { bytes } = this
    for (let i = 0; i < values.length; i++) bytes[at + i] = values[i]!
    return true
  }

  data(data: Uint8Array): boolean {
    const at = this.room(data.length)
    if (at < 0) return false
    this.bytes.set(data, at)
    return true
  }

  ascii(text: string): boolean {
    return this.data(Uint8Array.from(text, c => c.charCodeAt(0)))
  }

  /** Large data go to the file by themselves, outside of frames. Mirrors _Pickler_write_bytes. */
  payload(header: number[], data: Uint8Array, payload: PyObject | null): boolean {
    const large = data.length >= FRAME_SIZE_TARGET
    const { framing } = this
    if (large) {
      this.commitFrame()
      this.framing = false
    }
    if (!this.bytesOf(...header)) return false
    if (large && this.write !== null) {
      if (!this.flush()) return false
      const whole = payload ?? PyBytes_FromBytes(data.slice())
      const result = PyObject_CallOneArg(this.write, whole)
      if (payload === null) Py_DECREF(whole)
      if (result === null) return false
      Py_DECREF(result)
      if (!this.clearBuffer()) return false
    } else if (!this.data(data)) return false
    this.framing = framing
    return true
  }
}

export const little32 = (n: number): number[] => [n & 255, n >>> 8 & 255, n >>> 16 & 255, n >>> 24 & 255]
export const little64 = (n: number): number[] => [...little32(n >>> 0), ...little32(Math.floor(n / 2 ** 32))]
