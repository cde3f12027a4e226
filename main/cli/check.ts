// molt check: budgets for a run, for continuous integration.
import { writeFileSync } from 'node:fs'
import { checkBudgets, formatSize, fromSystem, MoltError, type OpenRecording } from '../../engine/host/command-api'
import type { At } from '../../engine/rpc/contract'
import type { Budget, BudgetResult, CheckResult, Culprit, Parting, PartingEvent } from '../../engine/rpc/contract-check'
import { INSTANTS, parse } from './arguments'
import { BUDGET_OPTIONS, budgetFile, budgetsOf, type Written } from './budgets'
import { EXIT, report, UsageError } from './exit'
import { printable } from './fitted'
import { help } from './help'
import { junit } from './junit'
import type { Places } from './places'
import { HELP, print, printJson, withRecordingsAsync } from './reading'
import { taken } from './snapshot'

export const CHECK_HELP = `Checks that a run keeps its budgets, for continuous integration.

  molt check [OPTIONS] RECORDING

The same program gives the same figures whenever and wherever it runs, so that budgets can be as tight as one likes.

      --peak SIZE              bytes at the peak of the run, such as 10MiB
      --live SIZE[@INSTANT]    bytes alive at an instant (default: end); may be given several times
      --max-live TYPE=N[@INSTANT]
                               objects of a type, such as Session or app.Session, alive at an instant; several times
      --allocations N          allocations of the whole run
      --leaks N[@INSTANT]      leak suspects, as molt leaks lists them
      --cycles N               objects of the program that reference counting alone would not have freed: what collections
                               took in the whole run, and the garbage at its end (not what importing modules makes)
      --max-gc-pause N         instructions that ran within one collection: finalizers and callbacks of weak references
      --compare-to BASE        an earlier recording: peak, bytes alive at the end and allocations must not grow, and the first
                               event at which the two runs part is told
      --grow P%                with --compare-to: they may grow by so much (default 0%)
      --budget FILE            budgets from a file; options given besides add to them or replace them
      --junit FILE             also write the result as JUnit XML
      --json                   print the result as JSON

A budget is kept when the figure is at most the limit. A file of budgets has the names of these options without their dashes,
a line each ('# …' is a comment), or is a JSON object of them:

  peak      10MiB                        {"peak": "10MiB",
  live      5MiB@mark:logout              "live": ["5MiB@mark:logout"],
  max-live  Session=0@mark:logout         "max-live": ["Session=0@mark:logout"],
  compare-to base.molt                    "compare-to": "base.molt",
  grow      5%                            "grow": "5%"}

Exit codes: 0 all budgets are kept, 1 one is exceeded, 2 the figure of one cannot be had (or the options are wrong), and those of
every command (molt --help).

${INSTANTS}`

export async function check(args: string[], places: Places): Promise<number> {
  const many = { type: 'string', multiple: true } as const
  const { values, positionals } = parse('check', args, {
    peak: many, live: many, 'max-live': many, allocations: many, leaks: many, cycles: many, 'max-gc-pause': many, 'compare-to': many, grow: many,
    budget: many, junit: { type: 'string' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(help('check'))
  const written: Written = (values.budget ?? []).flatMap(budgetFile)
  for (const name of BUDGET_OPTIONS) for (const value of values[name] ?? []) written.push([name, value])
  const { budgets, base } = budgetsOf(written)
  const [path, ...more] = positionals
  if (path === undefined) throw new UsageError('check needs a recording', 'check')
  if (more.length > 0) throw new UsageError('check takes one recording; an earlier one to compare with goes with --compare-to', 'check')

  return withRecordingsAsync('check', base === undefined ? [path] : [path, base], async ([recording, baseRecording]) => {
    for (const budget of budgets) {
      if (recording!.settings().record !== 'full' && recording!.settings().record !== 'ledger') break
      if (budget.kind === 'leaks') await snapshotAt(recording!, budget.at, places)
      if (budget.kind === 'cycles') await snapshotAt(recording!, 'end', places)
    }
    const result = checkBudgets(recording!, budgets, baseRecording ?? null)
    if (values.json) printJson({ recording: path, base: base ?? null, ...result })
    else print(wordsOf(recording!, baseRecording ?? null, result))
    if (values.junit !== undefined) {
      try {
        writeFileSync(values.junit, junitOf(recording!, result))
      } catch (error) {
        return report(fromSystem(error, values.junit, 'write'), true)
      }
    }
    if (result.results.some(r => r.state === 'exceeded')) return 1
    return result.ok ? 0 : EXIT.usage
  })
}

/** Leaks and cycles are looked for in a snapshot. That none can be had is told with the budget. */
async function snapshotAt(recording: OpenRecording, at: At, places: Places): Promise<void> {
  try {
    await taken(recording, at, places)
  } catch (error) {
    if (!(error instanceof MoltError)) throw error
  }
}

// ---------------------------------------------------------------- words

function wordsOf(recording: OpenRecording, base: OpenRecording | null, result: CheckResult): string {
  const rows = result.results.map(r => [r.state === 'kept' ? 'ok' : r.state, nameOf(r.budget), verdict(r)] as const)
  const widths = [0, 1].map(i => Math.max(...rows.map(row => row[i]!.length)))
  const text = rows.map((row, i) => {
    const found = result.results[i]!
    const where = found.state === 'exceeded' ? found.where.map(c => `${' '.repeat(widths[0]! + 2)}${culprit(c, found)}\n`).join('') : ''
    return `${row[0].padEnd(widths[0]!)}  ${row[1].padEnd(widths[1]!)}  ${row[2]}\n${where}`
  }).join('')
  const kept = result.results.filter(r => r.state === 'kept').length
  const run = recording.run()
  const ended = run.exit_code ? ` The run ended with exit code ${run.exit_code}.` : run.complete ? '' : ' The run had not ended.'
  const all = `${result.results.length} ${result.results.length === 1 ? 'budget' : 'budgets'}`
  return `${text}${base ? partingWords(base, result) : ''}${kept} of ${all} kept.${ended}\n`
}

function nameOf(budget: Budget): string {
  const at = 'at' in budget ? ` at ${budget.at}` : ''
  switch (budget.kind) {
    case 'peak': return 'peak'
    case 'live': return `alive${at}`
    case 'max-live': return `${printable(budget.type)}${at}`
    case 'allocations': return 'allocations'
    case 'leaks': return `leak suspects${at}`
    case 'cycles': return 'objects in cycles'
    case 'gc-pause': return 'longest collection'
    case 'grow-peak': return 'growth of peak'
    case 'grow-live': return 'growth of alive at end'
    case 'grow-allocations': return 'growth of allocations'
  }
}

function verdict(r: BudgetResult): string {
  if (r.state === 'unknown') return r.problem
  const note = r.note === '' ? '' : ` (${printable(r.note)})`
  if (r.unit === 'percent') {
    const bytes = r.budget.kind !== 'grow-allocations'
    const amount = (value: number) => (bytes ? exact(value) : value.toLocaleString('en'))
    const change = r.before === 0 && r.now > 0 ? 'from nothing' : `${r.figure >= 0 ? '+' : ''}${Number(r.figure.toFixed(2))}%`
    return `${amount(r.before)} → ${amount(r.now)}: ${change} of +${r.budget.limit}%${note}`
  }
  const amount = (value: number) => amountOf(value, r)
  const plain = (value: number) => (r.unit === 'bytes' ? exact(value) : value.toLocaleString('en'))
  const over = r.state === 'exceeded' ? `, ${plain(r.figure - r.budget.limit)} too ${r.unit === 'bytes' ? 'much' : 'many'}` : ''
  return `${amount(r.figure)} of ${plain(r.budget.limit)}${over}${note}`
}

function amountOf(value: number, { unit, budget }: BudgetResult): string {
  if (unit === 'bytes' || unit === 'percent' && budget.kind !== 'grow-allocations') return exact(value)
  return `${value.toLocaleString('en')}${unit === 'instructions' ? ' instructions' : ''}`
}

/** Rounded sizes could read as if a limit were met. */
const exact = (bytes: number): string =>
  (bytes < 10 * 1024 ? `${bytes.toLocaleString('en')} B` : `${formatSize(bytes)} (${bytes.toLocaleString('en')} B)`)

function culprit(c: Culprit, r: BudgetResult): string {
  const { unit, budget } = r
  const bytes = unit === 'bytes' || budget.kind === 'leaks' || unit === 'percent' && budget.kind !== 'grow-allocations'
  const amount = `${unit === 'percent' ? '+' : ''}${bytes ? formatSize(c.amount) : c.amount.toLocaleString('en')}`
  return `${amount.padStart(10)}  ${printable(c.frame.path)}:${c.frame.line}${c.text === '' ? '' : `  ${printable(c.text)}`}`
}

function partingWords(base: OpenRecording, { parting, partingProblem }: CheckResult): string {
  if (partingProblem !== '') return `${partingProblem}\n`
  if (!parting) return `The run does the same as ${base.path}, event for event.\n`
  return `The runs part at event ${parting.run.event.toLocaleString('en')}:\n` +
    `${partingLine(`in ${base.path}`, parting.base)}${partingLine('in this run', parting.run)}`
}

function partingLine(who: string, { tick, words, traceback }: PartingEvent): string {
  const frame = traceback.at(-1)
  const inside = frame === undefined || frame.functionName === '' ? '' : `, in ${printable(frame.functionName)},`
  const place = frame ? `${printable(frame.path)}:${frame.line}${inside} ` : ''
  return `  ${who}: ${place}${printable(words)} (tick ${tick.toLocaleString('en')})\n`
}

function junitOf(recording: OpenRecording, result: CheckResult): string {
  return junit(recording.run().script_name, result.results.map(r => ({
    name: `${nameOf(r.budget)}: at most ${r.unit === 'percent' ? `+${r.budget.limit}%` : amountOf(r.budget.limit, r)}`,
    outcome: r.state === 'kept' ? 'passed' : r.state === 'exceeded' ? 'failure' : 'error',
    message: verdict(r),
    details: [...r.where.map(c => culprit(c, r).trim()), ...(result.parting ? partingDetails(result.parting) : [])].join('\n'),
  })))
}

const partingDetails = ({ base, run }: Parting): string[] =>
  ['The runs part:', partingLine('in the base run', base).trim(), partingLine('in this run', run).trim()]
