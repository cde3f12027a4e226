// The methods that bytes and bytearray share, in CPython's calling conventions. A method that changes nothing gives the
// bytes object itself back (not so a subclass instance), and always a copy of a bytearray.
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { TAG_SCRATCH } from '../../memory/events'
import { PyNumber_AsSsize_t, PySequence_Fast } from './abstract'
import { PyBool_FromLong } from './boolobject'
import { byteCases, byteTests } from './bytes-ctype'
import {
  countBytes, findBytes, isSpaceByte, lineRanges, parseFind, parseRange, release, replaceBytes, splitRanges,
} from './bytes-search'
import { PyByteArray_Resize } from './bytearrayobject'
import { finishBytes, newBytesBuffer } from './bytes-buffer'
import { bytesFrom } from './bytesobject'
import { PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from './errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_BadArgument, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from './getargs'
import { MAX_ITEMS, PyList_Append, PyList_New, fastItems } from './listobject'
import { PyLong_AsInt, PyLong_FromSsize_t } from './longobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from './memoryobject'
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_STATIC, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject,
  type PyTypeObject,
} from './object'
import { PyObject_CallOneArg } from './call'
import { Py_None } from './singletons'
import { PyTuple_Check, Py_BuildTuple } from './tupleobject'
import { PyUnicode_FromEncodedObject } from './unicode-codec'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_GET_LENGTH, unicodeFromText } from './unicodeobject'

export { formatBytes } from './bytes-format'

export type BytesKind = 'bytes' | 'bytearray'
type BytesOf = (o: PyObject) => Uint8Array
/** NEW object of the exact type with these bytes, which it takes over; null: MemoryError. `o` is the method's self. */
/** `fresh`: even a single byte becomes an object of its own. */
type Make = (o: PyObject, bytes: Uint8Array, fresh?: boolean) => PyObject | null

// ---- repr, concatenation -------------------------------------------------------------------------------------------

/** The text of repr(bytes). Mirrors PyBytes_Repr. */
export function bytesReprText(bytes: Uint8Array): string {
  const quote = bytes.includes(39) && !bytes.includes(34) ? '"' : "'"
  return `b${quote}${escapeBytes(bytes, quote)}${quote}`
}

/** Bytes as they stand between quotes in a repr. */
export function escapeBytes(bytes: Uint8Array, quote: string): string {
  let text = ''
  for (const c of bytes) {
    if (c === 92 || c === quote.charCodeAt(0)) text += `\\${String.fromCharCode(c)}`
    else if (c === 9) text += '\\t'
    else if (c === 10) text += '\\n'
    else if (c === 13) text += '\\r'
    else if (c < 32 || c >= 127) text += `\\x${c.toString(16).padStart(2, '0')}`
    else text += String.fromCharCode(c)
  }
  return text
}

/** The bytes of both operands of +, or null with TypeError set. Mirrors bytes_concat. */
export function concatBytes(a: PyObject, b: PyObject): [Uint8Array, Uint8Array] | null {
  if (!PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b)) {
    bytesLikeRequired(PyObject_CheckBuffer(a) ? b : a)
    return PyErr_Format(PyExc_TypeError, 'can\'t concat %.100s to %.100s', b.ob_type.tp_name, a.ob_type.tp_name)
  }
  const left = PyObject_GetBufferBytes(a)
  const right = left === null ? null : PyObject_GetBufferBytes(b)
  release(left)
  release(right)
  return left === null || right === null ? null : [left.bytes, right.bytes]
}

// ---- hex ------------------------------------------------------------------------------------------------------------

/** The text of bytes.hex(sep, bytes_per_sep); sep '' for none. Groups count from the right if positive. */
export function hexText(bytes: Uint8Array, sep: string, perGroup: number): string {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
  const size = Math.abs(perGroup) * 2
  if (sep === '' || size === 0 || all.length <= size) return all
  const parts: string[] = []
  let at = 0
  if (perGroup > 0 && all.length % size !== 0) {
    at = all.length % size
    parts.push(all.slice(0, at))
  }
  for (; at < all.length; at += size) parts.push(all.slice(at, at + size))
  return parts.join(sep)
}

const hexParser = new ArgParser('hex', ['sep', 'bytes_per_sep'])

/** hex(sep, bytes_per_sep) of any bytes: NEW str, or null. Mirrors _Py_strhex_with_sep. */
export function hexOfArguments(bytes: Uint8Array, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, hexParser, 0, 2, 0)
  if (given === null) return null
  const [sep, per] = given
  let perGroup = 1
  if (per) {
    perGroup = PyLong_AsInt(per)
    if (perGroup === -1 && PyErr_Occurred() !== null) return null
  }
  let separator = ''
  if (sep) {
    if (PyUnicode_Check(sep)) {
      if (PyUnicode_GET_LENGTH(sep) !== 1) return PyErr_SetString(PyExc_ValueError, 'sep must be length 1.')
      separator = PyUnicode_AsString(sep)
    } else if (PyObject_CheckBuffer(sep)) {
      const view = PyObject_GetBufferBytes(sep)
      if (view === null) return null
      if (view.bytes.length !== 1) {
        PyBuffer_Release(view)
        return PyErr_SetString(PyExc_ValueError, 'sep must be length 1.')
      }
      separator = String.fromCharCode(view.bytes[0]!)
      PyBuffer_Release(view)
    } else return PyErr_SetString(PyExc_TypeError, 'sep must be str or bytes.')
    if (separator.charCodeAt(0) > 127) return PyErr_SetString(PyExc_ValueError, 'sep must be ASCII.')
  }
  return unicodeFromText(hexText(bytes, separator, perGroup))
}

/** The bytes of fromhex(text), or null with an exception set. Mirrors _PyBytes_FromHex. */
export function bytesFromHex(arg: PyObject): Uint8Array | null {
  if (!PyUnicode_Check(arg)) return _PyArg_BadArgument('fromhex', 'argument', 'str', arg)
  const text = PyUnicode_AsString(arg)
  const result: number[] = []
  const fail = (at: number): null => PyErr_Format(PyExc_ValueError, 'non-hexadecimal number found in fromhex() arg at position %zd', at)
  for (let i = 0; i < text.length;) {
    if (isSpaceByte(text.charCodeAt(i))) {
      i++
      continue
    }
    const high = hexDigit(text.charCodeAt(i))
    if (high < 0) return fail(i)
    const low = i + 1 < text.length ? hexDigit(text.charCodeAt(i + 1)) : -1
    if (low < 0) return fail(i + 1)
    result.push(high * 16 + low)
    i += 2
  }
  return Uint8Array.from(result)
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48
  const l = c | 32
  return l >= 97 && l <= 102 ? l - 87 : -1
}

// ---- arguments ----------------------------------------------------------------------------------------------------------

/** Bytes of a bytes-like argument, read at once; null with TypeError set. */
function bytesArgument(arg: PyObject): Uint8Array | null {
  if (!PyObject_CheckBuffer(arg)) return bytesLikeRequired(arg)
  const view = PyObject_GetBufferBytes(arg)
  if (view === null) return null
  const bytes = view.bytes
  PyBuffer_Release(view)
  return bytes
}

function bytesLikeRequired(arg: PyObject): null {
  return PyErr_Format(PyExc_TypeError, 'a bytes-like object is required, not \'%.100s\'', arg.ob_type.tp_name)
}

function optionalSize(arg: PyObject | null | undefined, otherwise: number): number | null {
  if (arg === null || arg === undefined) return otherwise
  const n = PyNumber_AsSsize_t(arg, null)
  return n === -1 && PyErr_Occurred() !== null ? null : n
}

const decodeParser = new ArgParser('decode', ['encoding', 'errors'])
const splitParsers = { split: new ArgParser('split', ['sep', 'maxsplit']), rsplit: new ArgParser('rsplit', ['sep', 'maxsplit']) }
const splitlinesParser = new ArgParser('splitlines', ['keepends'])
const expandtabsParser = new ArgParser('expandtabs', ['tabsize'])
const translateParser = new ArgParser('translate', ['', 'delete'])

const MAX_BYTES = 2 ** 31

// ---- the methods ------------------------------------------------------------------------------------------------------------

/** Everything both types have. `isExact` tells objects that may be given back themselves. */
export function bytesLikeMethods(bytesOf: BytesOf, make: Make, isExact: (o: PyObject) => boolean, kind: BytesKind): PyMethodDef[] {
  const same = (o: PyObject): PyObject | null => {
    if (!isExact(o) || kind === 'bytearray') return make(o, bytesOf(o).slice())
    o.ob_refcnt++
    return o
  }
  const part = (o: PyObject, from: number, end: number): PyObject | null =>
    from === 0 && end === bytesOf(o).length ? same(o) : make(o, bytesOf(o).slice(from, end))

  // ---- find and its like

  const finder = (name: string, fromRight: boolean, raises: boolean): PyMethodDef => ({
    ml_name: name, ml_flags: METH_VARARGS,
    ml_meth: (o: PyObject, args: PyObject) => {
      const sought = parseFind(name, bytesOf(o), args.v as PyObject[])
      if (sought === null) return null
      const at = findBytes(bytesOf(o), sought.sub, sought.start, sought.end, fromRight)
      release(sought.view)
      if (at < 0 && raises) return PyErr_SetString(PyExc_ValueError, 'subsection not found')
      return PyLong_FromSsize_t(at)
    },
  })

  const count = (o: PyObject, args: PyObject): PyObject | null => {
    const sought = parseFind('count', bytesOf(o), args.v as PyObject[])
    if (sought === null) return null
    const n = countBytes(bytesOf(o), sought.sub, sought.start, sought.end)
    release(sought.view)
    return PyLong_FromSsize_t(n)
  }

  const affix = (name: 'startswith' | 'endswith'): PyMethodDef => {
    const matches = (bytes: Uint8Array, sub: Uint8Array, start: number, end: number): boolean => {
      if (start > bytes.length || end - start < sub.length) return false
      const at = name === 'startswith' ? start : end - sub.length
      for (let i = 0; i < sub.length; i++) if (bytes[at + i] !== sub[i]) return false
      return true
    }
    return {
      ml_name: name, ml_flags: METH_VARARGS,
      ml_meth: (o: PyObject, args: PyObject) => {
        const items = args.v as PyObject[]
        const range = parseRange(name, bytesOf(o), items)
        if (range === null) return null
        const sub = items[0]!
        if (!PyTuple_Check(sub) && !PyObject_CheckBuffer(sub)) {
          return PyErr_Format(PyExc_TypeError, '%s first arg must be bytes or a tuple of bytes, not %s', name, sub.ob_type.tp_name)
        }
        for (const item of PyTuple_Check(sub) ? sub.v : [sub]) {
          const wanted = bytesArgument(item)
          if (wanted === null) return null
          if (matches(bytesOf(o), wanted, range.start, range.end)) return PyBool_FromLong(1)
        }
        return PyBool_FromLong(0)
      },
    }
  }

  const removeAffix = (name: 'removeprefix' | 'removesuffix'): PyMethodDef => ({
    ml_name: name, ml_flags: METH_O, signature: name === 'removeprefix' ? '($self, prefix, /)' : '($self, suffix, /)',
    ml_meth: (o: PyObject, arg: PyObject) => {
      const sub = bytesArgument(arg)
      if (sub === null) return null
      const bytes = bytesOf(o)
      const at = name === 'removeprefix' ? 0 : bytes.length - sub.length
      const has = sub.length > 0 && at >= 0 && sub.every((c, i) => bytes[at + i] === c)
      if (!has) return same(o)
      return name === 'removeprefix' ? part(o, sub.length, bytes.length) : part(o, 0, at)
    },
  })

  const replace = (o: PyObject, args: PyObject[], nargs: number): PyObject | null => {
    if (!_PyArg_CheckPositional('replace', nargs, 2, 3)) return null
    const old = bytesArgument(args[0]!)
    const fresh = old === null ? null : bytesArgument(args[1]!)
    const max = fresh === null ? null : optionalSize(nargs > 2 ? args[2] : null, -1)
    if (old === null || fresh === null || max === null) return null
    const result = replaceBytes(bytesOf(o), old, fresh, max)
    return result === null ? same(o) : make(o, result, true)
  }

  // ---- pieces

  const pieces = (o: PyObject, ranges: [number, number][], expected: number, fromRight = false): PyObject | null => {
    const list = PyList_New(expected)
    const room = list.v.ob_item.length
    list.v.ob_item.length = 0
    // From the right the last piece is made first.
    if (fromRight) ranges.reverse()
    for (const [i, [from, end]] of ranges.entries()) {
      const piece = ranges.length === 1 ? part(o, from, end) : make(o, bytesOf(o).slice(from, end))
      if (piece === null) return Py_DECREF(list), null
      if (i < room) list.v.ob_item.push(piece)
      else {
        const ok = PyList_Append(list, piece) === 0
        Py_DECREF(piece)
        if (!ok) return Py_DECREF(list), null
      }
    }
    if (fromRight) list.v.ob_item.reverse()
    return list
  }

  const splitter = (name: 'split' | 'rsplit'): PyMethodDef => ({
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($self, /, sep=None, maxsplit=-1)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
      const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, splitParsers[name], 0, 2, 0)
      if (given === null) return null
      const max = optionalSize(given[1], -1)
      if (max === null) return null
      let sep: Uint8Array | null = null
      if (given[0] && given[0] !== Py_None) {
        sep = bytesArgument(given[0])
        if (sep === null) return null
        if (sep.length === 0) return PyErr_SetString(PyExc_ValueError, 'empty separator')
      }
      return pieces(o, splitRanges(bytesOf(o), sep, max, name === 'rsplit'), max < 0 || max >= 12 ? 12 : max + 1, name === 'rsplit')
    },
  })

  const splitlines = (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null => {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, splitlinesParser, 0, 1, 0)
    if (given === null) return null
    let keepends = 0
    if (given[0]) {
      keepends = PyLong_AsInt(given[0])
      if (keepends === -1 && PyErr_Occurred() !== null) return null
    }
    return pieces(o, lineRanges(bytesOf(o), keepends !== 0), 0)
  }

  const partition = (name: 'partition' | 'rpartition'): PyMethodDef => ({
    ml_name: name, ml_flags: METH_O, signature: '($self, sep, /)',
    ml_meth: (o: PyObject, arg: PyObject) => {
      const sep = bytesArgument(arg)
      if (sep === null) return null
      if (sep.length === 0) return PyErr_SetString(PyExc_ValueError, 'empty separator')
      const bytes = bytesOf(o)
      const at = findBytes(bytes, sep, 0, bytes.length, name === 'rpartition')
      // A bytearray copies the separator ahead.
      const between = kind === 'bytes' ? (arg.ob_refcnt++, arg) : make(o, sep.slice())
      if (between === null) return null
      const empty = (): PyObject | null => make(o, new Uint8Array(0))
      const whole = (): PyObject | null => same(o)
      const result = at >= 0
        ? Py_BuildTuple(() => make(o, bytes.slice(0, at)), () => (between.ob_refcnt++, between), () => make(o, bytes.slice(at + sep.length)))
        : name === 'partition' ? Py_BuildTuple(whole, empty, empty) : Py_BuildTuple(empty, empty, whole)
      Py_DECREF(between)
      return result
    },
  })

  const join = (o: PyObject, iterable: PyObject): PyObject | null => {
    const seq = PySequence_Fast(iterable, 'can only join an iterable')
    if (seq === null) return null
    const items = fastItems(seq)
    if (items.length === 1 && kind === 'bytes' && isExact(items[0]!) && items[0]!.ob_type === o.ob_type) {
      const only = items[0]!
      only.ob_refcnt++
      Py_DECREF(seq)
      return only
    }
    const sep = bytesOf(o)
    // A Py_buffer for each item; ten fit on the C stack.
    const buffers = items.length > 10 ? PyMem_Malloc(80 * items.length, TAG_SCRATCH) : 0
    const done = (result: PyObject | null): PyObject | null => {
      Py_DECREF(seq)
      if (buffers !== 0) PyMem_Free(buffers)
      return result
    }
    const parts: Uint8Array[] = []
    let size = 0
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!
      const view = PyObject_CheckBuffer(item) ? PyObject_GetBufferBytes(item) : null
      if (view === null) {
        if (PyErr_Occurred() === null) bytesLikeRequired(item)
        PyErr_Format(PyExc_TypeError, 'sequence item %zd: expected a bytes-like object, %.80s found', i, item.ob_type.tp_name)
        return done(null)
      }
      parts.push(view.bytes)
      size += view.bytes.length + (i > 0 ? sep.length : 0)
      PyBuffer_Release(view)
    }
    if (size > MAX_BYTES) {
      return done(PyErr_NoMemory())
    }
    const result = new Uint8Array(size)
    let at = 0
    for (const [i, bytes] of parts.entries()) {
      if (i > 0) {
        result.set(sep, at)
        at += sep.length
      }
      result.set(bytes, at)
      at += bytes.length
    }
    return done(make(o, result, true))
  }

  // ---- strip, padding

  const stripper = (name: string, sides: number): PyMethodDef => ({
    ml_name: name, ml_flags: METH_FASTCALL, signature: '($self, bytes=None, /)',
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(name, nargs, 0, 1)) return null
      let drop = isSpaceByte
      if (nargs > 0 && args[0] !== Py_None) {
        const set = bytesArgument(args[0]!)
        if (set === null) return null
        drop = c => set.includes(c)
      }
      const bytes = bytesOf(o)
      let from = 0
      let end = bytes.length
      if ((sides & 1) !== 0) while (from < end && drop(bytes[from]!)) from++
      if ((sides & 2) !== 0) while (end > from && drop(bytes[end - 1]!)) end--
      return part(o, from, end)
    },
  })

  const pad = (o: PyObject, left: number, right: number, fill: number): PyObject | null => {
    const bytes = bytesOf(o)
    const size = bytes.length + left + right
    if (size > MAX_BYTES) return PyErr_NoMemory()
    const result = new Uint8Array(size).fill(fill)
    result.set(bytes, left)
    return make(o, result, true)
  }

  const justify = (name: string, leftOf: (room: number, width: number) => number): PyMethodDef => ({
    ml_name: name, ml_flags: METH_FASTCALL, signature: "($self, width, fillchar=b' ', /)",
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional(name, nargs, 1, 2)) return null
      const width = PyNumber_AsSsize_t(args[0]!, PyExc_OverflowError)
      if (width === -1 && PyErr_Occurred() !== null) return null
      let fill = 32
      if (nargs > 1) {
        const c = PyObject_CheckBuffer(args[1]!) ? PyObject_GetBufferBytes(args[1]!) : null
        if (c === null || c.bytes.length !== 1) {
          release(c)
          return _PyArg_BadArgument(name, 'argument 2', 'a byte string of length 1', args[1]!)
        }
        fill = c.bytes[0]!
        PyBuffer_Release(c)
      }
      const room = width - bytesOf(o).length
      if (room <= 0) return same(o)
      const left = leftOf(room, width)
      return pad(o, left, room - left, fill)
    },
  })

  const zfill = (o: PyObject, arg: PyObject): PyObject | null => {
    const width = PyNumber_AsSsize_t(arg, PyExc_OverflowError)
    if (width === -1 && PyErr_Occurred() !== null) return null
    const bytes = bytesOf(o)
    const room = width - bytes.length
    if (room <= 0) return same(o)
    if (width > MAX_BYTES) return PyErr_NoMemory()
    const result = new Uint8Array(width).fill(48)
    result.set(bytes, room)
    if (bytes[0] === 43 || bytes[0] === 45) {
      result[room] = 48
      result[0] = bytes[0]
    }
    return make(o, result, true)
  }

  const expandtabs = (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null => {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, expandtabsParser, 0, 1, 0)
    if (given === null) return null
    let size = 8
    if (given[0]) {
      size = PyLong_AsInt(given[0])
      if (size === -1 && PyErr_Occurred() !== null) return null
    }
    let column = 0
    const result: number[] = []
    for (const c of bytesOf(o)) {
      if (c === 9) {
        const step = size > 0 ? size - column % size : 0
        column += step
        if (result.length + step > MAX_ITEMS) return PyErr_NoMemory()
        for (let i = 0; i < step; i++) result.push(32)
      } else {
        column = c === 10 || c === 13 ? 0 : column + 1
        result.push(c)
      }
    }
    return make(o, Uint8Array.from(result), true)
  }

  // ---- translate, text

  const translate = (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null => {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, translateParser, 1, 2, 0)
    if (given === null) return null
    let table: Uint8Array | null = null
    if (given[0] !== Py_None) {
      table = bytesArgument(given[0]!)
      if (table === null) return null
      if (table.length !== 256) return PyErr_SetString(PyExc_ValueError, 'translation table must be 256 characters long')
    }
    let dropped: Uint8Array | null = null
    if (given[1]) {
      dropped = bytesArgument(given[1])
      if (dropped === null) return null
    }
    const bytes = bytesOf(o)
    let result = dropped === null || dropped.length === 0 ? bytes.slice() : bytes.filter(c => !dropped.includes(c))
    if (table !== null) result = result.map(c => table[c]!)
    if (kind === 'bytearray') return translated(o, result)
    // Memory for all bytes is taken first, and cut to size or given back.
    const made = newBytesBuffer(bytes.length)
    if (made === null) return null
    if (isExact(o) && result.length === bytes.length && result.every((c, i) => c === bytes[i])) return Py_DECREF(made), same(o)
    return finishBytes(made, result)
  }

  const translated = (o: PyObject, result: Uint8Array): PyObject | null => {
    const made = make(o, bytesOf(o).slice())
    if (made === null || PyByteArray_Resize(made, result.length) < 0) return null
    bytesOf(made).set(result)
    return made
  }

  const decode = (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null => {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, decodeParser, 0, 2, 0)
    if (given === null) return null
    for (const [i, value] of given.entries()) {
      if (value !== null && !PyUnicode_Check(value)) {
        return _PyArg_BadArgument('decode', `argument '${decodeParser.names[i]}'`, 'str', value)
      }
    }
    const text = (value: PyObject | null | undefined): string | null => value ? PyUnicode_AsString(value) : null
    return PyUnicode_FromEncodedObject(o, text(given[0]), text(given[1]))
  }

  const fromhex = (type: PyObject, arg: PyObject): PyObject | null => {
    const bytes = bytesFromHex(arg)
    const made = bytes === null ? null : make(type, bytes)
    if (made === null || made.ob_type === type as PyTypeObject) return made
    const result = PyObject_CallOneArg(type, made)
    Py_DECREF(made)
    return result
  }

  const test = (name: string): PyMethodDef => ({
    ml_name: name, ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_FromLong(byteTests[name]!(bytesOf(o)) ? 1 : 0),
  })
  const change = (name: string): PyMethodDef => ({
    ml_name: name, ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => make(o, byteCases[name]!(bytesOf(o)), true),
  })

  return [
    change('capitalize'),
    // Mirrors stringlib_center: the odd byte goes left when the width is odd.
    justify('center', (room, width) => (room >> 1) + (room & width & 1)),
    { ml_name: 'count', ml_flags: METH_VARARGS, ml_meth: count },
    { ml_name: 'decode', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: decode, signature: "($self, /, encoding='utf-8', errors='strict')" },
    affix('endswith'),
    { ml_name: 'expandtabs', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: expandtabs, signature: '($self, /, tabsize=8)' },
    finder('find', false, false),
    { ml_name: 'fromhex', ml_flags: METH_O | METH_CLASS, ml_meth: fromhex, signature: '($type, string, /)' },
    {
      ml_name: 'hex', ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($self, /, sep=<unrepresentable>, bytes_per_sep=1)',
      ml_meth: (o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => hexOfArguments(bytesOf(o), args, nargs, kwnames),
    },
    finder('index', false, true),
    ...['isalnum', 'isalpha', 'isascii', 'isdigit', 'islower', 'isspace', 'istitle', 'isupper'].map(test),
    { ml_name: 'join', ml_flags: METH_O, ml_meth: join, signature: '($self, iterable_of_bytes, /)' },
    justify('ljust', () => 0),
    change('lower'),
    stripper('lstrip', 1),
    { ml_name: 'maketrans', ml_flags: METH_FASTCALL | METH_STATIC, ml_meth: maketrans, signature: '(frm, to, /)' },
    partition('partition'),
    { ml_name: 'replace', ml_flags: METH_FASTCALL, ml_meth: replace, signature: '($self, old, new, count=-1, /)' },
    removeAffix('removeprefix'), removeAffix('removesuffix'),
    finder('rfind', true, false), finder('rindex', true, true),
    justify('rjust', room => room),
    partition('rpartition'), splitter('rsplit'),
    stripper('rstrip', 2), splitter('split'),
    { ml_name: 'splitlines', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: splitlines, signature: '($self, /, keepends=False)' },
    affix('startswith'), stripper('strip', 3), change('swapcase'), change('title'),
    { ml_name: 'translate', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: translate, signature: "($self, table, /, delete=b'')" },
    change('upper'),
    { ml_name: 'zfill', ml_flags: METH_O, ml_meth: zfill, signature: '($self, width, /)' },
  ]
}

function maketrans(_o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('maketrans', nargs, 2, 2)) return null
  const from = bytesArgument(args[0]!)
  const to = from === null ? null : bytesArgument(args[1]!)
  if (from === null || to === null) return null
  if (from.length !== to.length) return PyErr_SetString(PyExc_ValueError, 'maketrans arguments must have same length')
  const table = Uint8Array.from({ length: 256 }, (_, i) => i)
  for (let i = 0; i < from.length; i++) table[from[i]!] = to[i]!
  return bytesFrom(table)
}
