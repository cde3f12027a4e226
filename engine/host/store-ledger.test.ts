// The life of an object and its references over a link to a real store process, with the real interpreter.
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Client } from '../rpc/rpc'
import { bundleEntries, HOST_ENTRIES } from './testing/bundle'
import { startStore, type StoreUnderTest } from './testing/store-client'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const root = join(import.meta.dirname, '../..')
let built = ''
let folder = ''
let store: StoreUnderTest
let client: Client
let recordingId = 0
let id = ''
beforeAll(async () => {
  built = await bundleEntries({ ...HOST_ENTRIES, 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  symlinkSync(join(root, 'node_modules/pyodide/python_stdlib.zip'), join(built, 'python_stdlib.zip'))
  const compiled = join(root, 'out/main/stdlib.bin')
  if (existsSync(compiled)) symlinkSync(compiled, join(built, 'stdlib.bin'))
  folder = mkdtempSync(join(tmpdir(), 'molt-ledger-'))
  store = startStore(built, folder)
  client = store.client
  const path = join(folder, 'kept.py')
  writeFileSync(path, `import sys
kept = [1, 2]
print(hex(id(kept)))
sys.audit('mark', 'kept')
pair = (kept, kept)
del pair
kept = None
`)
  const ended = new Promise<void>(resolve => client.on('run.ended', () => resolve()))
  let output = ''
  client.on('run.output', ({ bytes }) => { output += new TextDecoder().decode(bytes) })
  ;({ recordingId } = await client.call('run.start', { source: { kind: 'path', path } }))
  await ended
  id = output.trim()
})
afterAll(async () => {
  await store.close()
  for (const path of [built, folder]) rmSync(path, { recursive: true, force: true })
})

test('ledger.of and ledger.references', async () => {
  const life = await client.call('ledger.of', { recordingId, object: id, at: 'mark:kept' })
  expect(life).toMatchObject({ typeName: 'list', address: id, birth: { fromFreeList: false }, death: { collection: null } })
  expect(life.death!.traceback.at(-1)!.line).toBe(7)
  const references = await client.call('ledger.references', { recordingId, object: life.id })
  expect(references.statements.filter(s => !s.temporary).map(s => [s.frame.line, s.before, s.after])).toEqual([[2, 0, 1], [5, 1, 3], [6, 3, 1], [7, 1, 0]])
  expect(references.statements[0]!.gained).toEqual(['global kept'])
})

test('what is wrong is said', async () => {
  await expect(client.call('ledger.of', { recordingId, object: 'kept' })).rejects.toThrow('kept does not name an object.')
  await expect(client.call('ledger.references', { recordingId, object: id })).rejects.toThrow('There is no object at')
})
