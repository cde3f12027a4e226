// Bundles allocator.ts as the application is bundled, and runs it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const outDir = mkdtempSync(join(tmpdir(), 'molt-bench-'))
try {
  await build({
    configFile: false, logLevel: 'error', root: import.meta.dirname,
    build: { ssr: 'allocator.ts', outDir, emptyOutDir: false, minify: false },
  })
  await import(pathToFileURL(join(outDir, 'allocator.mjs')).href).catch(() => import(pathToFileURL(join(outDir, 'allocator.js')).href))
} finally {
  rmSync(outDir, { recursive: true })
}
