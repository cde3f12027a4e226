// Patterns of `case`.
import { parseIdentifier } from './expressions'
import * as ast from './nodes'
import { parseNumber } from './numbers'
import { PARSE_FAILED, type Parser } from './parser-state'
import { ADD, LOAD, SUB, USUB } from './singletons'
import { parseStrings } from './strings'
import * as kinds from './token-kinds'
import { ComplexValue } from './constant'

/** `patterns`: what stands after `case`; a comma makes a sequence. */
export function parsePatterns(p: Parser): ast.pattern {
  const start = p.i
  const first = parseStarOrPattern(p)
  if (p.kind !== kinds.COMMA) {
    if (first._type === 'MatchStar') throw PARSE_FAILED
    return first
  }
  const elements = [first]
  while (p.accept(kinds.COMMA) && startsPattern(p.kind)) elements.push(parseStarOrPattern(p))
  return new ast.MatchSequence(elements, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function startsPattern(kind: number): boolean {
  return kind !== kinds.COLON && kind !== kinds.KW_IF
}

/** `maybe_star_pattern`. */
function parseStarOrPattern(p: Parser): ast.pattern {
  const start = p.i
  if (p.kind !== kinds.STAR) return parsePattern(p)
  p.advance()
  const name = isWildcard(p) ? (p.advance(), null) : parseCapture(p)
  return new ast.MatchStar(name, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `pattern`: alternatives, and perhaps a name for them. */
function parsePattern(p: Parser): ast.pattern {
  const start = p.i
  const pattern = parseAlternatives(p)
  if (!p.accept(kinds.KW_AS)) return pattern
  if (isWildcard(p)) throw PARSE_FAILED
  const name = parseCapture(p)
  return new ast.MatchAs(pattern, name, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseAlternatives(p: Parser): ast.pattern {
  const start = p.i
  const first = parseClosedPattern(p)
  if (p.kind !== kinds.VBAR) return first
  const patterns = [first]
  while (p.accept(kinds.VBAR)) patterns.push(parseClosedPattern(p))
  return new ast.MatchOr(patterns, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function isWildcard(p: Parser): boolean {
  return p.isWord(p.i, '_')
}

/** `pattern_capture_target` other than `_`: a name that does not go on as an attribute, call or keyword. */
function parseCapture(p: Parser): string {
  const name = parseIdentifier(p)
  if (p.kind === kinds.DOT || p.kind === kinds.LPAR || p.kind === kinds.EQUAL) throw PARSE_FAILED
  return name
}

function parseClosedPattern(p: Parser): ast.pattern {
  const start = p.i
  switch (p.kind) {
    case kinds.NAME: return parseNamePattern(p)
    case kinds.NUMBER:
    case kinds.MINUS:
    case kinds.STRING: {
      const value = parseLiteral(p)
      return new ast.MatchValue(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.KW_NONE:
    case kinds.KW_TRUE:
    case kinds.KW_FALSE: {
      const value = p.kind === kinds.KW_NONE ? null : p.kind === kinds.KW_TRUE
      p.advance()
      return new ast.MatchSingleton(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.LPAR: return parseGroupOrSequence(p)
    case kinds.LSQB: {
      p.advance()
      const patterns = parseSequenceItems(p, kinds.RSQB, [])
      return new ast.MatchSequence(patterns, p.line(start), p.column(start), p.endLine(), p.endColumn())
    }
    case kinds.LBRACE: return parseMapping(p)
    default: throw PARSE_FAILED
  }
}

/** A capture, a wildcard, a dotted value or a class. */
function parseNamePattern(p: Parser): ast.pattern {
  const start = p.i
  if (isWildcard(p)) {
    p.advance()
    return new ast.MatchAs(null, null, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  const value = parseDotted(p)
  if (p.kind === kinds.LPAR) return parseClassPattern(p, start, value)
  if (p.kind === kinds.EQUAL) throw PARSE_FAILED
  if (value._type === 'Name') return new ast.MatchAs(null, value.id, p.line(start), p.column(start), p.endLine(), p.endColumn())
  return new ast.MatchValue(value, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `name_or_attr`. */
function parseDotted(p: Parser): ast.Name | ast.Attribute {
  const start = p.i
  let value: ast.Name | ast.Attribute = new ast.Name(parseIdentifier(p), LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
  while (p.accept(kinds.DOT)) {
    const attribute = parseIdentifier(p)
    value = new ast.Attribute(value, attribute, LOAD, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  return value
}

/** A number (perhaps negative or complex) or a string. */
function parseLiteral(p: Parser): ast.expr {
  const start = p.i
  if (p.kind === kinds.STRING) return parseStrings(p)
  const real = parseSignedNumber(p)
  if (p.kind !== kinds.PLUS && p.kind !== kinds.MINUS) return real
  const operator = p.kind === kinds.PLUS ? ADD : SUB
  p.advance()
  const imaginary = parseNumberToken(p)
  const digits = real._type === 'UnaryOp' ? real.operand : real
  if (!isComplex(imaginary) || isComplex(digits)) throw PARSE_FAILED
  return new ast.BinOp(real, operator, imaginary, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseSignedNumber(p: Parser): ast.Constant | ast.UnaryOp {
  const start = p.i
  if (!p.accept(kinds.MINUS)) return parseNumberToken(p)
  const operand = parseNumberToken(p)
  return new ast.UnaryOp(USUB, operand, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseNumberToken(p: Parser): ast.Constant {
  if (p.kind !== kinds.NUMBER) throw PARSE_FAILED
  return parseNumber(p)
}

function isComplex(value: ast.expr): boolean {
  return value._type === 'Constant' && value.value instanceof ComplexValue
}

/** `( pattern )` is the pattern itself; with a comma, or empty, it is a sequence. */
function parseGroupOrSequence(p: Parser): ast.pattern {
  const start = p.i
  p.advance()
  const patterns: ast.pattern[] = []
  if (p.kind !== kinds.RPAR) {
    const first = parseStarOrPattern(p)
    if (p.kind !== kinds.COMMA) {
      p.expect(kinds.RPAR)
      if (first._type === 'MatchStar') throw PARSE_FAILED
      return first
    }
    p.advance()
    patterns.push(first)
  }
  parseSequenceItems(p, kinds.RPAR, patterns)
  return new ast.MatchSequence(patterns, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

function parseSequenceItems(p: Parser, close: number, patterns: ast.pattern[]): ast.pattern[] {
  while (p.kind !== close) {
    patterns.push(parseStarOrPattern(p))
    if (!p.accept(kinds.COMMA)) break
  }
  p.expect(close)
  return patterns
}

function parseMapping(p: Parser): ast.pattern {
  const start = p.i
  const keys: ast.expr[] = []
  const patterns: ast.pattern[] = []
  let rest: string | null = null
  p.advance()
  while (p.kind !== kinds.RBRACE) {
    if (p.accept(kinds.DOUBLESTAR)) {
      if (isWildcard(p)) throw PARSE_FAILED
      rest = parseCapture(p)
      p.accept(kinds.COMMA)
      break
    }
    keys.push(parseKey(p))
    p.expect(kinds.COLON)
    patterns.push(parsePattern(p))
    if (!p.accept(kinds.COMMA)) break
  }
  p.expect(kinds.RBRACE)
  return new ast.MatchMapping(keys, patterns, rest, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** `literal_expr | attr`. */
function parseKey(p: Parser): ast.expr {
  const start = p.i
  if (p.kind === kinds.KW_NONE || p.kind === kinds.KW_TRUE || p.kind === kinds.KW_FALSE) {
    const value = p.kind === kinds.KW_NONE ? null : p.kind === kinds.KW_TRUE
    p.advance()
    return new ast.Constant(value, null, p.line(start), p.column(start), p.endLine(), p.endColumn())
  }
  if (p.kind !== kinds.NAME) return parseLiteral(p)
  const value = parseDotted(p)
  if (value._type === 'Name') throw PARSE_FAILED
  return value
}

function parseClassPattern(p: Parser, start: number, cls: ast.expr): ast.pattern {
  const patterns: ast.pattern[] = []
  const names: string[] = []
  const namedPatterns: ast.pattern[] = []
  p.advance()
  while (p.kind !== kinds.RPAR) {
    if (p.kind === kinds.NAME && p.peek(1) === kinds.EQUAL) {
      names.push(parseIdentifier(p))
      p.advance()
      namedPatterns.push(parsePattern(p))
    } else {
      if (names.length > 0) throw PARSE_FAILED
      patterns.push(parsePattern(p))
    }
    if (!p.accept(kinds.COMMA)) break
  }
  p.expect(kinds.RPAR)
  return new ast.MatchClass(cls, patterns, names, namedPatterns, p.line(start), p.column(start), p.endLine(), p.endColumn())
}
