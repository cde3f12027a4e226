// molt source.
import { formatSize, sourceFiles, sourceLines, type OpenRecording } from '../../engine/host/command-api'
import type { SourceLines } from '../../engine/rpc/contract'
import { instant, parse } from './arguments'
import { CommandError, EXIT, say, UsageError } from './exit'
import { help } from './help'
import { HELP, print, printJson, withRecording } from './reading'
import { table } from './table'

export class SourceTexts {
  private readonly files = new Map<number, string[]>()
  private readonly recording: OpenRecording
  constructor(recording: OpenRecording) {
    this.recording = recording
  }
  line(fileId: number, line: number): string {
    let lines = this.files.get(fileId)
    if (!lines) this.files.set(fileId, lines = (this.recording.reader.file(fileId)?.source ?? '').split('\n'))
    return (lines[line - 1] ?? '').trim()
  }
}

export function source(args: string[]): number {
  const { values, positionals } = parse('source', args, {
    at: { type: 'string' }, touched: { type: 'boolean' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(help('source'))
  const [path, wanted, ...more] = positionals
  if (more.length > 0) throw new UsageError('source takes a recording and at most one file', 'source')
  return withRecording('source', path === undefined ? [] : [path], recording => {
    const at = instant(values.at ?? 'end')
    const files = sourceFiles(recording, { recordingId: 0, at })
    const file = wanted === undefined ? files[0] : files.find(f => f.path === wanted) ?? files.find(f => f.path.endsWith(`/${wanted}`) || f.path.endsWith(wanted))
    if (!file) {
      const names = files.slice(0, 12).map(f => f.path).join(', ')
      throw new CommandError(wanted === undefined ? 'This recording has no source files.' : `${wanted} did not run in this recording. Its files: ${names}`, EXIT.noInput)
    }
    const lines = sourceLines(recording, { recordingId: 0, fileId: file.fileId, at, sparkSlots: 0 })
    if (values.json) return printJson(jsonLines(lines))
    print(sourceTable(lines, values.touched ?? false))
    return 0
  })
}

function sourceTable(lines: SourceLines, touchedOnly: boolean): string {
  const text = lines.text.split('\n')
  if (text.at(-1) === '') text.pop()
  const indexOf = new Map(Array.from(lines.line, (line, i) => [line, i]))
  const last = Math.max(text.length, lines.line.at(-1) ?? 0)
  const rows: string[][] = []
  const percent = (share: number) => (share === 0 ? '' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`)
  for (let line = 1; line <= last; line++) {
    const i = indexOf.get(line)
    if (i === undefined && touchedOnly) continue
    const figures = i === undefined ? ['', '', '', '', '', ''] : [
      lines.liveBytes[i] === 0 ? '' : formatSize(lines.liveBytes[i]!), lines.liveBlocks[i] === 0 ? '' : lines.liveBlocks[i]!.toLocaleString('en'),
      lines.allocations[i] === 0 ? '' : lines.allocations[i]!.toLocaleString('en'), percent(lines.peakShare[i]!), percent(lines.temporaryShare[i]!),
      lines.incrementBytes[i] === 0 ? '' : formatSize(lines.incrementBytes[i]!, true),
    ]
    rows.push([String(line), ...figures, text[line - 1] ?? ''])
  }
  return `${lines.path} at tick ${lines.tick.toLocaleString('en')}\n${table(['line', 'alive', 'blocks', 'alloc', 'peak', 'temp', 'incr', ''], rows, 'rrrrrrrl')}`
}

function jsonLines(lines: SourceLines): unknown {
  const { line, path, tick, peakTick } = lines
  return {
    path, tick, peakTick,
    lines: Array.from(line, (number, i) => ({
      line: number, liveBytes: lines.liveBytes[i], liveBlocks: lines.liveBlocks[i], allocations: lines.allocations[i],
      allocatedBytes: lines.allocatedBytes[i], peakBytes: lines.peakBytes[i], peakShare: lines.peakShare[i],
      temporaryShare: lines.temporaryShare[i], incrementBytes: lines.incrementBytes[i], occurrences: lines.occurrences[i],
    })),
  }
}
