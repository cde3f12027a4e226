// The marshal format, version 4 (Python/marshal.c of CPython 3.11): reading into anything a builder makes, writing of
// the pieces, and both for the compiler's neutral constants.
//
// Failures of reading are MarshalFault: the exception and its message.
import { CodeObject } from '../bytecode/code'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue } from '../syntax/constant'
import { ByteWriter, decodeUtf8, encodeUtf8, latin1Text, isAsciiText } from './codecs'
import { standardDecodeHandler, standardEncodeHandler } from './codecs-errors'
import { parseDouble } from './dtoa'

export const MARSHAL_VERSION = 4
/** Nesting at which CPython gives up, MAX_MARSHAL_STACK_DEPTH. */
export const MAX_DEPTH = 2000
const FLAG_REF = 0x80

export class MarshalFault {
  readonly kind: 'EOFError' | 'ValueError' | 'TypeError'
  readonly message: string

  constructor(kind: 'EOFError' | 'ValueError' | 'TypeError', message: string) {
    this.kind = kind
    this.message = message
  }
}

/** The fields of a code object in the order they are stored; T is what a builder makes of objects. */
export interface MarshalledCode<T> {
  argcount: number
  posonlyargcount: number
  kwonlyargcount: number
  stacksize: number
  flags: number
  code: T
  consts: T
  names: T
  localsplusnames: T
  localspluskinds: T
  filename: T
  name: T
  qualname: T
  firstlineno: number
  linetable: T
  exceptiontable: T
}

/** Makes objects of what is read. Containers are made before their items, as an item may refer to them. null: it failed. */
export interface MarshalBuilder<T> {
  none(): T
  bool(value: boolean): T
  ellipsis(): T
  stopIteration(): T
  int(value: bigint): T
  float(value: number): T
  complex(real: number, imag: number): T
  bytes(value: Uint8Array): T
  str(value: string, interned: boolean): T
  tuple(length: number): T
  setTupleItem(tuple: T, index: number, item: T): void
  list(length: number): T
  setListItem(list: T, index: number, item: T): void
  dict(): T
  setDictItem(dict: T, key: T, value: T): boolean
  set(): T
  addToSet(set: T, item: T): boolean
  frozenset(items: T[]): T | null
  code(fields: MarshalledCode<T>): T | null
}

/** A builder said that it failed: a Python exception is set. */
export const MARSHAL_FAILED = Symbol('marshal builder failed')

// ---- reading ----------------------------------------------------------------------------------------------------

const END = Symbol('TYPE_NULL')

/** Thrown and caught within this file alone. */
class Stop {
  constructor(readonly reason: MarshalFault | typeof MARSHAL_FAILED) {}
}

const stop = (kind: MarshalFault['kind'], message: string): never => {
  throw new Stop(new MarshalFault(kind, message))
}

/** An object whose parts are being read. */
interface Container<T> {
  /** '(' '[' '{' '<' '>' 'c' */
  type: string
  /** Parts it has in all; a dict ends by TYPE_NULL. */
  length: number
  count: number
  object: T | null
  /** Its reserved reference, -1 if none. */
  index: number
  parts: T[]
  numbers: number[]
}

const CODE_PARTS = 10
const WHAT: Record<string, string> = { '(': 'tuple', '[': 'list', '<': 'set', '>': 'set', c: 'code object' }

class Reader<T> {
  position = 0
  private readonly refs: (T | undefined)[] = []
  private readonly view: DataView

  constructor(private readonly bytes: Uint8Array, private readonly builder: MarshalBuilder<T>) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  private take(n: number): number {
    const at = this.position
    if (at + n > this.bytes.length) stop('EOFError', 'marshal data too short')
    this.position = at + n
    return at
  }

  private byte(): number {
    if (this.position >= this.bytes.length) stop('EOFError', 'EOF read where object expected')
    return this.bytes[this.position++]!
  }

  private long(): number {
    return this.view.getInt32(this.take(4), true)
  }

  private size(what: string): number {
    const n = this.long()
    if (n < 0) stop('ValueError', `bad marshal data (${what} size out of range)`)
    return n
  }

  private data(n: number): Uint8Array {
    const at = this.take(n)
    return this.bytes.subarray(at, at + n)
  }

  // Mirrors r_PyLong.
  private bigLong(): bigint {
    const n = this.long()
    const count = Math.abs(n)
    let hex = 0n
    for (let i = 0; i < count; i++) {
      const digit = this.view.getInt16(this.take(2), true)
      if (digit < 0) stop('ValueError', 'bad marshal data (digit out of range in long)')
      if (digit === 0 && i === count - 1) stop('ValueError', 'bad marshal data (unnormalized long data)')
      hex |= BigInt(digit) << BigInt(15 * i)
    }
    return n < 0 ? -hex : hex
  }

  /** A float as text with its length before it. */
  private floatText(): number {
    const text = latin1Text(this.data(this.bytes[this.take(1)]!))
    const value = parseDouble(text)
    return value === null ? stop('ValueError', `could not convert string to float: '${text}'`) : value
  }

  private binaryFloat(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  private built(object: T | null): T {
    if (object === null) throw new Stop(MARSHAL_FAILED)
    return object
  }

  private remember(object: T, flag: boolean): T {
    if (flag) this.refs.push(object)
    return object
  }

  /** A place among the references for an object that cannot be made before its parts. */
  private reserve(flag: boolean): number {
    return flag ? this.refs.push(undefined) - 1 : -1
  }

  private keep(index: number, object: T): T {
    if (index >= 0) this.refs[index] = object
    return object
  }

  // Mirrors r_object, with a stack of its own in place of recursion.
  object(): T {
    const stack: Container<T>[] = []
    for (;;) {
      const first = this.byte()
      const flag = (first & FLAG_REF) !== 0
      const type = String.fromCharCode(first & ~FLAG_REF)
      if (stack.length >= MAX_DEPTH) stop('ValueError', 'recursion limit exceeded')
      let value: T | typeof END
      const container = this.open(type, flag)
      if (container === null) {
        value = this.simple(type, flag)
      } else if (container.length > 0) {
        stack.push(container)
        continue
      } else {
        value = this.finish(container)
      }
      // Hand the value to the container around it, and that one, if it is full, to the next.
      for (;;) {
        const around = stack[stack.length - 1]
        if (around === undefined) return value === END ? stop('TypeError', 'NULL object in marshal data for object') : value
        if (!this.add(around, value)) break
        stack.pop()
        value = this.finish(around)
      }
    }
  }

  private simple(type: string, flag: boolean): T | typeof END {
    const make = this.builder
    switch (type) {
      case '0': return END
      case 'N': return make.none()
      case 'S': return make.stopIteration()
      case '.': return make.ellipsis()
      case 'F': return make.bool(false)
      case 'T': return make.bool(true)
      case 'i': return this.remember(make.int(BigInt(this.long())), flag)
      case 'I': return this.remember(make.int(this.view.getBigInt64(this.take(8), true)), flag)
      case 'l': return this.remember(make.int(this.bigLong()), flag)
      case 'f': return this.remember(make.float(this.floatText()), flag)
      case 'g': return this.remember(make.float(this.binaryFloat()), flag)
      case 'x': {
        const real = this.floatText()
        return this.remember(make.complex(real, this.floatText()), flag)
      }
      case 'y': {
        const real = this.binaryFloat()
        return this.remember(make.complex(real, this.binaryFloat()), flag)
      }
      case 's': return this.remember(make.bytes(this.data(this.size('bytes object')).slice()), flag)
      case 'A': case 'a': return this.remember(make.str(latin1Text(this.data(this.size('string'))), type === 'A'), flag)
      case 'Z': case 'z': return this.remember(make.str(latin1Text(this.data(this.byte())), type === 'Z'), flag)
      case 't': case 'u': {
        const decoded = decodeUtf8(this.data(this.size('string')), standardDecodeHandler('surrogatepass'))
        return 'text' in decoded ? this.remember(make.str(decoded.text, type === 't'), flag)
          : stop('ValueError', `'utf-8' codec can't decode bytes: ${decoded.reason}`)
      }
      case 'r': {
        const n = this.long()
        if (n < 0 || n >= this.refs.length) stop('ValueError', 'bad marshal data (invalid reference)')
        return this.refs[n] ?? stop('ValueError', 'bad marshal data (invalid reference)')
      }
      default: return stop('ValueError', 'bad marshal data (unknown type code)')
    }
  }

  /** Begins an object that has parts; null for any other type. */
  private open(type: string, flag: boolean): Container<T> | null {
    const make = this.builder
    const container: Container<T> = { type, length: 0, count: 0, object: null, index: -1, parts: [], numbers: [] }
    switch (type) {
      case ')':
        container.type = '('
        container.length = this.byte()
        container.object = this.remember(make.tuple(container.length), flag)
        return container
      case '(':
        container.length = this.size('tuple')
        container.object = this.remember(make.tuple(container.length), flag)
        return container
      case '[':
        container.length = this.size('list')
        container.object = this.remember(make.list(container.length), flag)
        return container
      case '{':
        container.length = Infinity
        container.object = this.remember(make.dict(), flag)
        return container
      case '<':
        container.length = this.size('set')
        container.object = this.remember(make.set(), flag)
        return container
      case '>':
        container.length = this.size('set')
        container.index = this.reserve(flag)
        return container
      case 'c':
        container.length = CODE_PARTS
        container.index = this.reserve(flag)
        for (let i = 0; i < 5; i++) container.numbers.push(this.long())
        return container
      default:
        return null
    }
  }

  /** Adds a part; true if the container is then complete. */
  private add(container: Container<T>, value: T | typeof END): boolean {
    const { type, object, parts } = container
    if (value === END) {
      if (type === '{') return true
      return stop('TypeError', `NULL object in marshal data for ${WHAT[type]}`)
    }
    const make = this.builder
    const i = container.count++
    if (type === '(') make.setTupleItem(object!, i, value)
    else if (type === '[') make.setListItem(object!, i, value)
    else if (type === '<') {
      if (!make.addToSet(object!, value)) throw new Stop(MARSHAL_FAILED)
    } else if (type === '{') {
      parts.push(value)
      if (parts.length === 2) {
        if (!make.setDictItem(object!, parts[0]!, parts[1]!)) throw new Stop(MARSHAL_FAILED)
        parts.length = 0
      }
    } else {
      parts.push(value)
      // The first line stands between the texts and the tables.
      if (type === 'c' && parts.length === 8) container.numbers.push(this.long())
    }
    return container.count === container.length
  }

  private finish(container: Container<T>): T {
    const { type, object, parts, numbers, index } = container
    if (type === '>') return this.keep(index, this.built(this.builder.frozenset(parts)))
    if (type !== 'c') return object!
    const [argcount, posonlyargcount, kwonlyargcount, stacksize, flags, firstlineno] = numbers as [number, number, number, number, number, number]
    const [code, consts, names, localsplusnames, localspluskinds, filename, name, qualname, linetable, exceptiontable] =
      parts as [T, T, T, T, T, T, T, T, T, T]
    return this.keep(index, this.built(this.builder.code({
      argcount, posonlyargcount, kwonlyargcount, stacksize, flags, code, consts, names, localsplusnames, localspluskinds, filename, name,
      qualname, firstlineno, linetable, exceptiontable,
    })))
  }
}

export interface Unmarshalled<T> {
  value: T
  /** Bytes read. */
  length: number
}

/** marshal.loads: the first object in the bytes. */
export function readMarshal<T>(bytes: Uint8Array, builder: MarshalBuilder<T>): Unmarshalled<T> | MarshalFault | typeof MARSHAL_FAILED {
  const reader = new Reader(bytes, builder)
  try {
    return { value: reader.object(), length: reader.position }
  } catch (reason) {
    if (reason instanceof Stop) return reason.reason
    throw reason
  }
}

// ---- writing ------------------------------------------------------------------------------------------------------

/** Writes the pieces of the format; which objects are worth a reference, the caller decides. `flag` sets FLAG_REF. */
export class MarshalWriter {
  readonly out = new ByteWriter(256)

  done(): Uint8Array {
    return this.out.done()
  }

  type(code: string, flag = false): void {
    this.out.byte(code.charCodeAt(0) | (flag ? FLAG_REF : 0))
  }

  long(n: number): void {
    this.out.byte(n)
    this.out.byte(n >> 8)
    this.out.byte(n >> 16)
    this.out.byte(n >> 24)
  }

  private double(value: number): void {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setFloat64(0, value, true)
    this.out.all(bytes)
  }

  reference(index: number): void {
    this.type('r')
    this.long(index)
  }

  // Mirrors w_PyLong and the int branch of w_object.
  int(value: bigint, flag = false): void {
    if (value >= -2147483648n && value <= 2147483647n) {
      this.type('i', flag)
      this.long(Number(value))
      return
    }
    const digits: number[] = []
    for (let size = value < 0n ? -value : value; size > 0n; size >>= 15n) digits.push(Number(size & 0x7fffn))
    this.type('l', flag)
    this.long(value < 0n ? -digits.length : digits.length)
    for (const digit of digits) {
      this.out.byte(digit)
      this.out.byte(digit >> 8)
    }
  }

  float(value: number, flag = false): void {
    this.type('g', flag)
    this.double(value)
  }

  complex(real: number, imag: number, flag = false): void {
    this.type('y', flag)
    this.double(real)
    this.double(imag)
  }

  bytes(value: Uint8Array, flag = false): void {
    this.type('s', flag)
    this.long(value.length)
    this.out.all(value)
  }

  str(value: string, interned: boolean, flag = false): void {
    if (isAsciiText(value)) {
      const short = value.length < 256
      this.type(short ? (interned ? 'Z' : 'z') : interned ? 'A' : 'a', flag)
      if (short) this.out.byte(value.length)
      else this.long(value.length)
      this.out.latin1(value)
      return
    }
    const utf8 = encodeUtf8(value, standardEncodeHandler('surrogatepass')) as Uint8Array
    this.type(interned ? 't' : 'u', flag)
    this.long(utf8.length)
    this.out.all(utf8)
  }

  tupleHead(length: number, flag = false): void {
    this.type(length < 256 ? ')' : '(', flag)
    if (length < 256) this.out.byte(length)
    else this.long(length)
  }

  /** '[' list, '<' set, '>' frozenset: the head before the items. */
  head(type: '[' | '<' | '>', length: number, flag = false): void {
    this.type(type, flag)
    this.long(length)
  }
}

// ---- neutral constants ----------------------------------------------------------------------------------------------

export type Constant = ConstantValue | CodeObject

const neutral: MarshalBuilder<Constant> = {
  none: () => null,
  bool: (value) => value,
  ellipsis: () => ELLIPSIS,
  stopIteration: unsupported,
  int: (value) => value,
  float: (value) => new FloatValue(value),
  complex: (real, imag) => new ComplexValue(real, imag),
  bytes: (value) => new BytesValue(value),
  str: (value) => value,
  tuple: () => new TupleValue([]),
  setTupleItem: (tuple, _index, item) => void ((tuple as TupleValue).items as Constant[]).push(item),
  list: unsupported,
  setListItem: unsupported,
  dict: unsupported,
  setDictItem: unsupported,
  set: unsupported,
  addToSet: unsupported,
  frozenset: (items) => new FrozensetValue(items as ConstantValue[]),
  code: (f) => new CodeObject(
    f.argcount, f.posonlyargcount, f.kwonlyargcount, f.stacksize, f.flags, (f.code as BytesValue).bytes,
    [...(f.consts as TupleValue).items], (f.names as TupleValue).items as string[], (f.localsplusnames as TupleValue).items as string[],
    (f.localspluskinds as BytesValue).bytes, f.filename as string, f.name as string, f.qualname as string, f.firstlineno,
    (f.linetable as BytesValue).bytes, (f.exceptiontable as BytesValue).bytes,
  ),
}

function unsupported(): never {
  return stop('ValueError', 'bad marshal data (not a constant)')
}

/** Reads a constant or a code object; a list, dict or set in it is a fault. */
export function loadConstant(bytes: Uint8Array): Constant | MarshalFault {
  const read = readMarshal(bytes, neutral)
  return read instanceof MarshalFault ? read : (read as Unmarshalled<Constant>).value
}

/**
 * Writes a constant or a code object so that CPython's marshal.loads reads it. DIFFERS: CPython decides by identity and
 * reference counts what becomes a reference; here texts do that occur again.
 */
export function dumpConstant(value: Constant): Uint8Array {
  const writer = new MarshalWriter()
  const refs = new Map<string, number>()
  dump(writer, value, refs)
  return writer.done()
}

function dump(w: MarshalWriter, value: Constant, refs: Map<string, number> | null, interned = false): void {
  if (value === null) return w.type('N')
  if (value === ELLIPSIS) return w.type('.')
  if (typeof value === 'boolean') return w.type(value ? 'T' : 'F')
  if (typeof value === 'bigint') return w.int(value)
  if (typeof value === 'string') {
    const known = refs?.get(value)
    if (known !== undefined) return w.reference(known)
    refs?.set(value, refs.size)
    return w.str(value, interned, refs !== null)
  }
  if (value instanceof FloatValue) return w.float(value.value)
  if (value instanceof ComplexValue) return w.complex(value.real, value.imag)
  if (value instanceof BytesValue) return w.bytes(value.bytes)
  if (value instanceof TupleValue) {
    w.tupleHead(value.items.length)
    for (const item of value.items) dump(w, item, refs)
    return
  }
  if (value instanceof FrozensetValue) {
    // In the order of their bytes, so that the result does not depend on hashes; without references for that.
    const items = value.items.map((item) => {
      const part = new MarshalWriter()
      dump(part, item, null)
      return part.done()
    })
    items.sort(compareBytes)
    w.head('>', items.length)
    for (const item of items) w.out.all(item)
    return
  }
  dumpCode(w, value as CodeObject, refs)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

function dumpCode(w: MarshalWriter, code: CodeObject, refs: Map<string, number> | null): void {
  const names = (items: string[]) => {
    w.tupleHead(items.length)
    for (const name of items) dump(w, name, refs, true)
  }
  w.type('c')
  for (const n of [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_stacksize, code.co_flags]) w.long(n)
  w.bytes(code.co_code)
  w.tupleHead(code.co_consts.length)
  for (const item of code.co_consts) dump(w, item, refs)
  names(code.co_names)
  names(code.co_localsplusnames)
  w.bytes(code.co_localspluskinds)
  for (const text of [code.co_filename, code.co_name, code.co_qualname]) dump(w, text, refs, true)
  w.long(code.co_firstlineno)
  w.bytes(code.co_linetable)
  w.bytes(code.co_exceptiontable)
}
