// Scripts over the standard library against what real CPython 3.11.7 printed.
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_RUN } from '../../queries/settings'
import { oracleOf } from '../oracle-session'
import { prepareScript } from '../script-source'
import { bundleEntries } from '../testing/bundle'

const here = import.meta.dirname
const scripts = readdirSync(here).filter(name => name.endsWith('.py')).map(name => name.slice(0, -3))
let folder = ''

beforeAll(async () => {
  folder = await bundleEntries({ 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(scripts)('%s', async name => {
  const script = prepareScript({ kind: 'path', path: join(here, `${name}.py`) })
  const json = await oracleOf(script, DEFAULT_RUN, join(folder, 'interpreter-worker.js'), join(here, '../../..'), { signal: AbortSignal.timeout(60_000) })
  const { stdout } = JSON.parse(json) as { stdout: string }
  expect(stdout.split('\n')).toEqual(readFileSync(join(here, `${name}.out`), 'utf8').split('\n'))
}, 90_000)
