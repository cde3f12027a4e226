// Entry of the web host: `node out/main/web.js [--port N] [--open] [FILE]`. Prints the address with its token.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openInBrowser } from './open-browser'
import { startWebHost } from './web-host'

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: process.env['PORT'] ?? '0' }, open: { type: 'boolean', default: false } },
  allowPositionals: true
})
const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`molt: --port must be a number from 0 to 65535, not ${values.port}`)
  process.exit(2)
}

const here = import.meta.dirname
try {
  const host = await startWebHost({
    rendererFolder: join(here, '../renderer'),
    storeEntry: join(here, 'store-process.js'),
    port,
    ...(positionals[0] ? { openPath: resolve(positionals[0]) } : {})
  })
  console.log(`open ${host.url}`)
  if (values.open) openInBrowser(host.url)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void host.close().then(() => process.exit(0)))
  }
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code
  console.error(code === 'EADDRINUSE' ? `molt: port ${port} is taken by another program; choose another with --port`
    : `molt: ${(error as Error).message}`)
  process.exit(1)
}
