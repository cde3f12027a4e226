// Budgets of a run: a limit on a figure each, and the lines that make the figure up. Figures of a recording are exact and the
// same whenever the same program runs, so that a limit can be as tight as one likes.
import { MoltError } from '../base/errors'
import { FIRST_TYPE } from '../memory/events'
import { SITE_ALLOCATIONS, SITE_STRIDE, TYPE_PARKED, TYPE_STRIDE } from '../recording/memory-state'
import type { At, Frame } from '../rpc/contract'
import type { Budget, BudgetResult, CheckResult, Culprit } from '../rpc/contract-check'
import { blocksAt, needFigures } from './block-columns'
import { cyclicGarbageOf } from './cyclic-garbage'
import { TypeNames } from './diff-names'
import type { Progress } from './diff-instants'
import { IMPORTED } from './import-snapshot'
import { leaksOf } from './leaks'
import type { OpenRecording } from './open-recording'
import { partingOf } from './run-parting'
import { TwoRuns } from './two-runs'

/** Lines named for each budget. */
const CULPRITS = 3

export function checkBudgets(recording: OpenRecording, budgets: Budget[], base: OpenRecording | null, options: Progress = {}): CheckResult {
  recording.refresh()
  base?.refresh()
  const results = budgets.map((budget, i) => {
    options.progress?.(i, budgets.length)
    return one(recording, budget, base, options)
  })
  const check: CheckResult = { ok: results.every(result => result.state === 'kept'), results, parting: null, partingProblem: '' }
  if (base) {
    try {
      check.parting = partingOf(base, recording, options)
    } catch (error) {
      if (!(error instanceof MoltError)) throw error
      check.partingProblem = error.message
    }
  }
  return check
}

const UNITS: Record<Budget['kind'], BudgetResult['unit']> = {
  peak: 'bytes', live: 'bytes', 'max-live': 'count', allocations: 'count', leaks: 'count', cycles: 'count',
  'gc-pause': 'instructions', 'grow-peak': 'percent', 'grow-live': 'percent', 'grow-allocations': 'percent',
}

type Found = Pick<BudgetResult, 'figure' | 'where'> & Partial<Pick<BudgetResult, 'note' | 'before' | 'now'>>

function one(recording: OpenRecording, budget: Budget, base: OpenRecording | null, options: Progress): BudgetResult {
  const empty: Omit<BudgetResult, 'state'> =
    { budget, unit: UNITS[budget.kind], figure: 0, before: 0, now: 0, where: [], note: '', problem: '' }
  try {
    needFigures(recording)
    const found = figureOf(recording, budget, base, options)
    return { ...empty, ...found, state: found.figure <= budget.limit ? 'kept' : 'exceeded' }
  } catch (error) {
    if (!(error instanceof MoltError)) throw error
    return { ...empty, state: 'unknown', problem: error.hint ? `${error.message} ${error.hint}` : error.message }
  }
}

const unknown = (message: string, hint = '') => new MoltError('no-instant', message, hint)

function figureOf(recording: OpenRecording, budget: Budget, base: OpenRecording | null, options: Progress): Found {
  const imported = recording.run().source_kind === IMPORTED
  if (imported && budget.kind !== 'live' && budget.kind !== 'grow-live') {
    throw unknown(`A snapshot of tracemalloc does not tell ${ABOUT[budget.kind]}.`)
  }
  switch (budget.kind) {
    case 'peak': return { figure: recording.run().peak_bytes, where: linesAt(recording, 'peak') }
    case 'live': {
      const figures = recording.figuresAt(recording.resolve(budget.at))
      let bytes = 0
      for (let i = 0; i < figures.length; i += 2) bytes += figures[i]!
      return { figure: bytes, where: linesAt(recording, budget.at) }
    }
    case 'max-live': return liveObjects(recording, budget.type, budget.at)
    case 'allocations':
      return { figure: recording.run().allocation_count, where: culprits(recording, allocationsOf(recording)) }
    case 'leaks': return leaks(recording, budget.at, options)
    case 'cycles': return cycles(recording, options)
    case 'gc-pause': return longestPause(recording)
    default: {
      if (!base) throw unknown('There is no run to compare with.', 'Name it with --compare-to.')
      return growth(base, recording, budget.kind)
    }
  }
}

const ABOUT: Record<Budget['kind'], string> = {
  peak: 'the peak of its run', live: 'what is alive', 'max-live': 'the objects of a type', allocations: 'how much was allocated',
  leaks: 'what leaks', cycles: 'what the collector did', 'gc-pause': 'what the collector did',
  'grow-peak': 'the peak of its run', 'grow-live': 'what is alive', 'grow-allocations': 'how much was allocated',
}

// ---------------------------------------------------------------- figures

function linesAt(recording: OpenRecording, at: At): Culprit[] {
  const pairs = recording.figuresAt(recording.resolve(at))
  return culprits(recording, Float64Array.from({ length: pairs.length / 2 }, (_, site) => pairs[site * 2]!))
}

/** Allocations of each site over the whole run. */
function allocationsOf(recording: OpenRecording): Float64Array {
  const { sites } = recording.figureStateAt(recording.resolve('end'))
  return Float64Array.from({ length: sites.length / SITE_STRIDE }, (_, site) => sites[site * SITE_STRIDE + SITE_ALLOCATIONS]!)
}

function liveObjects(recording: OpenRecording, wanted: string, at: At): Found {
  const names = new TypeNames(recording)
  const types: number[] = []
  for (let type = FIRST_TYPE; type < names.count; type++) {
    const name = names.name(type)
    if (name === wanted || name.endsWith(`.${wanted}`) || name === wanted.replace(/^builtins\./, '')) types.push(type)
  }
  const instant = recording.resolve(at)
  if (instant.keyframe?.kind === 'peak') throw unknown(`${recording.path} has no figures by type at its peak.`, 'Record it with --record full.')
  const figures = recording.figureStateAt(instant).types
  const figure = types.reduce((sum, type) => sum + (figures[type * TYPE_STRIDE] ?? 0), 0)
  if (types.length === 0) return { figure, where: [], note: `no object of a type ${wanted} was ever made` }
  if (figure === 0 || instant.keyframe) return { figure, where: [] }
  const blocks = blocksAt(recording, instant)
  const counts = new Float64Array(recording.sites.count)
  for (let i = 0; i < blocks.type.length; i++) {
    if (blocks.type[i] !== TYPE_PARKED && types.includes(blocks.type[i]!)) counts[blocks.site[i]!] = counts[blocks.site[i]!]! + 1
  }
  return { figure, where: culprits(recording, counts) }
}

function needEvents(recording: OpenRecording, what: string): void {
  if (recording.settings().record !== 'full' && recording.settings().record !== 'ledger') throw unknown(`${recording.path} has no events: ${what} cannot be told.`, 'Record it with --record full.')
}

function leaks(recording: OpenRecording, at: At, options: Progress): Found {
  // Without events nothing is known to grow, and nothing would be suspected.
  needEvents(recording, 'what leaks')
  const { suspectCount, suspects } = leaksOf(recording, { at, limit: CULPRITS, ...options })
  return {
    figure: suspectCount,
    where: suspects.map(({ madeAt: [made], growingBytes, title }) =>
      ({ amount: growingBytes, frame: made?.frame ?? recording.frame(0), text: title })),
  }
}

function cycles(recording: OpenRecording, options: Progress): Found {
  needEvents(recording, 'what the collector freed')
  const { collected, waiting, lines } = cyclicGarbageOf(recording, options)
  return {
    figure: collected + waiting,
    where: lines.slice(0, CULPRITS).map(line => {
      const { frame, text } = culprit(recording, 0, recording.frameNode(line.node))
      const state = line.waiting === 0 ? '' : line.collected === 0 ? ', garbage at the end' : `, ${line.waiting} of them garbage at the end`
      return { amount: line.collected + line.waiting, frame, text: `${line.typeName}${state}${text === '' ? '' : `: ${text}`}` }
    }),
  }
}

function longestPause(recording: OpenRecording): Found {
  let figure = 0
  let site = 0
  for (const c of recording.reader.collections(0, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER)) {
    if (c.end_tick - c.start_tick <= figure) continue
    figure = c.end_tick - c.start_tick
    site = c.traceback_id
  }
  return { figure, where: figure === 0 ? [] : [culprit(recording, figure, recording.frame(site))] }
}

function growth(base: OpenRecording, recording: OpenRecording, kind: 'grow-peak' | 'grow-live' | 'grow-allocations'): Found {
  if (base.run().source_kind === IMPORTED && kind !== 'grow-live') throw unknown(`A snapshot of tracemalloc does not tell ${ABOUT[kind]}.`)
  needFigures(base)
  const column = kind === 'grow-peak' ? 'peak_bytes' : kind === 'grow-live' ? 'live_bytes' : 'allocation_count'
  const [before, now] = [base.run()[column], recording.run()[column]]
  const figuresOf = (r: OpenRecording): Float64Array => {
    if (kind === 'grow-allocations') return allocationsOf(r)
    const pairs = r.figuresAt(r.resolve(kind === 'grow-peak' ? 'peak' : 'end'))
    return Float64Array.from({ length: pairs.length / 2 }, (_, site) => pairs[site * 2]!)
  }
  return {
    figure: before === 0 ? (now === 0 ? 0 : Number.MAX_SAFE_INTEGER) : (now - before) / before * 100, before, now,
    where: now > before ? grownLines(new TwoRuns(base, recording), figuresOf(base), figuresOf(recording)) : [],
  }
}

// ---------------------------------------------------------------- lines

/** The lines with the largest sums over their sites. */
function culprits(recording: OpenRecording, amounts: Float64Array): Culprit[] {
  const { frames, frameOf } = recording
  const lines = new Map<number, { node: number; amount: number }>()
  for (let site = 0; site < amounts.length; site++) {
    if (amounts[site] === 0) continue
    const node = frameOf[site]!
    const key = node === 0 ? 0 : frames.code[node]! * 2 ** 24 + frames.line[node]!
    const line = lines.get(key)
    if (line) line.amount += amounts[site]!
    else lines.set(key, { node, amount: amounts[site]! })
  }
  return [...lines.values()].sort((a, b) => b.amount - a.amount || a.node - b.node).slice(0, CULPRITS)
    .map(({ node, amount }) => culprit(recording, amount, recording.frameNode(node)))
}

/** The lines that have the most more than in the base run. */
function grownLines(runs: TwoRuns, before: Float64Array, now: Float64Array): Culprit[] {
  const { tree } = runs
  const lines = new Map<number, { node: number; amount: number }>()
  for (const [side, amounts, sign] of [[runs.new, now, 1], [runs.old, before, -1]] as const) {
    for (let site = 0; site < amounts.length; site++) {
      if (amounts[site] === 0) continue
      const node = side.nodeOf[site] ?? 0
      const key = node === 0 ? 0 : tree.code[node]! * 2 ** 26 + tree.line[node]!
      const line = lines.get(key)
      if (line) line.amount += sign * amounts[site]!
      else lines.set(key, { node, amount: sign * amounts[site]! })
    }
  }
  return [...lines.values()].filter(line => line.amount > 0).sort((a, b) => b.amount - a.amount || a.node - b.node).slice(0, CULPRITS)
    .map(({ node, amount }) => culprit(runs.new.recording, amount, runs.frame(node).frame))
}

function culprit(recording: OpenRecording, amount: number, frame: Frame): Culprit {
  const source = frame.fileId > 0 ? recording.reader.file(frame.fileId)?.source ?? '' : ''
  return { amount, frame, text: (source.split('\n')[frame.line - 1] ?? '').trim() }
}
