// BaseExceptionGroup and ExceptionGroup: exceptions that carry others; splitting them for except*. Mirrors their part of
// Objects/exceptions.c.
import {
  METH_CLASS, METH_O, METH_VARARGS, PyType_IsSubtype, Py_DECREF, Py_INCREF, Py_XDECREF, type PyObject, type PyTypeObject,
} from './object'
import {
  PyObject_IsInstance, PyObject_IsSubclass, PySequence_Check, PySequence_List, PySequence_Size, PySequence_Tuple,
} from './abstract'
import { PyObject_CallObject, PyObject_CallOneArg, callMethodWithTuple } from './call'
import { PyErr_Format, PyErr_GivenExceptionMatches, PyErr_Occurred, PyErr_SetString } from './errors'
import {
  BaseException_init, BaseException_new, BaseExceptionData, PyException_GetCause, PyException_GetContext, PyException_GetTraceback,
  PyException_SetCause, PyException_SetContext, PyException_SetTraceback, PyExceptionClass_Check, PyExceptionInstance_Check,
  PyExc_BaseExceptionGroup, PyExc_Exception, PyExc_TypeError, PyExc_ValueError, exceptionStruct, objectMember,
} from './exceptions'
import type { ExceptionSpec } from './exceptions-simple'
import { PyFunction_Check } from './funcobject'
import { Py_GenericAlias } from './genericaliasobject'
import { PyArg_UnpackTuple, _PyArg_NoKeywords } from './getargs'
import { PyList_Append, PyList_GET_SIZE, PyList_New, type ListData } from './listobject'
import { PyLong_FromLong } from './longobject'
import { PyObject_IsTrue, PyObject_SetAttr, _PyObject_LookupAttr } from './object-protocol'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from './runtime'
import { PySet_Add, PySet_Contains, PySet_New } from './setobject'
import { Py_None } from './singletons'
import { PyTuple_Check, PyTuple_Pack } from './tupleobject'
import { PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { PyUnicode_FromFormat, addressOf } from './unicode-fromformat'

const MESSAGE = 0
const EXCEPTIONS = 1

let PyExc_ExceptionGroup: PyTypeObject | null = null

/** ExceptionGroup is a heap type: start-up makes it and says so here. */
export function setExceptionGroup(type: PyTypeObject): void {
  PyExc_ExceptionGroup = type
}

/** BORROWED ExceptionGroup. */
export function getExceptionGroup(): PyTypeObject {
  return PyExc_ExceptionGroup!
}

export function _PyBaseExceptionGroup_Check(o: PyObject): boolean {
  return o.ob_type === PyExc_BaseExceptionGroup || PyType_IsSubtype(o.ob_type, PyExc_BaseExceptionGroup)
}

/** BORROWED exceptions of a group. */
export function groupExceptions(group: PyObject): PyObject[] {
  return (group.v as BaseExceptionData).own[EXCEPTIONS]!.v as PyObject[]
}

// ---- making a group -------------------------------------------------------------------------------------------------------

/** 1 if some exception is no Exception, 0, or -1 with an exception set. */
function checkNested(items: PyObject[]): number {
  let nested = 0
  for (const [i, exc] of items.entries()) {
    if (!PyExceptionInstance_Check(exc)) {
      PyErr_Format(PyExc_ValueError, 'Item %d of second argument (exceptions) is not an exception', i)
      return -1
    }
    const isException = PyObject_IsInstance(exc, PyExc_Exception)
    if (isException < 0) return -1
    if (isException === 0) nested = 1
  }
  return nested
}

/** The class to be made: BaseExceptionGroup becomes ExceptionGroup where it can. Null with TypeError. */
function chooseClass(type: PyTypeObject, nested: boolean): PyTypeObject | null {
  if (type === PyExc_ExceptionGroup) {
    return nested ? PyErr_SetString(PyExc_TypeError, 'Cannot nest BaseExceptions in an ExceptionGroup') : type
  }
  if (type === PyExc_BaseExceptionGroup) return nested ? type : PyExc_ExceptionGroup
  if (nested) {
    const isException = PyObject_IsSubclass(type, PyExc_Exception)
    if (isException < 0) return null
    if (isException > 0) return PyErr_Format(PyExc_TypeError, 'Cannot nest BaseExceptions in \'%.200s\'', type.tp_name)
  }
  return type
}

function group_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = args.v as PyObject[]
  if (given.length !== 2) {
    return PyErr_Format(PyExc_TypeError, '%.150s%s takes %s %d argument%s (%zd given)', 'BaseExceptionGroup.__new__', '()',
      'exactly', 2, 's', given.length)
  }
  const [message, sequence] = given as [PyObject, PyObject]
  if (!PyUnicode_Check(message)) {
    return PyErr_Format(PyExc_TypeError, '%.200s%s argument %d must be %.50s, not %.50s', 'BaseExceptionGroup.__new__', '()', 1, 'str',
      (message as PyObject) === Py_None ? 'None' : (message as PyObject).ob_type.tp_name)
  }
  if (!PySequence_Check(sequence)) return PyErr_SetString(PyExc_TypeError, 'second argument (exceptions) must be a sequence')
  const exceptions = PySequence_Tuple(sequence)
  if (exceptions === null) return null
  const items = exceptions.v as PyObject[]
  let self: PyObject | null = null
  if (items.length === 0) PyErr_SetString(PyExc_ValueError, 'second argument (exceptions) must be a non-empty sequence')
  else {
    const nested = checkNested(items)
    const cls = nested < 0 ? null : chooseClass(type, nested > 0)
    if (cls !== null) self = BaseException_new(cls, args, kwargs)
  }
  if (self === null) {
    Py_DECREF(exceptions)
    return null
  }
  const { own } = self.v as BaseExceptionData
  Py_INCREF(message)
  own[MESSAGE] = message
  own[EXCEPTIONS] = exceptions
  return self
}

/** NEW group of a sequence of exceptions. */
export function _PyExc_CreateExceptionGroup(message: string, exceptions: PyObject): PyObject | null {
  const text = PyUnicode_FromString(message)
  const args = PyTuple_Pack(text, exceptions)
  Py_DECREF(text)
  const result = PyObject_CallObject(PyExc_BaseExceptionGroup, args)
  Py_DECREF(args)
  return result
}

function group_str(self: PyObject): PyObject | null {
  const { own } = self.v as BaseExceptionData
  const n = groupExceptions(self).length
  return PyUnicode_FromFormat('%S (%zd sub-exception%s)', own[MESSAGE], n, n > 1 ? 's' : '')
}

function group_derive(self: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length !== 1) {
    return PyErr_Format(PyExc_TypeError, 'function takes exactly %d argument%s (%zd given)', 1, '', items.length)
  }
  const init = PyTuple_Pack((self.v as BaseExceptionData).own[MESSAGE]!, items[0]!)
  const result = PyObject_CallObject(PyExc_BaseExceptionGroup, init)
  Py_DECREF(init)
  return result
}

// ---- splitting ------------------------------------------------------------------------------------------------------------

const BY_TYPE = 0
const BY_PREDICATE = 1
const INSTANCE_IDS = 2

function matcherType(value: PyObject): number {
  if (PyFunction_Check(value)) return BY_PREDICATE
  if (PyExceptionClass_Check(value)) return BY_TYPE
  if (PyTuple_Check(value) && (value.v as PyObject[]).every(PyExceptionClass_Check)) return BY_TYPE
  PyErr_SetString(PyExc_TypeError, 'expected a function, exception type or tuple of exception types')
  return -1
}

/** 1, 0 or -1. */
function checkMatch(exc: PyObject, how: number, value: PyObject): number {
  if (how === BY_TYPE) return Number(PyErr_GivenExceptionMatches(exc, value))
  if (how === BY_PREDICATE) {
    const result = PyObject_CallOneArg(value, exc)
    if (result === null) return -1
    const ok = PyObject_IsTrue(result)
    Py_DECREF(result)
    return ok
  }
  if (_PyBaseExceptionGroup_Check(exc)) return 0
  const id = PyLong_FromLong(addressOf(exc))
  const found = PySet_Contains(value, id)
  Py_DECREF(id)
  return found
}

/** A group like `original` with only these exceptions; None for none. NEW. Mirrors exceptiongroup_subset. */
function subset(original: PyObject, exceptions: PyObject): PyObject | null {
  const n = PySequence_Size(exceptions)
  if (n < 0) return null
  if (n === 0) {
    Py_INCREF(Py_None)
    return Py_None
  }
  const group = callMethodWithTuple(original, 'derive', exceptions)
  if (group === null) return null
  if (!_PyBaseExceptionGroup_Check(group)) {
    PyErr_SetString(PyExc_TypeError, 'derive must return an instance of BaseExceptionGroup')
    Py_DECREF(group)
    return null
  }
  const tb = PyException_GetTraceback(original)
  if (tb !== null) {
    const failed = PyException_SetTraceback(group, tb) < 0
    Py_DECREF(tb)
    if (failed) {
      Py_DECREF(group)
      return null
    }
  }
  PyException_SetContext(group, PyException_GetContext(original))
  PyException_SetCause(group, PyException_GetCause(original))
  if (copyNotes(original, group) < 0) {
    Py_DECREF(group)
    return null
  }
  return group
}

/** The parts get notes of their own. Anything but a sequence is left alone. */
function copyNotes(from: PyObject, to: PyObject): number {
  const notes = _PyObject_LookupAttr(from, _Py_ID('__notes__'))
  if (notes === null) return PyErr_Occurred() !== null ? -1 : 0
  let result = 0
  if (PySequence_Check(notes)) {
    const copy = PySequence_List(notes)
    result = copy === null ? -1 : PyObject_SetAttr(to, _Py_ID('__notes__'), copy)
    Py_XDECREF(copy)
  }
  Py_DECREF(notes)
  return result
}

/** NEW parts (null: nothing); `failed` when an exception is set. */
interface Split {
  match: PyObject | null
  rest: PyObject | null
}

function split_recursive(exc: PyObject, how: number, value: PyObject, wantRest: boolean): Split | null {
  const matches = checkMatch(exc, how, value)
  if (matches < 0) return null
  if (matches > 0) {
    Py_INCREF(exc)
    return { match: exc, rest: null }
  }
  if (!_PyBaseExceptionGroup_Check(exc)) {
    if (wantRest) Py_INCREF(exc)
    return { match: null, rest: wantRest ? exc : null }
  }
  const matched = PyList_New(0)
  const rest = wantRest ? PyList_New(0) : null
  let result: Split | null = null
  if (splitItems(groupExceptions(exc), how, value, matched, rest)) {
    const match = subset(exc, matched)
    const remainder = match === null || rest === null ? null : subset(exc, rest)
    if (match !== null && (rest === null || remainder !== null)) result = { match, rest: remainder }
    else Py_XDECREF(match)
  }
  Py_DECREF(matched)
  Py_XDECREF(rest)
  return result
}

function splitItems(items: PyObject[], how: number, value: PyObject, matched: PyObject, rest: PyObject | null): boolean {
  for (const item of items) {
    if (_Py_EnterRecursiveCall(' in exceptiongroup_split_recursive')) return false
    const part = split_recursive(item, how, value, rest !== null)
    _Py_LeaveRecursiveCall()
    if (part === null) return false
    let ok = true
    if (part.match !== null) {
      if (part.match !== Py_None) ok = PyList_Append(matched, part.match) === 0
      Py_DECREF(part.match)
    }
    if (part.rest !== null) {
      if (part.rest !== Py_None && rest !== null) ok = PyList_Append(rest, part.rest) === 0 && ok
      Py_DECREF(part.rest)
    }
    if (!ok) return false
  }
  return true
}

function group_split(self: PyObject, args: PyObject): PyObject | null {
  const value = onlyArgument('split', args)
  const how = value === null ? -1 : matcherType(value)
  if (how < 0) return null
  const parts = split_recursive(self, how, value!, true)
  if (parts === null) return null
  const result = PyTuple_Pack(parts.match ?? Py_None, parts.rest ?? Py_None)
  Py_XDECREF(parts.match)
  Py_XDECREF(parts.rest)
  return result
}

function group_subgroup(self: PyObject, args: PyObject): PyObject | null {
  const value = onlyArgument('subgroup', args)
  const how = value === null ? -1 : matcherType(value)
  if (how < 0) return null
  const parts = split_recursive(self, how, value!, false)
  if (parts === null) return null
  if (parts.match === null) Py_INCREF(Py_None)
  return parts.match ?? Py_None
}

function onlyArgument(name: string, args: PyObject): PyObject | null {
  return PyArg_UnpackTuple(args, name, 1, 1)?.[0] ?? null
}

// ---- except* ----------------------------------------------------------------------------------------------------------------

/** Adds the ids of the leaves of a group (or of a single exception) to a set. */
function collectLeafIds(exc: PyObject, ids: PyObject): number {
  if (exc === Py_None) return 0
  if (!_PyBaseExceptionGroup_Check(exc)) {
    const id = PyLong_FromLong(addressOf(exc))
    const result = PySet_Add(ids, id)
    Py_DECREF(id)
    return result
  }
  for (const item of groupExceptions(exc)) {
    if (_Py_EnterRecursiveCall(' in collect_exception_group_leaf_ids')) return -1
    const result = collectLeafIds(item, ids)
    _Py_LeaveRecursiveCall()
    if (result < 0) return -1
  }
  return 0
}

/** The part of `group` whose leaves are leaves of `keep`. NEW, None for nothing. Mirrors exception_group_projection. */
function projection(group: PyObject, keep: PyObject): PyObject | null {
  const ids = PySet_New(null)
  if (ids === null) return null
  for (const exc of (keep.v as ListData).ob_item) {
    if (collectLeafIds(exc, ids) < 0) {
      Py_DECREF(ids)
      return null
    }
  }
  const parts = split_recursive(group, INSTANCE_IDS, ids, false)
  Py_DECREF(ids)
  if (parts === null) return null
  if (parts.match === null) Py_INCREF(Py_None)
  return parts.match ?? Py_None
}

/** True if an exception was raised again as it was. */
function sameMetadata(a: PyObject, b: PyObject): boolean {
  const x = a.v as BaseExceptionData
  const y = b.v as BaseExceptionData
  return x.traceback === y.traceback && x.cause === y.cause && x.context === y.context
}

/**
 * What to raise at the end of a try with except* clauses: `excs` lists what the clauses raised or left. NEW, None for nothing.
 */
export function _PyExc_PrepReraiseStar(original: PyObject, excs: PyObject): PyObject | null {
  const items = (excs.v as ListData).ob_item
  if (items.length === 0) {
    Py_INCREF(Py_None)
    return Py_None
  }
  if (!_PyBaseExceptionGroup_Check(original)) {
    // A naked exception was wrapped: at most one clause ran.
    Py_INCREF(items[0]!)
    return items[0]!
  }
  const raised = PyList_New(0)
  const reraised = PyList_New(0)
  for (const exc of items) if (exc !== Py_None) PyList_Append(sameMetadata(exc, original) ? reraised : raised, exc)
  let result = projection(original, reraised)
  if (result !== null && PyList_GET_SIZE(raised) > 0) {
    if (result !== Py_None) PyList_Append(raised, result)
    Py_DECREF(result)
    if (PyList_GET_SIZE(raised) > 1) result = _PyExc_CreateExceptionGroup('', raised)
    else {
      result = (raised.v as ListData).ob_item[0]!
      Py_INCREF(result)
    }
  }
  Py_DECREF(raised)
  Py_DECREF(reraised)
  return result
}

// ---- the type -------------------------------------------------------------------------------------------------------------------

export function exceptionGroupSpec(): ExceptionSpec {
  return {
    struct: exceptionStruct(2),
    tp_new: group_new,
    tp_init: (self, args, kwargs) => _PyArg_NoKeywords(self.ob_type.tp_name, kwargs) ? BaseException_init(self, args, kwargs) : -1,
    tp_str: group_str,
    tp_members: [
      { name: 'message', get: objectMember('message', MESSAGE).get },
      { name: 'exceptions', get: objectMember('exceptions', EXCEPTIONS).get },
    ],
    tp_methods: [
      {
        ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS,
        ml_meth: (type: PyObject, item: PyObject) => Py_GenericAlias(type, item),
      },
      { ml_name: 'derive', ml_flags: METH_VARARGS, ml_meth: group_derive },
      { ml_name: 'split', ml_flags: METH_VARARGS, ml_meth: group_split },
      { ml_name: 'subgroup', ml_flags: METH_VARARGS, ml_meth: group_subgroup },
    ],
  }
}
