// _md5, _sha1, _sha256 and _sha512: the digests that hashlib falls back on. Modules/md5module.c and its like; the
// figures come from the host's own implementation, sizes of objects are CPython's.
import { createHash, type Hash } from 'node:crypto'
import { ArgParser } from '../objects/arg-parser'
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { PyLong_FromLong } from '../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes } from '../objects/memoryobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_METHOD, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC,
  Py_TPFLAGS_IMMUTABLETYPE, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyType_FromModuleAndSpec } from '../objects/type-spec'
import { PyUnicode_Check, PyUnicode_FromString } from '../objects/unicodeobject'

/** A digest: its name in Python and on the host, and sizes in bytes. */
interface Algorithm { name: string, block: number, digest: number, basicsize: number }

const hashOf = (o: PyObject): Hash => o.v as Hash

/** Feeds an object's bytes; false with an exception set. Mirrors GET_BUFFER_VIEW_OR_ERROR, hashlib.h. */
function feed(hash: Hash, data: PyObject): boolean {
  if (PyUnicode_Check(data)) return PyErr_SetString(PyExc_TypeError, 'Strings must be encoded before hashing'), false
  if (data.ob_type.bf_getbuffer === null) return PyErr_SetString(PyExc_TypeError, 'object supporting the buffer API required'), false
  const view = PyObject_GetBufferBytes(data)
  if (view === null) return false
  hash.update(view.bytes)
  PyBuffer_Release(view)
  return true
}

function newHash(type: PyTypeObject, hash: Hash): PyObject {
  const o = PyObject_GC_New(type, hash)
  PyObject_GC_Track(o)
  return o
}

function makeType(module: PyObject, moduleName: string, algorithm: Algorithm): PyTypeObject {
  const digest = (o: PyObject): Uint8Array => new Uint8Array(hashOf(o).copy().digest())
  const type: PyObject | null = PyType_FromModuleAndSpec(module, {
    name: `${moduleName}.${algorithm.name}`, tp_basicsize: algorithm.basicsize,
    tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    tp_dealloc: o => {
      const self = o.ob_type
      PyObject_GC_UnTrack(o)
      PyObject_GC_Del(o)
      Py_DECREF(self)
    },
    tp_traverse: (o, visit) => visit(o.ob_type),
    tp_methods: [
      {
        ml_name: 'copy', ml_flags: METH_METHOD | METH_FASTCALL | METH_KEYWORDS, signature: '($self, /)',
        ml_meth: (o: PyObject) => newHash(o.ob_type, hashOf(o).copy()),
      },
      { ml_name: 'digest', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBytes_FromBytes(digest(o)), signature: '($self, /)' },
      {
        ml_name: 'hexdigest', ml_flags: METH_NOARGS, signature: '($self, /)',
        ml_meth: (o: PyObject) => PyUnicode_FromString(hashOf(o).copy().digest('hex')),
      },
      {
        ml_name: 'update', ml_flags: METH_O, signature: '($self, obj, /)',
        ml_meth: (o: PyObject, data: PyObject) => {
          if (!feed(hashOf(o), data)) return null
          Py_None.ob_refcnt++
          return Py_None
        },
      },
    ],
    tp_getset: [
      { name: 'block_size', get: () => PyLong_FromLong(algorithm.block) },
      { name: 'name', get: () => PyUnicode_FromString(algorithm.name) },
      { name: 'digest_size', get: () => PyLong_FromLong(algorithm.digest) },
    ],
  }, null)
  return type as PyTypeObject
}

/** A module of one or two digests: their constructors and types. */
function hashModule(name: string, algorithms: readonly Algorithm[]): () => PyObject {
  const types = new Map<Algorithm, PyTypeObject>()
  const methods = algorithms.map((algorithm): PyMethodDef => {
    const parser = new ArgParser(algorithm.name, ['string', 'usedforsecurity'])
    return {
      ml_name: algorithm.name, ml_flags: METH_FASTCALL | METH_KEYWORDS, signature: '($module, /, string=b\'\', *, usedforsecurity=True)',
      ml_meth: (_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null) => {
        const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, parser, 0, 1, 0)
        if (given === null) return null
        const hash = createHash(algorithm.name)
        if (given[0] && !feed(hash, given[0])) return null
        return newHash(types.get(algorithm)!, hash)
      },
    }
  })
  return () => {
    const module = PyModule_Create(name, methods)
    for (const algorithm of algorithms) {
      const type = makeType(module, name, algorithm)
      types.set(algorithm, type)
      PyModule_AddObjectRef(module, `${algorithm.name.toUpperCase()}Type`, type)
    }
    return module
  }
}

const algorithm = (name: string, block: number, digest: number, basicsize: number): Algorithm => ({ name, block, digest, basicsize })

export const PyInit__md5 = hashModule('_md5', [algorithm('md5', 64, 16, 112)])
export const PyInit__sha1 = hashModule('_sha1', [algorithm('sha1', 64, 20, 112)])
export const PyInit__sha256 = hashModule('_sha256', [algorithm('sha256', 64, 32, 128), algorithm('sha224', 64, 28, 128)])
export const PyInit__sha512 = hashModule('_sha512', [algorithm('sha512', 128, 64, 224), algorithm('sha384', 128, 48, 224)])
