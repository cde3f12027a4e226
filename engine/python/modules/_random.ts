// _random: the Mersenne Twister behind random.Random. Modules/_randommodule.c.
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_FromDouble } from '../objects/floatobject'
import { PyArg_UnpackTuple, _PyArg_CheckPositional, _PyArg_NoKeywords } from '../objects/getargs'
import {
  PyLong_AsBigInt, PyLong_AsInt, PyLong_AsLong, PyLong_AsUnsignedLong, PyLong_Check, PyLong_FromBigInt, PyLong_FromLong, PyLong_FromUnsignedLong, PyLong_Type,
  _PyLong_FromByteArray, _PyLong_NumBits,
} from '../objects/longobject'
import { PyModule_AddType, PyModule_Create } from '../objects/moduleobject'
import { HASH, METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, type PyObject, type PyTypeObject } from '../objects/object'
import { PyObject_Hash } from '../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyObject_Free } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyTuple_Check, PyTuple_New, PyTuple_SET_ITEM } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec, type PyTypeSpec } from '../objects/type-spec'
import { PyType_GenericAlloc } from '../objects/typeobject'
import { TAG_NONE } from '../../memory/events'
import { MersenneTwister } from '../lib/mersenne-twister'
import { randomBytes } from './posix/process'

const WORDS = 624
const twister = (o: PyObject): MersenneTwister => o.v as MersenneTwister
let randomType: PyTypeObject

// Mirrors random_seed.
/** 0, or -1 with an exception set. */
function seed(o: PyObject, arg: PyObject | null): number {
  if (arg === null || arg === Py_None) {
    // The system's entropy, which the sandbox makes the same in every run.
    twister(o).seedArray(new Uint32Array(randomBytes(WORDS * 4).slice().buffer))
    return 0
  }
  let n: PyObject | null
  if (PyLong_Check(arg)) {
    // int's own method, since that of a subclass may return anything.
    n = PyLong_Type.nb_absolute!(arg)
  } else {
    if (PyObject_Hash(arg) === -1) return -1
    n = PyLong_FromBigInt((BigInt(HASH[1]! >>> 0) << 32n) | BigInt(HASH[0]! >>> 0))
  }
  if (n === null) return -1
  const bits = _PyLong_NumBits(n)
  const key = PyMem_Malloc(4 * (bits === 0 ? 1 : Math.floor((bits - 1) / 32) + 1), TAG_NONE)
  if (key === 0) return Py_DECREF(n), -1
  twister(o).seedInt(n.v as number | bigint)
  Py_DECREF(n)
  PyMem_Free(key)
  return 0
}

function init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (o.ob_type === randomType || o.ob_type.tp_init === randomType.tp_init) if (!_PyArg_NoKeywords('Random', kwargs)) return -1
  const items = PyArg_UnpackTuple(args, 'Random', 0, 1)
  return items === null ? -1 : seed(o, items[0] ?? null)
}

function getstate(o: PyObject): PyObject {
  const { state, index } = twister(o)
  const result = PyTuple_New(WORDS + 1)
  for (let i = 0; i < WORDS; i++) PyTuple_SET_ITEM(result, i, PyLong_FromUnsignedLong(state[i]!))
  PyTuple_SET_ITEM(result, WORDS, PyLong_FromLong(index))
  return result
}

function setstate(o: PyObject, state: PyObject): PyObject | null {
  if (!PyTuple_Check(state)) return PyErr_SetString(PyExc_TypeError, 'state vector must be a tuple')
  const items = state.v
  if (items.length !== WORDS + 1) return PyErr_SetString(PyExc_ValueError, 'state vector is the wrong size')
  const words = new Uint32Array(WORDS)
  for (let i = 0; i < WORDS; i++) {
    const word = PyLong_AsUnsignedLong(items[i]!)
    if (word === -1 && PyErr_Occurred() !== null) return null
    words[i] = typeof items[i]!.v === 'bigint' ? Number(PyLong_AsBigInt(items[i]!) & 0xffffffffn) : word
  }
  const index = PyLong_AsLong(items[WORDS]!)
  if (index === -1 && PyErr_Occurred() !== null) return null
  if (index < 0 || index > WORDS) return PyErr_SetString(PyExc_ValueError, 'invalid state')
  twister(o).index = index
  twister(o).state.set(words)
  Py_None.ob_refcnt++
  return Py_None
}

function getrandbits(o: PyObject, arg: PyObject): PyObject | null {
  const k = PyLong_AsInt(arg)
  if (k === -1 && PyErr_Occurred() !== null) return null
  if (k < 0) return PyErr_SetString(PyExc_ValueError, 'number of bits must be non-negative')
  if (k <= 32) return PyLong_FromUnsignedLong(twister(o).getrandbits(k) as number)
  const size = (Math.floor((k - 1) / 32) + 1) * 4
  const words = PyMem_Malloc(size, TAG_NONE)
  if (words === 0) return null
  const view = new DataView(new ArrayBuffer(size))
  for (let i = 0, left = k; i < size; i += 4, left -= 32) view.setUint32(i, twister(o).getrandbits(Math.min(left, 32)) as number, true)
  const result = _PyLong_FromByteArray(new Uint8Array(view.buffer), true, false)
  PyMem_Free(words)
  return result
}

const randomSpec: PyTypeSpec = {
  name: '_random.Random', tp_basicsize: 2520, tp_flags: Py_TPFLAGS_BASETYPE, tp_doc: 'Random() -> create a random number generator with its own internal state.',
  tp_new: type => {
    const o = PyType_GenericAlloc(type, 0)
    if (o !== null) o.v = new MersenneTwister()
    return o
  },
  tp_init: init,
  tp_free: PyObject_Free,
  tp_methods: [
    { ml_name: 'random', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyFloat_FromDouble(twister(o).random()), signature: '($self, /)' },
    {
      ml_name: 'seed', ml_flags: METH_FASTCALL, signature: '($self, n=None, /)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
        if (!_PyArg_CheckPositional('seed', nargs, 0, 1) || seed(o, nargs > 0 ? args[0]! : null) < 0) return null
        Py_None.ob_refcnt++
        return Py_None
      },
    },
    { ml_name: 'getstate', ml_flags: METH_NOARGS, ml_meth: getstate, signature: '($self, /)' },
    { ml_name: 'setstate', ml_flags: METH_O, ml_meth: setstate, signature: '($self, state, /)' },
    { ml_name: 'getrandbits', ml_flags: METH_O, ml_meth: getrandbits, signature: '($self, k, /)' },
  ],
}

export function PyInit__random(): PyObject | null {
  const module = PyModule_Create('_random', [])
  const type = PyType_FromModuleAndSpec(module, randomSpec, null)
  if (type === null) return null
  randomType = type as PyTypeObject
  PyModule_AddType(module, randomType)
  Py_DECREF(type)
  return module
}
