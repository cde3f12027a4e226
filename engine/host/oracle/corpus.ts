// Runs the scripts of corpus/ through the bundled interpreter, two at a time, and compares them with goldens/.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_RUN } from '../../queries/settings'
import { oracleOf } from '../oracle-session'
import { prepareScript } from '../script-source'
import { bundleEntries } from '../testing/bundle'
import { compare, NO_RESULT, type Difference, type Figures } from './compare'

/** script → figure → reason; a reason of "_" is that of `_groups` for the figure's group. */
export type KnownDifferences = Record<string, Record<string, string>>

export interface Outcome {
  script: string
  scriptClass: unknown
  /** Figures that both sides have. */
  compared: number
  differences: Difference[]
  /** What the audit of the run complains of. */
  audit: string[]
  seconds: number
}

const here = import.meta.dirname
const root = join(here, '../../..')
const IN_PARALLEL = 2
/** The longest takes a few seconds. */
const LIMIT_MS = 60_000

export const scripts = readdirSync(join(here, 'corpus')).filter(name => name.endsWith('.py')).map(name => name.slice(0, -3)).sort()

export const knownDifferences = (): KnownDifferences => JSON.parse(readFileSync(join(here, 'known-differences.json'), 'utf8')) as KnownDifferences

/** One promise a script, in the order of `names`. */
export async function runCorpus(names: readonly string[] = scripts): Promise<{ outcomes: Map<string, Promise<Outcome>>; folder: string }> {
  const folder = await bundleEntries({ 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
  const workerPath = join(folder, 'interpreter-worker.js')
  const lanes = Array.from({ length: IN_PARALLEL }, () => Promise.resolve())
  const outcomes = new Map<string, Promise<Outcome>>()
  let next = 0
  const starts = names.map(() => Promise.withResolvers<Outcome>())
  names.forEach((name, i) => outcomes.set(name, starts[i]!.promise))
  for (const lane of lanes) {
    void lane.then(async () => {
      while (next < names.length) {
        const i = next++
        await runOne(names[i]!, workerPath).then(starts[i]!.resolve, starts[i]!.reject)
      }
    })
  }
  return { outcomes, folder }
}

async function runOne(script: string, workerPath: string): Promise<Outcome> {
  const golden = JSON.parse(readFileSync(join(here, 'goldens', `${script}.json`), 'utf8')) as Figures
  const started = performance.now()
  const outcome = { script, scriptClass: golden['class'], compared: 0, differences: [] as Difference[], audit: [] as string[], seconds: 0 }
  try {
    const prepared = prepareScript({ kind: 'path', path: join(here, 'corpus', `${script}.py`) })
    const json = await oracleOf(prepared, DEFAULT_RUN, workerPath, root, { audited: true, signal: AbortSignal.timeout(LIMIT_MS) })
    const figures = JSON.parse(json) as Figures
    Object.assign(outcome, compare(golden, figures), { audit: figures['audit'] })
  } catch (error) {
    outcome.differences.push({ figure: NO_RESULT, golden: 'figures', got: error instanceof Error ? error.stack ?? error.message : String(error) })
  }
  outcome.seconds = (performance.now() - started) / 1000
  return outcome
}

/** The first place where two figures part, short enough for a line. */
export function brief({ figure, golden, got }: Difference): string {
  const [a, b] = [golden, got].map(value => (typeof value === 'string' ? value : JSON.stringify(value) ?? 'nothing')) as [string, string]
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const from = Math.max(0, at - 60)
  const cut = (text: string) => `${from > 0 ? '…' : ''}${text.slice(from, from + 160)}`
  return figure === NO_RESULT ? `no result: ${b.slice(0, 800)}` : `${figure}: CPython ${JSON.stringify(cut(a))} here ${JSON.stringify(cut(b))}`
}
