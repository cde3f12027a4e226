// What the parser makes of a source, in the terms of reference.py.
import { unzipSync } from 'fflate'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dumpAst } from '../dump'
import { parse, type ParseMode, type ParseOptions } from '../parser'
import { ParserStackOverflow, PythonSyntaxError, type SyntaxWarningRecord } from '../syntax-error'

const STDLIB = new URL('../../../../node_modules/pyodide/python_stdlib.zip', import.meta.url)

/** The digest of the dump, or the attributes of the error; and the warnings. */
export type Outcome = readonly [
  result: string | readonly (string | number | null)[],
  warnings: readonly (readonly [category: string, message: string, lineno: number])[]
]

/** Path of each module of CPython's library inside its archive, and its bytes. */
export function stdlibSources(): [string, Uint8Array][] {
  const files = unzipSync(readFileSync(STDLIB), { filter: ({ name }) => name.endsWith('.py') })
  return Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))
}

export function dumpOf(source: string | Uint8Array, mode: ParseMode = 'exec', options: ParseOptions = {}): string {
  return dumpAst(parse(source, '<case>', mode, options), { includeAttributes: true, indent: 1 })
}

export function outcomeOf(source: string | Uint8Array, mode: ParseMode = 'exec', options: readonly string[] = []): Outcome {
  const warnings: SyntaxWarningRecord[] = []
  const result = (): Outcome[0] => {
    try {
      const text = dumpOf(source, mode, { ...Object.fromEntries(options.map((option) => [option, true])), warnings })
      return createHash('sha256').update(text).digest('hex')
    } catch (error) {
      if (error instanceof ParserStackOverflow) return 'MemoryError'
      if (!(error instanceof PythonSyntaxError)) throw error
      return [error.kind, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset, error.text]
    }
  }
  return [result(), warnings.map(({ category, message, lineno }) => [category, message, lineno])]
}
