// Making a class: type.__new__. Mirrors type_new and its steps, Objects/typeobject.c; the order of allocations is CPython's
// (see facts on class statements: dict copy, slots, type object, descriptors, subclass entry, shared keys).
import {
  METH_KEYWORDS, METH_VARARGS, PyType_IsSubtype, PyTypeObject, Py_DECREF, Py_INCREF, Py_TPFLAGS_BASETYPE,
  Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MANAGED_DICT, Py_XDECREF, presizeOf, type PyMethodDef, type PyObject,
} from './object'
import { PyObject_CallFunctionObjArgs, PyObject_Vectorcall, PyObject_VectorcallDict } from './call'
import { PyCell_Check, PyCell_Set } from './cellobject'
import {
  DICT_ENTRY, PyDict_Contains, PyDict_DelItem, PyDict_GetItemWithError, PyDict_Next, PyDict_SetItem, PyDict_Check,
} from './dictobject'
import { _PyDict_NewKeysForClass } from './dict-keys'
import { PyDict_Copy } from './dict-merge'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString, _PyErr_FormatFromCause } from './errors'
import { PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyClassMethod_New, PyFunction_Check, PyStaticMethod_New } from './funcobject'
import { PyObject_GC_Track, PyObject_Malloc, gcNewSize, _PyObject_VAR_SIZE, PyObject_GC_Del } from './objimpl'
import { PyObject_GetAttr, PyType_Check, _PyObject_LookupAttr } from './object-protocol'
import { PyBaseObject_Type } from './object-type'
import { Py_None } from './singletons'
import { PySuper_Type } from './super'
import { subtype_clear, subtype_dealloc, subtype_getsets, subtype_traverse } from './subtype'
import { PyTuple_Check, PyTuple_GetSlice, PyTuple_Pack } from './tupleobject'
import { best_base } from './type-layout'
import { PyType_Ready } from './type-ready'
import { newSlots, slotMember, type SlotsResult } from './type-slot-members'
import { slot_tp_new } from './type-slot-functions'
import { fixup_slot_dispatchers } from './type-slots'
import { PyType_GenericAlloc, _PyObject_LookupSpecial } from './typeobject'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from './unicodeobject'
import { PyUnicode_AsUTF8, utf8Length } from './unicode-utf8'
import { TAG_NONE } from '../../memory/events'

/** What is known of the class under construction; `type_new_ctx`. */
interface Context extends SlotsResult {
  metatype: PyTypeObject
  args: PyObject
  kwds: PyObject | null
  name: PyObject
  /** Owned. */
  bases: PyObject
  base: PyTypeObject
  namespace: PyObject
}

// ---- metaclass -----------------------------------------------------------------------------------------------------------

/** BORROWED most derived of the metaclasses of the bases, or null with TypeError. */
export function _PyType_CalculateMetaclass(metatype: PyTypeObject, bases: PyObject): PyTypeObject | null {
  let winner = metatype
  for (const base of bases.v as PyObject[]) {
    const type = base.ob_type
    if (PyType_IsSubtype(winner, type)) continue
    if (PyType_IsSubtype(type, winner)) {
      winner = type
      continue
    }
    return PyErr_SetString(PyExc_TypeError, 'metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass '
      + 'of the metaclasses of all its bases')
  }
  return winner
}

// ---- the new type's parts ---------------------------------------------------------------------------------------------------

/** The type object itself: header, room for its slot members, fields from the base. Tracked at once. */
function type_new_alloc(ctx: Context, dict: PyObject): PyTypeObject | null {
  const { metatype } = ctx
  const shell = gcNewSize(metatype, _PyObject_VAR_SIZE(metatype, ctx.slotNames.length + 1), null)
  if (shell === null) return null
  const type = new PyTypeObject('', { tp_basicsize: 0 }, metatype, shell.addr)
  type.ob_refcnt = 1
  PyObject_GC_Track(type)
  type.tp_flags = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC
  type.tp_bases = ctx.bases
  Py_INCREF(ctx.base)
  type.tp_base = ctx.base
  type.tp_dict = dict
  type.ht_slots = ctx.slots
  type.tp_alloc = PyType_GenericAlloc
  type.tp_free = PyObject_GC_Del
  Py_INCREF(ctx.name)
  type.ht_name = ctx.name
  return type
}

/** tp_name, and its check. */
function setTpName(type: PyTypeObject): number {
  const text = PyUnicode_AsUTF8(type.ht_name!)
  if (text === null) return -1
  if (text.includes('\0')) {
    PyErr_SetString(PyExc_ValueError, 'type name must not contain null characters')
    return -1
  }
  type.tp_name = text
  return 0
}

/** Set by the VM: BORROWED globals of the running frame, or null. */
export const typeHooks = { getGlobals: (): PyObject | null => null }

// Mirrors type_new_set_module: the module whose code runs.
function setModule(dict: PyObject): number {
  const name = _Py_ID('__module__')
  const present = PyDict_Contains(dict, name)
  if (present !== 0) return present < 0 ? -1 : 0
  const globals = typeHooks.getGlobals()
  if (globals === null) return 0
  const module = PyDict_GetItemWithError(globals, _Py_ID('__name__'))
  if (module === null) return PyErr_Occurred() !== null ? -1 : 0
  return PyDict_SetItem(dict, name, module)
}

// Mirrors type_new_set_ht_name: __qualname__ leaves the dict.
function setQualname(type: PyTypeObject): number {
  const name = _Py_ID('__qualname__')
  const qualname = PyDict_GetItemWithError(type.tp_dict!, name)
  if (qualname === null) {
    if (PyErr_Occurred() !== null) return -1
    Py_INCREF(type.ht_name!)
    type.ht_qualname = type.ht_name
    return 0
  }
  if (!PyUnicode_Check(qualname)) {
    PyErr_Format(PyExc_TypeError, 'type __qualname__ must be a str, not %s', qualname.ob_type.tp_name)
    return -1
  }
  Py_INCREF(qualname)
  type.ht_qualname = qualname
  return PyDict_DelItem(type.tp_dict!, name) < 0 ? -1 : 0
}

// Mirrors type_new_set_doc: a C copy of the docstring.
function setDoc(type: PyTypeObject): number {
  const doc = PyDict_GetItemWithError(type.tp_dict!, _Py_ID('__doc__'))
  if (doc === null) return PyErr_Occurred() !== null ? -1 : 0
  if (!PyUnicode_Check(doc)) return 0
  const text = PyUnicode_AsUTF8(doc)
  if (text === null) return -1
  const end = text.indexOf('\0')
  const kept = end < 0 ? text : text.slice(0, end)
  type.docBlock = PyObject_Malloc(utf8Length(kept) + 1, TAG_NONE)
  type.tp_doc = kept
  return type.docBlock === 0 ? -1 : 0
}

/** A plain function under this name becomes a static or class method. */
function wrapFunction(dict: PyObject, name: PyObject, wrap: (func: PyObject) => PyObject): number {
  const func = PyDict_GetItemWithError(dict, name)
  if (func === null) return PyErr_Occurred() !== null ? -1 : 0
  if (!PyFunction_Check(func)) return 0
  const wrapped = wrap(func)
  const result = PyDict_SetItem(dict, name, wrapped)
  Py_DECREF(wrapped)
  return result
}

// Mirrors type_new_descriptors and type_new_set_slots: where members, dict and weak references lie.
function setLayout(ctx: Context, type: PyTypeObject): void {
  const { base } = ctx
  let offset = base.tp_basicsize
  if (ctx.slotNames.length > 0) {
    type.tp_members = ctx.slotNames.map((slot, i) => slotMember(PyUnicode_AsString(slot), base.slotCount + i))
    offset += 8 * ctx.slotNames.length
  }
  type.slotCount = base.slotCount + ctx.slotNames.length
  if (ctx.addDict && base.tp_itemsize !== 0) {
    type.tp_dictoffset = -8
    offset += 8
  }
  if (ctx.addWeak) {
    type.weakrefs = true
    type.tp_weaklistoffset = offset
    offset += 8
  }
  if (ctx.addDict && base.tp_itemsize === 0) {
    type.tp_flags |= Py_TPFLAGS_MANAGED_DICT
    type.tp_dictoffset = -offset - 24
  }
  type.tp_basicsize = offset
  type.tp_itemsize = base.tp_itemsize
  type.presize = presizeOf(type.tp_flags | base.tp_flags & Py_TPFLAGS_MANAGED_DICT)
  type.tp_getset = subtype_getsets(ctx.addDict, ctx.addWeak)
  type.tp_dealloc = subtype_dealloc
  type.tp_traverse = subtype_traverse
  type.tp_clear = subtype_clear
}

// Mirrors type_new_set_classcell: the cell behind super() and __class__.
function setClasscell(type: PyTypeObject): number {
  const name = _Py_ID('__classcell__')
  const cell = PyDict_GetItemWithError(type.tp_dict!, name)
  if (cell === null) return PyErr_Occurred() !== null ? -1 : 0
  if (!PyCell_Check(cell)) {
    PyErr_Format(PyExc_TypeError, '__classcell__ must be a nonlocal cell, not %.200R', cell.ob_type)
    return -1
  }
  PyCell_Set(cell, type)
  return PyDict_DelItem(type.tp_dict!, name) < 0 ? -1 : 0
}

function setAttributes(ctx: Context, type: PyTypeObject): number {
  const dict = type.tp_dict!
  if (setModule(dict) < 0 || setQualname(type) < 0 || setDoc(type) < 0) return -1
  if (wrapFunction(dict, _Py_ID('__new__'), PyStaticMethod_New) < 0) return -1
  if (wrapFunction(dict, _Py_ID('__init_subclass__'), PyClassMethod_New) < 0) return -1
  if (wrapFunction(dict, _Py_ID('__class_getitem__'), PyClassMethod_New) < 0) return -1
  setLayout(ctx, type)
  return setClasscell(type)
}

// ---- telling others --------------------------------------------------------------------------------------------------------------

// Mirrors type_new_set_names: every attribute that wants to know its name is told.
function type_new_set_names(type: PyTypeObject): number {
  const names = PyDict_Copy(type.tp_dict!)
  if (names === null) return -1
  for (let pos = PyDict_Next(names, 0); pos > 0; pos = PyDict_Next(names, pos)) {
    const { key, value } = DICT_ENTRY
    const setName = _PyObject_LookupSpecial(value, _Py_ID('__set_name__'))
    if (setName === null) {
      if (PyErr_Occurred() === null) continue
      Py_DECREF(names)
      return -1
    }
    const result = PyObject_CallFunctionObjArgs(setName, type, key)
    Py_DECREF(setName)
    if (result === null) {
      _PyErr_FormatFromCause(PyExc_RuntimeError, 'Error calling __set_name__ on \'%.100s\' instance %R in \'%.100s\'',
        value.ob_type.tp_name, key, type.tp_name)
      Py_DECREF(names)
      return -1
    }
    Py_DECREF(result)
  }
  Py_DECREF(names)
  return 0
}

// Mirrors type_new_init_subclass: super(type, type).__init_subclass__(**kwds).
function type_new_init_subclass(type: PyTypeObject, kwds: PyObject | null): number {
  const parent = PyObject_Vectorcall(PySuper_Type, [type, type], 2, null)
  if (parent === null) return -1
  const func = PyObject_GetAttr(parent, _Py_ID('__init_subclass__'))
  Py_DECREF(parent)
  if (func === null) return -1
  const result = PyObject_VectorcallDict(func, [], 0, kwds)
  Py_DECREF(func)
  if (result === null) return -1
  Py_DECREF(result)
  return 0
}

// ---- type.__new__ -----------------------------------------------------------------------------------------------------------------

/** Finds base and bases. 1: `ctx` is filled; 0: another metaclass's __new__ made the class (`made`); -1: error. */
function getBases(ctx: Context, bases: PyObject, made: { type: PyObject | null }): number {
  const items = bases.v as PyObject[]
  if (items.length === 0) {
    ctx.base = PyBaseObject_Type
    ctx.bases = PyTuple_Pack(PyBaseObject_Type)
    return 1
  }
  for (const base of items) {
    if (PyType_Check(base)) continue
    const entries = _PyObject_LookupAttr(base, _Py_ID('__mro_entries__'))
    if (entries !== null) {
      Py_DECREF(entries)
      PyErr_SetString(PyExc_TypeError, 'type() doesn\'t support MRO entry resolution; use types.new_class()')
      return -1
    }
    if (PyErr_Occurred() !== null) return -1
  }
  const winner = _PyType_CalculateMetaclass(ctx.metatype, bases)
  if (winner === null) return -1
  if (winner !== ctx.metatype) {
    if (winner.tp_new !== type_new) {
      made.type = winner.tp_new!(winner, ctx.args, ctx.kwds)
      return made.type === null ? -1 : 0
    }
    ctx.metatype = winner
  }
  const base = best_base(items)
  if (base === null) return -1
  ctx.base = base
  Py_INCREF(bases)
  ctx.bases = bases
  return 1
}

/** Everything from the copied dict to __init_subclass__. NEW class or null. */
function build(ctx: Context): PyObject | null {
  const dict = PyDict_Copy(ctx.namespace)
  if (dict === null) {
    Py_DECREF(ctx.bases)
    return null
  }
  if (newSlots(ctx, dict) < 0) {
    Py_DECREF(ctx.bases)
    Py_XDECREF(ctx.slots)
    Py_DECREF(dict)
    return null
  }
  const type = type_new_alloc(ctx, dict)
  if (type === null) {
    Py_DECREF(ctx.bases)
    Py_XDECREF(ctx.slots)
    Py_DECREF(dict)
    return null
  }
  if (!finish(ctx, type)) {
    Py_DECREF(type)
    return null
  }
  return type
}

function finish(ctx: Context, type: PyTypeObject): boolean {
  if (setTpName(type) < 0 || setAttributes(ctx, type) < 0) return false
  if (PyType_Ready(type) < 0) return false
  fixup_slot_dispatchers(type)
  if ((type.tp_flags & Py_TPFLAGS_MANAGED_DICT) !== 0) {
    type.ht_cached_keys = _PyDict_NewKeysForClass()
    if (type.ht_cached_keys === null) return false
  }
  return type_new_set_names(type) === 0 && type_new_init_subclass(type, ctx.kwds) === 0
}

function badArgument(n: number, expected: string, o: PyObject): null {
  return PyErr_Format(PyExc_TypeError, '%.200s%s argument %d must be %.50s, not %.50s', 'type.__new__', '()', n, expected,
    o === Py_None ? 'None' : o.ob_type.tp_name)
}

export function type_new(metatype: PyTypeObject, args: PyObject, kwds: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length !== 3) {
    return PyErr_Format(PyExc_TypeError, '%.150s%s takes %s %d argument%s (%zd given)', 'type.__new__', '()', 'exactly', 3, 's',
      items.length)
  }
  const name = items[0]!
  const bases = items[1]!
  const namespace = items[2]!
  if (!PyUnicode_Check(name)) return badArgument(1, 'str', name)
  if (!PyTuple_Check(bases)) return badArgument(2, 'tuple', bases)
  if (!PyDict_Check(namespace)) return badArgument(3, 'dict', namespace)
  const ctx: Context = {
    metatype, args, kwds, name, bases, base: PyBaseObject_Type, namespace, slots: null, slotNames: [], addDict: false,
    addWeak: false,
  }
  const made: { type: PyObject | null } = { type: null }
  const state = getBases(ctx, bases, made)
  if (state <= 0) return state < 0 ? null : made.type
  return build(ctx)
}

// ---- T.__new__ of C types -----------------------------------------------------------------------------------------------------------

/** `T.__new__(cls, …)` of a C type T: checks that T's tp_new is safe for cls. Mirrors tp_new_wrapper. */
export function tp_new_wrapper(self: PyObject, args: PyObject, kwds: PyObject | null): PyObject | null {
  const type = self as PyTypeObject
  const items = args.v as PyObject[]
  if (items.length === 0) return PyErr_Format(PyExc_TypeError, '%s.__new__(): not enough arguments', type.tp_name)
  const arg0 = items[0]!
  if (!PyType_Check(arg0)) {
    return PyErr_Format(PyExc_TypeError, '%s.__new__(X): X is not a type object (%s)', type.tp_name, arg0.ob_type.tp_name)
  }
  const subtype = arg0 as PyTypeObject
  if (!PyType_IsSubtype(subtype, type)) {
    return PyErr_Format(PyExc_TypeError, '%s.__new__(%s): %s is not a subtype of %s', type.tp_name, subtype.tp_name,
      subtype.tp_name, type.tp_name)
  }
  // The C type nearest to cls must be the one whose __new__ this is: object.__new__(int) would make a broken int.
  let staticbase: PyTypeObject | null = subtype
  while (staticbase !== null && staticbase.tp_new === slot_tp_new) staticbase = staticbase.tp_base
  if (staticbase !== null && staticbase.tp_new !== type.tp_new) {
    return PyErr_Format(PyExc_TypeError, '%s.__new__(%s) is not safe, use %s.__new__()', type.tp_name, subtype.tp_name,
      staticbase.tp_name)
  }
  const rest = PyTuple_GetSlice(args, 1, items.length)
  if (rest === null) return null
  const result = type.tp_new!(subtype, rest, kwds)
  Py_DECREF(rest)
  return result
}

export const tp_new_methoddef: PyMethodDef = {
  ml_name: '__new__', ml_meth: tp_new_wrapper, ml_flags: METH_VARARGS | METH_KEYWORDS, signature: '($type, *args, **kwargs)',
}

