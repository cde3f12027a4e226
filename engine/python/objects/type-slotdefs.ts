// The table that ties special method names to slots. One line a name, in the order of CPython's slotdefs (which is the
// order in which a static type's dict gets its wrappers). `fn` is what a Python class puts into the slot when it defines
// the name, `wrapper` what shows a C slot as a method. Mirrors slotdefs[], Objects/typeobject.c.
import type { PyObject } from './object'
import type { AnySlot, SlotName } from './type-ready'
import * as s from './type-slot-functions'
import * as w from './type-wrappers'

export type Wrapper = (self: PyObject, args: PyObject, wrapped: NonNullable<AnySlot>, kwargs: PyObject | null) => PyObject | null

export interface SlotDef {
  name: string
  slot: SlotName
  fn: AnySlot
  wrapper: Wrapper | null
  /** The wrapper takes keywords (PyWrapperFlag_KEYWORDS). */
  keywords: boolean
  signature: string
}

const SELF = '($self, /)'
const VALUE = '($self, value, /)'
const KEY = '($self, key, /)'
const ALL = '($self, /, *args, **kwargs)'

let table: SlotDef[] | null = null

/** Built at first use: the functions come from files that may load after this one. */
function build(): SlotDef[] {
  const rows: SlotDef[] = []
  const add = (
    name: string, slot: SlotName, fn: AnySlot, wrapper: Wrapper | null, signature: string, keywords = false,
  ): void => { rows.push({ name, slot, fn, wrapper, keywords, signature }) }
  const unary = (name: string, slot: SlotName, fn: AnySlot): void => add(name, slot, fn, w.wrap_unaryfunc, SELF)
  const binary = (name: string, slot: SlotName, fn: AnySlot): void => {
    add(`__${name}__`, slot, fn, w.wrap_binaryfunc_l, VALUE)
    add(`__r${name}__`, slot, fn, w.wrap_binaryfunc_r, VALUE)
  }
  const inplace = (name: string, slot: SlotName): void =>
    add(`__i${name}__`, slot, s.inplaceSlots[slot]!, w.wrap_binaryfunc, VALUE)

  unary('__repr__', 'tp_repr', s.slot_tp_repr)
  add('__hash__', 'tp_hash', s.slot_tp_hash, w.wrap_hashfunc, SELF)
  add('__call__', 'tp_call', s.slot_tp_call, w.wrap_call, ALL, true)
  unary('__str__', 'tp_str', s.slot_tp_str)
  add('__getattribute__', 'tp_getattro', s.slot_tp_getattr_hook, w.wrap_binaryfunc, '($self, name, /)')
  add('__getattr__', 'tp_getattro', s.slot_tp_getattr_hook, null, '')
  add('__setattr__', 'tp_setattro', s.slot_tp_setattro, w.wrap_setattr, '($self, name, value, /)')
  add('__delattr__', 'tp_setattro', s.slot_tp_setattro, w.wrap_delattr, '($self, name, /)')
  for (const [op, name] of ['lt', 'le', 'eq', 'ne', 'gt', 'ge'].entries()) {
    add(`__${name}__`, 'tp_richcompare', s.slot_tp_richcompare, w.richcmpWrappers[op]!, VALUE)
  }
  unary('__iter__', 'tp_iter', s.slot_tp_iter)
  add('__next__', 'tp_iternext', s.slot_tp_iternext, w.wrap_next, SELF)
  add('__get__', 'tp_descr_get', s.slot_tp_descr_get, w.wrap_descr_get, '($self, instance, owner=None, /)')
  add('__set__', 'tp_descr_set', s.slot_tp_descr_set, w.wrap_descr_set, '($self, instance, value, /)')
  add('__delete__', 'tp_descr_set', s.slot_tp_descr_set, w.wrap_descr_delete, '($self, instance, /)')
  add('__init__', 'tp_init', s.slot_tp_init, w.wrap_init, ALL, true)
  add('__new__', 'tp_new', s.slot_tp_new, null, '')
  add('__del__', 'tp_finalize', s.slot_tp_finalize, w.wrap_del, SELF)

  unary('__await__', 'am_await', s.slot_am_await)
  unary('__aiter__', 'am_aiter', s.slot_am_aiter)
  unary('__anext__', 'am_anext', s.slot_am_anext)

  for (const [name, slot] of [
    ['add', 'nb_add'], ['sub', 'nb_subtract'], ['mul', 'nb_multiply'], ['mod', 'nb_remainder'], ['divmod', 'nb_divmod'],
  ] as const) binary(name, slot, s.binarySlots[slot]!)
  add('__pow__', 'nb_power', s.slot_nb_power, w.wrap_ternaryfunc, '($self, value, mod=None, /)')
  add('__rpow__', 'nb_power', s.slot_nb_power, w.wrap_ternaryfunc_r, '($self, value, mod=None, /)')
  unary('__neg__', 'nb_negative', s.unarySlots.__neg__!)
  unary('__pos__', 'nb_positive', s.unarySlots.__pos__!)
  unary('__abs__', 'nb_absolute', s.unarySlots.__abs__!)
  add('__bool__', 'nb_bool', s.slot_nb_bool, w.wrap_inquirypred, SELF)
  unary('__invert__', 'nb_invert', s.unarySlots.__invert__!)
  for (const [name, slot] of [
    ['lshift', 'nb_lshift'], ['rshift', 'nb_rshift'], ['and', 'nb_and'], ['xor', 'nb_xor'], ['or', 'nb_or'],
  ] as const) binary(name, slot, s.binarySlots[slot]!)
  unary('__int__', 'nb_int', s.unarySlots.__int__!)
  unary('__float__', 'nb_float', s.unarySlots.__float__!)
  inplace('add', 'nb_inplace_add')
  inplace('sub', 'nb_inplace_subtract')
  inplace('mul', 'nb_inplace_multiply')
  inplace('mod', 'nb_inplace_remainder')
  add('__ipow__', 'nb_inplace_power', s.slot_nb_inplace_power, w.wrap_ternaryfunc, VALUE)
  inplace('lshift', 'nb_inplace_lshift')
  inplace('rshift', 'nb_inplace_rshift')
  inplace('and', 'nb_inplace_and')
  inplace('xor', 'nb_inplace_xor')
  inplace('or', 'nb_inplace_or')
  binary('floordiv', 'nb_floor_divide', s.binarySlots.nb_floor_divide!)
  binary('truediv', 'nb_true_divide', s.binarySlots.nb_true_divide!)
  inplace('floordiv', 'nb_inplace_floor_divide')
  inplace('truediv', 'nb_inplace_true_divide')
  unary('__index__', 'nb_index', s.unarySlots.__index__!)
  binary('matmul', 'nb_matrix_multiply', s.binarySlots.nb_matrix_multiply!)
  inplace('matmul', 'nb_inplace_matrix_multiply')

  add('__len__', 'mp_length', s.slot_mp_length, w.wrap_lenfunc, SELF)
  add('__getitem__', 'mp_subscript', s.slot_mp_subscript, w.wrap_binaryfunc, KEY)
  add('__setitem__', 'mp_ass_subscript', s.slot_mp_ass_subscript, w.wrap_objobjargproc, '($self, key, value, /)')
  add('__delitem__', 'mp_ass_subscript', s.slot_mp_ass_subscript, w.wrap_delitem, KEY)

  add('__len__', 'sq_length', s.slot_sq_length, w.wrap_lenfunc, SELF)
  // sq_concat and the other operators of sequences are never set from __add__: only nb_add is.
  add('__add__', 'sq_concat', null, w.wrap_binaryfunc, VALUE)
  add('__mul__', 'sq_repeat', null, w.wrap_indexargfunc, VALUE)
  add('__rmul__', 'sq_repeat', null, w.wrap_indexargfunc, VALUE)
  add('__getitem__', 'sq_item', s.slot_sq_item, w.wrap_sq_item, KEY)
  add('__setitem__', 'sq_ass_item', s.slot_sq_ass_item, w.wrap_sq_setitem, '($self, key, value, /)')
  add('__delitem__', 'sq_ass_item', s.slot_sq_ass_item, w.wrap_sq_delitem, KEY)
  add('__contains__', 'sq_contains', s.slot_sq_contains, w.wrap_objobjproc, KEY)
  add('__iadd__', 'sq_inplace_concat', null, w.wrap_binaryfunc, VALUE)
  add('__imul__', 'sq_inplace_repeat', null, w.wrap_indexargfunc, VALUE)
  return rows
}

/** All rows; rows of one slot stand together. */
export const slotdefs: Iterable<SlotDef> & { rows(): SlotDef[] } = {
  rows: () => table ??= build(),
  [Symbol.iterator]() {
    return this.rows()[Symbol.iterator]()
  },
}
