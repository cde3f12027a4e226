// What the module keeps: its errors, and the registries of copyreg and _compat_pickle.
import { keptUntilEnd } from '../../objects/runtime'
import { PyImport_ImportModule } from '../import'
import { _PyEval_GetBuiltin } from '../../objects/builtin-lookup'
import { PyDict_CheckExact } from '../../objects/dictobject'
import { PyErr_Format, PyErr_NewException } from '../../objects/errors'
import { PyExc_RuntimeError } from '../../objects/exceptions'
import { Py_DECREF, type PyObject } from '../../objects/object'
import { PyObject_GetAttrString } from '../../objects/object-protocol'

export const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

const REGISTRIES = [
  ['copyreg', 'dispatch_table', 'dispatch_table'], ['copyreg', 'extension_registry', '_extension_registry'],
  ['copyreg', 'inverted_registry', '_inverted_registry'], ['copyreg', 'extension_cache', '_extension_cache'],
  ['_compat_pickle', 'name_mapping_2to3', 'NAME_MAPPING'], ['_compat_pickle', 'import_mapping_2to3', 'IMPORT_MAPPING'],
  ['_compat_pickle', 'name_mapping_3to2', 'REVERSE_NAME_MAPPING'], ['_compat_pickle', 'import_mapping_3to2', 'REVERSE_IMPORT_MAPPING'],
  ['codecs', 'codecs_encode', 'encode'], ['functools', 'partial', 'partial'],
] as const

export const state = {} as Record<typeof REGISTRIES[number][1] | 'PickleError' | 'PicklingError' | 'UnpicklingError' | 'getattr', PyObject>

/** False with an exception set. */
export function initErrors(): boolean {
  const base = PyErr_NewException('_pickle.PickleError')
  if (base === null) return false
  state.PickleError = keptUntilEnd(base)
  for (const name of ['PicklingError', 'UnpicklingError'] as const) {
    const error = PyErr_NewException(`_pickle.${name}`, base)
    if (error === null) return false
    state[name] = keptUntilEnd(error)
  }
  return true
}

/** False with an exception set. Mirrors _Pickle_InitState. */
export function initState(): boolean {
  const getattr = _PyEval_GetBuiltin('getattr')
  if (getattr === null) return false
  state.getattr = keptUntilEnd(getattr)
  for (const [moduleName, key, name] of REGISTRIES) {
    const module = PyImport_ImportModule(moduleName)
    const value = module === null ? null : PyObject_GetAttrString(module, name)
    if (value === null) return false
    Py_DECREF(module!)
    if (key !== 'codecs_encode' && key !== 'partial' && !PyDict_CheckExact(value)) {
      PyErr_Format(PyExc_RuntimeError, `${moduleName}.${name} should be a dict, not %.200s`, value.ob_type.tp_name)
      return false
    }
    state[key] = keptUntilEnd(value)
  }
  return true
}
