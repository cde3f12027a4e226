// Asynchronous generators: the generator itself and the awaitables that its methods return. Second half of
// Objects/genobject.c.
//
// A value that the body yields is wrapped (ASYNC_GEN_WRAP), so that it can be told from what the event loop awaits;
// unwrapping raises StopIteration(value) towards the awaiting frame.
import { PyObject_CallOneArg } from './call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetNone, PyErr_SetString } from './errors'
import { PyExc_GeneratorExit, PyExc_RuntimeError, PyExc_StopAsyncIteration, PyExc_StopIteration, PyExc_ValueError } from './exceptions'
import {
  FRAME_EXECUTING, type GenData, _PyGen_Finalize, _PyGen_SetStopIterationValue, frameAttributes,
  gen_dealloc, gen_repr, gen_send_ex, gen_throw_parts, gen_traverse,
} from './genobject'
import { PyLong_FromSsize_t } from './longobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, PyObject, type PyMethodDef, PyTypeObject, genericGetAttr
} from './object'
import { PyObject_SelfIter } from './object-protocol'
import { FreeList, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyBool_FromLong } from './boolobject'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import type { CodeData } from './codeobject'

const gen = (o: PyObject): GenData => o.v as GenData

const attributes = frameAttributes('ag', 'ag_await')

export const PyAsyncGen_Type: PyTypeObject = new PyTypeObject('async_generator', {
  tp_basicsize: 152, tp_itemsize: 8, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => gen_dealloc(o),
  tp_repr: o => gen_repr(o),
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => gen_traverse(o, visit),
  am_aiter: o => PyObject_SelfIter(o),
  am_anext: o => initHooks(o) ? null : newSend(o, null),
  tp_finalize: o => _PyGen_Finalize(o),
  tp_methods: [
    { ml_name: 'asend', ml_flags: METH_O, ml_meth: (o: PyObject, value: PyObject) => initHooks(o) ? null : newSend(o, value) },
    {
      ml_name: 'athrow', ml_flags: METH_FASTCALL,
      ml_meth: (o: PyObject, args: PyObject[], n: number) => initHooks(o) ? null : newThrow(o, args.slice(0, n)),
    },
    { ml_name: 'aclose', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => initHooks(o) ? null : newThrow(o, null) },
    {
      ml_name: '__sizeof__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => PyLong_FromSsize_t(152 + 8 * (gen(o).gi_code.v as CodeData).framesize),
    },
  ],
  tp_getset: attributes.getset,
  tp_members: [
    ...attributes.members,
    { name: 'ag_running', get: o => PyBool_FromLong(gen(o).ag_running_async ? 1 : 0) },
  ],
})

/** Tells the event loop of a generator at its first use: true with an exception set. Mirrors async_gen_init_hooks. */
function initHooks(o: PyObject): boolean {
  const g = gen(o)
  if (g.ag_hooks_inited) return false
  g.ag_hooks_inited = true
  const tstate = _PyRuntime.tstate
  const finalizer = tstate.async_gen_finalizer
  if (finalizer !== null) {
    finalizer.ob_refcnt++
    g.origin_or_finalizer = finalizer
  }
  const first = tstate.async_gen_firstiter
  if (first === null) return false
  first.ob_refcnt++
  const result = PyObject_CallOneArg(first, o)
  Py_DECREF(first)
  if (result === null) return true
  Py_DECREF(result)
  return false
}

// ---- wrapped values ------------------------------------------------------------------------------------------------

const wrappedFree = new FreeList(80)
const sendFree = new FreeList(80)

/** Frees both lists, as a full collection does. Mirrors _PyAsyncGen_ClearFreeLists. */
export function _PyAsyncGen_ClearFreeLists(): void {
  wrappedFree.clear()
  sendFree.clear()
}

/** Lengths of the free lists: wrapped values, asend objects. */
export function asyncGenFreeLists(): [number, number] {
  return [wrappedFree.length, sendFree.length]
}

export const _PyAsyncGenWrappedValue_Type: PyTypeObject = new PyTypeObject('async_generator_wrapped_value', {
  tp_basicsize: 24,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const value = o.v as PyObject
    o.v = null
    Py_XDECREF(value)
    if (!wrappedFree.put(o)) PyObject_GC_Del(o)
  },
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => visit(o.v as PyObject),
})

/** NEW wrapper of a yielded value. */
export function _PyAsyncGenValueWrapperNew(value: PyObject): PyObject {
  const o = wrappedFree.take() ?? PyObject_GC_New(_PyAsyncGenWrappedValue_Type, null)
  value.ob_refcnt++
  o.v = value
  PyObject_GC_Track(o)
  return o
}

/** The outcome of a step: a wrapped value becomes StopIteration(value); STEALS. Mirrors async_gen_unwrap_value. */
function unwrap(g: GenData, result: PyObject | null): PyObject | null {
  if (result === null) {
    if (PyErr_Occurred() === null) PyErr_SetNone(PyExc_StopAsyncIteration)
    if (PyErr_ExceptionMatches(PyExc_StopAsyncIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit)) g.ag_closed = true
    g.ag_running_async = false
    return null
  }
  if (result.ob_type === _PyAsyncGenWrappedValue_Type) {
    _PyGen_SetStopIterationValue(result.v as PyObject)
    Py_DECREF(result)
    g.ag_running_async = false
    return null
  }
  return result
}

// ---- asend / __anext__ --------------------------------------------------------------------------------------------------

const INIT = 0
const ITER = 1
const CLOSED = 2

class SendData {
  gen: PyObject
  /** Value to send, null for __anext__. */
  value: PyObject | null
  state = INIT
  constructor(generator: PyObject, value: PyObject | null) {
    this.gen = generator
    this.value = value
  }
}

const send = (o: PyObject): SendData => o.v as SendData

function newSend(generator: PyObject, value: PyObject | null): PyObject {
  const o = sendFree.take() ?? PyObject_GC_New(_PyAsyncGenASend_Type, null)
  generator.ob_refcnt++
  if (value !== null) value.ob_refcnt++
  o.v = new SendData(generator, value)
  PyObject_GC_Track(o)
  return o
}

function asend_send(o: PyObject, arg: PyObject): PyObject | null {
  const s = send(o)
  const g = gen(s.gen)
  if (s.state === CLOSED) {
    PyErr_SetString(PyExc_RuntimeError, 'cannot reuse already awaited __anext__()/asend()')
    return null
  }
  let value: PyObject = arg
  if (s.state === INIT) {
    if (g.ag_running_async) {
      PyErr_SetString(PyExc_RuntimeError, 'anext(): asynchronous generator is already running')
      return null
    }
    if (arg === Py_None) value = s.value ?? Py_None
    s.state = ITER
  }
  g.ag_running_async = true
  const result = unwrap(g, gen_send_ex(s.gen, value, false, false))
  if (result === null) s.state = CLOSED
  return result
}

function asend_throw(o: PyObject, args: PyObject[], n: number): PyObject | null {
  const s = send(o)
  if (s.state === CLOSED) {
    PyErr_SetString(PyExc_RuntimeError, 'cannot reuse already awaited __anext__()/asend()')
    return null
  }
  const result = unwrap(gen(s.gen), throwArgs(s.gen, args, n, false))
  if (result === null) s.state = CLOSED
  return result
}

function throwArgs(generator: PyObject, args: PyObject[], n: number, closeOnExit: boolean): PyObject | null {
  if (n < 1 || n > 3) {
    PyErr_Format(PyExc_ValueError, 'throw() takes from 1 to 3 arguments')
    return null
  }
  return gen_throw_parts(generator, closeOnExit, args[0]!, n > 1 ? args[1]! : null, n > 2 ? args[2]! : null)
}

const sendMethods: PyMethodDef[] = [
  { ml_name: 'send', ml_flags: METH_O, ml_meth: asend_send },
  { ml_name: 'throw', ml_flags: METH_FASTCALL, ml_meth: asend_throw },
  { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (send(o).state = CLOSED, none()) },
]

function none(): PyObject {
  Py_None.ob_refcnt++
  return Py_None
}

export const _PyAsyncGenASend_Type: PyTypeObject = new PyTypeObject('async_generator_asend', {
  tp_basicsize: 40,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const s = send(o)
    o.v = null
    Py_DECREF(s.gen)
    Py_XDECREF(s.value)
    if (!sendFree.put(o)) PyObject_GC_Del(o)
  },
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => {
    visit(send(o).gen)
    if (send(o).value !== null) visit(send(o).value!)
  },
  am_await: o => PyObject_SelfIter(o),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => asend_send(o, Py_None),
  tp_methods: sendMethods,
})

// ---- athrow / aclose ---------------------------------------------------------------------------------------------------------

class ThrowData {
  gen: PyObject
  /** Arguments of athrow, null for aclose. */
  args: PyObject[] | null
  state = INIT
  constructor(generator: PyObject, args: PyObject[] | null) {
    this.gen = generator
    this.args = args
  }
}

const thrower = (o: PyObject): ThrowData => o.v as ThrowData

function newThrow(generator: PyObject, args: PyObject[] | null): PyObject {
  generator.ob_refcnt++
  if (args !== null) for (const a of args) a.ob_refcnt++
  const o = PyObject_GC_New(_PyAsyncGenAThrow_Type, new ThrowData(generator, args))
  PyObject_GC_Track(o)
  return o
}

const IGNORED_EXIT = 'async generator ignored GeneratorExit'

/** Mirrors async_gen_athrow_send. */
function athrow_send(o: PyObject, arg: PyObject): PyObject | null {
  const t = thrower(o)
  const g = gen(t.gen)
  if (t.state === CLOSED || (g.gi_frame_state > FRAME_EXECUTING)) {
    if (t.state === CLOSED) PyErr_SetString(PyExc_RuntimeError, 'cannot reuse already awaited aclose()/athrow()')
    else {
      t.state = CLOSED
      PyErr_SetNone(PyExc_StopIteration)
    }
    return null
  }
  let result: PyObject | null
  if (t.state === INIT) {
    if (g.ag_running_async) {
      t.state = CLOSED
      PyErr_SetString(PyExc_RuntimeError, `${t.args === null ? 'aclose' : 'athrow'}(): asynchronous generator is already running`)
      return null
    }
    if (g.ag_closed) {
      t.state = CLOSED
      PyErr_SetNone(PyExc_StopAsyncIteration)
      return null
    }
    if (arg !== Py_None) {
      PyErr_SetString(PyExc_RuntimeError, "can't send non-None value to a just-started coroutine")
      return null
    }
    t.state = ITER
    g.ag_running_async = true
    if (t.args === null) {
      g.ag_closed = true
      result = gen_throw_parts(t.gen, false, PyExc_GeneratorExit, null, null)
      if (result !== null && result.ob_type === _PyAsyncGenWrappedValue_Type) {
        Py_DECREF(result)
        return yieldedInClose(t, g)
      }
    } else result = unwrap(g, throwArgs(t.gen, t.args, t.args.length, false))
    if (result === null) return checkError(t, g)
    return result
  }
  result = gen_send_ex(t.gen, arg, false, false)
  if (t.args !== null) {
    result = unwrap(g, result)
    return result ?? checkError(t, g, true)
  }
  if (result === null) return checkError(t, g)
  if (result.ob_type === _PyAsyncGenWrappedValue_Type) {
    Py_DECREF(result)
    return yieldedInClose(t, g)
  }
  return result
}

function yieldedInClose(t: ThrowData, g: GenData): null {
  g.ag_running_async = false
  t.state = CLOSED
  PyErr_SetString(PyExc_RuntimeError, IGNORED_EXIT)
  return null
}

/** The step failed: for aclose the expected exceptions end the await quietly. */
function checkError(t: ThrowData, g: GenData, unwrapped = false): null {
  if (!unwrapped) g.ag_running_async = false
  t.state = CLOSED
  if (t.args === null && (PyErr_ExceptionMatches(PyExc_StopAsyncIteration) || PyErr_ExceptionMatches(PyExc_GeneratorExit))) {
    PyErr_Clear()
    PyErr_SetNone(PyExc_StopIteration)
  }
  return null
}

function athrow_throw(o: PyObject, args: PyObject[], n: number): PyObject | null {
  const t = thrower(o)
  const g = gen(t.gen)
  if (t.state === CLOSED) {
    PyErr_SetString(PyExc_RuntimeError, 'cannot reuse already awaited aclose()/athrow()')
    return null
  }
  const result = throwArgs(t.gen, args, n, false)
  if (t.args !== null) return unwrap(g, result)
  if (result !== null && result.ob_type === _PyAsyncGenWrappedValue_Type) {
    Py_DECREF(result)
    return yieldedInClose(t, g)
  }
  return result ?? checkError(t, g)
}

export const _PyAsyncGenAThrow_Type: PyTypeObject = new PyTypeObject('async_generator_athrow', {
  tp_basicsize: 40,
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const t = thrower(o)
    Py_DECREF(t.gen)
    if (t.args !== null) for (const a of t.args) Py_DECREF(a)
    PyObject_GC_Del(o)
  },
  tp_getattro: genericGetAttr,
  tp_traverse: (o, visit) => {
    visit(thrower(o).gen)
    const args = thrower(o).args
    if (args !== null) args.forEach(visit)
  },
  am_await: o => PyObject_SelfIter(o),
  tp_iter: o => PyObject_SelfIter(o),
  tp_iternext: o => athrow_send(o, Py_None),
  tp_methods: [
    { ml_name: 'send', ml_flags: METH_O, ml_meth: athrow_send },
    { ml_name: 'throw', ml_flags: METH_FASTCALL, ml_meth: athrow_throw },
    { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (thrower(o).state = CLOSED, none()) },
  ],
})

