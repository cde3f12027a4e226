// Every example of the gallery prints in Molt what CPython 3.11.7 prints (examples.output.json), and leaves a recording.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'

const OUTPUT = JSON.parse(readFileSync('e2e/examples.output.json', 'utf8')) as Record<string, string>

test('every example has its output written down', () => {
  expect(Object.keys(OUTPUT).sort()).toEqual(readdirSync('examples').filter(name => name.endsWith('.py')).sort())
})

for (const [name, output] of Object.entries(OUTPUT)) {
  test(`${name} prints what CPython prints`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'molt-example-'))
    const recording = join(folder, 'example.molt')
    try {
      const { stdout } = await promisify(execFile)('node', ['out/main/cli.js', 'run', '-q', '-o', recording, join('examples', name)], { timeout: 55_000 })
      expect(stdout).toBe(output)
      expect(statSync(recording).size).toBeGreaterThan(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
