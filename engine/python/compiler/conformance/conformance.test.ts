import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import goldens from './goldens.json'
import knownDifferences from './known-differences.json'
import { compiledText, stdlibSources } from './stdlib'

const SNIPPETS = new URL('./snippets/', import.meta.url)
const known: Record<string, string> = knownDifferences
const stdlibGoldens: Record<string, string> = goldens.stdlib
const snippetGoldens: Record<string, string[]> = goldens.snippets

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describe('compiling like CPython 3.11', () => {
  it('gives the same code objects for every module of the library, the known differences aside', () => {
    const sources = stdlibSources()
    expect([...sources.keys()]).toEqual(Object.keys(stdlibGoldens))
    const different: string[] = []
    for (const [name, source] of sources) {
      if (digest(compiledText(source, name)) !== stdlibGoldens[name]) different.push(name)
    }
    // An entry that agrees by now has to be struck from known-differences.json.
    expect(different).toEqual(Object.keys(known))
  }, 120_000)

  const snippets = readdirSync(SNIPPETS).filter(name => name.endsWith('.py')).sort()

  it('has goldens for all snippets', () => {
    expect(snippets).toEqual(Object.keys(snippetGoldens))
  })

  for (const name of snippets) {
    for (const level of [0, 1, 2]) {
      it(`compiles ${name} at optimization level ${level}`, () => {
        const source = readFileSync(new URL(name, SNIPPETS))
        expect(digest(compiledText(source, name, level))).toBe(snippetGoldens[name]![level])
      })
    }
  }
})
