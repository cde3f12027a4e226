// Every DIFFERS: in the code has its entry in docs/differences.md, which names the file.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const here = import.meta.dirname
const documented = readFileSync(join(here, '../docs/differences.md'), 'utf8')

test('what differs from CPython is written down', () => {
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  const departing = files.filter(path => readFileSync(join(here, path), 'utf8').includes('DIFFERS:'))
  expect(departing.length).toBeGreaterThan(10)
  expect(departing.filter(path => !documented.includes(`${basename(path)}\``))).toEqual([])
})

test('no entry outlives its file', () => {
  const names = new Set(readdirSync(here, { recursive: true, encoding: 'utf8' }).map(path => basename(path)))
  const named = [...documented.matchAll(/`([\w/.-]+\.ts)`/g)].map(match => match[1]!)
  expect(named.filter(path => !names.has(basename(path)))).toEqual([])
})
