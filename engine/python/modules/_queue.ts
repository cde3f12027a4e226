// _queue: SimpleQueue, a list from whose front items are taken. Modules/_queuemodule.c.
//
// Taken places are filled with None and cut off when they are more than half of the list. Threads wait on the list itself
// (vm/threads.ts), not on a lock as in CPython.
import { keptUntilEnd } from '../objects/runtime'
import { TAG_SCRATCH } from '../../memory/events'
import { ArgParser } from '../objects/arg-parser'
import { PyBool_From } from '../objects/boolobject'
import { PyErr_NewExceptionWithDoc, PyErr_Occurred, PyErr_SetNone, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_Check } from '../objects/floatobject'
import { Py_GenericAlias } from '../objects/genericaliasobject'
import { _PyArg_NoKeywords, _PyArg_NoPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyList_Append, PyList_GET_ITEM, PyList_GET_SIZE, PyList_New, PyList_SET_ITEM, PyList_SetSlice } from '../objects/listobject'
import { PyLong_AsLongAndOverflow, PyLong_FromSsize_t, longOverflow } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_AddType, PyModule_Create } from '../objects/moduleobject'
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_MAY_BLOCK, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyObject_IsTrue } from '../objects/object-protocol'
import { PyMem_RawFree, PyMem_RawMalloc, PyObject_GC_Del, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyType_FromModuleAndSpec, type PyTypeSpec } from '../objects/type-spec'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import { READY, SUSPENDED, waitFor } from '../vm/threads'

/** sizeof(sem_t), the lock CPython gives every queue. */
const LOCK_BYTES = 32

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

class QueueData {
  /** Null once cleared. */
  lst: PyObject | null = PyList_New(0)
  readonly lock = PyMem_RawMalloc(LOCK_BYTES, TAG_SCRATCH)
  lst_pos = 0
}

const data = (o: PyObject): QueueData => o.v as QueueData

let EmptyError: PyObject

const size = (o: PyObject): number => PyList_GET_SIZE(data(o).lst!) - data(o).lst_pos

function put(o: PyObject, item: PyObject): PyObject | null {
  return PyList_Append(data(o).lst!, item) < 0 ? null : none()
}

// Mirrors simplequeue_pop_item.
function pop(o: PyObject): PyObject | null {
  const d = data(o)
  const list = d.lst!
  const item = PyList_GET_ITEM(list, d.lst_pos)
  PyList_SET_ITEM(list, d.lst_pos, none())
  d.lst_pos++
  if (d.lst_pos > PyList_GET_SIZE(list) - d.lst_pos) {
    if (PyList_SetSlice(list, 0, d.lst_pos, null) < 0) {
      PyList_SET_ITEM(list, --d.lst_pos, item)
      return null
    }
    d.lst_pos = 0
  }
  return item
}

const TIMEOUT_MAX = 9223372036

/** ns from an object in seconds; -1 with an exception set. */
function timeoutOf(o: PyObject): number {
  let seconds: number
  if (PyFloat_Check(o)) {
    seconds = o.v
    if (Number.isNaN(seconds)) return PyErr_SetString(PyExc_ValueError, 'Invalid value NaN (not a number)'), -1
  } else {
    seconds = PyLong_AsLongAndOverflow(o)
    if (seconds === -1 && longOverflow() === 0 && PyErr_Occurred() !== null) return -1
    if (longOverflow() !== 0) seconds = longOverflow() * Infinity
  }
  if (Math.abs(seconds) > TIMEOUT_MAX) {
    PyErr_SetString(PyExc_OverflowError, PyFloat_Check(o) ? 'timestamp out of range for platform time_t' : 'timestamp too large to convert to C _PyTime_t')
    return -1
  }
  if (seconds < 0) return PyErr_SetString(PyExc_ValueError, '\'timeout\' must be a non-negative number'), -1
  return Math.ceil(seconds * 1e6) * 1000
}

function get(o: PyObject, block: boolean, timeout: PyObject): PyObject | null {
  const ns = !block ? 0 : timeout === Py_None ? Infinity : timeoutOf(timeout)
  if (ns < 0) return null
  const outcome = waitFor(() => size(o) > 0, ns)
  if (outcome === SUSPENDED) return null
  if (outcome === READY) return pop(o)
  PyErr_SetNone(EmptyError)
  return null
}

/** The truth of an argument, true where it is absent; -1 with an exception set. */
const truthOf = (o: PyObject | null): number => o === null ? 1 : PyObject_IsTrue(o)

const putParser = new ArgParser('put', ['item', 'block', 'timeout'])
const putNowaitParser = new ArgParser('put_nowait', ['item'])
const getParser = new ArgParser('get', ['block', 'timeout'])

const FAST = METH_FASTCALL | METH_KEYWORDS

const methods: PyMethodDef[] = [
  { ml_name: 'empty', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_From(size(o) === 0), signature: '($self, /)' },
  {
    ml_name: 'get', ml_flags: FAST | METH_MAY_BLOCK, signature: '($self, /, block=True, timeout=None)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, getParser, 0, 2, 0)
      const block = given === null ? -1 : truthOf(given[0]!)
      return block < 0 ? null : get(o, block > 0, given![1] ?? Py_None)
    },
  },
  {
    ml_name: 'get_nowait', ml_flags: FAST, signature: '($self, /)',
    ml_meth: (o: PyObject, _args: PyObject[], nargs: number, kwnames: PyObject | null) =>
      nargs > 0 || kwnames !== null ? PyErr_SetString(PyExc_TypeError, 'get_nowait() takes no arguments') : get(o, false, Py_None),
  },
  {
    ml_name: 'put', ml_flags: FAST, signature: '($self, /, item, block=True, timeout=None)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, putParser, 1, 3, 0)
      return given === null || truthOf(given[1]!) < 0 ? null : put(o, given[0]!)
    },
  },
  {
    ml_name: 'put_nowait', ml_flags: FAST, signature: '($self, /, item)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, putNowaitParser, 1, 1, 0)
      return given === null ? null : put(o, given[0]!)
    },
  },
  { ml_name: 'qsize', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromSsize_t(size(o)), signature: '($self, /)' },
  { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item) },
]

function clear(o: PyObject): void {
  const list = (o.v as QueueData | null)?.lst ?? null
  if (list !== null) data(o).lst = null
  Py_XDECREF(list)
}

const queueSpec: PyTypeSpec = {
  name: '_queue.SimpleQueue', tp_basicsize: 56, weakrefs: true, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_doc: 'Simple, unbounded, reentrant FIFO queue.',
  tp_new: (type, args, kwargs) => {
    if (type.tp_new === queueSpec.tp_new && type.tp_init === type.tp_base!.tp_init
      && (!_PyArg_NoPositional('SimpleQueue', args) || !_PyArg_NoKeywords('SimpleQueue', kwargs))) return null
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new QueueData()
    return o
  },
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => {
    const type = o.ob_type
    PyObject_GC_UnTrack(o)
    if (o.v !== null) PyMem_RawFree(data(o).lock)
    clear(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    type.tp_free!(o)
    Py_DECREF(type)
  },
  tp_traverse: (o, visit) => {
    if (o.v !== null && data(o).lst !== null) visit(data(o).lst!)
    visit(o.ob_type)
  },
  tp_clear: clear,
  tp_methods: methods,
}

export function PyInit__queue(): PyObject | null {
  const module = PyModule_Create('_queue', [])
  if (module === null) return null
  const error = PyErr_NewExceptionWithDoc('_queue.Empty', 'Exception raised by Queue.get(block=0)/get_nowait().')
  if (error === null) return null
  EmptyError = keptUntilEnd(error)
  PyModule_AddObjectRef(module, 'Empty', error)
  const type = PyType_FromModuleAndSpec(module, queueSpec, null) as PyTypeObject | null
  return type === null || PyModule_AddType(module, keptUntilEnd(type)) < 0 ? null : module
}
