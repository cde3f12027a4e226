// Constant folding on the syntax tree. Mirrors _PyAST_Optimize, Python/ast_opt.c.
//
// The tree is changed in place: children are replaced by what they fold to, and every fold function
// returns the node to put in its own place. What is folded: unary and binary operators on constants,
// tuples of constants, constant subscripts, `not a in b`, the right side of `in` and the iterable of `for`
// (list -> tuple, set -> frozenset), `'…' % (…)`, `__debug__`, and signs and complex sums in patterns.
import { FrozensetValue, TupleValue, type ConstantValue } from '../syntax/constant'
import * as ast from '../syntax/nodes'
import { constantEquals } from './constants'
import { recursionError } from './errors'
import { CO_FUTURE_ANNOTATIONS } from './flags'
import { formatToJoinedStr } from './fold-format'
import type { Folded } from './fold-numbers'
import { binaryOperation, subscript, unaryOperation } from './fold-operators'

const INVERTED_COMPARISON: Partial<Record<ast.cmpop['_type'], new () => ast.cmpop>> = {
  Is: ast.IsNot,
  IsNot: ast.Is,
  In: ast.NotIn,
  NotIn: ast.In,
}

/** The docstring of a body, as _PyAST_GetDocString. */
export function docstring(body: readonly ast.stmt[]): string | null {
  const first = body[0]
  if (first?._type !== 'Expr' || first.value._type !== 'Constant') return null
  return typeof first.value.value === 'string' ? first.value.value : null
}

function constantItems(elements: readonly ast.expr[]): ConstantValue[] | null {
  const items: ConstantValue[] = []
  for (const element of elements) {
    if (element._type !== 'Constant') return null
    items.push(element.value)
  }
  return items
}

/** A frozenset of the items: of equal items the first stays, as in a set. */
export function frozensetOf(items: readonly ConstantValue[]): FrozensetValue {
  const distinct: ConstantValue[] = []
  for (const item of items) {
    if (!distinct.some(other => constantEquals(other, item))) distinct.push(item)
  }
  return new FrozensetValue(distinct)
}

/** `value` as a Constant in the place of `node`, or `node` itself if nothing was folded. */
function constantOr(node: ast.expr, value: Folded): ast.expr {
  if (value === undefined) return node
  return new ast.Constant(value, null, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
}

// Mirrors fold_unaryop.
function foldUnary(node: ast.UnaryOp): ast.expr {
  const { operand, op } = node
  if (operand._type === 'Constant') return constantOr(node, unaryOperation(op._type, operand.value))
  if (op._type === 'Not' && operand._type === 'Compare' && operand.ops.length === 1) {
    const Inverted = INVERTED_COMPARISON[operand.ops[0]!._type]
    if (Inverted !== undefined) {
      operand.ops[0] = new Inverted()
      // The comparison keeps its own position, as CPython copies the whole node.
      return operand
    }
  }
  return node
}

// Mirrors fold_binop.
function foldBinary(node: ast.BinOp): ast.expr {
  const { left, right, op } = node
  if (left._type !== 'Constant') return node
  if (op._type === 'Mod' && right._type === 'Tuple' && typeof left.value === 'string'
    && !right.elts.some(element => element._type === 'Starred')) {
    return formatToJoinedStr(node, left.value, right.elts) ?? node
  }
  return right._type === 'Constant' ? constantOr(node, binaryOperation(op._type, left.value, right.value)) : node
}

// Mirrors fold_iter: what is only iterated or searched need not be mutable.
function foldIterable(node: ast.expr): ast.expr {
  if (node._type === 'List') {
    if (node.elts.some(element => element._type === 'Starred')) return node
    const items = constantItems(node.elts)
    if (items) return constantOr(node, new TupleValue(items))
    return new ast.Tuple(node.elts, node.ctx, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
  }
  if (node._type === 'Set') {
    const items = constantItems(node.elts)
    return items ? constantOr(node, frozensetOf(items)) : node
  }
  return node
}

class Folder {
  private depth = 0

  constructor(private readonly optimize: number, private readonly features: number, private readonly limit: number) {}

  module(tree: ast.mod): void {
    if (tree._type === 'Module') this.body(tree.body)
    else if (tree._type === 'Interactive') this.statements(tree.body)
    else if (tree._type === 'Expression') tree.body = this.expr(tree.body)
  }

  private enter(): void {
    if (++this.depth > this.limit) throw recursionError()
  }

  private exprs(nodes: ast.expr[]): void {
    for (let i = 0; i < nodes.length; i++) nodes[i] = this.expr(nodes[i]!)
  }

  private optionalExprs(nodes: (ast.expr | null)[]): void {
    for (let i = 0; i < nodes.length; i++) nodes[i] = this.optional(nodes[i]!)
  }

  private optional<T extends ast.expr | null>(node: T): ast.expr | T {
    return node === null ? node : this.expr(node)
  }

  private statements(nodes: readonly ast.stmt[]): void {
    for (const node of nodes) this.stmt(node)
  }

  /** Folds a body; a string that only folding makes the first statement must not become its docstring. */
  private body(nodes: readonly ast.stmt[]): void {
    const hadDocstring = docstring(nodes) !== null
    this.statements(nodes)
    if (!hadDocstring && docstring(nodes) !== null) {
      const first = nodes[0] as ast.Expr
      first.value = new ast.JoinedStr([first.value], first.lineno, first.col_offset, first.end_lineno, first.end_col_offset)
    }
  }

  private expr(node: ast.expr): ast.expr {
    if (node._type === 'Constant' || node._type === 'Name') {
      // Leaves are the greater part of a tree: they are counted without being entered.
      if (this.depth >= this.limit) throw recursionError()
      if (node._type === 'Constant') return node
      return node.id === '__debug__' && node.ctx._type === 'Load' ? constantOr(node, this.optimize === 0) : node
    }
    this.enter()
    const folded = this.exprInner(node)
    this.depth--
    return folded
  }

  private exprInner(node: ast.expr): ast.expr {
    switch (node._type) {
      case 'BoolOp':
        this.exprs(node.values)
        return node
      case 'BinOp':
        node.left = this.expr(node.left)
        node.right = this.expr(node.right)
        return foldBinary(node)
      case 'UnaryOp':
        node.operand = this.expr(node.operand)
        return foldUnary(node)
      case 'Lambda':
        this.arguments(node.args)
        node.body = this.expr(node.body)
        return node
      case 'IfExp':
        node.test = this.expr(node.test)
        node.body = this.expr(node.body)
        node.orelse = this.expr(node.orelse)
        return node
      case 'Dict':
        this.optionalExprs(node.keys)
        this.exprs(node.values)
        return node
      case 'Set':
      case 'List':
        this.exprs(node.elts)
        return node
      case 'Tuple': {
        this.exprs(node.elts)
        if (node.ctx._type !== 'Load') return node
        const items = constantItems(node.elts)
        return items ? constantOr(node, new TupleValue(items)) : node
      }
      case 'ListComp':
      case 'SetComp':
      case 'GeneratorExp':
        node.elt = this.expr(node.elt)
        for (const generator of node.generators) this.comprehension(generator)
        return node
      case 'DictComp':
        node.key = this.expr(node.key)
        node.value = this.expr(node.value)
        for (const generator of node.generators) this.comprehension(generator)
        return node
      case 'Await':
      case 'YieldFrom':
      case 'Attribute':
      case 'Starred':
      case 'NamedExpr':
        node.value = this.expr(node.value)
        return node
      case 'Yield':
        node.value = this.optional(node.value)
        return node
      case 'Compare': {
        node.left = this.expr(node.left)
        this.exprs(node.comparators)
        const last = node.ops.length - 1
        const op = node.ops[last]!._type
        if (op === 'In' || op === 'NotIn') node.comparators[last] = foldIterable(node.comparators[last]!)
        return node
      }
      case 'Call':
        node.func = this.expr(node.func)
        this.exprs(node.args)
        for (const keyword of node.keywords) keyword.value = this.expr(keyword.value)
        return node
      case 'FormattedValue':
        node.value = this.expr(node.value)
        node.format_spec = this.optional(node.format_spec)
        return node
      case 'JoinedStr':
        this.exprs(node.values)
        return node
      case 'Subscript':
        node.value = this.expr(node.value)
        node.slice = this.expr(node.slice)
        if (node.ctx._type === 'Load' && node.value._type === 'Constant' && node.slice._type === 'Constant') {
          return constantOr(node, subscript(node.value.value, node.slice.value))
        }
        return node
      case 'Slice':
        node.lower = this.optional(node.lower)
        node.upper = this.optional(node.upper)
        node.step = this.optional(node.step)
        return node
      default:
        return node
    }
  }

  private comprehension(node: ast.comprehension): void {
    node.target = this.expr(node.target)
    node.iter = this.expr(node.iter)
    this.exprs(node.ifs)
    node.iter = foldIterable(node.iter)
  }

  private arguments(node: ast.arguments_): void {
    for (const argument of node.posonlyargs) this.argument(argument)
    for (const argument of node.args) this.argument(argument)
    if (node.vararg) this.argument(node.vararg)
    for (const argument of node.kwonlyargs) this.argument(argument)
    this.optionalExprs(node.kw_defaults)
    if (node.kwarg) this.argument(node.kwarg)
    this.exprs(node.defaults)
  }

  /** Annotations that will only be turned into text are left as written. */
  private get foldsAnnotations(): boolean {
    return (this.features & CO_FUTURE_ANNOTATIONS) === 0
  }

  private argument(node: ast.arg): void {
    if (this.foldsAnnotations) node.annotation = this.optional(node.annotation)
  }

  private stmt(node: ast.stmt): void {
    this.enter()
    switch (node._type) {
      case 'FunctionDef':
      case 'AsyncFunctionDef':
        this.arguments(node.args)
        this.body(node.body)
        this.exprs(node.decorator_list)
        if (this.foldsAnnotations) node.returns = this.optional(node.returns)
        break
      case 'ClassDef':
        this.exprs(node.bases)
        for (const keyword of node.keywords) keyword.value = this.expr(keyword.value)
        this.body(node.body)
        this.exprs(node.decorator_list)
        break
      case 'Return':
        node.value = this.optional(node.value)
        break
      case 'Delete':
        this.exprs(node.targets)
        break
      case 'Assign':
        this.exprs(node.targets)
        node.value = this.expr(node.value)
        break
      case 'AugAssign':
        node.target = this.expr(node.target)
        node.value = this.expr(node.value)
        break
      case 'AnnAssign':
        node.target = this.expr(node.target)
        if (this.foldsAnnotations) node.annotation = this.expr(node.annotation)
        node.value = this.optional(node.value)
        break
      case 'For':
      case 'AsyncFor':
        node.target = this.expr(node.target)
        node.iter = this.expr(node.iter)
        this.statements(node.body)
        this.statements(node.orelse)
        if (node._type === 'For') node.iter = foldIterable(node.iter)
        break
      case 'While':
      case 'If':
        node.test = this.expr(node.test)
        this.statements(node.body)
        this.statements(node.orelse)
        break
      case 'With':
      case 'AsyncWith':
        for (const item of node.items) {
          item.context_expr = this.expr(item.context_expr)
          item.optional_vars = this.optional(item.optional_vars)
        }
        this.statements(node.body)
        break
      case 'Raise':
        node.exc = this.optional(node.exc)
        node.cause = this.optional(node.cause)
        break
      case 'Try':
      case 'TryStar':
        this.statements(node.body)
        for (const handler of node.handlers) {
          handler.type = this.optional(handler.type)
          this.statements(handler.body)
        }
        this.statements(node.orelse)
        this.statements(node.finalbody)
        break
      case 'Assert':
        node.test = this.expr(node.test)
        node.msg = this.optional(node.msg)
        break
      case 'Expr':
        node.value = this.expr(node.value)
        break
      case 'Match':
        node.subject = this.expr(node.subject)
        for (const matchCase of node.cases) {
          this.pattern(matchCase.pattern)
          matchCase.guard = this.optional(matchCase.guard)
          this.statements(matchCase.body)
        }
        break
    }
    this.depth--
  }

  private pattern(node: ast.pattern): void {
    this.enter()
    switch (node._type) {
      case 'MatchValue':
        node.value = this.patternValue(node.value)
        break
      case 'MatchSequence':
      case 'MatchOr':
        for (const pattern of node.patterns) this.pattern(pattern)
        break
      case 'MatchMapping':
        for (let i = 0; i < node.keys.length; i++) node.keys[i] = this.patternValue(node.keys[i]!)
        for (const pattern of node.patterns) this.pattern(pattern)
        break
      case 'MatchClass':
        node.cls = this.expr(node.cls)
        for (const pattern of node.patterns) this.pattern(pattern)
        for (const pattern of node.kwd_patterns) this.pattern(pattern)
        break
      case 'MatchAs':
        if (node.pattern) this.pattern(node.pattern)
        break
    }
    this.depth--
  }

  /** Only the literals a pattern may have: -1, 1 + 2j, -1 - 2j. */
  private patternValue(node: ast.expr): ast.expr {
    if (node._type === 'UnaryOp' && node.op._type === 'USub' && node.operand._type === 'Constant') {
      return constantOr(node, unaryOperation('USub', node.operand.value))
    }
    if (node._type === 'BinOp' && (node.op._type === 'Add' || node.op._type === 'Sub') && node.right._type === 'Constant') {
      node.left = this.patternValue(node.left)
      if (node.left._type === 'Constant') {
        return constantOr(node, binaryOperation(node.op._type, node.left.value, node.right.value))
      }
    }
    return node
  }
}

/** Folds the constants of `tree` in place. `optimize` decides `__debug__`, `features` are the CO_FUTURE_ bits. */
export function foldConstants(tree: ast.mod, optimize: number, features: number, recursionLimit: number): void {
  new Folder(optimize, features, recursionLimit).module(tree)
}
