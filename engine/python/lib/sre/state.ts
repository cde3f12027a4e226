// The matcher of CPython's regular expressions (SRE_STATE and SRE(match) of Modules/_sre): runs the code that
// re/_compiler.py made, over a text or bytes.
//
// CPython's matcher is a recursive procedure that was made iterative: each attempt at a part of the pattern (a branch, a
// repeat's body, the tail behind a repeat) is a frame that says where to go on when the attempt has succeeded or failed.
// The same here, on an Int32Array, so that neither deep nor catastrophic patterns touch the JavaScript stack. What is
// captured, and when captures are saved and restored around an attempt, is exactly CPython's, oddities included.
//
// A success at the end of the pattern unwinds frame by frame; a frame's saved captures lie on `saved` above its base.
// The file is long because `execute` is one switch: an operation, or the way back to a waiting frame, is a jump in it.
import {
  ANY, ANY_ALL, ASSERT, ASSERT_NOT, AT, ATOMIC_GROUP, BRANCH, CATEGORY, FAILURE, GROUPREF, GROUPREF_EXISTS, GROUPREF_IGNORE,
  GROUPREF_LOC_IGNORE, GROUPREF_UNI_IGNORE, IN, INFO, IN_IGNORE, IN_LOC_IGNORE, IN_UNI_IGNORE, JUMP, LITERAL, LITERAL_IGNORE,
  LITERAL_LOC_IGNORE, LITERAL_UNI_IGNORE, MARK, MAXREPEAT, MAX_UNTIL, MIN_REPEAT_ONE, MIN_UNTIL, NOT_LITERAL,
  NOT_LITERAL_IGNORE, NOT_LITERAL_LOC_IGNORE, NOT_LITERAL_UNI_IGNORE, POSSESSIVE_REPEAT, POSSESSIVE_REPEAT_ONE, REPEAT,
  REPEAT_ONE, SUCCESS,
} from './constants'
import { asciiLower, inCategory, inCharsetLocaleIgnore, sameLocaleIgnore } from './characters'
import { simpleLower } from '../unicode-case'
import { SRE_ERROR_ILLEGAL, SRE_ERROR_INTERRUPTED, SRE_ERROR_MEMORY, SRE_ERROR_STATE, type SreHooks, type SreProgram } from './program'
import { SreSubject } from './subject'

// A frame: what CPython's match_context holds.
const F_PC = 0
const F_PTR = 1
const F_COUNT = 2
/** Repeat context of an UNTIL. */
const F_REPEAT = 3
const F_LASTMARK = 4
const F_LASTINDEX = 5
/** Top of `saved` before this frame's captures went there, -1 if none did. */
const F_SAVED = 6
const F_TOPLEVEL = 7
/** What the frame below waits for: one of the J_ numbers. */
const F_JUMP = 8
/** Last position of the repeat, saved around one more item. */
const F_LAST_PTR = 9
const STRIDE = 10

const J_NONE = 0
const J_BRANCH = 1
const J_REPEAT_ONE = 2
const J_MIN_REPEAT_ONE = 3
const J_REPEAT = 4
const J_MAX_UNTIL_1 = 5
const J_MAX_UNTIL_2 = 6
const J_UNTIL_TAIL = 7
const J_MIN_UNTIL_2 = 8
const J_MIN_UNTIL_3 = 9
const J_ASSERT = 10
const J_ASSERT_NOT = 11
const J_POSSESSIVE_1 = 12
const J_POSSESSIVE_2 = 13
const J_ATOMIC = 14

// Continuations of an operation after a failed attempt, as further opcodes.
const BRANCH_NEXT = 64
const REPEAT_ONE_NEXT = 65
const MIN_REPEAT_ONE_NEXT = 66
const MAX_UNTIL_TAIL = 67
const MIN_UNTIL_ITEM = 68
const POSSESSIVE_MINIMUM = 69
const POSSESSIVE_MORE = 70
const POSSESSIVE_TAIL = 71

/** sizeof(match_context), of which CPython's data stack is made. */
const CONTEXT_BYTES = 56
const POINTER_BYTES = 8

// The stacks are shared by all states: a match leaves nothing on them, and one that runs within another (from a hook)
// takes the room above.
let frames = new Int32Array(STRIDE * 64)
/** Base of the next frame. */
let frameTop = 0
let saved = new Int32Array(256)
/** Stacks that a deep match made larger than this are let go after it. */
const KEPT_WORDS = 1 << 18
let savedTop = 0
let repeatTop = 0
const repeatPc: number[] = []
const repeatCount: number[] = []
const repeatPrevious: number[] = []
const repeatLastPtr: number[] = []
const repeatHandle: number[] = []

export class SreState extends SreSubject {
  /** The next match may not be empty at `start`. */
  mustAdvance = false
  /** fullmatch */
  matchAll = false
  private readonly hooks: SreHooks | null

  /** Bytes used of CPython's data stack, and its size. */
  private dataBase = 0
  private dataSize = 0
  /** The innermost repeat, -1 outside of any. */
  private repeat = -1
  private steps = 0

  /** start and end are clipped to the subject by the caller. */
  constructor(
    program: SreProgram, groups: number, subject: string | Uint8Array | Uint32Array, start: number, end: number, hooks: SreHooks | null = null,
  ) {
    super(program, groups, subject, start, end)
    this.hooks = hooks
  }

  // Mirrors state_reset, Modules/_sre/sre.c.
  /** Forgets captures and the data stack, for the next match on the same subject. */
  reset(): void {
    this.lastmark = this.lastindex = -1
    this.repeat = -1
    this.dataBase = 0
    if (this.dataSize > 0) {
      this.dataSize = 0
      this.hooks?.freeDataStack?.()
    }
  }

  /** Does the pattern match at `start`? 1, 0, or an error. */
  match(): number {
    this.ptr = this.start
    return this.run(0, true)
  }

  /** Captures do not outlive a failed attempt of a search. */
  resetCaptures(): void {
    this.lastmark = this.lastindex = -1
  }

  // ---- stacks --------------------------------------------------------------------------------------------------

  private grow(bytes: number): boolean {
    // Mirrors data_stack_grow, Modules/_sre/sre.c.
    this.dataSize = bytes + Math.floor(bytes / 4) + 1024
    const grow = this.hooks?.growDataStack
    return grow === undefined || grow(this.dataSize)
  }

  /** Makes room for one more frame; false: no memory. */
  private reserve(): boolean {
    if (frameTop + STRIDE > frames.length) {
      const larger = new Int32Array(frames.length * 2)
      larger.set(frames)
      frames = larger
    }
    this.dataBase += CONTEXT_BYTES
    return this.dataBase <= this.dataSize || this.grow(this.dataBase)
  }

  /** Copies the captures away. */
  private saveMarks(lastmark: number): boolean {
    const n = lastmark + 1
    if (n <= 0) return true
    if (savedTop + n > saved.length) {
      const larger = new Int32Array(Math.max(saved.length * 2, savedTop + n))
      larger.set(saved)
      saved = larger
    }
    const marks = this.marks
    for (let i = 0, at = savedTop; i < n; i++) saved[at + i] = marks[i]!
    savedTop += n
    this.dataBase += n * POINTER_BYTES
    return this.dataBase <= this.dataSize || this.grow(this.dataBase)
  }

  /** Keeps in a frame what an attempt may change; the captures only where `all` says so. False: no memory. */
  private remember(base: number, all: boolean): boolean {
    frames[base + F_LASTMARK] = this.lastmark
    frames[base + F_LASTINDEX] = this.lastindex
    frames[base + F_SAVED] = all ? savedTop : -1
    return !all || this.saveMarks(this.lastmark)
  }

  /** Takes that back; what was saved stays for another time. */
  private recall(base: number): void {
    const at = frames[base + F_SAVED]!
    if (at >= 0) for (let i = 0, n = savedTop - at; i < n; i++) this.marks[i] = saved[at + i]!
    this.lastmark = frames[base + F_LASTMARK]!
    this.lastindex = frames[base + F_LASTINDEX]!
  }

  private dropMarks(at: number): void {
    this.dataBase -= (savedTop - at) * POINTER_BYTES
    savedTop = at
  }

  // ---- repeats of one character ------------------------------------------------------------------------------------

  // Mirrors SRE(count).
  /** How often the one-character item at code[pc] matches from `from` on, at most `most` times; < 0 an error. */
  private count(pc: number, from: number, most: number): number {
    const end = this.countEnd(from, most)
    const count = this.countSimple(pc, from, end)
    return count < 0 ? this.countByMatching(pc, from, end) : count
  }

  private countByMatching(pc: number, from: number, end: number): number {
    this.ptr = from
    while (this.ptr < end) {
      const before = this.ptr
      const found = this.run(pc, false)
      if (found < 0) return found
      if (found === 0 || this.ptr === before) break
    }
    return this.ptr - from
  }

  // ---- the matcher ----------------------------------------------------------------------------------------------------

  // Mirrors SRE(match).
  /**
   * Matches code[pc …] at `ptr`. 1: matched, up to `ptr`; 0: not; < 0: an error. `toplevel` says whether reaching the end
   * of the pattern is subject to matchAll and mustAdvance.
   */
  run(pc: number, toplevel: boolean): number {
    const frame = frameTop
    const mark = savedTop
    const repeat = repeatTop
    const found = this.execute(pc, toplevel)
    if (found < 0) {
      frameTop = frame
      savedTop = mark
      repeatTop = repeat
    }
    if (frame === 0 && frames.length > KEPT_WORDS) frames = new Int32Array(STRIDE * 64)
    if (mark === 0 && saved.length > KEPT_WORDS) saved = new Int32Array(256)
    return found
  }

  private execute(pc: number, toplevel: boolean): number {
    const { program, end, marks } = this
    const code = program.code
    if (!this.reserve()) return SRE_ERROR_MEMORY
    let base = frameTop
    frameTop += STRIDE
    frames[base + F_JUMP] = J_NONE
    frames[base + F_TOPLEVEL] = toplevel ? 1 : 0
    let ptr = this.ptr
    if (code[pc] === INFO) {
      if (code[pc + 3] !== 0 && end - ptr < code[pc + 3]!) {
        frameTop = base
        this.dataBase -= CONTEXT_BYTES
        return 0
      }
      pc += code[pc + 1]! + 1
    }
    let steps = this.steps
    let op = code[pc++]!
    /** Outcome of the frame at `base`. */
    let ret = 0
    /** An attempt to start: what to do after it, where it begins, and whether it is at top level. */
    let jump = J_NONE
    let target = 0
    let top = 0
    for (;;) {
      // One operation. It ends by falling out of the switch with `jump` set (a new attempt), by going on with the next
      // one, or by setting `ret` with jump = J_NONE.
      jump = J_NONE
      ret = 0
      if ((++steps & 0xfff) === 0 && this.hooks?.interrupted?.() === true) return SRE_ERROR_INTERRUPTED
      attempt: switch (op) {
        case MARK: {
          const i = code[pc++]!
          if ((i & 1) !== 0) this.lastindex = (i >> 1) + 1
          if (i > this.lastmark) {
            for (let j = this.lastmark + 1; j < i; j++) marks[j] = -1
            this.lastmark = i
          }
          marks[i] = ptr
          op = code[pc++]!
          continue
        }
        case LITERAL:
          if (ptr >= end || this.at(ptr) !== code[pc]) break
          pc++
          ptr++
          op = code[pc++]!
          continue
        case NOT_LITERAL:
          if (ptr >= end || this.at(ptr) === code[pc]) break
          pc++
          ptr++
          op = code[pc++]!
          continue
        case SUCCESS:
          if (frames[base + F_TOPLEVEL] === 1 && ((this.matchAll && ptr !== end) || (this.mustAdvance && ptr === this.start))) break
          this.ptr = ptr
          ret = 1
          break
        case AT:
          if (!this.isAt(ptr, code[pc]!)) break
          pc++
          op = code[pc++]!
          continue
        case CATEGORY:
          if (ptr >= end || !inCategory(code[pc]!, this.at(ptr))) break
          pc++
          ptr++
          op = code[pc++]!
          continue
        case ANY:
          if (ptr >= end || this.at(ptr) === 10) break
          ptr++
          op = code[pc++]!
          continue
        case ANY_ALL:
          if (ptr >= end) break
          ptr++
          op = code[pc++]!
          continue
        case IN:
          if (ptr >= end || !program.has(pc + 1, this.at(ptr))) break
          pc += code[pc]!
          ptr++
          op = code[pc++]!
          continue
        case LITERAL_IGNORE: case NOT_LITERAL_IGNORE:
          if (ptr >= end || (asciiLower(this.at(ptr)) === code[pc]) !== (op === LITERAL_IGNORE)) break
          pc++
          ptr++
          op = code[pc++]!
          continue
        case LITERAL_UNI_IGNORE: case NOT_LITERAL_UNI_IGNORE:
          if (ptr >= end || (simpleLower(this.at(ptr)) === code[pc]) !== (op === LITERAL_UNI_IGNORE)) break
          pc++
          ptr++
          op = code[pc++]!
          continue
        case LITERAL_LOC_IGNORE: case NOT_LITERAL_LOC_IGNORE:
          if (ptr >= end || sameLocaleIgnore(code[pc]!, this.at(ptr)) !== (op === LITERAL_LOC_IGNORE)) break
          pc++
          ptr++
          op = code[pc++]!
          continue
        case IN_IGNORE:
          if (ptr >= end || !program.has(pc + 1, asciiLower(this.at(ptr)))) break
          pc += code[pc]!
          ptr++
          op = code[pc++]!
          continue
        case IN_UNI_IGNORE:
          if (ptr >= end || !program.has(pc + 1, simpleLower(this.at(ptr)))) break
          pc += code[pc]!
          ptr++
          op = code[pc++]!
          continue
        case IN_LOC_IGNORE:
          if (ptr >= end || !inCharsetLocaleIgnore(code, pc + 1, this.at(ptr))) break
          pc += code[pc]!
          ptr++
          op = code[pc++]!
          continue
        case JUMP: case INFO:
          pc += code[pc]!
          op = code[pc++]!
          continue

        case BRANCH:
          if (!this.remember(base, this.repeat >= 0)) return SRE_ERROR_MEMORY
        // falls through
        case BRANCH_NEXT:
          for (; code[pc] !== 0; pc += code[pc]!) {
            if (code[pc + 1] === LITERAL && (ptr >= end || this.at(ptr) !== code[pc + 2])) continue
            if (code[pc + 1] === IN && (ptr >= end || !program.has(pc + 3, this.at(ptr)))) continue
            this.ptr = ptr
            jump = J_BRANCH
            target = pc + 1
            top = frames[base + F_TOPLEVEL]!
            break attempt
          }
          if (frames[base + F_SAVED]! >= 0) this.dropMarks(frames[base + F_SAVED]!)
          break

        case REPEAT_ONE: {
          const least = code[pc + 1]!
          if (least > end - ptr) break
          const count = this.count(pc + 3, ptr, code[pc + 2]!)
          if (count < 0) return count
              if (count < least) break
          ptr += count
          if (code[pc + code[pc]!] === SUCCESS && ptr === end &&
              !(frames[base + F_TOPLEVEL] === 1 && this.mustAdvance && ptr === this.start)) {
            // The tail is empty.
            this.ptr = ptr
            ret = 1
            break
          }
          frames[base + F_COUNT] = count
          if (!this.remember(base, this.repeat >= 0)) return SRE_ERROR_MEMORY
        }
        // falls through
        case REPEAT_ONE_NEXT: {
          const least = code[pc + 1]!
          const tail = pc + code[pc]!
          let count = frames[base + F_COUNT]!
          if (code[tail] === LITERAL) {
            const literal = code[tail + 1]
            while (count >= least && (ptr >= end || this.at(ptr) !== literal)) {
              ptr--
              count--
            }
          }
          if (count >= least) {
            frames[base + F_COUNT] = count
            this.ptr = ptr
            jump = J_REPEAT_ONE
            target = tail
            top = frames[base + F_TOPLEVEL]!
            break
          }
          if (frames[base + F_SAVED]! >= 0) this.dropMarks(frames[base + F_SAVED]!)
          break
        }

        case MIN_REPEAT_ONE: {
          const least = code[pc + 1]!
          if (least > end - ptr) break
          let count = 0
          if (least > 0) {
            count = this.count(pc + 3, ptr, least)
            if (count < 0) return count
                  if (count < least) break
            ptr += count
          }
          if (code[pc + code[pc]!] === SUCCESS && !(frames[base + F_TOPLEVEL] === 1 &&
              ((this.matchAll && ptr !== end) || (this.mustAdvance && ptr === this.start)))) {
            this.ptr = ptr
            ret = 1
            break
          }
          frames[base + F_COUNT] = count
          if (!this.remember(base, this.repeat >= 0)) return SRE_ERROR_MEMORY
        }
        // falls through
        case MIN_REPEAT_ONE_NEXT:
          if (code[pc + 2] === MAXREPEAT || frames[base + F_COUNT]! <= code[pc + 2]!) {
            this.ptr = ptr
            jump = J_MIN_REPEAT_ONE
            target = pc + code[pc]!
            top = frames[base + F_TOPLEVEL]!
            break
          }
          if (frames[base + F_SAVED]! >= 0) this.dropMarks(frames[base + F_SAVED]!)
          break

        case POSSESSIVE_REPEAT_ONE: {
          const least = code[pc + 1]!
          if (least > end - ptr) break
          const count = this.count(pc + 3, ptr, code[pc + 2]!)
          if (count < 0) return count
              if (count < least) break
          ptr += count
          pc += code[pc]!
          if (code[pc] === SUCCESS && ptr === end && !(frames[base + F_TOPLEVEL] === 1 && this.mustAdvance && ptr === this.start)) {
            this.ptr = ptr
            ret = 1
            break
          }
          op = code[pc++]!
          continue
        }

        case REPEAT: {
          const repeat = repeatTop++
          repeatHandle[repeat] = this.hooks?.allocateRepeat?.() ?? 0
          repeatCount[repeat] = -1
          repeatPc[repeat] = pc
          repeatPrevious[repeat] = this.repeat
          repeatLastPtr[repeat] = -1
          this.repeat = repeat
          frames[base + F_REPEAT] = repeat
          this.ptr = ptr
          jump = J_REPEAT
          target = pc + code[pc]!
          top = frames[base + F_TOPLEVEL]!
          break
        }

        case MAX_UNTIL: {
          const repeat = this.repeat
          if (repeat < 0) return SRE_ERROR_STATE
          frames[base + F_REPEAT] = repeat
          this.ptr = ptr
          const count = repeatCount[repeat]! + 1
          frames[base + F_COUNT] = count
          const item = repeatPc[repeat]!
          top = frames[base + F_TOPLEVEL]!
          if (count < code[item + 1]!) {
            repeatCount[repeat] = count
            jump = J_MAX_UNTIL_1
            target = item + 3
            break
          }
          if ((count < code[item + 2]! || code[item + 2] === MAXREPEAT) && ptr !== repeatLastPtr[repeat]) {
            // There may be enough already, but the longest is wanted.
            repeatCount[repeat] = count
            if (!this.remember(base, true)) return SRE_ERROR_MEMORY
            frames[base + F_LAST_PTR] = repeatLastPtr[repeat]!
            this.dataBase += POINTER_BYTES
            if (this.dataBase > this.dataSize && !this.grow(this.dataBase)) return SRE_ERROR_MEMORY
            repeatLastPtr[repeat] = ptr
            jump = J_MAX_UNTIL_2
            target = item + 3
            break
          }
        }
        // falls through
        case MAX_UNTIL_TAIL:
          this.repeat = repeatPrevious[frames[base + F_REPEAT]!]!
          jump = J_UNTIL_TAIL
          target = pc
          top = frames[base + F_TOPLEVEL]!
          break

        case MIN_UNTIL: {
          const repeat = this.repeat
          if (repeat < 0) return SRE_ERROR_STATE
          frames[base + F_REPEAT] = repeat
          this.ptr = ptr
          const count = repeatCount[repeat]! + 1
          frames[base + F_COUNT] = count
          const item = repeatPc[repeat]!
          top = frames[base + F_TOPLEVEL]!
          if (count < code[item + 1]!) {
            repeatCount[repeat] = count
            jump = J_MAX_UNTIL_1
            target = item + 3
            break
          }
          // Does the tail match already?
          this.repeat = repeatPrevious[repeat]!
          if (!this.remember(base, this.repeat >= 0)) return SRE_ERROR_MEMORY
          jump = J_MIN_UNTIL_2
          target = pc
          break
        }
        case MIN_UNTIL_ITEM: {
          const repeat = frames[base + F_REPEAT]!
          const item = repeatPc[repeat]!
          const count = frames[base + F_COUNT]!
          if ((count >= code[item + 2]! && code[item + 2] !== MAXREPEAT) || ptr === repeatLastPtr[repeat]) break
          repeatCount[repeat] = count
          frames[base + F_LAST_PTR] = repeatLastPtr[repeat]!
          this.dataBase += POINTER_BYTES
          if (this.dataBase > this.dataSize && !this.grow(this.dataBase)) return SRE_ERROR_MEMORY
          repeatLastPtr[repeat] = ptr
          jump = J_MIN_UNTIL_3
          target = item + 3
          top = frames[base + F_TOPLEVEL]!
          break
        }

        case POSSESSIVE_REPEAT:
          this.ptr = ptr
          frames[base + F_COUNT] = 0
        // falls through
        case POSSESSIVE_MINIMUM:
          if (frames[base + F_COUNT]! < code[pc + 1]!) {
            jump = J_POSSESSIVE_1
            target = pc + 3
            top = 0
            break
          }
          ptr = -1
        // falls through
        case POSSESSIVE_MORE:
          if ((frames[base + F_COUNT]! < code[pc + 2]! || code[pc + 2] === MAXREPEAT) && this.ptr !== ptr) {
            if (!this.remember(base, true)) return SRE_ERROR_MEMORY
            ptr = this.ptr
            jump = J_POSSESSIVE_2
            target = pc + 3
            top = 0
            break
          }
        // falls through
        case POSSESSIVE_TAIL:
          pc += code[pc]! + 1
          ptr = this.ptr
          op = code[pc++]!
          continue

        case ATOMIC_GROUP:
          this.ptr = ptr
          jump = J_ATOMIC
          target = pc + 1
          top = 0
          break

        case GROUPREF: case GROUPREF_IGNORE: case GROUPREF_UNI_IGNORE: case GROUPREF_LOC_IGNORE: {
          const fold = op === GROUPREF ? null : op === GROUPREF_UNI_IGNORE ? simpleLower : asciiLower
          const after = this.matchGroup(code[pc++]!, ptr, fold)
          if (after < 0) break
          ptr = after
          op = code[pc++]!
          continue
        }
        case GROUPREF_EXISTS: {
          const i = code[pc]! * 2
          const exists = i < this.lastmark && marks[i]! >= 0 && marks[i + 1]! >= marks[i]!
          pc += exists ? 2 : code[pc + 1]!
          op = code[pc++]!
          continue
        }

        case ASSERT:
          if (ptr < code[pc + 1]!) break
          this.ptr = ptr - code[pc + 1]!
          jump = J_ASSERT
          target = pc + 2
          top = 0
          break
        case ASSERT_NOT:
          if (ptr < code[pc + 1]!) {
            pc += code[pc]!
            op = code[pc++]!
            continue
          }
          this.ptr = ptr - code[pc + 1]!
          if (!this.remember(base, this.repeat >= 0)) return SRE_ERROR_MEMORY
          jump = J_ASSERT_NOT
          target = pc + 2
          top = 0
          break

        case FAILURE:
          break
        default:
          return SRE_ERROR_ILLEGAL
      }

      if (jump !== J_NONE) {
        frames[base + F_PC] = pc
        frames[base + F_PTR] = ptr
        if (!this.reserve()) return SRE_ERROR_MEMORY
          base = frameTop
        frameTop += STRIDE
        frames[base + F_JUMP] = jump
        frames[base + F_TOPLEVEL] = top
        ptr = this.ptr
        pc = target
        op = code[pc++]!
        continue
      }

      // The frame at `base` is done with `ret`: go back, frame by frame, until one goes on.
      for (op = -1; op < 0;) {
        const waiting = frames[base + F_JUMP]!
        frameTop = base
        this.dataBase -= CONTEXT_BYTES
        if (waiting === J_NONE) {
          this.steps = steps
          return ret
        }
        base -= STRIDE
        pc = frames[base + F_PC]!
        ptr = frames[base + F_PTR]!
        const savedAt = frames[base + F_SAVED]!
        switch (waiting) {
          case J_BRANCH: case J_REPEAT_ONE: case J_MIN_REPEAT_ONE:
            if (ret === 1) {
              if (savedAt >= 0) this.dropMarks(savedAt)
              break
            }
            this.recall(base)
            if (waiting === J_BRANCH) {
              pc += code[pc]!
              op = BRANCH_NEXT
            } else if (waiting === J_REPEAT_ONE) {
              ptr--
              frames[base + F_COUNT] = frames[base + F_COUNT]! - 1
              op = REPEAT_ONE_NEXT
            } else {
              const one = this.count(pc + 3, ptr, 1)
              if (one < 0) return one
                      if (one === 0) {
                if (savedAt >= 0) this.dropMarks(savedAt)
                break
              }
              ptr++
              frames[base + F_COUNT] = frames[base + F_COUNT]! + 1
              op = MIN_REPEAT_ONE_NEXT
            }
            break
          case J_REPEAT: {
            const repeat = frames[base + F_REPEAT]!
            this.repeat = repeatPrevious[repeat]!
            repeatTop--
            this.hooks?.freeRepeat?.(repeatHandle[repeat]!)
            break
          }
          case J_MAX_UNTIL_1:
            if (ret === 1) break
            repeatCount[frames[base + F_REPEAT]!] = frames[base + F_COUNT]! - 1
            this.ptr = ptr
            break
          case J_MAX_UNTIL_2: {
            const repeat = frames[base + F_REPEAT]!
            repeatLastPtr[repeat] = frames[base + F_LAST_PTR]!
            this.dataBase -= POINTER_BYTES
            if (ret === 0) {
              this.recall(base)
              repeatCount[repeat] = frames[base + F_COUNT]! - 1
              this.ptr = ptr
              op = MAX_UNTIL_TAIL
            }
            this.dropMarks(savedAt)
            break
          }
          case J_UNTIL_TAIL:
            this.repeat = frames[base + F_REPEAT]!
            if (ret === 0) this.ptr = ptr
            break
          case J_MIN_UNTIL_2:
            this.repeat = frames[base + F_REPEAT]!
            if (ret === 0) {
              this.recall(base)
              this.ptr = ptr
              op = MIN_UNTIL_ITEM
            }
            if (savedAt >= 0) this.dropMarks(savedAt)
            break
          case J_MIN_UNTIL_3:
            repeatLastPtr[frames[base + F_REPEAT]!] = frames[base + F_LAST_PTR]!
            this.dataBase -= POINTER_BYTES
            if (ret === 1) break
            repeatCount[frames[base + F_REPEAT]!] = frames[base + F_COUNT]! - 1
            this.ptr = ptr
            break
          case J_ASSERT:
            if (ret === 0) break
            pc += code[pc]!
            op = code[pc++]!
            break
          case J_ASSERT_NOT:
            if (ret === 1) {
              if (savedAt >= 0) this.dropMarks(savedAt)
              ret = 0
              break
            }
            this.recall(base)
            if (savedAt >= 0) this.dropMarks(savedAt)
            pc += code[pc]!
            op = code[pc++]!
            break
          case J_POSSESSIVE_1:
            if (ret === 0) {
              this.ptr = ptr
              break
            }
            frames[base + F_COUNT] = frames[base + F_COUNT]! + 1
            op = POSSESSIVE_MINIMUM
            break
          case J_POSSESSIVE_2:
            if (ret === 1) {
              this.dropMarks(savedAt)
              frames[base + F_COUNT] = frames[base + F_COUNT]! + 1
              op = POSSESSIVE_MORE
            } else {
              this.recall(base)
              this.dropMarks(savedAt)
              this.ptr = ptr
              op = POSSESSIVE_TAIL
            }
            break
          case J_ATOMIC:
            if (ret === 0) {
              this.ptr = ptr
              break
            }
            pc += code[pc]!
            ptr = this.ptr
            op = code[pc++]!
            break
        }
      }
    }
  }
}
