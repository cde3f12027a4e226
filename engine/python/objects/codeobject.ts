// Code objects: the Python object `code` around the compiler's CodeObject, decoded for the VM.
//
// The VM does not run `co_code` itself but `ops`: one Int32 an instruction, opcode | oparg << 8, with EXTENDED_ARG
// folded in, CACHE and PRECALL left out (CALL does PRECALL's work) and jump arguments turned into indices of `ops`.
// `offsets[i]` is the code unit of instruction i (what f_lasti / 2 shows). The tick counts these instructions.
import type { CodeObject } from '../bytecode/code'
import { CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS } from '../bytecode/code'
import type { InterpreterFrame } from './frameobject'
import { Py_DECREF, PyObject, PyTypeObject } from './object'
import { PyObject_Free, PyObject_NewSize } from './objimpl'
import { codeSlots } from './code-attributes'
import { PyObject_ClearWeakRefs } from './weakrefobject'

export interface PyCodeObject extends PyObject { v: CodeData }

/** PyCodeObject's struct; `code` keeps the plain numbers and tables. */
export class CodeData {
  readonly code: CodeObject
  co_consts: PyObject
  co_names: PyObject
  co_localsplusnames: PyObject
  /** The bytes object behind `code.co_localspluskinds`. */
  co_localspluskinds: PyObject
  co_filename: PyObject
  co_name: PyObject
  co_qualname: PyObject
  co_linetable: PyObject
  co_exceptiontable: PyObject
  co_flags: number
  co_argcount: number
  co_posonlyargcount: number
  co_kwonlyargcount: number
  nlocalsplus: number
  nlocals = 0
  ncellvars = 0
  nplaincellvars = 0
  nfreevars = 0
  stacksize: number
  /** Size of a frame's storage: locals, cells, free variables and stack. */
  framesize: number
  firstlineno: number
  /** Index of the first traceable instruction (RESUME), `_co_firsttraceable`; frames before it are incomplete. */
  firstTraceable = 0
  ops: Int32Array
  offsets: Int32Array
  /** Per instruction: its line, or -1. */
  lines: Int32Array
  /** Rows of start, end (exclusive), target, depth, pushLasti, as instruction indices, in the table's order. */
  handlers: Int32Array
  consts: PyObject[]
  names: PyObject[]
  localNames: PyObject[]
  /** Positional arguments only and all of them simple: the call can copy its arguments straight into the frame. */
  simpleArgs: boolean
  /** Inline caches, one entry an instruction, made when the code first runs. */
  cacheKey: unknown[] | null = null
  cacheValue: unknown[] | null = null
  cacheIndex: Int32Array | null = null
  /** Calls and backward jumps so far, up to the point where CPython specialises (see BINARY_OP in vm/eval.ts). */
  warmup = 0
  /** Frames of this code that can be used again. */
  readonly framePool: InterpreterFrame[] = []
  /** Id in the event stream, 0 until a traceback names it. */
  eventId = 0
  /** Last frame-trie lookup with this code as callee: parent context, line of the call, resulting context. */
  trieParent = -1
  trieLine = -1
  trieContext = 0
  co_weakreflist: PyObject | null = null
  /** Cached co_code bytes (`_co_code`), made on first use. */
  co_code_adaptive: PyObject | null = null
  /** Script (0) or library (1) code, for figures per line. */
  isLibrary = false
  extra: unknown = null

  constructor(code: CodeObject, parts: {
    consts: PyObject, names: PyObject, localsplusnames: PyObject, localspluskinds: PyObject, filename: PyObject, name: PyObject,
    qualname: PyObject, linetable: PyObject, exceptiontable: PyObject,
  }) {
    this.code = code
    this.co_consts = parts.consts
    this.co_names = parts.names
    this.co_localsplusnames = parts.localsplusnames
    this.co_localspluskinds = parts.localspluskinds
    this.co_filename = parts.filename
    this.co_name = parts.name
    this.co_qualname = parts.qualname
    this.co_linetable = parts.linetable
    this.co_exceptiontable = parts.exceptiontable
    this.consts = parts.consts.v as PyObject[]
    this.names = parts.names.v as PyObject[]
    this.localNames = parts.localsplusnames.v as PyObject[]
    this.co_flags = code.co_flags
    this.co_argcount = code.co_argcount
    this.co_posonlyargcount = code.co_posonlyargcount
    this.co_kwonlyargcount = code.co_kwonlyargcount
    this.stacksize = code.co_stacksize
    this.firstlineno = code.co_firstlineno
    const kinds = code.co_localspluskinds
    this.nlocalsplus = kinds.length
    for (const kind of kinds) {
      if ((kind & CO_FAST_LOCAL) !== 0) this.nlocals++
      if ((kind & CO_FAST_CELL) !== 0) this.ncellvars++
      if ((kind & CO_FAST_CELL) !== 0 && (kind & CO_FAST_LOCAL) === 0) this.nplaincellvars++
      if ((kind & CO_FAST_FREE) !== 0) this.nfreevars++
    }
    this.framesize = this.nlocalsplus + this.stacksize
    const decoded = decode(code)
    this.ops = decoded.ops
    this.offsets = decoded.offsets
    this.lines = decodeLines(code.co_linetable, code.co_firstlineno, decoded.offsets)
    this.handlers = decodeHandlers(code.co_exceptiontable, decoded.indexOf)
    for (let i = 0; i < this.ops.length; i++) {
      if ((this.ops[i]! & 0xff) === RESUME) {
        this.firstTraceable = i
        break
      }
    }
    this.simpleArgs = (code.co_flags & (CO_VARARGS | CO_VARKEYWORDS)) === 0 && code.co_kwonlyargcount === 0
      && (code.co_flags & CO_OPTIMIZED) !== 0
  }
}

const CACHE = 0
const FOR_ITER = 93
const EXTENDED_ARG = 144
const RESUME = 151
const PRECALL = 166

/** Opcodes whose argument is a distance forward. */
const FORWARD = new Set([110, 111, 112, 114, 115, 128, 129, FOR_ITER, 123])
/** … and backward. */
const BACKWARD = new Set([134, 140, 173, 174, 175, 176])
/** CACHE entries behind an instruction, `_PyOpcode_Caches`. */
export const CACHE_ENTRIES: Readonly<Record<number, number>> = {
  25: 4, 60: 1, 92: 1, 95: 4, 106: 4, 107: 2, 116: 5, 122: 1, 160: 10, 166: 1, 171: 4,
}

function decode(code: CodeObject): { ops: Int32Array, offsets: Int32Array, indexOf: Int32Array } {
  const bytes = code.co_code
  const units = bytes.length >> 1
  const indexOf = new Int32Array(units + 1).fill(-1)
  const ops: number[] = []
  const offsets: number[] = []
  let extended = 0
  let start = -1
  for (let unit = 0; unit < units; unit++) {
    const op = bytes[unit * 2]!
    const arg = bytes[unit * 2 + 1]! | extended << 8
    if (start < 0) start = unit
    if (op === EXTENDED_ARG) {
      extended = arg
      continue
    }
    extended = 0
    if (op === CACHE) {
      start = -1
      continue
    }
    // A jump to an EXTENDED_ARG lands on the instruction it belongs to; one to PRECALL on its CALL.
    for (let i = start; i <= unit; i++) indexOf[i] = ops.length
    start = -1
    if (op !== PRECALL) {
      ops.push(op | arg << 8)
      offsets.push(unit)
    }
    unit += CACHE_ENTRIES[op] ?? 0
  }
  // Units inside a cache belong to the next instruction (nothing jumps there; ends of handler ranges may).
  let next = ops.length
  for (let unit = units; unit >= 0; unit--) {
    if (indexOf[unit]! < 0) indexOf[unit] = next
    else next = indexOf[unit]!
  }
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i]! & 0xff
    const arg = ops[i]! >>> 8
    const after = offsets[i]! + 1 + (CACHE_ENTRIES[op] ?? 0)
    if (FORWARD.has(op)) ops[i] = op | indexOf[after + arg]! << 8
    else if (BACKWARD.has(op)) ops[i] = op | indexOf[after - arg]! << 8
  }
  return { ops: Int32Array.from(ops), offsets: Int32Array.from(offsets), indexOf }
}

/** The line of each instruction, from the position table (Objects/locations.md). */
function decodeLines(table: Uint8Array, firstlineno: number, offsets: Int32Array): Int32Array {
  const lines = new Int32Array(offsets.length).fill(-1)
  let line = firstlineno
  let unit = 0
  let i = 0
  for (let at = 0; at < table.length;) {
    const head = table[at++]!
    const kind = head >> 3 & 15
    const length = (head & 7) + 1
    let known = true
    if (kind === 15) known = false
    else if (kind === 14 || kind === 13) {
      let value = 0
      let shift = 0
      let byte
      do {
        byte = table[at++]!
        value |= (byte & 63) << shift
        shift += 6
      } while ((byte & 64) !== 0)
      line += (value & 1) !== 0 ? -(value >> 1) : value >> 1
    } else if (kind >= 10 && kind <= 12) line += kind - 10
    while (at < table.length && (table[at]! & 128) === 0) at++
    unit += length
    for (; i < offsets.length && offsets[i]! < unit; i++) lines[i] = known ? line : -1
  }
  return lines
}

function decodeHandlers(table: Uint8Array, indexOf: Int32Array): Int32Array {
  const rows: number[] = []
  let at = 0
  const varint = (): number => {
    let byte = table[at++]!
    let value = byte & 63
    while ((byte & 64) !== 0) {
      byte = table[at++]!
      value = value << 6 | byte & 63
    }
    return value
  }
  while (at < table.length) {
    const start = varint()
    const size = varint()
    const target = varint()
    const depthLasti = varint()
    rows.push(indexOf[start]!, indexOf[start + size]!, indexOf[target]!, depthLasti >> 1, depthLasti & 1)
  }
  return Int32Array.from(rows)
}

// ---- the type -------------------------------------------------------------------------------------------------

export const PyCode_Type = new PyTypeObject('code', {
  tp_basicsize: 184, tp_itemsize: 2, weakrefs: true,
  tp_dealloc: code_dealloc,
})

export function initCodeType(): void {
  Object.assign(PyCode_Type, codeSlots())
}

export function PyCode_Check(o: PyObject): o is PyCodeObject {
  return o.ob_type === PyCode_Type
}

/** NEW code object; steals the references in `parts`. */
export function codeNew(data: CodeData): PyCodeObject {
  const bytes = 184 + data.code.co_code.length
  const o = PyObject_NewSize(PyCode_Type, bytes + 7 & ~7, data)
  if (o === null) throw new Error('Molt: no memory for a code object')
  return o as PyCodeObject
}

function code_dealloc(o: PyObject): void {
  const data = o.v as CodeData
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  for (const frame of data.framePool) frame.release()
  data.framePool.length = 0
  Py_DECREF(data.co_consts)
  Py_DECREF(data.co_names)
  Py_DECREF(data.co_localsplusnames)
  Py_DECREF(data.co_localspluskinds)
  Py_DECREF(data.co_filename)
  Py_DECREF(data.co_name)
  Py_DECREF(data.co_qualname)
  Py_DECREF(data.co_linetable)
  Py_DECREF(data.co_exceptiontable)
  if (data.co_code_adaptive !== null) Py_DECREF(data.co_code_adaptive)
  PyObject_Free(o)
}

/** Line of an instruction index; the first line for a frame that has not begun. -1: none. */
export function lineOf(data: CodeData, index: number): number {
  return index < 0 ? data.firstlineno : data.lines[index] ?? -1
}

/** Makes the inline caches of a code object. */
export function prepareCaches(data: CodeData): void {
  const n = data.ops.length
  data.cacheKey = new Array<unknown>(n).fill(null)
  data.cacheValue = new Array<unknown>(n).fill(null)
  data.cacheIndex = new Int32Array(n)
}
