import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codeOfName, nameOfCode } from './unicode-names'

interface Golden { readonly count: number; readonly sha256: string; readonly aliases: Record<string, number> }
const golden = JSON.parse(readFileSync(new URL('./goldens/unicode-names.json', import.meta.url), 'utf8')) as Golden

describe('names of characters', () => {
  it('are those of unicodedata, all of them, and lead back', () => {
    const hash = createHash('sha256')
    let count = 0
    const strays: string[] = []
    for (let code = 0; code < 0x110000; code++) {
      const name = nameOfCode(code)
      if (name === '') continue
      count++
      hash.update(`${code.toString(16).toUpperCase()};${name}\n`)
      if (codeOfName(name) !== code) strays.push(name)
    }
    expect(strays).toEqual([])
    expect(count).toBe(golden.count)
    expect(hash.digest('hex')).toBe(golden.sha256)
  })

  it('have the aliases that unicodedata knows', () => {
    for (const [alias, code] of Object.entries(golden.aliases)) expect([alias, codeOfName(alias)]).toEqual([alias, code])
    expect(Object.keys(golden.aliases).length).toBeGreaterThan(400)
  })

  it('are found in any case, unless they are computed', () => {
    expect(codeOfName('latin Small letter a')).toBe(0x61)
    expect(codeOfName('CJK UNIFIED IDEOGRAPH-4E00')).toBe(0x4e00)
    expect(codeOfName('cjk unified ideograph-4e00')).toBe(-1)
    expect(codeOfName('CJK UNIFIED IDEOGRAPH-0041')).toBe(-1)
    expect(codeOfName('HANGUL SYLLABLE GAG')).toBe(0xac01)
    expect(codeOfName('HANGUL SYLLABLE X')).toBe(-1)
    expect(codeOfName('no such name')).toBe(-1)
    expect(codeOfName('')).toBe(-1)
  })
})
