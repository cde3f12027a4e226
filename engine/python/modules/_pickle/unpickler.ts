// _pickle.Unpickler.
import { UnpicklerData } from './input'
import { load } from './load'
import { initMethodRef, newProxy, persistentFunction, proxyType, setPersistentFunction } from './pickler'
import { getattribute } from './save-global'
import { ref, state } from './state'
import { PyImport_Import } from '../import'
import { PySys_Audit } from '../sysmodule'
import { PyObject_GetIter } from '../../objects/abstract'
import { ArgParser } from '../../objects/arg-parser'
import { DICT_ENTRY, PyDict_Check, PyDict_GET_SIZE, PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsSsize_t, PyLong_Check, PyLong_FromSsize_t } from '../../objects/longobject'
import { PyBuffer_Release } from '../../objects/memoryobject'
import {
  METH_FASTCALL, METH_NOARGS, PyTypeObject, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE, Py_XDECREF,
  type PyObject,
} from '../../objects/object'
import { PyObject_IsTrue, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_AsUTF8 } from '../../objects/unicode-utf8'
import { PyUnicode_Check, _Py_ID } from '../../objects/unicodeobject'
import { TAG_NONE } from '../../../memory/events'

export const unpickler = (o: PyObject): UnpicklerData => o.v as UnpicklerData

const MEMBERS = ['readline', 'readinto', 'read', 'peek', 'stackObject', 'pers_func', 'buffers'] as const

function clear(o: PyObject): void {
  const u = o.v as UnpicklerData | null
  if (u === null) return
  for (const member of MEMBERS) {
    const old = u[member]
    u[member] = null
    Py_XDECREF(old)
  }
  if (u.view !== null) PyBuffer_Release(u.view)
  u.view = null
  u.freeMemo()
  for (const block of ['marksBlock', 'inputLineBlock', 'encodingBlock', 'errorsBlock'] as const) {
    PyMem_Free(u[block])
    u[block] = 0
  }
}

// ---- settings -----------------------------------------------------------------------------------------------------------------------

/** False with an exception set. Mirrors _Unpickler_SetInputStream. */
export function setInputStream(u: UnpicklerData, file: PyObject): boolean {
  for (const name of ['peek', 'readinto'] as const) {
    u[name] = _PyObject_LookupAttr(file, _Py_ID(name))
    if (u[name] === null && PyErr_Occurred() !== null) return false
  }
  u.read = _PyObject_LookupAttr(file, _Py_ID('read'))
  u.readline = _PyObject_LookupAttr(file, _Py_ID('readline'))
  if (u.readline !== null && u.read !== null) return true
  if (PyErr_Occurred() === null) PyErr_SetString(PyExc_TypeError, 'file must have \'read\' and \'readline\' attributes')
  for (const name of ['read', 'readinto', 'readline', 'peek'] as const) {
    Py_XDECREF(u[name])
    u[name] = null
  }
  return false
}

export function setEncoding(u: UnpicklerData, encoding: string, errors: string): void {
  u.encoding = encoding
  u.errors = errors
  u.encodingBlock = PyMem_Malloc(encoding.length + 1, TAG_NONE)
  u.errorsBlock = PyMem_Malloc(errors.length + 1, TAG_NONE)
}

export function setBuffers(u: UnpicklerData, buffers: PyObject | null): boolean {
  if (buffers === null || buffers === Py_None) {
    u.buffers = null
    return true
  }
  u.buffers = PyObject_GetIter(buffers)
  return u.buffers !== null
}

/** The optional arguments that load, loads and Unpickler share; null with an exception set. */
export interface Options { fixImports: boolean, encoding: string, errors: string, buffers: PyObject | null }

export function optionsOf(name: string, given: (PyObject | null)[]): Options | null {
  const fixImports = given[1] === null ? 1 : PyObject_IsTrue(given[1]!)
  if (fixImports < 0) return null
  const texts = ['ASCII', 'strict']
  for (const i of [0, 1]) {
    const value = given[2 + i]!
    if (value === null) continue
    if (!PyUnicode_Check(value)) return _PyArg_BadArgument(name, `argument '${i === 0 ? 'encoding' : 'errors'}'`, 'str', value)
    const text = PyUnicode_AsUTF8(value)
    if (text === null) return null
    if (text.includes('\0')) return PyErr_SetString(PyExc_ValueError, 'embedded null character')
    texts[i] = text
  }
  return { fixImports: fixImports > 0, encoding: texts[0]!, errors: texts[1]!, buffers: given[4]! }
}

/** NEW unpickler as the functions of the module use it. Mirrors _Unpickler_New. */
export function newUnpickler(): PyObject {
  const u = new UnpicklerData()
  u.newMemo()
  u.newStack()
  const o = PyObject_GC_New(Unpickler_Type, u)
  PyObject_GC_Track(o)
  return o
}

// ---- find_class -----------------------------------------------------------------------------------------------------------------------

/** Names as Python 3 has them. BORROWED pair; null with an exception set. */
function fixImports(module: PyObject, name: PyObject): [PyObject, PyObject] | null {
  const key = PyTuple_Pack(module, name)
  const pair = PyDict_GetItemWithError(state.name_mapping_2to3, key)
  Py_DECREF(key)
  if (pair !== null) {
    if (!PyTuple_Check(pair) || pair.v.length !== 2) {
      return PyErr_Format(PyExc_RuntimeError, '_compat_pickle.NAME_MAPPING values should be 2-tuples, not %.200s', pair.ob_type.tp_name)
    }
    const [newModule, newName] = pair.v as [PyObject, PyObject]
    if (PyUnicode_Check(newModule) && PyUnicode_Check(newName)) return [newModule, newName]
    return PyErr_Format(PyExc_RuntimeError, '_compat_pickle.NAME_MAPPING values should be pairs of str, not (%.200s, %.200s)',
      newModule.ob_type.tp_name, newName.ob_type.tp_name)
  }
  if (PyErr_Occurred() !== null) return null
  const newModule = PyDict_GetItemWithError(state.import_mapping_2to3, module)
  if (newModule === null) return PyErr_Occurred() !== null ? null : [module, name]
  if (PyUnicode_Check(newModule)) return [newModule, name]
  return PyErr_Format(PyExc_RuntimeError, '_compat_pickle.IMPORT_MAPPING values should be strings, not %.200s', newModule.ob_type.tp_name)
}

// Mirrors _pickle_Unpickler_find_class_impl.
function find_class(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('find_class', nargs, 2, 2)) return null
  const u = unpickler(o)
  let names: [PyObject, PyObject] | null = [args[0]!, args[1]!]
  if (PySys_Audit('pickle.find_class', ...names) < 0) return null
  if (u.proto < 3 && u.fix_imports) names = fixImports(...names)
  const module = names === null ? null : PyImport_Import(names[0])
  if (module === null) return null
  const result = getattribute(module, names![1], u.proto >= 4)
  Py_DECREF(module)
  return result
}

// ---- the memo as an attribute ------------------------------------------------------------------------------------------------------------

function memoCopy(o: PyObject): PyObject {
  const dict = PyDict_New()
  unpickler(o).memo.forEach((value, i) => {
    if (value === null) return
    const key = PyLong_FromSsize_t(i)
    PyDict_SetItem(dict, key, value)
    Py_DECREF(key)
  })
  return dict
}

export const UnpicklerMemoProxyType = proxyType('_pickle.UnpicklerMemoProxy', o => {
  const u = unpickler(o)
  u.freeMemo()
  u.newMemo(u.memo_size)
}, memoCopy)

function setMemo(o: PyObject, value: PyObject | null): number {
  const fail = (type: PyObject, message: string): -1 => (PyErr_SetString(type, message), -1)
  if (value === null) return fail(PyExc_TypeError, 'attribute deletion is not supported')
  const u = unpickler(o)
  const fresh = new UnpicklerData()
  if (value.ob_type === UnpicklerMemoProxyType) {
    const other = unpickler(value.v as PyObject)
    fresh.newMemo(other.memo_size)
    other.memo.forEach((item, i) => { fresh.memo[i] = item === null ? null : ref(item) })
  } else if (PyDict_Check(value)) {
    fresh.newMemo(PyDict_GET_SIZE(value))
    for (let at = PyDict_Next(value, 0); at > 0; at = PyDict_Next(value, at)) {
      const { key, value: item } = DICT_ENTRY
      if (!PyLong_Check(key)) return fresh.freeMemo(), fail(PyExc_TypeError, 'memo key must be integers')
      const index = PyLong_AsSsize_t(key)
      if (index === -1 && PyErr_Occurred() !== null) return fresh.freeMemo(), -1
      if (index < 0) return fresh.freeMemo(), fail(PyExc_ValueError, 'memo key must be positive integers.')
      // The C code puts the entries into the memo it then throws away; the new one stays empty.
      if (!u.memoPut(index, item)) return fresh.freeMemo(), -1
    }
  } else {
    PyErr_Format(PyExc_TypeError, '\'memo\' attribute must be an UnpicklerMemoProxy object or dict, not %.200s', value.ob_type.tp_name)
    return -1
  }
  u.freeMemo()
  u.memo = fresh.memo
  u.memo_size = fresh.memo_size
  u.memoBlock = fresh.memoBlock
  return 0
}

// ---- the type -----------------------------------------------------------------------------------------------------------------------------

const initParser = new ArgParser('Unpickler', ['file', 'fix_imports', 'encoding', 'errors', 'buffers'])

// Mirrors _pickle_Unpickler___init___impl.
function init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, initParser, 1, 1, 0)
  const options = given === null ? null : optionsOf('Unpickler', given)
  if (options === null) return -1
  const u = unpickler(o)
  if (u.read !== null) clear(o)
  if (!setInputStream(u, given![0]!)) return -1
  setEncoding(u, options.encoding, options.errors)
  if (!setBuffers(u, options.buffers)) return -1
  u.fix_imports = options.fixImports
  if (!initMethodRef(o, 'persistent_load', u)) return -1
  u.newStack()
  u.newMemo()
  u.proto = 0
  return 0
}

export const Unpickler_Type: PyTypeObject = new PyTypeObject('_pickle.Unpickler', {
  tp_basicsize: 272, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    clear(o)
    o.ob_type.tp_free!(o)
  },
  tp_traverse: (o, visit) => {
    if (o.v === null) return
    for (const member of MEMBERS) {
      const child = unpickler(o)[member]
      if (child !== null) visit(child)
    }
  },
  tp_clear: clear,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new UnpicklerData()
    return o
  },
  tp_init: init,
  tp_methods: [
    {
      ml_name: 'load', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => unpickler(o).read !== null ? load(o)
        : PyErr_Format(state.UnpicklingError, 'Unpickler.__init__() was not called by %s.__init__()', o.ob_type.tp_name),
    },
    { ml_name: 'find_class', ml_flags: METH_FASTCALL, ml_meth: find_class, signature: '($self, module_name, global_name, /)' },
    {
      ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => {
        const u = unpickler(o)
        const line = u.inputLineBlock === 0 ? 0 : u.inputLineLength + 1
        const names = u.encoding === null ? 0 : u.encoding.length + u.errors!.length + 2
        return PyLong_FromSsize_t(o.ob_type.tp_basicsize + (u.memoBlock === 0 ? 0 : u.memo_size * 8) + u.marks_size * 8 + line + names)
      },
    },
  ],
  tp_getset: [
    { name: 'memo', get: o => newProxy(UnpicklerMemoProxyType, o), set: setMemo },
    {
      name: 'persistent_load', get: o => persistentFunction(unpickler(o), 'persistent_load'),
      set: (o, value) => setPersistentFunction(unpickler(o), 'persistent_load', value),
    },
  ],
})

