import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const at = (path: string) => resolve(import.meta.dirname, path)

const policy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self'",
  "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'"
].join('; ')
/** Only in the build: the dev server puts styles and its client into the page. CodeMirror needs 'unsafe-inline' for styles. */
const csp: Plugin = {
  name: 'csp',
  apply: 'build',
  transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' }]
}

/**
 * Everything that runs in Node, in one output folder. An entry must not be imported by another one: what two entries
 * share moves to out/main/chunks, where import.meta.dirname is another folder. So only entries make URLs of entries.
 */
const entries = {
  index: at('main/index.ts'), // Electron's main process
  web: at('main/web.ts'), // web host, plain Node
  cli: at('main/cli.ts'), // command line
  'run-process': at('engine/host/run-process.ts'), // utilityProcess.fork / child_process.fork: one Python run
  'store-process': at('engine/host/store-process.ts'), // the same: queries over recordings
  'interpreter-worker': at('engine/host/interpreter-worker.ts'), // worker_threads, started by run-process
  'stdlib-build': at('engine/host/stdlib-build.ts') // run once by the build, below
}

/** Compiles Python's standard library with the compiler that was just built, and puts both beside the entries. */
const stdlib: Plugin = {
  name: 'stdlib',
  apply: 'build',
  writeBundle() { // closeBundle would run after a failed build too, and hide its errors
    execFileSync(process.execPath, [at('out/main/stdlib-build.js'), at('node_modules/pyodide/python_stdlib.zip'), at('out/main')], { stdio: 'inherit' })
  }
}

export default defineConfig({
  main: {
    plugins: [stdlib],
    // fflate's build for Node declares a `require` that collides with the one electron-vite puts before it.
    resolve: { alias: { fflate: 'fflate/browser' } },
    build: {
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
        checks: { bundlerTimings: false } // compiling the library takes its time; nobody need be warned of it
      }
    }
  },
  preload: {
    build: {
      externalizeDeps: false, // a sandboxed preload is CommonJS and can require only 'electron'
      rolldownOptions: {
        input: { index: at('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: at('renderer'),
    plugins: [svelte({ configFile: false }), csp],
    build: { minify: true, chunkSizeWarningLimit: 900, rolldownOptions: { input: at('renderer/index.html'), checks: { bundlerTimings: false } } }
  }
})
