// _json: the module. Modules/_json.c.
import { encoderSpec } from './encoder'
import { scannerSpec, valueAndEnd } from './scanner'
import { JsonSource } from './source'
import { encode_basestring, encode_basestring_ascii, scanned, scanstring } from './strings'
import { PyErr_Format } from '../../objects/errors'
import { PyExc_TypeError } from '../../objects/exceptions'
import { PyArg_ParseTuple } from '../../objects/getargs-format'
import { PyModule_AddObject, PyModule_Create } from '../../objects/moduleobject'
import { METH_O, METH_VARARGS, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyType_FromSpec } from '../../objects/type-spec'
import { PyUnicode_Check } from '../../objects/unicodeobject'

const methods: PyMethodDef[] = [
  { ml_name: 'encode_basestring_ascii', ml_flags: METH_O, ml_meth: encode_basestring_ascii },
  { ml_name: 'encode_basestring', ml_flags: METH_O, ml_meth: encode_basestring },
  {
    ml_name: 'scanstring', ml_flags: METH_VARARGS,
    ml_meth: (_m: PyObject, args: PyObject) => {
      const given = PyArg_ParseTuple(args, 'On|i:scanstring')
      if (given === null) return null
      const text = given[0] as PyObject
      if (!PyUnicode_Check(text)) {
        return PyErr_Format(PyExc_TypeError, 'first argument must be a string, not %.80s', text.ob_type.tp_name)
      }
      const result = scanstring(new JsonSource(text), given[1], (given[2] ?? 1) !== 0)
      return valueAndEnd(result, scanned.end)
    },
  },
]

export function PyInit__json(): PyObject | null {
  const module = PyModule_Create('_json', methods)
  if (module === null) return null
  for (const [name, spec] of [['make_scanner', scannerSpec], ['make_encoder', encoderSpec]] as const) {
    const type = PyType_FromSpec(spec)
    if (type === null) return null
    PyModule_AddObject(module, name, type)
  }
  return module
}
