// A canonical text of a code object and all nested in it, one field a line; reference.py writes the same for
// CPython's. Everything that CPython's compiler decides is in it, the file name aside.
import { CodeObject } from '../../bytecode/code'
import {
  BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue,
} from '../../syntax/constant'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function doubleHex(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}

/** JSON in ASCII, as Python's json.dumps writes it. */
function json(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function constantText(value: ConstantValue | CodeObject): string {
  if (value === null) return 'N'
  if (value === ELLIPSIS) return 'E'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'bigint') return `i${value.toString(16)}`
  if (typeof value === 'string') return `s${json(value)}`
  if (value instanceof FloatValue) return `f${doubleHex(value.value)}`
  if (value instanceof ComplexValue) return `c${doubleHex(value.real)}${doubleHex(value.imag)}`
  if (value instanceof BytesValue) return `b${hex(value.bytes)}`
  if (value instanceof TupleValue) return `t(${value.items.map(constantText).join()})`
  // A set has no order to compare.
  if (value instanceof FrozensetValue) return `z(${value.items.map(constantText).sort().join()})`
  return codeText(value as CodeObject)
}

function namesText(names: readonly string[]): string {
  return `[${names.map(json).join()}]`
}

export function codeText(code: CodeObject): string {
  const fields = {
    argcount: code.co_argcount,
    posonlyargcount: code.co_posonlyargcount,
    kwonlyargcount: code.co_kwonlyargcount,
    stacksize: code.co_stacksize,
    flags: code.co_flags,
    code: hex(code.co_code),
    consts: `(${code.co_consts.map(constantText).join(';\n')})`,
    names: namesText(code.co_names),
    localsplusnames: namesText(code.co_localsplusnames),
    localspluskinds: hex(code.co_localspluskinds),
    name: json(code.co_name),
    qualname: json(code.co_qualname),
    firstlineno: code.co_firstlineno,
    linetable: hex(code.co_linetable),
    exceptiontable: hex(code.co_exceptiontable),
  }
  return `code{${Object.entries(fields).map(([name, value]) => `${name}=${value}`).join('\n')}}`
}
