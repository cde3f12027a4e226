// A readable listing of code objects, in the layout of `python3 -m dis`. Mirrors Lib/dis.py.
import type { ConstantValue } from '../syntax/constant'
import { constantRepr } from '../syntax/repr'
import { CodeObject } from './code'
import { decodeInstructions, jumpTarget, type DecodedInstruction } from './decode'
import { decodeExceptionTable } from './exception-table'
import { argumentKind, CMP_OP, NB_OPS, op, opname } from './opcode'
import { decodePositions } from './positions'

const OPNAME_WIDTH = 20
const ARGUMENT_WIDTH = 5
const CONVERSIONS = ['', 'str', 'repr', 'ascii']
const FUNCTION_PARTS = ['defaults', 'kwdefaults', 'annotations', 'closure']

/** Gives the address to show for a code object; a listing made without a running interpreter has made-up ones. */
export type AddressOf = (code: CodeObject) => number

function codeRepr(code: CodeObject, addressOf: AddressOf): string {
  const address = addressOf(code).toString(16)
  return `<code object ${code.co_name} at 0x${address}, file "${code.co_filename}", line ${code.co_firstlineno}>`
}

function constText(value: ConstantValue | CodeObject, addressOf: AddressOf): string {
  return value instanceof CodeObject ? codeRepr(value, addressOf) : constantRepr(value)
}

/** What an argument stands for, or ''. */
function argumentText(code: CodeObject, instruction: DecodedInstruction, addressOf: AddressOf): string {
  const { opcode } = instruction
  const arg = instruction.arg!
  switch (argumentKind(opcode)) {
    case 'const': return opcode === op.LOAD_CONST ? constText(code.co_consts[arg]!, addressOf) : ''
    case 'name':
      if (opcode !== op.LOAD_GLOBAL) return code.co_names[arg]!
      return (arg & 1 ? 'NULL + ' : '') + code.co_names[arg >> 1]!
    case 'local':
    case 'free': return code.co_localsplusnames[arg]!
    case 'compare': return CMP_OP[arg] ?? ''
    case 'jump':
    case 'backward': return `to ${jumpTarget(instruction)}`
  }
  switch (opcode) {
    case op.FORMAT_VALUE:
      return [CONVERSIONS[arg & 3]!, arg & 4 ? 'with format' : ''].filter(Boolean).join(', ')
    case op.MAKE_FUNCTION: return FUNCTION_PARTS.filter((_, i) => arg & 1 << i).join(', ')
    case op.BINARY_OP: return NB_OPS[arg] ?? ''
    default: return ''
  }
}

/** Line that starts at each byte offset, where it is another than before. */
function lineStarts(code: CodeObject): Map<number, number> {
  const starts = new Map<number, number>()
  let last: number | null = null
  for (const { line, start } of decodePositions(code.co_linetable, code.co_firstlineno)) {
    if (line === null || line === last) continue
    last = line
    starts.set(start * 2, line)
  }
  return starts
}

function width(value: number, minimum: number, limit: number): number {
  return value >= limit ? String(value).length : minimum
}

/** The listing of one code object, without those nested in it. */
function disassembleOne(code: CodeObject, addressOf: AddressOf): string[] {
  const instructions = decodeInstructions(code.co_code)
  const handlers = decodeExceptionTable(code.co_exceptiontable)
  const starts = lineStarts(code)
  const labels = new Set<number | null>([...instructions.map(jumpTarget), ...handlers.map(({ target }) => target * 2)])
  const lineWidth = starts.size > 0 ? width(Math.max(...starts.values()), 3, 1000) : 0
  const offsetWidth = width(code.co_code.length - 2, 4, 10000)
  const lines: string[] = []
  for (const instruction of instructions) {
    const { arg, offset, opcode } = instruction
    const line = starts.get(offset)
    if (line !== undefined && offset > 0) lines.push('')
    const fields = lineWidth > 0 ? [String(line ?? '').padStart(lineWidth)] : []
    fields.push('   ', labels.has(offset) ? '>>' : '  ', String(offset).padStart(offsetWidth), opname(opcode).padEnd(OPNAME_WIDTH))
    if (arg !== null) {
      fields.push(String(arg).padStart(ARGUMENT_WIDTH))
      const text = argumentText(code, instruction, addressOf)
      if (text !== '') fields.push(`(${text})`)
    }
    lines.push(fields.join(' ').trimEnd())
  }
  if (handlers.length > 0) {
    lines.push('ExceptionTable:')
    for (const { depth, end, lasti, start, target } of handlers) {
      lines.push(`  ${start * 2} to ${end * 2 - 2} -> ${target * 2} [${depth}]${lasti ? ' lasti' : ''}`)
    }
  }
  return lines
}

function disassembleAll(code: CodeObject, addressOf: AddressOf, lines: string[]): void {
  lines.push(...disassembleOne(code, addressOf))
  for (const value of code.co_consts) {
    if (!(value instanceof CodeObject)) continue
    lines.push('', `Disassembly of ${codeRepr(value, addressOf)}:`)
    disassembleAll(value, addressOf, lines)
  }
}

/** Distinct addresses in the order the code objects are shown. */
function countedAddresses(): AddressOf {
  const known = new Map<CodeObject, number>()
  return code => {
    let address = known.get(code)
    if (address === undefined) known.set(code, address = 0x7f0000000000 + known.size * 0x100)
    return address
  }
}

/** The listing of a code object and of all nested in it, as printed by `python3 -m dis`. */
export function disassemble(code: CodeObject, addressOf: AddressOf = countedAddresses()): string {
  const lines: string[] = []
  disassembleAll(code, addressOf, lines)
  return lines.join('\n') + '\n'
}
