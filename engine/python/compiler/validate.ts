// Checks a tree that was not made by the parser before it is compiled: positions, contexts, lengths that must agree.
// Mirrors _PyAST_Validate, Python/ast.c. Lists of statements and expressions may contain null here, whatever the
// types say: that is one of the things checked.
import { BytesValue, ComplexValue, FloatValue, type ConstantValue } from '../syntax/constant'
import type * as ast from '../syntax/nodes'
import { CompilerException, recursionError } from './errors'
import type { Position } from './symtable-entry'

type ContextName = ast.expr_context['_type']

function invalid(message: string): CompilerException {
  return new CompilerException('ValueError', message)
}

function checkPosition({ lineno, col_offset, end_lineno, end_col_offset }: Position): void {
  if (lineno > end_lineno) throw invalid(`AST node line range (${lineno}, ${end_lineno}) is not valid`)
  if (lineno < 0 && end_lineno !== lineno || col_offset < 0 && col_offset !== end_col_offset) {
    throw invalid(`AST node column range (${col_offset}, ${end_col_offset}) for line range (${lineno}, ${end_lineno}) is not valid`)
  }
  if (lineno === end_lineno && col_offset > end_col_offset) {
    throw invalid(`line ${lineno}, column ${col_offset}-${end_col_offset} is not a valid range`)
  }
}

function checkName(name: string): void {
  if (name === 'None' || name === 'True' || name === 'False') {
    throw invalid(`identifier field can't represent '${name}' constant`)
  }
}

function checkCapture(name: string | null): void {
  if (name === null) return
  if (name === '_') throw invalid("can't capture name '_' in patterns")
  checkName(name)
}

function checkNotEmpty(items: readonly unknown[], what: string, owner: string): void {
  if (items.length === 0) throw invalid(`empty ${what} on ${owner}`)
}

function isReal(value: ConstantValue): boolean {
  return typeof value === 'bigint' || value instanceof FloatValue
}

/** -1, -1.5 or, where allowed, -1j. */
function isNegativeNumber(node: ast.UnaryOp, allowImaginary: boolean): boolean {
  if (node.op._type !== 'USub' || node.operand._type !== 'Constant') return false
  return isReal(node.operand.value) || allowImaginary && node.operand.value instanceof ComplexValue
}

/** 1 + 2j, -1 - 2j. */
function isComplexSum({ left, op, right }: ast.BinOp): boolean {
  if (op._type !== 'Add' && op._type !== 'Sub') return false
  const hasReal = left._type === 'Constant' ? isReal(left.value) : left._type === 'UnaryOp' && isNegativeNumber(left, false)
  return hasReal && right._type === 'Constant' && right.value instanceof ComplexValue
}

class Validator {
  private depth = 0

  constructor(private readonly depthLimit: number) {}

  private nest(): void {
    if (++this.depth > this.depthLimit) throw recursionError()
  }

  stmts(nodes: readonly ast.stmt[]): void {
    for (const node of nodes as readonly (ast.stmt | null)[]) {
      if (node === null) throw invalid('None disallowed in statement list')
      this.stmt(node)
    }
  }

  exprs(nodes: readonly (ast.expr | null)[], context: ContextName = 'Load', allowNull = false): void {
    for (const node of nodes) {
      if (node !== null) this.expr(node, context)
      else if (!allowNull) throw invalid('None disallowed in expression list')
    }
  }

  private optional(node: ast.expr | null, context: ContextName = 'Load'): void {
    if (node !== null) this.expr(node, context)
  }

  private body(nodes: readonly ast.stmt[], owner: string): void {
    checkNotEmpty(nodes, 'body', owner)
    this.stmts(nodes)
  }

  private keywords(nodes: readonly ast.keyword[]): void {
    for (const { value } of nodes) this.expr(value)
  }

  private args(nodes: readonly ast.arg[]): void {
    for (const node of nodes) {
      checkPosition(node)
      this.optional(node.annotation)
    }
  }

  private arguments(node: ast.arguments_): void {
    this.args(node.posonlyargs)
    this.args(node.args)
    if (node.vararg) this.optional(node.vararg.annotation)
    this.args(node.kwonlyargs)
    if (node.kwarg) this.optional(node.kwarg.annotation)
    if (node.defaults.length > node.posonlyargs.length + node.args.length) {
      throw invalid('more positional defaults than args on arguments')
    }
    if (node.kw_defaults.length !== node.kwonlyargs.length) {
      throw invalid('length of kwonlyargs is not the same as kw_defaults on arguments')
    }
    this.exprs(node.defaults)
    this.exprs(node.kw_defaults, 'Load', true)
  }

  private generators(nodes: readonly ast.comprehension[]): void {
    if (nodes.length === 0) throw invalid('comprehension with no generators')
    for (const { ifs, iter, target } of nodes) {
      this.expr(target, 'Store')
      this.expr(iter)
      this.exprs(ifs)
    }
  }

  // Mirrors validate_expr.
  expr(node: ast.expr, context: ContextName = 'Load'): void {
    checkPosition(node)
    this.nest()
    if ('ctx' in node) {
      if (node._type === 'Name') checkName(node.id)
      if (node.ctx._type !== context) {
        throw invalid(`expression must have ${context} context but has ${node.ctx._type} instead`)
      }
    } else if (context !== 'Load') {
      throw invalid(`expression which can't be assigned to in ${context} context`)
    }
    this.exprChildren(node, context)
    this.depth--
  }

  private exprChildren(node: ast.expr, context: ContextName): void {
    switch (node._type) {
      case 'BoolOp':
        if (node.values.length < 2) throw invalid('BoolOp with less than 2 values')
        return this.exprs(node.values)
      case 'BinOp':
        this.expr(node.left)
        return this.expr(node.right)
      case 'UnaryOp': return this.expr(node.operand)
      case 'Lambda':
        this.arguments(node.args)
        return this.expr(node.body)
      case 'IfExp':
        this.expr(node.test)
        this.expr(node.body)
        return this.expr(node.orelse)
      case 'Dict':
        if (node.keys.length !== node.values.length) throw invalid("Dict doesn't have the same number of keys as values")
        this.exprs(node.keys, 'Load', true)
        return this.exprs(node.values)
      case 'Set': return this.exprs(node.elts)
      case 'List':
      case 'Tuple': return this.exprs(node.elts, context)
      case 'ListComp':
      case 'SetComp':
      case 'GeneratorExp':
        this.generators(node.generators)
        return this.expr(node.elt)
      case 'DictComp':
        this.generators(node.generators)
        this.expr(node.key)
        return this.expr(node.value)
      case 'Yield': return this.optional(node.value)
      case 'YieldFrom':
      case 'Await':
      case 'Attribute': return this.expr(node.value)
      case 'Starred': return this.expr(node.value, context)
      case 'Compare':
        if (node.comparators.length === 0) throw invalid('Compare with no comparators')
        if (node.comparators.length !== node.ops.length) {
          throw invalid('Compare has a different number of comparators and operands')
        }
        this.exprs(node.comparators)
        return this.expr(node.left)
      case 'Call':
        this.expr(node.func)
        this.exprs(node.args)
        return this.keywords(node.keywords)
      case 'JoinedStr': return this.exprs(node.values)
      case 'FormattedValue':
        this.expr(node.value)
        return this.optional(node.format_spec)
      case 'Subscript':
        this.expr(node.slice)
        return this.expr(node.value)
      case 'Slice':
        this.optional(node.lower)
        this.optional(node.upper)
        return this.optional(node.step)
      case 'NamedExpr':
        if (node.target._type !== 'Name') throw new CompilerException('TypeError', 'NamedExpr target must be a Name')
        return this.expr(node.value)
    }
  }

  // Mirrors validate_pattern_match_value.
  private patternValue(node: ast.expr): void {
    this.expr(node)
    switch (node._type) {
      case 'Constant': {
        const { value } = node
        if (isReal(value) || typeof value === 'string' || value instanceof BytesValue || value instanceof ComplexValue) return
        throw invalid('unexpected constant inside of a literal pattern')
      }
      case 'Attribute':
      case 'JoinedStr':
        return
      case 'UnaryOp':
        if (isNegativeNumber(node, true)) return
        break
      case 'BinOp':
        if (isComplexSum(node)) return
        break
    }
    throw invalid('patterns may only match literals and attribute lookups')
  }

  private patterns(nodes: readonly ast.pattern[], allowStar = false): void {
    for (const node of nodes) this.pattern(node, allowStar)
  }

  // Mirrors validate_pattern.
  private pattern(node: ast.pattern, allowStar = false): void {
    checkPosition(node)
    this.nest()
    switch (node._type) {
      case 'MatchValue':
        this.patternValue(node.value)
        break
      case 'MatchSingleton':
        if (node.value !== null && typeof node.value !== 'boolean') {
          throw invalid('MatchSingleton can only contain True, False and None')
        }
        break
      case 'MatchSequence':
        this.patterns(node.patterns, true)
        break
      case 'MatchMapping':
        if (node.keys.length !== node.patterns.length) {
          throw invalid("MatchMapping doesn't have the same number of keys as patterns")
        }
        checkCapture(node.rest)
        for (const key of node.keys) {
          const isSingleton = key._type === 'Constant' && (key.value === null || typeof key.value === 'boolean')
          if (!isSingleton) this.patternValue(key)
        }
        this.patterns(node.patterns)
        break
      case 'MatchClass':
        this.matchClass(node)
        break
      case 'MatchStar':
        if (!allowStar) throw invalid("can't use MatchStar here")
        checkCapture(node.name)
        break
      case 'MatchAs':
        checkCapture(node.name)
        if (node.pattern === null) break
        if (node.name === null) throw invalid('MatchAs must specify a target name if a pattern is given')
        this.pattern(node.pattern)
        break
      case 'MatchOr':
        if (node.patterns.length < 2) throw invalid('MatchOr requires at least 2 patterns')
        this.patterns(node.patterns)
        break
    }
    this.depth--
  }

  private matchClass(node: ast.MatchClass): void {
    if (node.kwd_attrs.length !== node.kwd_patterns.length) {
      throw invalid("MatchClass doesn't have the same number of keyword attributes as patterns")
    }
    this.expr(node.cls)
    let { cls } = node
    while (cls._type === 'Attribute') cls = cls.value
    if (cls._type !== 'Name') throw invalid('MatchClass cls field can only contain Name or Attribute nodes.')
    for (const attribute of node.kwd_attrs) checkName(attribute)
    this.patterns(node.patterns)
    this.patterns(node.kwd_patterns)
  }

  // Mirrors validate_stmt.
  private stmt(node: ast.stmt): void {
    checkPosition(node)
    this.nest()
    switch (node._type) {
      case 'FunctionDef':
      case 'AsyncFunctionDef':
        this.body(node.body, node._type)
        this.arguments(node.args)
        this.exprs(node.decorator_list)
        this.optional(node.returns)
        break
      case 'ClassDef':
        this.body(node.body, 'ClassDef')
        this.exprs(node.bases)
        this.keywords(node.keywords)
        this.exprs(node.decorator_list)
        break
      case 'Return':
        this.optional(node.value)
        break
      case 'Delete':
        checkNotEmpty(node.targets, 'targets', 'Delete')
        this.exprs(node.targets, 'Del')
        break
      case 'Assign':
        checkNotEmpty(node.targets, 'targets', 'Assign')
        this.exprs(node.targets, 'Store')
        this.expr(node.value)
        break
      case 'AugAssign':
        this.expr(node.target, 'Store')
        this.expr(node.value)
        break
      case 'AnnAssign':
        if (node.target._type !== 'Name' && node.simple) {
          throw new CompilerException('TypeError', 'AnnAssign with simple non-Name target')
        }
        this.expr(node.target, 'Store')
        this.optional(node.value)
        this.expr(node.annotation)
        break
      case 'For':
      case 'AsyncFor':
        this.expr(node.target, 'Store')
        this.expr(node.iter)
        this.body(node.body, node._type)
        this.stmts(node.orelse)
        break
      case 'While':
      case 'If':
        this.expr(node.test)
        this.body(node.body, node._type)
        this.stmts(node.orelse)
        break
      case 'With':
      case 'AsyncWith':
        checkNotEmpty(node.items, 'items', node._type)
        for (const item of node.items) {
          this.expr(item.context_expr)
          this.optional(item.optional_vars, 'Store')
        }
        this.body(node.body, node._type)
        break
      case 'Match':
        this.expr(node.subject)
        checkNotEmpty(node.cases, 'cases', 'Match')
        for (const { body, guard, pattern } of node.cases) {
          this.pattern(pattern)
          this.optional(guard)
          this.body(body, 'match_case')
        }
        break
      case 'Raise':
        if (node.exc === null && node.cause !== null) throw invalid('Raise with cause but no exception')
        this.optional(node.exc)
        this.optional(node.cause)
        break
      case 'Try':
      case 'TryStar':
        this.tryStatement(node)
        break
      case 'Assert':
        this.expr(node.test)
        this.optional(node.msg)
        break
      case 'ImportFrom':
        if ((node.level ?? 0) < 0) throw invalid('Negative ImportFrom level')
        checkNotEmpty(node.names, 'names', 'ImportFrom')
        break
      case 'Import':
      case 'Global':
      case 'Nonlocal':
        checkNotEmpty(node.names, 'names', node._type)
        break
      case 'Expr':
        this.expr(node.value)
        break
    }
    this.depth--
  }

  private tryStatement(node: ast.Try | ast.TryStar): void {
    this.body(node.body, node._type)
    if (node.handlers.length === 0) {
      if (node.finalbody.length === 0) throw invalid(`${node._type} has neither except handlers nor finalbody`)
      if (node.orelse.length > 0) throw invalid(`${node._type} has orelse but no except handlers`)
    }
    for (const handler of node.handlers) {
      if (node._type === 'Try') checkPosition(handler)
      this.optional(handler.type)
      this.body(handler.body, 'ExceptHandler')
    }
    this.stmts(node.finalbody)
    this.stmts(node.orelse)
  }
}

/** Throws the CompilerException (ValueError, TypeError, RecursionError) that compile() raises for a tree that is not valid. */
export function validateTree(tree: ast.mod, depthLimit = 3000): void {
  const validator = new Validator(depthLimit)
  switch (tree._type) {
    case 'Module':
    case 'Interactive':
      return validator.stmts(tree.body)
    case 'Expression': return validator.expr(tree.body)
    case 'FunctionType':
      validator.exprs(tree.argtypes)
      return validator.expr(tree.returns)
  }
}
