// What the cyclic collector needs of objects: the host interface of engine/memory/gc-host.ts.
import type { GcHost } from '../../memory/gc-host'
import { _PyAsyncGen_ClearFreeLists } from './asyncgenobject'
import { _PyDict_ClearFreeList, dictCanBeUntracked, PyDict_CheckExact } from './dictobject'
import { PyErr_Occurred, PyErr_WriteUnraisable } from './errors'
import { _PyFloat_ClearFreeList } from './floatobject'
import { PyList_Append, PyList_CheckExact, _PyList_ClearFreeList } from './listobject'
import { PyObject_CallOneArg } from './call'
import { Py_DECREF, type PyObject, type visitproc } from './object'
import { _PyGC_FINALIZED, _PyGC_SET_FINALIZED } from './object-protocol'
import { _PyRuntime } from './runtime'
import { PyTuple_CheckExact, _PyTuple_ClearFreeList, tupleCanBeUntracked } from './tupleobject'
import { _PyWeakref_ClearRef, PyWeakref_Check, type WeakrefData } from './weakrefobject'

/** gc.garbage and gc.callbacks: list objects made by the gc module, null until then. */
export const gcLists: { garbage: PyObject | null, callbacks: PyObject | null } = { garbage: null, callbacks: null }

/** Calls gc.callbacks; set by the gc module. */
export const gcCallbacks: { invoke: ((phase: 'start' | 'stop', generation: number, collected: number, uncollectable: number) => void) | null } = {
  invoke: null,
}

export const gcHost: GcHost<PyObject> = {
  traverse(o: PyObject, visit: visitproc): void {
    o.ob_type.tp_traverse!(o, visit)
  },
  clear(o: PyObject): void {
    const clear = o.ob_type.tp_clear
    if (clear === null) return
    o.ob_refcnt++
    clear(o)
    if (PyErr_Occurred() !== null) PyErr_WriteUnraisable(o)
    Py_DECREF(o)
  },
  hasLegacyFinalizer: o => o.ob_type.tp_del !== null,
  needsFinalizer: o => o.ob_type.tp_finalize !== null && !_PyGC_FINALIZED(o),
  finalize(o: PyObject): void {
    _PyGC_SET_FINALIZED(o)
    o.ob_type.tp_finalize!(o)
  },
  canUntrackTuple: o => PyTuple_CheckExact(o) && tupleCanBeUntracked(o),
  canUntrackDict: o => PyDict_CheckExact(o) && dictCanBeUntracked(o),
  clearWeakrefs(o: PyObject, withCallback: PyObject[]): void {
    if (PyWeakref_Check(o)) _PyWeakref_ClearRef(o)
    for (let w = o.weaklist; w !== null; w = o.weaklist) {
      _PyWeakref_ClearRef(w)
      if ((w.v as WeakrefData).wr_callback !== null) withCallback.push(w)
    }
  },
  callWeakrefCallback(reference: PyObject): void {
    const callback = (reference.v as WeakrefData).wr_callback
    if (callback === null) return
    const result = PyObject_CallOneArg(callback, reference)
    if (result === null) PyErr_WriteUnraisable(callback)
    else Py_DECREF(result)
  },
  incref(o: PyObject): void {
    o.ob_refcnt++
  },
  decref: Py_DECREF,
  appendGarbage(o: PyObject): void {
    if (gcLists.garbage !== null && PyList_CheckExact(gcLists.garbage)) PyList_Append(gcLists.garbage, o)
  },
  clearFreeLists(): void {
    // In the order of clear_freelists, Modules/gcmodule.c.
    _PyTuple_ClearFreeList()
    _PyFloat_ClearFreeList()
    _PyList_ClearFreeList()
    _PyDict_ClearFreeList()
    _PyAsyncGen_ClearFreeLists()
    contextFreeLists.clear?.()
  },
  errorOccurred: () => _PyRuntime.tstate.curexc_type !== null,
  callback: (phase, generation, collected, uncollectable) => gcCallbacks.invoke?.(phase, generation, collected, uncollectable),
  reportError(): void {
    if (PyErr_Occurred() !== null) PyErr_WriteUnraisable(null)
  },
  debugMessage(text: string): void {
    _PyRuntime.io.write(2, new TextEncoder().encode(text))
  },
  describe: o => `${o.ob_type.tp_name} 0x${_PyRuntime.process.toAddress(o.addr).toString(16)}`,
}

/** Registered by the _contextvars module: its free list is emptied with the others. */
export const contextFreeLists: { clear: (() => void) | null, length: () => number } = { clear: null, length: () => 0 }
