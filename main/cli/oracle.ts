// molt oracle
import { DEFAULT_RUN, oracleOf, prepareScript } from '../../engine/host/command-api'
import { parse } from './arguments'
import { UsageError } from './exit'
import { help } from './help'
import type { Places } from './places'

export async function oracle(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('oracle', args, { audit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } })
  if (values.help) {
    process.stdout.write(help('oracle'))
    return 0
  }
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new UsageError('oracle needs one script', 'oracle')
  const script = prepareScript({ kind: 'path', path })
  const json = await oracleOf(script, DEFAULT_RUN, places.worker, places.install, { audited: values.audit === true })
  process.stdout.write(`${json}\n`)
  const { audit = [] } = JSON.parse(json) as { audit?: string[] }
  for (const problem of audit) process.stderr.write(`molt: ${problem}\n`)
  return audit.length === 0 ? 0 : 1
}
