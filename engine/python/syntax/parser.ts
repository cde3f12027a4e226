// The entry to the syntax stage: source in, tree out, or a PythonSyntaxError thrown.
import { parseExpressions, parseStarExpressions, parseExpression } from './expressions'
import { LiteralError } from './literal-error'
import * as ast from './nodes'
import { PARSE_FAILED, Parser, type ParseContext } from './parser-state'
import { normalizeSource } from './source'
import { parseSimpleStatements, parseStatement } from './statements'
import { ParserStackOverflow, PythonSyntaxError, type SyntaxWarningRecord } from './syntax-error'
import * as kinds from './token-kinds'
import { tokenize } from './tokenizer'
import type { Tokens } from './tokens'

export type ParseMode = 'exec' | 'eval' | 'single' | 'func_type'

export interface ParseOptions {
  /** Receives the DeprecationWarnings of the source, in the order CPython gives them. */
  readonly warnings?: SyntaxWarningRecord[]
  /** `<>` instead of `!=` (`from __future__ import barry_as_FLUFL`). */
  readonly flufl?: boolean
}

/**
 * Parses Python 3.11 source. Throws PythonSyntaxError as CPython words and places it, and ParserStackOverflow where
 * CPython's parser runs out of stack.
 */
export function parse(source: string | Uint8Array, filename: string, mode: ParseMode, options: ParseOptions = {}): ast.mod {
  const text = typeof source === 'string' ? source : new TextDecoder('utf-8').decode(source)
  const normalized = normalizeSource(text, mode === 'exec')
  const warnings = options.warnings ?? []
  const tokens = tokenize(normalized, warnings)
  const context: ParseContext = {
    filename, warnings, flufl: options.flufl === true,
    parseNested: (nested) => parseStarExpressions(new Parser(nested, context))
  }
  try {
    return parseMode(new Parser(tokens, context), mode)
  } catch (error) {
    if (error instanceof RangeError) throw new ParserStackOverflow()
    if (error !== PARSE_FAILED && !(error instanceof LiteralError)) throw error
    throw diagnose(tokens, filename)
  }
}

function diagnose(tokens: Tokens, filename: string): PythonSyntaxError {
  const failure = tokens.failure
  if (failure !== null) {
    return new PythonSyntaxError(failure.kind, failure.msg, filename, {
      lineno: failure.lineno, offset: failure.offset, end_lineno: failure.lineno, end_offset: failure.endOffset, text: null
    })
  }
  return new PythonSyntaxError('SyntaxError', 'invalid syntax', filename, { lineno: 1, offset: 1, end_lineno: 1, end_offset: 1, text: null })
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

/** One statement, as typed at a prompt. */
function parseInteractive(p: Parser): ast.mod {
  const body: ast.stmt[] = []
  parseStatement(p, body)
  return new ast.Interactive(body)
}

/** `(int, *str) -> bool`: a type comment. Stars are allowed and forgotten. */
function parseFunctionType(p: Parser): ast.mod {
  const argtypes: ast.expr[] = []
  p.expect(kinds.LPAR)
  while (p.kind !== kinds.RPAR) {
    if (!p.accept(kinds.STAR)) p.accept(kinds.DOUBLESTAR)
    argtypes.push(parseExpression(p))
    if (!p.accept(kinds.COMMA)) break
  }
  p.expect(kinds.RPAR)
  p.expect(kinds.RARROW)
  const returns = parseExpression(p)
  expectEnd(p)
  return new ast.FunctionType(argtypes, returns)
}
