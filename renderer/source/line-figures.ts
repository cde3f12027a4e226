// The figures of one line, as the gutter shows them; found by line number.
import type { SourceLines } from '../../engine/rpc/contract'
import { exactBytes, formatBytes, formatCount, formatShare, plural, type Units } from '../lib/format'

export type FigureColumn = 'alive' | 'peak' | 'churn' | 'temporary' | 'increment'

export interface LineFigures {
  alive: string
  peak: string
  churn: string
  temporary: string
  increment: string
  /** 0..1 of the line that holds most; the heat behind the figure. */
  heat: Record<FigureColumn, number>
  hint: Record<FigureColumn, string>
  spark: Float32Array | null
}

export function figuresByLine(lines: SourceLines, units: Units): Map<number, LineFigures> {
  const found = new Map<number, LineFigures>()
  const most = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), 0) || 1
  const mostAlive = most(lines.liveBytes), mostPeak = most(lines.peakShare), mostChurn = most(lines.allocatedBytes)
  const show = (bytes: number) => (bytes === 0 ? '' : formatBytes(bytes, { units }))
  for (let i = 0; i < lines.line.length; i++) {
    const alive = lines.liveBytes[i]!, blocks = lines.liveBlocks[i]!, peak = lines.peakShare[i]!
    const churn = lines.allocatedBytes[i]!, increment = lines.incrementBytes[i]!, allocations = lines.allocations[i]!, temporary = lines.temporaryShare[i]!
    if (allocations === 0 && alive === 0 && peak === 0 && increment === 0) continue
    const spark = lines.sparkSlots > 0 ? lines.spark.subarray(i * lines.sparkSlots, (i + 1) * lines.sparkSlots) : null
    found.set(lines.line[i]!, {
      alive: show(alive),
      peak: peak === 0 ? '' : formatShare(peak),
      churn: show(churn),
      temporary: allocations === 0 ? '' : formatShare(temporary),
      increment: increment === 0 ? '' : formatBytes(increment, { sign: true, units }),
      heat: { alive: alive / mostAlive, peak: peak / mostPeak, churn: churn / mostChurn, temporary: allocations === 0 ? 0 : temporary, increment: 0 },
      hint: {
        alive: `${exactBytes(alive)} in ${formatCount(blocks)} blocks alive now`,
        peak: `${exactBytes(lines.peakBytes[i]!)} alive at the peak, ${formatShare(peak)} of it`,
        churn: `${exactBytes(churn)} in ${formatCount(allocations)} allocations so far`,
        temporary: `${formatShare(temporary)} of its allocations were freed within 1,000 instructions`,
        increment: `Memory grew by ${exactBytes(increment, true)} while the line was running, ${plural(lines.occurrences[i]!, 'time')}`
      },
      spark: spark && spark.some(value => value > 0) ? spark : null
    })
  }
  return found
}

/** Path of a sparkline in a box; '' where there is nothing. */
export function sparkPath(values: Float32Array, width: number, height: number): { line: string; area: string } {
  const most = values.reduce((a, b) => Math.max(a, b), 0)
  if (most === 0 || values.length === 0) return { line: '', area: '' }
  const step = width / values.length
  let line = ''
  for (let i = 0; i < values.length; i++) {
    const y = (height - (values[i]! / most) * (height - 1)).toFixed(1)
    line += `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${y}L${((i + 1) * step).toFixed(1)} ${y}`
  }
  return { line, area: `${line}L${width} ${height}L0 ${height}Z` }
}
