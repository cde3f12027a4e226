// _operator: the operators as functions, and itemgetter, attrgetter, methodcaller. Modules/_operator.c.
import { PyImport_ImportModule } from './import'
import {
  PyNumber_Absolute, PyNumber_Add, PyNumber_And, PyNumber_FloorDivide, PyNumber_InPlaceAdd, PyNumber_InPlaceAnd,
  PyNumber_InPlaceFloorDivide, PyNumber_InPlaceLshift, PyNumber_InPlaceMatrixMultiply, PyNumber_InPlaceMultiply, PyNumber_InPlaceOr,
  PyNumber_InPlacePower, PyNumber_InPlaceRemainder, PyNumber_InPlaceRshift, PyNumber_InPlaceSubtract, PyNumber_InPlaceTrueDivide,
  PyNumber_InPlaceXor, PyNumber_Index, PyNumber_Invert, PyNumber_Lshift, PyNumber_MatrixMultiply, PyNumber_Multiply, PyNumber_Negative,
  PyNumber_Or, PyNumber_Positive, PyNumber_Power, PyNumber_Remainder, PyNumber_Rshift, PyNumber_Subtract, PyNumber_TrueDivide, PyNumber_Xor,
  PyObject_DelItem, PyObject_GetItem, PyObject_LengthHint, PyObject_SetItem, PySequence_Concat, PySequence_Contains, PySequence_Count,
  PySequence_InPlaceConcat, PySequence_Index,
} from '../objects/abstract'
import { PyBool_FromLong } from '../objects/boolobject'
import { PyObject_Call, PyObject_Vectorcall } from '../objects/call'
import { DICT_ENTRY, PyDict_GET_SIZE, PyDict_New, PyDict_Next, PyDict_Update } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { _PyArg_CheckPositional, _PyArg_NoKeywords } from '../objects/getargs'
import { PyLong_AsInt, PyLong_Check, PyLong_FromSsize_t } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyMethodDef, type PyObject, PyTypeObject, genericGetAttr, Py_TPFLAGS_HAVE_VECTORCALL,
} from '../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_Repr, PyObject_RichCompare } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray, PyTuple_New, PyTuple_Pack } from '../objects/tupleobject'
import { PyType_Ready } from '../objects/typeobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternFromString, PyUnicode_InternInPlace, unicodeFromText, _Py_ID } from '../objects/unicodeobject'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)

// ---- functions ---------------------------------------------------------------------------------------------------------

type Binary = (a: PyObject, b: PyObject) => PyObject | null

const unary = (name: string, f: (a: PyObject) => PyObject | null): PyMethodDef =>
  ({ ml_name: name, ml_flags: METH_O, ml_meth: (_m: PyObject, a: PyObject) => f(a), signature: '($module, a, /)' })

const binary = (name: string, f: Binary): PyMethodDef => ({
  ml_name: name, ml_flags: METH_FASTCALL, signature: '($module, a, b, /)',
  ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => _PyArg_CheckPositional(name, nargs, 2, 2) ? f(args[0]!, args[1]!) : null,
})

const truth = (n: number): PyObject | null => n < 0 ? null : PyBool_FromLong(n)
const compare = (name: string, op: number): PyMethodDef => binary(name, (a, b) => PyObject_RichCompare(a, b, op))

function length_hint(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('length_hint', nargs, 1, 2)) return null
  let fallback = 0
  if (nargs > 1) {
    if (!PyLong_Check(args[1]!)) return PyErr_Format(PyExc_TypeError, '\'%.200s\' object cannot be interpreted as an integer', args[1]!.ob_type.tp_name)
    fallback = PyLong_AsInt(args[1]!)
    if (fallback === -1 && PyErr_Occurred() !== null) return null
  }
  const hint = PyObject_LengthHint(args[0]!, fallback)
  return hint === -1 && PyErr_Occurred() !== null ? null : PyLong_FromSsize_t(hint)
}

const functions: PyMethodDef[] = [
  unary('truth', a => truth(PyObject_IsTrue(a))),
  binary('contains', (a, b) => truth(PySequence_Contains(a, b))),
  binary('indexOf', (a, b) => {
    const i = PySequence_Index(a, b)
    return i === -1 ? null : PyLong_FromSsize_t(i)
  }),
  binary('countOf', (a, b) => {
    const n = PySequence_Count(a, b)
    return n === -1 ? null : PyLong_FromSsize_t(n)
  }),
  binary('is_', (a, b) => PyBool_FromLong(a === b ? 1 : 0)),
  binary('is_not', (a, b) => PyBool_FromLong(a !== b ? 1 : 0)),
  binary('add', PyNumber_Add), binary('sub', PyNumber_Subtract), binary('mul', PyNumber_Multiply), binary('matmul', PyNumber_MatrixMultiply),
  binary('floordiv', PyNumber_FloorDivide), binary('truediv', PyNumber_TrueDivide), binary('mod', PyNumber_Remainder),
  unary('neg', PyNumber_Negative), unary('pos', PyNumber_Positive), unary('abs', PyNumber_Absolute),
  unary('inv', PyNumber_Invert), unary('invert', PyNumber_Invert),
  binary('lshift', PyNumber_Lshift), binary('rshift', PyNumber_Rshift), binary('and_', PyNumber_And), binary('xor', PyNumber_Xor),
  binary('or_', PyNumber_Or),
  unary('not_', a => {
    const t = PyObject_IsTrue(a)
    return t < 0 ? null : PyBool_FromLong(t === 0 ? 1 : 0)
  }),
  unary('index', PyNumber_Index),
  binary('pow', (a, b) => PyNumber_Power(a, b, Py_None)),
  binary('iadd', PyNumber_InPlaceAdd), binary('isub', PyNumber_InPlaceSubtract), binary('imul', PyNumber_InPlaceMultiply),
  binary('imatmul', PyNumber_InPlaceMatrixMultiply), binary('ifloordiv', PyNumber_InPlaceFloorDivide),
  binary('itruediv', PyNumber_InPlaceTrueDivide), binary('imod', PyNumber_InPlaceRemainder), binary('ilshift', PyNumber_InPlaceLshift),
  binary('irshift', PyNumber_InPlaceRshift), binary('iand', PyNumber_InPlaceAnd), binary('ixor', PyNumber_InPlaceXor),
  binary('ior', PyNumber_InPlaceOr), binary('ipow', (a, b) => PyNumber_InPlacePower(a, b, Py_None)),
  binary('concat', PySequence_Concat), binary('iconcat', PySequence_InPlaceConcat),
  binary('getitem', PyObject_GetItem),
  {
    ml_name: 'setitem', ml_flags: METH_FASTCALL, signature: '($module, a, b, c, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => !_PyArg_CheckPositional('setitem', nargs, 3, 3)
      || PyObject_SetItem(args[0]!, args[1]!, args[2]!) !== 0 ? null : none(),
  },
  binary('delitem', (a, b) => PyObject_DelItem(a, b) !== 0 ? null : none()),
  compare('lt', Py_LT), compare('le', Py_LE), compare('eq', Py_EQ), compare('ne', Py_NE), compare('gt', Py_GT), compare('ge', Py_GE),
  { ml_name: 'length_hint', ml_flags: METH_FASTCALL, ml_meth: length_hint, signature: '($module, obj, default=0, /)' },
  binary('_compare_digest', (a, b) => PyObject_RichCompare(a, b, Py_EQ)),
  {
    ml_name: 'call', ml_flags: METH_FASTCALL | 2,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => nargs < 1
      ? PyErr_Format(PyExc_TypeError, 'call expected at least 1 argument, got 0')
      : PyObject_Vectorcall(args[0]!, args.slice(1), nargs - 1, kwnames),
  },
]

// ---- itemgetter ------------------------------------------------------------------------------------------------------------

class GetterData {
  /** itemgetter: the items, or the only one; attrgetter: for each attribute its name or the tuple of its dotted parts; methodcaller: the arguments. */
  items: PyObject
  /** itemgetter of one item. */
  readonly single: boolean
  /** methodcaller only. */
  name: PyObject | null = null
  kwds: PyObject | null = null
  constructor(items: PyObject, single = false) {
    this.items = items
    this.single = single
  }
}

const data = (o: PyObject): GetterData => o.v as GetterData
const itemsOf = (o: PyObject): PyObject[] => data(o).single ? [data(o).items] : data(o).items.v as PyObject[]

function getterType(name: string, size: number, spec: Partial<ConstructorParameters<typeof PyTypeObject>[1]>): PyTypeObject {
  return new PyTypeObject(name, {
    tp_basicsize: size, tp_flags: Py_TPFLAGS_HAVE_GC | (spec.vectorcall === undefined ? 0 : Py_TPFLAGS_HAVE_VECTORCALL),
    tp_dealloc: o => {
      PyObject_GC_UnTrack(o)
      Py_DECREF(data(o).items)
      Py_XDECREF(data(o).name)
      Py_XDECREF(data(o).kwds)
      PyObject_GC_Del(o)
    },
    tp_getattro: genericGetAttr,
    tp_traverse: (o, visit) => {
      visit(data(o).items)
      if (data(o).name !== null) visit(data(o).name!)
      if (data(o).kwds !== null) visit(data(o).kwds!)
    },
    ...spec,
  })
}

function make(type: PyTypeObject, items: PyObject, single = false): PyObject {
  const o = PyObject_GC_New(type, new GetterData(items, single))
  PyObject_GC_Track(o)
  return o
}

function oneArgument(name: string, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (kwargs !== null && PyDict_GET_SIZE(kwargs) !== 0) return PyErr_Format(PyExc_TypeError, `${name}() takes no keyword arguments`)
  if (items.length !== 1) return PyErr_Format(PyExc_TypeError, `${name} expected 1 argument, got ${items.length}`)
  return items[0]!
}

function reprOf(name: string, parts: PyObject[], keywords: PyObject | null = null): PyObject | null {
  const texts: string[] = []
  const add = (label: string, p: PyObject): boolean => {
    const r = PyObject_Repr(p)
    if (r === null) return false
    texts.push(label + PyUnicode_AsString(r))
    Py_DECREF(r)
    return true
  }
  for (const p of parts) if (!add('', p)) return null
  if (keywords !== null) {
    for (let at = PyDict_Next(keywords, 0); at > 0; at = PyDict_Next(keywords, at)) {
      if (!add(`${PyUnicode_AsString(DICT_ENTRY.key)}=`, DICT_ENTRY.value)) return null
    }
  }
  return unicodeFromText(`operator.${name}(${texts.join(', ')})`)
}

export const itemgetter_type: PyTypeObject = getterType('operator.itemgetter', 48, {
  tp_new: (type, args, kwargs) => {
    if (!_PyArg_NoKeywords('itemgetter', kwargs)) return null
    const given = args.v as PyObject[]
    if (given.length === 0) return PyErr_Format(PyExc_TypeError, '%.200s expected %s%zd argument%s, got %zd', 'itemgetter', '', 1, '', 0)
    return make(type, ref(given.length === 1 ? given[0]! : args), given.length === 1)
  },
  tp_call: (o, args, kwargs) => {
    const target = oneArgument('itemgetter', args, kwargs)
    return target === null ? null : getItems(o, target)
  },
  vectorcall: (o, args, nargs, kwnames) => {
    if (kwnames !== null) return PyErr_SetString(PyExc_TypeError, 'itemgetter() takes no keyword arguments')
    if (nargs !== 1) return PyErr_Format(PyExc_TypeError, `itemgetter expected 1 argument, got ${nargs}`)
    return getItems(o, args[0]!)
  },
  tp_repr: o => reprOf('itemgetter', itemsOf(o)),
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => PyTuple_FromArray([
      ref(o.ob_type), data(o).single ? PyTuple_FromArray([ref(data(o).items)]) : ref(data(o).items),
    ]),
  }],
})

function collect(n: number, get: (i: number) => PyObject | null): PyObject | null {
  if (n === 1) return get(0)
  const result = PyTuple_New(n)
  for (let i = 0; i < n; i++) {
    const value = get(i)
    if (value === null) return Py_DECREF(result), null
    result.v[i] = value
  }
  return result
}

function getItems(o: PyObject, target: PyObject): PyObject | null {
  const items = itemsOf(o)
  return collect(items.length, i => PyObject_GetItem(target, items[i]!))
}

// ---- attrgetter ---------------------------------------------------------------------------------------------------------------

function attrgetter_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!_PyArg_NoKeywords('attrgetter', kwargs)) return null
  const names = args.v as PyObject[]
  if (names.length === 0) return PyErr_Format(PyExc_TypeError, 'attrgetter expected at least 1 argument, got 0')
  if (!names.every(PyUnicode_Check)) return PyErr_SetString(PyExc_TypeError, 'attribute name must be a string')
  const parts = PyTuple_New(names.length)
  names.forEach((name, i) => {
    const dotted = PyUnicode_AsString(name).split('.')
    if (dotted.length === 1) parts.v[i] = PyUnicode_InternInPlace(ref(name))
    else {
      const chain = PyTuple_New(dotted.length)
      dotted.forEach((d, k) => { chain.v[k] = PyUnicode_InternInPlace(PyUnicode_FromString(d)) })
      parts.v[i] = chain
    }
  })
  return make(type, parts)
}

/** One attribute, by a name or a tuple of names. NEW. */
function attribute(target: PyObject, names: PyObject): PyObject | null {
  if (PyUnicode_Check(names)) return PyObject_GetAttr(target, names)
  let o = ref(target)
  for (const name of names.v as PyObject[]) {
    const next = PyObject_GetAttr(o, name)
    Py_DECREF(o)
    if (next === null) return null
    o = next
  }
  return o
}

function getAttributes(o: PyObject, target: PyObject): PyObject | null {
  const items = data(o).items.v as PyObject[]
  return collect(items.length, i => attribute(target, items[i]!))
}

const dottedName = (names: PyObject): PyObject => PyUnicode_Check(names) ? ref(names)
  : PyUnicode_FromString((names.v as PyObject[]).map(PyUnicode_AsString).join('.'))

export const attrgetter_type: PyTypeObject = getterType('operator.attrgetter', 40, {
  tp_new: attrgetter_new,
  tp_call: (o, args, kwargs) => {
    const target = oneArgument('attrgetter', args, kwargs)
    return target === null ? null : getAttributes(o, target)
  },
  vectorcall: (o, args, nargs, kwnames) => {
    if (kwnames !== null) return PyErr_SetString(PyExc_TypeError, 'attrgetter() takes no keyword arguments')
    if (nargs !== 1) return PyErr_Format(PyExc_TypeError, `attrgetter expected 1 argument, got ${nargs}`)
    return getAttributes(o, args[0]!)
  },
  tp_repr: o => {
    const names = (data(o).items.v as PyObject[]).map(dottedName)
    const result = reprOf('attrgetter', names)
    for (const n of names) Py_DECREF(n)
    return result
  },
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray((data(o).items.v as PyObject[]).map(dottedName))]),
  }],
})

// ---- methodcaller ----------------------------------------------------------------------------------------------------------------

function methodcaller_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length < 1) return PyErr_SetString(PyExc_TypeError, 'methodcaller needs at least one argument, the method name')
  if (!PyUnicode_Check(items[0]!)) return PyErr_SetString(PyExc_TypeError, 'method name must be a string')
  const o = make(type, Py_None)
  data(o).name = PyUnicode_InternInPlace(ref(items[0]))
  data(o).kwds = kwargs === null ? null : ref(kwargs)
  data(o).items = PyTuple_FromArray(items.slice(1).map(ref))
  return o
}

/** Keywords travel in a partial of the type. */
function methodcaller_reduce(o: PyObject): PyObject | null {
  const { name, items, kwds } = data(o)
  if (kwds === null || PyDict_GET_SIZE(kwds) === 0) {
    return PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray([ref(name!), ...(items.v as PyObject[]).map(ref)])])
  }
  const functools = PyImport_ImportModule('functools')
  const partial = functools === null ? null : PyObject_GetAttr(functools, _Py_ID('partial'))
  Py_XDECREF(functools)
  if (partial === null) return null
  const fixed = PyTuple_Pack(o.ob_type, name!)
  const constructor = PyObject_Call(partial, fixed, kwds)
  Py_DECREF(fixed)
  Py_DECREF(partial)
  return constructor === null ? null : PyTuple_FromArray([constructor, ref(items)])
}

function callMethod(o: PyObject, target: PyObject): PyObject | null {
  const method = PyObject_GetAttr(target, data(o).name!)
  if (method === null) return null
  const result = PyObject_Call(method, data(o).items, data(o).kwds)
  Py_DECREF(method)
  return result
}

export const methodcaller_type: PyTypeObject = getterType('operator.methodcaller', 40, {
  tp_new: methodcaller_new,
  tp_call: (o, args, kwargs) => {
    const target = oneArgument('methodcaller', args, kwargs)
    return target === null ? null : callMethod(o, target)
  },
  tp_repr: o => reprOf('methodcaller', [data(o).name!, ...data(o).items.v as PyObject[]], data(o).kwds),
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: methodcaller_reduce,
  }],
})

export function PyInit__operator(): PyObject | null {
  const module = PyModule_Create('_operator', functions)
  if (module === null) return null
  for (const type of [itemgetter_type, attrgetter_type, methodcaller_type]) {
    if (PyType_Ready(type) < 0) return null
    PyModule_AddObjectRef(module, type.tp_name.slice(9), type)
  }
  return module
}

