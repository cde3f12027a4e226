// itertools: lazy iterators. Modules/itertoolsmodule.c. Each type's struct is a small class; what they share (dealloc,
// traverse over the fields that are objects) is made once by `iterType`.
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { PyDict_GET_SIZE, PyDict_GetItemWithError } from '../objects/dictobject'
import { ArgParser } from '../objects/arg-parser'
import {
  PyIndex_Check, PyIter_Next, PyNumber_Add, PyNumber_AsSsize_t, PyNumber_Check, PyObject_GetIter, PySequence_Tuple,
} from '../objects/abstract'
import { PyObject_CallOneArg, PyObject_Call, PyObject_Vectorcall } from '../objects/call'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_OverflowError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError, PyExc_RuntimeError } from '../objects/exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords, _PyArg_CheckPositional, _PyArg_UnpackKeywords } from '../objects/getargs'
import { parseKeywordOnly, parseTupleAndKeywords } from '../objects/getargs-keywords'
import { MAX_ITEMS, PyList_Append, PyList_New } from '../objects/listobject'
import { PyLong_AsLongAndOverflow, PyLong_CheckExact, PyLong_FromLong, PyLong_FromSsize_t, longOverflow } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_CLASS, METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_EQ, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyMethodDef,
  type PyObject, PyTypeObject, type TypeSpec, genericGetAttr
} from '../objects/object'
import { PyObject_GetAttr, PyObject_IsTrue, PyObject_RichCompareBool, PyObject_SelfIter, _PyObject_LookupAttr } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_IsTracked, PyObject_GC_Track, PyObject_GC_UnTrack, PyMem_Free, PyMem_Malloc, _PyType_AllocNoTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'
import { TAG_SCRATCH } from '../../memory/events'
import { PyTuple_FromArray, PyTuple_New, PyTuple_SET_ITEM, _PyTuple_FromArray } from '../objects/tupleobject'
import { PyType_Ready } from '../objects/typeobject'
import { _Py_ID } from '../objects/unicodeobject'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

/** Any field of a struct that is an object (or an array of them) is owned by it. */
type Struct = object

/** What has arrays of indices: their blocks. */
interface Indexed { blocks?: number[] }

const indexBlock = (count: number): number => PyMem_Malloc(8 * count, TAG_SCRATCH)

function* objectsOf(struct: Struct): Generator<PyObject> {
  for (const value of Object.values(struct) as unknown[]) {
    if (Array.isArray(value)) {
      for (const item of value) if (isObject(item)) yield item
    } else if (isObject(value)) yield value
  }
}

const isObject = (x: unknown): x is PyObject => typeof x === 'object' && x !== null && 'ob_refcnt' in x

const types: PyTypeObject[] = []

function iterType(name: string, size: number, spec: Partial<TypeSpec>): PyTypeObject {
  const type = new PyTypeObject(name, {
    tp_basicsize: size, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    tp_dealloc: o => {
      PyObject_GC_UnTrack(o)
      if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
      const held = o.v === null ? [] : [...objectsOf(o.v as Struct)]
      const blocks = (o.v as Indexed | null)?.blocks
      o.v = null
      for (const x of held) Py_DECREF(x)
      if (blocks !== undefined) for (const block of blocks) PyMem_Free(block)
      o.ob_type.tp_free!(o)
    },
    tp_free: PyObject_GC_Del,
    tp_traverse: (o, visit) => {
      if (o.v !== null) for (const x of objectsOf(o.v as Struct)) visit(x)
    },
    tp_getattro: genericGetAttr,
    tp_iter: o => PyObject_SelfIter(o),
    ...spec,
  })
  types.push(type)
  return type
}

/** NEW tracked iterator; the struct's references are stolen. */
function make(type: PyTypeObject, struct: Struct): PyObject {
  const o = _PyType_AllocNoTrack(type, 0, struct)!
  PyObject_GC_Track(o)
  return o
}

const countParser = new ArgParser('count', ['start', 'step'])
const groupbyParser = new ArgParser('groupby', ['iterable', 'key'])
const compressParser = new ArgParser('compress', ['data', 'selectors'])
const accumulateParser = new ArgParser('accumulate', ['iterable', 'func', 'initial'])

/** Arguments as Argument Clinic takes them apart. */
function unpack(parser: ArgParser, args: PyObject, kwargs: PyObject | null, min: number, max: number): (PyObject | null)[] | null {
  return _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, parser, min, max, 0)
}

/** The one keyword argument that zip_longest takes, or null for others. */
function onlyKeyword(kwargs: PyObject | null, name: string): PyObject | null | undefined {
  if (kwargs === null || PyDict_GET_SIZE(kwargs) === 0) return null
  return PyDict_GET_SIZE(kwargs) === 1 ? PyDict_GetItemWithError(kwargs, _Py_ID(name)) ?? undefined : undefined
}

const argsOf = (args: PyObject): PyObject[] => args.v as PyObject[]
const tupleOf = (...items: PyObject[]): PyObject => PyTuple_FromArray(items)
const method = (name: string, meth: (o: PyObject, arg: PyObject) => PyObject | null, flags = METH_NOARGS): PyMethodDef =>
  ({ ml_name: name, ml_flags: flags, ml_meth: meth })

/** The end of an iterator: true; an error: false. Clears StopIteration. */
function ended(): boolean {
  if (PyErr_Occurred() === null) return true
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return false
  PyErr_Clear()
  return true
}

function nextOf(it: PyObject): PyObject | null {
  return it.ob_type.tp_iternext!(it)
}

// ---- count -----------------------------------------------------------------------------------------------------------------

interface Count { cnt: number, long_cnt: PyObject | null, long_step: PyObject }

const count_type: PyTypeObject = iterType('itertools.count', 40, {
  tp_new: (type, args, kwargs) => {
    const given = unpack(countParser, args, kwargs, 0, 2)
    if (given === null) return null
    const [start, step] = [given[0] ?? null, given[1] ?? null]
    if ((start !== null && !PyNumber_Check(start)) || (step !== null && !PyNumber_Check(step))) {
      return PyErr_SetString(PyExc_TypeError, 'a number is required')
    }
    const long_step = step === null ? PyLong_FromLong(1) : ref(step)
    let cnt = 0
    let long_cnt: PyObject | null = null
    const fast = (start === null || PyLong_CheckExact(start)) && PyLong_CheckExact(long_step) && long_step.v === 1
    if (fast) {
      if (start !== null) {
        cnt = PyLong_AsLongAndOverflow(start)
        if (longOverflow() !== 0 || !Number.isSafeInteger(cnt)) long_cnt = ref(start)
      }
    } else long_cnt = start === null ? PyLong_FromLong(0) : ref(start)
    return make(type, { cnt, long_cnt, long_step } satisfies Count)
  },
  tp_iternext: o => {
    const c = o.v as Count
    if (c.long_cnt === null) {
      if (c.cnt < Number.MAX_SAFE_INTEGER) return PyLong_FromSsize_t(c.cnt++)
      c.long_cnt = PyLong_FromSsize_t(c.cnt)
    }
    const value = c.long_cnt
    const next = PyNumber_Add(value, c.long_step)
    if (next === null) return null
    c.long_cnt = next
    return value
  },
  tp_repr: o => {
    const c = o.v as Count
    if (c.long_cnt === null) return PyUnicode_FromFormat('%s(%zd)', 'count', c.cnt)
    return PyLong_CheckExact(c.long_step) && c.long_step.v === 1 ? PyUnicode_FromFormat('%s(%R)', 'count', c.long_cnt)
      : PyUnicode_FromFormat('%s(%R, %R)', 'count', c.long_cnt, c.long_step)
  },
  tp_methods: [method('__reduce__', o => {
    const c = o.v as Count
    const start = c.long_cnt === null ? PyLong_FromSsize_t(c.cnt) : ref(c.long_cnt)
    return c.long_step.v === 1 && c.long_cnt === null ? tupleOf(ref(o.ob_type), tupleOf(start))
      : tupleOf(ref(o.ob_type), tupleOf(start, ref(c.long_step)))
  })],
})

// ---- cycle, repeat ---------------------------------------------------------------------------------------------------------

interface Cycle { it: PyObject | null, saved: PyObject, index: number, firstpass: boolean }

const cycle_type: PyTypeObject = iterType('itertools.cycle', 48, {
  tp_new: (type, args, kwargs) => {
    if (type === cycle_type && !_PyArg_NoKeywords('cycle', kwargs)) return null
    const given = PyArg_UnpackTuple(args, 'cycle', 1, 1)
    if (given === null) return null
    const it = PyObject_GetIter(given[0]!)
    if (it === null) return null
    return make(type, { it, saved: PyList_New(0), index: 0, firstpass: false } satisfies Cycle)
  },
  tp_iternext: o => {
    const c = o.v as Cycle
    if (c.it !== null) {
      const item = PyIter_Next(c.it)
      if (item !== null) {
        if (c.firstpass) return item
        if (PyList_Append(c.saved, item) !== 0) return Py_DECREF(item), null
        return item
      }
      if (PyErr_Occurred() !== null) return null
      const it = c.it
      c.it = null
      Py_DECREF(it)
    }
    const items = c.saved.v.ob_item as PyObject[]
    if (items.length === 0) return null
    const item = ref(items[c.index]!)
    if (++c.index >= items.length) c.index = 0
    return item
  },
})

interface Repeat { element: PyObject, cnt: number }

const repeat_type: PyTypeObject = iterType('itertools.repeat', 32, {
  tp_new: (type, args, kwargs) => {
    const given = parseTupleAndKeywords('repeat', ['object', 'times'], 1, 2, args, kwargs)
    if (given === null) return null
    let cnt = -1
    if (given[1] !== null && given[1] !== undefined) {
      cnt = PyNumber_AsSsize_t(given[1], PyExc_OverflowError)
      if (cnt === -1 && PyErr_Occurred() !== null) return null
      if (cnt < 0) cnt = 0
    }
    return make(type, { element: ref(given[0]!), cnt } satisfies Repeat)
  },
  tp_iternext: o => {
    const r = o.v as Repeat
    if (r.cnt === 0) return null
    if (r.cnt > 0) r.cnt--
    return ref(r.element)
  },
  tp_repr: o => {
    const r = o.v as Repeat
    return r.cnt < 0 ? PyUnicode_FromFormat('%s(%R)', 'repeat', r.element) : PyUnicode_FromFormat('%s(%R, %zd)', 'repeat', r.element, r.cnt)
  },
  tp_methods: [
    method('__length_hint__', o => (o.v as Repeat).cnt < 0
      ? PyErr_SetString(PyExc_TypeError, 'len() of unsized object') : PyLong_FromSsize_t((o.v as Repeat).cnt)),
    method('__reduce__', o => {
      const r = o.v as Repeat
      return tupleOf(ref(o.ob_type), r.cnt < 0 ? tupleOf(ref(r.element)) : tupleOf(ref(r.element), PyLong_FromSsize_t(r.cnt)))
    }),
  ],
})

// ---- chain -------------------------------------------------------------------------------------------------------------------

interface Chain { active: PyObject | null, source: PyObject | null }

const chain_type: PyTypeObject = iterType('itertools.chain', 32, {
  tp_new: (type, args, kwargs) => {
    if (type === chain_type && !_PyArg_NoKeywords('chain', kwargs)) return null
    const source = PyObject_GetIter(args)
    return source === null ? null : make(type, { active: null, source } satisfies Chain)
  },
  tp_iternext: o => {
    const c = o.v as Chain
    while (c.source !== null) {
      if (c.active === null) {
        const iterable = PyIter_Next(c.source)
        if (iterable === null) {
          const source = c.source
          c.source = null
          Py_DECREF(source)
          return null
        }
        c.active = PyObject_GetIter(iterable)
        Py_DECREF(iterable)
        if (c.active === null) {
          const source = c.source
          c.source = null
          Py_DECREF(source)
          return null
        }
      }
      const item = nextOf(c.active)
      if (item !== null) return item
      if (!ended()) return null
      const active = c.active
      c.active = null
      Py_DECREF(active)
    }
    return null
  },
  tp_methods: [
    method('from_iterable', (type, iterable: PyObject) => {
      const source = PyObject_GetIter(iterable)
      return source === null ? null : make(type as PyTypeObject, { active: null, source } satisfies Chain)
    }, METH_O | METH_CLASS),
    method('__reduce__', o => {
      const c = o.v as Chain
      const empty = tupleOf(ref(o.ob_type), tupleOf())
      if (c.source === null) return empty
      Py_DECREF(empty)
      return tupleOf(ref(o.ob_type), tupleOf(), c.active === null ? tupleOf(ref(c.source)) : tupleOf(ref(c.source), ref(c.active)))
    }),
  ],
})

// ---- predicates: dropwhile, takewhile, filterfalse, starmap, compress, pairwise ------------------------------------------------------

interface Func { func: PyObject, it: PyObject, flag: boolean }

function funcNew(name: string) {
  return (type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null => {
    if (!_PyArg_NoKeywords(name, kwargs)) return null
    const given = PyArg_UnpackTuple(args, name, 2, 2)
    if (given === null) return null
    const it = PyObject_GetIter(given[1]!)
    return it === null ? null : make(type, { func: ref(given[0]!), it, flag: false } satisfies Func)
  }
}

/** Truth of func(item): 1, 0, -1. */
function test(func: PyObject, item: PyObject): number {
  const good = PyObject_CallOneArg(func, item)
  if (good === null) return -1
  const truth = PyObject_IsTrue(good)
  Py_DECREF(good)
  return truth
}

const funcReduce = method('__reduce__', o => tupleOf(ref(o.ob_type), tupleOf(ref((o.v as Func).func), ref((o.v as Func).it))))

iterType('itertools.dropwhile', 40, {
  tp_new: funcNew('dropwhile'), tp_methods: [funcReduce],
  tp_iternext: o => {
    const f = o.v as Func
    for (let item = nextOf(f.it); item !== null; item = nextOf(f.it)) {
      if (f.flag) return item
      const truth = test(f.func, item)
      if (truth === 0) {
        f.flag = true
        return item
      }
      Py_DECREF(item)
      if (truth < 0) return null
    }
    return null
  },
})

iterType('itertools.takewhile', 40, {
  tp_new: funcNew('takewhile'), tp_methods: [funcReduce],
  tp_iternext: o => {
    const f = o.v as Func
    if (f.flag) return null
    const item = nextOf(f.it)
    if (item === null) return null
    const truth = test(f.func, item)
    if (truth > 0) return item
    Py_DECREF(item)
    if (truth === 0) f.flag = true
    return null
  },
})

iterType('itertools.filterfalse', 32, {
  tp_new: funcNew('filterfalse'), tp_methods: [funcReduce],
  tp_iternext: o => {
    const f = o.v as Func
    const plain = f.func === Py_None || f.func.ob_type.tp_name === 'type' && (f.func as PyTypeObject).tp_name === 'bool'
    for (let item = nextOf(f.it); item !== null; item = nextOf(f.it)) {
      const truth = plain ? PyObject_IsTrue(item) : test(f.func, item)
      if (truth === 0) return item
      Py_DECREF(item)
      if (truth < 0) return null
    }
    return null
  },
})

iterType('itertools.starmap', 32, {
  tp_new: funcNew('starmap'), tp_methods: [funcReduce],
  tp_iternext: o => {
    const f = o.v as Func
    const args = nextOf(f.it)
    if (args === null) return null
    const tuple = PySequence_Tuple(args)
    Py_DECREF(args)
    if (tuple === null) return null
    const result = PyObject_Call(f.func, tuple, null)
    Py_DECREF(tuple)
    return result
  },
})

interface Compress { data: PyObject, selectors: PyObject }

iterType('itertools.compress', 32, {
  tp_new: (type, args, kwargs) => {
    const given = unpack(compressParser, args, kwargs, 2, 2)
    if (given === null) return null
    const data = PyObject_GetIter(given[0]!)
    if (data === null) return null
    const selectors = PyObject_GetIter(given[1]!)
    return selectors === null ? (Py_DECREF(data), null) : make(type, { data, selectors } satisfies Compress)
  },
  tp_iternext: o => {
    const c = o.v as Compress
    for (;;) {
      const datum = nextOf(c.data)
      if (datum === null) return null
      const selector = nextOf(c.selectors)
      if (selector === null) return Py_DECREF(datum), null
      const truth = PyObject_IsTrue(selector)
      Py_DECREF(selector)
      if (truth > 0) return datum
      Py_DECREF(datum)
      if (truth < 0) return null
    }
  },
})

interface Pairwise { it: PyObject | null, old: PyObject | null }

iterType('itertools.pairwise', 32, {
  tp_new: (type, args, kwargs) => {
    if (!_PyArg_NoKeywords('pairwise', kwargs) || !_PyArg_CheckPositional('pairwise', argsOf(args).length, 1, 1)) return null
    const it = PyObject_GetIter(argsOf(args)[0]!)
    return it === null ? null : make(type, { it, old: null } satisfies Pairwise)
  },
  tp_iternext: o => {
    const p = o.v as Pairwise
    if (p.it === null) return null
    let old = p.old
    if (old === null) {
      // Getting an item may get to this very iterator.
      old = nextOf(p.it)
      const before = p.old
      p.old = old
      Py_XDECREF(before)
      const it = p.it as PyObject | null
      if (old === null) {
        p.it = null
        Py_XDECREF(it)
        return null
      }
      if (it === null) {
        p.old = null
        Py_DECREF(old)
        return null
      }
    }
    ref(old)
    const fresh = nextOf(p.it)
    if (fresh === null) {
      const it = p.it
      const kept = p.old
      p.it = p.old = null
      if (it !== null) Py_DECREF(it)
      Py_XDECREF(kept)
      Py_DECREF(old)
      return null
    }
    const before = p.old
    p.old = ref(fresh)
    Py_XDECREF(before)
    return tupleOf(old, fresh)
  },
})

// ---- islice, accumulate -----------------------------------------------------------------------------------------------------------

interface Islice { it: PyObject | null, next: number, stop: number, step: number, cnt: number }

function sliceNumber(o: PyObject | undefined, fallback: number, message: string): number {
  if (o === undefined || o === Py_None) return fallback
  if (PyIndex_Check(o)) {
    const n = PyNumber_AsSsize_t(o, PyExc_OverflowError)
    if (!(n === -1 && PyErr_Occurred() !== null) && n >= 0) return n
    if (PyErr_Occurred() !== null) PyErr_Clear()
  }
  PyErr_SetString(PyExc_ValueError, message)
  return NaN
}

const islice_type: PyTypeObject = iterType('itertools.islice', 56, {
  tp_new: (type, args, kwargs) => {
    if (type === islice_type && !_PyArg_NoKeywords('islice', kwargs)) return null
    const given = PyArg_UnpackTuple(args, 'islice', 2, 4)
    if (given === null) return null
    const bound = 'must be None or an integer: 0 <= x <= sys.maxsize.'
    let start = 0
    let stop: number
    let step = 1
    if (given.length === 2) {
      stop = sliceNumber(given[1], -1, `Stop argument for islice() ${bound}`)
      if (Number.isNaN(stop)) return null
    } else {
      start = sliceNumber(given[1], 0, `Indices for islice() ${bound}`)
      if (Number.isNaN(start)) return null
      stop = sliceNumber(given[2], -1, `Stop argument for islice() ${bound}`)
      if (Number.isNaN(stop)) return null
      step = sliceNumber(given[3], 1, 'Step for islice() must be a positive integer or None.')
      if (Number.isNaN(step)) return null
      if (step < 1) return PyErr_SetString(PyExc_ValueError, 'Step for islice() must be a positive integer or None.')
    }
    const it = PyObject_GetIter(given[0]!)
    return it === null ? null : make(type, { it, next: start, stop, step, cnt: 0 } satisfies Islice)
  },
  tp_iternext: o => {
    const s = o.v as Islice
    if (s.it === null) return null
    const finish = (): null => {
      const it = s.it
      s.it = null
      if (it !== null) Py_DECREF(it)
      return null
    }
    while (s.cnt < s.next) {
      const item = nextOf(s.it)
      if (item === null) return finish()
      Py_DECREF(item)
      s.cnt++
    }
    if (s.stop !== -1 && s.cnt >= s.stop) return finish()
    const item = nextOf(s.it)
    if (item === null) return finish()
    s.cnt++
    s.next += s.step
    if (s.stop !== -1 && s.next > s.stop) s.next = s.stop
    return item
  },
})

interface Accumulate { total: PyObject | null, it: PyObject, binop: PyObject | null, initial: PyObject | null }

iterType('itertools.accumulate', 48, {
  tp_new: (type, args, kwargs) => {
    const given = unpack(accumulateParser, args, kwargs, 1, 2)
    if (given === null) return null
    const it = PyObject_GetIter(given[0]!)
    if (it === null) return null
    const [func, initial] = [given[1] ?? Py_None, given[2] ?? Py_None]
    return make(type, {
      binop: func === Py_None ? null : ref(func), total: null, it, initial: initial === Py_None ? null : ref(initial),
    } satisfies Accumulate)
  },
  tp_iternext: o => {
    const a = o.v as Accumulate
    if (a.initial !== null) {
      a.total = a.initial
      a.initial = null
      return ref(a.total)
    }
    const value = nextOf(a.it)
    if (value === null) return null
    if (a.total === null) {
      a.total = ref(value)
      return value
    }
    const total = a.binop === null ? PyNumber_Add(a.total, value) : PyObject_Vectorcall(a.binop, [a.total, value], 2, null)
    Py_DECREF(value)
    if (total === null) return null
    const old = a.total
    a.total = ref(total)
    Py_DECREF(old)
    return total
  },
})

// ---- zip_longest -----------------------------------------------------------------------------------------------------------------

interface ZipLongest { ittuple: PyObject, result: PyObject, active: number, fill: PyObject }

iterType('itertools.zip_longest', 56, {
  tp_new: (type, args, kwargs) => {
    const fill = onlyKeyword(kwargs, 'fillvalue')
    if (fill === undefined) return PyErr_SetString(PyExc_TypeError, 'zip_longest() got an unexpected keyword argument')
    const size = argsOf(args).length
    const ittuple = PyTuple_New(size)
    for (let i = 0; i < size; i++) {
      const it = PyObject_GetIter(argsOf(args)[i]!)
      if (it === null) return Py_DECREF(ittuple), null
      PyTuple_SET_ITEM(ittuple, i, it)
    }
    const result = PyTuple_New(size)
    for (let i = 0; i < size; i++) PyTuple_SET_ITEM(result, i, ref(Py_None))
    return make(type, { ittuple, result, active: size, fill: ref(fill ?? Py_None) } satisfies ZipLongest)
  },
  // Mirrors zip_longest_next: the last row is filled again when nobody else has it.
  tp_iternext: o => {
    const z = o.v as ZipLongest
    const its = z.ittuple.v as (PyObject | null)[]
    if (its.length === 0 || z.active === 0) return null
    const again = z.result.ob_refcnt === 1
    const row = again ? ref(z.result) : PyTuple_New(its.length)
    for (let i = 0; i < its.length; i++) {
      const it = its[i]!
      let item: PyObject | null
      if (it === null) item = ref(z.fill)
      else {
        item = PyIter_Next(it)
        if (item === null) {
          z.active--
          if (z.active === 0 || PyErr_Occurred() !== null) {
            z.active = 0
            Py_DECREF(row)
            return null
          }
          item = ref(z.fill)
          its[i] = null
          Py_DECREF(it)
        }
      }
      const old = (row.v as PyObject[])[i]
      ;(row.v as PyObject[])[i] = item
      if (again) Py_DECREF(old!)
    }
    if (again && !PyObject_GC_IsTracked(row)) PyObject_GC_Track(row)
    return row
  },
})

// ---- tee -----------------------------------------------------------------------------------------------------------------------------

const LINKCELLS = 57

interface TeeData { it: PyObject, values: PyObject[], nextlink: PyObject | null, running: boolean }

const teedataobject_type: PyTypeObject = iterType('itertools._tee_dataobject', 496, { tp_flags: Py_TPFLAGS_HAVE_GC, tp_iter: null })

function newTeeData(it: PyObject): PyObject {
  return make(teedataobject_type, { it: ref(it), values: [], nextlink: null, running: false } satisfies TeeData)
}

interface Tee { data: PyObject, index: number }

const tee_type: PyTypeObject = iterType('itertools._tee', 40, {
  tp_flags: Py_TPFLAGS_HAVE_GC, weakrefs: true,
  tp_iternext: o => {
    const t = o.v as Tee
    if (t.index >= LINKCELLS) {
      const d = t.data.v as TeeData
      d.nextlink ??= newTeeData(d.it)
      const old = t.data
      t.data = ref(d.nextlink)
      Py_DECREF(old)
      t.index = 0
    }
    const d = t.data.v as TeeData
    if (t.index < d.values.length) return ref(d.values[t.index++]!)
    if (d.running) return PyErr_SetString(PyExc_RuntimeError, 'cannot re-enter the tee iterator')
    d.running = true
    const value = PyIter_Next(d.it)
    d.running = false
    if (value === null) return null
    d.values.push(value)
    t.index++
    return ref(value)
  },
  tp_methods: [method('__copy__', o => teeCopy(o))],
})

function teeCopy(o: PyObject): PyObject {
  const t = o.v as Tee
  return make(tee_type, { data: ref(t.data), index: t.index } satisfies Tee)
}

function teeFrom(iterable: PyObject): PyObject | null {
  const it = PyObject_GetIter(iterable)
  if (it === null) return null
  if (it.ob_type === tee_type) {
    const copy = teeCopy(it)
    Py_DECREF(it)
    return copy
  }
  const data = newTeeData(it)
  Py_DECREF(it)
  return make(tee_type, { data, index: 0 } satisfies Tee)
}

function tee(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('tee', nargs, 1, 2)) return null
  let n = 2
  if (nargs > 1) {
    n = PyNumber_AsSsize_t(args[1]!, PyExc_OverflowError)
    if (n === -1 && PyErr_Occurred() !== null) return null
  }
  if (n < 0) return PyErr_SetString(PyExc_ValueError, 'n must be >= 0')
  const result = PyTuple_New(n)
  if (n === 0) return result
  const it = PyObject_GetIter(args[0]!)
  if (it === null) return Py_DECREF(result), null
  let copier = _PyObject_LookupAttr(it, _Py_ID('__copy__'))
  if (copier === null) {
    const first = PyErr_Occurred() !== null ? null : teeFrom(it)
    Py_DECREF(it)
    if (first === null) return Py_DECREF(result), null
    copier = PyObject_GetAttr(first, _Py_ID('__copy__'))!
    PyTuple_SET_ITEM(result, 0, first)
  } else PyTuple_SET_ITEM(result, 0, it)
  for (let i = 1; i < n; i++) {
    const copy = PyObject_Vectorcall(copier, [], 0, null)
    if (copy === null) return Py_DECREF(copier), Py_DECREF(result), null
    PyTuple_SET_ITEM(result, i, copy)
  }
  Py_DECREF(copier)
  return result
}

// ---- groupby -------------------------------------------------------------------------------------------------------------------------

interface GroupBy {
  it: PyObject
  keyfunc: PyObject
  tgtkey: PyObject | null
  currkey: PyObject | null
  currvalue: PyObject | null
}
/** The group that may still read from its groupby; borrowed, so kept outside the struct. */
const currentGroup = new WeakMap<PyObject, PyObject>()

const groupby_type: PyTypeObject = iterType('itertools.groupby', 64, {
  tp_new: (type, args, kwargs) => {
    const given = unpack(groupbyParser, args, kwargs, 1, 2)
    if (given === null) return null
    const o = _PyType_AllocNoTrack(type, 0, null)!
    const it = PyObject_GetIter(given[0]!)
    if (it === null) return PyObject_GC_Track(o), Py_DECREF(o), null
    o.v = { it, keyfunc: ref(given[1] ?? Py_None), tgtkey: null, currkey: null, currvalue: null } satisfies GroupBy
    PyObject_GC_Track(o)
    return o
  },
  tp_iternext: o => {
    const g = o.v as GroupBy
    currentGroup.delete(o)
    for (;;) {
      if (g.currkey !== null) {
        if (g.tgtkey === null) break
        const same = PyObject_RichCompareBool(g.tgtkey, g.currkey, Py_EQ)
        if (same < 0) return null
        if (same === 0) break
      }
      if (groupStep(g) < 0) return null
    }
    const old = g.tgtkey
    g.tgtkey = ref(g.currkey!)
    Py_XDECREF(old)
    const group = make(grouper_type, { parent: ref(o), tgtkey: ref(g.tgtkey) } satisfies Grouper)
    currentGroup.set(o, group)
    return tupleOf(ref(g.currkey!), group)
  },
})

/** Takes the next value: 0, or -1 at the end or on error. Mirrors groupby_step. */
function groupStep(g: GroupBy): number {
  const value = PyIter_Next(g.it)
  if (value === null) return -1
  let key: PyObject | null
  if (g.keyfunc === Py_None) key = ref(value)
  else {
    key = PyObject_CallOneArg(g.keyfunc, value)
    if (key === null) return Py_DECREF(value), -1
  }
  const [oldValue, oldKey] = [g.currvalue, g.currkey]
  g.currvalue = value
  g.currkey = key
  Py_XDECREF(oldValue)
  Py_XDECREF(oldKey)
  return 0
}

interface Grouper { parent: PyObject, tgtkey: PyObject }

const grouper_type: PyTypeObject = iterType('itertools._grouper', 32, {
  tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_iternext: o => {
    const { parent, tgtkey } = o.v as Grouper
    if (currentGroup.get(parent) !== o) return null
    const g = parent.v as GroupBy
    if (g.currvalue === null && groupStep(g) < 0) return null
    const same = PyObject_RichCompareBool(tgtkey, g.currkey!, Py_EQ)
    if (same <= 0) return null
    // The comparison may have taken the value itself.
    const value = g.currvalue
    const key = g.currkey
    g.currvalue = g.currkey = null
    Py_XDECREF(key)
    return value
  },
})

// ---- combinatorics --------------------------------------------------------------------------------------------------------------------

interface Product extends Indexed { pools: PyObject, indices: number[], result: PyObject | null, stopped: boolean, blocks: number[] }

/** The row to fill next: the last one when nobody else holds it, a copy otherwise. */
function nextRow(struct: { result: PyObject | null }): PyObject[] {
  const old = struct.result!
  if (old.ob_refcnt > 1) {
    struct.result = _PyTuple_FromArray(old.v as PyObject[])!
    Py_DECREF(old)
  } else if (!PyObject_GC_IsTracked(old)) PyObject_GC_Track(old)
  return struct.result!.v as PyObject[]
}

/** The end: the last row goes. */
function stop(struct: { result: PyObject | null, stopped: boolean }): null {
  const old = struct.result
  struct.stopped = true
  struct.result = null
  if (old !== null) Py_DECREF(old)
  return null
}

function firstRow(struct: { result: PyObject | null }, items: PyObject[]): PyObject {
  struct.result = PyTuple_FromArray(items.map(ref))
  return ref(struct.result)
}

function replace(row: PyObject[], i: number, item: PyObject): void {
  const old = row[i]!
  if (old === item) return
  row[i] = ref(item)
  Py_DECREF(old)
}

iterType('itertools.product', 48, {
  tp_new: (type, args, kwargs) => {
    const given = parseKeywordOnly('product', ['repeat'], kwargs)
    if (given === null) return null
    let times = 1
    if (given[0] !== null && given[0] !== undefined) {
      times = PyNumber_AsSsize_t(given[0], PyExc_OverflowError)
      if (times === -1 && PyErr_Occurred() !== null) return null
      if (times < 0) return PyErr_SetString(PyExc_ValueError, 'repeat argument cannot be negative')
    }
    const sources = times === 0 ? [] : argsOf(args)
    const count = sources.length * times
    if (count >= 2 ** 60) return PyErr_SetString(PyExc_OverflowError, 'repeat argument too large')
    if (count > MAX_ITEMS) return PyErr_NoMemory()
    const blocks = [indexBlock(count)]
    const pools = PyTuple_New(count)
    for (let i = 0; i < count; i++) {
      const pool = i < sources.length ? PySequence_Tuple(sources[i]!) : ref((pools.v as PyObject[])[i - sources.length]!)
      if (pool === null) {
        PyMem_Free(blocks[0]!)
        Py_DECREF(pools)
        return null
      }
      PyTuple_SET_ITEM(pools, i, pool)
    }
    return make(type, { pools, indices: new Array<number>(count).fill(0), result: null, stopped: false, blocks } satisfies Product)
  },
  tp_iternext: o => {
    const p = o.v as Product
    if (p.stopped) return null
    const pools = p.pools.v as PyObject[]
    const poolOf = (i: number): PyObject[] => pools[i]!.v as PyObject[]
    if (p.result === null) {
      p.result = PyTuple_New(pools.length)
      for (let i = 0; i < pools.length; i++) {
        if (poolOf(i).length === 0) {
          p.stopped = true
          return null
        }
        PyTuple_SET_ITEM(p.result, i, ref(poolOf(i)[0]!))
      }
      return ref(p.result)
    }
    const row = nextRow(p)
    for (let i = pools.length - 1; i >= 0; i--) {
      if (++p.indices[i]! === poolOf(i).length) {
        p.indices[i] = 0
        replace(row, i, poolOf(i)[0]!)
      } else {
        replace(row, i, poolOf(i)[p.indices[i]!]!)
        return ref(p.result)
      }
    }
    return stop(p)
  },
  tp_methods: [method('__sizeof__', o => PyLong_FromSsize_t(o.ob_type.tp_basicsize + 8 * (o.v as Product).indices.length))],
})

interface Combinations extends Indexed { pool: PyObject, indices: number[], result: PyObject | null, r: number, stopped: boolean, cycles: number[] | null, blocks: number[] }

function combinationsNew(name: string, rRequired: boolean) {
  const parser = new ArgParser(name, ['iterable', 'r'])
  return (type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null => {
    const given = unpack(parser, args, kwargs, rRequired ? 2 : 1, 2)
    if (given === null) return null
    const pool = PySequence_Tuple(given[0]!)
    if (pool === null) return null
    const n = (pool.v as PyObject[]).length
    let r = n
    const robj = given[1] ?? Py_None
    if (robj !== Py_None || rRequired) {
      r = PyNumber_AsSsize_t(robj, PyExc_OverflowError)
      if (r === -1 && PyErr_Occurred() !== null) return Py_DECREF(pool), null
      if (r < 0) return Py_DECREF(pool), PyErr_SetString(PyExc_ValueError, 'r must be non-negative')
      if (r > MAX_ITEMS) return Py_DECREF(pool), PyErr_NoMemory()
    }
    const replacement = name === 'combinations_with_replacement'
    const permutations = name === 'permutations'
    return make(type, {
      pool, r, result: null,
      indices: Array.from({ length: permutations ? n : r }, (_x, i) => replacement ? 0 : i),
      cycles: permutations ? Array.from({ length: r }, (_x, i) => n - i) : null,
      stopped: replacement ? n === 0 && r > 0 : r > n, blocks: permutations ? [indexBlock(n), indexBlock(r)] : [indexBlock(r)],
    } satisfies Combinations)
  }
}

const combinationsSize = method('__sizeof__', o => {
  const c = o.v as Combinations
  return PyLong_FromSsize_t(o.ob_type.tp_basicsize + 8 * (c.indices.length + (c.cycles?.length ?? 0)))
})

iterType('itertools.combinations', 56, {
  tp_methods: [combinationsSize],
  tp_new: combinationsNew('combinations', true),
  tp_iternext: o => {
    const c = o.v as Combinations
    if (c.stopped) return null
    const pool = c.pool.v as PyObject[]
    if (c.result === null) {
      return firstRow(c, c.indices.map(i => pool[i]!))
    }
    const row = nextRow(c)
    let i = c.r - 1
    while (i >= 0 && c.indices[i] === i + pool.length - c.r) i--
    if (i < 0) return stop(c)
    c.indices[i]!++
    for (let j = i + 1; j < c.r; j++) c.indices[j] = c.indices[j - 1]! + 1
    for (; i < c.r; i++) replace(row, i, pool[c.indices[i]!]!)
    return ref(c.result!)
  },
})

iterType('itertools.combinations_with_replacement', 56, {
  tp_methods: [combinationsSize],
  tp_new: combinationsNew('combinations_with_replacement', true),
  tp_iternext: o => {
    const c = o.v as Combinations
    if (c.stopped) return null
    const pool = c.pool.v as PyObject[]
    if (c.result === null) {
      return firstRow(c, c.indices.map(() => pool[0]!))
    }
    const row = nextRow(c)
    let i = c.r - 1
    while (i >= 0 && c.indices[i] === pool.length - 1) i--
    if (i < 0) return stop(c)
    const index = c.indices[i]! + 1
    for (; i < c.r; i++) {
      c.indices[i] = index
      replace(row, i, pool[index]!)
    }
    return ref(c.result!)
  },
})

iterType('itertools.permutations', 64, {
  tp_new: combinationsNew('permutations', false),
  tp_iternext: o => {
    const c = o.v as Combinations
    if (c.stopped) return null
    const pool = c.pool.v as PyObject[]
    if (c.result === null) {
      return firstRow(c, c.indices.slice(0, c.r).map(i => pool[i]!))
    }
    const n = pool.length
    const row = nextRow(c)
    const { indices } = c
    const cycles = c.cycles!
    let i = c.r - 1
    for (; i >= 0; i--) {
      cycles[i]!--
      if (cycles[i] === 0) {
        const index = indices[i]!
        for (let j = i; j < n - 1; j++) indices[j] = indices[j + 1]!
        indices[n - 1] = index
        cycles[i] = n - i
      } else {
        const j = n - cycles[i]!
        ;[indices[i], indices[j]] = [indices[j]!, indices[i]!]
        for (let k = i; k < c.r; k++) replace(row, k, pool[indices[k]!]!)
        return ref(c.result!)
      }
    }
    return stop(c)
  },
  tp_methods: [combinationsSize],
})

export function PyInit_itertools(): PyObject | null {
  const module = PyModule_Create('itertools', [{ ml_name: 'tee', ml_flags: METH_FASTCALL, ml_meth: tee, signature: '($module, iterable, n=2, /)' }])
  if (module === null) return null
  for (const type of types) {
    if (PyType_Ready(type) < 0) return null
    PyModule_AddObjectRef(module, type.tp_name.slice(10), type)
  }
  return module
}

