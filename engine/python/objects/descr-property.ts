// property. Mirrors propertyobject, Objects/descrobject.c.
import {
  METH_O, METH_VARARGS, PyType_IsSubtype, PyTypeObject, Py_DECREF, Py_INCREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF,
  type PyMemberDef, type PyMethodDef, type PyObject, type visitproc,
} from './object'
import { _PyObject_IsAbstract } from './abstract'
import { PyBool_FromLong } from './boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallOneArg, PyObject_Vectorcall } from './call'
import { PyErr_Format, PyErr_Occurred } from './errors'
import { PyExc_AttributeError, PyExc_TypeError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_UnpackKeywords } from './getargs'
import { PyObject_GC_UnTrack } from './objimpl'
import { PyObject_SetAttr, _PyObject_LookupAttr } from './object-protocol'
import { Py_None, Py_RETURN_NONE } from './singletons'
import { type_qualname } from './type-attributes'
import { PyType_GenericAlloc } from './typeobject'
import { _Py_ID } from './unicodeobject'

/** propertyobject's struct. */
export class PropertyData {
  prop_get: PyObject | null = null
  prop_set: PyObject | null = null
  prop_del: PyObject | null = null
  prop_doc: PyObject | null = null
  prop_name: PyObject | null = null
  /** The docstring came from the getter. */
  getter_doc = false
}

const dataOf = (o: PyObject): PropertyData => o.v as PropertyData
const FIELDS = ['prop_get', 'prop_set', 'prop_del', 'prop_doc', 'prop_name'] as const

function setField(data: PropertyData, field: typeof FIELDS[number], value: PyObject | null): void {
  if (value !== null) Py_INCREF(value)
  const old = data[field]
  data[field] = value
  Py_XDECREF(old)
}

function property_dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  const data = dataOf(self)
  for (const field of FIELDS) Py_XDECREF(data[field])
  self.ob_type.tp_free!(self)
}

function property_traverse(self: PyObject, visit: visitproc): void {
  const data = dataOf(self)
  for (const field of FIELDS) {
    const o = data[field]
    if (o !== null) visit(o)
  }
}

/** AttributeError for a missing function: getter, setter or deleter. */
function missing(self: PyObject, obj: PyObject, what: string): null {
  const name = dataOf(self).prop_name
  const qualname = type_qualname(obj.ob_type)
  if (name !== null) PyErr_Format(PyExc_AttributeError, `property %R of %R object has no ${what}`, name, qualname)
  else PyErr_Format(PyExc_AttributeError, `property of %R object has no ${what}`, qualname)
  Py_DECREF(qualname)
  return null
}

function property_descr_get(self: PyObject, obj: PyObject | null): PyObject | null {
  if (obj === null || obj === Py_None) {
    Py_INCREF(self)
    return self
  }
  const get = dataOf(self).prop_get
  return get === null ? missing(self, obj, 'getter') : PyObject_CallOneArg(get, obj)
}

function property_descr_set(self: PyObject, obj: PyObject, value: PyObject | null): number {
  const data = dataOf(self)
  const func = value === null ? data.prop_del : data.prop_set
  if (func === null) {
    missing(self, obj, value === null ? 'deleter' : 'setter')
    return -1
  }
  const result = value === null ? PyObject_CallOneArg(func, obj) : PyObject_Vectorcall(func, [obj, value], 2, null)
  if (result === null) return -1
  Py_DECREF(result)
  return 0
}

const given = (o: PyObject | null | undefined): PyObject | null => o === undefined || o === Py_None ? null : o

const parser = new ArgParser('property', ['fget', 'fset', 'fdel', 'doc'])

function property_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const items = args.v as PyObject[]
  const values = _PyArg_UnpackKeywords(items, items.length, kwargs, null, parser, 0, 4, 0)
  if (values === null) return -1
  const data = dataOf(self)
  const fget = given(values[0])
  const doc = values[3] ?? null
  setField(data, 'prop_get', fget)
  setField(data, 'prop_set', given(values[1]))
  setField(data, 'prop_del', given(values[2]))
  setField(data, 'prop_doc', doc)
  setField(data, 'prop_name', null)
  data.getter_doc = false
  if ((doc !== null && doc !== Py_None) || fget === null) return 0
  // No docstring given: the getter's.
  const getterDoc = _PyObject_LookupAttr(fget, _Py_ID('__doc__'))
  if (getterDoc === null) return PyErr_Occurred() !== null ? -1 : 0
  if (self.ob_type === PyProperty_Type) {
    const old = data.prop_doc
    data.prop_doc = getterDoc
    Py_XDECREF(old)
  } else {
    // In a subclass, the class's __doc__ would hide it.
    const failed = PyObject_SetAttr(self, _Py_ID('__doc__'), getterDoc) < 0
    Py_DECREF(getterDoc)
    if (failed) return -1
  }
  data.getter_doc = true
  return 0
}

/** A copy with one function replaced. Mirrors property_copy. */
function property_copy(old: PyObject, get: PyObject | null, set: PyObject | null, del: PyObject | null): PyObject | null {
  const data = dataOf(old)
  const pick = (fresh: PyObject | null, kept: PyObject | null): PyObject => fresh === null || fresh === Py_None ? kept ?? Py_None : fresh
  const type = old.ob_type
  Py_INCREF(type)
  const newGet = pick(get, data.prop_get)
  const doc = data.getter_doc && newGet !== Py_None ? Py_None : data.prop_doc ?? Py_None
  const fresh = PyObject_CallFunctionObjArgs(type, newGet, pick(set, data.prop_set), pick(del, data.prop_del), doc)
  Py_DECREF(type)
  if (fresh === null) return null
  if (PyType_IsSubtype(fresh.ob_type, PyProperty_Type)) setField(dataOf(fresh), 'prop_name', data.prop_name)
  return fresh
}

const methods: PyMethodDef[] = [
  { ml_name: 'getter', ml_flags: METH_O, ml_meth: (self: PyObject, f: PyObject) => property_copy(self, f, null, null) },
  { ml_name: 'setter', ml_flags: METH_O, ml_meth: (self: PyObject, f: PyObject) => property_copy(self, null, f, null) },
  { ml_name: 'deleter', ml_flags: METH_O, ml_meth: (self: PyObject, f: PyObject) => property_copy(self, null, null, f) },
  {
    ml_name: '__set_name__', ml_flags: METH_VARARGS,
    ml_meth: (self: PyObject, args: PyObject) => {
      const items = args.v as PyObject[]
      if (items.length !== 2) {
        return PyErr_Format(PyExc_TypeError, '__set_name__() takes 2 positional arguments but %zu were given', items.length)
      }
      setField(dataOf(self), 'prop_name', items[1]!)
      return Py_RETURN_NONE()
    },
  },
]

const functionMember = (name: string, field: 'prop_get' | 'prop_set' | 'prop_del' | 'prop_doc'): PyMemberDef => ({
  name,
  get: self => {
    const o = dataOf(self)[field] ?? Py_None
    o.ob_refcnt++
    return o
  },
})

const members: PyMemberDef[] = [
  functionMember('fget', 'prop_get'), functionMember('fset', 'prop_set'), functionMember('fdel', 'prop_del'),
  {
    ...functionMember('__doc__', 'prop_doc'),
    set: (self, value) => {
      setField(dataOf(self), 'prop_doc', value)
      return 0
    },
  },
]

/** A property is abstract if one of its functions is. */
function property_isabstract(self: PyObject): PyObject | null {
  const data = dataOf(self)
  for (const f of [data.prop_get, data.prop_set, data.prop_del]) {
    const abstract = _PyObject_IsAbstract(f)
    if (abstract < 0) return null
    if (abstract > 0) return PyBool_FromLong(1)
  }
  return PyBool_FromLong(0)
}

export const PyProperty_Type = new PyTypeObject('property', {
  tp_basicsize: 64, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_dealloc: property_dealloc, tp_traverse: property_traverse,
  tp_clear: self => setField(dataOf(self), 'prop_doc', null),
  tp_new: type => {
    const self = PyType_GenericAlloc(type, 0)
    if (self !== null) self.v = new PropertyData()
    return self
  },
  tp_init: property_init,
  tp_descr_get: property_descr_get, tp_descr_set: property_descr_set,
  tp_methods: methods, tp_members: members,
  tp_getset: [{ name: '__isabstractmethod__', get: property_isabstract }],
})

