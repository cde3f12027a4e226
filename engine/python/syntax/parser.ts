// The entry to the syntax stage: source in, tree out, or a PythonSyntaxError thrown.
import { parseCompoundStatement } from './compound-statements'
import { parseExpressions, parseStarExpressions, parseExpression } from './expressions'
import { diagnose, type DiagnosisOptions, type StartRule } from './diagnosis/diagnose'
import { TooDeep } from './diagnosis/engine'
import { Reporter, type Unit } from './diagnosis/reporter'
import { LiteralError } from './literal-error'
import * as ast from './nodes'
import { PARSE_FAILED, Parser, type ParseContext } from './parser-state'
import { decodeSource, normalizeSource, type SourceOrigin } from './source'
import { parseSimpleStatements, parseStatement } from './statements'
import { ParserStackOverflow, type SyntaxWarningRecord } from './syntax-error'
import * as kinds from './token-kinds'
import { tokenize } from './tokenizer'
import type { Tokens } from './tokens'

export type ParseMode = 'exec' | 'eval' | 'single' | 'func_type'

export interface ParseOptions {
  /** Receives the warnings about the source, in the order CPython gives them. */
  readonly warnings?: SyntaxWarningRecord[]
  /** `<>` instead of `!=` (`from __future__ import barry_as_FLUFL`). */
  readonly flufl?: boolean
  /**
   * `module`: the source is the content of the file called `filename`, so errors show its lines as they stand there.
   * `script`: the same, and CPython's tokenizer reads the file itself, as when it runs a script: errors of encoding
   * then have other words. Without it the source is a text of its own.
   */
  readonly origin?: SourceOrigin
  /** In mode `single`: more lines may follow, so the end of the source closes no block (PyCF_DONT_IMPLY_DEDENT). */
  readonly dontImplyDedent?: boolean
  /** Report an unfinished program as "incomplete input" (PyCF_ALLOW_INCOMPLETE_INPUT). */
  readonly allowIncompleteInput?: boolean
}

const START_RULES: Readonly<Record<ParseMode, StartRule>> = {
  exec: 'file', eval: 'eval', single: 'interactive', func_type: 'func_type'
}

/**
 * Parses Python 3.11 source. Throws PythonSyntaxError as CPython words and places it, and ParserStackOverflow where
 * CPython's parser runs out of stack.
 * DIFFERS: type comments are comments (PyCF_TYPE_COMMENTS), and no older grammar can be asked for (feature_version).
 */
export function parse(source: string | Uint8Array, filename: string, mode: ParseMode, options: ParseOptions = {}): ast.mod {
  const origin = options.origin ?? 'text'
  const { text, hasMark, encodingKnown, invalidUtf8 } = decodeSource(source, filename, origin)
  const normalized = normalizeSource(text, mode === 'exec')
  const interactive = mode !== 'single' ? undefined : options.dontImplyDedent === true ? 'partial' : 'whole'
  const tokens = tokenize(normalized, { interactive })
  const context: ParseContext = {
    filename, invalidUtf8, flufl: options.flufl === true,
    parseNested: (nested, _line, _column, parent) => {
      const parser = new Parser(nested, context)
      const value = parseStarExpressions(parser)
      for (const warning of parser.orderedWarnings()) parent.warn(warning)
      return value
    }
  }
  const unit: Unit = {
    filename, isFile: origin !== 'text' && mode === 'exec', hasMark, isClosed: text.endsWith('\n'), encodingKnown, invalidUtf8,
    nested: null
  }
  const diagnosis = { start: START_RULES[mode], unit, allowIncomplete: options.allowIncompleteInput === true }
  const warn = (warning: SyntaxWarningRecord): void => {
    options.warnings?.push(warning)
  }
  return withDiagnosis(tokens, context, diagnosis, warn, (parser) => {
    const tree = parseMode(parser, mode)
    if (mode === 'single') checkSingle(parser, unit)
    return tree
  })
}

type Warn = (warning: SyntaxWarningRecord) => void

/** Runs the parser; if it refuses the program, finds the error to report instead. */
function withDiagnosis<T>(tokens: Tokens, context: ParseContext, options: DiagnosisOptions, warn: Warn, run: (p: Parser) => T): T {
  const parser = new Parser(tokens, context)
  try {
    const result = run(parser)
    for (const warning of parser.orderedWarnings()) warn(warning)
    return result
  } catch (error) {
    if (error instanceof RangeError) throw new ParserStackOverflow()
    if (error !== PARSE_FAILED && !(error instanceof LiteralError)) throw error
    throw findError(tokens, context, options, warn)
  }
}

function findError(tokens: Tokens, context: ParseContext, options: DiagnosisOptions, warn: Warn): Error {
  const { unit } = options
  const strict: ParseContext = {
    ...context,
    parseNested: (nested, line, column, parent) => withDiagnosis(nested, context,
      {
        start: 'fstring', allowIncomplete: false,
        unit: { ...unit, isFile: false, hasMark: false, encodingKnown: false, nested: { line, column } }
      },
      (warning) => parent.warn(warning), parseStarExpressions)
  }
  try {
    const error = diagnose(tokens, strict, options, warn)
    if (error !== null) return error
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TooDeep)) throw error
    // Too deep for the diagnosis, perhaps because the tokenizer found it too deep first.
    return tokens.failure !== null ? new Reporter(tokens, unit).tokenizer() : new ParserStackOverflow()
  }
  throw new Error('The parser refused what the grammar accepts. This is an error of ours.')
}

/** A statement at the prompt stands alone. Mirrors bad_single_statement. */
function checkSingle(p: Parser, unit: Unit): void {
  const last = p.i - 1
  if (last < 0 || /^(?:[ \t\n\f]|#[^\n]*)*$/.test(p.source.slice(p.tokens.end[last]!))) return
  throw new Reporter(p.tokens, unit).here('SyntaxError', 'multiple statements found while compiling a single statement', p.i)
}

function parseMode(p: Parser, mode: ParseMode): ast.mod {
  switch (mode) {
    case 'exec': return parseModule(p)
    case 'eval': {
      const body = parseExpressions(p)
      expectEnd(p)
      return new ast.Expression(body)
    }
    case 'single': return parseInteractive(p)
    case 'func_type': return parseFunctionType(p)
  }
}

function parseModule(p: Parser): ast.mod {
  const body: ast.stmt[] = []
  while (p.kind !== kinds.ENDMARKER) parseStatement(p, body)
  return new ast.Module(body, [])
}

function expectEnd(p: Parser): void {
  while (p.accept(kinds.NEWLINE));
  p.expect(kinds.ENDMARKER)
}

/** One statement, as typed at a prompt: a compound one ends with an empty line. */
function parseInteractive(p: Parser): ast.mod {
  const body: ast.stmt[] = []
  const compound = parseCompoundStatement(p)
  if (compound !== null) {
    p.expect(kinds.NEWLINE)
    body.push(compound)
  } else {
    parseSimpleStatements(p, body)
  }
  return new ast.Interactive(body)
}

/** `(int, *str, **bool) -> bool`: a type comment. The stars are forgotten. */
function parseFunctionType(p: Parser): ast.mod {
  const argtypes: ast.expr[] = []
  p.expect(kinds.LPAR)
  if (p.kind !== kinds.RPAR) {
    let stars = 0
    do {
      if (stars === 2) throw PARSE_FAILED
      if (p.accept(kinds.DOUBLESTAR)) stars = 2
      else if (stars === 1) throw PARSE_FAILED
      else if (p.accept(kinds.STAR)) stars = 1
      argtypes.push(parseExpression(p))
    } while (p.accept(kinds.COMMA))
  }
  p.expect(kinds.RPAR)
  p.expect(kinds.RARROW)
  const returns = parseExpression(p)
  expectEnd(p)
  return new ast.FunctionType(argtypes, returns)
}
