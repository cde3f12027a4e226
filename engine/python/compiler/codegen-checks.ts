// SyntaxWarnings for code that is certainly not what was meant.
import {
  BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue,
} from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import type { Compiler } from './compiler-unit'

/** Whether an operand may be compared by identity: anything but a literal other than the singletons. */
function hasIdentity(node: ast.expr): boolean {
  if (node._type !== 'Constant') return true
  return node.value === null || typeof node.value === 'boolean' || node.value === ELLIPSIS
}

// Mirrors check_compare.
export function checkCompare(c: Compiler, node: ast.Compare): void {
  let left = hasIdentity(node.left)
  for (const [i, { _type }] of node.ops.entries()) {
    const right = hasIdentity(node.comparators[i]!)
    if ((_type === 'Is' || _type === 'IsNot') && !(left && right)) {
      c.warn(_type === 'Is' ? '"is" with a literal. Did you mean "=="?' : '"is not" with a literal. Did you mean "!="?')
      return
    }
    left = right
  }
}

function constantType(value: ConstantValue): string {
  if (value === null) return 'NoneType'
  if (value === ELLIPSIS) return 'ellipsis'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'string') return 'str'
  if (value instanceof FloatValue) return 'float'
  if (value instanceof ComplexValue) return 'complex'
  if (value instanceof BytesValue) return 'bytes'
  return value instanceof TupleValue ? 'tuple' : 'frozenset'
}

/** The type an expression is sure to have, or null. Mirrors infer_type. */
function inferType(node: ast.expr): string | null {
  switch (node._type) {
    case 'Tuple': return 'tuple'
    case 'List':
    case 'ListComp': return 'list'
    case 'Dict':
    case 'DictComp': return 'dict'
    case 'Set':
    case 'SetComp': return 'set'
    case 'GeneratorExp': return 'generator'
    case 'Lambda': return 'function'
    case 'JoinedStr':
    case 'FormattedValue': return 'str'
    case 'Constant': return constantType(node.value)
    default: return null
  }
}

// Mirrors check_caller.
export function checkCaller(c: Compiler, node: ast.expr): void {
  const type = inferType(node)
  if (type !== null && type !== 'function') c.warn(`'${type}' object is not callable; perhaps you missed a comma?`)
}

// Mirrors check_subscripter.
export function checkSubscripted(c: Compiler, node: ast.expr): void {
  if (node._type === 'Constant') {
    const { value } = node
    const isPlain = value === null || value === ELLIPSIS || typeof value === 'bigint' || typeof value === 'boolean'
    if (!isPlain && !(value instanceof FloatValue || value instanceof ComplexValue || value instanceof FrozensetValue)) return
  } else if (node._type !== 'Set' && node._type !== 'SetComp' && node._type !== 'GeneratorExp' && node._type !== 'Lambda') {
    return
  }
  c.warn(`'${inferType(node)}' object is not subscriptable; perhaps you missed a comma?`)
}

// Mirrors check_index.
export function checkIndex(c: Compiler, container: ast.expr, index: ast.expr): void {
  const indexType = inferType(index)
  if (indexType === null || indexType === 'int' || indexType === 'bool') return
  const type = inferType(container)
  const isIndexed = container._type === 'Constant'
    ? type === 'str' || type === 'bytes' || type === 'tuple'
    : type === 'tuple' || type === 'list' || type === 'str'
  if (isIndexed) c.warn(`${type} indices must be integers or slices, not ${indexType}; perhaps you missed a comma?`)
}
