// Python functions, classmethod and staticmethod. Mirrors Objects/funcobject.c. Calling a function is the VM's: it registers
// itself in `functionHooks`.
import {
  PyTypeObject, Py_DECREF, Py_INCREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_METHOD_DESCRIPTOR, Py_XDECREF,
  type PyGetSetDef, type PyMemberDef, type PyObject, type vectorcallfunc, type visitproc,
} from './object'
import { PyVectorcall_Call } from './call'
import { PyCell_Check } from './cellobject'
import { PyCode_Check, type CodeData, type PyCodeObject } from './codeobject'
import { PyMethod_New } from './classobject'
import { PyDict_Check, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from './dictobject'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_UnpackKeywords } from './getargs'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_GenericGetDict, PyObject_GenericSetDict } from './object-protocol'
import { Py_None } from './singletons'
import { PyTuple_Check, PyTuple_GET_SIZE } from './tupleobject'
import { PyUnicode_Check, PyUnicode_EmptyString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyObject_ClearWeakRefs } from './weakrefobject'

export { PyClassMethod_New, PyClassMethod_Type, PyStaticMethod_New, PyStaticMethod_Type } from './func-decorators'

/** Set by the VM. */
export const functionHooks = {
  vectorcall: ((): never => { throw new Error('Molt: functions cannot be called before the VM is there') }) as vectorcallfunc,
  /** BORROWED builtins dict for code that runs with these globals, _PyEval_BuiltinsFromGlobals. */
  builtinsOf: (_globals: PyObject): PyObject => { throw new Error('Molt: no builtins before the VM is there') },
}

export interface PyFunctionObject extends PyObject { v: FunctionData }

/** PyFunctionObject's struct; func_dict and the weak references are the object's `dict` and `weaklist`. */
export class FunctionData {
  func_globals: PyObject
  func_builtins: PyObject
  func_name: PyObject
  func_qualname: PyObject
  func_code: PyCodeObject
  func_defaults: PyObject | null = null
  func_kwdefaults: PyObject | null = null
  func_closure: PyObject | null = null
  func_doc: PyObject | null = null
  func_module: PyObject | null = null
  /** A dict, or (until somebody asks) the tuple of names and values that MAKE_FUNCTION got. */
  func_annotations: PyObject | null = null
  /** 0 = none given since the last change of code or defaults. */
  func_version = 0

  constructor(code: PyCodeObject, globals: PyObject, builtins: PyObject, name: PyObject, qualname: PyObject) {
    this.func_code = code
    this.func_globals = globals
    this.func_builtins = builtins
    this.func_name = name
    this.func_qualname = qualname
  }
}

let next_func_version = 1

/** Version of a function for inline caches: changes with code and defaults. Mirrors _PyFunction_GetVersionForCurrentState. */
export function _PyFunction_GetVersionForCurrentState(func: PyObject): number {
  const data = func.v as FunctionData
  if (data.func_version === 0) data.func_version = next_func_version++
  return data.func_version
}

// ---- making functions ---------------------------------------------------------------------------------------------------

/** NEW function. Borrows; `qualname` null means the code's. */
export function PyFunction_NewWithQualName(code: PyObject, globals: PyObject, qualname: PyObject | null): PyObject {
  const data = code.v as CodeData
  Py_INCREF(globals)
  Py_INCREF(code)
  Py_INCREF(data.co_name)
  const shown = qualname ?? data.co_qualname
  Py_INCREF(shown)
  const first = data.consts[0]
  const doc = first !== undefined && PyUnicode_Check(first) ? first : Py_None
  Py_INCREF(doc)
  const module = PyDict_GetItemWithError(globals, _Py_ID('__name__'))
  if (module !== null) Py_INCREF(module)
  const builtins = functionHooks.builtinsOf(globals)
  Py_INCREF(builtins)
  const fn = new FunctionData(code as PyCodeObject, globals, builtins, data.co_name, shown)
  fn.func_doc = doc
  fn.func_module = module
  const func = PyObject_GC_New(PyFunction_Type, fn)
  PyObject_GC_Track(func)
  return func
}

export function PyFunction_New(code: PyObject, globals: PyObject): PyObject {
  return PyFunction_NewWithQualName(code, globals, null)
}

/** NEW function for running a code object as a whole (module, eval, exec): no docstring, no module. Borrows. */
export function PyFunction_FromConstructor(
  code: PyCodeObject, globals: PyObject, builtins: PyObject, closure: PyObject | null,
): PyObject {
  const { co_name: name } = code.v
  for (const o of [globals, builtins, code, name, name]) Py_INCREF(o)
  const fn = new FunctionData(code, globals, builtins, name, name)
  if (closure !== null) Py_INCREF(closure)
  fn.func_closure = closure
  Py_INCREF(Py_None)
  fn.func_doc = Py_None
  const func = PyObject_GC_New(PyFunction_Type, fn)
  PyObject_GC_Track(func)
  return func
}

export function PyFunction_Check(o: PyObject): o is PyFunctionObject {
  return o.ob_type === PyFunction_Type
}

/** BORROWED. */
export function PyFunction_GetCode(func: PyObject): PyCodeObject {
  return (func.v as FunctionData).func_code
}

// ---- life ------------------------------------------------------------------------------------------------------------------

const CLEARED = [
  'func_globals', 'func_builtins', 'func_module', 'func_defaults', 'func_kwdefaults', 'func_doc',
] as const

function drop(data: FunctionData, field: keyof FunctionData): void {
  const fields = data as unknown as Record<string, PyObject | null>
  const o = fields[field] ?? null
  fields[field] = null
  Py_XDECREF(o)
}

/** Everything but the code goes; the names become empty, since they must be there. */
function func_clear(func: PyObject): void {
  const data = func.v as FunctionData
  data.func_version = 0
  for (const field of CLEARED) drop(data, field)
  const dict = func.dict as PyObject | null
  func.dict = null
  Py_XDECREF(dict)
  drop(data, 'func_closure')
  drop(data, 'func_annotations')
  const { func_name: name, func_qualname: qualname } = data
  data.func_name = PyUnicode_EmptyString()
  Py_DECREF(name)
  data.func_qualname = PyUnicode_EmptyString()
  Py_DECREF(qualname)
}

function func_dealloc(func: PyObject): void {
  PyObject_GC_UnTrack(func)
  if (func.weaklist !== null) PyObject_ClearWeakRefs(func)
  func_clear(func)
  const data = func.v as FunctionData
  Py_DECREF(data.func_code)
  Py_DECREF(data.func_name)
  Py_DECREF(data.func_qualname)
  PyObject_GC_Del(func)
}

function func_traverse(func: PyObject, visit: visitproc): void {
  const data = func.v as FunctionData
  visit(data.func_code)
  if (data.func_globals !== null) visit(data.func_globals)
  if (data.func_builtins !== null) visit(data.func_builtins)
  if (data.func_module !== null) visit(data.func_module)
  if (data.func_defaults !== null) visit(data.func_defaults)
  if (data.func_kwdefaults !== null) visit(data.func_kwdefaults)
  if (data.func_doc !== null) visit(data.func_doc)
  visit(data.func_name)
  if (func.dict !== null) visit(func.dict as PyObject)
  if (data.func_closure !== null) visit(data.func_closure)
  if (data.func_annotations !== null) visit(data.func_annotations)
  visit(data.func_qualname)
}

// ---- attributes ---------------------------------------------------------------------------------------------------------------

const dataOf = (func: PyObject): FunctionData => func.v as FunctionData
const newRef = (o: PyObject): PyObject => {
  o.ob_refcnt++
  return o
}
const orNone = (o: PyObject | null): PyObject => newRef(o ?? Py_None)

/** Replaces a field; `value` gets a new reference. */
function replace(data: FunctionData, field: 'func_defaults' | 'func_kwdefaults' | 'func_annotations', value: PyObject | null): number {
  if (value !== null) Py_INCREF(value)
  const old = data[field]
  data[field] = value
  Py_XDECREF(old)
  return 0
}

function typeError(message: string): -1 {
  PyErr_SetString(PyExc_TypeError, message)
  return -1
}

function set_code(func: PyObject, value: PyObject | null): number {
  if (value === null || !PyCode_Check(value)) return typeError('__code__ must be set to a code object')
  const data = dataOf(func)
  const closed = data.func_closure === null ? 0 : PyTuple_GET_SIZE(data.func_closure)
  if (value.v.nfreevars !== closed) {
    PyErr_Format(PyExc_ValueError, '%U() requires a code object with %zd free vars, not %zd', data.func_name, closed,
      value.v.nfreevars)
    return -1
  }
  data.func_version = 0
  Py_INCREF(value)
  const old = data.func_code
  data.func_code = value
  Py_DECREF(old)
  return 0
}

function set_name(field: 'func_name' | 'func_qualname', shown: string) {
  return (func: PyObject, value: PyObject | null): number => {
    if (value === null || !PyUnicode_Check(value)) return typeError(`${shown} must be set to a string object`)
    const data = dataOf(func)
    Py_INCREF(value)
    const old = data[field]
    data[field] = value
    Py_DECREF(old)
    return 0
  }
}

function set_defaults(func: PyObject, value: PyObject | null): number {
  if (value === Py_None) value = null
  if (value !== null && !PyTuple_Check(value)) return typeError('__defaults__ must be set to a tuple object')
  const data = dataOf(func)
  data.func_version = 0
  return replace(data, 'func_defaults', value)
}

function set_kwdefaults(func: PyObject, value: PyObject | null): number {
  if (value === Py_None) value = null
  if (value !== null && !PyDict_Check(value)) return typeError('__kwdefaults__ must be set to a dict object')
  const data = dataOf(func)
  data.func_version = 0
  return replace(data, 'func_kwdefaults', value)
}

/** BORROWED dict; made from the tuple that the function was given. Null without exception: there are none. */
export function func_get_annotation_dict(func: PyObject): PyObject | null {
  const data = dataOf(func)
  const held = data.func_annotations
  if (held === null || !PyTuple_Check(held)) return held
  const dict = PyDict_New()
  const items = held.v
  for (let i = 0; i < items.length; i += 2) {
    if (PyDict_SetItem(dict, items[i]!, items[i + 1]!) < 0) {
      Py_DECREF(dict)
      return null
    }
  }
  data.func_annotations = dict
  Py_DECREF(held)
  return dict
}

function get_annotations(func: PyObject): PyObject | null {
  const data = dataOf(func)
  data.func_annotations ??= PyDict_New()
  const dict = func_get_annotation_dict(func)
  return dict === null ? null : newRef(dict)
}

function set_annotations(func: PyObject, value: PyObject | null): number {
  if (value === Py_None) value = null
  if (value !== null && !PyDict_Check(value)) return typeError('__annotations__ must be set to a dict object')
  const data = dataOf(func)
  data.func_version = 0
  return replace(data, 'func_annotations', value)
}

const getset: PyGetSetDef[] = [
  { name: '__code__', get: func => newRef(dataOf(func).func_code), set: set_code },
  { name: '__defaults__', get: func => orNone(dataOf(func).func_defaults), set: set_defaults },
  { name: '__kwdefaults__', get: func => orNone(dataOf(func).func_kwdefaults), set: set_kwdefaults },
  { name: '__annotations__', get: get_annotations, set: set_annotations },
  { name: '__dict__', get: func => PyObject_GenericGetDict(func), set: (func, value) => PyObject_GenericSetDict(func, value) },
  { name: '__name__', get: func => newRef(dataOf(func).func_name), set: set_name('func_name', '__name__') },
  { name: '__qualname__', get: func => newRef(dataOf(func).func_qualname), set: set_name('func_qualname', '__qualname__') },
]

const writable = (name: string, field: 'func_doc' | 'func_module'): PyMemberDef => ({
  name, get: func => orNone(dataOf(func)[field]),
  set: (func, value) => {
    const data = dataOf(func)
    if (value !== null) Py_INCREF(value)
    const old = data[field]
    data[field] = value
    Py_XDECREF(old)
    return 0
  },
})

const members: PyMemberDef[] = [
  { name: '__closure__', get: func => orNone(dataOf(func).func_closure) },
  writable('__doc__', 'func_doc'),
  { name: '__globals__', get: func => newRef(dataOf(func).func_globals) },
  writable('__module__', 'func_module'),
  { name: '__builtins__', get: func => newRef(dataOf(func).func_builtins) },
]

// ---- the type -------------------------------------------------------------------------------------------------------------------

const parser = new ArgParser('function', ['code', 'globals', 'name', 'argdefs', 'closure'])

// Mirrors func_new_impl: types.FunctionType(code, globals, name=None, argdefs=None, closure=None).
function func_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  const given = _PyArg_UnpackKeywords(items, items.length, kwargs, null, parser, 2, 5, 0)
  if (given === null) return null
  const code = given[0]!
  const globals = given[1]!
  const name = given[2] ?? Py_None
  const defaults = given[3] ?? Py_None
  const closure = given[4] ?? Py_None
  if (!PyCode_Check(code)) return _PyArg_BadArgument('function', 'argument \'code\'', 'code', code)
  if (!PyDict_Check(globals)) return _PyArg_BadArgument('function', 'argument \'globals\'', 'dict', globals)
  if (name !== Py_None && !PyUnicode_Check(name)) return PyErr_SetString(PyExc_TypeError, 'arg 3 (name) must be None or string')
  if (defaults !== Py_None && !PyTuple_Check(defaults)) {
    return PyErr_SetString(PyExc_TypeError, 'arg 4 (defaults) must be None or tuple')
  }
  const wanted = code.v.nfreevars
  if (!PyTuple_Check(closure)) {
    if (wanted !== 0 && closure === Py_None) return PyErr_SetString(PyExc_TypeError, 'arg 5 (closure) must be tuple')
    if (closure !== Py_None) return PyErr_SetString(PyExc_TypeError, 'arg 5 (closure) must be None or tuple')
  }
  const cells = closure === Py_None ? [] : closure.v as PyObject[]
  if (wanted !== cells.length) {
    return PyErr_Format(PyExc_ValueError, '%U requires closure of length %zd, not %zd', code.v.co_name, wanted, cells.length)
  }
  for (const cell of cells) {
    if (!PyCell_Check(cell)) {
      return PyErr_Format(PyExc_TypeError, 'arg 5 (closure) expected cell, found %s', cell.ob_type.tp_name)
    }
  }
  const func = PyFunction_New(code, globals)
  const data = dataOf(func)
  if (name !== Py_None) {
    Py_INCREF(name)
    const old = data.func_name
    data.func_name = name
    Py_DECREF(old)
  }
  if (defaults !== Py_None) data.func_defaults = newRef(defaults)
  if (closure !== Py_None) data.func_closure = newRef(closure)
  return func
}

function func_descr_get(func: PyObject, obj: PyObject | null): PyObject {
  return obj === Py_None || obj === null ? newRef(func) : PyMethod_New(func, obj)
}

export const PyFunction_Type = new PyTypeObject('function', {
  tp_basicsize: 136, tp_dictoffset: 88, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
  tp_dealloc: func_dealloc,
  tp_repr: func => PyUnicode_FromFormat('<function %U at %p>', dataOf(func).func_qualname, func),
  tp_call: (func, args, kwargs) => PyVectorcall_Call(func, args, kwargs),
  vectorcall: (func, args, nargs, kwnames) => functionHooks.vectorcall(func, args, nargs, kwnames),
  tp_traverse: func_traverse, tp_clear: func_clear,
  tp_members: members, tp_getset: getset,
  tp_descr_get: func_descr_get,
  tp_new: func_new,
})

