// Finds the error that CPython reports for a program that the parser has refused.
// Mirrors _PyPegen_run_parser and _Pypegen_set_syntax_error: a first pass finds how far the program can be read, a
// second tries the rules that recognize errors, and a generic error is left where neither knows better.
import type { ParseContext } from '../parser-state'
import type { PythonSyntaxError } from '../syntax-error'
import * as kinds from '../token-kinds'
import type { Tokens } from '../tokens'
import { Engine, type Rule } from './engine'
import { EXPRESSIONS } from './grammar-expressions'
import { INVALID } from './grammar-invalid'
import { readGrammar } from './grammar-reader'
import { STATEMENTS } from './grammar-statements'
import { Reporter, type Unit } from './reporter'

export type StartRule = 'file' | 'interactive' | 'eval' | 'func_type' | 'fstring'

export interface DiagnosisOptions {
  readonly start: StartRule
  readonly unit: Unit
  /** Report an unfinished program as "incomplete input" (for `codeop`). */
  readonly allowIncomplete: boolean
}

let grammar: ReadonlyMap<string, Rule> | null = null

/** The error of an invalid program; null if the grammar accepts it after all. */
export function diagnose(tokens: Tokens, context: ParseContext, options: DiagnosisOptions): PythonSyntaxError | null {
  grammar ??= readGrammar(STATEMENTS, EXPRESSIONS, INVALID)
  const start = grammar.get(options.start)!
  const reporter = new Reporter(tokens, options.unit)
  const engine = new Engine(tokens, context, reporter)

  if (engine.apply(start) !== null) return null
  if (options.allowIncomplete && atEnd(tokens, engine.fill)) return reporter.here('SyntaxError', 'incomplete input', engine.fill)
  const lastToken = engine.fill - 1
  engine.restart()
  engine.apply(start)

  const { error, fill } = engine
  if (error !== null) {
    // CPython looks no further once its tokenizer has come to an end, good or bad.
    return laterTokenizerError(tokens, fill, reporter) ?? error
  }
  const kind = tokens.kind[lastToken]!
  if (kind === kinds.INDENT) return reporter.here('IndentationError', 'unexpected indent', fill)
  if (kind === kinds.DEDENT) return reporter.here('IndentationError', 'unexpected unindent', fill)
  const generic = reporter.span('invalid syntax', fill, lastToken, lastToken)
  return laterTokenizerError(tokens, fill, reporter) ?? generic
}

/** Whether the end of the source has been fetched. */
function atEnd(tokens: Tokens, fill: number): boolean {
  if (fill < tokens.count) return false
  return tokens.failure === null || tokens.failure.incomplete
}

/**
 * An error that the tokenizer finds further on, which CPython prefers: any of its own messages, or a bracket that
 * was opened before the line of the error and never closed. Mirrors _PyPegen_tokenize_full_source_to_check_for_errors.
 */
function laterTokenizerError(tokens: Tokens, fill: number, reporter: Reporter): PythonSyntaxError | null {
  const { failure, open } = tokens
  if (failure === null || fill >= tokens.count) return null
  if (failure.code === 'error') return reporter.tokenizer()
  return open.length > 0 && tokens.line[fill - 1]! > open[open.length - 1]!.lineno ? reporter.unclosed(tokens.count) : null
}
