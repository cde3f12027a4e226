// From a compilation unit to a code object. Mirrors assemble and makecode, Python/compile.c.
import {
  CO_ASYNC_GENERATOR, CO_COROUTINE, CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_GENERATOR, CO_NESTED, CO_NEWLOCALS,
  CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS, CodeObject,
} from '../bytecode/code'
import { ExceptionTableWriter } from '../bytecode/exception-table'
import { argumentKind, cacheEntries, HAVE_ARGUMENT, isJump, op } from '../bytecode/opcode'
import { PositionWriter } from '../bytecode/positions'
import type { Compiler, CompilerUnit } from './compiler-unit'
import type { CodeConstant } from './constants'
import { dropBlockInstructions, labelExceptionTargets } from './exception-targets'
import { PyCF_MASK } from './flags'
import {
  directJumps, duplicateExits, guaranteeReturnLines, inlineExit, normalizeBlock, propagateLocations,
  removeNops, removeUnreachable,
} from './flowgraph'
import { Instruction, Location, NO_LOCATION, type BasicBlock } from './instructions'
import { optimizeBlock } from './peephole'
import { computeStackDepth } from './stack-depth'

const GENERATOR_FLAGS = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR

// Mirrors compute_code_flags.
function codeFlags(c: Compiler): number {
  const { entry } = c.unit
  let flags = c.flags & PyCF_MASK
  if (entry.type === 'function') {
    flags |= CO_NEWLOCALS | CO_OPTIMIZED
    if (entry.isNested) flags |= CO_NESTED
    if (entry.isGenerator) flags |= entry.isCoroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR
    else if (entry.isCoroutine) flags |= CO_COROUTINE
    if (entry.hasVarargs) flags |= CO_VARARGS
    if (entry.hasVarkeywords) flags |= CO_VARKEYWORDS
  }
  if (c.isTopLevelAwait && entry.isCoroutine && !entry.isGenerator) flags |= CO_COROUTINE
  return flags
}

/** The frame's variables: locals, cells that are no locals, free variables; and the place of each cell and free variable. */
class LocalsPlus {
  readonly names: string[]
  readonly kinds: Uint8Array
  /** Index of a cell or free variable in the frame, by its number among cells and free variables. */
  readonly cellPlaces: number[] = []

  constructor({ cellvars, freevars, varnames }: CompilerUnit) {
    this.names = [...varnames.keys()]
    for (const name of cellvars.keys()) {
      // A parameter that is a cell has one place for both.
      const place = varnames.get(name) ?? this.names.push(name) - 1
      this.cellPlaces.push(place)
    }
    const firstFree = this.names.length
    for (const name of freevars.keys()) this.cellPlaces.push(this.names.push(name) - 1)
    this.kinds = Uint8Array.from(this.names, (name, i) => {
      if (i >= firstFree) return CO_FAST_FREE
      return (varnames.has(name) ? CO_FAST_LOCAL : 0) | (cellvars.has(name) ? CO_FAST_CELL : 0)
    })
  }
}

/** What comes before the body: free variables, cells, and making a generator. Mirrors insert_prefix_instructions. */
function insertPrefix(unit: CompilerUnit, entry: BasicBlock, locals: LocalsPlus, flags: number): void {
  const prefix: Instruction[] = []
  if (unit.freevars.size > 0) prefix.push(new Instruction(op.COPY_FREE_VARS, unit.freevars.size, null, NO_LOCATION))
  const cells = locals.cellPlaces.slice(0, unit.cellvars.size).sort((a, b) => a - b)
  for (const place of cells) prefix.push(new Instruction(op.MAKE_CELL, place, null, NO_LOCATION))
  if (flags & GENERATOR_FLAGS) {
    const location = new Location(unit.firstlineno, unit.firstlineno, -1, -1)
    prefix.push(new Instruction(op.RETURN_GENERATOR, 0, null, location), new Instruction(op.POP_TOP, 0, null, NO_LOCATION))
  }
  // The body counts cells and free variables by themselves.
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    for (const instruction of block.instructions) {
      if (argumentKind(instruction.opcode) === 'free') instruction.arg = locals.cellPlaces[instruction.arg]!
    }
  }
  entry.instructions.unshift(...prefix)
}

/** Drops constants at the end that optimization left unused; the first may be the docstring and stays. */
function trimUnusedConstants(entry: BasicBlock, consts: CodeConstant[]): void {
  let last = 0
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    for (const { arg, opcode } of block.instructions) {
      if ((opcode === op.LOAD_CONST || opcode === op.KW_NAMES) && arg > last) last = arg
    }
  }
  if (consts.length > last + 1) consts.length = last + 1
}

/** Code units of an instruction, with EXTENDED_ARGs before and CACHEs after it. */
function unitCount({ arg, opcode }: Instruction): number {
  const used = opcode >= HAVE_ARGUMENT ? arg : 0
  return 1 + (used > 0xff ? 1 : 0) + (used > 0xffff ? 1 : 0) + (used > 0xffffff ? 1 : 0) + cacheEntries(opcode)
}

/** Sets the arguments of jumps; as they may need EXTENDED_ARGs, until nothing changes. Returns the code's units. */
function resolveJumps(entry: BasicBlock): number {
  for (;;) {
    let total = 0
    for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
      block.offset = total
      for (const instruction of block.instructions) total += unitCount(instruction)
    }
    let hasGrown = false
    for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
      let offset = block.offset
      for (const instruction of block.instructions) {
        const size = unitCount(instruction)
        offset += size
        if (!isJump(instruction.opcode)) continue
        // Relative to the instruction after the jump.
        instruction.arg = Math.abs(instruction.target!.offset - offset)
        if (unitCount(instruction) !== size) hasGrown = true
      }
    }
    if (!hasGrown) return total
  }
}

function writeCode(entry: BasicBlock, units: number): Uint8Array {
  const code = new Uint8Array(units * 2)
  let at = 0
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    for (const { arg, opcode } of block.instructions) {
      const used = opcode >= HAVE_ARGUMENT ? arg : 0
      for (let shift = 24; shift > 0; shift -= 8) {
        if (used >>> shift === 0) continue
        code[at++] = op.EXTENDED_ARG
        code[at++] = used >>> shift & 0xff
      }
      code[at++] = opcode
      code[at++] = used & 0xff
      at += cacheEntries(opcode) * 2
    }
  }
  return code
}

function writePositions(entry: BasicBlock, firstLine: number): Uint8Array {
  const writer = new PositionWriter(firstLine)
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    for (const instruction of block.instructions) {
      const { line, endLine, column, endColumn } = instruction.location
      writer.add(unitCount(instruction), line, endLine, column, endColumn)
    }
  }
  return writer.take()
}

// Mirrors assemble_exception_table.
function writeExceptionTable(entry: BasicBlock): Uint8Array {
  const writer = new ExceptionTableWriter()
  let handler: BasicBlock | null = null
  let start = 0
  let offset = 0
  const close = (): void => {
    if (handler === null) return
    const depth = handler.startDepth - (handler.preservesLasti ? 2 : 1)
    writer.add(start, offset, handler.offset, depth, handler.preservesLasti)
  }
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    for (const instruction of block.instructions) {
      if (instruction.handler !== handler) {
        close()
        start = offset
        handler = instruction.handler
      }
      offset += unitCount(instruction)
    }
  }
  close()
  return writer.take()
}

/** Finishes the current unit; a block that falls off its end returns None, or with `addNone` false what is on the stack. */
export function assemble(c: Compiler, addNone: boolean): CodeObject {
  const { unit } = c
  const { blocks, consts } = unit
  if (!unit.currentBlock.hasReturn) {
    c.unlocate()
    if (addNone) c.emitConst(null)
    c.emit(op.RETURN_VALUE)
  }
  const generated = consts.length
  const blockSizes = c.memory === null ? [] : blocks.map(block => block.instructions.length)
  for (const block of blocks.toReversed()) normalizeBlock(block)
  for (const block of blocks.toReversed()) inlineExit(block)
  const entry = blocks[0]!
  const flags = codeFlags(c)
  const locals = new LocalsPlus(unit)
  insertPrefix(unit, entry, locals, flags)
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) {
    optimizeBlock(block, consts, c.constants)
    removeNops(block)
  }
  for (const block of blocks.toReversed()) inlineExit(block)
  removeUnreachable(entry)
  duplicateExits(blocks)
  const allConsts = c.memory === null ? consts : [...consts]
  trimUnusedConstants(entry, consts)
  propagateLocations(entry)
  guaranteeReturnLines(entry, unit.firstlineno)
  const stacksize = computeStackDepth(entry, unit.entry.isGenerator || unit.entry.isCoroutine)
  labelExceptionTargets(entry)
  dropBlockInstructions(entry)
  for (let block: BasicBlock | null = entry; block !== null; block = block.next) removeNops(block)
  directJumps(entry)
  const units = resolveJumps(entry)
  const code = new CodeObject(
    unit.posonlyargcount + unit.argcount, unit.posonlyargcount, unit.kwonlyargcount, stacksize, flags,
    writeCode(entry, units), consts, [...unit.names.keys()], locals.names, locals.kinds,
    c.filename, unit.name, unit.qualname, unit.firstlineno,
    writePositions(entry, unit.firstlineno), writeExceptionTable(entry),
  )
  if (c.memory !== null) {
    let reachable = 0
    for (let block: BasicBlock | null = entry; block !== null; block = block.next) reachable++
    c.memory.assembled({ unit, code, consts: allConsts, generated, blockSizes, reachable })
  }
  return code
}
