// The sources of CPython's library, from the package that brings them, and their compilation to canonical text.
import { unzipSync } from 'fflate'
import { readFileSync } from 'node:fs'
import { PythonSyntaxError } from '../../syntax/syntax-error'
import { parse } from '../../syntax/parser'
import { compile } from '../compile'
import { codeText } from './canonical'

const ARCHIVE = new URL('../../../../node_modules/pyodide/python_stdlib.zip', import.meta.url)

/** Path of each module inside the library, and its bytes. */
export function stdlibSources(): Map<string, Uint8Array> {
  const files = unzipSync(readFileSync(ARCHIVE), { filter: ({ name }) => name.endsWith('.py') })
  return new Map(Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1))
}

/** The canonical text of a compiled module, or of the error that it has. */
export function compiledText(source: Uint8Array, filename: string, optimize = 0): string {
  try {
    return codeText(compile(parse(source, filename, 'exec'), filename, 'exec', 0, optimize))
  } catch (error) {
    if (error instanceof PythonSyntaxError) return `${error.kind}: ${error.msg}`
    throw error
  }
}
