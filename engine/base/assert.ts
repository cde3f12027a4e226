// Failures of Molt itself. A Python exception is part of the program being profiled and never comes this way.

/** A broken invariant of ours: names itself as our fault, so that nobody looks for it in the profiled script. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`Molt internal error: ${message}`)
    this.name = 'InternalError'
  }
}

/** For cold paths; hot ones write the comparison out and call `broken` so that no message is built in vain. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message)
}

export function broken(message: string): never {
  throw new InternalError(message)
}
