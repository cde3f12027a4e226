// collections.deque: a doubly linked list of blocks of 64 places, filled from the middle. Modules/_collectionsmodule.c.
//
// `leftindex` is the first item's place in the left block, `rightindex` the last one's in the right block; an empty deque
// has one block and leftindex = rightindex + 1. Up to 16 blocks are kept for reuse by all deques.
import { PyUnicode_FromFormat } from '../objects/unicode-fromformat'
import { TAG_DEQUE_BLOCK } from '../../memory/events'
import { PyBool_From } from '../objects/boolobject'
import { PyObject_CallOneArg, PyObject_CallFunctionObjArgs } from '../objects/call'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString, PyErr_Clear, PyErr_ExceptionMatches } from '../objects/errors'
import { PyExc_IndexError, PyExc_RuntimeError, PyExc_TypeError, PyExc_ValueError, PyExc_StopIteration } from '../objects/exceptions'
import { Py_GenericAlias } from '../objects/genericaliasobject'
import { PyArg_UnpackTuple, _PyArg_CheckPositional } from '../objects/getargs'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyLong_AsSsize_t, PyLong_FromLong, PyLong_FromSsize_t } from '../objects/longobject'
import { PyNumber_AsSsize_t, PyObject_GetIter, PySequence_List } from '../objects/abstract'
import { sliceIndex } from '../objects/unicode-search'
import {
  METH_CLASS, METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_EQ, Py_NE, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE,
  Py_TPFLAGS_SEQUENCE, Py_XDECREF, PyObject_TypeCheck, PyTypeObject, type PyMethodDef, type PyObject, genericGetAttr,
} from '../objects/object'
import {
  PyObject_HashNotImplemented, PyObject_Repr, PyObject_RichCompare, PyObject_RichCompareBool, PyObject_SelfIter, Py_ReprEnter,
  Py_ReprLeave,
} from '../objects/object-protocol'
import { _PyObject_GetState } from '../objects/object-reduce'
import { PyMem_Free, PyMem_Malloc, PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { _PyRuntime } from '../objects/runtime'
import { Py_None, Py_RETURN_NOTIMPLEMENTED } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_FromString, unicodeFromText } from '../objects/unicodeobject'
import { PyObject_ClearWeakRefs } from '../objects/weakrefobject'

const BLOCKLEN = 64
const CENTER = (BLOCKLEN - 1) >> 1
const BLOCK_BYTES = (BLOCKLEN + 2) * 8
const MAXFREEBLOCKS = 16

class Block {
  left: Block | null = null
  right: Block | null = null
  readonly data: (PyObject | null)[] = new Array<PyObject | null>(BLOCKLEN).fill(null)
  readonly address: number
  constructor(address: number) {
    this.address = address
  }
}

export class DequeData {
  leftblock: Block
  rightblock: Block
  leftindex = CENTER + 1
  rightindex = CENTER
  length = 0
  /** Changes whenever the ends move: iterators notice. */
  state = 0
  /** -1: unbounded. */
  maxlen = -1
  readonly freeblocks: Block[] = []
  constructor(block: Block) {
    this.leftblock = block
    this.rightblock = block
  }
}

const data = (o: PyObject): DequeData => o.v as DequeData
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)

/** `spare`: the blocks that the deque keeps for the next need. */
function newblock(spare: Block[]): Block | null {
  const kept = spare.pop()
  if (kept !== undefined) return kept
  const address = PyMem_Malloc(BLOCK_BYTES, TAG_DEQUE_BLOCK)
  return address === 0 ? null : new Block(address)
}

function freeblock(spare: Block[], block: Block): void {
  block.left = block.right = null
  if (spare.length < MAXFREEBLOCKS) spare.push(block)
  else PyMem_Free(block.address)
}

// ---- the ends ----------------------------------------------------------------------------------------------------------------

/** Adds at the right, STEALS the item; -1: MemoryError. */
function pushRight(d: DequeData, item: PyObject): number {
  if (d.rightindex === BLOCKLEN - 1) {
    const b = newblock(d.freeblocks)
    if (b === null) return -1
    b.left = d.rightblock
    d.rightblock.right = b
    d.rightblock = b
    d.rightindex = -1
  }
  d.length++
  d.rightblock.data[++d.rightindex] = item
  return 0
}

function pushLeft(d: DequeData, item: PyObject): number {
  if (d.leftindex === 0) {
    const b = newblock(d.freeblocks)
    if (b === null) return -1
    b.right = d.leftblock
    d.leftblock.left = b
    d.leftblock = b
    d.leftindex = BLOCKLEN
  }
  d.length++
  d.leftblock.data[--d.leftindex] = item
  return 0
}

/** OWNED item; the deque must not be empty. */
function takeRight(d: DequeData): PyObject {
  const item = d.rightblock.data[d.rightindex]!
  d.rightblock.data[d.rightindex--] = null
  d.length--
  d.state++
  if (d.rightindex < 0) {
    if (d.length > 0) {
      const before = d.rightblock.left!
      freeblock(d.freeblocks, d.rightblock)
      before.right = null
      d.rightblock = before
      d.rightindex = BLOCKLEN - 1
    } else {
      d.leftindex = CENTER + 1
      d.rightindex = CENTER
    }
  }
  return item
}

function takeLeft(d: DequeData): PyObject {
  const item = d.leftblock.data[d.leftindex]!
  d.leftblock.data[d.leftindex++] = null
  d.length--
  d.state++
  if (d.leftindex === BLOCKLEN) {
    if (d.length > 0) {
      const after = d.leftblock.right!
      freeblock(d.freeblocks, d.leftblock)
      after.left = null
      d.leftblock = after
      d.leftindex = 0
    } else {
      d.leftindex = CENTER + 1
      d.rightindex = CENTER
    }
  }
  return item
}

/** As deque_append_internal: STEALS; an item falls off the other end when the deque is full. */
function appendItem(d: DequeData, item: PyObject): number {
  if (pushRight(d, item) < 0) return Py_DECREF(item), -1
  if (d.maxlen >= 0 && d.maxlen < d.length) Py_DECREF(takeLeft(d))
  else d.state++
  return 0
}

function appendLeftItem(d: DequeData, item: PyObject): number {
  if (pushLeft(d, item) < 0) return Py_DECREF(item), -1
  if (d.maxlen >= 0 && d.maxlen < d.length) Py_DECREF(takeRight(d))
  else d.state++
  return 0
}

function items(d: DequeData): PyObject[] {
  const out: PyObject[] = []
  let block: Block = d.leftblock
  for (let i = d.leftindex, n = d.length; n > 0; n--) {
    out.push(block.data[i++]!)
    if (i === BLOCKLEN && n > 1) {
      block = block.right!
      i = 0
    }
  }
  return out
}

/** Block and place of an item. */
function locate(d: DequeData, index: number): [Block, number] {
  const at = index + d.leftindex
  let n = Math.floor(at / BLOCKLEN)
  const place = at % BLOCKLEN
  let block: Block
  if (index < d.length >> 1) {
    block = d.leftblock
    while (n-- > 0) block = block.right!
  } else {
    block = d.rightblock
    n = Math.floor((d.leftindex + d.length - 1) / BLOCKLEN) - n
    while (n-- > 0) block = block.left!
  }
  return [block, place]
}

function rotate(d: DequeData, by: number): number {
  const len = d.length
  if (len <= 1) return 0
  let n = by
  const half = len >> 1
  if (n > half || n < -half) {
    n %= len
    if (n > half) n -= len
    else if (n < -half) n += len
  }
  const { state } = d
  for (; n > 0; n--) if (pushLeft(d, takeRight(d)) < 0) return -1
  for (; n < 0; n++) if (pushRight(d, takeLeft(d)) < 0) return -1
  d.state = state + 1
  return 0
}

// ---- making and dying ------------------------------------------------------------------------------------------------------------

function deque_new(type: PyTypeObject): PyObject | null {
  const o = type.tp_alloc!(type, 0)
  if (o === null) return null
  const b = newblock([])
  if (b === null) return Py_DECREF(o), null
  o.v = new DequeData(b)
  return o
}

/** Items go while the deque is already empty. Mirrors deque_clear. */
function deque_clear(o: PyObject): void {
  const d = data(o)
  if (d === null || d.length === 0) return
  const b = newblock(d.freeblocks)
  if (b === null) {
    while (d.length > 0) Py_DECREF(takeRight(d))
    return
  }
  const old = items(d)
  let block: Block | null = d.leftblock
  const last = d.rightblock
  d.leftblock = d.rightblock = b
  d.leftindex = CENTER + 1
  d.rightindex = CENTER
  d.length = 0
  d.state++
  for (const item of old) Py_DECREF(item)
  while (block !== null) {
    const next: Block | null = block === last ? null : block.right
    block.data.fill(null)
    freeblock(d.freeblocks, block)
    block = next
  }
}

function deque_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  if (o.weaklist !== null) PyObject_ClearWeakRefs(o)
  const d = o.v as DequeData | null
  if (d !== null) {
    deque_clear(o)
    freeblock(d.freeblocks, d.leftblock)
    for (const block of d.freeblocks) PyMem_Free(block.address)
  }
  o.ob_type.tp_free!(o)
}

function extend(o: PyObject, iterable: PyObject, add: (d: DequeData, item: PyObject) => number): number {
  const d = data(o)
  if (iterable === o) {
    const list = PySequence_List(iterable)
    if (list === null) return -1
    const done = extend(o, list, add)
    Py_DECREF(list)
    return done
  }
  const it = PyObject_GetIter(iterable)
  if (it === null) return -1
  const next = it.ob_type.tp_iternext!
  if (d.maxlen === 0) {
    for (let item = next(it); item !== null; item = next(it)) Py_DECREF(item)
    return finishIterator(it)
  }
  if (d.length === 0 && d.leftblock === d.rightblock) {
    // The first item goes to the end it will not grow from.
    if (add === appendItem) {
      d.leftindex = 1
      d.rightindex = 0
    } else {
      d.leftindex = BLOCKLEN - 1
      d.rightindex = BLOCKLEN - 2
    }
  }
  for (let item = next(it); item !== null; item = next(it)) {
    if (add(d, item) < 0) return Py_DECREF(it), -1
  }
  return finishIterator(it)
}

function finishIterator(it: PyObject): number {
  Py_DECREF(it)
  if (PyErr_Occurred() === null) return 0
  if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return -1
  PyErr_Clear()
  return 0
}

function deque_init(o: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const given = parseTupleAndKeywords('deque', ['iterable', 'maxlen'], 0, 2, args, kwargs)
  if (given === null) return -1
  let maxlen = -1
  if (given[1] !== null && given[1] !== undefined && given[1] !== Py_None) {
    maxlen = PyLong_AsSsize_t(given[1])
    if (maxlen === -1 && PyErr_Occurred() !== null) return -1
    if (maxlen < 0) return PyErr_SetString(PyExc_ValueError, 'maxlen must be non-negative'), -1
  }
  data(o).maxlen = maxlen
  if (data(o).length > 0) deque_clear(o)
  return given[0] === null || given[0] === undefined ? 0 : extend(o, given[0], appendItem)
}

const deque_type: PyTypeObject = new PyTypeObject('collections.deque', {
  tp_basicsize: 216, weakrefs: true,
  tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
  tp_doc: 'deque([iterable[, maxlen]]) --> deque object\n\nA list-like sequence optimized for data accesses near its endpoints.',
  tp_new: deque_new, tp_init: deque_init, tp_dealloc: deque_dealloc, tp_clear: deque_clear, tp_free: PyObject_GC_Del,
  tp_getattro: genericGetAttr,
  tp_hash: o => PyObject_HashNotImplemented(o),
  tp_traverse: (o, visit) => {
    const d = o.v as DequeData | null
    if (d !== null) for (const item of items(d)) visit(item)
  },
  tp_repr: o => {
    const entered = Py_ReprEnter(o)
    if (entered !== 0) return entered < 0 ? null : PyUnicode_FromString('[...]')
    const list = PySequence_List(o)
    const name = o.ob_type.tp_name.slice(o.ob_type.tp_name.lastIndexOf('.') + 1)
    const { maxlen } = data(o)
    const result = list === null ? null : maxlen >= 0 ? PyUnicode_FromFormat('%s(%R, maxlen=%zd)', name, list, maxlen)
      : PyUnicode_FromFormat('%s(%R)', name, list)
    Py_ReprLeave(o)
    Py_XDECREF(list)
    return result
  },
  tp_iter: o => newIterator(dequeiter_type, o),
  tp_richcompare: deque_richcompare,
  sq_length: o => data(o).length,
  sq_item: deque_item,
  sq_ass_item: deque_ass_item,
  sq_contains: deque_contains,
  sq_concat: (a, b) => {
    if (!PyObject_TypeCheck(b, deque_type)) return PyErr_Format(PyExc_TypeError, 'can only concatenate deque (not "%.200s") to deque', b.ob_type.tp_name)
    const copy = deque_copy(a)
    if (copy === null) return null
    if (extend(copy, b, appendItem) < 0) return Py_DECREF(copy), null
    return copy
  },
  sq_repeat: (o, n) => {
    const copy = deque_copy(o)
    return copy === null ? null : inplaceRepeat(copy, n)
  },
  sq_inplace_concat: (o, other) => extend(o, other, appendItem) < 0 ? null : ref(o),
  sq_inplace_repeat: (o, n) => inplaceRepeat(ref(o), n),
})

/** STEALS the deque. */
function inplaceRepeat(o: PyObject, n: number): PyObject | null {
  const d = data(o)
  if (d.length === 0 || n === 1) return o
  if (n <= 0) {
    deque_clear(o)
    return o
  }
  if (d.length === 1) {
    const item = d.leftblock.data[d.leftindex]!
    const count = d.maxlen >= 0 && n > d.maxlen ? d.maxlen : n
    for (let i = 1; i < count; i++) if (appendItem(d, ref(item)) < 0) return Py_DECREF(o), null
    return o
  }
  const seq = PySequence_List(o)
  if (seq === null) return Py_DECREF(o), null
  const size = d.length
  // Only what can be seen in the end matters to a bounded one.
  const times = d.maxlen >= 0 && n * size > d.maxlen ? Math.floor((d.maxlen + size - 1) / size) : n
  for (let i = 1; i < times; i++) if (extend(o, seq, appendItem) < 0) return Py_DECREF(seq), Py_DECREF(o), null
  Py_DECREF(seq)
  return o
}

function deque_copy(o: PyObject): PyObject | null {
  const d = data(o)
  if (o.ob_type === deque_type) {
    const copy = deque_new(deque_type)
    if (copy === null) return null
    data(copy).maxlen = d.maxlen
    if (d.length === 1 ? appendItem(data(copy), ref(d.leftblock.data[d.leftindex]!)) < 0 : extend(copy, o, appendItem) < 0) return Py_DECREF(copy), null
    return copy
  }
  let result: PyObject | null
  if (d.maxlen < 0) result = PyObject_CallOneArg(o.ob_type, o)
  else {
    const maxlen = PyLong_FromLong(d.maxlen)
    result = PyObject_CallFunctionObjArgs(o.ob_type, o, maxlen)
    Py_DECREF(maxlen)
  }
  if (result !== null && !PyObject_TypeCheck(result, deque_type)) {
    PyErr_Format(PyExc_TypeError, '%.200s() must return a deque, not %.200s', o.ob_type.tp_name, result.ob_type.tp_name)
    Py_DECREF(result)
    return null
  }
  return result
}

function deque_item(o: PyObject, i: number): PyObject | null {
  const d = data(o)
  if (i < 0 || i >= d.length) return PyErr_SetString(PyExc_IndexError, 'deque index out of range')
  if (i === 0) return ref(d.leftblock.data[d.leftindex]!)
  if (i === d.length - 1) return ref(d.rightblock.data[d.rightindex]!)
  const [block, place] = locate(d, i)
  return ref(block.data[place]!)
}

/** Mirrors deque_del_item. */
function deleteAt(d: DequeData, i: number): number {
  if (rotate(d, -i) < 0) return -1
  const item = takeLeft(d)
  const done = rotate(d, i)
  Py_DECREF(item)
  return done
}

function deque_ass_item(o: PyObject, i: number, value: PyObject | null): number {
  const d = data(o)
  if (i < 0 || i >= d.length) return PyErr_SetString(PyExc_IndexError, 'deque index out of range'), -1
  if (value === null) return deleteAt(d, i)
  const [block, place] = locate(d, i)
  const old = block.data[place]!
  block.data[place] = ref(value)
  Py_DECREF(old)
  return 0
}

const mutated = (): null => PyErr_SetString(PyExc_RuntimeError, 'deque mutated during iteration')

/** Calls `f` for each item from `start` on while it says 0; its answer, 0 at the end; -1 with an exception. Comparisons may run code. */
function walk(d: DequeData, start: number, stop: number, f: (item: PyObject, i: number) => number): number {
  const { state } = d
  if (start >= stop) return 0
  let [block, place] = locate(d, start)
  for (let i = start; i < stop; i++) {
    const item = block.data[place]!
    item.ob_refcnt++
    const answer = f(item, i)
    Py_DECREF(item)
    if (answer !== 0) return answer
    if (state !== d.state) return mutated(), -1
    if (++place === BLOCKLEN) {
      block = block.right!
      place = 0
      if (block === null) break
    }
  }
  return 0
}

function deque_contains(o: PyObject, value: PyObject): number {
  const d = data(o)
  return walk(d, 0, d.length, item => PyObject_RichCompareBool(item, value, Py_EQ))
}

function deque_richcompare(v: PyObject, w: PyObject, op: number): PyObject | null {
  if (!PyObject_TypeCheck(v, deque_type) || !PyObject_TypeCheck(w, deque_type)) return Py_RETURN_NOTIMPLEMENTED()
  const a = data(v)
  const b = data(w)
  if (v === w && (op === Py_EQ || op === Py_NE)) return PyBool_From(op === Py_EQ)
  if (a.length !== b.length && (op === Py_EQ || op === Py_NE)) return PyBool_From(op === Py_NE)
  const it1 = PyObject_GetIter(v)
  const it2 = PyObject_GetIter(w)
  let result: PyObject | null = null
  if (it1 !== null && it2 !== null) {
    for (;;) {
      const x = it1.ob_type.tp_iternext!(it1)
      if (x === null && PyErr_Occurred() !== null) break
      const y = it2.ob_type.tp_iternext!(it2)
      if (x === null || y === null) {
        const order = x === null ? (y === null ? 0 : -1) : 1
        Py_XDECREF(x)
        Py_XDECREF(y)
        if (PyErr_Occurred() === null) result = PyBool_From([order < 0, order <= 0, order === 0, order !== 0, order > 0, order >= 0][op]!)
        break
      }
      const same = PyObject_RichCompareBool(x, y, Py_EQ)
      if (same === 0) result = op === Py_EQ ? PyBool_From(false) : op === Py_NE ? PyBool_From(true) : PyObject_RichCompare(x, y, op)
      Py_DECREF(x)
      Py_DECREF(y)
      if (same !== 1) break
    }
  }
  Py_XDECREF(it1)
  Py_XDECREF(it2)
  return result
}

// ---- methods -----------------------------------------------------------------------------------------------------------------------

function deque_index(o: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('index', nargs, 1, 3)) return null
  const d = data(o)
  let start = nargs > 1 ? sliceIndex(args[1], 0) : 0
  if (PyErr_Occurred() !== null) return null
  let stop = nargs > 2 ? sliceIndex(args[2], d.length) : d.length
  if (PyErr_Occurred() !== null) return null
  if (start < 0) start = Math.max(start + d.length, 0)
  if (stop < 0) stop = Math.max(stop + d.length, 0)
  stop = Math.min(stop, d.length)
  start = Math.min(start, stop)
  let found = -1
  const answer = walk(d, start, stop, (item, i) => {
    const same = PyObject_RichCompareBool(item, args[0]!, Py_EQ)
    if (same > 0) found = i
    return same
  })
  if (answer < 0) return null
  return found >= 0 ? PyLong_FromSsize_t(found) : PyErr_Format(PyExc_ValueError, '%R is not in deque', args[0]!)
}

const methods: PyMethodDef[] = [
  { ml_name: 'append', ml_flags: METH_O, ml_meth: (o: PyObject, item: PyObject) => appendItem(data(o), ref(item)) < 0 ? null : none() },
  { ml_name: 'appendleft', ml_flags: METH_O, ml_meth: (o: PyObject, item: PyObject) => appendLeftItem(data(o), ref(item)) < 0 ? null : none() },
  { ml_name: 'clear', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (deque_clear(o), none()) },
  { ml_name: '__copy__', ml_flags: METH_NOARGS, ml_meth: deque_copy },
  { ml_name: 'copy', ml_flags: METH_NOARGS, ml_meth: deque_copy },
  {
    ml_name: 'count', ml_flags: METH_O,
    ml_meth: (o: PyObject, value: PyObject) => {
      let n = 0
      const answer = walk(data(o), 0, data(o).length, item => {
        const same = PyObject_RichCompareBool(item, value, Py_EQ)
        if (same > 0) n++
        return same < 0 ? -1 : 0
      })
      return answer < 0 ? null : PyLong_FromSsize_t(n)
    },
  },
  { ml_name: 'extend', ml_flags: METH_O, ml_meth: (o: PyObject, it: PyObject) => extend(o, it, appendItem) < 0 ? null : none() },
  { ml_name: 'extendleft', ml_flags: METH_O, ml_meth: (o: PyObject, it: PyObject) => extend(o, it, appendLeftItem) < 0 ? null : none() },
  { ml_name: 'index', ml_flags: METH_FASTCALL, ml_meth: deque_index },
  {
    ml_name: 'insert', ml_flags: METH_FASTCALL,
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('insert', nargs, 2, 2)) return null
      const index = PyNumber_AsSsize_t(args[0]!, PyExc_IndexError)
      if (index === -1 && PyErr_Occurred() !== null) return null
      const d = data(o)
      const n = d.length
      if (d.maxlen === n) return PyErr_SetString(PyExc_IndexError, 'deque already at its maximum size')
      const value = ref(args[1]!)
      if (index >= n) return appendItem(d, value) < 0 ? null : none()
      if (index <= -n || index === 0) return appendLeftItem(d, value) < 0 ? null : none()
      if (rotate(d, -index) < 0) return null
      if ((index < 0 ? appendItem(d, value) : appendLeftItem(d, value)) < 0) return null
      return rotate(d, index) < 0 ? null : none()
    },
  },
  {
    ml_name: 'pop', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => data(o).length === 0 ? PyErr_SetString(PyExc_IndexError, 'pop from an empty deque') : takeRight(data(o)),
  },
  {
    ml_name: 'popleft', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => data(o).length === 0 ? PyErr_SetString(PyExc_IndexError, 'pop from an empty deque') : takeLeft(data(o)),
  },
  {
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const state = _PyObject_GetState(o)
      if (state === null) return null
      const it = PyObject_GetIter(o)
      if (it === null) return Py_DECREF(state), null
      const { maxlen } = data(o)
      const args = maxlen < 0 ? [] : [PyTuple_FromArray([], true), PyLong_FromLong(maxlen)]
      return PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray(args, true), state, it], true)
    },
  },
  {
    ml_name: 'remove', ml_flags: METH_O,
    ml_meth: (o: PyObject, value: PyObject) => {
      const d = data(o)
      const { state, length } = d
      let found = -1
      const answer = walk(d, 0, length, (item, i) => {
        const same = PyObject_RichCompareBool(item, value, Py_EQ)
        if (same > 0) found = i
        return same
      })
      if (state !== d.state) return PyErr_SetString(PyExc_IndexError, 'deque mutated during remove().')
      if (answer < 0) return null
      if (found < 0) return PyErr_Format(PyExc_ValueError, '%R is not in deque', value)
      return deleteAt(d, found) < 0 ? null : none()
    },
  },
  { ml_name: '__reversed__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => newIterator(dequereviter_type, o) },
  {
    ml_name: 'reverse', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const d = data(o)
      let [lb, li] = [d.leftblock, d.leftindex]
      let [rb, ri] = [d.rightblock, d.rightindex]
      for (let n = d.length >> 1; n > 0; n--) {
        const tmp = lb.data[li]!
        lb.data[li] = rb.data[ri]!
        rb.data[ri] = tmp
        if (++li === BLOCKLEN) {
          lb = lb.right!
          li = 0
        }
        if (--ri < 0 && n > 1) {
          rb = rb.left!
          ri = BLOCKLEN - 1
        }
      }
      return none()
    },
  },
  {
    ml_name: 'rotate', ml_flags: METH_FASTCALL,
    ml_meth: (o: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('rotate', nargs, 0, 1)) return null
      const n = nargs === 0 ? 1 : PyNumber_AsSsize_t(args[0]!, PyExc_IndexError)
      if (n === -1 && PyErr_Occurred() !== null) return null
      return rotate(data(o), n) < 0 ? null : none()
    },
  },
  {
    ml_name: '__sizeof__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => PyLong_FromSsize_t(o.ob_type.tp_basicsize + Math.floor((data(o).leftindex + data(o).length + BLOCKLEN - 1) / BLOCKLEN) * BLOCK_BYTES),
  },
  { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item) },
]
deque_type.tp_methods = methods
deque_type.tp_getset = [{ name: 'maxlen', get: o => data(o).maxlen < 0 ? none() : PyLong_FromSsize_t(data(o).maxlen) }]

// ---- iterators -----------------------------------------------------------------------------------------------------------------------

class IteratorData {
  deque: PyObject
  block: Block
  index: number
  state: number
  counter: number
  constructor(deque: PyObject, forward: boolean) {
    const d = data(deque)
    this.deque = deque
    this.block = forward ? d.leftblock : d.rightblock
    this.index = forward ? d.leftindex : d.rightindex
    this.state = d.state
    this.counter = d.length
  }
}

function newIterator(type: PyTypeObject, deque: PyObject): PyObject {
  const o = PyObject_GC_New(type, new IteratorData(ref(deque), type === dequeiter_type))
  PyObject_GC_Track(o)
  return o
}

function iteratorType(name: string, forward: boolean): PyTypeObject {
  const type: PyTypeObject = new PyTypeObject(name, {
    tp_basicsize: 56, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    tp_dealloc: o => {
      PyObject_GC_UnTrack(o)
      Py_DECREF((o.v as IteratorData).deque)
      PyObject_GC_Del(o)
    },
    tp_traverse: (o, visit) => visit((o.v as IteratorData).deque),
    tp_getattro: genericGetAttr,
    tp_iter: o => PyObject_SelfIter(o),
    tp_iternext: o => {
      const it = o.v as IteratorData
      const d = data(it.deque)
      if (d.state !== it.state) {
        it.counter = 0
        return mutated()
      }
      if (it.counter === 0) return null
      const item = ref(it.block.data[it.index]!)
      it.counter--
      if (forward) {
        if (++it.index === BLOCKLEN && it.counter > 0) {
          it.block = it.block.right!
          it.index = 0
        }
      } else if (--it.index < 0 && it.counter > 0) {
        it.block = it.block.left!
        it.index = BLOCKLEN - 1
      }
      return item
    },
    tp_new: (cls, args) => {
      const given = PyArg_UnpackTuple(args, name.slice(name.indexOf('.') + 1), 1, 2)
      if (given === null) return null
      if (!PyObject_TypeCheck(given[0]!, deque_type)) return PyErr_Format(PyExc_TypeError, 'must be collections.deque, not %.50s', given[0]!.ob_type.tp_name)
      const skip = given[1] === undefined || given[1] === null ? 0 : PyLong_AsSsize_t(given[1])
      if (skip === -1 && PyErr_Occurred() !== null) return null
      const it = newIterator(cls, given[0]!)
      for (let i = 0; i < skip; i++) {
        const item = type.tp_iternext!(it)
        if (item !== null) Py_DECREF(item)
        else if (PyErr_Occurred() !== null) return Py_DECREF(it), null
        else break
      }
      return it
    },
    tp_methods: [
      { ml_name: '__length_hint__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromSsize_t((o.v as IteratorData).counter) },
      {
        ml_name: '__reduce__', ml_flags: METH_NOARGS,
        ml_meth: (o: PyObject) => {
          const it = o.v as IteratorData
          return PyTuple_FromArray([
            ref(o.ob_type), PyTuple_FromArray([ref(it.deque), PyLong_FromLong(data(it.deque).length - it.counter)], true),
          ], true)
        },
      },
    ],
  })
  return type
}

const dequeiter_type = iteratorType('_collections._deque_iterator', true)
const dequereviter_type = iteratorType('_collections._deque_reverse_iterator', false)

export { deque_type, dequeiter_type, dequereviter_type }
