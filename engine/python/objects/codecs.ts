// The codec registry: search functions, the codecs found, and the error handlers by name. Mirrors Python/codecs.c.
import { PyCallable_Check, PyObject_GetAttr, PyObject_GetAttrString, PyObject_IsTrue, PyObject_Str, _PyObject_LookupAttr } from './object-protocol'
import { PyObject_Call, PyObject_CallNoArgs, PyObject_CallOneArg } from './call'
import { HANDLER_NAMES, handlerMethod } from './codec-errors'
import { PyBytes_Check, bytesFrom } from './bytesobject'
import { PyByteArray_AsBytes, PyByteArray_Check } from './bytearrayobject'
import { PyDict_GetItemWithError, PyDict_GET_SIZE, PyDict_New, PyDict_SetItem } from './dictobject'
import {
  PyErr_Fetch, PyErr_Format, PyErr_NormalizeException, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetString, PyErr_WarnEx,
} from './errors'
import {
  PyExc_BaseException, PyExc_LookupError, PyExc_RuntimeWarning, PyExc_TypeError, PyException_SetCause, PyException_SetContext,
  PyException_SetTraceback,
} from './exceptions'
import { PyList_Append, PyList_New, fastItems } from './listobject'
import { PyCFunction_NewEx } from './methodobject'
import { PyMemoryView_FromBytes } from './memoryobject'
import { TAG_SCRATCH } from '../../memory/events'
import { Py_DECREF, Py_XDECREF, type PyObject, type PyTypeObject } from './object'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { utf8Length } from './unicode-utf8'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_Check, PyTuple_CheckExact, PyTuple_Pack } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_FromString, PyUnicode_InternInPlace, _Py_ID } from './unicodeobject'

export { callDecodeHandler, callEncodeHandler } from './codec-errors'

/** The three tables of the interpreter state; made anew with each process. */
interface Registry {
  owner: unknown
  searchPath: PyObject
  cache: PyObject
  errors: PyObject
}

let current: Registry | null = null

// Mirrors _PyCodecRegistry_Init; the encodings package is imported by start-up.
function registry(): Registry {
  if (current === null || current.owner !== _PyRuntime.process) {
    const made = current = { owner: _PyRuntime.process, searchPath: PyList_New(0), cache: PyDict_New(), errors: PyDict_New() }
    _PyRuntime.endHooks.push(() => {
      for (const o of [made.searchPath, made.cache, made.errors]) Py_DECREF(o)
      current = null
    })
    for (const name of HANDLER_NAMES) {
      const f = PyCFunction_NewEx(handlerMethod(name), null, null)
      PyCodec_RegisterError(name, f)
      Py_DECREF(f)
    }
  }
  return current
}

// ---- search ------------------------------------------------------------------------------------------------------------

/** Adds a search function: 0, or -1. */
export function PyCodec_Register(search: PyObject): number {
  const { searchPath } = registry()
  if (!PyCallable_Check(search)) return PyErr_SetString(PyExc_TypeError, 'argument must be callable'), -1
  return PyList_Append(searchPath, search)
}

/** Takes a search function away, and forgets the codecs found. */
export function PyCodec_Unregister(search: PyObject): number {
  const r = registry()
  const items = r.searchPath.v.ob_item as PyObject[]
  const at = items.indexOf(search)
  if (at >= 0) {
    Py_DECREF(r.cache)
    r.cache = PyDict_New()
    items.splice(at, 1)
    Py_DECREF(search)
  }
  return 0
}

// Mirrors _Py_normalize_encoding: lower case, runs of punctuation become one '_'.
function normalize(encoding: string): string {
  let result = ''
  let pending = false
  for (const c of encoding.toLowerCase()) {
    if (/[a-z0-9.]/.test(c)) {
      if (pending && result !== '') result += '_'
      pending = false
      result += c
    } else pending = true
  }
  return result
}

/** NEW codec info (a tuple of four) of an encoding, or null with LookupError set. Mirrors _PyCodec_Lookup. */
export function PyCodec_Lookup(encoding: string): PyObject | null {
  const r = registry()
  const scratch = PyMem_Malloc(utf8Length(encoding) + 1, TAG_SCRATCH)
  const made = PyUnicode_FromString(normalize(encoding))
  PyMem_Free(scratch)
  const name = PyUnicode_InternInPlace(made)
  const known = PyDict_GetItemWithError(r.cache, name)
  if (known !== null) {
    known.ob_refcnt++
    Py_DECREF(name)
    return known
  }
  const searches = fastItems(r.searchPath)
  if (searches.length === 0) {
    Py_DECREF(name)
    return PyErr_SetString(PyExc_LookupError, "no codec search functions registered: can't find encoding")
  }
  let found: PyObject | null = null
  for (let i = 0; i < searches.length && found === null; i++) {
    const result = PyObject_CallOneArg(searches[i]!, name)
    if (result === null) return Py_DECREF(name), null
    if (result === Py_None) {
      Py_DECREF(result)
      continue
    }
    if (!PyTuple_Check(result) || result.v.length !== 4) {
      Py_DECREF(result)
      Py_DECREF(name)
      return PyErr_SetString(PyExc_TypeError, 'codec search functions must return 4-tuples')
    }
    found = result
  }
  if (found === null) PyErr_Format(PyExc_LookupError, 'unknown encoding: %s', encoding)
  else if (PyDict_SetItem(r.cache, name, found) < 0) return Py_DECREF(name), Py_DECREF(found), null
  Py_DECREF(name)
  return found
}

/** NEW item of the codec info. */
function codecItem(encoding: string, index: number): PyObject | null {
  const codec = PyCodec_Lookup(encoding)
  if (codec === null) return null
  const item = (codec.v as PyObject[])[index]!
  item.ob_refcnt++
  Py_DECREF(codec)
  return item
}

export const PyCodec_Encoder = (encoding: string): PyObject | null => codecItem(encoding, 0)
export const PyCodec_Decoder = (encoding: string): PyObject | null => codecItem(encoding, 1)

/** codec.incrementalencoder(errors) or codec.incrementaldecoder(errors); NEW. Mirrors codec_makeincrementalcodec. */
export function _PyCodecInfo_GetIncremental(
  codec: PyObject, errors: string | null, attribute: 'incrementalencoder' | 'incrementaldecoder',
): PyObject | null {
  const make = PyObject_GetAttrString(codec, attribute)
  if (make === null) return null
  let made: PyObject | null
  if (errors === null) made = PyObject_CallNoArgs(make)
  else {
    const text = PyUnicode_FromString(errors)
    made = PyObject_CallOneArg(make, text)
    Py_DECREF(text)
  }
  Py_DECREF(make)
  return made
}

// ---- encode and decode --------------------------------------------------------------------------------------------------

/** NEW result of codec(object[, errors]): the first item of the pair it must give. Steals the codec function. */
function run(codec: PyObject, object: PyObject, errors: string | null, encoding: string, what: 'encoding' | 'decoding'): PyObject | null {
  let args: PyObject
  if (errors === null) args = PyTuple_Pack(object)
  else {
    const text = PyUnicode_FromString(errors)
    args = PyTuple_Pack(object, text)
    Py_DECREF(text)
  }
  const result = PyObject_Call(codec, args, null)
  Py_DECREF(args)
  Py_DECREF(codec)
  if (result === null) {
    trySetFromCause(`${what} with '${encoding}' codec failed`)
    return null
  }
  if (!PyTuple_Check(result) || result.v.length !== 2) {
    Py_DECREF(result)
    return PyErr_SetString(PyExc_TypeError, `${what === 'encoding' ? 'encoder' : 'decoder'} must return a tuple (object, integer)`)
  }
  const value = result.v[0]!
  value.ob_refcnt++
  Py_DECREF(result)
  return value
}

/** codecs.encode(object, encoding, errors): NEW, any object. */
export function PyCodec_Encode(object: PyObject, encoding: string, errors: string | null): PyObject | null {
  const codec = PyCodec_Encoder(encoding)
  return codec === null ? null : run(codec, object, errors, encoding, 'encoding')
}

export function PyCodec_Decode(object: PyObject, encoding: string, errors: string | null): PyObject | null {
  const codec = PyCodec_Decoder(encoding)
  return codec === null ? null : run(codec, object, errors, encoding, 'decoding')
}

/** NEW codec info of an encoding that is one of text. Mirrors _PyCodec_LookupTextEncoding. */
export function _PyCodec_LookupTextEncoding(encoding: string, alternative: string | null): PyObject | null {
  const codec = PyCodec_Lookup(encoding)
  if (codec === null || PyTuple_CheckExact(codec)) return codec
  const flag = _PyObject_LookupAttr(codec, _Py_ID('_is_text_encoding'))
  if (flag === null) return PyErr_Occurred() !== null ? (Py_DECREF(codec), null) : codec
  const isText = PyObject_IsTrue(flag)
  Py_DECREF(flag)
  if (isText > 0) return codec
  Py_DECREF(codec)
  if (isText < 0) return null
  return PyErr_Format(PyExc_LookupError, alternative === null
    ? `'${encoding}' is not a text encoding` : `'${encoding}' is not a text encoding; use ${alternative} to handle arbitrary codecs`)
}

function textCodec(encoding: string, index: number, alternative: string): PyObject | null {
  const codec = _PyCodec_LookupTextEncoding(encoding, alternative)
  if (codec === null) return null
  const f = (codec.v as PyObject[])[index]!
  f.ob_refcnt++
  Py_DECREF(codec)
  return f
}

/** NEW bytes of a str by a registered codec. The second half of PyUnicode_AsEncodedString. */
export function PyCodec_EncodeText(o: PyObject, encoding: string, errors: string | null): PyObject | null {
  const codec = textCodec(encoding, 0, 'codecs.encode()')
  const made = codec === null ? null : run(codec, o, errors, encoding, 'encoding')
  if (made === null || PyBytes_Check(made)) return made
  if (PyByteArray_Check(made)) {
    const warned = PyErr_WarnEx(PyExc_RuntimeWarning,
      `encoder ${encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types`)
    const bytes = warned < 0 ? null : bytesFrom(PyByteArray_AsBytes(made).slice())
    Py_DECREF(made)
    return bytes
  }
  PyErr_Format(PyExc_TypeError,
    `'${encoding}' encoder returned '${made.ob_type.tp_name}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types`)
  Py_DECREF(made)
  return null
}

/** NEW str of bytes by a registered codec. The second half of PyUnicode_Decode. */
export function PyCodec_DecodeText(bytes: Uint8Array, encoding: string, errors: string | null): PyObject | null {
  const codec = textCodec(encoding, 1, 'codecs.decode()')
  if (codec === null) return null
  const view = PyMemoryView_FromBytes(bytes, true)
  const made = run(codec, view, errors, encoding, 'decoding')
  Py_DECREF(view)
  if (made === null || PyUnicode_Check(made)) return made
  PyErr_Format(PyExc_TypeError,
    `'${encoding}' decoder returned '${made.ob_type.tp_name}' instead of 'str'; use codecs.decode() to decode to arbitrary types`)
  Py_DECREF(made)
  return null
}

/**
 * Replaces the error by one of the same class that says where it happened, with the old one as cause; only for exceptions
 * that hold nothing but a message. Mirrors _PyErr_TrySetFromCause, Objects/exceptions.c.
 */
function trySetFromCause(prefix: string): void {
  const e = PyErr_Fetch()
  const type = e.type as PyTypeObject
  const base = PyExc_BaseException
  const plain = type.tp_init === base.tp_init && type.tp_new === base.tp_new && type.tp_itemsize === base.tp_itemsize &&
    (type.tp_basicsize === base.tp_basicsize || (type.tp_weaklistoffset !== 0 && type.tp_basicsize === base.tp_basicsize + 8))
  if (!plain) return PyErr_RestoreFetched(e)
  PyErr_NormalizeException(e)
  const value = e.value!
  const argsObject = PyObject_GetAttr(value, _Py_ID('args'))
  const args = argsObject === null ? [] : argsObject.v as PyObject[]
  const simple = args.length === 0 || (args.length === 1 && PyUnicode_CheckExact(args[0]!))
  Py_XDECREF(argsObject)
  const dict = value.dict as PyObject | null
  if (!simple || (dict !== null && dict instanceof Object && 'ob_type' in dict && PyDict_GET_SIZE(dict) > 0)) return PyErr_RestoreFetched(e)
  if (e.traceback !== null) {
    PyException_SetTraceback(value, e.traceback)
    Py_DECREF(e.traceback)
  }
  const text = PyObject_Str(value)
  PyErr_Format(type, `${prefix} (${type.tp_name}: ${text === null ? '' : PyUnicode_AsString(text)})`)
  Py_XDECREF(text)
  Py_DECREF(type)
  const now = PyErr_Fetch()
  PyErr_NormalizeException(now)
  value.ob_refcnt++
  PyException_SetCause(now.value!, value)
  PyException_SetContext(now.value!, value)
  PyErr_RestoreFetched(now)
}

// ---- error handlers ---------------------------------------------------------------------------------------------------------

export function PyCodec_RegisterError(name: string, handler: PyObject): number {
  if (!PyCallable_Check(handler)) return PyErr_SetString(PyExc_TypeError, 'handler must be callable'), -1
  const key = PyUnicode_FromString(name)
  const result = PyDict_SetItem(registry().errors, key, handler)
  Py_DECREF(key)
  return result
}

/** NEW handler of that name ('strict' for null), or null with LookupError set. */
export function PyCodec_LookupError(name: string | null): PyObject | null {
  const key = PyUnicode_FromString(name ?? 'strict')
  const handler = PyDict_GetItemWithError(registry().errors, key)
  Py_DECREF(key)
  if (handler !== null) {
    handler.ob_refcnt++
    return handler
  }
  return PyErr_Occurred() !== null ? null : PyErr_Format(PyExc_LookupError, 'unknown error handler name \'%.400s\'', name)
}
