// The module posix: what `os` is made of, over the virtual file system and the descriptors of file-descriptors.ts.
import { PyExc_OSError } from '../../objects/exceptions'
import { PyList_FromArraySteal } from '../../objects/listobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../../objects/moduleobject'
import type { PyObject } from '../../objects/object'
import { PyDict_New } from '../../objects/dictobject'
import { PyUnicode_FromString } from '../../objects/unicodeobject'
import { CONSTANTS, HAVE_FUNCTIONS } from './constants'
import { fileMethods } from './files'
import { SYSCONF, environ, namesDict, processMethods, processSequences } from './process'
import { direntType, statMethods, statResult, statvfsResult } from './stat'

export function PyInit_posix(): PyObject | null {
  const module = PyModule_Create('posix', [...statMethods, ...fileMethods, ...processMethods])
  PyModule_AddObject(module, 'environ', environ())
  for (const [name, value] of Object.entries(CONSTANTS)) PyModule_AddIntConstant(module, name, value)
  PyModule_AddObjectRef(module, 'error', PyExc_OSError)
  PyModule_AddObject(module, 'sysconf_names', namesDict(SYSCONF))
  PyModule_AddObject(module, 'confstr_names', PyDict_New())
  PyModule_AddObject(module, 'pathconf_names', PyDict_New())
  PyModule_AddObjectRef(module, 'DirEntry', direntType())
  PyModule_AddObjectRef(module, 'stat_result', statResult().type)
  PyModule_AddObjectRef(module, 'statvfs_result', statvfsResult().type)
  for (const [name, sequence] of Object.entries(processSequences)) PyModule_AddObjectRef(module, name, sequence().type)
  PyModule_AddObject(module, '_have_functions', PyList_FromArraySteal(HAVE_FUNCTIONS.map(n => PyUnicode_FromString(n))))
  return module
}
