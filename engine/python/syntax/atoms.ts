// Atoms: names, constants, and everything in brackets.
import { atComprehension, parseComprehensionClauses } from './comprehensions'
import { ELLIPSIS } from './constant'
import {
  finishGenerator, parseBinary, parseExpression, parseName, parseStarNamedExpression, parseYield
} from './expressions'
import * as ast from './nodes'
import { parseNumber } from './numbers'
import { PARSE_FAILED, type Parser } from './parser-state'
import { LOAD } from './singletons'
import { parseStrings } from './strings'
import * as kinds from './token-kinds'

export function parseAtom(p: Parser): ast.expr {
  switch (p.kind) {
    case kinds.NAME: return parseName(p, LOAD)
    case kinds.NUMBER: return parseNumber(p)
    case kinds.STRING: return parseStrings(p)
    case kinds.LPAR: return parseParenthesized(p)
    case kinds.LSQB: return parseBracketed(p)
    case kinds.LBRACE: return parseBraced(p)
    case kinds.KW_NONE: return parseConstant(p, null)
    case kinds.KW_TRUE: return parseConstant(p, true)
    case kinds.KW_FALSE: return parseConstant(p, false)
    case kinds.ELLIPSIS: return parseConstant(p, ELLIPSIS)
    default: throw PARSE_FAILED
  }
}

function parseConstant(p: Parser, value: null | boolean | typeof ELLIPSIS): ast.expr {
  const start = p.i
  p.advance()
  return new ast.Constant(value, null, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** A tuple, a group (which leaves no node), or a generator expression. */
function parseParenthesized(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  if (p.kind === kinds.KW_YIELD) {
    const value = parseYield(p)
    p.expect(kinds.RPAR)
    return value
  }
  const elements: ast.expr[] = []
  if (p.kind !== kinds.RPAR) {
    const first = parseStarNamedExpression(p)
    if (p.kind !== kinds.COMMA) {
      if (first._type === 'Starred') throw PARSE_FAILED
      if (atComprehension(p)) return finishGenerator(p, start, first)
      p.expect(kinds.RPAR)
      return first
    }
    elements.push(first)
    while (p.accept(kinds.COMMA) && p.kind !== kinds.RPAR) elements.push(parseStarNamedExpression(p))
  }
  p.expect(kinds.RPAR)
  return new ast.Tuple(elements, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseBracketed(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  const elements: ast.expr[] = []
  while (p.kind !== kinds.RSQB) {
    const element = parseStarNamedExpression(p)
    if (elements.length === 0 && element._type !== 'Starred' && atComprehension(p)) {
      const generators = parseComprehensionClauses(p)
      p.expect(kinds.RSQB)
      return new ast.ListComp(element, generators, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    elements.push(element)
    if (!p.accept(kinds.COMMA)) break
  }
  p.expect(kinds.RSQB)
  return new ast.List(elements, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** A dict, a set, or a comprehension of either. */
function parseBraced(p: Parser): ast.expr {
  const start = p.i
  p.advance()
  if (p.kind === kinds.RBRACE || p.kind === kinds.DOUBLESTAR) return parseDict(p, start, null)
  const first = parseStarNamedExpression(p)
  if (p.kind === kinds.COLON) {
    // A key is an expression: neither starred nor a bare walrus.
    if (first._type === 'Starred' || isBareWalrus(p, start + 1)) throw PARSE_FAILED
    return parseDict(p, start, first)
  }
  if (first._type !== 'Starred' && atComprehension(p)) {
    const generators = parseComprehensionClauses(p)
    p.expect(kinds.RBRACE)
    return new ast.SetComp(first, generators, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  const elements = [first]
  while (p.accept(kinds.COMMA) && p.kind !== kinds.RBRACE) elements.push(parseStarNamedExpression(p))
  p.expect(kinds.RBRACE)
  return new ast.Set(elements, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function isBareWalrus(p: Parser, t: number): boolean {
  return p.kinds[t] === kinds.NAME && p.kinds[t + 1] === kinds.COLONEQUAL
}

/** The rest of a dict; `first` is its first key where that has been read. */
function parseDict(p: Parser, start: number, first: ast.expr | null): ast.expr {
  const keys: (ast.expr | null)[] = []
  const values: ast.expr[] = []
  let key = first
  while (p.kind !== kinds.RBRACE) {
    if (key === null && p.accept(kinds.DOUBLESTAR)) {
      keys.push(null)
      values.push(parseBinary(p, 1))
    } else {
      key ??= parseExpression(p)
      p.expect(kinds.COLON)
      const value = parseExpression(p)
      if (keys.length === 0 && atComprehension(p)) {
        const generators = parseComprehensionClauses(p)
        p.expect(kinds.RBRACE)
        return new ast.DictComp(key, value, generators, p.line(start), p.column(start), p.endLine(), p.endColumn())
      }
      keys.push(key)
      values.push(value)
      key = null
    }
    if (!p.accept(kinds.COMMA)) break
  }
  p.expect(kinds.RBRACE)
  return new ast.Dict(keys, values, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

