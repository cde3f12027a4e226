// Signals, conditions and their exceptions. Modules/_decimal/_decimal.c.
//
// A condition is what libmpdec reports; a signal is what Python sees: InvalidOperation stands for several conditions, each of
// which has an exception derived from it.
import { PyBool_From } from '../../objects/boolobject'
import { PyDict_Check, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_NewException, PyErr_NoMemory, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from '../../objects/errors'
import { PyExc_ArithmeticError, PyExc_KeyError, PyExc_TypeError, PyExc_ZeroDivisionError } from '../../objects/exceptions'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyModule_AddObjectRef } from '../../objects/moduleobject'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyObject_IsTrue } from '../../objects/object-protocol'
import { PyTuple_New, PyTuple_Pack, PyTuple_SET_ITEM } from '../../objects/tupleobject'
import {
  MPD_Clamped, MPD_Conversion_syntax, MPD_Division_by_zero, MPD_Division_impossible, MPD_Division_undefined, MPD_Float_operation,
  MPD_IEEE_Invalid_operation, MPD_Inexact, MPD_Invalid_context, MPD_Invalid_operation, MPD_Malloc_error, MPD_Overflow, MPD_Rounded,
  MPD_Subnormal, MPD_Underflow, type MpdContext,
} from './mpd'

interface Signal { name: string, flag: number, ex: PyObject }

const table = (entries: [string, number][]): Signal[] => entries.map(([name, flag]) => ({ name, flag, ex: null as unknown as PyObject }))

/** In the order of SignalDicts; exceptions are made for each process. */
export const signalMap = table([
  ['InvalidOperation', MPD_IEEE_Invalid_operation], ['FloatOperation', MPD_Float_operation], ['DivisionByZero', MPD_Division_by_zero],
  ['Overflow', MPD_Overflow], ['Underflow', MPD_Underflow], ['Subnormal', MPD_Subnormal], ['Inexact', MPD_Inexact], ['Rounded', MPD_Rounded],
  ['Clamped', MPD_Clamped],
])

/** Conditions that derive from InvalidOperation, the first of which is the signal itself. */
const conditionMap = table([
  ['InvalidOperation', MPD_Invalid_operation], ['ConversionSyntax', MPD_Conversion_syntax], ['DivisionImpossible', MPD_Division_impossible],
  ['DivisionUndefined', MPD_Division_undefined], ['InvalidContext', MPD_Invalid_context],
])

/** All signal exceptions, what iterating a SignalDict gives; made for each process. */
export let SignalTuple: PyObject

const INVALID_SIGNALS = 'valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n'
  + '   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]'

// Mirrors exception_as_flag.
/** Bits of a signal exception; -1 with KeyError set. */
export function exceptionAsFlag(ex: PyObject): number {
  for (const signal of signalMap) if (signal.ex === ex) return signal.flag
  PyErr_SetString(PyExc_KeyError, INVALID_SIGNALS)
  return -1
}

/** NEW list of the exceptions of conditions. Mirrors flags_as_list. */
function flagsAsList(flags: number): PyObject | null {
  const list = PyList_New(0)
  for (const map of [conditionMap, signalMap.slice(1)]) {
    for (const { flag, ex } of map) if ((flags & flag) !== 0 && PyList_Append(list, ex) < 0) return Py_DECREF(list), null
  }
  return list
}

/** NEW list of the exceptions of signals. Mirrors signals_as_list. */
export function signalsAsList(flags: number): PyObject | null {
  const list = PyList_New(0)
  for (const { flag, ex } of signalMap) if ((flags & flag) !== 0 && PyList_Append(list, ex) < 0) return Py_DECREF(list), null
  return list
}

// Mirrors list_as_flags.
/** Bits of a list of signal exceptions; -1 with an exception set. */
export function listAsFlags(items: PyObject[]): number {
  let flags = 0
  for (const item of items) {
    const flag = exceptionAsFlag(item)
    if (flag < 0) return -1
    flags |= flag
  }
  return flags
}

/** NEW dict from every signal to True or False. Mirrors flags_as_dict. */
export function flagsAsDict(flags: number): PyObject | null {
  const dict = PyDict_New()
  for (const { flag, ex } of signalMap) {
    const value = PyBool_From((flags & flag) !== 0)
    const done = PyDict_SetItem(dict, ex, value)
    Py_DECREF(value)
    if (done < 0) return Py_DECREF(dict), null
  }
  return dict
}

/** What dictAsFlags returns when the dict is no dict of signals (exception set), and when something else failed. */
export const NOT_SIGNALS = -1
export const FAILED = -2

// Mirrors dict_as_flags.
/** Bits of a dict of signals; negative with an exception set. */
export function dictAsFlags(dict: PyObject): number {
  if (!PyDict_Check(dict)) return PyErr_SetString(PyExc_TypeError, 'argument must be a signal dict'), NOT_SIGNALS
  if (PyDict_GET_SIZE(dict) !== signalMap.length) return PyErr_SetString(PyExc_KeyError, 'invalid signal dict'), NOT_SIGNALS
  let flags = 0
  for (const { flag, ex } of signalMap) {
    const value = PyDict_GetItemWithError(dict, ex)
    if (value === null) {
      if (PyErr_Occurred() !== null) return FAILED
      return PyErr_SetString(PyExc_KeyError, 'invalid signal dict'), NOT_SIGNALS
    }
    const truth = PyObject_IsTrue(value)
    if (truth < 0) return FAILED
    if (truth > 0) flags |= flag
  }
  return flags
}

// Mirrors dec_addstatus.
/** Adds what an operation met to the context's flags; true with the exception set if one of it is trapped. */
export function addStatus(ctx: MpdContext, status: number): boolean {
  ctx.status |= status
  const trapped = status & (ctx.traps | MPD_Malloc_error)
  if (trapped === 0) return false
  if ((status & MPD_Malloc_error) !== 0) return PyErr_NoMemory(), true
  const { ex } = signalMap.find(signal => (trapped & signal.flag) !== 0)!
  const list = flagsAsList(trapped)
  if (list === null) return true
  PyErr_SetObject(ex, list)
  Py_DECREF(list)
  return true
}

// Mirrors mpd_lsnprint_signals.
const FLAG_NAMES = [
  'Clamped', 'InvalidOperation', 'DivisionByZero', 'InvalidOperation', 'InvalidOperation', 'InvalidOperation', 'Inexact', 'InvalidOperation',
  'InvalidOperation', 'InvalidOperation', 'FloatOperation', 'Overflow', 'Rounded', 'Subnormal', 'Underflow',
]

/** '[InvalidOperation, Inexact]', each name once. */
export function signalNames(flags: number): string {
  return `[${[...new Set(FLAG_NAMES.filter((_name, bit) => (flags & (1 << bit)) !== 0))].join(', ')}]`
}

/** Makes the exceptions and puts them into the module; false with an exception set. */
export function initSignals(module: PyObject): boolean {
  const top = PyErr_NewException('decimal.DecimalException', PyExc_ArithmeticError)
  if (top === null) return false
  PyModule_AddObjectRef(module, 'DecimalException', top)
  const of = (flag: number): PyObject => signalMap.find(signal => signal.flag === flag)!.ex
  const basesOf = (flag: number): PyObject[] => {
    if (flag === MPD_Float_operation) return [top, PyExc_TypeError]
    if (flag === MPD_Division_by_zero) return [top, PyExc_ZeroDivisionError]
    if (flag === MPD_Overflow) return [of(MPD_Inexact), of(MPD_Rounded)]
    if (flag === MPD_Underflow) return [of(MPD_Inexact), of(MPD_Rounded), of(MPD_Subnormal)]
    if (flag === MPD_Division_undefined) return [signalMap[0]!.ex, PyExc_ZeroDivisionError]
    return [flag === MPD_IEEE_Invalid_operation || !conditionMap.slice(1).some(c => c.flag === flag) ? top : signalMap[0]!.ex]
  }
  const add = (signal: Signal): boolean => {
    const bases = PyTuple_Pack(...basesOf(signal.flag))
    const ex = PyErr_NewException(`decimal.${signal.name}`, bases)
    Py_DECREF(bases)
    if (ex === null) return false
    signal.ex = ex
    return PyModule_AddObjectRef(module, signal.name, ex) >= 0
  }
  SignalTuple = PyTuple_New(signalMap.length)
  // Backwards, since the later ones are bases of the earlier.
  for (let i = signalMap.length - 1; i >= 0; i--) {
    const signal = signalMap[i]!
    if (!add(signal)) return false
    signal.ex.ob_refcnt++
    PyTuple_SET_ITEM(SignalTuple, i, signal.ex)
  }
  conditionMap[0]!.ex = signalMap[0]!.ex
  return conditionMap.slice(1).every(add)
}
