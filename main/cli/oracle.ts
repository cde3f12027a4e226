// molt oracle
import { parse } from './arguments'
import { CommandError, EXIT, UsageError } from './exit'
import { help } from './help'
import type { Places } from './places'

export function oracle(args: string[], _places: Places): number {
  const { values, positionals } = parse('oracle', args, { help: { type: 'boolean', short: 'h' } })
  if (values.help) {
    process.stdout.write(help('oracle'))
    return 0
  }
  if (positionals.length !== 1) throw new UsageError('oracle needs one script', 'oracle')
  throw new CommandError('This build has no interpreter to ask.', EXIT.internal)
}
