// _pickle: the module. Modules/_pickle.c.
import { Pdata_Type } from './input'
import { load } from './load'
import { PyPickleBuffer_Type } from './picklebuffer'
import { PicklerMemoProxyType, Pickler_Type, dump, newPickler, none, pickler, setBufferCallback, setOutputStream, setProtocol } from './pickler'
import { initErrors, initState, state } from './state'
import {
  UnpicklerMemoProxyType, Unpickler_Type, newUnpickler, optionsOf, setBuffers, setEncoding, setInputStream, unpickler, type Options,
} from './unpickler'
import { readyStatic } from '../static-module-types'
import { ArgParser } from '../../objects/arg-parser'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyModule_AddObjectRef, PyModule_AddType, PyModule_Create } from '../../objects/moduleobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyObject_IsTrue } from '../../objects/object-protocol'
import { Py_None } from '../../objects/singletons'

const dumpParser = new ArgParser('dump', ['obj', 'file', 'protocol', 'fix_imports', 'buffer_callback'])
const dumpsParser = new ArgParser('dumps', ['obj', 'protocol', 'fix_imports', 'buffer_callback'])
const loadParser = new ArgParser('load', ['file', 'fix_imports', 'encoding', 'errors', 'buffers'])
const loadsParser = new ArgParser('loads', ['', 'fix_imports', 'encoding', 'errors', 'buffers'])

/** NEW pickler that has written `obj`; null with an exception set. `options`: protocol, fix_imports, buffer_callback. */
function dumped(obj: PyObject, file: PyObject | null, options: (PyObject | null)[]): PyObject | null {
  const fixImports = options[1] === null ? 1 : PyObject_IsTrue(options[1]!)
  const o = fixImports < 0 ? null : newPickler()
  if (o === null) return null
  const p = pickler(o)
  if (setProtocol(p, options[0] ?? Py_None, fixImports > 0) && (file === null || setOutputStream(p, file))
    && setBufferCallback(p, options[2] ?? Py_None) && dump(o, obj)) return o
  Py_DECREF(o)
  return null
}

/** NEW object of a pickle. */
function loaded(open: (o: PyObject) => boolean, options: Options): PyObject | null {
  const o = newUnpickler()
  const u = unpickler(o)
  let result: PyObject | null = null
  if (open(o)) {
    setEncoding(u, options.encoding, options.errors)
    if (setBuffers(u, options.buffers)) {
      u.fix_imports = options.fixImports
      result = load(o)
    }
  }
  Py_DECREF(o)
  return result
}

const FAST = METH_FASTCALL | METH_KEYWORDS

const methods: PyMethodDef[] = [
  {
    ml_name: 'dump', ml_flags: FAST,
    signature: '($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, dumpParser, 2, 3, 0)
      const o = given === null ? null : dumped(given[0]!, given[1]!, given.slice(2))
      if (o === null) return null
      const done = pickler(o).flush()
      Py_DECREF(o)
      return done ? none() : null
    },
  },
  {
    ml_name: 'dumps', ml_flags: FAST,
    signature: '($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, dumpsParser, 1, 2, 0)
      const o = given === null ? null : dumped(given[0]!, null, given.slice(1))
      if (o === null) return null
      const result = pickler(o).takeString()
      Py_DECREF(o)
      return result
    },
  },
  {
    ml_name: 'load', ml_flags: FAST,
    signature: '($module, /, file, *, fix_imports=True, encoding=\'ASCII\',\n     errors=\'strict\', buffers=())',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, loadParser, 1, 1, 0)
      const options = given === null ? null : optionsOf('load', given)
      return options === null ? null : loaded(o => setInputStream(unpickler(o), given![0]!), options)
    },
  },
  {
    ml_name: 'loads', ml_flags: FAST,
    signature: '($module, data, /, *, fix_imports=True, encoding=\'ASCII\',\n      errors=\'strict\', buffers=())',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, loadsParser, 1, 1, 0)
      const options = given === null ? null : optionsOf('loads', given)
      return options === null ? null : loaded(o => unpickler(o).setStringInput(given![0]!) >= 0, options)
    },
  },
]

export function PyInit__pickle(): PyObject | null {
  for (const type of [Pdata_Type, PicklerMemoProxyType, UnpicklerMemoProxyType]) if (!readyStatic(type)) return null
  const module = PyModule_Create('_pickle', methods)
  if (module === null || !readyStatic(Pickler_Type) || !readyStatic(Unpickler_Type)) return null
  for (const type of [Pickler_Type, Unpickler_Type, PyPickleBuffer_Type]) PyModule_AddType(module, type)
  if (!initErrors()) return null
  for (const name of ['PickleError', 'PicklingError', 'UnpicklingError'] as const) PyModule_AddObjectRef(module, name, state[name])
  return initState() ? module : null
}
