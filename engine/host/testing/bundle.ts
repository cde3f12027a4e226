// Bundles process entries for tests as the build does, into a folder of their own below node_modules, so that they find
// better-sqlite3. The interpreter's place is taken by the fake worker unless a test says otherwise.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '../../..')

/** Folder with one `NAME.js` for each entry (paths from the repository's root). */
export async function bundleEntries(entries: Record<string, string>): Promise<string> {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'molt-test-'))
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
    platform: 'node', external: ['better-sqlite3', 'ws', 'electron'], logLevel: 'silent',
  })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' })
  await bundle.close()
  return folder
}

export const HOST_ENTRIES = {
  'run-process': 'engine/host/run-process.ts',
  'store-process': 'engine/host/store-process.ts',
  'interpreter-worker': 'engine/host/testing/fake-worker.ts',
}
