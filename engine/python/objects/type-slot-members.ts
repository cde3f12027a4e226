// `__slots__`: which names a class reserves, and the members that show them. Mirrors type_new_slots_impl,
// Objects/typeobject.c. The values of an instance are in `o.slots`, the bases' first.
import { Py_DECREF, Py_INCREF, Py_XDECREF, type PyMemberDef, type PyObject, type PyTypeObject } from './object'
import { PySequence_Tuple } from './abstract'
import { PyDict_Contains, PyDict_GetItemWithError } from './dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyList_AsTuple, PyList_New, PyList_SET_ITEM, PyList_Sort } from './listobject'
import { PyTuple_Pack } from './tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from './unicodeobject'

export interface SlotsResult {
  /** Tuple of the members' names, mangled and sorted; null without `__slots__`. Owned. */
  slots: PyObject | null
  /** Its items. */
  slotNames: PyObject[]
  addDict: boolean
  addWeak: boolean
}

interface Wanted extends SlotsResult {
  base: PyTypeObject
  bases: PyObject
  name: PyObject
}

/** Member of a class with slots: `slot` is its index in `o.slots`. */
export interface SlotMemberDef extends PyMemberDef {
  slot: number
}

/** T_OBJECT_EX member: unset means AttributeError. */
export function slotMember(name: string, slot: number): SlotMemberDef {
  return {
    name, slot,
    get: self => {
      const value = self.slots![slot]
      if (value) {
        value.ob_refcnt++
        return value
      }
      return PyErr_Format(PyExc_AttributeError, '\'%.200s\' object has no attribute \'%s\'', self.ob_type.tp_name, name)
    },
    set: (self, value) => {
      const slots = self.slots!
      const old = slots[slot] ?? null
      if (value === null && old === null) {
        PyErr_SetString(PyExc_AttributeError, name)
        return -1
      }
      if (value !== null) Py_INCREF(value)
      slots[slot] = value
      Py_XDECREF(old)
      return 0
    },
  }
}

const isIdentifier = (text: string): boolean => /^[\p{XID_Start}_][\p{XID_Continue}]*$/u.test(text)

/** Private names of a class carry its name: `_Py_Mangle`. NEW. */
function mangle(className: PyObject, ident: PyObject): PyObject {
  const text = PyUnicode_AsString(ident)
  const owner = PyUnicode_AsString(className).replace(/^_+/, '')
  if (!text.startsWith('__') || text.endsWith('__') || text.includes('.') || owner === '') {
    Py_INCREF(ident)
    return ident
  }
  return PyUnicode_FromString(`_${owner}${text}`)
}

/** Fills the slots' part of the context. 0 or -1. Mirrors type_new_slots. */
export function newSlots(ctx: Wanted, dict: PyObject): number {
  const slots = PyDict_GetItemWithError(dict, _Py_ID('__slots__'))
  if (slots === null && PyErr_Occurred() !== null) return -1
  const mayAddDict = ctx.base.tp_dictoffset === 0
  const mayAddWeak = ctx.base.tp_weaklistoffset === 0 && ctx.base.tp_itemsize === 0
  if (slots === null) {
    ctx.addDict = mayAddDict
    ctx.addWeak = mayAddWeak
    return 0
  }
  Py_INCREF(slots)
  const tuple = PyUnicode_Check(slots) ? PyTuple_Pack(slots) : PySequence_Tuple(slots)
  Py_DECREF(slots)
  if (tuple === null) return -1
  ctx.slots = tuple
  const names = tuple.v as PyObject[]
  if (names.length > 0 && ctx.base.tp_itemsize !== 0) {
    PyErr_Format(PyExc_TypeError, 'nonempty __slots__ not supported for subtype of \'%s\'', ctx.base.tp_name)
    return -1
  }
  for (const slot of names) if (visitSlot(ctx, slot, mayAddDict, mayAddWeak) < 0) return -1
  return copySlots(ctx, names, dict, mayAddDict, mayAddWeak)
}

// Mirrors type_new_visit_slots.
function visitSlot(ctx: Wanted, slot: PyObject, mayAddDict: boolean, mayAddWeak: boolean): number {
  if (!PyUnicode_Check(slot)) {
    PyErr_Format(PyExc_TypeError, '__slots__ items must be strings, not \'%.200s\'', slot.ob_type.tp_name)
    return -1
  }
  const text = PyUnicode_AsString(slot)
  if (!isIdentifier(text)) {
    PyErr_SetString(PyExc_TypeError, '__slots__ must be identifiers')
    return -1
  }
  if (text === '__dict__') {
    if (!mayAddDict || ctx.addDict) {
      PyErr_SetString(PyExc_TypeError, '__dict__ slot disallowed: we already got one')
      return -1
    }
    ctx.addDict = true
  } else if (text === '__weakref__') {
    if (!mayAddWeak || ctx.addWeak) {
      PyErr_SetString(PyExc_TypeError, '__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0')
      return -1
    }
    ctx.addWeak = true
  }
  return 0
}

/** The members in a list, sorted, then a tuple; as type_new_slots_impl does. */
function copySlots(ctx: Wanted, names: PyObject[], dict: PyObject, mayAddDict: boolean, mayAddWeak: boolean): number {
  const list = PyList_New(names.length - Number(ctx.addDict) - Number(ctx.addWeak))
  let j = 0
  for (const slot of names) {
    const text = PyUnicode_AsString(slot)
    if ((ctx.addDict && text === '__dict__') || (ctx.addWeak && text === '__weakref__')) continue
    const mangled = mangle(ctx.name, slot)
    PyList_SET_ITEM(list, j++, mangled)
    const present = PyDict_Contains(dict, mangled)
    // The class statement itself puts these two into the namespace.
    if (present > 0 && text !== '__qualname__' && text !== '__classcell__') {
      PyErr_Format(PyExc_ValueError, '%R in __slots__ conflicts with class variable', mangled)
      Py_DECREF(list)
      return -1
    }
    if (present < 0) {
      Py_DECREF(list)
      return -1
    }
  }
  if (PyList_Sort(list) < 0) {
    Py_DECREF(list)
    return -1
  }
  const tuple = PyList_AsTuple(list)
  Py_DECREF(list)
  if (tuple === null) return -1
  Py_DECREF(ctx.slots!)
  ctx.slots = tuple
  ctx.slotNames = tuple.v as PyObject[]
  // Secondary bases may bring a dict or weak references.
  const items = ctx.bases.v as PyTypeObject[]
  if (items.length > 1) {
    for (const base of items) {
      if (base === ctx.base) continue
      if (mayAddDict && !ctx.addDict && base.tp_dictoffset !== 0) ctx.addDict = true
      if (mayAddWeak && !ctx.addWeak && base.tp_weaklistoffset !== 0) ctx.addWeak = true
    }
  }
  return 0
}
