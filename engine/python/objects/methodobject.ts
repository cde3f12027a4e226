// builtin_function_or_method: functions and bound methods written in TypeScript, in all the shapes of METH_ flags. Mirrors
// Objects/methodobject.c.
import {
  HASH, METH_FASTCALL, METH_KEYWORDS, METH_METHOD, METH_NOARGS, METH_O, METH_VARARGS, PyTypeObject, Py_DECREF, Py_EQ, Py_INCREF,
  Py_NE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL, Py_XDECREF, type FastFunction, type FastKeywordsFunction,
  type NoArgsFunction, type OneArgFunction, type PyGetSetDef, type PyMethodDef, type PyObject, type VarArgsFunction,
  type VarArgsKeywordsFunction, type vectorcallfunc, type visitproc,
} from './object'
import { Py_False, Py_True } from './boolobject'
import { _PyEval_GetBuiltin } from './builtin-lookup'
import { PyVectorcall_Call, _PyObject_MakeTpCall, _Py_CheckFunctionResult } from './call'
import { withFunctionStr } from './descrobject'
import { PyErr_Format } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyDict_GET_SIZE } from './dictobject'
import { PyModule_Check } from './moduleobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GetAttr, PyType_Check, _PyTrash_begin, _PyTrash_end, _Py_HashPointer } from './object-protocol'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from './runtime'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyObject_ClearWeakRefs } from './weakrefobject'

/** METH_METHOD | METH_FASTCALL | METH_KEYWORDS: gets the class that defines it. PyCMethod without the class's module state. */
export type MethodKeywordsFunction = (
  self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null, definingClass: PyTypeObject,
) => PyObject | null

export interface PyCFunctionObject extends PyObject { v: CFunctionData }

/** PyCFunctionObject's and PyCMethodObject's struct. */
export class CFunctionData {
  m_ml: PyMethodDef
  m_self: PyObject | null
  m_module: PyObject | null
  /** Defining class of METH_METHOD functions. */
  mm_class: PyTypeObject | null
  vectorcall: vectorcallfunc | null
  constructor(ml: PyMethodDef, self: PyObject | null, module: PyObject | null, cls: PyTypeObject | null) {
    this.m_ml = ml
    this.m_self = self
    this.m_module = module
    this.mm_class = cls
    this.vectorcall = vectorcallFor(ml.ml_flags)
  }
}

// ---- calls -----------------------------------------------------------------------------------------------------------

function noKeywords(func: PyObject, kwnames: PyObject | null): boolean {
  if (kwnames === null || (kwnames.v as PyObject[]).length === 0) return true
  withFunctionStr(func, text => PyErr_Format(PyExc_TypeError, '%U takes no keyword arguments', text))
  return false
}

// DIFFERS: CPython's specialised calls of builtin functions are not counted against the recursion limit; all of these are.
function cfunction_vectorcall_NOARGS(func: PyObject, _args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!noKeywords(func, kwnames)) return null
  if (nargs !== 0) {
    return withFunctionStr(func, text => PyErr_Format(PyExc_TypeError, '%U takes no arguments (%zd given)', text, nargs))
  }
  if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
  const data = func.v as CFunctionData
  const result = (data.m_ml.ml_meth as NoArgsFunction)(data.m_self!)
  _Py_LeaveRecursiveCall()
  return result
}

function cfunction_vectorcall_O(func: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!noKeywords(func, kwnames)) return null
  if (nargs !== 1) {
    return withFunctionStr(func, text =>
      PyErr_Format(PyExc_TypeError, '%U takes exactly one argument (%zd given)', text, nargs))
  }
  if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
  const data = func.v as CFunctionData
  const result = (data.m_ml.ml_meth as OneArgFunction)(data.m_self!, args[0]!)
  _Py_LeaveRecursiveCall()
  return result
}

function cfunction_vectorcall_FASTCALL(func: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!noKeywords(func, kwnames)) return null
  if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
  const data = func.v as CFunctionData
  const result = (data.m_ml.ml_meth as FastFunction)(data.m_self!, args, nargs)
  _Py_LeaveRecursiveCall()
  return result
}

function cfunction_vectorcall_FASTCALL_KEYWORDS(
  func: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
  const data = func.v as CFunctionData
  const result = (data.m_ml.ml_meth as FastKeywordsFunction)(data.m_self!, args, nargs, kwnames)
  _Py_LeaveRecursiveCall()
  return result
}

function cfunction_vectorcall_FASTCALL_KEYWORDS_METHOD(
  func: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
  const data = func.v as CFunctionData
  const result = (data.m_ml.ml_meth as MethodKeywordsFunction)(data.m_self!, args, nargs, kwnames, data.mm_class!)
  _Py_LeaveRecursiveCall()
  return result
}

/** METH_VARARGS functions have none: their tuple is the caller's, or made by _PyObject_MakeTpCall. */
function vectorcallFor(flags: number): vectorcallfunc | null {
  switch (flags & (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)) {
    case METH_NOARGS: return cfunction_vectorcall_NOARGS
    case METH_O: return cfunction_vectorcall_O
    case METH_FASTCALL: return cfunction_vectorcall_FASTCALL
    case METH_FASTCALL | METH_KEYWORDS: return cfunction_vectorcall_FASTCALL_KEYWORDS
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: return cfunction_vectorcall_FASTCALL_KEYWORDS_METHOD
    case METH_VARARGS:
    case METH_VARARGS | METH_KEYWORDS: return null
  }
  throw new Error(`Molt: bad METH_ flags ${flags.toString(16)}`)
}

/** For callers that do not go through PyVectorcall_Function. */
function cfunction_vectorcall(func: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const f = (func.v as CFunctionData).vectorcall
  return f === null ? _PyObject_MakeTpCall(func, args, nargs, kwnames) : f(func, args, nargs, kwnames)
}

/** tp_call of METH_VARARGS functions. */
function cfunction_call(func: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const data = func.v as CFunctionData
  const flags = data.m_ml.ml_flags
  if ((flags & METH_VARARGS) === 0) return PyVectorcall_Call(func, args, kwargs)
  if ((flags & METH_KEYWORDS) !== 0) {
    return _Py_CheckFunctionResult(func, (data.m_ml.ml_meth as VarArgsKeywordsFunction)(data.m_self!, args, kwargs))
  }
  if (kwargs !== null && PyDict_GET_SIZE(kwargs) !== 0) {
    return PyErr_Format(PyExc_TypeError, '%.200s() takes no keyword arguments', data.m_ml.ml_name)
  }
  return _Py_CheckFunctionResult(func, (data.m_ml.ml_meth as VarArgsFunction)(data.m_self!, args))
}

// ---- life and attributes --------------------------------------------------------------------------------------------------

function meth_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  if (!_PyTrash_begin(o, meth_dealloc)) return
  const data = o.v as CFunctionData
  // The class first, as it may hold self.
  Py_XDECREF(data.mm_class)
  Py_XDECREF(data.m_self)
  Py_XDECREF(data.m_module)
  PyObject_GC_Del(o)
  _PyTrash_end()
}

function meth_traverse(o: PyObject, visit: visitproc): void {
  const data = o.v as CFunctionData
  if (data.mm_class !== null) visit(data.mm_class)
  if (data.m_self !== null) visit(data.m_self)
  if (data.m_module !== null) visit(data.m_module)
}

const dataOf = (o: PyObject): CFunctionData => o.v as CFunctionData
const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}

/** What `__self__` shows; METH_STATIC functions have none. */
function meth_get__self__(o: PyObject): PyObject {
  return newRef(dataOf(o).m_self ?? Py_None)
}

function meth_get__qualname__(o: PyObject): PyObject | null {
  const { m_self: self, m_ml: ml } = dataOf(o)
  if (self === null || PyModule_Check(self)) return PyUnicode_FromString(ml.ml_name)
  const type = PyType_Check(self) ? self : self.ob_type
  const typeQualname = PyObject_GetAttr(type, _Py_ID('__qualname__'))
  if (typeQualname === null) return null
  const result = PyUnicode_FromFormat('%S.%s', typeQualname, ml.ml_name)
  Py_DECREF(typeQualname)
  return result
}

function meth_reduce(o: PyObject): PyObject | null {
  const { m_self: self, m_ml: ml } = dataOf(o)
  if (self === null || PyModule_Check(self)) return PyUnicode_FromString(ml.ml_name)
  const getattr = _PyEval_GetBuiltin('getattr')
  if (getattr === null) return null
  const name = PyUnicode_FromString(ml.ml_name)
  const args = PyTuple_Pack(self, name)
  Py_DECREF(name)
  const result = PyTuple_Pack(getattr, args)
  Py_DECREF(args)
  Py_DECREF(getattr)
  return result
}

function meth_repr(o: PyObject): PyObject | null {
  const { m_self: self, m_ml: ml } = dataOf(o)
  if (self === null || PyModule_Check(self)) return PyUnicode_FromFormat('<built-in function %s>', ml.ml_name)
  return PyUnicode_FromFormat('<built-in method %s of %s object at %p>', ml.ml_name, self.ob_type.tp_name, self)
}

function meth_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  if ((op !== Py_EQ && op !== Py_NE) || !PyCFunction_Check(a) || !PyCFunction_Check(b)) return newRef(Py_NotImplemented)
  const equal = a.v.m_self === b.v.m_self && a.v.m_ml.ml_meth === b.v.m_ml.ml_meth
  return newRef(equal === (op === Py_EQ) ? Py_True : Py_False)
}

/** Functions have no address here: the method table's name stands in for it. */
function meth_hash(o: PyObject): number {
  const { m_self: self, m_ml: ml } = dataOf(o)
  let lo = 0
  let hi = 0
  if (self !== null) {
    _Py_HashPointer(self)
    lo = HASH[0]!
    hi = HASH[1]!
  }
  let text = 0
  for (let i = 0; i < ml.ml_name.length; i++) text = Math.imul(text, 31) + ml.ml_name.charCodeAt(i) | 0
  HASH[0] = lo ^ text
  HASH[1] = hi
  if (HASH[0] === -1 && HASH[1] === -1) HASH[0] = -2
  return 0
}

const getset: PyGetSetDef[] = [
  // DIFFERS: no docstrings.
  { name: '__doc__', get: () => newRef(Py_None) },
  { name: '__name__', get: o => PyUnicode_FromString(dataOf(o).m_ml.ml_name) },
  { name: '__qualname__', get: meth_get__qualname__ },
  { name: '__self__', get: meth_get__self__ },
  {
    name: '__text_signature__',
    get: o => {
      const { signature } = dataOf(o).m_ml
      return signature === undefined || signature === '' ? newRef(Py_None) : PyUnicode_FromString(signature)
    },
  },
]

export const PyCFunction_Type = new PyTypeObject('builtin_function_or_method', {
  tp_basicsize: 56, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, weakrefs: true,
  tp_dealloc: meth_dealloc, tp_traverse: meth_traverse,
  tp_repr: meth_repr, tp_hash: meth_hash, tp_richcompare: meth_richcompare,
  tp_call: cfunction_call,
  vectorcall: cfunction_vectorcall,
  tp_methods: [{ ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: meth_reduce }],
  tp_members: [{
    name: '__module__', get: o => newRef(dataOf(o).m_module ?? Py_None),
    set: (o, value) => {
      const data = dataOf(o)
      if (value !== null) Py_INCREF(value)
      const old = data.m_module
      data.m_module = value
      Py_XDECREF(old)
      return 0
    },
  }],
  tp_getset: getset,
})

export const PyCMethod_Type = new PyTypeObject('builtin_method', {
  tp_basicsize: 64, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, weakrefs: true,
})
PyCMethod_Type.tp_base = PyCFunction_Type
// Inherited in CPython together with Py_TPFLAGS_HAVE_GC, which is said above for the size of the pre-header.
PyCMethod_Type.tp_traverse = PyCFunction_Type.tp_traverse
PyCMethod_Type.tp_clear = PyCFunction_Type.tp_clear

/** True for built-in functions and methods. */
export function PyCFunction_Check(o: PyObject): o is PyCFunctionObject {
  return o.ob_type === PyCFunction_Type || o.ob_type === PyCMethod_Type
}

export function PyCFunction_CheckExact(o: PyObject): boolean {
  return o.ob_type === PyCFunction_Type
}

export function PyCFunction_GET_FUNCTION(o: PyObject): PyMethodDef['ml_meth'] {
  return dataOf(o).m_ml.ml_meth
}

/** NEW function; self, module (the module's name) and class get references. */
export function PyCMethod_New(ml: PyMethodDef, self: PyObject | null, module: PyObject | null, cls: PyTypeObject | null): PyObject {
  if (cls !== null) Py_INCREF(cls)
  if (self !== null) Py_INCREF(self)
  if (module !== null) Py_INCREF(module)
  const o = PyObject_GC_New(cls !== null ? PyCMethod_Type : PyCFunction_Type, new CFunctionData(ml, self, module, cls))
  PyObject_GC_Track(o)
  return o
}

export function PyCFunction_NewEx(ml: PyMethodDef, self: PyObject | null, module: PyObject | null): PyObject {
  return PyCMethod_New(ml, self, module, null)
}

