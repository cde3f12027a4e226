// Number literals to values.
import { ComplexValue, FloatValue, type ConstantValue } from './constant'
import { LiteralError } from './literal-error'
import * as ast from './nodes'
import type { Parser } from './parser-state'

/** Longest decimal integer that is converted (sys.int_info.default_max_str_digits). */
export const MAX_DECIMAL_DIGITS = 4300

export function parseNumber(p: Parser): ast.Constant {
  const start = p.i
  const value = numberValue(p.tokens.text(start))
  p.advance()
  return new ast.Constant(value, null, p.line(start), p.column(start), p.endLine(), p.endColumn())
}

/** The value of a well-formed literal. Mirrors parsenumber, Parser/pegen.c. */
export function numberValue(literal: string): ConstantValue {
  const text = literal.includes('_') ? literal.replaceAll('_', '') : literal
  const last = text.charCodeAt(text.length - 1) | 0x20
  const second = text.charCodeAt(1) | 0x20
  if (text.charCodeAt(0) === 0x30 && (second === 0x78 || second === 0x6f || second === 0x62)) return BigInt(text)
  if (last === 0x6a) return new ComplexValue(0, Number(text.slice(0, -1)))
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x2e || c === 0x65 || c === 0x45) return new FloatValue(Number(text))
  }
  if (text.length > MAX_DECIMAL_DIGITS) {
    throw new LiteralError(`Exceeds the limit (${MAX_DECIMAL_DIGITS} digits) for integer string conversion: ` +
      `value has ${text.length} digits; use sys.set_int_max_str_digits() to increase the limit` +
      ' - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.')
  }
  return text.length < 16 ? BigInt(Number(text)) : BigInt(text)
}
