// Types that belong to CPython's list of static types but are written in modules/ (map, filter, zip …): their files put
// them here when they are loaded, and type-list.ts readies them in their places. Imports nothing at run time.
import type { PyTypeObject } from './object'

export const moduleTypes = new Map<string, PyTypeObject>()

/** Adds a type under its place in the list, its name. Returns it. */
export function staticType(type: PyTypeObject): PyTypeObject {
  moduleTypes.set(type.tp_name.slice(type.tp_name.lastIndexOf('.') + 1), type)
  return type
}
