// The module `builtins`: functions of bltinmodule.ts, the types and exceptions that are names in every program.
import { PyBool_Type, Py_False, Py_True } from '../objects/boolobject'
import { PyByteArray_Type } from '../objects/bytearrayobject'
import { PyBytes_Type } from '../objects/bytesobject'
import { PyComplex_Type } from '../objects/complexobject'
import { PyProperty_Type } from '../objects/descrobject'
import { PyDict_SetItem, PyDict_Type } from '../objects/dictobject'
import { PyEnum_Type, PyReversed_Type } from '../objects/enumobject'
import { builtinExceptions } from '../objects/exceptions'
import { PyFloat_Type } from '../objects/floatobject'
import { PyClassMethod_Type, PyStaticMethod_Type } from '../objects/funcobject'
import { PyList_Type } from '../objects/listobject'
import { PyLong_Type } from '../objects/longobject'
import { PyMemoryView_Type } from '../objects/memoryobject'
import { PyModule_AddFunctions, PyModule_GetDict, PyModule_NewObject } from '../objects/moduleobject'
import { Py_DECREF, type PyObject, PyType_Type } from '../objects/object'
import { PyRange_Type } from '../objects/rangeobject'
import { _PyRuntime } from '../objects/runtime'
import { PyFrozenSet_Type, PySet_Type } from '../objects/setobject'
import { Py_Ellipsis, Py_None, Py_NotImplemented } from '../objects/singletons'
import { PySlice_Type } from '../objects/sliceobject'
import { PyTuple_Type } from '../objects/tupleobject'
import { PyBaseObject_Type, PySuper_Type } from '../objects/typeobject'
import { PyUnicode_FromString, PyUnicode_InternFromString, PyUnicode_Type } from '../objects/unicodeobject'
import { PyFilter_Type, PyMap_Type, PyZip_Type } from './builtin-iterators'
import { builtinMethods } from './bltinmodule'

/** NEW module. */
export function createBuiltins(): PyObject {
  const module = PyModule_NewObject(PyUnicode_FromString('builtins'))!
  const dict = PyModule_GetDict(module)
  PyModule_AddFunctions(module, builtinMethods)
  const names: [string, PyObject][] = [
    ['None', Py_None], ['Ellipsis', Py_Ellipsis], ['NotImplemented', Py_NotImplemented], ['False', Py_False], ['True', Py_True],
    ['bool', PyBool_Type], ['memoryview', PyMemoryView_Type], ['bytearray', PyByteArray_Type], ['bytes', PyBytes_Type],
    ['classmethod', PyClassMethod_Type], ['complex', PyComplex_Type], ['dict', PyDict_Type], ['enumerate', PyEnum_Type],
    ['filter', PyFilter_Type], ['float', PyFloat_Type], ['frozenset', PyFrozenSet_Type], ['property', PyProperty_Type],
    ['int', PyLong_Type], ['list', PyList_Type], ['map', PyMap_Type], ['object', PyBaseObject_Type], ['range', PyRange_Type],
    ['reversed', PyReversed_Type], ['set', PySet_Type], ['slice', PySlice_Type], ['staticmethod', PyStaticMethod_Type],
    ['str', PyUnicode_Type], ['super', PySuper_Type], ['tuple', PyTuple_Type], ['type', PyType_Type], ['zip', PyZip_Type],
    ['__debug__', _PyRuntime.optimize === 0 ? Py_True : Py_False],
    ...builtinExceptions(),
  ]
  for (const [name, value] of names) {
    const key = PyUnicode_InternFromString(name)
    PyDict_SetItem(dict, key, value)
    Py_DECREF(key)
  }
  return module
}
