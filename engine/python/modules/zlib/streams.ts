// zlib's streams, step by step, over the host's zlib: what deflate() and inflate() are to CPython.
//
// Node's own classes only work asynchronously or on a whole input at once. Their handle has what is wanted, a synchronous
// write that says how much of input and room is left; it is not documented, and all that is known of it is in `Handle`.
// The handle does not tell the end of a stream from a pause, nor takes gzip apart by zlib's rules: both is done here.
//
// DIFFERS: compressed data is that of Node's zlib, a fork of zlib that finds somewhat other matches: not the same bytes.
import { Deflate, DeflateRaw, Inflate, InflateRaw, constants } from 'node:zlib'
import { crc32 } from '../../lib/checksums'

export const { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH, Z_OK, Z_STREAM_END, Z_NEED_DICT, Z_STREAM_ERROR, Z_DATA_ERROR, Z_BUF_ERROR } = constants

/** What Node's stream classes keep behind `_handle`. */
interface Handle {
  writeSync(flush: number, input: Uint8Array, inOffset: number, inLength: number, out: Uint8Array, outOffset: number, outLength: number): void
  onerror: (message: string, code: number, name: string) => void
}
interface Inner { _handle: Handle, _writeState: Uint32Array }

const EMPTY = new Uint8Array(0)

/** Of the last step: bytes taken and made, zlib's status and its message for an error ('' if it has none). */
export interface Step { consumed: number, produced: number, status: number, message: string }

/** One raw or zlib stream of the host. */
class Core {
  private readonly inner: Inner
  private failure: { code: number, message: string } | null = null

  constructor(stream: unknown) {
    this.inner = stream as Inner
    this.inner._handle.onerror = (message, code) => { this.failure = { code, message } }
  }

  step(input: Uint8Array, from: number, flush: number, out: Uint8Array, at: number): Step {
    this.failure = null
    const room = out.length - at
    this.inner._handle.writeSync(flush, input, from, input.length - from, out, at, room)
    const [outLeft, inLeft] = this.inner._writeState as unknown as [number, number]
    const failure = this.failure as { code: number, message: string } | null
    return { consumed: input.length - from - inLeft, produced: room - outLeft, status: failure?.code ?? Z_OK, message: failure?.message ?? '' }
  }
}

/** A call of `step` and the input it took, kept so that a stream can be copied by doing it all again. */
type Call = [input: Uint8Array, flush: number, room: number]

// ---- compression -------------------------------------------------------------------------------------------------------

export interface DeflateOptions { level: number, method: number, wbits: number, memLevel: number, strategy: number, dictionary: Uint8Array | null }

/** Are these parameters that deflateInit2 takes? */
export function deflateOptionsValid({ level, method, wbits, memLevel, strategy }: DeflateOptions): boolean {
  const size = wbits < 0 ? -wbits : wbits > 15 ? wbits - 16 : wbits
  return level >= -1 && level <= 9 && method === 8 && memLevel >= 1 && memLevel <= 9 && strategy >= 0 && strategy <= 4
    && size >= (wbits >= 8 && wbits <= 15 ? 8 : 9) && size <= 15
}

const GZIP_HEADER = (level: number): Uint8Array => Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, level === 9 ? 2 : level === 1 ? 4 : 0, 3)

export class DeflateStream {
  private readonly core: Core
  private readonly calls: Call[] = []
  private ended = false
  /** gzip: header still to be written, then what goes into the trailer. */
  private readonly gzip: boolean
  private pending: Uint8Array
  private crc = 0
  private size = 0
  private trailed = false

  constructor(private readonly options: DeflateOptions) {
    const { level, wbits, memLevel, strategy, dictionary } = options
    this.gzip = wbits > 15
    const windowBits = Math.max(9, wbits < 0 ? -wbits : this.gzip ? wbits - 16 : wbits)
    const given = { level, windowBits, memLevel, strategy, ...(dictionary === null ? {} : { dictionary }) }
    this.core = new Core(wbits < 0 || this.gzip ? new DeflateRaw(given) : new Deflate(given))
    this.pending = this.gzip ? GZIP_HEADER(level) : EMPTY
  }

  /** Takes input from an offset and writes into the room of `out`. After the end: Z_STREAM_ERROR. */
  step(input: Uint8Array, from: number, flush: number, out: Uint8Array, at: number): Step {
    if (this.ended && this.pending.length === 0) {
      return { consumed: 0, produced: 0, status: this.trailed ? Z_STREAM_ERROR : Z_STREAM_END, message: '' }
    }
    let produced = this.drain(out, at)
    let consumed = 0
    let status = Z_OK
    if (this.pending.length === 0 && !this.ended) {
      const step = this.core.step(input, from, flush, out, at + produced)
      if (this.gzip) {
        this.crc = crc32(input.subarray(from, from + step.consumed), this.crc)
        this.size += step.consumed
      }
      consumed = step.consumed
      produced += step.produced
      // With room left all is written.
      if (flush === Z_FINISH && at + produced < out.length) {
        this.ended = true
        if (this.gzip) this.pending = this.trailer()
        produced += this.drain(out, at + produced)
      }
    }
    this.calls.push([input.slice(from, from + consumed), flush, out.length - at])
    if (this.ended && this.pending.length === 0) {
      this.trailed = true
      status = Z_STREAM_END
    }
    return { consumed, produced, status, message: '' }
  }

  private drain(out: Uint8Array, at: number): number {
    const n = Math.min(this.pending.length, out.length - at)
    out.set(this.pending.subarray(0, n), at)
    this.pending = this.pending.subarray(n)
    return n
  }

  private trailer(): Uint8Array {
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, this.crc, true)
    view.setUint32(4, this.size, true)
    return bytes
  }

  copy(): DeflateStream {
    const twin = new DeflateStream(this.options)
    for (const [input, flush, room] of this.calls) twin.step(input, 0, flush, new Uint8Array(room), 0)
    return twin
  }
}

// ---- decompression -------------------------------------------------------------------------------------------------------

/** Does inflateInit2 take this? */
export const inflateBitsValid = (wbits: number): boolean =>
  wbits >= -15 && wbits <= -8 || wbits >= 0 && wbits <= 47 && (wbits % 16 === 0 || wbits % 16 >= 8)

const bad = (message: string): Step => ({ consumed: 0, produced: 0, status: Z_DATA_ERROR, message })

const FHCRC = 2
const FEXTRA = 4
const FNAME = 8
const FCOMMENT = 16

/** Length of a gzip header, 0 while there is not enough of it, or what is wrong with it. */
function gzipHeader(bytes: Uint8Array): number | string {
  if (bytes.length < 2) return 0
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return 'incorrect header check'
  if (bytes.length > 2 && bytes[2] !== 8) return 'unknown compression method'
  if (bytes.length > 3 && (bytes[3]! & 0xe0) !== 0) return 'unknown header flags set'
  const flags = bytes[3] ?? 0
  let at = 10
  if ((flags & FEXTRA) !== 0) at += 2 + (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8)
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue
    const end = bytes.indexOf(0, at)
    if (end < 0) return 0
    at = end + 1
  }
  if ((flags & FHCRC) !== 0) {
    if (bytes.length >= at + 2 && (crc32(bytes.subarray(0, at)) & 0xffff) !== (bytes[at]! | (bytes[at + 1]! << 8))) return 'header crc mismatch'
    at += 2
  }
  return bytes.length < at ? 0 : at
}

export class InflateStream {
  private core: Core | null = null
  private readonly calls: Call[] = []
  private done = false
  private failed: Step | null = null
  /** gzip: unknown until the first two bytes are there (wbits 40 to 47); header bytes, then trailer bytes so far. */
  private kind: 'raw' | 'zlib' | 'gzip' | 'unknown'
  private held: number[] = []
  private crc = 0
  private size = 0
  private bodyDone = false

  constructor(private readonly wbits: number, private readonly dictionary: Uint8Array | null) {
    this.kind = wbits < 0 ? 'raw' : wbits < 16 ? 'zlib' : wbits < 32 ? 'gzip' : 'unknown'
    if (this.kind === 'raw' || this.kind === 'zlib') this.open()
  }

  private open(): void {
    const size = this.wbits < 0 ? -this.wbits : this.wbits & 15
    const windowBits = this.kind === 'gzip' ? 15 : size
    const given = { windowBits, ...(this.dictionary === null || this.kind === 'gzip' ? {} : { dictionary: this.dictionary }) }
    this.core = new Core(this.kind === 'zlib' ? new Inflate(given) : new InflateRaw({ ...given, windowBits: Math.max(8, windowBits) }))
  }

  get ended(): boolean {
    return this.done
  }

  step(input: Uint8Array, from: number, flush: number, out: Uint8Array, at: number): Step {
    if (this.failed !== null) return this.failed
    const step = this.advance(input, from, flush, out, at)
    if (!this.done || step.consumed > 0 || step.produced > 0) this.calls.push([input.slice(from, from + step.consumed), flush, out.length - at])
    if (step.status < 0 && step.status !== Z_BUF_ERROR) this.failed = { ...step, consumed: 0, produced: 0 }
    return step
  }

  private advance(input: Uint8Array, from: number, flush: number, out: Uint8Array, at: number): Step {
    let begin = from
    if (this.kind === 'unknown' || this.kind === 'gzip' && this.core === null) {
      const taken = this.takeHeader(input, begin)
      if (typeof taken !== 'number') return taken
      begin += taken
      if (this.core === null) return this.paused(begin - from, 0, flush)
    }
    let produced = 0
    if (!this.bodyDone) {
      const replay = this.kind === 'zlib' && this.held.length > 0 ? Uint8Array.from(this.held) : null
      this.held = this.kind === 'zlib' ? [] : this.held
      if (replay !== null) this.core!.step(replay, 0, Z_SYNC_FLUSH, new Uint8Array(1), 0)
      const step = this.core!.step(input, begin, flush === Z_FINISH ? Z_SYNC_FLUSH : flush, out, at)
      begin += step.consumed
      produced = step.produced
      if (this.kind === 'gzip') {
        this.crc = crc32(out.subarray(at, at + produced), this.crc)
        this.size += produced
      }
      if (step.status !== Z_OK && step.status !== Z_BUF_ERROR) return { ...step, consumed: begin - from, message: ownMessage(step) }
      this.bodyDone = at + produced < out.length && (begin < input.length || this.isAtEnd())
      if (!this.bodyDone) return this.paused(begin - from, produced, flush)
    }
    if (this.kind === 'gzip') {
      while (this.held.length < 8 && begin < input.length) this.held.push(input[begin++]!)
      if (this.held.length < 8) return this.paused(begin - from, produced, flush)
      const trailer = new DataView(Uint8Array.from(this.held).buffer)
      if (trailer.getUint32(0, true) !== this.crc) return { ...bad('incorrect data check'), consumed: begin - from, produced }
      if (trailer.getUint32(4, true) !== this.size >>> 0) return { ...bad('incorrect length check'), consumed: begin - from, produced }
    }
    this.done = true
    return { consumed: begin - from, produced, status: Z_STREAM_END, message: '' }
  }

  /** Nothing wrong, but no end either. */
  private paused(consumed: number, produced: number, flush: number): Step {
    return { consumed, produced, status: consumed === 0 && produced === 0 || flush === Z_FINISH ? Z_BUF_ERROR : Z_OK, message: '' }
  }

  /** With no input and room to write, only a stream that is at its end has nothing to complain of. */
  private isAtEnd(): boolean {
    return this.core!.step(EMPTY, 0, Z_FINISH, new Uint8Array(1), 0).status === Z_OK
  }

  /** Bytes taken of the header of a gzip stream, or for finding out whether it is one. */
  private takeHeader(input: Uint8Array, from: number): number | Step {
    const before = this.held.length
    for (let at = from; at <= input.length; at++) {
      if (this.kind === 'unknown' && this.held.length >= 2) {
        this.kind = this.held[0] === 0x1f && this.held[1] === 0x8b ? 'gzip' : 'zlib'
        if (this.kind === 'zlib') {
          this.open()
          return this.held.length - before
        }
      }
      if (this.kind === 'gzip') {
        const length = gzipHeader(Uint8Array.from(this.held))
        if (typeof length === 'string') return bad(length)
        if (length > 0) {
          const taken = this.held.length - before
          this.held = []
          this.open()
          return taken
        }
      }
      if (at < input.length) this.held.push(input[at]!)
    }
    return this.held.length - before
  }

  copy(): InflateStream {
    const twin = new InflateStream(this.wbits, this.dictionary)
    for (const [input, flush, room] of this.calls) twin.step(input, 0, flush, new Uint8Array(room), 0)
    return twin
  }
}

/** The message of a step that the dictionary given for the stream does not fit. */
export const BAD_DICTIONARY = 'Bad dictionary'

/** zlib's words; Node has some of its own where zlib has none. */
function ownMessage({ message }: Step): string {
  return ['Missing dictionary', 'unexpected end of file', 'Zlib error'].includes(message) ? '' : message
}
