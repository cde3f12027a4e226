// The heap at one instant as the interpreter hands it to the recorder: HeapGraph (engine/analysis/heap-graph.ts) without
// what only the recorder knows (allocation site and birth of each object), its strings as UTF-8 text.

/** Ids of types whose objects are all static, and so never were in an event: those of events are not to depend on snapshots. */
export const FIRST_STATIC_TYPE = 1 << 20

export interface HeapCapture {
  /** Why it was taken: 'end', 'mark', 'collection', 'interval', 'request' or 'instant'. */
  reason: string
  /** Of a mark its label, else ''. */
  label: string
  nodeCount: number
  edgeCount: number
  /** Columns of nodeCount entries; node 0 is the root. */
  address: Int32Array
  type: Int32Array
  sizeBytes: Float64Array
  refcount: Int32Array
  flags: Int32Array
  preview: Int32Array
  content: Float64Array
  length: Int32Array
  capacity: Int32Array
  /** nodeCount + 1 entries. */
  firstEdge: Uint32Array
  /** Columns of edgeCount entries. */
  edgeTo: Uint32Array
  edgeKind: Uint8Array
  edgeName: Int32Array
  /**
   * What preview and edgeName index: first the strings, each followed by a NUL, then whole numbers and floats, which become
   * strings when they are read.
   */
  text: Uint8Array
  stringCount: number
  wholeNumbers: Float64Array
  floats: Float64Array
}
