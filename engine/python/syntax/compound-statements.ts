// Statements with a block.
import { parseArguments } from './arguments'
import {
  parseExpression, parseIdentifier, parseNamedExpression, parseStarExpressions, parseStarNamedExpression, startsExpression
} from './expressions'
import * as ast from './nodes'
import { parseParameters } from './parameters'
import { PARSE_FAILED, type Parser } from './parser-state'
import { parsePatterns } from './patterns'
import { LOAD } from './singletons'
import { parseBlock } from './statements'
import { parseStarTargets } from './targets'
import * as kinds from './token-kinds'
import { parseWith } from './with-statement'

/** The compound statement that begins here, or null if none does. */
export function parseCompoundStatement(p: Parser): ast.stmt | null {
  switch (p.kind) {
    case kinds.KW_DEF: return parseFunction(p, p.i, [])
    case kinds.KW_IF: return parseIf(p)
    case kinds.KW_CLASS: return parseClass(p, [])
    case kinds.KW_WITH: return parseWith(p, p.i)
    case kinds.KW_FOR: return parseFor(p, p.i)
    case kinds.KW_TRY: return parseTry(p)
    case kinds.KW_WHILE: return parseWhile(p)
    case kinds.AT: return parseDecorated(p)
    case kinds.ASYNC: return parseAsync(p)
    case kinds.NAME: return startsMatch(p) ? parseMatch(p) : null
    default: return null
  }
}

function parseAsync(p: Parser): ast.stmt {
  const start = p.i
  p.advance()
  switch (p.kind) {
    case kinds.KW_DEF: return parseFunction(p, start, [])
    case kinds.KW_WITH: return parseWith(p, start)
    case kinds.KW_FOR: return parseFor(p, start)
    default: throw PARSE_FAILED
  }
}

function parseDecorated(p: Parser): ast.stmt {
  const decorators: ast.expr[] = []
  while (p.accept(kinds.AT)) {
    decorators.push(parseNamedExpression(p))
    p.expect(kinds.NEWLINE)
  }
  if (p.kind === kinds.KW_CLASS) return parseClass(p, decorators)
  const start = p.i
  p.accept(kinds.ASYNC)
  if (p.kind !== kinds.KW_DEF) throw PARSE_FAILED
  return parseFunction(p, start, decorators)
}

/** At `def`; `start` is the token of `async` if there is one. Decorators do not move the start. */
function parseFunction(p: Parser, start: number, decorators: ast.expr[]): ast.stmt {
  const isAsync = start !== p.i
  p.advance()
  const name = parseIdentifier(p)
  p.expect(kinds.LPAR)
  const parameters = parseParameters(p, false)
  p.expect(kinds.RPAR)
  const returns = p.accept(kinds.RARROW) ? parseExpression(p) : null
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const line = p.line(start)
  const column = p.column(start)
  const end = p.lastVisible()
  return isAsync
    ? new ast.AsyncFunctionDef(name, parameters, body, decorators, returns, null, line, column, p.endLineOf(end), p.endColumnOf(end))
    : new ast.FunctionDef(name, parameters, body, decorators, returns, null, line, column, p.endLineOf(end), p.endColumnOf(end))
}

function parseClass(p: Parser, decorators: ast.expr[]): ast.stmt {
  const start = p.i
  p.advance()
  const name = parseIdentifier(p)
  const bases: ast.expr[] = []
  const keywords: ast.keyword[] = []
  if (p.kind === kinds.LPAR) parseArguments(p, bases, keywords, false)
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const end = p.lastVisible()
  const endColumn = p.endColumnOf(end)
  return new ast.ClassDef(name, bases, keywords, body, decorators, p.line(start), p.column(start), p.endLineOf(end), endColumn)
}

/** At `if` or `elif`. */
function parseIf(p: Parser): ast.stmt {
  const start = p.i
  p.advance()
  const test = parseNamedExpression(p)
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const orelse = p.kind === kinds.KW_ELIF ? [parseIf(p)] : parseElse(p)
  const end = p.lastVisible()
  return new ast.If(test, body, orelse, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

function parseElse(p: Parser): ast.stmt[] {
  if (!p.accept(kinds.KW_ELSE)) return []
  p.expect(kinds.COLON)
  return parseBlock(p)
}

function parseWhile(p: Parser): ast.stmt {
  const start = p.i
  p.advance()
  const test = parseNamedExpression(p)
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const orelse = parseElse(p)
  const end = p.lastVisible()
  return new ast.While(test, body, orelse, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

/** At `for`; `start` is the token of `async` if there is one. */
function parseFor(p: Parser, start: number): ast.stmt {
  const isAsync = start !== p.i
  p.advance()
  const target = parseStarTargets(p)
  p.expect(kinds.KW_IN)
  const iterable = parseStarExpressions(p)
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const orelse = parseElse(p)
  const end = p.lastVisible()
  return isAsync
    ? new ast.AsyncFor(target, iterable, body, orelse, null, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
    : new ast.For(target, iterable, body, orelse, null, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

function parseTry(p: Parser): ast.stmt {
  const start = p.i
  p.advance()
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const handlers: ast.excepthandler[] = []
  const star = p.kind === kinds.KW_EXCEPT && p.peek(1) === kinds.STAR
  while (p.kind === kinds.KW_EXCEPT) handlers.push(parseHandler(p, star))
  const orelse = handlers.length > 0 ? parseElse(p) : []
  let finalbody: ast.stmt[] = []
  if (p.accept(kinds.KW_FINALLY)) {
    p.expect(kinds.COLON)
    finalbody = parseBlock(p)
  } else if (handlers.length === 0) {
    throw PARSE_FAILED
  }
  const end = p.lastVisible()
  return star
    ? new ast.TryStar(body, handlers, orelse, finalbody, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
    : new ast.Try(body, handlers, orelse, finalbody, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

/** `except …` or `except* …`; one `try` has only one sort. */
function parseHandler(p: Parser, star: boolean): ast.excepthandler {
  const start = p.i
  p.advance()
  if (p.accept(kinds.STAR) !== star) throw PARSE_FAILED
  let type: ast.expr | null = null
  let name: string | null = null
  if (star || p.kind !== kinds.COLON) {
    type = parseExpression(p)
    if (p.accept(kinds.KW_AS)) name = parseIdentifier(p)
  }
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const end = p.lastVisible()
  return new ast.ExceptHandler(type, name, body, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

/**
 * Whether a `match` statement begins here. `match` is also a name; but a line that ends in a colon and is followed by
 * an indented `case` can be nothing else. The NEWLINE token tells the line's end: none occurs inside brackets.
 */
function startsMatch(p: Parser): boolean {
  if (!p.isWord(p.i, 'match')) return false
  const next = p.peek(1)
  if (next !== kinds.NAME && !startsExpression(next)) return false
  let t = p.i + 1
  while (p.kinds[t] !== kinds.NEWLINE) {
    if (p.kinds[t] === kinds.ENDMARKER || p.kinds[t] === kinds.ERRORTOKEN) return false
    t++
  }
  return p.kinds[t - 1] === kinds.COLON && p.kinds[t + 1] === kinds.INDENT && p.isWord(t + 2, 'case')
}

function parseMatch(p: Parser): ast.stmt {
  const start = p.i
  p.advance()
  const subject = parseSubject(p)
  p.expect(kinds.COLON)
  p.expect(kinds.NEWLINE)
  p.expect(kinds.INDENT)
  const cases: ast.match_case[] = []
  do {
    cases.push(parseCase(p))
  } while (p.kind !== kinds.DEDENT)
  p.advance()
  const end = p.lastVisible()
  return new ast.Match(subject, cases, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

/** `subject_expr`: a star only in a tuple. */
function parseSubject(p: Parser): ast.expr {
  const start = p.i
  const first = parseStarNamedExpression(p)
  if (p.kind !== kinds.COMMA) {
    if (first._type === 'Starred') throw PARSE_FAILED
    return first
  }
  const elements = [first]
  while (p.accept(kinds.COMMA) && p.kind !== kinds.COLON) elements.push(parseStarNamedExpression(p))
  return new ast.Tuple(elements, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseCase(p: Parser): ast.match_case {
  if (!p.isWord(p.i, 'case')) throw PARSE_FAILED
  p.advance()
  const pattern = parsePatterns(p)
  const guard = p.accept(kinds.KW_IF) ? parseNamedExpression(p) : null
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  return new ast.match_case(pattern, guard, body)
}
