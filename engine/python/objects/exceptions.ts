// The built-in exceptions: BaseException and the table of all classes derived from it. Mirrors Objects/exceptions.c.
//
// Every class is a static type with its own struct (payload class): `new BaseExceptionData` or a subclass of it, made by
// the nearest base that has a factory in `extra`. Classes with behaviour of their own get it from exceptions-*.ts at
// start-up (`initExceptionTypes`), the others differ from their base in name only.
import {
  METH_NOARGS, METH_O, PyType_IsSubtype, Py_DECREF, Py_INCREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_TYPE_SUBCLASS, Py_XDECREF, PyTypeObject, type PyGetSetDef, type PyMemberDef, type PyObject, type TypeSpec,
  type visitproc,
} from './object'
import { PyBool_From, PyBool_Check } from './boolobject'
import { PyDict_Check, PyDict_Next, DICT_ENTRY } from './dictobject'
import {
  PyErr_ExceptionMatches, PyErr_Fetch, PyErr_Format, PyErr_NormalizeException, PyErr_Occurred, PyErr_RestoreFetched, PyErr_SetString,
} from './errors'
import { attributeErrorSpec, importErrorSpec, nameErrorSpec } from './exceptions-names'
import { exceptionGroupSpec, getExceptionGroup } from './exceptions-group'
import { osErrorSpec } from './exceptions-os'
import { syntaxErrorSpec } from './exceptions-syntax'
import { unicodeDecodeErrorSpec, unicodeEncodeErrorSpec, unicodeTranslateErrorSpec } from './exceptions-unicode'
import { keyErrorSpec, memoryErrorSpec, stopIterationSpec, systemExitSpec } from './exceptions-simple'
import { BaseExceptionData } from './exception-data'
import { _PyArg_NoKeywords } from './getargs'
import { PyList_Append, PyList_Check, PyList_New } from './listobject'
import { PyObject_GC_UnTrack } from './objimpl'
import {
  PyObject_GenericGetDict, PyObject_GenericSetDict, PyObject_SetAttr, PyObject_Str, _PyObject_LookupAttr, _PyTrash_begin,
  _PyTrash_end,
} from './object-protocol'
import { PySequence_Tuple } from './abstract'
import { Py_None, Py_RETURN_NONE } from './singletons'
import { PyTraceBack_Check } from './traceback'
import { PyTuple_Check, PyTuple_New, PyTuple_Pack } from './tupleobject'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export { BaseExceptionData }

export interface PyBaseExceptionObject extends PyObject { v: BaseExceptionData }

/** A struct with `n` further object fields, reached by index. */
export function exceptionStruct(n: number): () => BaseExceptionData {
  return () => {
    const data = new BaseExceptionData()
    data.own = new Array<PyObject | null>(n).fill(null)
    return data
  }
}

/** T_OBJECT member: an unset field reads as None. */
export function objectMember(name: string, index: number): PyMemberDef {
  return {
    name,
    get: self => {
      const o = (self.v as BaseExceptionData).own[index] ?? Py_None
      o.ob_refcnt++
      return o
    },
    set: (self, value) => {
      const data = self.v as BaseExceptionData
      if (value !== null) Py_INCREF(value)
      const old = data.own[index] ?? null
      data.own[index] = value
      Py_XDECREF(old)
      return 0
    },
  }
}

/** Sets field `index` to a reference that is STOLEN. */
export function setOwn(self: PyObject, index: number, value: PyObject | null): void {
  const own = (self.v as BaseExceptionData).own
  const old = own[index] ?? null
  own[index] = value
  Py_XDECREF(old)
}

// ---- life -----------------------------------------------------------------------------------------------------------

/** An empty instance without arguments, from the type's allocator. */
export function exceptionAlloc(type: PyTypeObject): PyObject | null {
  const self = type.tp_alloc!(type, 0)
  if (self === null) return null
  let from: PyTypeObject = type
  while (typeof from.extra !== 'function') from = from.tp_base!
  self.v = (from.extra as () => BaseExceptionData)()
  return self
}

export function BaseException_new(type: PyTypeObject, args: PyObject | null, _kwargs: PyObject | null): PyObject | null {
  const self = exceptionAlloc(type)
  if (self === null) return null
  if (args !== null) {
    Py_INCREF(args)
    ;(self.v as BaseExceptionData).args = args
  } else (self.v as BaseExceptionData).args = PyTuple_New(0)
  return self
}

export function BaseException_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (!_PyArg_NoKeywords(self.ob_type.tp_name, kwargs)) return -1
  const data = self.v as BaseExceptionData
  const old = data.args
  Py_INCREF(args)
  data.args = args
  Py_XDECREF(old)
  return 0
}

export function BaseException_clear(self: PyObject): void {
  const data = self.v as BaseExceptionData
  const dict = self.dict as PyObject | null
  self.dict = null
  Py_XDECREF(dict)
  for (const field of ['args', 'traceback', 'cause', 'context'] as const) {
    const o = data[field]
    data[field] = null
    Py_XDECREF(o)
  }
}

/** tp_clear of all of them: the derived struct's fields first. */
export function exception_clear(self: PyObject): void {
  const own = (self.v as BaseExceptionData).own
  for (let i = 0; i < own.length; i++) {
    const o = own[i] ?? null
    own[i] = null
    Py_XDECREF(o)
  }
  BaseException_clear(self)
}

function BaseException_dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  if (!_PyTrash_begin(self, BaseException_dealloc)) return
  exception_clear(self)
  self.ob_type.tp_free!(self)
  _PyTrash_end()
}

function BaseException_traverse(self: PyObject, visit: visitproc): void {
  const data = self.v as BaseExceptionData
  const own = data.own
  for (let i = 0; i < own.length; i++) if (own[i]) visit(own[i]!)
  if (self.dict !== null) visit(self.dict as PyObject)
  if (data.args !== null) visit(data.args)
  if (data.traceback !== null) visit(data.traceback)
  if (data.cause !== null) visit(data.cause)
  if (data.context !== null) visit(data.context)
}

// ---- text -------------------------------------------------------------------------------------------------------------

export function BaseException_str(self: PyObject): PyObject | null {
  const args = (self.v as BaseExceptionData).args!
  const items = args.v as PyObject[]
  if (items.length === 0) return PyUnicode_FromString('')
  return PyObject_Str(items.length === 1 ? items[0]! : args)
}

/** The last part of a type's name, _PyType_Name. */
export function typeShortName(type: PyTypeObject): string {
  return type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1)
}

function BaseException_repr(self: PyObject): PyObject | null {
  const args = (self.v as BaseExceptionData).args!
  const items = args.v as PyObject[]
  const name = typeShortName(self.ob_type)
  return items.length === 1 ? PyUnicode_FromFormat('%s(%R)', name, items[0]) : PyUnicode_FromFormat('%s%R', name, args)
}

// ---- methods ------------------------------------------------------------------------------------------------------------

/** (type, args) or (type, args, dict). */
function BaseException_reduce(self: PyObject): PyObject {
  const args = (self.v as BaseExceptionData).args!
  return self.dict !== null ? PyTuple_Pack(self.ob_type, args, self.dict as PyObject) : PyTuple_Pack(self.ob_type, args)
}

function BaseException_setstate(self: PyObject, state: PyObject): PyObject | null {
  if (state !== Py_None) {
    if (!PyDict_Check(state)) return PyErr_SetString(PyExc_TypeError, 'state is not a dictionary')
    for (let pos = PyDict_Next(state, 0); pos > 0; pos = PyDict_Next(state, pos)) {
      const key = DICT_ENTRY.key!
      const value = DICT_ENTRY.value!
      Py_INCREF(key)
      Py_INCREF(value)
      const failed = PyObject_SetAttr(self, key, value) < 0
      Py_DECREF(value)
      Py_DECREF(key)
      if (failed) return null
    }
  }
  return Py_RETURN_NONE()
}

function BaseException_with_traceback(self: PyObject, tb: PyObject): PyObject | null {
  if (PyException_SetTraceback(self, tb) < 0) return null
  Py_INCREF(self)
  return self
}

function BaseException_add_note(self: PyObject, note: PyObject): PyObject | null {
  if (!PyUnicode_Check(note)) return PyErr_Format(PyExc_TypeError, 'note must be a str, not \'%s\'', note.ob_type.tp_name)
  const name = _Py_ID('__notes__')
  let notes = _PyObject_LookupAttr(self, name)
  if (notes === null) {
    if (PyErr_Occurred() !== null) return null
    notes = PyList_New(0)
    if (PyObject_SetAttr(self, name, notes) < 0) {
      Py_DECREF(notes)
      return null
    }
  }
  if (!PyList_Check(notes)) {
    Py_DECREF(notes)
    return PyErr_SetString(PyExc_TypeError, 'Cannot add note: __notes__ is not a list')
  }
  const failed = PyList_Append(notes, note) < 0
  Py_DECREF(notes)
  return failed ? null : Py_RETURN_NONE()
}

// ---- attributes -------------------------------------------------------------------------------------------------------------

const newOrNone = (o: PyObject | null): PyObject => {
  const result = o ?? Py_None
  result.ob_refcnt++
  return result
}

function setArgs(self: PyObject, value: PyObject | null): number {
  if (value === null) {
    PyErr_SetString(PyExc_TypeError, 'args may not be deleted')
    return -1
  }
  const sequence = PySequence_Tuple(value)
  if (sequence === null) return -1
  const data = self.v as BaseExceptionData
  const old = data.args
  data.args = sequence
  Py_XDECREF(old)
  return 0
}

/** Borrows the traceback, which may be None. 0 or -1. */
export function PyException_SetTraceback(self: PyObject, tb: PyObject | null): number {
  if (tb === null) {
    PyErr_SetString(PyExc_TypeError, '__traceback__ may not be deleted')
    return -1
  }
  if (tb !== Py_None && !PyTraceBack_Check(tb)) {
    PyErr_SetString(PyExc_TypeError, '__traceback__ must be a traceback or None')
    return -1
  }
  const data = self.v as BaseExceptionData
  const old = data.traceback
  if (tb === Py_None) data.traceback = null
  else {
    Py_INCREF(tb)
    data.traceback = tb
  }
  Py_XDECREF(old)
  return 0
}

function setLinked(field: 'context' | 'cause', value: PyObject | null, self: PyObject): number {
  if (value === null) {
    PyErr_SetString(PyExc_TypeError, `__${field}__ may not be deleted`)
    return -1
  }
  let linked: PyObject | null = value
  if (value === Py_None) linked = null
  else if (!PyExceptionInstance_Check(value)) {
    PyErr_SetString(PyExc_TypeError, `exception ${field} must be None or derive from BaseException`)
    return -1
  } else Py_INCREF(value)
  if (field === 'cause') PyException_SetCause(self, linked)
  else PyException_SetContext(self, linked)
  return 0
}

/** NEW traceback, or null (no exception set). */
export function PyException_GetTraceback(self: PyObject): PyObject | null {
  const tb = (self.v as BaseExceptionData).traceback
  if (tb !== null) tb.ob_refcnt++
  return tb
}

/** NEW, or null. */
export function PyException_GetCause(self: PyObject): PyObject | null {
  const cause = (self.v as BaseExceptionData).cause
  if (cause !== null) cause.ob_refcnt++
  return cause
}

/** STEALS the cause. */
export function PyException_SetCause(self: PyObject, cause: PyObject | null): void {
  const data = self.v as BaseExceptionData
  data.suppress_context = true
  const old = data.cause
  data.cause = cause
  Py_XDECREF(old)
}

/** NEW, or null. */
export function PyException_GetContext(self: PyObject): PyObject | null {
  const context = (self.v as BaseExceptionData).context
  if (context !== null) context.ob_refcnt++
  return context
}

/** STEALS the context. */
export function PyException_SetContext(self: PyObject, context: PyObject | null): void {
  const data = self.v as BaseExceptionData
  const old = data.context
  data.context = context
  Py_XDECREF(old)
}

const baseGetSet: PyGetSetDef[] = [
  { name: '__dict__', get: self => PyObject_GenericGetDict(self), set: (self, value) => PyObject_GenericSetDict(self, value) },
  { name: 'args', get: self => newOrNone((self.v as BaseExceptionData).args), set: setArgs },
  { name: '__traceback__', get: self => newOrNone((self.v as BaseExceptionData).traceback), set: PyException_SetTraceback },
  { name: '__context__', get: self => newOrNone((self.v as BaseExceptionData).context), set: (s, v) => setLinked('context', v, s) },
  { name: '__cause__', get: self => newOrNone((self.v as BaseExceptionData).cause), set: (s, v) => setLinked('cause', v, s) },
]

const baseMembers: PyMemberDef[] = [{
  name: '__suppress_context__',
  get: self => PyBool_From((self.v as BaseExceptionData).suppress_context),
  set: (self, value) => {
    if (value === null) {
      PyErr_SetString(PyExc_TypeError, 'can\'t delete numeric/char attribute')
      return -1
    }
    if (!PyBool_Check(value)) {
      PyErr_SetString(PyExc_TypeError, 'attribute value type must be bool')
      return -1
    }
    ;(self.v as BaseExceptionData).suppress_context = value.v === 1
    return 0
  },
}]

// ---- the classes ---------------------------------------------------------------------------------------------------------------

const FLAGS = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BASE_EXC_SUBCLASS

/** All exception types in CPython's order, TYPE_LIST in exceptions.c; bases before their subclasses. */
export const exceptionTypes: PyTypeObject[] = []

export const PyExc_BaseException = new PyTypeObject('BaseException', {
  tp_basicsize: 72, tp_flags: FLAGS, tp_dictoffset: 16,
  tp_dealloc: BaseException_dealloc,
  tp_repr: BaseException_repr,
  tp_str: BaseException_str,
  tp_traverse: BaseException_traverse,
  tp_clear: exception_clear,
  tp_init: BaseException_init,
  tp_new: BaseException_new,
  tp_methods: [
    { ml_name: '__reduce__', ml_meth: BaseException_reduce, ml_flags: METH_NOARGS },
    { ml_name: '__setstate__', ml_meth: BaseException_setstate, ml_flags: METH_O },
    { ml_name: 'with_traceback', ml_meth: BaseException_with_traceback, ml_flags: METH_O },
    { ml_name: 'add_note', ml_meth: BaseException_add_note, ml_flags: METH_O },
  ],
  tp_members: baseMembers,
  tp_getset: baseGetSet,
})
PyExc_BaseException.extra = () => new BaseExceptionData()
exceptionTypes.push(PyExc_BaseException)

/** A class of its own name only. */
function simple(name: string, base: PyTypeObject): PyTypeObject {
  return derived(name, base, base.tp_basicsize, { tp_new: BaseException_new, tp_init: BaseException_init })
}

function derived(name: string, base: PyTypeObject, basicsize: number, spec: Partial<TypeSpec> = {}): PyTypeObject {
  const type = new PyTypeObject(name, {
    tp_basicsize: basicsize, tp_flags: FLAGS, tp_dictoffset: 16,
    tp_dealloc: BaseException_dealloc, tp_traverse: BaseException_traverse, tp_clear: exception_clear, ...spec,
  })
  type.tp_base = base
  exceptionTypes.push(type)
  return type
}

export const PyExc_Exception = simple('Exception', PyExc_BaseException)
export const PyExc_GeneratorExit = simple('GeneratorExit', PyExc_BaseException)
export const PyExc_KeyboardInterrupt = simple('KeyboardInterrupt', PyExc_BaseException)
export const PyExc_SystemExit = derived('SystemExit', PyExc_BaseException, 80)
export const PyExc_ArithmeticError = simple('ArithmeticError', PyExc_Exception)
export const PyExc_AssertionError = simple('AssertionError', PyExc_Exception)
export const PyExc_AttributeError = derived('AttributeError', PyExc_Exception, 88)
export const PyExc_BufferError = simple('BufferError', PyExc_Exception)
export const PyExc_EOFError = simple('EOFError', PyExc_Exception)
export const PyExc_ImportError = derived('ImportError', PyExc_Exception, 96)
export const PyExc_LookupError = simple('LookupError', PyExc_Exception)
export const PyExc_MemoryError = simple('MemoryError', PyExc_Exception)
export const PyExc_NameError = derived('NameError', PyExc_Exception, 80)
export const PyExc_OSError = derived('OSError', PyExc_Exception, 112)
export const PyExc_ReferenceError = simple('ReferenceError', PyExc_Exception)
export const PyExc_RuntimeError = simple('RuntimeError', PyExc_Exception)
export const PyExc_StopAsyncIteration = simple('StopAsyncIteration', PyExc_Exception)
export const PyExc_StopIteration = derived('StopIteration', PyExc_Exception, 80)
export const PyExc_SyntaxError = derived('SyntaxError', PyExc_Exception, 136)
export const PyExc_SystemError = simple('SystemError', PyExc_Exception)
export const PyExc_TypeError = simple('TypeError', PyExc_Exception)
export const PyExc_ValueError = simple('ValueError', PyExc_Exception)
export const PyExc_Warning = simple('Warning', PyExc_Exception)
export const PyExc_BaseExceptionGroup = derived('BaseExceptionGroup', PyExc_BaseException, 88)
export const PyExc_FloatingPointError = simple('FloatingPointError', PyExc_ArithmeticError)
export const PyExc_OverflowError = simple('OverflowError', PyExc_ArithmeticError)
export const PyExc_ZeroDivisionError = simple('ZeroDivisionError', PyExc_ArithmeticError)
export const PyExc_BytesWarning = simple('BytesWarning', PyExc_Warning)
export const PyExc_DeprecationWarning = simple('DeprecationWarning', PyExc_Warning)
export const PyExc_EncodingWarning = simple('EncodingWarning', PyExc_Warning)
export const PyExc_FutureWarning = simple('FutureWarning', PyExc_Warning)
export const PyExc_ImportWarning = simple('ImportWarning', PyExc_Warning)
export const PyExc_PendingDeprecationWarning = simple('PendingDeprecationWarning', PyExc_Warning)
export const PyExc_ResourceWarning = simple('ResourceWarning', PyExc_Warning)
export const PyExc_RuntimeWarning = simple('RuntimeWarning', PyExc_Warning)
export const PyExc_SyntaxWarning = simple('SyntaxWarning', PyExc_Warning)
export const PyExc_UnicodeWarning = simple('UnicodeWarning', PyExc_Warning)
export const PyExc_UserWarning = simple('UserWarning', PyExc_Warning)

const osError = (name: string, base: PyTypeObject): PyTypeObject => derived(name, base, 112)
export const PyExc_BlockingIOError = osError('BlockingIOError', PyExc_OSError)
export const PyExc_ChildProcessError = osError('ChildProcessError', PyExc_OSError)
export const PyExc_ConnectionError = osError('ConnectionError', PyExc_OSError)
export const PyExc_FileExistsError = osError('FileExistsError', PyExc_OSError)
export const PyExc_FileNotFoundError = osError('FileNotFoundError', PyExc_OSError)
export const PyExc_InterruptedError = osError('InterruptedError', PyExc_OSError)
export const PyExc_IsADirectoryError = osError('IsADirectoryError', PyExc_OSError)
export const PyExc_NotADirectoryError = osError('NotADirectoryError', PyExc_OSError)
export const PyExc_PermissionError = osError('PermissionError', PyExc_OSError)
export const PyExc_ProcessLookupError = osError('ProcessLookupError', PyExc_OSError)
export const PyExc_TimeoutError = osError('TimeoutError', PyExc_OSError)

export const PyExc_IndentationError = derived('IndentationError', PyExc_SyntaxError, 136)
export const PyExc_IndexError = simple('IndexError', PyExc_LookupError)
export const PyExc_KeyError = derived('KeyError', PyExc_LookupError, 72)
export const PyExc_ModuleNotFoundError = derived('ModuleNotFoundError', PyExc_ImportError, 96)
export const PyExc_NotImplementedError = simple('NotImplementedError', PyExc_RuntimeError)
export const PyExc_RecursionError = simple('RecursionError', PyExc_RuntimeError)
export const PyExc_UnboundLocalError = derived('UnboundLocalError', PyExc_NameError, 80)
export const PyExc_UnicodeError = simple('UnicodeError', PyExc_ValueError)
export const PyExc_BrokenPipeError = osError('BrokenPipeError', PyExc_ConnectionError)
export const PyExc_ConnectionAbortedError = osError('ConnectionAbortedError', PyExc_ConnectionError)
export const PyExc_ConnectionRefusedError = osError('ConnectionRefusedError', PyExc_ConnectionError)
export const PyExc_ConnectionResetError = osError('ConnectionResetError', PyExc_ConnectionError)
export const PyExc_TabError = derived('TabError', PyExc_IndentationError, 136)
export const PyExc_UnicodeDecodeError = derived('UnicodeDecodeError', PyExc_UnicodeError, 112)
export const PyExc_UnicodeEncodeError = derived('UnicodeEncodeError', PyExc_UnicodeError, 112)
export const PyExc_UnicodeTranslateError = derived('UnicodeTranslateError', PyExc_UnicodeError, 112)

/** Older names of OSError. */
export const PyExc_EnvironmentError = PyExc_OSError
export const PyExc_IOError = PyExc_OSError

/** Gives the classes with a behaviour of their own what their files define; before PyType_Ready. */
export function initExceptionTypes(): void {
  const give = (type: PyTypeObject, spec: Partial<TypeSpec> & { struct?: () => BaseExceptionData }): void => {
    const { struct, ...slots } = spec
    if (struct !== undefined) type.extra = struct
    Object.assign(type, slots)
  }
  give(PyExc_StopIteration, stopIterationSpec())
  give(PyExc_SystemExit, systemExitSpec())
  give(PyExc_KeyError, keyErrorSpec())
  give(PyExc_MemoryError, memoryErrorSpec())
  give(PyExc_NameError, nameErrorSpec())
  give(PyExc_AttributeError, attributeErrorSpec())
  give(PyExc_ImportError, importErrorSpec())
  give(PyExc_OSError, osErrorSpec())
  give(PyExc_SyntaxError, syntaxErrorSpec())
  give(PyExc_UnicodeDecodeError, unicodeDecodeErrorSpec())
  give(PyExc_UnicodeEncodeError, unicodeEncodeErrorSpec())
  give(PyExc_UnicodeTranslateError, unicodeTranslateErrorSpec())
  give(PyExc_BaseExceptionGroup, exceptionGroupSpec())
  // The others of these families inherit, but CPython gives each its own tp_init, hence its own __init__.
  for (const type of exceptionTypes) if (type.tp_init === null) type.tp_init = type.tp_base!.tp_init
}

// ---- checks ------------------------------------------------------------------------------------------------------------------------

/** True for classes derived from BaseException. */
export function PyExceptionClass_Check(o: PyObject): boolean {
  return (o.ob_type.tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) !== 0
    && ((o as PyTypeObject).tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) !== 0
}

export function PyExceptionInstance_Check(o: PyObject): boolean {
  return (o.ob_type.tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) !== 0
}

/** BORROWED class of an exception instance. */
export function PyExceptionInstance_Class(o: PyObject): PyTypeObject {
  return o.ob_type
}

/** Every exception under its name, in the order in which CPython puts them into builtins. */
export function builtinExceptions(): [string, PyTypeObject][] {
  const names = exceptionTypes.map((type): [string, PyTypeObject] => [type.tp_name, type])
  // ExceptionGroup stands behind the first level, the other names of OSError behind it.
  const group = names.findIndex(([name]) => name === 'BaseExceptionGroup')
  names.splice(group + 1, 0, ['ExceptionGroup', getExceptionGroup()])
  return [...names, ['EnvironmentError', PyExc_OSError], ['IOError', PyExc_OSError]]
}

/**
 * Takes StopIteration out of the indicator. NEW value (None if there was no exception at all); null when another exception is
 * set. An instance is not made for it.
 */
export function _PyGen_FetchStopIterationValue(): PyObject | null {
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return PyErr_Occurred() !== null ? null : Py_RETURN_NONE()
  const e = PyErr_Fetch()
  let value = e.value
  if (value !== null) {
    const isInstance = PyType_IsSubtype(value.ob_type, e.type as PyTypeObject)
    if (!isInstance && (e.type !== PyExc_StopIteration || PyTuple_Check(value))) {
      PyErr_NormalizeException(e)
      if (!PyType_IsSubtype(e.value!.ob_type, PyExc_StopIteration)) {
        PyErr_RestoreFetched(e)
        return null
      }
    }
    if (isInstance || value !== e.value) {
      const instance = e.value!
      value = (instance.v as BaseExceptionData).own[0] ?? Py_None
      Py_INCREF(value)
      Py_DECREF(instance)
    }
  }
  Py_DECREF(e.type!)
  Py_XDECREF(e.traceback)
  return value ?? Py_RETURN_NONE()
}

export { _PyExc_CreateExceptionGroup, _PyExc_PrepReraiseStar, _PyBaseExceptionGroup_Check } from './exceptions-group'

/** Name of an exception class, PyExceptionClass_Name. */
export function PyExceptionClass_Name(o: PyObject): string {
  return (o as PyTypeObject).tp_name
}
