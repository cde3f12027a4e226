// The references of one object, statement by statement, made of what watching it told (engine/memory/watched-object.ts).
import type { WatchedObject, WatchedStatement } from '../memory/watched-object'
import type { ObjectReferences, ReferenceStatement } from '../rpc/contract-ledger'
import type { Frame } from '../rpc/contract'
import type { OpenRecording } from './open-recording'

export function referencesFrom(recording: OpenRecording, watched: WatchedObject, source: ObjectReferences['source']): ObjectReferences {
  const files = new Map(recording.reader.fileHeads().map(file => [file.path, file.id]))
  const frames = watched.frames.map((frame): Frame => ({ fileId: files.get(frame.path) ?? 0, ...frame }))
  const collections = recording.reader.collections(0, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER)
  const collectionAt = (event: number): number | null => collections.findLast(c => c.start_event < event && event < c.end_event)?.id ?? null
  let holders = watched.startHolders
  /** Told since holders were last looked up, as the instructions had it. */
  const told = { gained: [] as string[], lost: [] as string[] }
  const statements = watched.statements.map((statement): ReferenceStatement => {
    const steps = watched.steps.slice(statement.firstStep, statement.firstStep + statement.stepCount)
    let gained: string[]
    let lost: string[]
    if (statement.holders === null) {
      ({ gained, lost } = byInstruction(statement, steps))
      told.gained.push(...gained)
      told.lost.push(...lost)
    } else {
      // Nothing is told twice; what was told and is not so is taken back.
      ({ gained, lost } = difference(struck([...holders, ...told.gained], told.lost), statement.holders))
      told.gained.length = told.lost.length = 0
      holders = statement.holders
    }
    const { tick, event, before, after, taken, dropped, times } = statement
    return {
      frame: frames[statement.frame]!, tick, event, before, after, taken, dropped, times, gained, lost, steps, confirmed: statement.holders !== null,
      temporary: before === after && gained.length === 0 && lost.length === 0, collectionId: collectionAt(steps[0]?.event ?? event),
    }
  })
  const { problem, startCount, startHolders, endCount, endHolders, endUnknown, cut } = watched
  return { source, problem, startCount, startHolders, statements, endCount, holders: endHolders, unknown: endUnknown, cut }
}

/** Which variable holds the holder is told with it, but does not make another holder of it. */
const bare = (name: string): string => name.replace(/ \((?:global|local) [^()]*\)$/, '')

/** Two lists of names, each as often as it occurs. */
export function difference(before: readonly string[], after: readonly string[]): { gained: string[]; lost: string[] } {
  const count = new Map<string, number>()
  const shown = new Map<string, string>()
  const add = (name: string, n: number): void => {
    const key = bare(name)
    shown.set(key, name)
    count.set(key, (count.get(key) ?? 0) + n)
  }
  for (const name of before) add(name, -1)
  for (const name of after) add(name, 1)
  const gained: string[] = []
  const lost: string[] = []
  for (const [name, n] of count) for (let i = 0; i < Math.abs(n); i++) (n > 0 ? gained : lost).push(shown.get(name)!)
  return { gained, lost }
}

/** `names` without one of each of `gone`. */
function struck(names: string[], gone: readonly string[]): string[] {
  const left = [...names]
  for (const name of gone) {
    const at = left.findIndex(other => bare(other) === bare(name))
    if (at >= 0) left.splice(at, 1)
  }
  return left
}

/** What is left when every reference that was taken and dropped again is struck: the last ones taken, or the last ones dropped. */
function byInstruction({ before, after }: WatchedStatement, steps: { before: number; after: number; holder: string }[]): { gained: string[]; lost: string[] } {
  const net = after - before
  const of = (sign: number) => steps.filter(step => Math.sign(step.after - step.before) === sign).slice(-Math.abs(net)).map(step => step.holder)
  return { gained: net > 0 ? of(1) : [], lost: net < 0 ? of(-1) : [] }
}
