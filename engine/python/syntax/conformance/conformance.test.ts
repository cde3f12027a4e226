import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { outcomeOf, stdlibSources } from './outcome'
import goldens from './goldens.json'

const SNIPPETS = new URL('./snippets/', import.meta.url)
const snippets: Record<string, unknown> = goldens.snippets
const stdlib: Record<string, unknown> = goldens.stdlib

describe('parsing like CPython 3.11', () => {
  it('gives the same tree, place for place, for every module of the library', () => {
    const sources = stdlibSources()
    expect(sources.map(([name]) => name)).toEqual(Object.keys(stdlib))
    const different = sources.filter(([name, source]) => outcomeOf(source)[0] !== stdlib[name]).map(([name]) => name)
    expect(different).toEqual([])
    expect(sources.length).toBeGreaterThan(500)
  }, 120_000)

  const names = readdirSync(SNIPPETS).filter((name) => name.endsWith('.py')).sort()

  it('has goldens for all snippets', () => {
    expect(names).toEqual(Object.keys(snippets).sort())
  })

  for (const name of names) {
    it(`gives the same tree for ${name}`, () => {
      expect(outcomeOf(readFileSync(new URL(name, SNIPPETS)))[0]).toEqual(snippets[name])
    })
  }
})
