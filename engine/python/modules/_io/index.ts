// The module _io and the standard streams.
import { PyDict_New, PyDict_SetItem } from '../../objects/dictobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallMethodNoArgs } from '../../objects/call'
import { PyExc_BlockingIOError, PyExc_OSError, PyExc_ValueError } from '../../objects/exceptions'
import { PyLong_FromSsize_t } from '../../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObjectRef, PyModule_AddType, PyModule_Create } from '../../objects/moduleobject'
import { PyType_Type, Py_DECREF, type PyObject, type PyTypeObject } from '../../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_SetAttr } from '../../objects/object-protocol'
import { Py_False, Py_True } from '../../objects/boolobject'
import { Py_None } from '../../objects/singletons'
import { PyTuple_Pack } from '../../objects/tupleobject'
import { PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'
import { _PyRuntime } from '../../objects/runtime'
import { PyImport_ImportModule } from '../import'
import { readyStatic } from '../static-module-types'
import { PySys_SetObject } from '../sysmodule'
import { PyBufferedIOBase_Type, PyBufferedRandom_Type, PyBufferedReader_Type, PyBufferedWriter_Type } from './bufferedio'
import { PyBytesIOBuffer_Type, PyBytesIO_Type } from './bytesio'
import { DEFAULT_BUFFER_SIZE, ioState } from './common'
import { PyFileIO_Type } from './fileio'
import { PyIOBase_Type, PyRawIOBase_Type } from './iobase'
import { PyIncrementalNewlineDecoder_Type } from './newline-decoder'
import { openFile, openMethods } from './open'
import { PyBufferedRWPair_Type } from './rwpair'
import { PyStringIO_Type } from './stringio'
import { PyTextIOBase_Type, PyTextIOWrapper_Type } from './textio'

/** NEW io.UnsupportedOperation: a class made of OSError and ValueError. */
function makeUnsupportedOperation(): PyObject | null {
  const bases = PyTuple_Pack(PyExc_OSError, PyExc_ValueError)
  const dict = PyDict_New()
  const module = PyUnicode_FromString('io')
  PyDict_SetItem(dict, _Py_ID('__module__'), module)
  Py_DECREF(module)
  const name = PyUnicode_FromString('UnsupportedOperation')
  const cls = PyObject_CallFunctionObjArgs(PyType_Type, name, bases, dict)
  for (const o of [name, bases, dict]) Py_DECREF(o)
  return cls
}

export function PyInit__io(): PyObject | null {
  const module = PyModule_Create('_io', openMethods)
  PyModule_AddIntConstant(module, 'DEFAULT_BUFFER_SIZE', DEFAULT_BUFFER_SIZE)
  ioState.unsupportedOperation = makeUnsupportedOperation()
  if (ioState.unsupportedOperation === null) return Py_DECREF(module), null
  PyModule_AddObjectRef(module, 'UnsupportedOperation', ioState.unsupportedOperation)
  PyModule_AddObjectRef(module, 'BlockingIOError', PyExc_BlockingIOError)
  const types: [PyTypeObject, PyTypeObject | null][] = [
    [PyIOBase_Type, null], [PyIncrementalNewlineDecoder_Type, null], [PyRawIOBase_Type, PyIOBase_Type],
    [PyBufferedIOBase_Type, PyIOBase_Type], [PyTextIOBase_Type, PyIOBase_Type], [PyBytesIO_Type, PyBufferedIOBase_Type],
    [PyBufferedReader_Type, PyBufferedIOBase_Type], [PyBufferedWriter_Type, PyBufferedIOBase_Type],
    [PyBufferedRWPair_Type, PyBufferedIOBase_Type], [PyBufferedRandom_Type, PyBufferedIOBase_Type],
    [PyFileIO_Type, PyRawIOBase_Type], [PyStringIO_Type, PyTextIOBase_Type], [PyTextIOWrapper_Type, PyTextIOBase_Type],
  ]
  if (!readyStatic(PyBytesIOBuffer_Type)) return Py_DECREF(module), null
  for (const [type, base] of types) {
    if (!readyStatic(type, base)) return Py_DECREF(module), null
    PyModule_AddType(module, type)
  }
  return module
}

// ---- the standard streams ------------------------------------------------------------------------------------------------

/** NEW text stream of a descriptor, or null. Mirrors create_stdio, Python/pylifecycle.c. */
function createStdio(fd: number, writing: boolean, name: string, errors: string, buffered: boolean): PyObject | null {
  // Standard input always has a buffer: TextIOWrapper needs its read1().
  const buffering = buffered || !writing ? -1 : 0
  const fdObject = PyLong_FromSsize_t(fd)
  const buffer = openFile(fdObject, {
    mode: writing ? 'wb' : 'rb', buffering, encoding: null, errors: null, newline: null, closefd: false, opener: Py_None,
  })
  Py_DECREF(fdObject)
  if (buffer === null) return null
  let raw: PyObject | null = buffer
  if (buffering !== 0) raw = PyObject_GetAttr(buffer, _Py_ID('raw'))
  else raw.ob_refcnt++
  if (raw === null) return Py_DECREF(buffer), null
  const nameObject = PyUnicode_FromString(name)
  const named = PyObject_SetAttr(raw, _Py_ID('name'), nameObject)
  Py_DECREF(nameObject)
  const asked = named < 0 ? null : PyObject_CallMethodNoArgs(raw, _Py_ID('isatty'))
  Py_DECREF(raw)
  if (asked === null) return Py_DECREF(buffer), null
  const isatty = PyObject_IsTrue(asked) > 0
  Py_DECREF(asked)
  const flag = (value: boolean): PyObject => value ? Py_True : Py_False
  const texts = ['utf-8', errors, '\n'].map(PyUnicode_FromString)
  const stream = PyObject_CallFunctionObjArgs(PyTextIOWrapper_Type, buffer, ...texts,
    flag(buffered && (isatty || fd === 2)), flag(!buffered))
  for (const t of texts) Py_DECREF(t)
  Py_DECREF(buffer)
  if (stream === null) return null
  const mode = PyUnicode_FromString(writing ? 'w' : 'r')
  const done = PyObject_SetAttr(stream, _Py_ID('mode'), mode)
  Py_DECREF(mode)
  return done < 0 ? (Py_DECREF(stream), null) : stream
}

/** Sets sys.stdin, stdout and stderr, and their originals: false with an exception set. `unbuffered`: as `python -u`. */
export function createStandardStreams(unbuffered: boolean): boolean {
  const streams = [
    { name: 'stdin', fd: 0, errors: 'surrogateescape' }, { name: 'stdout', fd: 1, errors: 'surrogateescape' },
    { name: 'stderr', fd: 2, errors: 'backslashreplace' },
  ]
  for (const { name, fd, errors } of streams) {
    const stream = createStdio(fd, fd > 0, `<${name}>`, errors, !unbuffered)
    if (stream === null) return false
    PySys_SetObject(`__${name}__`, stream)
    PySys_SetObject(name, stream)
    Py_DECREF(stream)
  }
  return installOpen()
}

/** `open` among the builtins is io.open. Mirrors init_set_builtins_open. */
function installOpen(): boolean {
  const io = PyImport_ImportModule('io')
  const open = io === null ? null : PyObject_GetAttr(io, _Py_ID('open'))
  if (io === null || open === null) return false
  PyDict_SetItem(_PyRuntime.builtins, _Py_ID('open'), open)
  Py_DECREF(open)
  Py_DECREF(io)
  return true
}
