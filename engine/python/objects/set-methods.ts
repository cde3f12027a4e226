// set and frozenset: operators and methods. Mirrors Objects/setobject.c.
import {
  HASH, METH_CLASS, METH_COEXIST, METH_NOARGS, METH_O, METH_VARARGS, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE,
  type PyMethodDef, type PyObject, type TypeSpec,
} from './object'
import { PyIter_Next, PyObject_GetIter, PySequence_List } from './abstract'
import { PyBool_From } from './boolobject'
import { DICT_ENTRY, PyDict_CheckExact, PyDict_GET_SIZE, PyDict_Next, _PyDict_Contains_KnownHash } from './dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Occurred, _PyErr_SetKeyError } from './errors'
import { PyExc_TypeError } from './exceptions'
import { Py_GenericAlias } from './genericaliasobject'
import { PyLong_FromSsize_t } from './longobject'
import { PyObject_Hash, PyObject_HashNotImplemented, PyObject_Repr, Py_ReprEnter, Py_ReprLeave } from './object-protocol'
import { _PyObject_GetState } from './object-reduce'
import {
  PyAnySet_Check, PyAnySet_CheckExact, PyFrozenSet_Check, PyFrozenSet_CheckExact, PyFrozenSet_Type, PySet_Check, PySet_CheckExact,
  PySet_GET_SIZE, PySet_Pop, PySet_Type, make_new_set, make_new_set_basetype, set_update_internal,
} from './setobject'
import {
  SetData, nextSlot, set_add_entry, set_add_key, set_clear_internal, set_contains_entry, set_contains_key,
  set_discard_entry, set_discard_key, set_swap_bodies, set_table_resize,
} from './set-table'
import { Py_RETURN_NONE, Py_RETURN_NOTIMPLEMENTED } from './singletons'
import { PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_GET_LENGTH } from './unicodeobject'
import { substring } from './unicode-text'

function decref(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

function dropNull(o: PyObject): null {
  decref(o)
  return null
}

function newRef(o: PyObject): PyObject {
  o.ob_refcnt++
  return o
}

const table = (o: PyObject): SetData => o.v as SetData

/** Calls `action` with each item of an iterable: false with an exception set, which `action` may be the cause of. */
function forEach(iterable: PyObject, action: (key: PyObject) => boolean): boolean {
  const it = PyObject_GetIter(iterable)
  if (it === null) return false
  for (let key = PyIter_Next(it); key !== null; key = PyIter_Next(it)) {
    const ok = action(key)
    decref(key)
    if (!ok) {
      decref(it)
      return false
    }
  }
  decref(it)
  return PyErr_Occurred() === null
}

/** Calls `action` with each key of a set (kept alive meanwhile) and its hash; false as soon as it returns false. */
function forKeys(set: PyObject, action: (key: PyObject, lo: number, hi: number) => boolean): boolean {
  const so = table(set)
  for (let at = nextSlot(so, 0); at >= 0; at = nextSlot(so, at + 1)) {
    const key = so.keys[at]!
    key.ob_refcnt++
    const ok = action(key, so.hashes[at * 2]!, so.hashes[at * 2 + 1]!)
    decref(key)
    if (!ok) return false
  }
  return true
}

// ---- copy, union --------------------------------------------------------------------------------------------------------

function set_copy(self: PyObject): PyObject | null {
  return make_new_set_basetype(self.ob_type, self)
}

function frozenset_copy(self: PyObject): PyObject | null {
  return PyFrozenSet_CheckExact(self) ? newRef(self) : set_copy(self)
}

function set_union(self: PyObject, args: PyObject): PyObject | null {
  const result = set_copy(self)
  if (result === null) return null
  for (const other of args.v as PyObject[]) {
    if (other !== self && set_update_internal(result, other) < 0) return dropNull(result)
  }
  return result
}

function set_or(self: PyObject, other: PyObject): PyObject | null {
  if (!PyAnySet_Check(self) || !PyAnySet_Check(other)) return Py_RETURN_NOTIMPLEMENTED()
  const result = set_copy(self)
  if (result === null || self as PyObject === other) return result
  return set_update_internal(result, other) < 0 ? dropNull(result) : result
}

function set_ior(self: PyObject, other: PyObject): PyObject | null {
  if (!PyAnySet_Check(other)) return Py_RETURN_NOTIMPLEMENTED()
  return set_update_internal(self, other) < 0 ? null : newRef(self)
}

function set_update(self: PyObject, args: PyObject): PyObject | null {
  for (const other of args.v as PyObject[]) if (set_update_internal(self, other) < 0) return null
  return Py_RETURN_NONE()
}

// ---- intersection -------------------------------------------------------------------------------------------------------

export function set_intersection(self: PyObject, other: PyObject): PyObject | null {
  if (self === other) return set_copy(self)
  const result = make_new_set_basetype(self.ob_type, null)
  if (result === null) return null
  const so = table(result)
  let ok: boolean
  if (PyAnySet_Check(other)) {
    // Go through the smaller one.
    let [base, walked]: PyObject[] = [self, other]
    if (PySet_GET_SIZE(walked!) > PySet_GET_SIZE(base!)) [base, walked] = [walked, base]
    ok = forKeys(walked!, (key, lo, hi) => {
      const found = set_contains_entry(table(base!), key, lo, hi)
      return found === 0 || (found > 0 && set_add_entry(so, key, lo, hi) === 0)
    })
  } else {
    // Stops as soon as all of self has been found.
    let complete = false
    ok = forEach(other, key => {
      if (PyObject_Hash(key) < 0) return false
      const lo = HASH[0]!
      const hi = HASH[1]!
      const found = set_contains_entry(table(self), key, lo, hi)
      if (found <= 0) return found === 0
      if (set_add_entry(so, key, lo, hi) < 0) return false
      complete = so.used >= PySet_GET_SIZE(self)
      return !complete
    }) || complete
  }
  return ok ? result : dropNull(result)
}

function set_intersection_multi(self: PyObject, args: PyObject): PyObject | null {
  const others = args.v as PyObject[]
  if (others.length === 0) return set_copy(self)
  let result = newRef(self)
  for (const other of others) {
    const next = set_intersection(result, other)
    decref(result)
    if (next === null) return null
    result = next
  }
  return result
}

/** self takes the contents of a NEW set over. */
function takeOver(self: PyObject, made: PyObject | null): boolean {
  if (made === null) return false
  set_swap_bodies(table(self), table(made), PyFrozenSet_Check(self) && PyFrozenSet_Check(made))
  decref(made)
  return true
}

function set_intersection_update_multi(self: PyObject, args: PyObject): PyObject | null {
  return takeOver(self, set_intersection_multi(self, args)) ? Py_RETURN_NONE() : null
}

function set_and(self: PyObject, other: PyObject): PyObject | null {
  return PyAnySet_Check(self) && PyAnySet_Check(other) ? set_intersection(self, other) : Py_RETURN_NOTIMPLEMENTED()
}

function set_iand(self: PyObject, other: PyObject): PyObject | null {
  if (!PyAnySet_Check(other)) return Py_RETURN_NOTIMPLEMENTED()
  return takeOver(self, set_intersection(self, other)) ? newRef(self) : null
}

function set_isdisjoint(self: PyObject, other: PyObject): PyObject | null {
  if (self === other) return PyBool_From(PySet_GET_SIZE(self) === 0)
  let found = 0
  if (PyAnySet_CheckExact(other)) {
    let [base, walked]: PyObject[] = [self, other]
    if (PySet_GET_SIZE(walked!) > PySet_GET_SIZE(base!)) [base, walked] = [walked, base]
    forKeys(walked!, (key, lo, hi) => (found = set_contains_entry(table(base!), key, lo, hi)) === 0)
    return found < 0 ? null : PyBool_From(found === 0)
  }
  const ok = forEach(other, key => (found = set_contains_key(table(self), key)) === 0)
  if (!ok && found <= 0) return null
  return PyBool_From(found === 0)
}

// ---- difference -----------------------------------------------------------------------------------------------------------

function set_difference_update_internal(self: PyObject, other: PyObject): boolean {
  const so = table(self)
  if (self === other) {
    set_clear_internal(so)
    return true
  }
  if (PyAnySet_Check(other)) {
    // Much larger: what they have in common is all that matters.
    const common = Math.floor(PySet_GET_SIZE(other) / 8) > so.used ? set_intersection(self, other) : newRef(other)
    if (common === null) return false
    const ok = forKeys(common, (key, lo, hi) => set_discard_entry(so, key, lo, hi) >= 0)
    decref(common)
    if (!ok) return false
  } else if (!forEach(other, key => set_discard_key(so, key) >= 0)) {
    return false
  }
  // More than a quarter of dummies are swept away.
  if (so.fill - so.used <= so.mask / 4) return true
  return set_table_resize(so, so.used > 50000 ? so.used * 2 : so.used * 4) === 0
}

function set_copy_and_difference(self: PyObject, other: PyObject): PyObject | null {
  const result = set_copy(self)
  if (result === null) return null
  return set_difference_update_internal(result, other) ? result : dropNull(result)
}

function set_difference(self: PyObject, other: PyObject): PyObject | null {
  const isSet = PyAnySet_Check(other)
  if (!isSet && !PyDict_CheckExact(other)) return set_copy_and_difference(self, other)
  const size = isSet ? PySet_GET_SIZE(other) : PyDict_GET_SIZE(other)
  // A small other: copying is cheaper than looking everything up.
  if (Math.floor(PySet_GET_SIZE(self) / 4) > size) return set_copy_and_difference(self, other)
  const result = make_new_set_basetype(self.ob_type, null)
  if (result === null) return null
  const ok = forKeys(self, (key, lo, hi) => {
    const found = isSet ? set_contains_entry(table(other), key, lo, hi) : _PyDict_Contains_KnownHash(other, key, lo, hi)
    return found > 0 || (found === 0 && set_add_entry(table(result), key, lo, hi) === 0)
  })
  return ok ? result : dropNull(result)
}

function set_difference_multi(self: PyObject, args: PyObject): PyObject | null {
  const others = args.v as PyObject[]
  if (others.length === 0) return set_copy(self)
  const result = set_difference(self, others[0]!)
  if (result === null) return null
  for (let i = 1; i < others.length; i++) if (!set_difference_update_internal(result, others[i]!)) return dropNull(result)
  return result
}

function set_difference_update(self: PyObject, args: PyObject): PyObject | null {
  for (const other of args.v as PyObject[]) if (!set_difference_update_internal(self, other)) return null
  return Py_RETURN_NONE()
}

function set_sub(self: PyObject, other: PyObject): PyObject | null {
  return PyAnySet_Check(self) && PyAnySet_Check(other) ? set_difference(self, other) : Py_RETURN_NOTIMPLEMENTED()
}

function set_isub(self: PyObject, other: PyObject): PyObject | null {
  if (!PyAnySet_Check(other)) return Py_RETURN_NOTIMPLEMENTED()
  return set_difference_update_internal(self, other) ? newRef(self) : null
}

// ---- symmetric difference -----------------------------------------------------------------------------------------------------

function symmetricUpdate(self: PyObject, other: PyObject): boolean {
  const so = table(self)
  const toggle = (key: PyObject, lo: number, hi: number): boolean => {
    const found = set_discard_entry(so, key, lo, hi)
    return found > 0 || (found === 0 && set_add_entry(so, key, lo, hi) === 0)
  }
  if (self === other) {
    set_clear_internal(so)
    return true
  }
  if (PyDict_CheckExact(other)) {
    for (let pos = PyDict_Next(other, 0); pos > 0; pos = PyDict_Next(other, pos)) {
      const { key, lo, hi } = DICT_ENTRY
      key.ob_refcnt++
      const ok = toggle(key, lo, hi)
      decref(key)
      if (!ok) return false
    }
    return true
  }
  const set = PyAnySet_Check(other) ? newRef(other) : make_new_set_basetype(self.ob_type, other)
  if (set === null) return false
  const ok = forKeys(set, toggle)
  decref(set)
  return ok
}

function set_symmetric_difference(self: PyObject, other: PyObject): PyObject | null {
  const result = make_new_set_basetype(self.ob_type, other)
  if (result === null) return null
  return symmetricUpdate(result, self) ? result : dropNull(result)
}

function set_xor(self: PyObject, other: PyObject): PyObject | null {
  return PyAnySet_Check(self) && PyAnySet_Check(other) ? set_symmetric_difference(self, other) : Py_RETURN_NOTIMPLEMENTED()
}

function set_ixor(self: PyObject, other: PyObject): PyObject | null {
  if (!PyAnySet_Check(other)) return Py_RETURN_NOTIMPLEMENTED()
  return symmetricUpdate(self, other) ? newRef(self) : null
}

// ---- comparison ------------------------------------------------------------------------------------------------------------

function set_issubset(self: PyObject, other: PyObject): PyObject | null {
  if (!PyAnySet_Check(other)) {
    const set = make_new_set(PySet_Type, other)
    if (set === null) return null
    const result = set_issubset(self, set)
    decref(set)
    return result
  }
  if (PySet_GET_SIZE(self) > PySet_GET_SIZE(other)) return PyBool_From(false)
  let found = 1
  forKeys(self, (key, lo, hi) => (found = set_contains_entry(table(other), key, lo, hi)) > 0)
  return found < 0 ? null : PyBool_From(found > 0)
}

function set_issuperset(self: PyObject, other: PyObject): PyObject | null {
  if (PyAnySet_Check(other)) return set_issubset(other, self)
  let found = 1
  const ok = forEach(other, key => (found = set_contains_key(table(self), key)) > 0)
  if (!ok && found !== 0) return null
  return PyBool_From(found > 0)
}

function set_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (!PyAnySet_Check(w)) return Py_RETURN_NOTIMPLEMENTED()
  const m = PySet_GET_SIZE(v)
  const n = PySet_GET_SIZE(w)
  const a = table(v)
  const b = w.v
  switch (op) {
    case Py_EQ:
      if (m !== n || (a.hashed && b.hashed && (a.hashLo !== b.hashLo || a.hashHi !== b.hashHi))) return PyBool_From(false)
      return set_issubset(v, w)
    case Py_NE: {
      const equal = set_richcompare(v, w, Py_EQ)
      if (equal === null) return null
      equal.ob_refcnt--
      return PyBool_From(equal.v === 0)
    }
    case Py_LE: return set_issubset(v, w)
    case Py_GE: return set_issuperset(v, w)
    case Py_LT: return m >= n ? PyBool_From(false) : set_issubset(v, w)
    case Py_GT: return m <= n ? PyBool_From(false) : set_issuperset(v, w)
  }
  throw new Error(`Molt: comparison ${op}`)
}

// ---- elements ----------------------------------------------------------------------------------------------------------------

/** A set as element stands for the frozenset of its items: NEW, or null if the error was another one. */
function asFrozen(key: PyObject): PyObject | null {
  if (!PySet_Check(key) || !PyErr_ExceptionMatches(PyExc_TypeError)) return null
  PyErr_Clear()
  return make_new_set(PyFrozenSet_Type, key)
}

function set_contains(self: PyObject, key: PyObject): number {
  const found = set_contains_key(table(self), key)
  if (found >= 0) return found
  const frozen = asFrozen(key)
  if (frozen === null) return -1
  const result = set_contains_key(table(self), frozen)
  decref(frozen)
  return result
}

function discard(self: PyObject, key: PyObject): number {
  const found = set_discard_key(table(self), key)
  if (found >= 0) return found
  const frozen = asFrozen(key)
  if (frozen === null) return -1
  const result = set_discard_key(table(self), frozen)
  decref(frozen)
  return result
}

function set_remove(self: PyObject, key: PyObject): PyObject | null {
  const found = discard(self, key)
  if (found === 0) _PyErr_SetKeyError(key)
  return found > 0 ? Py_RETURN_NONE() : null
}

function set_discard(self: PyObject, key: PyObject): PyObject | null {
  return discard(self, key) < 0 ? null : Py_RETURN_NONE()
}

function set_add(self: PyObject, key: PyObject): PyObject | null {
  return set_add_key(table(self), key) < 0 ? null : Py_RETURN_NONE()
}

function set_direct_contains(self: PyObject, key: PyObject): PyObject | null {
  const found = set_contains(self, key)
  return found < 0 ? null : PyBool_From(found > 0)
}

// ---- repr, pickling ------------------------------------------------------------------------------------------------------------

function set_repr(self: PyObject): PyObject | null {
  const entered = Py_ReprEnter(self)
  if (entered !== 0) return entered < 0 ? null : PyUnicode_FromFormat('%s(...)', self.ob_type.tp_name)
  if (PySet_GET_SIZE(self) === 0) {
    Py_ReprLeave(self)
    return PyUnicode_FromFormat('%s()', self.ob_type.tp_name)
  }
  const result = itemsRepr(self)
  Py_ReprLeave(self)
  return result
}

// The repr of a list of the items, without its brackets.
function itemsRepr(self: PyObject): PyObject | null {
  const keys = PySequence_List(self)
  if (keys === null) return null
  const listRepr = PyObject_Repr(keys)
  decref(keys)
  if (listRepr === null) return null
  const items = substring(listRepr, 1, PyUnicode_GET_LENGTH(listRepr) - 1)
  decref(listRepr)
  if (items === null) return null
  const result = PySet_CheckExact(self) ? PyUnicode_FromFormat('{%U}', items)
    : PyUnicode_FromFormat('%s({%U})', self.ob_type.tp_name, items)
  decref(items)
  return result
}

function set_reduce(self: PyObject): PyObject | null {
  const keys = PySequence_List(self)
  if (keys === null) return null
  const args = PyTuple_Pack(keys)
  const state = _PyObject_GetState(self)
  const result = state === null ? null : PyTuple_Pack(self.ob_type, args, state)
  decref(args)
  decref(keys)
  if (state !== null) decref(state)
  return result
}

function set___sizeof__(self: PyObject): PyObject {
  const so = table(self)
  return PyLong_FromSsize_t(self.ob_type.tp_basicsize + (so.block !== 0 ? (so.mask + 1) * 16 : 0))
}

const common: PyMethodDef[] = [
  { ml_name: '__contains__', ml_meth: set_direct_contains, ml_flags: METH_O | METH_COEXIST },
  { ml_name: 'difference', ml_meth: set_difference_multi, ml_flags: METH_VARARGS },
  { ml_name: 'intersection', ml_meth: set_intersection_multi, ml_flags: METH_VARARGS },
  { ml_name: 'isdisjoint', ml_meth: set_isdisjoint, ml_flags: METH_O },
  { ml_name: 'issubset', ml_meth: set_issubset, ml_flags: METH_O },
  { ml_name: 'issuperset', ml_meth: set_issuperset, ml_flags: METH_O },
  { ml_name: '__reduce__', ml_meth: set_reduce, ml_flags: METH_NOARGS },
  { ml_name: '__sizeof__', ml_meth: set___sizeof__, ml_flags: METH_NOARGS },
  { ml_name: 'symmetric_difference', ml_meth: set_symmetric_difference, ml_flags: METH_O },
  { ml_name: 'union', ml_meth: set_union, ml_flags: METH_VARARGS },
  { ml_name: '__class_getitem__', ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item), ml_flags: METH_O | METH_CLASS },
]

const setMethods: PyMethodDef[] = [
  { ml_name: 'add', ml_meth: set_add, ml_flags: METH_O },
  { ml_name: 'clear', ml_meth: (self: PyObject) => (set_clear_internal(table(self)), Py_RETURN_NONE()), ml_flags: METH_NOARGS },
  { ml_name: 'copy', ml_meth: set_copy, ml_flags: METH_NOARGS },
  { ml_name: 'discard', ml_meth: set_discard, ml_flags: METH_O },
  { ml_name: 'difference_update', ml_meth: set_difference_update, ml_flags: METH_VARARGS },
  { ml_name: 'intersection_update', ml_meth: set_intersection_update_multi, ml_flags: METH_VARARGS },
  { ml_name: 'pop', ml_meth: (self: PyObject) => PySet_Pop(self), ml_flags: METH_NOARGS },
  { ml_name: 'remove', ml_meth: set_remove, ml_flags: METH_O },
  {
    ml_name: 'symmetric_difference_update', ml_flags: METH_O,
    ml_meth: (self: PyObject, other: PyObject) => symmetricUpdate(self, other) ? Py_RETURN_NONE() : null,
  },
  { ml_name: 'update', ml_meth: set_update, ml_flags: METH_VARARGS },
]

const operators: Partial<TypeSpec> = {
  tp_repr: set_repr,
  tp_richcompare: set_richcompare,
  nb_subtract: set_sub,
  nb_and: set_and,
  nb_xor: set_xor,
  nb_or: set_or,
  sq_contains: set_contains,
}

export function setSlots(): Partial<TypeSpec> {
  return {
    ...operators,
    tp_doc: 'Collection of hashable items, each at most once.',
    tp_hash: PyObject_HashNotImplemented,
    tp_methods: [...setMethods, ...common],
    sq_length: PySet_GET_SIZE,
    nb_inplace_subtract: set_isub,
    nb_inplace_and: set_iand,
    nb_inplace_xor: set_ixor,
    nb_inplace_or: set_ior,
  }
}

export function frozensetSlots(): Partial<TypeSpec> {
  return {
    ...operators,
    tp_doc: 'Collection of hashable items, each at most once, that does not change.',
    tp_methods: [{ ml_name: 'copy', ml_meth: frozenset_copy, ml_flags: METH_NOARGS }, ...common],
    sq_length: PySet_GET_SIZE,
  }
}
