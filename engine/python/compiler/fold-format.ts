// Turns `'…%s…' % (a, b)` into the f-string that gives the same text. Mirrors optimize_format, Python/ast_opt.c.
import * as ast from '../syntax/nodes'

const MAX_DIGITS = 3

/** The literal text up to the next conversion, as a Constant without position; `end` is where it stops. */
function parseLiteral(format: string, start: number): { literal: ast.Constant | null, end: number } {
  let at = start
  let hasPercents = false
  while (at < format.length) {
    if (format[at] !== '%') {
      at++
    } else if (format[at + 1] === '%') {
      hasPercents = true
      at += 2
    } else {
      break
    }
  }
  if (at === start) return { literal: null, end: at }
  const text = format.slice(start, at)
  return { literal: new ast.Constant(hasPercents ? text.replaceAll('%%', '%') : text, null, -1, -1, -1, -1), end: at }
}

/** Reads up to two digits; null if there are more. */
function parseDigits(format: string, start: number): { value: number, end: number } | null {
  let at = start
  while (at < format.length && format[at]! >= '0' && format[at]! <= '9') at++
  if (at - start >= MAX_DIGITS || at >= format.length) return null
  return { value: at > start ? Number(format.slice(start, at)) : -1, end: at }
}

/** One conversion after its '%', applied to `value`; null where an f-string cannot say the same. */
function parseConversion(format: string, start: number, value: ast.expr): { node: ast.FormattedValue, end: number } | null {
  let at = start
  let leftJustified = false
  while (at < format.length && '-+ #0'.includes(format[at]!)) {
    if (format[at] === '-') leftJustified = true
    at++
  }
  const width = parseDigits(format, at)
  if (width === null) return null
  at = width.end
  let precision = -1
  if (format[at] === '.') {
    const digits = parseDigits(format, at + 1)
    if (digits === null) return null
    precision = Math.max(digits.value, 0)
    at = digits.end
  }
  const conversion = format[at]
  if (conversion !== 's' && conversion !== 'r' && conversion !== 'a') return null
  let spec = ''
  if (!leftJustified && width.value > 0) spec += '>'
  if (width.value >= 0) spec += width.value
  if (precision >= 0) spec += `.${precision}`
  const node = new ast.FormattedValue(value, conversion.charCodeAt(0),
    spec === '' ? null : new ast.Constant(spec, null, -1, -1, -1, -1),
    value.lineno, value.col_offset, value.end_lineno, value.end_col_offset)
  return { node, end: at + 1 }
}

/** The f-string for `format % elements`, or null if it cannot be one. */
export function formatToJoinedStr(node: ast.BinOp, format: string, elements: readonly ast.expr[]): ast.JoinedStr | null {
  const values: ast.expr[] = []
  let at = 0
  let used = 0
  for (;;) {
    const { literal, end } = parseLiteral(format, at)
    if (literal) values.push(literal)
    at = end
    if (at >= format.length) break
    const element = elements[used++]
    if (element === undefined) return null
    const conversion = parseConversion(format, at + 1, element)
    if (conversion === null) return null
    values.push(conversion.node)
    at = conversion.end
  }
  if (used < elements.length) return null
  return new ast.JoinedStr(values, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
}
