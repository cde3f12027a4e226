// _opcode: what the module dis asks of the compiler. Modules/_opcode.c.
import { HAVE_ARGUMENT, op, stackEffect } from '../bytecode/opcode'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { ArgParser } from '../objects/arg-parser'
import { Py_False, Py_True } from '../objects/boolobject'
import { PyLong_AsInt, PyLong_FromLong } from '../objects/longobject'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'

const parser = new ArgParser('stack_effect', ['', '', 'jump'])
const known = new Set<number>(Object.values(op))

function stack_effect(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parser, 1, 2, 0)
  if (given === null) return null
  const opcode = PyLong_AsInt(given[0]!)
  if (opcode === -1 && PyErr_Occurred() !== null) return null
  const oparg = given[1] ?? Py_None
  let arg = 0
  if (opcode >= HAVE_ARGUMENT) {
    if (oparg === Py_None) return PyErr_SetString(PyExc_ValueError, 'stack_effect: opcode requires oparg but oparg was not specified')
    arg = PyLong_AsInt(oparg)
    if (arg === -1 && PyErr_Occurred() !== null) return null
  } else if (oparg !== Py_None) {
    return PyErr_SetString(PyExc_ValueError, 'stack_effect: opcode does not permit oparg but oparg was specified')
  }
  const jump = given[2] ?? Py_None
  if (jump !== Py_None && jump !== Py_True && jump !== Py_False) {
    return PyErr_SetString(PyExc_ValueError, 'stack_effect: jump must be False, True or None')
  }
  if (!known.has(opcode)) return PyErr_SetString(PyExc_ValueError, 'invalid opcode or oparg')
  const effect = jump === Py_None ? Math.max(stackEffect(opcode, arg, false), stackEffect(opcode, arg, true)) : stackEffect(opcode, arg, jump === Py_True)
  return PyLong_FromLong(effect)
}

const methods: PyMethodDef[] = [
  { ml_name: 'stack_effect', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: stack_effect, signature: '($module, opcode, oparg=None, /, *, jump=None)' },
  { ml_name: 'get_specialization_stats', ml_flags: METH_NOARGS, ml_meth: () => (Py_None.ob_refcnt++, Py_None), signature: '($module, /)' },
]

export function PyInit__opcode(): PyObject | null {
  return PyModule_Create('_opcode', methods)
}
