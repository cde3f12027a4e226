// Numbers as words. Sizes are rounded as tracemalloc prints them, so that a figure here and one from the
// script's own `tracemalloc` are the same characters.
export type Units = 'binary' | 'si'

const NAMES: Record<Units, string[]> = {
  binary: ['B', 'KiB', 'MiB', 'GiB', 'TiB'],
  si: ['B', 'kB', 'MB', 'GB', 'TB']
}

/** 12.4 KiB, 345 KiB, 3467 MiB: one decimal below 100, none above; a `sign` gives + and - on every figure. */
export function formatBytes(bytes: number, options: { sign?: boolean; units?: Units } = {}): string {
  const units = options.units ?? 'binary'
  const step = units === 'binary' ? 1024 : 1000
  const names = NAMES[units]
  let value = bytes
  let unit = 0
  for (; ; unit++) {
    const last = unit === names.length - 1
    if (Math.abs(value) < 100 && unit > 0) return `${withSign(roundEven(value, 1), options.sign)} ${names[unit]}`
    if (Math.abs(value) < 10 * step || last) return `${withSign(roundEven(value, 0), options.sign)} ${names[unit]}`
    value /= step
  }
}

/** 512 KiB, 1.5 MiB, 4 MiB: round sizes in the largest unit that needs no more than a half, for axes. */
export function formatRoundBytes(bytes: number, units: Units): string {
  const step = units === 'binary' ? 1024 : 1000
  let value = bytes, unit = 0
  while (value >= step && (value / step) % 0.5 === 0 && unit < NAMES[units].length - 1) {
    value /= step
    unit++
  }
  return `${value} ${NAMES[units][unit]}`
}

/** As Python's `%.1f` and `%.0f`: a tie goes to the even digit, where toFixed goes up. */
function roundEven(value: number, digits: 0 | 1): string {
  const scaled = value * (digits === 0 ? 1 : 10)
  const down = Math.floor(scaled)
  if (scaled - down === 0.5) return ((down % 2 === 0 ? down : down + 1) / (digits === 0 ? 1 : 10)).toFixed(digits)
  return value.toFixed(digits)
}

const withSign = (text: string, sign?: boolean) => (sign && !text.startsWith('-') ? `+${text}` : text)

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
export const formatCount = (count: number): string => thousands.format(count)
export const formatSigned = (count: number): string => (count >= 0 ? '+' : '') + thousands.format(count)
export const exactBytes = (bytes: number, sign = false): string => `${sign ? formatSigned(bytes) : formatCount(bytes)} B`

/** 0 %, 0.4 %, 12 %: one decimal below ten. */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (percent < 0.05) return '<0.1 %'
  return `${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`
}

/** 420 ns, 3.2 µs, 18 ms, 1.24 s, 2 min 5 s. */
export function formatDuration(ns: number): string {
  const short = (value: number) => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
  if (ns < 1e3) return `${ns.toFixed(0)} ns`
  if (ns < 1e6) return `${short(ns / 1e3)} µs`
  if (ns < 1e9) return `${short(ns / 1e6)} ms`
  if (ns < 60e9) return `${short(ns / 1e9)} s`
  const seconds = Math.round(ns / 1e9)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** 850, 12.4k, 3.46M: for axes, where space is short. */
export function formatShort(count: number): string {
  for (const [size, name] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const) {
    if (count >= size) return `${trimZeros((count / size).toPrecision(4))}${name}`
  }
  return formatCount(count)
}
const trimZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const dateYearFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })
export function formatDate(ms: number, nowMs: number): string {
  const date = new Date(ms), now = new Date(nowMs)
  if (date.toDateString() === now.toDateString()) return `Today ${dateFormat.format(date).split(', ').at(-1)}`
  return (date.getFullYear() === now.getFullYear() ? dateFormat : dateYearFormat).format(date)
}

/** The last part of a path, whichever way its slashes lean. */
export const baseName = (path: string): string => path.split(/[/\\]/).at(-1) || path
/** Of Python itself, not of the program. The same rule as the engine's `originOf`. */
export const isLibrary = (path: string): boolean => /[\\/]lib[\\/]python3\.\d+[\\/]|^<frozen /.test(path)
/** '/home/a/proj/x.py' in '/home/a/proj' is 'x.py'; elsewhere the last `parts` parts. */
export function shortPath(path: string, parts = 2): string {
  const pieces = path.split(/[/\\]/).filter(Boolean)
  return pieces.length <= parts ? path : '…/' + pieces.slice(-parts).join('/')
}
export const plural = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)} ${count === 1 ? one : many}`
