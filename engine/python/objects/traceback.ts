// Traceback objects: one link per frame that an exception has passed. Printing is in vm/display-error.ts.
import { lineOf, type CodeData } from './codeobject'
import { PyErr_Fetch, PyErr_Format, PyErr_RestoreFetched, PyErr_SetString } from './errors'
import { PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { PyFrame_Type, type PyFrameObject } from './frameobject'
import { parseTupleAndKeywords } from './getargs-keywords'
import { PyLong_AsLong, PyLong_Check, PyLong_FromLong } from './longobject'
import {
  METH_NOARGS, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyObject, PyTypeObject, genericGetAttr
} from './object'
import { PyList_FromArraySteal } from './listobject'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { Py_None } from './singletons'
import { PyUnicode_InternFromString } from './unicodeobject'

export interface PyTracebackObject extends PyObject { v: TracebackData }

/** PyTracebackObject's struct; `index` is the instruction, from which tb_lasti and tb_lineno follow. */
export class TracebackData {
  tb_next: PyTracebackObject | null
  tb_frame: PyFrameObject
  index: number
  /** Set by the constructor `types.TracebackType(…)`, null when they follow from `index`. */
  given: { lasti: number, lineno: number } | null = null
  constructor(next: PyTracebackObject | null, frame: PyFrameObject, index: number) {
    this.tb_next = next
    this.tb_frame = frame
    this.index = index
  }
}

const tb = (o: PyObject): TracebackData => o.v as TracebackData
const codeOf = (t: TracebackData): CodeData => t.tb_frame.v.f_frame.code

export function tracebackLine(t: TracebackData): number {
  return t.given !== null ? t.given.lineno : lineOf(codeOf(t), t.index)
}

/** Byte offset of the instruction in co_code. */
export function tracebackLasti(t: TracebackData): number {
  return t.given !== null ? t.given.lasti : (codeOf(t).offsets[t.index] ?? -1) * 2
}

export const PyTraceBack_Type: PyTypeObject = new PyTypeObject('traceback', {
  tp_basicsize: 40,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: tb_dealloc,
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => {
    if (tb(o).tb_next !== null) visit(tb(o).tb_next!)
    visit(tb(o).tb_frame)
  },
  tp_clear: o => {
    const next = tb(o).tb_next
    tb(o).tb_next = null
    Py_XDECREF(next)
  },
  tp_new: (type, args, kwargs) => tb_new(type, args, kwargs),
  tp_methods: [
    {
      ml_name: '__dir__', ml_flags: METH_NOARGS,
      ml_meth: () => PyList_FromArraySteal(['tb_frame', 'tb_next', 'tb_lasti', 'tb_lineno'].map(n => PyUnicode_InternFromString(n))),
    },
  ],
  tp_members: [
    { name: 'tb_frame', get: o => (tb(o).tb_frame.ob_refcnt++, tb(o).tb_frame) },
    { name: 'tb_lasti', get: o => PyLong_FromLong(tracebackLasti(tb(o))) },
  ],
  tp_getset: [
    { name: 'tb_lineno', get: o => PyLong_FromLong(tracebackLine(tb(o))) },
    { name: 'tb_next', get: getNext, set: setNext },
  ],
})

export function PyTraceBack_Check(o: PyObject): o is PyTracebackObject {
  return o.ob_type === PyTraceBack_Type
}

function getNext(o: PyObject): PyObject {
  const next = tb(o).tb_next ?? Py_None
  next.ob_refcnt++
  return next
}

function setNext(o: PyObject, value: PyObject | null): number {
  if (value === null) {
    PyErr_Format(PyExc_TypeError, "can't delete tb_next attribute")
    return -1
  }
  const next = value === Py_None ? null : value
  if (next !== null && !PyTraceBack_Check(next)) {
    PyErr_Format(PyExc_TypeError, 'expected traceback object or None, got \'%s\'', value.ob_type.tp_name)
    return -1
  }
  for (let t: PyTracebackObject | null = next; t !== null; t = t.v.tb_next) {
    if (t === o) {
      PyErr_Format(PyExc_ValueError, 'traceback loop detected')
      return -1
    }
  }
  const old = tb(o).tb_next
  if (next !== null) next.ob_refcnt++
  tb(o).tb_next = next
  Py_XDECREF(old)
  return 0
}

function tb_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('TracebackType', ['tb_next', 'tb_frame', 'tb_lasti', 'tb_lineno'], 4, 4, args, kwargs)
  if (given === null) return null
  const [next, frame, lasti, lineno] = given as [PyObject, PyObject, PyObject, PyObject]
  if (next !== Py_None && !PyTraceBack_Check(next)) {
    return PyErr_Format(PyExc_TypeError, 'expected traceback object or None, got \'%s\'', next.ob_type.tp_name)
  }
  if (frame.ob_type !== PyFrame_Type) {
    return PyErr_Format(PyExc_TypeError,
      `TracebackType() argument 'tb_frame' must be frame, not ${frame.ob_type.tp_name}`)
  }
  if (!PyLong_Check(lasti) || !PyLong_Check(lineno)) return PyErr_SetString(PyExc_TypeError, 'an integer is required')
  const o = create(next === Py_None ? null : next as PyTracebackObject, frame as PyFrameObject, 0)
  o.v.given = { lasti: PyLong_AsLong(lasti), lineno: PyLong_AsLong(lineno) }
  return o
}

/** NEW traceback; borrows both. */
function create(next: PyTracebackObject | null, frame: PyFrameObject, index: number): PyTracebackObject {
  if (next !== null) next.ob_refcnt++
  frame.ob_refcnt++
  const o = PyObject_GC_New(PyTraceBack_Type, new TracebackData(next, frame, index)) as PyTracebackObject
  PyObject_GC_Track(o)
  return o
}

/** Adds the frame to the traceback of the exception that is set. Mirrors PyTraceBack_Here. */
export function PyTraceBack_Here(frame: PyFrameObject): void {
  const e = PyErr_Fetch()
  const old = e.traceback as PyTracebackObject | null
  e.traceback = create(old, frame, frame.v.f_frame.pc)
  Py_XDECREF(old)
  PyErr_RestoreFetched(e)
}

function tb_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (!_PyTrash_begin(o, tb_dealloc)) return
  const t = tb(o)
  Py_XDECREF(t.tb_next)
  Py_DECREF(t.tb_frame)
  PyObject_GC_Del(o)
  _PyTrash_end()
}

