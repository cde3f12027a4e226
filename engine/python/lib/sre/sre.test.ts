import { expect, test } from 'vitest'
import { golden as load } from '../testing'
import { codePointsOf } from '../codecs'
import { sreAdvance, sreMatch, sreNext, sreSearch } from './search'
import { SreProgram } from './program'
import { SreState } from './state'
import { sreValidate } from './validate'

type Spans = 0 | number[]
const golden = load<{
  programs: [groups: number, code: string, pattern: string][]
  cases: [program: number, subject: string | [string], pos: number, endpos: number, match: Spans, fullmatch: Spans, search: Spans, all: Spans[]][]
}>(process.env.SRE_GOLDEN ?? 'sre')

function codeOf(packed: string): Uint32Array {
  const words: number[] = []
  for (const piece of packed.split(' ')) {
    const [word, times] = piece.split('*')
    for (let i = 0; i < Number(times ?? 1); i++) words.push(parseInt(word!, 16))
  }
  return Uint32Array.from(words)
}

function subjectOf(subject: string | [string]): string | Uint8Array | Uint32Array {
  if (typeof subject !== 'string') return Uint8Array.from(Buffer.from(subject[0], 'hex'))
  const points = codePointsOf(subject)
  return points.length === subject.length ? subject : points
}

const told = (state: SreState): Spans => [Math.max(state.lastindex, 0), ...state.spans()]

test('matches as CPython does, group by group', () => {
  const programs = golden.programs.map(([, code]) => new SreProgram(codeOf(code)))
  for (const [number, shown, pos, endpos, match, fullmatch, search, all] of golden.cases) {
    const [groups, , pattern] = golden.programs[number]!
    const subject = subjectOf(shown)
    const end = Math.min(endpos, subject.length)
    const fresh = () => new SreState(programs[number]!, groups, subject, Math.min(pos, subject.length), end)
    const name = `${pattern} on ${JSON.stringify(shown)} ${pos} ${endpos}`
    const first = fresh()
    expect(first.match() === 1 ? told(first) : 0, `match ${name}`).toEqual(match)
    const full = fresh()
    full.matchAll = true
    expect(full.match() === 1 ? told(full) : 0, `fullmatch ${name}`).toEqual(fullmatch)
    const found = fresh()
    expect(sreSearch(found) === 1 ? told(found) : 0, `search ${name}`).toEqual(search)
    const each = fresh()
    const rows: Spans[] = []
    while (sreNext(each) === 1) {
      rows.push(told(each))
      sreAdvance(each)
    }
    expect(rows, `finditer ${name}`).toEqual(all)
  }
})

test('every code array of the compiler is valid, a damaged one is not', () => {
  for (const [groups, packed, pattern] of golden.programs) {
    const code = codeOf(packed)
    expect(sreValidate(code, groups), pattern).toBe(true)
    if (groups > 0) expect(sreValidate(code, 0), pattern).toBe(false)
  }
  expect(sreValidate(Uint32Array.of(), 0)).toBe(false)
  expect(sreValidate(Uint32Array.of(99, 1), 0)).toBe(false)
  expect(sreValidate(Uint32Array.of(15, 50, 1), 0)).toBe(false)
})

test('damaged code never leads the matcher astray once it is validated', () => {
  let seed = 1
  const random = (n: number) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n
  let valid = 0
  for (const [groups, packed] of golden.programs.slice(0, 200)) {
    for (let k = 0; k < 10; k++) {
      const code = codeOf(packed)
      code[random(code.length)] = random(48)
      if (!sreValidate(code, groups)) continue
      valid++
      const state = new SreState(new SreProgram(code), groups, 'ab aabb', 0, 7, { interrupted: () => true })
      // -1: the prefix of an INFO block may say to go on in the middle of an operation, in CPython as well.
      expect([-10, -1, 0, 1]).toContain(sreSearch(state))
    }
  }
  expect(valid).toBeGreaterThan(50)
})

test('deep and catastrophic patterns use no JavaScript stack and can be stopped', () => {
  const find = (pattern: string) => golden.programs.findIndex(([, , p]) => p === `'${pattern}'`)
  const program = (pattern: string) => codeOf(golden.programs[find(pattern)]![1])
  expect(sreMatch(program('((a)|(b))*'), 3, 'ab'.repeat(200_000), 0, 1e9, 'match')!.slice(0, 2)).toEqual(Int32Array.of(0, 400_000))
  let calls = 0
  const state = new SreState(new SreProgram(program('(a+)+$')), 1, 'a'.repeat(40) + 'b', 0, 41, { interrupted: () => ++calls > 10 })
  expect(state.match()).toBe(-10)
})

test('the data stack and the repeat contexts grow as CPython\'s', () => {
  // re.compile('(?:(a)|b)*c').match(…): sizes read from the allocations of CPython 3.11.7.
  const find = golden.programs.findIndex(([, , p]) => p === "'(?:(a)|b)*c'")
  const code = codeOf(golden.programs[find]![1])
  const sizes = (text: string) => {
    const log: string[] = []
    const state = new SreState(new SreProgram(code), 1, text, 0, text.length, {
      growDataStack: (size) => log.push(`~${size}`) > 0, freeDataStack: () => log.push('-'), allocateRepeat: () => log.push('+32'), freeRepeat: () => log.push('-32'),
    })
    state.match()
    state.reset()
    return log.join(' ')
  }
  expect(sizes('abc')).toBe('~1094 +32 -32 -')
  expect(sizes('ababababababc')).toBe('~1094 +32 ~2454 -32 -')
})
