// PyUnicode_FromFormat: C formats for error messages and reprs, with the blocks that CPython's _PyUnicodeWriter takes on
// the way (they are seen by tracemalloc and move addresses). Mirrors unicode_fromformat_arg and _PyUnicodeWriter,
// Objects/unicodeobject.c.
//
// The writer's buffer is a str object in the making: a block of the size for `size` code points of `maxchar`'s width,
// which grows by a quarter while more is to come and is cut to size at the end.
import { PyObject_FreeBlock, PyObject_Malloc, PyObject_Realloc, eventTypeId } from './objimpl'
import { PyErr_Format, PyErr_NoMemory } from './errors'
import { PyExc_SystemError } from './exceptions'
import { Py_DECREF, PyObject } from './object'
import { PyObject_ASCII, PyObject_Repr, PyObject_Str } from './object-protocol'
import { UnicodeData, describeText, unicodeSize } from './unicode-data'
import { PyUnicode_FromString, PyUnicode_Type } from './unicodeobject'
import { _PyRuntime } from './runtime'

const OVERALLOCATE_FACTOR = 4

/** Widest code point of a text, as the writer cares for it: 127, 255, 65535 or 1114111. */
export function maxcharOf(data: UnicodeData): number {
  return data.ascii ? 0x7f : data.kind === 1 ? 0xff : data.kind === 2 ? 0xffff : 0x10ffff
}

/** A text under construction. Give `finish` or `dealloc` its due: the buffer is real memory of the process. */
export class UnicodeWriter {
  private readonly parts: string[] = []
  private block = 0
  /** The only text so far, used as it is until something follows it. */
  private readonlyText: PyObject | null = null
  private size = 0
  private maxchar = 0x7f
  pos = 0
  minLength = 0
  overallocate = false

  private static bytes(size: number, maxchar: number): number {
    return unicodeSize(size, maxchar > 0xffff ? 4 : maxchar > 0xff ? 2 : 1, maxchar < 0x80)
  }

  /** Room for `length` more code points. False: MemoryError. Mirrors _PyUnicodeWriter_PrepareInternal. */
  prepare(length: number, maxchar: number): boolean {
    if (length === 0) return true
    let newlen = this.pos + length
    if (this.readonlyText !== null) return this.leaveReadonly(newlen, maxchar)
    if (this.block === 0) {
      if (this.overallocate) newlen += Math.floor(newlen / OVERALLOCATE_FACTOR)
      if (newlen < this.minLength) newlen = this.minLength
      this.maxchar = maxchar
      return this.allocate(newlen)
    }
    if (newlen > this.size) {
      if (this.overallocate) newlen += Math.floor(newlen / OVERALLOCATE_FACTOR)
      if (newlen < this.minLength) newlen = this.minLength
      if (maxchar > this.maxchar) {
        this.maxchar = maxchar
        return this.replace(newlen)
      }
      const moved = PyObject_Realloc(this.block, UnicodeWriter.bytes(newlen, this.maxchar), eventTypeId(PyUnicode_Type))
      if (moved === 0) return false
      this.block = moved
      this.size = newlen
      return true
    }
    if (maxchar > this.maxchar) {
      this.maxchar = maxchar
      return this.replace(this.size)
    }
    return true
  }

  private allocate(size: number): boolean {
    this.block = PyObject_Malloc(UnicodeWriter.bytes(size, this.maxchar), eventTypeId(PyUnicode_Type))
    this.size = size
    return this.block !== 0
  }

  /** A new, wider buffer beside the old one. */
  private replace(size: number): boolean {
    const old = this.block
    if (!this.allocate(size)) {
      this.block = old
      return false
    }
    PyObject_FreeBlock(old)
    return true
  }

  private leaveReadonly(newlen: number, maxchar: number): boolean {
    const text = this.readonlyText!
    if (this.overallocate) newlen += Math.floor(newlen / OVERALLOCATE_FACTOR)
    if (newlen < this.minLength) newlen = this.minLength
    this.maxchar = Math.max(maxchar, maxcharOf(text.v as UnicodeData))
    if (!this.allocate(newlen)) return false
    this.readonlyText = null
    Py_DECREF(text)
    return true
  }

  /** A text that is no Python object. */
  writeText(text: string): boolean {
    if (text.length === 0) return true
    const data = describeText(text)
    if (this.block === 0 && this.readonlyText === null && !this.overallocate) {
      this.readonlyText = PyUnicode_FromString(text)
      this.size = data.length
    } else if (!this.prepare(data.length, maxcharOf(data))) return false
    this.parts.push(text)
    this.pos += data.length
    return true
  }

  /** Part of a str object, or all of it. Mirrors _PyUnicodeWriter_WriteSubstring. */
  writeSubstring(o: PyObject, text: string): boolean {
    if (text.length === 0) return true
    if (text.length === (o.v as UnicodeData).str.length) return this.writeStr(o)
    const data = describeText(text)
    if (!this.prepare(data.length, Math.max(this.maxchar, maxcharOf(data)))) return false
    this.parts.push(text)
    this.pos += data.length
    return true
  }

  /** A str object; borrowed. Mirrors _PyUnicodeWriter_WriteStr. */
  writeStr(o: PyObject): boolean {
    const data = o.v as UnicodeData
    if (data.length === 0) return true
    const maxchar = maxcharOf(data)
    if (maxchar > this.maxchar || data.length > this.size - this.pos || this.readonlyText !== null) {
      if (this.block === 0 && this.readonlyText === null && !this.overallocate) {
        o.ob_refcnt++
        this.readonlyText = o
        this.size = data.length
        this.parts.push(data.str)
        this.pos += data.length
        return true
      }
      if (!this.prepare(data.length, maxchar)) return false
    }
    this.parts.push(data.str)
    this.pos += data.length
    return true
  }

  /** NEW str. Mirrors _PyUnicodeWriter_Finish. Null: MemoryError. */
  finish(): PyObject | null {
    const readonly = this.readonlyText
    if (readonly !== null) {
      this.readonlyText = null
      return readonly
    }
    if (this.pos === 0) {
      this.dealloc()
      return PyUnicode_FromString('')
    }
    const data = describeText(this.parts.join(''))
    // A buffer that turned out wider than its text stays as it is in CPython only for equal kinds; texts are exact here.
    if (this.size !== this.pos) {
      const moved = PyObject_Realloc(this.block, UnicodeWriter.bytes(this.pos, this.maxchar), eventTypeId(PyUnicode_Type))
      if (moved === 0) {
        this.dealloc()
        return null
      }
      this.block = moved
    }
    if (data.length === 1 && data.kind === 1) {
      this.dealloc()
      return PyUnicode_FromString(data.str)
    }
    const o = new PyObject(PyUnicode_Type, this.block, data)
    this.block = 0
    return o
  }

  dealloc(): void {
    if (this.readonlyText !== null) {
      Py_DECREF(this.readonlyText)
      this.readonlyText = null
    }
    if (this.block !== 0) PyObject_FreeBlock(this.block)
    this.block = 0
  }
}

/** A `const char *` argument: decoded into a temporary str, cut to `precision` bytes. */
function writeCString(writer: UnicodeWriter, text: string, width: number, precision: number): boolean {
  const cut = precision >= 0 && text.length > precision ? text.slice(0, precision) : text
  const temporary = PyUnicode_FromString(cut)
  const ok = writePadded(writer, temporary, width, -1)
  Py_DECREF(temporary)
  return ok
}

function writePadded(writer: UnicodeWriter, o: PyObject, width: number, precision: number): boolean {
  const data = o.v as UnicodeData
  let length = data.length
  if (precision >= 0 && precision < length) length = precision
  if (width < 0 && length === data.length) return writer.writeStr(o)
  const text = length === data.length ? data.str : Array.from(data.str).slice(0, length).join('')
  const fill = width > length ? ' '.repeat(width - length) : ''
  if (!writer.prepare(Math.max(length, width), maxcharOf(data))) return false
  return writer.writeText(fill + text)
}

/** `PyObject_Repr` and its like: the result is written and dropped. */
function writeMade(writer: UnicodeWriter, made: PyObject | null, width: number, precision: number): boolean {
  if (made === null) return false
  const ok = writePadded(writer, made, width, precision)
  Py_DECREF(made)
  return ok
}

const DIRECTIVE = /%([-0]?)(\d*)(?:\.(\d+))?(ll|l|z)?([a-zA-Z%])/y

/**
 * NEW str. Arguments by directive: %s text, %d %i %u %x number or bigint, %c code point, %p object (its address), %U str
 * object, %S %R %A any object, %V a str object or null and then a text. Null: an exception is set.
 */
export function PyUnicode_FromFormat(format: string, ...args: unknown[]): PyObject | null {
  const writer = new UnicodeWriter()
  writer.minLength = format.length + 100
  writer.overallocate = true
  let next = 0
  for (let at = 0; at < format.length;) {
    if (format[at] !== '%') {
      let end = format.indexOf('%', at)
      if (end < 0) {
        end = format.length
        writer.overallocate = false
      }
      if (!writer.writeText(format.slice(at, end))) return failed(writer)
      at = end
      continue
    }
    DIRECTIVE.lastIndex = at
    const match = DIRECTIVE.exec(format)
    if (match === null) {
      PyErr_Format(PyExc_SystemError, 'invalid format string')
      return failed(writer)
    }
    at = DIRECTIVE.lastIndex
    if (at === format.length) writer.overallocate = false
    const width = match[2] === '' || match[2] === undefined ? -1 : Number(match[2])
    const precision = match[3] === undefined ? -1 : Number(match[3])
    const zero = match[1] === '0'
    let ok: boolean
    switch (match[5]) {
      case '%': ok = writer.writeText('%'); break
      case 'c': ok = writer.writeText(String.fromCodePoint(args[next++] as number)); break
      case 'd': case 'i': case 'u': case 'x': {
        let digits = (args[next++] as number | bigint).toString(match[5] === 'x' ? 16 : 10)
        const sign = digits.startsWith('-') ? '-' : ''
        digits = digits.slice(sign.length).padStart(precision < 0 ? 0 : precision, '0')
        const number = zero ? sign + digits.padStart(width - sign.length, '0') : (sign + digits).padStart(width)
        // Room is made first, so that a lone number still goes through a buffer.
        ok = writer.prepare(number.length, 0x7f) && writer.writeText(number)
        break
      }
      case 'p': ok = writer.writeText(`0x${addressOf(args[next++] as PyObject).toString(16)}`); break
      case 's': ok = writeCString(writer, args[next++] as string, width, precision); break
      case 'U': ok = writePadded(writer, args[next++] as PyObject, width, precision); break
      case 'V': {
        const o = args[next++] as PyObject | null
        const text = args[next++] as string
        ok = o !== null ? writePadded(writer, o, width, precision) : writeCString(writer, text, width, precision)
        break
      }
      case 'S': ok = writeMade(writer, PyObject_Str(args[next++] as PyObject), width, precision); break
      case 'R': ok = writeMade(writer, PyObject_Repr(args[next++] as PyObject), width, precision); break
      case 'A': ok = writeMade(writer, PyObject_ASCII(args[next++] as PyObject), width, precision); break
      default: throw new Error(`Molt: format directive %${match[5]} in '${format}'`)
    }
    if (!ok) return failed(writer)
  }
  const result = writer.finish()
  return result ?? PyErr_NoMemory()
}

function failed(writer: UnicodeWriter): null {
  writer.dealloc()
  return null
}

/** The address of an object as a number, what id() shows. */
export function addressOf(o: PyObject): number {
  return _PyRuntime.process.space.toAddress(o.addr)
}

