// What a program learns from outside its simulated process, so that it can be run again without what was there: answers of
// the file system, standard input, the wall clock, and requests of whoever watches it.
//
// The run itself is deterministic: asked the same questions in the same order, a replay gets the same answers. So an answer
// needs no time, only its place in the order of its kind. File questions are numbered; an answer holds until a later one to
// the same question differs. Standard input and the clock are tapes: bytes that are appended to, read from the beginning.
//
//   stdin tape   per read: 0 = the host wanted something (poll, read again), else bytes + 1 and the bytes
//   clock tape   per answer: value * 4 + kind, see CLOCK_*
//   interrupt, stop    `place` is the number of the poll that delivered it, counted from 1
//   terminal     `place` is descriptor * 2, + 1 if it is a terminal
//   write-error  `place` is the number of the write that failed, counted from 1; `data` the errno's name

export type FileQuestion = 'stat' | 'list' | 'read'

export interface FileAnswer {
  id: number
  mount: number
  question: FileQuestion
  path: string
  isThere: boolean
  isFolder: boolean
  sizeBytes: number
  mtimeSeconds: number
  inode: number
  /** 0: none. */
  contentId: number
}

export interface TapePiece { kind: 'stdin' | 'clock' | 'interrupt' | 'stop' | 'terminal' | 'write-error'; place: number; tick: number; data: Uint8Array }

export interface InputPieces {
  files?: FileAnswer[]
  contents?: { id: number; bytes: Uint8Array }[]
  tapes?: TapePiece[]
}

/** Nanoseconds since the last answer of this kind. */
export const CLOCK_ELAPSED = 0
/** Milliseconds of the time of day since the last such answer, zigzag. */
export const CLOCK_NOW = 1
/** A wait: how often the host was asked meanwhile. */
export const CLOCK_WAIT = 2

/** Contents of this size and more are sent at once (Sender.flushContents), the others with what comes next. */
export const LARGE_CONTENT_BYTES = 1 << 20
/** Contents are stored in pieces of so many bytes: SQLite's blobs have an end, and so has memory. */
export const CONTENT_PIECE_BYTES = 16 * 1024 * 1024
