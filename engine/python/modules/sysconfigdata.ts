// _sysconfigdata__linux_x86_64-linux-gnu: what a build of CPython wrote down of itself, as far as there is a build here.
// sysconfig reads it; in CPython it is a generated file of the library.
import { PyDict_New, PyDict_SetItemString } from '../objects/dictobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyUnicode_FromString } from '../objects/unicodeobject'

export const SYSCONFIGDATA = '_sysconfigdata__linux_x86_64-linux-gnu'

const VARIABLES: Readonly<Record<string, string | number>> = {
  CFLAGS: '', CONFIG_ARGS: '', EXT_SUFFIX: '.cpython-311-x86_64-linux-gnu.so', HAVE_FORK: 0, LDVERSION: '3.11', MULTIARCH: 'x86_64-linux-gnu',
  PY_CFLAGS: '', Py_DEBUG: 0, Py_ENABLE_SHARED: 0, SIZEOF_VOID_P: 8, SOABI: 'cpython-311-x86_64-linux-gnu', VERSION: '3.11', WITH_PYMALLOC: 1,
}

export function PyInit_sysconfigdata(): PyObject | null {
  const module = PyModule_Create(SYSCONFIGDATA, [])
  if (module === null) return null
  const variables = PyDict_New()
  for (const [name, value] of Object.entries(VARIABLES)) {
    const o = typeof value === 'string' ? PyUnicode_FromString(value) : PyLong_FromLong(value)
    PyDict_SetItemString(variables, name, o)
    Py_DECREF(o)
  }
  PyModule_AddObjectRef(module, 'build_time_vars', variables)
  Py_DECREF(variables)
  return module
}
