// _contextvars: Context, ContextVar and Token. Python/context.c.
import { staticType } from '../objects/static-types'
import { PyBool_FromLong } from '../objects/boolobject'
import { PyObject_Vectorcall } from '../objects/call'
import { PyErr_Format, PyErr_SetObject, PyErr_SetString } from '../objects/errors'
import { PyExc_KeyError, PyExc_LookupError, PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { contextFreeLists } from '../objects/gc-host'
import { Py_GenericAlias } from '../objects/genericaliasobject'
import { _PyArg_CheckPositional } from '../objects/getargs'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  HASH, METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyMethodDef,
  type PyObject, PyTypeObject, genericGetAttr,
} from '../objects/object'
import { PyObject_Hash, PyObject_HashNotImplemented, PyObject_RichCompareBool, _Py_HashPointer } from '../objects/object-protocol'
import { FreeList, PyObject_Free, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack, PyObject_New } from '../objects/objimpl'
import { PyDict_SetItem } from '../objects/dictobject'
import { PyObject_GetIter } from '../objects/abstract'
import { _PyRuntime } from '../objects/runtime'
import { Py_None, Py_NotImplemented } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID } from '../objects/unicodeobject'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import {
  HamtData, _PyHamt_ArrayNode_Type, _PyHamt_Assoc, _PyHamt_BitmapNode_Type, _PyHamt_Find, _PyHamt_New, _PyHamt_Type, _PyHamt_Without, hamtEntries,
  resetHamt,
} from './hamt'
import { readyStatic } from './static-module-types'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

// ---- Context -------------------------------------------------------------------------------------------------------------

class ContextData {
  prev: PyObject | null = null
  vars: PyObject
  entered = false
  constructor(vars: PyObject) {
    this.vars = vars
  }
}

const context = (o: PyObject): ContextData => o.v as ContextData
const freeList = new FreeList(255)

/** STEALS vars. Mirrors context_new_from_vars. */
function newContext(vars: PyObject): PyObject {
  const o = freeList.take() ?? PyObject_GC_New(PyContext_Type, null)
  o.v = new ContextData(vars)
  PyObject_GC_Track(o)
  return o
}

function newEmptyContext(): PyObject {
  const o = freeList.take() ?? PyObject_GC_New(PyContext_Type, null)
  o.v = new ContextData(_PyHamt_New())
  PyObject_GC_Track(o)
  return o
}

/** BORROWED current context of the thread, made when first asked for. */
function current(): PyObject {
  const { tstate } = _PyRuntime
  return tstate.context ??= newEmptyContext()
}

export function PyContext_CopyCurrent(): PyObject {
  return newContext(ref(context(current()).vars))
}

// Mirrors _PyContext_Enter and _PyContext_Exit.
export function PyContext_Enter(o: PyObject): number {
  const { tstate } = _PyRuntime
  const c = context(o)
  if (c.entered) {
    PyErr_Format(PyExc_RuntimeError, 'cannot enter context: %R is already entered', o)
    return -1
  }
  c.prev = tstate.context
  c.entered = true
  tstate.context = ref(o)
  tstate.context_ver++
  return 0
}

export function PyContext_Exit(o: PyObject): number {
  const { tstate } = _PyRuntime
  const c = context(o)
  if (!c.entered) {
    PyErr_Format(PyExc_RuntimeError, 'cannot exit context: %R has not been entered', o)
    return -1
  }
  if (tstate.context !== o) {
    PyErr_SetString(PyExc_RuntimeError, 'cannot exit context: thread state references a different context object')
    return -1
  }
  tstate.context = c.prev
  c.prev = null
  c.entered = false
  tstate.context_ver++
  Py_DECREF(o)
  return 0
}

function run(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (nargs < 1) return PyErr_SetString(PyExc_TypeError, 'run() missing 1 required positional argument')
  if (PyContext_Enter(o) < 0) return null
  const result = PyObject_Vectorcall(args[0]!, args.slice(1), nargs - 1, kwnames)
  if (PyContext_Exit(o) < 0) {
    Py_XDECREF(result)
    return null
  }
  return result
}

function checkVar(key: PyObject): boolean {
  if (key.ob_type === PyContextVar_Type) return true
  PyErr_Format(PyExc_TypeError, 'a ContextVar key was expected, got %R', key)
  return false
}

/** BORROWED value, undefined if unset, null with an exception set. */
const find = (o: PyObject, key: PyObject): PyObject | null | undefined => checkVar(key) ? _PyHamt_Find(context(o).vars, key) : null

// DIFFERS: iterators of a context are those of a tuple made at once; CPython walks the trie.
function iterator(pick: (key: PyObject, value: PyObject) => PyObject) {
  return (o: PyObject): PyObject | null => {
    const items = [...hamtEntries(context(o).vars)].map(([key, value]) => pick(key, value))
    const tuple = PyTuple_FromArray(items)
    const iter = PyObject_GetIter(tuple)
    Py_DECREF(tuple)
    return iter
  }
}

function compare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (b.ob_type !== PyContext_Type || (op !== Py_EQ && op !== Py_NE)) return ref(Py_NotImplemented)
  const x = context(a).vars
  const y = context(b).vars
  let equal = x === y || (x.v as HamtData).count === (y.v as HamtData).count
  if (equal && x !== y) {
    for (const [key, value] of hamtEntries(x)) {
      const other = _PyHamt_Find(y, key)
      if (other === null) return null
      const same = other === undefined ? 0 : PyObject_RichCompareBool(value, other, Py_EQ)
      if (same < 0) return null
      if (same === 0) {
        equal = false
        break
      }
    }
  }
  return PyBool_FromLong(equal === (op === Py_EQ) ? 1 : 0)
}

const noArguments = (name: string, o: PyObject, kwargs: PyObject | null): boolean => {
  if ((o.v as PyObject[]).length === 0 && (kwargs === null || kwargs.v.ma_used === 0)) return true
  PyErr_SetString(PyExc_TypeError, `${name}() does not accept any arguments`)
  return false
}

export const PyContext_Type: PyTypeObject = staticType(new PyTypeObject('_contextvars.Context', {
  tp_basicsize: 48, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_new: (_type, args, kwargs) => noArguments('Context', args, kwargs) ? newEmptyContext() : null,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    const c = context(o)
    Py_XDECREF(c.prev)
    Py_DECREF(c.vars)
    o.v = null
    if (!freeList.put(o)) PyObject_GC_Del(o)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => {
    const c = context(o)
    if (c.prev !== null) visit(c.prev)
    visit(c.vars)
  },
  tp_getattro: genericGetAttr,
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_richcompare: compare,
  tp_iter: iterator(key => ref(key)),
  mp_length: o => (context(o).vars.v as HamtData).count,
  mp_subscript: (o, key) => {
    const value = find(o, key)
    if (value === undefined) {
      PyErr_SetObject(PyExc_KeyError, key)
      return null
    }
    return value === null ? null : ref(value)
  },
  sq_contains: (o, key) => {
    const value = find(o, key)
    return value === null ? -1 : value === undefined ? 0 : 1
  },
  tp_methods: [
    {
      ml_name: 'get', ml_flags: METH_FASTCALL, signature: '($self, key, default=None, /)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
        if (!_PyArg_CheckPositional('get', nargs, 1, 2)) return null
        const value = find(o, args[0]!)
        return value === null ? null : ref(value ?? (nargs > 1 ? args[1]! : Py_None))
      },
    },
    {
      ml_name: 'items', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: iterator((key, value) => PyTuple_FromArray([ref(key), ref(value)])),
    },
    { ml_name: 'keys', ml_flags: METH_NOARGS, ml_meth: iterator(key => ref(key)), signature: '($self, /)' },
    { ml_name: 'values', ml_flags: METH_NOARGS, ml_meth: iterator((_key, value) => ref(value)), signature: '($self, /)' },
    { ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => newContext(ref(context(o).vars)), signature: '($self, /)' },
    { ml_name: 'run', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: run },
  ],
}))

// ---- ContextVar ----------------------------------------------------------------------------------------------------------

class VarData {
  name: PyObject
  fallback: PyObject | null
  hashLo = 0
  hashHi = 0
  constructor(name: PyObject, fallback: PyObject | null) {
    this.name = name
    this.fallback = fallback
  }
}

const variable = (o: PyObject): VarData => o.v as VarData

// Mirrors contextvar_set and contextvar_del.
function assign(o: PyObject, value: PyObject | null): number {
  const c = context(current())
  const vars = value === null ? _PyHamt_Without(c.vars, o) : _PyHamt_Assoc(c.vars, o, value)
  if (vars === null) return -1
  if (value === null && vars === c.vars) {
    Py_DECREF(vars)
    PyErr_SetObject(PyExc_LookupError, o)
    return -1
  }
  const old = c.vars
  c.vars = vars
  Py_DECREF(old)
  return 0
}

export function PyContextVar_Set(o: PyObject, value: PyObject): PyObject | null {
  const ctx = current()
  const found = _PyHamt_Find(context(ctx).vars, o)
  if (found === null) return null
  const old = found === undefined ? null : ref(found)
  const token = PyObject_GC_New(PyContextToken_Type, new TokenData(ref(ctx), ref(o), old))
  PyObject_GC_Track(token)
  return assign(o, value) === 0 ? token : (Py_DECREF(token), null)
}

/** BORROWED value of a variable in the current context; undefined if it has none there, null with an exception set. */
export function PyContextVar_Get(o: PyObject): PyObject | null | undefined {
  const { context: ctx } = _PyRuntime.tstate
  return ctx === null ? undefined : _PyHamt_Find(context(ctx).vars, o)
}

function get(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('get', nargs, 0, 1)) return null
  const { context: ctx } = _PyRuntime.tstate
  const value = ctx === null ? undefined : _PyHamt_Find(context(ctx).vars, o)
  if (value === null) return null
  const result = value ?? (nargs > 0 ? args[0]! : variable(o).fallback)
  if (result !== null) return ref(result)
  PyErr_SetObject(PyExc_LookupError, o)
  return null
}

function reset(o: PyObject, token: PyObject): PyObject | null {
  if (token.ob_type !== PyContextToken_Type) return PyErr_Format(PyExc_TypeError, 'expected an instance of Token, got %R', token)
  const t = token.v as TokenData
  if (t.used) return PyErr_Format(PyExc_RuntimeError, '%R has already been used once', token)
  if (o !== t.variable) return PyErr_Format(PyExc_ValueError, '%R was created by a different ContextVar', token)
  if (current() !== t.ctx) return PyErr_Format(PyExc_ValueError, '%R was created in a different Context', token)
  t.used = true
  return assign(o, t.old) < 0 ? null : ref(Py_None)
}

// Mirrors contextvar_new.
function newVar(name: PyObject, fallback: PyObject | null): PyObject | null {
  const o = PyObject_GC_New(PyContextVar_Type, null)
  const d = new VarData(ref(name), fallback === null ? null : ref(fallback))
  o.v = d
  // Mirrors contextvar_generate_hash.
  if (PyObject_Hash(name) === -1) return Py_DECREF(o), null
  const [lo, hi] = [HASH[0]!, HASH[1]!]
  _Py_HashPointer(o)
  d.hashLo = HASH[0]! ^ lo
  d.hashHi = HASH[1]! ^ hi
  if (d.hashLo === -1 && d.hashHi === -1) d.hashLo = -2
  PyObject_GC_Track(o)
  return o
}

/** NEW variable without a default value. */
export function PyContextVar_New(text: string): PyObject | null {
  const name = PyUnicode_FromString(text)
  const o = newVar(name, null)
  Py_DECREF(name)
  return o
}

export const PyContextVar_Type: PyTypeObject = staticType(new PyTypeObject('_contextvars.ContextVar', {
  tp_basicsize: 64, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_new: (_type, args, kwargs) => {
    const given = parseTupleAndKeywords('ContextVar', ['name', 'default'], 1, 1, args, kwargs)
    if (given === null) return null
    const name = given[0]!
    if (!PyUnicode_Check(name)) return PyErr_SetString(PyExc_TypeError, 'context variable name must be a str')
    return newVar(name, given[1] ?? null)
  },
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(variable(o).name)
    Py_XDECREF(variable(o).fallback)
    PyObject_GC_Del(o)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => {
    visit(variable(o).name)
    if (variable(o).fallback !== null) visit(variable(o).fallback!)
  },
  tp_getattro: genericGetAttr,
  tp_hash: o => {
    HASH[0] = variable(o).hashLo
    HASH[1] = variable(o).hashHi
    return 0
  },
  tp_repr: o => {
    const { name, fallback } = variable(o)
    return fallback === null ? PyUnicode_FromFormat('<ContextVar name=%R at %p>', name, o)
      : PyUnicode_FromFormat('<ContextVar name=%R default=%R at %p>', name, fallback, o)
  },
  tp_methods: [
    { ml_name: 'get', ml_flags: METH_FASTCALL, ml_meth: get, signature: '($self, default=<unrepresentable>, /)' },
    { ml_name: 'set', ml_flags: METH_O, ml_meth: PyContextVar_Set, signature: '($self, value, /)' },
    { ml_name: 'reset', ml_flags: METH_O, ml_meth: reset, signature: '($self, token, /)' },
    { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: Py_GenericAlias },
  ] satisfies PyMethodDef[],
  tp_members: [{ name: 'name', get: o => ref(variable(o).name) }],
}))

// ---- Token ---------------------------------------------------------------------------------------------------------------

class TokenData {
  ctx: PyObject
  variable: PyObject
  old: PyObject | null
  used = false
  constructor(ctx: PyObject, variable: PyObject, old: PyObject | null) {
    this.ctx = ctx
    this.variable = variable
    this.old = old
  }
}

const missingType: PyTypeObject = staticType(new PyTypeObject('Token.MISSING', {
  tp_basicsize: 16, tp_flags: 0, tp_dealloc: o => PyObject_Free(o), tp_free: PyObject_Free,
  tp_getattro: genericGetAttr, tp_repr: () => PyUnicode_FromString('<Token.MISSING>'),
}))
let missing: PyObject

export const PyContextToken_Type: PyTypeObject = staticType(new PyTypeObject('_contextvars.Token', {
  tp_basicsize: 48, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_new: () => PyErr_SetString(PyExc_RuntimeError, 'Tokens can only be created by ContextVars'),
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const t = o.v as TokenData
    Py_DECREF(t.ctx)
    Py_DECREF(t.variable)
    Py_XDECREF(t.old)
    PyObject_GC_Del(o)
  },
  tp_free: PyObject_GC_Del,
  tp_traverse: (o, visit) => {
    const t = o.v as TokenData
    visit(t.ctx)
    visit(t.variable)
    if (t.old !== null) visit(t.old)
  },
  tp_getattro: genericGetAttr,
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_repr: o => {
    const t = o.v as TokenData
    return PyUnicode_FromFormat('<Token%s var=%R at %p>', t.used ? ' used' : '', t.variable, o)
  },
  tp_methods: [{ ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: Py_GenericAlias }],
  tp_getset: [
    { name: 'var', get: o => ref((o.v as TokenData).variable) },
    { name: 'old_value', get: o => ref((o.v as TokenData).old ?? missing) },
  ],
}))

const methods: PyMethodDef[] = [
  { ml_name: 'copy_context', ml_flags: METH_NOARGS, ml_meth: PyContext_CopyCurrent, signature: '($module, /)' },
]

export function PyInit__contextvars(): PyObject | null {
  resetHamt()
  contextFreeLists.clear = () => { freeList.clear() }
  contextFreeLists.length = () => freeList.length
  for (const type of [
    _PyHamt_Type, _PyHamt_ArrayNode_Type, _PyHamt_BitmapNode_Type, PyContext_Type, PyContextVar_Type, PyContextToken_Type, missingType,
  ]) if (!readyStatic(type)) return null
  missing = PyObject_New(missingType, null)
  PyDict_SetItem(PyContextToken_Type.tp_dict!, _Py_ID('MISSING'), missing)
  const module = PyModule_Create('_contextvars', methods)
  PyModule_AddObjectRef(module, 'Context', PyContext_Type)
  PyModule_AddObjectRef(module, 'ContextVar', PyContextVar_Type)
  PyModule_AddObjectRef(module, 'Token', PyContextToken_Type)
  return module
}
