// _sre: what re's own compiler stands on. The types are in sre-pattern.ts and sre-match.ts, the matcher in lib/sre.
import { PyBool_FromLong } from '../objects/boolobject'
import { PyDict_Check, PyDict_GET_SIZE } from '../objects/dictobject'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_RuntimeError } from '../objects/exceptions'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_BadArgument, _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyList_Check, PyList_GET_ITEM, PyList_GET_SIZE } from '../objects/listobject'
import { PyLong_AsInt, PyLong_AsUnsignedLong, PyLong_AsSsize_t, PyLong_FromLong } from '../objects/longobject'
import { _PyNumber_Index } from '../objects/abstract'
import { PyBuffer_Release } from '../objects/memoryobject'
import { PyModule_AddIntConstant, PyModule_AddStringConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, type PyMethodDef, type PyObject, type PyTypeObject } from '../objects/object'
import { PyObject_GC_NewVar, PyObject_GC_Track } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyTuple_Check, PyTuple_GET_SIZE } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec } from '../objects/type-spec'
import { asciiIsCased, asciiLower, unicodeIsCased } from '../lib/sre/characters'
import { CODESIZE, MAGIC, MAXGROUPS, MAXREPEAT } from '../lib/sre/constants'
import { SreProgram } from '../lib/sre/program'
import { sreValidate } from '../lib/sre/validate'
import { simpleLower } from '../lib/unicode-case'
import { matchSpec } from './sre-match'
import { patternSpec, scannerSpec } from './sre-pattern'
import { PatternData, getstring, sreTypes } from './sre-state'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

const compileParser = new ArgParser('compile', ['pattern', 'flags', 'code', 'groups', 'groupindex', 'indexgroup'])

// Mirrors _sre_compile_impl.
function compile(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, compileParser, 6, 6, 0) as PyObject[] | null
  if (given === null) return null
  const [pattern, flagsObject, code, groupsObject, groupindex, indexgroup] = given as [PyObject, PyObject, PyObject, PyObject, PyObject, PyObject]
  const flags = PyLong_AsInt(flagsObject)
  if (flags === -1 && PyErr_Occurred() !== null) return null
  if (!PyList_Check(code)) return _PyArg_BadArgument('compile', 'argument \'code\'', 'list', code)
  const index = _PyNumber_Index(groupsObject)
  if (index === null) return null
  const groups = PyLong_AsSsize_t(index)
  Py_DECREF(index)
  if (groups === -1 && PyErr_Occurred() !== null) return null
  if (!PyDict_Check(groupindex)) return _PyArg_BadArgument('compile', 'argument \'groupindex\'', 'dict', groupindex)
  if (!PyTuple_Check(indexgroup)) return _PyArg_BadArgument('compile', 'argument \'indexgroup\'', 'tuple', indexgroup)

  const n = PyList_GET_SIZE(code)
  const o = PyObject_GC_NewVar(sreTypes.pattern, n, null)
  if (o === null) return null
  const words = new Uint32Array(n)
  const d = new PatternData(new SreProgram(words))
  o.v = d
  for (let i = 0; i < n; i++) {
    const value = PyLong_AsUnsignedLong(PyList_GET_ITEM(code, i))
    words[i] = value
    if (words[i] !== value) {
      if (PyErr_Occurred() === null) PyErr_SetString(PyExc_OverflowError, 'regular expression code size limit exceeded')
      break
    }
  }
  PyObject_GC_Track(o)
  if (PyErr_Occurred() !== null) return Py_DECREF(o), null
  if (pattern !== Py_None) {
    const subject = getstring(pattern)
    if (subject === null) return Py_DECREF(o), null
    d.isbytes = subject.isbytes ? 1 : 0
    if (subject.view !== null) PyBuffer_Release(subject.view)
  }
  d.pattern = ref(pattern)
  d.flags = flags
  d.groups = groups
  if (PyDict_GET_SIZE(groupindex) > 0) {
    d.groupindex = ref(groupindex)
    if (PyTuple_GET_SIZE(indexgroup) > 0) d.indexgroup = ref(indexgroup)
  }
  if (!sreValidate(words, groups)) {
    PyErr_SetString(PyExc_RuntimeError, 'invalid SRE code')
    return Py_DECREF(o), null
  }
  return o
}

function character(ml_name: string, f: (c: number) => PyObject): PyMethodDef {
  return {
    ml_name, ml_flags: METH_O, signature: '($module, character, /)',
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const c = PyLong_AsInt(arg)
      return c === -1 && PyErr_Occurred() !== null ? null : f(c)
    },
  }
}

const methods: PyMethodDef[] = [
  {
    ml_name: 'compile', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: compile,
    signature: '($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)',
  },
  { ml_name: 'getcodesize', ml_flags: METH_NOARGS, ml_meth: () => PyLong_FromLong(CODESIZE), signature: '($module, /)' },
  character('ascii_iscased', c => PyBool_FromLong(asciiIsCased(c) ? 1 : 0)),
  character('unicode_iscased', c => PyBool_FromLong(unicodeIsCased(c) ? 1 : 0)),
  character('ascii_tolower', c => PyLong_FromLong(asciiLower(c))),
  character('unicode_tolower', c => PyLong_FromLong(simpleLower(c))),
]

export function PyInit__sre(): PyObject | null {
  const module = PyModule_Create('_sre', methods)
  for (const [key, spec] of [['pattern', patternSpec], ['match', matchSpec], ['scanner', scannerSpec]] as const) {
    const type = PyType_FromModuleAndSpec(module, spec, null)
    if (type === null) return null
    sreTypes[key] = type as PyTypeObject
  }
  for (const [name, value] of [['MAGIC', MAGIC], ['CODESIZE', CODESIZE], ['MAXREPEAT', MAXREPEAT], ['MAXGROUPS', MAXGROUPS]] as const) {
    PyModule_AddIntConstant(module, name, value)
  }
  PyModule_AddStringConstant(module, 'copyright', ' SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ')
  return module
}
