// Statements: the dispatch, and everything that fits on one line.
import { parseCompoundStatement } from './compound-statements'
import {
  parseExpression, parseIdentifier, parseStarExpressions, parseYield, parseYieldOrStarExpressions, startsExpression
} from './expressions'
import * as ast from './nodes'
import { PARSE_FAILED, type Parser } from './parser-state'
import { AUGMENTED_OPERATOR } from './singletons'
import { parseDeleteTargets, toSingleStore, toStore } from './targets'
import * as kinds from './token-kinds'

/** `statement`: appends one compound statement, or all the simple ones of a line. */
export function parseStatement(p: Parser, body: ast.stmt[]): void {
  const compound = parseCompoundStatement(p)
  if (compound !== null) body.push(compound)
  else parseSimpleStatements(p, body)
}

/** `simple_stmts`: statements joined by semicolons, to the end of the line. */
export function parseSimpleStatements(p: Parser, body: ast.stmt[]): void {
  do {
    body.push(parseSimpleStatement(p))
  } while (p.accept(kinds.SEMI) && p.kind !== kinds.NEWLINE)
  p.expect(kinds.NEWLINE)
}

/** `block`: an indented body, or the rest of the line after the colon. */
export function parseBlock(p: Parser): ast.stmt[] {
  const body: ast.stmt[] = []
  if (p.accept(kinds.NEWLINE)) {
    p.expect(kinds.INDENT)
    do {
      parseStatement(p, body)
    } while (p.kind !== kinds.DEDENT)
    p.advance()
  } else {
    parseSimpleStatements(p, body)
  }
  return body
}

function parseSimpleStatement(p: Parser): ast.stmt {
  const start = p.i
  switch (p.kind) {
    case kinds.KW_RETURN: {
      p.advance()
      const value = startsExpression(p.kind) ? parseStarExpressions(p) : null
      return new ast.Return(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.KW_IMPORT: return parseImport(p)
    case kinds.KW_FROM: return parseImportFrom(p)
    case kinds.KW_RAISE: return parseRaise(p)
    case kinds.KW_PASS:
      p.advance()
      return new ast.Pass(p.line(start), p.column(start), p.endLine(), p.endColumn())
    case kinds.KW_DEL: {
      p.advance()
      const targets = parseDeleteTargets(p)
      if (p.kind !== kinds.SEMI && p.kind !== kinds.NEWLINE) throw PARSE_FAILED
      return new ast.Delete(targets, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.KW_YIELD: {
      const value = parseYield(p)
      return new ast.Expr(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.KW_ASSERT: {
      p.advance()
      const test = parseExpression(p)
      const message = p.accept(kinds.COMMA) ? parseExpression(p) : null
      return new ast.Assert(test, message, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.KW_BREAK:
      p.advance()
      return new ast.Break(p.line(start), p.column(start), p.endLine(), p.endColumn())
    case kinds.KW_CONTINUE:
      p.advance()
      return new ast.Continue(p.line(start), p.column(start), p.endLine(), p.endColumn())
    case kinds.KW_GLOBAL: {
      const names = parseNames(p)
      return new ast.Global(names, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.KW_NONLOCAL: {
      const names = parseNames(p)
      return new ast.Nonlocal(names, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    default: return parseExpressionStatement(p)
  }
}

/** An expression, or an assignment of any kind. */
function parseExpressionStatement(p: Parser): ast.stmt {
  const start = p.i
  const first = parseStarExpressions(p)
  if (p.kind === kinds.EQUAL) return parseAssignment(p, start, first)
  if (p.kind === kinds.COLON) return parseAnnotation(p, start, first)
  const operator = AUGMENTED_OPERATOR[p.kind]!
  if (operator !== null) {
    const target = toSingleStore(first)
    p.advance()
    const value = parseYieldOrStarExpressions(p)
    return new ast.AugAssign(target, operator, value, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  return new ast.Expr(first, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseAssignment(p: Parser, start: number, first: ast.expr): ast.stmt {
  const targets = [toStore(first)]
  p.advance()
  let value = parseYieldOrStarExpressions(p)
  while (p.accept(kinds.EQUAL)) {
    targets.push(toStore(value))
    value = parseYieldOrStarExpressions(p)
  }
  return new ast.Assign(targets, value, null, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseAnnotation(p: Parser, start: number, first: ast.expr): ast.stmt {
  const target = toSingleStore(first)
  // Only a name without parentheses makes a local variable of the function.
  const simple = target._type === 'Name' && p.i === start + 1 ? 1 : 0
  p.advance()
  const annotation = parseExpression(p)
  const value = p.accept(kinds.EQUAL) ? parseYieldOrStarExpressions(p) : null
  return new ast.AnnAssign(target, annotation, value, simple, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseRaise(p: Parser): ast.stmt {
  const start = p.i
  p.advance()
  let exception: ast.expr | null = null
  let cause: ast.expr | null = null
  if (p.kind !== kinds.NEWLINE && p.kind !== kinds.SEMI) {
    exception = parseExpression(p)
    if (p.accept(kinds.KW_FROM)) cause = parseExpression(p)
  }
  return new ast.Raise(exception, cause, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseNames(p: Parser): string[] {
  const names: string[] = []
  do {
    p.advance()
    names.push(parseIdentifier(p))
  } while (p.kind === kinds.COMMA)
  return names
}

function parseImport(p: Parser): ast.stmt {
  const start = p.i
  const names: ast.alias[] = []
  do {
    p.advance()
    const first = p.i
    const name = parseDottedName(p)
    names.push(finishAlias(p, first, name))
  } while (p.kind === kinds.COMMA)
  return new ast.Import(names, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseImportFrom(p: Parser): ast.stmt {
  const start = p.i
  let level = 0
  p.advance()
  for (; ; p.advance()) {
    if (p.kind === kinds.DOT) level++
    else if (p.kind === kinds.ELLIPSIS) level += 3
    else break
  }
  const module = level > 0 && p.kind === kinds.KW_IMPORT ? null : parseDottedName(p)
  p.expect(kinds.KW_IMPORT)
  const names = parseImportedNames(p)
  return new ast.ImportFrom(module, names, level, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `import_from_targets`; only in parentheses may the last name have a comma. */
function parseImportedNames(p: Parser): ast.alias[] {
  const names: ast.alias[] = []
  if (p.kind === kinds.STAR) {
    const start = p.i
    p.advance()
    return [new ast.alias('*', null, p.line(start), p.column(start), p.endLine(), p.endColumn())]
  }
  const parenthesized = p.accept(kinds.LPAR)
  do {
    if (parenthesized && names.length > 0 && p.kind === kinds.RPAR) break
    const first = p.i
    const name = parseIdentifier(p)
    names.push(finishAlias(p, first, name))
  } while (p.accept(kinds.COMMA))
  if (parenthesized) p.expect(kinds.RPAR)
  return names
}

function finishAlias(p: Parser, start: number, name: string): ast.alias {
  const asName = p.accept(kinds.KW_AS) ? parseIdentifier(p) : null
  return new ast.alias(name, asName, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseDottedName(p: Parser): string {
  let name = parseIdentifier(p)
  while (p.accept(kinds.DOT)) name += '.' + parseIdentifier(p)
  return name
}
