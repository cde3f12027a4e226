// Texts and time tuples from dates and times, and what a tzinfo says of them.
import { callObjArgs, callOneArg, PyCallable, identifier } from './identifiers'
import { daysBeforeMonth, weekday } from './calendar'
import { PyDateTime_Check, PyDelta_Check, PyTime_Check, delta, isFullDay, none, stamp, type Stamp } from './layout'
import { delta_negative } from './timedelta'
import { buildInts } from '../build-value'
import { PyImport_ImportModule } from '../import'
import { DAYS, MONTHS } from '../time-format'
import { PyBytes_FromBytes } from '../../objects/bytesobject'
import { PyObject_CallMethod } from '../../objects/call'
import { PyErr_Format, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../../objects/object'
import { PyObject_FreeBlock, PyObject_Malloc, PyObject_Realloc, eventTypeId } from '../../objects/objimpl'
import { PyBytes_Type } from '../../objects/bytesobject'
import { PyObject_GetAttr } from '../../objects/object-protocol'
import { Py_None } from '../../objects/singletons'
import { PyUnicode_Append, PyUnicode_Substring } from '../../objects/unicode-methods'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { udata } from '../../objects/unicode-text'
import { PyUnicode_AsUTF8 } from '../../objects/unicode-utf8'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_GET_LENGTH } from '../../objects/unicodeobject'

/** The same text in UTF-8, a character a byte, as C sees it; null with UnicodeEncodeError set. */
export function utf8Characters(o: PyObject): string | null {
  const text = PyUnicode_AsUTF8(o)
  if (text === null || udata(o).ascii) return text
  return Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('')
}

// ---- asking the tzinfo --------------------------------------------------------------------------------------------------------

// Mirrors call_tzinfo_method: NEW timedelta or None.
function call_tzinfo_method(tzinfo: PyObject, name: string, arg: PyObject): PyObject | null {
  if (tzinfo === Py_None) return none()
  const offset = PyObject_CallMethod(tzinfo, name, arg)
  if (offset === null || offset === Py_None) return offset
  if (!PyDelta_Check(offset)) {
    PyErr_Format(PyExc_TypeError, 'tzinfo.%s() must return None or timedelta, not \'%.200s\'', name, offset.ob_type.tp_name)
  } else if (isFullDay(delta(offset))) {
    PyErr_SetString(PyExc_ValueError, 'offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).')
  } else return offset
  Py_DECREF(offset)
  return null
}

export const call_utcoffset = (tzinfo: PyObject, arg: PyObject): PyObject | null => call_tzinfo_method(tzinfo, 'utcoffset', arg)
export const call_dst = (tzinfo: PyObject, arg: PyObject): PyObject | null => call_tzinfo_method(tzinfo, 'dst', arg)

// Mirrors call_tzname: NEW str or None.
export function call_tzname(tzinfo: PyObject, arg: PyObject): PyObject | null {
  if (tzinfo === Py_None) return none()
  const name = callOneArg(tzinfo, 'tzname', arg)
  if (name === null || name === Py_None || PyUnicode_Check(name)) return name
  PyErr_Format(PyExc_TypeError, 'tzinfo.tzname() must return None or a string, not \'%s\'', name.ob_type.tp_name)
  Py_DECREF(name)
  return null
}

/** BORROWED; None for naive objects. */
export const zoneOf = (o: PyObject): PyObject => stamp(o).tzinfo ?? Py_None

// ---- offsets as text ------------------------------------------------------------------------------------------------------------

const two = (n: number): string => String(n).padStart(2, '0')

/** '' if the tzinfo has no offset; null with an exception set. Mirrors format_utcoffset. */
export function format_utcoffset(separator: string, tzinfo: PyObject, arg: PyObject): string | null {
  let offset = call_utcoffset(tzinfo, arg)
  if (offset === null) return null
  if (offset === Py_None) return Py_DECREF(offset), ''
  let sign = '+'
  if (delta(offset).days < 0) {
    sign = '-'
    const opposite = delta_negative(offset)
    Py_DECREF(offset)
    if (opposite === null) return null
    offset = opposite
  }
  const { seconds, microseconds } = delta(offset)
  Py_DECREF(offset)
  return sign + clockText(seconds, microseconds, separator)
}

/** Hours and minutes, and seconds and microseconds where they are not zero. */
export function clockText(seconds: number, microseconds: number, separator: string): string {
  let text = two(Math.floor(seconds / 3600)) + separator + two(Math.floor(seconds / 60) % 60)
  if (seconds % 60 !== 0 || microseconds !== 0) text += separator + two(seconds % 60)
  if (microseconds !== 0) text += `.${String(microseconds).padStart(6, '0')}`
  return text
}

/** The text with its offset behind it; STEALS `text`. */
export function appendOffset(text: PyObject, offset: string): PyObject | null {
  const o = PyUnicode_FromString(offset)
  const result = PyUnicode_Append(text, o)
  Py_DECREF(o)
  return result
}

/** Puts `, name=value` before the closing parenthesis; STEALS `repr`. */
export function appendKeyword(repr: PyObject, format: string, value: unknown): PyObject | null {
  const open = PyUnicode_Substring(repr, 0, PyUnicode_GET_LENGTH(repr) - 1)
  Py_DECREF(repr)
  if (open === null) return null
  const result = PyUnicode_FromFormat(format, open, value)
  Py_DECREF(open)
  return result
}

export const appendZone = (repr: PyObject, zone: PyObject): PyObject | null =>
  zone === Py_None ? repr : appendKeyword(repr, '%U, tzinfo=%R)', zone)
export const appendFold = (repr: PyObject, fold: number): PyObject | null =>
  fold === 0 ? repr : appendKeyword(repr, '%U, fold=%d)', fold)

// ---- strftime -----------------------------------------------------------------------------------------------------------------

/** The bytes object in which a format grows: only its block is real. */
class FormatBuffer {
  text = ''
  private block: number
  constructor(private room: number) {
    this.block = PyObject_Malloc(33 + room, eventTypeId(PyBytes_Type))
  }

  append(text: string): void {
    while (this.text.length + text.length > this.room) this.resize(this.room * 2)
    this.text += text
  }

  resize(room: number): void {
    if (room === this.room) return
    this.room = room
    this.block = PyObject_Realloc(this.block, 33 + room, eventTypeId(PyBytes_Type))
  }

  free(): void {
    PyObject_FreeBlock(this.block)
  }
}

// Mirrors make_Zreplacement: NEW str, with % doubled.
function zoneName(o: PyObject, arg: PyObject): PyObject | null {
  const zone = zoneOf(o)
  if (zone === Py_None) return PyUnicode_FromString('')
  const name = call_tzname(zone, arg)
  if (name === null) return null
  if (name === Py_None) return Py_DECREF(name), PyUnicode_FromString('')
  const method = PyObject_GetAttr(name, identifier('replace'))
  Py_DECREF(name)
  const text = method === null ? null : PyCallable(method, [PyUnicode_FromString('%'), PyUnicode_FromString('%%')])
  Py_XDECREF(method)
  if (text === null || PyUnicode_Check(text)) return text
  PyErr_SetString(PyExc_TypeError, 'tzname.replace() did not return a string')
  Py_DECREF(text)
  return null
}

const bytesOfText = (text: string): PyObject => PyBytes_FromBytes(Uint8Array.from(text, c => c.charCodeAt(0)))

/** Result of time.strftime, after %z, %Z and %f are filled in. Mirrors wrap_strftime. */
export function wrap_strftime(o: PyObject, format: PyObject, timetuple: PyObject, arg: PyObject): PyObject | null {
  const source = utf8Characters(format)
  if (source === null) return null
  const end = source.indexOf('\0')
  const text = end < 0 ? source : source.slice(0, end)
  const buffer = new FormatBuffer(source.length + 1)
  const made: { z: PyObject | null, Z: PyObject | null, f: PyObject | null } = { z: null, Z: null, f: null }
  let offset = ''
  const done = (result: PyObject | null): PyObject | null => {
    Py_XDECREF(made.f)
    Py_XDECREF(made.z)
    Py_XDECREF(made.Z)
    buffer.free()
    return result
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c !== '%' || i + 1 === text.length) {
      buffer.append(c)
      continue
    }
    const directive = text[++i]!
    if (directive === 'z') {
      if (made.z === null) {
        made.z = bytesOfText('')
        const zone = zoneOf(o)
        if (zone !== Py_None) {
          const given = format_utcoffset('', zone, arg)
          if (given === null) return done(null)
          Py_DECREF(made.z)
          offset = given
          made.z = bytesOfText(offset)
        }
      }
      buffer.append(offset)
    } else if (directive === 'Z') {
      made.Z ??= zoneName(o, arg)
      const name = made.Z === null ? null : utf8Characters(made.Z)
      if (name === null) return done(null)
      buffer.append(name)
    } else if (directive === 'f') {
      const digits = String(PyTime_Check(o) || PyDateTime_Check(o) ? stamp(o).microsecond : 0).padStart(6, '0')
      made.f ??= bytesOfText(digits)
      buffer.append(digits)
    } else buffer.append(c + directive)
  }
  buffer.resize(buffer.text.length)
  const time = PyImport_ImportModule('time')
  if (time === null) return done(null)
  const filled = PyUnicode_FromString(udata(format).ascii ? buffer.text
    : new TextDecoder().decode(Uint8Array.from(buffer.text, c => c.charCodeAt(0))))
  const result = callObjArgs(time, 'strftime', filled, timetuple)
  Py_DECREF(filled)
  Py_DECREF(time)
  return done(result)
}

/** Mirrors date_format, which is the __format__ of all three. */
export function formatWith(o: PyObject, spec: PyObject, str: (o: PyObject) => PyObject | null): PyObject | null {
  return PyUnicode_AsString(spec).length === 0 ? str(o) : callOneArg(o, 'strftime', spec)
}

// ---- time tuples ------------------------------------------------------------------------------------------------------------------

// Mirrors build_struct_time.
export function build_struct_time(d: Stamp, isdst: number): PyObject | null {
  const time = PyImport_ImportModule('time')
  if (time === null) return null
  const args = buildInts(d.year, d.month, d.day, d.hour, d.minute, d.second, weekday(d.year, d.month, d.day),
    daysBeforeMonth(d.year, d.month) + d.day, isdst)
  const result = callOneArg(time, 'struct_time', args)
  Py_DECREF(time)
  Py_DECREF(args)
  return result
}

// Mirrors format_ctime.
export function format_ctime(d: Stamp): PyObject | null {
  return PyUnicode_FromFormat('%s %s %2d %02d:%02d:%02d %04d', DAYS[weekday(d.year, d.month, d.day)]!.slice(0, 3),
    MONTHS[d.month - 1]!.slice(0, 3), d.day, d.hour, d.minute, d.second, d.year)
}
