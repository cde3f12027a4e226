// What the interpreter's thread gets of the machine.
//
// Python frames live on the heap, but parser, compiler and recursion through C-level code (repr, comparisons, __getattr__)
// need JavaScript's stack. The heap limit is V8's; the simulated program has its own (RunSettings.maxMemoryBytes).
export const INTERPRETER_LIMITS = { stackSizeMb: 256, maxOldGenerationSizeMb: 8192 }
