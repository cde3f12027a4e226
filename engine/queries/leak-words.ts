// Suspects in words.
import type { LeakSuspect } from '../rpc/contract-leaks'
import { shown } from './reference-text'
import { formatSize } from './tracemalloc-words'

/** One sentence. `length`: len() of the holder, or -1. */
export function titleOf(s: LeakSuspect, length: number): string {
  const main = s.members[0]
  const things = main === undefined ? '' : `${main.count.toLocaleString('en')} ${plural(main.typeName, main.count)}`
  const size = formatSize(s.growingBytes)
  switch (s.kind) {
    case 'garbage': return `${things} in cycles that nothing refers to and no collection has taken: ${size}`
    case 'single': return `${s.holder.words} only grows: ${size}${length >= 0 ? `, ${length.toLocaleString('en')} items` : ''}`
    case 'chain': return `a linked list of ${things} held by ${s.holder.words} only grows: ${size}`
    default: return `${s.holder.words} only grows: ${things}, ${size}`
  }
}

function plural(type: string, count: number): string {
  return count === 1 ? `\`${type}\` object` : `\`${type}\` objects`
}

/** Who holds it, where it is made, how it grew, what is freed, how sure that is and what to do: one text. */
export function proseOf(s: LeakSuspect): string {
  const sentences: string[] = []
  if (s.kind === 'garbage') sentences.push('Nothing holds them but each other: they wait for the collector.')
  else {
    const also = s.alsoHeldBy.length === 0 ? '' : `, and also by ${s.alsoHeldBy.map(h => h.words).join(' and ')}`
    sentences.push(`Held by ${s.holder.words} (${s.example || s.holder.expression})${also}.`)
  }
  const place = s.madeAt[0]
  if (place) {
    const where = place.frame.functionName === '' ? '' : ` in ${shown(place.frame.functionName)}`
    sentences.push(`Made at ${shown(place.frame.path)}:${place.frame.line}${where}${place.text === '' ? '' : `: ${place.text}`}.`)
  }
  if (s.growth.shape !== 'one-off') {
    const objects = s.growth.objectsPerThousandTicks > 0 ? ` and ${rate(s.growth.objectsPerThousandTicks)} objects` : ''
    sentences.push(`It has grown since tick ${s.growth.firstTick.toLocaleString('en')} by ${formatSize(s.growth.bytesPerThousandTicks)}${objects} every 1,000 instructions.`)
  }
  if (s.neverFreedShare !== null) sentences.push(`${percent(s.neverFreedShare)} of the \`${s.members[0]?.typeName ?? ''}\` objects that were made there are still alive.`)
  sentences.push(`Confidence ${s.confidence}: ${s.reason}.`)
  sentences.push(s.advice)
  return sentences.join(' ')
}

const percent = (share: number): string => `${(share * 100).toFixed(share > 0.99 && share < 1 ? 1 : 0)}%`
const rate = (value: number): string => (value >= 10 ? Math.round(value).toLocaleString('en') : value.toPrecision(2))
