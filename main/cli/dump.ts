// molt dump, molt oracle: the engine's stages without a recording.
import { readFileSync, statSync } from 'node:fs'
import { dumpSource, fromSystem, MoltError } from '../../engine/host/command-api'
import { choice, parse } from './arguments'
import { CommandError, UsageError } from './exit'
import { help } from './help'

const HELP = { type: 'boolean', short: 'h' } as const

export async function dump(args: string[]): Promise<number> {
  const { values, positionals } = parse('dump', args, { help: HELP })
  if (values.help) {
    process.stdout.write(help('dump'))
    return 0
  }
  const [stage, path, ...more] = positionals
  if (stage === undefined || path === undefined || more.length > 0) throw new UsageError('dump needs a stage and a file', 'dump')
  const kind = choice('dump', 'dump', stage, ['tokens', 'ast', 'dis'])
  const bytes = path === '-' ? readFileSync(0) : readSource(path)
  try {
    process.stdout.write(await dumpSource(kind, bytes, path === '-' ? '<stdin>' : path))
    return 0
  } catch (error) {
    // A refused program is the program's fault: as python says it, exit code 1.
    if (error instanceof Error && /^(Syntax|Indentation|Tab)Error$/.test(error.name)) throw new CommandError(`${error.name}: ${error.message}`, 1)
    throw error
  }
}

function readSource(path: string): Uint8Array {
  try {
    if (statSync(path).isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a file.`)
    return readFileSync(path)
  } catch (error) {
    throw fromSystem(error, path, 'read')
  }
}
