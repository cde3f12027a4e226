// _abc: the machinery of abstract base classes, behind abc.ABCMeta. Modules/_abc.c.
//
// Each ABC has an `_abc_impl` object with its registry and two caches: sets of weak references whose callbacks take dead
// classes out. The counter of invalidations is the process's.
import { PyIter_Next, PyMapping_Items, PyObject_GetIter, PyObject_IsSubclass } from '../objects/abstract'
import { Py_False, Py_True, PyBool_FromLong } from '../objects/boolobject'
import { TAG_SCRATCH } from '../../memory/events'
import { PyObject_CallMethod, PyObject_CallMethodOneArg } from '../objects/call'
import { PyDict_GetItemWithError, PyDict_Next, DICT_ENTRY } from '../objects/dictobject'
import { PyErr_ExceptionMatches, PyErr_Clear, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_AssertionError, PyExc_RuntimeError, PyExc_TypeError } from '../objects/exceptions'
import { _PyArg_CheckPositional } from '../objects/getargs'
import { PyLong_FromLong, PyLong_AsLong } from '../objects/longobject'
import { PyModule_Create } from '../objects/moduleobject'
import { PyCFunction_NewEx } from '../objects/methodobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_MAPPING, Py_TPFLAGS_SEQUENCE, PyType_IsSubtype,
  Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_SetAttr, PyType_Check, _PyObject_LookupAttr } from '../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyObject_GC_Del, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { PyFrozenSet_New, PySet_Add, PySet_Contains, PySet_Discard, PySet_GET_SIZE, PySet_New, setItems } from '../objects/setobject'
import { Py_None, Py_NotImplemented } from '../objects/singletons'
import { PyTuple_Check, PyTuple_FromArray } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { _Py_ID } from '../objects/unicodeobject'
import { PyWeakref_GET_OBJECT, PyWeakref_NewRef } from '../objects/weakrefobject'
import { PySequence_Fast } from '../objects/abstract'
import { fastItems } from '../objects/listobject'

class AbcData {
  registry: PyObject | null = null
  cache: PyObject | null = null
  negative_cache: PyObject | null = null
  negative_cache_version = 0
}

let invalidation_counter = 0
let _abc_data_type: PyTypeObject

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

const abcSpec = {
  name: '_abc._abc_data', tp_basicsize: 48, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
  tp_new: (type: PyTypeObject): PyObject | null => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new AbcData()
    return o
  },
  tp_dealloc: (o: PyObject) => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    const data = o.v as AbcData
    for (const set of [data.registry, data.cache, data.negative_cache]) Py_XDECREF(set)
    PyObject_GC_Del(o)
    Py_DECREF(type)
  },
  tp_traverse: (o: PyObject, visit: (child: PyObject) => void) => {
    visit(o.ob_type)
    const data = o.v as AbcData
    if (data === null) return
    for (const set of [data.registry, data.cache, data.negative_cache]) if (set !== null) visit(set)
  },
}

/** NEW `_abc_impl` of a class; null with an exception set. Mirrors _get_impl. */
function implOf(cls: PyObject): PyObject | null {
  const impl = PyObject_GetAttr(cls, _Py_ID('_abc_impl'))
  if (impl === null) return null
  if (impl.ob_type !== _abc_data_type) {
    PyErr_SetString(PyExc_TypeError, '_abc_impl is set to a wrong type')
    Py_DECREF(impl)
    return null
  }
  return impl
}

// Mirrors _in_weak_set: -1 on error.
function inWeakSet(set: PyObject | null, o: PyObject): number {
  if (set === null || PySet_GET_SIZE(set) === 0) return 0
  const ref = PyWeakref_NewRef(o, null)
  if (ref === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) return PyErr_Clear(), 0
    return -1
  }
  const found = PySet_Contains(set, ref)
  Py_DECREF(ref)
  return found
}

const destroyDef: PyMethodDef = {
  // Called by a dying weak reference: takes it out of its set. `self` is a weak reference to the set.
  ml_name: '_destroy', ml_flags: METH_O,
  ml_meth: (setRef: PyObject, item: PyObject) => {
    const set = PyWeakref_GET_OBJECT(setRef)
    if (set === Py_None) return none()
    set.ob_refcnt++
    const done = PySet_Discard(set, item)
    Py_DECREF(set)
    return done < 0 ? null : none()
  },
}

// Mirrors _add_to_weak_set.
function addToWeakSet(data: AbcData, field: 'registry' | 'cache' | 'negative_cache', o: PyObject): number {
  if (data[field] === null) {
    data[field] = PySet_New(null)
    if (data[field] === null) return -1
  }
  const set = data[field]!
  const setRef = PyWeakref_NewRef(set, null)
  if (setRef === null) return -1
  const destroy = PyCFunction_NewEx(destroyDef, setRef, null)
  const ref = PyWeakref_NewRef(o, destroy)
  Py_DECREF(destroy)
  if (ref === null) return Py_DECREF(setRef), -1
  const done = PySet_Add(set, ref)
  Py_DECREF(setRef)
  Py_DECREF(ref)
  return done < 0 ? -1 : 0
}

function clearSet(set: PyObject | null): void {
  if (set !== null) {
    // The references may die while the set is emptied.
    for (const item of setItems(set)) {
      item.ob_refcnt++
      PySet_Discard(set, item)
      Py_DECREF(item)
    }
  }
}

// Mirrors compute_abstract_methods.
function computeAbstractMethods(self: PyObject): number {
  const abstracts = PyFrozenSet_New(null)
  if (abstracts === null) return -1
  const fail = (): number => (Py_DECREF(abstracts), -1)
  const isAbstract = (value: PyObject): number => {
    const mark = _PyObject_LookupAttr(value, _Py_ID('__isabstractmethod__'))
    if (mark === null) return PyErr_Occurred() !== null ? -1 : 0
    const truth = PyObject_IsTrue(mark)
    Py_DECREF(mark)
    return truth
  }
  // Stage 1: the class's own names, by way of its __dict__.
  const ns = PyObject_GetAttr(self, _Py_ID('__dict__'))
  const items = ns === null ? null : PyMapping_Items(ns)
  const failEarly = (): number => {
    Py_XDECREF(items)
    Py_XDECREF(ns)
    return fail()
  }
  if (items === null) return failEarly()
  for (const pair of items.v.ob_item as PyObject[]) {
    const [key, value] = pair.v as [PyObject, PyObject]
    const yes = isAbstract(value)
    if (yes < 0 || (yes > 0 && PySet_Add(abstracts, key) < 0)) return failEarly()
  }
  // Stage 2: what the bases say is abstract.
  const bases = PyObject_GetAttr(self, _Py_ID('__bases__'))
  if (bases === null) return failEarly()
  const failLate = (): number => (Py_DECREF(bases), failEarly())
  if (!PyTuple_Check(bases)) {
    PyErr_SetString(PyExc_TypeError, '__bases__ is not tuple')
    return failLate()
  }
  for (const base of bases.v) {
    const names = _PyObject_LookupAttr(base, _Py_ID('__abstractmethods__'))
    if (names === null) {
      if (PyErr_Occurred() !== null) return failLate()
      continue
    }
    const iterator = PyObject_GetIter(names)
    Py_DECREF(names)
    if (iterator === null) return failLate()
    let ok = true
    for (let key = PyIter_Next(iterator); key !== null; key = ok ? PyIter_Next(iterator) : null) {
      const value = _PyObject_LookupAttr(self, key)
      if (value !== null) {
        const yes = isAbstract(value)
        Py_DECREF(value)
        if (yes < 0 || (yes > 0 && PySet_Add(abstracts, key) < 0)) ok = false
      } else if (PyErr_Occurred() !== null) ok = false
      Py_DECREF(key)
    }
    Py_DECREF(iterator)
    if (!ok || PyErr_Occurred() !== null) return failLate()
  }
  Py_DECREF(bases)
  const done = PyObject_SetAttr(self, _Py_ID('__abstractmethods__'), abstracts)
  Py_DECREF(abstracts)
  Py_DECREF(ns!)
  Py_DECREF(items)
  return done
}

const COLLECTION_FLAGS = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING

function _abc_init(_m: PyObject, self: PyObject): PyObject | null {
  if (computeAbstractMethods(self) < 0) return null
  const impl = _abc_data_type.tp_new!(_abc_data_type, PyTuple_FromArray([], true), null)
  if (impl === null) return null
  const data = impl.v as AbcData
  data.negative_cache_version = invalidation_counter
  const failed = PyObject_SetAttr(self, _Py_ID('_abc_impl'), impl) < 0
  Py_DECREF(impl)
  if (failed) return null
  // A class whose body sets __abc_tpflags__ says which kind of collection it is, for pattern matching.
  if (PyType_Check(self)) {
    const type = self as PyTypeObject
    const flags = PyDict_GetItemWithError(type.tp_dict!, _Py_ID('__abc_tpflags__'))
    if (flags !== null) {
      const value = PyLong_AsLong(flags)
      if (value === -1 && PyErr_Occurred() !== null) return null
      if ((value & COLLECTION_FLAGS) === COLLECTION_FLAGS) {
        return PyErr_SetString(PyExc_TypeError, '__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING')
      }
      type.tp_flags |= value & COLLECTION_FLAGS
      const name = _Py_ID('__abc_tpflags__')
      if (PyObject_SetAttr(self, name, null) < 0) return null
    }
  }
  return none()
}

/** Gives a class and its subclasses the collection flag of the ABC they were registered with. Mirrors set_collection_flag_recursive. */
function setCollectionFlag(child: PyTypeObject, flag: number): void {
  if ((child.tp_flags & COLLECTION_FLAGS) === flag || (child.tp_flags & Py_TPFLAGS_IMMUTABLETYPE) !== 0) return
  child.tp_flags = (child.tp_flags & ~COLLECTION_FLAGS) | flag
  if (child.tp_subclasses === null) return
  const children: PyObject[] = []
  for (let pos = PyDict_Next(child.tp_subclasses, 0); pos > 0; pos = PyDict_Next(child.tp_subclasses, pos)) children.push(DICT_ENTRY.value)
  for (const ref of children) {
    const grandchild = PyWeakref_GET_OBJECT(ref)
    if (PyType_Check(grandchild)) setCollectionFlag(grandchild as PyTypeObject, flag)
  }
}

function _abc_register(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_abc_register', nargs, 2, 2)) return null
  const [self, subclass] = args as [PyObject, PyObject]
  if (!PyType_Check(subclass)) return PyErr_SetString(PyExc_TypeError, 'Can only register classes')
  let result = PyObject_IsSubclass(subclass, self)
  if (result > 0) return subclass.ob_refcnt++, subclass
  if (result < 0) return null
  result = PyObject_IsSubclass(self, subclass)
  if (result > 0) return PyErr_SetString(PyExc_RuntimeError, 'Refusing to create an inheritance cycle')
  if (result < 0) return null
  const impl = implOf(self)
  if (impl === null) return null
  const failed = addToWeakSet(impl.v as AbcData, 'registry', subclass) < 0
  Py_DECREF(impl)
  if (failed) return null
  invalidation_counter++
  if (PyType_Check(self)) {
    const flag = (self as PyTypeObject).tp_flags & COLLECTION_FLAGS
    if (flag !== 0) setCollectionFlag(subclass as PyTypeObject, flag)
  }
  return subclass.ob_refcnt++, subclass
}

function _abc_instancecheck(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_abc_instancecheck', nargs, 2, 2)) return null
  const [self, instance] = args as [PyObject, PyObject]
  const impl = implOf(self)
  if (impl === null) return null
  const data = impl.v as AbcData
  let subtype: PyObject | null = null
  let result: PyObject | null = null
  const subclass = PyObject_GetAttr(instance, _Py_ID('__class__'))
  if (subclass === null) return Py_DECREF(impl), null
  const cached = inWeakSet(data.cache, subclass)
  if (cached < 0) result = null
  else if (cached > 0) result = PyBool_FromLong(1)
  else {
    subtype = instance.ob_type
    subtype.ob_refcnt++
    if (subtype === subclass) {
      const negative = data.negative_cache_version === invalidation_counter ? inWeakSet(data.negative_cache, subclass) : 0
      result = negative < 0 ? null : negative > 0 ? PyBool_FromLong(0) : PyObject_CallMethodOneArg(self, _Py_ID('__subclasscheck__'), subclass)
    } else {
      result = PyObject_CallMethodOneArg(self, _Py_ID('__subclasscheck__'), subclass)
      if (result !== null) {
        const truth = PyObject_IsTrue(result)
        if (truth <= 0) {
          Py_DECREF(result)
          result = truth < 0 ? null : PyObject_CallMethodOneArg(self, _Py_ID('__subclasscheck__'), subtype)
        }
      }
    }
  }
  Py_DECREF(impl)
  Py_DECREF(subclass)
  Py_XDECREF(subtype)
  return result
}

/** Is the class, or a base of it, registered? 1/0 answer, -2: not there; -1 error. Mirrors subclasscheck_check_registry. */
function checkRegistry(data: AbcData, subclass: PyObject): number {
  const direct = inWeakSet(data.registry, subclass)
  if (direct !== 0) return direct
  if (data.registry === null) return 0
  // A copy, as the checks may run code that registers or kills classes.
  const refs = setItems(data.registry).map(r => (r.ob_refcnt++, r))
  if (refs.length === 0) return 0
  const copy = PyMem_Malloc(refs.length * 8, TAG_SCRATCH)
  let answer = 0
  for (const ref of refs) {
    const registered = PyWeakref_GET_OBJECT(ref)
    if (answer === 0 && registered !== Py_None) {
      registered.ob_refcnt++
      answer = PyObject_IsSubclass(subclass, registered)
      Py_DECREF(registered)
      if (answer > 0 && addToWeakSet(data, 'cache', subclass) < 0) answer = -1
    }
  }
  for (const ref of refs) Py_DECREF(ref)
  PyMem_Free(copy)
  return answer
}

// Mirrors _abc__abc_subclasscheck_impl.
function subclasscheck(self: PyObject, subclass: PyObject, data: AbcData): number {
  const cached = inWeakSet(data.cache, subclass)
  if (cached !== 0) return cached
  if (data.negative_cache_version < invalidation_counter) {
    clearSet(data.negative_cache)
    data.negative_cache_version = invalidation_counter
  } else {
    const negative = inWeakSet(data.negative_cache, subclass)
    if (negative !== 0) return negative < 0 ? -1 : 0
  }
  const ok = PyObject_CallMethodOneArg(self, _Py_ID('__subclasshook__'), subclass)
  if (ok === null) return -1
  Py_DECREF(ok)
  if (ok === Py_True) return addToWeakSet(data, 'cache', subclass) < 0 ? -1 : 1
  if (ok === Py_False) return addToWeakSet(data, 'negative_cache', subclass) < 0 ? -1 : 0
  if (ok !== Py_NotImplemented) {
    PyErr_SetString(PyExc_AssertionError, '__subclasshook__ must return either False, True, or NotImplemented')
    return -1
  }
  if (PyType_IsSubtype(subclass as PyTypeObject, self as PyTypeObject)) return addToWeakSet(data, 'cache', subclass) < 0 ? -1 : 1
  const registered = checkRegistry(data, subclass)
  if (registered !== 0) return registered
  const subclasses = PyObject_CallMethod(self, '__subclasses__')
  if (subclasses === null) return -1
  let result = 0
  for (const child of fastItems(subclasses)) {
    result = PyObject_IsSubclass(subclass, child)
    if (result > 0 && addToWeakSet(data, 'cache', subclass) < 0) result = -1
    if (result !== 0) break
  }
  if (result === 0 && addToWeakSet(data, 'negative_cache', subclass) < 0) result = -1
  Py_DECREF(subclasses)
  return result
}

function _abc_subclasscheck(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_abc_subclasscheck', nargs, 2, 2)) return null
  const [self, subclass] = args as [PyObject, PyObject]
  if (!PyType_Check(subclass)) return PyErr_SetString(PyExc_TypeError, 'issubclass() arg 1 must be a class')
  const impl = implOf(self)
  if (impl === null) return null
  const result = subclasscheck(self, subclass, impl.v as AbcData)
  Py_DECREF(impl)
  return result < 0 ? null : PyBool_FromLong(result)
}

const copyOf = (set: PyObject | null): PyObject | null => set === null ? PySet_New(null) : PySet_New(set)

const methods: PyMethodDef[] = [
  { ml_name: 'get_cache_token', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromLong(invalidation_counter), signature: '($module, /)' },
  { ml_name: '_abc_init', ml_flags: METH_O, ml_meth: _abc_init, signature: '($module, self, /)' },
  {
    ml_name: '_reset_registry', ml_flags: METH_O, signature: '($module, self, /)',
    ml_meth: (_m: PyObject, self: PyObject) => {
      const impl = implOf(self)
      if (impl === null) return null
      clearSet((impl.v as AbcData).registry)
      Py_DECREF(impl)
      return none()
    },
  },
  {
    ml_name: '_reset_caches', ml_flags: METH_O, signature: '($module, self, /)',
    ml_meth: (_m: PyObject, self: PyObject) => {
      const impl = implOf(self)
      if (impl === null) return null
      clearSet((impl.v as AbcData).cache)
      clearSet((impl.v as AbcData).negative_cache)
      Py_DECREF(impl)
      return none()
    },
  },
  {
    ml_name: '_get_dump', ml_flags: METH_O, signature: '($module, self, /)',
    ml_meth: (_m: PyObject, self: PyObject) => {
      const impl = implOf(self)
      if (impl === null) return null
      const data = impl.v as AbcData
      const parts = [copyOf(data.registry), copyOf(data.cache), copyOf(data.negative_cache)]
      Py_DECREF(impl)
      if (parts.includes(null)) return null
      return PyTuple_FromArray([...parts as PyObject[], PyLong_FromLong(data.negative_cache_version)], true)
    },
  },
  { ml_name: '_abc_register', ml_flags: METH_FASTCALL, ml_meth: _abc_register, signature: '($module, self, subclass, /)' },
  { ml_name: '_abc_instancecheck', ml_flags: METH_FASTCALL, ml_meth: _abc_instancecheck, signature: '($module, self, instance, /)' },
  { ml_name: '_abc_subclasscheck', ml_flags: METH_FASTCALL, ml_meth: _abc_subclasscheck, signature: '($module, self, subclass, /)' },
]

export function PyInit__abc(): PyObject | null {
  const module = PyModule_Create('_abc', methods)
  if (module === null) return null
  invalidation_counter = 0
  const type = PyType_FromModuleAndSpec(module, abcSpec, null)
  if (type === null) return null
  _abc_data_type = type as PyTypeObject
  return module
}
