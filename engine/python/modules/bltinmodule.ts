// builtins: the functions. The types map, filter and zip are in builtin-iterators.ts, compile/eval/exec in
// builtin-code.ts.
import {
  PyIndex_Check, PyIter_Check, PyIter_Next, PyMapping_Keys, PyNumber_Absolute, PyNumber_Add, PyNumber_Divmod, PyNumber_Index, PyNumber_Long,
  PyNumber_Power, PyNumber_ToBase, PyObject_Format, PyObject_GetIter, PyObject_IsInstance, PyObject_IsSubclass, PyObject_Size, PySequence_List,
} from '../objects/abstract'
import { PyBool_FromLong } from '../objects/boolobject'
import { PyObject_Call, PyObject_CallNoArgs, PyObject_CallOneArg, PyObject_Vectorcall, PyObject_VectorcallMethod, _PyObject_FastCallDict } from '../objects/call'
import { PyCell_Check } from '../objects/cellobject'
import { PyDict_CheckExact, PyDict_Check, PyDict_Copy, PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetNone, PyErr_SetString } from '../objects/errors'
import {
  PyExc_AttributeError, PyExc_NameError, PyExc_OverflowError, PyExc_RuntimeError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError,
} from '../objects/exceptions'
import { PyFloat_CheckExact, PyFloat_FromDouble } from '../objects/floatobject'
import { currentCompleteFrame, frameGetObject } from '../objects/frameobject'
import { PyFrame_GetLocals } from '../objects/frame-attributes'
import { PyFunction_Check, type FunctionData } from '../objects/funcobject'
import { ArgParser } from '../objects/arg-parser'
import {
  _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_UnpackKeywords, _PyArg_UnpackKeywordsWithVararg,
} from '../objects/getargs'
import { PyCallIter_New } from '../objects/iterobject'
import { PyList_Append, PyList_AsTuple, PyList_New, PyList_SetSlice, PyList_Sort, type PyListObject } from '../objects/listobject'
import { HASH, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_EQ, Py_GT, Py_LT, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject } from '../objects/object'
import {
  PyCallable_Check, PyObject_ASCII, PyObject_Dir, PyObject_GetAttr, PyObject_Hash, PyObject_IsTrue, PyObject_Repr, PyObject_RichCompareBool,
  PyObject_SetAttr, PyObject_Str, _PyObject_LookupAttr,
} from '../objects/object-protocol'
import {
  PyLong_AsInt, PyLong_AsLongAndOverflow, PyLong_CheckExact, PyLong_FromBigInt, PyLong_FromLong, PyLong_FromSsize_t, longOverflow,
} from '../objects/longobject'
import { hashToInt } from '../lib/num-hash'
import { _PyRuntime } from '../objects/runtime'
import { Py_None, Py_NotImplemented } from '../objects/singletons'
import { PyBytes_Check, PyBytes_AsBytes } from '../objects/bytesobject'
import { PyByteArray_Check, PyByteArray_AsBytes } from '../objects/bytearrayobject'
import { PyTuple_Check, PyTuple_FromArray } from '../objects/tupleobject'
import { PyType_Check, PyType_Type, _PyObject_LookupSpecial } from '../objects/typeobject'
import { _PyType_CalculateMetaclass } from '../objects/type-new'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromOrdinal, PyUnicode_FromString, PyUnicode_GET_LENGTH, PyUnicode_InternInPlace, PyUnicode_CheckExact, _Py_ID } from '../objects/unicodeobject'
import { _PyEval_Vector } from '../vm/call-frame'
import { PyFile_WriteObject, PyFile_WriteString, PyFile_GetLine } from '../objects/fileobject'
import { PyImport_ImportModule, PyImport_ImportModuleLevelObject } from './import'
import { PySys_Audit, _PySys_GetAttr } from './sysmodule'
import { codeFunctions } from './builtin-code'
import { PyObject_SetItem } from '../objects/abstract'
import { PyAnextAwaitable_New } from '../objects/anextawaitable'
import { parseKeywordOnly } from '../objects/getargs-keywords'
import type { InterpreterFrame } from '../objects/frameobject'
import { _PyFrame_FastToLocals } from '../objects/frame-attributes'

const text = PyUnicode_AsString
const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

// ---- class statement ---------------------------------------------------------------------------------------------

/** Bases with __mro_entries__ resolved: NEW tuple (the same one when nothing changed), or null. Mirrors update_bases. */
function updateBases(bases: PyObject, args: PyObject[], from: number, nargs: number): PyObject | null {
  let out = null as PyListObject | null
  const drop = (): null => {
    Py_XDECREF(out)
    return null
  }
  for (let i = from; i < nargs; i++) {
    const base = args[i]!
    let entries: PyObject | null = null
    if (!PyType_Check(base)) {
      entries = _PyObject_LookupAttr(base, _Py_ID('__mro_entries__'))
      if (entries === null && PyErr_Occurred() !== null) return drop()
    }
    if (entries === null) {
      if (out !== null) PyList_Append(out, base)
      continue
    }
    const replaced = PyObject_CallOneArg(entries, bases)
    Py_DECREF(entries)
    if (replaced === null) return drop()
    if (!PyTuple_Check(replaced)) {
      PyErr_SetString(PyExc_TypeError, '__mro_entries__ must return a tuple')
      Py_DECREF(replaced)
      return drop()
    }
    if (out === null) {
      out = PyList_New(i - from)
      out.v.ob_item.push(...args.slice(from, i).map(ref))
    }
    const end = out.v.ob_item.length
    PyList_SetSlice(out, end, end, replaced)
    Py_DECREF(replaced)
  }
  if (out === null) return ref(bases)
  const result = PyList_AsTuple(out)
  Py_DECREF(out)
  return result
}

/** __build_class__(func, name, *bases, metaclass=None, **kwds). Mirrors builtin___build_class__. */
function build_class(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (nargs < 2) return PyErr_SetString(PyExc_TypeError, '__build_class__: not enough arguments')
  const func = args[0]!
  if (!PyFunction_Check(func)) return PyErr_SetString(PyExc_TypeError, '__build_class__: func must be a function')
  const name = args[1]!
  if (!PyUnicode_Check(name)) return PyErr_SetString(PyExc_TypeError, '__build_class__: name is not a string')
  const original = PyTuple_FromArray(args.slice(2, nargs).map(ref), true)
  const bases = updateBases(original, args, 2, nargs)
  if (bases === null) return Py_DECREF(original), null
  let meta: PyObject | null = null
  let mkw: PyObject | null = null
  let isClass = false
  let ns: PyObject | null = null
  let cls: PyObject | null = null
  const finish = (): PyObject | null => {
    Py_XDECREF(ns)
    Py_XDECREF(meta)
    Py_XDECREF(mkw)
    // Two references even when they are one tuple.
    Py_DECREF(original)
    Py_DECREF(bases)
    return cls
  }
  if (kwnames !== null) {
    mkw = PyDict_New()
    const names = kwnames.v as PyObject[]
    for (let i = 0; i < names.length; i++) if (PyDict_SetItem(mkw, names[i]!, args[nargs + i]!) !== 0) return finish()
    const given = PyDict_GetItemWithError(mkw, _Py_ID('metaclass'))
    if (given !== null) {
      meta = ref(given)
      if (PyDict_DelItem(mkw, _Py_ID('metaclass')) !== 0) return finish()
      isClass = PyType_Check(meta)
    } else if (PyErr_Occurred() !== null) return finish()
  }
  if (meta === null) {
    const first = (bases.v as PyObject[])[0]
    meta = ref(first === undefined ? PyType_Type : first.ob_type)
    isClass = true
  }
  if (isClass) {
    const winner = _PyType_CalculateMetaclass(meta as PyTypeObject, bases)
    if (winner === null) return finish()
    if (winner !== meta) {
      Py_DECREF(meta)
      meta = ref(winner)
    }
  }
  const prepare = _PyObject_LookupAttr(meta, _Py_ID('__prepare__'))
  if (prepare === null) {
    if (PyErr_Occurred() !== null) return finish()
    ns = PyDict_New()
  } else {
    ns = _PyObject_FastCallDict(prepare, [name, bases], 2, mkw)
    Py_DECREF(prepare)
    if (ns === null) return finish()
  }
  if (!PyDict_Check(ns) && ns.ob_type.mp_subscript === null) {
    PyErr_Format(PyExc_TypeError,
      `${isClass ? (meta as PyTypeObject).tp_name : '<metaclass>'}.__prepare__() must return a mapping, not ${ns.ob_type.tp_name}`)
    return finish()
  }
  const cell = _PyEval_Vector(func, ns, [], 0, null)
  if (cell === null) return finish()
  if (bases !== original && setItem(ns, '__orig_bases__', original) < 0) {
    Py_DECREF(cell)
    return finish()
  }
  cls = _PyObject_FastCallDict(meta, [name, bases, ns], 3, mkw)
  if (cls !== null && PyType_Check(cls) && PyCell_Check(cell)) {
    const inCell = cell.v.ob_ref as PyObject | null
    if (inCell !== cls) {
      if (inCell === null) {
        PyErr_Format(PyExc_RuntimeError,
          `__class__ not set defining ${repr(name)} as ${repr(cls)}. Was __classcell__ propagated to type.__new__?`)
      } else PyErr_Format(PyExc_TypeError, `__class__ set to ${repr(inCell)} defining ${repr(name)} as ${repr(cls)}`)
      Py_DECREF(cls)
      cls = null
    }
  }
  Py_DECREF(cell)
  return finish()
}

/** PyMapping_SetItemString: by a str of its own, which the mapping may keep. */
function setItem(mapping: PyObject, key: string, value: PyObject): number {
  const name = PyUnicode_FromString(key)
  const failed = PyObject_SetItem(mapping, name, value)
  Py_DECREF(name)
  return failed
}

function repr(o: PyObject): string {
  const r = PyObject_Repr(o)
  if (r === null) return PyErr_Clear(), `<${o.ob_type.tp_name}>`
  const s = text(r)
  Py_DECREF(r)
  return s
}

// ---- iteration -----------------------------------------------------------------------------------------------------

function anyAll(stopAt: number) {
  return (_self: PyObject, iterable: PyObject): PyObject | null => {
    const it = PyObject_GetIter(iterable)
    if (it === null) return null
    const next = it.ob_type.tp_iternext!
    for (let item = next(it); item !== null; item = next(it)) {
      const truth = PyObject_IsTrue(item)
      Py_DECREF(item)
      if (truth < 0) return Py_DECREF(it), null
      if ((truth > 0 ? 1 : 0) === stopAt) {
        Py_DECREF(it)
        return PyBool_FromLong(stopAt)
      }
    }
    Py_DECREF(it)
    if (PyErr_Occurred() !== null) {
      if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return null
      PyErr_Clear()
    }
    return PyBool_FromLong(1 - stopAt)
  }
}

function builtin_iter(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('iter', nargs, 1, 2)) return null
  if (nargs === 1) return PyObject_GetIter(args[0]!)
  if (!PyCallable_Check(args[0]!)) return PyErr_SetString(PyExc_TypeError, 'iter(v, w): v must be callable')
  return PyCallIter_New(args[0]!, args[1]!)
}

function builtin_next(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('next', nargs, 1, 2)) return null
  const it = args[0]!
  if (!PyIter_Check(it)) return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not an iterator', it.ob_type.tp_name)
  const result = it.ob_type.tp_iternext!(it)
  if (result !== null) return result
  if (nargs > 1) {
    if (PyErr_Occurred() !== null) {
      if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return null
      PyErr_Clear()
    }
    return ref(args[1]!)
  }
  if (PyErr_Occurred() === null) PyErr_SetNone(PyExc_StopIteration)
  return null
}

function builtin_aiter(_self: PyObject, o: PyObject): PyObject | null {
  const aiter = o.ob_type.am_aiter
  if (aiter === null) return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not an async iterable', o.ob_type.tp_name)
  const it = aiter(o)
  if (it !== null && it.ob_type.am_anext === null) {
    PyErr_Format(PyExc_TypeError, 'aiter() returned not an async iterator of type \'%.200s\'', it.ob_type.tp_name)
    Py_DECREF(it)
    return null
  }
  return it
}

function builtin_anext(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('anext', nargs, 1, 2)) return null
  const anext = args[0]!.ob_type.am_anext
  if (anext === null) return PyErr_Format(PyExc_TypeError, '\'%.200s\' object is not an async iterator', args[0]!.ob_type.tp_name)
  const awaitable = anext(args[0]!)
  if (awaitable === null || nargs === 1) return awaitable
  const wrapped = PyAnextAwaitable_New(awaitable, args[1]!)
  Py_DECREF(awaitable)
  return wrapped
}

const sumParser = new ArgParser('sum', ['', 'start'])

/** sum(iterable, /, start=0): ints and floats are added without objects as long as it lasts. Mirrors builtin_sum_impl. */
function builtin_sum(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, sumParser, 1, 2, 0)
  if (given === null) return null
  const start = given[1] ?? null
  const it = PyObject_GetIter(given[0]!)
  if (it === null) return null
  const fail = (...drop: (PyObject | null)[]): null => {
    for (const o of drop) Py_XDECREF(o)
    Py_DECREF(it)
    return null
  }
  let result: PyObject
  if (start === null) result = PyLong_FromLong(0)
  else {
    for (const [wrong, hint] of [[PyUnicode_Check(start), "strings [use ''.join(seq) instead]"],
      [PyBytes_Check(start), "bytes [use b''.join(seq) instead]"],
      [PyByteArray_Check(start), "bytearray [use b''.join(seq) instead]"]] as const) {
      if (wrong) {
        PyErr_SetString(PyExc_TypeError, `sum() can't sum ${hint}`)
        return fail()
      }
    }
    result = ref(start)
  }
  const next = it.ob_type.tp_iternext!
  let item: PyObject | null = null
  const ended = (): boolean => {
    if (PyErr_Occurred() === null) return true
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return false
    PyErr_Clear()
    return true
  }
  if (PyLong_CheckExact(result) && typeof result.v === 'number') {
    let total = result.v
    Py_DECREF(result)
    for (;;) {
      item = next(it)
      if (item === null) {
        Py_DECREF(it)
        return ended() ? PyLong_FromLong(total) : null
      }
      if ((PyLong_CheckExact(item) || item.ob_type.tp_name === 'bool') && typeof item.v === 'number') {
        const sum = total + item.v
        if (Number.isSafeInteger(sum)) {
          total = sum
          Py_DECREF(item)
          continue
        }
      }
      result = PyLong_FromLong(total)
      const added = PyNumber_Add(result, item)
      Py_DECREF(result)
      Py_DECREF(item)
      if (added === null) return fail()
      result = added
      break
    }
  }
  if (PyFloat_CheckExact(result)) {
    let total = (result.v as number)
    Py_DECREF(result)
    for (;;) {
      item = next(it)
      if (item === null) {
        Py_DECREF(it)
        return ended() ? PyFloat_FromDouble(total) : null
      }
      if (PyFloat_CheckExact(item)) {
        total += (item.v as number)
        Py_DECREF(item)
        continue
      }
      if (PyLong_CheckExact(item)) {
        const n = PyLong_AsLongAndOverflow(item)
        if (longOverflow() === 0) {
          total += n
          Py_DECREF(item)
          continue
        }
      }
      result = PyFloat_FromDouble(total)
      const added = PyNumber_Add(result, item)
      Py_DECREF(result)
      Py_DECREF(item)
      if (added === null) return fail()
      result = added
      break
    }
  }
  for (;;) {
    item = next(it)
    if (item === null) {
      if (!ended()) return fail(result)
      Py_DECREF(it)
      return result
    }
    const added = PyNumber_Add(result, item)
    Py_DECREF(result)
    Py_DECREF(item)
    if (added === null) return fail()
    result = added
  }
}

/** min and max. Mirrors min_max. */
function minMax(name: 'min' | 'max', op: number) {
  return (_self: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null => {
    const items = args.v as PyObject[]
    const positional = items.length > 1
    if (items.length === 0) return PyErr_Format(PyExc_TypeError, '%s expected at least 1 argument, got 0', name)
    const given = parseKeywordOnly(name, ['key', 'default'], kwargs)
    if (given === null) return null
    let key = given[0] ?? null
    const fallback = given[1] ?? null
    if (positional && fallback !== null) {
      return PyErr_Format(PyExc_TypeError, 'Cannot specify a default for %s() with multiple positional arguments', name)
    }
    if (key === Py_None) key = null
    const it = PyObject_GetIter(positional ? args : items[0]!)
    if (it === null) return null
    let bestItem: PyObject | null = null
    let bestValue: PyObject | null = null
    const fail = (...drop: (PyObject | null)[]): null => {
      for (const o of [...drop, bestItem, bestValue]) Py_XDECREF(o)
      Py_DECREF(it)
      return null
    }
    for (let item = PyIter_Next(it); item !== null; item = PyIter_Next(it)) {
      let value: PyObject | null
      if (key === null) value = ref(item)
      else {
        value = PyObject_CallOneArg(key, item)
        if (value === null) return fail(item)
      }
      if (bestValue === null) {
        bestItem = item
        bestValue = value
        continue
      }
      const better = PyObject_RichCompareBool(value, bestValue, op)
      if (better < 0) return fail(value, item)
      if (better > 0) {
        Py_DECREF(bestValue)
        Py_DECREF(bestItem!)
        bestItem = item
        bestValue = value
      } else {
        Py_DECREF(value)
        Py_DECREF(item)
      }
    }
    if (PyErr_Occurred() !== null) return fail()
    Py_XDECREF(bestValue)
    Py_DECREF(it)
    if (bestItem !== null) return bestItem
    if (fallback !== null) return ref(fallback)
    return PyErr_Format(PyExc_ValueError, '%s() arg is an empty sequence', name)
  }
}

/** sorted(iterable, /, *, key=None, reverse=False) */
function builtin_sorted(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (!_PyArg_CheckPositional('sorted', nargs, 1, 1)) return null
  const list = PySequence_List(args[0]!)
  if (list === null) return null
  const sort = PyObject_GetAttr(list, _Py_ID('sort'))
  if (sort === null) return Py_DECREF(list), null
  const result = PyObject_Vectorcall(sort, args.slice(1), nargs - 1, kwnames)
  Py_DECREF(sort)
  if (result === null) return Py_DECREF(list), null
  Py_DECREF(result)
  return list
}

// ---- numbers and characters ---------------------------------------------------------------------------------------------

function builtin_chr(_self: PyObject, arg: PyObject): PyObject | null {
  const index = PyNumber_Index(arg)
  if (index === null) return null
  const code = Number(index.v as number | bigint)
  Py_DECREF(index)
  if (code < -2147483648 || code > 2147483647) {
    return PyErr_SetString(PyExc_OverflowError, code < 0
      ? 'signed integer is less than minimum' : 'signed integer is greater than maximum')
  }
  if (code < 0 || code > 0x10ffff) return PyErr_SetString(PyExc_ValueError, 'chr() arg not in range(0x110000)')
  return PyUnicode_FromOrdinal(code)
}

function builtin_ord(_self: PyObject, c: PyObject): PyObject | null {
  let size: number
  if (PyBytes_Check(c) || PyByteArray_Check(c)) {
    const bytes = PyBytes_Check(c) ? PyBytes_AsBytes(c) : PyByteArray_AsBytes(c)
    if (bytes.length === 1) return PyLong_FromLong(bytes[0]!)
    size = bytes.length
  } else if (PyUnicode_Check(c)) {
    if (PyUnicode_GET_LENGTH(c) === 1) return PyLong_FromLong(text(c).codePointAt(0)!)
    size = PyUnicode_GET_LENGTH(c)
  } else return PyErr_Format(PyExc_TypeError, 'ord() expected string of length 1, but %.200s found', c.ob_type.tp_name)
  return PyErr_Format(PyExc_TypeError, 'ord() expected a character, but string of length %zd found', size)
}

function builtin_hash(_self: PyObject, o: PyObject): PyObject | null {
  if (PyObject_Hash(o) < 0) return null
  const hash = hashToInt(HASH[0]!, HASH[1]!)
  return typeof hash === 'number' ? PyLong_FromSsize_t(hash) : PyLong_FromBigInt(hash)
}

function builtin_id(_self: PyObject, o: PyObject): PyObject | null {
  if (PySys_Audit('builtins.id') < 0) return null
  return PyLong_FromLong(_PyRuntime.process.toAddress(o.addr))
}

const powParser = new ArgParser('pow', ['base', 'exp', 'mod'])

function builtin_pow(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, powParser, 2, 3, 0)
  return given === null ? null : PyNumber_Power(given[0]!, given[1]!, given[2] ?? Py_None)
}

const roundParser = new ArgParser('round', ['number', 'ndigits'])

function builtin_round(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, roundParser, 1, 2, 0)
  if (given === null) return null
  const number = given[0]!
  const round = _PyObject_LookupSpecial(number, _Py_ID('__round__'))
  if (round === null) {
    if (PyErr_Occurred() === null) PyErr_Format(PyExc_TypeError, 'type %.100s doesn\'t define __round__ method', number.ob_type.tp_name)
    return null
  }
  const ndigits = given[1] ?? null
  const result = ndigits === null || ndigits === Py_None ? PyObject_CallNoArgs(round) : PyObject_CallOneArg(round, ndigits)
  Py_DECREF(round)
  return result
}

function builtin_format(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('format', nargs, 1, 2)) return null
  if (nargs > 1 && !PyUnicode_Check(args[1]!)) {
    return _PyArg_BadArgument('format', 'argument 2', 'str', args[1]!)
  }
  return PyObject_Format(args[0]!, nargs > 1 ? args[1]! : null)
}

// ---- attributes -----------------------------------------------------------------------------------------------------------

function builtin_getattr(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('getattr', nargs, 2, 3)) return null
  const [o, name] = args as [PyObject, PyObject]
  if (!PyUnicode_Check(name)) return PyErr_SetString(PyExc_TypeError, 'attribute name must be string, not \'' + name.ob_type.tp_name + "'")
  if (nargs < 3) return PyObject_GetAttr(o, name)
  const found = _PyObject_LookupAttr(o, name)
  if (found !== null || PyErr_Occurred() !== null) return found
  return ref(args[2]!)
}

function builtin_hasattr(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('hasattr', nargs, 2, 2)) return null
  if (!PyUnicode_Check(args[1]!)) return PyErr_SetString(PyExc_TypeError, 'attribute name must be string, not \'' + args[1]!.ob_type.tp_name + "'")
  const found = _PyObject_LookupAttr(args[0]!, args[1]!)
  if (found === null) return PyErr_Occurred() !== null ? null : PyBool_FromLong(0)
  Py_DECREF(found)
  return PyBool_FromLong(1)
}

function builtin_setattr(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('setattr', nargs, 3, 3)) return null
  return PyObject_SetAttr(args[0]!, args[1]!, args[2]!) === 0 ? none() : null
}

function builtin_delattr(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('delattr', nargs, 2, 2)) return null
  return PyObject_SetAttr(args[0]!, args[1]!, null) === 0 ? none() : null
}

function builtin_dir(_self: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  return _PyArg_CheckPositional('dir', items.length, 0, 1) ? PyObject_Dir(items[0] ?? null) : null
}

function builtin_vars(_self: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (!_PyArg_CheckPositional('vars', items.length, 0, 1)) return null
  if (items.length === 0) return builtin_locals()
  const dict = _PyObject_LookupAttr(items[0]!, _Py_ID('__dict__'))
  if (dict === null && PyErr_Occurred() === null) PyErr_SetString(PyExc_TypeError, 'vars() argument must have __dict__ attribute')
  return dict
}

function builtin_globals(): PyObject | null {
  const frame = currentCompleteFrame(_PyRuntime.tstate)
  return frame === null ? none() : ref(frame.f_globals)
}

function builtin_locals(): PyObject | null {
  const frame = currentCompleteFrame(_PyRuntime.tstate)
  if (frame === null) return PyErr_SetString(PyExc_RuntimeError, 'frame does not exist')
  return locals(frame)
}

/** Writes the fast locals into the frame's mapping; no frame object is made. */
function locals(frame: InterpreterFrame): PyObject | null {
  if (_PyFrame_FastToLocals(frame) < 0) return null
  return ref(frame.f_locals!)
}

function builtin_len(_self: PyObject, o: PyObject): PyObject | null {
  const size = PyObject_Size(o)
  return size < 0 ? null : PyLong_FromSsize_t(size)
}

function builtin_isinstance(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('isinstance', nargs, 2, 2)) return null
  const result = PyObject_IsInstance(args[0]!, args[1]!)
  return result < 0 ? null : PyBool_FromLong(result)
}

function builtin_issubclass(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('issubclass', nargs, 2, 2)) return null
  const result = PyObject_IsSubclass(args[0]!, args[1]!)
  return result < 0 ? null : PyBool_FromLong(result)
}

function builtin_divmod(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  return _PyArg_CheckPositional('divmod', nargs, 2, 2) ? PyNumber_Divmod(args[0]!, args[1]!) : null
}

// ---- input and output --------------------------------------------------------------------------------------------------------

/** print(*args, sep=' ', end='\n', file=None, flush=False). Mirrors builtin_print_impl. */
function builtin_print(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const argv = _PyArg_UnpackKeywordsWithVararg(args, nargs, kwnames, printParser)
  if (argv === null) return null
  const [objects, sep, end, file, flush] = argv
  const truth = flush ? PyObject_IsTrue(flush) : 0
  const result = truth < 0 ? null : printObjects(objects!.v as PyObject[], sep!, end!, file!, truth > 0)
  Py_DECREF(objects!)
  return result
}

const printParser = new ArgParser('print', ['sep', 'end', 'file', 'flush'])

function printObjects(
  objects: readonly PyObject[], sep: PyObject | null, end: PyObject | null, file: PyObject | null, flush: boolean,
): PyObject | null {
  if (file === null || file === Py_None) {
    file = _PySys_GetAttr('stdout')
    if (file === null) return PyErr_SetString(PyExc_RuntimeError, 'lost sys.stdout')
    if (file === Py_None) return none()
  }
  if (sep === Py_None) sep = null
  else if (sep !== null && !PyUnicode_Check(sep)) {
    return PyErr_Format(PyExc_TypeError, 'sep must be None or a string, not %.200s', sep.ob_type.tp_name)
  }
  if (end === Py_None) end = null
  else if (end !== null && !PyUnicode_Check(end)) {
    return PyErr_Format(PyExc_TypeError, 'end must be None or a string, not %.200s', end.ob_type.tp_name)
  }
  for (let i = 0; i < objects.length; i++) {
    if (i > 0 && (sep === null ? PyFile_WriteString(' ', file) : PyFile_WriteObject(sep, file, true)) < 0) return null
    if (PyFile_WriteObject(objects[i]!, file, true) < 0) return null
  }
  if ((end === null ? PyFile_WriteString('\n', file) : PyFile_WriteObject(end, file, true)) < 0) return null
  if (flush) {
    const done = PyObject_VectorcallMethod(_Py_ID('flush'), [file], 1, null)
    if (done === null) return null
    Py_DECREF(done)
  }
  return none()
}

/** input(prompt=''): through sys.stdout and sys.stdin. */
function builtin_input(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('input', nargs, 0, 1)) return null
  const streams = ['stdin', 'stdout', 'stderr'].map(name => _PySys_GetAttr(name))
  for (const [i, stream] of streams.entries()) {
    if (stream === null || stream === Py_None) return PyErr_SetString(PyExc_RuntimeError, `input(): lost sys.${['stdin', 'stdout', 'stderr'][i]}`)
  }
  const [stdin, stdout, stderr] = streams as [PyObject, PyObject, PyObject]
  if (PySys_Audit('builtins.input', nargs > 0 ? args[0]! : Py_None) < 0) return null
  for (const stream of [stderr, stdout]) {
    const done = PyObject_VectorcallMethod(_Py_ID('flush'), [stream], 1, null)
    if (done === null) PyErr_Clear()
    else Py_DECREF(done)
    if (stream === stderr && nargs > 0 && PyFile_WriteObject(args[0]!, stdout, true) < 0) return null
  }
  return PyFile_GetLine(stdin, -1)
}

function builtin_import(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, importParser, 1, 5, 0)
  if (given === null) return null
  const [name, globals, locals_, fromlist, level] = given
  let lev = 0
  if (level !== null && level !== undefined) {
    lev = PyLong_AsInt(level)
    if (lev === -1 && PyErr_Occurred() !== null) return null
  }
  return PyImport_ImportModuleLevelObject(name!, globals === Py_None ? null : globals ?? null, locals_ ?? null, fromlist ?? null, lev)
}

const importParser = new ArgParser('__import__', ['name', 'globals', 'locals', 'fromlist', 'level'])

function builtin_breakpoint(_self: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const hook = _PySys_GetAttr('breakpointhook')
  if (hook === null) return PyErr_SetString(PyExc_RuntimeError, 'lost sys.breakpointhook')
  return PyObject_Vectorcall(hook, args, nargs, kwnames)
}

export const builtinMethods: PyMethodDef[] = [
  { ml_name: '__build_class__', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: build_class },
  { ml_name: '__import__', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_import, signature: '($module, /, name, globals=None, locals=None, fromlist=(), level=0)' },
  { ml_name: 'abs', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyNumber_Absolute(o), signature: '($module, x, /)' },
  { ml_name: 'all', ml_flags: METH_O, ml_meth: anyAll(0), signature: '($module, iterable, /)' },
  { ml_name: 'any', ml_flags: METH_O, ml_meth: anyAll(1), signature: '($module, iterable, /)' },
  { ml_name: 'ascii', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyObject_ASCII(o), signature: '($module, obj, /)' },
  { ml_name: 'bin', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyNumber_ToBase(o, 2), signature: '($module, number, /)' },
  { ml_name: 'breakpoint', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_breakpoint },
  { ml_name: 'callable', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyBool_FromLong(PyCallable_Check(o) ? 1 : 0), signature: '($module, obj, /)' },
  { ml_name: 'chr', ml_flags: METH_O, ml_meth: builtin_chr, signature: '($module, i, /)' },
  ...codeFunctions,
  { ml_name: 'delattr', ml_flags: METH_FASTCALL, ml_meth: builtin_delattr, signature: '($module, obj, name, /)' },
  { ml_name: 'dir', ml_flags: METH_VARARGS, ml_meth: builtin_dir },
  { ml_name: 'divmod', ml_flags: METH_FASTCALL, ml_meth: builtin_divmod, signature: '($module, x, y, /)' },
  { ml_name: 'format', ml_flags: METH_FASTCALL, ml_meth: builtin_format, signature: "($module, value, format_spec='', /)" },
  { ml_name: 'getattr', ml_flags: METH_FASTCALL, ml_meth: builtin_getattr },
  { ml_name: 'globals', ml_flags: METH_NOARGS, ml_meth: builtin_globals, signature: '($module, /)' },
  { ml_name: 'hasattr', ml_flags: METH_FASTCALL, ml_meth: builtin_hasattr, signature: '($module, obj, name, /)' },
  { ml_name: 'hash', ml_flags: METH_O, ml_meth: builtin_hash, signature: '($module, obj, /)' },
  { ml_name: 'hex', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyNumber_ToBase(o, 16), signature: '($module, number, /)' },
  { ml_name: 'id', ml_flags: METH_O, ml_meth: builtin_id, signature: '($module, obj, /)' },
  { ml_name: 'input', ml_flags: METH_FASTCALL, ml_meth: builtin_input, signature: "($module, prompt='', /)" },
  { ml_name: 'isinstance', ml_flags: METH_FASTCALL, ml_meth: builtin_isinstance, signature: '($module, obj, class_or_tuple, /)' },
  { ml_name: 'issubclass', ml_flags: METH_FASTCALL, ml_meth: builtin_issubclass, signature: '($module, cls, class_or_tuple, /)' },
  { ml_name: 'iter', ml_flags: METH_FASTCALL, ml_meth: builtin_iter },
  { ml_name: 'aiter', ml_flags: METH_O, ml_meth: builtin_aiter, signature: '($module, async_iterable, /)' },
  { ml_name: 'len', ml_flags: METH_O, ml_meth: builtin_len, signature: '($module, obj, /)' },
  { ml_name: 'locals', ml_flags: METH_NOARGS, ml_meth: builtin_locals, signature: '($module, /)' },
  { ml_name: 'max', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: minMax('max', Py_GT) },
  { ml_name: 'min', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: minMax('min', Py_LT) },
  { ml_name: 'next', ml_flags: METH_FASTCALL, ml_meth: builtin_next },
  { ml_name: 'anext', ml_flags: METH_FASTCALL, ml_meth: builtin_anext },
  { ml_name: 'oct', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyNumber_ToBase(o, 8), signature: '($module, number, /)' },
  { ml_name: 'ord', ml_flags: METH_O, ml_meth: builtin_ord, signature: '($module, c, /)' },
  { ml_name: 'pow', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_pow, signature: '($module, /, base, exp, mod=None)' },
  { ml_name: 'print', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_print, signature: "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)" },
  { ml_name: 'repr', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => PyObject_Repr(o), signature: '($module, obj, /)' },
  { ml_name: 'round', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_round, signature: '($module, /, number, ndigits=None)' },
  { ml_name: 'setattr', ml_flags: METH_FASTCALL, ml_meth: builtin_setattr, signature: '($module, obj, name, value, /)' },
  { ml_name: 'sorted', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_sorted, signature: '($module, iterable, /, *, key=None, reverse=False)' },
  { ml_name: 'sum', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: builtin_sum, signature: '($module, iterable, /, start=0)' },
  { ml_name: 'vars', ml_flags: METH_VARARGS, ml_meth: builtin_vars },
]
