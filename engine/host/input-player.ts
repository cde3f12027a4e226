// Gives a program again what an earlier run learned from outside (engine/recording/inputs.ts): the other side of
// InputRecorder, in the same places. Nothing of this machine is asked.
import type { FileStat, Mount } from '../python/modules/vfs'
import type { WallClock } from '../python/modules/clock'
import { RunEnded } from '../python/vm/eval-breaker'
import { ByteReader } from '../recording/bytes'
import { CLOCK_ELAPSED, CLOCK_NOW, CLOCK_WAIT, type FileAnswer, type TapePiece } from '../recording/inputs'
import { REQUEST_INTERRUPT, REQUEST_STOP } from '../recording/sender'
import type { RunIo } from './interpreter-api'

export interface RecordedInputs {
  files: FileAnswer[]
  contents: Map<number, Uint8Array>
  stdin: Uint8Array
  clock: Uint8Array
  tapes: TapePiece[]
  /** The earlier run did not come to an end: what it had not asked yet ends this one. */
  openEnded: boolean
}

/** Virtual time between two answers of a clock whose tape is at its end: another program asked more often. */
const BEYOND_NS = 1000n

export class InputPlayer {
  /** Questions that were not asked before, and so have no answer; at most MAX_UNKNOWN. */
  readonly unknown = new Set<string>()
  private readonly inputs: RecordedInputs
  /** By mount, question and path: answers in their order. */
  private readonly answers = new Map<string, FileAnswer[]>()
  private readonly stdinTape: ByteReader
  private readonly interrupts = new Set<number>()
  private readonly stops = new Set<number>()
  private questions = 0
  private polls = 0
  private writes = 0

  constructor(inputs: RecordedInputs) {
    this.inputs = inputs
    for (const answer of inputs.files) {
      const key = keyOf(answer.mount, answer.question, answer.path)
      const known = this.answers.get(key)
      if (known) known.push(answer)
      else this.answers.set(key, [answer])
    }
    this.stdinTape = new ByteReader(inputs.stdin)
    for (const { kind, place } of inputs.tapes) {
      if (kind === 'interrupt') this.interrupts.add(place)
      else if (kind === 'stop') this.stops.add(place)
    }
  }

  mount(root: string, index: number): Mount {
    return {
      root,
      stat: (path): FileStat | null => {
        const answer = this.find(index, 'stat', path)
        return answer?.isThere ? { isDirectory: answer.isFolder, size: answer.sizeBytes, mtime: answer.mtimeSeconds, inode: answer.inode } : null
      },
      list: path => {
        const bytes = this.bytes(this.find(index, 'list', path))
        return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes)) as string[]
      },
      // A copy: the program may write to what it read.
      read: path => this.bytes(this.find(index, 'read', path))?.slice() ?? null,
    }
  }

  private find(mount: number, question: FileAnswer['question'], path: string): FileAnswer | null {
    const number = ++this.questions
    const known = this.answers.get(keyOf(mount, question, path))
    if (known === undefined) {
      this.beyond()
      if (this.unknown.size < MAX_UNKNOWN) this.unknown.add(path)
      return null
    }
    return known.findLast(answer => answer.id <= number) ?? known[0]!
  }

  private bytes(answer: FileAnswer | null): Uint8Array | null {
    return answer === null || answer.contentId === 0 ? null : this.inputs.contents.get(answer.contentId) ?? null
  }

  /** Something that the earlier run had not come to. */
  private beyond(): void {
    if (this.inputs.openEnded) throw new RunEnded('stopped', 'the recording has no more of what came from outside')
  }

  io(io: RunIo): RunIo {
    const player = this
    const terminals = new Map<number, boolean>()
    const failures = new Map<number, string>()
    for (const { kind, place, data } of this.inputs.tapes) {
      if (kind === 'terminal') terminals.set(place >> 1, (place & 1) === 1)
      else if (kind === 'write-error') failures.set(place, new TextDecoder().decode(data))
    }
    let rest = new Uint8Array(0)
    return {
      read(_fileDescriptor, size) {
        if (rest.length === 0) {
          const tape = player.stdinTape
          if (tape.at >= player.inputs.stdin.length) {
            player.beyond()
            return rest
          }
          const head = tape.number()
          if (head === 0) return null
          rest = tape.raw(head - 1).slice()
        }
        // Another program may ask for less at a time.
        const bytes = rest.slice(0, size)
        rest = rest.slice(size)
        return bytes
      },
      isatty: fileDescriptor => terminals.get(fileDescriptor) ?? false,
      write(fileDescriptor, bytes) {
        const failure = failures.get(++player.writes)
        if (failure === undefined) return io.write(fileDescriptor, bytes)
        this.writeError = failure === '' ? 'EPIPE' : failure
        return false
      },
    }
  }

  clock(): WallClock {
    const { clock: bytes } = this.inputs
    const tape = new ByteReader(bytes)
    let elapsed = 0n
    let now = 0
    let ahead = -1
    /** The next answer if it is of this kind; -1: the program asks otherwise than before. */
    const next = (kind: number): number => {
      if (ahead < 0) {
        if (tape.at >= bytes.length) {
          this.beyond()
          return -1
        }
        ahead = tape.number()
      }
      if (ahead % 4 !== kind) return -1
      const value = Math.floor(ahead / 4)
      ahead = -1
      return value
    }
    return {
      elapsed() {
        const value = next(CLOCK_ELAPSED)
        elapsed += value < 0 ? BEYOND_NS : BigInt(value)
        return elapsed
      },
      now() {
        const value = next(CLOCK_NOW)
        if (value >= 0) now += value % 2 === 1 ? -(value + 1) / 2 : value / 2
        return now
      },
      wait(ms, poll) {
        const polls = next(CLOCK_WAIT)
        if (polls < 0) elapsed += BigInt(Math.ceil(ms * 1e6))
        else for (let i = 0; i < polls; i++) if (poll()) return
      },
    }
  }

  /** One poll: the requests of now and those of then. */
  poll(requests: number): number {
    this.polls++
    if (this.interrupts.has(this.polls)) requests |= REQUEST_INTERRUPT
    if (this.stops.has(this.polls)) requests |= REQUEST_STOP
    return requests
  }
}

const MAX_UNKNOWN = 50

const keyOf = (mount: number, question: string, path: string): string => `${mount} ${question} ${path}`
