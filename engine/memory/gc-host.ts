// What the cyclic collector needs to know of objects, and what it tells of its work.

/** The part of an object header that the collector reads and writes. */
export interface GcHeader {
  ob_refcnt: number
  /** Slot in the collector's columns; 0 while untracked. Written by the collector alone. */
  gc: number
}

export type Visit<T> = (child: T) => void

/**
 * Implemented by the object layer. Methods marked "runs code" may run Python code, which may allocate, track, untrack and
 * free anything; the others must not allocate or change reference counts.
 */
export interface GcHost<T extends GcHeader> {
  /** Calls `visit` for each object that `o` refers to (tp_traverse). */
  traverse(o: T, visit: Visit<T>): void
  /** Drops the references that `o` holds (tp_clear; nothing if the type has none). Runs code. */
  clear(o: T): void
  /** True if the type has tp_del, which makes cycles uncollectable. */
  hasLegacyFinalizer(o: T): boolean
  /** True if the type has tp_finalize and it has not run for this object (the object layer keeps that flag). */
  needsFinalizer(o: T): boolean
  /** Sets the flag, then calls tp_finalize. Runs code. */
  finalize(o: T): void
  /** True if `o` is an exact tuple holding only what can never be part of a cycle: it is untracked then. */
  canUntrackTuple(o: T): boolean
  /** The same for exact dicts; asked by full collections only. */
  canUntrackDict(o: T): boolean
  /**
   * If `o` is a weak reference, clears it. Then clears all weak references to `o`, and pushes those that have a callback
   * on `withCallback`, in list order. Takes no reference.
   */
  clearWeakrefs(o: T, withCallback: T[]): void
  /** Calls the callback of a cleared weak reference; reports an exception as unraisable. Runs code. */
  callWeakrefCallback(reference: T): void
  incref(o: T): void
  /** Runs code when the count reaches zero. */
  decref(o: T): void
  /** Appends to gc.garbage (takes a reference of its own). */
  appendGarbage(o: T): void
  /** Empties the free lists of float, list, dict, keys, tuple, async generators and Context. */
  clearFreeLists(): void
  /** True while an exception is set: the allocation that would collect does not. */
  errorOccurred(): boolean
  /** gc.callbacks, if there are any. Runs code. */
  callback(phase: 'start' | 'stop', generation: number, collected: number, uncollectable: number): void
  /** After everything: an exception that is still set is reported as unraisable. */
  reportError(): void
  /** DEBUG_* output, to stderr. */
  debugMessage(text: string): void
  /** `<type address>` for DEBUG_COLLECTABLE and DEBUG_UNCOLLECTABLE, without the brackets: `Node 0x2000…`. */
  describe(o: T): string
}

/** Nothing is ever garbage: stands in until the object layer gives its own. */
export class NullGcHost<T extends GcHeader> implements GcHost<T> {
  traverse(): void {}
  clear(): void {}
  hasLegacyFinalizer(): boolean {
    return false
  }
  needsFinalizer(): boolean {
    return false
  }
  finalize(): void {}
  canUntrackTuple(): boolean {
    return false
  }
  canUntrackDict(): boolean {
    return false
  }
  clearWeakrefs(): void {}
  callWeakrefCallback(): void {}
  incref(o: T): void {
    o.ob_refcnt++
  }
  decref(o: T): void {
    o.ob_refcnt--
  }
  appendGarbage(): void {}
  clearFreeLists(): void {}
  errorOccurred(): boolean {
    return false
  }
  callback(): void {}
  reportError(): void {}
  debugMessage(): void {}
  describe(): string {
    return 'object'
  }
}

/** The working of one collection, the definition record behind its GC_START and GC_END events. */
export interface GcWorking {
  id: number
  generation: number
  /** gc.collect() or shutdown, as opposed to an allocation that passed the threshold. */
  explicit: boolean
  /** Counts and sizes of the generations as it began. */
  countsBefore: [number, number, number]
  trackedBefore: [number, number, number]
  thresholds: [number, number, number]
  /** Objects looked at: the generation and all younger ones. */
  candidates: number
  /** Sum of their reference counts, and how many of these references come from candidates: subtract_refs takes them off. */
  references: number
  subtracted: number
  /** Candidates with references left then: something outside refers to them. */
  heldFromOutside: number
  /** Candidates that were held for garbage until something reachable turned out to refer to them. */
  broughtBack: number
  /** Reachable from outside the candidates. */
  reachable: number
  unreachable: number
  /** Tuples and dicts found to need no tracking. */
  untracked: number
  /** Weak reference callbacks that ran, finalizers that ran, objects brought back by them. */
  weakrefCallbacks: number
  finalized: number
  resurrected: number
  /** What gc.get_stats() and the callbacks say. */
  collected: number
  uncollectable: number
  /** long_lived_pending and long_lived_total afterwards. */
  longLivedPending: number
  longLivedTotal: number
  startTick: number
  endTick: number
}
