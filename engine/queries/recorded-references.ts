// The references of one object out of a recording that has them (--record ledger): no second run is needed.
import { FREE, PARK, REALLOC_FROM, REFERENCE, REFERENCE_COUNT, REFERENCE_TAKEN } from '../memory/events'
import { repeated, type WatchedFrame, type WatchedObject, type WatchedStatement } from '../memory/watched-object'
import type { ObjectReferences } from '../rpc/contract-ledger'
import { headsOf, type NamedObject } from './object-id'
import { referencesFrom } from './object-references'
import type { OpenRecording } from './open-recording'

const MAX_STEPS = 200_000

/** Null: the recording has no references to this object. */
export function recordedReferences(recording: OpenRecording, object: NamedObject, progress?: (done: number, total: number) => void): ObjectReferences | null {
  if (recording.settings().record !== 'ledger') return null
  recording.refresh()
  const holders = new Map(recording.reader.referenceHolders().map(row => [row.id, row.text]))
  const end = recording.run().event_count
  const older = object.birthEvent < 0
  const from = Math.max(0, object.birthEvent)
  let block = older ? object.address - (headsOf(recording)[object.type] ?? 0) : object.block
  const result: WatchedObject = {
    problem: '', frames: [], steps: [], statements: [], startCount: 0, startHolders: [], startUnknown: 0, endCount: 0, endHolders: [], endUnknown: 0, cut: false,
  }
  const frames = new Map<number, number>()
  let count = 0
  let seen = 0
  let site = -1
  let lastInstruction = 0
  let lastTick = 0
  let open: WatchedStatement | null = null
  const close = (): void => {
    if (open) keep(result, open)
    open = null
  }
  const step = (event: number, tick: number, at: number, instruction: number, after: number, holder: string): void => {
    // A line that goes back, or comes again to where it was, runs once more.
    if (open === null || at !== site || instruction < lastInstruction || instruction === lastInstruction && tick !== lastTick) {
      close()
      site = at
      open = { frame: frameId(recording, frames, result.frames, at), tick, event, before: count, after: count, taken: 0, dropped: 0, times: 1,
        firstStep: result.steps.length, stepCount: 0, holders: null, unknown: 0 }
    }
    lastInstruction = instruction
    lastTick = tick
    open.taken += Math.max(0, after - count)
    open.dropped += Math.max(0, count - after)
    open.after = after
    if (result.steps.length < MAX_STEPS) {
      open.stepCount++
      result.steps.push({ event, tick, before: count, after, instruction: '', holder })
    } else result.cut = true
    count = after
  }

  let died = false
  for (const chunk of recording.reader.chunksOf(from, end)) {
    if (died) break
    progress?.(chunk.first_event - from, end - from)
    const { op: ops, address, tickDelta, opHead, opSize, opSite, opInstruction, baseTick } = recording.columns(chunk)
    let tick = baseTick
    for (let i = 0; i < chunk.event_count; i++) {
      tick += tickDelta[i]! >>> 0
      const event = chunk.first_event + i
      if (event < from || address[i] !== block) continue
      const op = ops[i]!
      const head = opHead[op]!
      const kind = head & 15
      if (event === object.birthEvent) {
        step(event, tick, opSite[op]!, opInstruction[op]!, 1, 'its maker')
        continue
      }
      if (kind === REFERENCE) {
        seen++
        const how = head >>> 4 & 3
        if (how !== REFERENCE_COUNT) step(event, tick, opSite[op]!, opInstruction[op]!, how === REFERENCE_TAKEN ? count + 1 : count - 1, holders.get(opSize[op]!) ?? 'interpreter')
        else if (older && result.startCount === 0) result.startCount = count = opSize[op]!
        else step(event, tick, opSite[op]!, opInstruction[op]!, opSize[op]!, 'interpreter')
      } else if (kind === REALLOC_FROM) block = address[i + 1]!
      else if (kind === FREE || kind === PARK) {
        died = true
        break
      }
    }
  }
  close()
  if (seen === 0) return null
  result.endCount = count
  return referencesFrom(recording, result, 'recording')
}

/** Repetitions that leave the count as it was become one. */
function keep({ statements, steps }: WatchedObject, statement: WatchedStatement): void {
  const same = repeated(statements, statement)
  if (!same) return void statements.push(statement)
  same.times++
  steps.length = statement.firstStep
}

function frameId(recording: OpenRecording, known: Map<number, number>, frames: WatchedFrame[], site: number): number {
  let id = known.get(site)
  if (id === undefined) {
    const { path, line, functionName } = recording.frame(site)
    known.set(site, id = frames.push({ path, line, functionName }) - 1)
  }
  return id
}
