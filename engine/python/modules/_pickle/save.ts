// What is written for one object. Functions give true, or false with an exception set. Mirrors save.
import * as op from './opcodes'
import { little32, little64, type PicklerData } from './output'
import { PyPickleBuffer_Type, pickleBufferView } from './picklebuffer'
import { save_dict, save_frozenset, save_list, save_set, save_tuple } from './save-containers'
import { save_global, save_type } from './save-global'
import { save_reduce } from './save-reduce'
import { ref, state } from './state'
import { borrowed, buildValue } from '../build-value'
import { intToBytes } from '../../lib/long-arithmetic'
import { latin1Text } from '../../lib/codecs'
import { floatRepr } from '../../lib/dtoa'
import { PyObject_GetItem } from '../../objects/abstract'
import { Py_False, Py_True } from '../../objects/boolobject'
import { BytesWriterMemory, newBytesBuffer } from '../../objects/bytes-buffer'
import { PyByteArray_AsBytes, PyByteArray_Type } from '../../objects/bytearrayobject'
import { PyBytes_AsBytes, PyBytes_Type } from '../../objects/bytesobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallNoArgs, PyObject_CallOneArg } from '../../objects/call'
import { PyDict_GetItemWithError, PyDict_Type } from '../../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_KeyError } from '../../objects/exceptions'
import { PyFloat_Type } from '../../objects/floatobject'
import { PyFunction_Type } from '../../objects/funcobject'
import { PyList_Type } from '../../objects/listobject'
import { PyLong_AsBigInt, PyLong_FromLong, PyLong_Type, _PyLong_NumBits } from '../../objects/longobject'
import { isCContiguous, isFContiguous, viewBytes, contiguousCopy, type BufferView } from '../../objects/memoryobject'
import { doubleBuffer } from '../../objects/number-text'
import { PyMem_Free } from '../../objects/objimpl'
import { PyType_IsSubtype, PyType_Type, Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyObject_IsTrue, PyObject_Repr, PyObject_Str, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from '../../objects/runtime'
import { PyFrozenSet_Type, PySet_Type } from '../../objects/setobject'
import { Py_None, Py_NotImplemented } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_Type, tuple_get_empty } from '../../objects/tupleobject'
import { PyUnicode_AsEncodedString } from '../../objects/unicode-codec'
import { pointsOf, udata } from '../../objects/unicode-text'
import { PyUnicode_AsUTF8 } from '../../objects/unicode-utf8'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_Type, _Py_ID, unicodeFromText } from '../../objects/unicodeobject'

// ---- the memo -----------------------------------------------------------------------------------------------------------------

/** Refers to an object that is in the memo. */
export function memo_get(p: PicklerData, o: PyObject): boolean {
  const index = p.memo!.entries.get(o)!
  if (p.bin === 0) return p.ascii(`g${index}\n`)
  return index < 256 ? p.bytesOf(op.BINGET, index) : p.bytesOf(op.LONG_BINGET, ...little32(index))
}

export function memo_put(p: PicklerData, o: PyObject): boolean {
  if (p.fast !== 0) return true
  const index = p.memo!.size
  p.memo!.set(o, index)
  if (p.proto >= 4) return p.byte(op.MEMOIZE)
  if (p.bin === 0) return p.ascii(`p${index}\n`)
  return index < 256 ? p.bytesOf(op.BINPUT, index) : p.bytesOf(op.LONG_BINPUT, ...little32(index))
}

// ---- numbers ------------------------------------------------------------------------------------------------------------------

function save_long(p: PicklerData, o: PyObject): boolean {
  const n = o.v as number | bigint
  if (typeof n === 'number' && n <= 0x7fffffff && n >= -0x80000000) {
    if (p.bin === 0) return p.ascii(`I${n}\n`)
    if (n >= 0 && n < 256) return p.bytesOf(op.BININT1, n)
    if (n >= 0 && n < 65536) return p.bytesOf(op.BININT2, n & 255, n >> 8)
    return p.bytesOf(op.BININT, ...little32(n))
  }
  if (p.proto >= 2) return saveBinaryLong(p, o)
  const repr = PyObject_Repr(o)
  if (repr === null) return false
  const done = p.byte(op.LONG) && p.ascii(PyUnicode_AsString(repr)) && p.ascii('L\n')
  Py_DECREF(repr)
  return done
}

function saveBinaryLong(p: PicklerData, o: PyObject): boolean {
  let size = (_PyLong_NumBits(o) >> 3) + 1
  const scratch = newBytesBuffer(size)
  if (scratch === null) return false
  let bytes = intToBytes(PyLong_AsBigInt(o), size, true, true) as Uint8Array
  // A sign byte that the byte before it makes needless.
  if (PyLong_AsBigInt(o) < 0n && size > 1 && bytes[size - 1] === 0xff && (bytes[size - 2]! & 0x80) !== 0) {
    size--
    bytes = bytes.subarray(0, size)
  }
  const done = (size < 256 ? p.bytesOf(op.LONG1, size) : p.bytesOf(op.LONG4, ...little32(size))) && p.data(bytes)
  Py_DECREF(scratch)
  return done
}

function save_float(p: PicklerData, o: PyObject): boolean {
  if (p.bin === 0) {
    const text = floatRepr(o.v as number)
    const buffer = doubleBuffer(text)
    const done = p.ascii(`F${text}\n`)
    PyMem_Free(buffer)
    return done
  }
  const bytes = new Uint8Array(9)
  bytes[0] = op.BINFLOAT
  new DataView(bytes.buffer).setFloat64(1, o.v as number)
  return p.data(bytes)
}

function save_bool(p: PicklerData, o: PyObject): boolean {
  if (p.proto >= 2) return p.byte(o === Py_True ? op.NEWTRUE : op.NEWFALSE)
  return p.ascii(o === Py_True ? 'I01\n' : 'I00\n')
}

// ---- bytes and texts --------------------------------------------------------------------------------------------------------------

/** Saves what a reduce value says; STEALS it. */
export function saveReduceValue(p: PicklerData, value: PyObject | null, o: PyObject | null): boolean {
  if (value === null) return false
  const done = save_reduce(p, value, o)
  Py_DECREF(value)
  return done
}

function saveBytesData(p: PicklerData, o: PyObject, data: Uint8Array): boolean {
  const size = data.length
  const header = size <= 0xff ? [op.SHORT_BINBYTES, size] : [op.BINBYTES, ...little32(size)]
  return p.payload(header, data, o) && memo_put(p, o)
}

function save_bytes(p: PicklerData, o: PyObject): boolean {
  const data = PyBytes_AsBytes(o)
  if (p.proto >= 3) return saveBytesData(p, o, data)
  if (data.length === 0) return saveReduceValue(p, buildValue(borrowed(PyBytes_Type), () => tuple_get_empty()), o)
  const text = unicodeFromText(latin1Text(data))
  if (text === null) return false
  const value = buildValue(borrowed(state.codecs_encode), () => buildValue(borrowed(text), borrowed(_Py_ID('latin1'))))
  Py_DECREF(text)
  return saveReduceValue(p, value, o)
}

function saveByteArrayData(p: PicklerData, o: PyObject, data: Uint8Array): boolean {
  return p.payload([op.BYTEARRAY8, ...little64(data.length)], data, o) && memo_put(p, o)
}

function save_bytearray(p: PicklerData, o: PyObject): boolean {
  const data = PyByteArray_AsBytes(o)
  if (p.proto >= 5) return saveByteArrayData(p, o, data)
  if (data.length === 0) return saveReduceValue(p, buildValue(borrowed(PyByteArray_Type), () => tuple_get_empty()), o)
  const bytes = newBytesBuffer(data.length)
  if (bytes === null) return false
  PyBytes_AsBytes(bytes).set(data)
  const value = buildValue(borrowed(PyByteArray_Type), () => buildValue(borrowed(bytes)))
  Py_DECREF(bytes)
  return saveReduceValue(p, value, o)
}

function save_picklebuffer(p: PicklerData, o: PyObject): boolean {
  const fail = (message: string): false => (PyErr_SetString(state.PicklingError, message), false)
  if (p.proto < 5) return fail('PickleBuffer can only pickled with protocol >= 5')
  const view = pickleBufferView(o)
  if (view === null) return false
  if (!isCContiguous(view) && !isFContiguous(view)) {
    return fail('PickleBuffer can not be pickled when pointing to a non-contiguous buffer')
  }
  let inBand = 1
  if (p.buffer_callback !== null) {
    const answer = PyObject_CallOneArg(p.buffer_callback, o)
    if (answer === null) return false
    inBand = PyObject_IsTrue(answer)
    Py_DECREF(answer)
    if (inBand < 0) return false
  }
  if (inBand > 0) return view.readonly ? saveBytesData(p, o, rawBytes(view)) : saveByteArrayData(p, o, rawBytes(view))
  return p.byte(op.NEXT_BUFFER) && (!view.readonly || p.byte(op.READONLY_BUFFER))
}

/** The memory of a contiguous view, in its own order. */
export function rawBytes(view: BufferView): Uint8Array {
  if (isCContiguous(view)) return view.bytes.subarray(view.offset, view.offset + viewBytes(view))
  return contiguousCopy(view, 'F')
}

// Mirrors raw_unicode_escape: NEW bytes.
function rawUnicodeEscape(o: PyObject): PyObject | null {
  const { str, length } = udata(o)
  const out: number[] = []
  const escape = (text: string): void => { for (const c of text) out.push(c.charCodeAt(0)) }
  for (const c of pointsOf(str)) {
    if (c >= 0x10000) escape(`\\U${c.toString(16).padStart(8, '0')}`)
    else if (c >= 256 || c === 0x5c || c === 0 || c === 0x0a || c === 0x0d || c === 0x1a) escape(`\\u${c.toString(16).padStart(4, '0')}`)
    else out.push(c)
  }
  const memory = new BytesWriterMemory()
  if (!memory.ensure(length)) return null
  memory.overallocate = true
  return memory.ensure(out.length) ? memory.finish(Uint8Array.from(out)) : null
}

const encoder = new TextEncoder()

function save_unicode(p: PicklerData, o: PyObject): boolean {
  if (p.bin === 0) {
    const encoded = rawUnicodeEscape(o)
    if (encoded === null) return false
    const done = p.byte(op.UNICODE) && p.data(PyBytes_AsBytes(encoded)) && p.ascii('\n')
    Py_DECREF(encoded)
    return done && memo_put(p, o)
  }
  let encoded: PyObject | null = null
  const text = PyUnicode_AsUTF8(o)
  if (text === null) {
    // Lone surrogates.
    PyErr_Clear()
    encoded = PyUnicode_AsEncodedString(o, 'utf-8', 'surrogatepass')
    if (encoded === null) return false
  }
  const data = encoded !== null ? PyBytes_AsBytes(encoded) : encoder.encode(text!)
  const header = data.length <= 0xff && p.proto >= 4 ? [op.SHORT_BINUNICODE, data.length] : [op.BINUNICODE, ...little32(data.length)]
  const done = p.payload(header, data, encoded)
  Py_XDECREF(encoded)
  return done && memo_put(p, o)
}

// ---- any object -------------------------------------------------------------------------------------------------------------------

/** 1 if a persistent id was written, 0 if the object has none, -1 with an exception set. */
function save_pers(p: PicklerData, o: PyObject): number {
  const id = p.pers_func_self !== null ? PyObject_CallFunctionObjArgs(p.pers_func!, p.pers_func_self, o)
    : PyObject_CallOneArg(p.pers_func!, o)
  if (id === null) return -1
  if (id === Py_None) return Py_DECREF(id), 0
  let done: boolean
  if (p.bin !== 0) done = save(p, id, true) && p.byte(op.BINPERSID)
  else {
    const text = PyObject_Str(id)
    if (text === null) done = false
    else {
      if (udata(text).ascii) done = p.byte(op.PERSID) && p.ascii(PyUnicode_AsString(text)) && p.ascii('\n')
      else done = PyErr_SetString(state.PicklingError, 'persistent IDs in protocol 0 must be ASCII strings') !== null
      Py_DECREF(text)
    }
  }
  Py_DECREF(id)
  return done ? 1 : -1
}

const FAST = new Map<PyObject, (p: PicklerData, o: PyObject) => boolean>()

/** Types with a way of their own, behind the recursion check. */
function fastWays(): typeof FAST {
  if (FAST.size === 0) {
    for (const [type, way] of [
      [PyDict_Type, save_dict], [PySet_Type, save_set], [PyFrozenSet_Type, save_frozenset], [PyList_Type, save_list],
      [PyTuple_Type, save_tuple], [PyByteArray_Type, save_bytearray], [PyPickleBuffer_Type, save_picklebuffer],
    ] as const) FAST.set(type, way)
  }
  return FAST
}

/** NEW function of the dispatch table for a type; null without exception if there is none. */
function dispatched(p: PicklerData, type: PyObject): PyObject | null {
  if (p.dispatch_table === null) {
    const f = PyDict_GetItemWithError(state.dispatch_table, type)
    return f === null ? null : ref(f)
  }
  const f = PyObject_GetItem(p.dispatch_table, type)
  if (f === null && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Clear()
  return f
}

/** NEW bound __reduce_ex__ or __reduce__, and whether it is the former. */
function reducer(o: PyObject): { f: PyObject, takesProtocol: boolean } | null {
  let f = _PyObject_LookupAttr(o, _Py_ID('__reduce_ex__'))
  if (f !== null) return { f, takesProtocol: true }
  if (PyErr_Occurred() !== null) return null
  f = _PyObject_LookupAttr(o, _Py_ID('__reduce__'))
  if (f !== null) return { f, takesProtocol: false }
  return PyErr_Occurred() !== null ? null : PyErr_Format(state.PicklingError, 'can\'t pickle \'%.200s\' object: %R', o.ob_type.tp_name, o)
}

function callReducer(p: PicklerData, { f, takesProtocol }: { f: PyObject, takesProtocol: boolean }): PyObject | null {
  if (!takesProtocol) return PyObject_CallNoArgs(f)
  const proto = PyLong_FromLong(p.proto)
  const value = PyObject_CallOneArg(f, proto)
  Py_DECREF(proto)
  return value
}

/** Saves by what a function said; STEALS both. */
function saveReduced(p: PicklerData, o: PyObject, f: PyObject | null, value: PyObject | null): boolean {
  let done = false
  if (value !== null) {
    if (PyUnicode_Check(value)) done = save_global(p, o, value)
    else if (!PyTuple_Check(value)) PyErr_SetString(state.PicklingError, '__reduce__ must return a string or tuple')
    else done = save_reduce(p, value, o)
  }
  Py_XDECREF(f)
  Py_XDECREF(value)
  return done
}

function saveOther(p: PicklerData, o: PyObject): boolean {
  const type = o.ob_type
  const way = fastWays().get(type)
  if (way !== undefined) return way(p, o)
  if (p.reducer_override !== null) {
    const value = PyObject_CallOneArg(p.reducer_override, o)
    if (value !== Py_NotImplemented) return saveReduced(p, o, null, value)
    Py_DECREF(value)
  }
  if (type === PyType_Type) return save_type(p, o)
  if (type === PyFunction_Type) return save_global(p, o, null)
  const f = dispatched(p, type)
  if (f !== null) return saveReduced(p, o, f, PyObject_CallOneArg(f, o))
  if (PyErr_Occurred() !== null) return false
  if (PyType_IsSubtype(type, PyType_Type)) return save_global(p, o, null)
  const found = reducer(o)
  return found !== null && saveReduced(p, o, found.f, callReducer(p, found))
}

/** `isId`: the object is a persistent id, which has none itself. */
export function save(p: PicklerData, o: PyObject, isId = false): boolean {
  if (!p.opcodeBoundary()) return false
  if (!isId && p.pers_func !== null) {
    const outcome = save_pers(p, o)
    if (outcome !== 0) return outcome > 0
  }
  const type = o.ob_type
  if (o === Py_None) return p.byte(op.NONE)
  if (o === Py_False || o === Py_True) return save_bool(p, o)
  if (type === PyLong_Type) return save_long(p, o)
  if (type === PyFloat_Type) return save_float(p, o)
  if (p.memo!.entries.has(o)) return memo_get(p, o)
  if (type === PyBytes_Type) return save_bytes(p, o)
  if (type === PyUnicode_Type) return save_unicode(p, o)
  if (_Py_EnterRecursiveCall(' while pickling an object')) return false
  const done = saveOther(p, o)
  _Py_LeaveRecursiveCall()
  return done
}

