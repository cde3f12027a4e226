// How any object is copied and pickled: __reduce__, __reduce_ex__, __getstate__. Mirrors the copyreg part of
// Objects/typeobject.c.
import {
  METH_NOARGS, METH_O, Py_DECREF, Py_INCREF, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS, Py_XDECREF, type PyMethodDef,
  type PyObject, type PyTypeObject,
} from './object'
import { PyNumber_AsSsize_t, PyObject_GetIter, PyObject_Size } from './abstract'
import { PyObject_CallMethod, PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg, PyObject_CallNoArgs } from './call'
import { PyDict_Check, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from './dictobject'
import { _PyObject_IsInstanceDictEmpty } from './dict-values'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyList_Check, PyList_GET_SIZE } from './listobject'
import { PyLong_FromLong } from './longobject'
import { PyObject_GetAttr, _PyObject_LookupAttr } from './object-protocol'
import { PyBaseObject_Type } from './object-type'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_Check, PyTuple_New, PyTuple_Pack } from './tupleobject'
import { _PyObject_LookupSpecial } from './typeobject'
import { _Py_ID } from './unicodeobject'

/** Set by the library: NEW module by name, or null. */
export const reduceHooks = { importModule: (_name: string): PyObject | null => PyErr_SetString(PyExc_TypeError, 'cannot import') }

/** NEW. */
function import_copyreg(): PyObject | null {
  const known = PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('copyreg'))
  if (known === null) return reduceHooks.importModule('copyreg')
  Py_INCREF(known)
  return known
}

/** NEW list of the slot names of a class by copyreg._slotnames (cached by it as __slotnames__), or None. */
function slotnamesOf(cls: PyObject): PyObject | null {
  const cached = PyDict_GetItemWithError((cls as PyTypeObject).tp_dict!, _Py_ID('__slotnames__'))
  if (cached !== null) {
    if (cached !== Py_None && !PyList_Check(cached)) {
      return PyErr_Format(PyExc_TypeError, '%.200s.__slotnames__ should be a list or None, not %.200s', (cls as PyTypeObject).tp_name,
        cached.ob_type.tp_name)
    }
    Py_INCREF(cached)
    return cached
  }
  if (PyErr_Occurred() !== null) return null
  const copyreg = import_copyreg()
  if (copyreg === null) return null
  const names = PyObject_CallMethodOneArg(copyreg, _Py_ID('_slotnames'), cls)
  Py_DECREF(copyreg)
  if (names !== null && names !== Py_None && !PyList_Check(names)) {
    Py_DECREF(names)
    return PyErr_SetString(PyExc_TypeError, 'copyreg._slotnames didn\'t return a list or None')
  }
  return names
}

/** NEW `__dict__`, None where there is none. */
function dictOrNone(o: PyObject): PyObject | null {
  if (_PyObject_IsInstanceDictEmpty(o)) {
    Py_INCREF(Py_None)
    return Py_None
  }
  const state = _PyObject_LookupAttr(o, _Py_ID('__dict__'))
  if (state !== null) return state
  if (PyErr_Occurred() !== null) return null
  Py_INCREF(Py_None)
  return Py_None
}

// Mirrors object_getstate_default. `required`: complain about C types with a struct of their own.
function object_getstate_default(o: PyObject, required: boolean): PyObject | null {
  if (required && o.ob_type.tp_itemsize !== 0) {
    return PyErr_Format(PyExc_TypeError, 'cannot pickle %.200s objects', o.ob_type.tp_name)
  }
  const state = dictOrNone(o)
  if (state === null) return null
  const names = slotnamesOf(o.ob_type)
  if (names === null) {
    Py_DECREF(state)
    return null
  }
  const type = o.ob_type
  const count = names === Py_None ? 0 : PyList_GET_SIZE(names)
  if (required) {
    let basicsize = PyBaseObject_Type.tp_basicsize
    if (type.tp_dictoffset > 0) basicsize += 8
    if (type.tp_weaklistoffset > 0) basicsize += 8
    basicsize += 8 * count
    if (type.tp_basicsize > basicsize) {
      Py_DECREF(names)
      Py_DECREF(state)
      return PyErr_Format(PyExc_TypeError, 'cannot pickle \'%.200s\' object', type.tp_name)
    }
  }
  if (count === 0) {
    Py_DECREF(names)
    return state
  }
  const slots = PyDict_New()
  let used = 0
  let failed = false
  for (const name of [...names.v.ob_item as PyObject[]]) {
    const value = _PyObject_LookupAttr(o, name)
    if (value === null) {
      if (PyErr_Occurred() === null) continue
      failed = true
      break
    }
    failed = PyDict_SetItem(slots, name, value) < 0
    Py_DECREF(value)
    if (failed) break
    used++
  }
  let result: PyObject | null = failed ? null : state
  if (failed || used > 0) {
    if (!failed) result = PyTuple_Pack(state, slots)
    Py_DECREF(state)
  }
  Py_DECREF(slots)
  Py_DECREF(names)
  return result
}

/** NEW state by `__getstate__`; the default one without a call when it is not overridden. */
function object_getstate(o: PyObject, required: boolean): PyObject | null {
  const getstate = PyObject_GetAttr(o, _Py_ID('__getstate__'))
  if (getstate === null) return null
  const isDefault = getstate.ob_type.tp_name === 'builtin_function_or_method' && getstate.v.m_self === o
    && getstate.v.m_ml.ml_meth === object___getstate__
  const result = isDefault ? object_getstate_default(o, required) : PyObject_CallNoArgs(getstate)
  Py_DECREF(getstate)
  return result
}

export function _PyObject_GetState(o: PyObject): PyObject | null {
  return object_getstate(o, false)
}

function object___getstate__(self: PyObject): PyObject | null {
  return object_getstate_default(self, false)
}

/** Arguments for __new__: by __getnewargs_ex__, __getnewargs__, or none. Null with an exception set. */
function getnewargs(o: PyObject): { args: PyObject | null, kwargs: PyObject | null } | null {
  const ex = _PyObject_LookupSpecial(o, _Py_ID('__getnewargs_ex__'))
  if (ex !== null) return getnewargsEx(ex)
  if (PyErr_Occurred() !== null) return null
  const plain = _PyObject_LookupSpecial(o, _Py_ID('__getnewargs__'))
  if (plain === null) return PyErr_Occurred() !== null ? null : { args: null, kwargs: null }
  const args = PyObject_CallNoArgs(plain)
  Py_DECREF(plain)
  if (args === null) return null
  if (!PyTuple_Check(args)) {
    PyErr_Format(PyExc_TypeError, '__getnewargs__ should return a tuple, not \'%.200s\'', args.ob_type.tp_name)
    Py_DECREF(args)
    return null
  }
  return { args, kwargs: null }
}

function getnewargsEx(method: PyObject): { args: PyObject | null, kwargs: PyObject | null } | null {
  const made = PyObject_CallNoArgs(method)
  Py_DECREF(method)
  if (made === null) return null
  let result: { args: PyObject, kwargs: PyObject } | null = null
  if (!PyTuple_Check(made)) {
    PyErr_Format(PyExc_TypeError, '__getnewargs_ex__ should return a tuple, not \'%.200s\'', made.ob_type.tp_name)
  } else if (made.v.length !== 2) {
    PyErr_Format(PyExc_ValueError, '__getnewargs_ex__ should return a tuple of length 2, not %zd', made.v.length)
  } else {
    const [args, kwargs] = made.v as [PyObject, PyObject]
    if (!PyTuple_Check(args)) {
      PyErr_Format(PyExc_TypeError, 'first item of the tuple returned by __getnewargs_ex__ must be a tuple, not \'%.200s\'',
        args.ob_type.tp_name)
    } else if (!PyDict_Check(kwargs)) {
      PyErr_Format(PyExc_TypeError, 'second item of the tuple returned by __getnewargs_ex__ must be a dict, not \'%.200s\'',
        kwargs.ob_type.tp_name)
    } else {
      Py_INCREF(args)
      Py_INCREF(kwargs)
      result = { args, kwargs }
    }
  }
  Py_DECREF(made)
  return result
}

/** NEW iterators over the items of a list or dict subclass, or None. */
function getItemsIter(o: PyObject): { list: PyObject, dict: PyObject } | null {
  let list: PyObject | null = Py_None
  let dict: PyObject | null = Py_None
  if ((o.ob_type.tp_flags & Py_TPFLAGS_LIST_SUBCLASS) !== 0) list = PyObject_GetIter(o)
  else Py_INCREF(Py_None)
  if (list === null) return null
  if ((o.ob_type.tp_flags & Py_TPFLAGS_DICT_SUBCLASS) !== 0) {
    const items = PyObject_CallMethodNoArgs(o, _Py_ID('items'))
    dict = items === null ? null : PyObject_GetIter(items)
    Py_XDECREF(items)
  } else Py_INCREF(Py_None)
  if (dict === null) {
    Py_DECREF(list)
    return null
  }
  return { list, dict }
}

// Mirrors reduce_newobj: (copyreg.__newobj__, (cls, *args), state, listitems, dictitems).
function reduce_newobj(o: PyObject): PyObject | null {
  const cls = o.ob_type
  if (cls.tp_new === null) return PyErr_Format(PyExc_TypeError, 'cannot pickle \'%.200s\' object', cls.tp_name)
  const given = getnewargs(o)
  if (given === null) return null
  const { args, kwargs } = given
  const copyreg = import_copyreg()
  if (copyreg === null) {
    Py_XDECREF(args)
    Py_XDECREF(kwargs)
    return null
  }
  const hasargs = args !== null
  let newobj: PyObject | null
  let newargs: PyObject | null = null
  if (kwargs === null || PyObject_Size(kwargs) === 0) {
    newobj = PyObject_GetAttr(copyreg, _Py_ID('__newobj__'))
    if (newobj !== null) {
      const items = args === null ? [] : args.v as PyObject[]
      const tuple = PyTuple_New(items.length + 1)
      tuple.v[0] = cls
      Py_INCREF(cls)
      items.forEach((item, i) => {
        Py_INCREF(item)
        tuple.v[i + 1] = item
      })
      newargs = tuple
    }
  } else {
    newobj = PyObject_GetAttr(copyreg, _Py_ID('__newobj_ex__'))
    if (newobj !== null) newargs = PyTuple_Pack(cls, args!, kwargs)
  }
  Py_DECREF(copyreg)
  Py_XDECREF(kwargs)
  Py_XDECREF(args)
  if (newobj === null || newargs === null) return null
  const required = !hasargs && !PyList_Check(o) && !PyDict_Check(o)
  const state = object_getstate(o, required)
  const iters = state === null ? null : getItemsIter(o)
  let result: PyObject | null = null
  if (state !== null && iters !== null) {
    result = PyTuple_Pack(newobj, newargs, state, iters.list, iters.dict)
    Py_DECREF(iters.list)
    Py_DECREF(iters.dict)
  }
  Py_XDECREF(state)
  Py_DECREF(newobj)
  Py_DECREF(newargs)
  return result
}

function common_reduce(self: PyObject, protocol: number): PyObject | null {
  if (protocol >= 2) return reduce_newobj(self)
  const copyreg = import_copyreg()
  if (copyreg === null) return null
  const number = PyLong_FromLong(protocol)
  const result = PyObject_CallMethod(copyreg, '_reduce_ex', self, number)
  Py_DECREF(number)
  Py_DECREF(copyreg)
  return result
}

function object___reduce__(self: PyObject): PyObject | null {
  return common_reduce(self, 0)
}

function object___reduce_ex__(self: PyObject, arg: PyObject): PyObject | null {
  const protocol = PyNumber_AsSsize_t(arg, null)
  if (protocol === -1 && PyErr_Occurred() !== null) return null
  const reduce = _PyObject_LookupAttr(self, _Py_ID('__reduce__'))
  if (reduce === null) {
    if (PyErr_Occurred() !== null) return null
  } else {
    const own = PyDict_GetItemWithError(PyBaseObject_Type.tp_dict!, _Py_ID('__reduce__'))
    const clsReduce = PyObject_GetAttr(self.ob_type, _Py_ID('__reduce__'))
    if (clsReduce === null) {
      Py_DECREF(reduce)
      return null
    }
    const override = clsReduce !== own
    Py_DECREF(clsReduce)
    if (override) {
      const result = PyObject_CallNoArgs(reduce)
      Py_DECREF(reduce)
      return result
    }
    Py_DECREF(reduce)
  }
  return common_reduce(self, protocol)
}

export function objectReduceMethods(): PyMethodDef[] {
  return [
    { ml_name: '__reduce_ex__', ml_flags: METH_O, signature: '($self, protocol, /)', ml_meth: object___reduce_ex__ },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: object___reduce__ },
    { ml_name: '__getstate__', ml_flags: METH_NOARGS, signature: '($self, /)', ml_meth: object___getstate__ },
  ]
}

