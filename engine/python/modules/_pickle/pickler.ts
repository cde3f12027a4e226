// _pickle.Pickler and dump.
import { ENTRY_BYTES, MemoTable, TABLE_BYTES } from './memo-table'
import * as op from './opcodes'
import { PicklerData, WRITE_BUF_SIZE } from './output'
import { save } from './save'
import { ref, state } from './state'
import { _PySys_GetSizeOf } from '../sysmodule'
import { ArgParser } from '../../objects/arg-parser'
import { newBytesBuffer } from '../../objects/bytes-buffer'
import { PyMethod_Check, PyMethod_New, type MethodData } from '../../objects/classobject'
import { DICT_ENTRY, PyDict_Check, PyDict_New, PyDict_Next, PyDict_SetItem, PyDict_Type } from '../../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_AttributeError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt, PyLong_AsLong, PyLong_AsSsize_t, PyLong_FromLong, PyLong_FromSsize_t } from '../../objects/longobject'
import {
  METH_NOARGS, METH_O, PyTypeObject, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE,
  Py_XDECREF, genericGetAttr, type PyObject,
} from '../../objects/object'
import {
  PyCallable_Check, PyObject_GenericSetAttr, PyObject_HashNotImplemented, PyObject_IsTrue, _PyObject_LookupAttr,
} from '../../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_Pack, tuplePairSteal } from '../../objects/tupleobject'
import { addressOf } from '../../objects/unicode-fromformat'
import { _Py_ID } from '../../objects/unicodeobject'

export const none = (): PyObject => ref(Py_None)

export const pickler = (o: PyObject): PicklerData => o.v as PicklerData

const MEMBERS = ['output_buffer', 'write', 'pers_func', 'dispatch_table', 'fast_memo', 'reducer_override', 'buffer_callback'] as const

function clear(o: PyObject): void {
  const p = o.v as PicklerData | null
  if (p === null) return
  for (const member of MEMBERS) {
    const old = p[member]
    p[member] = null
    Py_XDECREF(old)
  }
  const { memo } = p
  p.memo = null
  memo?.free()
}

// ---- settings -----------------------------------------------------------------------------------------------------------------

/** False with an exception set. Mirrors _Pickler_SetProtocol. */
export function setProtocol(p: PicklerData, protocol: PyObject, fixImports: boolean): boolean {
  let proto = op.DEFAULT_PROTOCOL
  if (protocol !== Py_None) {
    proto = PyLong_AsLong(protocol)
    if (proto < 0) {
      if (proto === -1 && PyErr_Occurred() !== null) return false
      proto = op.HIGHEST_PROTOCOL
    } else if (proto > op.HIGHEST_PROTOCOL) {
      return PyErr_Format(PyExc_ValueError, 'pickle protocol must be <= %d', op.HIGHEST_PROTOCOL) !== null
    }
  }
  p.proto = proto
  p.bin = proto > 0 ? 1 : 0
  p.fix_imports = fixImports && proto < 3
  return true
}

export function setOutputStream(p: PicklerData, file: PyObject): boolean {
  p.write = _PyObject_LookupAttr(file, _Py_ID('write'))
  if (p.write !== null) return true
  if (PyErr_Occurred() === null) PyErr_SetString(PyExc_TypeError, 'file must have a \'write\' attribute')
  return false
}

export function setBufferCallback(p: PicklerData, callback: PyObject): boolean {
  if (callback === Py_None) {
    p.buffer_callback = null
    return true
  }
  if (p.proto < 5) return PyErr_SetString(PyExc_ValueError, 'buffer_callback needs protocol >= 5') !== null
  p.buffer_callback = ref(callback)
  return true
}

/** A method of the object itself is kept without it, so that there is no cycle. Mirrors init_method_ref. */
export function initMethodRef(o: PyObject, name: string, holder: { pers_func: PyObject | null, pers_func_self: PyObject | null }): boolean {
  const func = _PyObject_LookupAttr(o, _Py_ID(name))
  const old = holder.pers_func
  holder.pers_func_self = null
  if (func === null) {
    holder.pers_func = null
    Py_XDECREF(old)
    return PyErr_Occurred() === null
  }
  if (PyMethod_Check(func) && (func.v as MethodData).im_self === o) {
    holder.pers_func = ref((func.v as MethodData).im_func)
    holder.pers_func_self = o
    Py_XDECREF(old)
    Py_DECREF(func)
    return true
  }
  holder.pers_func = func
  Py_XDECREF(old)
  return true
}

/** NEW: the function, or a method of it again. Mirrors reconstruct_method. */
export function persistentFunction(holder: { pers_func: PyObject | null, pers_func_self: PyObject | null }, name: string): PyObject | null {
  if (holder.pers_func === null) return PyErr_SetString(PyExc_AttributeError, name)
  return holder.pers_func_self !== null ? PyMethod_New(holder.pers_func, holder.pers_func_self) : ref(holder.pers_func)
}

export function setPersistentFunction(
  holder: { pers_func: PyObject | null, pers_func_self: PyObject | null }, name: string, value: PyObject | null,
): number {
  if (value === null) return PyErr_SetString(PyExc_TypeError, 'attribute deletion is not supported'), -1
  if (!PyCallable_Check(value)) return PyErr_SetString(PyExc_TypeError, `${name} must be a callable taking one argument`), -1
  const old = holder.pers_func
  holder.pers_func_self = null
  holder.pers_func = ref(value)
  Py_XDECREF(old)
  return 0
}

/** NEW pickler as the functions of the module use it. Mirrors _Pickler_New. */
export function newPickler(): PyObject | null {
  const p = new PicklerData()
  p.memo = new MemoTable()
  p.output_buffer = newBytesBuffer(p.max_output_len)
  if (p.output_buffer === null) return p.memo.free(), null
  const o = PyObject_GC_New(Pickler_Type, p)
  PyObject_GC_Track(o)
  return o
}

/** Writes a whole pickle into the buffer. Mirrors dump. */
export function dump(o: PyObject, obj: PyObject): boolean {
  const p = pickler(o)
  const override = _PyObject_LookupAttr(o, _Py_ID('reducer_override'))
  let done = override !== null || PyErr_Occurred() === null
  const old = p.reducer_override
  p.reducer_override = override
  Py_XDECREF(old)
  if (done && p.proto >= 2) done = p.bytesOf(op.PROTO, p.proto)
  if (done && p.proto >= 4) p.framing = true
  done = done && save(p, obj) && p.byte(op.STOP)
  if (done) p.commitFrame()
  p.framing = false
  const used = p.reducer_override
  p.reducer_override = null
  Py_XDECREF(used)
  return done
}

// ---- the memo as an attribute ------------------------------------------------------------------------------------------------------

/** NEW dict of identities and (number, object). DIFFERS: in the order they were saved, in CPython in that of the hash table. */
function memoCopy(memo: MemoTable): PyObject {
  const dict = PyDict_New()
  for (const [o, value] of memo.entries) {
    const key = PyLong_FromLong(addressOf(o))
    const pair = tuplePairSteal(PyLong_FromSsize_t(value), ref(o))
    PyDict_SetItem(dict, key, pair)
    Py_DECREF(key)
    Py_DECREF(pair)
  }
  return dict
}

/** NEW (dict, (contents,)); STEALS the contents. */
export function reduceMemo(contents: PyObject): PyObject {
  const args = PyTuple_Pack(contents)
  Py_DECREF(contents)
  return tuplePairSteal(ref(PyDict_Type), args)
}

/** A type whose instances only refer to a pickler or unpickler. */
export function proxyType(name: string, clearMemo: (owner: PyObject) => void, copy: (owner: PyObject) => PyObject): PyTypeObject {
  const owner = (o: PyObject): PyObject => o.v as PyObject
  return new PyTypeObject(name, {
    tp_basicsize: 24,
    tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    tp_free: o => PyObject_GC_Del(o),
    tp_getattro: genericGetAttr,
    tp_setattro: (o, attribute, value) => PyObject_GenericSetAttr(o, attribute, value),
    tp_hash: PyObject_HashNotImplemented,
    tp_dealloc: o => {
      PyObject_GC_UnTrack(o)
      Py_XDECREF(owner(o))
      PyObject_GC_Del(o)
    },
    tp_traverse: (o, visit) => { if (o.v !== null) visit(owner(o)) },
    tp_clear: o => {
      const old = owner(o)
      o.v = null
      Py_XDECREF(old)
    },
    tp_methods: [
      { ml_name: 'clear', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (clearMemo(owner(o)), none()), signature: '($self, /)' },
      { ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => copy(owner(o)), signature: '($self, /)' },
      { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => reduceMemo(copy(owner(o))), signature: '($self, /)' },
    ],
  })
}

export function newProxy(type: PyTypeObject, owner: PyObject): PyObject {
  const o = PyObject_GC_New(type, ref(owner))
  PyObject_GC_Track(o)
  return o
}

export const PicklerMemoProxyType = proxyType('_pickle.PicklerMemoProxy', o => pickler(o).memo?.clear(), o => memoCopy(pickler(o).memo!))

function setMemo(o: PyObject, value: PyObject | null): number {
  if (value === null) return PyErr_SetString(PyExc_TypeError, 'attribute deletion is not supported'), -1
  let memo: MemoTable
  if (value.ob_type === PicklerMemoProxyType) memo = pickler(value.v as PyObject).memo!.copy()
  else if (PyDict_Check(value)) {
    memo = new MemoTable()
    for (let at = PyDict_Next(value, 0); at > 0; at = PyDict_Next(value, at)) {
      const pair = DICT_ENTRY.value
      const isPair = PyTuple_Check(pair) && pair.v.length === 2
      if (!isPair) PyErr_SetString(PyExc_TypeError, '\'memo\' values must be 2-item tuples')
      const id = isPair ? PyLong_AsSsize_t(pair.v[0]!) : -1
      if (id === -1 && PyErr_Occurred() !== null) return memo.free(), -1
      memo.set((pair.v as PyObject[])[1]!, id)
    }
  } else {
    PyErr_Format(PyExc_TypeError, '\'memo\' attribute must be a PicklerMemoProxy object or dict, not %.200s', value.ob_type.tp_name)
    return -1
  }
  pickler(o).memo?.free()
  pickler(o).memo = memo
  return 0
}

// ---- the type -------------------------------------------------------------------------------------------------------------------------

const initParser = new ArgParser('Pickler', ['file', 'protocol', 'fix_imports', 'buffer_callback'])

// Mirrors _pickle_Pickler___init___impl.
function init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, initParser, 1, 4, 0)
  const fixImports = given === null ? -1 : given[2] === null ? 1 : PyObject_IsTrue(given[2]!)
  if (fixImports < 0) return -1
  const p = pickler(o)
  if (p.write !== null) clear(o)
  if (!setProtocol(p, given![1] ?? Py_None, fixImports > 0) || !setOutputStream(p, given![0]!)) return -1
  if (!setBufferCallback(p, given![3] ?? Py_None)) return -1
  p.memo ??= new MemoTable()
  p.output_len = 0
  if (p.output_buffer === null) {
    p.max_output_len = WRITE_BUF_SIZE
    p.output_buffer = newBytesBuffer(p.max_output_len)
    if (p.output_buffer === null) return -1
  }
  p.fast = p.fast_nesting = 0
  p.fast_memo = null
  if (!initMethodRef(o, 'persistent_id', p)) return -1
  if (p.dispatch_table === null) {
    p.dispatch_table = _PyObject_LookupAttr(o, _Py_ID('dispatch_table'))
    if (p.dispatch_table === null && PyErr_Occurred() !== null) return -1
  }
  return 0
}

/** A member of C type int. */
const intMember = (name: 'bin' | 'fast') => ({
  name, get: (o: PyObject): PyObject => PyLong_FromLong(pickler(o)[name]),
  set: (o: PyObject, value: PyObject | null): number => {
    if (value === null) return PyErr_SetString(PyExc_TypeError, 'can\'t delete numeric/char attribute'), -1
    const n = PyLong_AsInt(value)
    if (n === -1 && PyErr_Occurred() !== null) return -1
    pickler(o)[name] = n
    return 0
  },
})

export const Pickler_Type: PyTypeObject = new PyTypeObject('_pickle.Pickler', {
  tp_basicsize: 152, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_free: o => PyObject_GC_Del(o),
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    clear(o)
    o.ob_type.tp_free!(o)
  },
  tp_traverse: (o, visit) => {
    if (o.v === null) return
    for (const member of MEMBERS) {
      const child = pickler(o)[member]
      if (child !== null && member !== 'output_buffer') visit(child)
    }
  },
  tp_clear: clear,
  tp_new: type => {
    const o = type.tp_alloc!(type, 0)
    if (o !== null) o.v = new PicklerData()
    return o
  },
  tp_init: init,
  tp_methods: [
    {
      ml_name: 'dump', ml_flags: METH_O, signature: '($self, obj, /)',
      ml_meth: (o: PyObject, obj: PyObject) => {
        const p = pickler(o)
        if (p.write === null) {
          return PyErr_Format(state.PicklingError, 'Pickler.__init__() was not called by %s.__init__()', o.ob_type.tp_name)
        }
        return p.clearBuffer() && dump(o, obj) && p.flush() ? none() : null
      },
    },
    { ml_name: 'clear_memo', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (pickler(o).memo?.clear(), none()), signature: '($self, /)' },
    {
      ml_name: '__sizeof__', ml_flags: METH_NOARGS, signature: '($self, /)',
      ml_meth: (o: PyObject) => {
        const { memo, output_buffer } = pickler(o)
        const buffer = output_buffer === null ? 0 : _PySys_GetSizeOf(output_buffer)
        return PyLong_FromSsize_t(o.ob_type.tp_basicsize + (memo === null ? 0 : TABLE_BYTES + memo.allocated * ENTRY_BYTES) + buffer)
      },
    },
  ],
  tp_members: [
    intMember('bin'), intMember('fast'),
    {
      name: 'dispatch_table',
      get: o => {
        const table = pickler(o).dispatch_table
        return table !== null ? ref(table) : PyErr_Format(PyExc_AttributeError, '\'%.200s\' object has no attribute \'%s\'', o.ob_type.tp_name, 'dispatch_table')
      },
      set: (o, value) => {
        const old = pickler(o).dispatch_table
        if (value === null && old === null) return PyErr_SetString(PyExc_AttributeError, 'dispatch_table'), -1
        pickler(o).dispatch_table = value === null ? null : ref(value)
        Py_XDECREF(old)
        return 0
      },
    },
  ],
  tp_getset: [
    { name: 'memo', get: o => newProxy(PicklerMemoProxyType, o), set: setMemo },
    {
      name: 'persistent_id', get: o => persistentFunction(pickler(o), 'persistent_id'),
      set: (o, value) => setPersistentFunction(pickler(o), 'persistent_id', value),
    },
  ],
})
