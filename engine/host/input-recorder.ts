// Notes what the program learns from outside (engine/recording/inputs.ts), in the interpreter's thread: it stands between
// the program and the folders, standard input, the clock and the requests of the host. Whatever it gets it passes on.
import { createHash } from 'node:crypto'
import type { FileStat, Mount } from '../python/modules/vfs'
import type { WallClock } from '../python/modules/clock'
import { ByteWriter } from '../recording/bytes'
import { CLOCK_ELAPSED, CLOCK_NOW, CLOCK_WAIT, LARGE_CONTENT_BYTES, type FileQuestion, type InputPieces, type TapePiece } from '../recording/inputs'
import { REQUEST_INTERRUPT, REQUEST_STOP, type Sender } from '../recording/sender'
import type { RunIo } from './interpreter-api'

export class InputRecorder {
  private readonly sender: Sender
  private pieces: InputPieces | null = null
  private readonly stdin = new ByteWriter(256)
  private readonly clockTape = new ByteWriter(256)
  /** Question → what was answered last, as text. */
  private readonly answers = new Map<string, string>()
  private readonly contents = new Map<string, number>()
  private readonly terminals = new Map<number, boolean>()
  private questions = 0
  private polls = 0
  private writes = 0

  constructor(sender: Sender) {
    this.sender = sender
    sender.drainInputs = () => this.drain()
  }

  mount(mount: Mount, index: number): Mount {
    return {
      root: mount.root,
      stat: path => {
        const stat = plain(mount.stat(path))
        this.answer(index, 'stat', path, stat, stat === null ? '' : `${stat.isDirectory} ${stat.size} ${stat.mtime} ${stat.inode}`, null)
        return stat
      },
      list: path => {
        const names = mount.list(path)
        const text = names === null ? '' : JSON.stringify(names)
        this.answer(index, 'list', path, null, text, names === null ? null : new TextEncoder().encode(text))
        return names
      },
      read: path => {
        const bytes = mount.read(path)
        this.answer(index, 'read', path, null, bytes === null ? '' : digestOf(bytes), bytes)
        return bytes
      },
    }
  }

  private answer(mount: number, question: FileQuestion, path: string, stat: FileStat | null, text: string, bytes: Uint8Array | null): void {
    const id = ++this.questions
    const key = `${mount} ${question} ${path}`
    if (this.answers.get(key) === text) return
    this.answers.set(key, text)
    const contentId = bytes === null ? 0 : this.content(question === 'read' ? text : digestOf(bytes), bytes)
    ;((this.pieces ??= {}).files ??= []).push({
      id, mount, question, path, isThere: stat !== null || bytes !== null, isFolder: stat?.isDirectory ?? false, sizeBytes: stat?.size ?? 0,
      mtimeSeconds: stat?.mtime ?? 0, inode: stat?.inode ?? 0, contentId,
    })
  }

  /** The number of these bytes; sent when they are new. */
  private content(digest: string, bytes: Uint8Array): number {
    let id = this.contents.get(digest)
    if (id !== undefined) return id
    this.contents.set(digest, id = this.contents.size + 1)
    ;((this.pieces ??= {}).contents ??= []).push({ id, bytes })
    if (bytes.length >= LARGE_CONTENT_BYTES) this.sender.flushContents(bytes.length)
    return id
  }

  io(io: RunIo): RunIo {
    const recorder = this
    return {
      read(fileDescriptor, size) {
        const bytes = io.read(fileDescriptor, size)
        recorder.stdin.number(bytes === null ? 0 : bytes.length + 1)
        if (bytes !== null) recorder.stdin.raw(bytes)
        return bytes
      },
      isatty(fileDescriptor) {
        const known = recorder.terminals.get(fileDescriptor)
        if (known !== undefined) return known
        const answer = io.isatty(fileDescriptor)
        recorder.terminals.set(fileDescriptor, answer)
        recorder.tape('terminal', fileDescriptor * 2 + (answer ? 1 : 0))
        return answer
      },
      write(fileDescriptor, bytes) {
        recorder.writes++
        if (io.write(fileDescriptor, bytes)) return true
        if (io.writeError !== undefined) this.writeError = io.writeError
        recorder.tape('write-error', recorder.writes, 0, new TextEncoder().encode(io.writeError ?? ''))
        return false
      },
    }
  }

  clock(clock: WallClock): WallClock {
    const tape = this.clockTape
    let elapsed = 0
    let now = 0
    return {
      elapsed() {
        const ns = clock.elapsed()
        const delta = Number(ns) - elapsed
        elapsed = Number(ns)
        tape.number(delta * 4 + CLOCK_ELAPSED)
        return ns
      },
      now() {
        const ms = clock.now()
        tape.number(zigzag(ms - now) * 4 + CLOCK_NOW)
        now = ms
        return ms
      },
      wait(ms, poll) {
        let polls = 0
        clock.wait(ms, () => {
          polls++
          return poll()
        })
        tape.number(polls * 4 + CLOCK_WAIT)
      },
    }
  }

  /** One poll; `requests` are the host's, bits of REQUEST_*. */
  poll(requests: number, tick: number): number {
    this.polls++
    if ((requests & REQUEST_INTERRUPT) !== 0) this.tape('interrupt', this.polls, tick)
    if ((requests & REQUEST_STOP) !== 0) this.tape('stop', this.polls, tick)
    return requests
  }

  private tape(kind: TapePiece['kind'], place: number, tick = 0, data = new Uint8Array(0)): void {
    ((this.pieces ??= {}).tapes ??= []).push({ kind, place, tick, data })
  }

  private drain(): InputPieces | null {
    for (const [kind, tape] of [['stdin', this.stdin], ['clock', this.clockTape]] as const) {
      if (tape.length === 0) continue
      this.tape(kind, 0, 0, tape.written().slice())
      tape.length = 0
    }
    const { pieces } = this
    this.pieces = null
    return pieces
  }
}

const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2)

const digestOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('base64')

/** A file system's inodes may be larger than whole numbers are here. */
function plain(stat: FileStat | null): FileStat | null {
  return stat === null || Number.isSafeInteger(stat.inode) ? stat : { ...stat, inode: stat.inode % 2 ** 48 }
}
