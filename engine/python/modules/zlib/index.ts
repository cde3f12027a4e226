// zlib: compression and checksums. Modules/zlibmodule.c; the streams are in streams.ts.
import { keptUntilEnd } from '../../objects/runtime'
import { TAG_SCRATCH } from '../../../memory/events'
import { adler32, crc32 } from '../../lib/checksums'
import { _PyNumber_Index } from '../../objects/abstract'
import { ArgParser } from '../../objects/arg-parser'
import { PyBool_From } from '../../objects/boolobject'
import { PyBytes_AsBytes, PyBytes_FromBytes, bytesToFill } from '../../objects/bytesobject'
import { PyErr_Format, PyErr_NewException, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt, PyLong_AsSsize_t, PyLong_AsUnsignedLongLongMask, PyLong_FromUnsignedLong } from '../../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes } from '../../objects/memoryobject'
import { PyModule_AddIntConstant, PyModule_AddObjectRef, PyModule_AddStringConstant, PyModule_Create } from '../../objects/moduleobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_METHOD, Py_DECREF, Py_TPFLAGS_DISALLOW_INSTANTIATION, genericGetAttr, type PyMethodDef,
  type PyObject, type PyTypeObject,
} from '../../objects/object'
import { PyMem_RawFree, PyMem_RawMalloc, PyObject_Free, PyObject_New } from '../../objects/objimpl'
import { PyType_FromModuleAndSpec, type PyTypeSpec } from '../../objects/type-spec'
import { OutputBuffer } from './output-buffer'
import {
  BAD_DICTIONARY, DeflateStream, InflateStream, Z_BUF_ERROR, Z_DATA_ERROR, Z_FINISH, Z_NO_FLUSH, Z_OK, Z_STREAM_END, Z_STREAM_ERROR, Z_SYNC_FLUSH,
  deflateOptionsValid, inflateBitsValid, type DeflateOptions, type Step,
} from './streams'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

const MAX_WBITS = 15
const DEF_MEM_LEVEL = 8
const DEF_BUF_SIZE = 16 * 1024
const NOTHING = new Uint8Array(0)

/** Made for each process. */
let ZlibError: PyObject
let compressType: PyTypeObject
let decompressType: PyTypeObject

// ---- errors and memory ---------------------------------------------------------------------------------------------------

// Mirrors zlib_error.
function zlibError({ status, message }: Step, doing: string): null {
  const words = message !== '' ? message : status === Z_BUF_ERROR ? 'incomplete or truncated stream'
    : status === Z_STREAM_ERROR ? 'inconsistent stream state' : status === Z_DATA_ERROR ? 'invalid input data' : ''
  if (words === '') return PyErr_Format(ZlibError, 'Error %d %s', status, doing)
  return PyErr_Format(ZlibError, 'Error %d %s: %.200s', status, doing, words)
}

const INFLATE_STATE_BYTES = 7160
const DEFLATE_STATE_BYTES = 5952
const LOCK_BYTES = 32

/** The blocks that deflateInit2 asks for: state, window, chains, heads, pending output. */
function deflateBlocks({ wbits, memLevel }: DeflateOptions): number[] {
  const bits = Math.max(9, wbits < 0 ? -wbits : wbits > 15 ? wbits - 16 : wbits)
  const sizes = [DEFLATE_STATE_BYTES, 2 << bits, 2 << bits, 2 << (memLevel + 7), 4 << (memLevel + 6)]
  return sizes.map(size => PyMem_RawMalloc(size, TAG_SCRATCH))
}

const inflateBlocks = (): number[] => [PyMem_RawMalloc(INFLATE_STATE_BYTES, TAG_SCRATCH)]
const freeBlocks = (blocks: number[]): void => blocks.splice(0).reverse().forEach(block => PyMem_RawFree(block))

// ---- arguments -------------------------------------------------------------------------------------------------------------

/** Bytes of an argument, copied where they are kept; null with an exception set. */
function withBytes(o: PyObject, use: (bytes: Uint8Array) => PyObject | null): PyObject | null {
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return null
  const result = use(view.bytes)
  PyBuffer_Release(view)
  return result
}

const failed = (n: number): boolean => n === -1 && PyErr_Occurred() !== null

/** An argument of type Py_ssize_t; -1 with an exception set. */
function asSsize(o: PyObject): number {
  const index = _PyNumber_Index(o)
  if (index === null) return -1
  const n = PyLong_AsSsize_t(index)
  Py_DECREF(index)
  return n
}

/** C ints of optional arguments; null with an exception set. */
function ints(given: (PyObject | null | undefined)[], ...defaults: number[]): number[] | null {
  const values: number[] = []
  for (const [i, fallback] of defaults.entries()) {
    const n = given[i] ? PyLong_AsInt(given[i]!) : fallback
    if (given[i] && failed(n)) return null
    values.push(n)
  }
  return values
}

// ---- whole inputs ------------------------------------------------------------------------------------------------------------

const compressParser = new ArgParser('compress', ['', 'level', 'wbits'])
const decompressParser = new ArgParser('decompress', ['', 'wbits', 'bufsize'])

/** No end yet, or the end, or nothing to be done: all that is not an error. */
const goesOn = (status: number): boolean => status === Z_OK || status === Z_BUF_ERROR || status === Z_STREAM_END

/** Writes until there is room left; the last step, or null with MemoryError set. */
function fill(buffer: OutputBuffer, input: Uint8Array, step: (from: number, out: Uint8Array, at: number) => Step): Step | null {
  let from = 0
  for (;;) {
    if (buffer.room === 0 && !buffer.grow()) return null
    const done = step(from, buffer.block, buffer.at)
    from += done.consumed
    buffer.at += done.produced
    if (buffer.room > 0 || !goesOn(done.status)) return { ...done, consumed: from }
  }
}

// Mirrors zlib_compress_impl.
function compress(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, compressParser, 1, 3, 0)
  if (given === null) return null
  return withBytes(given[0]!, input => {
    const numbers = ints(given.slice(1), -1, MAX_WBITS)
    if (numbers === null) return null
    const [level, wbits] = numbers as [number, number]
    const options = { level, wbits, method: 8, memLevel: DEF_MEM_LEVEL, strategy: 0, dictionary: null }
    const buffer = new OutputBuffer(-1)
    if (!buffer.start()) return null
    if (!deflateOptionsValid(options)) return buffer.fail(PyErr_SetString(ZlibError, 'Bad compression level'))
    const blocks = deflateBlocks(options)
    const stream = new DeflateStream(options)
    const last = fill(buffer, input, (from, out, at) => stream.step(input, from, Z_FINISH, out, at))
    freeBlocks(blocks)
    return last === null ? (buffer.drop(), null) : buffer.finish()
  })
}

// Mirrors zlib_decompress_impl.
function decompress(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, decompressParser, 1, 3, 0)
  if (given === null) return null
  return withBytes(given[0]!, input => {
    const numbers = ints([given[1]], MAX_WBITS)
    const size = numbers === null ? -1 : given[2] ? asSsize(given[2]) : DEF_BUF_SIZE
    if (numbers === null || failed(size)) return null
    if (size < 0) return PyErr_SetString(PyExc_ValueError, 'bufsize must be non-negative')
    const buffer = new OutputBuffer(-1)
    if (!buffer.start(Math.max(size, 1))) return null
    const [wbits] = numbers as [number]
    const valid = inflateBitsValid(wbits)
    const step = valid ? inflateAll(buffer, input, wbits) : { consumed: 0, produced: 0, status: Z_STREAM_ERROR, message: '' }
    if (step !== null && step.status === Z_STREAM_END) return buffer.finish()
    return buffer.fail(step === null ? null : zlibError(step, valid ? 'while decompressing data' : 'while preparing to decompress data'))
  })
}

function inflateAll(buffer: OutputBuffer, input: Uint8Array, wbits: number): Step | null {
  const blocks = inflateBlocks()
  const stream = new InflateStream(wbits, null)
  const step = fill(buffer, input, (from, out, at) => stream.step(input, from, Z_FINISH, out, at))
  freeBlocks(blocks)
  return step !== null && step.status === Z_OK ? { ...step, status: Z_BUF_ERROR } : step
}

// ---- stream objects --------------------------------------------------------------------------------------------------------------

class StreamData<S> {
  stream: S | null = null
  blocks: number[] = []
  lock = 0
  unused: PyObject
  tail: PyObject
  zdict: PyObject | null = null
  eof = false
  constructor() {
    this.unused = PyBytes_FromBytes(NOTHING)
    this.tail = PyBytes_FromBytes(NOTHING)
  }
}

const compressor = (o: PyObject): StreamData<DeflateStream> => o.v as StreamData<DeflateStream>
const decompressor = (o: PyObject): StreamData<InflateStream> => o.v as StreamData<InflateStream>

// Mirrors newcompobject.
function newStream<S>(type: PyTypeObject): PyObject & { v: StreamData<S> } {
  const o = PyObject_New(type, null)
  const d = o.v = new StreamData<S>()
  d.lock = PyMem_RawMalloc(LOCK_BYTES, TAG_SCRATCH)
  return o
}

function dealloc(o: PyObject): void {
  const type = o.ob_type
  const d = o.v as StreamData<unknown>
  freeBlocks(d.blocks)
  PyMem_RawFree(d.lock)
  Py_DECREF(d.unused)
  Py_DECREF(d.tail)
  if (d.zdict !== null) Py_DECREF(d.zdict)
  PyObject_Free(o)
  Py_DECREF(type)
}

const compressobjParser = new ArgParser('compressobj', ['level', 'method', 'wbits', 'memLevel', 'strategy', 'zdict'])
const decompressobjParser = new ArgParser('decompressobj', ['wbits', 'zdict'])

// Mirrors zlib_compressobj_impl.
function compressobj(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, compressobjParser, 0, 6, 0)
  const numbers = given === null ? null : ints(given, -1, 8, MAX_WBITS, DEF_MEM_LEVEL, 0)
  if (numbers === null) return null
  const [level, method, wbits, memLevel, strategy] = numbers as [number, number, number, number, number]
  const make = (dictionary: Uint8Array | null): PyObject | null => {
    const options = { level, method, wbits, memLevel, strategy, dictionary }
    const o = newStream<DeflateStream>(compressType)
    const wrong = !deflateOptionsValid(options) ? 'Invalid initialization option'
      : dictionary !== null && wbits > 15 ? 'Invalid dictionary' : null
    if (wrong !== null) return Py_DECREF(o), PyErr_SetString(PyExc_ValueError, wrong)
    o.v.blocks = deflateBlocks(options)
    o.v.stream = new DeflateStream(options)
    return o
  }
  return given![5] ? withBytes(given![5]!, bytes => make(bytes.slice())) : make(null)
}

// Mirrors zlib_decompressobj_impl.
function decompressobj(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, decompressobjParser, 0, 2, 0)
  const numbers = given === null ? null : ints([given[0]], MAX_WBITS)
  if (numbers === null) return null
  const zdict = given![1] ?? null
  if (zdict !== null && zdict.ob_type.bf_getbuffer === null) {
    return PyErr_SetString(PyExc_TypeError, 'zdict argument must support the buffer protocol')
  }
  const o = newStream<InflateStream>(decompressType)
  if (zdict !== null) o.v.zdict = ref(zdict)
  if (!inflateBitsValid(numbers[0]!)) return Py_DECREF(o), PyErr_SetString(PyExc_ValueError, 'Invalid initialization option')
  o.v.blocks = inflateBlocks()
  let dictionary: Uint8Array | null = null
  if (zdict !== null && withBytes(zdict, bytes => (dictionary = bytes.slice(), zdict)) === null) return Py_DECREF(o), null
  o.v.stream = new InflateStream(numbers[0]!, dictionary)
  return o
}

/** Deflates input with a flush mode; null with an exception set. Mirrors zlib_Compress_compress_impl and zlib_Compress_flush_impl. */
function deflate(o: PyObject, input: Uint8Array, flush: number, doing: string): PyObject | null {
  const d = compressor(o)
  const buffer = new OutputBuffer(-1)
  if (!buffer.start()) return null
  const last = fill(buffer, input, (from, out, at) => d.stream!.step(input, from, flush, out, at))
  if (last === null) return buffer.drop(), null
  if (last.status === Z_STREAM_ERROR) return buffer.fail(zlibError(last, doing))
  if (last.status === Z_STREAM_END && flush === Z_FINISH) freeBlocks(d.blocks)
  return buffer.finish()
}

function flushCompressor(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('flush', nargs, 0, 1)) return null
  const numbers = ints([args[0]].slice(0, nargs), Z_FINISH)
  if (numbers === null) return null
  return numbers[0] === Z_NO_FLUSH ? PyBytes_FromBytes(NOTHING) : deflate(o, NOTHING, numbers[0]!, 'while flushing')
}

// Mirrors save_unconsumed_input.
/** Keeps what is left of the input: behind the end, or beyond the room there was. False with MemoryError set. */
function saveRest(d: StreamData<InflateStream>, input: Uint8Array, consumed: number, status: number): boolean {
  let rest = input.subarray(consumed)
  if (status === Z_STREAM_END && rest.length > 0) {
    const old = PyBytes_AsBytes(d.unused)
    const joined = bytesToFill(old.length + rest.length)
    if (joined === null) return false
    PyBytes_AsBytes(joined).set(old)
    PyBytes_AsBytes(joined).set(rest, old.length)
    Py_DECREF(d.unused)
    d.unused = joined
    rest = NOTHING
  }
  if (rest.length > 0 || PyBytes_AsBytes(d.tail).length > 0) {
    const tail = PyBytes_FromBytes(rest.slice())
    Py_DECREF(d.tail)
    d.tail = tail
  }
  return true
}

const decompressMethodParser = new ArgParser('decompress', ['', 'max_length'])

// Mirrors zlib_Decompress_decompress_impl.
function inflateSome(d: StreamData<InflateStream>, input: Uint8Array, limit: number): PyObject | null {
  const buffer = new OutputBuffer(limit)
  if (!buffer.start()) return null
  let consumed = 0
  let step: Step = { consumed: 0, produced: 0, status: Z_OK, message: '' }
  for (;;) {
    if (buffer.room === 0) {
      if (buffer.size === limit) break
      if (!buffer.grow()) return buffer.drop(), null
    }
    step = d.stream!.step(input, consumed, Z_SYNC_FLUSH, buffer.block, buffer.at)
    consumed += step.consumed
    buffer.at += step.produced
    if (buffer.room > 0 || !goesOn(step.status)) break
  }
  if (step.message === BAD_DICTIONARY) return buffer.fail(zlibError({ ...step, status: Z_DATA_ERROR, message: '' }, 'while setting zdict'))
  if (!saveRest(d, input, consumed, step.status)) return buffer.drop(), null
  if (step.status === Z_STREAM_END) d.eof = true
  else if (!goesOn(step.status)) return buffer.fail(zlibError(step, 'while decompressing data'))
  return buffer.finish()
}

function decompressMethod(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, decompressMethodParser, 1, 2, 0)
  if (given === null) return null
  return withBytes(given[0]!, input => {
    const limit = given[1] ? asSsize(given[1]) : 0
    if (failed(limit)) return null
    if (limit < 0) return PyErr_SetString(PyExc_ValueError, 'max_length must be non-negative')
    return inflateSome(decompressor(o), input, limit === 0 ? -1 : limit)
  })
}

// Mirrors zlib_Decompress_flush_impl.
function flushDecompressor(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('flush', nargs, 0, 1)) return null
  const length = nargs > 0 ? asSsize(args[0]!) : DEF_BUF_SIZE
  if (failed(length)) return null
  if (length <= 0) return PyErr_SetString(PyExc_ValueError, 'length must be greater than zero')
  const d = decompressor(o)
  const input = PyBytes_AsBytes(d.tail)
  const buffer = new OutputBuffer(-1)
  if (!buffer.start(length)) return null
  const step = d.stream === null ? null : fill(buffer, input, (from, out, at) => d.stream!.step(input, from, Z_FINISH, out, at))
  if (step === null || !saveRest(d, input, step.consumed, step.status)) return buffer.drop(), null
  if (step.status === Z_STREAM_END) {
    d.eof = true
    freeBlocks(d.blocks)
  }
  return buffer.finish()
}

/** NEW copy of a stream object. Mirrors zlib_Compress_copy_impl and zlib_Decompress_copy_impl. */
function copyStream(o: PyObject): PyObject | null {
  const d = o.v as StreamData<DeflateStream | InflateStream>
  if (d.blocks.length === 0) return PyErr_SetString(PyExc_ValueError, 'Inconsistent stream state')
  const twin = newStream<DeflateStream | InflateStream>(o.ob_type)
  twin.v.blocks = o.ob_type === compressType ? [...d.blocks].map(() => PyMem_RawMalloc(DEFLATE_STATE_BYTES, TAG_SCRATCH)) : inflateBlocks()
  twin.v.stream = d.stream!.copy()
  Py_DECREF(twin.v.unused)
  Py_DECREF(twin.v.tail)
  twin.v.unused = ref(d.unused)
  twin.v.tail = ref(d.tail)
  twin.v.zdict = d.zdict === null ? null : ref(d.zdict)
  twin.v.eof = d.eof
  return twin
}

/** Methods that are told the class that defines them. */
const WITH_CLASS = METH_METHOD | METH_FASTCALL | METH_KEYWORDS
const copyMethods: PyMethodDef[] = [
  { ml_name: 'copy', ml_flags: WITH_CLASS, ml_meth: copyStream, signature: '($self, /)' },
  { ml_name: '__copy__', ml_flags: WITH_CLASS, ml_meth: copyStream, signature: '($self, /)' },
  { ml_name: '__deepcopy__', ml_flags: WITH_CLASS, ml_meth: copyStream, signature: '($self, memo, /)' },
]

const compressSpec: PyTypeSpec = {
  name: 'zlib.Compress', tp_basicsize: 168, tp_flags: Py_TPFLAGS_DISALLOW_INSTANTIATION, tp_dealloc: dealloc, tp_free: PyObject_Free,
  tp_getattro: genericGetAttr,
  tp_methods: [
    {
      ml_name: 'compress', ml_flags: WITH_CLASS, signature: '($self, data, /)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
        if (!_PyArg_CheckPositional('compress', nargs, 1, 1)) return null
        return withBytes(args[0]!, input => deflate(o, input, Z_NO_FLUSH, 'while compressing data'))
      },
    },
    { ml_name: 'flush', ml_flags: WITH_CLASS, ml_meth: flushCompressor, signature: '($self, mode=zlib.Z_FINISH, /)' },
    ...copyMethods,
  ],
}

const decompressSpec: PyTypeSpec = {
  name: 'zlib.Decompress', tp_basicsize: 168, tp_flags: Py_TPFLAGS_DISALLOW_INSTANTIATION, tp_dealloc: dealloc, tp_free: PyObject_Free,
  tp_getattro: genericGetAttr,
  tp_methods: [
    { ml_name: 'decompress', ml_flags: WITH_CLASS, ml_meth: decompressMethod, signature: '($self, data, /, max_length=0)' },
    { ml_name: 'flush', ml_flags: WITH_CLASS, ml_meth: flushDecompressor, signature: '($self, length=zlib.DEF_BUF_SIZE, /)' },
    ...copyMethods,
  ],
  tp_members: [
    { name: 'unused_data', get: o => ref(decompressor(o).unused) },
    { name: 'unconsumed_tail', get: o => ref(decompressor(o).tail) },
    { name: 'eof', get: o => PyBool_From(decompressor(o).eof) },
  ],
}

// ---- the module ---------------------------------------------------------------------------------------------------------------------

function checksum(ml_name: string, start: number, compute: (bytes: Uint8Array, value: number) => number): PyMethodDef {
  return {
    ml_name, ml_flags: METH_FASTCALL, signature: `($module, data, value=${start}, /)`,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(ml_name, nargs, 1, 2)) return null
      return withBytes(args[0]!, bytes => {
        const value = nargs > 1 ? PyLong_AsUnsignedLongLongMask(args[1]!) : BigInt(start)
        return value === null ? null : PyLong_FromUnsignedLong(compute(bytes, Number(value & 0xffffffffn)))
      })
    },
  }
}

const methods: PyMethodDef[] = [
  checksum('adler32', 1, adler32),
  {
    ml_name: 'compress', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: compress,
    signature: '($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)',
  },
  {
    ml_name: 'compressobj', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: compressobj,
    signature: '($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n'
      + '            strategy=Z_DEFAULT_STRATEGY, zdict=None)',
  },
  checksum('crc32', 0, crc32),
  {
    ml_name: 'decompress', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: decompress,
    signature: '($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)',
  },
  { ml_name: 'decompressobj', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: decompressobj, signature: "($module, /, wbits=MAX_WBITS, zdict=b'')" },
]

const CONSTANTS = {
  MAX_WBITS, DEFLATED: 8, DEF_MEM_LEVEL, DEF_BUF_SIZE, Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1,
  Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0, Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2,
  Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_TREES: 6,
}

export function PyInit_zlib(): PyObject | null {
  const module = PyModule_Create('zlib', methods)
  compressType = PyType_FromModuleAndSpec(module, compressSpec, null) as PyTypeObject
  decompressType = PyType_FromModuleAndSpec(module, decompressSpec, null) as PyTypeObject
  const error = PyErr_NewException('zlib.error')
  if (compressType === null || decompressType === null || error === null) return null
  ZlibError = keptUntilEnd(error)
  keptUntilEnd(compressType)
  keptUntilEnd(decompressType)
  PyModule_AddObjectRef(module, 'error', error)
  for (const [name, value] of Object.entries(CONSTANTS)) PyModule_AddIntConstant(module, name, value)
  PyModule_AddStringConstant(module, 'ZLIB_VERSION', '1.2.13')
  PyModule_AddStringConstant(module, 'ZLIB_RUNTIME_VERSION', '1.2.13')
  PyModule_AddStringConstant(module, '__version__', '1.0')
  return module
}
