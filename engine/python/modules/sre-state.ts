// What the objects of _sre share: their structs, the subject of a call, slices of it. Modules/_sre/sre.c.
import { codePoints, type UnicodeData } from '../objects/unicode-data'
import { PyBytes_CheckExact, PyBytes_FromBytes, PyBytes_GET_SIZE } from '../objects/bytesobject'
import { PyErr_Clear, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_RuntimeError, PyExc_SystemError, PyExc_TypeError } from '../objects/exceptions'
import { PyBuffer_Release, PyObject_GetBufferBytes, type BufferView } from '../objects/memoryobject'
import { Py_DECREF, type PyObject, type PyTypeObject } from '../objects/object'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc, PyObject_FreeBlock, PyObject_Malloc } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyUnicode_Check, PyUnicode_FromString } from '../objects/unicodeobject'
import { substring } from '../objects/unicode-text'
import { PyObject_GetAttrString } from '../objects/object-protocol'
import { PyObject_CallObject } from '../objects/call'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { TAG_NONE } from '../../memory/events'
import { SRE_ERROR_INTERRUPTED, SRE_ERROR_MEMORY, SreProgram, type SreHooks } from '../lib/sre/program'
import { sreSearch } from '../lib/sre/search'
import { SreState } from '../lib/sre/state'
import { PyImport_GetModule, PyImport_ImportModule } from './import'

export class PatternData {
  groups = 0
  groupindex: PyObject | null = null
  indexgroup: PyObject | null = null
  pattern: PyObject | null = null
  flags = 0
  /** 1 bytes, 0 str, -1 unknown. */
  isbytes = -1
  program: SreProgram
  constructor(program: SreProgram) {
    this.program = program
  }

  get ob_size(): number {
    return this.program.code.length
  }
}

/** The types; made by PyInit__sre for each process. */
export const sreTypes = { pattern: null, match: null, scanner: null } as unknown as
  Record<'pattern' | 'match' | 'scanner', PyTypeObject>

/** A str's text or the bytes of a buffer, as the matcher takes them. */
export interface Subject {
  text: string | Uint8Array | Uint32Array
  length: number
  isbytes: boolean
  view: BufferView | null
}

// Mirrors getstring.
/** A buffer stays held until `view` is released. Null with TypeError set. */
export function getstring(string: PyObject): Subject | null {
  if (PyUnicode_Check(string)) {
    const data = string.v as UnicodeData
    return { text: data.kind === 4 ? codePoints(data) : data.str, length: data.length, isbytes: false, view: null }
  }
  const view = string.ob_type.bf_getbuffer === null ? null : PyObject_GetBufferBytes(string)
  if (view === null) {
    PyErr_Clear()
    return PyErr_Format(PyExc_TypeError, `expected string or bytes-like object, got '${string.ob_type.tp_name.slice(0, 200)}'`)
  }
  return { text: view.bytes, length: view.bytes.length, isbytes: true, view }
}

// ---- a call's state ------------------------------------------------------------------------------------------------------

/** The call whose matcher runs: the matcher does not call back into Python, so there is one at a time. */
let running: CallState

const hooks: SreHooks = {
  growDataStack: bytes => {
    const block = PyMem_Realloc(running.dataBlock, bytes, TAG_NONE)
    if (block === 0) return false
    running.dataBlock = block
    return true
  },
  freeDataStack: () => {
    PyMem_Free(running.dataBlock)
    running.dataBlock = 0
  },
  allocateRepeat: () => PyObject_Malloc(32, TAG_NONE),
  freeRepeat: block => PyObject_FreeBlock(block),
}

/** CPython's SRE_STATE: the matcher's state and the memory that it holds. */
export class CallState {
  readonly string: PyObject
  readonly subject: Subject
  readonly pos: number
  readonly endpos: number
  readonly sre: SreState
  dataBlock = 0
  private markBlock: number

  constructor(string: PyObject, subject: Subject, pos: number, endpos: number, sre: SreState, markBlock: number) {
    this.string = string
    this.subject = subject
    this.pos = pos
    this.endpos = endpos
    this.sre = sre
    this.markBlock = markBlock
  }

  search(): number {
    running = this
    return sreSearch(this.sre)
  }

  match(): number {
    running = this
    return this.sre.match()
  }

  /** state_reset, and the next attempt begins at `start`. */
  reset(): void {
    running = this
    this.sre.reset()
    this.sre.ptr = this.sre.start
  }

  // Mirrors state_fini.
  free(): void {
    if (this.subject.view !== null) PyBuffer_Release(this.subject.view)
    Py_DECREF(this.string)
    if (this.dataBlock !== 0) PyMem_Free(this.dataBlock)
    this.dataBlock = 0
    PyMem_Free(this.markBlock)
    this.markBlock = 0
  }
}

// Mirrors state_init.
/** NEW state of a call, to be freed; null with an exception set. */
export function state_init(pattern: PatternData, string: PyObject, start: number, end: number): CallState | null {
  const markBlock = PyMem_Malloc(pattern.groups * 16, TAG_NONE)
  if (markBlock === 0) return null
  const subject = getstring(string)
  if (subject === null) return PyMem_Free(markBlock), null
  if (pattern.isbytes >= 0 && subject.isbytes !== (pattern.isbytes > 0)) {
    if (subject.view !== null) PyBuffer_Release(subject.view)
    PyMem_Free(markBlock)
    return PyErr_SetString(PyExc_TypeError, subject.isbytes
      ? 'cannot use a string pattern on a bytes-like object' : 'cannot use a bytes pattern on a string-like object')
  }
  const pos = Math.max(0, Math.min(start, subject.length))
  const endpos = Math.max(0, Math.min(end, subject.length))
  string.ob_refcnt++
  const sre = new SreState(pattern.program, pattern.groups, subject.text, pos, endpos, hooks)
  return new CallState(string, subject, pos, endpos, sre, markBlock)
}

// Mirrors pattern_error.
export function pattern_error(status: number): null {
  if (status === SRE_ERROR_MEMORY) return PyErr_NoMemory()
  if (status === SRE_ERROR_INTERRUPTED && PyErr_Occurred() !== null) return null
  return PyErr_SetString(PyExc_RuntimeError, 'internal error in regular expression engine')
}

// ---- slices --------------------------------------------------------------------------------------------------------------

// Mirrors getslice.
/** NEW part of a subject: the subject itself if it is all of it and of the exact type. */
export function getslice(subject: Subject, string: PyObject, start: number, end: number): PyObject | null {
  if (!subject.isbytes) return substring(string, start, end)
  if (start === 0 && PyBytes_CheckExact(string) && end === PyBytes_GET_SIZE(string)) {
    string.ob_refcnt++
    return string
  }
  return PyBytes_FromBytes((subject.text as Uint8Array).slice(start, end))
}

export function wrongSpan(): null {
  return PyErr_SetString(PyExc_SystemError, 'The span of capturing group is wrong, please report a bug for the re module.')
}

// Mirrors state_getslice.
/** NEW text of a group; where it did not match, an empty one or None. */
export function state_getslice(state: CallState, group: number, empty: boolean): PyObject | null {
  const start = state.sre.groupStart(group)
  if (start < 0) {
    if (empty) return getslice(state.subject, state.string, 0, 0)
    Py_None.ob_refcnt++
    return Py_None
  }
  const end = state.sre.groupEnd(group)
  if (start > end) return wrongSpan()
  return getslice(state.subject, state.string, start, end)
}

// Mirrors call.
/** Calls a function of re; the arguments' references are stolen. */
export function callRe(name: string, args: PyObject[]): PyObject | null {
  const tuple = PyTuple_FromArray(args, true)
  const moduleName = PyUnicode_FromString('re')
  let module = PyImport_GetModule(moduleName)
  if (module === null && PyErr_Occurred() === null) module = PyImport_ImportModule('re')
  Py_DECREF(moduleName)
  const func = module === null ? null : PyObject_GetAttrString(module, name)
  if (module !== null) Py_DECREF(module)
  const result = func === null ? null : PyObject_CallObject(func, tuple)
  if (func !== null) Py_DECREF(func)
  Py_DECREF(tuple)
  return result
}
