// str.format, str.format_map and str.__format__. Mirrors Objects/stringlib/unicode_format.h; the grammar is in
// lib/str-format.ts.
import { formatText, FormatError } from '../lib/format-spec'
import { AutoNumber, FieldNameIterator, MarkupIterator, splitFieldName } from '../lib/str-format'
import { PyObject_Format, PyObject_GetItem, PySequence_GetItem, PySequence_Check } from './abstract'
import { PyDict_GetItemWithError } from './dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetObject, PyErr_SetString } from './errors'
import { PyExc_IndexError, PyExc_KeyError, PyExc_ValueError } from './exceptions'
import { _PyArg_BadArgument } from './getargs'
import { PyLong_CheckExact, PyLong_FromSsize_t } from './longobject'
import { intToDecimal } from '../lib/long-string'
import { withLongScratch } from './long-scratch'
import { METH_KEYWORDS, METH_O, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject } from './object'
import { PyObject_ASCII, PyObject_GetAttr, PyObject_Repr, PyObject_Str } from './object-protocol'
import { _PyRuntime } from './runtime'
import { PyComplex_CheckExact } from './complexobject'
import { PyFloat_CheckExact } from './floatobject'
import { formatDoubleInto, formatLongInto } from './number-text'
import { describeText } from './unicode-data'
import { UnicodeWriter, maxcharOf } from './unicode-fromformat'
import { raiseFormatError } from './unicode-percent'
import { udata, unchanged } from './unicode-text'
import { PyUnicode_Check, PyUnicode_CheckExact, PyUnicode_EmptyString, PyUnicode_FromString } from './unicodeobject'

/** What the fields of one format string refer to. */
interface Given {
  args: PyObject[]
  /** A dict, a mapping (format_map), or null. */
  kwargs: PyObject | null
  exactDict: boolean
  numbers: AutoNumber
}

const MAX_DEPTH = 2

/** NEW object a field names, or null. Mirrors get_field_object. */
function fieldObject(name: string, given: Given): PyObject | null {
  const split = splitFieldName(name)
  if (split instanceof FormatError) return raiseFormatError(split)
  const index = given.numbers.resolve(split)
  if (index instanceof FormatError) return raiseFormatError(index)
  let value: PyObject | null
  if (index < 0) {
    const key = PyUnicode_FromString(split.first)
    if (given.kwargs === null) {
      PyErr_SetObject(PyExc_KeyError, key)
      Py_DECREF(key)
      return null
    }
    if (given.exactDict) {
      value = PyDict_GetItemWithError(given.kwargs, key)
      if (value !== null) value.ob_refcnt++
      else if (PyErr_Occurred() === null) PyErr_SetObject(PyExc_KeyError, key)
    } else value = PyObject_GetItem(given.kwargs, key)
    Py_DECREF(key)
  } else {
    if (given.args === NO_ARGS) {
      return PyErr_SetString(PyExc_ValueError, 'Format string contains positional fields')
    }
    const item = given.args[index]
    if (item === undefined) {
      PyErr_SetString(PyExc_IndexError, 'tuple index out of range')
      return PyErr_Format(PyExc_IndexError, 'Replacement index %zd out of range for positional args tuple', index)
    }
    item.ob_refcnt++
    value = item
  }
  if (value === null) return null
  const steps = new FieldNameIterator(split.rest)
  for (let step = steps.next(); step !== null; step = steps.next()) {
    if (step instanceof FormatError) {
      Py_DECREF(value)
      return raiseFormatError(step)
    }
    let next: PyObject | null
    if (step.isAttribute) {
      const attribute = PyUnicode_FromString(step.name)
      next = PyObject_GetAttr(value, attribute)
      Py_DECREF(attribute)
    } else if (step.index < 0) {
      const key = PyUnicode_FromString(step.name)
      next = PyObject_GetItem(value, key)
      Py_DECREF(key)
    } else if (PySequence_Check(value)) next = PySequence_GetItem(value, step.index)
    else {
      const key = PyLong_FromSsize_t(step.index)
      next = PyObject_GetItem(value, key)
      Py_DECREF(key)
    }
    Py_DECREF(value)
    if (next === null) return null
    value = next
  }
  return value
}

const NO_ARGS: PyObject[] = []

/** Writes everything a format string gives (`whole`: the str that `text` is all of, if any); false with an exception set. Mirrors do_markup. */
function markup(
  writer: UnicodeWriter, text: string, given: Given, depth: number, whole: PyObject | null, size: number,
): boolean {
  if (depth <= 0) {
    PyErr_SetString(PyExc_ValueError, 'Max string recursion exceeded')
    return false
  }
  const fields = new MarkupIterator(text)
  for (let field = fields.next(); field !== null; field = fields.next()) {
    if (field instanceof FormatError) return raiseFormatError(field), false
    if (field.literal.length > 0) {
      if (!field.hasField && fields.atEnd) writer.overallocate = false
      if (!writeLiteral(writer, field.literal, text, whole)) return false
    }
    if (!field.hasField) continue
    if (fields.atEnd) writer.overallocate = false
    let value = fieldObject(field.fieldName, given)
    if (value === null) return false
    if (field.conversion !== '') {
      const made = field.conversion === 'r' ? PyObject_Repr(value) : field.conversion === 's' ? PyObject_Str(value)
        : field.conversion === 'a' ? PyObject_ASCII(value) : unknownConversion(field.conversion)
      Py_DECREF(value)
      if (made === null) return false
      value = made
    }
    const ok = field.needsExpanding ? withExpandedSpec(writer, value, field.formatSpec, given, depth, size)
      : renderField(writer, value, field.formatSpec)
    Py_DECREF(value)
    if (!ok) return false
  }
  return true
}

/** Mirrors _PyUnicodeWriter_WriteSubstring. */
function writeLiteral(writer: UnicodeWriter, literal: string, text: string, whole: PyObject | null): boolean {
  if (whole !== null && literal.length === text.length) return writer.writeStr(whole)
  const data = describeText(literal)
  return writer.prepare(data.length, maxcharOf(data)) && writer.writeText(literal)
}

function unknownConversion(conversion: string): null {
  const code = conversion.codePointAt(0)!
  return PyErr_Format(PyExc_ValueError, code > 32 && code < 127
    ? `Unknown conversion specifier ${conversion}` : `Unknown conversion specifier \\x${code.toString(16)}`)
}

/** `size` is the length of the whole format string, which the room for its parts goes by. */
function withExpandedSpec(
  writer: UnicodeWriter, value: PyObject, spec: string, given: Given, depth: number, size: number,
): boolean {
  const inner = new UnicodeWriter()
  inner.overallocate = true
  inner.minLength = size + 100
  if (!markup(inner, spec, given, depth - 1, null, size)) {
    inner.dealloc()
    return false
  }
  const expanded = inner.finish()
  if (expanded === null) return false
  const ok = renderField(writer, value, udata(expanded).str)
  Py_DECREF(expanded)
  return ok
}

/** Mirrors render_field: exact str and int without spec go straight into the buffer. */
function renderField(writer: UnicodeWriter, value: PyObject, spec: string): boolean {
  if (spec.length === 0) {
    if (PyUnicode_CheckExact(value)) return writer.writeStr(value)
    if (PyLong_CheckExact(value)) {
      const digits = intToDecimal(value.v, _PyRuntime.intMaxStrDigits)
      if (digits !== null) {
        return withLongScratch(value.v, true, () => writer.prepare(digits.length, 127) && writer.writeText(digits))
      }
    }
  }
  if (spec.length === 0 && (PyFloat_CheckExact(value) || PyComplex_CheckExact(value))) {
    const text = PyObject_Str(value)
    if (text === null) return false
    const ok = writer.writeStr(text)
    Py_DECREF(text)
    return ok
  }
  if (PyUnicode_CheckExact(value)) return writeFormatted(writer, value, spec)
  if (spec.length > 0 && (PyLong_CheckExact(value) || PyFloat_CheckExact(value))) {
    // _PyLong_FormatAdvancedWriter and _PyFloat_FormatAdvancedWriter write into the buffer as well.
    const write = (text: string): true | null => {
      const data = describeText(text)
      const maxchar = data.ascii ? 0x7f : data.kind === 1 ? 0xff : data.kind === 2 ? 0xffff : 0x10ffff
      return writer.prepare(data.length, maxchar) && writer.writeText(text) ? true : null
    }
    const direct = (text: string): true | null => writer.writeText(text) ? true : null
    const written = PyLong_CheckExact(value) ? formatLongInto(value.v, spec, 'int', true, write, direct)
      : formatDoubleInto((value as PyObject).v as number, spec, 'float', write, direct)
    return written !== null
  }
  const specObject = spec.length === 0 ? null : PyUnicode_FromString(spec)
  const result = PyObject_Format(value, specObject)
  if (specObject !== null) Py_DECREF(specObject)
  if (result === null) return false
  const ok = writer.writeStr(result)
  Py_DECREF(result)
  return ok
}

/** A str by a specification: itself if nothing is padded or cut. Mirrors format_string_internal; false: exception set. */
function writeFormatted(writer: UnicodeWriter, value: PyObject, spec: string): boolean {
  const text = udata(value).str
  const result = formatText(text, spec)
  if (result instanceof FormatError) return raiseFormatError(result), false
  if (result === text) return writer.writeStr(value)
  const data = describeText(result)
  return writer.prepare(data.length, maxcharOf(data)) && writer.writeText(result)
}

function build(o: PyObject, given: Given): PyObject | null {
  const writer = new UnicodeWriter()
  writer.overallocate = true
  writer.minLength = udata(o).length + 100
  if (!markup(writer, udata(o).str, given, MAX_DEPTH, o, udata(o).length)) {
    writer.dealloc()
    return null
  }
  return writer.finish()
}

function format(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  return build(o, { args: args.v as PyObject[], kwargs, exactDict: true, numbers: new AutoNumber() })
}

function formatMap(o: PyObject, mapping: PyObject): PyObject | null {
  return build(o, { args: NO_ARGS, kwargs: mapping, exactDict: false, numbers: new AutoNumber() })
}

/** str.__format__(spec). */
function unicode__format__(o: PyObject, spec: PyObject): PyObject | null {
  if (!PyUnicode_Check(spec)) return _PyArg_BadArgument('__format__', 'argument', 'str', spec)
  const text = udata(spec).str
  if (text.length === 0) return PyUnicode_CheckExact(o) ? unchanged(o) : PyObject_Str(o)
  const writer = new UnicodeWriter()
  if (!writeFormatted(writer, o, text)) return writer.dealloc(), null
  return writer.finish()
}

export function formatMethods(): PyMethodDef[] {
  return [
    { ml_name: 'format', ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: format },
    { ml_name: 'format_map', ml_flags: METH_O, ml_meth: formatMap },
    { ml_name: '__format__', ml_flags: METH_O, ml_meth: unicode__format__, signature: '($self, format_spec, /)' },
  ]
}
