// _decimal: decimal floating point by the General Decimal Arithmetic Specification. Modules/_decimal/_decimal.c.
import { PyObject_Call, PyObject_CallMethod, PyObject_CallNoArgs } from '../../objects/call'
import { Py_True } from '../../objects/boolobject'
import { PyDict_Copy, PyDict_New, PyDict_SetItemString, PyDict_Update } from '../../objects/dictobject'
import { PyLong_FromValue, normalizeValue } from '../../objects/longobject'
import { PyModule_AddObject, PyModule_AddObjectRef, PyModule_AddStringConstant, PyModule_Create, PyModule_GetDict, PyModule_New } from '../../objects/moduleobject'
import { METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, PyType_Type, Py_DECREF, type PyMethodDef, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { keptUntilEnd, _PyRuntime } from '../../objects/runtime'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_FromString, PyUnicode_InternFromString } from '../../objects/unicodeobject'
import { PyContextVar_New } from '../_contextvars'
import { PyImport_ImportModule } from '../import'
import { readyStatic } from '../static-module-types'
import {
  PyDecContextManager_Type, PyDecContext_Type, PyDecSignalDictMixin_Type, ctxOf, currentContext, decimalState, localcontext, setCurrentContext,
} from './context-object'
import { setRational } from './convert'
import { setDecimalTuple } from './convert-from'
import { PyDec_Type } from './decimal-object'
import { contextMethods, decimalMethods } from './methods'
import { MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, MPD_Clamped, MPD_Underflow, ROUNDING_NAMES, ROUND_HALF_UP } from './mpd'
import { initSignals } from './signal-map'

const methods: PyMethodDef[] = [
  {
    ml_name: 'getcontext', ml_flags: METH_NOARGS, signature: '($module, /)',
    ml_meth: () => {
      const context = currentContext()
      if (context !== null) context.ob_refcnt++
      return context
    },
  },
  {
    ml_name: 'setcontext', ml_flags: METH_O, signature: '($module, context, /)',
    ml_meth: (_module: PyObject, context: PyObject) => {
      if (setCurrentContext(context) < 0) return null
      Py_None.ob_refcnt++
      return Py_None
    },
  },
  { ml_name: 'localcontext', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: localcontext, signature: '($module, /, ctx=None, **kwargs)' },
]

/** NEW attribute of a module that is imported for it. */
function imported(moduleName: string, ...names: string[]): PyObject[] | null {
  const module = PyImport_ImportModule(moduleName)
  if (module === null) return null
  const values: PyObject[] = []
  for (const name of names) {
    const key = PyUnicode_FromString(name)
    const value = PyObject_GetAttr(module, key)
    Py_DECREF(key)
    if (value === null) return null
    values.push(value)
  }
  Py_DECREF(module)
  return values
}

function setModule(type: PyTypeObject): void {
  const name = PyUnicode_FromString('decimal')
  PyDict_SetItemString(type.tp_dict!, '__module__', name)
  Py_DECREF(name)
}

/** Decimal is a numbers.Number; Fractions are compared by way of numbers.Rational. False with an exception set. */
function initNumbers(): boolean {
  const numbers = imported('numbers', 'Number', 'Rational')
  if (numbers === null) return false
  const [Number, Rational] = numbers as [PyObject, PyObject]
  const registered = PyObject_CallMethod(Number, 'register', PyDec_Type)
  Py_DECREF(Number)
  setRational(keptUntilEnd(Rational))
  if (registered === null) return false
  Py_DECREF(registered)
  return true
}

/** NEW DecimalTuple. */
function makeDecimalTuple(): PyObject | null {
  const collections = PyImport_ImportModule('collections')
  if (collections === null) return null
  const name = PyUnicode_FromString('DecimalTuple')
  const fields = PyUnicode_FromString('sign digits exponent')
  const type = PyObject_CallMethod(collections, 'namedtuple', name, fields)
  Py_DECREF(fields)
  Py_DECREF(name)
  Py_DECREF(collections)
  if (type === null) return null
  setModule(type as PyTypeObject)
  setDecimalTuple(keptUntilEnd(type))
  return type
}

/** SignalDict: the mixin with what MutableMapping makes of it. */
function makeSignalDict(): boolean {
  const mapping = imported('collections.abc', 'MutableMapping')
  if (mapping === null) return false
  const name = PyUnicode_FromString('SignalDict')
  const bases = PyTuple_Pack(PyDecSignalDictMixin_Type, mapping[0]!)
  const namespace = PyDict_New()
  const args = PyTuple_Pack(name, bases, namespace)
  const type = PyObject_Call(PyType_Type, args, null)
  for (const o of [args, namespace, bases, name, mapping[0]!]) Py_DECREF(o)
  if (type === null) return false
  decimalState.signalDictType = keptUntilEnd(type as PyTypeObject)
  return true
}

/** DefaultContext, BasicContext and ExtendedContext. */
function makeTemplates(module: PyObject): boolean {
  decimalState.templates = []
  for (const name of ['DefaultContext', 'BasicContext', 'ExtendedContext']) {
    const context = PyObject_CallNoArgs(PyDecContext_Type)
    if (context === null) return false
    const ctx = ctxOf(context)
    if (name !== 'DefaultContext') ctx.prec = ctx.exactPrec = 9
    if (name === 'BasicContext') {
      ctx.traps |= MPD_Underflow | MPD_Clamped
      ctx.round = ROUND_HALF_UP
    }
    if (name === 'ExtendedContext') ctx.traps = 0
    decimalState.templates.push(context)
    PyModule_AddObjectRef(module, name, context)
    if (name !== 'DefaultContext') continue
    decimalState.currentVar = PyContextVar_New('decimal_context')!
    PyModule_AddObjectRef(module, 'HAVE_CONTEXTVAR', Py_True)
    PyModule_AddObjectRef(module, 'HAVE_THREADS', Py_True)
  }
  return true
}

/** The module's contents as they were when it was first made, and the process it was made for. */
let first: { owner: unknown, contents: PyObject } | null = null

/** The module is made once for a process: imported afresh, it has the same types and exceptions. */
export function PyInit__decimal(): PyObject | null {
  if (first !== null && first.owner === _PyRuntime.process) {
    const again = PyModule_New('_decimal')
    return PyDict_Update(PyModule_GetDict(again), first.contents) < 0 ? null : again
  }
  const module = makeModule()
  const contents = module === null ? null : PyDict_Copy(PyModule_GetDict(module))
  if (contents !== null) first = { owner: _PyRuntime.process, contents: keptUntilEnd(contents) }
  return module
}

function makeModule(): PyObject | null {
  PyDec_Type.tp_methods = decimalMethods
  PyDecContext_Type.tp_methods = contextMethods
  for (const type of [PyDec_Type, PyDecContext_Type, PyDecSignalDictMixin_Type, PyDecContextManager_Type]) if (!readyStatic(type)) return null
  setModule(PyDec_Type)
  setModule(PyDecContext_Type)
  const tuple = initNumbers() ? makeDecimalTuple() : null
  if (tuple === null || !makeSignalDict()) return null
  const module = PyModule_Create('decimal', methods)
  PyModule_AddObjectRef(module, 'Decimal', PyDec_Type)
  PyModule_AddObjectRef(module, 'Context', PyDecContext_Type)
  PyModule_AddObject(module, 'DecimalTuple', (tuple.ob_refcnt++, tuple))
  decimalState.templates = []
  if (!initSignals(module) || !makeTemplates(module)) return null
  for (const [name, value] of Object.entries({ MAX_PREC, MAX_EMAX, MIN_EMIN, MIN_ETINY })) {
    PyModule_AddObject(module, name, PyLong_FromValue(normalizeValue(value))!)
  }
  decimalState.roundings = ROUNDING_NAMES.map(name => PyUnicode_InternFromString(name))
  for (const name of decimalState.roundings) PyModule_AddObjectRef(module, name.v.str as string, name)
  PyModule_AddStringConstant(module, '__version__', '1.70')
  PyModule_AddStringConstant(module, '__libmpdec_version__', '2.5.1')
  return module
}
