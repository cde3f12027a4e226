// re.Match: what a match found. Modules/_sre/sre.c.
import { PyIndex_Check, PyNumber_AsSsize_t } from '../objects/abstract'
import { PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_SetItem, DICT_ENTRY } from '../objects/dictobject'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_IndexError } from '../objects/exceptions'
import { Py_GenericAlias } from '../objects/genericaliasobject'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyLong_AsSsize_t, PyLong_Check, PyLong_FromSsize_t } from '../objects/longobject'
import { PyBuffer_Release } from '../objects/memoryobject'
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyObject,
} from '../objects/object'
import { PyObject_GC_Del, PyObject_GC_NewVar, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM } from '../objects/tupleobject'
import type { PyTypeSpec } from '../objects/type-spec'
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { callRe, getslice, getstring, pattern_error, type CallState, type PatternData, sreTypes, wrongSpan } from './sre-state'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

class MatchData {
  string: PyObject
  regs: PyObject | null = null
  pattern: PyObject
  pos: number
  endpos: number
  lastindex: number
  groups: number
  /** Start and end of each group, the whole match first; -1 where unset. */
  mark: Int32Array
  constructor(string: PyObject, pattern: PyObject, state: CallState, groups: number) {
    this.string = string
    this.pattern = pattern
    this.pos = state.pos
    this.endpos = state.endpos
    this.lastindex = state.sre.lastindex
    this.groups = groups
    this.mark = state.sre.spans()
  }

  get ob_size(): number {
    return this.mark.length
  }
}

const data = (o: PyObject): MatchData => o.v as MatchData

// Mirrors pattern_new_match.
/** NEW match, None where status is 0; null with an exception set. */
export function pattern_new_match(pattern: PyObject, state: CallState, status: number): PyObject | null {
  if (status === 0) return ref(Py_None)
  if (status < 0) return pattern_error(status)
  const groups = (pattern.v as PatternData).groups
  const match = PyObject_GC_NewVar(sreTypes.match, 2 * (groups + 1), null)
  if (match === null) return null
  const d = new MatchData(ref(state.string), ref(pattern), state, groups + 1)
  match.v = d
  for (let i = 2; i < d.mark.length; i += 2) {
    if (d.mark[i]! > d.mark[i + 1]!) {
      Py_DECREF(match)
      return wrongSpan()
    }
  }
  PyObject_GC_Track(match)
  return match
}

// Mirrors match_getindex.
function getindex(d: MatchData, index: PyObject | null): number {
  if (index === null) return 0
  let i = -1
  if (PyIndex_Check(index)) i = PyNumber_AsSsize_t(index, null)
  else {
    const { groupindex } = d.pattern.v as PatternData
    if (groupindex !== null) {
      const found = PyDict_GetItemWithError(groupindex, index)
      if (found !== null && PyLong_Check(found)) i = PyLong_AsSsize_t(found)
    }
  }
  if (i >= 0 && i < d.groups) return i
  if (PyErr_Occurred() === null) PyErr_SetString(PyExc_IndexError, 'no such group')
  return -1
}

// Mirrors match_getslice_by_index.
function sliceByIndex(d: MatchData, index: number, fallback: PyObject): PyObject | null {
  const start = d.mark[index * 2]!
  if (d.string === Py_None || start < 0) return ref(fallback)
  const subject = getstring(d.string)
  if (subject === null) return null
  const result = getslice(subject, d.string, Math.min(start, subject.length), Math.min(d.mark[index * 2 + 1]!, subject.length))
  if (subject.view !== null) PyBuffer_Release(subject.view)
  return result
}

function slice(d: MatchData, index: PyObject | null, fallback: PyObject): PyObject | null {
  const i = getindex(d, index)
  return i < 0 ? null : sliceByIndex(d, i, fallback)
}

function pair(a: number, b: number): PyObject {
  const result = PyTuple_New(2)
  PyTuple_SET_ITEM(result, 0, PyLong_FromSsize_t(a))
  PyTuple_SET_ITEM(result, 1, PyLong_FromSsize_t(b))
  return result
}

function group(o: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length === 0) return sliceByIndex(data(o), 0, Py_None)
  if (items.length === 1) return slice(data(o), items[0]!, Py_None)
  const result = PyTuple_New(items.length)
  for (let i = 0; i < items.length; i++) {
    const item = slice(data(o), items[i]!, Py_None)
    if (item === null) return Py_DECREF(result), null
    PyTuple_SET_ITEM(result, i, item)
  }
  return result
}

const groupsParser = new ArgParser('groups', ['default'])
const groupdictParser = new ArgParser('groupdict', ['default'])
const expandParser = new ArgParser('expand', ['template'])

function groups(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, groupsParser, 0, 1, 0)
  if (given === null) return null
  const d = data(o)
  const result = PyTuple_New(d.groups - 1)
  for (let i = 1; i < d.groups; i++) {
    const item = sliceByIndex(d, i, given[0] ?? Py_None)
    if (item === null) return Py_DECREF(result), null
    PyTuple_SET_ITEM(result, i - 1, item)
  }
  return result
}

function groupdict(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, groupdictParser, 0, 1, 0)
  if (given === null) return null
  const d = data(o)
  const result = PyDict_New()
  const { groupindex } = d.pattern.v as PatternData
  if (groupindex === null) return result
  for (let at = PyDict_Next(groupindex, 0); at > 0; at = PyDict_Next(groupindex, at)) {
    const key = ref(DICT_ENTRY.key)
    const value = slice(d, key, given[0] ?? Py_None)
    const failed = value === null || PyDict_SetItem(result, key, value) < 0
    Py_XDECREF(value)
    Py_DECREF(key)
    if (failed) return Py_DECREF(result), null
  }
  return result
}

/** start, end and span: one optional group. */
function position(name: string, make: (mark: Int32Array, i: number) => PyObject) {
  return (o: PyObject, args: PyObject[], nargs: number): PyObject | null => {
    if (!_PyArg_CheckPositional(name, nargs, 0, 1)) return null
    const i = getindex(data(o), nargs > 0 ? args[0]! : null)
    return i < 0 ? null : make(data(o).mark, i * 2)
  }
}

function regs(o: PyObject): PyObject {
  const d = data(o)
  if (d.regs === null) {
    const result = PyTuple_New(d.groups)
    for (let i = 0; i < d.groups; i++) PyTuple_SET_ITEM(result, i, pair(d.mark[i * 2]!, d.mark[i * 2 + 1]!))
    d.regs = result
  }
  return ref(d.regs)
}

function lastgroup(o: PyObject): PyObject {
  const { lastindex, pattern } = data(o)
  const { indexgroup } = pattern.v as PatternData
  if (indexgroup !== null && lastindex >= 0 && lastindex < PyTuple_GET_SIZE(indexgroup)) return ref((indexgroup.v as PyObject[])[lastindex]!)
  return ref(Py_None)
}

function expand(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, expandParser, 1, 1, 0)
  return given === null ? null : callRe('_expand', [ref(data(o).pattern), ref(o), ref(given[0]!)])
}

function repr(o: PyObject): PyObject | null {
  const d = data(o)
  const text = sliceByIndex(d, 0, Py_None)
  if (text === null) return null
  const result = PyUnicode_FromFormat('<%s object; span=(%zd, %zd), match=%R>', o.ob_type.tp_name, d.mark[0], d.mark[1], text)
  Py_DECREF(text)
  return result
}

export const matchSpec: PyTypeSpec = {
  name: 're.Match', tp_basicsize: 88, tp_itemsize: 8,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_doc: 'The result of re.match() and re.search().\nMatch objects always have a boolean value of True.',
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const d = data(o)
    const type = o.ob_type
    Py_DECREF(d.string)
    Py_XDECREF(d.regs)
    Py_DECREF(d.pattern)
    PyObject_GC_Del(o)
    Py_DECREF(type)
  },
  tp_traverse: (o, visit) => {
    const d = data(o)
    visit(o.ob_type)
    visit(d.string)
    if (d.regs !== null) visit(d.regs)
    visit(d.pattern)
  },
  tp_repr: repr,
  mp_subscript: (o, name) => slice(data(o), name, Py_None),
  tp_methods: [
    { ml_name: 'group', ml_flags: METH_VARARGS, ml_meth: group },
    { ml_name: 'start', ml_flags: METH_FASTCALL, ml_meth: position('start', (mark, i) => PyLong_FromSsize_t(mark[i]!)), signature: '($self, group=0, /)' },
    { ml_name: 'end', ml_flags: METH_FASTCALL, ml_meth: position('end', (mark, i) => PyLong_FromSsize_t(mark[i + 1]!)), signature: '($self, group=0, /)' },
    { ml_name: 'span', ml_flags: METH_FASTCALL, ml_meth: position('span', (mark, i) => pair(mark[i]!, mark[i + 1]!)), signature: '($self, group=0, /)' },
    { ml_name: 'groups', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: groups, signature: '($self, /, default=None)' },
    { ml_name: 'groupdict', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: groupdict, signature: '($self, /, default=None)' },
    { ml_name: 'expand', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: expand, signature: '($self, /, template)' },
    { ml_name: '__copy__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => ref(o), signature: '($self, /)' },
    { ml_name: '__deepcopy__', ml_flags: METH_O, ml_meth: (o: PyObject) => ref(o), signature: '($self, memo, /)' },
    { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: Py_GenericAlias },
  ],
  tp_members: [
    { name: 'string', get: o => ref(data(o).string) },
    { name: 're', get: o => ref(data(o).pattern) },
    { name: 'pos', get: o => PyLong_FromSsize_t(data(o).pos) },
    { name: 'endpos', get: o => PyLong_FromSsize_t(data(o).endpos) },
  ],
  tp_getset: [
    { name: 'lastindex', get: o => data(o).lastindex >= 0 ? PyLong_FromSsize_t(data(o).lastindex) : ref(Py_None) },
    { name: 'lastgroup', get: lastgroup },
    { name: 'regs', get: regs },
  ],
}
