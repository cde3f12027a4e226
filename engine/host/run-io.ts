// Standard input and output of the script, seen from the interpreter's thread.
//
// 'direct' (molt run): output is written to the process's own descriptors at once, so that bytes pass through untouched and in
// order. 'relayed' (store process): output goes with the sender's messages. Input always comes through a ring in shared
// memory that the session fills when the script waits: a read that waits can then be interrupted.
import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { INTERRUPT, STOP } from '../recording/protocol'
import type { Sender } from '../recording/sender'
import type { RunIo } from './interpreter-api'

/** Words of the input ring's control: bytes ever written, bytes ever read, 1 at the end, 1 while the script waits. */
export const INPUT_WRITTEN = 0
export const INPUT_READ = 1
export const INPUT_ENDED = 2
export const INPUT_WAITING = 3
export const INPUT_BYTES = 1 << 16

export interface InputRing { control: Int32Array<SharedArrayBuffer>; bytes: Uint8Array<SharedArrayBuffer> }

export const makeInputRing = (): InputRing => ({
  control: new Int32Array(new SharedArrayBuffer(16)),
  bytes: new Uint8Array(new SharedArrayBuffer(INPUT_BYTES)),
})

const sleepWord = new Int32Array(new SharedArrayBuffer(4))
const sleep = (ms: number) => Atomics.wait(sleepWord, 0, 0, ms)
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

export function directIo(sender: Sender, control: Int32Array, ring: InputRing, onWaiting: () => void): RunIo {
  const io: RunIo = {
    write(fileDescriptor, bytes) {
      for (let at = 0; at < bytes.length;) {
        try {
          at += writeSync(fileDescriptor, bytes, at)
        } catch (error) {
          if (codeOf(error) !== 'EAGAIN') {
            io.writeError = codeOf(error) ?? 'EIO'
            return false
          }
          // A full pipe that somebody set to non-blocking: wait for its reader, unless we are to stop.
          if (Atomics.load(control, STOP) !== 0) return false
          sleep(1)
        }
      }
      return true
    },
    read: ringReader(sender, control, ring, onWaiting),
    isatty: fileDescriptor => {
      try {
        return fstatSync(fileDescriptor).isCharacterDevice() && isatty(fileDescriptor)
      } catch {
        return false
      }
    },
  }
  return io
}

export function relayedIo(sender: Sender, control: Int32Array, ring: InputRing, onWaiting: () => void): RunIo {
  return { write: () => true, read: ringReader(sender, control, ring, onWaiting), isatty: () => false }
}

function ringReader(sender: Sender, control: Int32Array, ring: InputRing, onWaiting: () => void): RunIo['read'] {
  const words = ring.control
  return (_fileDescriptor, size) => {
    for (let told = false; ;) {
      const written = Atomics.load(words, INPUT_WRITTEN)
      const read = Atomics.load(words, INPUT_READ)
      const available = written - read | 0
      if (available > 0) {
        const length = Math.min(available, size)
        const bytes = new Uint8Array(length)
        for (let i = 0; i < length; i++) bytes[i] = ring.bytes[(read + i >>> 0) % INPUT_BYTES]!
        Atomics.store(words, INPUT_READ, read + length | 0)
        Atomics.store(words, INPUT_WAITING, 0)
        return bytes
      }
      if (Atomics.load(control, STOP) !== 0 || Atomics.load(control, INTERRUPT) !== 0) return null
      if (Atomics.load(words, INPUT_ENDED) === 1) return new Uint8Array(0)
      if (!told) {
        told = true
        Atomics.store(words, INPUT_WAITING, 1)
        // What was printed before must be seen before somebody can answer.
        sender.flush()
        onWaiting()
      }
      Atomics.wait(words, INPUT_WRITTEN, written, 100)
    }
  }
}

/** The session's end of the ring: keeps what does not fit yet. */
export class InputFeeder {
  readonly ring = makeInputRing()
  private pending: Uint8Array[] = []
  private ended = false

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.pending.push(bytes)
    this.fill()
  }

  end(): void {
    this.ended = true
    this.fill()
  }

  /** Moves what fits; to be called again when the script waits. */
  fill(): void {
    const { control, bytes } = this.ring
    let written = Atomics.load(control, INPUT_WRITTEN)
    while (this.pending.length > 0) {
      const room = INPUT_BYTES - (written - Atomics.load(control, INPUT_READ) | 0)
      if (room <= 0) break
      const next = this.pending[0]!
      const length = Math.min(room, next.length)
      for (let i = 0; i < length; i++) bytes[(written + i >>> 0) % INPUT_BYTES] = next[i]!
      if (length === next.length) this.pending.shift()
      else this.pending[0] = next.subarray(length)
      written = written + length | 0
      Atomics.store(control, INPUT_WRITTEN, written)
    }
    if (this.ended && this.pending.length === 0) Atomics.store(control, INPUT_ENDED, 1)
    Atomics.notify(control, INPUT_WRITTEN)
  }
}
