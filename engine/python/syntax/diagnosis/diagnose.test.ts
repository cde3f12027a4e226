import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stdlibSources } from '../conformance/outcome'
import { parseStarExpressions } from '../expressions'
import { Parser, type ParseContext } from '../parser-state'
import { decodeSource, normalizeSource } from '../source'
import { tokenize } from '../tokenizer'
import { diagnose } from './diagnose'

const SNIPPETS = new URL('../conformance/snippets/', import.meta.url)

/** The error that the grammar finds in a source that the parser accepts: there must be none. */
function complaintAbout(source: Uint8Array): string | null {
  const { text } = decodeSource(source, '', 'text')
  const context: ParseContext = {
    filename: '', flufl: false, invalidUtf8: false,
    parseNested: (tokens) => parseStarExpressions(new Parser(tokens, context))
  }
  const unit = { filename: '', isFile: false, hasMark: false, isClosed: true, encodingKnown: true, invalidUtf8: false, nested: null }
  const error = diagnose(tokenize(normalizeSource(text, true)), context, { start: 'file', unit, allowIncomplete: false }, () => undefined)
  return error === null ? null : error.message
}

describe('the grammar behind error messages', () => {
  it('accepts what the parser accepts', () => {
    for (const name of readdirSync(SNIPPETS)) {
      expect([name, complaintAbout(readFileSync(new URL(name, SNIPPETS)))]).toEqual([name, null])
    }
    // Every fifth module is enough: this parser is slow, and runs only on programs with errors.
    const modules = stdlibSources().filter((_, index) => index % 5 === 0)
    expect(modules.filter(([, source]) => complaintAbout(source) !== null).map(([name]) => name)).toEqual([])
  }, 60_000)
})
