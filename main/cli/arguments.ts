// Options of a command: node:util's parseArgs, with messages for people and values checked.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { UsageError } from './exit'

export interface Parsed<O extends ParseArgsOptionsConfig> {
  values: { [K in keyof O]?: O[K] extends { multiple: true } ? string[] : O[K] extends { type: 'boolean' } ? boolean : string }
  positionals: string[]
}

export function parse<const O extends ParseArgsOptionsConfig>(command: string, args: string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true }) as unknown as Parsed<O>
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = /Unknown option '([^']+)'/.exec(message)?.[1]
    if (unknown) throw new UsageError(`${command} has no option ${unknown}`, command)
    throw new UsageError(message.replace(/\s*To specify an (option|positional)[^]*$/, '').replace(/\.$/, ''), command)
  }
}

/**
 * Where a command's own options end: at its first positional argument, or after one of `last` with its value. What follows
 * belongs to the script. Returns the number of leading arguments that are the command's.
 */
export function ownLength(args: string[], options: ParseArgsOptionsConfig, last: string[]): { length: number; endedBy: string | null } {
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') return { length: token.index, endedBy: null }
    if (token.kind === 'option-terminator') return { length: token.index + 1, endedBy: null }
    if (last.includes(token.name)) {
      const length = token.index + (token.inlineValue === false ? 2 : 1)
      return { length: Math.min(length, args.length), endedBy: token.name }
    }
  }
  return { length: args.length, endedBy: null }
}

export function wholeNumber(command: string, option: string, value: string, low = 0, high = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d[\d_]*$/.test(value) ? Number(value.replaceAll('_', '')) : NaN
  if (!Number.isSafeInteger(number) || number < low || number > high) {
    const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`
    throw new UsageError(`${option} takes a whole number ${range}, not ${value}`, command)
  }
  return number
}

export function choice<const T extends string>(command: string, option: string, value: string, choices: readonly T[]): T {
  const found = choices.find(c => c === value)
  if (found === undefined) throw new UsageError(`${option} takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not ${value}`, command)
  return found
}

const UNITS: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** Bytes: 1000000, 512k, 1.5G, 64MiB. */
export function size(command: string, option: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?$/i.exec(value)
  if (!match) throw new UsageError(`${option} takes a size such as 512M or 2G, not ${value}`, command)
  return Math.round(Number(match[1]) * UNITS[match[2]!.toLowerCase()]!)
}

/** For --help of each command that takes one. */
export const INSTANTS = `An instant is a tick (instructions executed), end, peak, mark:NAME (or just NAME) for a mark that the script
set with sys.audit('mark', NAME), snapshot:N, or event:N (after so many events).`

/** An instant as it was typed; OpenRecording.resolve knows which one it is. */
export const instant = (value: string): number | string => (/^\d[\d_]*$/.test(value) ? Number(value.replaceAll('_', '')) : value)

/** A..B: from one instant to another; without A from the beginning, without B to the end. */
export function range(command: string, value: string): { from?: number | string; to?: number | string } {
  const at = value.indexOf('..')
  if (at < 0) throw new UsageError(`--range takes two instants such as 1000..peak or warm-up..end, not ${value}`, command)
  const from = value.slice(0, at)
  const to = value.slice(at + 2)
  return { ...(from === '' ? {} : { from: instant(from) }), ...(to === '' ? {} : { to: instant(to) }) }
}
