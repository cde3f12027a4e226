// A toy object world with CPython's habits of allocation and deallocation: just enough lists, tuples, instances and weak
// references for gc.test.ts to play the scripts of make_gc_events.py, and random graphs, against the collector.
import type { CyclicGC } from '../gc'
import type { GcHeader, GcHost, Visit } from '../gc-host'

export const LIST = 0
export const TUPLE = 1
export const INSTANCE = 2
export const WEAKREF = 3

const MAX_LIST_FREE = 80
const MAX_TUPLE_FREE = 2000

export class Mini implements GcHeader {
  ob_refcnt = 1
  gc = 0
  items: Mini[] = []
  /** tp_finalize; runs once. */
  finalizer: ((self: Mini) => void) | null = null
  finalized = false
  legacyFinalizer = false
  weakrefs: Mini[] = []
  /** Of a weak reference. */
  referent: Mini | null = null
  callback: Mini | null = null
  called: ((reference: Mini) => void) | null = null
  dead = false

  constructor(readonly kind: number) {}
}

export class MiniHeap implements GcHost<Mini> {
  garbage: Mini[] = []
  messages: string[] = []
  phases: string[] = []
  error = false
  private listFree = 0
  private tupleFree = 0

  constructor(readonly gc: CyclicGC<Mini>) {
    gc.host = this
  }

  /** Each item is stolen. */
  list(...items: Mini[]): Mini {
    if (this.listFree > 0) this.listFree--
    else this.gc.link()
    return this.finish(new Mini(LIST), items)
  }

  tuple(...items: Mini[]): Mini {
    if (this.tupleFree > 0) this.tupleFree--
    else this.gc.link()
    return this.finish(new Mini(TUPLE), items)
  }

  instance(finalizer: ((self: Mini) => void) | null = null): Mini {
    this.gc.link()
    const o = this.finish(new Mini(INSTANCE), [])
    o.finalizer = finalizer
    return o
  }

  /** `weakref.ref(referent, callback)`: its arguments come in a tuple that is freed after the call. */
  weakref(referent: Mini, callback: Mini, called: ((reference: Mini) => void) | null): Mini {
    this.incref(referent)
    this.incref(callback)
    const args = this.tuple(referent, callback)
    this.gc.link()
    const o = this.finish(new Mini(WEAKREF), [])
    o.referent = referent
    o.callback = callback
    o.called = called
    this.incref(callback)
    referent.weakrefs.unshift(o)
    this.decref(args)
    return o
  }

  /** The item is borrowed. */
  append(o: Mini, item: Mini): void {
    this.incref(item)
    o.items.push(item)
  }

  incref(o: Mini): void {
    o.ob_refcnt++
  }

  decref(o: Mini): void {
    if (--o.ob_refcnt === 0) this.dealloc(o)
  }

  traverse(o: Mini, visit: Visit<Mini>): void {
    const { items } = o
    for (let i = 0; i < items.length; i++) visit(items[i]!)
    if (o.callback !== null) visit(o.callback)
  }

  clear(o: Mini): void {
    if (o.kind === TUPLE) return
    if (o.kind === WEAKREF) {
      this.clearWeakref(o)
      const callback = o.callback
      o.callback = null
      if (callback !== null) this.decref(callback)
    }
    this.dropItems(o)
  }

  hasLegacyFinalizer(o: Mini): boolean {
    return o.legacyFinalizer
  }

  needsFinalizer(o: Mini): boolean {
    return o.finalizer !== null && !o.finalized
  }

  finalize(o: Mini): void {
    o.finalized = true
    o.finalizer!(o)
  }

  canUntrackTuple(o: Mini): boolean {
    return o.kind === TUPLE && o.items.every(item => item.gc === 0)
  }

  canUntrackDict(): boolean {
    return false
  }

  clearWeakrefs(o: Mini, withCallback: Mini[]): void {
    if (o.kind === WEAKREF) this.clearWeakref(o)
    while (o.weakrefs.length > 0) {
      const reference = o.weakrefs[0]!
      this.clearWeakref(reference)
      if (reference.callback !== null) withCallback.push(reference)
    }
  }

  callWeakrefCallback(reference: Mini): void {
    reference.called?.(reference)
  }

  appendGarbage(o: Mini): void {
    this.incref(o)
    this.garbage.push(o)
  }

  clearFreeLists(): void {
    this.listFree = this.tupleFree = 0
  }

  errorOccurred(): boolean {
    return this.error
  }

  callback(phase: 'start' | 'stop', generation: number, collected: number, uncollectable: number): void {
    this.phases.push(`${phase} ${generation} ${collected} ${uncollectable}`)
  }

  reportError(): void {
    this.error = false
  }

  debugMessage(text: string): void {
    this.messages.push(text)
  }

  describe(): string {
    return 'Mini'
  }

  private finish(o: Mini, items: Mini[]): Mini {
    o.items = items
    this.gc.track(o)
    return o
  }

  private dealloc(o: Mini): void {
    if (o.gc !== 0) this.gc.untrack(o)
    if (o.kind === INSTANCE && o.finalizer !== null && !o.finalized) {
      this.gc.track(o)
      o.ob_refcnt = 1
      this.finalize(o)
      if (--o.ob_refcnt > 0) return
      this.gc.untrack(o)
    }
    this.clearWeakref(o)
    for (const reference of [...o.weakrefs]) this.clearWeakref(reference)
    if (o.callback !== null) this.decref(o.callback)
    this.dropItems(o)
    o.dead = true
    if (o.kind === LIST && this.listFree < MAX_LIST_FREE) this.listFree++
    else if (o.kind === TUPLE && this.tupleFree < MAX_TUPLE_FREE) this.tupleFree++
    else this.gc.del()
  }

  private dropItems(o: Mini): void {
    const items = o.items
    o.items = []
    for (let i = items.length - 1; i >= 0; i--) this.decref(items[i]!)
  }

  private clearWeakref(reference: Mini): void {
    const referent = reference.referent
    if (referent === null) return
    reference.referent = null
    referent.weakrefs.splice(referent.weakrefs.indexOf(reference), 1)
  }
}
