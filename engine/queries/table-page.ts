// A measure by place, as a page with a table.
import { createHash } from 'node:crypto'
import { tableHtml } from '../export/table-html'
import type { StatisticsParams } from '../rpc/contract'
import { countWords, instantWords, measureWords } from './flamegraph-page'
import type { Progress } from './measures'
import type { OpenRecording } from './open-recording'
import { statisticsAt } from './statistics-at'

/** A browser holds so many without effort; what is left out is small. */
const MOST_ROWS = 20_000

/** Callers further out are left out, as those of a deep recursion. */
const MOST_FRAMES = 64

export function tableOf(recording: OpenRecording, params: StatisticsParams, progress: Progress = {}): Iterable<string> {
  const result = statisticsAt(recording, { limit: MOST_ROWS, ...params }, progress)
  const { measure = 'live', compareTo } = params
  const library = new Set(recording.reader.fileHeads().filter(file => file.origin === 'library').map(file => file.id))
  const left = result.rowCount - result.rows.length
  const counted = countWords(measure)
  return tableHtml({
    title: recording.run().script_name,
    subtitle: `${measureWords(params)}${compareTo === undefined ? '' : `, compared with ${instantWords(compareTo)}`} (tick ${result.tick.toLocaleString('en')})` +
      (left > 0 ? `; ${left.toLocaleString('en')} smaller rows left out` : ''),
    unit: measure === 'bytes-ticks' ? 'byte-ticks' : 'bytes',
    countName: counted[0]!.toUpperCase() + counted.slice(1),
    total: result.totalBytes,
    compared: compareTo !== undefined,
    rows: result.rows.map(row => ({
      bytes: row.sizeBytes, count: row.count, change: row.sizeDiffBytes,
      frames: row.traceback.map(frame => ({ ...frame, own: !library.has(frame.fileId) })).reverse().slice(0, MOST_FRAMES),
    })),
  }, text => createHash('sha256').update(text).digest('base64'))
}
