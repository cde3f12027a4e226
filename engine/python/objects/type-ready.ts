// PyType_Ready: a type gets its bases, MRO, dict and inherited slots. Mirrors type_ready and inherit_slots,
// Objects/typeobject.c.
import {
  Py_DECREF, Py_INCREF, Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_BYTES_SUBCLASS,
  Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL,
  Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_MANAGED_DICT,
  Py_TPFLAGS_MAPPING, Py_TPFLAGS_MATCH_SELF, Py_TPFLAGS_METHOD_DESCRIPTOR, Py_TPFLAGS_READY, Py_TPFLAGS_SEQUENCE,
  Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, METH_CLASS, METH_COEXIST, METH_STATIC,
  SLOT_NAMES, genericGetAttr, noDealloc, presizeOf, type PyGetSetDef, type PyMemberDef, type PyMethodDef, type PyObject, type PyTypeObject,
  type TypeSlots,
} from './object'
import {
  PyDescr_NewClassMethod, PyDescr_NewGetSet, PyDescr_NewMember, PyDescr_NewMethod, PyDescr_NewWrapper, descrName,
} from './descrobject'
import { PyDict_Contains, PyDict_New, PyDict_SetDefault, PyDict_SetItem } from './dictobject'
import { PyStaticMethod_New } from './funcobject'
import { PyCFunction_NewEx } from './methodobject'
import { PyObject_Free, PyObject_GC_Del } from './objimpl'
import { PyObject_GenericGetAttr, PyObject_HashNotImplemented } from './object-protocol'
import { PyBaseObject_Type } from './object-type'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyTuple_New, PyTuple_Pack } from './tupleobject'
import { mro_internal } from './type-mro'
import { tp_new_methoddef } from './type-new'
import { slotdefs } from './type-slotdefs'
import { add_all_subclasses } from './type-subclasses'
import { PyUnicode_FromString, _Py_ID } from './unicodeobject'

/** The only flag of ours in the bits CPython uses for itself: PyType_Ready is at work. */
const Py_TPFLAGS_READYING = 1 << 13

/** A slot by its name, for code that treats slots alike. */
export type SlotName = keyof TypeSlots
/** A slot's function, whatever its shape. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- slots of all shapes are copied and compared, never called, here
export type AnySlot = ((...args: any[]) => any) | null

export function getSlot(type: PyTypeObject, name: SlotName): AnySlot {
  return type[name] as AnySlot
}

export function setSlot(type: PyTypeObject, name: SlotName, value: AnySlot): void {
  (type as unknown as Record<SlotName, AnySlot>)[name] = value
}

// ---- filling the dict -------------------------------------------------------------------------------------------------

// Mirrors add_operators.
function add_operators(type: PyTypeObject): number {
  const dict = type.tp_dict!
  for (const def of slotdefs) {
    if (def.wrapper === null) continue
    const f = getSlot(type, def.slot)
    if (f === null) continue
    const name = _Py_ID(def.name)
    const present = PyDict_Contains(dict, name)
    if (present > 0) continue
    if (present < 0) return -1
    if (f === PyObject_HashNotImplemented) {
      if (PyDict_SetItem(dict, name, Py_None) < 0) return -1
      continue
    }
    const descr = PyDescr_NewWrapper(type, def, f)
    const result = PyDict_SetItem(dict, name, descr)
    Py_DECREF(descr)
    if (result < 0) return -1
  }
  return 0
}

function setNew(dict: PyObject, descr: PyObject, name: PyObject, overwrite: boolean): number {
  const result = overwrite ? PyDict_SetItem(dict, name, descr) : PyDict_SetDefault(dict, name, descr) === null ? -1 : 0
  Py_DECREF(descr)
  return result
}

// Mirrors type_add_method.
function add_methods(type: PyTypeObject, methods: PyMethodDef[]): number {
  for (const def of methods) {
    let descr: PyObject
    let isDescr = true
    if ((def.ml_flags & METH_CLASS) !== 0) {
      if ((def.ml_flags & METH_STATIC) !== 0) throw new Error(`Molt: ${def.ml_name} cannot be both class and static`)
      descr = PyDescr_NewClassMethod(type, def)
    } else if ((def.ml_flags & METH_STATIC) !== 0) {
      const cfunc = PyCFunction_NewEx(def, type, null)
      descr = PyStaticMethod_New(cfunc)
      isDescr = false
      Py_DECREF(cfunc)
    } else descr = PyDescr_NewMethod(type, def)
    const name = isDescr ? descrName(descr) : PyUnicode_FromString(def.ml_name)
    const result = setNew(type.tp_dict!, descr, name, (def.ml_flags & METH_COEXIST) !== 0)
    if (!isDescr) Py_DECREF(name)
    if (result < 0) return -1
  }
  return 0
}

function add_members(type: PyTypeObject, members: PyMemberDef[]): number {
  for (const member of members) {
    const descr = PyDescr_NewMember(type, member)
    if (setNew(type.tp_dict!, descr, descrName(descr), false) < 0) return -1
  }
  return 0
}

function add_getset(type: PyTypeObject, getset: PyGetSetDef[]): number {
  for (const def of getset) {
    const descr = PyDescr_NewGetSet(type, def)
    if (setNew(type.tp_dict!, descr, descrName(descr), false) < 0) return -1
  }
  return 0
}

// Mirrors type_dict_set_doc: the docstring without its signature line, or None.
function type_dict_set_doc(type: PyTypeObject): number {
  const dict = type.tp_dict!
  const name = _Py_ID('__doc__')
  const present = PyDict_Contains(dict, name)
  if (present !== 0) return present < 0 ? -1 : 0
  if (type.tp_doc === null) return PyDict_SetItem(dict, name, Py_None)
  const doc = PyUnicode_FromString(withoutSignature(type.tp_doc))
  const result = PyDict_SetItem(dict, name, doc)
  Py_DECREF(doc)
  return result
}

/** Text of a docstring behind "name(args)\n--\n\n", _PyType_DocWithoutSignature. */
export function withoutSignature(doc: string): string {
  const at = doc.indexOf('\n--\n\n')
  return at >= 0 && /^[\w.]+\(/.test(doc) ? doc.slice(at + 5) : doc
}

// ---- inheriting -----------------------------------------------------------------------------------------------------------

const SUBCLASS_FLAGS = [
  Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS,
  Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_BASE_EXC_SUBCLASS,
]
const COLLECTION_FLAGS = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING

function inherit_special(type: PyTypeObject, base: PyTypeObject): void {
  if ((type.tp_flags & Py_TPFLAGS_HAVE_GC) === 0 && (base.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0
    && type.tp_traverse === null && type.tp_clear === null) {
    type.tp_flags |= Py_TPFLAGS_HAVE_GC
    type.tp_traverse = base.tp_traverse
    type.tp_clear = base.tp_clear
  }
  type.tp_flags |= base.tp_flags & Py_TPFLAGS_MANAGED_DICT
  if (type.tp_basicsize === 0) type.tp_basicsize = base.tp_basicsize
  if (type.tp_itemsize === 0) type.tp_itemsize = base.tp_itemsize
  if (type.tp_weaklistoffset === 0) type.tp_weaklistoffset = base.tp_weaklistoffset
  if (!type.weakrefs) type.weakrefs = base.weakrefs
  if (type.tp_dictoffset === 0) type.tp_dictoffset = base.tp_dictoffset
  for (const flag of SUBCLASS_FLAGS) type.tp_flags |= base.tp_flags & flag
  type.tp_flags |= base.tp_flags & Py_TPFLAGS_MATCH_SELF
}

// Mirrors overrides_hash: 1 if the class's own dict has __eq__ or __hash__.
function overrides_hash(type: PyTypeObject): boolean {
  return PyDict_Contains(type.tp_dict!, _Py_ID('__eq__')) > 0 || PyDict_Contains(type.tp_dict!, _Py_ID('__hash__')) > 0
}

/** Slots that inherit by a rule of their own, or not at all. */
const SPECIAL_SLOTS = new Set<SlotName>([
  'tp_dealloc', 'tp_getattro', 'tp_setattro', 'tp_hash', 'tp_richcompare', 'tp_call', 'vectorcall', 'tp_vectorcall',
  'tp_traverse', 'tp_clear', 'tp_new', 'tp_free', 'tp_del',
])
const PLAIN_SLOTS = SLOT_NAMES.filter(name => !SPECIAL_SLOTS.has(name))

/** Copies from `base` each slot that `type` lacks and `base` does not just have from its own base. */
export function inherit_slots(type: PyTypeObject, base: PyTypeObject): void {
  const basebase = base.tp_base
  for (const name of PLAIN_SLOTS) {
    if (type[name] !== null) continue
    const f = base[name]
    if (f !== null && (basebase === null || f !== basebase[name])) setSlot(type, name, f as AnySlot)
  }
  if (type.tp_dealloc === noDealloc && base.tp_dealloc !== noDealloc) type.tp_dealloc = base.tp_dealloc
  type.tp_getattro ??= base.tp_getattro
  type.tp_setattro ??= base.tp_setattro
  type.vectorcall ??= base.vectorcall
  if (type.tp_call === null && (base.tp_flags & Py_TPFLAGS_HAVE_VECTORCALL) !== 0
    && (type.tp_flags & Py_TPFLAGS_IMMUTABLETYPE) !== 0) type.tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL
  if (type.tp_call === null && base.tp_call !== null && (basebase === null || base.tp_call !== basebase.tp_call)) {
    type.tp_call = base.tp_call
  }
  if (type.tp_richcompare === null && type.tp_hash === null && !overrides_hash(type)) {
    type.tp_richcompare = base.tp_richcompare
    type.tp_hash = base.tp_hash
  }
  if (base.tp_descr_get !== null && type.tp_descr_get === base.tp_descr_get
    && (type.tp_flags & Py_TPFLAGS_IMMUTABLETYPE) !== 0) type.tp_flags |= base.tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR
  if ((type.tp_flags & Py_TPFLAGS_HAVE_GC) === (base.tp_flags & Py_TPFLAGS_HAVE_GC)) {
    if (type.tp_free === null && base.tp_free !== null && (basebase === null || base.tp_free !== basebase.tp_free)) {
      type.tp_free = base.tp_free
    }
  } else if ((type.tp_flags & Py_TPFLAGS_HAVE_GC) !== 0 && type.tp_free === null && base.tp_free === PyObject_Free) {
    // The base frees without GC head; this type has one.
    type.tp_free = PyObject_GC_Del
  }
}

function type_ready_inherit(type: PyTypeObject): void {
  const base = type.tp_base
  if (base !== null) inherit_special(type, base)
  const mro = type.mro
  for (let i = 1; i < mro.length; i++) {
    inherit_slots(type, mro[i]!)
    if ((type.tp_flags & COLLECTION_FLAGS) === 0) type.tp_flags |= mro[i]!.tp_flags & COLLECTION_FLAGS
  }
}

// ---- the steps --------------------------------------------------------------------------------------------------------------

function type_ready_set_bases(type: PyTypeObject): void {
  if (type.tp_base === null && type !== PyBaseObject_Type) type.tp_base = PyBaseObject_Type
  const base = type.tp_base
  if (base !== null && (type.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0) Py_INCREF(base)
  if (type.tp_bases === null) type.tp_bases = base === null ? PyTuple_New(0) : PyTuple_Pack(base)
}

function type_ready_set_new(type: PyTypeObject): number {
  const base = type.tp_base
  if (type.tp_new === null && base === PyBaseObject_Type && (type.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0)
    type.tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION
  if ((type.tp_flags & Py_TPFLAGS_DISALLOW_INSTANTIATION) !== 0) {
    type.tp_new = null
    return 0
  }
  if (type.tp_new === null) {
    type.tp_new = base!.tp_new
    return 0
  }
  // add_tp_new_wrapper
  const name = _Py_ID('__new__')
  const present = PyDict_Contains(type.tp_dict!, name)
  if (present !== 0) return present < 0 ? -1 : 0
  const func = PyCFunction_NewEx(tp_new_methoddef, type, null)
  const result = PyDict_SetItem(type.tp_dict!, name, func)
  Py_DECREF(func)
  return result
}

function type_ready_fill_dict(type: PyTypeObject): number {
  if (add_operators(type) < 0) return -1
  if (type.tp_methods !== null && add_methods(type, type.tp_methods) < 0) return -1
  if (type.tp_members !== null && add_members(type, type.tp_members) < 0) return -1
  if (type.tp_getset !== null && add_getset(type, type.tp_getset) < 0) return -1
  return type_dict_set_doc(type)
}

function type_ready_set_hash(type: PyTypeObject): number {
  if (type.tp_hash !== null) return 0
  const name = _Py_ID('__hash__')
  const present = PyDict_Contains(type.tp_dict!, name)
  if (present !== 0) return present < 0 ? -1 : 0
  if (PyDict_SetItem(type.tp_dict!, name, Py_None) < 0) return -1
  type.tp_hash = PyObject_HashNotImplemented
  return 0
}

/** Bytes of a static type object in the data segment. */
const STATIC_TYPE_BYTES = 408

function steps(type: PyTypeObject): number {
  if (type.tp_dict === null) type.tp_dict = PyDict_New()
  type_ready_set_bases(type)
  if (mro_internal(type, null) < 0) return -1
  if (type_ready_set_new(type) < 0 || type_ready_fill_dict(type) < 0) return -1
  type_ready_inherit(type)
  type.presize = presizeOf(type.tp_flags)
  if (type.weakrefs && type.tp_weaklistoffset === 0) type.tp_weaklistoffset = type.tp_basicsize - 8
  if (type_ready_set_hash(type) < 0) return -1
  return add_all_subclasses(type, type.tp_bases!)
}

/** Makes a type usable; does nothing if it already is. `base` is for static types that did not name theirs. 0 or -1. */
export function PyType_Ready(type: PyTypeObject, base: PyTypeObject | null = null): number {
  if ((type.tp_flags & Py_TPFLAGS_READY) !== 0) return 0
  if ((type.tp_flags & Py_TPFLAGS_READYING) !== 0) return 0
  type.tp_flags |= Py_TPFLAGS_READYING
  if (type.tp_getattro === genericGetAttr) type.tp_getattro = PyObject_GenericGetAttr
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0) {
    type.tp_flags |= Py_TPFLAGS_IMMUTABLETYPE
    if (type.addr === 0) type.addr = _PyRuntime.process.space.staticAlloc(STATIC_TYPE_BYTES)
    type.tp_base ??= base
    // A static type's base comes first, whatever the list says.
    if (type.tp_base !== null && PyType_Ready(type.tp_base) < 0) return -1
  }
  const result = steps(type)
  type.tp_flags &= ~Py_TPFLAGS_READYING
  if (result < 0) return -1
  type.tp_flags |= Py_TPFLAGS_READY
  return 0
}
