// What a report of a run shows, in words and figures: its facts, the memory over time, the lines and types that count, the calls.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { grouped } from '../export/grouping'
import { placeAt, totalOf, type Measure, type MeasureName } from '../export/profile'
import { reportHtml, type ReportCell, type ReportPage, type ReportTable, type ReportTimeline, type ReportTree } from '../export/report-html'
import type { ExportOptions } from '../rpc/contract-export'
import { memoryProfile, type ResolvedProfile } from './export-profile'
import { measureWords } from './flamegraph-page'
import { measureTree } from './measure-tree'
import type { Progress } from './measures'
import type { OpenRecording } from './open-recording'
import { recordingSummary } from './recording-summary'
import { timelineRange } from './timeline-range'
import { formatSize } from './tracemalloc-words'
import { typesAt } from './types-at'

const ROWS = 25
const TIMELINE_SLOTS = 480
const TREE_NODES = 400
const LEAST_TREE_SHARE = 0.005

const number = (value: number): string => value.toLocaleString('en')
const seconds = (ns: number): string => (ns < 1e8 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`)
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`

export function reportPieces(recording: OpenRecording, options: ExportOptions, engineVersion: string, progress: Progress): Iterable<string> {
  return reportHtml(reportPage(recording, options, engineVersion, progress), text => createHash('sha256').update(text).digest('base64'))
}

export function reportPage(recording: OpenRecording, options: ExportOptions, engineVersion: string, progress: Progress = {}): ReportPage {
  const summary = recordingSummary(recording, 0, false)
  const wanted: MeasureName[] = options.measures ?? (options.from === undefined ? ['peak', 'live', 'allocated'] : ['survived', 'live', 'allocated'])
  const profile = memoryProfile(recording, { ...options, measures: knownMeasures(recording, wanted, options) }, progress)
  const recorded = summary.events > 0
  return {
    title: `Memory of ${summary.scriptName}`,
    subtitle: [`Python ${summary.pythonVersion}`, new Date(summary.startedMs).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')].join(', '),
    facts: factsOf(summary),
    timeline: recorded ? timelineOf(recording) : null,
    tables: [...profile.measures.map(measure => linesTable(recording, profile, measure)), ...recorded ? typesTable(recording, options) : [], ...marksTable(recording)],
    tree: profile.measures[0] && totalOf(profile.measures[0].bytes) > 0 ? treeOf(recording, profile.measures[0].name, options, progress) : null,
    madeBy: `Made by Molt ${engineVersion} from ${basename(recording.path)}. Sizes as tracemalloc prints them; figures are exact, not sampled.`,
  }
}

/** Of a recording with statistics only some measures may be missing; those that were asked for fail. */
function knownMeasures(recording: OpenRecording, wanted: MeasureName[], options: ExportOptions): MeasureName[] {
  if (options.measures || recording.run().event_count > 0 && recording.reader.chunkAtEvent(0)) return wanted
  return recording.resolve(options.at ?? 'end').keyframe?.kind === 'peak' ? ['live'] : wanted.filter(name => name !== 'survived')
}

function factsOf(s: ReturnType<typeof recordingSummary>): [string, string][] {
  const facts: [string, string][] = [
    ['Script', [s.scriptPath || s.scriptName, ...s.arguments].join(' ')],
    ['End', `${s.reason}${s.exitCode === null ? '' : `, exit code ${s.exitCode}`}${s.message === '' ? '' : `: ${s.message}`}`],
    ['Length', `${number(s.lastTick)} instructions, ${seconds(s.wallNs)}`],
  ]
  if (s.allocations > 0) {
    facts.push(
      ['Peak', `${formatSize(s.peakBytes)} at tick ${number(s.peakTick)}`],
      ['Alive at the end', `${formatSize(s.liveBytes)} in ${number(s.liveBlocks)} blocks, ${number(s.liveObjects)} objects`],
      ['Allocated', `${formatSize(s.allocatedBytes)} in ${number(s.allocations)} allocations, ${percent(s.temporaryShare)} of them freed within 1,000 instructions`],
      ['Collections', `${number(s.collections)} in ${seconds(s.collectionNs)}`])
  }
  const { gcThreshold, seed, maxMemoryBytes } = s.settings
  facts.push(['Settings', `record ${s.settings.record}, clock ${s.settings.clock}, gc threshold ${gcThreshold.join(', ')}, seed ${seed}${maxMemoryBytes > 0 ? `, at most ${formatSize(maxMemoryBytes)}` : ''}`])
  if (!s.complete) facts.push(['Not complete', 'The run still went on, or was killed; what had been committed is shown.'])
  return facts
}

function timelineOf(recording: OpenRecording): ReportTimeline {
  const { fromTick, toTick, tick, liveBytesMin, liveBytesMax } = timelineRange(recording, { recordingId: 0, slots: TIMELINE_SLOTS })
  const { peak_tick, peak_bytes } = recording.run()
  return {
    tick, low: liveBytesMin, high: liveBytesMax, fromTick, toTick, peak: peak_bytes > 0 ? { tick: peak_tick, bytes: peak_bytes } : null,
    marks: recording.reader.marks().map(({ tick: at, label }) => ({ tick: at, label })), bytesText: bytes => formatSize(bytes), tickText: number,
  }
}

const TITLES: Record<MeasureName, string> = {
  live: 'Lines whose memory is alive', peak: 'Lines that held memory at the peak', survived: 'Lines whose memory stayed', leaks: 'Lines whose memory was not given back',
  allocated: 'Lines that allocate most', temporary: 'Lines whose memory is freed at once', 'bytes-ticks': 'Lines that held most for longest',
}

function linesTable(recording: OpenRecording, profile: ResolvedProfile, measure: Measure): ReportTable {
  const groups = grouped({ ...profile, measures: [measure] }, 'lineno')
  const texts = new Map<number, string[]>()
  const sourceLine = (site: number, line: number): string => {
    const fileId = recording.fileOf(recording.sites.code[site]!)
    let lines = texts.get(fileId)
    if (!lines) texts.set(fileId, lines = (recording.reader.file(fileId)?.source ?? '').split('\n'))
    return (lines[line - 1] ?? '').trim()
  }
  const total = totalOf(groups.bytes[0]!)
  const most = groups.order.length > 0 ? groups.bytes[0]![groups.order[0]!]! : 0
  const ticks = measure.name === 'bytes-ticks'
  const rows = Array.from(groups.order.subarray(0, ROWS), (row): ReportCell[] => {
    const site = groups.site[row]!
    const { path, line, name } = placeAt(profile, site)
    const bytes = groups.bytes[0]![row]!
    return [
      { text: ticks ? number(bytes) : formatSize(bytes), share: most === 0 ? 0 : bytes / most }, percent(total === 0 ? 0 : bytes / total), number(groups.count[0]![row]!),
      `${path}:${line}`, site === 0 ? '' : name, { code: site === 0 ? '' : sourceLine(site, line) },
    ]
  })
  return {
    title: TITLES[measure.name], note: `${measure.title}: ${ticks ? number(total) : formatSize(total)}`,
    head: [ticks ? 'bytes × ticks' : 'size', 'share', measure.name === 'allocated' || measure.name === 'temporary' ? 'allocations' : 'blocks', 'line', 'function', ''],
    align: 'rrrlll', rows, leftOut: Math.max(0, groups.order.length - ROWS),
  }
}

function typesTable(recording: OpenRecording, options: ExportOptions): ReportTable[] {
  const at = options.at ?? 'end'
  // At the peak of a recording with statistics only the types are not known.
  if (recording.resolve(at).keyframe?.kind === 'peak') return []
  const { rows, tick, totalBytes, rowCount } = typesAt(recording, { recordingId: 0, at, limit: ROWS })
  const most = rows[0]?.sizeBytes ?? 0
  return [{
    title: 'Types', note: `alive at tick ${number(tick)}: ${formatSize(totalBytes)}`, head: ['size', 'share', 'objects', 'type', 'module'], align: 'rrrll',
    rows: rows.map(row => [
      { text: formatSize(row.sizeBytes), share: most === 0 ? 0 : row.sizeBytes / most }, percent(totalBytes === 0 ? 0 : row.sizeBytes / totalBytes), number(row.count), row.name, row.module,
    ]),
    leftOut: Math.max(0, rowCount - ROWS),
  }]
}

function marksTable(recording: OpenRecording): ReportTable[] {
  const marks = recording.reader.marks()
  if (marks.length === 0) return []
  return [{
    title: 'Marks', note: 'instants that the script named', head: ['tick', 'alive', 'since the one before', 'mark'], align: 'rrrl',
    rows: marks.slice(0, 200).map((mark, i) => [
      number(mark.tick), formatSize(mark.live_bytes), formatSize(mark.live_bytes - (marks[i - 1]?.live_bytes ?? 0), true), mark.label,
    ]),
    leftOut: Math.max(0, marks.length - 200),
  }]
}

function treeOf(recording: OpenRecording, measure: MeasureName, options: ExportOptions, progress: Progress): ReportTree {
  const params = {
    recordingId: 0, measure, at: options.at ?? 'end', ...(options.from === undefined ? {} : { from: options.from }), filters: options.filters ?? [],
    ...(options.temporaryThreshold === undefined ? {} : { temporaryThreshold: options.temporaryThreshold }),
  }
  const tree = measureTree(recording, { ...params, leastShare: LEAST_TREE_SHARE, mostNodes: TREE_NODES }, progress)
  const { functionName, path, line } = tree.places
  const whole = tree.totalBytes[0]!
  return {
    title: 'Calls that lead to the memory', note: `${measureWords(params)}: ${measure === 'bytes-ticks' ? number(whole) : formatSize(whole)}.`,
    parent: tree.parent, share: tree.totalBytes.map(bytes => (whole === 0 ? 0 : bytes / whole)),
    name: node => functionName[tree.place[node]!] || '<unknown>', place: node => `${path[tree.place[node]!]}:${line[tree.place[node]!]}`,
    figure: node => (measure === 'bytes-ticks' ? number(tree.totalBytes[node]!) : formatSize(tree.totalBytes[node]!)),
    leftOut: Math.max(0, tree.nodeCount - tree.parent.length),
  }
}
