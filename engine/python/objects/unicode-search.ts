// str methods that look for things: find, count, split, strip, partition, replace, startswith, is… Allocations as in
// Objects/stringlib (split lists start with room for 12).
import { PyNumber_AsSsize_t, PyIndex_Check } from './abstract'
import { PyBool_FromLong } from './boolobject'
import { PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from './getargs'
import { isAlpha, isAlnum, isDecimal, isDigit, isLineBreak, isNumeric, isPrintable, isSpace, isXidContinue, isXidStart } from '../lib/unicode-data'
import { isLowerText, isTitleText, isUpperText } from '../lib/unicode-case'
import { PyList_Append, PyList_FromArraySteal, PyList_New, type PyListObject } from './listobject'
import { PyLong_AsInt, PyLong_FromSsize_t } from './longobject'
import { METH_FASTCALL, METH_VARARGS, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, type PyMethodDef, type PyObject } from './object'
import { PyMem_Free, PyMem_Malloc, PyObject_FreeBlock, PyObject_Malloc, eventTypeId } from './objimpl'
import { Py_None } from './singletons'
import { PyTuple_Check, Py_BuildTuple } from './tupleobject'
import { UnicodeData, describeText, unicodeSize } from './unicode-data'
import { TAG_SCRATCH } from '../../memory/events'
import { codeAt, freshText, pointIndex, pointsOf, substring, udata, unchanged, unitIndex } from './unicode-text'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_EmptyString, PyUnicode_Type } from './unicodeobject'

/** Start and end of find-like methods as code point indices; null with an exception set. */
interface Range { start: number, end: number }

/** An optional slice index: _PyEval_SliceIndex. NaN: exception set. */
export function sliceIndex(o: PyObject | undefined, otherwise: number): number {
  if (o === undefined || o === Py_None) return otherwise
  if (!PyIndex_Check(o)) {
    PyErr_SetString(PyExc_TypeError, 'slice indices must be integers or None or have an __index__ method')
    return NaN
  }
  const i = PyNumber_AsSsize_t(o, null)
  return i === -1 && PyErr_Occurred() !== null ? NaN : i
}

/** Fits start and end to a length: ADJUST_INDICES. */
export function adjust(start: number, end: number, length: number): Range {
  if (end > length) end = length
  else if (end < 0) end = Math.max(end + length, 0)
  if (start < 0) start = Math.max(start + length, 0)
  return { start, end }
}

function findArgs(name: string, args: PyObject[], nargs: number): { sub: UnicodeData, range: [number, number] } | null {
  if (nargs < 1 || nargs > 3) {
    PyErr_Format(PyExc_TypeError, nargs < 1
      ? `${name}() takes at least 1 argument (${nargs} given)` : `${name}() takes at most 3 arguments (${nargs} given)`)
    return null
  }
  const start = sliceIndex(args[1], 0)
  if (Number.isNaN(start)) return null
  const end = sliceIndex(nargs > 2 ? args[2] : undefined, Infinity)
  if (Number.isNaN(end)) return null
  if (!PyUnicode_Check(args[0]!)) {
    PyErr_Format(PyExc_TypeError, 'must be str, not %.100s', args[0]!.ob_type.tp_name)
    return null
  }
  return { sub: udata(args[0]!), range: [start, end] }
}

/** Runs `search` while the copy of a sought text is there that CPython makes when its kind is not the other's. */
export function withWidened<R>(sub: UnicodeData, kind: number, search: () => R): R {
  if (sub.kind >= kind) return search()
  const copy = PyMem_Malloc(sub.length * kind, TAG_SCRATCH)
  const result = search()
  PyMem_Free(copy)
  return result
}

/** The same for find and its like, which seek a single character as it is. */
function findWidened(data: UnicodeData, sub: UnicodeData, start: number, end: number, fromRight: boolean): number {
  const seek = (): number => findIn(data, sub, start, end, fromRight)
  return sub.length === 1 || end - start < sub.length ? seek() : withWidened(sub, data.kind, seek)
}

/** Code point index of sub in data[start:end], from the left or the right; -1 if it is not there. */
export function findIn(data: UnicodeData, sub: UnicodeData, start: number, end: number, fromRight: boolean): number {
  if (end - start < sub.length) return -1
  if (data.kind === 4) {
    const from = unitIndex(data, start)
    const to = unitIndex(data, end)
    const at = fromRight ? data.str.lastIndexOf(sub.str, to - sub.str.length) : data.str.indexOf(sub.str, from)
    return at < from || at + sub.str.length > to ? -1 : pointIndex(data, at)
  }
  const at = fromRight ? data.str.lastIndexOf(sub.str, end - sub.length) : data.str.indexOf(sub.str, start)
  return at < start || at + sub.length > end ? -1 : at
}

function finder(name: string, fromRight: boolean, raises: boolean): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_VARARGS,
    ml_meth: (o: PyObject, args: PyObject) => {
      const found = findArgs(name, args.v as PyObject[], (args.v as PyObject[]).length)
      if (found === null) return null
      const data = udata(o)
      const { start, end } = adjust(found.range[0], found.range[1], data.length)
      const at = findWidened(data, found.sub, start, end, fromRight)
      return at < 0 && raises ? PyErr_SetString(PyExc_ValueError, 'substring not found') : PyLong_FromSsize_t(at)
    },
  }
}

/** Occurrences that do not overlap. */
function countIn(text: string, sub: string, limit = Infinity): number {
  let count = 0
  for (let at = text.indexOf(sub); at >= 0 && count < limit; at = text.indexOf(sub, at + sub.length)) count++
  return count
}

function count(o: PyObject, args: PyObject): PyObject | null {
  const found = findArgs('count', args.v as PyObject[], (args.v as PyObject[]).length)
  if (found === null) return null
  const data = udata(o)
  const { start, end } = adjust(found.range[0], found.range[1], data.length)
  if (end - start < found.sub.length) return PyLong_FromSsize_t(0)
  if (data.kind < found.sub.kind) return PyLong_FromSsize_t(0)
  return PyLong_FromSsize_t(withWidened(found.sub, data.kind, () => found.sub.length === 0 ? end - start + 1
    : countIn(data.str.slice(unitIndex(data, start), unitIndex(data, end)), found.sub.str)))
}

function affix(name: 'startswith' | 'endswith'): PyMethodDef {
  const matches = (data: UnicodeData, sub: UnicodeData, start: number, end: number): boolean => {
    if (end - start < sub.length) return false
    const at = name === 'startswith' ? unitIndex(data, start) : unitIndex(data, end - sub.length)
    return sub.length === 0 || data.str.startsWith(sub.str, at) && (data.kind !== 4 || at + sub.str.length <= unitIndex(data, end))
  }
  return {
    ml_name: name, ml_flags: METH_VARARGS,
    ml_meth: (o: PyObject, tuple: PyObject) => {
      const args = tuple.v as PyObject[]
      const nargs = args.length
      if (nargs < 1 || nargs > 3) {
        return PyErr_Format(PyExc_TypeError, nargs < 1
          ? `${name}() takes at least 1 argument (${nargs} given)` : `${name}() takes at most 3 arguments (${nargs} given)`)
      }
      const first = sliceIndex(nargs > 1 ? args[1] : undefined, 0)
      const last = Number.isNaN(first) ? NaN : sliceIndex(nargs > 2 ? args[2] : undefined, Infinity)
      if (Number.isNaN(first) || Number.isNaN(last)) return null
      const data = udata(o)
      const { start, end } = adjust(first, last, data.length)
      const sub = args[0]!
      if (PyTuple_Check(sub)) {
        for (const item of sub.v) {
          if (!PyUnicode_Check(item)) {
            return PyErr_Format(PyExc_TypeError, 'tuple for %s must only contain str, not %.100s', name, item.ob_type.tp_name)
          }
          if (matches(data, udata(item), start, end)) return PyBool_FromLong(1)
        }
        return PyBool_FromLong(0)
      }
      if (!PyUnicode_Check(sub)) {
        return PyErr_Format(PyExc_TypeError, '%s first arg must be str or a tuple of str, not %.100s', name, sub.ob_type.tp_name)
      }
      return PyBool_FromLong(matches(data, udata(sub), start, end) ? 1 : 0)
    },
  }
}

// ---- replace -----------------------------------------------------------------------------------------------------------

function replace(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('replace', nargs, 2, 3)) return null
  for (let i = 0; i < 2; i++) {
    if (!PyUnicode_Check(args[i]!)) return _PyArg_BadArgument('replace', `argument ${i + 1}`, 'str', args[i]!)
  }
  let max = -1
  if (nargs > 2) {
    max = PyNumber_AsSsize_t(args[2]!, null)
    if (max === -1 && PyErr_Occurred() !== null) return null
  }
  return PyUnicode_Replace(o, args[0]!, args[1]!, max)
}

/** Longest string of V8, in UTF-16 units. */
const MAX_LENGTH = 0x1fffffe8

const maxcharOf = (data: UnicodeData): number => data.ascii ? 0x7f : data.kind === 1 ? 0xff : data.kind === 2 ? 0xffff : 0x10ffff

/**
 * NEW text with up to max (all if negative) occurrences replaced; the string itself if there are none. Texts of other kinds
 * are copied into the widest first. Mirrors replace, Objects/unicodeobject.c.
 */
export function PyUnicode_Replace(o: PyObject, from: PyObject, to: PyObject, max: number): PyObject | null {
  const data = udata(o)
  const old = udata(from)
  const fresh = udata(to)
  const limit = max < 0 ? Infinity : max
  if (data.length < old.length || limit === 0 || from === to) return unchanged(o)
  if (maxcharOf(data) < maxcharOf(old) || old.length === fresh.length && old.length === 0) return unchanged(o)
  const single = old.length === 1 && fresh.length === 1
  const scratch = { self: 0, old: 0, fresh: 0 }
  const widen = (text: UnicodeData, kind: number): number => PyMem_Malloc(text.length * kind, TAG_SCRATCH)
  const done = (result: PyObject | null): PyObject | null => {
    for (const block of [scratch.self, scratch.old, scratch.fresh]) if (block !== 0) PyMem_Free(block)
    return result
  }
  if (!single && old.kind < data.kind) scratch.old = widen(old, data.kind)
  const n = old.length === 0 ? Math.min(limit, data.length + 1) : countIn(data.str, old.str, limit)
  if (n === 0) return done(unchanged(o))
  if (!single) {
    if (fresh.kind < data.kind) scratch.fresh = widen(fresh, data.kind)
    else if (fresh.kind > data.kind) {
      const sameLength = old.length === fresh.length
      if (sameLength && scratch.old !== 0) PyMem_Free(scratch.old)
      scratch.self = widen(data, fresh.kind)
      if (!sameLength && scratch.old !== 0) PyMem_Free(scratch.old)
      scratch.old = widen(old, fresh.kind)
    }
  }
  if (data.str.length + n * (fresh.str.length - old.str.length) > MAX_LENGTH) return done(PyErr_NoMemory())
  let text: string
  if (old.length === 0) {
    const points = Array.from(data.str)
    text = ''
    for (let i = 0; i <= points.length; i++) text += (i < n ? fresh.str : '') + (points[i] ?? '')
  } else text = Number.isFinite(limit) ? replaceFirst(data.str, old.str, fresh.str, n) : data.str.split(old.str).join(fresh.str)
  if (text.length === 0) return done(PyUnicode_EmptyString())
  // The result may turn out narrower than the room made for it; then it is copied.
  const mayShrink = maxcharOf(fresh) < maxcharOf(old) && maxcharOf(data) === maxcharOf(old)
  const room = mayShrink && needsLess(text, maxcharOf(data))
    ? PyObject_Malloc(unicodeSize(pointsOf(text).length, data.kind, false), eventTypeId(PyUnicode_Type)) : 0
  const result = freshText(text)
  if (room !== 0) PyObject_FreeBlock(room)
  return done(result)
}

function needsLess(text: string, maxchar: number): boolean {
  return maxcharOf(describeText(text)) < maxchar
}

function replaceFirst(text: string, old: string, fresh: string, n: number): string {
  let result = ''
  let from = 0
  for (let i = 0; i < n; i++) {
    const at = text.indexOf(old, from)
    if (at < 0) break
    result += text.slice(from, at) + fresh
    from = at + old.length
  }
  return result + text.slice(from)
}

// ---- split ---------------------------------------------------------------------------------------------------------------

const MAX_PREALLOC = 12

/** A list with room for the expected pieces, to be filled and cut to size. */
class Pieces {
  readonly list: PyListObject
  private count = 0
  constructor(maxcount: number) {
    this.list = PyList_New(maxcount >= MAX_PREALLOC ? MAX_PREALLOC : maxcount + 1)
    this.room = this.list.v.ob_item.length
    this.list.v.ob_item.length = 0
  }
  private readonly room: number

  /** Adds a piece, STEALING it; false with an exception set. */
  add(piece: PyObject | null): boolean {
    if (piece === null) return false
    if (this.count++ < this.room) {
      this.list.v.ob_item.push(piece)
      return true
    }
    const ok = PyList_Append(this.list, piece) === 0
    Py_DECREF(piece)
    return ok
  }

  finish(ok: boolean): PyObject | null {
    if (ok) return this.list
    Py_DECREF(this.list)
    return null
  }
}

function splitWhitespace(o: PyObject, max: number, fromRight: boolean): PyObject | null {
  const data = udata(o)
  const pieces = new Pieces(max)
  const n = data.length
  let left = max
  if (!fromRight) {
    let i = 0
    for (;;) {
      while (i < n && isSpace(codeAt(data, i))) i++
      if (i === n || left-- <= 0) break
      const from = i
      while (i < n && !isSpace(codeAt(data, i))) i++
      if (from === 0 && i === n && PyUnicode_CheckExact(o)) {
        o.ob_refcnt++
        if (!pieces.add(o)) return pieces.finish(false)
        break
      }
      if (!pieces.add(substring(o, from, i))) return pieces.finish(false)
    }
    // The limit was reached: the rest as it is.
    if (i < n && !pieces.add(substring(o, i, n))) return pieces.finish(false)
    return pieces.finish(true)
  }
  let i = n - 1
  for (;;) {
    while (i >= 0 && isSpace(codeAt(data, i))) i--
    if (i < 0 || left-- <= 0) break
    const end = i
    while (i >= 0 && !isSpace(codeAt(data, i))) i--
    if (end === n - 1 && i < 0 && PyUnicode_CheckExact(o)) {
      o.ob_refcnt++
      if (!pieces.add(o)) return pieces.finish(false)
      break
    }
    if (!pieces.add(substring(o, i + 1, end + 1))) return pieces.finish(false)
  }
  if (i >= 0 && !pieces.add(substring(o, 0, i + 1))) return pieces.finish(false)
  pieces.list.v.ob_item.reverse()
  return pieces.finish(true)
}

function splitBy(o: PyObject, separator: PyObject, max: number, fromRight: boolean): PyObject | null {
  const data = udata(o)
  const sep = udata(separator)
  if (data.kind < sep.kind || data.length < sep.length) {
    o.ob_refcnt++
    return PyList_FromArraySteal([o])
  }
  return withWidened(sep, data.kind, () => splitAt(o, separator, max, fromRight))
}

function splitAt(o: PyObject, separator: PyObject, max: number, fromRight: boolean): PyObject | null {
  const data = udata(o)
  const sep = udata(separator)
  if (sep.length === 0) return PyErr_SetString(PyExc_ValueError, 'empty separator')
  const pieces = new Pieces(max)
  let left = max
  let from = 0
  let end = data.length
  let some = false
  for (; left > 0; left--) {
    const at = findIn(data, sep, fromRight ? 0 : from, end, fromRight)
    if (at < 0) break
    some = true
    if (!pieces.add(fromRight ? substring(o, at + sep.length, end) : substring(o, from, at))) return pieces.finish(false)
    if (fromRight) end = at
    else from = at + sep.length
  }
  if (!some && PyUnicode_CheckExact(o)) {
    o.ob_refcnt++
    return pieces.finish(pieces.add(o))
  }
  const ok = pieces.add(substring(o, fromRight ? 0 : from, end))
  if (fromRight) pieces.list.v.ob_item.reverse()
  return pieces.finish(ok)
}

/** o.split(separator, max): separator null splits at whitespace; max < 0 for no limit. */
export function PyUnicode_Split(o: PyObject, separator: PyObject | null, max: number, fromRight = false): PyObject | null {
  const limit = max < 0 ? Infinity : max
  return separator === null ? splitWhitespace(o, limit, fromRight) : splitBy(o, separator, limit, fromRight)
}

const splitParser = new ArgParser('split', ['sep', 'maxsplit'])
const rsplitParser = new ArgParser('rsplit', ['sep', 'maxsplit'])

function splitter(name: 'split' | 'rsplit'): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($self, /, sep=None, maxsplit=-1)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, name === 'split' ? splitParser : rsplitParser, 0, 2, 0)
      if (given === null) return null
      const sep = given[0] ?? Py_None
      let max = -1
      if (given[1] !== null && given[1] !== undefined) {
        max = PyNumber_AsSsize_t(given[1], null)
        if (max === -1 && PyErr_Occurred() !== null) return null
      }
      if (sep === Py_None) return PyUnicode_Split(o, null, max, name === 'rsplit')
      if (!PyUnicode_Check(sep)) return PyErr_Format(PyExc_TypeError, 'must be str or None, not %.100s', sep.ob_type.tp_name)
      return PyUnicode_Split(o, sep, max, name === 'rsplit')
    },
  }
}

const splitlinesParser = new ArgParser('splitlines', ['keepends'])

function splitlines(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, splitlinesParser, 0, 1, 0)
  if (given === null) return null
  let keepends = false
  if (given[0] !== null && given[0] !== undefined) {
    const value = PyLong_AsInt(given[0])
    if (value === -1 && PyErr_Occurred() !== null) return null
    keepends = value !== 0
  }
  return PyUnicode_Splitlines(o, keepends)
}

export function PyUnicode_Splitlines(o: PyObject, keepends: boolean): PyObject | null {
  const data = udata(o)
  const list = PyList_New(0)
  const n = data.length
  for (let i = 0; i < n;) {
    const from = i
    while (i < n && !isLineBreak(codeAt(data, i))) i++
    let end = i
    if (i < n) {
      i += codeAt(data, i) === 13 && i + 1 < n && codeAt(data, i + 1) === 10 ? 2 : 1
      if (keepends) end = i
    }
    let piece: PyObject | null
    if (from === 0 && end === n && PyUnicode_CheckExact(o)) {
      o.ob_refcnt++
      piece = o
    } else piece = substring(o, from, end)
    if (piece === null || PyList_Append(list, piece) !== 0) return Py_DECREF(list), null
    Py_DECREF(piece)
  }
  return list
}

function partition(fromRight: boolean) {
  return (o: PyObject, sep: PyObject): PyObject | null => {
    if (!PyUnicode_Check(sep)) return PyErr_Format(PyExc_TypeError, 'must be str, not %.100s', sep.ob_type.tp_name)
    const data = udata(o)
    const s = udata(sep)
    if (s.length === 0) return PyErr_SetString(PyExc_ValueError, 'empty separator')
    const seek = (): PyObject | null => partitionAt(o, sep, findIn(data, s, 0, data.length, fromRight), fromRight)
    return data.kind < s.kind || data.length < s.length ? partitionAt(o, sep, -1, fromRight) : withWidened(s, data.kind, seek)
  }
}

/** The three parts, the separator at `at`; at -1: not found. */
function partitionAt(o: PyObject, sep: PyObject, at: number, fromRight: boolean): PyObject | null {
    if (at < 0) {
      const whole = (): PyObject | null => unchanged(o)
      const empty = (): PyObject => PyUnicode_EmptyString()
      return fromRight ? Py_BuildTuple(empty, empty, whole) : Py_BuildTuple(whole, empty, empty)
    }
    return Py_BuildTuple(() => substring(o, 0, at), () => (sep.ob_refcnt++, sep), () => substring(o, at + udata(sep).length, udata(o).length))
}

// ---- strip ---------------------------------------------------------------------------------------------------------------------

/** Strips at the left (1), the right (2) or both (3); chars null means whitespace. */
export function unicodeStrip(o: PyObject, chars: PyObject | null, sides: number): PyObject | null {
  const data = udata(o)
  let from = 0
  let end = data.length
  const set = chars === null ? null : new Set(pointsOf(udata(chars).str))
  const drop = (c: number): boolean => set === null ? isSpace(c) : set.has(c)
  if ((sides & 1) !== 0) while (from < end && drop(codeAt(data, from))) from++
  if ((sides & 2) !== 0) while (end > from && drop(codeAt(data, end - 1))) end--
  return substring(o, from, end)
}

function stripper(name: string, sides: number): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_FASTCALL, signature: '($self, chars=None, /)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(name, nargs, 0, 1)) return null
      if (nargs === 0 || args[0] === Py_None) return unicodeStrip(o, null, sides)
      if (!PyUnicode_Check(args[0]!)) return PyErr_Format(PyExc_TypeError, '%s arg must be None or str', name)
      return unicodeStrip(o, args[0]!, sides)
    },
  }
}

function removeAffix(name: 'removeprefix' | 'removesuffix'): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_O,
    ml_meth: (o: PyObject, sub: PyObject) => {
      if (!PyUnicode_Check(sub)) return _PyArg_BadArgument(name, 'argument', 'str', sub)
      const data = udata(o)
      const s = udata(sub)
      if (name === 'removeprefix') return data.str.startsWith(s.str) ? substring(o, s.length, data.length) : unchanged(o)
      return data.str.endsWith(s.str) ? substring(o, 0, data.length - s.length) : unchanged(o)
    },
  }
}

// ---- is… -------------------------------------------------------------------------------------------------------------------------

function every(name: string, test: (code: number) => boolean, ofEmpty = false): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const data = udata(o)
      let ok = data.length > 0 || ofEmpty
      for (let i = 0; ok && i < data.length; i++) ok = test(codeAt(data, i))
      return PyBool_FromLong(ok ? 1 : 0)
    },
  }
}

function whole(name: string, test: (text: string) => boolean): PyMethodDef {
  return { ml_name: name, ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_FromLong(test(udata(o).str) ? 1 : 0) }
}

/** True if the text is an identifier. */
export function isIdentifierText(text: string): boolean {
  const points = pointsOf(text)
  return points.length > 0 && (points[0] === 95 || isXidStart(points[0]!)) && points.every(c => isXidContinue(c))
}

export function searchMethods(): PyMethodDef[] {
  return [
    finder('find', false, false), finder('rfind', true, false), finder('index', false, true), finder('rindex', true, true),
    { ml_name: 'count', ml_flags: METH_VARARGS, ml_meth: count },
    affix('startswith'), affix('endswith'),
    { ml_name: 'replace', ml_flags: METH_FASTCALL, ml_meth: replace, signature: '($self, old, new, count=-1, /)' },
    splitter('split'), splitter('rsplit'),
    { ml_name: 'splitlines', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: splitlines, signature: '($self, /, keepends=False)' },
    { ml_name: 'partition', ml_flags: METH_O, ml_meth: partition(false), signature: '($self, sep, /)' },
    { ml_name: 'rpartition', ml_flags: METH_O, ml_meth: partition(true), signature: '($self, sep, /)' },
    stripper('strip', 3), stripper('lstrip', 1), stripper('rstrip', 2),
    removeAffix('removeprefix'), removeAffix('removesuffix'),
    every('isalpha', isAlpha), every('isalnum', isAlnum), every('isdecimal', isDecimal), every('isdigit', isDigit),
    every('isnumeric', isNumeric), every('isspace', isSpace), every('isprintable', isPrintable, true),
    whole('isupper', isUpperText), whole('islower', isLowerText), whole('istitle', isTitleText),
    { ml_name: 'isascii', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_FromLong(udata(o).ascii ? 1 : 0) },
    whole('isidentifier', isIdentifierText),
  ]
}

