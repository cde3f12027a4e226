// os.fspath for C code: PyOS_FSPath and PyUnicode_FSDecoder.
import { CodecError, decodeUtf8 } from '../lib/codecs'
import { standardDecodeHandler } from '../lib/codecs-errors'
import { PyBytes_AsBytes, PyBytes_Check } from '../objects/bytesobject'
import { PyObject_CallNoArgs } from '../objects/call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { Py_DECREF, type PyObject } from '../objects/object'
import { _PyObject_LookupSpecial } from '../objects/typeobject'
import { PyUnicode_AsEncodedString, PyUnicode_Decode } from '../objects/unicode-codec'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from '../objects/unicodeobject'

/** NEW str or bytes of a path-like object, or null. */
export function PyOS_FSPath(path: PyObject): PyObject | null {
  if (PyUnicode_Check(path) || PyBytes_Check(path)) {
    path.ob_refcnt++
    return path
  }
  const method = _PyObject_LookupSpecial(path, _Py_ID('__fspath__'))
  if (method === null) {
    if (PyErr_Occurred() !== null) return null
    return PyErr_Format(PyExc_TypeError, `expected str, bytes or os.PathLike object, not ${path.ob_type.tp_name}`)
  }
  const result = PyObject_CallNoArgs(method)
  Py_DECREF(method)
  if (result === null) return null
  if (!PyUnicode_Check(result) && !PyBytes_Check(result)) {
    PyErr_Format(PyExc_TypeError,
      `expected ${path.ob_type.tp_name}.__fspath__() to return str or bytes, not ${result.ob_type.tp_name}`)
    Py_DECREF(result)
    return null
  }
  return result
}

/** The path as text (bytes by the file system encoding); null with an exception set. */
export function PyOS_FSPathText(path: PyObject): string | null {
  const made = PyOS_FSPath(path)
  if (made === null) return null
  let text: string
  if (PyBytes_Check(made)) {
    const decoded = PyUnicode_Decode(PyBytes_AsBytes(made), 'utf-8', 'surrogateescape')
    if (decoded === null) return Py_DECREF(made), null
    text = PyUnicode_AsString(decoded)
    Py_DECREF(decoded)
  } else text = PyUnicode_AsString(made)
  Py_DECREF(made)
  return text.includes('\0') ? PyErr_SetString(PyExc_ValueError, 'embedded null byte') : text
}

/** NEW bytes of a path-like object in the file system's encoding; null with an exception set. Mirrors PyUnicode_FSConverter. */
export function PyUnicode_FSConverter(path: PyObject): PyObject | null {
  const made = PyOS_FSPath(path)
  if (made === null) return null
  let bytes: PyObject | null = made
  if (!PyBytes_Check(made)) {
    bytes = PyUnicode_AsEncodedString(made, 'utf-8', 'surrogateescape')
    Py_DECREF(made)
    if (bytes === null) return null
  }
  if (!PyBytes_AsBytes(bytes).includes(0)) return bytes
  Py_DECREF(bytes)
  return PyErr_SetString(PyExc_ValueError, 'embedded null byte')
}

/** The text of a path's bytes. */
export function fsText(path: PyObject): string {
  const decoded = decodeUtf8(PyBytes_AsBytes(path), standardDecodeHandler('surrogateescape'))
  if (decoded instanceof CodecError) throw new Error('Molt: surrogateescape failed')
  return decoded.text
}
