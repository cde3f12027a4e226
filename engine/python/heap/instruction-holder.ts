// What an instruction does with a reference, in words: where it puts the one it takes, and whose it is that it drops.
//
// This is read off the instruction and the operands that still lie on the stack, and is a guess where the instruction calls
// something (a destructor, a C function); who really holds references is looked up between statements (holders.ts).
import type { CodeData } from '../objects/codeobject'
import type { InterpreterFrame } from '../objects/frameobject'
import { FunctionData } from '../objects/funcobject'
import { MethodData } from '../objects/classobject'
import { CFunctionData } from '../objects/methodobject'
import { PyTypeObject, type PyObject } from '../objects/object'
import { PyUnicode_AsString } from '../objects/unicodeobject'
import * as op from '../vm/opcodes'
import { describe } from './holders'
import { nameText } from './preview'

const NAMES: string[] = []
for (const [name, code] of Object.entries(op)) if (typeof code === 'number') NAMES[code] = name

const text = (o: PyObject | undefined): string => (o === undefined ? '?' : nameText(PyUnicode_AsString(o)))

/** `STORE_ATTR name`, `LOAD_FAST x`, `CALL 2`. */
export function instructionText({ code, pc }: InterpreterFrame): string {
  if (pc < 0) return ''
  const instruction = code.ops[pc]!
  const opcode = instruction & 0xff
  const argument = argumentText(code, opcode, instruction >>> 8)
  return `${NAMES[opcode] ?? `opcode ${opcode}`}${argument === '' ? '' : ` ${argument}`}`
}

function argumentText(code: InterpreterFrame['code'], opcode: number, arg: number): string {
  switch (opcode) {
    case op.LOAD_FAST: case op.STORE_FAST: case op.DELETE_FAST: case op.LOAD_DEREF: case op.STORE_DEREF: case op.DELETE_DEREF:
    case op.LOAD_CLOSURE: case op.LOAD_CLASSDEREF: case op.MAKE_CELL:
      return text(code.localNames[arg])
    case op.LOAD_GLOBAL: return text(code.names[arg >>> 1])
    case op.LOAD_NAME: case op.STORE_NAME: case op.DELETE_NAME: case op.STORE_GLOBAL: case op.DELETE_GLOBAL: case op.LOAD_ATTR:
    case op.STORE_ATTR: case op.DELETE_ATTR: case op.LOAD_METHOD: case op.IMPORT_NAME: case op.IMPORT_FROM:
      return text(code.names[arg])
    case op.CALL: case op.BUILD_LIST: case op.BUILD_TUPLE: case op.BUILD_SET: case op.BUILD_MAP: case op.UNPACK_SEQUENCE: return String(arg)
    default: return ''
  }
}

const LOADS = new Set([op.LOAD_FAST, op.LOAD_CONST, op.LOAD_NAME, op.LOAD_GLOBAL, op.LOAD_DEREF, op.LOAD_CLOSURE])

export const isLoad = ({ code, pc }: InterpreterFrame): boolean => pc >= 0 && LOADS.has(code.ops[pc]! & 0xff)

/** Index of the operand that is on top. Slots above it are empty. */
function topOf({ localsplus, code }: InterpreterFrame): number {
  let top = localsplus.length - 1
  while (top >= code.nlocalsplus && localsplus[top] === null) top--
  return top
}

const onStack = (frame: InterpreterFrame, o: PyObject): boolean => frame.localsplus.indexOf(o, frame.code.nlocalsplus) >= 0

/** Operands in `holderTemplate`: the one on top, the one below it, what is called, what items are put into. */
const TOP = '{top}'
const SECOND = '{second}'
const CALL = '{call}'
const ITEM = '{item}'

/** `took`: a reference is taken; else one is dropped. `before`: one was taken by this very run of the instruction. */
export function holderOf(frame: InterpreterFrame, target: PyObject, took: boolean, before: boolean): string {
  const template = holderTemplate(frame.code, frame.pc, frame.f_locals === frame.f_globals, took, before)
  const operand = (depth: number): string => {
    const o = frame.localsplus[topOf(frame) - depth]
    return o ? describe(o) : 'object'
  }
  if (template === CALL) return took || !onStack(frame, target) ? `call of ${calleeOf(frame, frame.code.ops[frame.pc]! >>> 8)}` : 'evaluation stack'
  if (template === ITEM) return took || !onStack(frame, target) ? 'item of a container in the making' : 'evaluation stack'
  if (template.endsWith(TOP)) return template.replace(TOP, operand(0))
  return template.endsWith(SECOND) ? template.replace(SECOND, operand(1)) : template
}

/** The same without operands: one text an instruction, so that it can be kept. */
export function holderWords(code: CodeData, pc: number, inModule: boolean, took: boolean, before: boolean): string {
  const template = holderTemplate(code, pc, inModule, took, before)
  return template === CALL ? 'call' : template === ITEM ? 'item of a container in the making'
    : template.replace(TOP, 'an object').replace(SECOND, 'a container')
}

function holderTemplate(code: CodeData, pc: number, inModule: boolean, took: boolean, before: boolean): string {
  const function_ = text(code.co_qualname)
  if (pc < 0) return `call of ${function_}`
  const instruction = code.ops[pc]!
  const arg = instruction >>> 8
  // What was stored was on the stack until then; otherwise it is what was there before that goes.
  const stored = took || !before
  switch (instruction & 0xff) {
    case op.STORE_NAME: case op.DELETE_NAME:
      return !stored ? 'evaluation stack' : inModule ? `global ${text(code.names[arg])}` : `name ${text(code.names[arg])} in ${function_}`
    case op.STORE_GLOBAL: case op.DELETE_GLOBAL: return stored ? `global ${text(code.names[arg])}` : 'evaluation stack'
    case op.STORE_ATTR: case op.DELETE_ATTR: return stored ? `.${text(code.names[arg])} of ${TOP}` : 'evaluation stack'
    case op.STORE_SUBSCR: return stored ? `item of ${SECOND}` : 'evaluation stack'
    case op.DELETE_SUBSCR: return took ? 'evaluation stack' : `item of ${SECOND}`
    case op.STORE_FAST: case op.DELETE_FAST: return `local ${text(code.localNames[arg])} of ${function_}`
    case op.STORE_DEREF: case op.DELETE_DEREF: return `cell ${text(code.localNames[arg])} of ${function_}`
    case op.MAKE_CELL: case op.COPY_FREE_VARS: return `cell of ${function_}`
    case op.LIST_APPEND: case op.SET_ADD: case op.MAP_ADD: case op.LIST_EXTEND: case op.SET_UPDATE: case op.DICT_UPDATE: case op.DICT_MERGE:
      return ITEM
    case op.BUILD_MAP: case op.BUILD_CONST_KEY_MAP: case op.BUILD_SET: return took ? 'item of a new container' : 'evaluation stack'
    case op.MAKE_FUNCTION: return 'new function'
    case op.CALL: case op.CALL_FUNCTION_EX: return CALL
    case op.RETURN_VALUE: return `frame of ${function_}, which ends`
    case op.IMPORT_NAME: case op.IMPORT_FROM: return 'import'
    case op.RAISE_VARARGS: case op.RERAISE: case op.PUSH_EXC_INFO: case op.POP_EXCEPT: case op.CHECK_EXC_MATCH: return 'exception handling'
    default: return took && LOADS.has(instruction & 0xff) ? destination(code, pc) : 'evaluation stack'
  }
}

const NEW_CONTAINERS: Record<number, string> = { [op.BUILD_LIST]: 'list', [op.BUILD_TUPLE]: 'tuple', [op.BUILD_SET]: 'set' }

/** Where a reference that is loaded goes with the instructions that follow, as far as they only load more. */
function destination(code: CodeData, pc: number): string {
  // How deep it lies on the stack.
  let depth = 1
  for (let at = pc + 1; at < code.ops.length; at++) {
    const instruction = code.ops[at]!
    const opcode = instruction & 0xff
    const arg = instruction >>> 8
    if (LOADS.has(opcode) || opcode === op.PUSH_NULL) depth += opcode === op.LOAD_GLOBAL && (arg & 1) !== 0 ? 2 : 1
    else if (opcode === op.LOAD_METHOD && depth > 1) depth++
    else if (opcode === op.LOAD_ATTR && depth > 1 || opcode === op.KW_NAMES) continue
    else if (opcode === op.STORE_FAST && depth === 1) return `local ${text(code.localNames[arg])} of ${text(code.co_qualname)}`
    else if (opcode === op.RETURN_VALUE && depth === 1) return `returned by ${text(code.co_qualname)}`
    else if (NEW_CONTAINERS[opcode] !== undefined && depth <= arg) return `item of a new ${NEW_CONTAINERS[opcode]}`
    else if (opcode === op.CALL && depth <= arg) return 'argument of a call'
    else break
  }
  return 'evaluation stack'
}

/** What is called, as far as its place on the stack is known: NULL, callable, arguments or callable, self, arguments. */
function calleeOf(frame: InterpreterFrame, count: number): string {
  const top = topOf(frame)
  for (const at of [top - count, top - count - 1]) {
    const o = at >= frame.code.nlocalsplus ? frame.localsplus[at] : null
    if (!o) continue
    if (o instanceof PyTypeObject) return nameText(o.tp_name)
    const v = o.v as unknown
    if (v instanceof CFunctionData) return nameText(v.m_ml.ml_name)
    if (v instanceof FunctionData) return nameText(PyUnicode_AsString(v.func_qualname))
    if (v instanceof MethodData && v.im_func.v instanceof FunctionData) return nameText(PyUnicode_AsString(v.im_func.v.func_qualname))
    if (typeof (v as { d_name?: unknown } | null)?.d_name === 'object') return `${nameText(((v as { d_type: PyTypeObject }).d_type).tp_name)}.${text((v as { d_name: PyObject }).d_name)}`
  }
  return 'a function'
}
