import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseState, SavedState } from './saved-state'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'molt-state-')) })
afterEach(() => rmSync(folder, { recursive: true }))

test('what was saved is there at the next start', () => {
  const path = join(folder, 'deep/window.json')
  const first = new SavedState(path)
  first.setWindow({ width: 900, height: 700, x: 5, y: 6 }, true)
  first.addRecent('/a.py')
  first.addRecent('/b.molt')
  first.addRecent('/a.py')
  const second = new SavedState(path)
  expect(second.bounds).toEqual({ width: 900, height: 700, x: 5, y: 6 })
  expect(second.maximized).toBe(true)
  expect(second.recent).toEqual(['/a.py', '/b.molt'])
})

test('a damaged file is as good as none', () => {
  const path = join(folder, 'window.json')
  writeFileSync(path, '{"bounds": {"width": "wide"}, "recent": [1, "/x.py"], "max')
  expect(new SavedState(path).bounds.width).toBeGreaterThan(400)
  expect(parseState('{"bounds":{"width":10,"height":900},"recent":[1,"/x.py"]}')).toEqual({
    bounds: { width: 1360, height: 880 }, maximized: false, recent: ['/x.py']
  })
})
