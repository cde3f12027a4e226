// Reads the pickle that Python's tracemalloc.Snapshot.dump writes, and no other: a pickle is a program for a small stack
// machine, and one of unknown origin may ask for any function to be called. This machine calls nothing. It knows the
// instructions that make plain values (protocols 2 to 5) and two classes, whose instances are their names and attributes;
// every other class or function is refused by its name, every other instruction too.
//
// The file may be cut short or made to do harm. Nothing is taken on trust: lengths are checked against what is left of the
// file, the numbers of values, of places on the stack and of remembered values are bounded, nothing recurses.
import { MoltError } from '../base/errors'

/** Values of the pickle: tuples are arrays, which nothing changes once they are made. */
export type Pickled = number | string | boolean | null | readonly Pickled[] | PickledList | PickledDict | PickledClass | PickledInstance

export class PickledList {
  readonly items: Pickled[] = []
}

export class PickledDict {
  readonly entries = new Map<string, Pickled>()
}

export class PickledClass {
  constructor(readonly name: string) {}
}

export class PickledInstance {
  attributes: PickledDict | null = null
  constructor(readonly className: string) {}
}

export interface UnpickleLimits {
  /** Tuples, strings, classes. */
  values: number
  /** Lists, dicts and instances: a snapshot has one, two and two. */
  containers: number
  stack: number
  memo: number
}

/** A program with thirty million live blocks has a snapshot of that many tuples. */
const LIMITS: UnpickleLimits = { values: 30_000_000, containers: 1000, stack: 4_000_000, memo: 30_000_000 }

const MARK = Symbol('mark')
type Slot = Pickled | typeof MARK

/** Errors: damaged (cut short, nonsense), not-a-recording (a pickle of something else), newer-version. `name` is for their sentences. */
export function unpickle(bytes: Uint8Array, name: string, classes: readonly string[], limits: UnpickleLimits = LIMITS): Pickled {
  return new Machine(bytes, name, classes, limits).run()
}

class Machine {
  private at = 0
  private values = 0
  private containers = 0
  private readonly view: DataView
  private readonly stack: Slot[] = []
  /** Places of the marks on the stack. */
  private readonly marks: number[] = []
  private readonly memo: (Pickled | undefined)[] = []
  private readonly text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  private readonly bytes: Uint8Array
  private readonly name: string
  private readonly classes: readonly string[]
  private readonly limits: UnpickleLimits

  constructor(bytes: Uint8Array, name: string, classes: readonly string[], limits: UnpickleLimits) {
    this.bytes = bytes
    this.name = name
    this.classes = classes
    this.limits = limits
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  run(): Pickled {
    if (this.byte() !== 0x80) throw this.foreign('it does not begin as one')
    const protocol = this.byte()
    if (protocol > 5) {
      throw new MoltError('newer-version', `${this.name} is a pickle of protocol ${protocol}, which this version of Molt does not know.`)
    }
    if (protocol < 2) throw this.broken(`its protocol is ${protocol}`)
    for (;;) {
      const place = this.at
      const opcode = this.byte()
      if (opcode === 0x2e) { // STOP
        const result = this.pop()
        if (this.stack.length > 0) throw this.broken('values are left over at its end')
        return result
      }
      this.step(opcode, place)
    }
  }

  private step(opcode: number, place: number): void {
    switch (opcode) {
      case 0x95: this.length8(); break // FRAME: only says how much may be read at once
      case 0x28: // MARK
        this.marks.push(this.stack.length)
        this.push(MARK)
        break
      case 0x30: // POP
        if (this.stack.at(-1) === MARK) this.marks.pop()
        if (this.stack.pop() === undefined) throw this.broken('its stack is empty')
        break
      case 0x31: this.popMark(); break
      case 0x4e: this.push(null); break
      case 0x88: this.push(true); break
      case 0x89: this.push(false); break
      case 0x4b: this.push(this.byte()); break // BININT1
      case 0x4d: this.push(this.view.getUint16(this.take(2), true)); break // BININT2
      case 0x4a: this.push(this.view.getInt32(this.take(4), true)); break // BININT
      case 0x8a: this.push(this.long(this.byte())); break // LONG1
      case 0x8b: this.push(this.long(this.view.getInt32(this.take(4), true))); break // LONG4
      case 0x47: this.push(this.view.getFloat64(this.take(8), false)); break // BINFLOAT
      case 0x8c: this.push(this.string(this.byte())); break // SHORT_BINUNICODE
      case 0x58: this.push(this.string(this.view.getUint32(this.take(4), true))); break // BINUNICODE
      case 0x8d: this.push(this.string(this.length8())); break // BINUNICODE8
      case 0x29: this.push(EMPTY); break // EMPTY_TUPLE
      case 0x85: this.tuple(1); break
      case 0x86: this.tuple(2); break
      case 0x87: this.tuple(3); break
      case 0x74: this.push(this.made(this.popMark())); break // TUPLE
      case 0x5d: this.push(this.container(new PickledList())); break // EMPTY_LIST
      case 0x61: { // APPEND
        const value = this.pop()
        this.list().items.push(value)
        break
      }
      case 0x65: { // APPENDS
        const values = this.popMark()
        const { items } = this.list()
        for (const value of values) items.push(value)
        break
      }
      case 0x7d: this.push(this.container(new PickledDict())); break // EMPTY_DICT
      case 0x73: this.setItems(this.popSeveral(2)); break // SETITEM
      case 0x75: this.setItems(this.popMark()); break // SETITEMS
      case 0x71: this.remember(this.byte()); break // BINPUT
      case 0x72: this.remember(this.view.getUint32(this.take(4), true)); break // LONG_BINPUT
      case 0x94: this.remember(this.memo.length); break // MEMOIZE
      case 0x68: this.push(this.remembered(this.byte())); break // BINGET
      case 0x6a: this.push(this.remembered(this.view.getUint32(this.take(4), true))); break // LONG_BINGET
      case 0x63: { // GLOBAL
        const module = this.line()
        this.push(this.classOf(module, this.line()))
        break
      }
      case 0x93: { // STACK_GLOBAL
        const [module, name] = this.popSeveral(2)
        if (typeof module !== 'string' || typeof name !== 'string') throw this.broken('a class is not named by strings')
        this.push(this.classOf(module, name))
        break
      }
      case 0x81: { // NEWOBJ
        const [type, values] = this.popSeveral(2)
        if (!(type instanceof PickledClass) || !Array.isArray(values) || values.length > 0) {
          throw this.broken('an object is made in an unknown way')
        }
        this.push(this.container(new PickledInstance(type.name)))
        break
      }
      case 0x62: { // BUILD
        const state = this.pop()
        const instance = this.stack.at(-1)
        if (!(instance instanceof PickledInstance) || !(state instanceof PickledDict)) {
          throw this.broken('attributes are given in an unknown way')
        }
        instance.attributes = state
        break
      }
      default:
        throw new MoltError('not-a-recording', `${this.name} is not read: at byte ${place} its pickle has the instruction 0x${
          opcode.toString(16).padStart(2, '0')}, which no tracemalloc snapshot has.`,
          'Molt opens what tracemalloc.Snapshot.dump writes and runs nothing from it.')
    }
  }

  // ---------------------------------------------------------------- the file

  /** Where the next `count` bytes are; moves past them. */
  private take(count: number): number {
    const at = this.at
    if (count > this.bytes.length - at) throw this.broken('it is cut short')
    this.at = at + count
    return at
  }

  private byte(): number {
    return this.bytes[this.take(1)]!
  }

  private length8(): number {
    const low = this.view.getUint32(this.take(4), true)
    const high = this.view.getUint32(this.take(4), true)
    return high * 2 ** 32 + low
  }

  private string(length: number): string {
    const at = this.take(length)
    this.count()
    const bytes = this.bytes.subarray(at, at + length)
    try {
      return this.text.decode(bytes)
    } catch {
      return this.surrogates(bytes)
    }
  }

  /** Python writes a file name that is not UTF-8 with lone surrogates, which UTF-8 proper does not have. */
  private surrogates(bytes: Uint8Array): string {
    const parts: string[] = []
    try {
      for (let from = 0, at = 0; ; at++) {
        const surrogate =
          at + 2 < bytes.length && bytes[at] === 0xed && bytes[at + 1]! >= 0xa0 && bytes[at + 1]! < 0xc0 && bytes[at + 2]! >> 6 === 2
        if (at < bytes.length && !surrogate) continue
        parts.push(this.text.decode(bytes.subarray(from, at)))
        if (at >= bytes.length) return parts.join('')
        parts.push(String.fromCharCode(0xd000 | (bytes[at + 1]! & 63) << 6 | bytes[at + 2]! & 63))
        from = at + 3
        at += 2
      }
    } catch {
      throw this.broken('a text in it is not UTF-8')
    }
  }

  /** Little-endian two's complement. */
  private long(length: number): number {
    if (length < 0) throw this.broken('a number has a negative length')
    const at = this.take(length)
    if (length > 8) throw this.broken('a number is too large')
    let value = 0n
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(this.bytes[at + i]!)
    if (length > 0 && this.bytes[at + length - 1]! >= 128) value -= 1n << BigInt(8 * length)
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) throw this.broken('a number is too large')
    return Number(value)
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end < 0 || end - this.at > 1000) throw this.broken('the name of a class does not end')
    const text = this.string(end - this.at)
    this.at++
    return text
  }

  // ---------------------------------------------------------------- the stack

  private push(value: Slot): void {
    if (this.stack.length >= this.limits.stack) throw this.broken('its stack grows too large')
    this.stack.push(value)
  }

  private pop(): Pickled {
    const value = this.stack.pop()
    if (value === undefined || value === MARK) throw this.broken('its stack is empty')
    return value
  }

  private popSeveral(count: number): Pickled[] {
    const from = this.stack.length - count
    if (from < 0 || from <= (this.marks.at(-1) ?? -1)) throw this.broken('its stack is empty')
    return this.stack.splice(from) as Pickled[]
  }

  /** All that was pushed since the last mark, and the mark. */
  private popMark(): Pickled[] {
    const mark = this.marks.pop()
    if (mark === undefined) throw this.broken('a mark is missing')
    const values = this.stack.slice(mark + 1) as Pickled[]
    this.stack.length = mark
    return values
  }

  private tuple(count: number): void {
    this.push(this.made(this.popSeveral(count)))
  }

  private list(): PickledList {
    const list = this.stack.at(-1)
    if (!(list instanceof PickledList)) throw this.broken('items are given to what is no list')
    return list
  }

  private setItems(values: Pickled[]): void {
    const dict = this.stack.at(-1)
    if (!(dict instanceof PickledDict) || values.length % 2 !== 0) throw this.broken('items are given to what is no dict')
    for (let i = 0; i < values.length; i += 2) {
      const key = values[i]
      if (typeof key !== 'string') throw this.broken('a dict has a key that is no string')
      dict.entries.set(key, values[i + 1]!)
    }
  }

  private remember(index: number): void {
    const value = this.stack.at(-1)
    if (value === undefined || value === MARK) throw this.broken('its stack is empty')
    // Places are given in turn; without gaps the memo stays as large as what was put into it.
    if (index > this.memo.length || index >= this.limits.memo) throw this.broken('its memo has a gap')
    this.memo[index] = value
  }

  private remembered(index: number): Pickled {
    const value = this.memo[index]
    if (value === undefined) throw this.broken('a value is used before it is there')
    return value
  }

  private classOf(module: string, name: string): PickledClass {
    const full = `${module}.${name}`
    if (!this.classes.includes(full)) throw this.foreign(`it asks for ${full.length > 200 ? `${full.slice(0, 200)}…` : full}`)
    return this.made(new PickledClass(full))
  }

  private made<T>(value: T): T {
    this.count()
    return value
  }

  private container<T>(value: T): T {
    if (++this.containers > this.limits.containers) throw this.broken('it has too many lists, dicts or instances')
    return value
  }

  private count(): void {
    if (++this.values > this.limits.values) throw this.broken('it has too many values')
  }

  private broken(why: string): MoltError {
    const place = `byte ${this.at} of ${this.bytes.length}`
    return new MoltError('damaged', `${this.name} is no whole pickle of a tracemalloc snapshot: ${why} (${place}).`)
  }

  private foreign(why: string): MoltError {
    return new MoltError('not-a-recording', `${this.name} is not a pickle of a tracemalloc snapshot: ${why}.`,
      'Molt opens what tracemalloc.Snapshot.dump writes and runs nothing from it.')
  }
}

const EMPTY: readonly Pickled[] = []
