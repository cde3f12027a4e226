// Attributes and methods of frame objects: f_back, f_locals, f_lineno, clear() …
import { CO_FAST_CELL, CO_FAST_FREE, CO_OPTIMIZED } from '../bytecode/code'
import { PyBool_FromLong } from './boolobject'
import { PyCell_Type } from './cellobject'
import { PyDict_New } from './dictobject'
import { PyObject_DelItem, PyObject_GetItem, PyObject_SetItem } from './abstract'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_AttributeError, PyExc_KeyError, PyExc_RuntimeError, PyExc_ValueError } from './exceptions'
import {
  FRAME_OWNED_BY_GENERATOR, PyFrame_GetLineNumber, frameGetObject, frameIsIncomplete, frame_tp_clear, type FrameData,
  type InterpreterFrame, type PyFrameObject,
} from './frameobject'
import { FRAME_EXECUTING, _PyGen_Finalize, type GenData } from './genobject'
import { PyLong_FromLong, PyLong_FromSsize_t } from './longobject'
import { METH_NOARGS, Py_DECREF, Py_XDECREF, PyObject, type TypeSpec, genericGetAttr } from './object'
import { PyObject_GenericSetAttr } from './object-protocol'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { PyUnicode_AsString, PyUnicode_FromString } from './unicodeobject'

const f = (o: PyObject): FrameData => o.v as FrameData
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

/** NEW frame object of the caller, or null. Mirrors PyFrame_GetBack. */
export function PyFrame_GetBack(frame: PyFrameObject): PyFrameObject | null {
  let back = frame.v.f_back
  if (back === null) {
    let previous = frame.v.f_frame.previous
    while (previous !== null && frameIsIncomplete(previous)) previous = previous.previous
    if (previous !== null) back = frameGetObject(previous)
  }
  if (back !== null) back.ob_refcnt++
  return back
}

/** The value a slot of localsplus stands for (what is in the cell, for cells that were made); BORROWED. */
function slotValue(frame: InterpreterFrame, i: number): PyObject | null {
  const value = frame.localsplus[i]!
  const kind = frame.code.code.co_localspluskinds[i]!
  if (value === null) return null
  if ((kind & CO_FAST_FREE) !== 0) return value.ob_type === PyCell_Type ? value.v.ob_ref as PyObject | null : value
  // MAKE_CELL may not have run yet.
  if ((kind & CO_FAST_CELL) !== 0 && value.ob_type === PyCell_Type && frame.pc >= frame.code.firstTraceable - 1) {
    return value.v.ob_ref as PyObject | null
  }
  return value
}

/** A suspended generator that never ran has its free variables in the function only. */
function freeVariable(frame: InterpreterFrame, i: number): PyObject | null {
  const closure = frame.f_func?.v.func_closure as PyObject | null
  if (closure === null || closure === undefined) return null
  const first = frame.code.nlocalsplus - frame.code.nfreevars
  return (closure.v as PyObject[])[i - first]?.v.ob_ref as PyObject | null ?? null
}

/** Writes the fast locals into f_locals (made if there is none): 0, or -1. Mirrors _PyFrame_FastToLocalsWithError. */
export function _PyFrame_FastToLocals(frame: InterpreterFrame): number {
  let locals = frame.f_locals
  if (locals === null) locals = frame.f_locals = PyDict_New()
  const code = frame.code
  for (let i = 0; i < code.nlocalsplus; i++) {
    const kind = code.code.co_localspluskinds[i]!
    // A class body reads its free variables through its namespace.
    if ((kind & CO_FAST_FREE) !== 0 && (code.co_flags & CO_OPTIMIZED) === 0) continue
    const name = code.localNames[i]!
    const value = (kind & CO_FAST_FREE) !== 0 && frame.localsplus[i] === null ? freeVariable(frame, i) : slotValue(frame, i)
    if (value === null) {
      if (PyObject_DelItem(locals, name) !== 0) {
        if (!PyErr_ExceptionMatches(PyExc_KeyError)) return -1
        PyErr_Clear()
      }
    } else if (PyObject_SetItem(locals, name, value) !== 0) return -1
  }
  return 0
}

/** Writes f_locals back into the fast locals. Mirrors _PyFrame_LocalsToFast. */
export function _PyFrame_LocalsToFast(frame: InterpreterFrame, clear: boolean): void {
  const locals = frame.f_locals
  const code = frame.code
  if (locals === null) return
  for (let i = 0; i < code.nlocalsplus; i++) {
    const kind = code.code.co_localspluskinds[i]!
    if ((kind & CO_FAST_FREE) !== 0 && (code.co_flags & CO_OPTIMIZED) === 0) continue
    const value = PyObject_GetItem(locals, code.localNames[i]!)
    if (value === null) {
      PyErr_Clear()
      if (!clear) continue
    }
    const slot = frame.localsplus[i]!
    if ((kind & (CO_FAST_CELL | CO_FAST_FREE)) !== 0 && slot !== null && slot.ob_type === PyCell_Type) {
      const old = slot.v.ob_ref as PyObject | null
      if (old !== value) {
        slot.v.ob_ref = value
        Py_XDECREF(old)
      } else Py_XDECREF(value)
    } else if (slot !== value) {
      frame.localsplus[i] = value
      Py_XDECREF(slot)
    } else Py_XDECREF(value)
  }
}

/** NEW reference to the locals mapping of a frame. Mirrors PyFrame_GetLocals. */
export function PyFrame_GetLocals(frame: PyFrameObject): PyObject | null {
  if (_PyFrame_FastToLocals(frame.v.f_frame) < 0) return null
  return ref(frame.v.f_frame.f_locals!)
}

function frame_clear(o: PyObject): PyObject | null {
  const frame = f(o).f_frame
  if (frame.owner === FRAME_OWNED_BY_GENERATOR && frame.generator !== null) {
    const gen = frame.generator
    const state = (gen.v as GenData).gi_frame_state
    if (state === FRAME_EXECUTING) return running()
    _PyGen_Finalize(gen)
  } else if (!f(o).f_owns_frame) return running()
  else frame_tp_clear(o as PyFrameObject)
  return ref(Py_None)
}

function running(): null {
  PyErr_SetString(PyExc_RuntimeError, 'cannot clear an executing frame')
  return null
}

function frame_repr(o: PyObject): PyObject {
  const code = f(o).f_frame.code
  const address = _PyRuntime.process.toAddress(o.addr).toString(16)
  return PyUnicode_FromString(
    `<frame at 0x${address}, file '${PyUnicode_AsString(code.co_filename)}', line ${PyFrame_GetLineNumber(o as PyFrameObject)}, code ${PyUnicode_AsString(code.co_name)}>`)
}

function flag(name: string, field: 'f_trace_lines' | 'f_trace_opcodes'): NonNullable<TypeSpec['tp_members']>[number] {
  return {
    name,
    get: o => PyBool_FromLong(f(o)[field] ? 1 : 0),
    set: (o, value) => {
      f(o)[field] = value !== null && value.v === 1
      return 0
    },
  }
}

function setLine(o: PyObject, value: PyObject | null): number {
  if (value === null) {
    PyErr_SetString(PyExc_AttributeError, 'cannot delete attribute')
    return -1
  }
  if (f(o).f_trace === null) {
    PyErr_Format(PyExc_ValueError, 'f_lineno can only be set by a trace function')
    return -1
  }
  PyErr_Format(PyExc_ValueError, "can't jump from this event")
  return -1
}

function lineOrNone(o: PyObject): PyObject {
  const line = PyFrame_GetLineNumber(o as PyFrameObject)
  return line < 0 ? ref(Py_None) : PyLong_FromLong(line)
}

export function frameSlots(): Partial<TypeSpec> {
  return {
    tp_getattro: genericGetAttr,
    tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
    tp_repr: frame_repr,
    tp_methods: [
      { ml_name: 'clear', ml_flags: METH_NOARGS, ml_meth: frame_clear },
      {
        ml_name: '__sizeof__', ml_flags: METH_NOARGS,
        ml_meth: (o: PyObject) => PyLong_FromSsize_t(120 + 8 * f(o).f_frame.code.framesize),
      },
    ],
    tp_members: [flag('f_trace_lines', 'f_trace_lines')],
    tp_getset: [
      { name: 'f_back', get: o => PyFrame_GetBack(o as PyFrameObject) ?? ref(Py_None) },
      { name: 'f_locals', get: o => PyFrame_GetLocals(o as PyFrameObject) },
      { name: 'f_lineno', get: lineOrNone, set: setLine },
      {
        name: 'f_trace',
        get: o => ref(f(o).f_trace ?? Py_None),
        set: (o, value) => {
          const old = f(o).f_trace
          f(o).f_trace = value === Py_None || value === null ? null : ref(value)
          Py_XDECREF(old)
          return 0
        },
      },
      { name: 'f_lasti', get: o => PyLong_FromLong(f(o).f_frame.pc < 0 ? -1 : f(o).f_frame.code.offsets[f(o).f_frame.pc]! * 2) },
      { name: 'f_globals', get: o => ref(f(o).f_frame.f_globals) },
      { name: 'f_builtins', get: o => ref(f(o).f_frame.f_builtins) },
      { name: 'f_code', get: o => ref(f(o).f_frame.f_code) },
      { ...flag('f_trace_opcodes', 'f_trace_opcodes') },
    ],
  }
}

