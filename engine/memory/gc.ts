// The cyclic garbage collector: CPython 3.11's Modules/gcmodule.c over columns (gc-lists.ts) and a narrow host (gc-host.ts).
//
// What reference counting cannot free is found so: for every candidate take its reference count, subtract the references
// that come from other candidates, and what is left above zero is held from outside. Everything reachable from those
// lives; the rest is garbage. The order in which lists are walked and joined is CPython's, because it decides in which
// order finalizers run and objects die.
//
// Counting (facts in CPython's own words): count of generation 0 rises with every allocation of a collectable object that
// really takes memory and falls with every one given back, free lists count neither; an allocation that lifts it above the
// threshold collects the oldest generation whose count is above its own.
import type { EventLog } from './event-log'
import type { EventSink } from './event-sink'
import { type GcHeader, type GcHost, type GcWorking, NullGcHost, type Visit } from './gc-host'
import {
  CALLBACKS_LIST, FINALIZERS_LIST, GENERATION_0, GcLists, OUTSIDE, PERMANENT, SEEN_LIST, STILL_UNREACHABLE_LIST,
  UNREACHABLE, UNREACHABLE_LIST,
} from './gc-lists'

export const NUM_GENERATIONS = 3
export const DEFAULT_THRESHOLDS: readonly [number, number, number] = [700, 10, 10]

/** gc.set_debug flags. */
export const DEBUG_STATS = 1
export const DEBUG_COLLECTABLE = 2
export const DEBUG_UNCOLLECTABLE = 4
export const DEBUG_SAVEALL = 32
export const DEBUG_LEAK = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL

export interface GenerationStats {
  collections: number
  collected: number
  uncollectable: number
}

export class CyclicGC<T extends GcHeader> extends GcLists<T> {
  host: GcHost<T> = new NullGcHost<T>()
  enabled = true
  collecting = false
  debug = 0
  readonly count = new Int32Array(NUM_GENERATIONS)
  readonly threshold = Int32Array.from(DEFAULT_THRESHOLDS)
  readonly stats: GenerationStats[] = [0, 1, 2].map(() => ({ collections: 0, collected: 0, uncollectable: 0 }))
  /** Objects that survived a full collection, and those that reached the oldest generation since. */
  longLivedTotal = 0
  longLivedPending = 0
  /** Old objects that a real process has at its start and this one has not: they count as survivors of full collections. */
  unmodelledOld = 0
  private collections = 0
  /** When the collection at work began, in the machine's time: for the recording alone. */
  private startedMs = 0
  /** Figures of the last deduceUnreachable, see GcWorking. */
  private references = 0
  private referencesLeft = 0
  private heldFromOutside = 0
  private broughtBack = 0
  /** The lists that the visitors below work on. */
  private visitTarget = 0
  private readonly visitDecref: Visit<T>
  private readonly visitReachable: Visit<T>
  private readonly visitMove: Visit<T>

  constructor(private readonly log: EventLog, public sink: EventSink) {
    super()
    // Made once: a collection allocates no closure.
    this.visitDecref = child => {
      const refs = this.refs
      const slot = child.gc
      if (refs[slot]! > 0) refs[slot]!--
    }
    this.visitReachable = child => {
      const slot = child.gc
      const left = this.refs[slot]!
      if (left === 0) this.refs[slot] = 1
      else if (left === UNREACHABLE) {
        this.move(slot, this.visitTarget)
        this.refs[slot] = 1
        this.broughtBack++
      }
    }
    this.visitMove = child => {
      const slot = child.gc
      if (this.refs[slot] === OUTSIDE) return
      this.move(slot, this.visitTarget)
      this.refs[slot] = OUTSIDE
    }
  }

  /**
   * Called by the allocation of a collectable object, after its block was taken and before the object exists. May
   * collect, that is, run code. Mirrors _PyObject_GC_Link.
   */
  link(): void {
    const count = ++this.count[0]!
    if (count > this.threshold[0]!) this.overThreshold()
  }

  /** Called when the block of a collectable object is given back. Mirrors PyObject_GC_Del. */
  del(): void {
    if (this.count[0]! > 0) this.count[0]!--
  }

  /** gc.collect(): returns the number of unreachable objects, 0 when a collection is running. */
  collect(generation: number): number {
    if (this.collecting) return 0
    return this.run(generation, true, true)
  }

  /** At shutdown: without callbacks. Mirrors _PyGC_CollectNoFail. */
  collectNoFail(): number {
    if (this.collecting) return 0
    return this.run(NUM_GENERATIONS - 1, true, false)
  }

  /** gc.freeze(). */
  freeze(): void {
    for (let g = 0; g < NUM_GENERATIONS; g++) {
      this.merge(GENERATION_0 + g, PERMANENT)
      this.count[g] = 0
    }
  }

  /** gc.unfreeze(). */
  unfreeze(): void {
    this.merge(PERMANENT, GENERATION_0 + NUM_GENERATIONS - 1)
  }

  get freezeCount(): number {
    return this.sizeOf(PERMANENT)
  }

  /** Tracked objects of one generation (0 to 2), or of all three for -1, in CPython's order. Takes no references. */
  getObjects(generation = -1): T[] {
    if (generation >= 0) return this.objectsOf(GENERATION_0 + generation)
    return [0, 1, 2].flatMap(g => this.objectsOf(GENERATION_0 + g))
  }

  generationSizes(): [number, number, number] {
    return [this.sizeOf(GENERATION_0), this.sizeOf(GENERATION_0 + 1), this.sizeOf(GENERATION_0 + 2)]
  }

  /** Counts and statistics as at a fresh start; the generations keep their objects. */
  resetStatistics(): void {
    this.count.fill(0)
    this.collections = 0
    for (const stats of this.stats) stats.collections = stats.collected = stats.uncollectable = 0
    this.collections = 0
  }

  private overThreshold(): void {
    if (!this.enabled || this.threshold[0] === 0 || this.collecting || this.host.errorOccurred()) return
    // Mirrors gc_collect_generations: the oldest generation that is due; a full one only if enough is pending.
    for (let g = NUM_GENERATIONS - 1; g >= 0; g--) {
      if (this.count[g]! <= this.threshold[g]!) continue
      if (g === NUM_GENERATIONS - 1 && this.longLivedPending < Math.floor(this.longLivedTotal / 4)) continue
      this.run(g, false, true)
      return
    }
  }

  /** Mirrors gc_collect_with_callback. */
  private run(generation: number, explicit: boolean, callbacks: boolean): number {
    this.collecting = true
    try {
      if (callbacks) this.host.callback('start', generation, 0, 0)
      const working = this.collectMain(generation, explicit)
      if (callbacks) this.host.callback('stop', generation, working.collected, working.uncollectable)
      return working.collected + working.uncollectable
    } finally {
      this.collecting = false
    }
  }

  /** Mirrors gc_collect_main. */
  private collectMain(generation: number, explicit: boolean): GcWorking {
    const { host, log, count } = this
    const working = this.begin(generation, explicit)
    if (log.enabled) log.gcStart(generation, working.id)
    if ((this.debug & DEBUG_STATS) !== 0) this.reportStart(generation, working)

    if (generation + 1 < NUM_GENERATIONS) count[generation + 1]!++
    for (let g = 0; g <= generation; g++) count[g] = 0
    const young = GENERATION_0 + generation
    for (let g = 0; g < generation; g++) this.merge(GENERATION_0 + g, young)
    const old = generation < NUM_GENERATIONS - 1 ? young + 1 : young

    const unreachable = UNREACHABLE_LIST
    working.candidates = this.deduceUnreachable(young, unreachable)
    working.references = this.references
    working.subtracted = this.references - this.referencesLeft
    working.heldFromOutside = this.heldFromOutside
    working.broughtBack = this.broughtBack
    working.unreachable = this.sizeOf(unreachable)
    working.reachable = working.candidates - working.unreachable
    working.untracked = this.untrackTuples(young)
    if (young !== old) {
      if (generation === NUM_GENERATIONS - 2) this.longLivedPending += working.reachable - working.untracked
      this.merge(young, old)
    } else {
      working.untracked += this.untrackDicts(young)
      this.longLivedPending = 0
      this.longLivedTotal = working.reachable - working.untracked + this.unmodelledOld
    }

    this.moveLegacyFinalizers(unreachable, FINALIZERS_LIST)
    this.moveLegacyFinalizerReachable(FINALIZERS_LIST)
    if ((this.debug & DEBUG_COLLECTABLE) !== 0) this.reportCycle('collectable', unreachable)
    let collected = this.handleWeakrefs(unreachable, old, working)
    this.finalizeGarbage(unreachable, working)
    const before = this.isEmpty(unreachable) ? 0 : this.sizeOf(unreachable)
    this.handleResurrected(unreachable, STILL_UNREACHABLE_LIST, old)
    const dead = this.sizeOf(STILL_UNREACHABLE_LIST)
    working.resurrected = before - dead
    collected += dead
    this.deleteGarbage(STILL_UNREACHABLE_LIST, old)
    working.uncollectable = this.sizeOf(FINALIZERS_LIST)
    if ((this.debug & DEBUG_UNCOLLECTABLE) !== 0) this.reportCycle('uncollectable', FINALIZERS_LIST)
    this.handleLegacyFinalizers(FINALIZERS_LIST, old)
    if (generation === NUM_GENERATIONS - 1) host.clearFreeLists()
    if (host.errorOccurred()) host.reportError()

    working.collected = collected
    this.end(working)
    return working
  }

  /**
   * Splits `base`: what cannot be reached from outside goes to `unreachable`, with `refs` left at UNREACHABLE.
   * Returns the number of candidates.
   */
  private deduceUnreachable(base: number, unreachable: number): number {
    const candidates = this.updateRefs(base)
    this.subtractRefs(base)
    this.moveUnreachable(base, unreachable)
    return candidates
  }

  private updateRefs(list: number): number {
    const { next, refs, objects } = this
    let candidates = 0
    let references = 0
    for (let slot = next[list]!; slot !== list; slot = next[slot]!) {
      references += refs[slot] = objects[slot]!.ob_refcnt
      candidates++
    }
    this.references = references
    return candidates
  }

  private subtractRefs(list: number): void {
    const { next, objects, host, visitDecref, refs } = this
    for (let slot = next[list]!; slot !== list; slot = next[slot]!) host.traverse(objects[slot]!, visitDecref)
    let left = 0
    let held = 0
    for (let slot = next[list]!; slot !== list; slot = next[slot]!) {
      left += refs[slot]!
      if (refs[slot] !== 0) held++
    }
    this.referencesLeft = left
    this.heldFromOutside = held
    this.broughtBack = 0
  }

  // Mirrors move_unreachable. An object whose count is zero is only *probably* garbage when its turn comes: it goes to
  // `unreachable`, and comes back to the end of `young` when something reachable turns out to refer to it.
  private moveUnreachable(young: number, unreachable: number): void {
    const { next, prev, refs, objects, host, visitReachable } = this
    this.visitTarget = young
    let slot = next[young]!
    while (slot !== young) {
      if (refs[slot] !== 0) {
        host.traverse(objects[slot]!, visitReachable)
        refs[slot] = OUTSIDE
        slot = next[slot]!
      } else {
        const after = next[slot]!
        const before = prev[slot]!
        next[before] = after
        prev[after] = before
        const tail = prev[unreachable]!
        next[tail] = slot
        prev[slot] = tail
        next[slot] = unreachable
        prev[unreachable] = slot
        refs[slot] = UNREACHABLE
        slot = after
      }
    }
  }

  private untrackTuples(list: number): number {
    let untracked = 0
    for (let slot = this.next[list]!, after = 0; slot !== list; slot = after) {
      after = this.next[slot]!
      const o = this.objects[slot]!
      if (!this.host.canUntrackTuple(o)) continue
      this.untrack(o)
      untracked++
    }
    return untracked
  }

  private untrackDicts(list: number): number {
    let untracked = 0
    for (let slot = this.next[list]!, after = 0; slot !== list; slot = after) {
      after = this.next[slot]!
      const o = this.objects[slot]!
      if (!this.host.canUntrackDict(o)) continue
      this.untrack(o)
      untracked++
    }
    return untracked
  }

  private moveLegacyFinalizers(unreachable: number, finalizers: number): void {
    for (let slot = this.next[unreachable]!, after = 0; slot !== unreachable; slot = after) {
      after = this.next[slot]!
      if (!this.host.hasLegacyFinalizer(this.objects[slot]!)) continue
      this.refs[slot] = OUTSIDE
      this.move(slot, finalizers)
    }
  }

  /** Whatever an uncollectable object refers to must stay too; the list grows while it is walked. */
  private moveLegacyFinalizerReachable(finalizers: number): void {
    this.visitTarget = finalizers
    for (let slot = this.next[finalizers]!; slot !== finalizers; slot = this.next[slot]!)
      this.host.traverse(this.objects[slot]!, this.visitMove)
  }

  // Mirrors handle_weakrefs: first every weak reference to garbage is cleared, then the callbacks of those run that are
  // not garbage themselves. Returns how many of these references died in their callback.
  private handleWeakrefs(unreachable: number, old: number, working: GcWorking): number {
    const { host } = this
    const withCallback: T[] = []
    for (let slot = this.next[unreachable]!; slot !== unreachable; slot = this.next[slot]!) {
      host.clearWeakrefs(this.objects[slot]!, withCallback)
      for (let i = 0; i < withCallback.length; i++) {
        const reference = withCallback[i]!
        if (reference.gc === 0 || this.refs[reference.gc] !== OUTSIDE) continue
        host.incref(reference)
        this.move(reference.gc, CALLBACKS_LIST)
      }
      withCallback.length = 0
    }
    let freed = 0
    while (!this.isEmpty(CALLBACKS_LIST)) {
      const slot = this.next[CALLBACKS_LIST]!
      const reference = this.objects[slot]!
      working.weakrefCallbacks++
      host.callWeakrefCallback(reference)
      host.decref(reference)
      if (this.next[CALLBACKS_LIST] === slot) this.move(slot, old)
      else freed++
    }
    return freed
  }

  private finalizeGarbage(collectable: number, working: GcWorking): void {
    const { host } = this
    while (!this.isEmpty(collectable)) {
      const slot = this.next[collectable]!
      const o = this.objects[slot]!
      this.move(slot, SEEN_LIST)
      if (!host.needsFinalizer(o)) continue
      working.finalized++
      host.incref(o)
      host.finalize(o)
      host.decref(o)
    }
    this.merge(SEEN_LIST, collectable)
  }

  /** Finalizers may have made some of it reachable again: what they did goes on living in `old`. */
  private handleResurrected(unreachable: number, stillUnreachable: number, old: number): void {
    this.deduceUnreachable(unreachable, stillUnreachable)
    this.merge(unreachable, old)
  }

  private deleteGarbage(collectable: number, old: number): void {
    const { host } = this
    while (!this.isEmpty(collectable)) {
      const slot = this.next[collectable]!
      const o = this.objects[slot]!
      if ((this.debug & DEBUG_SAVEALL) !== 0) host.appendGarbage(o)
      else {
        host.incref(o)
        host.clear(o)
        host.decref(o)
      }
      if (this.next[collectable] === slot) {
        // Still alive: moved on, it may die later.
        this.refs[slot] = OUTSIDE
        this.move(slot, old)
      }
    }
  }

  private handleLegacyFinalizers(finalizers: number, old: number): void {
    for (let slot = this.next[finalizers]!; slot !== finalizers; slot = this.next[slot]!) {
      const o = this.objects[slot]!
      if ((this.debug & DEBUG_SAVEALL) !== 0 || this.host.hasLegacyFinalizer(o)) this.host.appendGarbage(o)
    }
    this.merge(finalizers, old)
  }

  private begin(generation: number, explicit: boolean): GcWorking {
    this.log.point.refresh(this.log)
    if (this.log.enabled) this.startedMs = performance.now()
    return {
      id: ++this.collections, generation, explicit,
      countsBefore: [this.count[0]!, this.count[1]!, this.count[2]!],
      trackedBefore: this.generationSizes(),
      thresholds: [this.threshold[0]!, this.threshold[1]!, this.threshold[2]!],
      candidates: 0, references: 0, subtracted: 0, heldFromOutside: 0, broughtBack: 0, reachable: 0, unreachable: 0, untracked: 0,
      weakrefCallbacks: 0, finalized: 0, resurrected: 0, collected: 0, uncollectable: 0,
      longLivedPending: 0, longLivedTotal: 0,
      startTick: this.log.tick, endTick: 0,
    }
  }

  private end(working: GcWorking): void {
    const { log } = this
    const stats = this.stats[working.generation]!
    stats.collections++
    stats.collected += working.collected
    stats.uncollectable += working.uncollectable
    working.longLivedPending = this.longLivedPending
    working.longLivedTotal = this.longLivedTotal
    log.point.refresh(log)
    working.endTick = log.tick
    if ((this.debug & DEBUG_STATS) !== 0) {
      // DIFFERS: the time is not measured, so that runs stay equal.
      const { collected, uncollectable } = working
      this.host.debugMessage(
        `gc: done, ${collected + uncollectable} unreachable, ${uncollectable} uncollectable, 0.0000s elapsed\n`)
    }
    if (log.enabled) {
      this.sink.collection(working, (performance.now() - this.startedMs) * 1e6)
      log.gcEnd(working.generation, working.id)
    }
  }

  /** Mirrors show_stats_each_generations. */
  private reportStart(generation: number, working: GcWorking): void {
    this.host.debugMessage(`gc: collecting generation ${generation}...\n`)
    this.host.debugMessage(`gc: objects in each generation: ${working.trackedBefore.join(' ')}\n` +
      `gc: objects in permanent generation: ${this.freezeCount}\n`)
  }

  private reportCycle(what: string, list: number): void {
    for (const o of this.objectsOf(list)) this.host.debugMessage(`gc: ${what} <${this.host.describe(o)}>\n`)
  }
}
