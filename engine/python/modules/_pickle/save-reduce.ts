// What __reduce__ gives: a function, its arguments, and what is put into the result. Mirrors save_reduce.
import * as op from './opcodes'
import type { PicklerData } from './output'
import { memo_get, memo_put, save } from './save'
import { batch_dict, batch_list } from './save-containers'
import { ref, state } from './state'
import { PyIter_Check } from '../../objects/abstract'
import { PyObject_Call } from '../../objects/call'
import { PyDict_Check } from '../../objects/dictobject'
import { PyErr_Format, PyErr_Occurred } from '../../objects/errors'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyCallable_Check, PyObject_GetAttr, PyType_Check, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_GetSlice, PyTuple_New, PyTuple_SET_ITEM, tuple_get_empty } from '../../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from '../../objects/unicodeobject'

const fail = (format: string, ...args: unknown[]): false => (PyErr_Format(state.PicklingError, format, ...args), false)

const given = (o: PyObject | undefined): PyObject | null => o === undefined || o === Py_None ? null : o

/** `o`: the object whose pickle this is, null if it is not to be in the memo. */
export function save_reduce(p: PicklerData, args: PyObject, o: PyObject | null): boolean {
  const items = args.v as PyObject[]
  if (items.length < 2 || items.length > 6) return fail('tuple returned by __reduce__ must contain 2 through 6 elements')
  const [callable, argtup] = items as [PyObject, PyObject]
  const [objState, listitems, dictitems, setter] = [given(items[2]), given(items[3]), given(items[4]), given(items[5])]
  if (!PyCallable_Check(callable)) return fail('first item of the tuple returned by __reduce__ must be callable')
  if (!PyTuple_Check(argtup)) return fail('second item of the tuple returned by __reduce__ must be a tuple')
  const message = (place: string, what: string): string => `${place} element of the tuple returned by __reduce__ must be ${what}, not %s`
  if (listitems !== null && !PyIter_Check(listitems)) return fail(message('fourth', 'an iterator'), listitems.ob_type.tp_name)
  if (dictitems !== null && !PyIter_Check(dictitems)) return fail(message('fifth', 'an iterator'), dictitems.ob_type.tp_name)
  if (setter !== null && !PyCallable_Check(setter)) return fail(message('sixth', 'a function'), setter.ob_type.tp_name)

  const name = p.proto >= 2 ? nameOf(callable) : ''
  if (name === null) return false
  const created = name === '__newobj_ex__' ? saveNewobjEx(p, argtup) : name === '__newobj__' ? saveNewobj(p, argtup, o)
    : save(p, callable) && save(p, argtup) && p.byte(op.REDUCE)
  if (!created) return false
  if (o !== null) {
    // An object that is reached from its own arguments has been written meanwhile.
    if (p.memo!.entries.has(o)) return p.byte(op.POP) && memo_get(p, o)
    if (!memo_put(p, o)) return false
  }
  if (listitems !== null && !batch_list(p, listitems)) return false
  if (dictitems !== null && !batch_dict(p, dictitems)) return false
  if (objState === null) return true
  if (setter === null) return save(p, objState) && p.byte(op.BUILD)
  return save(p, setter) && save(p, o!) && save(p, objState) && p.bytesOf(op.TUPLE2) && p.byte(op.REDUCE) && p.byte(op.POP)
}

/** The callable's __name__, '' if it has none; null with an exception set. */
function nameOf(callable: PyObject): string | null {
  const name = _PyObject_LookupAttr(callable, _Py_ID('__name__'))
  if (name === null) return PyErr_Occurred() !== null ? null : ''
  const text = PyUnicode_Check(name) ? PyUnicode_AsString(name) : ''
  Py_DECREF(name)
  return text
}

function saveNewobj(p: PicklerData, argtup: PyObject, o: PyObject | null): boolean {
  const items = argtup.v as PyObject[]
  if (items.length < 1) return fail('__newobj__ arglist is empty')
  const cls = items[0]!
  if (!PyType_Check(cls)) return fail('args[0] from __newobj__ args is not a type')
  if (o !== null) {
    const own = _PyObject_LookupAttr(o, _Py_ID('__class__'))
    if (own === null && PyErr_Occurred() !== null) return false
    const wrong = (own ?? o.ob_type) !== cls
    Py_XDECREF(own)
    if (wrong) return fail('args[0] from __newobj__ args has the wrong class')
  }
  if (!save(p, cls)) return false
  const rest = PyTuple_GetSlice(argtup, 1, items.length)
  if (rest === null) return false
  const done = save(p, rest)
  Py_DECREF(rest)
  return done && p.byte(op.NEWOBJ)
}

function saveNewobjEx(p: PicklerData, argtup: PyObject): boolean {
  const items = argtup.v as PyObject[]
  if (items.length !== 3) return fail('length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd', items.length)
  const [cls, args, kwargs] = items as [PyObject, PyObject, PyObject]
  if (!PyType_Check(cls)) return fail('first item from NEWOBJ_EX argument tuple must be a class, not %.200s', cls.ob_type.tp_name)
  if (!PyTuple_Check(args)) return fail('second item from NEWOBJ_EX argument tuple must be a tuple, not %.200s', args.ob_type.tp_name)
  if (!PyDict_Check(kwargs)) return fail('third item from NEWOBJ_EX argument tuple must be a dict, not %.200s', kwargs.ob_type.tp_name)
  if (p.proto >= 4) return save(p, cls) && save(p, args) && save(p, kwargs) && p.byte(op.NEWOBJ_EX)
  // Before protocol 4: functools.partial(cls.__new__, cls, *args, **kwargs)().
  const newArgs = PyTuple_New(args.v.length + 2)
  const method = PyObject_GetAttr(cls, _Py_ID('__new__'))
  if (method === null) return Py_DECREF(newArgs), false
  PyTuple_SET_ITEM(newArgs, 0, method)
  PyTuple_SET_ITEM(newArgs, 1, ref(cls))
  args.v.forEach((arg, i) => PyTuple_SET_ITEM(newArgs, i + 2, ref(arg)))
  const callable = PyObject_Call(state.partial, newArgs, kwargs)
  Py_DECREF(newArgs)
  if (callable === null) return false
  const nothing = tuple_get_empty()
  const done = save(p, callable) && save(p, nothing) && p.byte(op.REDUCE)
  Py_DECREF(nothing)
  Py_DECREF(callable)
  return done
}
