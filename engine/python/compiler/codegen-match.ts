// match statements. Mirrors compiler_match and the compiler_pattern_ functions, Python/compile.c.
//
// A pattern consumes the subject on top of the stack. Names are bound only when the whole pattern, and not yet
// the guard, has matched: until then captured values stay on the stack, below the `onTop` values still needed.
// When a pattern fails, everything it left on the stack is popped: `failPop[n]` is the block that pops n values,
// each falling through into the next.
import { op } from '../bytecode/opcode'
import { TupleValue, type ConstantValue } from '../syntax/constant'
import * as ast from '../syntax/nodes'
import { constantRepr } from '../syntax/repr'
import { unpackExArgument } from './codegen-displays'
import { emitBinary, emitComparison, visitExpr } from './codegen-expressions'
import { emitJumpIf } from './codegen-flow'
import { checkName, emitVariable } from './codegen-names'
import { visitStatements } from './codegen-statements'
import type { Compiler } from './compiler-unit'
import { constantEquals } from './constants'
import type { BasicBlock } from './instructions'

const EQ = new ast.Eq()
const GTE = new ast.GtE()
const IS = new ast.Is()
const IS_NOT = new ast.IsNot()
const SUB = new ast.Sub()

/** The state of matching one case. */
class PatternContext {
  /** Captured names, in the order of their values on the stack. */
  stores: string[] = []
  failPop: BasicBlock[] = []
  onTop = 0

  constructor(public allowIrrefutable: boolean) {}
}

function isWildcard(pattern: ast.pattern): boolean {
  return pattern._type === 'MatchAs' && pattern.name === null
}

function isStarWildcard(pattern: ast.pattern): boolean {
  return pattern._type === 'MatchStar' && pattern.name === null
}

function ensureFailPop(c: Compiler, pc: PatternContext, count: number): void {
  while (pc.failPop.length <= count) pc.failPop.push(c.newBlock())
}

/** Jumps to where all that this pattern has on the stack is popped. */
function jumpToFailPop(c: Compiler, pc: PatternContext, opcode: number): void {
  const pops = pc.onTop + pc.stores.length
  ensureFailPop(c, pc, pops)
  c.emitJump(opcode, pc.failPop[pops]!)
}

function emitFailPops(c: Compiler, pc: PatternContext): void {
  for (let count = pc.failPop.length - 1; count > 0; count--) {
    c.useNextBlock(pc.failPop[count]!)
    c.emit(op.POP_TOP)
  }
  if (pc.failPop.length > 0) c.useNextBlock(pc.failPop[0]!)
  pc.failPop = []
}

function duplicateStore(c: Compiler, name: string): Error {
  return c.error(`multiple assignments to name ${constantRepr(name)} in pattern`)
}

/** Moves the top of the stack below the `count - 1` values under it. */
function rotate(c: Compiler, count: number): void {
  for (; count > 1; count--) c.emitArg(op.SWAP, count)
}

function captureName(c: Compiler, name: string | null, pc: PatternContext): void {
  if (name === null) return c.emit(op.POP_TOP)
  checkName(c, name, 'Store')
  if (pc.stores.includes(name)) throw duplicateStore(c, name)
  rotate(c, pc.onTop + pc.stores.length + 1)
  pc.stores.push(name)
}

/** A pattern inside another, where everything may be irrefutable. */
function subpattern(c: Compiler, pattern: ast.pattern, pc: PatternContext): void {
  const { allowIrrefutable } = pc
  pc.allowIrrefutable = true
  matchPattern(c, pattern, pc)
  pc.allowIrrefutable = allowIrrefutable
}

function matchPattern(c: Compiler, pattern: ast.pattern, pc: PatternContext): void {
  c.locate(pattern)
  switch (pattern._type) {
    case 'MatchValue': return matchValue(c, pattern, pc)
    case 'MatchSingleton':
      c.emitConst(pattern.value)
      emitComparison(c, IS)
      return jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
    case 'MatchSequence': return matchSequence(c, pattern, pc)
    case 'MatchMapping': return matchMapping(c, pattern, pc)
    case 'MatchClass': return matchClass(c, pattern, pc)
    case 'MatchStar': return captureName(c, pattern.name, pc)
    case 'MatchAs': return matchAs(c, pattern, pc)
    case 'MatchOr': return matchOr(c, pattern, pc)
  }
}

function matchValue(c: Compiler, { value }: ast.MatchValue, pc: PatternContext): void {
  if (value._type !== 'Constant' && value._type !== 'Attribute') {
    throw c.error('patterns may only match literals and attribute lookups')
  }
  visitExpr(c, value)
  emitComparison(c, EQ)
  jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
}

function matchAs(c: Compiler, { name, pattern }: ast.MatchAs, pc: PatternContext): void {
  if (pattern === null) {
    if (!pc.allowIrrefutable) {
      throw c.error(name === null ? 'wildcard makes remaining patterns unreachable'
        : `name capture ${constantRepr(name)} makes remaining patterns unreachable`)
    }
    return captureName(c, name, pc)
  }
  pc.onTop++
  c.emitArg(op.COPY, 1)
  matchPattern(c, pattern, pc)
  pc.onTop--
  captureName(c, name, pc)
}

function matchSequence(c: Compiler, { patterns }: ast.MatchSequence, pc: PatternContext): void {
  const size = patterns.length
  const star = patterns.findIndex(pattern => pattern._type === 'MatchStar')
  if (star >= 0 && patterns.slice(star + 1).some(pattern => pattern._type === 'MatchStar')) {
    throw c.error('multiple starred names in sequence pattern')
  }
  pc.onTop++
  c.emit(op.MATCH_SEQUENCE)
  jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  if (star < 0) {
    c.emit(op.GET_LEN)
    c.emitConst(BigInt(size))
    emitComparison(c, EQ)
    jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  } else if (size > 1) {
    c.emit(op.GET_LEN)
    c.emitConst(BigInt(size - 1))
    emitComparison(c, GTE)
    jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  }
  pc.onTop--
  if (patterns.every(pattern => isWildcard(pattern) || isStarWildcard(pattern))) c.emit(op.POP_TOP)
  else if (star >= 0 && isStarWildcard(patterns[star]!)) matchBySubscripts(c, patterns, star, pc)
  else matchByUnpacking(c, patterns, star, pc)
}

function matchByUnpacking(c: Compiler, patterns: readonly ast.pattern[], star: number, pc: PatternContext): void {
  const size = patterns.length
  if (star < 0) c.emitArg(op.UNPACK_SEQUENCE, size)
  else c.emitArg(op.UNPACK_EX, unpackExArgument(c, star, size - star - 1, 'sequence pattern'))
  pc.onTop += size
  for (const pattern of patterns) {
    pc.onTop--
    subpattern(c, pattern, pc)
  }
}

/** [a, *_, b]: takes only the items that are looked at. */
function matchBySubscripts(c: Compiler, patterns: readonly ast.pattern[], star: number, pc: PatternContext): void {
  pc.onTop++
  for (const [i, pattern] of patterns.entries()) {
    if (i === star || isWildcard(pattern)) continue
    c.emitArg(op.COPY, 1)
    if (i < star) {
      c.emitConst(BigInt(i))
    } else {
      // The subject need not support negative indices.
      c.emit(op.GET_LEN)
      c.emitConst(BigInt(patterns.length - i))
      emitBinary(c, SUB, false)
    }
    c.emit(op.BINARY_SUBSCR)
    subpattern(c, pattern, pc)
  }
  pc.onTop--
  c.emit(op.POP_TOP)
}

function emitIsNotNone(c: Compiler): void {
  c.emitArg(op.COPY, 1)
  c.emitConst(null)
  emitComparison(c, IS_NOT)
}

function matchClass(c: Compiler, node: ast.MatchClass, pc: PatternContext): void {
  const { kwd_attrs, kwd_patterns, patterns } = node
  if (kwd_attrs.length !== kwd_patterns.length) {
    throw c.error(`kwd_attrs (${kwd_attrs.length}) / kwd_patterns (${kwd_patterns.length}) length mismatch in class pattern`)
  }
  if (kwd_attrs.length > 0) {
    for (const [i, attribute] of kwd_attrs.entries()) {
      c.locate(kwd_patterns[i]!)
      checkName(c, attribute, 'Store')
      const repeated = kwd_attrs.indexOf(attribute, i + 1)
      if (repeated >= 0) {
        c.locate(kwd_patterns[repeated]!)
        throw c.error(`attribute name repeated in class pattern: ${attribute}`)
      }
    }
    c.locate(node)
  }
  visitExpr(c, node.cls)
  c.emitConst(new TupleValue(kwd_attrs))
  c.emitArg(op.MATCH_CLASS, patterns.length)
  emitIsNotNone(c)
  pc.onTop++
  jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  const all = [...patterns, ...kwd_patterns]
  c.emitArg(op.UNPACK_SEQUENCE, all.length)
  pc.onTop += all.length - 1
  for (const pattern of all) {
    pc.onTop--
    if (isWildcard(pattern)) c.emit(op.POP_TOP)
    else subpattern(c, pattern, pc)
  }
}

/** Compiles the keys of a mapping pattern, which must be distinct as far as they are literals. */
function emitKeys(c: Compiler, keys: readonly ast.expr[]): void {
  const seen: ConstantValue[] = []
  for (const key of keys) {
    if (key._type === 'Constant') {
      if (seen.some(value => constantEquals(value, key.value))) {
        throw c.error(`mapping pattern checks duplicate key (${constantRepr(key.value)})`)
      }
      seen.push(key.value)
    } else if (key._type !== 'Attribute') {
      throw c.error('mapping pattern keys may only match literals and attribute lookups')
    }
    visitExpr(c, key)
  }
  c.emitArg(op.BUILD_TUPLE, keys.length)
}

function matchMapping(c: Compiler, node: ast.MatchMapping, pc: PatternContext): void {
  const { keys, patterns, rest } = node
  const size = keys.length
  if (size !== patterns.length) {
    throw c.error(`keys (${size}) / patterns (${patterns.length}) length mismatch in mapping pattern`)
  }
  pc.onTop++
  c.emit(op.MATCH_MAPPING)
  jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  if (size === 0 && rest === null) {
    pc.onTop--
    return c.emit(op.POP_TOP)
  }
  if (size > 0) {
    c.emit(op.GET_LEN)
    c.emitConst(BigInt(size))
    emitComparison(c, GTE)
    jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  }
  emitKeys(c, keys)
  c.emit(op.MATCH_KEYS)
  // Now a tuple of keys and a tuple of values (or None) are above the subject.
  pc.onTop += 2
  emitIsNotNone(c)
  jumpToFailPop(c, pc, op.POP_JUMP_IF_FALSE)
  c.emitArg(op.UNPACK_SEQUENCE, size)
  pc.onTop += size - 1
  for (const pattern of patterns) {
    pc.onTop--
    subpattern(c, pattern, pc)
  }
  pc.onTop -= 2
  if (rest === null) {
    c.emit(op.POP_TOP)
    return c.emit(op.POP_TOP)
  }
  // A copy of the subject without the keys that were matched.
  c.emitArg(op.BUILD_MAP, 0)
  c.emitArg(op.SWAP, 3)
  c.emitArg(op.DICT_UPDATE, 2)
  c.emitArg(op.UNPACK_SEQUENCE, size)
  for (let left = size; left > 0; left--) {
    c.emitArg(op.COPY, 1 + left)
    c.emitArg(op.SWAP, 2)
    c.emit(op.DELETE_SUBSCR)
  }
  captureName(c, rest, pc)
}

function differentNames(c: Compiler): Error {
  return c.error('alternative patterns bind different names')
}

/** Brings the captured values of an alternative into the order of the first alternative. */
function reorderStores(c: Compiler, stores: string[], control: readonly string[]): void {
  for (let wanted = stores.length - 1; wanted >= 0; wanted--) {
    const at = stores.indexOf(control[wanted]!)
    if (at < 0) throw differentNames(c)
    if (at === wanted) continue
    const rotated = stores.splice(0, at + 1)
    stores.splice(wanted - at, 0, ...rotated)
    for (let i = 0; i <= at; i++) rotate(c, wanted + 1)
  }
}

function matchOr(c: Compiler, node: ast.MatchOr, pc: PatternContext): void {
  const end = c.newBlock()
  const { stores, failPop, onTop, allowIrrefutable } = pc
  let control: readonly string[] = []
  const last = node.patterns.length - 1
  for (const [i, alternative] of node.patterns.entries()) {
    c.locate(alternative)
    pc.stores = []
    pc.allowIrrefutable = i === last && allowIrrefutable
    pc.failPop = []
    pc.onTop = 0
    c.emitArg(op.COPY, 1)
    matchPattern(c, alternative, pc)
    if (i === 0) control = [...pc.stores]
    else if (pc.stores.length !== control.length) throw differentNames(c)
    else reorderStores(c, pc.stores, control)
    c.emitJump(op.JUMP, end)
    emitFailPops(c, pc)
  }
  Object.assign(pc, { stores, failPop, onTop, allowIrrefutable })
  // No alternative matched: drop the copy of the subject and fail.
  c.emit(op.POP_TOP)
  jumpToFailPop(c, pc, op.JUMP)
  c.useNextBlock(end)
  // Each capture goes below the others, the copy of the subject, and what was on the stack before.
  const rotations = control.length + 1 + pc.onTop + pc.stores.length
  for (const name of control) {
    rotate(c, rotations)
    if (pc.stores.includes(name)) throw duplicateStore(c, name)
    pc.stores.push(name)
  }
  c.emit(op.POP_TOP)
}

// Mirrors compiler_match_inner.
export function emitMatch(c: Compiler, node: ast.Match): void {
  visitExpr(c, node.subject)
  const end = c.newBlock()
  const { cases } = node
  const final = cases.at(-1)!
  const hasDefault = isWildcard(final.pattern) && cases.length > 1
  const tested = hasDefault ? cases.slice(0, -1) : cases
  for (const [i, { body, guard, pattern }] of tested.entries()) {
    c.locate(pattern)
    const isLast = i === tested.length - 1
    if (!isLast) c.emitArg(op.COPY, 1)
    const pc = new PatternContext(guard !== null || i === cases.length - 1)
    matchPattern(c, pattern, pc)
    for (const name of pc.stores) emitVariable(c, name, 'Store')
    if (guard) {
      ensureFailPop(c, pc, 0)
      emitJumpIf(c, guard, pc.failPop[0]!, false)
    }
    if (!isLast) c.emit(op.POP_TOP)
    visitStatements(c, body)
    c.unlocate()
    c.emitJump(op.JUMP, end)
    c.locate(pattern)
    emitFailPops(c, pc)
  }
  if (hasDefault) {
    // `case _` needs no test and no subject; the NOP shows its line to tracing.
    c.locate(final.pattern)
    c.emit(op.NOP)
    if (final.guard) emitJumpIf(c, final.guard, end, false)
    visitStatements(c, final.body)
    c.unlocate()
  }
  c.useNextBlock(end)
}
