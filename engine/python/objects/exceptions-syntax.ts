// SyntaxError with its position. Mirrors the SyntaxError part of Objects/exceptions.c.
import { Py_DECREF, Py_INCREF, type PyObject } from './object'
import { PySequence_Tuple } from './abstract'
import { PyErr_SetString } from './errors'
import { BaseException_init, PyExc_TypeError, exceptionStruct, objectMember, setOwn, type BaseExceptionData } from './exceptions'
import type { ExceptionSpec } from './exceptions-simple'

import { PyLong_AsLong, PyLong_CheckExact } from './longobject'
import { PyObject_Str } from './object-protocol'
import { Py_None } from './singletons'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString } from './unicodeobject'
import { PyUnicode_FromFormat } from './unicode-fromformat'

/** Fields of SyntaxError in `own`. */
export const SYNTAX_MSG = 0
export const SYNTAX_FILENAME = 1
export const SYNTAX_LINENO = 2
export const SYNTAX_OFFSET = 3
export const SYNTAX_END_LINENO = 4
export const SYNTAX_END_OFFSET = 5
export const SYNTAX_TEXT = 6
export const SYNTAX_PRINT_FILE_AND_LINE = 7

/** Positions of the details tuple: (filename, lineno, offset, text, end_lineno, end_offset). */
const DETAILS = [SYNTAX_FILENAME, SYNTAX_LINENO, SYNTAX_OFFSET, SYNTAX_TEXT, SYNTAX_END_LINENO, SYNTAX_END_OFFSET]

function SyntaxError_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  if (BaseException_init(self, args, kwargs) < 0) return -1
  const items = args.v as PyObject[]
  if (items.length >= 1) {
    Py_INCREF(items[0]!)
    setOwn(self, SYNTAX_MSG, items[0]!)
  }
  if (items.length !== 2) return 0
  const info = PySequence_Tuple(items[1]!)
  if (info === null) return -1
  const details = info.v as PyObject[]
  if (!checkDetails(details.length)) {
    Py_DECREF(info)
    return -1
  }
  for (let i = 0; i < DETAILS.length; i++) {
    const value = details[i] ?? null
    if (value !== null) Py_INCREF(value)
    setOwn(self, DETAILS[i]!, value)
  }
  Py_DECREF(info)
  if (details.length === 5) {
    PyErr_SetString(PyExc_TypeError, 'end_offset must be provided when end_lineno is provided')
    return -1
  }
  return 0
}

/** PyArg_ParseTuple's check of 4 to 6 items. */
function checkDetails(n: number): boolean {
  if (n >= 4 && n <= 6) return true
  PyErr_SetString(PyExc_TypeError, `function takes at ${n < 4 ? 'least 4' : 'most 6'} arguments (${n} given)`)
  return false
}

function SyntaxError_str(self: PyObject): PyObject | null {
  const own = (self.v as BaseExceptionData).own
  const file = own[SYNTAX_FILENAME]
  const line = own[SYNTAX_LINENO]
  const message = own[SYNTAX_MSG] ?? Py_None
  const haveFile = !!file && PyUnicode_Check(file)
  const haveLine = !!line && PyLong_CheckExact(line)
  if (!haveFile && !haveLine) return PyObject_Str(message)
  if (!haveFile) return PyUnicode_FromFormat('%S (line %ld)', message, PyLong_AsLong(line!))
  const path = PyUnicode_AsString(file!)
  const slash = path.lastIndexOf('/')
  // my_basename: the very object when there is no directory part.
  const base = slash < 0 ? file! : PyUnicode_FromString(path.slice(slash + 1))
  if (slash < 0) Py_INCREF(base)
  const result = haveLine ? PyUnicode_FromFormat('%S (%U, line %ld)', message, base, PyLong_AsLong(line!))
    : PyUnicode_FromFormat('%S (%U)', message, base)
  Py_DECREF(base)
  return result
}

export function syntaxErrorSpec(): ExceptionSpec {
  return {
    struct: exceptionStruct(8),
    tp_init: SyntaxError_init, tp_str: SyntaxError_str,
    tp_members: [
      objectMember('msg', SYNTAX_MSG), objectMember('filename', SYNTAX_FILENAME), objectMember('lineno', SYNTAX_LINENO),
      objectMember('offset', SYNTAX_OFFSET), objectMember('text', SYNTAX_TEXT), objectMember('end_lineno', SYNTAX_END_LINENO),
      objectMember('end_offset', SYNTAX_END_OFFSET), objectMember('print_file_and_line', SYNTAX_PRINT_FILE_AND_LINE),
    ],
  }
}
