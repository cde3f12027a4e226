// bool: two static objects of a subclass of int. Mirrors Objects/boolobject.c.
import {
  Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_MATCH_SELF, PyObject, PyTypeObject,
} from './object'
import { _PyArg_NoKwnames, _PyArg_NoKeywords, _PyArg_CheckPositional, PyArg_UnpackTuple } from './getargs'
import { long_and, long_or, long_xor } from './long-bits'
import { PyObject_IsTrue } from './object-protocol'
import { PyUnicode_InternFromString } from './unicodeobject'

export const PyBool_Type = new PyTypeObject('bool', {
  // sizeof(struct _longobject): bool has no items of its own, but int's itemsize.
  tp_basicsize: 24, tp_itemsize: 4,
  tp_flags: Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_MATCH_SELF,
  tp_dealloc: self => { throw new Error(`Molt: deallocating ${self.v === 1 ? 'True' : 'False'}`) },
  tp_repr: self => PyUnicode_InternFromString(self.v === 1 ? 'True' : 'False'),
  tp_new: bool_new,
  tp_vectorcall: bool_vectorcall,
  nb_and: (a, b) => isBool(a) && isBool(b) ? PyBool_FromLong(a.v & b.v) : long_and(a, b),
  nb_or: (a, b) => isBool(a) && isBool(b) ? PyBool_FromLong(a.v | b.v) : long_or(a, b),
  nb_xor: (a, b) => isBool(a) && isBool(b) ? PyBool_FromLong(a.v ^ b.v) : long_xor(a, b),
})

export const Py_False = new PyObject(PyBool_Type, 0, 0)
export const Py_True = new PyObject(PyBool_Type, 0, 1)

function isBool(o: PyObject): boolean {
  return o.ob_type === PyBool_Type
}

export function PyBool_Check(o: PyObject): boolean {
  return o.ob_type === PyBool_Type
}

/** NEW True or False. */
export function PyBool_FromLong(n: number): PyObject {
  const o = n !== 0 ? Py_True : Py_False
  o.ob_refcnt++
  return o
}

/** NEW True or False, for a JavaScript boolean. */
export function PyBool_From(value: boolean): PyObject {
  const o = value ? Py_True : Py_False
  o.ob_refcnt++
  return o
}

/** NEW truth value of an object, or null. */
function truth(o: PyObject): PyObject | null {
  const ok = PyObject_IsTrue(o)
  return ok < 0 ? null : PyBool_FromLong(ok)
}

// Mirrors bool_new, Objects/boolobject.c.
function bool_new(_type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!_PyArg_NoKeywords('bool', kwargs)) return null
  const argv = PyArg_UnpackTuple(args, 'bool', 0, 1)
  if (argv === null) return null
  return argv.length === 0 ? PyBool_From(false) : truth(argv[0]!)
}

// Mirrors bool_vectorcall, Objects/boolobject.c.
function bool_vectorcall(
  _type: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null,
): PyObject | null {
  if (!_PyArg_NoKwnames('bool', kwnames)) return null
  if (!_PyArg_CheckPositional('bool', nargs, 0, 1)) return null
  return nargs === 0 ? PyBool_From(false) : truth(args[0]!)
}

