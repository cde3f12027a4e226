// molt import: a snapshot that Python's own tracemalloc wrote becomes a recording.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { ENGINE_VERSION, formatSize, MoltError, readSnapshot, writeSnapshot } from '../../engine/host/command-api'
import { parse } from './arguments'
import { report, say, UsageError } from './exit'
import { help } from './help'
import { HELP, print } from './reading'

export const IMPORT_HELP = `Makes a recording of a snapshot that Python's tracemalloc wrote.

  molt import [OPTIONS] SNAPSHOT

SNAPSHOT is a file of tracemalloc.Snapshot.dump, from Python 3.6 on; take_snapshot() in a real program, dump it, and read it here:
its lines, files and tracebacks, and the difference of two (molt diff OLD NEW). It is one instant: it has no events, types,
objects or source texts. It is read safely: nothing in it is run, and a pickle of anything else is refused.

  -o, --output FILE        where to write it; otherwise NAME.molt in this folder, or NAME-2.molt and so on
  -f, --force              overwrite FILE if it is a recording

summary, stats, diff, tree, source and export also take such a file as it is, without importing it.`

export function importCommand(args: string[]): number {
  const { values, positionals } = parse('import', args, {
    output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' }, help: HELP,
  })
  if (values.help) return print(help('import'))
  const [source, ...more] = positionals
  if (source === undefined) throw new UsageError('import needs a snapshot', 'import')
  if (more.length > 0) throw new UsageError('import takes one snapshot', 'import')
  const traces = readSnapshot(source)
  const target = values.output ?? freshName(source)
  try {
    writeSnapshot(traces, basename(source), target, { overwrite: values.force ?? false, engineVersion: ENGINE_VERSION })
  } catch (error) {
    if (error instanceof MoltError && error.code === 'exists') {
      return report(new MoltError('exists', `${target} exists already.`, 'Use -f to overwrite it, or name another with -o.'), true)
    }
    return report(error, true)
  }
  say(`imported ${target}: ${traces.traceCount.toLocaleString('en')} blocks, ${formatSize(traces.totalBytes)}, ` +
    `in ${traces.files.length - 1} ${traces.files.length === 2 ? 'file' : 'files'}`)
  return 0
}

function freshName(source: string): string {
  const stem = basename(source).replace(/\.(pickle|pkl|dump|snapshot)$/i, '').replace(/[^\w.-]+/g, '_') || 'snapshot'
  for (let i = 1; ; i++) {
    const name = i === 1 ? `${stem}.molt` : `${stem}-${i}.molt`
    if (!existsSync(name)) return name
  }
}
