// The errors that parsing (and later the compiler and the symbol table) reports to the Python program.
// They are JavaScript exceptions because they unwind the parser; the VM turns them into Python exceptions.

export type SyntaxErrorKind = 'SyntaxError' | 'IndentationError' | 'TabError'

/** Where an error lies, in CPython's terms: lines from 1, offsets from 1 in characters; 0 or -1 where CPython says so. */
export interface ErrorPlace {
  readonly lineno: number
  readonly offset: number
  readonly end_lineno: number
  readonly end_offset: number
  /** The line as CPython gives it: some errors keep its newline; null when unknown. */
  readonly text: string | null
}

/** The attributes of CPython's SyntaxError; `kind` names its class. */
export class PythonSyntaxError extends Error {
  readonly lineno: number
  readonly offset: number
  readonly end_lineno: number
  readonly end_offset: number
  readonly text: string | null

  constructor(readonly kind: SyntaxErrorKind, readonly msg: string, readonly filename: string, place: ErrorPlace) {
    super(`${msg} (${filename}, line ${place.lineno})`)
    this.name = kind
    this.lineno = place.lineno
    this.offset = place.offset
    this.end_lineno = place.end_lineno
    this.end_offset = place.end_offset
    this.text = place.text
  }
}

/** Source nested deeper than the parser's stack: CPython raises MemoryError. */
export class ParserStackOverflow extends Error {
  constructor() {
    super('Parser stack overflowed - Python source too complex to compile')
    this.name = 'MemoryError'
  }
}

/** A literal whose value Python refuses with a ValueError (an int of too many digits); CPython wraps it, see numbers.ts. */
export interface SyntaxWarningRecord {
  readonly category: 'DeprecationWarning' | 'SyntaxWarning'
  readonly message: string
  readonly lineno: number
}
