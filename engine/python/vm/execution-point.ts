// Where events happen: fills the event log's context, lasti and tick from the running frame, and keeps the frame trie.
//
// A context is a node of the trie: a code object, called from a line of the parent's context (named to the sink by the
// first instruction that called from there: recordings tell callers apart by line). A frame's node is looked up when the
// first event happens in it and kept on the frame; code objects remember their last lookup, so that loops that call the same
// function hit without hashing. Code objects and files are defined to the sink at first use.
//
// A function that calls itself from two lines has a node for every path: as many as there are calls. Past MAX_CONTEXTS a
// place that is not known yet keeps its innermost frame alone, as tracemalloc does with one frame.
import type { EventLog, ExecutionPoint } from '../../memory/event-log'
import type { EventSink } from '../../memory/event-sink'
import type { CodeData } from '../objects/codeobject'
import { frameIsIncomplete, type InterpreterFrame } from '../objects/frameobject'
import { _PyRuntime } from '../objects/runtime'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import { sourceText } from './source-lines'

const EMPTY = 0
/** 4 MiB of table here; each may be several sites of the recorder, of about 100 bytes. */
const MAX_CONTEXTS = 1 << 17
/** A line that no instruction has: the caller was not kept. */
const NO_LINE = -2

function slotOf(parent: number, line: number, code: number): number {
  return (Math.imul(parent, 0x9e3779b1) ^ Math.imul(line, 0x85ebca6b) ^ Math.imul(code, 0xc2b2ae35)) >>> 7
}

export class FrameTrie implements ExecutionPoint {
  private readonly sink: EventSink
  private tick = 0
  private nextContext = 1
  private nextCode = 1
  private readonly files = new Map<string, number>()
  /** Open addressing: parent, line of the call, code id, node; node 0 = empty. */
  private table = new Int32Array(4 * 1024)
  private mask = 1023
  private used = 0

  private readonly maxContexts: number

  constructor(sink: EventSink, maxContexts = MAX_CONTEXTS) {
    this.sink = sink
    this.maxContexts = maxContexts
  }

  refresh(log: EventLog): void {
    const rt = _PyRuntime
    const top = rt.tstate.frame
    if (top === null) {
      log.context = log.lasti = 0
      log.tick = this.advance(rt.tickBase[0]!)
      return
    }
    log.tick = this.advance(rt.tickBase[0]! + top.pc)
    if (top.context !== 0) {
      log.context = top.context
      log.lasti = top.code.offsets[top.pc]!
      return
    }
    let frame: InterpreterFrame | null = top
    while (frame !== null && frameIsIncomplete(frame)) frame = frame.previous
    if (frame === null) {
      log.context = log.lasti = 0
      return
    }
    log.context = frame.context !== 0 ? frame.context : this.contextOf(frame)
    log.lasti = frame.code.offsets[frame.pc] ?? 0
  }

  /** Low 32 bits of the tick. It never goes back, also where another thread's frame, or a generator's, is on top for a moment. */
  private advance(tick: number): number {
    if (tick > this.tick) this.tick = tick
    return this.tick | 0
  }

  /** The node of a frame; resolves its callers first. */
  private contextOf(frame: InterpreterFrame): number {
    const caller = frame.previous
    if (caller !== null && caller.context !== 0 && !frameIsIncomplete(frame)) {
      frame.context = this.node(caller.context, caller, frame.code)
      return frame.context
    }
    const pending: InterpreterFrame[] = []
    let at: InterpreterFrame | null = frame
    while (at !== null && at.context === 0) {
      if (!frameIsIncomplete(at)) pending.push(at)
      at = at.previous
    }
    let parent = at
    for (let i = pending.length - 1; i >= 0; i--) {
      const f = pending[i]!
      f.context = this.node(parent === null ? 0 : parent.context, parent, f.code)
      parent = f
    }
    return frame.context
  }

  private node(parent: number, caller: InterpreterFrame | null, code: CodeData): number {
    const line = caller === null ? 0 : caller.code.lines[caller.pc] ?? -1
    if (code.trieParent === parent && code.trieLine === line) return code.trieContext
    if (code.eventId === 0) this.defineCode(code)
    let id = this.find(parent, line, code.eventId)
    if (id === 0) {
      if (this.nextContext < this.maxContexts) id = this.add(parent, line, code.eventId, caller === null ? 0 : caller.code.offsets[caller.pc] ?? 0)
      else id = this.find(0, NO_LINE, code.eventId) || this.add(0, NO_LINE, code.eventId, 0)
    }
    code.trieParent = parent
    code.trieLine = line
    code.trieContext = id
    return id
  }

  /** A known node, 0 if there is none. */
  private find(parent: number, line: number, code: number): number {
    const { table, mask } = this
    for (let slot = slotOf(parent, line, code) & mask; ; slot = slot + 1 & mask) {
      const at = slot * 4
      const node = table[at + 3]!
      if (node === EMPTY || table[at] === parent && table[at + 1] === line && table[at + 2] === code) return node
    }
  }

  private add(parent: number, line: number, code: number, parentLasti: number): number {
    if (++this.used * 2 > this.mask) this.grow()
    const id = this.nextContext++
    this.put(parent, line, code, id)
    this.sink.defineContext({ id, parentId: parent, parentLasti, codeId: code })
    return id
  }

  private put(parent: number, line: number, code: number, node: number): void {
    const { table, mask } = this
    let slot = slotOf(parent, line, code) & mask
    while (table[slot * 4 + 3] !== EMPTY) slot = slot + 1 & mask
    const at = slot * 4
    table[at] = parent
    table[at + 1] = line
    table[at + 2] = code
    table[at + 3] = node
  }

  private grow(): void {
    const old = this.table
    this.mask = this.mask * 2 + 1
    this.table = new Int32Array(4 * (this.mask + 1))
    for (let at = 0; at < old.length; at += 4) if (old[at + 3] !== EMPTY) this.put(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!)
  }

  private defineCode(code: CodeData): void {
    const path = PyUnicode_AsString(code.co_filename)
    let fileId = this.files.get(path)
    if (fileId === undefined) {
      fileId = this.files.size + 1
      this.files.set(path, fileId)
      this.sink.defineFile({ id: fileId, path, source: sourceText(path)?.replace(/\r\n?/g, '\n') ?? null })
    }
    code.eventId = this.nextCode++
    this.sink.defineCode({
      id: code.eventId, fileId, name: PyUnicode_AsString(code.co_name), qualifiedName: PyUnicode_AsString(code.co_qualname),
      firstLine: code.firstlineno, lineTable: code.code.co_linetable,
    })
  }
}
