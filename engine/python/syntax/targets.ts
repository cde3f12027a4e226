// Assignment targets. A target is parsed as the expression it looks like and then given its context; whatever
// cannot be assigned to (or deleted) fails here.
import { parsePrimary } from './expressions'
import * as ast from './nodes'
import { PARSE_FAILED, type Parser } from './parser-state'
import { DEL, STORE } from './singletons'
import * as kinds from './token-kinds'

/** Turns an expression into the target of an assignment. */
export function toStore(target: ast.expr): ast.expr {
  switch (target._type) {
    case 'Name':
    case 'Attribute':
    case 'Subscript':
      target.ctx = STORE
      return target
    case 'Starred':
      toStore(target.value)
      target.ctx = STORE
      return target
    case 'Tuple':
    case 'List':
      for (const element of target.elts) toStore(element)
      target.ctx = STORE
      return target
    default:
      throw PARSE_FAILED
  }
}

/** `single_target`: a name, attribute or subscript. */
export function toSingleStore(target: ast.expr): ast.Name | ast.Attribute | ast.Subscript {
  if (target._type !== 'Name' && target._type !== 'Attribute' && target._type !== 'Subscript') throw PARSE_FAILED
  target.ctx = STORE
  return target
}

/** Turns an expression into a target of `del`. */
function toDelete(target: ast.expr): ast.expr {
  switch (target._type) {
    case 'Name':
    case 'Attribute':
    case 'Subscript':
      target.ctx = DEL
      return target
    case 'Tuple':
    case 'List':
      for (const element of target.elts) toDelete(element)
      target.ctx = DEL
      return target
    default:
      throw PARSE_FAILED
  }
}

/** `star_targets`: what stands between `for` and `in`. */
export function parseStarTargets(p: Parser): ast.expr {
  const start = p.i
  const first = parseStarTarget(p)
  if (p.kind !== kinds.COMMA) return first
  const elements = [first]
  while (p.accept(kinds.COMMA) && startsTarget(p.kind)) elements.push(parseStarTarget(p))
  return new ast.Tuple(elements, STORE, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `star_target`. */
export function parseStarTarget(p: Parser): ast.expr {
  const start = p.i
  if (p.kind !== kinds.STAR) return toStore(parsePrimary(p))
  p.advance()
  if (p.kind === kinds.STAR) throw PARSE_FAILED
  const value = parseStarTarget(p)
  return new ast.Starred(value, STORE, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `del_targets`. */
export function parseDeleteTargets(p: Parser): ast.expr[] {
  const targets: ast.expr[] = []
  do {
    targets.push(toDelete(parsePrimary(p)))
  } while (p.accept(kinds.COMMA) && startsTarget(p.kind))
  return targets
}

/** An atom or a star; anything else after a comma ends the targets. */
function startsTarget(kind: number): boolean {
  return kind === kinds.NAME || kind === kinds.LPAR || kind === kinds.LSQB || kind === kinds.STAR || kind === kinds.STRING ||
    kind === kinds.LBRACE || kind === kinds.NUMBER || kind === kinds.ELLIPSIS ||
    (kind >= kinds.KW_FALSE && kind <= kinds.KW_TRUE)
}
