import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ParseMode } from '../parser'
import { outcomeOf, type Outcome } from './outcome'

type Case = readonly [source: string, mode: ParseMode, options: readonly string[], ...expected: Outcome]
const cases = JSON.parse(readFileSync(new URL('./errors.json', import.meta.url), 'utf8')) as Case[]

describe('errors and warnings, as CPython 3.11 has them', () => {
  for (const [source, mode, options, result, warnings] of cases) {
    const name = typeof result === 'string' ? 'a tree' : result[1]
    it(`${JSON.stringify(source)} (${[mode, ...options].join(', ')}): ${name}`, () => {
      expect(outcomeOf(source, mode, options)).toEqual([result, warnings])
    })
  }

  it('covers what the parser can say', () => {
    const errors = cases.flatMap(([, , , result]) => (typeof result === 'string' ? [] : [String(result[1])]))
    const messages = new Set(errors.map((message) => message.replaceAll(/\d+/g, 'N')))
    expect(messages.size).toBeGreaterThan(150)
  })
})
