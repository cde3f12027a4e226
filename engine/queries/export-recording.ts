// A recording as a file of another tool: which formats there are, and the pieces of one.
import { MoltError } from '../base/errors'
import type { Piece } from '../export/chunks'
import { collapsed } from '../export/collapsed'
import { pprof, type PprofSampleType } from '../export/pprof'
import { speedscope } from '../export/speedscope'
import { figuresCsv, figuresJson, typesCsv, type TypeFigures } from '../export/tables'
import type { ExportFormat, ExportFormatRow, ExportOptions } from '../rpc/contract-export'
import { heapSnapshotPieces } from './export-heap'
import { memoryProfile, type ResolvedProfile } from './export-profile'
import type { Progress } from './measures'
import type { OpenRecording } from './open-recording'
import { recordingSummary } from './recording-summary'
import { reportPieces } from './report-page'
import { typesAt } from './types-at'

export const EXPORT_FORMATS: readonly ExportFormatRow[] = [
  {
    format: 'speedscope', title: 'speedscope', extension: '.speedscope.json', isText: false,
    summary: 'flame graphs in speedscope', options: ['at', 'from', 'measures', 'temporaryThreshold', 'filters', 'blocks'],
  },
  {
    format: 'collapsed', title: 'Collapsed stacks', extension: '.folded', isText: true,
    summary: 'a traceback a line, for flamegraph.pl and its kin', options: ['at', 'from', 'measures', 'temporaryThreshold', 'filters', 'blocks'],
  },
  {
    format: 'pprof', title: 'pprof', extension: '.pb.gz', isText: false,
    summary: 'a heap profile for go tool pprof', options: ['at', 'from', 'measures', 'filters'],
  },
  {
    format: 'csv', title: 'CSV', extension: '.csv', isText: true,
    summary: 'a table for spreadsheets', options: ['at', 'from', 'measures', 'temporaryThreshold', 'filters', 'groupBy'],
  },
  {
    format: 'json', title: 'JSON', extension: '.json', isText: true,
    summary: 'summary, statistics and types for programs', options: ['at', 'from', 'measures', 'temporaryThreshold', 'filters', 'groupBy'],
  },
  {
    format: 'heapsnapshot', title: 'Chrome heap snapshot', extension: '.heapsnapshot', isText: false,
    summary: "a snapshot's objects for the Memory panel of Chrome's developer tools", options: ['at'],
  },
  {
    format: 'html', title: 'HTML report', extension: '.html', isText: false,
    summary: 'a report to read in a browser, in one file', options: ['at', 'from', 'measures', 'temporaryThreshold', 'filters'],
  },
]

export interface ExportContent {
  /** Made while they are asked for; the recording must stay open until the last one. */
  pieces: Iterable<Piece>
  /** What is to be done with the bytes before they are written. */
  compression: 'gzip' | 'none'
}

export function exportRecording(recording: OpenRecording, options: ExportOptions, engineVersion: string, progress: Progress = {}): ExportContent {
  checkOptions(options)
  return { pieces: writers[options.format](recording, options, engineVersion, progress), compression: options.format === 'pprof' ? 'gzip' : 'none' }
}

type Writer = (recording: OpenRecording, options: ExportOptions, engineVersion: string, progress: Progress) => Iterable<Piece>

const writers: Record<ExportFormat, Writer> = {
  speedscope: (recording, options, version, progress) => {
    const profile = memoryProfile(recording, options, progress)
    return speedscope(profile, { exporter: `Molt ${version}`, blocks: options.blocks ?? false })
  },
  collapsed: (recording, options, _version, progress) => {
    if ((options.measures?.length ?? 1) !== 1) throw new MoltError('bad-request', 'Collapsed stacks have one measure alone.', 'Choose one.')
    return collapsed(memoryProfile(recording, { ...options, measures: options.measures ?? ['live'] }, progress), { blocks: options.blocks ?? false })
  },
  pprof: pprofPieces,
  csv: (recording, options, _version, progress) => {
    if (options.groupBy === 'type') return typesCsv(typesOf(recording, options))
    return figuresCsv(memoryProfile(recording, options, progress), options.groupBy ?? 'lineno')
  },
  json: (recording, options, _version, progress) => {
    const { recordingId: _id, live: _live, ...summary } = recordingSummary(recording, 0, false)
    const group = options.groupBy ?? 'lineno'
    if (group === 'type') throw new MoltError('bad-request', 'JSON lists the types in any case.', 'Choose how to group the rest.')
    const profile = memoryProfile(recording, options, progress)
    return figuresJson(profile, { recording: summary, instants: instantsOf(profile), group, types: typesIfKnown(recording, options) })
  },
  heapsnapshot: (recording, options) => heapSnapshotPieces(recording, options.at ?? 'end'),
  html: reportPieces,
}

function pprofPieces(recording: OpenRecording, options: ExportOptions, version: string, progress: Progress): Iterable<Piece> {
  const first = options.measures?.[0] ?? 'live'
  if ((options.measures?.length ?? 1) !== 1) throw new MoltError('bad-request', 'One measure alone can be shown first.', 'Choose one.')
  if (first !== 'live' && first !== 'allocated') {
    throw new MoltError('bad-request', `A pprof heap profile has memory in use and memory allocated, not ${first}.`, 'Choose live or allocated.')
  }
  const { measures: _, ...rest } = options
  const profile = memoryProfile(recording, rest, progress)
  const { started_ms, wall_ns, script_path } = recording.run()
  const measure = (name: 'live' | 'allocated') => profile.measures.find(m => m.name === name) ?? null
  const defaultSampleType: PprofSampleType = first === 'live' ? 'inuse_space' : 'alloc_space'
  const [live, allocated] = [measure('live'), measure('allocated')]
  const comments = [`Molt ${version}`, ...[live, allocated].flatMap(m => (m ? [m.title] : []))]
  return pprof(profile, live, allocated, { defaultSampleType, scriptPath: script_path, startedMs: started_ms, wallNs: wall_ns, comments })
}

const instantsOf = ({ at, from }: ResolvedProfile) => ({ atTick: at.tick, fromTick: from?.tick ?? null })

function typesOf(recording: OpenRecording, options: ExportOptions): TypeFigures[] {
  const at = options.at ?? 'end'
  return typesAt(recording, { recordingId: 0, at, limit: Number.MAX_SAFE_INTEGER }).rows
    .map(({ module, name, count, sizeBytes }) => ({ module, name, objects: count, bytes: sizeBytes }))
}

/** At the peak of a recording with statistics only there are none. */
function typesIfKnown(recording: OpenRecording, options: ExportOptions): TypeFigures[] {
  try {
    return typesOf(recording, options)
  } catch (error) {
    if (error instanceof MoltError && error.code === 'no-instant') return []
    throw error
  }
}

/** Says which options mean nothing to a format, instead of doing nothing about them. */
function checkOptions(options: ExportOptions): void {
  const row = EXPORT_FORMATS.find(f => f.format === options.format)!
  const names: Partial<Record<keyof ExportOptions, string>> = {
    at: 'an instant', from: 'a range', measures: 'measures', filters: 'filters', groupBy: 'a grouping', blocks: 'numbers of blocks',
  }
  for (const [option, name] of Object.entries(names) as [keyof ExportOptions, string][]) {
    const value = options[option]
    if (value === undefined || value === false || Array.isArray(value) && value.length === 0 || row.options.includes(option)) continue
    throw new MoltError('bad-request', `The format ${row.format} does not take ${name}.`)
  }
  if (options.groupBy !== 'type') return
  for (const option of ['from', 'measures', 'filters'] as const) {
    const value = options[option]
    if (Array.isArray(value) ? value.length > 0 : value !== undefined) throw new MoltError('bad-request', `A table of types does not take ${names[option]!}.`)
  }
}
