// Opcodes that make values, and the loop over all of them. Functions give true, or false with an exception set. Mirrors load.
import * as op from './opcodes'
import type { UnpicklerData } from './input'
import {
  load_additems, load_append, load_appends, load_binpersid, load_build, load_extension, load_global, load_inst, load_newobj, load_obj, load_persid,
  load_reduce, load_setitem, load_setitems, load_stack_global,
} from './load-objects'
import { ref, state } from './state'
import { CodecError } from '../../lib/codecs'
import { decodeBytesEscape, decodeRawUnicodeEscape } from '../../lib/codecs-escape'
import { intFromBytes } from '../../lib/long-arithmetic'
import { PyIter_Next } from '../../objects/abstract'
import { PyBool_From, Py_False, Py_True } from '../../objects/boolobject'
import { newBytesBuffer } from '../../objects/bytes-buffer'
import { PyByteArray_AsBytes, PyByteArray_FromBytes } from '../../objects/bytearrayobject'
import { PyBytes_AsBytes, PyBytes_FromBytes } from '../../objects/bytesobject'
import { PyDict_New, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_EOFError, PyExc_OverflowError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_FromDouble } from '../../objects/floatobject'
import { PyList_New } from '../../objects/listobject'
import { PyLong_AsSsize_t, PyLong_FromBigInt, PyLong_FromLong, PyLong_FromString } from '../../objects/longobject'
import { PyMemoryView_FromObject, type MemoryViewData } from '../../objects/memoryobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyFrozenSet_New, PySet_New } from '../../objects/setobject'
import { Py_None } from '../../objects/singletons'
import { PyUnicode_Decode, PyUnicode_DecodeUTF8, PyUnicode_FromEncodedObject, raiseDecodeError } from '../../objects/unicode-codec'
import { decodedResult } from '../../objects/unicode-decode'

const MAX_SIZE = 2 ** 63

/** Pushes a NEW value; false if it is null. */
export const push = (u: UnpicklerData, o: PyObject | null): boolean => o !== null && u.stack.push(o)

export const unpicklingError = (message: string): false => (PyErr_SetString(state.UnpicklingError, message), false)

/** Unsigned little-endian number; -1 if it fits no Py_ssize_t. */
function binsize(bytes: Uint8Array): number {
  let n = 0
  for (let i = bytes.length - 1; i >= 0; i--) n = n * 256 + bytes[i]!
  return n < MAX_SIZE ? n : -1
}

/** Signed where it has four bytes. */
export function binint(bytes: Uint8Array): number {
  const n = binsize(bytes)
  return bytes.length === 4 ? n | 0 : n
}

/** The size that stands in the next `n` bytes; -1 with an exception set. */
function sizeField(u: UnpicklerData, n: number, tooLarge: () => void): number {
  const field = u.bytes(n)
  if (field === null) return -1
  const size = binsize(field)
  if (size < 0) tooLarge()
  return size
}

const overflow = (what: string) => (): void => {
  PyErr_SetString(PyExc_OverflowError, `${what} system's maximum size of 9223372036854775807 bytes`)
}

// ---- numbers ----------------------------------------------------------------------------------------------------------------------

const C_INTEGER = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\n$/

/** What strtol with base 0 makes of a line; null if it does not take all of it or it is no long. */
function strtol(line: string): number | bigint | null {
  const match = C_INTEGER.exec(line)
  if (match === null) return null
  const digits = match[2]!
  let n = digits.length > 1 && /^0[0-7]/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits)
  if (match[1] === '-') n = -n
  return n >= -(2n ** 63n) && n < 2n ** 63n ? n : null
}

function load_int(u: UnpicklerData): boolean {
  const line = u.line(2)
  if (line === null) return false
  const n = strtol(line)
  if (n === null) {
    const value = PyLong_FromString(line, 0)
    if (value === null) PyErr_SetString(PyExc_ValueError, 'could not convert string to int')
    return push(u, value)
  }
  return push(u, line.length === 3 && (n === 0n || n === 1n) ? PyBool_From(n === 1n) : PyLong_FromBigInt(BigInt(n)))
}

function load_binint(u: UnpicklerData, size: number): boolean {
  const bytes = u.bytes(size)
  return bytes !== null && push(u, PyLong_FromLong(binint(bytes)))
}

function load_long(u: UnpicklerData): boolean {
  const line = u.line(2)
  return line !== null && push(u, PyLong_FromString(line.at(-2) === 'L' ? line.slice(0, -2) : line, 0))
}

function load_counted_long(u: UnpicklerData, size: number): boolean {
  const field = u.bytes(size)
  if (field === null) return false
  const length = binint(field)
  if (length < 0) return unpicklingError('LONG pickle has negative byte count')
  if (length === 0) return push(u, PyLong_FromLong(0))
  const bytes = u.bytes(length)
  return bytes !== null && push(u, PyLong_FromBigInt(intFromBytes(bytes, true, true)))
}

const C_FLOAT = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)/i

function load_float(u: UnpicklerData): boolean {
  const line = u.line(2)
  if (line === null) return false
  const match = C_FLOAT.exec(line)
  if (match === null) return PyErr_Format(PyExc_ValueError, 'could not convert string to float: \'%.200s\'', line.slice(0, -1)) !== null
  const text = match[0].toLowerCase()
  const x = text.includes('n') ? (text.includes('nan') ? NaN : text.startsWith('-') ? -Infinity : Infinity) : Number(text)
  if (!Number.isFinite(x) && !text.includes('n')) {
    return PyErr_Format(PyExc_OverflowError, 'value too large to convert to float: \'%.200s\'', line.slice(0, -1)) !== null
  }
  if (match[0].length !== line.length - 1) return PyErr_SetString(PyExc_ValueError, 'could not convert string to float') !== null
  return push(u, PyFloat_FromDouble(x))
}

function load_binfloat(u: UnpicklerData): boolean {
  const at = u.take(8)
  return at >= 0 && push(u, PyFloat_FromDouble(new DataView(u.input.buffer, u.input.byteOffset + at, 8).getFloat64(0)))
}

// ---- bytes and texts ----------------------------------------------------------------------------------------------------------------

export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, c => c.charCodeAt(0))

/** A str that Python 2 wrote, as the encoding says. */
function oldString(u: UnpicklerData, bytes: Uint8Array): PyObject | null {
  return u.encoding === 'bytes' ? PyBytes_FromBytes(bytes.slice()) : PyUnicode_Decode(bytes, u.encoding, u.errors)
}

function load_string(u: UnpicklerData): boolean {
  const line = u.line(0)
  if (line === null) return false
  const quote = line[0]
  const length = line.length - 1
  if (length < 2 || quote !== line[length - 1] || (quote !== '\'' && quote !== '"')) {
    return unpicklingError('the STRING opcode argument must be quoted')
  }
  const unescaped = decodeBytesEscape(latin1(line.slice(1, length - 1)))
  if (typeof unescaped === 'string') return PyErr_SetString(PyExc_ValueError, unescaped) !== null
  const bytes = PyBytes_FromBytes(unescaped.bytes)
  if (u.encoding === 'bytes') return push(u, bytes)
  const text = PyUnicode_FromEncodedObject(bytes, u.encoding, u.errors)
  Py_DECREF(bytes)
  return push(u, text)
}

function load_counted_binstring(u: UnpicklerData, n: number): boolean {
  const size = sizeField(u, n, () => unpicklingError('BINSTRING exceeds system\'s maximum size of 9223372036854775807 bytes'))
  const bytes = size < 0 ? null : u.bytes(size)
  return bytes !== null && push(u, oldString(u, bytes))
}

function load_counted_binbytes(u: UnpicklerData, n: number): boolean {
  const size = sizeField(u, n, overflow('BINBYTES exceeds'))
  const bytes = size < 0 ? null : sized(u, size, newBytesBuffer)
  if (bytes === null) return false
  if (!u.readInto(PyBytes_AsBytes(bytes))) return Py_DECREF(bytes), false
  return push(u, bytes)
}

function load_counted_bytearray(u: UnpicklerData): boolean {
  const size = sizeField(u, 8, overflow('BYTEARRAY8 exceeds'))
  const array = size < 0 ? null : sized(u, size, n => PyByteArray_FromBytes(new Uint8Array(n)))
  if (array === null) return false
  if (!u.readInto(PyByteArray_AsBytes(array))) return Py_DECREF(array), false
  return push(u, array)
}

/** Makes an object of a size; a text that cannot be that long is found out before any memory is taken. */
function sized(u: UnpicklerData, size: number, make: (size: number) => PyObject | null): PyObject | null {
  if (u.read === null && size > u.input.length - u.next_read_idx) {
    PyErr_SetString(state.UnpicklingError, 'pickle data was truncated')
    return null
  }
  return make(size)
}

function load_unicode(u: UnpicklerData): boolean {
  const line = u.line(1)
  if (line === null) return false
  const bytes = latin1(line.slice(0, -1))
  const decoded = decodeRawUnicodeEscape(bytes)
  return push(u, decoded instanceof CodecError ? raiseDecodeError(bytes, decoded) : decodedResult(bytes.length, decoded.text))
}

function load_counted_binunicode(u: UnpicklerData, n: number): boolean {
  const size = sizeField(u, n, overflow('BINUNICODE exceeds'))
  const bytes = size < 0 ? null : u.bytes(size)
  return bytes !== null && push(u, PyUnicode_DecodeUTF8(bytes, 'surrogatepass'))
}

function load_next_buffer(u: UnpicklerData): boolean {
  if (u.buffers === null) return unpicklingError('pickle stream refers to out-of-band data but no *buffers* argument was given')
  const buffer = PyIter_Next(u.buffers)
  if (buffer === null && PyErr_Occurred() === null) return unpicklingError('not enough out-of-band buffers')
  return push(u, buffer)
}

function load_readonly_buffer(u: UnpicklerData): boolean {
  const o = u.stack.top()
  const view = o === null ? null : PyMemoryView_FromObject(o)
  if (view === null) return false
  const own = (view.v as MemoryViewData).view
  if (own.readonly) return Py_DECREF(view), true
  own.readonly = true
  u.stack.items[u.stack.items.length - 1] = view
  Py_DECREF(o!)
  return true
}

// ---- containers ------------------------------------------------------------------------------------------------------------------------

function load_counted_tuple(u: UnpicklerData, n: number): boolean {
  const { stack } = u
  return stack.items.length < n ? stack.underflow() !== null : push(u, stack.popTuple(stack.items.length - n))
}

function load_dict(u: UnpicklerData): boolean {
  const from = u.marker()
  if (from < 0) return false
  const { items } = u.stack
  const dict = PyDict_New()
  if ((items.length - from) % 2 !== 0) return Py_DECREF(dict), unpicklingError('odd number of items for DICT')
  for (let i = from; i < items.length; i += 2) if (PyDict_SetItem(dict, items[i]!, items[i + 1]!) < 0) return Py_DECREF(dict), false
  u.stack.clear(from)
  return push(u, dict)
}

function load_frozenset(u: UnpicklerData): boolean {
  const from = u.marker()
  const items = from < 0 ? null : u.stack.popTuple(from)
  if (items === null) return false
  const set = PyFrozenSet_New(items)
  Py_DECREF(items)
  return push(u, set)
}

/** Of the items above the last mark. */
function aboveMark(u: UnpicklerData, make: (from: number) => PyObject | null): boolean {
  const from = u.marker()
  return from >= 0 && push(u, make(from))
}

// ---- the stack and the memo --------------------------------------------------------------------------------------------------------------

function load_pop(u: UnpicklerData): boolean {
  const { stack, marks } = u
  if (marks.length > 0 && marks.at(-1) === stack.items.length) u.dropMark()
  else {
    const o = stack.pop()
    if (o === null) return false
    Py_DECREF(o)
  }
  return true
}

function load_pop_mark(u: UnpicklerData): boolean {
  const from = u.marker()
  if (from >= 0) u.stack.clear(from)
  return from >= 0
}

function load_dup(u: UnpicklerData): boolean {
  const last = u.stack.top()
  return last !== null && u.stack.push(ref(last))
}

function getMemo(u: UnpicklerData, index: number): boolean {
  const value = u.memoGet(index)
  if (value !== null) return u.stack.push(ref(value))
  return PyErr_Format(state.UnpicklingError, 'Memo value not found at index %ld', index) !== null
}

/** The number of a GET or PUT in text; -1 with an exception set. */
function indexLine(u: UnpicklerData): number {
  const line = u.line(2)
  const key = line === null ? null : PyLong_FromString(line, 10)
  if (key === null) return -1
  const index = PyLong_AsSsize_t(key)
  Py_DECREF(key)
  return index
}

function load_get(u: UnpicklerData): boolean {
  const index = indexLine(u)
  return (index !== -1 || PyErr_Occurred() === null) && getMemo(u, index)
}

function load_binget(u: UnpicklerData, size: number): boolean {
  const bytes = u.bytes(size)
  return bytes !== null && getMemo(u, binsize(bytes))
}

function load_put(u: UnpicklerData): boolean {
  const index = indexLine(u)
  if (index === -1 && PyErr_Occurred() !== null) return false
  const value = u.stack.top()
  if (value === null) return false
  return index < 0 ? PyErr_SetString(PyExc_ValueError, 'negative PUT argument') !== null : u.memoPut(index, value)
}

function load_binput(u: UnpicklerData, size: number): boolean {
  const bytes = u.bytes(size)
  if (bytes === null) return false
  const index = binsize(bytes)
  const value = u.stack.top()
  return value !== null && u.memoPut(index, value)
}

function load_memoize(u: UnpicklerData): boolean {
  const value = u.stack.top()
  return value !== null && u.memoPut(u.memo_len, value)
}

function load_proto(u: UnpicklerData): boolean {
  const bytes = u.bytes(1)
  if (bytes === null) return false
  u.proto = bytes[0]!
  if (u.proto <= op.HIGHEST_PROTOCOL) return true
  return PyErr_Format(PyExc_ValueError, 'unsupported pickle protocol: %d', u.proto) !== null
}

function load_frame(u: UnpicklerData): boolean {
  const size = sizeField(u, 8, () => { PyErr_SetString(PyExc_OverflowError, 'FRAME length exceeds system\'s maximum of 9223372036854775807 bytes') })
  if (size < 0 || u.take(size) < 0) return false
  u.next_read_idx -= size
  return true
}

// ---- the loop -----------------------------------------------------------------------------------------------------------------------------

type Load = (u: UnpicklerData, self: PyObject) => boolean

const LOADS: (Load | undefined)[] = []

function fillLoads(): void {
  const entries: [number, Load][] = [
    [op.NONE, u => u.stack.push(ref(Py_None))], [op.BININT, u => load_binint(u, 4)], [op.BININT1, u => load_binint(u, 1)],
    [op.BININT2, u => load_binint(u, 2)], [op.INT, load_int], [op.LONG, load_long], [op.LONG1, u => load_counted_long(u, 1)],
    [op.LONG4, u => load_counted_long(u, 4)], [op.FLOAT, load_float], [op.BINFLOAT, load_binfloat],
    [op.SHORT_BINBYTES, u => load_counted_binbytes(u, 1)], [op.BINBYTES, u => load_counted_binbytes(u, 4)],
    [op.BINBYTES8, u => load_counted_binbytes(u, 8)], [op.BYTEARRAY8, load_counted_bytearray], [op.NEXT_BUFFER, load_next_buffer],
    [op.READONLY_BUFFER, load_readonly_buffer], [op.SHORT_BINSTRING, u => load_counted_binstring(u, 1)],
    [op.BINSTRING, u => load_counted_binstring(u, 4)], [op.STRING, load_string], [op.UNICODE, load_unicode],
    [op.SHORT_BINUNICODE, u => load_counted_binunicode(u, 1)], [op.BINUNICODE, u => load_counted_binunicode(u, 4)],
    [op.BINUNICODE8, u => load_counted_binunicode(u, 8)], [op.EMPTY_TUPLE, u => load_counted_tuple(u, 0)],
    [op.TUPLE1, u => load_counted_tuple(u, 1)], [op.TUPLE2, u => load_counted_tuple(u, 2)], [op.TUPLE3, u => load_counted_tuple(u, 3)],
    [op.TUPLE, u => aboveMark(u, from => u.stack.popTuple(from))], [op.EMPTY_LIST, u => push(u, PyList_New(0))],
    [op.LIST, u => aboveMark(u, from => u.stack.popList(from))], [op.EMPTY_DICT, u => push(u, PyDict_New())], [op.DICT, load_dict],
    [op.EMPTY_SET, u => push(u, PySet_New(null))], [op.ADDITEMS, load_additems], [op.FROZENSET, load_frozenset], [op.OBJ, load_obj],
    [op.INST, load_inst], [op.NEWOBJ, u => load_newobj(u, false)], [op.NEWOBJ_EX, u => load_newobj(u, true)], [op.GLOBAL, load_global],
    [op.STACK_GLOBAL, load_stack_global], [op.APPEND, load_append], [op.APPENDS, load_appends], [op.BUILD, load_build], [op.DUP, load_dup],
    [op.BINGET, u => load_binget(u, 1)], [op.LONG_BINGET, u => load_binget(u, 4)], [op.GET, load_get], [op.MARK, u => u.pushMark()],
    [op.BINPUT, u => load_binput(u, 1)], [op.LONG_BINPUT, u => load_binput(u, 4)], [op.PUT, load_put], [op.MEMOIZE, load_memoize],
    [op.POP, load_pop], [op.POP_MARK, load_pop_mark], [op.SETITEM, load_setitem], [op.SETITEMS, load_setitems], [op.PERSID, load_persid],
    [op.BINPERSID, load_binpersid], [op.REDUCE, load_reduce], [op.PROTO, load_proto], [op.FRAME, load_frame],
    [op.EXT1, (u, self) => load_extension(u, self, 1)], [op.EXT2, (u, self) => load_extension(u, self, 2)],
    [op.EXT4, (u, self) => load_extension(u, self, 4)], [op.NEWTRUE, u => u.stack.push(ref(Py_True))], [op.NEWFALSE, u => u.stack.push(ref(Py_False))],
  ]
  LOADS.length = 256
  for (const [code, f] of entries) LOADS[code] = f
}

/** NEW object of a whole pickle; null with an exception set. */
export function load(self: PyObject): PyObject | null {
  if (LOADS.length === 0) fillLoads()
  const u = self.v as UnpicklerData
  u.marks.length = 0
  u.stack.markSet = false
  u.stack.fence = 0
  u.proto = 0
  u.stack.clear(0)
  for (;;) {
    const at = u.take(1)
    if (at < 0) {
      if (PyErr_ExceptionMatches(state.UnpicklingError)) {
        PyErr_Clear()
        PyErr_SetString(PyExc_EOFError, 'Ran out of input')
      }
      return null
    }
    const code = u.input[at]!
    if (code === op.STOP) break
    const f = LOADS[code]
    if (f === undefined) return invalidKey(code)
    if (!f(u, self)) return null
  }
  return u.skipConsumed() ? u.stack.pop() : null
}

function invalidKey(code: number): null {
  const plain = code >= 0x20 && code <= 0x7e && code !== 0x27 && code !== 0x5c
  const shown = plain ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`
  return PyErr_SetString(state.UnpicklingError, `invalid load key, '${shown}'.`)
}
