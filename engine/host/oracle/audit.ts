// The audit of a run: at every mark and at its end the simulated memory must be consistent and no object may have fewer
// references counted than the heap holds; when the interpreter has been taken apart nothing may be left of what the
// program allocated.
//
// A count may be higher than what traversal finds: references from the evaluation stacks, from the interpreter's own
// state and from objects without tp_traverse (code objects, for example) are not seen by it. Such a count that is too
// high in truth keeps its object alive, and the last check finds it.
import { auditProcess } from '../../memory/audit'
import { ALLOC, EVENT_STRIDE, FREE, REALLOC, REALLOC_FROM } from '../../memory/events'
import { gcHost } from '../../python/objects/gc-host'
import type { PyObject } from '../../python/objects/object'
import { clearFreeLists, PyObject_IS_GC } from '../../python/objects/objimpl'
import { _PyRuntime } from '../../python/objects/runtime'

interface Block { type: number, bytes: number, line: number }

/** Objects whose count is below the references found by tp_traverse over all containers, in words. */
export function auditReferences(): string[] {
  const { gc } = _PyRuntime.process
  const found = new Map<PyObject, number>()
  const pending: PyObject[] = gc.getObjects()
  const visited = new Set<PyObject>(pending)
  const visit = (o: PyObject): void => {
    found.set(o, (found.get(o) ?? 0) + 1)
    if (visited.has(o)) return
    visited.add(o)
    // Containers that are not tracked (tuples of strings, frames that run) hold references too.
    if (PyObject_IS_GC(o)) pending.push(o)
  }
  for (let o = pending.pop(); o !== undefined; o = pending.pop()) gcHost.traverse(o, visit)
  const problems: string[] = []
  for (const [o, n] of found) {
    if (o.ob_refcnt < n) problems.push(`${o.ob_type.tp_name} object at 0x${(o.addr * 16).toString(16)} counts ${o.ob_refcnt} references and has ${n}`)
  }
  return problems
}

/** Tables of the containers that are still there: the program may have made those of older objects grow. */
function tablesInUse(): Set<number> {
  const blocks = new Set<number>()
  for (const o of _PyRuntime.process.gc.getObjects()) {
    const v = o.v as { block?: unknown, ma_keys?: { block: number } } | null
    if (typeof v?.block === 'number') blocks.add(v.block)
    if (v?.ma_keys !== undefined) blocks.add(v.ma_keys.block)
  }
  return blocks
}

export class RunAudit {
  readonly problems: string[] = []
  readonly typeNames = new Map<number, string>()
  private readonly live = new Map<number, Block>()
  private ended = false

  /** Sees all events of the run; words 3 and 4 are the line in the script and where that line is (2: nowhere). */
  chunk(words: Int32Array, used: number): void {
    for (let at = 0; at < used; at += EVENT_STRIDE) {
      const kind = words[at]! & 15
      const block = words[at + 1]!
      if (kind === FREE || kind === REALLOC_FROM) this.live.delete(block)
      // What the teardown itself allocates (names of hidden places, the restored builtins) is not the program's.
      else if ((kind === ALLOC || kind === REALLOC) && !this.ended) {
        this.live.set(block, { type: words[at]! >>> 6, bytes: words[at + 2]!, line: words[at + 4] === 2 ? 0 : words[at + 3]! })
      }
    }
  }

  /** At a mark or the end, with the program standing still. */
  check(when: string): void {
    for (const problem of [...auditProcess(_PyRuntime.process), ...auditReferences()]) this.problems.push(`${when}: ${problem}`)
  }

  /** Before the interpreter is taken apart; the log must have been flushed. */
  beforeTeardown(): void {
    this.check('end')
    this.ended = true
  }

  /** Afterwards: whatever the program allocated has to be gone, free lists emptied. */
  afterTeardown(): void {
    gcHost.clearFreeLists()
    clearFreeLists()
    _PyRuntime.process.log.flush()
    this.problems.push(...auditProcess(_PyRuntime.process).map(problem => `after the end: ${problem}`))
    const older = tablesInUse()
    for (const [block, { type, bytes, line }] of this.live) {
      if (older.has(block)) continue
      const name = this.typeNames.get(type)
      this.problems.push(`after the end: ${bytes} bytes ${name === undefined ? `(tag ${type})` : `of ${name}`} allocated in line ${line} are left`)
    }
  }
}
