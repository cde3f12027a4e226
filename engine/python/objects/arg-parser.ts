// What a builtin function calls itself and its parameters; see getargs.ts. Apart from it because parsers are made when
// modules are loaded, and this file imports nothing at run time.
import type { PyObject } from './object'

/** What a function calls itself in messages, and its parameters; '' names a positional-only one. */
export class ArgParser {
  readonly fname: string
  readonly names: readonly string[]
  /** Tuple of the interned keyword names, made at the first call that needs it and kept. */
  kwtuple: PyObject | null = null
  /** Number of positional-only parameters. */
  readonly pos: number

  constructor(fname: string, names: readonly string[]) {
    this.fname = fname
    this.names = names
    let pos = 0
    while (pos < names.length && names[pos] === '') pos++
    this.pos = pos
    parsers.push(this)
  }
}

const parsers: ArgParser[] = []

/** Forgets the keyword tuples of all parsers; only start-up does this. */
export function resetParsers(): void {
  for (const parser of parsers) parser.kwtuple = null
}

/** Every parser that was made; for tools. */
export const parsersForTools = (): readonly ArgParser[] => parsers
