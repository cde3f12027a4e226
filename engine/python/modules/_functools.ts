// _functools: reduce, partial, cmp_to_key and the lru_cache wrapper. Modules/_functoolsmodule.c.
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { TAG_SCRATCH } from '../../memory/events'
import { PyNumber_AsSsize_t, PyObject_GetIter, PySequence_Concat, PySequence_Tuple } from '../objects/abstract'
import { PyObject_Call, PyObject_Vectorcall, PyVectorcall_Function, partialVectorcall } from '../objects/call'
import { PyMethod_New } from '../objects/classobject'
import { PyDict_Copy, PyDict_GET_SIZE, PyDict_New, PyDict_Next, PyDict_SetItem, PyDict_Update, DICT_ENTRY, PyDict_Clear, _PyDict_Pop_KnownHash, _PyDict_GetItem_KnownHash, _PyDict_SetItem_KnownHash, PyDict_CheckExact, PyDict_Check } from '../objects/dictobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_AttributeError, PyExc_StopIteration, PyExc_TypeError } from '../objects/exceptions'
import { ArgParser } from '../objects/arg-parser'
import { _PyArg_UnpackKeywords } from '../objects/getargs'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyLong_Check, PyLong_CheckExact, PyLong_FromLong, PyLong_Type } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  HASH, METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL,
  Py_TPFLAGS_METHOD_DESCRIPTOR, Py_XDECREF, type PyMethodDef, type PyObject, PyTypeObject, genericGetAttr
} from '../objects/object'
import { PyCallable_Check, PyObject_GenericSetAttr, PyObject_Hash, PyObject_Repr, PyObject_RichCompare, Py_ReprEnter, Py_ReprLeave, PyObject_GetAttr, PyObject_GenericSetDict } from '../objects/object-protocol'
import {
  PyObject_Free, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack, PyObject_New, PyMem_Free, PyMem_Malloc,
} from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyTuple_CheckExact, PyTuple_FromArray, PyTuple_Check } from '../objects/tupleobject'
import { PyType_GenericAlloc, PyType_Ready } from '../objects/typeobject'
import { PyUnicode_AsString, PyUnicode_CheckExact, PyUnicode_FromString, _Py_ID, unicodeFromText } from '../objects/unicodeobject'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import { Py_GenericAlias } from '../objects/genericaliasobject'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)

// ---- reduce ------------------------------------------------------------------------------------------------------------

function reduce(_m: PyObject, args: PyObject): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length < 2 || items.length > 3) {
    return PyErr_Format(PyExc_TypeError, items.length < 2
      ? `reduce expected at least 2 arguments, got ${items.length}` : `reduce expected at most 3 arguments, got ${items.length}`)
  }
  const func = items[0]!
  let result: PyObject | null = items.length > 2 ? ref(items[2]!) : null
  const it = PyObject_GetIter(items[1]!)
  if (it === null) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_SetString(PyExc_TypeError, 'reduce() arg 2 must support iteration')
    Py_XDECREF(result)
    return null
  }
  const next = it.ob_type.tp_iternext!
  // The argument tuple is made once and reused while the function does not keep it.
  let pair = PyTuple_FromArray([none(), none()])
  for (;;) {
    if (pair.ob_refcnt > 1) {
      Py_DECREF(pair)
      pair = PyTuple_FromArray([none(), none()])
    }
    const item = next(it)
    if (item === null) {
      if (PyErr_Occurred() !== null) {
        if (!PyErr_ExceptionMatches(PyExc_StopIteration)) {
          Py_XDECREF(result)
          result = null
          break
        }
        PyErr_Clear()
      }
      if (result === null) PyErr_SetString(PyExc_TypeError, 'reduce() of empty iterable with no initial value')
      break
    }
    if (result === null) {
      result = item
      continue
    }
    const slots = pair.v
    const [old0, old1] = slots as [PyObject, PyObject]
    slots[0] = result
    slots[1] = item
    Py_DECREF(old0)
    Py_DECREF(old1)
    result = PyObject_Call(func, pair, null)
    if (result === null) break
  }
  Py_DECREF(pair)
  Py_DECREF(it)
  return result
}

// ---- partial -------------------------------------------------------------------------------------------------------------

class PartialData {
  fn: PyObject
  args: PyObject
  kw: PyObject
  constructor(fn: PyObject, args: PyObject, kw: PyObject) {
    this.fn = fn
    this.args = args
    this.kw = kw
  }
}

const partial = (o: PyObject): PartialData => o.v as PartialData

function partial_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const items = args.v as PyObject[]
  if (items.length < 1) return PyErr_SetString(PyExc_TypeError, "type 'partial' takes at least one argument")
  let func = items[0]!
  let pargs: PyObject | null = null
  let pkw: PyObject | null = null
  // A partial of a partial without attributes of its own is flattened.
  if (func.ob_type.tp_call === partial_call && type === partial_type && func.dict === null) {
    pargs = partial(func).args
    pkw = partial(func).kw
    func = partial(func).fn
  }
  if (!PyCallable_Check(func)) return PyErr_SetString(PyExc_TypeError, 'the first argument must be callable')
  const o = PyType_GenericAlloc(type, 0)
  if (o === null) return null
  const rest = PyTuple_FromArray(items.slice(1).map(ref))
  const all = pargs === null ? rest : PySequence_Concat(pargs, rest)
  if (pargs !== null) Py_DECREF(rest)
  if (all === null) return Py_DECREF(o), null
  let kw: PyObject
  if (pkw === null || PyDict_GET_SIZE(pkw) === 0) {
    if (kwargs === null) kw = PyDict_New()
    else if (kwargs.ob_refcnt === 1) kw = ref(kwargs)
    else kw = PyDict_Copy(kwargs)!
  } else {
    kw = PyDict_Copy(pkw)!
    if (kwargs !== null) PyDict_Update(kw, kwargs)
  }
  o.v = new PartialData(ref(func), all, kw)
  return o
}

function partial_vectorcall(o: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const p = partial(o)
  const fixed = p.args.v as PyObject[]
  if (PyDict_GET_SIZE(p.kw) !== 0) {
    // Keywords on both sides: through a dict, as _PyObject_MakeTpCall would.
    const tuple = PyTuple_FromArray(args.slice(0, nargs).map(ref))
    let kwargs: PyObject | null = null
    if (kwnames !== null) {
      kwargs = PyDict_New()
      ;(kwnames.v as PyObject[]).forEach((name, i) => PyDict_SetItem(kwargs!, name, args[nargs + i]!))
    }
    const result = partial_call(o, tuple, kwargs)
    Py_DECREF(tuple)
    Py_XDECREF(kwargs)
    return result
  }
  if (fixed.length === 0) return PyObject_Vectorcall(p.fn, args, nargs, kwnames)
  const count = nargs + (kwnames === null ? 0 : (kwnames.v as PyObject[]).length)
  // Up to five fit on the C stack; a single one goes into the place before the others.
  const stack = count > 0 && fixed.length > 1 && fixed.length + count > 5 ? PyMem_Malloc(8 * (fixed.length + count), TAG_SCRATCH) : 0
  const result = PyObject_Vectorcall(p.fn, [...fixed, ...args.slice(0, count)], fixed.length + nargs, kwnames)
  if (stack !== 0) PyMem_Free(stack)
  return result
}

function partial_call(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const p = partial(o)
  let kw: PyObject | null
  if (PyDict_GET_SIZE(p.kw) === 0) kw = kwargs === null ? null : ref(kwargs)
  else {
    kw = PyDict_Copy(p.kw)
    if (kw === null) return null
    if (kwargs !== null && PyDict_Update(kw, kwargs) !== 0) return Py_DECREF(kw), null
  }
  const all = PySequence_Concat(p.args, args)
  if (all === null) return Py_XDECREF(kw), null
  const result = PyObject_Call(p.fn, all, kw)
  Py_DECREF(all)
  Py_XDECREF(kw)
  return result
}

function partial_repr(o: PyObject): PyObject | null {
  const entered = Py_ReprEnter(o)
  if (entered !== 0) return entered > 0 ? PyUnicode_FromString('...') : null
  const p = partial(o)
  let list: PyObject | null = PyUnicode_FromString('')
  const extend = (text: PyObject | null, old: PyObject): PyObject | null => (Py_DECREF(old), text)
  for (const a of p.args.v as PyObject[]) if (list !== null) list = extend(PyUnicode_FromFormat('%U, %R', list, a), list)
  for (let at = PyDict_Next(p.kw, 0); list !== null && at > 0; at = PyDict_Next(p.kw, at)) {
    const { key, value } = DICT_ENTRY
    value.ob_refcnt++
    list = extend(PyUnicode_FromFormat('%U, %S=%R', list, key, value), list)
    Py_DECREF(value)
  }
  const result = list === null ? null : PyUnicode_FromFormat('%s(%R%U)', o.ob_type === partial_type ? 'functools.partial' : o.ob_type.tp_name, p.fn, list)
  Py_XDECREF(list)
  Py_ReprLeave(o)
  return result
}

function partial_setstate(o: PyObject, state: PyObject): PyObject | null {
  const items = PyTuple_Check(state) ? state.v as PyObject[] : []
  const [fn, args, kw, dict] = items
  if (items.length !== 4 || !PyCallable_Check(fn!) || !PyTuple_Check(args!) || (kw !== Py_None && !PyDict_Check(kw!))) {
    return PyErr_SetString(PyExc_TypeError, 'invalid partial state')
  }
  const old = partial(o)
  const exactArgs = PyTuple_CheckExact(args!) ? ref(args!) : PySequence_Tuple(args!)
  if (exactArgs === null) return null
  const exactKw = kw === Py_None ? PyDict_New() : PyDict_CheckExact(kw!) ? ref(kw!) : PyDict_Copy(kw!)
  if (exactKw === null) return Py_DECREF(exactArgs), null
  o.v = new PartialData(ref(fn!), exactArgs, exactKw)
  Py_DECREF(old.fn)
  Py_DECREF(old.args)
  Py_DECREF(old.kw)
  const oldDict = o.dict as PyObject | null
  o.dict = dict === Py_None ? null : ref(dict!)
  Py_XDECREF(oldDict)
  return none()
}

export const partial_type: PyTypeObject = new PyTypeObject('functools.partial', {
  tp_basicsize: 64, tp_dictoffset: 40, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
  tp_new: partial_new,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    const p = partial(o)
    if (p !== null) {
      Py_DECREF(p.fn)
      Py_DECREF(p.args)
      Py_DECREF(p.kw)
    }
    Py_XDECREF(o.dict as PyObject | null)
    o.dict = null
    o.ob_type.tp_free!(o)
  },
  tp_free: PyObject_GC_Del,
  tp_call: partial_call,
  vectorcall: partial_vectorcall,
  tp_repr: partial_repr,
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_traverse: (o, visit) => {
    const p = partial(o)
    if (p !== null) {
      visit(p.fn)
      visit(p.args)
      visit(p.kw)
    }
    if (o.dict !== null) visit(o.dict as PyObject)
  },
  tp_members: [
    { name: 'func', get: o => ref(partial(o).fn) },
    { name: 'args', get: o => ref(partial(o).args) },
    { name: 'keywords', get: o => ref(partial(o).kw) },
  ],
  tp_methods: [
    {
      ml_name: '__reduce__', ml_flags: METH_NOARGS,
      ml_meth: (o: PyObject) => {
        const p = partial(o)
        return PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray([ref(p.fn)]),
          PyTuple_FromArray([ref(p.fn), ref(p.args), ref(p.kw), ref((o.dict as PyObject | null) ?? Py_None)])])
      },
    },
    { ml_name: '__setstate__', ml_flags: METH_O, ml_meth: partial_setstate },
    { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item) },
  ],
  tp_getset: [{
    name: '__dict__',
    get: o => {
      o.dict ??= PyDict_New()
      return ref(o.dict as PyObject)
    },
    set: (o, value) => PyObject_GenericSetDict(o, value),
  }],
})

// ---- cmp_to_key ------------------------------------------------------------------------------------------------------------

class KeyData {
  cmp: PyObject
  object: PyObject | null
  constructor(cmp: PyObject, object: PyObject | null) {
    this.cmp = cmp
    this.object = object
  }
}

const key = (o: PyObject): KeyData => o.v as KeyData

function newKey(cmp: PyObject, object: PyObject | null): PyObject {
  const o = PyObject_GC_New(keyobject_type, new KeyData(ref(cmp), object === null ? null : ref(object)))
  PyObject_GC_Track(o)
  return o
}

const zero = (): PyObject => PyLong_FromLong(0)
const keyParser = new ArgParser('K', ['obj'])

const keyobject_type: PyTypeObject = new PyTypeObject('functools.KeyWrapper', {
  tp_basicsize: 32, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    Py_DECREF(key(o).cmp)
    Py_XDECREF(key(o).object)
    PyObject_GC_Del(o)
  },
  tp_traverse: (o, visit) => {
    visit(key(o).cmp)
    if (key(o).object !== null) visit(key(o).object!)
  },
  tp_getattro: genericGetAttr,
  tp_call: (o, args, kwargs) => {
    const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, keyParser, 1, 1, 0)
    return given === null ? null : newKey(key(o).cmp, given[0]!)
  },
  vectorcall: (o, args, nargs, kwnames) => {
    const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, keyParser, 1, 1, 0)
    return given === null ? null : newKey(key(o).cmp, given[0]!)
  },
  tp_richcompare: (a, b, op) => {
    if (b.ob_type !== keyobject_type) return PyErr_SetString(PyExc_TypeError, 'other argument must be K instance')
    const [x, y] = [key(a).object, key(b).object]
    if (x === null || y === null) return PyErr_SetString(PyExc_AttributeError, 'object')
    const result = PyObject_Vectorcall(key(a).cmp, [x, y], 2, null)
    if (result === null) return null
    const z = zero()
    const answer = PyObject_RichCompare(result, z, op)
    Py_DECREF(z)
    Py_DECREF(result)
    return answer
  },
  tp_members: [{ name: 'obj', get: o => ref(key(o).object ?? Py_None) }],
})

const cmpParser = new ArgParser('cmp_to_key', ['mycmp'])

function cmp_to_key(_m: PyObject, args: PyObject[], nargs: number, kwnames: PyObject | null): PyObject | null {
  const given = _PyArg_UnpackKeywords(args, nargs, null, kwnames, cmpParser, 1, 1, 0)
  return given === null ? null : newKey(given[0]!, null)
}

// ---- lru_cache ----------------------------------------------------------------------------------------------------------------

/** A node of the ring of most recently used results; an object of its own in CPython, as here. */
/** A link of a bounded cache's ring. Its key and result are visited by the wrapper's tp_traverse, as in CPython. */
export class LinkData {
  prev!: PyObject
  next!: PyObject
  hashLo = 0
  hashHi = 0
  key: PyObject | null = null
  result: PyObject | null = null
}

const link = (o: PyObject): LinkData => o.v as LinkData

const lru_list_elem_type: PyTypeObject = new PyTypeObject('functools._lru_list_elem', {
  tp_basicsize: 56,
  tp_dealloc: o => {
    Py_XDECREF(link(o).key)
    Py_XDECREF(link(o).result)
    PyObject_Free(o)
  },
})

type Wrapper = (o: PyObject, d: CacheData, args: PyObject, kwargs: PyObject | null) => PyObject | null

export class CacheData {
  wrapper: Wrapper
  maxsize: number
  typed: boolean
  cache: PyObject
  func: PyObject
  misses = 0
  hits = 0
  cacheInfoType: PyObject
  kwd_mark: PyObject
  constructor(wrapper: Wrapper, maxsize: number, typed: boolean, cache: PyObject, func: PyObject, info: PyObject, mark: PyObject) {
    this.wrapper = wrapper
    this.maxsize = maxsize
    this.typed = typed
    this.cache = cache
    this.func = func
    this.cacheInfoType = info
    this.kwd_mark = mark
  }
}

const cacheOf = (o: PyObject): CacheData => o.v as CacheData

/** Makes the cache key. NEW, or null. Mirrors lru_cache_make_key. */
function makeKey(d: CacheData, args: PyObject, kwargs: PyObject | null): PyObject {
  const items = args.v as PyObject[]
  const kwsize = kwargs === null ? 0 : PyDict_GET_SIZE(kwargs)
  if (!d.typed && kwsize === 0) {
    if (items.length === 1) {
      const only = items[0]!
      // A single argument of these types is its own key.
      if (PyUnicode_CheckExact(only) || PyLong_CheckExact(only)) return ref(only)
    }
    return ref(args)
  }
  const parts = items.map(ref)
  if (kwsize > 0) {
    parts.push(ref(d.kwd_mark))
    for (let at = PyDict_Next(kwargs!, 0); at > 0; at = PyDict_Next(kwargs!, at)) parts.push(ref(DICT_ENTRY.key), ref(DICT_ENTRY.value))
  }
  if (d.typed) {
    for (const item of items) parts.push(ref(item.ob_type))
    if (kwsize > 0) for (let at = PyDict_Next(kwargs!, 0); at > 0; at = PyDict_Next(kwargs!, at)) parts.push(ref(DICT_ENTRY.value.ob_type))
  }
  return PyTuple_FromArray(parts)
}

function uncached(_o: PyObject, d: CacheData, args: PyObject, kwargs: PyObject | null): PyObject | null {
  d.misses++
  return PyObject_Call(d.func, args, kwargs)
}

function infinite(_o: PyObject, d: CacheData, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const k = makeKey(d, args, kwargs)
  if (PyObject_Hash(k) < 0) return Py_DECREF(k), null
  const [lo, hi] = [HASH[0]!, HASH[1]!]
  const known = _PyDict_GetItem_KnownHash(d.cache, k, lo, hi)
  if (known !== null) {
    d.hits++
    ref(known)
    Py_DECREF(k)
    return known
  }
  if (PyErr_Occurred() !== null) return Py_DECREF(k), null
  d.misses++
  const result = PyObject_Call(d.func, args, kwargs)
  if (result === null) return Py_DECREF(k), null
  const failed = _PyDict_SetItem_KnownHash(d.cache, k, result, lo, hi) < 0
  Py_DECREF(k)
  if (failed) return Py_DECREF(result), null
  return result
}

function unlinkNode(o: LinkData): void {
  link(o.prev).next = o.next
  link(o.next).prev = o.prev
}

function appendNode(root: PyObject, node: PyObject): void {
  const last = link(root).prev
  link(last).next = node
  link(root).prev = node
  link(node).prev = last
  link(node).next = root
}

function bounded(o: PyObject, d: CacheData, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const root = roots.get(o)!
  const k = makeKey(d, args, kwargs)
  if (PyObject_Hash(k) < 0) return Py_DECREF(k), null
  const [lo, hi] = [HASH[0]!, HASH[1]!]
  const node = _PyDict_GetItem_KnownHash(d.cache, k, lo, hi)
  if (node !== null) {
    unlinkNode(link(node))
    appendNode(root, node)
    const result = ref(link(node).result!)
    d.hits++
    Py_DECREF(k)
    return result
  }
  if (PyErr_Occurred() !== null) return Py_DECREF(k), null
  d.misses++
  const result = PyObject_Call(d.func, args, kwargs)
  if (result === null) return Py_DECREF(k), null
  // The call may have entered the same key.
  const again = _PyDict_GetItem_KnownHash(d.cache, k, lo, hi)
  if (again !== null) return Py_DECREF(k), result
  if (PyErr_Occurred() !== null) return Py_DECREF(k), Py_DECREF(result), null
  if (PyDict_GET_SIZE(d.cache) < d.maxsize || link(root).next === root) {
    const fresh = PyObject_New(lru_list_elem_type, new LinkData())
    const data = link(fresh)
    data.hashLo = lo
    data.hashHi = hi
    data.key = k
    data.result = result
    if (_PyDict_SetItem_KnownHash(d.cache, k, fresh, lo, hi) < 0) return Py_DECREF(fresh), null
    // The ring owns the link, and so does the dict.
    appendNode(root, fresh)
    return ref(result)
  }
  // Full: the oldest link is reused.
  const oldest = link(root).next
  const data = link(oldest)
  unlinkNode(data)
  const popped = _PyDict_Pop_KnownHash(d.cache, data.key!, data.hashLo, data.hashHi, Py_None)
  if (popped === null) return Py_DECREF(k), Py_DECREF(result), null
  if (popped === Py_None) {
    // It was taken out meanwhile; the link stays an orphan.
    Py_DECREF(popped)
    Py_DECREF(k)
    return result
  }
  const [oldKey, oldResult] = [data.key!, data.result!]
  data.hashLo = lo
  data.hashHi = hi
  data.key = k
  data.result = result
  if (_PyDict_SetItem_KnownHash(d.cache, k, oldest, lo, hi) < 0) {
    Py_DECREF(popped)
    return null
  }
  appendNode(root, oldest)
  ref(result)
  Py_DECREF(popped)
  Py_DECREF(oldKey)
  Py_DECREF(oldResult)
  return result
}

/** The root of each wrapper's ring: a bare marker with the payload of a link. */
const roots = new WeakMap<PyObject, PyObject>()

function lru_cache_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('lru_cache', ['user_function', 'maxsize', 'typed', 'cache_info_type'], 4, 4, args, kwargs)
  if (given === null) return null
  const [func, maxsizeObject, typedObject, info] = given as [PyObject, PyObject, PyObject, PyObject]
  if (!PyCallable_Check(func)) return PyErr_SetString(PyExc_TypeError, 'the first argument must be callable')
  let wrapper: Wrapper
  let maxsize = -1
  if (maxsizeObject === Py_None) wrapper = infinite
  else if (PyLong_Check(maxsizeObject)) {
    maxsize = PyNumber_AsSsize_t(maxsizeObject, null)
    if (maxsize === -1 && PyErr_Occurred() !== null) return null
    if (maxsize < 0) maxsize = 0
    wrapper = maxsize === 0 ? uncached : bounded
  } else return PyErr_SetString(PyExc_TypeError, 'maxsize should be integer or None')
  const cache = PyDict_New()
  const o = PyType_GenericAlloc(type, 0)
  if (o === null) return Py_DECREF(cache), null
  o.v = new CacheData(wrapper, maxsize, typedObject.v === 1, cache, ref(func), ref(info), ref(keywordMark()))
  roots.set(o, makeRoot(o))
  return o
}

function makeRoot(o: PyObject): PyObject {
  // Not an object of the process: only its payload is used, so it borrows the wrapper's header shape.
  const root = Object.create(Object.getPrototypeOf(o) as object) as PyObject
  const data = new LinkData()
  root.v = data
  data.prev = data.next = root
  return root
}

/** Calls `entry` for each cached result of a bounded cache, the oldest first. Both are BORROWED. */
export function lruEntries(o: PyObject, entry: (key: PyObject, result: PyObject) => void): void {
  const root = roots.get(o)
  if (root === undefined) return
  for (let l = link(root).next; l !== root; l = link(l).next) {
    const { key, result } = link(l)
    if (key !== null && result !== null) entry(key, result)
  }
}

let mark: PyObject | null = null

function keywordMark(): PyObject {
  return mark!
}

/** Empties the ring and gives its references up. */
function clearRing(o: PyObject): void {
  const root = roots.get(o)!
  let l = link(root).next
  link(root).prev = link(root).next = root
  while (l !== root) {
    const next = link(l).next
    Py_DECREF(l)
    l = next
  }
}

function cache_info(o: PyObject): PyObject | null {
  const d = cacheOf(o)
  const values = [PyLong_FromLong(d.hits), PyLong_FromLong(d.misses), d.maxsize < 0 ? none() : PyLong_FromLong(d.maxsize), PyLong_FromLong(PyDict_GET_SIZE(d.cache))]
  const result = PyObject_Vectorcall(d.cacheInfoType, values, 4, null)
  for (const v of values) Py_DECREF(v)
  return result
}

function cache_clear(o: PyObject): PyObject {
  const d = cacheOf(o)
  d.hits = d.misses = 0
  PyDict_Clear(d.cache)
  clearRing(o)
  return none()
}

const lru_cache_type: PyTypeObject = new PyTypeObject('functools._lru_cache_wrapper', {
  tp_basicsize: 152, tp_dictoffset: 136, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_METHOD_DESCRIPTOR,
  tp_new: lru_cache_new,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
    const d = cacheOf(o)
    if (d !== null) {
      clearRing(o)
      Py_DECREF(d.cache)
      Py_DECREF(d.func)
      Py_DECREF(d.kwd_mark)
      Py_DECREF(d.cacheInfoType)
    }
    Py_XDECREF(o.dict as PyObject | null)
    o.dict = null
    o.ob_type.tp_free!(o)
  },
  tp_free: PyObject_GC_Del,
  tp_clear: o => {
    const d = cacheOf(o)
    clearRing(o)
    PyDict_Clear(d.cache)
  },
  tp_call: (o, args, kwargs) => cacheOf(o).wrapper(o, cacheOf(o), args, kwargs),
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_descr_get: (o, obj) => obj === null || obj === Py_None ? ref(o) : PyMethod_New(o, obj),
  tp_traverse: (o, visit) => {
    const d = cacheOf(o)
    if (d === null) return
    const root = roots.get(o)!
    for (let l = link(root).next; l !== root; l = link(l).next) {
      if (link(l).key !== null) visit(link(l).key!)
      if (link(l).result !== null) visit(link(l).result!)
    }
    visit(d.cache)
    visit(d.func)
    visit(d.kwd_mark)
    visit(d.cacheInfoType)
    if (o.dict !== null) visit(o.dict as PyObject)
  },
  tp_methods: [
    { ml_name: 'cache_info', ml_flags: METH_NOARGS, ml_meth: cache_info, signature: '($self, /)' },
    { ml_name: 'cache_clear', ml_flags: METH_NOARGS, ml_meth: cache_clear, signature: '($self, /)' },
    { ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyObject_GetAttr(o, _Py_ID('__qualname__')) },
    { ml_name: '__copy__', ml_flags: METH_VARARGS, ml_meth: (o: PyObject) => ref(o) },
    { ml_name: '__deepcopy__', ml_flags: METH_VARARGS, ml_meth: (o: PyObject) => ref(o) },
  ],
  tp_getset: [{
    name: '__dict__',
    get: o => {
      o.dict ??= PyDict_New()
      return ref(o.dict as PyObject)
    },
  }],
})

const methods: PyMethodDef[] = [
  { ml_name: 'reduce', ml_flags: METH_VARARGS, ml_meth: reduce },
  { ml_name: 'cmp_to_key', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: cmp_to_key, signature: '($module, /, mycmp)' },
]

export function PyInit__functools(): PyObject | null {
  const module = PyModule_Create('_functools', methods)
  if (module === null) return null
  partialVectorcall.type = partial_type
  partialVectorcall.of = o => PyVectorcall_Function(partial(o).fn) === null ? null : partial_vectorcall
  for (const type of [partial_type, keyobject_type, lru_cache_type, lru_list_elem_type]) if (PyType_Ready(type) < 0) return null
  const object = PyLong_Type.mro[PyLong_Type.mro.length - 1]!
  mark = PyObject_Vectorcall(object, [], 0, null)
  PyModule_AddObjectRef(module, 'partial', partial_type)
  PyModule_AddObjectRef(module, '_lru_cache_wrapper', lru_cache_type)
  return module
}

