// The frame trie: what is one place, and that it does not grow for ever.
import { beforeAll, expect, test } from 'vitest'
import { NullSink, type CodeDefinition, type ContextDefinition } from '../../memory/event-sink'
import { EVENT_STRIDE } from '../../memory/events'
import { _PyRuntime } from '../objects/runtime'
import { FrameTrie } from './execution-point'
import { runForTest, startForTest } from './testing'

class Definitions extends NullSink {
  readonly contexts = new Map<number, ContextDefinition>()
  readonly codes = new Map<number, string>()
  override defineContext(context: ContextDefinition): void { this.contexts.set(context.id, context) }
  override defineCode(code: CodeDefinition): void { this.codes.set(code.id, code.name) }
  /** Functions from the outermost to the innermost. */
  path(context: number): string[] {
    const names: string[] = []
    for (let c = this.contexts.get(context); c !== undefined; c = this.contexts.get(c.parentId)) names.unshift(this.codes.get(c.codeId)!)
    return names
  }
}

beforeAll(startForTest)

/** Runs a program with its events written: what was defined, and the contexts the events name. */
function record(source: string, maxContexts?: number): { defined: Definitions, seen: Set<number> } {
  const { log } = _PyRuntime.process
  const defined = new Definitions()
  const seen = new Set<number>()
  log.point = new FrameTrie(defined, maxContexts)
  log.onFull = (words, used) => {
    for (let at = 3; at < used; at += EVENT_STRIDE) seen.add(words[at]!)
    return words
  }
  log.enabled = true
  runForTest(source)
  log.enabled = false
  log.flush()
  return { defined, seen }
}

const TREE = (call: string) => `
def tree(depth):
    if depth == 0:
        return [depth]
    ${call}
tree(10)
`

test('calls from one line are one context, however many paths lead there', () => {
  const { defined } = record(TREE('return tree(depth - 1) + tree(depth - 1)'))
  expect([...defined.contexts.keys()].map(c => defined.path(c)).filter(path => path.includes('tree')).length).toBe(11)
})

test('calls from two lines are two, at each depth', () => {
  const { defined, seen } = record(TREE('left = tree(depth - 1)\n    return left + tree(depth - 1)'))
  expect([...seen].filter(c => defined.path(c).length === 11 + 1).length).toBe(1024)
})

test('past the limit places keep their innermost frame', () => {
  const { defined, seen } = record(TREE('left = tree(depth - 1)\n    return left + tree(depth - 1)'), 100)
  expect(defined.contexts.size).toBeLessThanOrEqual(101)
  const paths = [...seen].map(c => defined.path(c).join('/'))
  expect(paths).toContain('tree')
  expect(paths).toContain(['<module>', ...Array<string>(11).fill('tree')].join('/'))
  expect(paths.every(path => path === '' || path.endsWith('tree') || path === '<module>')).toBe(true)
})
