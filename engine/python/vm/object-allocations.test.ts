// The allocator's calls, line by line, of statements that make and use classes, methods and exceptions: the .json files hold
// what CPython 3.11.7 did (canonical start). Lines in `KNOWN` differ for a reason given there.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { allocationsOf, startForTest } from './testing'

const folder = new URL('./goldens/object-model/', import.meta.url)

/** Lines that are not compared, by script. */
const KNOWN: Readonly<Record<string, Record<number, string>>> = {
  'allocations-2': {
    43: 'docstrings of built-in functions are not there', 44: 'the same', 45: 'the same', 46: 'what line 45 made is freed here',
    85: 'freed on the line of the function instead of its last one', 87: 'a name leaves the attribute cache', 88: 'as 85',
    91: 'a name in the attribute cache is replaced at an address of its own',
    94: 'a hash made of the address of int has two digits here, three in CPython', 124: 'the attribute cache again', 148: 'the same',
    160: 'the same',
  },
}

beforeAll(startForTest)

describe('allocations', () => {
  test.each(['allocations-1', 'allocations-2'])('%s', name => {
    const source = readFileSync(new URL(`${name}.py`, folder), 'utf8')
    const wanted = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Record<string, string>
    const found = allocationsOf(source)
    const lines = source.split('\n')
    const different: string[] = []
    for (let line = 1; line <= lines.length; line++) {
      if (KNOWN[name]?.[line] !== undefined) continue
      const have = found.get(line) ?? ''
      const want = wanted[line] ?? ''
      if (have !== want) different.push(`${line} ${lines[line - 1]}\n  want ${want}\n  have ${have}`)
    }
    expect(different).toEqual([])
  })
})
