// _heapq: heaps in lists, least item first, and the `_max` kin that heapq.merge and nlargest use. Modules/_heapqmodule.c.
import { PyErr_SetString } from '../objects/errors'
import { PyExc_IndexError, PyExc_RuntimeError } from '../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional } from '../objects/getargs'
import { PyList_Append, PyList_Check, PyList_SetSlice, type ListData } from '../objects/listobject'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_O, Py_DECREF, Py_LT, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_RichCompareBool } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'

const items = (heap: PyObject): PyObject[] => (heap.v as ListData).ob_item
const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)

/** a < b while both are held: 1, 0, or -1 with an exception set. */
function less(a: PyObject, b: PyObject): number {
  a.ob_refcnt++
  b.ob_refcnt++
  const result = PyObject_RichCompareBool(a, b, Py_LT)
  Py_DECREF(a)
  Py_DECREF(b)
  return result
}

/** Which of two items belongs nearer to the top. */
type Order = (a: PyObject, b: PyObject) => number
const least: Order = (a, b) => less(a, b)
const greatest: Order = (a, b) => less(b, a)

function changed(): -1 {
  PyErr_SetString(PyExc_RuntimeError, 'list changed size during iteration')
  return -1
}

// Mirrors siftdown.
function siftdown(heap: PyObject, start: number, at: number, before: Order): number {
  const size = items(heap).length
  if (at >= size) return PyErr_SetString(PyExc_IndexError, 'index out of range'), -1
  const item = items(heap)[at]!
  for (let pos = at; pos > start;) {
    const parentPos = (pos - 1) >> 1
    const result = before(item, items(heap)[parentPos]!)
    if (result < 0) return -1
    const list = items(heap)
    if (list.length !== size) return changed()
    if (result === 0) break
    const parent = list[parentPos]!
    const moved = list[pos]!
    list[parentPos] = moved
    list[pos] = parent
    pos = parentPos
  }
  return 0
}

// Mirrors siftup: all the way down along the better children, then up to its place.
function siftup(heap: PyObject, start: number, before: Order): number {
  const size = items(heap).length
  if (start >= size) return PyErr_SetString(PyExc_IndexError, 'index out of range'), -1
  const limit = size >> 1
  let pos = start
  while (pos < limit) {
    let child = 2 * pos + 1
    if (child + 1 < size) {
      const [left, right] = [items(heap)[child]!, items(heap)[child + 1]!]
      const result = before(left, right)
      if (result < 0) return -1
      if (result === 0) child++
      if (items(heap).length !== size) return changed()
    }
    const list = items(heap)
    const up = list[child]!
    list[child] = list[pos]!
    list[pos] = up
    pos = child
  }
  return siftdown(heap, start, pos, before)
}

// Mirrors heapify_internal and cache_friendly_heapify.
function heapify(heap: PyObject, before: Order): PyObject | null {
  const n = items(heap).length
  if (n <= 2500) {
    for (let i = (n >> 1) - 1; i >= 0; i--) if (siftup(heap, i, before) !== 0) return null
    return none()
  }
  const middle = n >> 1
  const leftmost = 2 ** Math.floor(Math.log2(middle + 1)) - 1
  const climb = (i: number): boolean => {
    for (let j = i; ; j >>= 1) {
      if (siftup(heap, j, before) !== 0) return false
      if ((j & 1) === 0) return true
    }
  }
  for (let i = leftmost - 1; i >= middle >> 1; i--) if (!climb(i)) return null
  for (let i = middle - 1; i >= leftmost; i--) if (!climb(i)) return null
  return none()
}

function pop(heap: PyObject, before: Order): PyObject | null {
  const n = items(heap).length
  if (n === 0) return PyErr_SetString(PyExc_IndexError, 'index out of range')
  const last = items(heap)[n - 1]!
  last.ob_refcnt++
  if (PyList_SetSlice(heap, n - 1, n, null) !== 0) return Py_DECREF(last), null
  if (n === 1) return last
  const top = items(heap)[0]!
  items(heap)[0] = last
  if (siftup(heap, 0, before) === 0) return top
  Py_DECREF(top)
  return null
}

/** Puts an item in the place of the top one, which is returned. */
function replace(heap: PyObject, item: PyObject, before: Order): PyObject | null {
  const list = items(heap)
  if (list.length === 0) return PyErr_SetString(PyExc_IndexError, 'index out of range')
  const top = list[0]!
  item.ob_refcnt++
  list[0] = item
  if (siftup(heap, 0, before) === 0) return top
  Py_DECREF(top)
  return null
}

function push(heap: PyObject, item: PyObject): PyObject | null {
  if (PyList_Append(heap, item) !== 0 || siftdown(heap, 0, items(heap).length - 1, least) !== 0) return null
  return none()
}

function pushpop(heap: PyObject, item: PyObject): PyObject | null {
  const kept = (): PyObject => (item.ob_refcnt++, item)
  if (items(heap).length === 0) return kept()
  const smaller = less(items(heap)[0]!, item)
  if (smaller < 0) return null
  return smaller === 0 ? kept() : replace(heap, item, least)
}

function one(ml_name: string, f: (heap: PyObject) => PyObject | null): PyMethodDef {
  return {
    ml_name, ml_flags: METH_O, signature: '($module, heap, /)',
    ml_meth: (_m: PyObject, heap: PyObject) => PyList_Check(heap) ? f(heap) : _PyArg_BadArgument(ml_name, 'argument', 'list', heap),
  }
}

function two(ml_name: string, f: (heap: PyObject, item: PyObject) => PyObject | null): PyMethodDef {
  return {
    ml_name, ml_flags: METH_FASTCALL, signature: '($module, heap, item, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(ml_name, nargs, 2, 2)) return null
      return PyList_Check(args[0]!) ? f(args[0], args[1]!) : _PyArg_BadArgument(ml_name, 'argument 1', 'list', args[0]!)
    },
  }
}

const methods: PyMethodDef[] = [
  two('heappush', push), two('heappushpop', pushpop), one('heappop', heap => pop(heap, least)),
  two('heapreplace', (heap, item) => replace(heap, item, least)), one('heapify', heap => heapify(heap, least)),
  one('_heappop_max', heap => pop(heap, greatest)), one('_heapify_max', heap => heapify(heap, greatest)),
  two('_heapreplace_max', (heap, item) => replace(heap, item, greatest)),
]

export function PyInit__heapq(): PyObject | null {
  return PyModule_Create('_heapq', methods)
}
