// Static types of CPython that have no instances here, and are only seen in the list of object's subclasses. type-list.ts
// readies them in their places.
import { PyTypeObject } from './object'
import { staticType } from './static-types'

const NAMES = [
  'symtable entry', 'stderrprinter', 'items', 'keys', 'values', 'hamt_collision_node', 'InterpreterID', 'fieldnameiterator',
  'formatteriterator',
] as const

/** Adds them under their names in the list. */
export function addListedTypes(): void {
  for (const name of NAMES) staticType(new PyTypeObject(name, { tp_basicsize: 32 }))
}
