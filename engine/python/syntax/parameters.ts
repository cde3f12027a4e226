// Parameters of functions and lambdas.
import { parseExpression, parseIdentifier, parseStarExpression } from './expressions'
import * as ast from './nodes'
import { PARSE_FAILED, type Parser } from './parser-state'
import * as kinds from './token-kinds'

/** Reads parameters up to the closing `)` of a `def` or the `:` of a lambda, which stays unread. */
export function parseParameters(p: Parser, lambda: boolean): ast.arguments_ {
  const close = lambda ? kinds.COLON : kinds.RPAR
  const result = new ast.arguments_([], [], null, [], [], null, [])
  let sawSlash = false
  let sawStar = false
  while (p.kind !== close) {
    if (p.kind === kinds.NAME) {
      const parameter = parseParameter(p, lambda)
      const value = p.accept(kinds.EQUAL) ? parseExpression(p) : null
      if (sawStar) {
        result.kwonlyargs.push(parameter)
        result.kw_defaults.push(value)
      } else {
        result.args.push(parameter)
        if (value !== null) result.defaults.push(value)
        else if (result.defaults.length > 0) throw PARSE_FAILED
      }
    } else if (p.kind === kinds.SLASH) {
      if (sawSlash || sawStar || result.args.length === 0) throw PARSE_FAILED
      sawSlash = true
      result.posonlyargs = result.args
      result.args = []
      p.advance()
    } else if (p.kind === kinds.STAR) {
      if (sawStar) throw PARSE_FAILED
      sawStar = true
      p.advance()
      if (p.kind === kinds.NAME) result.vararg = parseParameter(p, lambda, true)
      else if (p.kind !== kinds.COMMA || p.peek(1) !== kinds.NAME) throw PARSE_FAILED
    } else if (p.kind === kinds.DOUBLESTAR) {
      p.advance()
      result.kwarg = parseParameter(p, lambda)
      p.accept(kinds.COMMA)
      if (p.kind !== close) throw PARSE_FAILED
      return result
    } else {
      throw PARSE_FAILED
    }
    if (!p.accept(kinds.COMMA) && p.kind !== close) throw PARSE_FAILED
  }
  return result
}

/** A name with, outside of lambdas, its annotation; that of `*args` may be starred (`*args: *Ts`). */
function parseParameter(p: Parser, lambda: boolean, starAnnotation = false): ast.arg {
  const start = p.i
  const name = parseIdentifier(p)
  let annotation: ast.expr | null = null
  if (!lambda && p.accept(kinds.COLON)) annotation = starAnnotation ? parseStarExpression(p) : parseExpression(p)
  return new ast.arg(name, annotation, null, p.line(start), p.column(start), p.endLine(), p.endColumn())
}
