// Where events happen: fills the event log's context, lasti and tick from the running frame, and keeps the frame trie.
//
// A context is a node of the trie: a code object, called from an instruction of the parent's context. A frame's node is
// looked up when the first event happens in it and kept on the frame; code objects remember their last lookup, so that
// loops that call the same function hit without hashing. Code objects and files are defined to the sink at first use.
import type { EventLog, ExecutionPoint } from '../../memory/event-log'
import type { EventSink } from '../../memory/event-sink'
import type { CodeData } from '../objects/codeobject'
import { frameIsIncomplete, type InterpreterFrame } from '../objects/frameobject'
import { _PyRuntime } from '../objects/runtime'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import { sourceText } from './source-lines'

const EMPTY = 0

export class FrameTrie implements ExecutionPoint {
  private readonly sink: EventSink
  private tick = 0
  private nextContext = 1
  private nextCode = 1
  private readonly files = new Map<string, number>()
  /** Open addressing: parent, lasti, code id, node; node 0 = empty. */
  private table = new Int32Array(4 * 1024)
  private mask = 1023
  private used = 0

  constructor(sink: EventSink) {
    this.sink = sink
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
      frame.context = this.node(caller.context, caller.code.offsets[caller.pc] ?? 0, frame.code)
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
      const lasti = parent === null ? 0 : parent.code.offsets[parent.pc] ?? 0
      f.context = this.node(parent === null ? 0 : parent.context, lasti, f.code)
      parent = f
    }
    return frame.context
  }

  private node(parent: number, lasti: number, code: CodeData): number {
    if (code.trieParent === parent && code.trieLasti === lasti) return code.trieContext
    if (code.eventId === 0) this.defineCode(code)
    const id = this.find(parent, lasti, code.eventId)
    code.trieParent = parent
    code.trieLasti = lasti
    code.trieContext = id
    return id
  }

  private find(parent: number, lasti: number, code: number): number {
    const { table, mask } = this
    let slot = (Math.imul(parent, 0x9e3779b1) ^ Math.imul(lasti, 0x85ebca6b) ^ Math.imul(code, 0xc2b2ae35)) >>> 7 & mask
    for (;; slot = slot + 1 & mask) {
      const at = slot * 4
      const node = table[at + 3]!
      if (node === EMPTY) break
      if (table[at] === parent && table[at + 1] === lasti && table[at + 2] === code) return node
    }
    const node = this.nextContext++
    const at = slot * 4
    table[at] = parent
    table[at + 1] = lasti
    table[at + 2] = code
    table[at + 3] = node
    this.sink.defineContext({ id: node, parentId: parent, parentLasti: lasti, codeId: code })
    if (++this.used * 2 > mask) this.grow()
    return node
  }

  private grow(): void {
    const old = this.table
    this.mask = this.mask * 2 + 1
    this.table = new Int32Array(4 * (this.mask + 1))
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 3] === EMPTY) continue
      let slot = (Math.imul(old[at]!, 0x9e3779b1) ^ Math.imul(old[at + 1]!, 0x85ebca6b) ^ Math.imul(old[at + 2]!, 0xc2b2ae35)) >>> 7 & this.mask
      while (this.table[slot * 4 + 3] !== EMPTY) slot = slot + 1 & this.mask
      this.table.set(old.subarray(at, at + 4), slot * 4)
    }
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
