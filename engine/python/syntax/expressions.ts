// Expressions from the walrus down to the primary, by descent through the precedence levels of the grammar.
// A node begins where its first token stands, so `(a) + b` begins at the parenthesis though `a` does not.
import { parseArguments } from './arguments'
import { parseAtom } from './atoms'
import { parseComprehensionClauses } from './comprehensions'
import { parseParameters } from './parameters'
import * as ast from './nodes'
import { PARSE_FAILED, type Parser } from './parser-state'
import {
  AND, BINARY_OPERATOR, BINARY_PRECEDENCE, COMPARISON_OPERATOR, INVERT, IS, IS_NOT, LOAD, NOT, NOT_IN, OR, POW, STORE, UADD, USUB
} from './singletons'
import * as kinds from './token-kinds'

/** `star_expressions`: what may stand after `return` or `=`; a comma makes a tuple. */
export function parseStarExpressions(p: Parser): ast.expr {
  const start = p.i
  const first = parseStarExpression(p)
  if (p.kind !== kinds.COMMA) return first
  const elements = [first]
  while (p.accept(kinds.COMMA) && startsExpression(p.kind)) elements.push(parseStarExpression(p))
  return new ast.Tuple(elements, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `star_expression`. */
export function parseStarExpression(p: Parser): ast.expr {
  return p.kind === kinds.STAR ? parseStarred(p) : parseExpression(p)
}

/** `'*' bitwise_or`. */
function parseStarred(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  const value = parseBinary(p, 1)
  return new ast.Starred(value, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `star_named_expression`: an element of a list, tuple or set. */
export function parseStarNamedExpression(p: Parser): ast.expr {
  return p.kind === kinds.STAR ? parseStarred(p) : parseNamedExpression(p)
}

/** `expressions`: like star_expressions, without stars. */
export function parseExpressions(p: Parser): ast.expr {
  const start = p.i
  const first = parseExpression(p)
  if (p.kind !== kinds.COMMA) return first
  const elements = [first]
  while (p.accept(kinds.COMMA) && startsExpression(p.kind)) elements.push(parseExpression(p))
  return new ast.Tuple(elements, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `named_expression`: an expression or `name := expression`. */
export function parseNamedExpression(p: Parser): ast.expr {
  if (p.kind === kinds.NAME && p.peek(1) === kinds.COLONEQUAL) return parseWalrus(p)
  return parseExpression(p)
}

/** `assignment_expression`; the caller has seen the `:=`. */
export function parseWalrus(p: Parser): ast.expr {
  const start = p.i
  const target = parseName(p, STORE)
  p.advance()
  const value = parseExpression(p)
  return new ast.NamedExpr(target, value, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `yield_expr`. */
export function parseYield(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  if (p.accept(kinds.KW_FROM)) {
    const value = parseExpression(p)
    return new ast.YieldFrom(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  const value = startsExpression(p.kind) ? parseStarExpressions(p) : null
  return new ast.Yield(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `yield_expr | star_expressions`. */
export function parseYieldOrStarExpressions(p: Parser): ast.expr {
  return p.kind === kinds.KW_YIELD ? parseYield(p) : parseStarExpressions(p)
}

/** `expression`: a conditional or a lambda. */
export function parseExpression(p: Parser): ast.expr {
  if (p.kind === kinds.KW_LAMBDA) return parseLambda(p)
  const start = p.i
  const body = parseDisjunction(p)
  if (p.kind !== kinds.KW_IF) return body
  p.advance()
  const test = parseDisjunction(p)
  p.expect(kinds.KW_ELSE)
  const orelse = parseExpression(p)
  return new ast.IfExp(test, body, orelse, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseLambda(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  const parameters = parseParameters(p, true)
  p.expect(kinds.COLON)
  const body = parseExpression(p)
  return new ast.Lambda(parameters, body, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `disjunction`: what may stand after `in` and `if` of a comprehension. */
export function parseDisjunction(p: Parser): ast.expr {
  const start = p.i
  const first = parseConjunction(p)
  if (p.kind !== kinds.KW_OR) return first
  const values = [first]
  while (p.accept(kinds.KW_OR)) values.push(parseConjunction(p))
  return new ast.BoolOp(OR, values, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseConjunction(p: Parser): ast.expr {
  const start = p.i
  const first = parseInversion(p)
  if (p.kind !== kinds.KW_AND) return first
  const values = [first]
  while (p.accept(kinds.KW_AND)) values.push(parseInversion(p))
  return new ast.BoolOp(AND, values, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseInversion(p: Parser): ast.expr {
  const start = p.i
  if (p.kind !== kinds.KW_NOT) return parseComparison(p)
  p.advance()
  const operand = parseInversion(p)
  return new ast.UnaryOp(NOT, operand, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseComparison(p: Parser): ast.expr {
  const start = p.i
  const left = parseBinary(p, 1)
  let operator = acceptComparison(p)
  if (operator === null) return left
  const operators: ast.cmpop[] = []
  const comparators: ast.expr[] = []
  do {
    operators.push(operator)
    comparators.push(parseBinary(p, 1))
    operator = acceptComparison(p)
  } while (operator !== null)
  return new ast.Compare(left, operators, comparators, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function acceptComparison(p: Parser): ast.cmpop | null {
  const operator = COMPARISON_OPERATOR[p.kind]!
  if (operator !== null) {
    if (p.kind === kinds.NOTEQUAL && (p.source.charCodeAt(p.tokens.start[p.i]!) === 0x3c) !== p.context.flufl) throw PARSE_FAILED
    p.advance()
    return operator
  }
  if (p.kind === kinds.KW_IS) {
    p.advance()
    return p.accept(kinds.KW_NOT) ? IS_NOT : IS
  }
  if (p.kind === kinds.KW_NOT && p.peek(1) === kinds.KW_IN) {
    p.advance()
    p.advance()
    return NOT_IN
  }
  return null
}

/** The left-associative binary operators that bind at least as tightly as `minimum`; 1 is `bitwise_or`. */
export function parseBinary(p: Parser, minimum: number): ast.expr {
  const start = p.i
  let left = parseFactor(p)
  for (;;) {
    const kind = p.kind
    const precedence = BINARY_PRECEDENCE[kind]!
    if (precedence === 0 || precedence < minimum) return left
    p.advance()
    const right = parseBinary(p, precedence + 1)
    left = new ast.BinOp(left, BINARY_OPERATOR[kind]!, right, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
}

function parseFactor(p: Parser): ast.expr {
  const start = p.i
  const kind = p.kind
  if (kind === kinds.MINUS || kind === kinds.PLUS || kind === kinds.TILDE) {
    p.advance()
    const operand = parseFactor(p)
    const operator = kind === kinds.MINUS ? USUB : kind === kinds.PLUS ? UADD : INVERT
    return new ast.UnaryOp(operator, operand, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  let base: ast.expr
  if (kind === kinds.AWAIT) {
    p.advance()
    const value = parsePrimary(p)
    base = new ast.Await(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
  } else {
    base = parsePrimary(p)
  }
  if (p.kind !== kinds.DOUBLESTAR) return base
  p.advance()
  const exponent = parseFactor(p)
  return new ast.BinOp(base, POW, exponent, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `primary`: an atom with its attributes, calls and subscripts. */
export function parsePrimary(p: Parser): ast.expr {
  const start = p.i
  let value = parseAtom(p)
  for (;;) {
    const kind = p.kind
    if (kind === kinds.DOT) {
      p.advance()
      const attribute = parseIdentifier(p)
      value = new ast.Attribute(value, attribute, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
    } else if (kind === kinds.LPAR) {
      const args: ast.expr[] = []
      const keywords: ast.keyword[] = []
      parseArguments(p, args, keywords, true)
      value = new ast.Call(value, args, keywords, p.line(start), p.column(start), p.endLine(), p.endColumn())
    } else if (kind === kinds.LSQB) {
      p.advance()
      const slice = parseSlices(p)
      p.expect(kinds.RSQB)
      value = new ast.Subscript(value, slice, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
    } else {
      return value
    }
  }
}

function parseSlices(p: Parser): ast.expr {
  const start = p.i
  const first = parseSliceOrStarred(p)
  if (p.kind !== kinds.COMMA) {
    if (first._type !== 'Starred') return first
    return new ast.Tuple([first], LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  const elements = [first]
  while (p.accept(kinds.COMMA) && p.kind !== kinds.RSQB) elements.push(parseSliceOrStarred(p))
  return new ast.Tuple(elements, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseSliceOrStarred(p: Parser): ast.expr {
  const start = p.i
  if (p.kind === kinds.STAR) return parseStarredArgument(p)
  let lower: ast.expr | null = null
  if (p.kind !== kinds.COLON) {
    lower = parseNamedExpression(p)
    if (p.kind !== kinds.COLON) return lower
    if (lower._type === 'NamedExpr' && p.kinds[start] === kinds.NAME && p.kinds[start + 1] === kinds.COLONEQUAL) throw PARSE_FAILED
  }
  p.advance()
  const upper = endsSlicePart(p.kind) ? null : parseExpression(p)
  const step = p.accept(kinds.COLON) && !endsSlicePart(p.kind) ? parseExpression(p) : null
  return new ast.Slice(lower, upper, step, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function endsSlicePart(kind: number): boolean {
  return kind === kinds.COLON || kind === kinds.COMMA || kind === kinds.RSQB
}

/** `starred_expression`: `*` before a whole expression, in calls and subscripts. */
export function parseStarredArgument(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  const value = parseExpression(p)
  return new ast.Starred(value, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** A generator expression whose first part has been read; `start` is the token of its parenthesis. */
export function finishGenerator(p: Parser, start: number, element: ast.expr): ast.expr {
  const generators = parseComprehensionClauses(p)
  p.expect(kinds.RPAR)
  return new ast.GeneratorExp(element, generators, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** A NAME token's identifier. */
export function parseIdentifier(p: Parser): string {
  if (p.kind !== kinds.NAME) throw PARSE_FAILED
  const name = p.identifier(p.i)
  p.advance()
  return name
}

export function parseName(p: Parser, context: ast.expr_context): ast.Name {
  const start = p.i
  const name = parseIdentifier(p)
  return new ast.Name(name, context, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

const STARTS_EXPRESSION = new Uint8Array(128)
for (const kind of [
  kinds.NAME, kinds.NUMBER, kinds.STRING, kinds.LPAR, kinds.LSQB, kinds.LBRACE, kinds.PLUS, kinds.MINUS, kinds.TILDE, kinds.STAR,
  kinds.ELLIPSIS, kinds.AWAIT, kinds.KW_FALSE, kinds.KW_NONE, kinds.KW_TRUE, kinds.KW_LAMBDA, kinds.KW_NOT
]) STARTS_EXPRESSION[kind] = 1

/** Whether a token can begin a star_expression: after a trailing comma or a bare `return` it cannot. */
export function startsExpression(kind: number): boolean {
  return STARTS_EXPRESSION[kind] === 1
}
