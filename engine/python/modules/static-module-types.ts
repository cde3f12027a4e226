// Static types that a module readies when it is imported, not at start-up.
import type { PyTypeObject } from '../objects/object'
import { PyType_Ready } from '../objects/typeobject'

/** What each type was before it was first readied, so that the realm can start another interpreter. */
const pristine = new Map<PyTypeObject, Partial<PyTypeObject>>()

/** Readies a static type of a module; false with an exception set. */
export function readyStatic(type: PyTypeObject, base: PyTypeObject | null = null): boolean {
  const saved = pristine.get(type)
  if (saved === undefined) pristine.set(type, { ...type })
  else Object.assign(type, saved)
  return (base === null ? PyType_Ready(type) : PyType_Ready(type, base)) >= 0
}
