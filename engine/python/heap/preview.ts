// A short text that shows a value, as its repr would, and a hash by which equal values are found: both without running any
// Python code and without allocating in the simulated process.
import { floatText } from '../../base/float-text'
import { BytesData, PyBytes_Type } from '../objects/bytesobject'
import { CodeData } from '../objects/codeobject'
import { FrameData, frameLine } from '../objects/frameobject'
import { FunctionData } from '../objects/funcobject'
import { GenData } from '../objects/genobject'
import { CFunctionData } from '../objects/methodobject'
import { ModuleData } from '../objects/moduleobject'
import { PyBool_Type } from '../objects/boolobject'
import { ComplexData, PyComplex_Type } from '../objects/complexobject'
import { PyFloat_Type } from '../objects/floatobject'
import { PyLong_Type } from '../objects/longobject'
import { PyTypeObject, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { UnicodeData } from '../objects/unicode-data'
import { PyUnicode_Type } from '../objects/unicodeobject'

/** Characters of a value that a preview shows. */
const SHOWN_CHARS = 60
/** Of longer texts and numbers the hash takes this much from both ends, and the length. */
const HASHED_CHARS = 4096

/** A name as one string of the table: NUL separates strings there, and lone surrogates are no UTF-8. */
export function nameText(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : escaped(text)
}

function escaped(text: string): string {
  let out = ''
  for (const c of text) {
    const code = c.codePointAt(0)!
    if (code === 10) out += '\\n'
    else if (code === 13) out += '\\r'
    else if (code === 9) out += '\\t'
    else if (code < 32 || code >= 127 && code < 160) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code >= 0xd800 && code < 0xe000) out += `\\u${code.toString(16)}`
    else out += c
  }
  return out
}

/** As repr of a str writes it: single quotes unless there are only double ones to spare. */
function quoted(text: string, cut: boolean): string {
  const quote = text.includes('\'') && !text.includes('"') ? '"' : '\''
  const inner = escaped(text.replaceAll('\\', '\\\\'))
  return `${quote}${quote === '\'' ? inner.replaceAll('\'', '\\\'') : inner}${cut ? '…' : quote}`
}

/** A cut must not leave half of a surrogate pair. */
function head(text: string): string {
  const end = text.charCodeAt(SHOWN_CHARS - 1)
  return text.slice(0, end >= 0xd800 && end < 0xdc00 ? SHOWN_CHARS - 1 : SHOWN_CHARS)
}

/** '' for what has no short text: instances, containers. */
export function previewOf(o: PyObject): string {
  const v = o.v as unknown
  const type = o.ob_type
  if (v instanceof UnicodeData) return v.str.length > SHOWN_CHARS ? quoted(head(v.str), true) : quoted(v.str, false)
  if (type === PyBool_Type) return v === 1 ? 'True' : 'False'
  if (type === PyLong_Type) return intText(v as number | bigint)
  if (type === PyFloat_Type) return floatText(v as number)
  if (o === Py_None) return 'None'
  if (v instanceof BytesData) return `b${quoted(String.fromCharCode(...v.bytes.subarray(0, SHOWN_CHARS)), v.bytes.length > SHOWN_CHARS)}`
  if (v instanceof ComplexData) return `(${floatText(v.real)}${v.imag < 0 || Object.is(v.imag, -0) ? '-' : '+'}${floatText(Math.abs(v.imag))}j)`
  if (o instanceof PyTypeObject) return nameText(o.tp_name)
  if (v instanceof FunctionData) return text(v.func_qualname)
  if (v instanceof CFunctionData) return nameText(v.m_ml.ml_name)
  if (v instanceof ModuleData) return text(v.md_name)
  if (v instanceof CodeData) return `${text(v.co_qualname)}, line ${v.firstlineno}`
  if (v instanceof GenData) return text(v.gi_qualname)
  if (v instanceof FrameData) return `${text(v.f_frame.code.co_qualname)}, line ${frameLine(v.f_frame)}`
  return ''
}

const text = (name: PyObject | null): string => (name?.v instanceof UnicodeData ? nameText(name.v.str) : '')

function intText(v: number | bigint): string {
  if (typeof v === 'number') return String(v)
  // Large powers would take long to write out.
  const bits = v < 0n ? (-v).toString(16).length * 4 : v.toString(16).length * 4
  return bits > 240 ? `an int of about ${bits.toLocaleString('en')} bits` : String(v)
}

// ---- content ------------------------------------------------------------------------------------------------------

/** Of exact str, bytes, int and float a hash of 53 bits, never 0; 0 for everything else. Tuples and frozensets are hashed over their items elsewhere. */
export function contentHash(o: PyObject): number {
  const v = o.v as unknown
  switch (o.ob_type) {
    case PyUnicode_Type: return textHash((v as UnicodeData).str, 1)
    case PyBytes_Type: return bytesHash((v as BytesData).bytes)
    case PyLong_Type: return typeof v === 'number' ? numberHash(v, 3) : textHash((v as bigint).toString(36), 3)
    case PyFloat_Type: return numberHash(v as number, 4)
    case PyComplex_Type: return mix(numberHash((v as ComplexData).real, 5), numberHash((v as ComplexData).imag, 6))
    default: return 0
  }
}

/** Combines two hashes into one of 53 bits. */
export function mix(a: number, b: number): number {
  const low = Math.imul(a | 0, 0x85ebca6b) ^ Math.imul(b | 0, 0xc2b2ae35) ^ (b / 0x100000000 | 0)
  const high = Math.imul(a / 0x100000000 | 0, 0x9e3779b1) ^ Math.imul(low ^ low >>> 15, 0x27d4eb2f)
  return joined(low ^ high >>> 7, high)
}

const joined = (low: number, high: number): number => (high & 0x1fffff) * 0x100000000 + (low >>> 0) || 1

function textHash(text: string, seed: number): number {
  let low = seed ^ text.length
  let high = Math.imul(seed, 0x9e3779b1) ^ text.length
  const n = text.length
  const skip = n > 2 * HASHED_CHARS ? n - 2 * HASHED_CHARS : 0
  for (let i = 0; i < n; i++) {
    if (skip > 0 && i === HASHED_CHARS) i += skip
    const c = text.charCodeAt(i)
    low = Math.imul(low ^ c, 0x01000193)
    high = Math.imul(high ^ c ^ low >>> 13, 0x5bd1e995)
  }
  return joined(low ^ low >>> 16, high ^ high >>> 15)
}

function bytesHash(bytes: Uint8Array): number {
  let low = 2 ^ bytes.length
  let high = Math.imul(2, 0x9e3779b1) ^ bytes.length
  const n = bytes.length
  const skip = n > 2 * HASHED_CHARS ? n - 2 * HASHED_CHARS : 0
  for (let i = 0; i < n; i++) {
    if (skip > 0 && i === HASHED_CHARS) i += skip
    low = Math.imul(low ^ bytes[i]!, 0x01000193)
    high = Math.imul(high ^ bytes[i]! ^ low >>> 13, 0x5bd1e995)
  }
  return joined(low ^ low >>> 16, high ^ high >>> 15)
}

const DOUBLE = new Float64Array(1)
const WORDS = new Uint32Array(DOUBLE.buffer)

function numberHash(value: number, seed: number): number {
  DOUBLE[0] = value
  const low = Math.imul(WORDS[0]! ^ seed, 0x85ebca6b) ^ Math.imul(WORDS[1]!, 0xc2b2ae35)
  const high = Math.imul(WORDS[1]! ^ low >>> 13, 0x27d4eb2f) ^ Math.imul(WORDS[0]!, 0x165667b1)
  return joined(low ^ low >>> 16, high ^ high >>> 15)
}
