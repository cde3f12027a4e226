// _blake2 and _sha3: hash types that gather what they are fed and compute when asked for the digest.
// Modules/_blake2, Modules/_sha3; SHA-3 comes from the host, BLAKE2 from lib/blake2.ts.
import { createHash } from 'node:crypto'
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyDict_SetItemString } from '../objects/dictobject'
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyLong_AsBigInt, PyLong_AsLong, PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes } from '../objects/memoryobject'
import { PyModule_AddIntConstant, PyModule_AddObjectRef, PyModule_AddStringConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_IMMUTABLETYPE, type PyMethodDef, type PyObject, type PyTypeObject } from '../objects/object'
import { PyObject_IsTrue } from '../objects/object-protocol'
import { PyObject_Free, PyObject_New } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyType_FromModuleAndSpec } from '../objects/type-spec'
import { PyUnicode_Check, PyUnicode_FromString } from '../objects/unicodeobject'
import { BLAKE2B, BLAKE2S, blake2, type Blake2Kind } from '../lib/blake2'

/** Computes a digest; the length is asked for with shake alone. */
type Digest = (data: Uint8Array, length: number) => Uint8Array

class HashData {
  readonly parts: Uint8Array[] = []
  readonly digest: Digest
  readonly digestSize: number
  constructor(digest: Digest, digestSize: number) {
    this.digest = digest
    this.digestSize = digestSize
  }

  result(length = 0): Uint8Array {
    return this.digest(Buffer.concat(this.parts), length)
  }
}

const hash = (o: PyObject): HashData => o.v as HashData

/** A copy of an object's bytes; null with an exception set. Mirrors GET_BUFFER_VIEW_OR_ERROR, hashlib.h. */
function bytesOf(data: PyObject): Uint8Array | null {
  if (PyUnicode_Check(data)) return PyErr_SetString(PyExc_TypeError, 'Strings must be encoded before hashing')
  if (data.ob_type.bf_getbuffer === null) return PyErr_SetString(PyExc_TypeError, 'object supporting the buffer API required')
  const view = PyObject_GetBufferBytes(data)
  if (view === null) return null
  const bytes = view.bytes.slice()
  PyBuffer_Release(view)
  return bytes
}

function feed(o: PyObject, data: PyObject): boolean {
  const bytes = bytesOf(data)
  if (bytes === null) return false
  hash(o).parts.push(bytes)
  return true
}

interface HashType { name: string, basicsize: number, block: number, make: (args: PyObject, kwargs: PyObject | null) => HashData | null, shake?: boolean }

function lengthOf(arg: PyObject): number {
  const n = PyLong_AsLong(arg)
  if (n === -1 && PyErr_Occurred() !== null) return -1
  if (n >= 0 && n < 2 ** 29) return n
  PyErr_SetString(PyExc_ValueError, n < 0 ? 'value must be positive' : 'length is too large')
  return -1
}

function makeType(module: PyObject, type: HashType): PyTypeObject {
  const encode = (hex: boolean, bytes: Uint8Array): PyObject =>
    hex ? PyUnicode_FromString(Buffer.from(bytes).toString('hex')) : PyBytes_FromBytes(new Uint8Array(bytes))
  const reader = (ml_name: string, hex: boolean): PyMethodDef => type.shake === true
    ? {
        ml_name, ml_flags: METH_O, signature: '($self, length, /)',
        ml_meth: (o: PyObject, arg: PyObject) => {
          const n = lengthOf(arg)
          return n < 0 ? null : encode(hex, hash(o).result(n))
        },
      }
    : { ml_name, ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => encode(hex, hash(o).result()), signature: '($self, /)' }
  return PyType_FromModuleAndSpec(module, {
    name: type.name, tp_basicsize: type.basicsize, tp_flags: Py_TPFLAGS_IMMUTABLETYPE,
    tp_new: (cls, args, kwargs) => {
      const data = type.make(args, kwargs)
      return data === null ? null : PyObject_New(cls, data)
    },
    tp_dealloc: o => {
      const cls = o.ob_type
      PyObject_Free(o)
      Py_DECREF(cls)
    },
    tp_free: PyObject_Free,
    tp_methods: [
      {
        ml_name: 'copy', ml_flags: METH_NOARGS, signature: '($self, /)',
        ml_meth: (o: PyObject) => {
          const copy = new HashData(hash(o).digest, hash(o).digestSize)
          copy.parts.push(...hash(o).parts)
          return PyObject_New(o.ob_type, copy)
        },
      },
      reader('digest', false), reader('hexdigest', true),
      {
        ml_name: 'update', ml_flags: METH_O, signature: '($self, data, /)',
        ml_meth: (o: PyObject, data: PyObject) => {
          if (!feed(o, data)) return null
          Py_None.ob_refcnt++
          return Py_None
        },
      },
    ],
    tp_getset: [
      { name: 'name', get: () => PyUnicode_FromString(type.name.slice(type.name.indexOf('.') + 1)) },
      { name: 'block_size', get: () => PyLong_FromLong(type.block) },
      { name: 'digest_size', get: o => PyLong_FromLong(hash(o).digestSize) },
      ...(type.name.startsWith('_sha3') ? [
        { name: '_capacity_bits', get: () => PyLong_FromLong(1600 - type.block * 8) },
        { name: '_rate_bits', get: () => PyLong_FromLong(type.block * 8) },
        { name: '_suffix', get: () => PyBytes_FromBytes(Uint8Array.of(type.shake === true ? 0x1f : 0x06)) },
      ] : []),
    ],
  }, null) as PyTypeObject
}

// ---- SHA-3 ---------------------------------------------------------------------------------------------------------------

function sha3Type(name: string, block: number, digestSize: number): HashType {
  const shake = digestSize === 0
  const algorithm = name.replace('sha3_', 'sha3-').replace('shake_', 'shake')
  const digest: Digest = (data, length) => shake
    ? length === 0 ? new Uint8Array(0) : createHash(algorithm, { outputLength: length }).update(data).digest()
    : createHash(algorithm).update(data).digest()
  return {
    name: `_sha3.${name}`, basicsize: 240, block, shake,
    make: (args, kwargs) => {
      const given = parseTupleAndKeywords(name, ['', 'usedforsecurity'], 0, 1, args, kwargs)
      return given === null ? null : started(new HashData(digest, digestSize), given[0])
    },
  }
}

function started(data: HashData, first: PyObject | null | undefined): HashData | null {
  if (!first) return data
  const bytes = bytesOf(first)
  if (bytes === null) return null
  data.parts.push(bytes)
  return data
}

export function PyInit__sha3(): PyObject | null {
  const module = PyModule_Create('_sha3', [])
  for (const [name, block, size] of [
    ['sha3_224', 144, 28], ['sha3_256', 136, 32], ['sha3_384', 104, 48], ['sha3_512', 72, 64], ['shake_128', 168, 0], ['shake_256', 136, 0],
  ] as const) PyModule_AddObjectRef(module, name, makeType(module, sha3Type(name, block, size)))
  PyModule_AddIntConstant(module, 'keccakopt', 64)
  PyModule_AddStringConstant(module, 'implementation', 'tiny_sha3')
  return module
}

// ---- BLAKE2 --------------------------------------------------------------------------------------------------------------

const PARAMETERS = [
  '', 'digest_size', 'key', 'salt', 'person', 'fanout', 'depth', 'leaf_size', 'node_offset', 'node_depth', 'inner_size', 'last_node',
  'usedforsecurity',
]

const invalid = (message: string): null => PyErr_SetString(PyExc_ValueError, message)

// Mirrors py_blake2b_new_impl.
function blake2Make(name: string, kind: Blake2Kind, args: PyObject, kwargs: PyObject | null): HashData | null {
  const given = parseTupleAndKeywords(name, PARAMETERS, 0, 1, args, kwargs)
  if (given === null) return null
  let failed = false
  const number = (i: number, otherwise: number): number => {
    const o = given[i]
    if (failed || !o) return otherwise
    const n = PyLong_AsLong(o)
    if (n === -1 && PyErr_Occurred() !== null) failed = true
    return n
  }
  const bytes = (i: number): Uint8Array => {
    const o = given[i]
    if (failed || !o) return new Uint8Array(0)
    const found = bytesOf(o)
    if (found === null) failed = true
    return found ?? new Uint8Array(0)
  }
  const p = {
    digestSize: number(1, kind.maxDigest), key: bytes(2), salt: bytes(3), person: bytes(4), fanout: number(5, 1), depth: number(6, 1),
    leafSize: number(7, 0), nodeOffset: 0n, nodeDepth: number(9, 0), innerSize: number(10, 0), lastNode: false,
  }
  if (failed) return null
  if (given[8]) {
    if (!PyLong_Check(given[8])) return PyErr_SetString(PyExc_TypeError, 'an integer is required')
    p.nodeOffset = PyLong_AsBigInt(given[8])
  }
  if (given[11]) {
    const truth = PyObject_IsTrue(given[11])
    if (truth < 0) return null
    p.lastNode = truth === 1
  }
  if (p.digestSize <= 0 || p.digestSize > kind.maxDigest) {
    return invalid(`digest_size must be between 1 and ${kind.maxDigest} bytes`)
  }
  if (p.salt.length > kind.saltSize) return invalid(`maximum salt length is ${kind.saltSize} bytes`)
  if (p.person.length > kind.saltSize) return invalid(`maximum person length is ${kind.saltSize} bytes`)
  if (p.fanout < 0 || p.fanout > 255) return invalid('fanout must be between 0 and 255')
  if (p.depth <= 0 || p.depth > 255) return invalid('depth must be between 1 and 255')
  if (p.leafSize < 0 || p.leafSize > 0xffffffff) return PyErr_SetString(PyExc_OverflowError, 'leaf_size is too large')
  if (p.nodeOffset < 0n) return PyErr_SetString(PyExc_OverflowError, 'can\'t convert negative value to unsigned int')
  if (p.nodeOffset >= 1n << (kind === BLAKE2S ? 48n : 64n)) return PyErr_SetString(PyExc_OverflowError, 'node_offset is too large')
  if (p.nodeDepth < 0 || p.nodeDepth > 255) return invalid('node_depth must be between 0 and 255')
  if (p.innerSize < 0 || p.innerSize > kind.maxDigest) return invalid(`inner_size must be between 0 and is ${kind.maxDigest}`)
  if (p.key.length > kind.maxDigest) return invalid(`maximum key length is ${kind.maxDigest} bytes`)
  return started(new HashData(data => blake2(kind, p, data), p.digestSize), given[0])
}

export function PyInit__blake2(): PyObject | null {
  const module = PyModule_Create('_blake2', [])
  for (const [name, kind, basicsize] of [['blake2b', BLAKE2B, 448], ['blake2s', BLAKE2S, 240]] as const) {
    const type = makeType(module, {
      name: `_blake2.${name}`, basicsize, block: kind.blockSize, make: (args, kwargs) => blake2Make(name, kind, args, kwargs),
    })
    PyModule_AddObjectRef(module, name, type)
    for (const [constant, n] of [
      ['SALT_SIZE', kind.saltSize], ['PERSON_SIZE', kind.saltSize], ['MAX_KEY_SIZE', kind.maxDigest], ['MAX_DIGEST_SIZE', kind.maxDigest],
    ] as const) {
      const value = PyLong_FromLong(n)
      PyDict_SetItemString(type.tp_dict!, constant, value)
      Py_DECREF(value)
      PyModule_AddIntConstant(module, `${name.toUpperCase()}_${constant}`, n)
    }
  }
  return module
}
