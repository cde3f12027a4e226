// Keeping slots in step with special methods: when a class is made, and when a special method of it (or of a base) is
// assigned. Mirrors update_one_slot, update_slot and fixup_slot_dispatchers, Objects/typeobject.c.
import { PyType_IsSubtype, Py_TPFLAGS_HAVE_VECTORCALL, type PyObject, type PyTypeObject } from './object'
import { PyWrapperDescr_Type, type DescrData } from './descrobject'
import { DICT_ENTRY, PyDict_Contains, PyDict_Next } from './dictobject'
import { PyErr_Clear, PyErr_Occurred } from './errors'
import { PyCFunction_Type, type CFunctionData } from './methodobject'
import { PyObject_HashNotImplemented, _PyObject_NextNotImplemented } from './object-protocol'
import { Py_None } from './singletons'
import { find_name_in_mro } from './type-cache'
import { tp_new_wrapper } from './type-new'
import { getSlot, setSlot, type AnySlot, type SlotName } from './type-ready'
import { slotdefs, type SlotDef } from './type-slotdefs'
import { slot_tp_call } from './type-slot-functions'
import { subclassFromRef } from './type-subclasses'
import { PyUnicode_AsString, _Py_ID } from './unicodeobject'

/** Rows of the table by slot, in table order; made at first use. */
let bySlot: Map<SlotName, SlotDef[]> | null = null
/** Slots by method name. */
let byName: Map<string, SlotName[]> | null = null

function slotGroups(): Map<SlotName, SlotDef[]> {
  if (bySlot === null) {
    bySlot = new Map()
    byName = new Map()
    for (const def of slotdefs.rows()) {
      const group = bySlot.get(def.slot)
      if (group === undefined) bySlot.set(def.slot, [def])
      else group.push(def)
      const slots = byName.get(def.name)
      if (slots === undefined) byName.set(def.name, [def.slot])
      else if (!slots.includes(def.slot)) slots.push(def.slot)
    }
  }
  return bySlot
}

/** The one slot of this name that the type fills; null if none or several. Mirrors resolve_slotdups. */
function resolve_slotdups(type: PyTypeObject, name: string): SlotName | null {
  let result: SlotName | null = null
  for (const slot of byName!.get(name)!) {
    if (getSlot(type, slot) === null) continue
    if (result !== null) return null
    result = slot
  }
  return result
}

/** Decides what goes into one slot from the methods that the type (or its bases) has for it. */
function update_one_slot(type: PyTypeObject, slot: SlotName, group: SlotDef[]): void {
  let specific: AnySlot = null
  let generic: AnySlot = null
  let useGeneric = false
  for (const def of group) {
    const descr = find_name_in_mro(type, _Py_ID(def.name))
    if (descr === null) {
      if (PyErr_Occurred() !== null) PyErr_Clear()
      if (slot === 'tp_iternext') specific = _PyObject_NextNotImplemented
      continue
    }
    if (descr.ob_type === PyWrapperDescr_Type && (descr.v as DescrData).d_base!.name === def.name) {
      const owner = resolve_slotdups(type, def.name)
      if (owner === null || owner === slot) generic = def.fn
      const data = descr.v as DescrData
      if ((specific === null || specific === data.d_wrapped) && data.d_base!.wrapper === def.wrapper
        && PyType_IsSubtype(type, data.d_type as PyTypeObject)) specific = data.d_wrapped
      else useGeneric = true
    } else if (slot === 'tp_new' && descr.ob_type === PyCFunction_Type
      && (descr.v as CFunctionData).m_ml.ml_meth === tp_new_wrapper) {
      // The __new__ of a C type is no wrapper descriptor: the slot it came from is already right.
      specific = type.tp_new
    } else if (slot === 'tp_hash' && descr === Py_None) {
      specific = PyObject_HashNotImplemented
    } else {
      useGeneric = true
      generic = def.fn
      if (def.fn === slot_tp_call) type.tp_flags &= ~Py_TPFLAGS_HAVE_VECTORCALL
    }
  }
  setSlot(type, slot, specific !== null && !useGeneric ? specific : generic)
}

/** Fills all slots of a new class from its methods. */
export function fixup_slot_dispatchers(type: PyTypeObject): void {
  for (const [slot, group] of slotGroups()) update_one_slot(type, slot, group)
}

/** Recomputes every slot of a type and its subclasses: its bases have changed. Mirrors update_all_slots. */
export function update_all_slots(type: PyTypeObject): void {
  for (const name of byNameMap().keys()) update_slot(type, _Py_ID(name))
}

function byNameMap(): Map<string, SlotName[]> {
  slotGroups()
  return byName!
}

/** A special method was set on (or deleted from) a type: its slots and those of subclasses that inherit it follow. */
export function update_slot(type: PyTypeObject, name: PyObject): number {
  const slots = byNameMap().get(PyUnicode_AsString(name))
  if (slots !== undefined) update_subclasses(type, name, slots)
  return 0
}

function update_subclasses(type: PyTypeObject, name: PyObject, slots: SlotName[]): void {
  const groups = slotGroups()
  for (const slot of slots) update_one_slot(type, slot, groups.get(slot)!)
  const subclasses = type.tp_subclasses
  if (subclasses === null) return
  for (let pos = PyDict_Next(subclasses, 0); pos > 0; pos = PyDict_Next(subclasses, pos)) {
    const subclass = subclassFromRef(DICT_ENTRY.value)
    if (subclass === null) continue
    // A subclass that overrides the name is not touched.
    if (subclass.tp_dict !== null && PyDict_Contains(subclass.tp_dict, name) !== 0) continue
    update_subclasses(subclass, name, slots)
  }
}
