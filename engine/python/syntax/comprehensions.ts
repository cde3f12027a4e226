// `for … in … if …` of comprehensions and generator expressions.
import { parseDisjunction } from './expressions'
import * as ast from './nodes'
import type { Parser } from './parser-state'
import { parseStarTargets } from './targets'
import * as kinds from './token-kinds'

/** Whether the current token begins a comprehension's clause. */
export function atComprehension(p: Parser): boolean {
  return p.kind === kinds.KW_FOR || (p.kind === kinds.ASYNC && p.peek(1) === kinds.KW_FOR)
}

/** `for_if_clauses`: one or more. */
export function parseComprehensionClauses(p: Parser): ast.comprehension[] {
  const clauses: ast.comprehension[] = []
  do {
    const isAsync = p.accept(kinds.ASYNC) ? 1 : 0
    p.expect(kinds.KW_FOR)
    const target = parseStarTargets(p)
    p.expect(kinds.KW_IN)
    const iterable = parseDisjunction(p)
    const conditions: ast.expr[] = []
    while (p.accept(kinds.KW_IF)) conditions.push(parseDisjunction(p))
    clauses.push(new ast.comprehension(target, iterable, conditions, isAsync))
  } while (atComprehension(p))
  return clauses
}
