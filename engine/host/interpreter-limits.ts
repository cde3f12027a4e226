// What the interpreter's thread gets of the machine.
//
// Python frames live on the heap, but parser, compiler and recursion through C-level code (repr, comparisons, __getattr__)
// need JavaScript's stack. The heap limit is V8's; the simulated program has its own (RunSettings.maxMemoryBytes).
import { setFlagsFromString } from 'node:v8'

const LIMITS = { stackSizeMb: 256, maxOldGenerationSizeMb: 8192 }

/**
 * Resource limits for the Worker about to be made. Its young generation is as large from the beginning as V8 would make it
 * soon: most objects die young, and the interpreter's start alone would otherwise be collected six times over.
 */
export function interpreterLimits(): typeof LIMITS {
  setFlagsFromString('--min-semi-space-size=16')
  return LIMITS
}
