// The object header and the type object: what every other file of objects/ stands on.
//
// Every Python object but a type is an instance of ONE JavaScript class, so that the VM's and the
// collector's accesses stay monomorphic. The C struct that follows the header in CPython lives in `v`:
// a bare JavaScript value where the struct has one field (int, float, tuple), a small class of its own,
// named after CPython's fields, where it has more (`ListData`, `DictData`, `FunctionData` …). Each type
// declares an interface `PyListObject extends PyObject { v: ListData }` for its readers.
//
// References are counted by hand. Every function says what it does with them, in CPython's words: a
// result is NEW unless the comment says borrowed; arguments are borrowed unless it says steals. `null`
// means that an exception is set (or "not there" where the comment says so); functions with an integer
// result return -1 with an exception set.
//
// This file imports nothing at run time: type objects are made at module level all over objects/ and
// modules/, and only what is defined here may be used before `PyType_Ready` has run.

/** What a type keeps behind the header; `any` because each type narrows it through its own interface. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Payload = any

export class PyObject {
  ob_refcnt: number
  ob_type: PyTypeObject
  /** Address of the object (what `id` shows) in granules of 16 bytes; GC head and dict pre-header lie before it. */
  addr: number
  /** Slot in the collector's columns, 0 while untracked. */
  gc = 0
  v: Payload
  /** Instance dict: a dict object, inline values (`InlineValues`), or null; meaning owned by dictobject/typeobject. */
  dict: Payload = null
  /** Values of `__slots__` members in member order, null where unset; null when the type has none. */
  slots: (PyObject | null)[] | null = null
  /** First weak reference to this object, null if none. */
  weaklist: PyObject | null = null

  constructor(type: PyTypeObject, addr: number, v: Payload) {
    this.ob_refcnt = 1
    this.ob_type = type
    this.addr = addr
    this.v = v
  }
}

// ---- slots ---------------------------------------------------------------------------------------------

export type destructor = (self: PyObject) => void
/** Called for each object that a container refers to; must not allocate. */
export type visitproc = (child: PyObject) => void
export type traverseproc = (self: PyObject, visit: visitproc) => void
export type inquiry = (self: PyObject) => number
export type unaryfunc = (self: PyObject) => PyObject | null
export type binaryfunc = (a: PyObject, b: PyObject) => PyObject | null
export type ternaryfunc = (a: PyObject, b: PyObject, c: PyObject) => PyObject | null
/** tp_call, with a tuple and a dict (or null). */
export type callfunc = (self: PyObject, args: PyObject, kwargs: PyObject | null) => PyObject | null
export type newfunc = (type: PyTypeObject, args: PyObject, kwargs: PyObject | null) => PyObject | null
export type initproc = (self: PyObject, args: PyObject, kwargs: PyObject | null) => number
export type allocfunc = (type: PyTypeObject, nitems: number) => PyObject | null
export type freefunc = (self: PyObject) => void
export type getattrofunc = (self: PyObject, name: PyObject) => PyObject | null
/** value null deletes. */
export type setattrofunc = (self: PyObject, name: PyObject, value: PyObject | null) => number
export type descrgetfunc = (self: PyObject, obj: PyObject | null, type: PyObject | null) => PyObject | null
export type descrsetfunc = (self: PyObject, obj: PyObject, value: PyObject | null) => number
/** The 64-bit hash goes to HASH; returns 0, or -1 with an exception set. */
export type hashfunc = (self: PyObject) => number
export type richcmpfunc = (a: PyObject, b: PyObject, op: number) => PyObject | null
export type lenfunc = (self: PyObject) => number
export type ssizeargfunc = (self: PyObject, i: number) => PyObject | null
export type ssizeobjargproc = (self: PyObject, i: number, value: PyObject | null) => number
export type objobjproc = (self: PyObject, value: PyObject) => number
export type objobjargproc = (self: PyObject, key: PyObject, value: PyObject | null) => number
/** am_send: returns PYGEN_RETURN / PYGEN_ERROR / PYGEN_NEXT; the result object goes to SEND_RESULT.value. */
export type sendfunc = (self: PyObject, value: PyObject) => number
/**
 * args[0..nargs) are positional and borrowed; keyword values follow in args[nargs..], named by the tuple kwnames.
 * The array belongs to the caller and may be longer or reused: never keep it.
 */
export type vectorcallfunc = (
  callable: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
) => PyObject | null

/** Where tp_hash leaves its result: [low 32 bits, high 32 bits] of Py_hash_t. */
export const HASH = new Int32Array(2)
export const SEND_RESULT: { value: PyObject | null } = { value: null }
export const PYGEN_RETURN = 0
export const PYGEN_ERROR = -1
export const PYGEN_NEXT = 1

export const Py_LT = 0
export const Py_LE = 1
export const Py_EQ = 2
export const Py_NE = 3
export const Py_GT = 4
export const Py_GE = 5

// ---- tables from which a type's dict is made ----------------------------------------------------------------

export const METH_VARARGS = 0x0001
export const METH_KEYWORDS = 0x0002
export const METH_NOARGS = 0x0004
export const METH_O = 0x0008
export const METH_CLASS = 0x0010
export const METH_STATIC = 0x0020
export const METH_COEXIST = 0x0040
export const METH_FASTCALL = 0x0080
export const METH_METHOD = 0x0200
/** Not CPython's: the function may make its thread wait; see vm/threads.ts. */
export const METH_MAY_BLOCK = 0x1000

export type NoArgsFunction = (self: PyObject) => PyObject | null
export type OneArgFunction = (self: PyObject, arg: PyObject) => PyObject | null
export type VarArgsFunction = (self: PyObject, args: PyObject) => PyObject | null
export type VarArgsKeywordsFunction = (self: PyObject, args: PyObject, kwargs: PyObject | null) => PyObject | null
export type FastFunction = (self: PyObject, args: PyObject[], nargs: number) => PyObject | null
export type FastKeywordsFunction = (
  self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
) => PyObject | null
export type PyCFunction =
  | NoArgsFunction | OneArgFunction | VarArgsFunction | VarArgsKeywordsFunction | FastFunction | FastKeywordsFunction

/** `ml_flags` says which of the shapes `ml_meth` has; `signature` is `__text_signature__`, e.g. '($self, object, /)'. */
export interface PyMethodDef {
  ml_name: string
  ml_meth: PyCFunction
  ml_flags: number
  signature?: string
}
/** A C struct member shown as an attribute (member_descriptor). get: NEW reference. Without set it is read-only. */
export interface PyMemberDef {
  name: string
  get: (self: PyObject) => PyObject | null
  set?: (self: PyObject, value: PyObject | null) => number
}
/** A computed attribute (getset_descriptor). get: NEW reference. */
export interface PyGetSetDef {
  name: string
  get: (self: PyObject) => PyObject | null
  set?: (self: PyObject, value: PyObject | null) => number
}

/** tp_flags, Include/object.h. */
export const Py_TPFLAGS_HEAPTYPE = 1 << 9
export const Py_TPFLAGS_BASETYPE = 1 << 10
export const Py_TPFLAGS_READY = 1 << 12
export const Py_TPFLAGS_HAVE_GC = 1 << 14
export const Py_TPFLAGS_METHOD_DESCRIPTOR = 1 << 17
export const Py_TPFLAGS_VALID_VERSION_TAG = 1 << 19
export const Py_TPFLAGS_IS_ABSTRACT = 1 << 20
export const Py_TPFLAGS_LONG_SUBCLASS = 1 << 24
export const Py_TPFLAGS_LIST_SUBCLASS = 1 << 25
export const Py_TPFLAGS_TUPLE_SUBCLASS = 1 << 26
export const Py_TPFLAGS_BYTES_SUBCLASS = 1 << 27
export const Py_TPFLAGS_UNICODE_SUBCLASS = 1 << 28
export const Py_TPFLAGS_DICT_SUBCLASS = 1 << 29
export const Py_TPFLAGS_BASE_EXC_SUBCLASS = 1 << 30
export const Py_TPFLAGS_TYPE_SUBCLASS = 1 << 31
export const Py_TPFLAGS_SEQUENCE = 1 << 5
export const Py_TPFLAGS_MAPPING = 1 << 6
export const Py_TPFLAGS_IMMUTABLETYPE = 1 << 8
export const Py_TPFLAGS_DISALLOW_INSTANTIATION = 1 << 7
export const Py_TPFLAGS_HAVE_VECTORCALL = 1 << 11
export const Py_TPFLAGS_MANAGED_DICT = 1 << 4
export const Py_TPFLAGS_MATCH_SELF = 1 << 22
export const Py_TPFLAGS_HAVE_FINALIZE = 1 << 0
export const Py_TPFLAGS_DEFAULT = 0

/** All slots of PyTypeObject and its method suites, flat; what a type's definition may give. */
export interface TypeSlots {
  tp_dealloc: destructor
  tp_repr: unaryfunc | null
  tp_hash: hashfunc | null
  tp_call: callfunc | null
  tp_str: unaryfunc | null
  tp_getattro: getattrofunc | null
  tp_setattro: setattrofunc | null
  tp_traverse: traverseproc | null
  tp_clear: ((self: PyObject) => void) | null
  tp_richcompare: richcmpfunc | null
  tp_iter: unaryfunc | null
  /** Exhausted: null without an exception set. */
  tp_iternext: unaryfunc | null
  tp_descr_get: descrgetfunc | null
  tp_descr_set: descrsetfunc | null
  tp_init: initproc | null
  tp_alloc: allocfunc | null
  tp_new: newfunc | null
  tp_free: freefunc | null
  tp_is_gc: ((self: PyObject) => boolean) | null
  tp_del: destructor | null
  tp_finalize: destructor | null
  /** Calls the type itself (`int(x)`), when set. */
  tp_vectorcall: vectorcallfunc | null
  /** Calls an instance of the type; replaces CPython's tp_vectorcall_offset. */
  vectorcall: vectorcallfunc | null
  am_await: unaryfunc | null
  am_aiter: unaryfunc | null
  am_anext: unaryfunc | null
  am_send: sendfunc | null
  nb_add: binaryfunc | null
  nb_subtract: binaryfunc | null
  nb_multiply: binaryfunc | null
  nb_remainder: binaryfunc | null
  nb_divmod: binaryfunc | null
  nb_power: ternaryfunc | null
  nb_negative: unaryfunc | null
  nb_positive: unaryfunc | null
  nb_absolute: unaryfunc | null
  nb_bool: inquiry | null
  nb_invert: unaryfunc | null
  nb_lshift: binaryfunc | null
  nb_rshift: binaryfunc | null
  nb_and: binaryfunc | null
  nb_xor: binaryfunc | null
  nb_or: binaryfunc | null
  nb_int: unaryfunc | null
  nb_float: unaryfunc | null
  nb_inplace_add: binaryfunc | null
  nb_inplace_subtract: binaryfunc | null
  nb_inplace_multiply: binaryfunc | null
  nb_inplace_remainder: binaryfunc | null
  nb_inplace_power: ternaryfunc | null
  nb_inplace_lshift: binaryfunc | null
  nb_inplace_rshift: binaryfunc | null
  nb_inplace_and: binaryfunc | null
  nb_inplace_xor: binaryfunc | null
  nb_inplace_or: binaryfunc | null
  nb_floor_divide: binaryfunc | null
  nb_true_divide: binaryfunc | null
  nb_inplace_floor_divide: binaryfunc | null
  nb_inplace_true_divide: binaryfunc | null
  nb_index: unaryfunc | null
  nb_matrix_multiply: binaryfunc | null
  nb_inplace_matrix_multiply: binaryfunc | null
  sq_length: lenfunc | null
  sq_concat: binaryfunc | null
  sq_repeat: ssizeargfunc | null
  sq_item: ssizeargfunc | null
  sq_ass_item: ssizeobjargproc | null
  sq_contains: objobjproc | null
  sq_inplace_concat: binaryfunc | null
  sq_inplace_repeat: ssizeargfunc | null
  mp_length: lenfunc | null
  mp_subscript: binaryfunc | null
  mp_ass_subscript: objobjargproc | null
  /** Buffer protocol: see memoryobject.ts for the shape of a view. */
  bf_getbuffer: ((self: PyObject, view: Payload, flags: number) => number) | null
  bf_releasebuffer: ((self: PyObject, view: Payload) => void) | null
}

export interface TypeSpec extends Partial<TypeSlots> {
  tp_basicsize: number
  tp_itemsize?: number
  tp_flags?: number
  tp_doc?: string | null
  tp_methods?: PyMethodDef[]
  tp_members?: PyMemberDef[]
  tp_getset?: PyGetSetDef[]
  /** True where CPython has a nonzero tp_weaklistoffset. */
  weakrefs?: boolean
  /** Where CPython has a nonzero (not managed) tp_dictoffset: the byte offset, shown as __dictoffset__. */
  tp_dictoffset?: number
}

/** tp_dealloc of a type that gives none; PyType_Ready puts the base's in its place. */
export const noDealloc: destructor = self => {
  throw new Error(`Molt: type ${self.ob_type.tp_name} has no tp_dealloc (PyType_Ready did not run)`)
}

/** Stands for PyObject_GenericGetAttr in types made at module level; PyType_Ready puts the function itself in its place. */
export const genericGetAttr: getattrofunc = self => {
  throw new Error(`Molt: type ${self.ob_type.tp_name} is not ready`)
}

let typeOfTypes: PyTypeObject

/**
 * A type. Static types are made at module level with `new PyTypeObject(name, spec)`, have negative addresses given
 * by PyType_Ready, and are readied by it; heap types are made by type_new. All fields are set in one order here so
 * that every type has the same hidden class.
 */
export class PyTypeObject extends PyObject {
  tp_name: string
  tp_basicsize: number
  tp_itemsize: number
  tp_flags: number
  tp_doc: string | null
  tp_methods: PyMethodDef[] | null
  tp_members: PyMemberDef[] | null
  tp_getset: PyGetSetDef[] | null
  weakrefs: boolean
  tp_dictoffset: number
  tp_base: PyTypeObject | null = null
  tp_bases: PyObject | null = null
  tp_mro: PyObject | null = null
  /** The MRO's types as a plain array, for lookups; set together with tp_mro. */
  mro: PyTypeObject[] = []
  tp_dict: PyObject | null = null
  tp_subclasses: PyObject | null = null
  tp_cache: PyObject | null = null
  /** 0 = no valid version. */
  tp_version_tag = 0
  /** Id in the event stream, 0 until the first instance is allocated. */
  eventId = 0
  /** Bytes before the object's address: GC head (16) and managed dict pre-header (16). In granules. */
  presize: number

  // heap types only (PyHeapTypeObject)
  ht_name: PyObject | null = null
  ht_qualname: PyObject | null = null
  ht_slots: PyObject | null = null
  ht_module: PyObject | null = null
  /** Shared keys of the instances' dicts: a DictKeys of dictobject.ts, or null. */
  ht_cached_keys: Payload = null
  /** Number of `__slots__` members including the bases': the length of an instance's `slots` array. */
  slotCount = 0
  /** Heap types: block of the copy of the docstring (tp_doc), 0 = none. */
  docBlock = 0
  /** Byte offset shown as __weakrefoffset__; nonzero where instances can be weakly referenced (see `weakrefs`). */
  tp_weaklistoffset = 0
  /** Module state or whatever else a C type keeps aside. */
  extra: Payload = null

  tp_dealloc: destructor = noDealloc
  tp_repr: unaryfunc | null = null
  tp_hash: hashfunc | null = null
  tp_call: callfunc | null = null
  tp_str: unaryfunc | null = null
  tp_getattro: getattrofunc | null = null
  tp_setattro: setattrofunc | null = null
  tp_traverse: traverseproc | null = null
  tp_clear: ((self: PyObject) => void) | null = null
  tp_richcompare: richcmpfunc | null = null
  tp_iter: unaryfunc | null = null
  tp_iternext: unaryfunc | null = null
  tp_descr_get: descrgetfunc | null = null
  tp_descr_set: descrsetfunc | null = null
  tp_init: initproc | null = null
  tp_alloc: allocfunc | null = null
  tp_new: newfunc | null = null
  tp_free: freefunc | null = null
  tp_is_gc: ((self: PyObject) => boolean) | null = null
  tp_del: destructor | null = null
  tp_finalize: destructor | null = null
  tp_vectorcall: vectorcallfunc | null = null
  vectorcall: vectorcallfunc | null = null
  am_await: unaryfunc | null = null
  am_aiter: unaryfunc | null = null
  am_anext: unaryfunc | null = null
  am_send: sendfunc | null = null
  nb_add: binaryfunc | null = null
  nb_subtract: binaryfunc | null = null
  nb_multiply: binaryfunc | null = null
  nb_remainder: binaryfunc | null = null
  nb_divmod: binaryfunc | null = null
  nb_power: ternaryfunc | null = null
  nb_negative: unaryfunc | null = null
  nb_positive: unaryfunc | null = null
  nb_absolute: unaryfunc | null = null
  nb_bool: inquiry | null = null
  nb_invert: unaryfunc | null = null
  nb_lshift: binaryfunc | null = null
  nb_rshift: binaryfunc | null = null
  nb_and: binaryfunc | null = null
  nb_xor: binaryfunc | null = null
  nb_or: binaryfunc | null = null
  nb_int: unaryfunc | null = null
  nb_float: unaryfunc | null = null
  nb_inplace_add: binaryfunc | null = null
  nb_inplace_subtract: binaryfunc | null = null
  nb_inplace_multiply: binaryfunc | null = null
  nb_inplace_remainder: binaryfunc | null = null
  nb_inplace_power: ternaryfunc | null = null
  nb_inplace_lshift: binaryfunc | null = null
  nb_inplace_rshift: binaryfunc | null = null
  nb_inplace_and: binaryfunc | null = null
  nb_inplace_xor: binaryfunc | null = null
  nb_inplace_or: binaryfunc | null = null
  nb_floor_divide: binaryfunc | null = null
  nb_true_divide: binaryfunc | null = null
  nb_inplace_floor_divide: binaryfunc | null = null
  nb_inplace_true_divide: binaryfunc | null = null
  nb_index: unaryfunc | null = null
  nb_matrix_multiply: binaryfunc | null = null
  nb_inplace_matrix_multiply: binaryfunc | null = null
  sq_length: lenfunc | null = null
  sq_concat: binaryfunc | null = null
  sq_repeat: ssizeargfunc | null = null
  sq_item: ssizeargfunc | null = null
  sq_ass_item: ssizeobjargproc | null = null
  sq_contains: objobjproc | null = null
  sq_inplace_concat: binaryfunc | null = null
  sq_inplace_repeat: ssizeargfunc | null = null
  mp_length: lenfunc | null = null
  mp_subscript: binaryfunc | null = null
  mp_ass_subscript: objobjargproc | null = null
  bf_getbuffer: ((self: PyObject, view: Payload, flags: number) => number) | null = null
  bf_releasebuffer: ((self: PyObject, view: Payload) => void) | null = null

  constructor(name: string, spec: TypeSpec, metatype: PyTypeObject | null = null, addr = 0) {
    // PyType_Type is its own type: it is the first type made, and patched right after.
    super(metatype ?? typeOfTypes, addr, null)
    this.tp_name = name
    this.tp_basicsize = spec.tp_basicsize
    this.tp_itemsize = spec.tp_itemsize ?? 0
    this.tp_flags = spec.tp_flags ?? Py_TPFLAGS_DEFAULT
    this.tp_doc = spec.tp_doc ?? null
    this.tp_methods = spec.tp_methods ?? null
    this.tp_members = spec.tp_members ?? null
    this.tp_getset = spec.tp_getset ?? null
    this.weakrefs = spec.weakrefs ?? false
    this.tp_dictoffset = spec.tp_dictoffset ?? 0
    this.presize = presizeOf(this.tp_flags)
    for (const key of SLOT_NAMES) {
      const slot = spec[key]
      if (slot !== undefined) (this as Record<keyof TypeSlots, unknown>)[key] = slot
    }
  }
}

/** Granules between the block and the object: the GC head and, for managed dicts, two pointers before it. */
export function presizeOf(flags: number): number {
  return ((flags & Py_TPFLAGS_HAVE_GC) !== 0 ? 1 : 0) + ((flags & Py_TPFLAGS_MANAGED_DICT) !== 0 ? 1 : 0)
}

/** Every slot, in the order of the fields above. */
export const SLOT_NAMES: readonly (keyof TypeSlots)[] = [
  'tp_dealloc', 'tp_repr', 'tp_hash', 'tp_call', 'tp_str', 'tp_getattro', 'tp_setattro', 'tp_traverse', 'tp_clear',
  'tp_richcompare', 'tp_iter', 'tp_iternext', 'tp_descr_get', 'tp_descr_set', 'tp_init', 'tp_alloc', 'tp_new',
  'tp_free', 'tp_is_gc', 'tp_del', 'tp_finalize', 'tp_vectorcall', 'vectorcall',
  'am_await', 'am_aiter', 'am_anext', 'am_send',
  'nb_add', 'nb_subtract', 'nb_multiply', 'nb_remainder', 'nb_divmod', 'nb_power', 'nb_negative', 'nb_positive',
  'nb_absolute', 'nb_bool', 'nb_invert', 'nb_lshift', 'nb_rshift', 'nb_and', 'nb_xor', 'nb_or', 'nb_int', 'nb_float',
  'nb_inplace_add', 'nb_inplace_subtract', 'nb_inplace_multiply', 'nb_inplace_remainder', 'nb_inplace_power',
  'nb_inplace_lshift', 'nb_inplace_rshift', 'nb_inplace_and', 'nb_inplace_xor', 'nb_inplace_or', 'nb_floor_divide',
  'nb_true_divide', 'nb_inplace_floor_divide', 'nb_inplace_true_divide', 'nb_index', 'nb_matrix_multiply',
  'nb_inplace_matrix_multiply',
  'sq_length', 'sq_concat', 'sq_repeat', 'sq_item', 'sq_ass_item', 'sq_contains', 'sq_inplace_concat',
  'sq_inplace_repeat', 'mp_length', 'mp_subscript', 'mp_ass_subscript', 'bf_getbuffer', 'bf_releasebuffer',
]

// `type` itself: its slots are filled in by typeobject.ts with `fillType`, because it must exist before all others.
export const PyType_Type: PyTypeObject = new PyTypeObject('type', {
  tp_basicsize: 904, tp_itemsize: 40,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_HAVE_VECTORCALL
    | Py_TPFLAGS_IMMUTABLETYPE,
  weakrefs: true,
})
typeOfTypes = PyType_Type
PyType_Type.ob_type = PyType_Type

/** Adds slots and tables to a type that had to be made before its functions' file was loaded. */
export function fillType(type: PyTypeObject, spec: Partial<TypeSpec>): void {
  Object.assign(type, spec)
}

// ---- reference counts --------------------------------------------------------------------------------------

/** Reference count with which static objects start, _PyObject_IMMORTAL_REFCNT. */
export const IMMORTAL_REFCNT = 999999999

export function Py_INCREF(o: PyObject): void {
  o.ob_refcnt++
}

/** Returns its argument, which is now one reference richer. */
export function Py_NewRef<T extends PyObject>(o: T): T {
  o.ob_refcnt++
  return o
}

export function Py_XINCREF(o: PyObject | null): void {
  if (o !== null) o.ob_refcnt++
}

export function Py_XNewRef<T extends PyObject>(o: T | null): T | null {
  if (o !== null) o.ob_refcnt++
  return o
}

export function Py_DECREF(o: PyObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

export function Py_XDECREF(o: PyObject | null): void {
  if (o !== null && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** `Py_IS_TYPE`. */
export function Py_IS_TYPE(o: PyObject, type: PyTypeObject): boolean {
  return o.ob_type === type
}

/** True if the object's type is `type` or a subtype, PyObject_TypeCheck. */
export function PyObject_TypeCheck(o: PyObject, type: PyTypeObject): boolean {
  return o.ob_type === type || PyType_IsSubtype(o.ob_type, type)
}

export function PyType_IsSubtype(a: PyTypeObject, b: PyTypeObject): boolean {
  const mro = a.mro
  for (let i = 0; i < mro.length; i++) if (mro[i] === b) return true
  if (mro.length > 0) return false
  for (let t: PyTypeObject | null = a; t !== null; t = t.tp_base) if (t === b) return true
  return false
}

export function PyType_HasFeature(type: PyTypeObject, flag: number): boolean {
  return (type.tp_flags & flag) !== 0
}
