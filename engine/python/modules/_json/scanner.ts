// make_scanner: reads one JSON value from a text. Mirrors PyScannerObject.
import { JsonSource } from './source'
import { raiseDecodeError, scanned, scanstring } from './strings'
import { PyBool_From } from '../../objects/boolobject'
import { PyBytes_AsBytes, bytesToFill } from '../../objects/bytesobject'
import { PyObject_CallOneArg } from '../../objects/call'
import { PyDict_Clear, PyDict_New, PyDict_SetDefault, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Format, PyErr_SetObject, PyErr_SetString } from '../../objects/errors'
import { PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_FromString } from '../../objects/float-methods'
import { PyFloat_Type } from '../../objects/floatobject'
import { PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyLong_FromSsize_t, PyLong_FromString, PyLong_Type } from '../../objects/longobject'
import { Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { PyObject_GetAttrString, PyObject_IsTrue } from '../../objects/object-protocol'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from '../../objects/runtime'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Pack, tuplePairSteal } from '../../objects/tupleobject'
import type { PyTypeSpec } from '../../objects/type-spec'
import { freshText } from '../../objects/unicode-text'
import { PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternFromString, PyUnicode_InternInPlace } from '../../objects/unicodeobject'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

const ATTRIBUTES = ['object_hook', 'object_pairs_hook', 'parse_float', 'parse_int', 'parse_constant'] as const
type Attribute = typeof ATTRIBUTES[number]

class Scanner {
  strict = false
  object_hook: PyObject | null = null
  object_pairs_hook: PyObject | null = null
  parse_float: PyObject | null = null
  parse_int: PyObject | null = null
  parse_constant: PyObject | null = null
  memo: PyObject | null = null
}

const scanner = (o: PyObject): Scanner => o.v as Scanner

/** Index behind the last value. */
const next = { index: 0 }

function stopIteration(index: number): null {
  const value = PyLong_FromSsize_t(index)
  PyErr_SetObject(PyExc_StopIteration, value)
  Py_DECREF(value)
  return null
}

const COMMA = 0x2c
const COLON = 0x3a
const QUOTE = 0x22

function scanString(s: Scanner, source: JsonSource, begin: number): PyObject | null {
  const result = scanstring(source, begin, s.strict)
  next.index = scanned.end
  return result
}

// Mirrors _parse_object_unicode; `start` is behind the brace.
function parseObject(s: Scanner, source: JsonSource, start: number): PyObject | null {
  const pairs = s.object_pairs_hook !== Py_None
  const result: PyObject = pairs ? PyList_New(0) : PyDict_New()
  let i = source.skipSpace(start)
  const fail = (message: string): null => {
    raiseDecodeError(message, source, i)
    Py_DECREF(result)
    return null
  }
  if (source.at(i) !== 0x7d) {
    for (;;) {
      if (source.at(i) !== QUOTE) return fail('Expecting property name enclosed in double quotes')
      const read = scanString(s, source, i + 1)
      const key = read === null ? null : PyDict_SetDefault(s.memo!, read, read)
      if (key === null) return Py_XDECREF(read), Py_DECREF(result), null
      ref(key)
      Py_DECREF(read!)
      i = source.skipSpace(next.index)
      if (source.at(i) !== COLON) return Py_DECREF(key), fail('Expecting \':\' delimiter')
      i = source.skipSpace(i + 1)
      const value = scanOnce(s, source, i)
      if (value === null || !addItem(result, pairs, key, value)) return Py_DECREF(result), null
      i = source.skipSpace(next.index)
      if (source.at(i) === 0x7d) break
      if (source.at(i) !== COMMA) return fail('Expecting \',\' delimiter')
      i = source.skipSpace(i + 1)
    }
  }
  next.index = i + 1
  const hook = pairs ? s.object_pairs_hook! : s.object_hook!
  if (hook === Py_None) return result
  const end = next.index
  const value = PyObject_CallOneArg(hook, result)
  // The hook may have read JSON of its own.
  next.index = end
  Py_DECREF(result)
  return value
}

/** STEALS key and value. */
function addItem(result: PyObject, pairs: boolean, key: PyObject, value: PyObject): boolean {
  if (!pairs) {
    const done = PyDict_SetItem(result, key, value) === 0
    Py_DECREF(key)
    Py_DECREF(value)
    return done
  }
  const pair = PyTuple_Pack(key, value)
  Py_DECREF(key)
  Py_DECREF(value)
  const done = PyList_Append(result, pair) === 0
  Py_DECREF(pair)
  return done
}

// Mirrors _parse_array_unicode; `start` is behind the bracket.
function parseArray(s: Scanner, source: JsonSource, start: number): PyObject | null {
  const result = PyList_New(0)
  let i = source.skipSpace(start)
  if (i >= source.length || source.at(i) !== 0x5d) {
    for (;;) {
      const value = scanOnce(s, source, i)
      if (value === null) return Py_DECREF(result), null
      const failed = PyList_Append(result, value) < 0
      Py_DECREF(value)
      if (failed) return Py_DECREF(result), null
      i = source.skipSpace(next.index)
      if (source.at(i) === 0x5d) break
      if (source.at(i) !== COMMA) {
        raiseDecodeError('Expecting \',\' delimiter', source, i)
        return Py_DECREF(result), null
      }
      i = source.skipSpace(i + 1)
    }
  }
  next.index = i + 1
  return result
}

function parseConstant(s: Scanner, name: string, start: number): PyObject | null {
  const text = PyUnicode_InternInPlace(PyUnicode_FromString(name))
  const result = PyObject_CallOneArg(s.parse_constant!, text)
  Py_DECREF(text)
  next.index = start + name.length
  return result
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39

// Mirrors _match_number_unicode.
function matchNumber(s: Scanner, source: JsonSource, start: number): PyObject | null {
  let i = start
  let isFloat = false
  if (source.at(i) === 0x2d) i++
  if (source.at(i) === 0x30) i++
  else if (isDigit(source.at(i))) while (isDigit(source.at(i))) i++
  else return stopIteration(start)
  if (source.at(i) === 0x2e && isDigit(source.at(i + 1))) {
    isFloat = true
    for (i += 2; isDigit(source.at(i)); i++);
  }
  if ((source.at(i) === 0x65 || source.at(i) === 0x45) && i + 1 < source.length) {
    let end = i + 1
    if (source.at(end) === 0x2d || source.at(end) === 0x2b) end++
    while (isDigit(source.at(end))) end++
    if (isDigit(source.at(end - 1))) {
      isFloat = true
      i = end
    }
  }
  const result = makeNumber(s, source.slice(start, i), isFloat)
  next.index = i
  return result
}

function makeNumber(s: Scanner, digits: string, isFloat: boolean): PyObject | null {
  const custom = isFloat ? s.parse_float! : s.parse_int!
  if (custom !== (isFloat ? PyFloat_Type : PyLong_Type)) {
    const text = freshNumber(digits)
    if (text === null) return null
    const result = PyObject_CallOneArg(custom, text)
    Py_DECREF(text)
    return result
  }
  const bytes = bytesToFill(digits.length)
  if (bytes === null) return null
  for (let i = 0; i < digits.length; i++) PyBytes_AsBytes(bytes)[i] = digits.charCodeAt(i)
  const result = isFloat ? PyFloat_FromString(bytes) : PyLong_FromString(digits, 10)
  Py_DECREF(bytes)
  return result
}

const freshNumber = (digits: string): PyObject | null => digits.length === 1 ? PyUnicode_InternFromString(digits) : freshText(digits)

// Mirrors scan_once_unicode.
function scanOnce(s: Scanner, source: JsonSource, i: number): PyObject | null {
  if (i < 0) return PyErr_SetString(PyExc_ValueError, 'idx cannot be negative')
  if (i >= source.length) return stopIteration(i)
  switch (source.at(i)) {
    case QUOTE: return scanString(s, source, i + 1)
    case 0x7b: case 0x5b: {
      const isObject = source.at(i) === 0x7b
      if (_Py_EnterRecursiveCall(` while decoding a JSON ${isObject ? 'object' : 'array'} from a unicode string`)) return null
      const result = isObject ? parseObject(s, source, i + 1) : parseArray(s, source, i + 1)
      _Py_LeaveRecursiveCall()
      return result
    }
    case 0x6e:
      if (!source.has('null', i)) break
      next.index = i + 4
      return ref(Py_None)
    case 0x74: case 0x66: {
      const value = source.at(i) === 0x74
      if (!source.has(value ? 'true' : 'false', i)) break
      next.index = i + (value ? 4 : 5)
      return PyBool_From(value)
    }
    case 0x4e: if (source.has('NaN', i)) return parseConstant(s, 'NaN', i); break
    case 0x49: if (source.has('Infinity', i)) return parseConstant(s, 'Infinity', i); break
    case 0x2d: if (source.has('-Infinity', i)) return parseConstant(s, '-Infinity', i); break
    default:
  }
  return matchNumber(s, source, i)
}

/** NEW (value, end). */
export const valueAndEnd = (value: PyObject | null, end: number): PyObject | null =>
  value === null ? null : tuplePairSteal(value, PyLong_FromSsize_t(end))

function scanner_call(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'On:scan_once', ['string', 'idx'])
  if (given === null) return null
  const text = given[0] as PyObject
  if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, 'first argument must be a string, not %.80s', text.ob_type.tp_name)
  const result = scanOnce(scanner(o), new JsonSource(text), given[1])
  const end = next.index
  PyDict_Clear(scanner(o).memo!)
  return valueAndEnd(result, end)
}

function scanner_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, 'O:make_scanner', ['context'])
  const o = given === null ? null : type.tp_alloc!(type, 0)
  if (o === null) return null
  const s = new Scanner()
  o.v = s
  s.memo = PyDict_New()
  const context = given![0] as PyObject
  const strict = PyObject_GetAttrString(context, 'strict')
  if (strict === null) return Py_DECREF(o), null
  const truth = PyObject_IsTrue(strict)
  Py_DECREF(strict)
  if (truth < 0) return Py_DECREF(o), null
  s.strict = truth > 0
  for (const name of ATTRIBUTES) {
    const value = PyObject_GetAttrString(context, name)
    if (value === null) return Py_DECREF(o), null
    s[name] = value
  }
  return o
}

const children = (o: PyObject): (PyObject | null)[] => o.v === null ? [] : [...ATTRIBUTES.map(name => scanner(o)[name]), scanner(o).memo]

function clear(o: PyObject): void {
  if (o.v === null) return
  const s = scanner(o)
  const old = children(o)
  for (const name of ATTRIBUTES) s[name] = null
  s.memo = null
  for (const child of old) Py_XDECREF(child)
}

export const scannerSpec: PyTypeSpec = {
  name: '_json.Scanner', tp_basicsize: 72, tp_flags: Py_TPFLAGS_HAVE_GC,
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
  tp_call: scanner_call,
  tp_new: scanner_new,
  tp_members: [
    { name: 'strict', get: o => PyBool_From(scanner(o).strict) },
    ...ATTRIBUTES.map((name: Attribute) => ({ name, get: (o: PyObject): PyObject => ref(scanner(o)[name] ?? Py_None) })),
  ],
}
