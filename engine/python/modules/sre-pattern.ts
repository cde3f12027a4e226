// re.Pattern and the scanner behind finditer. Modules/_sre/sre.c.
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyCallable_Check, PyObject_GetAttrString, PyObject_Hash, PyObject_RichCompareBool } from '../objects/object-protocol'
import { PyObject_CallMethodOneArg, PyObject_CallOneArg } from '../objects/call'
import { PyBool_FromLong } from '../objects/boolobject'
import { PyDict_New } from '../objects/dictobject'
import { PyDictProxy_New } from '../objects/descr-mappingproxy'
import { PyErr_Clear, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { Py_GenericAlias } from '../objects/genericaliasobject'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyCallIter_New } from '../objects/iterobject'
import { PyList_Append, PyList_GET_SIZE, PyList_New } from '../objects/listobject'
import { PyLong_AsSsize_t, PyLong_FromLong } from '../objects/longobject'
import { _PyNumber_Index } from '../objects/abstract'
import { PyBuffer_Release } from '../objects/memoryobject'
import {
  HASH, METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_METHOD, METH_NOARGS, METH_O, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_DISALLOW_INSTANTIATION,
  Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyMethodDef, type PyObject,
} from '../objects/object'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None, Py_NotImplemented } from '../objects/singletons'
import { PyTuple_New, PyTuple_SET_ITEM } from '../objects/tupleobject'
import type { PyTypeSpec } from '../objects/type-spec'
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { PyUnicode_Join } from '../objects/unicode-methods'
import { PyUnicode_FromString, _Py_ID } from '../objects/unicodeobject'
import { sipHash13Bytes } from '../lib/sip-hash'
import { pattern_new_match } from './sre-match'
import { callRe, getslice, getstring, pattern_error, state_getslice, state_init, type CallState, type PatternData, sreTypes } from './sre-state'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)
const data = (o: PyObject): PatternData => o.v as PatternData
const MAX = Number.MAX_SAFE_INTEGER

// ---- arguments -----------------------------------------------------------------------------------------------------------

function parsersFor(names: readonly string[], ...functions: readonly string[]): Record<string, ArgParser> {
  return Object.fromEntries(functions.map(name => [name, new ArgParser(name, names)]))
}
const parsers: Record<string, ArgParser> = {
  ...parsersFor(['string', 'pos', 'endpos'], 'match', 'fullmatch', 'search', 'findall', 'finditer', 'scanner'),
  ...parsersFor(['repl', 'string', 'count'], 'sub', 'subn'), ...parsersFor(['string', 'maxsplit'], 'split'),
}

/** An optional Py_ssize_t; NaN with an exception set. */
function sizeArgument(o: PyObject | null | undefined, otherwise: number): number {
  if (o === null || o === undefined) return otherwise
  const index = _PyNumber_Index(o)
  if (index === null) return NaN
  const n = PyLong_AsSsize_t(index)
  Py_DECREF(index)
  return n === -1 && PyErr_Occurred() !== null ? NaN : n
}

/** A state for (string, pos, endpos); null with an exception set. */
function begin(name: string, o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): CallState | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parsers[name]!, 1, 3, 0)
  if (given === null) return null
  const pos = sizeArgument(given[1], 0)
  if (pos !== pos) return null
  const endpos = sizeArgument(given[2], MAX)
  if (endpos !== endpos) return null
  return state_init(data(o), given[0]!, pos, endpos)
}

type Method = (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => PyObject | null

function single(name: string, prepare: (state: CallState) => number): Method {
  return (o, args, nargs, kwnames) => {
    const state = begin(name, o, args, nargs, kwnames)
    if (state === null) return null
    const match = pattern_new_match(o, state, prepare(state))
    state.free()
    return match
  }
}

/** Moves on behind a match: an empty one may not follow at its end. */
function advance(state: CallState): void {
  state.sre.mustAdvance = state.sre.ptr === state.sre.start
  state.sre.start = state.sre.ptr
}

/** Appends a NEW item, which is given up. False: failed. */
function append(list: PyObject, item: PyObject | null): boolean {
  if (item === null) return false
  const status = PyList_Append(list, item)
  Py_DECREF(item)
  return status === 0
}

function part(state: CallState, start: number, end: number): PyObject | null {
  return getslice(state.subject, state.string, start, end)
}

function dropped(state: CallState, list: PyObject): null {
  Py_DECREF(list)
  state.free()
  return null
}

const findall: Method = (o, args, nargs, kwnames) => {
  const state = begin('findall', o, args, nargs, kwnames)
  if (state === null) return null
  const { sre } = state
  const { groups } = data(o)
  const list = PyList_New(0)
  while (sre.start <= sre.end) {
    state.reset()
    const status = state.search()
    if (status === 0) break
    if (status < 0) return pattern_error(status), dropped(state, list)
    let item: PyObject | null
    if (groups === 0) item = part(state, sre.start, sre.ptr)
    else if (groups === 1) item = state_getslice(state, 1, true)
    else {
      item = PyTuple_New(groups)
      for (let i = 0; i < groups; i++) {
        const text = state_getslice(state, i + 1, true)
        if (text === null) {
          Py_DECREF(item)
          return dropped(state, list)
        }
        PyTuple_SET_ITEM(item, i, text)
      }
    }
    if (!append(list, item)) return dropped(state, list)
    advance(state)
  }
  state.free()
  return list
}

const split: Method = (o, args, nargs, kwnames) => {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parsers.split!, 1, 2, 0)
  if (given === null) return null
  const maxsplit = sizeArgument(given[1], 0)
  if (maxsplit !== maxsplit) return null
  const state = state_init(data(o), given[0]!, 0, MAX)
  if (state === null) return null
  const { sre } = state
  const list = PyList_New(0)
  let last = sre.start
  for (let n = 0; maxsplit === 0 || n < maxsplit; n++) {
    if (sre.start > sre.end) break
    state.reset()
    const status = state.search()
    if (status === 0) break
    if (status < 0) return pattern_error(status), dropped(state, list)
    if (!append(list, part(state, last, sre.start))) return dropped(state, list)
    for (let i = 0; i < data(o).groups; i++) if (!append(list, state_getslice(state, i + 1, false))) return dropped(state, list)
    last = sre.ptr
    advance(state)
  }
  if (!append(list, part(state, last, sre.end))) return dropped(state, list)
  state.free()
  return list
}

// ---- sub -----------------------------------------------------------------------------------------------------------------

/** NEW replacement: the text itself if it has no backslash, else what re makes of it. */
function filterOf(pattern: PyObject, template: PyObject): PyObject | null {
  if (PyCallable_Check(template)) return ref(template)
  const subject = getstring(template)
  let literal = false
  if (subject === null) PyErr_Clear()
  else {
    literal = typeof subject.text === 'string' ? !subject.text.includes('\\') : !(subject.text as Uint8Array).includes(92)
    if (subject.view !== null) PyBuffer_Release(subject.view)
  }
  return literal ? ref(template) : callRe('_subx', [ref(pattern), ref(template)])
}

// Mirrors pattern_subx.
function subx(o: PyObject, template: PyObject, string: PyObject, count: number, subn: boolean): PyObject | null {
  const filter = filterOf(o, template)
  if (filter === null) return null
  const callable = PyCallable_Check(filter)
  const state = state_init(data(o), string, 0, MAX)
  if (state === null) return Py_DECREF(filter), null
  const { sre } = state
  const list = PyList_New(0)
  let n = 0
  let i = 0
  const fail = (): null => (Py_DECREF(filter), dropped(state, list))
  while (count === 0 || n < count) {
    if (sre.start > sre.end) break
    state.reset()
    const status = state.search()
    if (status === 0) break
    if (status < 0) return pattern_error(status), fail()
    const b = sre.start
    const e = sre.ptr
    if (i < b && !append(list, part(state, i, b))) return fail()
    let item: PyObject | null = filter
    if (callable) {
      const match = pattern_new_match(o, state, 1)
      if (match === null) return fail()
      item = PyObject_CallOneArg(filter, match)
      Py_DECREF(match)
      if (item === null) return fail()
    } else item.ob_refcnt++
    if (item === Py_None) Py_DECREF(item)
    else if (!append(list, item)) return fail()
    i = e
    n++
    advance(state)
  }
  if (i < state.endpos && !append(list, part(state, i, state.endpos))) return fail()
  state.free()
  Py_DECREF(filter)
  const joiner = state.subject.isbytes ? PyBytes_FromBytes(new Uint8Array(0)) : PyUnicode_FromString('')
  let item: PyObject | null = joiner
  if (PyList_GET_SIZE(list) > 0) {
    item = state.subject.isbytes ? PyObject_CallMethodOneArg(joiner, _Py_ID('join'), list) : PyUnicode_Join(joiner, list)
    Py_DECREF(joiner)
  }
  Py_DECREF(list)
  if (item === null || !subn) return item
  const result = PyTuple_New(2)
  PyTuple_SET_ITEM(result, 0, item)
  PyTuple_SET_ITEM(result, 1, PyLong_FromLong(n))
  return result
}

function substitute(name: 'sub' | 'subn'): Method {
  return (o, args, nargs, kwnames) => {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parsers[name]!, 2, 3, 0)
    if (given === null) return null
    const count = sizeArgument(given[2], 0)
    return count !== count ? null : subx(o, given[0]!, given[1]!, count, name === 'subn')
  }
}

// ---- scanner -------------------------------------------------------------------------------------------------------------

class ScannerData {
  pattern: PyObject
  state: CallState
  executing = false
  /** No further match: CPython's state.start is NULL. */
  ended = false
  constructor(pattern: PyObject, state: CallState) {
    this.pattern = pattern
    this.state = state
  }
}

const scannerMethod = (name: string): Method => (o, args, nargs, kwnames) => {
  const scanner = PyObject_GC_New(sreTypes.scanner, null)
  const state = begin(name, o, args, nargs, kwnames)
  if (state === null) return Py_DECREF(scanner), null
  scanner.v = new ScannerData(ref(o), state)
  PyObject_GC_Track(scanner)
  return scanner
}

const finditer: Method = (o, args, nargs, kwnames) => {
  const scanner = scannerMethod('finditer')(o, args, nargs, kwnames)
  if (scanner === null) return null
  const search = PyObject_GetAttrString(scanner, 'search')
  Py_DECREF(scanner)
  if (search === null) return null
  const iterator = PyCallIter_New(search, Py_None)
  Py_DECREF(search)
  return iterator
}

function scan(o: PyObject, run: (state: CallState) => number): PyObject | null {
  const d = o.v as ScannerData
  if (d.executing) return PyErr_SetString(PyExc_ValueError, 'regular expression scanner already executing')
  if (d.ended) return ref(Py_None)
  d.executing = true
  d.state.reset()
  const status = d.state.sre.start > d.state.sre.end ? 0 : run(d.state)
  const match = pattern_new_match(d.pattern, d.state, status)
  if (status === 0) d.ended = true
  else advance(d.state)
  d.executing = false
  return match
}

export const scannerSpec: PyTypeSpec = {
  name: '_sre.SRE_Scanner', tp_basicsize: 240,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    const d = o.v as ScannerData | null
    if (d !== null) {
      d.state.free()
      Py_DECREF(d.pattern)
    }
    PyObject_GC_Del(o)
    Py_DECREF(type)
  },
  tp_traverse: (o, visit) => {
    visit(o.ob_type)
    if (o.v !== null) visit((o.v as ScannerData).pattern)
  },
  tp_methods: [
    { ml_name: 'match', ml_flags: METH_METHOD | METH_FASTCALL | METH_KEYWORDS, ml_meth: (o: PyObject) => scan(o, s => s.match()), signature: '($self, /)' },
    { ml_name: 'search', ml_flags: METH_METHOD | METH_FASTCALL | METH_KEYWORDS, ml_meth: (o: PyObject) => scan(o, s => s.search()), signature: '($self, /)' },
  ],
  tp_members: [{ name: 'pattern', get: o => ref((o.v as ScannerData).pattern) }],
}

// ---- the type ------------------------------------------------------------------------------------------------------------

const FLAG_NAMES: readonly (readonly [string, number])[] = [
  ['re.TEMPLATE', 1], ['re.IGNORECASE', 2], ['re.LOCALE', 4], ['re.MULTILINE', 8], ['re.DOTALL', 16], ['re.UNICODE', 32],
  ['re.VERBOSE', 64], ['re.DEBUG', 128], ['re.ASCII', 256],
]

// Mirrors pattern_repr.
function repr(o: PyObject): PyObject | null {
  const d = data(o)
  let { flags } = d
  // Of str patterns UNICODE goes without saying.
  if (d.isbytes === 0 && (flags & (4 | 32 | 256)) === 32) flags &= ~32
  const list = PyList_New(0)
  for (const [name, value] of FLAG_NAMES) {
    if ((flags & value) === 0) continue
    flags &= ~value
    if (!append(list, PyUnicode_FromString(name))) return Py_DECREF(list), null
  }
  if (flags !== 0 && !append(list, PyUnicode_FromFormat('0x%x', flags >>> 0))) return Py_DECREF(list), null
  let result: PyObject | null
  if (PyList_GET_SIZE(list) > 0) {
    const sep = PyUnicode_FromString('|')
    const shown = PyUnicode_Join(sep, list)
    Py_DECREF(sep)
    if (shown === null) return Py_DECREF(list), null
    result = PyUnicode_FromFormat('re.compile(%.200R, %S)', d.pattern, shown)
    Py_DECREF(shown)
  } else result = PyUnicode_FromFormat('re.compile(%.200R)', d.pattern)
  Py_DECREF(list)
  return result
}

const codeHash = new Int32Array(2)

function hash(o: PyObject): number {
  const d = data(o)
  if (PyObject_Hash(d.pattern!) === -1) return -1
  const [lo, hi] = [HASH[0]!, HASH[1]!]
  const { code } = d.program
  sipHash13Bytes(new Uint8Array(code.buffer, code.byteOffset, code.byteLength), codeHash)
  // The small ints are sign-extended in C.
  const extra = d.flags ^ d.isbytes ^ code.length
  HASH[0] = lo ^ codeHash[0]! ^ extra
  HASH[1] = hi ^ codeHash[1]! ^ (d.flags >> 31) ^ (d.isbytes >> 31)
  if (HASH[0] === -1 && HASH[1] === -1) HASH[0] = -2
  return 0
}

function compare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if ((op !== Py_EQ && op !== Py_NE) || a.ob_type !== b.ob_type) return ref(Py_NotImplemented)
  if (a === b) return PyBool_FromLong(op === Py_EQ ? 1 : 0)
  const [x, y] = [data(a), data(b)]
  const [p, q] = [x.program.code, y.program.code]
  let equal = x.flags === y.flags && x.isbytes === y.isbytes && p.length === q.length && p.every((word, i) => word === q[i]) ? 1 : 0
  if (equal === 1) equal = PyObject_RichCompareBool(x.pattern!, y.pattern!, Py_EQ)
  if (equal < 0) return null
  return PyBool_FromLong((equal === 1) === (op === Py_EQ) ? 1 : 0)
}

const SPAN = '($self, /, string, pos=0, endpos=sys.maxsize)'
const classMethod = (ml_name: string, ml_meth: Method, signature = SPAN): PyMethodDef =>
  ({ ml_name, ml_meth, ml_flags: METH_METHOD | METH_FASTCALL | METH_KEYWORDS, signature })

export const patternSpec: PyTypeSpec = {
  name: 're.Pattern', tp_basicsize: 96, tp_itemsize: 4, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_doc: 'Compiled regular expression object.',
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    const d = data(o)
    Py_XDECREF(d.groupindex)
    Py_XDECREF(d.indexgroup)
    Py_XDECREF(d.pattern)
    PyObject_GC_Del(o)
    Py_DECREF(type)
  },
  tp_traverse: (o, visit) => {
    const d = data(o)
    visit(o.ob_type)
    if (d.groupindex !== null) visit(d.groupindex)
    if (d.indexgroup !== null) visit(d.indexgroup)
    if (d.pattern !== null) visit(d.pattern)
  },
  tp_repr: repr,
  tp_hash: hash,
  tp_richcompare: compare,
  tp_methods: [
    classMethod('match', single('match', s => s.match())),
    classMethod('fullmatch', single('fullmatch', s => (s.sre.matchAll = true, s.match()))),
    classMethod('search', single('search', s => s.search())),
    classMethod('sub', substitute('sub'), '($self, /, repl, string, count=0)'),
    classMethod('subn', substitute('subn'), '($self, /, repl, string, count=0)'),
    { ml_name: 'findall', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: findall, signature: SPAN },
    { ml_name: 'split', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: split, signature: '($self, /, string, maxsplit=0)' },
    classMethod('finditer', finditer),
    classMethod('scanner', scannerMethod('scanner')),
    { ml_name: '__copy__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => ref(o), signature: '($self, /)' },
    { ml_name: '__deepcopy__', ml_flags: METH_O, ml_meth: (o: PyObject) => ref(o), signature: '($self, memo, /)' },
    { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: Py_GenericAlias },
  ],
  tp_members: [
    { name: 'pattern', get: o => ref(data(o).pattern ?? Py_None) },
    { name: 'flags', get: o => PyLong_FromLong(data(o).flags) },
    { name: 'groups', get: o => PyLong_FromLong(data(o).groups) },
  ],
  tp_getset: [{ name: 'groupindex', get: o => data(o).groupindex === null ? PyDict_New() : PyDictProxy_New(data(o).groupindex!) }],
}
