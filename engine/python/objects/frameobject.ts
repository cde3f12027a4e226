// Frames: the interpreter's own frame (`_PyInterpreterFrame`), which every call has, and the frame object that Python
// code can hold, made only when somebody asks for one.
//
// An InterpreterFrame is a link in the thread's chain (`previous`), kept on the heap; no JavaScript call stands for
// it. `localsplus` holds locals, cells, free variables and the operand stack. Frames of finished calls go back to
// their code object's pool, unless a frame object has taken them over. Their simulated memory is the thread's data
// stack, which neither pymalloc nor tracemalloc sees; a generator's frame lies inside the generator object.
import { nullArray } from '../../base/null-array'
import type { CodeData, PyCodeObject } from './codeobject'
import { lineOf } from './codeobject'
import { frameSlots } from './frame-attributes'
import { Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyObject, PyTypeObject, type visitproc } from './object'
import { PyObject_GC_Del, PyObject_GC_IsTracked, PyObject_GC_NewVar, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { _PyTrash_begin, _PyTrash_end } from './object-protocol'
import { _PyRuntime, type ThreadState } from './runtime'
import type { Instantiation } from '../vm/instantiate'

export const FRAME_OWNED_BY_THREAD = 0
export const FRAME_OWNED_BY_GENERATOR = 1
export const FRAME_OWNED_BY_FRAME_OBJECT = 2

export class InterpreterFrame {
  code!: CodeData
  /** The function, code, globals and builtins are owned by the frame; f_locals too (null for optimised code). */
  f_func: PyObject | null = null
  f_code: PyCodeObject
  f_globals!: PyObject
  f_builtins!: PyObject
  f_locals: PyObject | null = null
  /** The frame object, if one was asked for. */
  frame_obj: PyFrameObject | null = null
  previous: InterpreterFrame | null = null
  localsplus: (PyObject | null)[]
  /** Top of the operand stack as index into localsplus; valid while the frame is not executing. */
  sp: number
  /** Index of the instruction being executed (or last executed), -1 before the first. */
  pc = -1
  /** The evaluation loop that runs this frame returns to JavaScript when it ends. */
  isEntry = false
  owner = FRAME_OWNED_BY_THREAD
  /** Frame-trie node of this activation in the event stream, 0 until an event needed it. */
  context = 0
  /** The generator this frame belongs to (owner == FRAME_OWNED_BY_GENERATOR); borrowed. */
  generator: PyObject | null = null
  /** The frame is an `__init__` that a call of its class entered; see vm/instantiate.ts. */
  instantiation: Instantiation | null = null
  /** Keyword names of the call at which a suspended thread stopped. */
  resumeKwnames: PyObject | null = null

  constructor(code: PyCodeObject) {
    this.f_code = code
    this.code = code.v
    this.localsplus = nullArray(code.v.framesize)
    this.sp = code.v.nlocalsplus
  }

  /** Forgets references to what a pooled frame no longer owns. */
  release(): void {
    this.previous = null
  }
}

export interface PyFrameObject extends PyObject { v: FrameData }

/** PyFrameObject's struct. */
export class FrameData {
  f_frame: InterpreterFrame
  f_back: PyFrameObject | null = null
  f_trace: PyObject | null = null
  f_lineno = 0
  f_trace_lines = true
  f_trace_opcodes = false
  f_fast_as_locals = false
  /** The frame object owns the interpreter frame: the call is over. */
  f_owns_frame = false
  constructor(frame: InterpreterFrame) {
    this.f_frame = frame
  }
}

/** Bytes: 136 with the GC head, and a word for each slot of localsplus. */
export const PyFrame_Type = new PyTypeObject('frame', {
  tp_basicsize: 120, tp_itemsize: 8,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: frame_dealloc as (o: PyObject) => void,
  tp_traverse: frame_traverse as (o: PyObject, visit: visitproc) => void,
  tp_clear: frame_tp_clear as (o: PyObject) => void,
})

export function initFrameType(): void {
  Object.assign(PyFrame_Type, frameSlots())
}

/** True before the frame's RESUME has run: such frames are not shown. Mirrors _PyFrame_IsIncomplete. */
export function frameIsIncomplete(frame: InterpreterFrame): boolean {
  return frame.owner !== FRAME_OWNED_BY_GENERATOR && frame.pc < frame.code.firstTraceable
}

/** The innermost complete frame of a thread, or null. */
export function currentCompleteFrame(tstate: ThreadState): InterpreterFrame | null {
  let frame = tstate.frame
  while (frame !== null && frameIsIncomplete(frame)) frame = frame.previous
  return frame
}

/** BORROWED frame object of a frame, made when there is none. Mirrors _PyFrame_GetFrameObject. */
export function frameGetObject(frame: InterpreterFrame): PyFrameObject {
  const known = frame.frame_obj
  if (known !== null) return known
  // _PyFrame_New_NoTrack: a collection may run in here.
  const o = PyObject_GC_NewVar(PyFrame_Type, frame.code.framesize, new FrameData(frame)) as PyFrameObject
  if (frame.frame_obj !== null) {
    // The collection made a frame object for this very frame.
    o.v.f_owns_frame = false
    o.v.f_frame = frame
    PyObject_GC_Del(o)
    return frame.frame_obj
  }
  frame.frame_obj = o
  return o
}

/** Line of a frame now. -1 where the instruction has none. */
export function frameLine(frame: InterpreterFrame): number {
  return lineOf(frame.code, frame.pc)
}

/** Mirrors PyFrame_GetLineNumber. */
export function PyFrame_GetLineNumber(f: PyFrameObject): number {
  return f.v.f_lineno !== 0 ? f.v.f_lineno : frameLine(f.v.f_frame)
}

/** Drops everything a frame owns but its place in memory. Mirrors _PyFrame_Clear. */
export function frameClear(frame: InterpreterFrame): void {
  const f = frame.frame_obj
  if (f !== null) {
    frame.frame_obj = null
    if (f.ob_refcnt > 1) {
      takeOwnership(f, frame)
      Py_XDECREF(f)
      return
    }
    if (--f.ob_refcnt === 0) frame_dealloc(f)
  }
  clearStorage(frame)
}

/** Drops locals, stack, locals dict, function and code. */
function clearStorage(frame: InterpreterFrame): void {
  const storage = frame.localsplus
  const sp = frame.sp
  for (let i = 0; i < sp; i++) {
    const o = storage[i]
    if (o !== null && o !== undefined) {
      storage[i] = null
      if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
    }
  }
  const locals = frame.f_locals
  frame.f_locals = null
  if (locals !== null && --locals.ob_refcnt === 0) locals.ob_type.tp_dealloc(locals)
  const func = frame.f_func
  frame.f_func = null
  if (func !== null && --func.ob_refcnt === 0) func.ob_type.tp_dealloc(func)
  const code = frame.f_code
  if (--code.ob_refcnt === 0) code.ob_type.tp_dealloc(code)
}

/** The frame object outlives the call: it takes the frame over, and links to the caller's. Mirrors take_ownership. */
function takeOwnership(f: PyFrameObject, frame: InterpreterFrame): void {
  const data = f.v
  // The storage itself moves: the dying activation must not be pooled (see eval.ts).
  frame.owner = FRAME_OWNED_BY_FRAME_OBJECT
  data.f_owns_frame = true
  data.f_frame = frame
  let previous = frame.previous
  while (previous !== null && frameIsIncomplete(previous)) previous = previous.previous
  frame.previous = null
  if (previous !== null) {
    // Link frame objects: f_back stays what it was.
    const back = frameGetObject(previous)
    back.ob_refcnt++
    data.f_back = back
  }
  if (!PyObject_GC_IsTracked(f)) PyObject_GC_Track(f)
}

function frame_dealloc(f: PyFrameObject): void {
  if (f.v.f_owns_frame) PyObject_GC_UnTrack(f)
  if (!_PyTrash_begin(f, frame_dealloc as (o: PyObject) => void)) return
  const data = f.v
  let code: PyObject | null = null
  const frame = data.f_frame
  if (data.f_owns_frame) {
    data.f_owns_frame = false
    code = frame.f_code
    const func = frame.f_func
    frame.f_func = null
    Py_XDECREF(func)
    const locals = frame.f_locals
    frame.f_locals = null
    Py_XDECREF(locals)
    const storage = frame.localsplus
    for (let i = 0; i < frame.sp; i++) {
      const o = storage[i]
      if (o) {
        storage[i] = null
        if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      }
    }
  }
  const back = data.f_back
  data.f_back = null
  Py_XDECREF(back)
  const trace = data.f_trace
  data.f_trace = null
  Py_XDECREF(trace)
  PyObject_GC_Del(f)
  Py_XDECREF(code)
  _PyTrash_end()
}

function frame_traverse(f: PyFrameObject, visit: visitproc): void {
  const data = f.v
  if (data.f_back !== null) visit(data.f_back)
  if (data.f_trace !== null) visit(data.f_trace)
  if (data.f_owns_frame) frameTraverse(data.f_frame, visit)
}

/** Visits what a suspended frame holds. Mirrors _PyFrame_Traverse. */
export function frameTraverse(frame: InterpreterFrame, visit: visitproc): void {
  if (frame.frame_obj !== null) visit(frame.frame_obj)
  if (frame.f_locals !== null) visit(frame.f_locals)
  if (frame.f_func !== null) visit(frame.f_func)
  visit(frame.f_code)
  const storage = frame.localsplus
  for (let i = 0; i < frame.sp; i++) {
    const o = storage[i]
    if (o) visit(o)
  }
}

/** Clears locals and stack of a frame that is over. */
export function frame_tp_clear(f: PyFrameObject): void {
  const data = f.v
  const frame = data.f_frame
  const trace = data.f_trace
  data.f_trace = null
  Py_XDECREF(trace)
  const storage = frame.localsplus
  const sp = frame.sp
  frame.sp = frame.code.nlocalsplus
  for (let i = 0; i < sp; i++) {
    const o = storage[i]
    if (o) {
      storage[i] = null
      if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
    }
  }
}

/** NEW reference to the frame object of the running Python code, or null. */
export function PyEval_GetFrame(): PyFrameObject | null {
  const frame = currentCompleteFrame(_PyRuntime.tstate)
  return frame === null ? null : frameGetObject(frame)
}
