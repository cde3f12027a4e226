// `from __future__ import …` at the head of a module. Mirrors future_parse, Python/future.c.
import type * as ast from '../syntax/nodes'
import { syntaxError } from './errors'
import * as flags from './flags'

export interface FutureFeatures {
  features: number
  /** Line of the last future statement (or docstring); imports of `__future__` after it are errors. -1 = none. */
  lineno: number
}

/** Features that are still accepted, though most have been mandatory for long and set nothing. */
const FEATURES: Record<string, number> = {
  nested_scopes: 0,
  generators: 0,
  division: 0,
  absolute_import: 0,
  with_statement: 0,
  print_function: 0,
  unicode_literals: 0,
  generator_stop: 0,
  annotations: flags.CO_FUTURE_ANNOTATIONS,
  barry_as_FLUFL: flags.CO_FUTURE_BARRY_AS_BDFL,
}

function checkFeatures(statement: ast.ImportFrom, future: FutureFeatures, filename: string): void {
  for (const { name } of statement.names) {
    if (Object.hasOwn(FEATURES, name)) {
      future.features |= FEATURES[name]!
    } else {
      const message = name === 'braces' ? 'not a chance' : `future feature ${name} is not defined`
      throw syntaxError(message, filename, statement.lineno, statement.col_offset + 1, statement.lineno, null)
    }
  }
}

export function futureFeatures(tree: ast.mod, filename: string): FutureFeatures {
  const future: FutureFeatures = { features: 0, lineno: -1 }
  if (tree._type !== 'Module' && tree._type !== 'Interactive') return future
  let isDone = false
  let previousLine = 0
  for (const [i, statement] of tree.body.entries()) {
    // Statements that share a line with the last future statement are still looked at.
    if (isDone && statement.lineno > previousLine) return future
    previousLine = statement.lineno
    if (statement._type === 'ImportFrom' && statement.module === '__future__') {
      if (isDone) {
        const { lineno, col_offset } = statement
        throw syntaxError('from __future__ imports must occur at the beginning of the file',
          filename, lineno, col_offset, lineno, null)
      }
      checkFeatures(statement, future, filename)
      future.lineno = statement.lineno
    } else if (i === 0 && statement._type === 'Expr' && statement.value._type === 'Constant'
      && typeof statement.value.value === 'string') {
      // The docstring may come first.
      continue
    } else if (statement._type !== 'ImportFrom' || statement.module !== '__future__') {
      isDone = true
    }
  }
  return future
}
