// dict: slots and methods. Mirrors Objects/dictobject.c.
import {
  HASH, METH_CLASS, METH_COEXIST, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_EQ, Py_NE,
  type FastFunction, type PyMethodDef, type PyObject, type PyTypeObject, type TypeSpec,
} from './object'
import { PyBool_From } from './boolobject'
import { PyObject_CallOneArg } from './call'
import { entryHash, lookupEntry } from './dict-keys'
import { dict___reversed__, dict_iter } from './dict-iter'
import { PyDict_Copy, PyDict_Merge, PyDict_MergeFromSeq2, _PyDict_FromKeys } from './dict-merge'
import {
  DICT_ENTRY, PyDict_Check, PyDict_CheckExact, PyDict_Clear, PyDict_Contains, PyDict_DelItem, PyDict_GET_SIZE, PyDict_Next,
  PyDict_SetDefault, PyDict_SetItem, PyDict_Type, _PyDict_Pop, _PyDict_SizeOf, dictPopLast, hashKey, hasUnicodeKeys, valueAt,
  type DictData,
} from './dictobject'
import { PyDictItems_Type, PyDictKeys_Type, PyDictValues_Type, _PyDictView_New } from './dict-views'
import { PyErr_Occurred, PyErr_SetString, _PyErr_SetKeyError } from './errors'
import { PyExc_KeyError, PyExc_TypeError } from './exceptions'
import { Py_GenericAlias } from './genericaliasobject'
import { PyArg_UnpackTuple, _PyArg_CheckPositional } from './getargs'
import { PyLong_FromSsize_t } from './longobject'
import {
  PyObject_HashNotImplemented, PyObject_Repr, PyObject_RichCompareBool, Py_ReprEnter, Py_ReprLeave, _PyObject_LookupAttr,
} from './object-protocol'
import { Py_None, Py_RETURN_NONE, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_New } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { UnicodeWriter } from './unicode-fromformat'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

function newRef<T extends PyObject | null>(o: T): T {
  if (o !== null) o.ob_refcnt++
  return o
}

// ---- update ------------------------------------------------------------------------------------------------------------

/** Merges a mapping or an iterable of pairs. Mirrors dict_update_arg. */
function dict_update_arg(self: PyObject, arg: PyObject): number {
  if (PyDict_CheckExact(arg)) return PyDict_Merge(self, arg, 1)
  const keys = _PyObject_LookupAttr(arg, _Py_ID('keys'))
  if (keys === null) {
    if (PyErr_Occurred() !== null) return -1
    return PyDict_MergeFromSeq2(self, arg, 1)
  }
  decref(keys)
  return PyDict_Merge(self, arg, 1)
}

/** 1 if all keys are str. */
export function _PyDict_HasOnlyStringKeys(dict: PyObject): boolean {
  if (hasUnicodeKeys(dict)) return true
  for (let pos = PyDict_Next(dict, 0); pos > 0; pos = PyDict_Next(dict, pos)) {
    if (!PyUnicode_Check(DICT_ENTRY.key)) return false
  }
  return true
}

// Mirrors dict_update_common.
function dict_update_common(self: PyObject, args: PyObject, kwargs: PyObject | null, name: string): number {
  const argv = PyArg_UnpackTuple(args, name, 0, 1)
  if (argv === null) return -1
  if (argv.length > 0 && dict_update_arg(self, argv[0]!) < 0) return -1
  if (kwargs === null) return 0
  if (!_PyDict_HasOnlyStringKeys(kwargs)) {
    PyErr_SetString(PyExc_TypeError, 'keywords must be strings')
    return -1
  }
  return PyDict_Merge(self, kwargs, 1)
}

function dict_update(self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  return dict_update_common(self, args, kwargs, 'update') < 0 ? null : Py_RETURN_NONE()
}

// Mirrors dict_vectorcall: keywords go straight into the dict.
function dict_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_CheckPositional('dict', nargs, 0, 1)) return null
  const self = PyDict_Type.tp_new!(type as PyTypeObject, null as unknown as PyObject, null)
  if (self === null) return null
  let ok = nargs === 0 || dict_update_arg(self, args[0]!) === 0
  if (ok && kwnames !== null) {
    const names = kwnames.v as PyObject[]
    for (let i = 0; ok && i < names.length; i++) ok = PyDict_SetItem(self, names[i]!, args[nargs + i]!) === 0
  }
  if (ok) return self
  decref(self)
  return null
}

// ---- slots ---------------------------------------------------------------------------------------------------------------

/** NEW d[key], asking a subclass's __missing__; null with KeyError set. */
export function dict_subscript(self: PyObject, key: PyObject): PyObject | null {
  if (hashKey(key) < 0) return null
  const mp = self.v as DictData
  const ix = lookupEntry(mp, key, HASH[0]!, HASH[1]!)
  if (ix >= 0) {
    const value = valueAt(mp, ix)
    if (value !== null) {
      value.ob_refcnt++
      return value
    }
  } else if (ix !== -1) {
    return null
  }
  if (self.ob_type !== PyDict_Type) {
    const missing = _PyObject_LookupSpecial(self, _Py_ID('__missing__'))
    if (missing !== null) {
      const result = PyObject_CallOneArg(missing, key)
      decref(missing)
      return result
    }
    if (PyErr_Occurred() !== null) return null
  }
  _PyErr_SetKeyError(key)
  return null
}

function dict_ass_sub(self: PyObject, key: PyObject, value: PyObject | null): number {
  return value === null ? PyDict_DelItem(self, key) : PyDict_SetItem(self, key, value)
}

function writePart(writer: UnicodeWriter, o: PyObject): boolean {
  const s = PyObject_Repr(o)
  if (s === null) return false
  const ok = writer.writeStr(s)
  decref(s)
  return ok
}

function dict_repr(self: PyObject): PyObject | null {
  const entered = Py_ReprEnter(self)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString('{...}') : null
  const used = PyDict_GET_SIZE(self)
  if (used === 0) {
    Py_ReprLeave(self)
    return PyUnicode_FromString('{}')
  }
  const writer = new UnicodeWriter()
  writer.overallocate = true
  // "{" + "1: 2" + ", 3: 4" * (n - 1) + "}"
  writer.minLength = 6 * used
  let ok = writer.writeText('{')
  let first = true
  for (let pos = PyDict_Next(self, 0); ok && pos > 0; pos = ok ? PyDict_Next(self, pos) : 0) {
    const { key, value } = DICT_ENTRY
    key.ob_refcnt++
    value.ob_refcnt++
    if (!first) ok = writer.writeText(', ')
    first = false
    ok = ok && writePart(writer, key) && writer.writeText(': ') && writePart(writer, value)
    decref(key)
    decref(value)
  }
  writer.overallocate = false
  ok = ok && writer.writeText('}')
  Py_ReprLeave(self)
  if (ok) return writer.finish()
  writer.dealloc()
  return null
}

/** 1, 0, or -1 with an exception set. Mirrors dict_equal. */
function dict_equal(a: PyObject, b: PyObject): number {
  const mp = a.v as DictData
  if (mp.ma_used !== PyDict_GET_SIZE(b)) return 0
  for (let i = 0; i < mp.ma_keys.dk_nentries; i++) {
    const x = valueAt(mp, i)
    if (x === null) continue
    const key = mp.ma_keys.keys[i]!
    entryHash(mp.ma_keys, i)
    key.ob_refcnt++
    x.ob_refcnt++
    const other = b.v as DictData
    const ix = lookupEntry(other, key, HASH[0]!, HASH[1]!)
    const y = ix >= 0 ? valueAt(other, ix) : null
    if (y === null) {
      decref(key)
      decref(x)
      return PyErr_Occurred() !== null ? -1 : 0
    }
    y.ob_refcnt++
    const equal = PyObject_RichCompareBool(x, y, Py_EQ)
    decref(y)
    decref(key)
    decref(x)
    if (equal <= 0) return equal
  }
  return 1
}

function dict_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (!PyDict_Check(v) || !PyDict_Check(w) || (op !== Py_EQ && op !== Py_NE)) return Py_RETURN_NOTIMPLEMENTED()
  const equal = dict_equal(v, w)
  return equal < 0 ? null : PyBool_From((equal === 1) === (op === Py_EQ))
}

function dict_or(self: PyObject, other: PyObject): PyObject | null {
  if (!PyDict_Check(self) || !PyDict_Check(other)) return Py_RETURN_NOTIMPLEMENTED()
  const result = PyDict_Copy(self)
  if (result === null) return null
  if (dict_update_arg(result, other) === 0) return result
  decref(result)
  return null
}

function dict_ior(self: PyObject, other: PyObject): PyObject | null {
  return dict_update_arg(self, other) < 0 ? null : newRef(self)
}

// ---- methods --------------------------------------------------------------------------------------------------------------

const dict_get: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('get', nargs, 1, 2)) return null
  const key = args[0]!
  if (hashKey(key) < 0) return null
  const mp = self.v as DictData
  const ix = lookupEntry(mp, key, HASH[0]!, HASH[1]!)
  let value: PyObject | null = null
  if (ix >= 0) value = valueAt(mp, ix)
  else if (ix !== -1) return null
  value ??= nargs > 1 ? args[1]! : Py_None
  value.ob_refcnt++
  return value
}

const dict_setdefault: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('setdefault', nargs, 1, 2)) return null
  return newRef(PyDict_SetDefault(self, args[0]!, nargs > 1 ? args[1]! : Py_None))
}

const dict_pop: FastFunction = (self, args, nargs) => {
  if (!_PyArg_CheckPositional('pop', nargs, 1, 2)) return null
  return _PyDict_Pop(self, args[0]!, nargs > 1 ? args[1]! : null)
}

function dict_popitem(self: PyObject): PyObject | null {
  // The pair comes first: its allocation may collect, and that may change the dict.
  const pair = PyTuple_New(2)
  const found = dictPopLast(self)
  if (found <= 0) {
    decref(pair)
    return found < 0 ? null : PyErr_SetString(PyExc_KeyError, 'popitem(): dictionary is empty')
  }
  pair.v[0] = DICT_ENTRY.key
  pair.v[1] = DICT_ENTRY.value
  return pair
}

const dict_fromkeys: FastFunction = (cls, args, nargs) => {
  if (!_PyArg_CheckPositional('fromkeys', nargs, 1, 2)) return null
  return _PyDict_FromKeys(cls, args[0]!, nargs > 1 ? args[1]! : Py_None)
}

function dict___contains__(self: PyObject, key: PyObject): PyObject | null {
  const found = PyDict_Contains(self, key)
  return found < 0 ? null : PyBool_From(found === 1)
}

const methods: PyMethodDef[] = [
  { ml_name: '__contains__', ml_meth: dict___contains__, ml_flags: METH_O | METH_COEXIST, signature: '($self, key, /)' },
  { ml_name: '__getitem__', ml_meth: dict_subscript, ml_flags: METH_O | METH_COEXIST },
  { ml_name: '__sizeof__', ml_meth: (self: PyObject) => PyLong_FromSsize_t(_PyDict_SizeOf(self)), ml_flags: METH_NOARGS },
  { ml_name: 'get', ml_meth: dict_get, ml_flags: METH_FASTCALL, signature: '($self, key, default=None, /)' },
  { ml_name: 'setdefault', ml_meth: dict_setdefault, ml_flags: METH_FASTCALL, signature: '($self, key, default=None, /)' },
  { ml_name: 'pop', ml_meth: dict_pop, ml_flags: METH_FASTCALL, signature: '($self, key, default=<unrepresentable>, /)' },
  { ml_name: 'popitem', ml_meth: dict_popitem, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: 'keys', ml_meth: (self: PyObject) => _PyDictView_New(self, PyDictKeys_Type), ml_flags: METH_NOARGS },
  { ml_name: 'items', ml_meth: (self: PyObject) => _PyDictView_New(self, PyDictItems_Type), ml_flags: METH_NOARGS },
  { ml_name: 'values', ml_meth: (self: PyObject) => _PyDictView_New(self, PyDictValues_Type), ml_flags: METH_NOARGS },
  { ml_name: 'update', ml_meth: dict_update, ml_flags: METH_VARARGS | METH_KEYWORDS },
  { ml_name: 'fromkeys', ml_meth: dict_fromkeys, ml_flags: METH_FASTCALL | METH_CLASS, signature: '($type, iterable, value=None, /)' },
  { ml_name: 'clear', ml_meth: (self: PyObject) => (PyDict_Clear(self), Py_RETURN_NONE()), ml_flags: METH_NOARGS },
  { ml_name: 'copy', ml_meth: PyDict_Copy, ml_flags: METH_NOARGS },
  { ml_name: '__reversed__', ml_meth: dict___reversed__, ml_flags: METH_NOARGS, signature: '($self, /)' },
  { ml_name: '__class_getitem__', ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item), ml_flags: METH_O | METH_CLASS },
]

export function dictSlots(): Partial<TypeSpec> {
  return {
    tp_doc: 'Mapping of hashable keys to values, in insertion order.',
    tp_repr: dict_repr,
    tp_hash: PyObject_HashNotImplemented,
    tp_richcompare: dict_richcompare,
    tp_iter: dict_iter,
    tp_init: (self, args, kwargs) => dict_update_common(self, args, kwargs, 'dict'),
    tp_vectorcall: dict_vectorcall,
    tp_methods: methods,
    nb_or: dict_or,
    nb_inplace_or: dict_ior,
    sq_contains: PyDict_Contains,
    mp_length: PyDict_GET_SIZE,
    mp_subscript: dict_subscript,
    mp_ass_subscript: dict_ass_sub,
  }
}

