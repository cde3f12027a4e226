// The builtin types map, filter and zip.
import { PyIter_Next, PyObject_GetIter } from '../objects/abstract'
import { PyObject_CallOneArg, PyObject_Vectorcall } from '../objects/call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyArg_UnpackTuple, _PyArg_CheckPositional, _PyArg_NoKeywords, _PyArg_NoKwnames } from '../objects/getargs'
import { parseKeywordOnly } from '../objects/getargs-keywords'
import {
  METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject, PyTypeObject, type TypeSpec, genericGetAttr
} from '../objects/object'
import { PyObject_IsTrue, PyObject_SelfIter, _PyTrash_begin, _PyTrash_end } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_IsTracked, PyObject_GC_Track, PyObject_GC_UnTrack, _PyType_AllocNoTrack } from '../objects/objimpl'
import { PyBool_Type } from '../objects/boolobject'
import { Py_None } from '../objects/singletons'
import { staticType } from '../objects/static-types'
import { PyTuple_FromArray, PyTuple_New } from '../objects/tupleobject'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

/** All three: a function (null for zip) and the iterators. */
class IterData {
  func: PyObject | null = null
  iters: PyObject | null = null
  /** zip: the tuple handed out last, reused while nobody else holds it. */
  result: PyObject | null = null
  strict = false
}

const data = (o: PyObject): IterData => o.v as IterData

function alloc(type: PyTypeObject): PyObject {
  const o = _PyType_AllocNoTrack(type, 0, new IterData())!
  PyObject_GC_Track(o)
  return o
}

const common: Partial<TypeSpec> = {
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
  tp_getattro: genericGetAttr,
  tp_iter: o => PyObject_SelfIter(o),
  tp_dealloc: iter_dealloc,
  tp_traverse: (o, visit) => {
    const d = data(o)
    if (d.iters !== null) visit(d.iters)
    if (d.func !== null) visit(d.func)
    if (d.result !== null) visit(d.result)
  },
  tp_free: PyObject_GC_Del,
}

function iter_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (!_PyTrash_begin(o, iter_dealloc)) return
  const d = data(o)
  const funcLast = o.ob_type.mro.includes(PyMap_Type)
  if (!funcLast) Py_XDECREF(d.func)
  Py_XDECREF(d.iters)
  if (funcLast) Py_XDECREF(d.func)
  Py_XDECREF(d.result)
  o.ob_type.tp_free!(o)
  _PyTrash_end()
}

/** Drops the iterators first. */
function map_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (!_PyTrash_begin(o, map_dealloc)) return
  const d = data(o)
  Py_XDECREF(d.iters)
  Py_XDECREF(d.func)
  o.ob_type.tp_free!(o)
  _PyTrash_end()
}

function reduceOf(o: PyObject, parts: (PyObject | null)[]): PyObject {
  return PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray(parts.filter(p => p !== null).map(p => ref(p!)), true)], true)
}

// ---- filter ----------------------------------------------------------------------------------------------------------

function filter_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (type === PyFilter_Type && !_PyArg_NoKeywords('filter', kwargs)) return null
  const given = PyArg_UnpackTuple(args, 'filter', 2, 2)
  if (given === null) return null
  return makeFilter(type, given)
}

function makeFilter(type: PyTypeObject, args: PyObject[]): PyObject | null {
  const it = PyObject_GetIter(args[1]!)
  if (it === null) return null
  const o = alloc(type)
  data(o).func = ref(args[0]!)
  data(o).iters = it
  return o
}

function filter_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (type === PyFilter_Type && !_PyArg_NoKwnames('filter', kwnames)) return null
  return _PyArg_CheckPositional('filter', nargs, 2, 2) ? makeFilter(type as PyTypeObject, args) : null
}

function filter_next(o: PyObject): PyObject | null {
  const { func, iters } = data(o)
  const it = iters!
  const next = it.ob_type.tp_iternext!
  const plain = func === Py_None || func === PyBool_Type
  for (let item = next(it); item !== null; item = next(it)) {
    let truth: number
    if (plain) truth = PyObject_IsTrue(item)
    else {
      const good = PyObject_CallOneArg(func!, item)
      if (good === null) return Py_DECREF(item), null
      truth = PyObject_IsTrue(good)
      Py_DECREF(good)
    }
    if (truth > 0) return item
    Py_DECREF(item)
    if (truth < 0) return null
  }
  return null
}

export const PyFilter_Type: PyTypeObject = staticType(new PyTypeObject('filter', {
  ...common, tp_basicsize: 32,
  tp_new: filter_new, tp_vectorcall: filter_vectorcall,
  tp_iternext: filter_next,
  tp_methods: [{ ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => reduceOf(o, [data(o).func, data(o).iters]) }],
}))

// ---- map ---------------------------------------------------------------------------------------------------------------

function iterators(items: PyObject[], from: number, what: (i: number) => string | null): PyObject | null {
  // The tuple comes before what it holds.
  const its = PyTuple_New(items.length - from)
  for (let i = from; i < items.length; i++) {
    const it = PyObject_GetIter(items[i]!)
    if (it === null) {
      Py_DECREF(its)
      const message = what(i)
      if (message !== null && PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Format(PyExc_TypeError, message)
      return null
    }
    its.v[i - from] = it
  }
  return its
}

function map_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (type === PyMap_Type && !_PyArg_NoKeywords('map', kwargs)) return null
  return makeMap(type, args.v as PyObject[])
}

function map_vectorcall(type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  if (type === PyMap_Type && !_PyArg_NoKwnames('map', kwnames)) return null
  return makeMap(type as PyTypeObject, args.length === nargs ? args : args.slice(0, nargs))
}

function makeMap(type: PyTypeObject, items: PyObject[]): PyObject | null {
  if (items.length < 2) return PyErr_SetString(PyExc_TypeError, 'map() must have at least two arguments.')
  const its = iterators(items, 1, () => null)
  if (its === null) return null
  const o = alloc(type)
  data(o).func = ref(items[0]!)
  data(o).iters = its
  return o
}

function map_next(o: PyObject): PyObject | null {
  const { func, iters } = data(o)
  const its = iters!.v as PyObject[]
  const args: PyObject[] = []
  for (const it of its) {
    const value = it.ob_type.tp_iternext!(it)
    if (value === null) {
      for (const a of args) Py_DECREF(a)
      return null
    }
    args.push(value)
  }
  const result = PyObject_Vectorcall(func!, args, args.length, null)
  for (const a of args) Py_DECREF(a)
  return result
}

export const PyMap_Type: PyTypeObject = staticType(new PyTypeObject('map', {
  ...common, tp_basicsize: 32,
  tp_dealloc: map_dealloc,
  tp_new: map_new, tp_vectorcall: map_vectorcall,
  tp_iternext: map_next,
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => reduceOf(o, [data(o).func, ...data(o).iters!.v as PyObject[]]),
  }],
}))

// ---- zip -----------------------------------------------------------------------------------------------------------------

function zip_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  let strict = false
  if (kwargs !== null) {
    const given = parseKeywordOnly('zip', ['strict'], kwargs)
    if (given === null) return null
    if (given[0] !== null && given[0] !== undefined) {
      const truth = PyObject_IsTrue(given[0])
      if (truth < 0) return null
      strict = truth > 0
    }
  }
  const items = args.v as PyObject[]
  const its = iterators(items, 0, () => null)
  if (its === null) return null
  // The result tuple starts as Nones.
  const result = PyTuple_FromArray(items.map(() => ref(Py_None)), true)
  const o = alloc(type)
  data(o).iters = its
  data(o).result = result
  data(o).strict = strict
  return o
}

function zip_next(o: PyObject): PyObject | null {
  const d = data(o)
  const its = d.iters!.v as PyObject[]
  const n = its.length
  if (n === 0) return null
  let result = d.result!
  const reuse = result.ob_refcnt === 1
  if (reuse) {
    result.ob_refcnt++
    const old = result.v as PyObject[]
    for (let i = 0; i < n; i++) {
      const item = its[i]!.ob_type.tp_iternext!(its[i]!)
      if (item === null) {
        Py_DECREF(result)
        return d.strict ? strictError(d, i, n) : null
      }
      const before = old[i]!
      old[i] = item
      Py_DECREF(before)
    }
    // bpo-42536: the collector may have untracked the tuple.
    if (!PyObject_GC_IsTracked(result)) PyObject_GC_Track(result)
    return result
  }
  result = PyTuple_New(n)
  const row = result.v as PyObject[]
  for (let i = 0; i < n; i++) {
    const item = its[i]!.ob_type.tp_iternext!(its[i]!)
    if (item === null) {
      Py_DECREF(result)
      return d.strict ? strictError(d, i, n) : null
    }
    row[i] = item
  }
  return result
}

function strictError(d: IterData, i: number, n: number): null {
  if (PyErr_Occurred() !== null) {
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return null
    PyErr_Clear()
  }
  const plural = (k: number): string => k === 1 ? ' ' : 's 1-'
  if (i > 0) return PyErr_Format(PyExc_ValueError, 'zip() argument %zd is shorter than argument%s%zd', i + 1, plural(i), i)
  const its = d.iters!.v as PyObject[]
  for (let k = 1; k < n; k++) {
    const item = PyIter_Next(its[k]!)
    if (item !== null) {
      Py_DECREF(item)
      return PyErr_Format(PyExc_ValueError, 'zip() argument %zd is longer than argument%s%zd', k + 1, plural(k), k)
    }
    if (PyErr_Occurred() !== null) return null
  }
  return null
}

export const PyZip_Type: PyTypeObject = staticType(new PyTypeObject('zip', {
  ...common, tp_basicsize: 48,
  tp_new: zip_new,
  tp_iternext: zip_next,
  tp_methods: [
    {
      ml_name: '__reduce__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => data(o).strict
        ? PyTuple_FromArray([ref(o.ob_type), ref(data(o).iters!), ref(Py_None)], true)
        : PyTuple_FromArray([ref(o.ob_type), ref(data(o).iters!)], true),
    },
    {
      ml_name: '__setstate__', ml_flags: METH_O,
      ml_meth: (o: PyObject, state: PyObject) => {
        const truth = PyObject_IsTrue(state)
        if (truth < 0) return null
        data(o).strict = truth > 0
        return ref(Py_None)
      },
    },
  ],
}))
