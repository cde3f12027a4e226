// Checks a code array before it is run, as _sre.compile does (_validate in Modules/_sre/sre.c): skips stay inside, sets
// and repeats end as they must, groups exist. Without it a hand-made array could send the matcher anywhere.
import * as op from './constants'

const TEXT_OPS = new Set([
  op.LITERAL, op.NOT_LITERAL, op.LITERAL_IGNORE, op.NOT_LITERAL_IGNORE, op.LITERAL_UNI_IGNORE, op.NOT_LITERAL_UNI_IGNORE,
  op.LITERAL_LOC_IGNORE, op.NOT_LITERAL_LOC_IGNORE,
])
const SET_OPS = new Set([op.IN, op.IN_IGNORE, op.IN_UNI_IGNORE, op.IN_LOC_IGNORE])
const GROUP_OPS = new Set([op.GROUPREF, op.GROUPREF_IGNORE, op.GROUPREF_UNI_IGNORE, op.GROUPREF_LOC_IGNORE])
const REPEAT_ONE_OPS = new Set([op.REPEAT_ONE, op.MIN_REPEAT_ONE, op.POSSESSIVE_REPEAT_ONE])

class Validator {
  constructor(private readonly code: Uint32Array, private readonly groups: number) {}

  /** Reads a skip at `at` that is relative to itself and must stay before `end`; its target, or -1. */
  private skip(at: number, end: number): number {
    if (at >= end) return -1
    const target = at + this.code[at]!
    return target <= end ? target : -1
  }

  /** The items of a set in [at, end), the FAILURE behind them not included. */
  private charset(at: number, end: number): boolean {
    const { code } = this
    while (at < end) {
      switch (code[at++]) {
        case op.NEGATE: break
        case op.LITERAL: at += 1; break
        case op.RANGE: case op.RANGE_UNI_IGNORE: at += 2; break
        case op.CHARSET: at += 8; break
        case op.CATEGORY:
          if (at >= end || code[at]! >= op.CATEGORY_COUNT) return false
          at++
          break
        case op.BIGCHARSET: {
          const blocks = code[at++]
          if (blocks === undefined || at + 64 > end) return false
          for (let i = 0; i < 256; i++) if (((code[at + (i >> 2)]! >>> ((i & 3) * 8)) & 255) >= blocks) return false
          at += 64 + blocks * 8
          break
        }
        default: return false
      }
    }
    return at === end
  }

  private info(at: number, end: number): boolean {
    const { code } = this
    const flags = code[at]!
    if (at + 3 > end || flags > (op.INFO_PREFIX | op.INFO_LITERAL | op.INFO_CHARSET)) return false
    const prefix = (flags & op.INFO_PREFIX) !== 0
    const charset = (flags & op.INFO_CHARSET) !== 0
    if ((prefix && charset) || ((flags & op.INFO_LITERAL) !== 0 && !prefix)) return false
    at += 3
    if (prefix) {
      const length = code[at]!
      at += 2
      if (at + 2 * length > end) return false
      for (let i = 0; i < length; i++) if (code[at + length + i]! >= length) return false
      at += 2 * length
    }
    if (charset) return code[end - 1] === op.FAILURE && this.charset(at, end - 1)
    return at === end
  }

  private repeatLimits(at: number, end: number): boolean {
    return at + 2 <= end && this.code[at]! <= this.code[at + 1]!
  }

  /** Where an operation ends whose arguments begin at `at`; -1 if it is faulty. */
  private operation(what: number, at: number, end: number): number {
    const { code, groups } = this
    if (TEXT_OPS.has(what)) return at + 1
    if (SET_OPS.has(what)) {
      const next = this.skip(at, end)
      return next >= at + 2 && code[next - 1] === op.FAILURE && this.charset(at + 1, next - 1) ? next : -1
    }
    if (GROUP_OPS.has(what)) return code[at]! < groups ? at + 1 : -1
    if (REPEAT_ONE_OPS.has(what)) {
      const next = this.skip(at, end)
      return next >= at + 4 && this.repeatLimits(at + 1, end) && code[next - 1] === op.SUCCESS && this.sequence(at + 3, next - 1) ? next : -1
    }
    switch (what) {
      case op.SUCCESS: case op.FAILURE: case op.ANY: case op.ANY_ALL:
        return at
      case op.MARK:
        return code[at]! < 2 * groups ? at + 1 : -1
      case op.AT:
        return code[at]! <= op.AT_UNI_NON_BOUNDARY ? at + 1 : -1
      case op.INFO: {
        const next = this.skip(at, end)
        return next > at && this.info(at + 1, next) ? next : -1
      }
      case op.BRANCH: {
        let target = -1
        while (code[at] !== 0) {
          const next = this.skip(at, end)
          // An alternative ends with a JUMP, all to the same place.
          if (next < at + 3 || code[next - 2] !== op.JUMP || !this.sequence(at + 1, next - 2)) return -1
          const jump = this.skip(next - 1, end)
          if (jump < 0 || (target >= 0 && jump !== target)) return -1
          target = jump
          at = next
        }
        return at + 1 === target ? target : -1
      }
      case op.REPEAT: case op.POSSESSIVE_REPEAT: {
        const until = this.skip(at, end)
        if (until < at + 3 || until >= end || !this.repeatLimits(at + 1, end) || !this.sequence(at + 3, until)) return -1
        const closing = code[until]
        if (what === op.POSSESSIVE_REPEAT ? closing !== op.SUCCESS : closing !== op.MAX_UNTIL && closing !== op.MIN_UNTIL) return -1
        return until + 1
      }
      case op.ATOMIC_GROUP: {
        const next = this.skip(at, end)
        return next >= at + 2 && code[next - 1] === op.SUCCESS && this.sequence(at + 1, next - 1) ? next : -1
      }
      case op.ASSERT: case op.ASSERT_NOT: {
        const next = this.skip(at, end)
        return next >= at + 3 && code[next - 1] === op.SUCCESS && this.sequence(at + 2, next - 1) ? next : -1
      }
      case op.GROUPREF_EXISTS: {
        // <group> <skip, relative to group> yes [<JUMP> <skip> no]
        if (code[at]! >= groups || at + 2 > end) return -1
        const no = at + code[at + 1]!
        if (no < at + 2 || no > end) return -1
        if (no >= at + 4 && code[no - 2] === op.JUMP) {
          const next = this.skip(no - 1, end)
          return next >= no && this.sequence(at + 2, no - 2) && this.sequence(no, next) ? next : -1
        }
        return this.sequence(at + 2, no) ? no : -1
      }
      default:
        return -1
    }
  }

  /** Operations that fill [at, end) exactly. */
  sequence(at: number, end: number): boolean {
    while (at >= 0 && at < end) at = this.operation(this.code[at]!, at + 1, end)
    return at === end
  }
}

/** False: RuntimeError "invalid SRE code". */
export function sreValidate(code: Uint32Array, groups: number): boolean {
  if (groups < 0 || groups > op.MAXGROUPS || code.length === 0 || code[code.length - 1] !== op.SUCCESS) return false
  return new Validator(code, groups).sequence(0, code.length - 1)
}
