// Entry of the command line, built to out/main/cli.js and started by main/molt.mjs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ENGINE_VERSION } from '../engine/host/command-api'
import { open } from './cli/app'
import { COMMANDS_BY_NAME } from './cli/commands'
import { EXIT, report, UsageError } from './cli/exit'
import { COMMANDS, help } from './cli/help'
import type { Places } from './cli/places'

const here = import.meta.dirname
const places: Places = {
  install: join(here, '../..'),
  worker: join(here, 'interpreter-worker.js'),
  web: join(here, 'web.js'),
  start: join(here, '../../main/scripts/start.mjs'),
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
  const command = Object.hasOwn(COMMANDS_BY_NAME, first) ? COMMANDS_BY_NAME[first] : undefined
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
