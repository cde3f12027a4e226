// Classes and functions: written by module and name, under which they must be found again. Mirrors save_global.
import * as op from './opcodes'
import { little32, type PicklerData } from './output'
import { memo_put, save, saveReduceValue } from './save'
import { ref, state } from './state'
import { borrowed, buildValue } from '../build-value'
import { PyImport_Import } from '../import'
import { PyBytes_AsBytes } from '../../objects/bytesobject'
import { DICT_ENTRY, PyDict_GetItemWithError, PyDict_Next } from '../../objects/dictobject'
import { PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred } from '../../objects/errors'
import { PyExc_AttributeError, PyExc_RuntimeError, PyExc_UnicodeEncodeError } from '../../objects/exceptions'
import { PyList_GET_ITEM, PyList_GET_SIZE } from '../../objects/listobject'
import { PyLong_Check } from '../../objects/longobject'
import { PyType_Type, Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyObject_GetAttr, _PyObject_LookupAttr } from '../../objects/object-protocol'
import { _PyRuntime } from '../../objects/runtime'
import { PyEllipsis_Type, Py_Ellipsis, Py_None, Py_NotImplemented, _PyNone_Type, _PyNotImplemented_Type } from '../../objects/singletons'
import { PyTuple_Check, PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_AsEncodedString } from '../../objects/unicode-codec'
import { PyUnicode_Split } from '../../objects/unicode-search'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'

// ---- names with dots --------------------------------------------------------------------------------------------------------

/** NEW list of a name's parts; null with AttributeError set for something local. `o`: where it is looked for, or null. */
function get_dotted_path(o: PyObject | null, name: PyObject): PyObject | null {
  const path = PyUnicode_Split(name, PyUnicode_FromString('.'), -1)
  if (path === null) return null
  for (let i = 0; i < PyList_GET_SIZE(path); i++) {
    if (PyUnicode_AsString(PyList_GET_ITEM(path, i)) !== '<locals>') continue
    if (o === null) PyErr_Format(PyExc_AttributeError, 'Can\'t pickle local object %R', name)
    else PyErr_Format(PyExc_AttributeError, 'Can\'t pickle local attribute %R on %R', name, o)
    Py_DECREF(path)
    return null
  }
  return path
}

/** NEW attribute at the end of a path and what it is an attribute of; null (perhaps without exception) if there is none. */
function get_deep_attribute(o: PyObject, path: PyObject): { value: PyObject, parent: PyObject | null } | null {
  let value = ref(o)
  let parent: PyObject | null = null
  for (let i = 0; i < PyList_GET_SIZE(path); i++) {
    Py_XDECREF(parent)
    parent = value
    const next = _PyObject_LookupAttr(parent, PyList_GET_ITEM(path, i))
    if (next === null) return Py_DECREF(parent), null
    value = next
  }
  return { value, parent }
}

/** NEW attribute, by a name that may have dots if `qualified`. Mirrors getattribute. */
export function getattribute(o: PyObject, name: PyObject, qualified: boolean): PyObject | null {
  let value: PyObject | null
  if (qualified) {
    const path = get_dotted_path(o, name)
    if (path === null) return null
    const found = get_deep_attribute(o, path)
    Py_XDECREF(found?.parent ?? null)
    Py_DECREF(path)
    value = found?.value ?? null
  } else value = _PyObject_LookupAttr(o, name)
  if (value !== null || PyErr_Occurred() !== null) return value
  return PyErr_Format(PyExc_AttributeError, 'Can\'t get attribute %R on %R', name, o)
}

// ---- where an object is found ---------------------------------------------------------------------------------------------------

/** NEW name of the module an object belongs to: what it says itself, else the one it is found in. Mirrors whichmodule. */
function whichmodule(o: PyObject, path: PyObject): PyObject | null {
  const own = _PyObject_LookupAttr(o, _Py_ID('__module__'))
  if (own === null && PyErr_Occurred() !== null) return null
  if (own !== null && own !== Py_None) return own
  Py_XDECREF(own)
  const { modules } = _PyRuntime
  for (let at = PyDict_Next(modules, 0); at > 0; at = PyDict_Next(modules, at)) {
    const { key, value } = DICT_ENTRY
    if (value === Py_None || (PyUnicode_Check(key) && PyUnicode_AsString(key) === '__main__')) continue
    const found = get_deep_attribute(value, path)
    if (found !== null) {
      Py_XDECREF(found.parent)
      Py_DECREF(found.value)
      if (found.value === o) return ref(key)
    } else if (PyErr_Occurred() !== null) return null
  }
  return ref(_Py_ID('__main__'))
}

/** Names as Python 2 has them. NEW pair; null with an exception set. Mirrors fix_imports. */
function fix_imports(moduleName: PyObject, globalName: PyObject): [PyObject, PyObject] | null {
  const key = PyTuple_Pack(moduleName, globalName)
  const pair = PyDict_GetItemWithError(state.name_mapping_3to2, key)
  Py_DECREF(key)
  if (pair !== null) {
    if (!PyTuple_Check(pair) || pair.v.length !== 2) {
      return PyErr_Format(PyExc_RuntimeError, '_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not %.200s', pair.ob_type.tp_name)
    }
    const [module, name] = pair.v as [PyObject, PyObject]
    if (!PyUnicode_Check(module) || !PyUnicode_Check(name)) {
      return PyErr_Format(PyExc_RuntimeError, '_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (%.200s, %.200s)',
        module.ob_type.tp_name, name.ob_type.tp_name)
    }
    return [ref(module), ref(name)]
  }
  if (PyErr_Occurred() !== null) return null
  const module = PyDict_GetItemWithError(state.import_mapping_3to2, moduleName)
  if (module === null) return PyErr_Occurred() !== null ? null : [ref(moduleName), ref(globalName)]
  if (!PyUnicode_Check(module)) {
    return PyErr_Format(PyExc_RuntimeError, '_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %.200s', module.ob_type.tp_name)
  }
  return [ref(module), ref(globalName)]
}

// ---- writing ----------------------------------------------------------------------------------------------------------------------

function writeName(p: PicklerData, name: PyObject, what: string): boolean {
  const encoded = PyUnicode_AsEncodedString(name, p.proto === 3 ? 'utf-8' : 'ascii', null)
  if (encoded === null) {
    if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
      PyErr_Format(state.PicklingError, 'can\'t pickle %s identifier \'%S\' using pickle protocol %i', what, name, p.proto)
    }
    return false
  }
  const done = p.data(PyBytes_AsBytes(encoded)) && p.ascii('\n')
  Py_DECREF(encoded)
  return done
}

function writeGlobal(p: PicklerData, moduleName: PyObject, globalName: PyObject): boolean {
  if (!p.byte(op.GLOBAL)) return false
  const names: [PyObject, PyObject] | null = p.proto < 3 && p.fix_imports ? fix_imports(moduleName, globalName) : [ref(moduleName), ref(globalName)]
  if (names === null) return false
  const done = writeName(p, names[0], 'module') && writeName(p, names[1], 'global')
  Py_DECREF(names[0])
  Py_DECREF(names[1])
  return done
}

/** True if an extension code was written, false if there is none for the name; null with an exception set. */
function writeExtension(p: PicklerData, o: PyObject, moduleName: PyObject, globalName: PyObject): boolean | null {
  const key = PyTuple_Pack(moduleName, globalName)
  const code = PyDict_GetItemWithError(state.extension_registry, key)
  Py_DECREF(key)
  if (code === null) return PyErr_Occurred() !== null ? null : false
  if (!PyLong_Check(code)) return PyErr_Format(state.PicklingError, 'Can\'t pickle %R: extension code %R isn\'t an integer', o, code)
  const n = code.v as number
  if (n <= 0 || n > 0x7fffffff) return PyErr_Format(state.PicklingError, 'Can\'t pickle %R: extension code %ld is out of range', o, n)
  const written = n <= 0xff ? p.bytesOf(op.EXT1, n) : n <= 0xffff ? p.bytesOf(op.EXT2, n & 255, n >> 8) : p.bytesOf(op.EXT4, ...little32(n))
  return written ? true : null
}

/** `name`: the object's, or null to ask it. */
export function save_global(p: PicklerData, o: PyObject, name: PyObject | null): boolean {
  let globalName = name !== null ? ref(name) : _PyObject_LookupAttr(o, _Py_ID('__qualname__'))
  if (globalName === null && PyErr_Occurred() === null) globalName = PyObject_GetAttr(o, _Py_ID('__name__'))
  if (globalName === null) return false
  const path = get_dotted_path(null, globalName)
  const moduleName = path === null ? null : whichmodule(o, path)
  const done = moduleName !== null && saveNamed(p, o, globalName, moduleName, path!)
  if (moduleName === null) Py_XDECREF(path)
  Py_XDECREF(moduleName)
  Py_DECREF(globalName)
  return done
}

/** STEALS the path. */
function saveNamed(p: PicklerData, o: PyObject, globalName: PyObject, moduleName: PyObject, path: PyObject): boolean {
  const fail = (format: string, ...args: unknown[]): false => (PyErr_Format(state.PicklingError, format, ...args), false)
  const module = PyImport_Import(moduleName)
  if (module === null) return Py_DECREF(path), fail('Can\'t pickle %R: import of module %R failed', o, moduleName)
  const lastName = ref(PyList_GET_ITEM(path, PyList_GET_SIZE(path) - 1))
  const found = get_deep_attribute(module, path)
  Py_DECREF(path)
  let done: boolean
  if (found === null) done = fail('Can\'t pickle %R: attribute lookup %S on %S failed', o, globalName, moduleName)
  else {
    Py_DECREF(found.value)
    if (found.value !== o) done = fail('Can\'t pickle %R: it\'s not the same object as %S.%S', o, moduleName, globalName)
    else done = writeFound(p, o, globalName, moduleName, module, found.parent!, lastName)
    Py_XDECREF(found.parent)
  }
  Py_DECREF(lastName)
  Py_DECREF(module)
  return done
}

function writeFound(
  p: PicklerData, o: PyObject, globalName: PyObject, moduleName: PyObject, module: PyObject, parent: PyObject, lastName: PyObject,
): boolean {
  if (p.proto >= 2) {
    const written = writeExtension(p, o, moduleName, globalName)
    if (written !== false) return written === true
  }
  const name = parent === module ? lastName : globalName
  let done: boolean
  if (p.proto >= 4) done = save(p, moduleName) && save(p, name) && p.byte(op.STACK_GLOBAL)
  else if (parent !== module) {
    done = saveReduceValue(p, buildValue(borrowed(state.getattr), () => buildValue(borrowed(parent), borrowed(lastName))), null)
  } else done = writeGlobal(p, moduleName, name)
  return done && memo_put(p, o)
}

/** A class; those of the singletons have no name and are what type() says. */
export function save_type(p: PicklerData, o: PyObject): boolean {
  const singleton = o === _PyNone_Type ? Py_None : o === PyEllipsis_Type ? Py_Ellipsis : o === _PyNotImplemented_Type ? Py_NotImplemented : null
  if (singleton === null) return save_global(p, o, null)
  return saveReduceValue(p, buildValue(borrowed(PyType_Type), () => buildValue(borrowed(singleton))), o)
}
