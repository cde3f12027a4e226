import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PythonSyntaxError } from '../../syntax/syntax-error'
import { parse } from '../../syntax/parser'
import { compile, type CompileMode } from '../compile'
import { CompilerException } from '../errors'
import { codeText } from './canonical'
import records from './errors.json'

interface Outcome {
  code?: string
  error?: (string | number | null)[]
  warnings: [message: string, lineno: number][]
}

function outcomeOf(source: string, mode: CompileMode, flags: number, optimize: number): Outcome {
  const warnings: [string, number][] = []
  try {
    const tree = parse(source, '<case>', mode)
    const code = compile(tree, '<case>', mode, flags, optimize, (message, lineno) => {
      warnings.push([message, lineno])
    })
    return { code: createHash('sha256').update(codeText(code)).digest('hex'), warnings }
  } catch (error) {
    if (error instanceof PythonSyntaxError) {
      const { kind, msg, lineno, offset, end_lineno, end_offset } = error
      return { error: [kind, msg, lineno, offset, end_lineno, end_offset], warnings }
    }
    if (error instanceof CompilerException) return { error: [error.pythonType, error.message], warnings }
    throw error
  }
}

describe('outcomes of single sources, as CPython 3.11 has them', () => {
  for (const { source, mode, flags, optimize, ...expected } of records) {
    const title = `${JSON.stringify(source).slice(0, 70)} ${mode} ${flags} ${optimize}`
    it(title, () => {
      expect(outcomeOf(source, mode as CompileMode, flags, optimize)).toEqual(expected)
    })
  }
})
