import { expect, test } from 'vitest'
import { ALLOC, FREE, GC_START, MARK, OUTPUT, PARK, REALLOC, REALLOC_FROM, REUSE } from '../memory/events'
import { partingOf } from './run-parting'
import { recordRun, type RecordedRun } from './testing'

const COMPARED = [ALLOC, FREE, REALLOC_FROM, REALLOC, REUSE, PARK, GC_START, MARK, OUTPUT]

/** Index and text of each compared event, straight from the raw ones. */
function naiveEvents({ naive }: RecordedRun): { index: number; text: string }[] {
  const sizes = new Map<number, number>()
  let moved = 0
  return naive.events.flatMap(([head, first, second, context, instruction], index) => {
    const kind = head! & 15
    let size = second!
    if (kind === REALLOC_FROM) moved = first!
    if (kind === FREE || kind === REALLOC_FROM || kind === REUSE || kind === PARK) size = sizes.get(first!) ?? -1
    if (kind === REALLOC) sizes.delete(moved)
    if (kind === ALLOC || kind === REALLOC) sizes.set(first!, second!)
    if (kind === FREE) sizes.delete(first!)
    const files = naive.traceback(context!, instruction!).split('<').map(part => {
      const [code, line] = part.split(':').map(Number)
      return `${code! % 4 === 0}:${line}`
    })
    return COMPARED.includes(kind) ? [{ index, text: `${head! & 63} ${head! >>> 6} ${size} ${files.join('<')}` }] : []
  })
}

function expectParting(a: RecordedRun, b: RecordedRun): void {
  const [x, y] = [naiveEvents(a), naiveEvents(b)]
  let i = 0
  while (i < x.length && i < y.length && x[i]!.text === y[i]!.text) i++
  const parting = partingOf(a.recording, b.recording)
  if (i === x.length && i === y.length) expect(parting).toBe(null)
  else {
    expect(parting!.base.event).toBe(x[i]?.index ?? a.naive.events.length)
    expect(parting!.run.event).toBe(y[i]?.index ?? b.naive.events.length)
    expect(parting!.base.tick).toBe(x[i] ? a.naive.events[x[i]!.index]![5] : a.lastTick)
    if (!x[i]) expect(parting!.base.words).toBe('the run had ended')
    if (!y[i]) expect(parting!.run.words).toBe('the run had ended')
  }
}

test('the first difference is the one that a comparison of all raw events finds', () => {
  const runs = [
    recordRun({ steps: 4000, seed: 3, live: 200 }),
    recordRun({ steps: 4000, seed: 3, live: 200, chunkEvents: 300, pollSteps: 77 }), // the same in other chunks
    recordRun({ steps: 3000, seed: 3, live: 200 }), // ends earlier
    recordRun({ steps: 4000, seed: 3, live: 150 }), // goes on otherwise from some event on
    recordRun({ steps: 4000, seed: 4, live: 200 }),
  ]
  try {
    for (const a of runs) for (const b of runs) expectParting(a, b)
    expect(partingOf(runs[0]!.recording, runs[1]!.recording)).toBe(null)
    expect(partingOf(runs[0]!.recording, runs[3]!.recording)!.base.event).toBeGreaterThan(100)
  } finally {
    for (const run of runs) run.dispose()
  }
})

test('runs without events do not tell', () => {
  const runs = [recordRun({ steps: 500 }), recordRun({ steps: 500, level: 'stats' })]
  expect(() => partingOf(runs[0]!.recording, runs[1]!.recording)).toThrow('has no events')
  for (const run of runs) run.dispose()
})
