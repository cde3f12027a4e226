// _sysconfigdata__linux_x86_64-linux-gnu: what the interpreter was built with. DIFFERS: a builtin module with the few values that
// programs ask for; in CPython a file of the library, which says all about the compiler too.
import { PyDict_New, PyDict_SetItemString } from '../objects/dictobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObject, PyModule_Create } from '../objects/moduleobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyUnicode_FromString } from '../objects/unicodeobject'

export const SYSCONFIG_DATA = '_sysconfigdata__linux_x86_64-linux-gnu'

const VALUES: Readonly<Record<string, string | number>> = {
  ABIFLAGS: '',
  EXT_SUFFIX: '.cpython-311-x86_64-linux-gnu.so',
  HAVE_FORK: 1,
  LDVERSION: '3.11',
  MACHDEP: 'linux',
  MULTIARCH: 'x86_64-linux-gnu',
  PLATLIBDIR: 'lib',
  Py_DEBUG: 0,
  Py_ENABLE_SHARED: 0,
  SHLIB_SUFFIX: '.so',
  SIZEOF_VOID_P: 8,
  SOABI: 'cpython-311-x86_64-linux-gnu',
  TZPATH: '/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo',
  VERSION: '3.11',
  WITH_DOC_STRINGS: 0,
  WITH_PYMALLOC: 1,
}

export function PyInit__sysconfigdata(): PyObject | null {
  const module = PyModule_Create(SYSCONFIG_DATA, [])
  if (module === null) return null
  const values = PyDict_New()
  for (const [name, value] of Object.entries(VALUES)) {
    const item = typeof value === 'number' ? PyLong_FromLong(value) : PyUnicode_FromString(value)
    PyDict_SetItemString(values, name, item)
    Py_DECREF(item)
  }
  PyModule_AddObject(module, 'build_time_vars', values)
  return module
}
