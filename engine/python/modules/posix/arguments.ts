// Arguments of posix functions: paths, descriptors, flags; and errors as OSError. Mirrors path_t of Modules/posixmodule.c.
import { PyIndex_Check } from '../../objects/abstract'
import { ArgParser } from '../../objects/arg-parser'
import { PyBytes_AsBytes, PyBytes_Check, bytesFrom } from '../../objects/bytesobject'
import { encodeUtf8, CodecError } from '../../lib/codecs'
import { standardEncodeHandler } from '../../lib/codecs-errors'
import { PyObject_CallNoArgs } from '../../objects/call'
import { PyErr_Clear, PyErr_Format, PyErr_Occurred, PyErr_SetString, raiseErrno } from '../../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_AsInt } from '../../objects/longobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, Py_DECREF, type PyMethodDef, type PyObject } from '../../objects/object'
import { PyObject_IsTrue } from '../../objects/object-protocol'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { _PyObject_LookupSpecial } from '../../objects/typeobject'
import { PyUnicode_AsEncodedString } from '../../objects/unicode-codec'
import { PyUnicode_Check, _Py_ID, unicodeFromText } from '../../objects/unicodeobject'
import { PyNumber_Index } from '../../objects/abstract'
import { errnoOfError } from '../file-descriptors'
import { fsText } from '../fspath'

export type Given = (PyObject | null)[]

/** A function with Argument Clinic's convention for keywords. `run` gets borrowed values, null where absent. */
export function fn(
  name: string, params: readonly string[], minpos: number, maxpos: number, run: (given: Given) => PyObject | null, signature?: string,
): PyMethodDef {
  if (params.length === 0) return { ml_name: name, ml_flags: METH_NOARGS, ml_meth: () => run([]) }
  const parser = new ArgParser(name, params)
  const def: PyMethodDef = {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parser, minpos, maxpos, 0)
      return given === null ? null : withPaths(() => run(given))
    },
  }
  if (signature !== undefined) def.signature = signature
  return def
}

/** Bytes of paths that functions under way hold, as path_t.cleanup does: given back when the function returns. */
const held: PyObject[] = []

/** Runs a function's body and gives back the paths it converted. */
export function withPaths(run: () => PyObject | null): PyObject | null {
  const mark = held.length
  const result = run()
  while (held.length > mark) Py_DECREF(held.pop()!)
  return result
}

/** Reads a path and takes over the bytes that it made, null where there are none: they outlive the function. */
export function keepingBytes(read: () => PathArgument | null): { path: PathArgument, bytes: PyObject | null } | null {
  const mark = held.length
  const path = read()
  return path === null ? null : { path, bytes: held.length > mark ? held.pop()! : null }
}

export interface PathArgument {
  /** The text (bytes decoded with surrogateescape); '' for a descriptor. */
  text: string
  isBytes: boolean
  /** A descriptor instead of a path, else -1. */
  fd: number
  /** What was given, for OSError.filename. BORROWED. */
  object: PyObject
}

/** Bytes of a path's text; null with an exception set. */
export function fsEncode(text: string): Uint8Array | null {
  const bytes = encodeUtf8(text, standardEncodeHandler('surrogateescape'))
  return bytes instanceof CodecError ? PyErr_SetString(PyExc_ValueError, 'path cannot be encoded') : bytes
}

/** NEW str, or bytes where the argument was bytes. */
export function pathResult(text: string, isBytes: boolean): PyObject | null {
  if (!isBytes) return unicodeFromText(text)
  const bytes = fsEncode(text)
  return bytes === null ? null : bytesFrom(bytes)
}

/** Reads a path argument; null with an exception set. Mirrors path_converter. */
export function pathOf(name: string, argument: string, o: PyObject, allowFd = false, nullable = false): PathArgument | null {
  let path = o
  let made: PyObject | null = null
  if (!PyUnicode_Check(o) && !PyBytes_Check(o)) {
    if (allowFd && PyIndex_Check(o)) {
      const fd = descriptor(o)
      return fd === null ? null : { text: '', isBytes: false, fd, object: o }
    }
    const method = _PyObject_LookupSpecial(o, _Py_ID('__fspath__'))
    if (method === null) {
      if (PyErr_Occurred() !== null) return null
      const expected = allowFd ? nullable ? 'string, bytes, os.PathLike, integer or None' : 'string, bytes, os.PathLike or integer'
        : 'string, bytes or os.PathLike'
      return PyErr_Format(PyExc_TypeError, `${name}: ${argument} should be ${expected}, not ${o.ob_type.tp_name}`)
    }
    made = PyObject_CallNoArgs(method)
    Py_DECREF(method)
    if (made === null) return null
    if (!PyUnicode_Check(made) && !PyBytes_Check(made)) {
      PyErr_Format(PyExc_TypeError,
        `expected ${o.ob_type.tp_name}.__fspath__() to return str or bytes, not ${made.ob_type.tp_name}`)
      Py_DECREF(made)
      return null
    }
    path = made
  }
  const isBytes = PyBytes_Check(path)
  let bytes: PyObject | null = path
  if (isBytes) path.ob_refcnt++
  else bytes = PyUnicode_AsEncodedString(path, 'utf-8', 'surrogateescape')
  if (made !== null) Py_DECREF(made)
  if (bytes === null) return null
  held.push(bytes)
  if (PyBytes_AsBytes(bytes).includes(0)) {
    return PyErr_SetString(PyExc_ValueError, isBytes ? `${name}: embedded null character in ${argument}` : 'embedded null byte')
  }
  return { text: fsText(bytes), isBytes, fd: -1, object: o }
}

/** A descriptor; null with an exception set. */
export function descriptor(o: PyObject): number | null {
  const index = PyNumber_Index(o)
  if (index === null) return null
  const fd = PyLong_AsInt(index)
  Py_DECREF(index)
  if (fd === -1 && PyErr_Occurred() !== null) {
    PyErr_Clear()
    return PyErr_SetString(PyExc_OverflowError, 'fd is greater than maximum')
  }
  return fd
}

/** An int argument, `otherwise` when absent; null with an exception set. */
export function intOf(o: PyObject | null | undefined, otherwise: number): number | null {
  if (!o) return otherwise
  const n = PyLong_AsInt(o)
  return n === -1 && PyErr_Occurred() !== null ? null : n
}

export function boolOf(o: PyObject | null | undefined, otherwise: boolean): boolean | null {
  if (!o) return otherwise
  const truth = PyObject_IsTrue(o)
  return truth < 0 ? null : truth > 0
}

/** OSError of a negative result. Null. */
export function failed(result: number, path: PathArgument | null = null): null {
  // An interrupted call has raised already.
  if (PyErr_Occurred() !== null) return null
  return raiseErrno(-result, path === null ? null : path.object)
}

/** Runs a change of the file system; what it throws becomes OSError. None on success. */
export function attempt(path: PathArgument, change: () => void): PyObject | null {
  try {
    change()
  } catch (e) {
    return raiseErrno(errnoOfError(e), path.object)
  }
  return Py_RETURN_NONE()
}

/** False with NotImplementedError … unless the directory descriptor is the default. */
export function noDirFd(name: string, o: PyObject | null | undefined): boolean {
  if (!o || o === Py_None) return true
  PyErr_Format(PyExc_ValueError, `${name}: dir_fd unavailable on this platform`)
  return false
}
