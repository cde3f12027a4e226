// Finds the error that CPython reports for a program that the parser has refused.
// Mirrors _PyPegen_run_parser and _Pypegen_set_syntax_error: a first pass finds how far the program can be read, a
// second tries the rules that recognize errors, and a generic error is left where neither knows better.
import type { ParseContext } from '../parser-state'
import type { PythonSyntaxError, SyntaxWarningRecord } from '../syntax-error'
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

/** The rules by name. */
export function theGrammar(): ReadonlyMap<string, Rule> {
  return grammar ??= readGrammar(STATEMENTS, EXPRESSIONS, INVALID)
}

/** The error of an invalid program; null if the grammar accepts it after all. */
export function diagnose(tokens: Tokens, context: ParseContext, options: DiagnosisOptions,
  warn: (warning: SyntaxWarningRecord) => void): PythonSyntaxError | null {
  const start = theGrammar().get(options.start)!
  const reporter = new Reporter(tokens, options.unit)
  const engine = new Engine(tokens, context, reporter, warn)

  if (engine.apply(start) !== null) return null
  if (options.allowIncomplete && sawEnd(tokens, engine.fill)) return reporter.here('SyntaxError', 'incomplete input', engine.fill)
  const lastToken = engine.fill - 1
  engine.restart()
  engine.apply(start)

  const { error, fill } = engine
  // CPython looks no further once its tokenizer has come to an end, good or bad.
  if (error !== null) return (sawEnd(tokens, fill) ? null : laterTokenizerError(engine, reporter)) ?? error
  const kind = tokens.kind[lastToken]!
  if (kind === kinds.INDENT) return reporter.here('IndentationError', 'unexpected indent', fill)
  if (kind === kinds.DEDENT) return reporter.here('IndentationError', 'unexpected unindent', fill)
  const generic = reporter.span('invalid syntax', fill, lastToken, lastToken)
  return laterTokenizerError(engine, reporter) ?? generic
}

/**
 * Whether CPython's tokenizer has seen the end of the source (E_EOF, E_EOFS, E_EOLS). It has when it had to look beyond
 * a token that ends the source, to know where the token ends.
 */
function sawEnd(tokens: Tokens, fill: number): boolean {
  const { kind, start, end, source, failure } = tokens
  const t = fill - 1
  if (kind[t] === kinds.ERRORTOKEN) return failure!.incomplete
  if (kind[t] === kinds.DOT && end[t] === source.length - 1 && source.endsWith('..')) return true
  if (end[t]! < source.length) return false
  const length = end[t]! - start[t]!
  switch (kind[t]) {
    case kinds.STRING: return /^[a-zA-Z]*(?:''|"")$/.test(tokens.text(t))
    case kinds.NAME:
    case kinds.NUMBER: return true
    default: return kind[t]! >= kinds.KW_FALSE || kind[t] === kinds.ASYNC || kind[t] === kinds.AWAIT || length < 3
  }
}

/**
 * An error that the tokenizer finds further on, which CPython prefers: any of its own messages, or a bracket that
 * was opened before the line of the error and never closed. Mirrors _PyPegen_tokenize_full_source_to_check_for_errors.
 */
function laterTokenizerError(engine: Engine, reporter: Reporter): PythonSyntaxError | null {
  const { tokens, fill } = engine
  const { failure, open } = tokens
  engine.warnAboutTokens(fill, tokens.count - 1)
  if (failure === null || fill >= tokens.count) return null
  if (failure.code === 'error') return reporter.tokenizer()
  return open.length > 0 && tokens.line[fill - 1]! > open[open.length - 1]!.lineno ? reporter.unclosed(tokens.count) : null
}
