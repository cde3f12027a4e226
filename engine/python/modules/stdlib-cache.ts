// Compiled modules of the standard library, kept from when Molt was built, so that an import does not compile.
//
// The source of each is still what is shown and what `inspect` reads; a module whose text on the program's file system is
// not the library's own is compiled as any other file.
import type { CodeObject } from '../bytecode/code'

/** Finds the code compiled from a library file, by its path; null when there is none. */
export type StdlibCache = (path: string, sourceLength: number) => CodeObject | null

let cache: StdlibCache = () => null

export function setStdlibCache(find: StdlibCache): void {
  cache = find
}

/** The code compiled at this path when Molt was built from a text of this length, or null. */
export function precompiled(path: string, sourceLength: number): CodeObject | null {
  return cache(path, sourceLength)
}
