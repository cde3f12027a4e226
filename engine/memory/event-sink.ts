// What the recorder implements: chunks of events, and the definitions that do not fit into an event's words. A definition
// arrives before the chunk whose events use its id. Everything is plain data: no Python object passes this line.
import type { GcWorking } from './gc-host'
import type { HeapCapture } from './heap-capture'
import type { Region } from './address-space'

export interface FileDefinition {
  id: number
  /** `co_filename`. */
  path: string
  /** The text that was compiled, where it is known. */
  source: string | null
}

export interface CodeDefinition {
  id: number
  fileId: number
  name: string
  qualifiedName: string
  firstLine: number
  /** `co_linetable`: maps `lasti` to lines and columns. */
  lineTable: Uint8Array
}

/** A node of the frame trie: a code object, called from a place in the parent's. Id 0 is "no Python frame". */
export interface ContextDefinition {
  id: number
  parentId: number
  /** Instruction index in the parent's code object at which the call was made; 0 for a root. */
  parentLasti: number
  codeId: number
}

/** A Python type, or a tag below FIRST_TYPE. */
export interface TypeDefinition {
  id: number
  name: string
  module: string
  /** tp_basicsize and tp_itemsize, the GC head not counted. */
  basicSizeBytes: number
  itemSizeBytes: number
  /** Granules between the start of the block and the object. */
  headGranules: number
  collectable: boolean
}

export interface EventSink {
  /** Full (or flushed) chunk; returns the chunk to write next. */
  chunk(words: Int32Array, usedWords: number): Int32Array
  defineFile(file: FileDefinition): void
  defineCode(code: CodeDefinition): void
  defineContext(context: ContextDefinition): void
  defineType(type: TypeDefinition): void
  /** The regions as they are when recording starts, the fixed ones included. */
  defineRegions(regions: readonly Region[]): void
  /** Bytes written to a file descriptor; an OUTPUT event of the same length follows. */
  output(fileDescriptor: number, bytes: Uint8Array): void
  defineMark(id: number, label: string): void
  /** Whom REFERENCE events name: what takes or drops a reference, in words. */
  defineHolder?(id: number, text: string): void
  /** The working of a collection and what it cost here; sent before its GC_END event. */
  collection(working: GcWorking, durationNs: number): void
  /** The whole heap as it is right after the last event. */
  snapshot(heap: HeapCapture): void
}

/** Throws everything away: for runs without a recording, and for tests. */
export class NullSink implements EventSink {
  chunk(words: Int32Array, _usedWords: number): Int32Array {
    return words
  }
  defineFile(_file: FileDefinition): void {}
  defineCode(_code: CodeDefinition): void {}
  defineContext(_context: ContextDefinition): void {}
  defineType(_type: TypeDefinition): void {}
  defineRegions(_regions: readonly Region[]): void {}
  output(_fileDescriptor: number, _bytes: Uint8Array): void {}
  defineMark(_id: number, _label: string): void {}
  collection(_working: GcWorking, _durationNs: number): void {}
  snapshot(_heap: HeapCapture): void {}
}
