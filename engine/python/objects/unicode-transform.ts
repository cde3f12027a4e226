// str methods that give another text: case, padding, tabs, translate.
import { PyNumber_AsSsize_t, PyObject_GetItem } from './abstract'
import { TAG_SCRATCH } from '../../memory/events'
import { toCapitalized, toCasefold, toLower, toSwapcase, toTitle, toUpper } from '../lib/unicode-case'
import { PyDict_CheckExact, PyDict_New, PyDict_Next, DICT_ENTRY, PyDict_SetItem } from './dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_LookupError, PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from './getargs'
import { PyLong_AsInt, PyLong_Check, PyLong_FromLong } from './longobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_STATIC, Py_DECREF, type PyMethodDef, type PyObject,
} from './object'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { Py_None } from './singletons'
import { codeAt, freshText, pointsOf, resultText, udata, unchanged } from './unicode-text'
import type { UnicodeData } from './unicode-data'
import { UnicodeWriter } from './unicode-fromformat'
import { PyUnicode_Check, PyUnicode_GET_LENGTH } from './unicodeobject'

/** A case method: ASCII text is made at once, other text by way of a scratch array of 3 code points a character. */
function caseMethod(name: string, change: (text: string) => string): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_NOARGS, signature: '($self, /)',
    ml_meth: (o: PyObject) => {
      const data = udata(o)
      if (data.length === 0 && (name !== 'title' && name !== 'swapcase')) return unchanged(o)
      const text = change(data.str)
      if (data.ascii && name !== 'title' && name !== 'swapcase' && name !== 'capitalize') return freshText(text)
      const scratch = PyMem_Malloc(data.length * 12, TAG_SCRATCH)
      if (scratch === 0) return null
      const result = data.length === 0 ? unchanged(o) : freshText(text)
      PyMem_Free(scratch)
      return result
    },
  }
}

const MAX_LENGTH = 0x1fffffe8

/** NEW text with fill characters before and after; the string itself when there are none. Mirrors pad. */
function pad(o: PyObject, left: number, right: number, fill: string): PyObject | null {
  if (left <= 0 && right <= 0) return unchanged(o)
  const data = udata(o)
  if (data.length + left + right > MAX_LENGTH) return PyErr_NoMemory()
  return freshText(fill.repeat(Math.max(left, 0)) + data.str + fill.repeat(Math.max(right, 0)))
}

function justify(name: string, room: (width: number, length: number) => [number, number]): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_FASTCALL, signature: "($self, width, fillchar=' ', /)",
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(name, nargs, 1, 2)) return null
      const width = PyNumber_AsSsize_t(args[0]!, PyExc_OverflowError)
      if (width === -1 && PyErr_Occurred() !== null) return null
      let fill = ' '
      if (nargs > 1) {
        if (!PyUnicode_Check(args[1]!)) {
          return PyErr_Format(PyExc_TypeError, 'The fill character must be a unicode character, not %.100s', args[1]!.ob_type.tp_name)
        }
        if (PyUnicode_GET_LENGTH(args[1]!) !== 1) {
          return PyErr_SetString(PyExc_TypeError, 'The fill character must be exactly one character long')
        }
        fill = udata(args[1]!).str
      }
      const length = udata(o).length
      if (length >= width) return unchanged(o)
      const [left, right] = room(width, length)
      return pad(o, left, right, fill)
    },
  }
}

function zfill(o: PyObject, arg: PyObject): PyObject | null {
  const width = PyNumber_AsSsize_t(arg, PyExc_OverflowError)
  if (width === -1 && PyErr_Occurred() !== null) return null
  const data = udata(o)
  if (data.length >= width) return unchanged(o)
  const fill = width - data.length
  if (width > MAX_LENGTH) return PyErr_NoMemory()
  const signed = data.length > 0 && (data.str[0] === '+' || data.str[0] === '-')
  return freshText(signed ? data.str[0]! + '0'.repeat(fill) + data.str.slice(1) : '0'.repeat(fill) + data.str)
}

const expandtabsParser = new ArgParser('expandtabs', ['tabsize'])

function expandtabs(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, expandtabsParser, 0, 1, 0)
  if (given === null) return null
  let size = 8
  if (given[0] !== null && given[0] !== undefined) {
    size = PyLong_AsInt(given[0])
    if (size === -1 && PyErr_Occurred() !== null) return null
  }
  const text = udata(o).str
  if (!text.includes('\t')) return unchanged(o)
  let column = 0
  let result = ''
  for (const c of text) {
    if (c === '\t') {
      if (size > 0) {
        const step = size - column % size
        column += step
        if (result.length + step > MAX_LENGTH) return PyErr_NoMemory()
        result += ' '.repeat(step)
      }
    } else {
      column = c === '\n' || c === '\r' ? 0 : column + 1
      result += c
    }
  }
  return resultText(result)
}

// ---- translate -----------------------------------------------------------------------------------------------------------

/**
 * The replacement of one code point: NEW str, a code point as text (of an int), '' for None, or null with (error) or without
 * (keep) an exception set. Mirrors charmaptranslate_lookup.
 */
function lookup(table: PyObject, code: number): PyObject | string | null {
  const key = PyLong_FromLong(code)
  const found = PyObject_GetItem(table, key)
  Py_DECREF(key)
  if (found === null) {
    if (PyErr_ExceptionMatches(PyExc_LookupError)) PyErr_Clear()
    return null
  }
  if (PyUnicode_Check(found)) return found
  let text: string | null = null
  if (found === Py_None) text = ''
  else if (PyLong_Check(found)) {
    const value = Number(found.v)
    if (value < 0 || value > 0x10ffff) {
      PyErr_Format(PyExc_ValueError, 'character mapping must be in range(0x110000)')
    } else text = String.fromCodePoint(value)
  } else PyErr_SetString(PyExc_TypeError, 'character mapping must return integer, None or str')
  Py_DECREF(found)
  return text
}

// Mirrors _PyUnicode_TranslateCharmap, with errors="ignore".
function translate(o: PyObject, table: PyObject): PyObject | null {
  const data = udata(o)
  if (data.length === 0) return unchanged(o)
  const writer = new UnicodeWriter()
  const fail = (): null => {
    writer.dealloc()
    return null
  }
  if (!writer.prepare(data.length, 127)) return null
  const done = data.ascii ? translateAscii(data, table, writer) : 0
  if (done < 0) return fail()
  for (let i = done; i < data.length; i++) {
    const code = codeAt(data, i)
    const found = lookup(table, code)
    if (found === null && PyErr_Occurred() !== null) return fail()
    if (found === null || typeof found === 'string') {
      if (!writer.writeText(found ?? String.fromCodePoint(code))) return fail()
      if (found !== '') continue
      // One that is dropped: those behind it that are dropped too are sought first, so one is looked up twice.
      let next = i + 1
      for (; next < data.length; next++) {
        const other = lookup(table, codeAt(data, next))
        if (other === null && PyErr_Occurred() !== null) return fail()
        if (other !== null && typeof other !== 'string') Py_DECREF(other)
        if (other !== '') break
      }
      i = next - 1
      continue
    }
    const ok = writer.writeStr(found)
    Py_DECREF(found)
    if (!ok) return fail()
  }
  return writer.finish()
}

/** As far as everything stays ASCII and one to one: the characters done, -1 on error. Mirrors unicode_fast_translate. */
function translateAscii(data: UnicodeData, table: PyObject, writer: UnicodeWriter): number {
  const known: (string | undefined)[] = new Array<string | undefined>(128)
  let text = ''
  let i = 0
  for (; i < data.length; i++) {
    const code = data.str.charCodeAt(i)
    let to = known[code]
    if (to === undefined) {
      const found = lookup(table, code)
      if (found === null && PyErr_Occurred() !== null) return -1
      if (found === null) to = String.fromCharCode(code)
      else if (typeof found === 'string') to = found
      else {
        to = udata(found).str
        Py_DECREF(found)
        if (to.length !== 1) break
      }
      if (to.length > 0 && to.codePointAt(0)! > 127) break
      known[code] = to
    }
    text += to
  }
  writer.writeText(text)
  return i
}

function maketrans(_self: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('maketrans', nargs, 1, 3)) return null
  const x = args[0]!
  const table = PyDict_New()
  const fail = (): null => {
    Py_DECREF(table)
    return null
  }
  const put = (key: number, value: PyObject): boolean => {
    const k = PyLong_FromLong(key)
    const ok = PyDict_SetItem(table, k, value) === 0
    Py_DECREF(k)
    return ok
  }
  if (nargs > 1) {
    const y = args[1]!
    if (!PyUnicode_Check(y)) return Py_DECREF(table), _PyArg_BadArgument('maketrans', 'argument 2', 'str', y)
    if (nargs > 2 && !PyUnicode_Check(args[2]!)) {
      return Py_DECREF(table), _PyArg_BadArgument('maketrans', 'argument 3', 'str', args[2]!)
    }
    if (!PyUnicode_Check(x)) {
      PyErr_SetString(PyExc_TypeError, 'first maketrans argument must be a string if there is a second argument')
      return fail()
    }
    const from = pointsOf(udata(x).str)
    const to = pointsOf(udata(y).str)
    if (from.length !== to.length) {
      PyErr_SetString(PyExc_ValueError, 'the first two maketrans arguments must have equal length')
      return fail()
    }
    for (let i = 0; i < from.length; i++) {
      const value = PyLong_FromLong(to[i]!)
      const ok = put(from[i]!, value)
      Py_DECREF(value)
      if (!ok) return fail()
    }
    if (nargs > 2) for (const code of pointsOf(udata(args[2]!).str)) if (!put(code, Py_None)) return fail()
    return table
  }
  if (!PyDict_CheckExact(x)) {
    PyErr_SetString(PyExc_TypeError, 'if you give only one argument to maketrans it must be a dict')
    return fail()
  }
  for (let at = PyDict_Next(x, 0); at > 0; at = PyDict_Next(x, at)) {
    const { key, value } = DICT_ENTRY as { key: PyObject, value: PyObject }
    if (PyUnicode_Check(key)) {
      if (PyUnicode_GET_LENGTH(key) !== 1) {
        PyErr_SetString(PyExc_ValueError, 'string keys in translate table must be of length 1')
        return fail()
      }
      if (!put(udata(key).str.codePointAt(0)!, value)) return fail()
    } else if (PyLong_Check(key)) {
      if (PyDict_SetItem(table, key, value) !== 0) return fail()
    } else {
      PyErr_SetString(PyExc_TypeError, 'keys in translate table must be strings or integers')
      return fail()
    }
  }
  return table
}

export function transformMethods(): PyMethodDef[] {
  return [
    caseMethod('upper', toUpper), caseMethod('lower', toLower), caseMethod('title', toTitle), caseMethod('swapcase', toSwapcase),
    caseMethod('capitalize', toCapitalized), caseMethod('casefold', toCasefold),
    justify('center', (width, length) => {
      const room = width - length
      const left = (room >> 1) + (room & width & 1)
      return [left, room - left]
    }),
    justify('ljust', (width, length) => [0, width - length]),
    justify('rjust', (width, length) => [width - length, 0]),
    { ml_name: 'zfill', ml_flags: METH_O, ml_meth: zfill, signature: '($self, width, /)' },
    { ml_name: 'expandtabs', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: expandtabs, signature: '($self, /, tabsize=8)' },
    { ml_name: 'translate', ml_flags: METH_O, ml_meth: translate, signature: '($self, table, /)' },
    { ml_name: 'maketrans', ml_flags: METH_FASTCALL | METH_STATIC, ml_meth: maketrans },
  ]
}

