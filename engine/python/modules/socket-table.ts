// The sockets of the simulated process: connected pairs in memory, as event loops use to wake themselves. There is no network.
import { _PyRuntime } from '../objects/runtime'

export class SocketEnd {
  peer: SocketEnd | null = null
  received: Uint8Array[] = []
  /** Nothing more can come. */
  ended = false
}

/** Numbers far above those of files. */
const FIRST = 512

let owner: unknown = null
let ends = new Map<number, SocketEnd>()

export function socketEnds(): Map<number, SocketEnd> {
  if (owner !== _PyRuntime.process) {
    owner = _PyRuntime.process
    ends = new Map()
  }
  return ends
}

/** The lowest free number, given to `end`. */
export function openSocket(end: SocketEnd): number {
  const table = socketEnds()
  let fd = FIRST
  while (table.has(fd)) fd++
  table.set(fd, end)
  return fd
}

export function closeSocket(fd: number): boolean {
  const end = socketEnds().get(fd)
  if (end === undefined) return false
  if (end.peer !== null) {
    end.peer.ended = true
    end.peer.peer = null
  }
  return socketEnds().delete(fd)
}

export const readable = (fd: number): boolean => {
  const end = socketEnds().get(fd)
  return end !== undefined && (end.received.length > 0 || end.ended)
}

export const writable = (fd: number): boolean => socketEnds().get(fd)?.peer !== null && socketEnds().has(fd)
