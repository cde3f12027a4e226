// molt serve, molt open: they start other programs of the build and wait for them.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { looksPickled, OpenRecording } from '../../engine/host/command-api'
import { parse, wholeNumber } from './arguments'
import { CommandError, EXIT, UsageError } from './exit'
import { help } from './help'
import type { Places } from './places'

const HELP = { type: 'boolean', short: 'h' } as const

export function serve(args: string[], places: Places): Promise<number> | number {
  const { values, positionals } = parse('serve', args, { port: { type: 'string' }, open: { type: 'boolean' }, help: HELP })
  if (values.help) {
    process.stdout.write(help('serve'))
    return 0
  }
  const port = values.port === undefined ? 0 : wholeNumber('serve', '--port', values.port, 0, 65535)
  return start([places.web, '--port', String(port), ...(values.open ? ['--open'] : []), ...fileOf('serve', positionals)])
}

export function open(args: string[], places: Places): Promise<number> | number {
  const { values, positionals } = parse('open', args, { help: HELP })
  if (values.help) {
    process.stdout.write(help('open'))
    return 0
  }
  return start([places.start, '--built', ...fileOf('open', positionals)])
}

function fileOf(command: string, positionals: string[]): string[] {
  if (positionals.length > 1) throw new UsageError(`${command} takes at most one file`, command)
  const [path] = positionals
  if (path === undefined) return []
  if (!existsSync(path)) throw new CommandError(`There is no file ${path}.`, EXIT.noInput)
  // What cannot be opened is said here rather than in a window.
  if (/\.molt$/i.test(path)) new OpenRecording(path).close()
  else if (looksPickled(path)) throw new CommandError(`${path} is a pickle, not a script. Make a recording of a tracemalloc snapshot first: molt import ${path}`, EXIT.data)
  return [resolve(path)]
}

/** In the foreground; signals are passed on. */
function start(args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  const passOn = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)))
  })
}
