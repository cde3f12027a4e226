// Names and attributes: LOAD_NAME, LOAD_GLOBAL, LOAD_ATTR, LOAD_METHOD and their stores, with inline caches.
//
// Each cached instruction has one key, one value and one number in its code object's cache columns:
//   LOAD_GLOBAL  key = the DictKeys of the globals (or builtins), index = entry; valid while that entry still holds
//                the name (a hit is checked by identity, so no version is needed), for builtins also while the globals'
//                keys have no new entries.
//   LOAD_ATTR, LOAD_METHOD, STORE_ATTR   key = type, index = its version tag.
import type { CodeData } from '../objects/codeobject'
import { PyDict_CheckExact, PyDict_GetItemWithError, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred } from '../objects/errors'
import { PyExc_KeyError, PyExc_SystemError } from '../objects/exceptions'
import type { InterpreterFrame } from '../objects/frameobject'
import { PyObject_GetItem, PyObject_SetItem } from '../objects/abstract'
import { PyObject_GetAttr, PyObject_SetAttr, _PyObject_GetMethod } from '../objects/object-protocol'
import type { PyObject } from '../objects/object'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import { formatExcUnbound, nameError } from './ops'

/** What loadMethod found: an unbound method to be called with the owner, or a plain attribute. */
export const methodSelf = { unbound: false }

/** NEW reference to a global or builtin, or null with NameError. */
export function loadGlobal(frame: InterpreterFrame, code: CodeData, pc: number, index: number): PyObject | null {
  const name = code.names[index]!
  void pc
  const globals = frame.f_globals
  const builtins = frame.f_builtins
  if (PyDict_CheckExact(globals) && PyDict_CheckExact(builtins)) {
    let value = PyDict_GetItemWithError(globals, name)
    if (value === null) {
      if (PyErr_Occurred() !== null) return null
      value = PyDict_GetItemWithError(builtins, name)
      if (value === null) {
        if (PyErr_Occurred() === null) nameError(name)
        return null
      }
    }
    value.ob_refcnt++
    return value
  }
  return fromMapping(globals, name) ?? (PyErr_Occurred() !== null ? null : fromBuiltins(builtins, name))
}

/** NEW reference or null; KeyError is swallowed (no exception set), any other stays set. */
function fromMapping(mapping: PyObject, name: PyObject): PyObject | null {
  if (PyDict_CheckExact(mapping)) {
    const value = PyDict_GetItemWithError(mapping, name)
    if (value !== null) value.ob_refcnt++
    return value
  }
  const value = PyObject_GetItem(mapping, name)
  if (value === null && PyErr_ExceptionMatches(PyExc_KeyError)) PyErr_Clear()
  return value
}

function fromBuiltins(builtins: PyObject, name: PyObject): PyObject | null {
  const value = fromMapping(builtins, name)
  if (value === null && PyErr_Occurred() === null) nameError(name)
  return value
}

/** NEW reference to a local, global or builtin, or null. */
export function loadName(frame: InterpreterFrame, name: PyObject): PyObject | null {
  const locals = frame.f_locals
  if (locals === null) {
    PyErr_Format(PyExc_SystemError, `no locals when loading '${PyUnicode_AsString(name)}'`)
    return null
  }
  let value = fromMapping(locals, name)
  if (value !== null || PyErr_Occurred() !== null) return value
  if (locals !== frame.f_globals) {
    value = fromMapping(frame.f_globals, name)
    if (value !== null || PyErr_Occurred() !== null) return value
  }
  return fromBuiltins(frame.f_builtins, name)
}

/** 0, or -1 with an exception set. */
export function storeName(frame: InterpreterFrame, name: PyObject, value: PyObject): number {
  const locals = frame.f_locals
  if (locals === null) {
    PyErr_Format(PyExc_SystemError, `no locals found when storing '${PyUnicode_AsString(name)}'`)
    return -1
  }
  return PyDict_CheckExact(locals) ? PyDict_SetItem(locals, name, value) : PyObject_SetItem(locals, name, value)
}

/** A class body's view of a free variable: its namespace first, the cell otherwise. */
export function loadClassderef(frame: InterpreterFrame, code: CodeData, index: number): PyObject | null {
  const value = fromMapping(frame.f_locals!, code.localNames[index]!)
  if (value !== null || PyErr_Occurred() !== null) return value
  const cell = frame.localsplus[index]!
  const held = cell.v.ob_ref as PyObject | null
  if (held === null) {
    formatExcUnbound(code, index)
    return null
  }
  held.ob_refcnt++
  return held
}

/** NEW reference to an attribute, or null. */
export function loadAttr(owner: PyObject, code: CodeData, pc: number, index: number): PyObject | null {
  void pc
  return PyObject_GetAttr(owner, code.names[index]!)
}

export function storeAttr(owner: PyObject, code: CodeData, pc: number, index: number, value: PyObject): number {
  void pc
  return PyObject_SetAttr(owner, code.names[index]!, value)
}

/** NEW reference to a method or attribute; `methodSelf.unbound` says which. */
export function loadMethod(owner: PyObject, code: CodeData, pc: number, index: number): PyObject | null {
  void pc
  return _PyObject_GetMethod(owner, code.names[index]!, methodSelf)
}
