// Attributes of instances: values kept beside the object until somebody wants the dict. Mirrors the last part of
// Objects/dictobject.c.
//
// `o.dict` of an instance is null (nothing yet), an InlineValues (only if the type has Py_TPFLAGS_MANAGED_DICT; the names
// are in the type's `ht_cached_keys`), or a dict. Values become a dict, which takes them over, when `__dict__` is read,
// when a name is stored that the shared keys have no room for, or when a name is not an exact str.
import {
  Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MANAGED_DICT, type PyObject, type PyTypeObject, type visitproc,
} from './object'
import {
  DKIX_EMPTY, type DictKeys, InlineValues, _PyDictValues_AddToInsertionOrder, _PyDictKeys_StringLookup,
  delete_index_from_values, find_empty_slot, free_values, new_values, shared_keys_usable_size, unicodekeys_lookup_unicode,
} from './dict-keys'
import {
  PyDict_DelItem, PyDict_GET_SIZE, PyDict_New, PyDict_SetItem, dropValues, mayBeTracked, new_dict, type PyDictObject,
} from './dictobject'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_AttributeError } from './exceptions'
import { PyObject_GC_Track } from './objimpl'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_Type, unicodeHash } from './unicodeobject'

/** True if instances of the type have a `__dict__`. */
export function typeHasDict(type: PyTypeObject): boolean {
  return (type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0 || type.tp_dictoffset !== 0
}

// Mirrors new_dict_with_shared_keys.
function new_dict_with_shared_keys(keys: DictKeys): PyDictObject | null {
  const values = new_values(shared_keys_usable_size(keys))
  if (values === null) return null
  keys.dk_refcnt++
  return new_dict(keys, values, 0)
}

// Mirrors init_inline_values: each new instance leaves the class's keys one name less to grow.
/** Gives a new instance its values (or dict). 0, or -1 with an exception set. */
export function _PyObject_InitializeDict(self: PyObject): number {
  const type = self.ob_type
  if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0) {
    const keys = type.ht_cached_keys as DictKeys
    if (keys.dk_usable > 1) keys.dk_usable--
    const values = new_values(keys.dk_nentries + keys.dk_usable)
    if (values === null) return -1
    self.dict = values
    return 0
  }
  if (type.tp_dictoffset === 0) return 0
  self.dict = newInstanceDict(type)
  return self.dict === null ? -1 : 0
}

function newInstanceDict(type: PyTypeObject): PyDictObject | null {
  const keys = (type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 ? type.ht_cached_keys as DictKeys | null : null
  return keys !== null ? new_dict_with_shared_keys(keys) : PyDict_New()
}

// Mirrors make_dict_from_instance_attributes.
function dictFromValues(keys: DictKeys, values: InlineValues): PyDictObject {
  keys.dk_refcnt++
  let track = false
  for (const value of values.values) if (value !== null && mayBeTracked(value)) track = true
  const dict = new_dict(keys, values, values.used)
  if (track) PyObject_GC_Track(dict)
  return dict
}

/** NEW split dict that takes the values over; the caller stores it in `self.dict`. */
export function _PyObject_MakeDictFromInstanceAttributes(self: PyObject, values: InlineValues): PyDictObject {
  return dictFromValues(self.ob_type.ht_cached_keys as DictKeys, values)
}

/** Entry of a name in shared keys, which get it if they have room; DKIX_EMPTY if not. Mirrors insert_into_dictkeys. */
function insert_into_dictkeys(keys: DictKeys, name: PyObject): number {
  const data = name.v as UnicodeData
  if (!data.hashed) unicodeHash(data)
  let ix = unicodekeys_lookup_unicode(keys, name, data.hashLo, data.hashHi)
  if (ix !== DKIX_EMPTY || keys.dk_usable <= 0) return ix
  name.ob_refcnt++
  keys.dk_version = 0
  ix = keys.dk_nentries
  keys.indices[find_empty_slot(keys, data.hashLo, data.hashHi)] = ix
  keys.keys[ix] = name
  keys.dk_usable--
  keys.dk_nentries = ix + 1
  return ix
}

/** Sets an attribute of an instance with inline values; value null deletes. 0, or -1 with an exception set. */
export function _PyObject_StoreInstanceAttribute(
  self: PyObject, values: InlineValues, name: PyObject, value: PyObject | null,
): number {
  const keys = self.ob_type.ht_cached_keys as DictKeys
  const ix = name.ob_type === PyUnicode_Type ? insert_into_dictkeys(keys, name) : DKIX_EMPTY
  if (ix === DKIX_EMPTY) {
    const dict = dictFromValues(keys, values)
    self.dict = dict
    return value === null ? PyDict_DelItem(dict, name) : PyDict_SetItem(dict, name, value)
  }
  const old = values.values[ix]!
  if (value !== null) value.ob_refcnt++
  values.values[ix] = value
  if (old === null) {
    if (value === null) {
      PyErr_Format(PyExc_AttributeError, '\'%.100s\' object has no attribute \'%U\'', self.ob_type.tp_name, name)
      return -1
    }
    _PyDictValues_AddToInsertionOrder(values, ix)
  } else {
    if (value === null) delete_index_from_values(values, ix)
    if (--old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
  }
  return 0
}

/** NEW value of an attribute in inline values; null (without exception) if it is not set. */
export function _PyObject_GetInstanceAttribute(self: PyObject, values: InlineValues, name: PyObject): PyObject | null {
  const ix = _PyDictKeys_StringLookup(self.ob_type.ht_cached_keys as DictKeys, name)
  if (ix < 0) return null
  const value = values.values[ix]!
  if (value !== null) value.ob_refcnt++
  return value
}

/** True if an instance has no attributes of its own. */
export function _PyObject_IsInstanceDictEmpty(self: PyObject): boolean {
  const dict = self.dict as InlineValues | PyObject | null
  if (dict === null) return true
  return dict instanceof InlineValues ? dict.used === 0 : PyDict_GET_SIZE(dict) === 0
}

/** BORROWED dict of an object, made from its values if need be; null if it has none (yet). */
export function _PyObject_GetDictPtr(self: PyObject): PyObject | null {
  const dict = self.dict as InlineValues | PyObject | null
  if (!(dict instanceof InlineValues)) return dict
  return self.dict = _PyObject_MakeDictFromInstanceAttributes(self, dict)
}

/** Visits the inline values of an instance. */
export function _PyObject_VisitInstanceAttributes(self: PyObject, visit: visitproc): void {
  const values = self.dict as InlineValues | PyObject | null
  if (!(values instanceof InlineValues)) return
  const array = values.values
  const n = (self.ob_type.ht_cached_keys as DictKeys).dk_nentries
  for (let i = 0; i < n; i++) {
    const value = array[i]!
    if (value !== null) visit(value)
  }
}

/** Unsets the inline values of an instance (tp_clear). */
export function _PyObject_ClearInstanceAttributes(self: PyObject): void {
  const values = self.dict as InlineValues | PyObject | null
  if (!(values instanceof InlineValues)) return
  const array = values.values
  const n = (self.ob_type.ht_cached_keys as DictKeys).dk_nentries
  for (let i = 0; i < n; i++) {
    const value = array[i]!
    if (value === null) continue
    array[i] = null
    if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
  }
}

/** Drops the inline values of a dying instance and their memory. */
export function _PyObject_FreeInstanceAttributes(self: PyObject): void {
  const values = self.dict as InlineValues | PyObject | null
  if (!(values instanceof InlineValues)) return
  dropValues(values, (self.ob_type.ht_cached_keys as DictKeys).dk_nentries)
  free_values(values)
  self.dict = null
}

/** NEW `__dict__` of an object, made if it has none; null with AttributeError set if its type has no place for one. */
export function PyObject_GenericGetDict(self: PyObject): PyObject | null {
  const type = self.ob_type
  let dict = self.dict as InlineValues | PyObject | null
  if (dict instanceof InlineValues) {
    dict = self.dict = _PyObject_MakeDictFromInstanceAttributes(self, dict)
  } else if (dict === null) {
    if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0) dict = PyDict_New()
    else if (type.tp_dictoffset !== 0) dict = newInstanceDict(type)
    else PyErr_SetString(PyExc_AttributeError, 'This object has no __dict__')
    if (dict === null) return null
    self.dict = dict
  }
  dict.ob_refcnt++
  return dict
}

/** Sets (value null: deletes) an attribute in the dict of an object without inline values, making the dict if need be. */
export function _PyObjectDict_SetItem(self: PyObject, name: PyObject, value: PyObject | null): number {
  let dict = self.dict as PyObject | null
  if (dict === null) {
    dict = newInstanceDict(self.ob_type)
    if (dict === null) return -1
    self.dict = dict
  }
  return value === null ? PyDict_DelItem(dict, name) : PyDict_SetItem(dict, name, value)
}
