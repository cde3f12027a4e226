// _bisect: where to insert into a sorted sequence. Modules/_bisectmodule.c.
import { _PyNumber_Index, PySequence_GetItem, PySequence_Size } from '../objects/abstract'
import { ArgParser } from '../objects/arg-parser'
import { PyObject_CallMethod, PyObject_CallOneArg } from '../objects/call'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyList_CheckExact, PyList_Insert } from '../objects/listobject'
import { PyLong_AsSsize_t, PyLong_FromSsize_t } from '../objects/longobject'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, Py_LT, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_RichCompareBool } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'

type Side = 'left' | 'right'
interface Given { list: PyObject, item: PyObject, lo: number, hi: number, key: PyObject | null }

const names = ['a', 'x', 'lo', 'hi', 'key']
const parsers = {
  bisect_right: new ArgParser('bisect_right', names), bisect_left: new ArgParser('bisect_left', names),
  insort_right: new ArgParser('insort_right', names), insort_left: new ArgParser('insort_left', names),
}

function sizeOf(o: PyObject): number {
  const index = _PyNumber_Index(o)
  if (index === null) return NaN
  const n = PyLong_AsSsize_t(index)
  Py_DECREF(index)
  return n === -1 && PyErr_Occurred() !== null ? NaN : n
}

function parse(name: keyof typeof parsers, args: PyObject[], nargs: number, kwnames: PyObject | null): Given | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parsers[name], 2, 4, 0)
  if (given === null) return null
  const lo = given[2] ? sizeOf(given[2]) : 0
  if (lo !== lo) return null
  const hi = given[3] && given[3] !== Py_None ? sizeOf(given[3]) : -1
  if (hi !== hi) return null
  return { list: given[0]!, item: given[1]!, lo, hi, key: given[4] && given[4] !== Py_None ? given[4] : null }
}

// Mirrors internal_bisect_left and internal_bisect_right.
/** Index, or -1 with an exception set. */
function search(given: Given, item: PyObject, side: Side): number {
  let { lo, hi } = given
  if (lo < 0) return PyErr_SetString(PyExc_ValueError, 'lo must be non-negative'), -1
  if (hi === -1) {
    hi = PySequence_Size(given.list)
    if (hi < 0) return -1
  }
  while (lo < hi) {
    const middle = Math.floor((lo + hi) / 2)
    let found = PySequence_GetItem(given.list, middle)
    if (found === null) return -1
    if (given.key !== null) {
      const key = PyObject_CallOneArg(given.key, found)
      Py_DECREF(found)
      if (key === null) return -1
      found = key
    }
    const less = side === 'right' ? PyObject_RichCompareBool(item, found, Py_LT) : PyObject_RichCompareBool(found, item, Py_LT)
    Py_DECREF(found)
    if (less < 0) return -1
    if ((less === 1) === (side === 'right')) hi = middle
    else lo = middle + 1
  }
  return lo
}

function bisect(side: Side): PyMethodDef {
  const name = `bisect_${side}` as const
  return {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($module, /, a, x, lo=0, hi=None, *, key=None)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = parse(name, args, nargs, kwnames)
      if (given === null) return null
      const index = search(given, given.item, side)
      return index < 0 ? null : PyLong_FromSsize_t(index)
    },
  }
}

function insort(side: Side): PyMethodDef {
  const name = `insort_${side}` as const
  return {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($module, /, a, x, lo=0, hi=None, *, key=None)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = parse(name, args, nargs, kwnames)
      if (given === null) return null
      let index: number
      if (given.key === null) index = search(given, given.item, side)
      else {
        const key = PyObject_CallOneArg(given.key, given.item)
        if (key === null) return null
        index = search(given, key, side)
        Py_DECREF(key)
      }
      if (index < 0) return null
      if (PyList_CheckExact(given.list)) {
        if (PyList_Insert(given.list, index, given.item) < 0) return null
      } else {
        const position = PyLong_FromSsize_t(index)
        const result = PyObject_CallMethod(given.list, 'insert', position, given.item)
        Py_DECREF(position)
        if (result === null) return null
        Py_DECREF(result)
      }
      Py_None.ob_refcnt++
      return Py_None
    },
  }
}

export function PyInit__bisect(): PyObject | null {
  return PyModule_Create('_bisect', [bisect('right'), insort('right'), bisect('left'), insort('left')])
}
