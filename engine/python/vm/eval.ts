// The evaluation loop: one switch over decoded CPython 3.11 bytecode (see objects/codeobject.ts).
//
// Layout. `frame` is the running frame; its code's arrays, its storage `st` and the indices `sp` (next free stack
// slot) and `pc` live in local variables. `st` holds locals first, then the operand stack; slots above sp hold null.
// A case ends with `continue` (next instruction) or with `break`, which means that an exception is set and falls into
// the unwinding code behind the switch. Python-to-Python calls replace `frame` without a JavaScript call; a frame with
// `isEntry` returns to the JavaScript caller. Before anything that may allocate, `frame.pc` is up to date, because
// events, tracebacks and line numbers read it.
//
// References: values on the stack are owned by it. Comments name CPython's opcode only where the code does not.
import type { CodeData } from '../objects/codeobject'
import { prepareCaches } from '../objects/codeobject'
import { Py_False, Py_True } from '../objects/boolobject'
import { PyErr_Clear, PyErr_ExceptionMatches, PyErr_Restore } from '../objects/errors'
import { PyExc_StopIteration, PyException_GetTraceback } from '../objects/exceptions'
import { FRAME_OWNED_BY_GENERATOR, InterpreterFrame, frameGetObject, frameIsIncomplete } from '../objects/frameobject'
import { PyFunction_Type, type FunctionData } from '../objects/funcobject'
import { PyGen_Type, endedInLoop, makeGenerator, resumeInLoop, yieldedInLoop, type GenData } from '../objects/genobject'
import { PyList_FromArraySteal, PyList_Type, _PyList_AppendTakeRef, type ListData } from '../objects/listobject'
import { PyLong_FromLong, PyLong_Type, long_dealloc } from '../objects/longobject'
import { PyFloat_FromDouble, PyFloat_Type } from '../objects/floatobject'
import { PyMethod_Type, type MethodData } from '../objects/classobject'
import { PyObject_GetItem, PyObject_GetIter, PyObject_SetItem, PySequence_Contains, PySequence_Tuple } from '../objects/abstract'
import { PyMethodDescr_Type } from '../objects/descrobject'
import { PyObject_Vectorcall } from '../objects/call'
import { PyObject_IsTrue, PyObject_RichCompare, PyObject_Str } from '../objects/object-protocol'
import { CO_OPTIMIZED } from '../bytecode/code'
import { PYGEN_ERROR, PYGEN_NEXT, PyObject, PyType_Type, type PyTypeObject, SEND_RESULT } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray, PyTuple_Type } from '../objects/tupleobject'
import { PyUnicode_Append } from '../objects/unicode-methods'
import { PyUnicode_CheckExact, PyUnicode_Type } from '../objects/unicodeobject'
import { PyTraceBack_Here } from '../objects/traceback'
import { _PyRuntime, _Py_CheckRecursiveCall } from '../objects/runtime'
import { binaryOp } from './binary-ops'
import { loadAttr, loadGlobal, loadMethod, methodSelf, storeAttr } from './names'
import { popFrame, pushAndInit } from './call-frame'
import { callBuiltinMethod } from './call-method'
import { abandonInit, enterInit, leaveInit } from './instantiate'
import { handlePending } from './eval-breaker'
import { frameFor, mayBlock } from './threads'
import {
  callFunctionEx, checkExceptType, doRaise, fetchNormalized, formatExcUnbound, isStopAsyncIteration, sendByMethod,
  sendStopped, unboundLocal, unpackSequence,
} from './ops'
import { rareOp } from './rare-ops'
import * as op from './opcodes'

/** QUICKENING_WARMUP_DELAY: a code object is specialised after so many calls and backward jumps. */
const WARMUP = 8

/** Where each frame's handler row is found: the innermost row that covers an instruction. -1: none. */
function handlerRow(code: CodeData, pc: number): number {
  const rows = code.handlers
  // Rows are sorted and do not overlap; few per code object.
  for (let i = 0; i < rows.length; i += 5) if (pc >= rows[i]! && pc < rows[i + 1]!) return i
  return -1
}

/** Releases the callable and the arguments of a finished call from the caller's stack. The new stack top. */
function dropOperands(st: (PyObject | null)[], sp: number, count: number): number {
  const first = sp - count
  // A class is called plainly: NULL, callable, arguments.
  const callable = st[first - 1]!
  st[first - 1] = null
  if (--callable.ob_refcnt === 0) callable.ob_type.tp_dealloc(callable)
  for (let i = first; i < sp; i++) {
    const o = st[i]!
    st[i] = null
    if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
  }
  return first - 2
}

/** Instruction index of a code unit. */
function indexOfUnit(code: CodeData, unit: number): number {
  const offsets = code.offsets
  let low = 0
  let high = offsets.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (offsets[middle]! <= unit) low = middle
    else high = middle - 1
  }
  return low
}

const LESS = 1
const EQUAL = 2
const GREATER = 4
/** Which orders make an operator true, three bits each: < <= == != > >= from the lowest. */
const INT_ORDERS = 0o645231

// States of the outer loop.
const START = 0
const START_THROWING = 1
const RUN = 2
/** An instruction failed: add this frame to the traceback, then unwind. */
const ERROR = 3
/** Unwind without adding to the traceback. */
const UNWIND = 4
/** The frame ends with an exception. */
const UNWIND_EXIT = 5

/**
 * Runs a frame until it returns, yields or fails. The frame must not be linked yet; the caller gives up its ownership
 * (frames of generators stay with their generator). `throwing`: the frame resumes with the exception that is set;
 * `resuming`: the top frame of a thread that was suspended runs on, at the same call.
 * NEW reference, or null with an exception set.
 */
export function _PyEval_EvalFrame(entry: InterpreterFrame, throwing = false, resuming = false): PyObject | null {
  const rt = _PyRuntime
  const tstate = rt.tstate
  const tickBase = rt.tickBase
  const none = Py_None
  const True = Py_True
  const False = Py_False
  let frame = entry
  if (!resuming) {
    frame.isEntry = true
    frame.previous = tstate.frame
    tstate.frame = frame
  }
  tstate.evalDepth++
  let code = frame.code
  let ops = code.ops
  let st = frame.localsplus
  let sp = frame.sp
  let pc = frame.pc
  // Instructions executed = tickBase + pc of the running frame: whatever changes that frame keeps the sum where it is. The
  // caller of this loop stands at the same instruction until the loop is left.
  const callerPc = resuming || frame.previous === null ? 0 : frame.previous.pc
  tickBase[0]! += callerPc - pc
  let kwnames: PyObject | null = null
  /** The instruction whose handler row is looked up, when it is not the one that counts as last executed; else -1. */
  let rethrowFrom = -1
  /** What happens next at the top of the outer loop. */
  let state = throwing ? START_THROWING : START
  if (resuming) {
    kwnames = frame.resumeKwnames
    frame.resumeKwnames = null
    state = RUN
  }

  for (;;) {
    if (state === START || state === START_THROWING) {
      // start_frame
      if (--tstate.recursion_remaining < 0 && _Py_CheckRecursiveCall(tstate, '')) {
        tstate.recursion_remaining--
        state = UNWIND_EXIT
      } else {
        if (code.cacheKey === null) prepareCaches(code)
        if (state === START_THROWING) state = ERROR
        else {
          pc++
          state = RUN
        }
      }
    }
    if (state === RUN) {
      state = ERROR
      for (;;) {
        frame.pc = pc
        const instruction = ops[pc]!
        const arg = instruction >>> 8
        switch (instruction & 0xff) {
          case op.NOP:
            pc++
            continue
          case op.RESUME:
            if (code.warmup < WARMUP) code.warmup++
            pc++
            if (rt.evalBreaker && arg < 2 && handlePending(tstate)) break
            continue
          case op.LOAD_FAST: {
            const o = st[arg]!
            if (o === null) {
              unboundLocal(code, arg)
              break
            }
            o.ob_refcnt++
            st[sp++] = o
            pc++
            continue
          }
          case op.LOAD_CLOSURE: {
            const o = st[arg]!
            o.ob_refcnt++
            st[sp++] = o
            pc++
            continue
          }
          case op.LOAD_CONST: {
            const o = code.consts[arg]!
            o.ob_refcnt++
            st[sp++] = o
            pc++
            continue
          }
          case op.STORE_FAST: {
            const old = st[arg]!
            st[arg] = st[--sp]!
            st[sp] = null
            pc++
            if (old !== null && --old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
            continue
          }
          case op.POP_TOP: {
            const o = st[--sp]!
            st[sp] = null
            pc++
            if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            continue
          }
          case op.PUSH_NULL:
            st[sp++] = null
            pc++
            continue
          case op.UNARY_NOT: {
            const o = st[sp - 1]!
            const truth = o === True ? 1 : o === False ? 0 : PyObject_IsTrue(o)
            st[sp - 1] = null
            if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            if (truth < 0) {
              sp--
              break
            }
            const result = truth === 0 ? True : False
            result.ob_refcnt++
            st[sp - 1] = result
            pc++
            continue
          }
          case op.BINARY_OP: {
            const a = st[sp - 2]!
            const b = st[sp - 1]!
            let result: PyObject | null
            // One-digit ints only: longer ones take blocks of other sizes.
            if (a.ob_type === PyLong_Type && b.ob_type === PyLong_Type && typeof a.v === 'number' && typeof b.v === 'number'
              && a.v < 0x40000000 && a.v > -0x40000000 && b.v < 0x40000000 && b.v > -0x40000000) {
              let n: number
              switch (arg) {
                case 0: case 13: n = a.v + b.v; break
                case 10: case 23: n = a.v - b.v; break
                case 5: case 18: n = a.v * b.v; break
                case 1: case 14: n = a.v & b.v; break
                case 2: case 15: n = a.v > 0 && b.v > 0 ? Math.floor(a.v / b.v) : NaN; break
                case 6: case 19: n = a.v > 0 && b.v > 0 ? a.v % b.v : NaN; break
                default: n = NaN
              }
              // A product that leaves the safe range may have been rounded; NaN goes the general way, too.
              result = n >= -9007199254740991 && n <= 9007199254740991 ? PyLong_FromLong(n === 0 ? 0 : n) : binaryOp(a, b, arg)
              if (result !== null) {
                st[--sp] = null
                if (--a.ob_refcnt === 0) long_dealloc(a)
                if (--b.ob_refcnt === 0) long_dealloc(b)
                st[sp - 1] = result
                pc++
                continue
              }
            } else if (a.ob_type === PyFloat_Type && b.ob_type === PyFloat_Type && (arg === 0 || arg === 13 || arg === 10 || arg === 23 || arg === 5 || arg === 18)) {
              const x = a.v as number
              const y = b.v as number
              result = PyFloat_FromDouble(arg === 0 || arg === 13 ? x + y : arg === 10 || arg === 23 ? x - y : x * y)
            } else if ((arg === 0 || arg === 13) && a.ob_type === PyUnicode_Type && code.warmup >= WARMUP
              && (ops[pc + 1]! & 0xff) === op.STORE_FAST && st[ops[pc + 1]! >>> 8] === a && PyUnicode_CheckExact(b)) {
              // BINARY_OP_INPLACE_ADD_UNICODE: the local gives its reference up, so that the text can grow in place.
              const local = ops[pc + 1]! >>> 8
              st[local] = null
              st[sp - 1] = null
              st[sp - 2] = null
              sp -= 2
              a.ob_refcnt--
              const grown = PyUnicode_Append(a, b)
              if (--b.ob_refcnt === 0) b.ob_type.tp_dealloc(b)
              if (grown === null) break
              st[local] = grown
              // The STORE_FAST is done.
              pc += 2
              continue
            } else result = binaryOp(a, b, arg)
            sp--
            st[sp] = null
            if (--a.ob_refcnt === 0) a.ob_type.tp_dealloc(a)
            if (--b.ob_refcnt === 0) b.ob_type.tp_dealloc(b)
            if (result === null) {
              st[--sp] = null
              break
            }
            st[sp - 1] = result
            pc++
            continue
          }
          case op.BINARY_SUBSCR: {
            const container = st[sp - 2]!
            const sub = st[sp - 1]!
            let result: PyObject | null
            if (sub.ob_type === PyLong_Type && (container.ob_type === PyList_Type || container.ob_type === PyTuple_Type)) {
              const items = container.ob_type === PyList_Type ? (container.v as ListData).ob_item : container.v as PyObject[]
              const i = sub.v as number
              if (i >= 0 && i < items.length) {
                result = items[i]!
                result.ob_refcnt++
              } else result = PyObject_GetItem(container, sub)
            } else result = PyObject_GetItem(container, sub)
            sp--
            st[sp] = null
            st[sp - 1] = result
            if (--container.ob_refcnt === 0) container.ob_type.tp_dealloc(container)
            if (--sub.ob_refcnt === 0) sub.ob_type.tp_dealloc(sub)
            if (result === null) {
              sp--
              break
            }
            pc++
            continue
          }
          case op.STORE_SUBSCR: {
            const sub = st[sp - 1]!
            const container = st[sp - 2]!
            const value = st[sp - 3]!
            const failed = PyObject_SetItem(container, sub, value) !== 0
            st[sp - 1] = st[sp - 2] = st[sp - 3] = null
            sp -= 3
            if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
            if (--container.ob_refcnt === 0) container.ob_type.tp_dealloc(container)
            if (--sub.ob_refcnt === 0) sub.ob_type.tp_dealloc(sub)
            if (failed) break
            pc++
            continue
          }
          case op.COMPARE_OP: {
            const a = st[sp - 2]!
            const b = st[sp - 1]!
            let result: PyObject | null
            if (a.ob_type === PyLong_Type && b.ob_type === PyLong_Type) {
              const x = a.v as number
              const y = b.v as number
              // One comparison for all operators: V8 learns it once. == between a number and a bigint is exact in JavaScript.
              const order = x < y ? LESS : x == y ? EQUAL : GREATER
              const truth = (INT_ORDERS >> 3 * arg & order) !== 0
              const following = ops[pc + 1]!
              const jump = following & 0xff
              if (jump === op.POP_JUMP_FORWARD_IF_FALSE || jump === op.POP_JUMP_BACKWARD_IF_FALSE) {
                // COMPARE_OP_INT_JUMP: two instructions at once, without an object between them.
                st[--sp] = null
                st[--sp] = null
                if (--a.ob_refcnt === 0) long_dealloc(a)
                if (--b.ob_refcnt === 0) long_dealloc(b)
                pc++
                if (truth) pc++
                else {
                  tickBase[0]! += pc - (following >>> 8)
                  pc = following >>> 8
                }
                continue
              }
              result = truth ? True : False
              result.ob_refcnt++
            } else result = PyObject_RichCompare(a, b, arg)
            sp--
            st[sp] = null
            st[sp - 1] = result
            if (--a.ob_refcnt === 0) a.ob_type.tp_dealloc(a)
            if (--b.ob_refcnt === 0) b.ob_type.tp_dealloc(b)
            if (result === null) {
              sp--
              break
            }
            pc++
            continue
          }
          case op.POP_JUMP_FORWARD_IF_FALSE:
          case op.POP_JUMP_BACKWARD_IF_FALSE: {
            const o = st[--sp]!
            st[sp] = null
            if (o === True) {
              o.ob_refcnt--
              pc++
              continue
            }
            if (o === False) o.ob_refcnt--
            else {
              const truth = PyObject_IsTrue(o)
              if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
              if (truth < 0) break
              if (truth > 0) {
                pc++
                continue
              }
            }
            tickBase[0]! += pc - arg
            pc = arg
            continue
          }
          case op.POP_JUMP_FORWARD_IF_TRUE:
          case op.POP_JUMP_BACKWARD_IF_TRUE: {
            const o = st[--sp]!
            st[sp] = null
            if (o === False) {
              o.ob_refcnt--
              pc++
              continue
            }
            if (o === True) o.ob_refcnt--
            else {
              const truth = PyObject_IsTrue(o)
              if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
              if (truth < 0) break
              if (truth === 0) {
                pc++
                continue
              }
            }
            tickBase[0]! += pc - arg
            pc = arg
            continue
          }
          case op.POP_JUMP_FORWARD_IF_NONE:
          case op.POP_JUMP_BACKWARD_IF_NONE: {
            const o = st[--sp]!
            st[sp] = null
            if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            if (o === none) {
              tickBase[0]! += pc - arg
              pc = arg
            } else pc++
            continue
          }
          case op.POP_JUMP_FORWARD_IF_NOT_NONE:
          case op.POP_JUMP_BACKWARD_IF_NOT_NONE: {
            const o = st[--sp]!
            st[sp] = null
            if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            if (o !== none) {
              tickBase[0]! += pc - arg
              pc = arg
            } else pc++
            continue
          }
          case op.JUMP_IF_FALSE_OR_POP:
          case op.JUMP_IF_TRUE_OR_POP: {
            const o = st[sp - 1]!
            const truth = o === True ? 1 : o === False ? 0 : PyObject_IsTrue(o)
            if (truth < 0) break
            if ((truth > 0) === ((instruction & 0xff) === op.JUMP_IF_TRUE_OR_POP)) {
              tickBase[0]! += pc - arg
              pc = arg
              continue
            }
            st[--sp] = null
            if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            pc++
            continue
          }
          case op.JUMP_FORWARD:
          case op.JUMP_BACKWARD_NO_INTERRUPT:
            tickBase[0]! += pc - arg
            pc = arg
            continue
          case op.JUMP_BACKWARD:
            if (code.warmup < WARMUP) code.warmup++
            if ((rt.evalBreaker || --rt.countdown <= 0) && handlePending(tstate)) break
            // A jump to itself is all of an endless loop: its time must pass too.
            tickBase[0]! += pc === arg ? 1 : pc - arg
            pc = arg
            continue
          case op.LOAD_GLOBAL: {
            const value = loadGlobal(frame, code, pc, arg >> 1)
            if (value === null) break
            if ((arg & 1) !== 0) st[sp++] = null
            st[sp++] = value
            pc++
            continue
          }
          case op.LOAD_DEREF: {
            const value = st[arg]!.v.ob_ref as PyObject | null
            if (value === null) {
              formatExcUnbound(code, arg)
              break
            }
            value.ob_refcnt++
            st[sp++] = value
            pc++
            continue
          }
          case op.STORE_DEREF: {
            const cell = st[arg]!
            const old = cell.v.ob_ref as PyObject | null
            cell.v.ob_ref = st[--sp]!
            st[sp] = null
            pc++
            if (old !== null && --old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
            continue
          }
          case op.LOAD_ATTR: {
            const owner = st[sp - 1]!
            const value = loadAttr(owner, code, pc, arg)
            st[sp - 1] = value
            if (--owner.ob_refcnt === 0) owner.ob_type.tp_dealloc(owner)
            if (value === null) {
              sp--
              break
            }
            pc++
            continue
          }
          case op.STORE_ATTR: {
            const owner = st[sp - 1]!
            const value = st[sp - 2]!
            const failed = storeAttr(owner, code, pc, arg, value) !== 0
            st[sp - 1] = st[sp - 2] = null
            sp -= 2
            if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
            if (--owner.ob_refcnt === 0) owner.ob_type.tp_dealloc(owner)
            if (failed) break
            pc++
            continue
          }
          case op.LOAD_METHOD: {
            const owner = st[sp - 1]!
            const method = loadMethod(owner, code, pc, arg)
            if (method === null) {
              st[--sp] = null
              if (--owner.ob_refcnt === 0) owner.ob_type.tp_dealloc(owner)
              break
            }
            if (methodSelf.unbound) {
              st[sp - 1] = method
              st[sp++] = owner
            } else {
              st[sp - 1] = null
              st[sp++] = method
              if (--owner.ob_refcnt === 0) owner.ob_type.tp_dealloc(owner)
            }
            pc++
            continue
          }
          case op.KW_NAMES:
            kwnames = code.consts[arg]!
            pc++
            continue
          case op.CALL: {
            let isMethod = st[sp - arg - 2] === null ? 0 : 1
            let callable: PyObject
            if (isMethod === 0) {
              callable = st[sp - arg - 1]!
              if (callable.ob_type === PyMethod_Type) {
                // PRECALL unpacks a bound method.
                const bound = callable.v as MethodData
                const self = bound.im_self
                self.ob_refcnt++
                st[sp - arg - 1] = self
                const func = bound.im_func
                func.ob_refcnt++
                st[sp - arg - 2] = func
                if (--callable.ob_refcnt === 0) callable.ob_type.tp_dealloc(callable)
                callable = func
                isMethod = 1
              }
            } else callable = st[sp - arg - 2]!
            const total = arg + isMethod
            const first = sp - total
            const names = kwnames
            const positional = names === null ? total : total - (names.v as PyObject[]).length
            kwnames = null
            if (callable.ob_type === PyFunction_Type) {
              const fn = callable.v as FunctionData
              const callee = fn.func_code!.v as CodeData
              let locals: PyObject | null = null
              if ((callee.co_flags & CO_OPTIMIZED) === 0) {
                locals = fn.func_globals
                locals.ob_refcnt++
              }
              const next = pushAndInit(callable, locals, st, first, positional, names)
              for (let i = first - 2 + isMethod; i < sp; i++) st[i] = null
              sp = first - 2 + isMethod
              if (--callable.ob_refcnt === 0) callable.ob_type.tp_dealloc(callable)
              if (next === null) break
              frame.sp = sp
              next.previous = frame
              frame = next
              tstate.frame = next
              tickBase[0]! += pc + 1
              code = next.code
              ops = code.ops
              st = next.localsplus
              sp = code.nlocalsplus
              pc = -1
              state = START
              break
            }
            if (callable.ob_type === PyType_Type && names === null && isMethod === 0) {
              if (arg === 1 && code.warmup >= WARMUP && (callable === PyUnicode_Type || callable === PyTuple_Type)) {
                // PRECALL_NO_KW_STR_1 and PRECALL_NO_KW_TUPLE_1: no tuple of arguments.
                const only = st[sp - 1]!
                const made = callable === PyUnicode_Type ? PyObject_Str(only) : PySequence_Tuple(only)
                st[sp - 1] = st[sp - 2] = null
                if (--only.ob_refcnt === 0) only.ob_type.tp_dealloc(only)
                callable.ob_refcnt--
                sp -= 2
                if (made === null) {
                  st[sp - 1] = null
                  sp--
                  break
                }
                st[sp - 1] = made
                pc++
                if (rt.evalBreaker && handlePending(tstate)) break
                continue
              }
              const next = enterInit(callable as PyTypeObject, st, first, total)
              if (next !== null) {
                // The operands stay until the call is over.
                frame.sp = sp
                next.previous = frame
                frame = next
                tstate.frame = next
                tickBase[0]! += pc + 1
                code = next.code
                ops = code.ops
                st = next.localsplus
                sp = code.nlocalsplus
                pc = -1
                state = START
                break
              }
            }
            let result: PyObject | null
            if (callable.ob_type === PyMethodDescr_Type && isMethod === 1 && names === null && !tstate.scheduled) {
              result = callBuiltinMethod(callable, st, first, total)
            } else {
              if (tstate.scheduled && tstate.evalDepth === 1) rt.maySuspend = mayBlock(callable)
              result = PyObject_Vectorcall(callable, st.slice(first, sp) as PyObject[], positional, names)
              if (tstate.scheduled) {
                rt.maySuspend = false
                if (result === null && rt.blockedOn !== null) {
                  // The thread waits: the call is made again when its condition holds (see threads.ts).
                  kwnames = names
                  break
                }
              }
            }
            if (--callable.ob_refcnt === 0) callable.ob_type.tp_dealloc(callable)
            for (let i = first; i < sp; i++) {
              const o = st[i]!
              st[i] = null
              if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            }
            sp = first - 1 + isMethod
            st[sp - 1] = result
            if (isMethod === 0) st[sp] = null
            if (result === null) {
              sp--
              break
            }
            pc++
            if (rt.evalBreaker && handlePending(tstate)) break
            continue
          }
          case op.CALL_FUNCTION_EX: {
            // Stack: NULL, callable, args[, kwargs]
            const base = sp - (arg & 1) - 3
            if (tstate.scheduled && tstate.evalDepth === 1) {
              // Among several threads the call stays in this loop, so that the thread can be suspended within.
              // DIFFERS: the argument tuple does not live until the end of the call.
              const next = frameFor(st[base + 1]!, st[base + 2]!, (arg & 1) !== 0 ? st[base + 3]! : null)
              if (next !== null) {
                for (let i = base; i < sp; i++) {
                  const o = st[i]!
                  st[i] = null
                  if (o !== null && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
                }
                sp = base
                frame.sp = sp
                next.previous = frame
                frame = next
                tstate.frame = next
                tickBase[0]! += pc + 1
                code = next.code
                ops = code.ops
                st = next.localsplus
                sp = code.nlocalsplus
                pc = -1
                state = START
                break
              }
            }
            const result = tstate.curexc_type !== null ? null : callFunctionEx(st, sp, arg)
            for (let i = base; i < sp; i++) {
              const o = st[i]!
              st[i] = null
              if (o !== null && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
            }
            sp = base
            if (result === null) break
            st[sp++] = result
            pc++
            if (rt.evalBreaker && handlePending(tstate)) break
            continue
          }
          case op.RETURN_VALUE: {
            const result = st[--sp]!
            st[sp] = null
            frame.sp = sp
            tstate.recursion_remaining++
            tickBase[0]! += pc
            if (frame.isEntry) {
              tstate.frame = frame.previous
              tstate.evalDepth--
              tickBase[0]! += 1 - callerPc
              if (frame.owner !== FRAME_OWNED_BY_GENERATOR) popFrame(frame)
              else (frame.generator!.v as GenData).returned = true
              return result
            }
            const caller = frame.previous!
            tstate.frame = caller
            pc = caller.pc
            tickBase[0]! -= pc
            if (frame.owner === FRAME_OWNED_BY_GENERATOR) {
              // The FOR_ITER that asked for a value finds its end.
              tickBase[0]! += 1
              endedInLoop(frame, result)
              frame = caller
              code = frame.code
              ops = code.ops
              st = frame.localsplus
              sp = frame.sp
              if (tstate.curexc_type !== null) PyErr_Clear()
              const iterator = st[--sp]!
              st[sp] = null
              if (--iterator.ob_refcnt === 0) iterator.ob_type.tp_dealloc(iterator)
              const target = ops[pc]! >>> 8
              tickBase[0]! += pc - target
              pc = target
              continue
            }
            const instantiation = frame.instantiation
            frame.instantiation = null
            popFrame(frame)
            frame = caller
            code = frame.code
            ops = code.ops
            st = frame.localsplus
            sp = frame.sp
            if (instantiation !== null) {
              const made = leaveInit(instantiation, result)
              sp = dropOperands(st, sp, instantiation.operands)
              if (made === null) break
              st[sp++] = made
              pc++
              continue
            }
            st[sp++] = result
            pc++
            continue
          }
          case op.RETURN_GENERATOR: {
            const generator = makeGenerator(frame)
            if (generator === null) break
            frame.sp = sp
            const caller = frame.previous
            frame.owner = FRAME_OWNED_BY_GENERATOR
            frame.previous = null
            tstate.recursion_remaining++
            tickBase[0]! += pc
            tstate.frame = caller
            if (frame.isEntry) {
              tstate.evalDepth--
              tickBase[0]! += 1 - callerPc
              return generator
            }
            frame = caller!
            code = frame.code
            ops = code.ops
            st = frame.localsplus
            sp = frame.sp
            pc = frame.pc
            tickBase[0]! -= pc
            st[sp++] = generator
            pc++
            continue
          }
          case op.YIELD_VALUE: {
            const result = st[--sp]!
            st[sp] = null
            frame.sp = sp
            tstate.recursion_remaining++
            const caller = frame.previous
            tstate.frame = caller
            if (frame.isEntry) {
              tickBase[0]! += pc + 1 - callerPc
              frame.previous = null
              tstate.evalDepth--
              return result
            }
            // To the FOR_ITER that asked for the value.
            tickBase[0]! += pc + 1 - caller!.pc
            yieldedInLoop(frame)
            frame = caller!
            code = frame.code
            ops = code.ops
            st = frame.localsplus
            sp = frame.sp
            st[sp++] = result
            pc = frame.pc + 1
            continue
          }
          case op.SEND: {
            const value = st[sp - 1]!
            const receiver = st[sp - 2]!
            let status: number
            if (receiver.ob_type.am_send !== null) status = receiver.ob_type.am_send(receiver, value)
            else if (value === none && receiver.ob_type.tp_iternext !== null) {
              SEND_RESULT.value = receiver.ob_type.tp_iternext(receiver)
              status = SEND_RESULT.value !== null ? PYGEN_NEXT : sendStopped()
            } else status = sendByMethod(receiver, value)
            const result = SEND_RESULT.value
            SEND_RESULT.value = null
            st[--sp] = null
            if (--value.ob_refcnt === 0) value.ob_type.tp_dealloc(value)
            if (status === PYGEN_ERROR) break
            if (status === PYGEN_NEXT) {
              st[sp++] = result
              pc++
              continue
            }
            // PYGEN_RETURN: the receiver is done; its value replaces it.
            st[sp - 1] = result
            if (--receiver.ob_refcnt === 0) receiver.ob_type.tp_dealloc(receiver)
            tickBase[0]! += pc - arg
            pc = arg
            continue
          }
          case op.END_ASYNC_FOR: {
            // Stack: async iterator, exception.
            const exception = st[--sp]!
            st[sp] = null
            const iterator = st[--sp]!
            st[sp] = null
            if (isStopAsyncIteration(exception)) {
              if (--exception.ob_refcnt === 0) exception.ob_type.tp_dealloc(exception)
              if (--iterator.ob_refcnt === 0) iterator.ob_type.tp_dealloc(iterator)
              pc++
              continue
            }
            exception.ob_type.ob_refcnt++
            PyErr_Restore(exception.ob_type, exception, PyException_GetTraceback(exception))
            // The iterator goes with the stack.
            st[sp++] = iterator
            state = UNWIND
            break
          }
          case op.GET_ITER: {
            const iterable = st[sp - 1]!
            const iterator = PyObject_GetIter(iterable)
            st[sp - 1] = iterator
            if (--iterable.ob_refcnt === 0) iterable.ob_type.tp_dealloc(iterable)
            if (iterator === null) {
              sp--
              break
            }
            pc++
            continue
          }
          case op.FOR_ITER: {
            const iterator = st[sp - 1]!
            if (iterator.ob_type === PyGen_Type && !tstate.scheduled) {
              const generator = resumeInLoop(iterator)
              if (generator !== null) {
                frame.sp = sp
                generator.isEntry = false
                generator.previous = frame
                frame = generator
                tstate.frame = generator
                tickBase[0]! += pc - generator.pc
                code = generator.code
                ops = code.ops
                st = generator.localsplus
                sp = generator.sp
                pc = generator.pc
                state = START
                break
              }
            }
            const next = iterator.ob_type.tp_iternext!(iterator)
            if (next !== null) {
              st[sp++] = next
              pc++
              continue
            }
            if (tstate.curexc_type !== null) {
              if (!PyErr_ExceptionMatches(PyExc_StopIteration)) break
              PyErr_Clear()
            }
            st[--sp] = null
            if (--iterator.ob_refcnt === 0) iterator.ob_type.tp_dealloc(iterator)
            tickBase[0]! += pc - arg
            pc = arg
            continue
          }
          case op.BUILD_TUPLE: {
            // PyTuple_FromArray keeps the array: the slice is the tuple's own.
            const o = PyTuple_FromArray(st.slice(sp - arg, sp) as PyObject[], true)
            for (let i = sp - arg; i < sp; i++) st[i] = null
            sp -= arg
            st[sp++] = o
            pc++
            continue
          }
          case op.BUILD_LIST: {
            const o = PyList_FromArraySteal(st.slice(sp - arg, sp) as PyObject[])
            for (let i = sp - arg; i < sp; i++) st[i] = null
            sp -= arg
            st[sp++] = o
            pc++
            continue
          }
          case op.LIST_APPEND: {
            const item = st[--sp]!
            st[sp] = null
            if (_PyList_AppendTakeRef(st[sp - arg]!.v as ListData, item) < 0) break
            pc++
            continue
          }
          case op.UNPACK_SEQUENCE: {
            const sequence = st[--sp]!
            st[sp] = null
            // Until the code is specialised, every sequence is unpacked through an iterator.
            if (code.warmup >= WARMUP && (sequence.ob_type === PyTuple_Type || sequence.ob_type === PyList_Type)) {
              const items = sequence.ob_type === PyTuple_Type ? sequence.v as PyObject[] : (sequence.v as ListData).ob_item
              if (items.length === arg) {
                for (let i = arg - 1; i >= 0; i--) {
                  const o = items[i]!
                  o.ob_refcnt++
                  st[sp++] = o
                }
                if (--sequence.ob_refcnt === 0) sequence.ob_type.tp_dealloc(sequence)
                pc++
                continue
              }
            }
            const ok = unpackSequence(sequence, arg, st, sp)
            if (--sequence.ob_refcnt === 0) sequence.ob_type.tp_dealloc(sequence)
            if (!ok) break
            sp += arg
            pc++
            continue
          }
          case op.IS_OP: {
            const b = st[--sp]!
            st[sp] = null
            const a = st[sp - 1]!
            const result = (a === b) !== (arg !== 0) ? True : False
            result.ob_refcnt++
            st[sp - 1] = result
            if (--a.ob_refcnt === 0) a.ob_type.tp_dealloc(a)
            if (--b.ob_refcnt === 0) b.ob_type.tp_dealloc(b)
            pc++
            continue
          }
          case op.CONTAINS_OP: {
            const container = st[--sp]!
            st[sp] = null
            const item = st[sp - 1]!
            const found = PySequence_Contains(container, item)
            st[sp - 1] = null
            if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
            if (--container.ob_refcnt === 0) container.ob_type.tp_dealloc(container)
            if (found < 0) {
              sp--
              break
            }
            const result = (found !== 0) !== (arg !== 0) ? True : False
            result.ob_refcnt++
            st[sp - 1] = result
            pc++
            continue
          }
          case op.COPY: {
            const o = st[sp - arg]!
            if (o !== null) o.ob_refcnt++
            st[sp++] = o
            pc++
            continue
          }
          case op.SWAP: {
            const top = st[sp - 1]!
            st[sp - 1] = st[sp - arg]!
            st[sp - arg] = top
            pc++
            continue
          }
          case op.PUSH_EXC_INFO: {
            const value = st[sp - 1]!
            const info = tstate.exc_info
            const handled = info.exc_value
            if (handled !== null) st[sp - 1] = handled
            else {
              none.ob_refcnt++
              st[sp - 1] = none
            }
            st[sp++] = value
            value.ob_refcnt++
            info.exc_value = value
            pc++
            continue
          }
          case op.POP_EXCEPT: {
            const info = tstate.exc_info
            const old = info.exc_value
            info.exc_value = st[--sp]!
            st[sp] = null
            if (old !== null && --old.ob_refcnt === 0) old.ob_type.tp_dealloc(old)
            pc++
            continue
          }
          case op.CHECK_EXC_MATCH: {
            const right = st[--sp]!
            st[sp] = null
            const matched = checkExceptType(st[sp - 1]!, right)
            if (--right.ob_refcnt === 0) right.ob_type.tp_dealloc(right)
            if (matched < 0) break
            const result = matched !== 0 ? True : False
            result.ob_refcnt++
            st[sp++] = result
            pc++
            continue
          }
          case op.RAISE_VARARGS: {
            let cause: PyObject | null = null
            let exception: PyObject | null = null
            if (arg === 2) {
              cause = st[--sp]!
              st[sp] = null
            }
            if (arg >= 1) {
              exception = st[--sp]!
              st[sp] = null
            }
            if (doRaise(tstate, exception, cause)) state = UNWIND
            break
          }
          case op.RERAISE: {
            let at = pc
            if (arg !== 0) {
              const lasti = st[sp - arg - 1]!
              at = indexOfUnit(code, lasti.v as number)
            }
            const value = st[--sp]!
            st[sp] = null
            value.ob_type.ob_refcnt++
            PyErr_Restore(value.ob_type, value, PyException_GetTraceback(value))
            tickBase[0]! += pc - at
            // The instruction that raised becomes the last one executed, but the handler is looked up from here.
            frame.pc = at
            rethrowFrom = pc
            state = UNWIND
            break
          }
          default: {
            const top = rareOp(frame, st, sp, instruction)
            if (top < 0) {
              sp = ~top
              break
            }
            sp = top
            pc++
            continue
          }
        }
        break
      }
    }

    // A call: on with the frame that was entered.
    if (state === START) continue

    // ---- unwinding ---------------------------------------------------------------------------------------------
    if (state === ERROR && rt.blockedOn !== null && tstate.curexc_type === null) {
      // Only at the base of a thread: the scheduler resumes this frame at the same instruction.
      tickBase[0]! += pc
      frame.pc = pc
      frame.sp = sp
      tstate.frame = frame
      tstate.evalDepth--
      frame.resumeKwnames = kwnames
      return null
    }
    let from = frame.pc
    if (state === ERROR) {
      if (tstate.curexc_type === null) throw new Error(`Molt: opcode ${ops[frame.pc]! & 0xff} failed without an exception`)
      kwnames = null
      if (!frameIsIncomplete(frame)) {
        const f = frameGetObject(frame)
        PyTraceBack_Here(f)
      }
      state = UNWIND
    } else if (rethrowFrom >= 0) {
      from = rethrowFrom
      rethrowFrom = -1
    }
    if (state === UNWIND) {
      const row = handlerRow(code, from)
      if (row >= 0) {
        const handlers = code.handlers
        const base = code.nlocalsplus + handlers[row + 3]!
        while (sp > base) {
          const o = st[--sp]!
          st[sp] = null
          if (o !== null && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
        }
        if (handlers[row + 4] !== 0) st[sp++] = PyLong_FromLong(code.offsets[frame.pc]!)
        const value = fetchNormalized()
        st[sp++] = value
        tickBase[0]! += frame.pc - handlers[row + 2]!
        pc = handlers[row + 2]!
        state = RUN
        continue
      }
      while (sp > code.nlocalsplus) {
        const o = st[--sp]!
        st[sp] = null
        if (o !== null && --o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
      }
      state = UNWIND_EXIT
    }
    // exit_unwind
    frame.sp = code.nlocalsplus
    tstate.recursion_remaining++
    tickBase[0]! += frame.pc
    const caller = frame.previous
    tstate.frame = caller
    if (frame.isEntry) {
      tickBase[0]! -= callerPc
      tstate.evalDepth--
      if (frame.owner !== FRAME_OWNED_BY_GENERATOR) popFrame(frame)
      else frame.previous = null
      return null
    }
    const instantiation = frame.instantiation
    frame.instantiation = null
    pc = caller!.pc
    tickBase[0]! -= pc
    if (frame.owner === FRAME_OWNED_BY_GENERATOR) endedInLoop(frame, null)
    else popFrame(frame)
    frame = caller!
    code = frame.code
    ops = code.ops
    st = frame.localsplus
    sp = frame.sp
    if (instantiation !== null) {
      abandonInit(instantiation)
      sp = dropOperands(st, sp, instantiation.operands)
    }
    state = ERROR
    continue
  }
}
