// The symbol table: which names each block of a tree binds and uses. Mirrors Python/symtable.c.
//
// The first pass (here, on symtable-scopes.ts) walks the tree and notes bindings and uses per block; the second
// (symtable-analyze.ts) decides the scopes. Blocks are found again by their node: the module, a function,
// class, lambda or comprehension.
import type * as ast from '../syntax/nodes'
import { CO_FUTURE_ANNOTATIONS } from './flags'
import { mangle } from './mangle'
import { analyzeSymbols } from './symtable-analyze'
import {
  DEF_ANNOT, DEF_COMP_ITER, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, USE, type ComprehensionType,
} from './symtable-entry'
import { SymtableScopes } from './symtable-scopes'

const COMPREHENSION_TYPE: Record<ast.ListComp['_type'] | 'SetComp' | 'DictComp' | 'GeneratorExp', ComprehensionType> = {
  ListComp: 'list',
  SetComp: 'set',
  DictComp: 'dict',
  GeneratorExp: 'generator',
}
const COMPREHENSION_NAME: Record<ComprehensionType, string> = {
  list: 'listcomp',
  set: 'setcomp',
  dict: 'dictcomp',
  generator: 'genexpr',
}

export class Symtable extends SymtableScopes {
  constructor(tree: ast.mod, filename: string, private readonly features: number, depthLimit: number) {
    super(tree, filename, depthLimit)
    if (tree._type === 'Module' || tree._type === 'Interactive') this.stmts(tree.body)
    else if (tree._type === 'Expression') this.expr(tree.body)
    this.leave()
    analyzeSymbols(this.top, filename)
  }

  private stmts(nodes: readonly ast.stmt[]): void {
    for (const node of nodes) this.stmt(node)
  }

  private exprs(nodes: readonly (ast.expr | null)[]): void {
    for (const node of nodes) {
      if (node !== null) this.expr(node)
    }
  }

  private stmt(node: ast.stmt): void {
    this.nest()
    switch (node._type) {
      case 'FunctionDef':
      case 'AsyncFunctionDef':
        this.functionDef(node)
        break
      case 'ClassDef': {
        this.define(node.name, DEF_LOCAL, node)
        this.exprs(node.bases)
        for (const keyword of node.keywords) this.expr(keyword.value)
        this.exprs(node.decorator_list)
        this.enter(node.name, 'class', node, node)
        const outerClass = this.className
        this.className = node.name
        this.stmts(node.body)
        this.className = outerClass
        this.leave()
        break
      }
      case 'Return':
        if (node.value) {
          this.expr(node.value)
          this.current.returnsValue = true
        }
        break
      case 'Delete':
        this.exprs(node.targets)
        break
      case 'Assign':
        this.exprs(node.targets)
        this.expr(node.value)
        break
      case 'AugAssign':
        this.expr(node.target)
        this.expr(node.value)
        break
      case 'AnnAssign':
        this.annAssign(node)
        break
      case 'For':
      case 'AsyncFor':
        this.expr(node.target)
        this.expr(node.iter)
        this.stmts(node.body)
        this.stmts(node.orelse)
        break
      case 'While':
      case 'If':
        this.expr(node.test)
        this.stmts(node.body)
        this.stmts(node.orelse)
        break
      case 'Match':
        this.expr(node.subject)
        for (const matchCase of node.cases) {
          this.pattern(matchCase.pattern)
          if (matchCase.guard) this.expr(matchCase.guard)
          this.stmts(matchCase.body)
        }
        break
      case 'Raise':
        if (node.exc) {
          this.expr(node.exc)
          if (node.cause) this.expr(node.cause)
        }
        break
      case 'Try':
      case 'TryStar':
        this.stmts(node.body)
        for (const handler of node.handlers) {
          if (handler.type) this.expr(handler.type)
          if (handler.name) this.define(handler.name, DEF_LOCAL, handler)
          this.stmts(handler.body)
        }
        this.stmts(node.orelse)
        this.stmts(node.finalbody)
        break
      case 'Assert':
        this.expr(node.test)
        if (node.msg) this.expr(node.msg)
        break
      case 'Import':
      case 'ImportFrom':
        for (const alias of node.names) this.alias(alias)
        break
      case 'Global':
      case 'Nonlocal':
        for (const name of node.names) this.declaration(node, name)
        break
      case 'Expr':
        this.expr(node.value)
        break
      case 'With':
      case 'AsyncWith':
        for (const item of node.items) {
          this.expr(item.context_expr)
          if (item.optional_vars) this.expr(item.optional_vars)
        }
        this.stmts(node.body)
        break
    }
    this.depth--
  }

  private functionDef(node: ast.FunctionDef | ast.AsyncFunctionDef): void {
    this.define(node.name, DEF_LOCAL, node)
    this.exprs(node.args.defaults)
    this.exprs(node.args.kw_defaults)
    this.annotations(node)
    this.exprs(node.decorator_list)
    this.enter(node.name, 'function', node, node)
    if (node._type === 'AsyncFunctionDef') this.current.isCoroutine = true
    this.arguments(node.args)
    this.stmts(node.body)
    this.leave()
  }

  private arguments(node: ast.arguments_): void {
    for (const argument of node.posonlyargs) this.define(argument.arg, DEF_PARAM, argument)
    for (const argument of node.args) this.define(argument.arg, DEF_PARAM, argument)
    for (const argument of node.kwonlyargs) this.define(argument.arg, DEF_PARAM, argument)
    if (node.vararg) {
      this.define(node.vararg.arg, DEF_PARAM, node.vararg)
      this.current.hasVarargs = true
    }
    if (node.kwarg) {
      this.define(node.kwarg.arg, DEF_PARAM, node.kwarg)
      this.current.hasVarkeywords = true
    }
  }

  private get annotationsAreText(): boolean {
    return (this.features & CO_FUTURE_ANNOTATIONS) !== 0
  }

  private annotations(node: ast.FunctionDef | ast.AsyncFunctionDef): void {
    const { posonlyargs, args, vararg, kwarg, kwonlyargs } = node.args
    // Keyed by the arguments: the node itself is the key of the function's own block.
    if (this.annotationsAreText) this.enter('_annotation', 'annotation', node.args, node)
    for (const argument of posonlyargs) if (argument.annotation) this.expr(argument.annotation)
    for (const argument of args) if (argument.annotation) this.expr(argument.annotation)
    if (vararg?.annotation) this.expr(vararg.annotation)
    if (kwarg?.annotation) this.expr(kwarg.annotation)
    for (const argument of kwonlyargs) if (argument.annotation) this.expr(argument.annotation)
    if (this.annotationsAreText) this.leave()
    if (node.returns) this.annotation(node.returns)
  }

  private annotation(node: ast.expr): void {
    if (this.annotationsAreText) this.enter('_annotation', 'annotation', node, node)
    this.expr(node)
    if (this.annotationsAreText) this.leave()
  }

  private annAssign(node: ast.AnnAssign): void {
    const { target } = node
    if (target._type === 'Name') {
      const flags = this.current.symbol(mangle(this.className, target.id))
      if (flags & (DEF_GLOBAL | DEF_NONLOCAL) && this.current !== this.top && node.simple) {
        const kind = flags & DEF_GLOBAL ? 'global' : 'nonlocal'
        throw this.error(`annotated name '${target.id}' can't be ${kind}`, node)
      }
      if (node.simple) this.define(target.id, DEF_ANNOT | DEF_LOCAL, target)
      else if (node.value) this.define(target.id, DEF_LOCAL, target)
    } else {
      this.expr(target)
    }
    this.annotation(node.annotation)
    if (node.value) this.expr(node.value)
  }

  private declaration(node: ast.Global | ast.Nonlocal, name: string): void {
    const kind = node._type === 'Global' ? 'global' : 'nonlocal'
    const flags = this.current.symbol(mangle(this.className, name))
    if (flags & (DEF_PARAM | DEF_LOCAL | USE | DEF_ANNOT)) {
      let message: string
      if (flags & DEF_PARAM) message = `name '${name}' is parameter and ${kind}`
      else if (flags & USE) message = `name '${name}' is used prior to ${kind} declaration`
      else if (flags & DEF_ANNOT) message = `annotated name '${name}' can't be ${kind}`
      else message = `name '${name}' is assigned to before ${kind} declaration`
      throw this.error(message, node)
    }
    this.define(name, node._type === 'Global' ? DEF_GLOBAL : DEF_NONLOCAL, node)
    this.direct(name, node)
  }

  private alias(node: ast.alias): void {
    const name = node.asname ?? node.name
    if (name === '*') {
      if (this.current.type !== 'module') throw this.error('import * only allowed at module level', node)
      return
    }
    const dot = name.indexOf('.')
    this.define(dot < 0 ? name : name.slice(0, dot), DEF_IMPORT, node)
  }

  private expr(node: ast.expr): void {
    this.nest()
    switch (node._type) {
      case 'Name':
        this.define(node.id, node.ctx._type === 'Load' ? USE : DEF_LOCAL, node)
        // super() works by the class cell.
        if (node.id === 'super' && node.ctx._type === 'Load' && this.current.type === 'function') {
          this.define('__class__', USE, node)
        }
        break
      case 'NamedExpr':
        this.namedExpr(node)
        break
      case 'BoolOp':
      case 'JoinedStr':
        this.exprs(node.values)
        break
      case 'BinOp':
        this.expr(node.left)
        this.expr(node.right)
        break
      case 'UnaryOp':
        this.expr(node.operand)
        break
      case 'Lambda':
        this.exprs(node.args.defaults)
        this.exprs(node.args.kw_defaults)
        this.enter('lambda', 'function', node, node)
        this.arguments(node.args)
        this.expr(node.body)
        this.leave()
        break
      case 'IfExp':
        this.expr(node.test)
        this.expr(node.body)
        this.expr(node.orelse)
        break
      case 'Dict':
        this.exprs(node.keys)
        this.exprs(node.values)
        break
      case 'Set':
      case 'List':
      case 'Tuple':
        this.exprs(node.elts)
        break
      case 'ListComp':
      case 'SetComp':
      case 'GeneratorExp':
        this.comprehension(node, node.elt, null)
        break
      case 'DictComp':
        this.comprehension(node, node.key, node.value)
        break
      case 'Yield':
      case 'YieldFrom':
        this.yield(node)
        break
      case 'Await':
        this.forbidInAnnotation('await expression', node)
        this.expr(node.value)
        this.current.isCoroutine = true
        break
      case 'Compare':
        this.expr(node.left)
        this.exprs(node.comparators)
        break
      case 'Call':
        this.expr(node.func)
        this.exprs(node.args)
        for (const keyword of node.keywords) this.expr(keyword.value)
        break
      case 'FormattedValue':
        this.expr(node.value)
        if (node.format_spec) this.expr(node.format_spec)
        break
      case 'Attribute':
      case 'Starred':
        this.expr(node.value)
        break
      case 'Subscript':
        this.expr(node.value)
        this.expr(node.slice)
        break
      case 'Slice':
        if (node.lower) this.expr(node.lower)
        if (node.upper) this.expr(node.upper)
        if (node.step) this.expr(node.step)
        break
    }
    this.depth--
  }

  private forbidInAnnotation(what: string, node: ast.expr): void {
    if (this.current.type === 'annotation') throw this.error(`'${what}' can not be used within an annotation`, node)
  }

  private yield(node: ast.Yield | ast.YieldFrom): void {
    this.forbidInAnnotation('yield expression', node)
    if (node.value) this.expr(node.value)
    this.current.isGenerator = true
    const { comprehension } = this.current
    if (comprehension === null) return
    const where = comprehension === 'generator' ? 'generator expression' : `${comprehension} comprehension`
    throw this.error(`'yield' inside ${where}`, node)
  }

  // Mirrors symtable_handle_namedexpr.
  private namedExpr(node: ast.NamedExpr): void {
    this.forbidInAnnotation('named expression', node)
    if (this.current.compIterExpr > 0) {
      throw this.error('assignment expression cannot be used in a comprehension iterable expression', node)
    }
    if (this.current.comprehension !== null && node.target._type === 'Name') this.bindOutside(node.target)
    this.expr(node.value)
    this.expr(node.target)
  }

  /**
   * A named expression in a comprehension binds in the nearest block that is none.
   * Mirrors symtable_extend_namedexpr_scope.
   */
  private bindOutside(target: ast.Name): void {
    for (const entry of this.stack.toReversed()) {
      const flags = entry.symbol(target.id)
      if (entry.comprehension !== null) {
        if (flags & DEF_COMP_ITER && flags & DEF_LOCAL) {
          throw this.error(`assignment expression cannot rebind comprehension iteration variable '${target.id}'`, target)
        }
      } else if (entry.type === 'class') {
        throw this.error('assignment expression within a comprehension cannot be used in a class body', target)
      } else {
        const isModule = entry.type === 'module'
        const isGlobal = isModule || (flags & DEF_GLOBAL) !== 0
        this.define(target.id, isGlobal ? DEF_GLOBAL : DEF_NONLOCAL, target)
        this.direct(target.id, target)
        this.define(target.id, isModule ? DEF_GLOBAL : DEF_LOCAL, target, entry)
        return
      }
    }
  }

  // Mirrors symtable_handle_comprehension.
  private comprehension(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, element: ast.expr,
    value: ast.expr | null): void {
    const [outermost, ...inner] = node.generators as [ast.comprehension, ...ast.comprehension[]]
    const isGenerator = node._type === 'GeneratorExp'
    // The outermost iterable is evaluated outside and comes in as the argument `.0`.
    this.current.compIterExpr++
    this.expr(outermost.iter)
    this.current.compIterExpr--
    const type = COMPREHENSION_TYPE[node._type]
    const entry = this.enter(COMPREHENSION_NAME[type], 'function', node, node)
    entry.comprehension = type
    if (outermost.is_async) entry.isCoroutine = true
    this.define('.0', DEF_PARAM, entry.position)
    entry.isInCompIterTarget = true
    this.expr(outermost.target)
    entry.isInCompIterTarget = false
    this.exprs(outermost.ifs)
    for (const generator of inner) {
      entry.isInCompIterTarget = true
      this.expr(generator.target)
      entry.isInCompIterTarget = false
      entry.compIterExpr++
      this.expr(generator.iter)
      entry.compIterExpr--
      this.exprs(generator.ifs)
      if (generator.is_async) entry.isCoroutine = true
    }
    if (value) this.expr(value)
    this.expr(element)
    entry.isGenerator = isGenerator
    this.leave()
    // An asynchronous list, set or dict comprehension makes the block around it a coroutine.
    if (entry.isCoroutine && !isGenerator) this.current.isCoroutine = true
  }

  private pattern(node: ast.pattern): void {
    this.nest()
    switch (node._type) {
      case 'MatchValue':
        this.expr(node.value)
        break
      case 'MatchSequence':
      case 'MatchOr':
        for (const pattern of node.patterns) this.pattern(pattern)
        break
      case 'MatchStar':
        if (node.name) this.define(node.name, DEF_LOCAL, node)
        break
      case 'MatchMapping':
        this.exprs(node.keys)
        for (const pattern of node.patterns) this.pattern(pattern)
        if (node.rest) this.define(node.rest, DEF_LOCAL, node)
        break
      case 'MatchClass':
        this.expr(node.cls)
        for (const pattern of node.patterns) this.pattern(pattern)
        for (const pattern of node.kwd_patterns) this.pattern(pattern)
        break
      case 'MatchAs':
        if (node.pattern) this.pattern(node.pattern)
        if (node.name) this.define(node.name, DEF_LOCAL, node)
        break
    }
    this.depth--
  }
}
