// Takes a snapshot: every object that can be found, with all its references, as columns.
//
// One breadth-first walk from the roots, then from whatever else the collector tracks (garbage in cycles, objects that
// only C code holds). Objects are numbered as they are found and walked in that order. When all edges are known,
// references that an object counts and nobody was found to hold become edges of the root.
import {
  FLAG_FINALIZED, FLAG_FINALIZER, FLAG_GENERATION_SHIFT, FLAG_HELD, FLAG_IMMUTABLE, FLAG_INSTANCE, FLAG_INSTANCE_DICT, FLAG_INTERNED,
  FLAG_PROGRAM, FLAG_SHARES_KEYS, FLAG_SLOTS, FLAG_TRACKED, FLAG_WEAKLY_REFERENCED, ROOT_BUILTIN, ROOT_HELD, ROOT_INTERNED, ROOT_TYPE,
} from '../../analysis/heap-graph'
import { FIRST_STATIC_TYPE, type HeapCapture } from '../../memory/heap-capture'
import { DequeData } from '../modules/deque'
import { ByteArrayData } from '../objects/bytearrayobject'
import { BytesData } from '../objects/bytesobject'
import { CodeData } from '../objects/codeobject'
import { InlineValues, USABLE_FRACTION } from '../objects/dict-keys'
import { DictData } from '../objects/dictobject'
import { FunctionData } from '../objects/funcobject'
import { ListData } from '../objects/listobject'
import { ModuleData } from '../objects/moduleobject'
import { Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MANAGED_DICT, PyTypeObject, type PyObject } from '../objects/object'
import { _PyGC_FINALIZED } from '../objects/object-protocol'
import { nameOf } from '../objects/objimpl'
import { ODictData } from '../objects/odict-nodes'
import { _PyRuntime } from '../objects/runtime'
import { SetData } from '../objects/set-table'
import { PyFloat_Type } from '../objects/floatobject'
import { PyLong_Type } from '../objects/longobject'
import { PyBaseObject_Type } from '../objects/object-type'
import { PyFrozenSet_Type } from '../objects/setobject'
import { subtype_dealloc } from '../objects/subtype'
import { PyTuple_Type } from '../objects/tupleobject'
import { UnicodeData } from '../objects/unicode-data'
import { PyUnicode_Type } from '../objects/unicodeobject'
import { HeapColumns } from './columns'
import { contentHash, mix, previewOf } from './preview'
import { Referents } from './referents'
import { addRoots, isStatic, runningFrames } from './roots'

/** Walks the heap of the running interpreter. */
export function captureHeap(reason: string, label: string): HeapCapture {
  const columns = findHeap()
  addHeld(columns)
  const previews = new Previews(columns)
  return { reason, label, ...nodeColumns(columns, previews), ...edgeColumns(columns), ...previews.strings() }
}

/** All that can be found, with all references that have been found; `also`: what only the caller knows. */
export function findHeap(also: readonly PyObject[] = []): HeapColumns {
  const columns = new HeapColumns()
  const referents = new Referents(columns, runningFrames())
  addRoots(columns, referents)
  let walked = walk(columns, referents, 1)
  for (const o of _PyRuntime.process.gc.getObjects()) {
    columns.node(o)
    walked = walk(columns, referents, walked)
  }
  for (const o of also) {
    columns.node(o)
    walked = walk(columns, referents, walked)
  }
  return columns
}

/** Walks all nodes from `from` on, and those that this finds. Returns the number of nodes. */
function walk(columns: HeapColumns, referents: Referents, from: number): number {
  const { objects } = columns
  let node = from
  for (; node < objects.length; node++) {
    columns.beginNode(node)
    referents.of(objects[node]!)
  }
  return node
}

/** References that are counted and were not found. */
function addHeld(columns: HeapColumns): void {
  const { objects, found } = columns
  for (let node = 1; node < objects.length; node++) {
    const o = objects[node]!
    if (o.ob_refcnt <= found[node]!) continue
    if (o instanceof PyTypeObject && isStatic(o)) columns.rootEdge(o, ROOT_TYPE, '', false)
    else if (o.v instanceof UnicodeData && o.v.interned !== 0) columns.rootEdge(o, ROOT_INTERNED, '', false)
    else columns.rootEdge(o, isStatic(o) ? ROOT_BUILTIN : ROOT_HELD, '', false)
  }
}

// ---- types ------------------------------------------------------------------------------------------------------------

const staticTypes = new Map<PyTypeObject, number>()
let owner: unknown = null

function typeId(type: PyTypeObject): number {
  if (type.eventId !== 0) return type.eventId
  const { process } = _PyRuntime
  if (owner !== process) {
    owner = process
    staticTypes.clear()
  }
  let id = staticTypes.get(type)
  if (id === undefined) {
    staticTypes.set(type, id = FIRST_STATIC_TYPE + staticTypes.size)
    process.sink.defineType({
      id, name: nameOf(type), module: _PyRuntime.typeModule(type), basicSizeBytes: type.tp_basicsize,
      itemSizeBytes: type.tp_itemsize, headGranules: type.presize, collectable: type.presize > 0,
    })
  }
  return id
}

// ---- columns ----------------------------------------------------------------------------------------------------------

/** What is done alike for all objects of a type. */
const OTHER = 0
const PLAIN_INSTANCE = 1
const WHOLE_NUMBER = 2
const FLOAT = 3
const TEXT = 4

function kindOf(type: PyTypeObject): number {
  if (type === PyLong_Type) return WHOLE_NUMBER
  if (type === PyFloat_Type) return FLOAT
  if (type === PyUnicode_Type) return TEXT
  if (type.tp_dealloc !== subtype_dealloc || (type.tp_flags & Py_TPFLAGS_HEAPTYPE) === 0) return OTHER
  let base = type
  while (base.tp_dealloc === subtype_dealloc) base = base.tp_base!
  return base === PyBaseObject_Type ? PLAIN_INSTANCE : OTHER
}

function nodeColumns(columns: HeapColumns, previews: Previews) {
  const { objects, found } = columns
  const nodeCount = objects.length
  const address = new Int32Array(nodeCount)
  const type = new Int32Array(nodeCount)
  const sizeBytes = new Float64Array(nodeCount)
  const refcount = new Int32Array(nodeCount)
  const flags = new Int32Array(nodeCount)
  const preview = new Int32Array(nodeCount)
  const content = new Float64Array(nodeCount)
  const length = new Int32Array(nodeCount).fill(-1)
  const capacity = new Int32Array(nodeCount).fill(-1)
  const { gc } = _PyRuntime.process
  const generation = new Uint8Array(gc.slotEnd)
  gc.generationsBySlot(generation)
  const kinds = new Map<PyTypeObject, number>()
  for (let node = 1; node < nodeCount; node++) {
    const o = objects[node]!
    const { ob_type: cls, ob_refcnt: count } = o
    address[node] = o.addr
    type[node] = cls.eventId || typeId(cls)
    refcount[node] = count
    let bits = count > found[node]! ? FLAG_HELD : 0
    if (o.gc !== 0) bits |= FLAG_TRACKED | generation[o.gc]! << FLAG_GENERATION_SHIFT
    if (o.weaklist !== null) bits |= FLAG_WEAKLY_REFERENCED
    if (cls.tp_finalize !== null || cls.tp_del !== null) bits |= _PyGC_FINALIZED(o) ? FLAG_FINALIZER | FLAG_FINALIZED : FLAG_FINALIZER
    let kind = kinds.get(cls)
    if (kind === undefined) kinds.set(cls, kind = kindOf(cls))
    switch (kind) {
      case PLAIN_INSTANCE:
        sizeBytes[node] = blockBytes(o.addr - cls.presize) + (o.dict instanceof InlineValues ? blockBytes(o.dict.block) : 0)
        bits |= instanceFlags(o)
        break
      case WHOLE_NUMBER:
      case FLOAT:
        sizeBytes[node] = ownBytes(o)
        content[node] = contentHash(o)
        preview[node] = typeof o.v !== 'number' ? previews.text(previewOf(o)) : kind === FLOAT ? previews.float(o.v) : previews.whole(o.v)
        bits |= FLAG_IMMUTABLE
        break
      case TEXT: {
        const data = o.v as UnicodeData
        sizeBytes[node] = ownBytes(o) + (data.utf8Block === 0 ? 0 : blockBytes(data.utf8Block))
        content[node] = contentHash(o)
        preview[node] = previews.text(previewOf(o))
        length[node] = data.length
        bits |= data.interned !== 0 ? FLAG_IMMUTABLE | FLAG_INTERNED : FLAG_IMMUTABLE
        break
      }
      default:
        sizeBytes[node] = sizeOf(o)
        content[node] = contentHash(o)
        preview[node] = previews.text(previewOf(o))
        length[node] = lengthOf(o)
        capacity[node] = capacityOf(o)
        bits |= flagsOf(o, content[node] !== 0)
    }
    flags[node] = bits
  }
  previews.settle(preview)
  markInstanceDicts(columns, flags)
  hashTuples(columns, content)
  return { nodeCount, address, type, sizeBytes, refcount, flags, preview, content, length, capacity }
}

/**
 * Previews, which are many and seldom the same: texts in the order in which they come, numbers as numbers. A preview is -1 - its place
 * until all names are known; `settle` puts the right numbers into the column.
 */
class Previews {
  private readonly columns: HeapColumns
  private readonly texts: string[] = []
  private readonly wholeNumbers: number[] = []
  private readonly floats: number[] = []

  constructor(columns: HeapColumns) {
    this.columns = columns
  }

  text(text: string): number { return text === '' ? 0 : -(this.texts.push(text) * 4) }
  whole(value: number): number { return -(this.wholeNumbers.push(value) * 4 + 1) }
  float(value: number): number { return -(this.floats.push(value) * 4 + 2) }

  settle(preview: Int32Array): void {
    const names = this.columns.stringCount
    const starts = [names, names + this.texts.length, names + this.texts.length + this.wholeNumbers.length]
    for (let node = 0; node < preview.length; node++) {
      const coded = -preview[node]!
      if (coded > 0) preview[node] = starts[coded & 3]! + (coded >> 2) - 1
    }
  }

  strings() {
    const all = [...this.columns.strings, ...this.texts]
    return {
      text: new TextEncoder().encode(`${all.join('\0')}\0`), stringCount: all.length, wholeNumbers: Float64Array.from(this.wholeNumbers),
      floats: Float64Array.from(this.floats),
    }
  }
}

function edgeColumns(columns: HeapColumns) {
  const { edges, rootEdges, nodeCount } = columns
  const edgeCount = edges.count + rootEdges.count
  const firstEdge = new Uint32Array(nodeCount + 1)
  for (let node = 1; node < nodeCount; node++) firstEdge[node] = columns.firstEdge[node]! + rootEdges.count
  firstEdge[nodeCount] = edgeCount
  const edgeTo = new Uint32Array(edgeCount)
  const edgeKind = new Uint8Array(edgeCount)
  const edgeName = new Int32Array(edgeCount)
  for (const [part, at] of [[rootEdges, 0], [edges, rootEdges.count]] as const) {
    edgeTo.set(part.to.subarray(0, part.count), at)
    edgeKind.set(part.kind.subarray(0, part.count), at)
    edgeName.set(part.name.subarray(0, part.count), at)
  }
  return { edgeCount, firstEdge, edgeTo, edgeKind, edgeName }
}

/** A snapshot after an exact number of events may be taken while a block moves: its owner does not know the new one yet. */
function blockBytes(address: number): number {
  const { obmalloc } = _PyRuntime.process
  return obmalloc.isAllocated(address) ? obmalloc.blockSize(address) : 0
}

const ownBytes = (o: PyObject): number => (isStatic(o) ? o.ob_type.tp_basicsize : blockBytes(o.addr - o.ob_type.presize))

/** Bytes of the object's own block and of the blocks that belong to it. Of static objects what their struct takes. */
function sizeOf(o: PyObject): number {
  const block = blockBytes
  let bytes = ownBytes(o)
  const v = o.v as unknown
  if (v instanceof ListData || v instanceof SetData || v instanceof ByteArrayData) bytes += block(v.block)
  else if (v instanceof UnicodeData) bytes += block(v.utf8Block)
  else if (v instanceof DictData) {
    if (v.ma_values === null) bytes += v.ma_keys.dk_refcnt === 1 ? block(v.ma_keys.block) : 0
    else bytes += block(v.ma_values.block)
    if (v.extra instanceof ODictData) {
      bytes += block(v.extra.fastBlock)
      for (let node = v.extra.first; node !== null; node = node.next) bytes += block(node.block)
    }
  } else if (v instanceof DequeData) {
    for (let part: DequeData['leftblock'] | null = v.leftblock; part !== null; part = part.right) bytes += block(part.address)
    for (const part of v.freeblocks) bytes += block(part.address)
  } else if (o instanceof PyTypeObject) {
    bytes += block(o.docBlock) + block((o.ht_cached_keys as { block: number } | null)?.block ?? 0)
  } else if (v !== null && typeof v === 'object' && typeof (v as { block?: unknown }).block === 'number') bytes += block((v as { block: number }).block)
  if (o.dict instanceof InlineValues) bytes += block(o.dict.block)
  return bytes
}

function instanceFlags(o: PyObject): number {
  const type = o.ob_type
  if (o.dict instanceof InlineValues) return FLAG_INSTANCE | FLAG_SHARES_KEYS
  return o.slots !== null && (type.tp_flags & Py_TPFLAGS_MANAGED_DICT) === 0 && type.tp_dictoffset === 0 ? FLAG_INSTANCE | FLAG_SLOTS : FLAG_INSTANCE
}

/** Those that follow from the type and the value. */
function flagsOf(o: PyObject, comparable: boolean): number {
  const type = o.ob_type
  let flags = 0
  const v = o.v as unknown
  if (v instanceof UnicodeData && v.interned !== 0) flags |= FLAG_INTERNED
  if (o.dict instanceof InlineValues || v instanceof DictData && v.ma_values !== null) flags |= FLAG_SHARES_KEYS
  if (comparable || type === PyTuple_Type || type === PyFrozenSet_Type) flags |= FLAG_IMMUTABLE
  if (o instanceof PyTypeObject || v instanceof FunctionData || v instanceof ModuleData || v instanceof CodeData) flags |= FLAG_PROGRAM
  else if ((type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 && type.tp_dealloc === subtype_dealloc) flags |= instanceFlags(o)
  return flags
}

function lengthOf(o: PyObject): number {
  const v = o.v as unknown
  if (v instanceof UnicodeData) return v.length
  if (v instanceof ListData) return v.ob_item.length
  if (v instanceof DictData) return v.ma_used
  if (v instanceof SetData) return v.used
  if (v instanceof BytesData) return v.bytes.length
  if (v instanceof ByteArrayData) return v.ob_size
  if (v instanceof DequeData) return v.length
  return Array.isArray(v) ? v.length : -1
}

function capacityOf(o: PyObject): number {
  const v = o.v as unknown
  if (v instanceof ListData) return Math.max(v.allocated, v.ob_item.length)
  if (v instanceof DictData) return v.ma_values === null ? USABLE_FRACTION(v.ma_keys.mask + 1) : v.ma_values.values.length
  if (v instanceof SetData) return v.mask + 1
  if (v instanceof ByteArrayData) return v.ob_alloc
  if (!(v instanceof DequeData)) return -1
  let blocks = 0
  for (let part: DequeData['leftblock'] | null = v.leftblock; part !== null; part = part.right) blocks++
  return blocks * v.leftblock.data.length
}

function markInstanceDicts(columns: HeapColumns, flags: Int32Array): void {
  const { objects } = columns
  for (let node = 1; node < objects.length; node++) {
    const { dict } = objects[node]!
    if (dict === null || dict instanceof InlineValues) continue
    if ((flags[node]! & FLAG_PROGRAM) === 0) flags[columns.node(dict as PyObject)]! |= FLAG_INSTANCE_DICT
  }
}

/** Tuples nested deeper than this are not compared. */
const TUPLE_DEPTH = 4

/** Tuples whose items are all comparable are comparable; inner ones need not come first, so this goes round a few times. */
function hashTuples(columns: HeapColumns, content: Float64Array): void {
  const { objects } = columns
  let open: number[] = []
  for (let node = 1; node < objects.length; node++) if (objects[node]!.ob_type === PyTuple_Type) open.push(node)
  for (let round = 0; round < TUPLE_DEPTH; round++) {
    open = open.filter(node => {
      const items = objects[node]!.v as (PyObject | null)[]
      let hash = 7 + items.length
      for (const item of items) {
        const known = item ? content[columns.node(item)]! : 0
        if (known === 0) return true
        hash = mix(hash, known)
      }
      content[node] = hash || 1
      return false
    })
  }
}
