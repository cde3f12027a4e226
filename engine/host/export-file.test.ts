import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeExport } from './export-file'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'molt-export-')) })
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

const plain = (...pieces: (string | Uint8Array<ArrayBuffer>)[]) => ({ pieces, compression: 'none' as const })
const said = (promise: Promise<number>) => promise.then(n => `${n} bytes`, error => `${error.code}: ${error.message}`)
const path = (name: string) => join(folder, name)

test('text and bytes, plain and compressed; the number is that of the file', async () => {
  expect(await writeExport(plain('é', new Uint8Array([1, 2]), '😀'), path('a'))).toBe(8)
  expect([...readFileSync(path('a'))]).toEqual([0xc3, 0xa9, 1, 2, 0xf0, 0x9f, 0x98, 0x80])
  const pieces = Array.from({ length: 50 }, (_, i) => new Uint8Array(100_000).fill(i))
  const bytes = await writeExport({ pieces, compression: 'gzip' }, path('b'))
  expect(bytes).toBe(statSync(path('b')).size)
  expect(gunzipSync(readFileSync(path('b'))).equals(Buffer.concat(pieces))).toBe(true)
  expect(readdirSync(folder).sort()).toEqual(['a', 'b'])
})

test('an old file stays until the new one is complete, and without leave to overwrite for good', async () => {
  writeFileSync(path('old'), 'old', { mode: 0o640 })
  expect(await said(writeExport(plain('new'), path('old')))).toMatch(/^exists: .* exists already\.$/)
  function* failing() {
    yield 'half'
    expect(readFileSync(path('old'), 'utf8')).toBe('old')
    throw new Error('a fault')
  }
  for (const compression of ['none', 'gzip'] as const) {
    await expect(writeExport({ pieces: failing(), compression }, path('old'), { overwrite: true })).rejects.toThrow('a fault')
  }
  expect(readFileSync(path('old'), 'utf8')).toBe('old')
  symlinkSync('old', path('link'))
  expect(await said(writeExport(plain('new'), path('link'), { overwrite: true }))).toBe('3 bytes')
  expect([readFileSync(path('old'), 'utf8'), statSync(path('old')).mode & 0o777]).toEqual(['new', 0o640])
  expect(readdirSync(folder).sort()).toEqual(['link', 'old'])
})

test('a file that somebody else makes meanwhile is not overwritten', async () => {
  function* slow() {
    yield 'mine'
    writeFileSync(path('x'), 'theirs')
  }
  expect(await said(writeExport({ pieces: slow(), compression: 'none' }, path('x')))).toMatch(/^exists:/)
  expect([readFileSync(path('x'), 'utf8'), readdirSync(folder)]).toEqual(['theirs', ['x']])
})

test('what cannot be written says why and leaves nothing', async () => {
  expect(await said(writeExport(plain('x'), path('no/such')))).toMatch(/^not-found: The folder of .*such does not exist\.$/)
  writeFileSync(path('file'), '')
  expect(await said(writeExport(plain('x'), path('file/inside')))).toMatch(/^not-found: A part of /)
  mkdirSync(path('folder'))
  expect(await said(writeExport(plain('x'), path('folder'), { overwrite: true }))).toMatch(/^is-folder: /)
  // Of 300 bytes; the name beside it, under which it is written at first, is short.
  expect(await said(writeExport(plain('x'), path('n'.repeat(300))))).toMatch(/^io: The name n+… is too long/)
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o500)
    expect(await said(writeExport(plain('x'), path('y')))).toMatch(/^permission: No permission to write /)
    chmodSync(folder, 0o700)
  }
  expect(readdirSync(folder).sort()).toEqual(['file', 'folder'])
})

test.skipIf(!existsSync('/dev/full'))('a device is written directly, also a full one', async () => {
  expect(await said(writeExport(plain('x'), '/dev/null'))).toBe('1 bytes')
  expect(await said(writeExport(plain('x'), '/dev/full'))).toBe('io: The disk is full: could not write /dev/full.')
  expect(await said(writeExport({ pieces: ['x'.repeat(1e6)], compression: 'gzip' }, '/dev/full'))).toMatch(/^io: The disk is full/)
  expect(statSync('/dev/full').isCharacterDevice()).toBe(true)
})

test('a cancel is heard between two pieces', async () => {
  const abort = new AbortController()
  let made = 0
  function* endless() {
    for (;; made++) {
      if (made === 10) abort.abort()
      yield 'x'.repeat(1000)
    }
  }
  for (const compression of ['none', 'gzip'] as const) {
    expect(await said(writeExport({ pieces: endless(), compression }, path('z'), { signal: abort.signal }))).toMatch(/^cancelled:/)
  }
  expect(made).toBeLessThan(20)
  expect(readdirSync(folder)).toEqual([])
})
