// Descriptors that stand in the dicts of C types for their methods, members, computed attributes and slots. Mirrors
// Objects/descrobject.c; method-wrapper, mappingproxy and property are in descr-*.ts.
import {
  METH_FASTCALL, METH_KEYWORDS, METH_METHOD, METH_NOARGS, METH_O, METH_VARARGS, PyType_IsSubtype, PyTypeObject, Py_DECREF,
  Py_INCREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_METHOD_DESCRIPTOR, Py_XDECREF, type FastFunction,
  type FastKeywordsFunction, type NoArgsFunction, type OneArgFunction, type PyGetSetDef, type PyMemberDef, type PyMethodDef,
  type PyObject, type VarArgsFunction, type VarArgsKeywordsFunction, type visitproc,
} from './object'
import { _PyObject_FunctionStr, _PyObject_RealIsSubclass } from './abstract'
import { PyVectorcall_Call, _PyStack_AsDict } from './call'
import { wrapperNew } from './descr-wrapper'
import { PyDict_GET_SIZE } from './dictobject'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_TypeError } from './exceptions'
import { PyCMethod_New, PyCFunction_NewEx, type MethodKeywordsFunction } from './methodobject'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GetAttr, PyType_Check } from './object-protocol'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_GetSlice, PyTuple_Pack, _PyTuple_FromArray } from './tupleobject'
import type { AnySlot } from './type-ready'
import type { SlotDef } from './type-slotdefs'
import { PyType_GenericAlloc } from './typeobject'
import { PyUnicode_FromString, PyUnicode_InternInPlace, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export { PyDescr_IsData } from './attributes'
export { PyDictProxy_New, PyDictProxy_Type } from './descr-mappingproxy'
export { PyProperty_Type } from './descr-property'
export { PyWrapper_New, _PyMethodWrapper_Type } from './descr-wrapper'

/** PyDescrObject and the structs that extend it. */
export class DescrData {
  d_type: PyTypeObject
  /** Interned str. */
  d_name: PyObject
  d_qualname: PyObject | null = null
  d_method: PyMethodDef | null = null
  d_member: PyMemberDef | null = null
  d_getset: PyGetSetDef | null = null
  d_base: SlotDef | null = null
  d_wrapped: AnySlot = null
  constructor(type: PyTypeObject, name: PyObject) {
    this.d_type = type
    this.d_name = name
  }
}

export interface PyDescrObject extends PyObject { v: DescrData }

/** BORROWED name of a descriptor. */
export function descrName(descr: PyObject): PyObject {
  return (descr.v as DescrData).d_name
}

/** BORROWED class a descriptor belongs to. */
export function PyDescr_TYPE(descr: PyObject): PyTypeObject {
  return (descr.v as DescrData).d_type
}

// ---- checks -------------------------------------------------------------------------------------------------------------

/** True if the descriptor fits the object; else false with TypeError. Mirrors descr_check. */
function descr_check(data: DescrData, obj: PyObject): boolean {
  if (obj.ob_type === data.d_type || PyType_IsSubtype(obj.ob_type, data.d_type)) return true
  PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' for \'%.100s\' objects doesn\'t apply to a \'%.100s\' object',
    data.d_name, '?', data.d_type.tp_name, obj.ob_type.tp_name)
  return false
}

const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

// ---- __get__ and __set__ ----------------------------------------------------------------------------------------------------

function method_get(descr: PyObject, obj: PyObject | null, type: PyObject | null): PyObject | null {
  if (obj === null) return newRef(descr)
  const data = descr.v as DescrData
  if (!descr_check(data, obj)) return null
  const method = data.d_method!
  if ((method.ml_flags & METH_METHOD) === 0) return PyCFunction_NewEx(method, obj, null)
  if (type !== null && PyType_Check(type)) return PyCMethod_New(method, obj, null, data.d_type)
  return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' needs a type, not \'%s\', as arg 2', data.d_name, '?',
    type === null ? 'NULL' : type.ob_type.tp_name)
}

function classmethod_get(descr: PyObject, obj: PyObject | null, type: PyObject | null): PyObject | null {
  const data = descr.v as DescrData
  if (type === null) {
    if (obj === null) {
      return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' for type \'%.100s\' needs either an object or a type', data.d_name,
        '?', data.d_type.tp_name)
    }
    type = obj.ob_type
  }
  if (!PyType_Check(type)) {
    return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' for type \'%.100s\' needs a type, not a \'%.100s\' as arg 2',
      data.d_name, '?', data.d_type.tp_name, type.ob_type.tp_name)
  }
  if (!PyType_IsSubtype(type as PyTypeObject, data.d_type)) {
    return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' requires a subtype of \'%.100s\' but received \'%.100s\'',
      data.d_name, '?', data.d_type.tp_name, (type as PyTypeObject).tp_name)
  }
  const method = data.d_method!
  return PyCMethod_New(method, type, null, (method.ml_flags & METH_METHOD) !== 0 ? data.d_type : null)
}

function member_get(descr: PyObject, obj: PyObject | null): PyObject | null {
  if (obj === null) return newRef(descr)
  const data = descr.v as DescrData
  return descr_check(data, obj) ? data.d_member!.get(obj) : null
}

function getset_get(descr: PyObject, obj: PyObject | null): PyObject | null {
  if (obj === null) return newRef(descr)
  const data = descr.v as DescrData
  return descr_check(data, obj) ? data.d_getset!.get(obj) : null
}

function member_set(descr: PyObject, obj: PyObject, value: PyObject | null): number {
  const data = descr.v as DescrData
  if (!descr_check(data, obj)) return -1
  const { set } = data.d_member!
  if (set !== undefined) return set(obj, value)
  PyErr_SetString(PyExc_AttributeError, 'readonly attribute')
  return -1
}

function getset_set(descr: PyObject, obj: PyObject, value: PyObject | null): number {
  const data = descr.v as DescrData
  if (!descr_check(data, obj)) return -1
  const { set } = data.d_getset!
  if (set !== undefined) return set(obj, value)
  PyErr_Format(PyExc_AttributeError, 'attribute \'%V\' of \'%.100s\' objects is not writable', data.d_name, '?',
    data.d_type.tp_name)
  return -1
}

// ---- calls of method_descriptor -------------------------------------------------------------------------------------------------

/** Checks `T.method(self, …)`: self is there, of the right type, and keywords are allowed. Mirrors method_check_args. */
function method_check_args(descr: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): boolean {
  const data = descr.v as DescrData
  if (nargs < 1) {
    withFunctionStr(descr, text => PyErr_Format(PyExc_TypeError, 'unbound method %U needs an argument', text))
    return false
  }
  if (!descr_check(data, args[0]!)) return false
  if (kwnames !== null && (kwnames.v as PyObject[]).length > 0) {
    withFunctionStr(descr, text => PyErr_Format(PyExc_TypeError, '%U takes no keyword arguments', text))
    return false
  }
  return true
}

/** Calls `raise` with the function's name as messages show it. */
export function withFunctionStr(func: PyObject, raise: (text: PyObject) => void): null {
  const text = _PyObject_FunctionStr(func)
  if (text !== null) {
    raise(text)
    Py_DECREF(text)
  }
  return null
}

function arity(descr: PyObject, nargs: number, words: string): null {
  return withFunctionStr(descr, text => PyErr_Format(PyExc_TypeError, `%U takes ${words} (%zd given)`, text, nargs))
}

/**
 * Calls a method descriptor with self apart from the other arguments (args[from .. from + nargs), then keyword values).
 * No check of self: for callers that found the method on its type. Mirrors the method_vectorcall_* functions.
 */
export function callMethodDescr(
  descr: PyObject, self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  const method = (descr.v as DescrData).d_method!
  const hasKeywords = kwnames !== null && (kwnames.v as PyObject[]).length > 0
  let result: PyObject | null
  switch (method.ml_flags & (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)) {
    case METH_NOARGS:
      if (hasKeywords) break
      if (nargs !== 0) return arity(descr, nargs, 'no arguments')
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      result = (method.ml_meth as NoArgsFunction)(self)
      _Py_LeaveRecursiveCall()
      return result
    case METH_O:
      if (hasKeywords) break
      if (nargs !== 1) return arity(descr, nargs, 'exactly one argument')
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      result = (method.ml_meth as OneArgFunction)(self, args[0]!)
      _Py_LeaveRecursiveCall()
      return result
    case METH_FASTCALL:
      if (hasKeywords) break
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      result = (method.ml_meth as FastFunction)(self, args, nargs)
      _Py_LeaveRecursiveCall()
      return result
    case METH_FASTCALL | METH_KEYWORDS:
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      result = (method.ml_meth as FastKeywordsFunction)(self, args, nargs, kwnames)
      _Py_LeaveRecursiveCall()
      return result
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS:
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      result = (method.ml_meth as MethodKeywordsFunction)(self, args, nargs, kwnames, (descr.v as DescrData).d_type)
      _Py_LeaveRecursiveCall()
      return result
    case METH_VARARGS: {
      if (hasKeywords) break
      const tuple = _PyTuple_FromArray(args, nargs)
      if (tuple === null) return null
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      result = (method.ml_meth as VarArgsFunction)(self, tuple)
      Py_DECREF(tuple)
      _Py_LeaveRecursiveCall()
      return result
    }
    case METH_VARARGS | METH_KEYWORDS: {
      const tuple = _PyTuple_FromArray(args, nargs)
      if (tuple === null) return null
      let kwdict: PyObject | null = null
      if (hasKeywords) {
        kwdict = _PyStack_AsDict(args, nargs, kwnames)
        if (kwdict === null) {
          Py_DECREF(tuple)
          return null
        }
      }
      result = null
      if (!_Py_EnterRecursiveCall(' while calling a Python object')) {
        result = (method.ml_meth as VarArgsKeywordsFunction)(self, tuple, kwdict)
        _Py_LeaveRecursiveCall()
      }
      Py_DECREF(tuple)
      Py_XDECREF(kwdict)
      return result
    }
  }
  return withFunctionStr(descr, text => PyErr_Format(PyExc_TypeError, '%U takes no keyword arguments', text))
}

function method_vectorcall(descr: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const keywords = ((descr.v as DescrData).d_method!.ml_flags & METH_KEYWORDS) !== 0
  if (!method_check_args(descr, args, nargs, keywords ? null : kwnames)) return null
  return callMethodDescr(descr, args[0]!, args.slice(1), nargs - 1, kwnames)
}

/** `T.classmethod(…)` called on the descriptor itself: the first argument is the class. Mirrors classmethoddescr_call. */
function classmethoddescr_call(descr: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const data = descr.v as DescrData
  const items = args.v as PyObject[]
  if (items.length < 1) {
    return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' of \'%.100s\' object needs an argument', data.d_name, '?',
      data.d_type.tp_name)
  }
  const bound = classmethod_get(descr, null, items[0]!)
  if (bound === null) return null
  const rest = PyTuple_GetSlice(args, 1, items.length)
  const result = rest === null ? null : PyVectorcall_Call(bound, rest, kwargs)
  Py_XDECREF(rest)
  Py_DECREF(bound)
  return result
}

// ---- calls of wrapper_descriptor -----------------------------------------------------------------------------------------------------

/** Calls the slot through its wrapper. Mirrors wrapperdescr_raw_call. */
export function wrapperdescr_raw_call(descr: PyObject, self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const data = descr.v as DescrData
  const def = data.d_base!
  if (!def.keywords && kwargs !== null && PyDict_GET_SIZE(kwargs) !== 0) {
    return PyErr_Format(PyExc_TypeError, 'wrapper %s() takes no keyword arguments', def.name)
  }
  return def.wrapper!(self, args, data.d_wrapped!, kwargs)
}

function wrapperdescr_call(descr: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const data = descr.v as DescrData
  const items = args.v as PyObject[]
  if (items.length < 1) {
    return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' of \'%.100s\' object needs an argument', data.d_name, '?',
      data.d_type.tp_name)
  }
  const self = items[0]!
  if (_PyObject_RealIsSubclass(self.ob_type, data.d_type) <= 0) {
    return PyErr_Format(PyExc_TypeError, 'descriptor \'%V\' requires a \'%.100s\' object but received a \'%.100s\'',
      data.d_name, '?', data.d_type.tp_name, self.ob_type.tp_name)
  }
  const rest = PyTuple_GetSlice(args, 1, items.length)
  if (rest === null) return null
  const result = wrapperdescr_raw_call(descr, self, rest, kwargs)
  Py_DECREF(rest)
  return result
}

function wrapperdescr_get(descr: PyObject, obj: PyObject | null): PyObject | null {
  if (obj === null) return newRef(descr)
  return descr_check(descr.v as DescrData, obj) ? wrapperNew(descr, obj) : null
}

// ---- shared attributes -----------------------------------------------------------------------------------------------------------------

function descr_dealloc(descr: PyObject): void {
  PyObject_GC_UnTrack(descr)
  const data = descr.v as DescrData
  Py_DECREF(data.d_type)
  Py_DECREF(data.d_name)
  Py_XDECREF(data.d_qualname)
  PyObject_GC_Del(descr)
}

function descr_traverse(descr: PyObject, visit: visitproc): void {
  visit((descr.v as DescrData).d_type)
}

// Mirrors calculate_qualname.
function descr_get_qualname(descr: PyObject): PyObject | null {
  const data = descr.v as DescrData
  if (data.d_qualname === null) {
    const typeQualname = PyObject_GetAttr(data.d_type, _Py_ID('__qualname__'))
    if (typeQualname === null) return null
    data.d_qualname = PyUnicode_FromFormat('%S.%S', typeQualname, data.d_name)
    Py_DECREF(typeQualname)
    if (data.d_qualname === null) return null
  }
  return newRef(data.d_qualname)
}

function descr_reduce(descr: PyObject): PyObject | null {
  const getattr = _PyEval_GetBuiltin('getattr')
  if (getattr === null) return null
  const data = descr.v as DescrData
  const args = PyTuple_Pack(data.d_type, data.d_name)
  const result = PyTuple_Pack(getattr, args)
  Py_DECREF(args)
  Py_DECREF(getattr)
  return result
}

const reduceMethod: PyMethodDef = { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: descr_reduce }

const descrMembers: PyMemberDef[] = [
  { name: '__objclass__', get: descr => newRef((descr.v as DescrData).d_type) },
  { name: '__name__', get: descr => newRef((descr.v as DescrData).d_name) },
]

const none = (): PyObject => newRef(Py_None)
const textOrNone = (text: string | undefined): PyObject => text === undefined || text === '' ? none() : PyUnicode_FromString(text)

const qualnameGetSet: PyGetSetDef = { name: '__qualname__', get: descr_get_qualname }
// DIFFERS: no docstrings.
const docGetSet: PyGetSetDef = { name: '__doc__', get: none }
const methodGetSet: PyGetSetDef[] = [
  docGetSet, qualnameGetSet,
  { name: '__text_signature__', get: descr => textOrNone((descr.v as DescrData).d_method!.signature) },
]

// Mirrors descr_repr.
const descrRepr = (what: string) => (descr: PyObject): PyObject | null => {
  const data = descr.v as DescrData
  return PyUnicode_FromFormat(`<${what} '%V' of '%s' objects>`, data.d_name, '?', data.d_type.tp_name)
}

const common = { tp_dealloc: descr_dealloc, tp_traverse: descr_traverse, tp_members: descrMembers }

export const PyMethodDescr_Type = new PyTypeObject('method_descriptor', {
  tp_basicsize: 56, ...common,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
  tp_repr: descrRepr('method'),
  tp_call: (self, args, kwargs) => PyVectorcall_Call(self, args, kwargs),
  vectorcall: method_vectorcall,
  tp_methods: [reduceMethod], tp_getset: methodGetSet,
  tp_descr_get: method_get,
})

export const PyClassMethodDescr_Type = new PyTypeObject('classmethod_descriptor', {
  tp_basicsize: 56, ...common,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_repr: descrRepr('method'),
  tp_call: classmethoddescr_call,
  tp_getset: methodGetSet,
  tp_descr_get: classmethod_get,
})

export const PyMemberDescr_Type = new PyTypeObject('member_descriptor', {
  tp_basicsize: 48, ...common,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_repr: descrRepr('member'),
  tp_methods: [reduceMethod], tp_getset: [docGetSet, qualnameGetSet],
  tp_descr_get: member_get, tp_descr_set: member_set,
})

export const PyGetSetDescr_Type = new PyTypeObject('getset_descriptor', {
  tp_basicsize: 48, ...common,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_repr: descrRepr('attribute'),
  tp_getset: [docGetSet, qualnameGetSet],
  tp_descr_get: getset_get, tp_descr_set: getset_set,
})

export const PyWrapperDescr_Type = new PyTypeObject('wrapper_descriptor', {
  tp_basicsize: 56, ...common,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR,
  tp_repr: descrRepr('slot wrapper'),
  tp_call: wrapperdescr_call,
  tp_methods: [reduceMethod],
  tp_getset: [
    docGetSet, qualnameGetSet,
    { name: '__text_signature__', get: descr => textOrNone((descr.v as DescrData).d_base!.signature) },
  ],
  tp_descr_get: wrapperdescr_get,
})

// ---- making them ------------------------------------------------------------------------------------------------------------------

function descr_new(descrType: PyTypeObject, type: PyTypeObject, name: string): PyDescrObject {
  const descr = PyType_GenericAlloc(descrType, 0)!
  Py_INCREF(type)
  // Interned through a temporary str, as PyUnicode_InternFromString does.
  descr.v = new DescrData(type, PyUnicode_InternInPlace(PyUnicode_FromString(name)))
  return descr as PyDescrObject
}

export function PyDescr_NewMethod(type: PyTypeObject, method: PyMethodDef): PyObject {
  const descr = descr_new(PyMethodDescr_Type, type, method.ml_name)
  descr.v.d_method = method
  return descr
}

export function PyDescr_NewClassMethod(type: PyTypeObject, method: PyMethodDef): PyObject {
  const descr = descr_new(PyClassMethodDescr_Type, type, method.ml_name)
  descr.v.d_method = method
  return descr
}

export function PyDescr_NewMember(type: PyTypeObject, member: PyMemberDef): PyObject {
  const descr = descr_new(PyMemberDescr_Type, type, member.name)
  descr.v.d_member = member
  return descr
}

export function PyDescr_NewGetSet(type: PyTypeObject, getset: PyGetSetDef): PyObject {
  const descr = descr_new(PyGetSetDescr_Type, type, getset.name)
  descr.v.d_getset = getset
  return descr
}

export function PyDescr_NewWrapper(type: PyTypeObject, def: SlotDef, wrapped: NonNullable<AnySlot>): PyObject {
  const descr = descr_new(PyWrapperDescr_Type, type, def.name)
  descr.v.d_base = def
  descr.v.d_wrapped = wrapped
  return descr
}

