// Attributes and methods of code objects.
import { decodePositions } from '../bytecode/positions'
import { CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CodeObject } from '../bytecode/code'
import { ArgParser } from './arg-parser'
import { PyBytes_FromBytes, PyBytes_AsBytes, freshBytes } from './bytesobject'
import { _PyArg_UnpackKeywords } from './getargs'
import { co_lines, co_positions } from './code-iterators'
import { CodeData, PyCode_Check, codeNew } from './codeobject'
import { PyErr_Format, PyErr_SetString } from './errors'
import { PyExc_TypeError } from './exceptions'
import { PyLong_AsLong, PyLong_FromLong, PyLong_FromSsize_t } from './longobject'
import { METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, HASH, Py_DECREF, Py_EQ, Py_NE, PyObject, type TypeSpec, genericGetAttr } from './object'
import { PyObject_Hash, PyObject_RichCompareBool } from './object-protocol'
import { PyBool_FromLong } from './boolobject'
import { PyTuple_FromArray } from './tupleobject'
import { Py_None, Py_NotImplemented } from './singletons'
import { PyUnicode_AsString, PyUnicode_FromString, PyUnicode_InternFromString } from './unicodeobject'
import { _PyRuntime } from './runtime'

const code = (o: PyObject): CodeData => o.v as CodeData
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

function namesOf(data: CodeData, kind: number): PyObject {
  const names: PyObject[] = []
  data.localNames.forEach((name, i) => {
    if ((data.code.co_localspluskinds[i]! & kind) !== 0) names.push(ref(name))
  })
  return PyTuple_FromArray(names, true)
}

/** co_code as a bytes object, kept once made. */
function getCode(o: PyObject): PyObject {
  const data = code(o)
  data.co_code_adaptive ??= PyBytes_FromBytes(data.code.co_code)
  return ref(data.co_code_adaptive!)
}

/** `co_lnotab`: the old line table, made on demand. */
function lnotab(o: PyObject): PyObject {
  const data = code(o)
  const bytes: number[] = []
  let last = data.firstlineno
  let from = 0
  for (const p of decodePositions(data.code.co_linetable, data.firstlineno)) {
    if (p.line === null || p.line < 0 || p.line === last) continue
    let delta = p.start * 2 - from
    let lines = p.line - last
    for (; delta > 255; delta -= 255) bytes.push(255, 0)
    if (lines < -128 || lines > 127) {
      const step = lines < 0 ? -128 : 127
      bytes.push(delta, step & 255)
      delta = 0
      for (lines -= step; lines < -128 || lines > 127; lines -= step) bytes.push(0, step & 255)
    }
    bytes.push(delta, lines & 255)
    last = p.line
    from = p.start * 2
  }
  return PyBytes_FromBytes(Uint8Array.from(bytes))
}

function code_repr(o: PyObject): PyObject {
  const data = code(o)
  const address = _PyRuntime.process.toAddress(o.addr).toString(16)
  return PyUnicode_FromString(`<code object ${PyUnicode_AsString(data.co_name)} at 0x${address}, file "${PyUnicode_AsString(data.co_filename)}", line ${data.firstlineno || -1}>`)
}

function code_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if ((op !== Py_EQ && op !== Py_NE) || !PyCode_Check(a) || !PyCode_Check(b)) return ref(Py_NotImplemented)
  const x = code(a)
  const y = code(b)
  const p = x.code
  const q = y.code
  let equal = a === b || p.co_argcount === q.co_argcount && p.co_posonlyargcount === q.co_posonlyargcount
    && p.co_kwonlyargcount === q.co_kwonlyargcount && x.co_flags === y.co_flags && x.firstlineno === y.firstlineno
    && sameBytes(p.co_code, q.co_code) && sameBytes(p.co_linetable, q.co_linetable)
    && sameBytes(p.co_exceptiontable, q.co_exceptiontable) && sameBytes(p.co_localspluskinds, q.co_localspluskinds)
  if (equal && a !== b) {
    for (const [left, right] of [[x.co_name, y.co_name], [x.co_consts, y.co_consts], [x.co_names, y.co_names],
      [x.co_localsplusnames, y.co_localsplusnames]] as const) {
      const same = PyObject_RichCompareBool(left, right, Py_EQ)
      if (same < 0) return null
      equal = equal && same > 0 && sameTypes(left, right)
    }
  }
  return PyBool_FromLong(equal === (op === Py_EQ) ? 1 : 0)
}

/** 1 and 1.0 are equal, but not as constants (_PyCode_ConstantKey). */
function sameTypes(a: PyObject, b: PyObject): boolean {
  if (a.ob_type !== b.ob_type) return false
  if (a.ob_type.tp_name !== 'tuple') return true
  const x = a.v as PyObject[]
  const y = b.v as PyObject[]
  return x.every((item, i) => sameTypes(item, y[i]!))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function code_hash(o: PyObject): number {
  const data = code(o)
  let lo = 0
  let hi = 0
  for (const part of [data.co_name, data.co_names, data.co_localsplusnames]) {
    if (PyObject_Hash(part) < 0) return -1
    lo ^= HASH[0]!
    hi ^= HASH[1]!
  }
  const p = data.code
  lo ^= p.co_argcount ^ p.co_posonlyargcount ^ p.co_kwonlyargcount ^ data.co_flags ^ data.firstlineno ^ p.co_code.length
  for (const byte of p.co_code) lo = Math.imul(lo ^ byte, 1000003)
  if (lo === -1 && hi === -1) lo = -2
  HASH[0] = lo
  HASH[1] = hi
  return 0
}

const REPLACEABLE = [
  'argcount', 'posonlyargcount', 'kwonlyargcount', 'nlocals', 'stacksize', 'flags', 'firstlineno', 'code', 'consts', 'names',
  'varnames', 'freevars', 'cellvars', 'filename', 'name', 'qualname', 'linetable', 'exceptiontable',
] as const
const replaceParser = new ArgParser('replace', REPLACEABLE.map(name => `co_${name}`))

/** code.replace(**changes). Mirrors code_replace and PyCode_NewWithPosOnlyArgs. */
function code_replace(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const found = _PyArg_UnpackKeywords(args, nargs, null, kwnames, replaceParser, 0, 0, 0)
  if (found === null) return null
  const data = code(o)
  const plain = data.code
  const given = (name: typeof REPLACEABLE[number]): PyObject | null => found[REPLACEABLE.indexOf(name)] ?? null
  const number = (name: typeof REPLACEABLE[number], old: number): number => {
    const value = given(name)
    return value === null ? old : PyLong_AsLong(value)
  }
  const object = (name: typeof REPLACEABLE[number], old: PyObject): PyObject => ref(given(name) ?? old)
  const bytes = (name: typeof REPLACEABLE[number], old: Uint8Array): Uint8Array => {
    const value = given(name)
    return value === null ? old : PyBytes_AsBytes(value)
  }
  // What is not given is asked of the old code: the bytes stay with it, the tuples are dropped.
  if (given('code') === null) Py_DECREF(getCode(o))
  const vars = ref(given('varnames') ?? namesOf(data, CO_FAST_LOCAL))
  const cells = ref(given('cellvars') ?? namesOf(data, CO_FAST_CELL))
  const frees = ref(given('freevars') ?? namesOf(data, CO_FAST_FREE))
  const locals = vars.v as PyObject[]
  const plainCells = (cells.v as PyObject[]).filter(c => !locals.some(v => PyUnicode_AsString(v) === PyUnicode_AsString(c)))
  const isCell = (v: PyObject): boolean => (cells.v as PyObject[]).some(c => PyUnicode_AsString(v) === PyUnicode_AsString(c))
  const all = [...locals, ...plainCells, ...frees.v as PyObject[]]
  const localsplusnames = PyTuple_FromArray(all.map(ref))
  const kinds = Uint8Array.from([
    ...locals.map(v => CO_FAST_LOCAL | (isCell(v) ? CO_FAST_CELL : 0)), ...plainCells.map(() => CO_FAST_CELL),
    ...(frees.v as PyObject[]).map(() => CO_FAST_FREE),
  ])
  const localspluskinds = freshBytes(kinds)!
  const changed = new CodeObject(
    number('argcount', plain.co_argcount), number('posonlyargcount', plain.co_posonlyargcount),
    number('kwonlyargcount', plain.co_kwonlyargcount), number('stacksize', plain.co_stacksize), number('flags', plain.co_flags),
    bytes('code', plain.co_code), plain.co_consts, plain.co_names, all.map(PyUnicode_AsString), kinds, plain.co_filename, plain.co_name,
    plain.co_qualname, number('firstlineno', plain.co_firstlineno), bytes('linetable', plain.co_linetable),
    bytes('exceptiontable', plain.co_exceptiontable),
  )
  const result = codeNew(new CodeData(changed, {
    consts: object('consts', data.co_consts), names: object('names', data.co_names), localsplusnames, localspluskinds,
    filename: object('filename', data.co_filename), name: object('name', data.co_name),
    qualname: object('qualname', data.co_qualname), linetable: object('linetable', data.co_linetable),
    exceptiontable: object('exceptiontable', data.co_exceptiontable),
  }))
  for (const [name, tuple] of [['varnames', vars], ['cellvars', cells], ['freevars', frees]] as const) {
    Py_DECREF(tuple)
    if (given(name) === null) Py_DECREF(tuple)
  }
  return result
}

function varnameFromOparg(o: PyObject, args: PyObject[]): PyObject | null {
  const name = code(o).localNames[PyLong_AsLong(args[0]!)]
  return name === undefined ? PyErr_SetString(PyExc_TypeError, 'tuple index out of range') : ref(name)
}

export function codeSlots(): Partial<TypeSpec> {
  const member = (name: string, get: (data: CodeData) => PyObject): { name: string, get: (o: PyObject) => PyObject } =>
    ({ name, get: o => get(code(o)) })
  return {
    tp_getattro: genericGetAttr,
    tp_repr: code_repr,
    tp_hash: code_hash,
    tp_richcompare: code_richcompare,
    tp_members: [
      member('co_argcount', d => PyLong_FromLong(d.co_argcount)),
      member('co_posonlyargcount', d => PyLong_FromLong(d.co_posonlyargcount)),
      member('co_kwonlyargcount', d => PyLong_FromLong(d.co_kwonlyargcount)),
      member('co_stacksize', d => PyLong_FromLong(d.stacksize)),
      member('co_flags', d => PyLong_FromLong(d.co_flags)),
      member('co_names', d => ref(d.co_names)),
      member('co_filename', d => ref(d.co_filename)),
      member('co_name', d => ref(d.co_name)),
      member('co_qualname', d => ref(d.co_qualname)),
      member('co_firstlineno', d => PyLong_FromLong(d.firstlineno)),
      member('co_linetable', d => ref(d.co_linetable)),
      member('co_exceptiontable', d => ref(d.co_exceptiontable)),
      member('co_consts', d => ref(d.co_consts)),
      member('co_nlocals', d => PyLong_FromLong(d.nlocals)),
    ],
    tp_getset: [
      { name: 'co_lnotab', get: lnotab },
      { name: '_co_code_adaptive', get: getCode },
      { name: 'co_varnames', get: o => namesOf(code(o), CO_FAST_LOCAL) },
      { name: 'co_cellvars', get: o => namesOf(code(o), CO_FAST_CELL) },
      { name: 'co_freevars', get: o => namesOf(code(o), CO_FAST_FREE) },
      { name: 'co_code', get: getCode },
    ],
    tp_methods: [
      { ml_name: '__sizeof__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromSsize_t(184 + code(o).code.co_code.length + 7 & ~7) },
      { ml_name: 'co_lines', ml_flags: METH_NOARGS, ml_meth: co_lines },
      { ml_name: 'co_positions', ml_flags: METH_NOARGS, ml_meth: co_positions },
      { ml_name: 'replace', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: code_replace },
      { ml_name: '_varname_from_oparg', ml_flags: METH_FASTCALL, ml_meth: varnameFromOparg },
    ],
  }
}
