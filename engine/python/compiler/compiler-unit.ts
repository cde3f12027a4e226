// The state of compilation: one CompilerUnit for each code object being built, nested as the scopes are,
// and the Compiler with the primitives that code generation (codegen-*.ts) is written in.
// Mirrors struct compiler and struct compiler_unit, Python/compile.c.
import type { CodeObject } from '../bytecode/code'
import { op } from '../bytecode/opcode'
import type { ConstantValue } from '../syntax/constant'
import type { CompileMemory } from './compile-memory'
import { ConstantCache, type CodeConstant } from './constants'
import { CompilerException, syntaxError } from './errors'
import { PyCF_ALLOW_TOP_LEVEL_AWAIT } from './flags'
import type { FutureFeatures } from './future'
import { BasicBlock, Instruction, Location, NO_LOCATION, type FrameBlock, type FrameBlockType } from './instructions'
import { mangle } from './mangle'
import type { Symtable } from './symtable'
import { CELL, DEF_FREE_CLASS, FREE, GLOBAL_EXPLICIT, type SymtableEntry } from './symtable-entry'

const CO_MAXBLOCKS = 20

export type ScopeType = 'module' | 'class' | 'function' | 'asyncFunction' | 'lambda' | 'comprehension'

/** Order of Python's strings: by code point. */
function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const pointsA = [...a]
  const pointsB = [...b]
  for (let i = 0; ; i++) {
    const x = pointsA[i]?.codePointAt(0) ?? -1
    const y = pointsB[i]?.codePointAt(0) ?? -1
    if (x !== y) return x - y
  }
}

/** Names of a scope type (or with a flag), numbered from `offset` in sorted order. Mirrors dictbytype. */
function namesOfScope(entry: SymtableEntry, scope: number, flag: number, offset: number): Map<string, number> {
  const names: string[] = []
  for (const [name, flags] of entry.symbols) {
    if (entry.scope(name) === scope || flags & flag) names.push(name)
  }
  if (names.length > 1) names.sort(compareCodePoints)
  return new Map(names.map((name, i) => [name, i + offset]))
}

/** Names in the order they got their numbers; `onNew` hears of each when it comes. */
export class NameTable extends Map<string, number> {
  onNew: ((name: string, index: number) => void) | null = null

  constructor(names: readonly string[] = []) {
    super()
    names.forEach((name, i) => super.set(name, i))
  }

  override set(name: string, index: number): this {
    this.onNew?.(name, index)
    return super.set(name, index)
  }
}

export class CompilerUnit {
  /** Hears of each new constant. */
  onConstant: ((value: CodeConstant, index: number) => void) | null = null
  /** Constants by their key, and in order. */
  private readonly constIndex = new Map<string, number>()
  readonly consts: CodeConstant[] = []
  readonly names = new NameTable()
  readonly varnames: NameTable
  readonly cellvars: Map<string, number>
  readonly freevars: Map<string, number>
  /** Name of the innermost class, for mangling. */
  className: string | null = null
  qualname = ''
  argcount = 0
  posonlyargcount = 0
  kwonlyargcount = 0
  /** All blocks, in the order they were made. */
  readonly blocks: BasicBlock[] = []
  currentBlock: BasicBlock
  /** The last instruction ended a block, so the next one starts a new one. */
  needsNewBlock = false
  readonly frameBlocks: FrameBlock[] = []
  location: Location

  constructor(readonly entry: SymtableEntry, readonly name: string, readonly scopeType: ScopeType,
    readonly firstlineno: number) {
    this.varnames = new NameTable(entry.varnames)
    this.cellvars = namesOfScope(entry, CELL, 0, 0)
    if (entry.needsClassClosure) this.cellvars.set('__class__', 0)
    this.freevars = namesOfScope(entry, FREE, DEF_FREE_CLASS, this.cellvars.size)
    this.location = new Location(firstlineno, firstlineno, 0, 0)
    this.currentBlock = this.newBlock()
  }

  newBlock(): BasicBlock {
    const block = new BasicBlock()
    this.blocks.push(block)
    return block
  }

  constant(value: CodeConstant, cache: ConstantCache): number {
    const key = cache.key(value)
    let index = this.constIndex.get(key)
    if (index === undefined) {
      index = this.consts.length
      this.constIndex.set(key, index)
      this.consts.push(cache.merge(value, key))
      this.onConstant?.(value, index)
    }
    return index
  }
}

/** Index of a name in a table, adding it if it is new. Mirrors compiler_add_o. */
export function indexOf(table: Map<string, number>, name: string): number {
  let index = table.get(name)
  if (index === undefined) {
    index = table.size
    table.set(name, index)
  }
  return index
}

/** Called for each SyntaxWarning; a true result makes it an error, as the warnings filter can. */
export type WarningHandler = (message: string, lineno: number) => boolean | void

function endsBlock(opcode: number): boolean {
  return opcode === op.RETURN_VALUE || opcode === op.RAISE_VARARGS || opcode === op.RERAISE
}

export class Compiler {
  unit!: CompilerUnit
  private readonly outer: CompilerUnit[] = []
  readonly constants = new ConstantCache()
  isInteractive = false

  constructor(readonly filename: string, readonly symtable: Symtable, readonly flags: number,
    readonly future: FutureFeatures, readonly optimize: number, private readonly onWarning: WarningHandler | null,
    readonly memory: CompileMemory | null = null) {}

  /** 1 in the module's own code, more in the functions and classes of it. */
  get nestLevel(): number {
    return this.outer.length + 1
  }

  get isTopLevelAwait(): boolean {
    return (this.flags & PyCF_ALLOW_TOP_LEVEL_AWAIT) !== 0 && this.unit.entry.type === 'module'
  }

  // Mirrors compiler_enter_scope.
  enterScope(name: string, scopeType: ScopeType, node: object, lineno: number): void {
    const unit = new CompilerUnit(this.symtable.lookup(node), name, scopeType, lineno)
    const parent = this.unit as CompilerUnit | undefined
    if (parent !== undefined) {
      this.outer.push(parent)
      unit.className = parent.className
    }
    this.unit = unit
    unit.qualname = parent === undefined ? name : this.qualname(unit, parent)
    this.memory?.enterScope(unit, parent !== undefined)
    if (scopeType === 'module') {
      // The module starts on line 0, before everything that is in it.
      unit.location = new Location(0, lineno, 0, 0)
      this.emitArg(op.RESUME, 0)
      unit.location = new Location(1, lineno, 0, 0)
    } else {
      this.emitArg(op.RESUME, 0)
    }
  }

  exitScope(): void {
    const parent = this.outer.pop()
    if (parent !== undefined) this.unit = parent
  }

  // Mirrors compiler_set_qualname.
  private qualname(unit: CompilerUnit, parent: CompilerUnit): string {
    if (this.outer.length < 2) return unit.name
    const { scopeType } = unit
    if (scopeType === 'function' || scopeType === 'asyncFunction' || scopeType === 'class') {
      if (parent.entry.scope(mangle(parent.className, unit.name)) === GLOBAL_EXPLICIT) return unit.name
    }
    const isLocal = parent.scopeType === 'function' || parent.scopeType === 'asyncFunction' || parent.scopeType === 'lambda'
    return `${parent.qualname}${isLocal ? '.<locals>' : ''}.${unit.name}`
  }

  newBlock(): BasicBlock {
    return this.unit.newBlock()
  }

  /** What is emitted next goes into `block`, which follows the current one. */
  useNextBlock(block: BasicBlock): void {
    this.unit.currentBlock.next = block
    this.unit.currentBlock = block
    this.unit.needsNewBlock = false
  }

  private add(opcode: number, arg: number, target: BasicBlock | null, location: Location): void {
    const { unit } = this
    if (unit.needsNewBlock) this.useNextBlock(unit.newBlock())
    unit.currentBlock.instructions.push(new Instruction(opcode, arg, target, location))
    if (opcode === op.RETURN_VALUE) unit.currentBlock.hasReturn = true
    if (endsBlock(opcode)) unit.needsNewBlock = true
  }

  emit(opcode: number): void {
    this.add(opcode, 0, null, this.unit.location)
  }

  emitNoLine(opcode: number): void {
    this.add(opcode, 0, null, NO_LOCATION)
  }

  emitArg(opcode: number, arg: number): void {
    this.add(opcode, arg, null, this.unit.location)
  }

  emitArgNoLine(opcode: number, arg: number): void {
    this.add(opcode, arg, null, NO_LOCATION)
  }

  emitJump(opcode: number, target: BasicBlock): void {
    this.jump(opcode, target, this.unit.location)
  }

  emitJumpNoLine(opcode: number, target: BasicBlock): void {
    this.jump(opcode, target, NO_LOCATION)
  }

  private jump(opcode: number, target: BasicBlock, location: Location): void {
    this.add(opcode, 0, target, location)
    if (opcode > op.SETUP_FINALLY || opcode < op.SETUP_WITH) this.unit.needsNewBlock = true
  }

  emitConst(value: ConstantValue | CodeObject): void {
    this.emitArg(op.LOAD_CONST, this.unit.constant(value, this.constants))
  }

  /** An instruction on co_names; private names are mangled. */
  emitName(opcode: number, name: string): void {
    this.emitArg(opcode, indexOf(this.unit.names, mangle(this.unit.className, name)))
  }

  /** The following instructions come from `node`. */
  locate(node: { lineno: number, end_lineno: number, col_offset: number, end_col_offset: number }): void {
    this.unit.location = Location.of(node)
  }

  /** The following instructions are artificial. */
  unlocate(): void {
    this.unit.location = NO_LOCATION
  }

  pushFrameBlock(type: FrameBlockType, block: BasicBlock | null, exit: BasicBlock | null,
    datum: Partial<Pick<FrameBlock, 'name' | 'finalbody' | 'statement'>> = {}): void {
    const { frameBlocks } = this.unit
    if (frameBlocks.length >= CO_MAXBLOCKS) throw this.error('too many statically nested blocks')
    const { name = null, finalbody = null, statement = null } = datum
    frameBlocks.push({ type, block, exit, name, finalbody, statement })
  }

  popFrameBlock(type: FrameBlockType): void {
    const popped = this.unit.frameBlocks.pop()
    if (popped?.type !== type) throw new CompilerException('SystemError', `frame block ${type} expected`)
  }

  /** A SyntaxError at the current location. */
  error(message: string): Error {
    const { line, column, endLine, endColumn } = this.unit.location
    return syntaxError(message, this.filename, line, column + 1, endLine, endColumn + 1)
  }

  /** A SyntaxWarning at the current line. */
  warn(message: string): void {
    if (this.onWarning?.(message, this.unit.location.line)) throw this.error(message)
  }
}
