// The budgets of molt check as they are written: options of the command line, lines of a file, or JSON. All three are a list
// of names and values, which become the budgets of engine/rpc/contract-check.ts.
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { fromSystem } from '../../engine/host/command-api'
import type { Budget } from '../../engine/rpc/contract-check'
import { instant, size, wholeNumber } from './arguments'
import { UsageError } from './exit'

/** Names of budgets; those of MANY may be given several times. */
export const BUDGET_OPTIONS = ['peak', 'live', 'max-live', 'allocations', 'leaks', 'cycles', 'max-gc-pause', 'compare-to', 'grow'] as const
export type BudgetOption = typeof BUDGET_OPTIONS[number]
const MANY: readonly BudgetOption[] = ['live', 'max-live']

/** As written, in their order. */
export type Written = [name: BudgetOption, value: string][]

/** A file of budgets: JSON, or lines of a name and a value. Paths in it are relative to its folder. */
export function budgetFile(path: string): Written {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw fromSystem(error, path, 'read')
  }
  const written = /^\s*\{/.test(text) ? ofJson(path, text) : ofLines(path, text)
  return written.map(([name, value]) => [name, name === 'compare-to' && !isAbsolute(value) ? join(dirname(path), value) : value])
}

function ofJson(path: string, text: string): Written {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`, 'check')
  }
  return Object.entries(parsed as Record<string, unknown>).flatMap(([name, values]): Written => {
    const known = nameOf(path, name)
    return (Array.isArray(values) ? values : [values]).map((value): Written[number] => {
      if (typeof value !== 'string' && typeof value !== 'number') {
        throw new UsageError(`${path}: ${name} must be a number, a text or a list of these`, 'check')
      }
      return [known, String(value)]
    })
  })
}

function ofLines(path: string, text: string): Written {
  const written: Written = []
  for (const [i, line] of text.split('\n').entries()) {
    const plain = line.replace(/(^|\s)#.*$/, '').trim()
    if (plain === '') continue
    const [, name, value] = /^(\S+?)(?:\s*[:=]\s*|\s+)(.+)$/.exec(plain) ?? []
    if (name === undefined) throw new UsageError(`${path}, line ${i + 1}: a budget is a name and a value, such as: peak 10MiB`, 'check')
    written.push([nameOf(`${path}, line ${i + 1}`, name), value!])
  }
  return written
}

function nameOf(where: string, name: string): BudgetOption {
  const plain = name.replace(/^--/, '').replace(/[A-Z]/g, c => `-${c.toLowerCase()}`).replaceAll('_', '-')
  const known = BUDGET_OPTIONS.find(option => option === plain)
  if (!known) throw new UsageError(`${where}: there is no budget ${name}; there are ${BUDGET_OPTIONS.join(', ')}`, 'check')
  return known
}

/** Of a name that can be given once the last one counts: options are to be added after those of a file. */
export function budgetsOf(written: Written): { budgets: Budget[]; base: string | undefined } {
  const last = new Map(written)
  const budgets: Budget[] = []
  let grow: number | undefined
  for (const [i, [name, value]] of written.entries()) {
    if (!MANY.includes(name) && written.findLastIndex(w => w[0] === name) !== i) continue
    switch (name) {
      case 'peak': budgets.push({ kind: 'peak', limit: size('check', '--peak', value) }); break
      case 'live': {
        const [amount, at] = split(value, '@')
        budgets.push({ kind: 'live', limit: size('check', '--live', amount), at: at === undefined ? 'end' : instant(at) })
        break
      }
      case 'max-live': {
        const [, type, count, at] = /^(.+?)=([\d_]+)(?:@(.+))?$/s.exec(value) ?? []
        if (type === undefined) throw new UsageError(`--max-live takes TYPE=N@INSTANT such as Session=0@mark:logout, not ${value}`, 'check')
        budgets.push({ kind: 'max-live', limit: wholeNumber('check', '--max-live', count!), type, at: at === undefined ? 'end' : instant(at) })
        break
      }
      case 'allocations': budgets.push({ kind: 'allocations', limit: wholeNumber('check', '--allocations', value) }); break
      case 'leaks': {
        const [count, at] = split(value, '@')
        budgets.push({ kind: 'leaks', limit: wholeNumber('check', '--leaks', count), at: at === undefined ? 'end' : instant(at) })
        break
      }
      case 'cycles': budgets.push({ kind: 'cycles', limit: wholeNumber('check', '--cycles', value) }); break
      case 'max-gc-pause': budgets.push({ kind: 'gc-pause', limit: wholeNumber('check', '--max-gc-pause', value) }); break
      case 'grow': grow = percent(value); break
      case 'compare-to': break
    }
  }
  const base = last.get('compare-to')
  if (grow !== undefined && base === undefined) throw new UsageError('--grow goes with --compare-to', 'check')
  if (base !== undefined) {
    for (const kind of ['grow-peak', 'grow-live', 'grow-allocations'] as const) budgets.push({ kind, limit: grow ?? 0 })
  }
  if (budgets.length === 0) throw new UsageError('check needs a budget, such as --peak 10MiB', 'check')
  return { budgets, base }
}

function split(value: string, by: string): [string, string | undefined] {
  const at = value.indexOf(by)
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)]
}

function percent(value: string): number {
  if (!/^\d+(\.\d+)?%?$/.test(value)) throw new UsageError(`--grow takes a percentage such as 5%, not ${value}`, 'check')
  return Number(value.replace('%', ''))
}
