import { expect, test } from 'vitest'
import type { SourceLines } from '../../engine/rpc/contract'
import { figuresByLine, sparkPath } from './line-figures'

const column = (...values: number[]) => Float64Array.from(values)
const lines: SourceLines = {
  fileId: 1, path: 'a.py', text: 'x\ny\nz\n', tick: 10, peakTick: 5, line: Int32Array.of(1, 3, 4),
  liveBytes: column(1024 * 50, 0, 0), liveBlocks: column(2, 0, 0), allocations: column(4, 10, 0), allocatedBytes: column(102400, 2000, 0),
  peakBytes: column(51200, 0, 0), peakShare: column(0.5, 0, 0), temporaryShare: column(0.5, 1, 0), incrementBytes: column(51200, 0, -3000),
  occurrences: column(1, 1, 2), sparkSlots: 2, spark: Float32Array.of(0, 4, 0, 0, 0, 0)
}

test('figures stand at their lines, of a line that never allocated what it called', () => {
  const figures = figuresByLine(lines, 'binary')
  expect([...figures.keys()]).toEqual([1, 3, 4])
  expect(figures.get(1)).toMatchObject({ alive: '50.0 KiB', peak: '50 %', churn: '100 KiB', temporary: '50 %', heat: { alive: 1, peak: 1, churn: 1 } })
  expect(figures.get(3)).toMatchObject({ alive: '', peak: '', churn: '2000 B', temporary: '100 %', spark: null })
  expect(figures.get(1)).toMatchObject({ increment: '+50.0 KiB' })
  expect(figures.get(4)).toMatchObject({ alive: '', churn: '', temporary: '', increment: '-3000 B', hint: { increment: 'Memory grew by -3,000 B while the line was running, 2 times' } })
  expect(figures.get(1)!.hint.alive).toBe('51,200 B in 2 blocks alive now')
})

test('a sparkline is made of steps', () => {
  expect(sparkPath(Float32Array.of(0, 4), 20, 11).line).toBe('M0.0 11.0L10.0 11.0L10.0 1.0L20.0 1.0')
  expect(sparkPath(Float32Array.of(0, 0), 20, 11).line).toBe('')
})
