// _thread._local: attributes that every thread has its own of. Modules/_threadmodule.c.
//
// A thread's dict holds, under the local's key, a dummy object that owns the thread's attributes; the local knows the
// dummies by weak references, whose callback forgets the attributes when a thread (and its dict) ends.
import { PyCFunction_NewEx } from '../objects/methodobject'
import { PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_WriteUnraisable } from '../objects/errors'
import { PyExc_AttributeError, PyExc_TypeError } from '../objects/exceptions'
import {
  METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE,
  Py_XDECREF, type PyObject, type PyTypeObject,
} from '../objects/object'
import { _PyObject_GenericGetAttrWithDict, _PyObject_GenericSetAttrWithDict } from '../objects/object-protocol'
import { PyObject_GC_UnTrack } from '../objects/objimpl'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyTuple_GET_SIZE } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { _PyUnicode_EqualToASCIIString } from '../objects/unicodeobject'
import { PyObject_ClearWeakRefs, PyWeakref_GET_OBJECT, PyWeakref_NewRef } from '../objects/weakrefobject'

class LocalData {
  key: PyObject | null = null
  args: PyObject | null = null
  kwargs: PyObject | null = null
  dummies: PyObject | null = null
  callback: PyObject | null = null
}

const local = (o: PyObject): LocalData => o.v as LocalData
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

/** A thread's own dict, PyThreadState_GetDict. BORROWED. */
function threadDict(): PyObject {
  return _PyRuntime.tstate.dict ??= PyDict_New()
}

/** Mirrors _localdummy_destroyed. */
function dummyDestroyed(localReference: PyObject, dummyReference: PyObject): PyObject | null {
  const self = PyWeakref_GET_OBJECT(localReference)
  if (self !== Py_None) {
    self.ob_refcnt++
    const { dummies } = local(self)
    if (dummies !== null) {
      if (PyDict_GetItemWithError(dummies, dummyReference) !== null) PyDict_DelItem(dummies, dummyReference)
      if (PyErr_Occurred() !== null) PyErr_WriteUnraisable(self)
    }
    Py_DECREF(self)
  }
  return ref(Py_None)
}

const CALLBACK = { ml_name: '_localdummy_destroyed', ml_flags: METH_O, ml_meth: dummyDestroyed }

/** NEW type _thread._local, or null with an exception set. */
export function makeLocalType(module: PyObject): PyObject | null {
  const dummyType = PyType_FromModuleAndSpec(module, {
    name: '_thread._localdummy', tp_basicsize: 32, weakrefs: true, tp_flags: Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    tp_doc: 'Thread-local dummy',
    tp_dealloc: o => {
      const type = o.ob_type
      if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
      // Its dict is the one that the local holds, too.
      Py_XDECREF(o.v as PyObject | null)
      type.tp_free!(o)
      Py_DECREF(type)
    },
  }, null) as PyTypeObject | null
  if (dummyType === null) return null

  /** BORROWED dict of the current thread, which had none. Mirrors _local_create_dummy. */
  const createDummy = (data: LocalData): PyObject | null => {
    const threads = threadDict()
    const dict = PyDict_New()
    const dummy = dummyType.tp_alloc!(dummyType, 0)
    if (dummy === null) return Py_DECREF(dict), null
    dummy.v = dict
    const weak = PyWeakref_NewRef(dummy, data.callback)
    // As the weak reference is hashed here, it can still be found when the dummy is gone.
    const failed = weak === null || PyDict_SetItem(data.dummies!, weak, dict) < 0
    Py_XDECREF(weak)
    const ok = !failed && PyDict_SetItem(threads, data.key!, dummy) === 0
    Py_DECREF(dummy)
    return ok ? dict : null
  }

  /** BORROWED dict of the current thread; a new thread's instance is initialised first. Null with an exception set. Mirrors _ldict. */
  const dictOf = (self: PyObject): PyObject | null => {
    const data = local(self)
    const threads = threadDict()
    const dummy = PyDict_GetItemWithError(threads, data.key!)
    if (dummy !== null) return dummy.v as PyObject
    if (PyErr_Occurred() !== null) return null
    const dict = createDummy(data)
    if (dict === null) return null
    const init = self.ob_type.tp_init
    if (init !== null && init !== self.ob_type.mro[self.ob_type.mro.length - 1]!.tp_init && init(self, data.args!, data.kwargs) < 0) {
      // So that the next access begins anew.
      PyDict_DelItem(threads, data.key!)
      return null
    }
    return dict
  }

  const clear = (o: PyObject): void => {
    const data = local(o)
    for (const field of ['args', 'kwargs', 'dummies', 'callback'] as const) {
      const old = data[field]
      data[field] = null
      Py_XDECREF(old)
    }
    if (data.key === null) return
    for (const tstate of _PyRuntime.threads) {
      if (tstate.dict !== null && PyDict_GetItemWithError(tstate.dict, data.key) !== null) PyDict_DelItem(tstate.dict, data.key)
    }
  }

  return PyType_FromModuleAndSpec(module, {
    name: '_thread._local', tp_basicsize: 64, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    tp_doc: 'Thread-local data',
    tp_new: (type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null => {
      const object = type.mro[type.mro.length - 1]!
      if (type.tp_init === object.tp_init && (PyTuple_GET_SIZE(args) > 0 || (kwargs !== null && kwargs.v.ma_used > 0))) {
        return PyErr_SetString(PyExc_TypeError, 'Initialization arguments are not supported')
      }
      const o = type.tp_alloc!(type, 0)
      if (o === null) return null
      const data = new LocalData()
      o.v = data
      data.args = ref(args)
      data.kwargs = kwargs === null ? null : ref(kwargs)
      data.key = PyUnicode_FromFormat('thread.local.%p', o)
      data.dummies = PyDict_New()
      const weak = PyWeakref_NewRef(o, null)
      if (weak === null) return Py_DECREF(o), null
      data.callback = PyCFunction_NewEx(CALLBACK, weak, null)
      Py_DECREF(weak)
      return createDummy(data) === null ? (Py_DECREF(o), null) : o
    },
    tp_dealloc: (o: PyObject): void => {
      const type = o.ob_type
      if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
      PyObject_GC_UnTrack(o)
      clear(o)
      Py_XDECREF(local(o).key)
      type.tp_free!(o)
      Py_DECREF(type)
    },
    tp_clear: (o: PyObject): void => clear(o),
    tp_traverse: (o: PyObject, visit: (child: PyObject) => void): void => {
      visit(o.ob_type)
      const data = o.v as LocalData | null
      if (data === null) return
      for (const child of [data.args, data.kwargs, data.dummies]) if (child !== null) visit(child)
    },
    tp_getattro: (self: PyObject, name: PyObject): PyObject | null => {
      const dict = dictOf(self)
      if (dict === null) return null
      if (_PyUnicode_EqualToASCIIString(name, '__dict__')) return ref(dict)
      if (self.ob_type.tp_name !== '_thread._local') return _PyObject_GenericGetAttrWithDict(self, name, dict, false)
      const value = PyDict_GetItemWithError(dict, name)
      if (value !== null) return ref(value)
      return PyErr_Occurred() !== null ? null : _PyObject_GenericGetAttrWithDict(self, name, dict, false)
    },
    tp_setattro: (self: PyObject, name: PyObject, value: PyObject | null): number => {
      const dict = dictOf(self)
      if (dict === null) return -1
      if (_PyUnicode_EqualToASCIIString(name, '__dict__')) {
        PyErr_Format(PyExc_AttributeError, "'%.50s' object attribute '%U' is read-only", self.ob_type.tp_name, name)
        return -1
      }
      return _PyObject_GenericSetAttrWithDict(self, name, value, dict)
    },
  }, null)
}
