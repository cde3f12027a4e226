// The state of real CPython at the canonical start, as far as a program can push it over an edge: how many objects the
// oldest generation holds, how full the subclass tables of the builtin types are, how many strings fit until the table
// of interned strings grows. Measured with CPython 3.11.7 for sets of imported modules (start-state.json, made by
// make_start_states.py). For other sets the state without imports is the beginning, and the imports do the rest.
import { _PyRuntime } from '../../python/objects/runtime'
import { generalKeysBytes, internedTable } from '../../python/objects/unicodeobject'
import { PyDict_GetItemWithError } from '../../python/objects/dictobject'
import { setSubclassTable } from '../../python/objects/type-subclasses'
import { _Py_ID } from '../../python/objects/unicodeobject'
import type { PyTypeObject } from '../../python/objects/object'
import states from './start-state.json'

export interface StartState {
  /** Objects in generation 2. */
  objects: number
  longLived: number
  /** Builtin type: used, entries, free entries of tp_subclasses. */
  subclasses: Record<string, [number, number, number]>
  /** The table of interned strings: strings until it grows, and its bytes. */
  interned: [usable: number, bytes: number]
}

/** The measured state for a set of imports, or null. */
export function startStateFor(imports: readonly string[]): StartState | null {
  const key = [...imports].sort().join(' ')
  return (states as unknown as Record<string, StartState>)[key] ?? null
}

/** Needs a finished full collection; `toCome`: collectable objects that the start still brings. */
export function applyStartState(state: StartState, toCome = 0): void {
  const { gc } = _PyRuntime.process
  gc.longLivedTotal = state.longLived - toCome
  gc.unmodelledOld = state.objects - toCome - gc.generationSizes()[2]
  gc.longLivedPending = 0
  const [usable, bytes] = state.interned
  internedTable.usable = usable
  internedTable.log2Size = 0
  while (generalKeysBytes(internedTable.log2Size) < bytes) internedTable.log2Size++
  internedTable.block = 0
  for (const [name, table] of Object.entries(state.subclasses)) {
    const type = PyDict_GetItemWithError(_PyRuntime.builtins, _Py_ID(name)) as PyTypeObject | null
    if (type !== null) setSubclassTable(type, table[1], table[2])
  }
}
