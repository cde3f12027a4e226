import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { disassemble } from '../../bytecode/dis'
import { parse } from '../../syntax/parser'
import { compile } from '../compile'

/** Addresses differ from run to run. */
function withoutAddresses(text: string): string {
  return text.replace(/ at 0x[0-9a-f]+/g, '')
}

describe('the listing of python3 -m dis', () => {
  for (const name of ['calls', 'expressions', 'flow', 'functions', 'future_annotations', 'long', 'patterns']) {
    it(`is the same for ${name}.py`, () => {
      const file = `${name}.py`
      const source = readFileSync(new URL(`./snippets/${file}`, import.meta.url))
      const listing = disassemble(compile(parse(source, file, 'exec'), file, 'exec', 0, 0))
      expect(withoutAddresses(listing)).toBe(readFileSync(new URL(`./listings/${name}.txt`, import.meta.url), 'utf8'))
    })
  }

  it('tells code objects apart by their address', () => {
    const listing = disassemble(compile(parse('f = lambda: 1\ng = lambda: 2\n', 'x', 'exec'), 'x', 'exec', 0, 0))
    expect(new Set(listing.match(/ at 0x[0-9a-f]+/g)).size).toBe(2)
  })
})
