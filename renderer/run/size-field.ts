// Sizes and counts as people type them: "512 MiB", "1g", "200k", "1,000,000"; empty or 0 means no limit.
const FACTORS: Record<string, number> = {
  '': 1, b: 1, k: 1024, kb: 1000, kib: 1024, m: 1024 ** 2, mb: 1000 ** 2, mib: 1024 ** 2, g: 1024 ** 3, gb: 1000 ** 3, gib: 1024 ** 3
}

/** Bytes, or null if it is no size. */
export function parseSize(typed: string): number | null {
  const match = /^([\d.,_ ]*?)\s*([a-z]*)$/i.exec(typed.trim())
  if (!match) return null
  const digits = match[1]!.replace(/[,_ ]/g, ''), factor = FACTORS[match[2]!.toLowerCase()]
  if (digits === '' && match[2] === '') return 0
  const value = Number(digits)
  if (factor === undefined || digits === '' || !Number.isFinite(value) || value < 0) return null
  return Math.round(value * factor)
}

export function showSize(bytes: number): string {
  if (bytes === 0) return ''
  for (const [name, factor] of [['GiB', 1024 ** 3], ['MiB', 1024 ** 2], ['KiB', 1024]] as const) {
    if (bytes % factor === 0) return `${bytes / factor} ${name}`
  }
  return `${bytes} B`
}

/** A whole number, or null. */
export function parseCount(typed: string): number | null {
  const digits = typed.replace(/[,_ ]/g, '')
  if (digits === '') return 0
  if (!/^\d+(e\d+)?$/i.test(digits)) return null
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : null
}
