// Instructions out of line: those that programs run seldom enough that a call costs nothing. The loop in eval.ts is one
// JavaScript function, and what V8 needs to compile it, and to compile it anew when it learns something, grows with its size.
//
// Each case does all of an instruction but for moving on: it returns the new stack top, or ~top with an exception set (or,
// with `blockedOn` set, when the thread is to wait).
import { Py_False, Py_True } from '../objects/boolobject'
import { PyCell_New } from '../objects/cellobject'
import { PyDict_SetItem, _PyDict_SetItem_Take2 } from '../objects/dictobject'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_AssertionError, PyExc_SystemError, PyException_GetTraceback } from '../objects/exceptions'
import { InterpreterFrame } from '../objects/frameobject'
import type { FunctionData } from '../objects/funcobject'
import { _PyAsyncGenValueWrapperNew } from '../objects/genobject'
import { PyList_AsTuple, _PyList_Extend } from '../objects/listobject'
import { PyLong_FromSsize_t } from '../objects/longobject'
import { PyNumber_Invert, PyNumber_Negative, PyNumber_Positive, PyObject_DelItem, PyObject_Size } from '../objects/abstract'
import { PyObject_Vectorcall } from '../objects/call'
import { Py_TPFLAGS_MAPPING, Py_TPFLAGS_SEQUENCE, PyObject } from '../objects/object'
import { PySet_Add, PySet_New, _PySet_Update } from '../objects/setobject'
import { PySlice_New } from '../objects/sliceobject'
import { Py_None } from '../objects/singletons'
import { PyUnicode_JoinArray } from '../objects/unicode-methods'
import { _PyRuntime } from '../objects/runtime'
import { loadClassderef, loadName, storeName } from './names'
import { mayBlock } from './threads'
import {
  beforeWith, buildClass, buildConstKeyMap, buildMap, checkEgMatch, deleteAttr, deleteGlobal, deleteName, dictMerge,
  dictUpdate, formatExcUnbound, formatValue, getAiter, getAnext, getAwaitable, getYieldFromIter, importFrom, importName,
  importStar, makeFunction, matchClass, matchKeys, prepReraiseStar, printExpr, resultFlags, setupAnnotations, unboundLocal,
  unpackEx, valueAfterStar,
} from './ops'
import * as op from './opcodes'

export function rareOp(frame: InterpreterFrame, st: (PyObject | null)[], sp: number, instruction: number): number {
  const tstate = _PyRuntime.tstate
  const { code } = frame
  const arg = instruction >>> 8
  switch (instruction & 0xff) {
    case op.UNARY_POSITIVE:
    case op.UNARY_NEGATIVE:
    case op.UNARY_INVERT: {
      const o = st[sp - 1]!
      const kind = instruction & 0xff
      const result = kind === op.UNARY_NEGATIVE ? PyNumber_Negative(o)
        : kind === op.UNARY_INVERT ? PyNumber_Invert(o) : PyNumber_Positive(o)
      st[sp - 1] = null
      if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      if (result === null) {
        sp--
        return ~sp
      }
      st[sp - 1] = result
      return sp
    }
    case op.DELETE_SUBSCR: {
      const sub = st[sp - 1]!
      const container = st[sp - 2]!
      const failed = PyObject_DelItem(container, sub) !== 0
      st[sp - 1] = st[sp - 2] = null
      sp -= 2
      if (--container.ob_refcnt === 0) container.ob_type.tp_dealloc(container)
      if (--sub.ob_refcnt === 0) sub.ob_type.tp_dealloc(sub)
      if (failed) return ~sp
      return sp
    }
    case op.LOAD_NAME: {
      const value = loadName(frame, code.names[arg]!)
      if (value === null) return ~sp
      st[sp++] = value
      return sp
    }
    case op.STORE_NAME: {
      const value = st[--sp]!
      st[sp] = null
      const failed = storeName(frame, code.names[arg]!, value) !== 0
      if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
      if (failed) return ~sp
      return sp
    }
    case op.STORE_GLOBAL: {
      const value = st[--sp]!
      st[sp] = null
      const failed = PyDict_SetItem(frame.f_globals, code.names[arg]!, value) !== 0
      if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
      if (failed) return ~sp
      return sp
    }
    case op.DELETE_NAME:
      if (!deleteName(frame, code.names[arg]!)) return ~sp
      return sp
    case op.DELETE_GLOBAL:
      if (!deleteGlobal(frame, code.names[arg]!)) return ~sp
      return sp
    case op.DELETE_FAST: {
      const o = st[arg]!
      if (o === null) {
        unboundLocal(code, arg)
        return ~sp
      }
      st[arg] = null
      if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      return sp
    }
    case op.MAKE_CELL: {
      const initial = st[arg]!
      const cell = PyCell_New(initial)
      st[arg] = cell
      if (initial !== null) initial.ob_refcnt--
      return sp
    }
    case op.COPY_FREE_VARS: {
      const closure = (frame.f_func!.v as FunctionData).func_closure!.v as PyObject[]
      const first = code.nlocalsplus - arg
      for (let i = 0; i < arg; i++) {
        const o = closure[i]!
        o.ob_refcnt++
        st[first + i] = o
      }
      return sp
    }
    case op.LOAD_CLASSDEREF: {
      const value = loadClassderef(frame, code, arg)
      if (value === null) return ~sp
      st[sp++] = value
      return sp
    }
    case op.DELETE_DEREF: {
      const cell = st[arg]!
      const old = cell.v.ob_ref as PyObject | null
      if (old === null) {
        formatExcUnbound(code, arg)
        return ~sp
      }
      cell.v.ob_ref = null
      if (--old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
      return sp
    }
    case op.DELETE_ATTR: {
      const owner = st[--sp]!
      st[sp] = null
      const failed = deleteAttr(owner, code.names[arg]!) !== 0
      if (--owner.ob_refcnt === 0) owner.ob_type.tp_dealloc(owner)
      if (failed) return ~sp
      return sp
    }
    case op.ASYNC_GEN_WRAP: {
      const value = st[sp - 1]!
      st[sp - 1] = _PyAsyncGenValueWrapperNew(value)
      if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
      return sp
    }
    case op.GET_AWAITABLE: {
      const iterable = st[sp - 1]!
      const iterator = getAwaitable(iterable, arg)
      st[sp - 1] = iterator
      if (--iterable.ob_refcnt === 0) iterable.ob_type.tp_dealloc(iterable)
      if (iterator === null) {
        sp--
        return ~sp
      }
      return sp
    }
    case op.GET_YIELD_FROM_ITER: {
      const iterable = st[sp - 1]!
      const iterator = getYieldFromIter(iterable, code)
      st[sp - 1] = iterator
      if (--iterable.ob_refcnt === 0) iterable.ob_type.tp_dealloc(iterable)
      if (iterator === null) {
        sp--
        return ~sp
      }
      return sp
    }
    case op.GET_AITER: {
      const o = st[sp - 1]!
      const iterator = getAiter(o)
      st[sp - 1] = iterator
      if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      if (iterator === null) {
        sp--
        return ~sp
      }
      return sp
    }
    case op.GET_ANEXT: {
      const awaitable = getAnext(st[sp - 1]!)
      if (awaitable === null) return ~sp
      st[sp++] = awaitable
      return sp
    }
    case op.LIST_TO_TUPLE: {
      const list = st[sp - 1]!
      st[sp - 1] = PyList_AsTuple(list)
      if (--list.ob_refcnt === 0) list.ob_type.tp_dealloc(list)
      return sp
    }
    case op.BUILD_SET: {
      const set = PySet_New(null)!
      let failed = false
      for (let i = sp - arg; i < sp; i++) {
        const item = st[i]!
        st[i] = null
        if (!failed && PySet_Add(set, item) !== 0) failed = true
        if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
      }
      sp -= arg
      if (failed) {
        if (--set.ob_refcnt === 0) set.ob_type.tp_dealloc(set)
        return ~sp
      }
      st[sp++] = set
      return sp
    }
    case op.BUILD_MAP: {
      const map = buildMap(st, sp, arg)
      for (let i = sp - 2 * arg; i < sp; i++) {
        const o = st[i]!
        st[i] = null
        if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      }
      sp -= 2 * arg
      if (map === null) return ~sp
      st[sp++] = map
      return sp
    }
    case op.BUILD_CONST_KEY_MAP: {
      const map = buildConstKeyMap(st, sp, arg)
      for (let i = sp - arg - 1; i < sp; i++) {
        const o = st[i]!
        st[i] = null
        if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      }
      sp -= arg + 1
      if (map === null) return ~sp
      st[sp++] = map
      return sp
    }
    case op.BUILD_SLICE: {
      const step = arg === 3 ? st[sp - 1]! : null
      const n = arg
      const slice = PySlice_New(st[sp - n]!, st[sp - n + 1]!, step)
      for (let i = sp - 1; i >= sp - n; i--) {
        const o = st[i]!
        st[i] = null
        if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      }
      sp -= n
      st[sp++] = slice
      return sp
    }
    case op.BUILD_STRING: {
      const str = PyUnicode_JoinArray(st as PyObject[], sp - arg, arg)
      for (let i = sp - 1; i >= sp - arg; i--) {
        const o = st[i]!
        st[i] = null
        if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      }
      sp -= arg
      if (str === null) return ~sp
      st[sp++] = str
      return sp
    }
    case op.FORMAT_VALUE: {
      const spec = (arg & 4) !== 0 ? st[--sp]! : null
      if (spec !== null) st[sp] = null
      const value = st[sp - 1]!
      st[sp - 1] = null
      const text = formatValue(value, spec, arg & 3)
      if (text === null) {
        sp--
        return ~sp
      }
      st[sp - 1] = text
      return sp
    }
    case op.SET_ADD: {
      const item = st[--sp]!
      st[sp] = null
      const failed = PySet_Add(st[sp - arg]!, item) !== 0
      if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
      if (failed) return ~sp
      return sp
    }
    case op.MAP_ADD: {
      const value = st[sp - 1]!
      const key = st[sp - 2]!
      st[sp - 1] = st[sp - 2] = null
      sp -= 2
      // _PyDict_SetItem_Take2 steals both.
      if (_PyDict_SetItem_Take2(st[sp - arg]!, key, value) !== 0) return ~sp
      return sp
    }
    case op.LIST_EXTEND: {
      const iterable = st[--sp]!
      st[sp] = null
      const done = _PyList_Extend(st[sp - arg]!, iterable)
      if (done === null) {
        valueAfterStar(iterable)
        if (--iterable.ob_refcnt === 0) iterable.ob_type.tp_dealloc(iterable)
        return ~sp
      }
      done.ob_refcnt--
      if (--iterable.ob_refcnt === 0) iterable.ob_type.tp_dealloc(iterable)
      return sp
    }
    case op.SET_UPDATE: {
      const iterable = st[--sp]!
      st[sp] = null
      const failed = _PySet_Update(st[sp - arg]!, iterable) < 0
      if (--iterable.ob_refcnt === 0) iterable.ob_type.tp_dealloc(iterable)
      if (failed) return ~sp
      return sp
    }
    case op.DICT_UPDATE:
    case op.DICT_MERGE: {
      const update = st[--sp]!
      st[sp] = null
      const target = st[sp - arg]!
      const ok = (instruction & 0xff) === op.DICT_UPDATE ? dictUpdate(target, update)
        : dictMerge(target, update, st[sp - arg - 2]!)
      if (--update.ob_refcnt === 0) update.ob_type.tp_dealloc(update)
      if (!ok) return ~sp
      return sp
    }
    case op.UNPACK_EX: {
      const sequence = st[--sp]!
      st[sp] = null
      const ok = unpackEx(sequence, arg & 0xff, arg >> 8, st, sp)
      if (--sequence.ob_refcnt === 0) sequence.ob_type.tp_dealloc(sequence)
      if (!ok) return ~sp
      sp += 1 + (arg & 0xff) + (arg >> 8)
      return sp
    }
    case op.MAKE_FUNCTION: {
      const popped = 1 + (arg & 1) + (arg >> 1 & 1) + (arg >> 2 & 1) + (arg >> 3 & 1)
      const func = makeFunction(frame, st, sp, arg)
      for (let i = sp - popped; i < sp; i++) st[i] = null
      sp -= popped
      st[sp++] = func
      return sp
    }
    case op.LOAD_BUILD_CLASS: {
      const o = buildClass(frame)
      if (o === null) return ~sp
      st[sp++] = o
      return sp
    }
    case op.LOAD_ASSERTION_ERROR:
      PyExc_AssertionError.ob_refcnt++
      st[sp++] = PyExc_AssertionError
      return sp
    case op.GET_LEN: {
      const size = PyObject_Size(st[sp - 1]!)
      if (size < 0) return ~sp
      st[sp++] = PyLong_FromSsize_t(size)
      return sp
    }
    case op.MATCH_MAPPING:
    case op.MATCH_SEQUENCE: {
      const flag = (instruction & 0xff) === op.MATCH_MAPPING ? Py_TPFLAGS_MAPPING : Py_TPFLAGS_SEQUENCE
      const result = (st[sp - 1]!.ob_type.tp_flags & flag) !== 0 ? Py_True : Py_False
      result.ob_refcnt++
      st[sp++] = result
      return sp
    }
    case op.MATCH_KEYS: {
      const values = matchKeys(st[sp - 2]!, st[sp - 1]!)
      if (values === null) return ~sp
      st[sp++] = values
      return sp
    }
    case op.MATCH_CLASS: {
      const names = st[--sp]!
      const type = st[sp - 1]!
      const subject = st[sp - 2]!
      st[sp] = null
      const attributes = matchClass(subject, type, arg, names)
      st[sp - 1] = null
      sp--
      if (--subject.ob_refcnt === 0) subject.ob_type.tp_dealloc(subject)
      if (--type.ob_refcnt === 0) type.ob_type.tp_dealloc(type)
      if (--names.ob_refcnt === 0) names.ob_type.tp_dealloc(names)
      if (attributes === null) {
        st[--sp] = null
        if (PyErr_Occurred() !== null) return ~sp
        Py_None.ob_refcnt++
        st[sp++] = Py_None
      } else st[sp - 1] = attributes
      return sp
    }
    case op.CHECK_EG_MATCH: {
      // Stack: group, type -> rest, match (or None).
      const type = st[--sp]!
      st[sp] = null
      const group = st[sp - 1]!
      const ok = checkEgMatch(group, type)
      if (--type.ob_refcnt === 0) type.ob_type.tp_dealloc(type)
      if (!ok) return ~sp
      if (resultFlags.match === Py_None) {
        st[sp++] = Py_None
        resultFlags.match = null
      } else {
        st[sp - 1] = resultFlags.rest
        st[sp++] = resultFlags.match
        resultFlags.match!.ob_refcnt++
        const info = tstate.exc_info
        const old = info.exc_value
        info.exc_value = resultFlags.match
        if (old !== null && --old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
        resultFlags.match = resultFlags.rest = null
        if (--group.ob_refcnt === 0) group.ob_type.tp_dealloc(group)
      }
      return sp
    }
    case op.PREP_RERAISE_STAR: {
      const list = st[--sp]!
      st[sp] = null
      const original = st[sp - 1]!
      const value = prepReraiseStar(original, list)
      if (--list.ob_refcnt === 0) list.ob_type.tp_dealloc(list)
      if (--original.ob_refcnt === 0) original.ob_type.tp_dealloc(original)
      st[sp - 1] = value
      if (value === null) {
        sp--
        return ~sp
      }
      return sp
    }
    case op.WITH_EXCEPT_START: {
      // Stack: exit, lasti, previous exception, exception.
      const value = st[sp - 1]!
      const exit = st[sp - 4]!
      const tb = PyException_GetTraceback(value)
      const args = [value.ob_type as PyObject, value, tb ?? Py_None]
      const result = PyObject_Vectorcall(exit, args, 3, null)
      if (tb !== null) tb.ob_refcnt--
      if (result === null) return ~sp
      st[sp++] = result
      return sp
    }
    case op.BEFORE_WITH:
    case op.BEFORE_ASYNC_WITH: {
      const manager = st[sp - 1]!
      const exit = beforeWith(manager, (instruction & 0xff) === op.BEFORE_ASYNC_WITH)
      if (exit === null) return ~sp
      const result = resultFlags.enter!
      resultFlags.enter = null
      if (tstate.scheduled && tstate.evalDepth === 1 && mayBlock(result)) {
        _PyRuntime.maySuspend = true
        const taken = PyObject_Vectorcall(result, [], 0, null)
        _PyRuntime.maySuspend = false
        if (--result.ob_refcnt === 0) result.ob_type.tp_dealloc(result)
        if (taken === null) {
          // The thread waits: all of it is done again. Or it failed.
          if (--exit.ob_refcnt === 0) exit.ob_type.tp_dealloc(exit)
          return ~sp
        }
        st[sp - 1] = exit
        if (--manager.ob_refcnt === 0) manager.ob_type.tp_dealloc(manager)
        st[sp++] = taken
        return sp
      }
      st[sp - 1] = exit
      if (--manager.ob_refcnt === 0) manager.ob_type.tp_dealloc(manager)
      const entered = PyObject_Vectorcall(result, [], 0, null)
      if (--result.ob_refcnt === 0) result.ob_type.tp_dealloc(result)
      if (entered === null) return ~sp
      st[sp++] = entered
      return sp
    }
    case op.IMPORT_NAME: {
      const fromlist = st[--sp]!
      st[sp] = null
      const level = st[sp - 1]!
      const module = importName(frame, code.names[arg]!, fromlist, level)
      st[sp - 1] = module
      if (--level.ob_refcnt === 0) level.ob_type.tp_dealloc(level)
      if (--fromlist.ob_refcnt === 0) fromlist.ob_type.tp_dealloc(fromlist)
      if (module === null) {
        sp--
        return ~sp
      }
      return sp
    }
    case op.IMPORT_FROM: {
      const value = importFrom(st[sp - 1]!, code.names[arg]!)
      if (value === null) return ~sp
      st[sp++] = value
      return sp
    }
    case op.IMPORT_STAR: {
      const module = st[--sp]!
      st[sp] = null
      const ok = importStar(frame, module)
      if (--module.ob_refcnt === 0) module.ob_type.tp_dealloc(module)
      if (!ok) return ~sp
      return sp
    }
    case op.SETUP_ANNOTATIONS:
      if (!setupAnnotations(frame)) return ~sp
      return sp
    case op.PRINT_EXPR: {
      const value = st[--sp]!
      st[sp] = null
      const ok = printExpr(value)
      if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
      if (!ok) return ~sp
      return sp
    }
    default:
      PyErr_SetString(PyExc_SystemError, `unknown opcode ${instruction & 0xff}`)
      return ~sp
  }
}
