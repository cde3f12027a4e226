// Type variables in generic aliases and unions: finding them, and putting types in their places. Mirrors
// _Py_make_parameters and _Py_subs_parameters, Objects/genericaliasobject.c.
import { Py_DECREF, Py_INCREF, Py_XDECREF, type PyObject } from './object'
import { PyObject_GetItem } from './abstract'
import { PyObject_CallFunctionObjArgs, PyObject_CallOneArg } from './call'
import { PyErr_Format, PyErr_Occurred } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyObject_IsTrue, PyType_Check, _PyObject_LookupAttr } from './object-protocol'
import { Py_Ellipsis, Py_None } from './singletons'
import { PyTuple_Check, PyTuple_Pack, _PyTuple_FromArray, _PyTuple_FromArraySteal } from './tupleobject'
import { _Py_ID } from './unicodeobject'

const lookup = (o: PyObject, name: string): PyObject | null => _PyObject_LookupAttr(o, _Py_ID(name))
const failed = (): boolean => PyErr_Occurred() !== null
const itemsOf = (tuple: PyObject): PyObject[] => tuple.v as PyObject[]

/** NEW tuple of the type variables in `args`, each once, in order of appearance. */
export function _Py_make_parameters(args: PyObject): PyObject | null {
  const found: PyObject[] = []
  const add = (o: PyObject): void => {
    if (!found.includes(o)) found.push(o)
  }
  for (const t of itemsOf(args)) {
    // A class's own __parameters__ is a descriptor, not a list of variables.
    if (PyType_Check(t)) continue
    const subst = lookup(t, '__typing_subst__')
    if (subst !== null) {
      Py_DECREF(subst)
      add(t)
      continue
    }
    if (failed()) return null
    const inner = lookup(t, '__parameters__')
    if (inner === null) {
      if (failed()) return null
      continue
    }
    if (PyTuple_Check(inner)) itemsOf(inner).forEach(add)
    Py_DECREF(inner)
  }
  return _PyTuple_FromArray(found)
}

/** An alias or union with its variables replaced; anything else as it is. NEW. Mirrors subs_tvars. */
function subs_tvars(o: PyObject, params: PyObject[], values: PyObject[]): PyObject | null {
  const inner = lookup(o, '__parameters__')
  if (inner === null && failed()) return null
  if (inner === null || !PyTuple_Check(inner) || itemsOf(inner).length === 0) {
    Py_XDECREF(inner)
    Py_INCREF(o)
    return o
  }
  const subargs: PyObject[] = []
  for (const variable of itemsOf(inner)) {
    const at = params.indexOf(variable)
    if (at < 0) {
      subargs.push(variable)
      continue
    }
    const value = values[at]!
    // A TypeVarTuple stands for several.
    if (params[at]!.ob_type.tp_iter !== null && PyTuple_Check(value)) subargs.push(...itemsOf(value))
    else subargs.push(value)
  }
  const tuple = _PyTuple_FromArray(subargs)
  const result = tuple === null ? null : PyObject_GetItem(o, tuple)
  Py_XDECREF(tuple)
  Py_DECREF(inner)
  return result
}

/** 1 if the argument is an unpacked TypeVarTuple, 0, or -1. */
function isUnpacked(arg: PyObject): number {
  if (PyType_Check(arg)) return 0
  const flag = lookup(arg, '__typing_is_unpacked_typevartuple__')
  if (flag === null) return failed() ? -1 : 0
  const result = PyObject_IsTrue(flag)
  Py_DECREF(flag)
  return result
}

/** NEW tuple of the items, with unpacked tuples of known length put in place. Mirrors _unpack_args. */
function unpackArgs(item: PyObject): PyObject | null {
  const out: PyObject[] = []
  for (const o of PyTuple_Check(item) ? itemsOf(item) : [item]) {
    if (!PyType_Check(o)) {
      const inner = lookup(o, '__typing_unpacked_tuple_args__')
      if (inner === null && failed()) return null
      if (inner !== null && PyTuple_Check(inner) && itemsOf(inner).at(-1) !== Py_Ellipsis) {
        out.push(...itemsOf(inner))
        Py_DECREF(inner)
        continue
      }
      Py_XDECREF(inner)
    }
    out.push(o)
  }
  return _PyTuple_FromArray(out)
}

/** NEW tuple of `args` with the variables `parameters` replaced by `item` (one, or a tuple of them). */
export function _Py_subs_parameters(self: PyObject, args: PyObject, parameters: PyObject, item: PyObject): PyObject | null {
  const params = itemsOf(parameters)
  if (params.length === 0) return PyErr_Format(PyExc_TypeError, '%R is not a generic class', self)
  const prepared = prepare(self, params, item)
  if (prepared === null) return null
  const values = PyTuple_Check(prepared) ? itemsOf(prepared) : [prepared]
  let result: PyObject | null = null
  if (values.length !== params.length) {
    PyErr_Format(PyExc_TypeError, 'Too %s arguments for %R; actual %zd, expected %zd', values.length > params.length ? 'many' : 'few',
      self, values.length, params.length)
  } else result = substitute(itemsOf(args), params, values)
  Py_DECREF(prepared)
  return result
}

/** NEW: the items unpacked, then adapted by the variables that want to. */
function prepare(self: PyObject, params: PyObject[], item: PyObject): PyObject | null {
  let current = unpackArgs(item)
  if (current === null) return null
  for (const param of params) {
    const method = lookup(param, '__typing_prepare_subst__')
    if (method === null && failed()) {
      Py_DECREF(current)
      return null
    }
    if (method !== null && method !== Py_None) {
      const given = PyTuple_Check(current) ? current : PyTuple_Pack(current)
      const next = PyObject_CallFunctionObjArgs(method, self, given)
      if (given !== current) Py_DECREF(given)
      Py_DECREF(current)
      current = next
    }
    Py_XDECREF(method)
    if (current === null) return null
  }
  return current
}

function substitute(args: PyObject[], params: PyObject[], values: PyObject[]): PyObject | null {
  const out: PyObject[] = []
  const fail = (): null => {
    out.forEach(Py_DECREF)
    return null
  }
  for (const arg of args) {
    if (PyType_Check(arg)) {
      Py_INCREF(arg)
      out.push(arg)
      continue
    }
    const unpack = isUnpacked(arg)
    if (unpack < 0) return fail()
    const subst = lookup(arg, '__typing_subst__')
    if (subst === null && failed()) return fail()
    const fresh = subst !== null ? PyObject_CallOneArg(subst, values[params.indexOf(arg)]!) : subs_tvars(arg, params, values)
    Py_XDECREF(subst)
    if (fresh === null) return fail()
    if (unpack > 0 && PyTuple_Check(fresh)) {
      for (const o of itemsOf(fresh)) {
        Py_INCREF(o)
        out.push(o)
      }
      Py_DECREF(fresh)
    } else out.push(fresh)
  }
  return _PyTuple_FromArraySteal(out)
}
