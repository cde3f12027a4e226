// Watches one object while the program runs: every change of its reference count, with the instruction that made it.
//
// Nothing of the interpreter knows of this. When the object is born (the log is about to write that very event) a setter for
// `addr` waits on the prototype for the object that is made at that address; from then on the object's own `ob_refcnt` is a
// getter and a setter. Objects out of free lists are found in the list that parked them. While a statement touches the
// object, `pc` of its frame is a setter too, so that the first instruction of another line is noticed: there, between two
// instructions, everything is in its place, and who holds the object can be looked up (holders.ts). Other objects and frames
// are as fast as ever, and a run without a watch has none of this.
import type { EventLog } from '../../memory/event-log'
import { ALLOC, FREE, GC_END, GC_START, PARK, REALLOC, REALLOC_FROM, REUSE } from '../../memory/events'
import { repeated, type WatchedFrame, type WatchedObject, type WatchedStatement, type WatchRequest } from '../../memory/watched-object'
import type { InterpreterFrame } from '../objects/frameobject'
import { forgetSpareInts } from '../objects/longobject'
import { PyObject } from '../objects/object'
import { parkedObject } from '../objects/objimpl'
import { _PyRuntime } from '../objects/runtime'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import { findHeap } from './capture'
import { holdersOf } from './holders'
import { holderOf, instructionText, isLoad } from './instruction-holder'

const MAX_STEPS = 50_000
const MAX_STATEMENTS = 20_000
/** Looking holders up costs a walk over the heap: so much of it, in all. */
const LOOKUP_BUDGET_MS = 6_000
/** The running frame and so many less one of its callers are looked at for the end of a statement. */
const ARMED_FRAMES = 4
/** An object is made before so many events after that of its block. */
const WAIT_EVENTS = 3
/** Of what is held by more than so many (None, say) the holders are not looked up. */
const MAX_HOLDERS = 400
/** Statements that leave the count as it was are looked up so often, a line. */
const BALANCED_LOOKUPS = 1

export class ReferenceWatch {
  private readonly log: EventLog
  private readonly request: WatchRequest
  private readonly result: WatchedObject = {
    problem: '', frames: [], steps: [], statements: [], startCount: 0, startHolders: [], startUnknown: 0, endCount: 0, endHolders: [], endUnknown: 0, cut: false,
  }
  /** Where its block is now. */
  private block: number
  private target: PyObject | null = null
  private parked: PyObject | null = null
  private count = 0
  private done = false
  private ended = false
  private detached = false
  private moving = false
  /** The frame in which a collection runs, while one does; finalizers and callbacks that it calls have their own. */
  private collecting: InterpreterFrame | null | undefined
  /** Events for which new objects are looked at. */
  private waiting = 0
  private open: WatchedStatement | null = null
  private openFrame: InterpreterFrame | null = null
  private openLine = 0
  /** Taken by the instruction at this tick. */
  private takenAt = -1
  /** Its count came to zero at this tick. */
  private dyingAt = -1
  private readonly armed = new Map<InterpreterFrame, true>()
  private readonly frameIds = new Map<string, number>()
  private readonly lookups = new Map<number, number>()
  private spentMs = 0
  private looking = false

  constructor(log: EventLog, request: WatchRequest) {
    this.log = log
    this.request = request
    this.block = request.block
  }

  /** To be called when recording begins. `program`: the code that will run, which nothing holds yet. */
  begin(program: PyObject | null): void {
    if (this.request.birthEvent < 0) {
      const found = findHeap(program === null ? [] : [program]).objects.find(o => o !== null && o.addr === this.request.address)
      if (!found) {
        this.fail('The object was not there when the program began.')
        return
      }
      this.block = found.addr - found.ob_type.presize
      const { labels, unknown } = found.ob_refcnt > MAX_HOLDERS ? { labels: [], unknown: 0 } : holdersOf(found)
      this.result.startCount = found.ob_refcnt
      this.result.startHolders = labels
      this.result.startUnknown = unknown
      this.attach(found)
    } else this.parked = parkedObject(this.block)
    const { log } = this
    const write = log.write
    log.write = (head, second, third) => {
      if (!this.done) this.event(head, second)
      write.call(log, head, second, third)
    }
  }

  /** What was seen. Asked again, it says the same. */
  end(): WatchedObject {
    const { result } = this
    if (this.ended) return result
    this.ended = true
    this.close(false)
    if (this.target === null && result.problem === '' && !this.done) this.fail('The run ended before the object was born: it is not the recorded one.')
    if (this.target !== null && !this.done && this.count > 0) {
      const { labels, unknown } = this.count > MAX_HOLDERS ? { labels: [], unknown: 0 } : holdersOf(this.target)
      Object.assign(result, { endCount: this.count, endHolders: labels, endUnknown: unknown })
    }
    this.detach()
    this.done = true
    return result
  }

  private fail(problem: string): void {
    this.result.problem = problem
    this.done = true
  }

  // ---- from birth to death -----------------------------------------------------------------------------------------------

  /** Right before an event is written. */
  private event(head: number, address: number): void {
    const kind = head & 15
    if (this.waiting > 0 && --this.waiting === 0) delete (PyObject.prototype as { addr?: number }).addr
    if (kind === GC_START) this.collecting = _PyRuntime.tstate.frame
    else if (kind === GC_END) this.collecting = undefined
    if (this.moving) {
      this.moving = false
      if (kind === REALLOC) this.block = address
      return
    }
    if (this.target === null) {
      if (this.log.eventCount === this.request.birthEvent) this.born(kind, address)
      else if (kind === PARK && address === this.block) this.parked = parkedObject(this.block)
      return
    }
    if (address !== this.block) return
    if (kind === REALLOC_FROM) this.moving = true
    else if (kind === FREE || kind === PARK) {
      this.result.endCount = this.count
      this.close(false)
      this.detach()
      this.done = true
    }
  }

  private born(kind: number, address: number): void {
    if (address !== this.block || kind !== ALLOC && kind !== REUSE) return this.fail('The run has parted from the recorded one before the object was born.')
    if (kind === REUSE) {
      if (this.parked === null) return this.fail('The object came out of a free list in which it was not found.')
      this.attach(this.parked)
      this.first(0)
      return
    }
    // Of a class there is first a shell with its header, and then the type itself at the same place: so this waits on until
    // the next event but one.
    this.waiting = WAIT_EVENTS
    // The next int is not to be put into an old header: only new objects are seen.
    forgetSpareInts()
    const { block } = this
    const found = (o: PyObject): void => {
      const first = this.target === null
      this.release()
      this.attach(o)
      if (first) this.first(0)
    }
    Object.defineProperty(PyObject.prototype, 'addr', {
      configurable: true,
      set(this: PyObject, value: number) {
        Object.defineProperty(this, 'addr', { value, writable: true, enumerable: true, configurable: true })
        if (value - this.ob_type.presize === block) found(this)
      },
    })
  }

  /** The reference that the maker of an object has. */
  private first(before: number): void {
    this.step(before, this.count)
  }

  private attach(o: PyObject): void {
    this.target = o
    this.detached = false
    this.count = o.ob_refcnt
    Object.defineProperty(o, 'ob_refcnt', {
      configurable: true, enumerable: true,
      get: () => this.count,
      set: (value: number) => {
        const before = this.count
        this.count = value
        if (!this.looking && before !== value) this.step(before, value)
      },
    })
  }

  private detach(): void {
    delete (PyObject.prototype as { addr?: number }).addr
    for (const frame of [...this.armed.keys()]) this.disarm(frame)
    this.release()
  }

  /** Its count is a plain property again. */
  private release(): void {
    if (this.target === null || this.detached) return
    this.detached = true
    Object.defineProperty(this.target, 'ob_refcnt', { value: this.count, writable: true, enumerable: true, configurable: true })
  }

  // ---- steps and statements ------------------------------------------------------------------------------------------------

  private step(before: number, after: number): void {
    const { result } = this
    const rt = _PyRuntime
    const frame = rt.tstate.frame
    const pc = frame?.pc ?? 0
    const tick = rt.tickBase[0]! + pc
    const line = frame === null ? 0 : lineOf(frame)
    if (this.open === null || this.openFrame !== frame || this.openLine !== line) this.begins(frame, line, tick, before)
    const statement = this.open!
    statement.after = after
    if (after > before) statement.taken += after - before
    else statement.dropped += before - after
    const took = after > before
    if (result.steps.length < MAX_STEPS) {
      if (statement.stepCount++ === 0) statement.firstStep = result.steps.length
      result.steps.push({
        event: this.log.eventCount, tick, before, after, instruction: frame === null ? '' : instructionText(frame),
        holder: this.holder(frame, before, took, tick),
      })
    } else result.cut = true
    if (took) this.takenAt = tick
    if (after === 0) this.dyingAt = tick
  }

  private holder(frame: InterpreterFrame | null, before: number, took: boolean, tick: number): string {
    if (before === 0 && this.result.steps.length === 0) return 'its maker'
    // A finalizer gets the dead object as its argument, and may bring it back.
    if (this.dyingAt === tick || before === 0) return 'its finalizer'
    if (this.collecting === frame) return 'collector'
    return frame === null ? 'interpreter' : holderOf(frame, this.target!, took, this.takenAt === tick)
  }

  private begins(frame: InterpreterFrame | null, line: number, tick: number, before: number): void {
    // A load counts before it puts anything anywhere: all is still as the last statement left it.
    this.close(frame !== null && isLoad(frame), before)
    this.openFrame = frame
    this.openLine = line
    this.open = {
      frame: this.frameId(frame, line), tick, event: this.log.eventCount, before, after: before, taken: 0, dropped: 0, times: 1,
      firstStep: this.result.steps.length, stepCount: 0, holders: null, unknown: 0,
    }
    // Its end: another line of this frame, or, if the frame ends, the next instruction of one of its callers.
    let at = frame
    for (let depth = 0; at !== null && depth < ARMED_FRAMES; depth++, at = at.previous) this.arm(at)
  }

  /** `settled`: between two instructions. */
  private close(settled: boolean, count = this.count): void {
    const { open: statement, result } = this
    if (statement === null) return
    this.open = this.openFrame = null
    for (const frame of [...this.armed.keys()]) this.disarm(frame)
    const { statements } = result
    const same = repeated(statements, statement)
    if (same) {
      same.times++
      if (result.steps.length === statement.firstStep + statement.stepCount) result.steps.length = statement.firstStep
      return
    }
    if (statements.length >= MAX_STATEMENTS) {
      result.cut = true
      return
    }
    statements.push(statement)
    if (!settled || this.target === null || count <= 0) return
    const seen = this.lookups.get(statement.frame) ?? 0
    if (statement.before === statement.after && seen >= BALANCED_LOOKUPS || this.spentMs > LOOKUP_BUDGET_MS || count > MAX_HOLDERS) return
    this.lookups.set(statement.frame, seen + 1)
    this.looking = true
    const started = performance.now()
    const { labels } = holdersOf(this.target)
    this.spentMs += performance.now() - started
    this.looking = false
    statement.holders = labels
    statement.unknown = Math.max(0, count - labels.length)
  }

  private frameId(frame: InterpreterFrame | null, line: number): number {
    const shown: WatchedFrame = frame === null
      ? { path: '<unknown>', line: 0, functionName: '' }
      : { path: PyUnicode_AsString(frame.code.co_filename), line, functionName: PyUnicode_AsString(frame.code.co_qualname) }
    const key = `${shown.path}\0${shown.line}\0${shown.functionName}`
    let id = this.frameIds.get(key)
    if (id === undefined) this.frameIds.set(key, id = this.result.frames.push(shown) - 1)
    return id
  }

  // ---- the end of a statement ------------------------------------------------------------------------------------------------

  private arm(frame: InterpreterFrame): void {
    if (this.armed.has(frame)) return
    this.armed.set(frame, true)
    let pc = frame.pc
    Object.defineProperty(frame, 'pc', {
      configurable: true, enumerable: true,
      get: () => pc,
      set: (value: number) => {
        pc = value
        if (this.open !== null && _PyRuntime.tstate.frame === frame) this.reached(frame)
      },
    })
  }

  private disarm(frame: InterpreterFrame): void {
    if (!this.armed.delete(frame)) return
    Object.defineProperty(frame, 'pc', { value: frame.pc, writable: true, enumerable: true, configurable: true })
  }

  /** A frame is about to execute an instruction. */
  private reached(frame: InterpreterFrame): void {
    if (frame === this.openFrame && frame.pc >= 0) {
      const line = frame.code.lines[frame.pc]!
      if (line < 0 || line === this.openLine) return
    }
    this.close(true)
  }
}

function lineOf(frame: InterpreterFrame): number {
  const line = frame.pc < 0 ? -1 : frame.code.lines[frame.pc] ?? -1
  return line < 0 ? frame.code.firstlineno : line
}
