// The source text of an annotation, for `from __future__ import annotations`.
// Mirrors Python/ast_unparse.c, which is not ast.unparse: it knows expressions only and has a layout of its own.
import { ComplexValue, ELLIPSIS, FloatValue, TupleValue, type ConstantValue } from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import { constantRepr } from '../syntax/repr'

/** Binding strengths; an operand that binds less than its place asks for gets parentheses. */
const PR = {
  TUPLE: 0, TEST: 1, OR: 2, AND: 3, NOT: 4, CMP: 5, EXPR: 6, BOR: 6, BXOR: 7, BAND: 8, SHIFT: 9, ARITH: 10, TERM: 11,
  FACTOR: 12, POWER: 13, AWAIT: 14, ATOM: 15,
} as const

const BINARY: Record<ast.operator['_type'], readonly [text: string, strength: number]> = {
  Add: ['+', PR.ARITH], Sub: ['-', PR.ARITH], Mult: ['*', PR.TERM], MatMult: ['@', PR.TERM], Div: ['/', PR.TERM],
  Mod: ['%', PR.TERM], FloorDiv: ['//', PR.TERM], LShift: ['<<', PR.SHIFT], RShift: ['>>', PR.SHIFT],
  BitOr: ['|', PR.BOR], BitXor: ['^', PR.BXOR], BitAnd: ['&', PR.BAND], Pow: ['**', PR.POWER],
}
const UNARY: Record<ast.unaryop['_type'], readonly [text: string, strength: number]> = {
  Invert: ['~', PR.FACTOR], Not: ['not ', PR.NOT], UAdd: ['+', PR.FACTOR], USub: ['-', PR.FACTOR],
}
const COMPARISON: Record<ast.cmpop['_type'], string> = {
  Eq: '==', NotEq: '!=', Lt: '<', LtE: '<=', Gt: '>', GtE: '>=', Is: 'is', IsNot: 'is not', In: 'in', NotIn: 'not in',
}
/** What stands for infinity, which has no literal. */
const INFINITE = '1e309'

export function annotationText(node: ast.expr): string {
  return expr(node, PR.TEST)
}

function grouped(text: string, needed: boolean): string {
  return needed ? `(${text})` : text
}

function list(nodes: readonly ast.expr[], level: number): string {
  return nodes.map(node => expr(node, level)).join(', ')
}

function constant(value: ConstantValue): string {
  if (value instanceof TupleValue) {
    return `(${value.items.map(constant).join(', ')}${value.items.length === 1 ? ',' : ''})`
  }
  const repr = constantRepr(value)
  const mayBeInfinite = value instanceof FloatValue && !Number.isFinite(value.value) || value instanceof ComplexValue
  return mayBeInfinite ? repr.replaceAll('inf', INFINITE) : repr
}

function argument(node: ast.arg): string {
  return node.annotation ? `${node.arg}: ${expr(node.annotation, PR.TEST)}` : node.arg
}

function parameters(node: ast.arguments_): string {
  const parts: string[] = []
  const positional = [...node.posonlyargs, ...node.args]
  for (const [i, arg] of positional.entries()) {
    const value = node.defaults[i - positional.length + node.defaults.length]
    parts.push(argument(arg) + (value ? `=${expr(value, PR.TEST)}` : ''))
    if (i + 1 === node.posonlyargs.length) parts.push('/')
  }
  if (node.vararg) parts.push(`*${argument(node.vararg)}`)
  else if (node.kwonlyargs.length > 0) parts.push('*')
  for (const [i, arg] of node.kwonlyargs.entries()) {
    const value = node.kw_defaults[i - node.kwonlyargs.length + node.kw_defaults.length]
    parts.push(argument(arg) + (value ? `=${expr(value, PR.TEST)}` : ''))
  }
  if (node.kwarg) parts.push(`**${argument(node.kwarg)}`)
  return parts.join(', ')
}

function generators(nodes: readonly ast.comprehension[]): string {
  return nodes.map(({ ifs, is_async, iter, target }) => {
    const tests = ifs.map(test => ` if ${expr(test, PR.TEST + 1)}`).join('')
    return `${is_async ? ' async for ' : ' for '}${expr(target, PR.TUPLE)} in ${expr(iter, PR.TEST + 1)}${tests}`
  }).join('')
}

function call(node: ast.Call): string {
  const func = expr(node.func, PR.ATOM)
  const [only] = node.args
  if (node.args.length === 1 && node.keywords.length === 0 && only!._type === 'GeneratorExp') {
    return func + expr(only!, PR.TEST)
  }
  const args = node.args.map(arg => expr(arg, PR.TEST))
  const keywords = node.keywords.map(({ arg, value }) => (arg === null ? '**' : `${arg}=`) + expr(value, PR.TEST))
  return `${func}(${[...args, ...keywords].join(', ')})`
}

function formattedPart(node: ast.expr): string {
  switch (node._type) {
    case 'Constant': return String(node.value).replaceAll('{', '{{').replaceAll('}', '}}')
    case 'JoinedStr': return node.values.map(formattedPart).join('')
    case 'FormattedValue': return formattedValue(node)
    default: throw new TypeError('unknown expression kind inside f-string')
  }
}

function formattedValue(node: ast.FormattedValue): string {
  const value = expr(node.value, PR.TEST + 1)
  const conversion = node.conversion > 0 ? `!${String.fromCharCode(node.conversion)}` : ''
  const spec = node.format_spec ? `:${formattedPart(node.format_spec)}` : ''
  return `{${value.startsWith('{') ? ' ' : ''}${value}${conversion}${spec}}`
}

function expr(node: ast.expr, level: number): string {
  switch (node._type) {
    case 'BoolOp': {
      const strength = node.op._type === 'And' ? PR.AND : PR.OR
      const values = node.values.map(value => expr(value, strength + 1))
      return grouped(values.join(node.op._type === 'And' ? ' and ' : ' or '), level > strength)
    }
    case 'BinOp': {
      const [text, strength] = BINARY[node.op._type]
      const isRight = node.op._type === 'Pow'
      const left = expr(node.left, strength + (isRight ? 1 : 0))
      const right = expr(node.right, strength + (isRight ? 0 : 1))
      return grouped(`${left} ${text} ${right}`, level > strength)
    }
    case 'UnaryOp': {
      const [text, strength] = UNARY[node.op._type]
      return grouped(text + expr(node.operand, strength), level > strength)
    }
    case 'Lambda': {
      const hasPositional = node.args.args.length + node.args.posonlyargs.length > 0
      return grouped(`lambda${hasPositional ? ' ' : ''}${parameters(node.args)}: ${expr(node.body, PR.TEST)}`, level > PR.TEST)
    }
    case 'IfExp': {
      const [body, test] = [node.body, node.test].map(part => expr(part, PR.TEST + 1))
      return grouped(`${body} if ${test} else ${expr(node.orelse, PR.TEST)}`, level > PR.TEST)
    }
    case 'Dict':
      return `{${node.keys.map((key, i) => key === null ? `**${expr(node.values[i]!, PR.EXPR)}`
        : `${expr(key, PR.TEST)}: ${expr(node.values[i]!, PR.TEST)}`).join(', ')}}`
    case 'Set': return `{${list(node.elts, PR.TEST)}}`
    case 'List': return `[${list(node.elts, PR.TEST)}]`
    case 'Tuple':
      if (node.elts.length === 0) return '()'
      return grouped(list(node.elts, PR.TEST) + (node.elts.length === 1 ? ',' : ''), level > PR.TUPLE)
    case 'GeneratorExp': return `(${expr(node.elt, PR.TEST)}${generators(node.generators)})`
    case 'ListComp': return `[${expr(node.elt, PR.TEST)}${generators(node.generators)}]`
    case 'SetComp': return `{${expr(node.elt, PR.TEST)}${generators(node.generators)}}`
    case 'DictComp':
      return `{${expr(node.key, PR.TEST)}: ${expr(node.value, PR.TEST)}${generators(node.generators)}}`
    case 'Yield': return node.value ? `(yield ${expr(node.value, PR.TEST)})` : '(yield)'
    case 'YieldFrom': return `(yield from ${expr(node.value, PR.TEST)})`
    case 'Await': return grouped(`await ${expr(node.value, PR.ATOM)}`, level > PR.AWAIT)
    case 'Compare': {
      const rest = node.ops.map((op, i) => ` ${COMPARISON[op._type]} ${expr(node.comparators[i]!, PR.CMP + 1)}`)
      return grouped(expr(node.left, PR.CMP + 1) + rest.join(''), level > PR.CMP)
    }
    case 'Call': return call(node)
    case 'Constant':
      if (node.value === ELLIPSIS) return '...'
      return (node.kind ?? '') + constant(node.value)
    case 'JoinedStr': return `f${constantRepr(formattedPart(node))}`
    case 'FormattedValue': return formattedValue(node)
    case 'Attribute': {
      const isInt = node.value._type === 'Constant' && typeof node.value.value === 'bigint'
      return `${expr(node.value, PR.ATOM)}${isInt ? ' ' : ''}.${node.attr}`
    }
    case 'Subscript': return `${expr(node.value, PR.ATOM)}[${expr(node.slice, PR.TUPLE)}]`
    case 'Starred': return `*${expr(node.value, PR.EXPR)}`
    case 'Slice': {
      const [lower, upper] = [node.lower, node.upper].map(bound => bound ? expr(bound, PR.TEST) : '')
      return `${lower}:${upper}${node.step ? `:${expr(node.step, PR.TEST)}` : ''}`
    }
    case 'Name': return node.id
    case 'NamedExpr':
      return grouped(`${expr(node.target, PR.ATOM)} := ${expr(node.value, PR.ATOM)}`, level > PR.TUPLE)
  }
}
