// `with`, whose parentheses are ambiguous: `with (a, b):` has two items, `with (a, b) as c:` one tuple.
import { parseExpression } from './expressions'
import * as ast from './nodes'
import { PARSE_FAILED, type Parser } from './parser-state'
import { parseBlock } from './statements'
import { parseStarTarget } from './targets'
import * as kinds from './token-kinds'

/** At `with`; `start` is the token of `async` if there is one. */
export function parseWith(p: Parser, start: number): ast.stmt {
  const isAsync = start !== p.i
  p.advance()
  const items = parseParenthesizedItems(p) ?? parseItems(p, kinds.COLON)
  p.expect(kinds.COLON)
  const body = parseBlock(p)
  const end = p.lastVisible()
  return isAsync
    ? new ast.AsyncWith(items, body, null, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
    : new ast.With(items, body, null, p.line(start), p.column(start), p.endLineOf(end), p.endColumnOf(end))
}

/**
 * The items of `with ( … ):`, read up to the colon; null if what follows `with` is an ordinary item instead. CPython
 * tries the parenthesized form first, so it wins wherever both are possible; what it cannot be (a generator
 * expression, a walrus, a yield in parentheses) shows only by trying.
 */
function parseParenthesizedItems(p: Parser): ast.withitem[] | null {
  if (p.kind !== kinds.LPAR || p.kinds[closingParenthesis(p) + 1] !== kinds.COLON) return null
  const start = p.i
  const warnings = p.warnings.length
  try {
    p.advance()
    const items = parseItems(p, kinds.RPAR)
    p.expect(kinds.RPAR)
    if (p.kind === kinds.COLON) return items
  } catch (error) {
    if (error !== PARSE_FAILED) throw error
  }
  p.warnings.length = warnings
  p.goTo(start)
  return null
}

/** The token of the parenthesis that closes the one at the cursor (or the end of the tokens). */
function closingParenthesis(p: Parser): number {
  let depth = 0
  for (let t = p.i; t < p.tokens.count; t++) {
    const kind = p.kinds[t]
    if (kind === kinds.LPAR || kind === kinds.LSQB || kind === kinds.LBRACE) depth++
    else if (kind === kinds.RPAR || kind === kinds.RSQB || kind === kinds.RBRACE) {
      if (--depth === 0) return t
    }
  }
  return p.tokens.count
}

/** One or more items; in parentheses a comma may follow the last. */
function parseItems(p: Parser, close: number): ast.withitem[] {
  const items: ast.withitem[] = []
  do {
    if (close === kinds.RPAR && items.length > 0 && p.kind === kinds.RPAR) break
    items.push(parseItem(p))
  } while (p.accept(kinds.COMMA))
  return items
}

function parseItem(p: Parser): ast.withitem {
  const expression = parseExpression(p)
  if (!p.accept(kinds.KW_AS)) return new ast.withitem(expression, null)
  const target = parseStarTarget(p)
  if (p.kind !== kinds.COMMA && p.kind !== kinds.RPAR && p.kind !== kinds.COLON) throw PARSE_FAILED
  return new ast.withitem(expression, target)
}
