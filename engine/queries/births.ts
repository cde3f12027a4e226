// How many objects of a type a traceback ever made: beside what is alive of them, the share that is never freed.
import { ALLOC, REUSE } from '../memory/events'
import type { OpenRecording } from './open-recording'

/** Blocks of other sizes do not count: a line makes temporary objects of the same type beside those that it keeps. */
export interface Births { type: number; site: number; leastBytes: number; mostBytes: number }

/** For each pair the objects born in the first `events` events. */
export function birthsOf(recording: OpenRecording, pairs: readonly Births[], events: number, progress?: (done: number, total: number) => void): Float64Array {
  const counts = new Float64Array(pairs.length)
  const bySite = new Map<number, number[]>()
  pairs.forEach(({ site }, i) => bySite.set(site, [...bySite.get(site) ?? [], i]))
  recording.reader.together(() => {
    for (const chunk of recording.reader.chunksOf(0, events)) {
      progress?.(chunk.first_event, events)
      const { op, opCount, opHead, opSite, opSize } = recording.columns(chunk)
      const pairOf = new Int32Array(opCount).fill(-1)
      let some = false
      for (let i = 0; i < opCount; i++) {
        const kind = opHead[i]! & 15
        if (kind !== ALLOC && kind !== REUSE) continue
        const pair = bySite.get(opSite[i]!)?.find(p => pairs[p]!.type === opHead[i]! >>> 6)
        if (pair === undefined || opSize[i]! < pairs[pair]!.leastBytes || opSize[i]! > pairs[pair]!.mostBytes) continue
        pairOf[i] = pair
        some = true
      }
      if (!some) continue
      const end = Math.min(chunk.event_count, events - chunk.first_event)
      for (let event = 0; event < end; event++) {
        const pair = pairOf[op[event]!]!
        if (pair >= 0) counts[pair]!++
      }
    }
  })
  return counts
}
