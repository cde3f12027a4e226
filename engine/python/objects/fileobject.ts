// Writing to and reading from file objects, whatever they are: Objects/fileobject.c.
import { PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg, PyObject_CallOneArg } from './call'
import { PyBytes_AsBytes, PyBytes_Check, PyBytes_FromBytes } from './bytesobject'
import { PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_EOFError, PyExc_TypeError } from './exceptions'
import { PyLong_FromLong } from './longobject'
import { Py_DECREF, type PyObject } from './object'
import { PyObject_GetAttr, PyObject_Repr, PyObject_Str } from './object-protocol'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID, unicodeFromText } from './unicodeobject'

/** Writes str(o) (raw) or repr(o): 0, or -1. */
export function PyFile_WriteObject(o: PyObject, file: PyObject, raw: boolean): number {
  const write = PyObject_GetAttr(file, _Py_ID('write'))
  if (write === null) return -1
  const value = raw ? PyObject_Str(o) : PyObject_Repr(o)
  if (value === null) {
    Py_DECREF(write)
    return -1
  }
  const result = PyObject_CallOneArg(write, value)
  Py_DECREF(value)
  Py_DECREF(write)
  if (result === null) return -1
  Py_DECREF(result)
  return 0
}

/** Writes a text of ours: 0, or -1. Does nothing but fail when an exception is set already. */
export function PyFile_WriteString(text: string, file: PyObject): number {
  if (PyErr_Occurred() !== null) return -1
  const o = PyUnicode_FromString(text)
  const failed = PyFile_WriteObject(o, file, true)
  Py_DECREF(o)
  return failed
}

/** NEW line: n < 0 strips the newline and raises EOFError at the end; n = 0 reads any length. Mirrors PyFile_GetLine. */
export function PyFile_GetLine(file: PyObject, n: number): PyObject | null {
  let line: PyObject | null
  if (n <= 0) line = PyObject_CallMethodNoArgs(file, _Py_ID('readline'))
  else {
    const size = PyLong_FromLong(n)
    line = PyObject_CallMethodOneArg(file, _Py_ID('readline'), size)
    Py_DECREF(size)
  }
  if (line === null) return null
  if (!PyUnicode_Check(line) && !PyBytes_Check(line)) {
    Py_DECREF(line)
    return PyErr_SetString(PyExc_TypeError, 'object.readline() returned non-string')
  }
  if (n >= 0) return line
  if (PyBytes_Check(line)) {
    const bytes = PyBytes_AsBytes(line)
    if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) return line
    Py_DECREF(line)
    return bytes.length === 0 ? PyErr_SetString(PyExc_EOFError, 'EOF when reading a line') : PyBytes_FromBytes(bytes.slice(0, -1))
  }
  const text = PyUnicode_AsString(line)
  if (text.length > 0 && !text.endsWith('\n')) return line
  const stripped = text.slice(0, -1)
  Py_DECREF(line)
  return text.length === 0 ? PyErr_SetString(PyExc_EOFError, 'EOF when reading a line') : unicodeFromText(stripped)
}
