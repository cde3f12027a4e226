// _weakref: the types of weak references, and counts. Modules/_weakref.c.
import { PyList_New, PyList_SET_ITEM } from '../objects/listobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { PyDict_DelItem, PyDict_GetItemWithError } from '../objects/dictobject'
import { PyErr_Occurred } from '../objects/errors'
import { METH_FASTCALL, METH_O, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { _PyArg_CheckPositional } from '../objects/getargs'
import {
  PyType_SUPPORTS_WEAKREFS, PyWeakref_GET_OBJECT, PyWeakref_NewProxy, _PyWeakref_CallableProxyType, _PyWeakref_GetWeakrefCount,
  _PyWeakref_ProxyType, _PyWeakref_RefType, type WeakrefData,
} from '../objects/weakrefobject'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

function getweakrefs(_m: PyObject, o: PyObject): PyObject {
  if (!PyType_SUPPORTS_WEAKREFS(o.ob_type)) return PyList_New(0)
  const list = PyList_New(_PyWeakref_GetWeakrefCount(o.weaklist))
  let i = 0
  for (let w: PyObject | null = o.weaklist; w !== null; w = (w.v as WeakrefData).wr_next) {
    w.ob_refcnt++
    PyList_SET_ITEM(list, i++, w)
  }
  return list
}

/** Deletes an entry whose value is a dead reference; nothing else. */
function removeDead(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_remove_dead_weakref', nargs, 2, 2)) return null
  const [dict, key] = args as [PyObject, PyObject]
  const value = PyDict_GetItemWithError(dict, key)
  if (value === null) return PyErr_Occurred() !== null ? null : none()
  if (PyWeakref_GET_OBJECT(value) === Py_None && PyDict_DelItem(dict, key) !== 0) return null
  return none()
}

function proxy(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('proxy', nargs, 1, 2)) return null
  const callback = nargs > 1 && args[1] !== Py_None ? args[1]! : null
  return PyWeakref_NewProxy(args[0]!, callback)
}

const methods: PyMethodDef[] = [
  { ml_name: 'getweakrefcount', ml_flags: METH_O, signature: '($module, object, /)', ml_meth: (_m: PyObject, o: PyObject) => PyLong_FromLong(_PyWeakref_GetWeakrefCount(o.weaklist)) },
  { ml_name: '_remove_dead_weakref', ml_flags: METH_FASTCALL, ml_meth: removeDead, signature: '($module, dct, key, /)' },
  { ml_name: 'getweakrefs', ml_flags: METH_O, ml_meth: getweakrefs, signature: '($module, object, /)' },
  { ml_name: 'proxy', ml_flags: METH_FASTCALL, ml_meth: proxy, signature: '($module, object, callback=None, /)' },
]

export function PyInit__weakref(): PyObject | null {
  const module = PyModule_Create('_weakref', methods)
  if (module === null) return null
  for (const [name, type] of [['ref', _PyWeakref_RefType], ['ReferenceType', _PyWeakref_RefType], ['ProxyType', _PyWeakref_ProxyType],
    ['CallableProxyType', _PyWeakref_CallableProxyType]] as const) PyModule_AddObjectRef(module, name, type)
  return module
}
