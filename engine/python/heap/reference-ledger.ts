// `--record ledger`: every change of every object's reference count as an event.
//
// Installed before the interpreter starts: a getter and a setter for `ob_refcnt` on the prototype, which each object that is
// made from then on falls into, since the constructor assigns the field and nothing defines it. Objects that were made when
// the program was loaded (static types, None, True …) have a field of their own and are not in the ledger. Other levels do not
// have any of this: there `ob_refcnt` is a plain field.
//
// An object's birth tells its first reference. Of an object that is older than the recording the count is told before its
// first change. Filters decide by type at the first change, by line at birth.
import type { EventLog } from '../../memory/event-log'
import type { EventSink } from '../../memory/event-sink'
import { REFERENCE_COUNT, REFERENCE_DROPPED, REFERENCE_TAKEN } from '../../memory/events'
import type { CodeData } from '../objects/codeobject'
import type { InterpreterFrame } from '../objects/frameobject'
import { PyObject, type PyTypeObject } from '../objects/object'
import { nameOf } from '../objects/objimpl'
import { _PyRuntime } from '../objects/runtime'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import { holderWords } from './instruction-holder'

export interface LedgerFilter {
  /** `Session` or `app.Session`; empty: all. */
  types: string[]
  /** End of a path, and a line; empty: all. */
  lines: { file: string; line: number }[]
}

/** From RunSettings.ledger. */
export function ledgerFilter(words: readonly string[]): LedgerFilter {
  const types = words.filter(word => word.startsWith('type:')).map(word => word.slice(5))
  const lines = words.flatMap(word => {
    const [, file, line] = /^line:(.+):(\d+)$/.exec(word) ?? []
    return file === undefined ? [] : [{ file, line: Number(line) }]
  })
  return { types, lines }
}

/** What the reader knows of an object. */
const UNKNOWN = 0
const TOLD = 1
const SKIPPED = 2
/** Its birth was seen, its type not yet looked at. */
const BORN = 3

interface Counted extends PyObject {
  counted: number | undefined
  told: number
}

/** `log` gives the log, which the interpreter makes. */
export function installLedger(log: () => EventLog, sink: EventSink, filter: LedgerFilter): void {
  const ledger = new Ledger(log, sink, filter)
  Object.defineProperty(PyObject.prototype, 'ob_refcnt', {
    configurable: true,
    get(this: Counted) { return this.counted },
    set(this: Counted, value: number) {
      const before = this.counted
      this.counted = value
      if (before === undefined) this.told = ledger.on ? ledger.born() : UNKNOWN
      else if (ledger.on && before !== value && this.told !== SKIPPED) ledger.changed(this, before, value)
    },
  })
  onRecording.current = on => { ledger.on = on }
}

/** To be told when recording begins and ends. */
export const onRecording: { current: (on: boolean) => void } = { current: () => {} }

class Ledger {
  on = false
  private readonly getLog: () => EventLog
  private readonly sink: EventSink
  private readonly filter: LedgerFilter
  private readonly byType: boolean
  private readonly byLine: boolean
  private readonly typeFits = new Map<PyTypeObject, boolean>()
  private readonly fileFits = new Map<PyObject, number[]>()
  /** Holder's id + 1 of each instruction and way. */
  private readonly holders = new Map<CodeData, Int32Array>()
  private readonly ids = new Map<string, number>()
  /** What was last taken, and when. */
  private taken: PyObject | null = null
  private takenAt = -1

  constructor(getLog: () => EventLog, sink: EventSink, filter: LedgerFilter) {
    this.getLog = getLog
    this.sink = sink
    this.filter = filter
    this.byType = filter.types.length > 0
    this.byLine = filter.lines.length > 0
  }

  born(): number {
    if (this.byLine && !this.onLine()) return SKIPPED
    return this.byType ? BORN : TOLD
  }

  changed(o: Counted, before: number, after: number): void {
    const type = o.ob_type
    if (before === 0 && type.tp_finalize === null && type.tp_del === null) {
      // It comes out of a free list, or an int gets an old header: another life, told by its REUSE or ALLOC.
      o.told = this.born()
      return
    }
    const block = o.addr - type.presize
    if (block <= 0) return
    if (o.told !== TOLD) {
      if (o.told === UNKNOWN && this.byLine || this.byType && !this.isOfType(type)) {
        o.told = SKIPPED
        return
      }
      if (o.told === UNKNOWN) this.getLog().reference(REFERENCE_COUNT, block, before, type.eventId)
      o.told = TOLD
    }
    const rt = _PyRuntime
    const frame = rt.tstate.frame
    const now = rt.tickBase[0]! + (frame === null ? 0 : frame.pc)
    const took = after > before
    if (after - before !== 1 && after - before !== -1) this.getLog().reference(REFERENCE_COUNT, block, after, type.eventId)
    else {
      const holder = frame === null ? 0 : this.holder(frame, took, this.taken === o && this.takenAt === now)
      this.getLog().reference(took ? REFERENCE_TAKEN : REFERENCE_DROPPED, block, holder, type.eventId)
    }
    if (took) {
      this.taken = o
      this.takenAt = now
    }
  }

  private holder(frame: InterpreterFrame, took: boolean, before: boolean): number {
    const { code, pc } = frame
    if (pc < 0) return 0
    let known = this.holders.get(code)
    if (known === undefined) this.holders.set(code, known = new Int32Array(code.ops.length * 4))
    const at = pc * 4 + (took ? 2 : 0) + (before ? 1 : 0)
    const id = known[at]!
    if (id !== 0) return id - 1
    const text = holderWords(code, pc, frame.f_locals === frame.f_globals, took, before)
    let made = this.ids.get(text)
    if (made === undefined) {
      this.ids.set(text, made = this.ids.size + 1)
      this.sink.defineHolder?.(made, text)
    }
    known[at] = made + 1
    return made
  }

  private isOfType(type: PyTypeObject): boolean {
    let fits = this.typeFits.get(type)
    if (fits === undefined) {
      const name = nameOf(type)
      this.typeFits.set(type, fits = this.filter.types.some(wanted => wanted === name || wanted === type.tp_name || wanted === `${_PyRuntime.typeModule(type)}.${name}`))
    }
    return fits
  }

  private onLine(): boolean {
    const { frame } = _PyRuntime.tstate
    if (frame === null || frame.pc < 0) return false
    const { code } = frame
    let lines = this.fileFits.get(code.co_filename)
    if (lines === undefined) {
      const path = PyUnicode_AsString(code.co_filename)
      lines = this.filter.lines.filter(({ file }) => path === file || path.endsWith(`/${file}`)).map(({ line }) => line)
      this.fileFits.set(code.co_filename, lines)
    }
    return lines.length > 0 && lines.includes(code.lines[frame.pc]!)
  }
}
