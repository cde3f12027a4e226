// dict_keys, dict_values, dict_items: live views on a dict, the first and last of them also sets. Mirrors the views of
// Objects/dictobject.c.
import {
  METH_NOARGS, METH_O, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, Py_TPFLAGS_HAVE_GC, type PyMethodDef, type PyObject,
  PyObject_TypeCheck, PyTypeObject, type TypeSpec, type visitproc,
} from './object'
import { PyIter_Next, PyObject_GetIter, PyObject_Size, PySequence_Contains, PySequence_List } from './abstract'
import { PyBool_From } from './boolobject'
import { PyObject_CallMethodOneArg } from './call'
import { PyDictProxy_New } from './descrobject'
import {
  PyDictIterItem_Type, PyDictIterKey_Type, PyDictIterValue_Type, PyDictRevIterItem_Type, PyDictRevIterKey_Type,
  PyDictRevIterValue_Type, dictiter_new,
} from './dict-iter'
import {
  DICT_ENTRY, PyDict_Check, PyDict_CheckExact, PyDict_Contains, PyDict_Copy, PyDict_GET_SIZE, PyDict_GetItemWithError,
  PyDict_Next, _PyDict_DelItem_KnownHash, _PyDict_GetItem_KnownHash,
} from './dictobject'
import { PyErr_BadInternalCall, PyErr_Format, PyErr_Occurred } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyObject_GC_Del, PyObject_GC_New } from './objimpl'
import { PyObject_HashNotImplemented, PyObject_RichCompareBool, Py_ReprEnter, Py_ReprLeave } from './object-protocol'
import { _PyRuntime } from './runtime'
import { PyAnySet_Check, PyAnySet_CheckExact, PySet_Add, PySet_CheckExact, PySet_New, _PySet_Update } from './setobject'
import { Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_Check, PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'

class DictViewData {
  dv_dict: PyObject | null
  constructor(dict: PyObject) {
    this.dv_dict = dict
  }
}

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

function dictOf(view: PyObject): PyObject {
  return (view.v as DictViewData).dv_dict!
}

function viewType(name: string, iterator: () => PyTypeObject, reversed: () => PyTypeObject, rest: Partial<TypeSpec>): PyTypeObject {
  const methods: PyMethodDef[] = [
    { ml_name: '__reversed__', ml_meth: (self: PyObject) => dictiter_new(dictOf(self), reversed()), ml_flags: METH_NOARGS },
  ]
  return new PyTypeObject(name, {
    tp_basicsize: 24,
    tp_flags: Py_TPFLAGS_HAVE_GC,
    tp_dealloc: dictview_dealloc,
    tp_repr: dictview_repr,
    tp_traverse: dictview_traverse,
    tp_iter: self => dictiter_new(dictOf(self), iterator()),
    tp_methods: rest.tp_methods === undefined ? methods : [...rest.tp_methods, ...methods],
    tp_getset: [{ name: 'mapping', get: self => PyDictProxy_New(dictOf(self)) }],
    sq_length: dictview_len,
    ...rest.tp_methods === undefined ? {} : setSlots,
    ...withoutMethods(rest),
  })
}

function withoutMethods(rest: Partial<TypeSpec>): Partial<TypeSpec> {
  const slots = { ...rest }
  delete slots.tp_methods
  return slots
}

const setSlots: Partial<TypeSpec> = {
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_richcompare: dictview_richcompare,
  nb_subtract: dictviews_sub,
  nb_and: _PyDictView_Intersect,
  nb_xor: dictviews_xor,
  nb_or: dictviews_or,
}
const setMethods: PyMethodDef[] = [{ ml_name: 'isdisjoint', ml_meth: dictviews_isdisjoint, ml_flags: METH_O }]

export const PyDictKeys_Type = viewType('dict_keys', () => PyDictIterKey_Type, () => PyDictRevIterKey_Type, {
  tp_methods: setMethods, sq_contains: dictkeys_contains,
})
export const PyDictItems_Type = viewType('dict_items', () => PyDictIterItem_Type, () => PyDictRevIterItem_Type, {
  tp_methods: setMethods, sq_contains: dictitems_contains,
})
export const PyDictValues_Type = viewType('dict_values', () => PyDictIterValue_Type, () => PyDictRevIterValue_Type, {})

function isSetView(o: PyObject): boolean {
  return PyObject_TypeCheck(o, PyDictKeys_Type) || PyObject_TypeCheck(o, PyDictItems_Type)
}

export function PyDictKeys_Check(o: PyObject): boolean {
  return PyObject_TypeCheck(o, PyDictKeys_Type)
}
export function PyDictItems_Check(o: PyObject): boolean {
  return PyObject_TypeCheck(o, PyDictItems_Type)
}
export function PyDictViewSet_Check(o: PyObject): boolean {
  return isSetView(o)
}

/** NEW view on a dict; null with an exception set. */
export function _PyDictView_New(dict: PyObject | null, type: PyTypeObject): PyObject | null {
  if (dict === null) return PyErr_BadInternalCall()
  if (!PyDict_Check(dict)) {
    return PyErr_Format(PyExc_TypeError, '%s() requires a dict argument, not \'%s\'', type.tp_name, dict.ob_type.tp_name)
  }
  const view = PyObject_GC_New(type, new DictViewData(dict))
  dict.ob_refcnt++
  _PyRuntime.process.gc.track(view)
  return view
}

function dictview_dealloc(self: PyObject): void {
  if (self.gc !== 0) _PyRuntime.process.gc.untrack(self)
  const dict = (self.v as DictViewData).dv_dict
  if (dict !== null) decref(dict)
  PyObject_GC_Del(self)
}

function dictview_traverse(self: PyObject, visit: visitproc): void {
  const dict = (self.v as DictViewData).dv_dict
  if (dict !== null) visit(dict)
}

function dictview_len(self: PyObject): number {
  const dict = (self.v as DictViewData).dv_dict
  return dict === null ? 0 : PyDict_GET_SIZE(dict)
}

function dictview_repr(self: PyObject): PyObject | null {
  const entered = Py_ReprEnter(self)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString('...') : null
  const list = PySequence_List(self)
  const result = list === null ? null : PyUnicode_FromFormat('%s(%R)', self.ob_type.tp_name, list)
  if (list !== null) decref(list)
  Py_ReprLeave(self)
  return result
}

function dictkeys_contains(self: PyObject, key: PyObject): number {
  return PyDict_Contains(dictOf(self), key)
}

function dictitems_contains(self: PyObject, item: PyObject): number {
  if (!PyTuple_Check(item) || item.v.length !== 2) return 0
  const found = PyDict_GetItemWithError(dictOf(self), item.v[0]!)
  if (found === null) return PyErr_Occurred() !== null ? -1 : 0
  found.ob_refcnt++
  const equal = PyObject_RichCompareBool(found, item.v[1]!, Py_EQ)
  decref(found)
  return equal
}

// ---- set operations -----------------------------------------------------------------------------------------------------

/** 1 if all of `self` is in `other`, 0 if not, -1 with an exception set. */
function all_contained_in(self: PyObject, other: PyObject): number {
  const it = PyObject_GetIter(self)
  if (it === null) return -1
  let ok = 1
  for (;;) {
    const item = PyIter_Next(it)
    if (item === null) {
      if (PyErr_Occurred() !== null) ok = -1
      break
    }
    ok = PySequence_Contains(other, item)
    decref(item)
    if (ok <= 0) break
  }
  decref(it)
  return ok
}

function dictview_richcompare(self: PyObject, other: PyObject, op: number): PyObject | null {
  if (!PyAnySet_Check(other) && !isSetView(other)) return Py_RETURN_NOTIMPLEMENTED()
  const m = PyObject_Size(self)
  if (m < 0) return null
  const n = PyObject_Size(other)
  if (n < 0) return null
  let ok = 0
  switch (op) {
    case Py_NE:
    case Py_EQ:
      if (m === n) ok = all_contained_in(self, other)
      if (op === Py_NE && ok >= 0) ok = 1 - ok
      break
    case Py_LT: if (m < n) ok = all_contained_in(self, other); break
    case Py_LE: if (m <= n) ok = all_contained_in(self, other); break
    case Py_GT: if (m > n) ok = all_contained_in(other, self); break
    case Py_GE: if (m >= n) ok = all_contained_in(other, self); break
  }
  return ok < 0 ? null : PyBool_From(ok === 1)
}

/** NEW set of the items of the left operand; a set is made from a dict faster than from its keys. */
function dictviews_to_set(self: PyObject): PyObject | null {
  if (PyDictKeys_Check(self) && PyDict_CheckExact(dictOf(self))) return PySet_New(dictOf(self))
  return PySet_New(self)
}

/** result.method(other), returning result (NEW) or null. */
function updateBy(result: PyObject | null, method: string, other: PyObject): PyObject | null {
  if (result === null) return null
  const none = PyObject_CallMethodOneArg(result, _Py_ID(method), other)
  if (none === null) {
    decref(result)
    return null
  }
  decref(none)
  return result
}

function dictviews_sub(self: PyObject, other: PyObject): PyObject | null {
  return updateBy(dictviews_to_set(self), 'difference_update', other)
}

function dictviews_or(self: PyObject, other: PyObject): PyObject | null {
  const result = dictviews_to_set(self)
  if (result === null) return null
  if (_PySet_Update(result, other) === 0) return result
  decref(result)
  return null
}

export function _PyDictView_Intersect(self: PyObject, other: PyObject): PyObject | null {
  // The view may be the right operand.
  if (!isSetView(self)) [self, other] = [other, self]
  if (PySet_CheckExact(other) && dictview_len(self) <= PyObject_Size(other)) {
    return PyObject_CallMethodOneArg(other, _Py_ID('intersection'), self)
  }
  // Go through the smaller of two views.
  if (isSetView(other) && dictview_len(other) > dictview_len(self)) [self, other] = [other, self]
  const result = PySet_New(null)
  if (result === null) return null
  const it = PyObject_GetIter(other)
  if (it === null) {
    decref(result)
    return null
  }
  const contains = PyDictKeys_Check(self) ? dictkeys_contains : dictitems_contains
  for (let key = PyIter_Next(it); key !== null; key = PyIter_Next(it)) {
    const found = contains(self, key)
    const failed = found < 0 || (found > 0 && PySet_Add(result, key) < 0)
    decref(key)
    if (failed) {
      decref(it)
      decref(result)
      return null
    }
  }
  decref(it)
  if (PyErr_Occurred() === null) return result
  decref(result)
  return null
}

function dictviews_xor(self: PyObject, other: PyObject): PyObject | null {
  if (PyDictItems_Check(self) && PyDictItems_Check(other)) return dictitems_xor(self, other)
  return updateBy(dictviews_to_set(self), 'symmetric_difference_update', other)
}

// Goes through the smaller dict and deletes what both have from a copy of the larger.
function dictitems_xor(self: PyObject, other: PyObject): PyObject | null {
  let small = dictOf(self)
  let large = dictOf(other)
  if (PyDict_GET_SIZE(small) > PyDict_GET_SIZE(large)) [small, large] = [large, small]
  const rest = PyDict_Copy(large)
  if (rest === null) return null
  const result = PySet_New(null)
  if (result === null) {
    decref(rest)
    return null
  }
  const fail = (): null => {
    decref(rest)
    decref(result)
    return null
  }
  for (let pos = PyDict_Next(small, 0); pos > 0; pos = PyDict_Next(small, pos)) {
    const { key, value, lo, hi } = DICT_ENTRY
    key.ob_refcnt++
    value.ob_refcnt++
    let status = 0
    const twin = _PyDict_GetItem_KnownHash(rest, key, lo, hi)
    if (twin !== null) {
      twin.ob_refcnt++
      status = PyObject_RichCompareBool(value, twin, Py_EQ)
    } else if (PyErr_Occurred() !== null) {
      status = -1
    }
    if (status > 0) {
      status = _PyDict_DelItem_KnownHash(rest, key, lo, hi)
    } else if (status === 0) {
      const pair = PyTuple_Pack(key, value)
      status = PySet_Add(result, pair)
      decref(pair)
    }
    decref(key)
    decref(value)
    if (twin !== null) decref(twin)
    if (status < 0) return fail()
  }
  const items = _PyDictView_New(rest, PyDictItems_Type)
  if (items === null) return fail()
  const status = _PySet_Update(result, items)
  decref(rest)
  decref(items)
  if (status === 0) return result
  decref(result)
  return null
}

function dictviews_isdisjoint(self: PyObject, other: PyObject): PyObject | null {
  if (self === other) return PyBool_From(dictview_len(self) === 0)
  if (PyAnySet_CheckExact(other) || isSetView(other)) {
    const n = PyObject_Size(other)
    if (n < 0) return null
    if (n > dictview_len(self)) [self, other] = [other, self]
  }
  const it = PyObject_GetIter(other)
  if (it === null) return null
  let disjoint = true
  for (let item = PyIter_Next(it); disjoint && item !== null; item = disjoint ? PyIter_Next(it) : null) {
    const contains = PySequence_Contains(self, item)
    decref(item)
    if (contains < 0) {
      decref(it)
      return null
    }
    if (contains > 0) disjoint = false
  }
  decref(it)
  return PyErr_Occurred() !== null ? null : PyBool_From(disjoint)
}

