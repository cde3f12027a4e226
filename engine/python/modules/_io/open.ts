// open(), open_code(), text_encoding(). Mirrors Modules/_io/_iomodule.c.
import { PyNumber_Check } from '../../objects/abstract'
import { ArgParser } from '../../objects/arg-parser'
import { Py_False, Py_True } from '../../objects/boolobject'
import { PyObject_CallFunctionObjArgs, PyObject_CallMethodNoArgs } from '../../objects/call'
import { PyErr_Fetch, PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_WarnEx, _PyErr_ChainExceptions } from '../../objects/errors'
import { PyExc_RuntimeWarning, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt, PyLong_AsLong, PyLong_FromLong } from '../../objects/longobject'
import { METH_FASTCALL, METH_KEYWORDS, Py_DECREF, Py_XDECREF, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_SetAttr } from '../../objects/object-protocol'
import { Py_None } from '../../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID } from '../../objects/unicodeobject'
import { PyOS_FSPath } from '../fspath'
import { PyBufferedRandom_Type, PyBufferedReader_Type, PyBufferedWriter_Type } from './bufferedio'
import { PyFileIO_Type } from './fileio'
import { PyTextIOWrapper_Type } from './textio'

export interface OpenArguments {
  mode: string
  buffering: number
  encoding: string | null
  errors: string | null
  newline: string | null
  closefd: boolean
  opener: PyObject
}

interface Mode {
  /** For FileIO. */
  raw: string
  binary: boolean
}

/** Checks the mode and what goes with it; null with ValueError set. */
function parseMode(given: OpenArguments): Mode | null {
  const { mode } = given
  if ([...mode].some((c, i) => !'xrwa+tb'.includes(c) || mode.includes(c, i + 1))) {
    return PyErr_Format(PyExc_ValueError, `invalid mode: '${mode}'`)
  }
  const has = (c: string): boolean => mode.includes(c)
  const binary = has('b')
  if (has('t') && binary) return PyErr_SetString(PyExc_ValueError, "can't have text and binary mode at once")
  if ([...'xrwa'].filter(has).length > 1) {
    return PyErr_SetString(PyExc_ValueError, 'must have exactly one of create/read/write/append mode')
  }
  if (binary) {
    for (const [name, value] of [['an encoding', given.encoding], ['an errors', given.errors], ['a newline', given.newline]]) {
      if (value !== null) return PyErr_SetString(PyExc_ValueError, `binary mode doesn't take ${name} argument`)
    }
    if (given.buffering === 1 && PyErr_WarnEx(PyExc_RuntimeWarning,
      "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used", 1) < 0) return null
  }
  return { raw: [...'xrwa+'].filter(has).join(''), binary }
}

/** NEW stream, or null. Mirrors _io_open_impl. */
export function openFile(file: PyObject, given: OpenArguments): PyObject | null {
  let path: PyObject | null
  if (PyNumber_Check(file)) path = (file.ob_refcnt++, file)
  else path = PyOS_FSPath(file)
  if (path === null) return null
  const mode = parseMode(given)
  if (mode === null) return Py_DECREF(path), null
  const rawMode = PyUnicode_FromString(mode.raw)
  const raw = PyObject_CallFunctionObjArgs(PyFileIO_Type, path, rawMode, given.closefd ? Py_True : Py_False, given.opener)
  Py_DECREF(rawMode)
  Py_DECREF(path)
  if (raw === null) return null
  const stream = { current: raw }
  const modeObject = PyUnicode_FromString(given.mode)
  const ok = wrap(stream, given, mode, modeObject)
  Py_DECREF(modeObject)
  if (ok) return stream.current
  const e = PyErr_Fetch()
  const closed = PyObject_CallMethodNoArgs(stream.current, _Py_ID('close'))
  _PyErr_ChainExceptions(e)
  Py_XDECREF(closed)
  Py_DECREF(stream.current)
  return null
}

/** Puts the buffer and the text layer on the raw stream: false with an exception set; `stream` is what there is by then. */
function wrap(stream: { current: PyObject }, given: OpenArguments, mode: Mode, modeObject: PyObject): boolean {
  let { buffering } = given
  const raw = stream.current
  let isatty = false
  if (buffering < 0) {
    const result = PyObject_CallMethodNoArgs(raw, _Py_ID('isatty'))
    if (result === null) return false
    const n = PyLong_AsLong(result)
    Py_DECREF(result)
    if (n === -1 && PyErr_Occurred() !== null) return false
    isatty = n !== 0
  }
  const lineBuffering = buffering === 1 || isatty
  if (lineBuffering) buffering = -1
  if (buffering < 0) {
    const blksize = PyObject_GetAttr(raw, _Py_ID('_blksize'))
    if (blksize === null) return false
    buffering = PyLong_AsLong(blksize)
    Py_DECREF(blksize)
    if (buffering === -1 && PyErr_Occurred() !== null) return false
  }
  if (buffering < 0) return PyErr_SetString(PyExc_ValueError, 'invalid buffering size'), false
  if (buffering === 0) return mode.binary || (PyErr_SetString(PyExc_ValueError, "can't have unbuffered text I/O"), false)
  const type = mode.raw.includes('+') ? PyBufferedRandom_Type : /[xwa]/.test(mode.raw) ? PyBufferedWriter_Type
    : mode.raw === 'r' ? PyBufferedReader_Type : null
  if (type === null) return PyErr_Format(PyExc_ValueError, `unknown mode: '${given.mode}'`), false
  const size = PyLong_FromLong(buffering)
  const buffer = PyObject_CallFunctionObjArgs(type, raw, size)
  Py_DECREF(size)
  if (buffer === null) return false
  stream.current = buffer
  Py_DECREF(raw)
  if (mode.binary) return true
  const texts = [given.encoding, given.errors, given.newline].map(t => t === null ? (Py_None.ob_refcnt++, Py_None) : PyUnicode_FromString(t))
  const wrapper = PyObject_CallFunctionObjArgs(PyTextIOWrapper_Type, buffer, ...texts, lineBuffering ? Py_True : Py_False)
  for (const t of texts) Py_DECREF(t)
  if (wrapper === null) return false
  stream.current = wrapper
  Py_DECREF(buffer)
  return PyObject_SetAttr(wrapper, _Py_ID('mode'), modeObject) === 0
}

const openParser = new ArgParser('open', ['file', 'mode', 'buffering', 'encoding', 'errors', 'newline', 'closefd', 'opener'])

function open(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, openParser, 1, 8, 0)
  if (given === null) return null
  const wrong = (i: number, expected: string): null => _PyArg_BadArgument('open', `argument '${openParser.names[i]}'`, expected, given[i]!)
  if (given[1] && !PyUnicode_Check(given[1])) return wrong(1, 'str')
  let buffering = -1
  if (given[2]) {
    buffering = PyLong_AsInt(given[2])
    if (buffering === -1 && PyErr_Occurred() !== null) return null
  }
  const texts: (string | null)[] = []
  for (const i of [3, 4, 5]) {
    const value = given[i] ?? Py_None
    if (value !== Py_None && !PyUnicode_Check(value)) return wrong(i, 'str or None')
    texts.push(value === Py_None ? null : PyUnicode_AsString(value))
  }
  const closefd = given[6] ? PyObject_IsTrue(given[6]) : 1
  if (closefd < 0) return null
  return openFile(given[0]!, {
    mode: given[1] ? PyUnicode_AsString(given[1]) : 'r', buffering, encoding: texts[0]!, errors: texts[1]!, newline: texts[2]!,
    closefd: closefd > 0, opener: given[7] ?? Py_None,
  })
}

const openCodeParser = new ArgParser('open_code', ['path'])

function openCode(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, openCodeParser, 1, 1, 0)
  if (given === null) return null
  if (!PyUnicode_Check(given[0]!)) return _PyArg_BadArgument('open_code', "argument 'path'", 'str', given[0]!)
  return openFile(given[0], { mode: 'rb', buffering: -1, encoding: null, errors: null, newline: null, closefd: true, opener: Py_None })
}

function textEncoding(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('text_encoding', nargs, 1, 2)) return null
  const encoding = args[0] === Py_None ? _Py_ID('locale') : args[0]!
  encoding.ob_refcnt++
  return encoding
}

export const openMethods: PyMethodDef[] = [
  {
    ml_name: 'open', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: open,
    signature: "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)",
  },
  { ml_name: 'text_encoding', ml_flags: METH_FASTCALL, ml_meth: textEncoding, signature: '($module, encoding, stacklevel=2, /)' },
  { ml_name: 'open_code', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: openCode, signature: '($module, /, path)' },
]
