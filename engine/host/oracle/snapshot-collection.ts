// What taking a snapshot does to a program's memory in the goldens. There a forked process lists all traces with
// `_tracemalloc._get_traces()` and then asks for the traced total. The list is made of tuples, and tuples are counted by the
// collector: with many traces a collection runs in between, and garbage that waited for one is no longer in the total.
//
// That collection cannot be made here without ending the program, so the total is taken in a second run that stops at the mark.
import { gcLists } from '../../python/objects/gc-host'
import { PyErr_Clear } from '../../python/objects/errors'
import { PyList_MAXFREELIST, PyList_New, listFreeListLength } from '../../python/objects/listobject'
import { Py_DECREF, type PyObject } from '../../python/objects/object'
import { _PyRuntime } from '../../python/objects/runtime'
import { PyType_ClearCache } from '../../python/objects/typeobject'
import { getTraces } from '../../python/modules/_tracemalloc'

/** Ends a run that was made for one total only. */
export class SnapshotTaken extends Error {
  constructor(readonly tracedCurrent: number) {
    super('the run ends here')
  }
}

/** True if a snapshot now would make the collector run, and there is something for it to collect. */
export function snapshotWouldCollect(): boolean {
  const { gc, tracing } = _PyRuntime.process
  if (!gc.enabled || gc.threshold[0] === 0) return false
  // A tuple for each trace, two for each place: no more than three in all.
  if (gc.count[0]! + 3 * tracing.tracedBlocks <= gc.threshold[0]!) return false
  return hasGarbage()
}

/** True if objects of any generation are reachable from each other only. */
function hasGarbage(): boolean {
  const objects = _PyRuntime.process.gc.getObjects() as PyObject[]
  const outside = new Map<PyObject, number>()
  for (const o of objects) outside.set(o, o.ob_refcnt)
  for (const o of objects) {
    o.ob_type.tp_traverse!(o, child => {
      const count = outside.get(child)
      if (count !== undefined) outside.set(child, count - 1)
    })
  }
  const waiting = objects.filter(o => outside.get(o)! > 0)
  const reached = new Set(waiting)
  for (let o = waiting.pop(); o !== undefined; o = waiting.pop()) {
    o.ob_type.tp_traverse!(o, child => {
      if (!outside.has(child) || reached.has(child)) return
      reached.add(child)
      waiting.push(child)
    })
  }
  return reached.size < objects.length
}

/** Takes a snapshot as the goldens' process does and throws the total after it. STEALS an empty list from before the program. */
export function takeSnapshot(spare: PyObject): never {
  const { gc, tracing, log } = _PyRuntime.process
  log.enabled = false
  PyErr_Clear()
  PyType_ClearCache()
  // The list that the traces go into was made before the program: it is neither counted nor traced.
  const { enabled } = gc
  gc.enabled = tracing.on = false
  if (listFreeListLength() === PyList_MAXFREELIST) PyList_New(0)
  Py_DECREF(spare)
  gc.enabled = enabled
  tracing.on = true
  gcLists.callbacks = null
  getTraces()
  throw new SnapshotTaken(tracing.getTraced()[0])
}
