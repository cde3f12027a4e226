// leaks: ranked leak suspects, each with who holds it, where it is made, how it grew and what to do.
import { formatSize, leaksOf } from '../../engine/host/command-api'
import type { LeakSuspect, LeaksResult } from '../../engine/rpc/contract-leaks'
import { instant, INSTANTS, parse } from './arguments'
import { say } from './exit'
import { printable, terminalWidth } from './fitted'
import { folded } from './folded'
import type { Places } from './places'
import { HELP, limitOf, print, printJson } from './reading'
import { withSnapshot } from './snapshot'

export const LEAKS_HELP = `Names what leaks: who holds it, where it is made, how it grew, what to do.

  molt leaks [OPTIONS] RECORDING

      --at INSTANT         of this snapshot (default: end)
  -n, --limit N            so many suspects (default 10; 0: all)
      --json               all figures, as JSON

A suspect is what holds memory that grows to the end of the run: a container that only gets longer, a linked list, one block
that grows, cycles that no collection took; besides, exceptions that keep the frames of their traceback and caches of methods.
Containers that stop growing, buffers that go round, sawtooth and tables made once are none.
${INSTANTS}`

export async function leaks(args: string[], places: Places): Promise<number> {
  const { values, positionals } = parse('leaks', args, {
    at: { type: 'string' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${LEAKS_HELP}\n`)
  const limit = limitOf('leaks', values.limit, values.json ? Number.MAX_SAFE_INTEGER : 10)
  return withSnapshot('leaks', positionals, instant(values.at ?? 'end'), places, recording => {
    const result = leaksOf(recording, { at: instant(values.at ?? 'end'), limit })
    if (values.json) return printJson({ ...result, suspects: result.suspects.map(s => ({ ...s, growth: { ...s.growth, tick: [...s.growth.tick], bytes: [...s.growth.bytes] } })) })
    if (result.suspectCount === 0) return print('No leak suspects: nothing that is alive grows to the end of the run.\n')
    print(result.suspects.map(s => suspectText(s, result)).join('\n'))
    if (result.suspectCount > result.suspects.length) say(`${result.suspects.length} of ${result.suspectCount} suspects; -n 0 shows all`)
    return 0
  })
}

function suspectText(s: LeakSuspect, result: LeaksResult): string {
  const width = Math.max(40, terminalWidth())
  const row = (name: string, text: string) => folded(printable(text), width, `   ${name}`, 10)
  const rows = [folded(printable(`${s.title} [${s.confidence}]`), width, `${s.rank}. `.padEnd(3), 3)]
  if (s.holder.node !== 0) {
    rows.push(row('held', `by ${s.holder.words}${s.alsoHeldBy.length === 0 ? '' : `, also by ${s.alsoHeldBy.map(h => h.words).join(', ')}`}`))
    rows.push(row('path', s.holder.path.map(step => step.label).join(' → ')))
    if (s.example !== '') rows.push(row('e.g.', s.example))
  }
  for (const place of s.madeAt) {
    const count = place.count > 1 ? `${place.count.toLocaleString('en')} objects, ` : ''
    rows.push(row('made', `${place.frame.path}:${place.frame.line} in ${place.frame.functionName} (${count}${formatSize(place.bytes)})`))
    if (place.text !== '') rows.push(row('', `  ${place.text}`))
  }
  const calls = s.madeAt[0]?.traceback.slice(0, -1).reverse() ?? []
  if (calls.length > 0) rows.push(row('', `called by ${calls.slice(0, 6).map(f => `${f.functionName}:${f.line}`).join(' ← ')}`))
  if (s.growth.shape !== 'one-off') {
    const objects = s.growth.objectsPerThousandTicks > 0 ? ` and ${rate(s.growth.objectsPerThousandTicks)} objects` : ''
    rows.push(row('grew', `${spark(s.growth.bytes).trimStart()}  since tick ${s.growth.firstTick.toLocaleString('en')}, by ${formatSize(s.growth.bytesPerThousandTicks)}${objects} in 1,000 instructions`))
  }
  if (s.neverFreedShare !== null) rows.push(row('freed', s.neverFreedShare === 1 ? 'none of those that were made' : `${Math.round((1 - s.neverFreedShare) * 100)}% of those that were made; ${Math.round(s.neverFreedShare * 100)}% are alive`))
  const share = result.liveBytes > 0 ? `, ${Math.round(Math.min(1, s.retainedBytes / result.liveBytes) * 100)}% of what the program holds` : ''
  rows.push(row('keeps', `${formatSize(s.retainedBytes)}${share}`))
  rows.push(row('sure', `${s.confidence}: ${s.reason}`))
  rows.push(row('do', s.advice))
  return rows.join('')
}

const rate = (value: number): string => (value >= 10 ? Math.round(value).toLocaleString('en') : value.toPrecision(2))

const BARS = '▁▂▃▄▅▆▇█'

function spark(values: ArrayLike<number>): string {
  const top = values[values.length - 1] ?? 0
  const width = Math.min(20, values.length)
  let text = ''
  for (let i = 0; i < width; i++) {
    const value = values[Math.floor((i + 1) * values.length / width) - 1]!
    text += value === 0 || top === 0 ? ' ' : BARS[Math.min(7, Math.floor(value / top * 8))]
  }
  return text
}
