// _tracemalloc: tracemalloc's core as Python code sees it. Sizes and traces are kept by engine/memory/tracing.ts; here
// tracebacks are interned and turned into tuples.
//
// A traceback is a number: 1 + its index in `tracebacks`. Frames are (file name object, line), innermost first, at most
// `maxFrames` of them, with the total number of frames beside. Mirrors Modules/_tracemalloc.c.
import { PyBool_FromLong } from '../objects/boolobject'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { frameIsIncomplete, frameLine, type InterpreterFrame } from '../objects/frameobject'
import { PyList_Append, PyList_New } from '../objects/listobject'
import { PyLong_AsInt, PyLong_FromLong, PyLong_FromSsize_t } from '../objects/longobject'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray, Py_BuildTuple } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_FromString } from '../objects/unicodeobject'
import type { TraceSource } from '../../memory/tracing'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

export interface Traceback {
  /** Innermost first. */
  files: string[]
  lines: number[]
  totalFrames: number
}

/** Interned tracebacks by their text; index + 1 is the number in the traces. */
class TracebackTable implements TraceSource {
  readonly all: Traceback[] = []
  private readonly byKey = new Map<string, number>()
  /** The traceback of no Python frame: "<unknown>", line 0. */
  private readonly byFrame = new WeakMap<InterpreterFrame['code'], Int32Array>()

  clear(): void {
    this.all.length = 0
    this.byKey.clear()
  }

  currentTrace(): number {
    let frame = _PyRuntime.tstate.frame
    while (frame !== null && frameIsIncomplete(frame)) frame = frame.previous
    const limit = _PyRuntime.process.tracing.maxFrames
    if (limit === 1) return this.single(frame)
    const files: string[] = []
    const lines: number[] = []
    let total = 0
    let key = ''
    for (; frame !== null; frame = frame.previous) {
      if (frameIsIncomplete(frame)) continue
      if (total++ < limit) {
        files.push(PyUnicode_AsString(frame.code.co_filename))
        lines.push(Math.max(frameLine(frame), 0))
        key += `${files[files.length - 1]}:${lines[lines.length - 1]};`
      }
    }
    return this.intern(`${total}|${key}`, files, lines, total)
  }

  /** One frame: cached per instruction of each code object. The total is always 1 then, as CPython counts no further. */
  private single(frame: InterpreterFrame | null): number {
    if (frame === null) return this.intern('', ['<unknown>'], [0], 1)
    const code = frame.code
    let cache = this.byFrame.get(code)
    if (cache === undefined || cache.length === 0) {
      cache = new Int32Array(code.ops.length + 1)
      this.byFrame.set(code, cache)
    }
    const at = frame.pc + 1
    const known = cache[at]!
    if (known !== 0 && known <= this.all.length) {
      const t = this.all[known - 1]!
      if (t.lines[0] === Math.max(frameLine(frame), 0)) return known
    }
    const file = PyUnicode_AsString(code.co_filename)
    const line = Math.max(frameLine(frame), 0)
    return cache[at] = this.intern(`1|${file}:${line}`, [file], [line], 1)
  }

  private intern(key: string, files: string[], lines: number[], totalFrames: number): number {
    let id = this.byKey.get(key)
    if (id === undefined) {
      id = this.all.push({ files: files.length === 0 ? ['<unknown>'] : files, lines: lines.length === 0 ? [0] : lines, totalFrames: Math.max(totalFrames, 1) })
      this.byKey.set(key, id)
    }
    return id
  }
}

export const tracebacks = new TracebackTable()

function tracing() {
  return _PyRuntime.process.tracing
}

const startParser = new ArgParser('start', ['nframe'])

function start(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, startParser, 0, 1, 0)
  if (given === null) return null
  let frames = 1
  if (given[0] !== null && given[0] !== undefined) {
    frames = PyLong_AsInt(given[0])
    if (frames === -1 && PyErr_Occurred() !== null) return null
  }
  if (frames < 1 || frames > 65535) return PyErr_SetString(PyExc_ValueError, 'the number of frames must be in range [1; 65535]')
  if (!tracing().on) {
    tracebacks.clear()
    tracing().source = tracebacks
    tracing().start(frames)
  }
  return none()
}

/** NEW tuple of (file, line) pairs. */
function framesOf(trace: Traceback, files: Map<string, PyObject>): PyObject {
  return PyTuple_FromArray(trace.files.map((file, i) => {
    let name = files.get(file)
    if (name === undefined) {
      name = PyUnicode_FromString(file)
      files.set(file, name)
    }
    name.ob_refcnt++
    return PyTuple_FromArray([name, PyLong_FromSsize_t(trace.lines[i]!)], true)
  }), true)
}

/** [(domain, size, frames, total_nframe), …]; what is made for it is not traced itself. */
export function getTraces(): PyObject | null {
  const list = PyList_New(0)
  const t = tracing()
  if (!t.on) return list
  const rows: [number, number][] = []
  t.forEach(_PyRuntime.process.obmalloc, (_granule, sizeBytes, trace) => rows.push([sizeBytes, trace]))
  t.paused = true
  const files = new Map<string, PyObject>()
  const tuples = new Map<number, PyObject>()
  for (const [size, id] of rows) {
    const trace = tracebacks.all[id - 1]!
    let frames = tuples.get(id)
    if (frames === undefined) {
      frames = framesOf(trace, files)
      tuples.set(id, frames)
    }
    frames.ob_refcnt++
    const row = PyTuple_FromArray([PyLong_FromLong(0), PyLong_FromSsize_t(size), frames, PyLong_FromSsize_t(trace.totalFrames)], true)
    PyList_Append(list, row)
    Py_DECREF(row)
  }
  for (const o of [...files.values(), ...tuples.values()]) Py_DECREF(o)
  t.paused = false
  return list
}

function getObjectTraceback(_m: PyObject, o: PyObject): PyObject {
  if (!tracing().on) return none()
  const id = tracing().traceOf(o.addr - o.ob_type.presize)
  const trace = tracebacks.all[id - 1]
  if (trace === undefined) return none()
  const files = new Map<string, PyObject>()
  const frames = framesOf(trace, files)
  for (const f of files.values()) Py_DECREF(f)
  return frames
}

const methods: PyMethodDef[] = [
  { ml_name: 'is_tracing', ml_flags: METH_NOARGS, ml_meth: () => PyBool_FromLong(tracing().on ? 1 : 0), signature: '($module, /)' },
  { ml_name: 'clear_traces', ml_flags: METH_NOARGS, ml_meth: () => (tracing().clearTraces(), none()), signature: '($module, /)' },
  { ml_name: '_get_traces', ml_flags: METH_NOARGS, ml_meth: getTraces, signature: '($module, /)' },
  { ml_name: '_get_object_traceback', ml_flags: METH_O, ml_meth: getObjectTraceback, signature: '($module, obj, /)' },
  { ml_name: 'start', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: start, signature: '($module, nframe=1, /)' },
  { ml_name: 'stop', ml_flags: METH_NOARGS, ml_meth: () => (tracing().stop(), none()), signature: '($module, /)' },
  { ml_name: 'get_traceback_limit', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromLong(tracing().maxFrames), signature: '($module, /)' },
  { ml_name: 'get_tracemalloc_memory', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromSsize_t(tracing().tracedBlocks * 48), signature: '($module, /)' },
  {
    ml_name: 'get_traced_memory', ml_flags: METH_NOARGS, signature: '($module, /)',
    ml_meth: () => {
      const [current, peak] = tracing().on ? tracing().getTraced() : [0, 0]
      return Py_BuildTuple(() => PyLong_FromLong(current), () => PyLong_FromLong(peak))!
    },
  },
  { ml_name: 'reset_peak', ml_flags: METH_NOARGS, ml_meth: () => (tracing().resetPeak(), none()), signature: '($module, /)' },
]

export function PyInit__tracemalloc(): PyObject | null {
  return PyModule_Create('_tracemalloc', methods)
}
