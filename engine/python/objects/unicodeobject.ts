// str: creation, interning, equality, hash and the type's core. Methods live in unicode-methods.ts and its
// neighbours; the payload in unicode-data.ts.
//
// The empty string and chr(0)…chr(255) are static. Strings that look like identifiers are interned by the compiler's
// constants; a dead interned string leaves the table. The table is a JavaScript map beside a simulated dict of
// CPython's size (`internedTable`), whose growth is charged to whoever makes it grow.
import { TAG_DICT_KEYS } from '../../memory/events'
import { sipHash13Utf16 } from '../lib/sip-hash'
import {
  HASH, IMMORTAL_REFCNT, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MATCH_SELF,
  Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject, type richcmpfunc,
} from './object'
import { Py_False, Py_True } from './boolobject'
import { PyObject_Free, PyObject_NewSize, PyObject_Malloc, PyObject_FreeBlock, PyMem_Free } from './objimpl'
import { _PyRuntime } from './runtime'
import { Py_NotImplemented } from './singletons'
import { UnicodeData, describeText, unicodeSize } from './unicode-data'
import { unicodeSlots } from './unicode-methods'

export interface PyUnicodeObject extends PyObject { v: UnicodeData }

export const SSTATE_NOT_INTERNED = 0
export const SSTATE_INTERNED_MORTAL = 1
export const SSTATE_INTERNED_IMMORTAL = 2

export const PyUnicode_Type = new PyTypeObject('str', {
  tp_basicsize: 80,
  tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_MATCH_SELF,
  tp_dealloc: unicode_dealloc,
  tp_hash: unicode_hash,
  tp_richcompare: unicode_richcompare as richcmpfunc,
})

/** Adds what the method files define; called by type-list.ts before PyType_Ready. */
export function initUnicodeType(): void {
  Object.assign(PyUnicode_Type, unicodeSlots())
}

// ---- static strings ------------------------------------------------------------------------------------------

let emptyString: PyObject | null = null
const latin1: PyObject[] = []

function staticString(str: string): PyObject {
  const data = describeText(str)
  const bytes = unicodeSize(data.length, data.kind, data.ascii)
  const o = new PyObject(PyUnicode_Type, _PyRuntime.process.space.staticAlloc(bytes), data)
  o.ob_refcnt = IMMORTAL_REFCNT
  return o
}

/** Makes the static strings; part of start-up, before any other string. */
export function initStaticStrings(): void {
  emptyString = staticString('')
  latin1.length = 0
  for (let i = 0; i < 256; i++) latin1.push(staticString(String.fromCharCode(i)))
  interned.clear()
  Object.assign(internedTable, { usable: Infinity, block: 0, log2Size: 0 })
}

/** The empty string. NEW reference. */
export function PyUnicode_EmptyString(): PyObject {
  emptyString!.ob_refcnt++
  return emptyString!
}

/** The static string of a code point below 256. NEW reference. */
export function unicode_latin1(code: number): PyObject {
  const o = latin1[code]!
  o.ob_refcnt++
  return o
}

// ---- creation --------------------------------------------------------------------------------------------------

/** NEW str; static for the empty text and one Latin-1 character. Never null: see the note on memory failure in objimpl. */
export function PyUnicode_FromString(text: string): PyObject {
  if (text.length < 2) {
    if (text.length === 0) return PyUnicode_EmptyString()
    const code = text.charCodeAt(0)
    if (code < 256) return unicode_latin1(code)
  }
  const o = unicodeNew(describeText(text))
  if (o === null) throw new Error('Molt: no memory for a text of the interpreter itself')
  return o
}

/** NEW str for a text whose shape is known; null with MemoryError set when it is too large. Never one of the static strings. */
export function unicodeNew(data: UnicodeData): PyObject | null {
  return PyObject_NewSize(PyUnicode_Type, unicodeSize(data.length, data.kind, data.ascii), data)
}

/** Like PyUnicode_FromString for a text made by the program, which may be too large: null with MemoryError set. */
export function unicodeFromText(text: string): PyObject | null {
  if (text.length < 2) return PyUnicode_FromString(text)
  return unicodeNew(describeText(text))
}

/** NEW str of one code point. */
export function PyUnicode_FromOrdinal(code: number): PyObject {
  return code < 256 ? unicode_latin1(code) : PyUnicode_FromString(String.fromCodePoint(code))
}

/** The text of a str object or of a str subclass instance. */
export function PyUnicode_AsString(o: PyObject): string {
  return (o.v as UnicodeData).str
}

export function PyUnicode_GET_LENGTH(o: PyObject): number {
  return (o.v as UnicodeData).length
}

export function PyUnicode_Check(o: PyObject): o is PyUnicodeObject {
  return (o.ob_type.tp_flags & Py_TPFLAGS_UNICODE_SUBCLASS) !== 0
}

export function PyUnicode_CheckExact(o: PyObject): o is PyUnicodeObject {
  return o.ob_type === PyUnicode_Type
}

function unicode_dealloc(o: PyObject): void {
  const data = o.v as UnicodeData
  if (data.interned !== SSTATE_NOT_INTERNED) {
    if (data.interned === SSTATE_INTERNED_IMMORTAL) throw new Error(`Molt: immortal string '${data.str}' died`)
    interned.delete(data.str)
    data.interned = SSTATE_NOT_INTERNED
  }
  if (data.utf8Block !== 0) PyMem_Free(data.utf8Block)
  const type = o.ob_type
  // PyUnicode_Type is not a heap type; subclasses come here through subtype_dealloc, which drops the type.
  if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 && type.tp_free !== null) type.tp_free(o)
  else PyObject_Free(o)
}

// ---- interning -------------------------------------------------------------------------------------------------------

const interned = new Map<string, PyObject>()

/** The simulated dict behind the table: see start_interned in the oracle. Entries are never reused before a resize. */
export const internedTable = {
  /** Free entries before the table grows. */
  usable: Infinity,
  block: 0,
  /** log2 of the slots. */
  log2Size: 0,
}

/** Bytes of a general-purpose keys table of 2^log2 slots with `usable` entries of 24 bytes, Objects/dictobject.c. */
export function generalKeysBytes(log2: number): number {
  const slots = 2 ** log2
  const index = slots <= 128 ? 1 : slots <= 32768 ? 2 : 4
  return 32 + slots * index + Math.floor(slots * 2 / 3) * 16
}

function internedGrows(): void {
  // insertion_resize to GROWTH_RATE = 3 * used: the next power of two that holds it.
  const needed = interned.size * 3
  let log2 = internedTable.log2Size
  while (2 ** log2 < needed) log2++
  const block = PyObject_Malloc(generalKeysBytes(log2), TAG_DICT_KEYS)
  if (internedTable.block !== 0) PyObject_FreeBlock(internedTable.block)
  internedTable.block = block
  internedTable.log2Size = log2
  internedTable.usable = Math.floor(2 ** log2 * 2 / 3) - interned.size
}

/**
 * PyUnicode_InternInPlace: STEALS the reference and returns a reference to the interned string of the same text
 * (the same object if it is the first).
 */
export function PyUnicode_InternInPlace(o: PyObject): PyObject {
  const data = o.v as UnicodeData
  if (data.interned !== SSTATE_NOT_INTERNED || o.ob_type !== PyUnicode_Type) return o
  const known = interned.get(data.str)
  if (known !== undefined) {
    known.ob_refcnt++
    if (--o.ob_refcnt === 0) unicode_dealloc(o)
    return known
  }
  if (internedTable.usable <= 0) internedGrows()
  internedTable.usable--
  interned.set(data.str, o)
  // The table's own references do not count (CPython subtracts its two).
  data.interned = SSTATE_INTERNED_MORTAL
  return o
}

/** NEW reference to the interned string of this text. */
export function PyUnicode_InternFromString(text: string): PyObject {
  const known = interned.get(text)
  if (known !== undefined) {
    known.ob_refcnt++
    return known
  }
  return PyUnicode_InternInPlace(PyUnicode_FromString(text))
}

/** Number of interned strings, sys.intern's table. */
export function internedCount(): number {
  return interned.size
}

/** Interns a one-character string as an object of its own, beside the Latin-1 static: CPython's state for some letters. */
export function internOwnCharacter(ch: string): void {
  const o = unicodeNew(describeText(ch))!
  ;(o.v as UnicodeData).interned = SSTATE_INTERNED_MORTAL
  interned.set(ch, o)
}

// ---- identifiers -------------------------------------------------------------------------------------------------------

const identifiers = new Map<string, PyObject>()

/** BORROWED reference to an interned string kept for ever: `&_Py_ID(name)`. For names known when the code is written. */
export function _Py_ID(name: string): PyObject {
  let o = identifiers.get(name)
  if (o === undefined) {
    o = interned.get(name)
    if (o === undefined) {
      o = name.length < 2 ? PyUnicode_FromString(name) : staticString(name)
      ;(o.v as UnicodeData).interned = SSTATE_INTERNED_IMMORTAL
      interned.set(name, o)
    }
    o.ob_refcnt++
    identifiers.set(name, o)
  }
  return o
}

/** Gives back the references to strings that the program had interned first. */
export function releaseIdentifiers(): void {
  for (const o of identifiers.values()) if ((o.v as UnicodeData).interned !== SSTATE_INTERNED_IMMORTAL && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
  identifiers.clear()
}

/** Forgets all identifiers; only start-up does this. */
export function resetIdentifiers(): void {
  identifiers.clear()
}

// ---- hash and equality -----------------------------------------------------------------------------------------------------

/** Computes and caches the hash of a str payload. */
export function unicodeHash(data: UnicodeData): void {
  if (data.str.length === 0) {
    data.hashLo = data.hashHi = 0
  } else {
    sipHash13Utf16(data.str, data.kind, HASH)
    data.hashLo = HASH[0]!
    data.hashHi = HASH[1]!
  }
  data.hashed = true
}

export function unicode_hash(o: PyObject): number {
  const data = o.v as UnicodeData
  if (!data.hashed) unicodeHash(data)
  HASH[0] = data.hashLo
  HASH[1] = data.hashHi
  return 0
}

/** True if two str objects have the same text. */
export function unicode_eq(a: PyObject, b: PyObject): boolean {
  return a === b || (a.v as UnicodeData).str === (b.v as UnicodeData).str
}

/** True if a str object has this text. */
export function _PyUnicode_EqualToASCIIString(o: PyObject, text: string): boolean {
  return (o.v as UnicodeData).str === text
}

/** -1, 0, 1 by code points. UTF-16 order differs from code point order only beyond the surrogates. */
export function PyUnicode_Compare(a: PyObject, b: PyObject): number {
  const x = (a.v as UnicodeData).str
  const y = (b.v as UnicodeData).str
  if (x === y) return 0
  if ((a.v as UnicodeData).kind !== 4 && (b.v as UnicodeData).kind !== 4) return x < y ? -1 : 1
  const n = Math.min(x.length, y.length)
  for (let i = 0; i < n; i++) {
    let p = x.charCodeAt(i)
    let q = y.charCodeAt(i)
    if (p === q) continue
    // Move surrogates above the rest of the BMP, so that unit order becomes code point order.
    if (p >= 0xd800) p = p >= 0xe000 ? p - 0x800 : p + 0x2000
    if (q >= 0xd800) q = q >= 0xe000 ? q - 0x800 : q + 0x2000
    return p < q ? -1 : 1
  }
  return x.length < y.length ? -1 : 1
}

function unicode_richcompare(a: PyObject, b: PyObject, op: number): PyObject {
  if (!PyUnicode_Check(a) || !PyUnicode_Check(b)) {
    Py_NotImplemented.ob_refcnt++
    return Py_NotImplemented
  }
  let result: boolean
  if (op === Py_EQ) result = unicode_eq(a, b)
  else if (op === Py_NE) result = !unicode_eq(a, b)
  else {
    const order = PyUnicode_Compare(a, b)
    // Py_LT 0, Py_LE 1, Py_GT 4, Py_GE 5
    result = op === 0 ? order < 0 : op === 1 ? order <= 0 : op === 4 ? order > 0 : order >= 0
  }
  const o = result ? Py_True : Py_False
  o.ob_refcnt++
  return o
}
