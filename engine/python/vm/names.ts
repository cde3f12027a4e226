// Names and attributes: LOAD_NAME, LOAD_GLOBAL, LOAD_ATTR, LOAD_METHOD and their stores, with inline caches.
//
// Each cached instruction has one key, one value and one number in its code object's cache columns:
//   LOAD_GLOBAL  key = the DictKeys of the globals (or builtins), index = entry; valid while that entry still holds
//                the name (a hit is checked by identity, so no version is needed), for builtins also while the globals'
//                keys have no new entries.
//   LOAD_ATTR, LOAD_METHOD, STORE_ATTR   key = type, index = its version tag.
// Behind the inline caches of the attributes, which know one type each, stands one table for all instructions.
import type { CodeData } from '../objects/codeobject'
import {
  DICT_KEYS_UNICODE, InlineValues, _PyDictValues_AddToInsertionOrder, unicodekeys_lookup_unicode, type DictKeys,
} from '../objects/dict-keys'
import { PyDict_CheckExact, PyDict_GetItemWithError, PyDict_SetItem, PyDict_Type, type DictData } from '../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred } from '../objects/errors'
import { PyExc_KeyError, PyExc_SystemError } from '../objects/exceptions'
import type { InterpreterFrame } from '../objects/frameobject'
import { PyObject_GetItem, PyObject_SetItem } from '../objects/abstract'
import { PyObject_GenericGetAttr, PyObject_GenericSetAttr, PyObject_GetAttr, PyObject_SetAttr, _PyObject_GetMethod } from '../objects/object-protocol'
import { Py_TPFLAGS_MANAGED_DICT, type PyObject, type PyTypeObject } from '../objects/object'
import { _PyType_Lookup } from '../objects/type-cache'
import type { UnicodeData } from '../objects/unicode-data'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import { formatExcUnbound, nameError } from './ops'

/** What loadMethod found: an unbound method to be called with the owner, or a plain attribute. */
export const methodSelf = { unbound: false }

/** Entries of a builtins table an inline cache can name; its index and the globals' entry count share one Int32. */
const BUILTIN_BITS = 12

/** NEW reference to a global or builtin, or null with NameError. */
export function loadGlobal(frame: InterpreterFrame, code: CodeData, pc: number, index: number): PyObject | null {
  const name = code.names[index]!
  const globals = frame.f_globals
  if (globals.ob_type === PyDict_Type) {
    const keys = (globals.v as DictData).ma_keys
    const cached = code.cacheKey![pc]
    if (cached === keys) {
      const at = code.cacheIndex![pc]!
      const value = keys.values[at]
      if (value && keys.keys[at] === name) {
        value.ob_refcnt++
        return value
      }
    } else if (code.cacheValue![pc] === keys && cached === (frame.f_builtins.v as DictData).ma_keys) {
      // A builtin: the globals have had no new name since it was found.
      const packed = code.cacheIndex![pc]!
      if (packed >>> BUILTIN_BITS === keys.dk_nentries) {
        const at = packed & (1 << BUILTIN_BITS) - 1
        const found = cached as DictKeys
        const value = found.values[at]
        if (value && found.keys[at] === name) {
          value.ob_refcnt++
          return value
        }
      }
    }
  }
  return globalSlowly(frame, code, pc, name)
}

function globalSlowly(frame: InterpreterFrame, code: CodeData, pc: number, name: PyObject): PyObject | null {
  const globals = frame.f_globals
  const builtins = frame.f_builtins
  if (PyDict_CheckExact(globals) && PyDict_CheckExact(builtins)) {
    let value = PyDict_GetItemWithError(globals, name)
    if (value !== null) rememberGlobal(code, pc, name, globals.v.ma_keys)
    else {
      if (PyErr_Occurred() !== null) return null
      value = PyDict_GetItemWithError(builtins, name)
      if (value === null) {
        if (PyErr_Occurred() === null) nameError(name)
        return null
      }
      rememberBuiltin(code, pc, name, globals.v.ma_keys, builtins.v.ma_keys)
    }
    value.ob_refcnt++
    return value
  }
  return fromMapping(globals, name) ?? (PyErr_Occurred() !== null ? null : fromBuiltins(builtins, name))
}

/** Entry of an interned name in a table of str keys, -1 elsewhere. */
function entryOf(keys: DictKeys, name: PyObject): number {
  if (keys.dk_kind !== DICT_KEYS_UNICODE) return -1
  const text = name.v as UnicodeData
  if (!text.hashed) return -1
  return unicodekeys_lookup_unicode(keys, name, text.hashLo, text.hashHi)
}

function rememberGlobal(code: CodeData, pc: number, name: PyObject, keys: DictKeys): void {
  const at = entryOf(keys, name)
  if (at < 0 || keys.keys[at] !== name) return
  code.cacheKey![pc] = keys
  code.cacheValue![pc] = null
  code.cacheIndex![pc] = at
}

function rememberBuiltin(code: CodeData, pc: number, name: PyObject, globals: DictKeys, builtins: DictKeys): void {
  const at = entryOf(builtins, name)
  if (at < 0 || at >= 1 << BUILTIN_BITS || globals.dk_kind !== DICT_KEYS_UNICODE || globals.dk_nentries >= 1 << 19) return
  code.cacheKey![pc] = builtins
  code.cacheValue![pc] = globals
  code.cacheIndex![pc] = at | globals.dk_nentries << BUILTIN_BITS
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

// ---- attributes ------------------------------------------------------------------------------------------------

/** The entry of `name` in the shared keys of a type whose instances may be read directly; -1 if they may not. */
function sharedEntry(type: PyTypeObject, name: PyObject): number {
  if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) === 0 || type.tp_version_tag === 0) return -1
  const descr = _PyType_Lookup(type, name)
  // A data descriptor comes before the instance's own attributes.
  if (descr !== null && descr.ob_type.tp_descr_set !== null) return -1
  const keys = type.ht_cached_keys as DictKeys | null
  const text = name.v as UnicodeData
  if (keys === null || !text.hashed) return -1
  const at = unicodekeys_lookup_unicode(keys, name, text.hashLo, text.hashHi)
  return at >= 0 && keys.keys[at] === name ? at : -1
}

/** Rows of the shared table; a row is overwritten by the next attribute that falls on it. */
const TABLE_ROWS = 2048
/** Version tag of the type: they are never used twice. 0: empty. */
const tableVersion = new Int32Array(TABLE_ROWS)
const tableName = new Array<PyObject | null>(TABLE_ROWS).fill(null)
/** Entry in the shared keys of the type's instances, -1 where `tableMethod` has a method. */
const tableEntry = new Int32Array(TABLE_ROWS)
const tableMethod = new Array<MethodCache | null>(TABLE_ROWS).fill(null)

const rowOf = (version: number, name: PyObject): number => (Math.imul(version, 0x9e3779b1) >>> 7 ^ name.addr) & TABLE_ROWS - 1

function rememberRow(version: number, name: PyObject, entry: number, method: MethodCache | null): void {
  const row = rowOf(version, name)
  tableVersion[row] = version
  tableName[row] = name
  tableEntry[row] = entry
  tableMethod[row] = method
}

/** Entry of an attribute that the table knows, -1 if it does not. */
function knownEntry(version: number, name: PyObject): number {
  const row = rowOf(version, name)
  return tableVersion[row] === version && version !== 0 && tableName[row] === name ? tableEntry[row]! : -1
}

/** Finds the entry of an attribute that was just read or written the long way, for the next time. */
function rememberEntry(code: CodeData, pc: number, type: PyTypeObject, name: PyObject): void {
  const at = sharedEntry(type, name)
  if (at < 0) return
  code.cacheKey![pc] = type
  code.cacheIndex![pc] = type.tp_version_tag
  code.cacheValue![pc] = at
  rememberRow(type.tp_version_tag, name, at, null)
}

/** NEW reference to an attribute, or null. */
export function loadAttr(owner: PyObject, code: CodeData, pc: number, index: number): PyObject | null {
  const type = owner.ob_type
  if (code.cacheKey![pc] === type && code.cacheIndex![pc] === type.tp_version_tag) {
    const values = owner.dict as InlineValues | PyObject | null
    if (values instanceof InlineValues) {
      const value = values.values[code.cacheValue![pc] as number]
      if (value) {
        value.ob_refcnt++
        return value
      }
    }
  }
  const name = code.names[index]!
  const direct = type.tp_getattro === PyObject_GenericGetAttr && owner.dict instanceof InlineValues
  if (direct) {
    const at = knownEntry(type.tp_version_tag, name)
    const value = at < 0 ? null : owner.dict.values[at]
    if (value) {
      value.ob_refcnt++
      return value
    }
  }
  const value = PyObject_GetAttr(owner, name)
  if (value !== null && direct && owner.dict instanceof InlineValues) rememberEntry(code, pc, type, name)
  return value
}

export function storeAttr(owner: PyObject, code: CodeData, pc: number, index: number, value: PyObject): number {
  const type = owner.ob_type
  const values = owner.dict as InlineValues | PyObject | null
  const name = code.names[index]!
  const direct = values instanceof InlineValues && type.tp_setattro === PyObject_GenericSetAttr
  if (direct) {
    const at = code.cacheKey![pc] === type && code.cacheIndex![pc] === type.tp_version_tag ? code.cacheValue![pc] as number
      : knownEntry(type.tp_version_tag, name)
    const old = at < 0 ? undefined : values.values[at]
    if (old !== undefined) {
      value.ob_refcnt++
      values.values[at] = value
      if (old === null) _PyDictValues_AddToInsertionOrder(values, at)
      else if (--old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
      return 0
    }
  }
  const result = PyObject_SetAttr(owner, name, value)
  if (result === 0 && direct && owner.dict instanceof InlineValues) rememberEntry(code, pc, type, name)
  return result
}

/** A method found in a type: valid while the type keeps its version and its shared keys their names. */
class MethodCache {
  constructor(readonly descr: PyObject, readonly entries: number) {}
}

/** True if the method found in the type is what the instance shows: it has no attribute of that name. */
function showsMethod(owner: PyObject, type: PyTypeObject, method: MethodCache): boolean {
  const dict = owner.dict as InlineValues | PyObject | null
  return method.entries < 0 ? dict === null
    : dict === null || dict instanceof InlineValues && (type.ht_cached_keys as DictKeys).dk_nentries === method.entries
}

/** NEW reference to a method or attribute; `methodSelf.unbound` says which. */
export function loadMethod(owner: PyObject, code: CodeData, pc: number, index: number): PyObject | null {
  const type = owner.ob_type
  const version = type.tp_version_tag
  const name = code.names[index]!
  let known: MethodCache | null = null
  if (code.cacheKey![pc] === type && code.cacheIndex![pc] === version) known = code.cacheValue![pc] as MethodCache
  else {
    const row = rowOf(version, name)
    if (tableVersion[row] === version && version !== 0 && tableName[row] === name) known = tableMethod[row]!
  }
  if (known !== null && showsMethod(owner, type, known)) {
    methodSelf.unbound = true
    known.descr.ob_refcnt++
    return known.descr
  }
  const method = _PyObject_GetMethod(owner, name, methodSelf)
  if (method !== null && methodSelf.unbound && type.tp_version_tag !== 0) rememberMethod(code, pc, type, name, method)
  return method
}

function rememberMethod(code: CodeData, pc: number, type: PyTypeObject, name: PyObject, method: PyObject): void {
  let entries = -1
  if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0) {
    const keys = type.ht_cached_keys as DictKeys | null
    const text = name.v as UnicodeData
    if (keys === null || !text.hashed || unicodekeys_lookup_unicode(keys, name, text.hashLo, text.hashHi) >= 0) return
    entries = keys.dk_nentries
  } else if (type.tp_dictoffset !== 0) return
  const cache = new MethodCache(method, entries)
  code.cacheKey![pc] = type
  code.cacheIndex![pc] = type.tp_version_tag
  code.cacheValue![pc] = cache
  rememberRow(type.tp_version_tag, name, -1, cache)
}
