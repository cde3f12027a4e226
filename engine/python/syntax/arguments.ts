// Arguments of a call or of a class statement.
import { atComprehension } from './comprehensions'
import { finishGenerator, parseExpression, parseIdentifier, parseNamedExpression, parseStarredArgument } from './expressions'
import * as ast from './nodes'
import { PARSE_FAILED, type Parser } from './parser-state'
import * as kinds from './token-kinds'

/**
 * Reads `( … )` into `args` and `keywords`. Positional arguments come before the first keyword, `*` before the first
 * `**`. With `mayGenerate`, a generator expression that is the only argument needs no parentheses of its own: it then
 * takes those of the call as its own.
 */
export function parseArguments(p: Parser, args: ast.expr[], keywords: ast.keyword[], mayGenerate: boolean): void {
  const open = p.i
  let sawDoubleStar = false
  p.advance()
  while (p.kind !== kinds.RPAR) {
    const start = p.i
    if (p.kind === kinds.NAME && p.peek(1) === kinds.EQUAL) {
      const name = parseIdentifier(p)
      p.advance()
      const value = parseExpression(p)
      keywords.push(new ast.keyword(name, value, p.line(start), p.column(start), p.endLine(), p.endColumn()))
    } else if (p.kind === kinds.STAR) {
      if (sawDoubleStar) throw PARSE_FAILED
      args.push(parseStarredArgument(p))
    } else if (p.kind === kinds.DOUBLESTAR) {
      sawDoubleStar = true
      p.advance()
      const value = parseExpression(p)
      keywords.push(new ast.keyword(null, value, p.line(start), p.column(start), p.endLine(), p.endColumn()))
    } else {
      if (keywords.length > 0) throw PARSE_FAILED
      const value = parseNamedExpression(p)
      if (atComprehension(p)) {
        if (!mayGenerate || start !== open + 1) throw PARSE_FAILED
        args.push(finishGenerator(p, open, value))
        return
      }
      args.push(value)
    }
    if (p.kind !== kinds.COMMA) break
    p.advance()
    if (p.kind === kinds.COMMA) throw PARSE_FAILED
  }
  p.expect(kinds.RPAR)
}
