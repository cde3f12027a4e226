// What passes between the interpreter's thread and the recorder's, and the words they share.
//
// Events travel in a ring of chunks that are SharedArrayBuffers: the interpreter fills one, posts a message naming it, and
// goes on with the next once the recorder has given that one back. If the recorder falls behind, the interpreter waits: no
// event is lost and memory stays bounded. Definitions (what an event's ids mean) travel in the message itself, always with
// or before the chunk that uses them.
import { EVENT_STRIDE } from '../memory/events'
import type { CodeDefinition, FileDefinition, TypeDefinition } from '../memory/event-sink'
import type { GcWorking } from '../memory/gc-host'
import type { HeapCapture } from '../memory/heap-capture'
import type { AllocatorStart } from '../memory/allocator-start'
import type { Region } from '../memory/address-space'
import type { InputPieces } from './inputs'

/** Events a chunk, and chunks in the ring: 8 × 768 KiB. */
export const CHUNK_EVENTS = 32768
export const RING_CHUNKS = 8
/** A message is sent at least this often while the interpreter runs (its `poll` is called). */
export const FLUSH_MS = 100
/** Output reaches the host at most this late. */
export const OUTPUT_FLUSH_MS = 30

/** Indices into the shared control words. Requests are set by the recorder's side and seen by Sender.poll. */
export const STOP = 0
export const PAUSE = 1
/** Ctrl+C: the VM raises KeyboardInterrupt and the sender clears it. */
export const INTERRUPT = 2
export const SNAPSHOT = 3
/** 1 while the interpreter sits in a pause. */
export const PAUSED = 4
/** KiB of file contents that were sent and not stored yet. */
export const INPUT_BACKLOG = 5
/** STATE + i: 1 while chunk i is on its way to or with the recorder. */
export const STATE = 8
export const CONTROL_WORDS = STATE + RING_CHUNKS

/** Everything both threads hold; made by the run session, handed to the worker. */
export interface SharedMemory {
  control: Int32Array<SharedArrayBuffer>
  chunks: Int32Array<SharedArrayBuffer>[]
}

export function shareMemory(chunkEvents = CHUNK_EVENTS): SharedMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4)),
    chunks: Array.from({ length: RING_CHUNKS }, () => new Int32Array(new SharedArrayBuffer(chunkEvents * EVENT_STRIDE * 4))),
  }
}

/** Nodes of the frame trie as columns of equal length. */
export interface ContextColumns { id: Int32Array; parent: Int32Array; instruction: Int32Array; code: Int32Array }

export interface OutputPiece { fileDescriptor: number; tick: number; bytes: Uint8Array }
export interface CollectionPiece { working: GcWorking; durationNs: number }
export interface MarkPiece { id: number; label: string }
export interface HolderPiece { id: number; text: string }
export interface ThreadPiece { id: number; name: string }
/** How granules become addresses, engine/memory/address-space.ts. */
export interface AddressPiece { granuleBytes: number; boundary: number }

/** What was newly interned or said since the last message; empty lists are left out. */
export interface Definitions {
  contexts?: ContextColumns
  codes?: CodeDefinition[]
  files?: FileDefinition[]
  types?: TypeDefinition[]
  regions?: Region[]
  outputs?: OutputPiece[]
  marks?: MarkPiece[]
  holders?: HolderPiece[]
  collections?: CollectionPiece[]
  threads?: ThreadPiece[]
  addresses?: AddressPiece
  allocator?: AllocatorStart
  /** Taken right after the last event sent before; a message with one has no events. */
  snapshot?: HeapCapture
  inputs?: InputPieces
}

export interface ChunkMessage {
  type: 'chunk'
  /** Index in the ring, -1 if there are no events. */
  chunk: number
  usedWords: number
  /** Full tick and wall time when the message was made; no event in it is later. */
  tick: number
  wallNs: number
  definitions: Definitions | null
}
