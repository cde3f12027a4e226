// A heap graph as two blobs: nodes and edges, column by column, compressed; and its strings as a third.
//
//   nodes    version · node count · edge count · address (differences) · type · size · refcount · flags · site (differences) ·
//            birth tick + 1 · preview · content (eight bytes each) · length + 1 · capacity + 1 · number of edges of each node
//   edges    version · edge count · target (differences) · kind (a byte each) · name (differences)
//   strings  version · count of strings · of whole numbers · of floats · the numbers (eight bytes each) · UTF-8 text, each string
//            followed by a NUL; numbers come after the strings in the table that preview and name refer to
import { MoltError } from '../base/errors'
import type { HeapCapture } from '../memory/heap-capture'
import { ByteReader, ByteWriter } from './bytes'
import { floatText } from '../base/float-text'
import { compress, decompress } from './compress'

const VERSION = 1

/** What the recorder adds to a capture. */
export interface Births { site: Int32Array; birthTick: Float64Array }

export interface SnapshotBlobs { nodes: Uint8Array; edges: Uint8Array; strings: Uint8Array }

/** The columns of HeapGraph; see engine/analysis/heap-graph.ts. */
export interface DecodedSnapshot extends Omit<HeapCapture, 'reason' | 'label' | 'text' | 'stringCount' | 'wholeNumbers' | 'floats'>, Births { strings: string[] }

export function encodeSnapshot(heap: HeapCapture, births: Births): SnapshotBlobs {
  const { nodeCount: n, edgeCount: m } = heap
  const nodes = new ByteWriter(n * 40)
  nodes.number(VERSION)
  nodes.number(n)
  nodes.number(m)
  nodes.deltas(heap.address, n)
  nodes.words(heap.type, n)
  nodes.numbers(heap.sizeBytes, n)
  nodes.words(heap.refcount, n)
  nodes.words(heap.flags, n)
  nodes.deltas(births.site, n)
  for (let i = 0; i < n; i++) nodes.number(births.birthTick[i]! + 1)
  nodes.deltas(heap.preview, n)
  nodes.raw(new Uint8Array(heap.content.buffer, heap.content.byteOffset, n * 8))
  nodes.words(plusOne(heap.length), n)
  nodes.words(plusOne(heap.capacity), n)
  const degree = new Int32Array(n)
  for (let i = 0; i < n; i++) degree[i] = heap.firstEdge[i + 1]! - heap.firstEdge[i]!
  nodes.words(degree, n)
  const edges = new ByteWriter(m * 6)
  edges.number(VERSION)
  edges.number(m)
  edges.deltas(new Int32Array(heap.edgeTo.buffer, heap.edgeTo.byteOffset, m), m)
  edges.raw(heap.edgeKind)
  edges.deltas(heap.edgeName, m)
  const strings = new ByteWriter(heap.text.length + (heap.wholeNumbers.length + heap.floats.length) * 8 + 32)
  strings.number(VERSION)
  strings.number(heap.stringCount)
  for (const numbers of [heap.wholeNumbers, heap.floats]) strings.number(numbers.length)
  for (const numbers of [heap.wholeNumbers, heap.floats]) strings.raw(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
  strings.raw(heap.text)
  return { nodes: compress(nodes.written()), edges: compress(edges.written()), strings: compress(strings.written()) }
}

function plusOne(column: Int32Array): Int32Array {
  const more = new Int32Array(column.length)
  for (let i = 0; i < column.length; i++) more[i] = column[i]! + 1
  return more
}

/** Throws a MoltError 'damaged' for blobs that do not belong together or name what is not there. */
export function decodeSnapshot(blobs: SnapshotBlobs): DecodedSnapshot {
  const nodes = begin(blobs.nodes)
  const n = nodes.count(8)
  const m = nodes.number()
  const address = nodes.deltas(n)
  const type = nodes.words(n)
  const sizeBytes = nodes.numbers(n)
  const refcount = nodes.words(n)
  const flags = nodes.words(n)
  const site = nodes.deltas(n)
  const birthTick = nodes.numbers(n).map(tick => tick - 1)
  const preview = nodes.deltas(n)
  const content = new Float64Array(new Uint8Array(nodes.raw(n * 8)).buffer)
  const length = nodes.words(n).map(value => value - 1)
  const capacity = nodes.words(n).map(value => value - 1)
  const degree = nodes.words(n)
  const firstEdge = new Uint32Array(n + 1)
  for (let i = 0; i < n; i++) firstEdge[i + 1] = firstEdge[i]! + degree[i]!
  const edges = begin(blobs.edges)
  if (edges.count(3) !== m || firstEdge[n] !== m) throw mismatch()
  const edgeTo = new Uint32Array(edges.deltas(m).buffer)
  const edgeKind = new Uint8Array(edges.raw(m))
  const edgeName = edges.deltas(m)
  const text = begin(blobs.strings)
  const named = text.number()
  const counts = [text.number(), text.number()] as const
  const [whole, floats] = counts.map(count => new Float64Array(new Uint8Array(text.raw(count * 8)).buffer))
  const strings = new TextDecoder().decode(text.rest()).split('\0')
  strings.pop()
  if (strings.length !== named) throw mismatch()
  for (const value of whole!) strings.push(String(value))
  for (const value of floats!) strings.push(floatText(value))
  const stringCount = strings.length
  for (let i = 0; i < m; i++) if (edgeTo[i]! >= n) throw mismatch()
  for (let i = 0; i < n; i++) if (preview[i]! >>> 0 >= stringCount) throw mismatch()
  return {
    nodeCount: n, edgeCount: m, address, type, sizeBytes, refcount, flags, site, birthTick, preview, content, length, capacity, firstEdge,
    edgeTo, edgeKind, edgeName, strings,
  }
}

function begin(blob: Uint8Array): ByteReader {
  const reader = new ByteReader(decompress(blob))
  if (reader.number() !== VERSION) throw new MoltError('newer-version', 'A snapshot was written by a newer version of Molt.')
  return reader
}

const mismatch = () => new MoltError('damaged', 'A snapshot of the recording is damaged: its parts do not belong together.')
