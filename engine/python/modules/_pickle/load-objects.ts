// Opcodes that find classes, make objects and fill them.
import type { UnpicklerData } from './input'
import { binint, push, latin1, unpicklingError } from './load'
import { ref, state } from './state'
import { PyObject_SetItem } from '../../objects/abstract'
import { PyObject_Call, PyObject_CallFunctionObjArgs, PyObject_CallMethodObjArgs, PyObject_CallMethodOneArg, PyObject_CallOneArg } from '../../objects/call'
import { DICT_ENTRY, PyDict_Check, PyDict_GetItemWithError, PyDict_Next, PyDict_SetItem } from '../../objects/dictobject'
import { PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred } from '../../objects/errors'
import { PyExc_UnicodeDecodeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyList_CheckExact, PyList_GET_SIZE, PyList_SetSlice } from '../../objects/listobject'
import { PyLong_FromLong } from '../../objects/longobject'
import { Py_DECREF, Py_XDECREF, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_GetAttr, PyObject_SetAttr, PyType_Check, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { PySet_Check, _PySet_Update } from '../../objects/setobject'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Check } from '../../objects/tupleobject'
import { PyUnicode_Decode, PyUnicode_DecodeUTF8 } from '../../objects/unicode-codec'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_InternInPlace, _Py_ID } from '../../objects/unicodeobject'

// ---- classes ----------------------------------------------------------------------------------------------------------------------

/** NEW: self.find_class(module, name); STEALS both. */
function findClass(self: PyObject, module: PyObject, name: PyObject): PyObject | null {
  const cls = PyObject_CallMethodObjArgs(self, _Py_ID('find_class'), module, name)
  Py_DECREF(name)
  Py_DECREF(module)
  return cls
}

/** NEW class named by two lines; null with an exception set. */
function classFromLines(u: UnpicklerData, self: PyObject, decode: (bytes: Uint8Array) => PyObject | null): PyObject | null {
  const first = u.line(2)
  const module = first === null ? null : decode(latin1(first.slice(0, -1)))
  if (module === null) return null
  const second = u.line(2)
  const name = second === null ? null : decode(latin1(second.slice(0, -1)))
  return name === null ? (Py_DECREF(module), null) : findClass(self, module, name)
}

const ascii = (bytes: Uint8Array): PyObject | null => PyUnicode_Decode(bytes, 'ascii', 'strict')

export function load_global(u: UnpicklerData, self: PyObject): boolean {
  return push(u, classFromLines(u, self, PyUnicode_DecodeUTF8))
}

export function load_stack_global(u: UnpicklerData, self: PyObject): boolean {
  const name = u.stack.pop()
  const module = u.stack.pop()
  if (module === null || !PyUnicode_CheckExact(module) || name === null || !PyUnicode_CheckExact(name)) {
    Py_XDECREF(name)
    Py_XDECREF(module)
    return unpicklingError('STACK_GLOBAL requires str')
  }
  return push(u, findClass(self, module, name))
}

export function load_extension(u: UnpicklerData, self: PyObject, size: number): boolean {
  const bytes = u.bytes(size)
  if (bytes === null) return false
  const code = binint(bytes)
  if (code <= 0) return unpicklingError('EXT specifies code <= 0')
  const key = PyLong_FromLong(code)
  const cached = PyDict_GetItemWithError(state.extension_cache, key)
  const result = cached !== null ? ref(cached) : PyErr_Occurred() !== null ? null : registered(self, key, code)
  Py_DECREF(key)
  return push(u, result)
}

/** NEW object of a registered extension code, which is cached. */
function registered(self: PyObject, key: PyObject, code: number): PyObject | null {
  const pair = PyDict_GetItemWithError(state.inverted_registry, key)
  if (pair === null) return PyErr_Occurred() !== null ? null : PyErr_Format(PyExc_ValueError, 'unregistered extension code %ld', code)
  const [module, name] = PyTuple_Check(pair) && pair.v.length === 2 ? pair.v : []
  if (module === undefined || name === undefined || !PyUnicode_Check(module) || !PyUnicode_Check(name)) {
    return PyErr_Format(PyExc_ValueError, '_inverted_registry[%ld] isn\'t a 2-tuple of strings', code)
  }
  const o = findClass(self, ref(module), ref(name))
  return o !== null && PyDict_SetItem(state.extension_cache, key, o) < 0 ? (Py_DECREF(o), null) : o
}

// ---- objects --------------------------------------------------------------------------------------------------------------------------

/** NEW instance; old-style classes without __getinitargs__ are made without calling them. */
function instantiate(cls: PyObject, args: PyObject): PyObject | null {
  if ((args.v as PyObject[]).length === 0 && PyType_Check(cls)) {
    const getinitargs = _PyObject_LookupAttr(cls, _Py_ID('__getinitargs__'))
    if (getinitargs === null) return PyErr_Occurred() !== null ? null : PyObject_CallMethodOneArg(cls, _Py_ID('__new__'), cls)
    Py_DECREF(getinitargs)
  }
  return PyObject_Call(cls, args, null)
}

export function load_obj(u: UnpicklerData): boolean {
  const from = u.marker()
  if (from < 0) return false
  if (u.stack.items.length - from < 1) return u.stack.underflow() !== null
  const args = u.stack.popTuple(from + 1)
  const cls = args === null ? null : u.stack.pop()
  const o = cls === null ? null : instantiate(cls, args!)
  Py_XDECREF(cls)
  Py_XDECREF(args)
  return push(u, o)
}

export function load_inst(u: UnpicklerData, self: PyObject): boolean {
  const from = u.marker()
  const cls = from < 0 ? null : classFromLines(u, self, ascii)
  if (cls === null) return false
  const args = u.stack.popTuple(from)
  const o = args === null ? null : instantiate(cls, args)
  Py_XDECREF(args)
  Py_DECREF(cls)
  return push(u, o)
}

export function load_newobj(u: UnpicklerData, useKwargs: boolean): boolean {
  const kwargs = useKwargs ? u.stack.pop() : null
  if (useKwargs && kwargs === null) return false
  const args = u.stack.pop()
  const cls = args === null ? null : u.stack.pop()
  const o = cls === null ? null : newObject(cls, args!, kwargs, useKwargs)
  Py_XDECREF(kwargs)
  Py_XDECREF(args)
  Py_XDECREF(cls)
  return push(u, o)
}

function newObject(cls: PyObject, args: PyObject, kwargs: PyObject | null, useKwargs: boolean): PyObject | null {
  const fail = (format: string, o: PyObject): null =>
    PyErr_Format(state.UnpicklingError, format, useKwargs ? 'NEWOBJ_EX' : 'NEWOBJ', o.ob_type.tp_name)
  if (!PyType_Check(cls)) return fail('%s class argument must be a type, not %.200s', cls)
  const type = cls as PyTypeObject
  if (type.tp_new === null) return fail('%s class argument \'%.200s\' doesn\'t have __new__', cls)
  if (!PyTuple_Check(args)) return fail('%s args argument must be a tuple, not %.200s', args)
  if (kwargs !== null && !PyDict_Check(kwargs)) return fail('%s kwargs argument must be a dict, not %.200s', kwargs)
  return type.tp_new(type, args, kwargs)
}

export function load_reduce(u: UnpicklerData): boolean {
  const args = u.stack.pop()
  if (args === null) return false
  const callable = u.stack.pop()
  const o = callable === null ? null : PyObject_Call(callable, args, null)
  Py_XDECREF(callable)
  Py_DECREF(args)
  return push(u, o)
}

// ---- persistent ids ---------------------------------------------------------------------------------------------------------------------

/** Pushes what persistent_load makes of an id; STEALS it. */
function loadPersistent(u: UnpicklerData, id: PyObject | null): boolean {
  if (id === null) return false
  const o = u.pers_func_self !== null ? PyObject_CallFunctionObjArgs(u.pers_func!, u.pers_func_self, id) : PyObject_CallOneArg(u.pers_func!, id)
  Py_DECREF(id)
  return push(u, o)
}

const noPersistentLoad = (): false =>
  unpicklingError('A load persistent id instruction was encountered,\nbut no persistent_load function was specified.')

export function load_persid(u: UnpicklerData): boolean {
  if (u.pers_func === null) return noPersistentLoad()
  const line = u.line(1)
  if (line === null) return false
  const id = ascii(latin1(line.slice(0, -1)))
  if (id === null && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return unpicklingError('persistent IDs in protocol 0 must be ASCII strings')
  return loadPersistent(u, id)
}

export function load_binpersid(u: UnpicklerData): boolean {
  return u.pers_func === null ? noPersistentLoad() : loadPersistent(u, u.stack.pop())
}

// ---- filling ------------------------------------------------------------------------------------------------------------------------------

/** Calls f with each item from `from` on, which leave the stack. */
function callEach(u: UnpicklerData, f: PyObject, from: number): boolean {
  const items = u.stack.items.splice(from)
  let done = true
  for (const item of items) {
    const result = done ? PyObject_CallOneArg(f, item) : null
    Py_DECREF(item)
    if (result === null) done = false
    else Py_DECREF(result)
  }
  Py_DECREF(f)
  return done
}

// Mirrors do_append.
function append(u: UnpicklerData, from: number): boolean {
  const { stack } = u
  const { length } = stack.items
  if (from > length || from <= stack.fence) return stack.underflow() !== null
  if (length === from) return true
  const list = stack.items[from - 1]!
  if (PyList_CheckExact(list)) {
    const slice = stack.popList(from)
    if (slice === null) return false
    const end = PyList_GET_SIZE(list)
    const done = PyList_SetSlice(list, end, end, slice) === 0
    Py_DECREF(slice)
    return done
  }
  const extend = _PyObject_LookupAttr(list, _Py_ID('extend'))
  if (extend === null) {
    if (PyErr_Occurred() !== null) return false
    const one = PyObject_GetAttr(list, _Py_ID('append'))
    return one !== null && callEach(u, one, from)
  }
  const slice = stack.popList(from)
  const result = slice === null ? null : PyObject_CallOneArg(extend, slice)
  Py_XDECREF(slice)
  Py_DECREF(extend)
  Py_XDECREF(result)
  return result !== null
}

export function load_append(u: UnpicklerData): boolean {
  const { items, fence } = u.stack
  return items.length - 1 <= fence ? u.stack.underflow() !== null : append(u, items.length - 1)
}

export function load_appends(u: UnpicklerData): boolean {
  const from = u.marker()
  return from >= 0 && append(u, from)
}

// Mirrors do_setitems.
function setitems(u: UnpicklerData, from: number): boolean {
  const { stack } = u
  const { items } = stack
  if (from > items.length || from <= stack.fence) return stack.underflow() !== null
  if (items.length === from) return true
  if ((items.length - from) % 2 !== 0) return unpicklingError('odd number of items for SETITEMS')
  const dict = items[from - 1]!
  let done = true
  for (let i = from; done && i < items.length; i += 2) done = PyObject_SetItem(dict, items[i]!, items[i + 1]!) === 0
  stack.clear(from)
  return done
}

export const load_setitem = (u: UnpicklerData): boolean => setitems(u, u.stack.items.length - 2)

export function load_setitems(u: UnpicklerData): boolean {
  const from = u.marker()
  return from >= 0 && setitems(u, from)
}

export function load_additems(u: UnpicklerData): boolean {
  const from = u.marker()
  if (from < 0) return false
  const { stack } = u
  if (from > stack.items.length || from <= stack.fence) return stack.underflow() !== null
  if (stack.items.length === from) return true
  const set = stack.items[from - 1]!
  if (!PySet_Check(set)) {
    const add = PyObject_GetAttr(set, _Py_ID('add'))
    return add !== null && callEach(u, add, from)
  }
  const items = stack.popTuple(from)
  if (items === null) return false
  const done = _PySet_Update(set, items) === 0
  Py_DECREF(items)
  return done
}

// Mirrors load_build.
export function load_build(u: UnpicklerData): boolean {
  const { stack } = u
  if (stack.items.length - 2 < stack.fence) return stack.underflow() !== null
  const objState = stack.pop()
  if (objState === null) return false
  const o = stack.items.at(-1)!
  const setstate = _PyObject_LookupAttr(o, _Py_ID('__setstate__'))
  let done: boolean
  if (setstate !== null) {
    const result = PyObject_CallOneArg(setstate, objState)
    Py_DECREF(setstate)
    Py_XDECREF(result)
    done = result !== null
  } else if (PyErr_Occurred() !== null) done = false
  else if (PyTuple_Check(objState) && objState.v.length === 2) done = setDict(o, objState.v[0]!) && setSlots(o, objState.v[1]!)
  else done = setDict(o, objState)
  Py_DECREF(objState)
  return done
}

function setDict(o: PyObject, objState: PyObject): boolean {
  if (objState === Py_None) return true
  if (!PyDict_Check(objState)) return unpicklingError('state is not a dictionary')
  const dict = PyObject_GetAttr(o, _Py_ID('__dict__'))
  if (dict === null) return false
  let done = true
  for (let at = PyDict_Next(objState, 0); done && at > 0; at = PyDict_Next(objState, at)) {
    const { value } = DICT_ENTRY
    let key = ref(DICT_ENTRY.key)
    if (PyUnicode_CheckExact(key)) key = PyUnicode_InternInPlace(key)
    done = PyObject_SetItem(dict, key, value) === 0
    Py_DECREF(key)
  }
  if (done) Py_DECREF(dict)
  return done
}

function setSlots(o: PyObject, slots: PyObject): boolean {
  if (!PyDict_Check(slots)) return unpicklingError('slot state is not a dictionary')
  for (let at = PyDict_Next(slots, 0); at > 0; at = PyDict_Next(slots, at)) {
    if (PyObject_SetAttr(o, DICT_ENTRY.key, DICT_ENTRY.value) < 0) return false
  }
  return true
}
