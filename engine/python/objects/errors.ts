// The error indicator of the current thread, and everything that sets, tests or changes it. Mirrors Python/errors.c.
//
// The indicator is three references on the thread state: type, value and traceback. The value may be missing or not yet
// an instance of the type ("not normalized"): CPython makes the instance only when somebody looks at it, and so do we,
// since the moment of that allocation can be seen.
import { PyObject_CallNoArgs, PyObject_CallOneArg, PyObject_Call } from './call'
import {
  PyException_GetContext, PyException_GetTraceback, PyException_SetCause, PyException_SetContext,
  PyException_SetTraceback, PyExceptionClass_Check, PyExceptionInstance_Check,
  PyExc_MemoryError, PyExc_OSError, PyExc_RecursionError, PyExc_SystemError, PyExc_TypeError, PyExc_KeyError,
  PyExc_ImportError, PyExc_Exception,
} from './exceptions'
import { strerror } from './errno'
import {
  Py_DECREF, Py_INCREF, Py_XDECREF, PyType_IsSubtype, PyType_Type, type PyObject, type PyTypeObject,
} from './object'
import { PyObject_IsSubclass } from './abstract'
import { PyDict_New, PyDict_GetItemWithError, PyDict_SetItem, PyDict_SetItemString } from './dictobject'
import { PyLong_FromLong } from './longobject'
import { _PyRuntime, hooks, type ErrStackItem, type ThreadState } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_Check, PyTuple_Pack } from './tupleobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyObject_SetAttr } from './object-protocol'

/** What PyErr_Fetch takes out of the indicator; the references are the holder's. */
export interface FetchedError {
  type: PyObject | null
  value: PyObject | null
  traceback: PyObject | null
}

/** STEALS all three. Mirrors _PyErr_Restore. */
export function PyErr_Restore(type: PyObject | null, value: PyObject | null, traceback: PyObject | null): void {
  const tstate = _PyRuntime.tstate
  const oldType = tstate.curexc_type
  const oldValue = tstate.curexc_value
  const oldTraceback = tstate.curexc_traceback
  tstate.curexc_type = type
  tstate.curexc_value = value
  tstate.curexc_traceback = traceback
  if (oldType !== null) Py_DECREF(oldType)
  if (oldValue !== null) Py_DECREF(oldValue)
  if (oldTraceback !== null) Py_DECREF(oldTraceback)
}

/** Puts a fetched error back; STEALS its references. */
export function PyErr_RestoreFetched(e: FetchedError): void {
  PyErr_Restore(e.type, e.value, e.traceback)
}

/** Takes the indicator's references and empties it. Mirrors _PyErr_Fetch. */
export function PyErr_Fetch(): FetchedError {
  const tstate = _PyRuntime.tstate
  const e: FetchedError = { type: tstate.curexc_type, value: tstate.curexc_value, traceback: tstate.curexc_traceback }
  tstate.curexc_type = tstate.curexc_value = tstate.curexc_traceback = null
  return e
}

export function PyErr_Clear(): void {
  if (_PyRuntime.tstate.curexc_type !== null || _PyRuntime.tstate.curexc_value !== null) PyErr_Restore(null, null, null)
}

/** BORROWED type of the current error, or null. */
export function PyErr_Occurred(): PyObject | null {
  return _PyRuntime.tstate.curexc_type
}

/** The innermost entry that handles an exception. Mirrors _PyErr_GetTopmostException. */
export function _PyErr_GetTopmostException(tstate: ThreadState): ErrStackItem {
  let item = tstate.exc_info
  while ((item.exc_value === null || item.exc_value === Py_None) && item.previous_item !== null) item = item.previous_item
  return item
}

/** Makes an instance of an exception class from whatever stands for its value. NEW. Mirrors _PyErr_CreateException. */
export function _PyErr_CreateException(type: PyObject, value: PyObject | null): PyObject | null {
  let exc: PyObject | null
  if (value === null || value === Py_None) exc = PyObject_CallNoArgs(type)
  else if (PyTuple_Check(value)) exc = PyObject_Call(type, value, null)
  else exc = PyObject_CallOneArg(type, value)
  if (exc !== null && !PyExceptionInstance_Check(exc)) {
    PyErr_Format(PyExc_TypeError, 'calling %R should have returned an instance of BaseException, not %s',
      type, exc.ob_type.tp_name)
    Py_DECREF(exc)
    return null
  }
  return exc
}

/** Sets the indicator; borrows both. The exception being handled becomes the context. Mirrors _PyErr_SetObject. */
export function PyErr_SetObject(type: PyObject | null, value: PyObject | null): void {
  const tstate = _PyRuntime.tstate
  if (type !== null && !PyExceptionClass_Check(type)) {
    PyErr_Format(PyExc_SystemError, '_PyErr_SetObject: exception %R is not a BaseException subclass', type)
    return
  }
  if (value !== null) Py_INCREF(value)
  const handled = _PyErr_GetTopmostException(tstate).exc_value
  if (handled !== null && handled !== Py_None) {
    Py_INCREF(handled)
    if (value === null || !PyExceptionInstance_Check(value)) {
      // Chaining needs the instance now; no Python code may run with an exception set.
      PyErr_Clear()
      const fixed = _PyErr_CreateException(type!, value)
      Py_XDECREF(value)
      if (fixed === null) {
        Py_DECREF(handled)
        return
      }
      value = fixed
    }
    if (handled !== value) {
      breakContextCycle(handled, value)
      PyException_SetContext(value, handled)
    } else Py_DECREF(handled)
  }
  let traceback: PyObject | null = null
  if (value !== null && PyExceptionInstance_Check(value)) traceback = PyException_GetTraceback(value)
  if (type !== null) Py_INCREF(type)
  PyErr_Restore(type, value, traceback)
}

/** Cuts `value` out of the context chain of `handled`; stops on chains that already are a circle (Floyd). */
function breakContextCycle(handled: PyObject, value: PyObject): void {
  let o = handled
  let slow = handled
  let slowTurn = false
  for (;;) {
    const context = PyException_GetContext(o)
    if (context === null) break
    Py_DECREF(context)
    if (context === value) {
      PyException_SetContext(o, null)
      break
    }
    o = context
    if (o === slow) break
    if (slowTurn) {
      const next = PyException_GetContext(slow)!
      Py_DECREF(next)
      slow = next
    }
    slowTurn = !slowTurn
  }
}

export function PyErr_SetNone(type: PyObject): void {
  PyErr_SetObject(type, null)
}

/** Returns null, for `return PyErr_SetString(…)`. */
export function PyErr_SetString(type: PyObject, message: string): null {
  const value = PyUnicode_FromString(message)
  PyErr_SetObject(type, value)
  Py_DECREF(value)
  return null
}

/**
 * With arguments: `message` is a C format (%s %.200s %d %zd %c %U %S %R %A …), formatted with the very allocations of
 * PyUnicode_FromFormat. Without: it is the finished message. Returns null.
 */
export function PyErr_Format(type: PyObject, message: string, ...args: unknown[]): null {
  // Formatting may run code (%R, %S), which must not see an exception.
  PyErr_Clear()
  if (args.length === 0) return PyErr_SetString(type, message)
  const value = PyUnicode_FromFormat(message, ...args)
  if (value === null) return null
  PyErr_SetObject(type, value)
  Py_DECREF(value)
  return null
}

/** KeyError with the key as its only argument, even when it is a tuple. Mirrors _PyErr_SetKeyError. */
export function _PyErr_SetKeyError(key: PyObject): void {
  const args = PyTuple_Pack(key)
  PyErr_SetObject(PyExc_KeyError, args)
  Py_DECREF(args)
}

export function PyErr_BadArgument(): null {
  return PyErr_SetString(PyExc_TypeError, 'bad argument type for built-in operation')
}

export function PyErr_BadInternalCall(where = 'Objects'): null {
  return PyErr_Format(PyExc_SystemError, '%s: bad argument to internal function', where)
}

export function PyErr_NoMemory(): null {
  PyErr_SetNone(PyExc_MemoryError)
  return null
}

// ---- matching --------------------------------------------------------------------------------------------------

/** True if `err` (a class or an instance) is one of `exc` (a class, or a tuple of them). */
export function PyErr_GivenExceptionMatches(err: PyObject | null, exc: PyObject | null): boolean {
  if (err === null || exc === null) return false
  if (PyTuple_Check(exc)) {
    const items = exc.v as PyObject[]
    for (let i = 0; i < items.length; i++) if (PyErr_GivenExceptionMatches(err, items[i]!)) return true
    return false
  }
  if (PyExceptionInstance_Check(err)) err = err.ob_type
  if (PyExceptionClass_Check(err) && PyExceptionClass_Check(exc))
    return PyType_IsSubtype(err as PyTypeObject, exc as PyTypeObject)
  return err === exc
}

export function PyErr_ExceptionMatches(exc: PyObject): boolean {
  return PyErr_GivenExceptionMatches(_PyRuntime.tstate.curexc_type, exc)
}

// ---- normalizing -------------------------------------------------------------------------------------------------

const NORMALIZE_RECURSION_LIMIT = 32

/** Makes `e.value` an instance of `e.type`, in place. Mirrors _PyErr_NormalizeException. */
export function PyErr_NormalizeException(e: FetchedError): void {
  const tstate = _PyRuntime.tstate
  tstate.recursion_headroom++
  for (let depth = 0; e.type !== null;) {
    if (normalizeOnce(e)) break
    if (e.type !== null) Py_DECREF(e.type)
    if (e.value !== null) Py_DECREF(e.value)
    if (++depth === NORMALIZE_RECURSION_LIMIT)
      PyErr_SetString(PyExc_RecursionError, 'maximum recursion depth exceeded while normalizing an exception')
    if (depth >= NORMALIZE_RECURSION_LIMIT + 2) throw new Error('Molt: cannot normalize an exception')
    const old = e.traceback
    const next = PyErr_Fetch()
    e.type = next.type
    e.value = next.value
    e.traceback = next.traceback ?? old
    if (next.traceback !== null) Py_XDECREF(old)
  }
  tstate.recursion_headroom--
}

/** False when making the instance failed; the new exception is in the indicator then. */
function normalizeOnce(e: FetchedError): boolean {
  const type = e.type!
  if (e.value === null) {
    Py_INCREF(Py_None)
    e.value = Py_None
  }
  const value = e.value
  if (!PyExceptionClass_Check(type)) return true
  let inside = 0
  if (PyExceptionInstance_Check(value)) {
    inside = PyObject_IsSubclass(value.ob_type, type)
    if (inside < 0) return false
  }
  if (inside === 0) {
    const fixed = _PyErr_CreateException(type, value)
    if (fixed === null) return false
    Py_DECREF(value)
    e.value = fixed
  } else if (value.ob_type !== type) {
    Py_INCREF(value.ob_type)
    Py_DECREF(type)
    e.type = value.ob_type
  }
  return true
}

/** Fetches the error with its value made an instance that has its traceback set. NEW; null if there is none. */
export function fetchNormalized(): PyObject | null {
  const e = PyErr_Fetch()
  if (e.type === null) return null
  PyErr_NormalizeException(e)
  if (e.traceback !== null) {
    PyException_SetTraceback(e.value!, e.traceback)
    Py_DECREF(e.traceback)
  }
  Py_DECREF(e.type)
  return e.value
}

/** Sets the indicator to an instance (with the traceback it carries); STEALS it. */
export function raiseInstance(value: PyObject): void {
  Py_INCREF(value.ob_type)
  PyErr_Restore(value.ob_type, value, PyException_GetTraceback(value))
}

// ---- the exception being handled -------------------------------------------------------------------------------------

/** NEW reference to the exception being handled, or null. Mirrors _PyErr_GetHandledException. */
export function PyErr_GetHandledException(): PyObject | null {
  const value = _PyErr_GetTopmostException(_PyRuntime.tstate).exc_value
  if (value === null || value === Py_None) return null
  Py_INCREF(value)
  return value
}

/** Borrows `value`; null for none. */
export function PyErr_SetHandledException(value: PyObject | null): void {
  const item = _PyRuntime.tstate.exc_info
  const old = item.exc_value
  if (value !== null) Py_INCREF(value)
  item.exc_value = value === Py_None ? null : value
  if (old !== null) Py_DECREF(old)
}

// ---- chaining ------------------------------------------------------------------------------------------------------

/** Chains a fetched exception as the context of the current one (or restores it if there is none). STEALS. */
export function _PyErr_ChainExceptions(e: FetchedError): void {
  if (e.type === null) return
  if (PyErr_Occurred() === null) {
    PyErr_RestoreFetched(e)
    return
  }
  PyErr_NormalizeException(e)
  if (e.traceback !== null) {
    PyException_SetTraceback(e.value!, e.traceback)
    Py_DECREF(e.traceback)
  }
  Py_DECREF(e.type)
  const now = PyErr_Fetch()
  PyErr_NormalizeException(now)
  PyException_SetContext(now.value!, e.value)
  PyErr_RestoreFetched(now)
}

/** PyErr_Format with the current exception as cause and context. Mirrors _PyErr_FormatFromCause. */
export function _PyErr_FormatFromCause(type: PyObject, message: string, ...args: unknown[]): null {
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  if (e.traceback !== null) {
    PyException_SetTraceback(e.value!, e.traceback)
    Py_DECREF(e.traceback)
  }
  Py_DECREF(e.type!)
  PyErr_Format(type, message, ...args)
  const now = PyErr_Fetch()
  PyErr_NormalizeException(now)
  Py_INCREF(e.value!)
  PyException_SetCause(now.value!, e.value)
  PyException_SetContext(now.value!, e.value)
  PyErr_RestoreFetched(now)
  return null
}

// ---- operating system errors --------------------------------------------------------------------------------------------

/** `type(errno, strerror[, filename[, 0, filename2]])`. Mirrors PyErr_SetFromErrnoWithFilenameObjects. */
export function PyErr_SetFromErrnoWithFilenameObjects(
  type: PyObject, errno: number, filename: PyObject | null, filename2: PyObject | null,
): null {
  const number = PyLong_FromLong(errno)
  const message = PyUnicode_FromString(strerror(errno))
  let args: PyObject
  if (filename === null) args = PyTuple_Pack(number, message)
  else if (filename2 === null) args = PyTuple_Pack(number, message, filename)
  else {
    const zero = PyLong_FromLong(0)
    args = PyTuple_Pack(number, message, filename, zero, filename2)
    Py_DECREF(zero)
  }
  Py_DECREF(number)
  Py_DECREF(message)
  const value = PyObject_Call(type, args, null)
  Py_DECREF(args)
  if (value !== null) {
    PyErr_SetObject(value.ob_type, value)
    Py_DECREF(value)
  }
  return null
}

export function PyErr_SetFromErrnoWithFilenameObject(type: PyObject, errno: number, filename: PyObject | null): null {
  return PyErr_SetFromErrnoWithFilenameObjects(type, errno, filename, null)
}

export function PyErr_SetFromErrno(type: PyObject, errno: number): null {
  return PyErr_SetFromErrnoWithFilenameObjects(type, errno, null, null)
}

/** OSError by number, the usual case. */
export function raiseErrno(errno: number, filename: PyObject | null = null): null {
  return PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, errno, filename, null)
}

/** Mirrors PyErr_SetImportErrorSubclass; borrows all. */
export function PyErr_SetImportError(
  message: PyObject, name: PyObject | null, path: PyObject | null, type: PyObject = PyExc_ImportError,
): null {
  const kwargs = PyDict_New()
  PyDict_SetItemString(kwargs, 'name', name ?? Py_None)
  PyDict_SetItemString(kwargs, 'path', path ?? Py_None)
  const args = PyTuple_Pack(message)
  const error = PyObject_Call(type, args, kwargs)
  Py_DECREF(args)
  if (error !== null) {
    PyErr_SetObject(error.ob_type, error)
    Py_DECREF(error)
  }
  Py_DECREF(kwargs)
  return null
}

// ---- new exception types ----------------------------------------------------------------------------------------------------

/** NEW exception class; `name` is 'module.Class'. base: a class, a tuple of classes, or null for Exception. */
export function PyErr_NewException(name: string, base: PyObject | null = null, dict: PyObject | null = null): PyObject | null {
  const dot = name.lastIndexOf('.')
  if (dot < 0) return PyErr_SetString(PyExc_SystemError, 'PyErr_NewException: name must be module.class')
  const ownDict = dict === null ? PyDict_New() : null
  const namespace = dict ?? ownDict!
  const moduleKey = _Py_ID('__module__')
  const present = PyDict_GetItemWithError(namespace, moduleKey)
  if (present === null) {
    const moduleName = PyUnicode_FromString(name.slice(0, dot))
    PyDict_SetItem(namespace, moduleKey, moduleName)
    Py_DECREF(moduleName)
  }
  const baseClass = base ?? PyExc_Exception
  let bases: PyObject
  if (PyTuple_Check(baseClass)) {
    bases = baseClass
    Py_INCREF(bases)
  } else bases = PyTuple_Pack(baseClass)
  const nameObject = PyUnicode_FromString(name.slice(dot + 1))
  const args = PyTuple_Pack(nameObject, bases, namespace)
  Py_DECREF(nameObject)
  const result = PyObject_Call(PyType_Type, args, null)
  Py_DECREF(args)
  Py_DECREF(bases)
  Py_XDECREF(ownDict)
  return result
}

/** The same with a docstring. */
export function PyErr_NewExceptionWithDoc(name: string, doc: string | null, base: PyObject | null = null): PyObject | null {
  if (doc === null) return PyErr_NewException(name, base, null)
  const dict = PyDict_New()
  const text = PyUnicode_FromString(doc)
  PyDict_SetItem(dict, _Py_ID('__doc__'), text)
  Py_DECREF(text)
  const result = PyErr_NewException(name, base, dict)
  Py_DECREF(dict)
  return result
}

// ---- what higher layers do ---------------------------------------------------------------------------------------------------

/** Set by the library: what needs sys, warnings or the VM. */
export const errorHooks = {
  /** Reports and clears the current error. `obj` is where it happened, `message` the line before it (or null). */
  writeUnraisable: (_message: string | null, _obj: PyObject | null): void => { PyErr_Clear() },
  /** 0, or -1 when the warning became an exception. */
  warn: (_category: PyObject, _message: PyObject, _stackLevel: number): number => 0,
  /** The same for a given place. */
  warnExplicit: (_category: PyObject, _message: string, _filename: string, _lineno: number, _module: string | null): number => 0,
}

export function PyErr_WriteUnraisable(obj: PyObject | null): void {
  errorHooks.writeUnraisable(null, obj)
}

export function _PyErr_WriteUnraisableMsg(message: string | null, obj: PyObject | null): void {
  errorHooks.writeUnraisable(message, obj)
}

/** Issues a warning; -1 with an exception set when filters turn it into an error. */
export function PyErr_WarnEx(category: PyObject, message: string, stackLevel = 1): number {
  const text = PyUnicode_FromString(message)
  const result = errorHooks.warn(category, text, stackLevel)
  Py_DECREF(text)
  return result
}

/** Issues a warning about a place in a source file; -1 with an exception set when filters turn it into an error. */
export function PyErr_WarnExplicit(category: PyObject, message: string, filename: string, lineno: number, module: string | null): number {
  return errorHooks.warnExplicit(category, message, filename, lineno, module)
}

export function PyErr_WarnFormat(category: PyObject, stackLevel: number, format: string, ...args: unknown[]): number {
  const text = args.length === 0 ? PyUnicode_FromString(format) : PyUnicode_FromFormat(format, ...args)
  if (text === null) return -1
  const result = errorHooks.warn(category, text, stackLevel)
  Py_DECREF(text)
  return result
}

/** Adds file name and position to a SyntaxError that is set. Used by the front end. */
export function PyErr_SetSyntaxErrorAttributes(value: PyObject, attributes: Record<string, PyObject>): void {
  for (const [name, attribute] of Object.entries(attributes)) PyObject_SetAttr(value, _Py_ID(name), attribute)
}

hooks.setError = (kind, message) => {
  if (kind === 'MemoryError') PyErr_NoMemory()
  else {
    const start = 'maximum recursion depth exceeded'
    PyErr_Format(PyExc_RecursionError, `${start}%s`, message.slice(start.length))
  }
}
