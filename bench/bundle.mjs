// Bundles a TypeScript benchmark of this folder and runs it with the arguments given.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

export async function runBench(name) {
  const root = join(import.meta.dirname, '..')
  const out = join(root, 'node_modules/.cache/molt-bench')
  mkdirSync(out, { recursive: true })
  const bundle = await rolldown({ input: join(root, `bench/${name}.ts`), platform: 'node', external: ['better-sqlite3'] })
  await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs' })
  process.exit(spawnSync(process.execPath, [join(out, `${name}.mjs`), ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1)
}
