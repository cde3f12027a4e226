// _imp: what importlib asks of C. Frozen modules are those of CPython (frozen-modules.ts); builtin modules come from the inittab.
import { PyBool_FromLong } from '../objects/boolobject'
import { PyErr_Format, PyErr_Occurred } from '../objects/errors'
import { PyExc_ImportError } from '../objects/exceptions'
import { PyList_FromArraySteal } from '../objects/listobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create, PyModule_GetDict, PyModule_NewObject } from '../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { PyObject_GetAttr } from '../objects/object-protocol'
import { PyDict_GetItemWithError, PyDict_SetItem } from '../objects/dictobject'
import { _PyRuntime } from '../objects/runtime'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_FromString, PyUnicode_InternFromString, _Py_ID } from '../objects/unicodeobject'
import type { PyCodeObject } from '../objects/codeobject'
import { PyEval_EvalCode } from '../vm/call-frame'
import { loadCode } from '../vm/load-code'
import { compileSource } from './compile-source'
import { fileSystem } from './file-system'
import { FROZEN_MODULES, frozenPath } from './frozen-modules'
import { inittab } from './import'
import { STDLIB } from './library-paths'
import { precompiled } from './stdlib-cache'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const text = PyUnicode_AsString

/** NEW code of a frozen module, or null (with or without an exception). */
function frozenCode(name: string): PyCodeObject | null {
  const entry = FROZEN_MODULES[name]
  if (entry === undefined) return null
  const path = frozenPath(name)
  const file = `${STDLIB}/${entry.file}`
  const ready = precompiled(path, fileSystem().stat(file)?.size ?? -1)
  return ready !== null ? loadCode(ready) : compileSource(fileSystem().read(file), path, 'exec', 0, 0)
}

/** BORROWED module made from frozen code and put into sys.modules, or null with an exception. */
export function frozenModule(name: string): PyObject | null {
  const key = PyUnicode_InternFromString(name)
  const module = PyModule_NewObject(key)!
  PyDict_SetItem(_PyRuntime.modules, key, module)
  Py_DECREF(key)
  Py_DECREF(module)
  const dict = PyModule_GetDict(module)
  PyDict_SetItem(dict, _Py_ID('__builtins__'), PyDict_GetItemWithError(_PyRuntime.modules, _Py_ID('builtins'))!)
  const code = frozenCode(name)
  if (code === null) return null
  const result = PyEval_EvalCode(code, dict, dict, _PyRuntime.builtins)
  Py_DECREF(code)
  if (result === null) return null
  Py_DECREF(result)
  // FrozenImporter takes it from there.
  const original = PyUnicode_FromString(FROZEN_MODULES[name]!.original)
  PyDict_SetItem(dict, _Py_ID('__origname__'), original)
  Py_DECREF(original)
  return module
}

function isBuiltin(_m: PyObject, name: PyObject): PyObject {
  return PyLong_FromLong(inittab.has(text(name)) || text(name) === 'sys' || text(name) === 'builtins' ? 1 : 0)
}

/** create_builtin(spec) */
function createBuiltin(_m: PyObject, spec: PyObject): PyObject | null {
  const name = PyObject_GetAttr(spec, _Py_ID('name'))
  if (name === null) return null
  const known = PyDict_GetItemWithError(_PyRuntime.modules, name)
  if (known !== null && (text(name) === 'sys' || text(name) === 'builtins')) {
    Py_DECREF(name)
    known.ob_refcnt++
    return known
  }
  const init = inittab.get(text(name))
  if (init === undefined) {
    Py_DECREF(name)
    return none()
  }
  const module = init()
  if (module === null && PyErr_Occurred() === null) {
    PyErr_Format(PyExc_ImportError, `initialization of ${text(name)} failed without raising an exception`)
  }
  Py_DECREF(name)
  return module
}

function findFrozen(_m: PyObject, args: PyObject[]): PyObject {
  const entry = FROZEN_MODULES[text(args[0]!)]
  if (entry === undefined) return none()
  return PyTuple_FromArray([none(), PyBool_FromLong(entry.isPackage ? 1 : 0), PyUnicode_FromString(entry.original)], true)
}

function getFrozenObject(_m: PyObject, args: PyObject[]): PyObject | null {
  const code = frozenCode(text(args[0]!))
  if (code === null && PyErr_Occurred() === null) {
    return PyErr_Format(PyExc_ImportError, `No such frozen object named ${text(args[0]!)}`)
  }
  return code
}

function isFrozenPackage(_m: PyObject, name: PyObject): PyObject | null {
  const entry = FROZEN_MODULES[text(name)]
  if (entry === undefined) return PyErr_Format(PyExc_ImportError, `No such frozen object named ${text(name)}`)
  return PyBool_FromLong(entry.isPackage ? 1 : 0)
}

const methods: PyMethodDef[] = [
  { ml_name: 'extension_suffixes', ml_flags: METH_NOARGS, ml_meth: () => PyList_FromArraySteal([]) },
  { ml_name: 'lock_held', ml_flags: METH_NOARGS, ml_meth: () => PyBool_FromLong(0) },
  { ml_name: 'acquire_lock', ml_flags: METH_NOARGS, ml_meth: none },
  { ml_name: 'release_lock', ml_flags: METH_NOARGS, ml_meth: none },
  { ml_name: 'find_frozen', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: findFrozen },
  { ml_name: 'get_frozen_object', ml_flags: METH_FASTCALL, ml_meth: getFrozenObject },
  { ml_name: 'is_frozen_package', ml_flags: METH_O, ml_meth: isFrozenPackage },
  { ml_name: 'create_builtin', ml_flags: METH_O, ml_meth: createBuiltin },
  { ml_name: 'init_frozen', ml_flags: METH_O, ml_meth: (_m: PyObject, name: PyObject) => {
    const module = Object.hasOwn(FROZEN_MODULES, text(name)) ? frozenModule(text(name)) : Py_None
    if (module !== null) module.ob_refcnt++
    return module
  } },
  { ml_name: 'is_builtin', ml_flags: METH_O, ml_meth: isBuiltin },
  { ml_name: 'is_frozen', ml_flags: METH_O, ml_meth: (_m: PyObject, name: PyObject) => PyBool_FromLong(Object.hasOwn(FROZEN_MODULES, text(name)) ? 1 : 0) },
  { ml_name: '_frozen_module_names', ml_flags: METH_NOARGS, ml_meth: () => PyList_FromArraySteal(Object.keys(FROZEN_MODULES).map(n => PyUnicode_FromString(n))) },
  { ml_name: '_override_frozen_modules_for_tests', ml_flags: METH_O, ml_meth: none },
  { ml_name: 'exec_dynamic', ml_flags: METH_O, ml_meth: () => PyLong_FromLong(0) },
  { ml_name: 'exec_builtin', ml_flags: METH_O, ml_meth: () => PyLong_FromLong(0) },
  { ml_name: '_fix_co_filename', ml_flags: METH_FASTCALL, ml_meth: none },
  { ml_name: 'source_hash', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: () => none() },
]

export function PyInit__imp(): PyObject | null {
  const module = PyModule_Create('_imp', methods)
  if (module === null) return null
  const mode = PyUnicode_FromString('default')
  PyModule_AddObjectRef(module, 'check_hash_based_pycs', mode)
  Py_DECREF(mode)
  return module
}
