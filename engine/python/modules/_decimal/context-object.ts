// Contexts, their SignalDicts, the context manager of localcontext, and the current context. Modules/_decimal/_decimal.c.
//
// A SignalDict is a window on one word of flags inside its context: traps or status.
import { PyBool_From } from '../../objects/boolobject'
import { PyObject_CallNoArgs } from '../../objects/call'
import { PyDict_Check, PyDict_GET_SIZE } from '../../objects/dictobject'
import { PyErr_Clear, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_AttributeError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_Check } from '../../objects/floatobject'
import { PyArg_ParseTupleAndKeywords } from '../../objects/getargs-format'
import { parseTupleAndKeywords } from '../../objects/getargs-keywords'
import { PyList_Check, type ListData } from '../../objects/listobject'
import { PyLong_AsBigInt, PyLong_AsSsize_t, PyLong_Check, PyLong_FromBigInt, PyLong_FromLong, PyLong_FromSsize_t, PyLong_FromValue } from '../../objects/longobject'
import {
  METH_NOARGS, METH_VARARGS, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE, Py_XDECREF, PyObject_TypeCheck, PyTypeObject, genericGetAttr, type PyGetSetDef,
  type PyObject,
} from '../../objects/object'
import { PyObject_GenericGetAttr, PyObject_GenericSetAttr, PyObject_HashNotImplemented, PyObject_IsTrue } from '../../objects/object-protocol'
import { PyObject_Free, PyObject_New } from '../../objects/objimpl'
import { Py_None, Py_NotImplemented } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_FromArray, PyTuple_Type } from '../../objects/tupleobject'
import { PyType_GenericAlloc } from '../../objects/typeobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_Compare, PyUnicode_FromString, PyUnicode_GET_LENGTH } from '../../objects/unicodeobject'
import { PyContextVar_Get, PyContextVar_Set } from '../_contextvars'
import { MAX_EMAX, MAX_PREC, MIN_EMIN, MpdContext, ROUNDING_NAMES, assignContext } from './mpd'
import { FAILED, SignalTuple, dictAsFlags, exceptionAsFlag, flagsAsDict, listAsFlags, signalMap, signalNames, signalsAsList } from './signal-map'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

class ContextData {
  ctx = new MpdContext()
  traps: PyObject | null = null
  flags: PyObject | null = null
  capitals = 1
}

const data = (o: PyObject): ContextData => o.v as ContextData
export const ctxOf = (o: PyObject): MpdContext => data(o).ctx
export const capitalsOf = (o: PyObject): boolean => data(o).capitals !== 0

/** What lives as long as the process; made by index.ts. */
export const decimalState = {
  signalDictType: null as unknown as PyTypeObject,
  currentVar: null as unknown as PyObject,
  /** DefaultContext, BasicContext, ExtendedContext: copied when they are made current. */
  templates: [] as PyObject[],
  roundings: [] as PyObject[],
}

// ---- SignalDict ----------------------------------------------------------------------------------------------------------

interface SignalDictData { ctx: MpdContext, word: 'traps' | 'status' }

/** A SignalDict that a program made itself belongs to no context. True with ValueError set. */
function isLoose(o: PyObject): boolean {
  if (o.v !== null) return false
  PyErr_SetString(PyExc_ValueError, 'invalid signal dict')
  return true
}

const isSignalDict = (o: PyObject): boolean => o.ob_type === decimalState.signalDictType
const flagsOf = (o: PyObject): number => {
  const { ctx, word } = o.v as SignalDictData
  return ctx[word]
}

// Mirrors signaldict_setitem.
function setSignal(o: PyObject, key: PyObject, value: PyObject | null): number {
  if (isLoose(o)) return -1
  if (value === null) return PyErr_SetString(PyExc_ValueError, 'signal keys cannot be deleted'), -1
  const flag = exceptionAsFlag(key)
  if (flag < 0) return -1
  const truth = PyObject_IsTrue(value)
  if (truth < 0) return -1
  const { ctx, word } = o.v as SignalDictData
  if (truth > 0) ctx[word] |= flag
  else ctx[word] &= ~flag
  return 0
}

/** CPython looks for a pointer in the other operand before it looks at its type, and takes the zero of an empty object for none. */
function looksLoose(o: PyObject): boolean {
  const isZero = PyLong_Check(o) ? o.v === 0 : PyFloat_Check(o) ? Object.is(o.v, 0) : PyUnicode_Check(o) ? PyUnicode_GET_LENGTH(o) === 0
    : PyDict_Check(o) ? PyDict_GET_SIZE(o) === 0 : PyTuple_Check(o) && o.v.length === 0 || PyList_Check(o) && (o.v as ListData).ob_item.length === 0
  if (isZero) PyErr_SetString(PyExc_ValueError, 'invalid signal dict')
  return isZero
}

// Mirrors signaldict_richcompare.
function compareSignals(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (isLoose(v) || (isSignalDict(w) ? isLoose(w) : looksLoose(w))) return null
  if (op === Py_EQ || op === Py_NE) {
    if (isSignalDict(w)) return PyBool_From((flagsOf(v) === flagsOf(w)) === (op === Py_EQ))
    if (PyDict_Check(w)) {
      const flags = dictAsFlags(w)
      if (flags >= 0) return PyBool_From((flagsOf(v) === flags) === (op === Py_EQ))
      if (flags === FAILED) return null
      PyErr_Clear()
    }
  }
  return ref(Py_NotImplemented)
}

export const PyDecSignalDictMixin_Type: PyTypeObject = new PyTypeObject('decimal.SignalDictMixin', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_BASETYPE,
  tp_new: type => PyType_GenericAlloc(type, 0),
  tp_init: o => {
    o.v = null
    return 0
  },
  tp_getattro: genericGetAttr,
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_repr: o => {
    if (isLoose(o)) return null
    const flags = flagsOf(o)
    const pairs = signalMap.map(({ name, flag }) => [`decimal.${name}`, (flags & flag) !== 0 ? 'True' : 'False']).flat()
    return PyUnicode_FromFormat(`{${"<class '%s'>:%s, ".repeat(8)}<class '%s'>:%s}`, ...pairs)
  },
  tp_richcompare: compareSignals,
  tp_iter: o => isLoose(o) ? null : PyTuple_Type.tp_iter!(SignalTuple),
  mp_length: o => isLoose(o) ? -1 : signalMap.length,
  mp_subscript: (o, key) => {
    const flag = isLoose(o) ? -1 : exceptionAsFlag(key)
    return flag < 0 ? null : PyBool_From((flagsOf(o) & flag) !== 0)
  },
  mp_ass_subscript: setSignal,
  tp_methods: [{ ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => isLoose(o) ? null : flagsAsDict(flagsOf(o)) }],
})

/** NEW int of a C Py_ssize_t. */
export function ssize(n: number | bigint): PyObject {
  if (typeof n === 'bigint') return PyLong_FromValue(n)!
  return Number.isSafeInteger(n) ? PyLong_FromSsize_t(n) : PyLong_FromBigInt(BigInt(n))!
}

// ---- attributes of a context -----------------------------------------------------------------------------------------------

/** 0 or -1: a number of a context, if it lies in its range. Mirrors context_setprec and its like. */
function setLimit(o: PyObject, value: PyObject | null, field: 'prec' | 'emax' | 'emin', low: bigint, high: bigint, message: string): number {
  const x = PyLong_AsSsize_t(value!)
  if (x === -1 && PyErr_Occurred() !== null) return -1
  const exact = PyLong_AsBigInt(value!)
  if (exact < low || exact > high) return PyErr_SetString(PyExc_ValueError, message), -1
  const ctx = ctxOf(o)
  ctx[field] = x
  ctx[field === 'prec' ? 'exactPrec' : field === 'emax' ? 'exactEmax' : 'exactEmin'] = value!.v as number | bigint
  return 0
}

const setPrec = (o: PyObject, v: PyObject | null): number => setLimit(o, v, 'prec', 1n, MAX_PREC, 'valid range for prec is [1, MAX_PREC]')
const setEmin = (o: PyObject, v: PyObject | null): number => setLimit(o, v, 'emin', MIN_EMIN, 0n, 'valid range for Emin is [MIN_EMIN, 0]')
const setEmax = (o: PyObject, v: PyObject | null): number => setLimit(o, v, 'emax', 0n, MAX_EMAX, 'valid range for Emax is [0, MAX_EMAX]')

function setSwitch(o: PyObject, value: PyObject | null, name: 'capitals' | 'clamp'): number {
  const x = PyLong_AsSsize_t(value!)
  if (x === -1 && PyErr_Occurred() !== null) return -1
  if (x !== 0 && x !== 1) return PyErr_SetString(PyExc_ValueError, `valid values for ${name} are 0 or 1`), -1
  if (name === 'capitals') data(o).capitals = x
  else ctxOf(o).clamp = x
  return 0
}

const ROUNDING_MESSAGE = 'valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n'
  + '   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]'

// Mirrors getround.
/** A rounding mode by its name; -1 with an exception set. */
export function getRound(o: PyObject): number {
  if (PyUnicode_Check(o)) {
    const { roundings } = decimalState
    const same = roundings.indexOf(o)
    if (same >= 0) return same
    const equal = roundings.findIndex(name => PyUnicode_Compare(o, name) === 0)
    if (equal >= 0) return equal
  }
  return PyErr_SetString(PyExc_TypeError, ROUNDING_MESSAGE), -1
}

function setRounding(o: PyObject, value: PyObject | null): number {
  const round = getRound(value!)
  if (round < 0) return -1
  ctxOf(o).round = round
  return 0
}

/** Traps or flags from a SignalDict or dict. Mirrors context_settraps_dict and context_setstatus_dict. */
function setWord(o: PyObject, value: PyObject, word: 'traps' | 'status'): number {
  const flags = isSignalDict(value) ? flagsOf(value) : dictAsFlags(value)
  if (flags < 0) return -1
  ctxOf(o)[word] = flags
  return 0
}

/** The same, or from a list of signals. */
function setWordOrList(o: PyObject, value: PyObject, word: 'traps' | 'status'): number {
  if (!PyList_Check(value)) return setWord(o, value, word)
  const { ob_item: items } = value.v as ListData
  const flags = listAsFlags(items)
  if (flags < 0) return -1
  ctxOf(o)[word] = flags
  return 0
}

/** Keyword arguments of Context, in order; localcontext has `ctx` before them. */
const KEYWORDS = ['prec', 'rounding', 'Emin', 'Emax', 'capitals', 'clamp', 'flags', 'traps'] as const

// Mirrors context_setattrs.
function setAttributes(o: PyObject, given: (PyObject | null | undefined)[]): number {
  const [prec, rounding, emin, emax, capitals, clamp, flags, traps] = given.map(value => value === Py_None ? null : value)
  if (prec && setPrec(o, prec) < 0 || rounding && setRounding(o, rounding) < 0 || emin && setEmin(o, emin) < 0) return -1
  if (emax && setEmax(o, emax) < 0 || capitals && setSwitch(o, capitals, 'capitals') < 0 || clamp && setSwitch(o, clamp, 'clamp') < 0) return -1
  if (traps && setWordOrList(o, traps, 'traps') < 0) return -1
  return flags ? setWordOrList(o, flags, 'status') : 0
}

const getsets: PyGetSetDef[] = [
  { name: 'prec', get: o => ssize(ctxOf(o).exactPrec), set: setPrec },
  { name: 'Emax', get: o => ssize(ctxOf(o).exactEmax), set: setEmax },
  { name: 'Emin', get: o => ssize(ctxOf(o).exactEmin), set: setEmin },
  { name: 'rounding', get: o => ref(decimalState.roundings[ctxOf(o).round]!), set: setRounding },
  { name: 'capitals', get: o => PyLong_FromLong(data(o).capitals), set: (o, v) => setSwitch(o, v, 'capitals') },
  { name: 'clamp', get: o => ssize(ctxOf(o).clamp), set: (o, v) => setSwitch(o, v, 'clamp') },
]

// ---- Context ---------------------------------------------------------------------------------------------------------------

export const PyDecContext_Check = (o: PyObject): boolean => o.ob_type === PyDecContext_Type || PyObject_TypeCheck(o, PyDecContext_Type)

// Mirrors context_new.
function contextNew(type: PyTypeObject): PyObject | null {
  const o = type === PyDecContext_Type ? PyObject_New(PyDecContext_Type, null) : type.tp_alloc!(type, 0)
  if (o === null) return null
  const d = o.v = new ContextData()
  d.traps = PyObject_CallNoArgs(decimalState.signalDictType)
  d.flags = d.traps === null ? null : PyObject_CallNoArgs(decimalState.signalDictType)
  if (d.flags === null) return Py_DECREF(o), null
  if (decimalState.templates.length > 0) assignContext(d.ctx, ctxOf(decimalState.templates[0]!))
  d.traps!.v = { ctx: d.ctx, word: 'traps' } satisfies SignalDictData
  d.flags.v = { ctx: d.ctx, word: 'status' } satisfies SignalDictData
  return o
}

// Mirrors context_copy.
export function contextCopy(o: PyObject): PyObject | null {
  const copy = PyObject_CallNoArgs(PyDecContext_Type)
  if (copy === null) return null
  assignContext(ctxOf(copy), ctxOf(o))
  data(copy).capitals = data(o).capitals
  return copy
}

// Mirrors context_reduce.
export function contextReduce(o: PyObject): PyObject | null {
  const ctx = ctxOf(o)
  const flags = signalsAsList(ctx.status)
  if (flags === null) return null
  const traps = signalsAsList(ctx.traps)
  if (traps === null) return Py_DECREF(flags), null
  const args = PyTuple_FromArray([
    ssize(ctx.exactPrec), PyUnicode_FromString(ROUNDING_NAMES[ctx.round]!), ssize(ctx.exactEmin),
    ssize(ctx.exactEmax), PyLong_FromLong(data(o).capitals), PyLong_FromLong(ctx.clamp), flags, traps,
  ])
  return PyTuple_FromArray([ref(o.ob_type), args])
}

export const PyDecContext_Type: PyTypeObject = new PyTypeObject('decimal.Context', {
  tp_basicsize: 96, tp_flags: Py_TPFLAGS_BASETYPE,
  tp_new: contextNew,
  tp_init: (o, args, kwargs) => {
    const given = parseTupleAndKeywords('', KEYWORDS, 0, KEYWORDS.length, args, kwargs)
    return given === null ? -1 : setAttributes(o, given)
  },
  tp_dealloc: o => {
    Py_XDECREF(data(o).traps)
    Py_XDECREF(data(o).flags)
    o.ob_type.tp_free!(o)
  },
  tp_free: PyObject_Free,
  tp_getattro: (o, name) => {
    if (PyUnicode_Check(name)) {
      const text = PyUnicode_AsString(name)
      if (text === 'traps' || text === 'flags') return ref(data(o)[text]!)
    }
    return PyObject_GenericGetAttr(o, name)
  },
  tp_setattro: (o, name, value) => {
    if (value === null) return PyErr_SetString(PyExc_AttributeError, 'context attributes cannot be deleted'), -1
    if (PyUnicode_Check(name)) {
      const text = PyUnicode_AsString(name)
      if (text === 'traps' || text === 'flags') return setWord(o, value, text === 'traps' ? 'traps' : 'status')
    }
    return PyObject_GenericSetAttr(o, name, value)
  },
  tp_repr: o => {
    const ctx = ctxOf(o)
    return PyUnicode_FromFormat('Context(prec=%zd, rounding=%s, Emin=%zd, Emax=%zd, capitals=%d, clamp=%d, flags=%s, traps=%s)',
      ctx.exactPrec, ROUNDING_NAMES[ctx.round], ctx.exactEmin, ctx.exactEmax, data(o).capitals, ctx.clamp, signalNames(ctx.status),
      signalNames(ctx.traps))
  },
  tp_getset: getsets,
})

// ---- the current context -----------------------------------------------------------------------------------------------------

/** BORROWED context of the running thread or task; null with an exception set. Mirrors CURRENT_CONTEXT. */
export function currentContext(): PyObject | null {
  const found = PyContextVar_Get(decimalState.currentVar)
  if (found !== undefined) return found
  const context = contextCopy(decimalState.templates[0]!)
  if (context === null) return null
  ctxOf(context).status = 0
  const token = PyContextVar_Set(decimalState.currentVar, context)
  Py_DECREF(context)
  if (token === null) return null
  Py_DECREF(token)
  return context
}

// Mirrors PyDec_SetCurrentContext.
/** 0, or -1 with an exception set. */
export function setCurrentContext(context: PyObject): number {
  if (!PyDecContext_Check(context)) return PyErr_SetString(PyExc_TypeError, 'argument must be a context'), -1
  let own: PyObject | null = context
  if (!decimalState.templates.includes(context)) context.ob_refcnt++
  else {
    own = contextCopy(context)
    if (own === null) return -1
    ctxOf(own).status = 0
  }
  const token = PyContextVar_Set(decimalState.currentVar, own)
  Py_DECREF(own)
  if (token === null) return -1
  Py_DECREF(token)
  return 0
}

// Mirrors CONTEXT_CHECK_VA.
/** BORROWED context of an optional argument: the current one for None; null with an exception set. */
export function contextOption(o: PyObject | null): PyObject | null {
  if (o === null || o === Py_None) return currentContext()
  return PyDecContext_Check(o) ? o : PyErr_SetString(PyExc_TypeError, 'optional argument must be a context')
}

// ---- localcontext ------------------------------------------------------------------------------------------------------------

interface ManagerData { local: PyObject, global: PyObject }

const manager = (o: PyObject): ManagerData => o.v as ManagerData

export const PyDecContextManager_Type: PyTypeObject = new PyTypeObject('decimal.ContextManager', {
  tp_basicsize: 32, tp_flags: 0,
  tp_dealloc: o => {
    Py_DECREF(manager(o).local)
    Py_DECREF(manager(o).global)
    PyObject_Free(o)
  },
  tp_free: PyObject_Free,
  tp_getattro: genericGetAttr,
  tp_methods: [
    {
      ml_name: '__enter__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => setCurrentContext(manager(o).local) < 0 ? null : ref(manager(o).local),
    },
    {
      ml_name: '__exit__', ml_flags: METH_VARARGS,
      ml_meth: (o: PyObject) => setCurrentContext(manager(o).global) < 0 ? null : ref(Py_None),
    },
  ],
})

// Mirrors ctxmanager_new.
export function localcontext(_module: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const global = currentContext()
  if (global === null) return null
  const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|OOOOOOOOO', ['ctx', ...KEYWORDS])
  if (given === null) return null
  const [first, ...attributes] = given as (PyObject | undefined)[]
  const source = first === undefined || first === Py_None ? global : first
  if (!PyDecContext_Check(source)) return PyErr_SetString(PyExc_TypeError, 'optional argument must be a context')
  const o = PyObject_New(PyDecContextManager_Type, null)
  const local = contextCopy(source)
  if (local === null) return PyObject_Free(o), null
  o.v = { local, global: ref(global) } satisfies ManagerData
  if (setAttributes(local, attributes) >= 0) return o
  Py_DECREF(o)
  return null
}
