// A pattern's code, what the matcher may call while it runs, and its errors.
import { inCharset } from './characters'

/** Results of match and search besides 1 (found) and 0 (not found); CPython's SRE_ERROR_ codes. */
export const SRE_ERROR_ILLEGAL = -1
export const SRE_ERROR_STATE = -2
export const SRE_ERROR_MEMORY = -9
export const SRE_ERROR_INTERRUPTED = -10

/** The simulated allocations of a match, and a way to stop it. All optional. */
export interface SreHooks {
  /** The data stack grows to this many bytes (from 0 at first): PyMem_Realloc. False: no memory. */
  growDataStack?: (sizeBytes: number) => boolean
  /** reset() frees the data stack. */
  freeDataStack?: () => void
  /** A repeat begins: PyObject_Malloc(32). The handle comes back to freeRepeat. */
  allocateRepeat?: () => number
  freeRepeat?: (handle: number) => void
  /** Called every 4096 steps; true stops the match with SRE_ERROR_INTERRUPTED. */
  interrupted?: () => boolean
}

/** A pattern's code, with what is worked out from it once. */
export class SreProgram {
  readonly code: Uint32Array
  /** For a set at code[i]: whether each of the first 256 characters is in it. */
  private readonly tables: (Uint8Array | undefined)[] = []
  private prefixText: string | null = null

  constructor(code: Uint32Array) {
    this.code = code
  }

  /** Is `c` in the set at code[at]? */
  has(at: number, c: number): boolean {
    if (c >= 256) return inCharset(this.code, at, c)
    return (this.tables[at] ?? this.tabulate(at))[c] === 1
  }

  /** The literal text of an INFO block with a prefix. */
  prefix(length: number): string {
    return this.prefixText ??= String.fromCodePoint(...this.code.subarray(7, 7 + length))
  }

  private tabulate(at: number): Uint8Array {
    const table = new Uint8Array(256)
    for (let c = 0; c < 256; c++) table[c] = inCharset(this.code, at, c) ? 1 : 0
    this.tables[at] = table
    return table
  }
}
