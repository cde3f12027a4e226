// All static types in the order in which CPython readies them (_PyTypes_InitTypes), which is the order of
// `object.__subclasses__()`; then the exceptions. Here types whose slots come from several files are put together.
import { addListedTypes } from './listed-types'
import { initComplexType } from './complexobject'
import { initBytesType, initStaticBytes, PyBytesIter_Type, PyBytes_Type } from './bytesobject'
import { initByteArrayType, PyByteArrayIter_Type, PyByteArray_Type } from './bytearrayobject'
import { initCodeType, PyCode_Type } from './codeobject'
import { initDictType, PyDict_Type } from './dictobject'
import {
  PyDictIterItem_Type, PyDictIterKey_Type, PyDictIterValue_Type, PyDictRevIterItem_Type, PyDictRevIterKey_Type, PyDictRevIterValue_Type,
} from './dict-iter'
import { PyDictItems_Type, PyDictKeys_Type, PyDictValues_Type } from './dict-views'
import { initExceptionTypes, exceptionTypes, PyExc_BaseException, PyExc_BaseExceptionGroup, PyExc_Exception } from './exceptions'
import { preallocateMemoryErrors } from './exceptions-simple'
import { initFloatType, PyFloat_Type } from './floatobject'
import { initFrameType, PyFrame_Type } from './frameobject'
import { initListType, PyList_Type } from './listobject'
import { initLongType, initSmallInts, PyLong_Type } from './longobject'
import { initMemoryViewType, PyMemoryView_Type, _PyManagedBuffer_Type } from './memoryobject'
import { initObjectType, PyBaseObject_Type } from './object-type'
import { initSetTypes, PyFrozenSet_Type, PySetIter_Type, PySet_Type } from './setobject'
import { initSingletons, PyEllipsis_Type, _PyNone_Type, _PyNotImplemented_Type } from './singletons'
import { initEmptyTuple, initTupleType, PyTuple_Type } from './tupleobject'
import { initTypeType } from './typeobject'
import { initUnicodeType, PyUnicode_Type, resetIdentifiers, _Py_ID } from './unicodeobject'
import { initWeakrefTypes, _PyWeakref_CallableProxyType, _PyWeakref_ProxyType, _PyWeakref_RefType } from './weakrefobject'
import { PyAsyncGen_Type, _PyAsyncGenASend_Type, _PyAsyncGenAThrow_Type, _PyAsyncGenWrappedValue_Type } from './asyncgenobject'
import { PyBool_Type } from './boolobject'
import { PyCFunction_Type, PyCMethod_Type } from './methodobject'
import { PyCallIter_Type, PySeqIter_Type } from './iterobject'
import { PyCapsule_Type } from './capsule'
import { PyCell_Type } from './cellobject'
import {
  PyClassMethodDescr_Type, PyDictProxy_Type, PyGetSetDescr_Type, PyMemberDescr_Type, PyMethodDescr_Type, PyProperty_Type,
  PyWrapperDescr_Type, _PyMethodWrapper_Type,
} from './descrobject'
import { PyClassMethod_Type, PyFunction_Type, PyStaticMethod_Type } from './funcobject'
import { PyComplex_Type } from './complexobject'
import { PyCoro_Type, PyGen_Type, _PyCoroWrapper_Type } from './genobject'
import { PyEnum_Type, PyReversed_Type } from './enumobject'
import { PyInstanceMethod_Type, PyMethod_Type } from './classobject'
import { PyListIter_Type, PyListRevIter_Type } from './list-iter'
import { PyLongRangeIter_Type, PyRangeIter_Type } from './range-iter'
import { PyModuleDef_Type, PyModule_Type } from './moduleobject'
import { PyRange_Type } from './rangeobject'
import { PySlice_Type } from './sliceobject'
import { PySuper_Type } from './super'
import { PyTraceBack_Type } from './traceback'
import { PyTupleIter_Type } from './tuple-methods'
import { PyUnicodeASCIIIter_Type, PyUnicodeIter_Type } from './unicode-methods'
import { Py_GenericAliasType, _Py_GenericAliasIterType } from './genericaliasobject'
import { _PyAnextAwaitable_Type } from './anextawaitable'
import { _PyNamespace_Type } from './namespaceobject'
import { _PyUnion_Type } from './unionobject'
import { initODictTypes } from './odictobject'
import { moduleTypes } from './static-types'
import { PyErr_NewException } from './errors'
import { Py_DECREF, Py_XDECREF, PyType_Type, Py_TPFLAGS_READY, type PyObject, type PyTypeObject } from './object'
import { PyObject_GenericGetAttr, PyObject_GenericSetAttr } from './object-protocol'
import { resetParsers } from './getargs'
import { resetTypeCache } from './type-cache'
import { PyType_Ready } from './type-ready'
import { PyTuple_Pack } from './tupleobject'
import { setExceptionGroup } from './exceptions-group'

/** A type, or the name under which a file of modules/ gives it. */
type Entry = PyTypeObject | string

/** _PyTypes_InitTypes. Names whose type has not been given are left out. */
function order(): Entry[] {
  return [
    PyBaseObject_Type, PyType_Type, PyAsyncGen_Type, PyByteArrayIter_Type, PyByteArray_Type, PyBytesIter_Type, PyBytes_Type,
    PyCFunction_Type, PyCallIter_Type, PyCapsule_Type, PyCell_Type, PyClassMethodDescr_Type, PyClassMethod_Type, PyCode_Type,
    PyComplex_Type, 'Token', 'ContextVar', 'Context', PyCoro_Type, PyDictItems_Type, PyDictIterItem_Type, PyDictIterKey_Type,
    PyDictIterValue_Type, PyDictKeys_Type, PyDictProxy_Type, PyDictRevIterItem_Type, PyDictRevIterKey_Type,
    PyDictRevIterValue_Type, PyDictValues_Type, PyDict_Type, PyEllipsis_Type, PyEnum_Type, 'filter', PyFloat_Type, PyFrame_Type,
    PyFrozenSet_Type, PyFunction_Type, PyGen_Type, PyGetSetDescr_Type, PyInstanceMethod_Type, PyListIter_Type,
    PyListRevIter_Type, PyList_Type, PyLongRangeIter_Type, PyLong_Type, 'map', PyMemberDescr_Type, PyMemoryView_Type,
    PyMethodDescr_Type, PyMethod_Type, PyModuleDef_Type, PyModule_Type, 'odict_iterator', 'PickleBuffer', PyProperty_Type,
    PyRangeIter_Type, PyRange_Type, PyReversed_Type, 'symtable entry', PySeqIter_Type, PySetIter_Type, PySet_Type, PySlice_Type,
    PyStaticMethod_Type, 'stderrprinter', PySuper_Type, PyTraceBack_Type, PyTupleIter_Type, PyTuple_Type, PyUnicodeIter_Type, PyUnicode_Type,
    PyWrapperDescr_Type, 'zip', Py_GenericAliasType, _PyAnextAwaitable_Type, _PyAsyncGenASend_Type, _PyAsyncGenAThrow_Type,
    _PyAsyncGenWrappedValue_Type, 'MISSING', _PyCoroWrapper_Type, _Py_GenericAliasIterType, 'items', 'keys', 'values',
    'hamt_array_node', 'hamt_bitmap_node', 'hamt_collision_node', 'hamt', 'InterpreterID', _PyManagedBuffer_Type, 'memory_iterator',
    _PyMethodWrapper_Type, _PyNamespace_Type, _PyNone_Type, _PyNotImplemented_Type, PyUnicodeASCIIIter_Type, _PyUnion_Type,
    _PyWeakref_CallableProxyType, _PyWeakref_ProxyType, _PyWeakref_RefType, 'EncodingMap', 'fieldnameiterator', 'formatteriterator',
    PyBool_Type, PyCMethod_Type, 'odict_items', 'odict_keys', 'odict_values', 'OrderedDict',
  ]
}

/** Types that CPython gives no tp_getattro of their own: no `__getattribute__` in their dicts. */
const INHERITS_GETATTR = new Set([
  'builtin_method', 'PyCapsule', 'classmethod', 'dict_reverseitemiterator', 'dict_reversekeyiterator', 'dict_reversevalueiterator',
  'function', 'bool', 'moduledef', 'staticmethod', 'generic_alias_iterator', 'NoneType', 'NotImplementedType', 'ReferenceType',
  'PickleBuffer', 'odict_items', 'odict_keys', 'odict_values', 'OrderedDict', 'InterpreterID', 'EncodingMap',
])

/** Types that CPython gives PyObject_GenericSetAttr itself: they have `__setattr__` in their dicts. */
const SETATTR = new Set(['frame', 'instancemethod', 'method', 'module', 'types.SimpleNamespace'])

/** tp_weaklistoffset, shown as __weakrefoffset__. */
const WEAKLIST_OFFSETS: Readonly<Record<string, number>> = {
  type: 368, async_generator: 24, builtin_function_or_method: 40, builtin_method: 40, code: 144, Context: 32, coroutine: 24,
  OrderedDict: 104, frozenset: 192, function: 96, generator: 24, memoryview: 136, method: 32, module: 40, set: 192,
  'types.GenericAlias': 40,
}

/** What each static type was before it was first readied, so that the realm can start another interpreter. */
const pristine = new Map<PyTypeObject, Partial<PyTypeObject>>()

function restore(type: PyTypeObject): void {
  const saved = pristine.get(type)
  if (saved === undefined) pristine.set(type, { ...type })
  else Object.assign(type, saved)
}

/** Puts together what several files say of one type. */
function joinTypes(): void {
  initObjectType()
  initTypeType()
  for (const init of [
    initUnicodeType, initLongType, initFloatType, initComplexType, initBytesType, initByteArrayType, initTupleType, initListType,
    initDictType, initSetTypes, initCodeType, initFrameType, initMemoryViewType, initWeakrefTypes, initODictTypes, initExceptionTypes,
  ]) init()
}

let joined = false

/** Readies all static types and the static objects they need; part of start-up, after the static strings. */
export function initTypes(): void {
  if (!moduleTypes.has('stderrprinter')) addListedTypes()
  const types: PyTypeObject[] = []
  for (const entry of order()) {
    const type = typeof entry === 'string' ? moduleTypes.get(entry) : entry
    if (type !== undefined) types.push(type)
  }
  if (!joined) joinTypes()
  joined = true
  for (const type of [...types, ...exceptionTypes]) restore(type)
  PyBool_Type.tp_base = PyLong_Type
  resetIdentifiers()
  resetParsers()
  resetTypeCache()
  // Static strings in CPython, not made when they are first wanted.
  _Py_ID(', ')
  _Py_ID('<string>')
  initSingletons()
  initSmallInts()
  initEmptyTuple()
  for (const type of types) {
    if (type.tp_getattro === null && !INHERITS_GETATTR.has(type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1))) {
      type.tp_getattro = PyObject_GenericGetAttr
    }
    if (SETATTR.has(type.tp_name)) type.tp_setattro ??= PyObject_GenericSetAttr
    type.tp_weaklistoffset = WEAKLIST_OFFSETS[type.tp_name] ?? 0
  }
  PyExc_BaseException.tp_getattro = PyObject_GenericGetAttr
  PyExc_BaseException.tp_setattro = PyObject_GenericSetAttr
  for (const type of types) ready(type)
  initStaticBytes()
  for (const type of exceptionTypes) ready(type)
  preallocateMemoryErrors()
  createExceptionGroup()
}

/** What subclasses of static types left in them. Mirrors the clearing of _PyTypes_Fini. */
export function clearSubclassTables(): void {
  for (const type of [...order(), ...exceptionTypes]) {
    const known = typeof type === 'string' ? moduleTypes.get(type) : type
    if (known === undefined) continue
    Py_XDECREF(known.tp_subclasses)
    known.tp_subclasses = null
  }
}

function ready(type: PyTypeObject): void {
  if ((type.tp_flags & Py_TPFLAGS_READY) !== 0) return
  if (PyType_Ready(type) < 0) throw new Error(`Molt: type ${type.tp_name} could not be readied`)
}

/** ExceptionGroup(BaseExceptionGroup, Exception) is a heap type. Mirrors create_exception_group_class. */
function createExceptionGroup(): void {
  const bases: PyObject = PyTuple_Pack(PyExc_BaseExceptionGroup, PyExc_Exception)
  const type = PyErr_NewException('builtins.ExceptionGroup', bases, null)
  Py_DECREF(bases)
  if (type === null) throw new Error('Molt: ExceptionGroup could not be made')
  setExceptionGroup(type as PyTypeObject)
}
