// Entry of the command line, built to out/main/cli.js and started by main/molt.mjs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ENGINE_VERSION } from '../engine/host/command-api'
import { open, serve } from './cli/app'
import { diff } from './cli/diff'
import { dump } from './cli/dump'
import { exportCommand } from './cli/export'
import { EXIT, report, UsageError } from './cli/exit'
import { COMMANDS, help } from './cli/help'
import { allocator } from './cli/allocator'
import { gc } from './cli/gc'
import { flamegraph } from './cli/flamegraph'
import { growth } from './cli/growth'
import { importCommand } from './cli/import'
import { ledger } from './cli/ledger'
import { object, objects, path } from './cli/objects'
import { check } from './cli/check'
import { leaks } from './cli/leaks'
import { oracle } from './cli/oracle'
import { snapshot } from './cli/snapshot'
import type { Places } from './cli/places'
import { marks } from './cli/marks'
import { replay } from './cli/replay'
import { source } from './cli/read'
import { run } from './cli/run'
import { stats } from './cli/stats'
import { summary } from './cli/summary'
import { tablePage } from './cli/table-page'
import { tree } from './cli/tree'

const here = import.meta.dirname
const places: Places = {
  install: join(here, '../..'),
  worker: join(here, 'interpreter-worker.js'),
  web: join(here, 'web.js'),
  start: join(here, '../../main/scripts/start.mjs'),
}

const commands: Record<string, (args: string[], places: Places) => number | Promise<number>> = {
  run,
  replay,
  summary,
  stats,
  tree,
  flamegraph,
  table: tablePage,
  marks,
  diff,
  export: exportCommand,
  gc,
  growth,
  leaks,
  allocator,
  ledger,
  objects,
  object,
  path,
  snapshot,
  source,
  oracle,
  dump,
  check,
  serve,
  open,
  import: importCommand,
}

async function main(args: string[]): Promise<number> {
  const [first, ...rest] = args
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const about = rest[0]
    if (about !== undefined && !COMMANDS.includes(about)) throw new UsageError(`there is no command ${about}`)
    const text = help(about)
    ;(first === undefined ? process.stderr : process.stdout).write(text)
    return first === undefined ? EXIT.usage : 0
  }
  if (first === '--version' || first === '-V') {
    process.stdout.write(`molt ${ENGINE_VERSION}\n`)
    return 0
  }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined
  if (command) return command(rest, places)
  if (/\.molt$/i.test(first) && existsSync(first)) return open(args, places)
  if (first.startsWith('-')) throw new UsageError(`there is no option ${first}`)
  throw new UsageError(`there is no command ${first}${/\.py$/.test(first) ? `; to run a script: molt run ${first}` : ''}`)
}

// `molt stats … | head`: the reader has gone, which is no error.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
  process.stderr.write(`molt: the output could not be written: ${error.message}\n`)
  process.exit(EXIT.io)
})
process.stderr.on('error', () => {})
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = report(error)
}
