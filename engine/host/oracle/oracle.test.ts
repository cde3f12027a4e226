// Every script of the corpus, from the canonical start, against what real CPython 3.11.7 did.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groupOf, isRequired } from './compare'
import { brief, knownDifferences, runCorpus, scripts, type Outcome } from './corpus'

const known = knownDifferences()
const groups = known['_groups'] ?? {}
let outcomes: Map<string, Promise<Outcome>>
let folder = ''

beforeAll(async () => {
  ;({ outcomes, folder } = await runCorpus())
}, 60_000)

afterAll(async () => {
  await Promise.all(outcomes.values())
  rmSync(folder, { recursive: true })
})

describe('figures as CPython has them', () => {
  it.each(scripts)('%s', async script => {
    const { compared, differences, audit, scriptClass } = await outcomes.get(script)!
    expect(audit).toEqual([])
    const listed = known[script] ?? {}
    expect(differences.filter(d => listed[d.figure] === undefined).map(brief), 'differ and are not listed').toEqual([])
    const differing = new Set(differences.map(d => d.figure))
    expect(Object.keys(listed).filter(figure => !differing.has(figure)), 'agree now: strike them').toEqual([])
    for (const [figure, reason] of Object.entries(listed)) {
      if (reason === '_') {
        expect(groups[groupOf(figure)], `reason of the group of ${figure}`).toBeTruthy()
        expect(isRequired(figure, scriptClass), `${figure} needs a reason of its own`).toBe(false)
      } else expect(reason.length, `reason of ${figure}`).toBeGreaterThan(10)
    }
    expect(compared).toBeGreaterThan(differing.has('run') ? -1 : 2)
  }, 240_000)
})

it('lists no script that is not there, and no group that nothing uses', () => {
  expect(Object.keys(known).filter(name => name !== '_groups' && !scripts.includes(name))).toEqual([])
  const used = new Set(Object.entries(known).filter(([name]) => name !== '_groups')
    .flatMap(([, figures]) => Object.entries(figures).filter(([, reason]) => reason === '_').map(([figure]) => groupOf(figure))))
  expect(Object.keys(groups).filter(group => !used.has(group))).toEqual([])
})
