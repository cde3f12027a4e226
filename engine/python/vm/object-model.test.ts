// Classes, descriptors, exceptions, weak references, operators and calls against CPython 3.11.7: each script in
// goldens/object-model was run by it, and `.out` is what it printed (addresses replaced by 0xADDR).
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { runForTest, startForTest } from './testing'

const folder = new URL('./goldens/object-model/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

beforeAll(startForTest)

describe('the object model', () => {
  test.each([
    'classes', 'descriptors', 'exceptions', 'weakrefs-super-aliases', 'operators', 'modules-instances-calls',
  ])('%s', name => {
    expect(runForTest(read(`${name}.py`)).split('\n')).toEqual(read(`${name}.out`).split('\n'))
  })
})
