// make_encoder: pieces of JSON text of an object, joined. Mirrors PyEncoderObject and _PyAccu (Objects/accu.c).
import { encode_basestring, encode_basestring_ascii } from './strings'
import { identifier } from '../identifiers'
import { PyMapping_Items, PyObject_GetIter, PyIter_Next, PySequence_Fast } from '../../objects/abstract'
import { PyBool_From, Py_False, Py_True } from '../../objects/boolobject'
import { PyObject_CallOneArg } from '../../objects/call'
import { PyDict_Check, PyDict_Contains, PyDict_DelItem, PyDict_GET_SIZE, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_Check, PyFloat_Type } from '../../objects/floatobject'
import { PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { PyList_Append, PyList_Check, PyList_GET_SIZE, PyList_New, PyList_SetSlice, PyList_Sort, fastItems } from '../../objects/listobject'
import { PyLong_Check, PyLong_FromLong, long_repr } from '../../objects/longobject'
import type { CFunctionData } from '../../objects/methodobject'
import { PyCFunction_Type } from '../../objects/methodobject'
import { PyObject_TypeCheck, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from '../../objects/runtime'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Check } from '../../objects/tupleobject'
import type { PyTypeSpec } from '../../objects/type-spec'
import { PyUnicode_Join } from '../../objects/unicode-methods'
import { addressOf } from '../../objects/unicode-fromformat'
import { PyUnicode_Check, PyUnicode_FromString } from '../../objects/unicodeobject'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

type Encode = (module: PyObject | null, o: PyObject) => PyObject | null

const ATTRIBUTES = ['markers', 'default', 'encoder', 'indent', 'key_separator', 'item_separator'] as const

class Encoder {
  markers: PyObject | null = null
  default: PyObject | null = null
  encoder: PyObject | null = null
  indent: PyObject | null = null
  key_separator: PyObject | null = null
  item_separator: PyObject | null = null
  sort_keys = false
  skipkeys = false
  allow_nan = false
  /** The encoder, when it is one of this module's. */
  fast: Encode | null = null
}

const encoder = (o: PyObject): Encoder => o.v as Encoder
const name = (text: string): PyObject => identifier('_json', text)

// ---- collecting pieces ---------------------------------------------------------------------------------------------------------

const SMALL_PIECES = 100_000

/** Pieces in a list, which are joined to large ones from time to time. */
class Accumulator {
  large: PyObject | null = null
  small: PyObject = PyList_New(0)

  add(piece: PyObject): boolean {
    if (PyList_Append(this.small, piece) < 0) return false
    return PyList_GET_SIZE(this.small) < SMALL_PIECES || this.flush()
  }

  /** STEALS the piece. Null: an exception is set. */
  take(piece: PyObject | null): boolean {
    if (piece === null) return false
    const done = this.add(piece)
    Py_DECREF(piece)
    return done
  }

  flush(): boolean {
    const n = PyList_GET_SIZE(this.small)
    if (n === 0) return true
    this.large ??= PyList_New(0)
    const nothing = PyUnicode_FromString('')
    const joined = PyUnicode_Join(nothing, this.small)
    Py_DECREF(nothing)
    if (joined === null) return false
    if (PyList_SetSlice(this.small, 0, n, null) < 0) return Py_DECREF(joined), false
    const done = PyList_Append(this.large, joined) === 0
    Py_DECREF(joined)
    return done
  }

  finish(): PyObject | null {
    const done = this.flush()
    Py_DECREF(this.small)
    if (done) return this.large
    Py_XDECREF(this.large)
    return null
  }

  drop(): void {
    Py_DECREF(this.small)
    Py_XDECREF(this.large)
  }
}

// ---- encoding --------------------------------------------------------------------------------------------------------------------

const isConstant = (o: PyObject): boolean => o === Py_None || o === Py_True || o === Py_False
const constant = (o: PyObject): PyObject => ref(name(o === Py_None ? 'null' : o === Py_True ? 'true' : 'false'))

function encodeFloat(s: Encoder, o: PyObject): PyObject | null {
  const x = o.v as number
  if (Number.isFinite(x)) return PyFloat_Type.tp_repr!(o)
  if (!s.allow_nan) return PyErr_SetString(PyExc_ValueError, 'Out of range float values are not JSON compliant')
  return PyUnicode_FromString(x > 0 ? 'Infinity' : x < 0 ? '-Infinity' : 'NaN')
}

function encodeString(s: Encoder, o: PyObject): PyObject | null {
  if (s.fast !== null) return s.fast(null, o)
  const result = PyObject_CallOneArg(s.encoder!, o)
  if (result === null || PyUnicode_Check(result)) return result
  PyErr_Format(PyExc_TypeError, 'encoder() must return a string, not %.80s', result.ob_type.tp_name)
  Py_DECREF(result)
  return null
}

/** Notes an object that is being encoded: its NEW identity, null where none is kept; undefined with an exception set. */
function mark(s: Encoder, o: PyObject): PyObject | null | undefined {
  if (s.markers === Py_None) return null
  const ident = PyLong_FromLong(addressOf(o))
  const present = PyDict_Contains(s.markers!, ident)
  if (present > 0) PyErr_SetString(PyExc_ValueError, 'Circular reference detected')
  if (present === 0 && PyDict_SetItem(s.markers!, ident, o) === 0) return ident
  Py_DECREF(ident)
  return undefined
}

/** STEALS the identity. */
function unmark(s: Encoder, ident: PyObject | null): boolean {
  if (ident === null) return true
  const done = PyDict_DelItem(s.markers!, ident) === 0
  Py_DECREF(ident)
  return done
}

const WHERE = ' while encoding a JSON object'

function nested(encode: (s: Encoder, acc: Accumulator, o: PyObject) => boolean, s: Encoder, acc: Accumulator, o: PyObject): boolean {
  if (_Py_EnterRecursiveCall(WHERE)) return false
  const done = encode(s, acc, o)
  _Py_LeaveRecursiveCall()
  return done
}

// Mirrors encoder_listencode_obj.
function encodeObject(s: Encoder, acc: Accumulator, o: PyObject): boolean {
  if (isConstant(o)) return acc.take(constant(o))
  if (PyUnicode_Check(o)) return acc.take(encodeString(s, o))
  if (PyLong_Check(o)) return acc.take(long_repr(o))
  if (PyFloat_Check(o)) return acc.take(encodeFloat(s, o))
  if (PyList_Check(o) || PyTuple_Check(o)) return nested(encodeList, s, acc, o)
  if (PyDict_Check(o)) return nested(encodeDict, s, acc, o)
  const ident = mark(s, o)
  if (ident === undefined) return false
  const replacement = PyObject_CallOneArg(s.default!, o)
  if (replacement === null) return Py_XDECREF(ident), false
  const done = nested(encodeObject, s, acc, replacement)
  Py_DECREF(replacement)
  if (!done) return Py_XDECREF(ident), false
  return unmark(s, ident)
}

// Mirrors encoder_listencode_dict.
function encodeDict(s: Encoder, acc: Accumulator, dict: PyObject): boolean {
  const open = name('{')
  const close = name('}')
  const empty = name('{}')
  if (PyDict_GET_SIZE(dict) === 0) return acc.add(empty)
  const ident = mark(s, dict)
  if (ident === undefined) return false
  if (acc.add(open) && encodeItems(s, acc, dict)) return unmark(s, ident) && acc.add(close)
  Py_XDECREF(ident)
  return false
}

function encodeItems(s: Encoder, acc: Accumulator, dict: PyObject): boolean {
  const items = PyMapping_Items(dict)
  if (items === null) return false
  if (s.sort_keys && PyList_Sort(items) < 0) return Py_DECREF(items), false
  const iterator = PyObject_GetIter(items)
  Py_DECREF(items)
  if (iterator === null) return false
  let first = true
  for (let item = PyIter_Next(iterator); item !== null; item = PyIter_Next(iterator)) {
    const key = keyOf(s, item)
    if (key === undefined) {
      Py_DECREF(item)
      continue
    }
    const done = key !== null && encodeItem(s, acc, key, item, first)
    first = false
    Py_DECREF(item)
    if (!done) return Py_DECREF(iterator), false
  }
  Py_DECREF(iterator)
  return PyErr_Occurred() === null
}

/** NEW str of an item's key; undefined where it is skipped, null with an exception set. */
function keyOf(s: Encoder, item: PyObject): PyObject | null | undefined {
  if (!PyTuple_Check(item) || item.v.length !== 2) return PyErr_SetString(PyExc_ValueError, 'items must return 2-tuples')
  const key = item.v[0]!
  if (PyUnicode_Check(key)) return ref(key)
  if (PyFloat_Check(key)) return encodeFloat(s, key)
  if (isConstant(key)) return constant(key)
  if (PyLong_Check(key)) return long_repr(key)
  if (s.skipkeys) return undefined
  return PyErr_Format(PyExc_TypeError, 'keys must be str, int, float, bool or None, not %.100s', key.ob_type.tp_name)
}

/** STEALS the key. */
function encodeItem(s: Encoder, acc: Accumulator, key: PyObject, item: PyObject, first: boolean): boolean {
  if (!first && !acc.add(s.item_separator!)) return Py_DECREF(key), false
  const encoded = encodeString(s, key)
  Py_DECREF(key)
  return acc.take(encoded) && acc.add(s.key_separator!) && encodeObject(s, acc, (item.v as PyObject[])[1]!)
}

// Mirrors encoder_listencode_list.
function encodeList(s: Encoder, acc: Accumulator, o: PyObject): boolean {
  const open = name('[')
  const close = name(']')
  const empty = name('[]')
  const sequence = PySequence_Fast(o, '_iterencode_list needs a sequence')
  if (sequence === null) return false
  if (fastItems(sequence).length === 0) return Py_DECREF(sequence), acc.add(empty)
  const ident = mark(s, o)
  if (ident === undefined) return Py_DECREF(sequence), false
  let done = acc.add(open)
  for (let i = 0; done && i < fastItems(sequence).length; i++) {
    done = (i === 0 || acc.add(s.item_separator!)) && encodeObject(s, acc, fastItems(sequence)[i]!)
  }
  if (!done) Py_XDECREF(ident)
  else done = unmark(s, ident) && acc.add(close)
  Py_DECREF(sequence)
  return done
}

// ---- the type ----------------------------------------------------------------------------------------------------------------------

function encoder_call(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'On:_iterencode', ['obj', '_current_indent_level'])
  if (given === null) return null
  const acc = new Accumulator()
  if (encodeObject(encoder(o), acc, given[0])) return acc.finish()
  acc.drop()
  return null
}

const KEYWORDS = [...ATTRIBUTES, 'sort_keys', 'skipkeys', 'allow_nan'] as const

function encoder_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'OOOOUUppp:make_encoder', KEYWORDS)
  if (given === null) return null
  const markers = given[0] as PyObject
  if (markers !== Py_None && !PyDict_Check(markers)) {
    return PyErr_Format(PyExc_TypeError, 'make_encoder() argument 1 must be dict or None, not %.200s', markers.ob_type.tp_name)
  }
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  const s = new Encoder()
  ATTRIBUTES.forEach((attribute, i) => { s[attribute] = ref(given[i] as PyObject) })
  s.sort_keys = given[6]
  s.skipkeys = given[7]
  s.allow_nan = given[8]
  if (PyObject_TypeCheck(s.encoder!, PyCFunction_Type)) {
    const f = (s.encoder!.v as CFunctionData).m_ml.ml_meth
    if (f === encode_basestring || f === encode_basestring_ascii) s.fast = f as Encode
  }
  o.v = s
  return o
}

const children = (o: PyObject): (PyObject | null)[] => o.v === null ? [] : ATTRIBUTES.map(attribute => encoder(o)[attribute])

function clear(o: PyObject): void {
  const old = children(o)
  for (const attribute of ATTRIBUTES) if (o.v !== null) encoder(o)[attribute] = null
  for (const child of old) Py_XDECREF(child)
}

export const encoderSpec: PyTypeSpec = {
  name: '_json.Encoder', tp_basicsize: 80, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    clear(o)
    type.tp_free!(o)
    Py_DECREF(type)
  },
  tp_traverse: (o, visit) => {
    visit(o.ob_type)
    for (const child of children(o)) if (child !== null) visit(child)
  },
  tp_clear: clear,
  tp_call: encoder_call,
  tp_new: encoder_new,
  tp_members: [
    ...ATTRIBUTES.map(attribute => ({ name: attribute, get: (o: PyObject): PyObject => ref(encoder(o)[attribute] ?? Py_None) })),
    { name: 'sort_keys', get: o => PyBool_From(encoder(o).sort_keys) },
    { name: 'skipkeys', get: o => PyBool_From(encoder(o).skipkeys) },
  ],
}
