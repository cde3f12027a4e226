// The errors that parsing (and later the compiler and the symbol table) reports to the Python program.
// They are JavaScript exceptions because they unwind the parser; the VM turns them into Python exceptions.

export type SyntaxErrorKind = 'SyntaxError' | 'IndentationError' | 'TabError'

/**
 * Where an error lies, in CPython's terms: lines from 1, offsets from 1 in characters (in bytes where CPython does not
 * know the source's encoding); 0, -1 or null where CPython says so.
 */
export interface ErrorPlace {
  readonly lineno: number | null
  readonly offset: number | null
  readonly end_lineno: number | null
  readonly end_offset: number | null
  /** The line as CPython gives it: some errors keep its newline; null when unknown. */
  text: string | null
}

/** The attributes of CPython's SyntaxError; `kind` names its class. */
export class PythonSyntaxError extends Error {
  readonly lineno: number | null
  readonly offset: number | null
  readonly end_lineno: number | null
  readonly end_offset: number | null
  text: string | null

  constructor(readonly kind: SyntaxErrorKind, readonly msg: string, readonly filename: string, place: ErrorPlace) {
    super(place.lineno === null ? msg : `${msg} (${filename}, line ${place.lineno})`)
    this.name = kind
    this.lineno = place.lineno
    this.offset = place.offset
    this.end_lineno = place.end_lineno
    this.end_offset = place.end_offset
    this.text = place.text
  }
}

/**
 * Source nested deeper than the parser's stack: CPython raises MemoryError without a message.
 * DIFFERS: CPython's limit is 6000 nested rules (about 6000 `not`, 2000 `lambda:`), ours is JavaScript's stack.
 */
export class ParserStackOverflow extends Error {
  constructor() {
    super('')
    this.name = 'MemoryError'
  }
}

/** A warning that parsing gives: CPython issues it with the file's name and the line alone. */
export interface SyntaxWarningRecord {
  readonly category: 'DeprecationWarning' | 'SyntaxWarning'
  readonly message: string
  readonly lineno: number
}
