// What watching one object during a run tells: each reference taken and dropped, by statement. Plain data that passes
// between threads; engine/python/heap/reference-watch.ts makes it.

export interface WatchRequest {
  /** Start of the object's block when it was born, and events before its birth; -1: older than the recording. */
  block: number
  birthEvent: number
  /** Where the object is: of one that is older than the recording. */
  address: number
}

export interface WatchedFrame { path: string; line: number; functionName: string }

/** One change of the count. */
export interface WatchedStep {
  event: number
  tick: number
  before: number
  after: number
  /** The instruction that ran: `STORE_ATTR name`. */
  instruction: string
  /** What took or dropped the reference, as far as the instruction tells. */
  holder: string
}

/** The changes that one run of one line in one frame made, together. */
export interface WatchedStatement {
  /** Index in WatchedObject.frames. */
  frame: number
  tick: number
  event: number
  before: number
  after: number
  taken: number
  dropped: number
  /** The same again so many times, with nothing between but others that left the count as it was. */
  times: number
  /** Its steps in WatchedObject.steps; of repetitions those of the first. */
  firstStep: number
  stepCount: number
  /** Who held references when it was over, one name a reference; null: not looked for. */
  holders: string[] | null
  /** References whose holder was not found then. */
  unknown: number
}

export interface WatchedObject {
  /** Why nothing or not all could be watched; '' if all is well. */
  problem: string
  frames: WatchedFrame[]
  steps: WatchedStep[]
  statements: WatchedStatement[]
  /** Its count when the watch began, and who held it: of objects that are older than the recording. */
  startCount: number
  startHolders: string[]
  startUnknown: number
  /** Its count when the watch ended; 0: it died. */
  endCount: number
  /** Who held it then. */
  endHolders: string[]
  endUnknown: number
  /** There was more than fits: statements after the last one are left out, the counts at the end are right. */
  cut: boolean
}

/** Lines of a loop take turns. */
const LOOP_LINES = 24

/** The same statement a little before, if it and all since have left the count as it was. */
export function repeated(statements: readonly WatchedStatement[], statement: WatchedStatement): WatchedStatement | null {
  const { before, after, taken, frame } = statement
  if (before !== after) return null
  for (let i = statements.length - 1; i >= Math.max(0, statements.length - LOOP_LINES); i--) {
    const other = statements[i]!
    if (other.before !== other.after || other.after !== before) return null
    if (other.frame === frame && other.taken === taken) return other
  }
  return null
}
