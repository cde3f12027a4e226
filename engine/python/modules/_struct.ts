// _struct: Struct objects, and functions that keep the last hundred of them. Modules/_struct.c; single values are packed
// and unpacked by lib/struct-format.ts.
import { BytesWriterMemory } from '../objects/bytes-buffer'
import { _PyNumber_Index, PyIndex_Check, PyNumber_AsSsize_t } from '../objects/abstract'
import { ArgParser } from '../objects/arg-parser'
import { PyBool_FromLong } from '../objects/boolobject'
import { PyBytes_AsBytes, PyBytes_Check, PyBytes_FromBytes, bytesToFill } from '../objects/bytesobject'
import { PyByteArray_Check, PyByteArray_AsBytes } from '../objects/bytearrayobject'
import { PyObject_CallOneArg } from '../objects/call'
import { PyDict_Clear, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Clear, PyErr_Format, PyErr_NewException, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_IndexError, PyExc_OverflowError, PyExc_SystemError, PyExc_TypeError } from '../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyLong_AsBigInt, PyLong_Check, PyLong_FromLong, PyLong_FromUnsignedLong, PyLong_FromValue } from '../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes, PyObject_GetWritableBytes, type BufferView } from '../objects/memoryobject'
import { PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject, genericGetAttr
} from '../objects/object'
import { PyObject_GenericSetAttr, PyObject_IsTrue, PyObject_SelfIter } from '../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyObject_GC_Del, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { _PyRuntime } from '../objects/runtime'
import { PyTuple_New, PyTuple_SET_ITEM } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec, type PyTypeSpec } from '../objects/type-spec'
import { PyType_GenericAlloc } from '../objects/typeobject'
import { PyUnicode_AsEncodedString } from '../objects/unicode-codec'
import { PyUnicode_Check, PyUnicode_FromString } from '../objects/unicodeobject'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import { TAG_NONE } from '../../memory/events'
import {
  StructFault, packBytes, packFloat, packInt, packPascal, parseStructFormat, unpackFloat, unpackInt, unpackPascal, type StructCode, type StructFormat,
} from '../lib/struct-format'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

class StructData {
  format: StructFormat | null = null
  s_format: PyObject = ref(Py_None)
  /** Block of the table of codes. */
  codes = 0
}

const data = (o: PyObject): StructData => o.v as StructData

/** Made for each process. */
let StructError: PyObject
let structType: PyTypeObject
let unpackIterType: PyTypeObject
let cache: PyObject | null = null

const MAXCACHE = 100
const error = (message: string): null => PyErr_SetString(StructError, message)
const CODE_BYTES = 32

// ---- single values -------------------------------------------------------------------------------------------------------

function raise(fault: StructFault): null {
  return PyErr_SetString(fault.kind === 'error' ? StructError : PyExc_OverflowError, fault.message)
}

// Mirrors the pack functions of the format tables.
/** False with an exception set. */
function packOne(out: Uint8Array, view: DataView, at: number, format: StructFormat, code: StructCode, value: PyObject): boolean {
  const { order } = format
  let fault: StructFault | null = null
  switch (code.code) {
    case 's': case 'p': {
      const isBytes = PyBytes_Check(value)
      if (!isBytes && !PyByteArray_Check(value)) return error(`argument for '${code.code}' must be a bytes object`), false
      const bytes = isBytes ? PyBytes_AsBytes(value) : PyByteArray_AsBytes(value)
      if (code.code === 's') packBytes(out, at, code.size, bytes)
      else packPascal(out, at, code.size, bytes)
      return true
    }
    case 'c':
      if (!PyBytes_Check(value) || PyBytes_AsBytes(value).length !== 1) return error('char format requires a bytes object of length 1'), false
      out[at] = PyBytes_AsBytes(value)[0]!
      return true
    case '?': {
      const truth = PyObject_IsTrue(value)
      if (truth < 0) return false
      out[at] = truth
      return true
    }
    case 'e': case 'f': case 'd': {
      const x = PyFloat_AsDouble(value)
      if (x === -1 && PyErr_Occurred() !== null) {
        PyErr_Clear()
        return error('required argument is not a float'), false
      }
      fault = packFloat(view, at, order, code.code, x, PyLong_Check(value))
      break
    }
    default: {
      if (!PyLong_Check(value) && !PyIndex_Check(value)) return error('required argument is not an integer'), false
      const n = _PyNumber_Index(value)
      if (n === null) return false
      fault = packInt(view, at, order, code.code, code.size, n.v as number | bigint)
      Py_DECREF(n)
    }
  }
  if (fault === null) return true
  raise(fault)
  return false
}

/** Codes that CPython unpacks by PyLong_FromUnsignedLong (n by PyLong_FromSsize_t). */
const UNSIGNED = /[ILQNPn]/

function unpackOne(bytes: Uint8Array, view: DataView, at: number, format: StructFormat, code: StructCode): PyObject | null {
  switch (code.code) {
    case 's': return PyBytes_FromBytes(bytes.slice(at, at + code.size))
    case 'p':
      if (code.size === 0) return PyErr_SetString(PyExc_SystemError, 'Negative size passed to PyBytes_FromStringAndSize')
      return PyBytes_FromBytes(unpackPascal(bytes, at, code.size))
    case 'c': return PyBytes_FromBytes(bytes.slice(at, at + 1))
    case '?': return PyBool_FromLong(bytes[at] !== 0 ? 1 : 0)
    case 'e': case 'f': case 'd': return PyFloat_FromDouble(unpackFloat(view, at, format.order, code.code))
    default: {
      const n = unpackInt(view, at, format.order, code.code, code.size)
      return typeof n === 'number' && UNSIGNED.test(code.code) ? PyLong_FromUnsignedLong(n) : PyLong_FromValue(n)
    }
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

// Mirrors s_unpack_internal.
function unpackAt(o: PyObject, bytes: Uint8Array, start: number): PyObject | null {
  const format = data(o).format!
  const result = PyTuple_New(format.length)
  const view = viewOf(bytes)
  let n = 0
  for (const code of format.codes) {
    for (let i = 0, at = start + code.offset; i < code.repeat; i++, at += code.size) {
      const value = unpackOne(bytes, view, at, format, code)
      if (value === null) return Py_DECREF(result), null
      PyTuple_SET_ITEM(result, n++, value)
    }
  }
  return result
}

// Mirrors s_pack_internal.
function packAt(o: PyObject, args: PyObject[], from: number, out: Uint8Array, start: number): boolean {
  const format = data(o).format!
  const view = viewOf(out)
  out.fill(0, start, start + format.size)
  let n = from
  for (const code of format.codes) {
    for (let i = 0, at = start + code.offset; i < code.repeat; i++, at += code.size) {
      if (!packOne(out, view, at, format, code, args[n++]!)) return false
    }
  }
  return true
}

// ---- Struct --------------------------------------------------------------------------------------------------------------

function init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const given = parseTupleAndKeywords('Struct', ['format'], 1, 1, args, kwargs)
  if (given === null) return -1
  let format: PyObject | null = given[0]!
  if (PyUnicode_Check(format)) {
    format = PyUnicode_AsEncodedString(format, 'ascii', null)
    if (format === null) return -1
  } else ref(format)
  if (!PyBytes_Check(format)) {
    PyErr_Format(PyExc_TypeError, 'Struct() argument 1 must be a str or bytes object, not %.200s', format.ob_type.tp_name)
    Py_DECREF(format)
    return -1
  }
  const d = data(o)
  Py_DECREF(d.s_format)
  d.s_format = format
  const parsed = parseStructFormat(String.fromCharCode(...PyBytes_AsBytes(format)))
  if (parsed instanceof StructFault) return raise(parsed), -1
  const codes = PyMem_Malloc((parsed.codes.length + 1) * CODE_BYTES, TAG_NONE)
  if (codes === 0) return -1
  PyMem_Free(d.codes)
  d.codes = codes
  d.format = parsed
  return 0
}

function ready(o: PyObject): StructFormat | null {
  return data(o).format ?? PyErr_SetString(PyExc_SystemError, 'Struct object is not initialized')
}

function unpack(o: PyObject, buffer: PyObject): PyObject | null {
  const format = ready(o)
  const view = format === null ? null : PyObject_GetBufferBytes(buffer)
  if (format === null || view === null) return null
  const result = view.bytes.length === format.size ? unpackAt(o, view.bytes, 0)
    : error(`unpack requires a buffer of ${format.size} bytes`)
  PyBuffer_Release(view)
  return result
}

/** Offset from the start if the value fits there; -1 with struct.error set. Mirrors the checks of s_pack_into and unpack_from. */
function placeOf(format: StructFormat, view: BufferView, given: number, packing: boolean): number {
  const length = view.bytes.length
  let offset = given
  if (offset < 0) {
    if (offset + format.size > 0) {
      error(packing ? `no space to pack ${format.size} bytes at offset ${offset}` : `not enough data to unpack ${format.size} bytes at offset ${offset}`)
      return -1
    }
    if (offset + length < 0) return error(`offset ${offset} out of range for ${length}-byte buffer`), -1
    offset += length
  }
  if (length - offset < format.size) {
    const [name, doing] = packing ? ['pack_into', 'packing'] : ['unpack_from', 'unpacking']
    error(`${name} requires a buffer of at least ${format.size + offset} bytes for ${doing} ${format.size} bytes at offset ${offset} (actual buffer size is ${length})`)
    return -1
  }
  return offset
}

function unpackFrom(o: PyObject, buffer: PyObject, offset: number): PyObject | null {
  const format = ready(o)
  const view = format === null ? null : PyObject_GetBufferBytes(buffer)
  if (format === null || view === null) return null
  const at = placeOf(format, view, offset, false)
  const result = at < 0 ? null : unpackAt(o, view.bytes, at)
  PyBuffer_Release(view)
  return result
}

function pack(o: PyObject, args: PyObject[], nargs: number, from: number): PyObject | null {
  const format = ready(o)
  if (format === null) return null
  if (nargs - from !== format.length) return error(`pack expected ${format.length} items for packing (got ${nargs - from})`)
  const memory = new BytesWriterMemory()
  if (!memory.ensure(format.size)) return null
  const bytes = new Uint8Array(format.size)
  if (packAt(o, args, from, bytes, 0)) return memory.finish(bytes)
  memory.drop()
  return null
}

function packInto(o: PyObject, args: PyObject[], nargs: number, from: number): PyObject | null {
  const format = ready(o)
  if (format === null) return null
  const n = nargs - from
  if (n !== format.length + 2) {
    if (n === 0) return error('pack_into expected buffer argument')
    if (n === 1) return error('pack_into expected offset argument')
    return error(`pack_into expected ${format.length} items for packing (got ${n - 2})`)
  }
  const view = PyObject_GetWritableBytes(args[from]!)
  if (view === null) return null
  const offset = PyNumber_AsSsize_t(args[from + 1]!, PyExc_IndexError)
  const bad = offset === -1 && PyErr_Occurred() !== null
  const at = bad ? -1 : placeOf(format, view, offset, true)
  const done = at >= 0 && packAt(o, args, from + 2, view.bytes, at)
  PyBuffer_Release(view)
  return done ? ref(Py_None) : null
}

class UnpackIterData {
  so: PyObject | null
  view: BufferView | null
  index = 0
  constructor(so: PyObject, view: BufferView) {
    this.so = so
    this.view = view
  }
}

function iterUnpack(o: PyObject, buffer: PyObject): PyObject | null {
  const format = ready(o)
  if (format === null) return null
  if (format.size === 0) return error('cannot iteratively unpack with a struct of length 0')
  const iter = PyType_GenericAlloc(unpackIterType, 0)
  if (iter === null) return null
  const view = PyObject_GetBufferBytes(buffer)
  if (view === null) return Py_DECREF(iter), null
  iter.v = new UnpackIterData(ref(o), view)
  if (view.bytes.length % format.size === 0) return iter
  error(`iterative unpacking requires a buffer of a multiple of ${format.size} bytes`)
  return Py_DECREF(iter), null
}

const fromParsers = [new ArgParser('unpack_from', ['buffer', 'offset']), new ArgParser('unpack_from', ['', 'buffer', 'offset'])]

/** The arguments buffer and offset after `first` others. */
function fromArguments(args: PyObject[], nargs: number, kwnames: PyObject | null, first: 0 | 1): [PyObject, number] | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, fromParsers[first]!, first + 1, first + 2, 0)
  if (given === null) return null
  const offset = given[first + 1] ? PyNumber_AsSsize_t(given[first + 1]!, PyExc_OverflowError) : 0
  return offset === -1 && PyErr_Occurred() !== null ? null : [given[first]!, offset]
}

const structSpec: PyTypeSpec = {
  name: '_struct.Struct', tp_basicsize: 56, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_doc: 'Struct(fmt) --> compiled struct object',
  tp_new: type => {
    const o = PyType_GenericAlloc(type, 0)
    if (o !== null) o.v = new StructData()
    return o
  },
  tp_init: init,
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    PyMem_Free(data(o).codes)
    Py_XDECREF(data(o).s_format)
    ;(type.tp_free ?? PyObject_GC_Del)(o)
    Py_DECREF(type)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => visit(o.ob_type),
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_methods: [
    { ml_name: 'iter_unpack', ml_flags: METH_O, ml_meth: iterUnpack, signature: '($self, buffer, /)' },
    { ml_name: 'pack', ml_flags: METH_FASTCALL, ml_meth: (o: PyObject, args: PyObject[], nargs: number) => pack(o, args, nargs, 0) },
    { ml_name: 'pack_into', ml_flags: METH_FASTCALL, ml_meth: (o: PyObject, args: PyObject[], nargs: number) => packInto(o, args, nargs, 0) },
    { ml_name: 'unpack', ml_flags: METH_O, ml_meth: unpack, signature: '($self, buffer, /)' },
    {
      ml_name: 'unpack_from', ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($self, /, buffer, offset=0)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
        const given = fromArguments(args, nargs, kwnames, 0)
        return given === null ? null : unpackFrom(o, given[0], given[1])
      },
    },
    {
      ml_name: '__sizeof__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => PyLong_FromLong(o.ob_type.tp_basicsize + CODE_BYTES * ((data(o).format?.codes.length ?? 0) + 1)),
    },
  ],
  tp_getset: [
    { name: 'format', get: o => PyUnicode_FromString(String.fromCharCode(...PyBytes_AsBytes(data(o).s_format))) },
    { name: 'size', get: o => PyLong_FromLong(data(o).format?.size ?? -1) },
  ],
}

const unpackIterSpec: PyTypeSpec = {
  name: '_struct.unpack_iterator', tp_basicsize: 112, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    const d = o.v as UnpackIterData | null
    Py_XDECREF(d?.so ?? null)
    if (d?.view) PyBuffer_Release(d.view)
    PyObject_GC_Del(o)
    Py_DECREF(type)
  },
  tp_traverse: (o, visit) => {
    visit(o.ob_type)
    const d = o.v as UnpackIterData | null
    if (d?.so) visit(d.so)
    if (d?.view?.obj) visit(d.view.obj)
  },
  tp_getattro: genericGetAttr,
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => {
    const d = o.v as UnpackIterData
    if (d.so === null || d.view === null) return null
    const { size } = data(d.so).format!
    if (d.index >= d.view.bytes.length) {
      Py_DECREF(d.so)
      PyBuffer_Release(d.view)
      d.so = d.view = null
      return null
    }
    const result = unpackAt(d.so, d.view.bytes, d.index)
    d.index += size
    return result
  },
  tp_methods: [{
    ml_name: '__length_hint__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const d = o.v as UnpackIterData
      return PyLong_FromLong(d.so === null ? 0 : Math.floor((d.view!.bytes.length - d.index) / data(d.so).format!.size))
    },
  }],
}

// ---- functions -----------------------------------------------------------------------------------------------------------

// Mirrors cache_struct_converter.
/** NEW Struct of a format. */
function cached(format: PyObject): PyObject | null {
  cache ??= PyDict_New()
  const found = PyDict_GetItemWithError(cache, format)
  if (found !== null) return ref(found)
  if (PyErr_Occurred() !== null) return null
  const made = PyObject_CallOneArg(structType, format)
  if (made === null) return null
  if (PyDict_GET_SIZE(cache) >= MAXCACHE) PyDict_Clear(cache)
  if (PyDict_SetItem(cache, format, made) === -1) PyErr_Clear()
  return made
}

function withStruct(format: PyObject, use: (o: PyObject) => PyObject | null): PyObject | null {
  const o = cached(format)
  if (o === null) return null
  const result = use(o)
  Py_DECREF(o)
  return result
}

const second = (ml_name: string, use: (o: PyObject, buffer: PyObject) => PyObject | null): PyMethodDef => ({
  ml_name, ml_flags: METH_FASTCALL, signature: '($module, format, buffer, /)',
  ml_meth: (_m: PyObject, args: PyObject[], nargs: number) =>
    _PyArg_CheckPositional(ml_name, nargs, 2, 2) ? withStruct(args[0]!, o => use(o, args[1]!)) : null,
})

const variadic = (ml_name: string, use: (o: PyObject, args: PyObject[], nargs: number, from: number) => PyObject | null): PyMethodDef => ({
  ml_name, ml_flags: METH_FASTCALL,
  ml_meth: (_m: PyObject, args: PyObject[], nargs: number) =>
    nargs === 0 ? PyErr_SetString(PyExc_TypeError, 'missing format argument') : withStruct(args[0]!, o => use(o, args, nargs, 1)),
})

const methods: PyMethodDef[] = [
  {
    ml_name: '_clearcache', ml_flags: METH_NOARGS, signature: '($module, /)',
    ml_meth: () => {
      Py_XDECREF(cache)
      cache = null
      return ref(Py_None)
    },
  },
  {
    ml_name: 'calcsize', ml_flags: METH_O, signature: '($module, format, /)',
    ml_meth: (_m: PyObject, format: PyObject) => withStruct(format, o => PyLong_FromLong(data(o).format!.size)),
  },
  second('iter_unpack', iterUnpack), variadic('pack', pack), variadic('pack_into', packInto), second('unpack', unpack),
  {
    ml_name: 'unpack_from', ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($module, format, /, buffer, offset=0)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = fromArguments(args, nargs, kwnames, 1)
      return given === null ? null : withStruct(args[0]!, o => unpackFrom(o, given[0], given[1]))
    },
  },
]

export function PyInit__struct(): PyObject | null {
  const module = PyModule_Create('_struct', methods)
  cache = null
  _PyRuntime.endHooks.push(() => {
    Py_XDECREF(cache)
    cache = null
  })
  structType = PyType_FromModuleAndSpec(module, structSpec, null) as PyTypeObject
  PyModule_AddObjectRef(module, 'Struct', structType)
  unpackIterType = PyType_FromModuleAndSpec(module, unpackIterSpec, null) as PyTypeObject
  StructError = PyErr_NewException('struct.error')!
  PyModule_AddObject(module, 'error', ref(StructError))
  return module
}
