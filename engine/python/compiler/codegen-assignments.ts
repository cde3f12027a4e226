// Augmented and annotated assignment.
import { op } from '../bytecode/opcode'
import type * as ast from '../syntax/nodes'
import { emitBinary, locateAttribute, visitExpr } from './codegen-expressions'
import { checkName, emitVariable } from './codegen-names'
import type { Compiler } from './compiler-unit'
import { CompilerException } from './errors'
import { CO_FUTURE_ANNOTATIONS } from './flags'
import { mangle } from './mangle'
import { annotationText } from './unparse'

/** Numbers of the targets that only trees made by hand have (enum _expr_kind), as CPython's messages show them. */
const KIND_NUMBER: Partial<Record<ast.expr['_type'], number>> = { Starred: 23, List: 25, Tuple: 26 }

function badTarget(target: ast.expr, assignment: string): CompilerException {
  return new CompilerException('SystemError', `invalid node type (${KIND_NUMBER[target._type]}) for ${assignment} assignment`)
}

// Mirrors compiler_augassign.
export function emitAugmentedAssignment(c: Compiler, node: ast.AugAssign): void {
  const { target } = node
  const { location } = c.unit
  c.locate(target)
  switch (target._type) {
    case 'Attribute':
      visitExpr(c, target.value)
      c.emitArg(op.COPY, 1)
      locateAttribute(c, target)
      c.emitName(op.LOAD_ATTR, target.attr)
      break
    case 'Subscript':
      visitExpr(c, target.value)
      visitExpr(c, target.slice)
      c.emitArg(op.COPY, 2)
      c.emitArg(op.COPY, 2)
      c.emit(op.BINARY_SUBSCR)
      break
    case 'Name':
      emitVariable(c, target.id, 'Load')
      break
    default:
      throw badTarget(target, 'augmented')
  }
  c.unit.location = location
  visitExpr(c, node.value)
  emitBinary(c, node.op, true)
  c.locate(target)
  switch (target._type) {
    case 'Attribute':
      locateAttribute(c, target)
      c.emitArg(op.SWAP, 2)
      c.emitName(op.STORE_ATTR, target.attr)
      break
    case 'Subscript':
      c.emitArg(op.SWAP, 3)
      c.emitArg(op.SWAP, 2)
      c.emit(op.STORE_SUBSCR)
      break
    case 'Name':
      emitVariable(c, target.id, 'Store')
      break
  }
}

/** Evaluates what is only checked to be there. */
function emitAndDrop(c: Compiler, node: ast.expr): void {
  visitExpr(c, node)
  c.emit(op.POP_TOP)
}

// Mirrors check_ann_subscr.
function emitSubscriptCheck(c: Compiler, node: ast.expr): void {
  if (node._type === 'Slice') {
    for (const bound of [node.lower, node.upper, node.step]) {
      if (bound) emitAndDrop(c, bound)
    }
  } else if (node._type === 'Tuple') {
    for (const element of node.elts) emitSubscriptCheck(c, element)
  } else {
    emitAndDrop(c, node)
  }
}

// Mirrors compiler_annassign: the assignment first, then the annotation.
export function emitAnnotatedAssignment(c: Compiler, node: ast.AnnAssign): void {
  const { annotation, target, value } = node
  const { scopeType, className } = c.unit
  const isAnnotated = scopeType === 'module' || scopeType === 'class'
  const isText = (c.future.features & CO_FUTURE_ANNOTATIONS) !== 0
  if (value) {
    visitExpr(c, value)
    visitExpr(c, target)
  }
  switch (target._type) {
    case 'Name':
      checkName(c, target.id, 'Store')
      if (node.simple && isAnnotated) {
        if (isText) c.emitConst(annotationText(annotation))
        else visitExpr(c, annotation)
        c.emitName(op.LOAD_NAME, '__annotations__')
        c.emitConst(mangle(className, target.id))
        c.emit(op.STORE_SUBSCR)
      }
      break
    case 'Attribute':
      checkName(c, target.attr, 'Store')
      if (!value) emitAndDrop(c, target.value)
      break
    case 'Subscript':
      if (!value) {
        emitAndDrop(c, target.value)
        emitSubscriptCheck(c, target.slice)
      }
      break
    default:
      throw badTarget(target, 'annotated')
  }
  if (!node.simple && isAnnotated && !isText) emitAndDrop(c, annotation)
}
