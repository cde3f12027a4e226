// The rows of CSV and JSON: sums by line, function, file or traceback, or what is alive by type.
import { csv, type Cell } from './csv'
import { joined, listed } from './chunks'
import { grouped, tracebackText, type ExportGroup, type Grouped } from './grouping'
import { COLUMN_NAMES, framesOf, LEFT_OUT, placeAt, totalOf, type Measure, type MemoryProfile } from './profile'

export interface TypeFigures { module: string; name: string; objects: number; bytes: number }

const PLACE_COLUMNS: Record<ExportGroup, string[]> = {
  lineno: ['file', 'line', 'function'], function: ['file', 'function', 'first_line'], filename: ['file'], traceback: ['traceback'],
}

export function figuresCsv(profile: MemoryProfile, by: ExportGroup): Generator<string> {
  const head = [...PLACE_COLUMNS[by], ...profile.measures.flatMap(columnsOf)]
  return csv(head, figureRows(profile, by))
}

function* figureRows(profile: MemoryProfile, by: ExportGroup): Generator<Cell[]> {
  const groups = grouped(profile, by)
  for (const row of groups.order) yield [...placeCells(profile, by, groups.site[row]!), ...figuresOf(groups, row)]
}

function placeCells(profile: MemoryProfile, by: ExportGroup, site: number): Cell[] {
  if (by === 'traceback') return [tracebackText(profile, site).join('\n')]
  const { path, line, name, firstLine } = placeAt(profile, site)
  return by === 'filename' ? [path] : by === 'function' ? [path, name, firstLine] : [path, line, site === 0 ? '' : name]
}

const figuresOf = (groups: Grouped, row: number): number[] => groups.bytes.flatMap((bytes, m) => [bytes[row]!, groups.count[m]![row]!])

export function typesCsv(types: Iterable<TypeFigures>): Generator<string> {
  return csv(['module', 'type', 'live_objects', 'live_bytes'], typeRows(types))
}

function* typeRows(types: Iterable<TypeFigures>): Generator<Cell[]> {
  for (const { module, name, objects, bytes } of types) yield [module, name, objects, bytes]
}

export interface JsonOptions {
  /** What the recording says of itself; any JSON. */
  recording: unknown
  /** Instants and range, as given and as resolved. */
  instants: unknown
  group: ExportGroup
  types: Iterable<TypeFigures>
}

/** {"format": "molt-statistics", "version": 1, …}: whole figures, names in full, tracebacks as lists of frames. */
export function figuresJson(profile: MemoryProfile, options: JsonOptions): Generator<string> {
  return joined(jsonParts(profile, options))
}

const columnsOf = ({ name }: Measure): string[] => [COLUMN_NAMES[name].bytes, COLUMN_NAMES[name].count]
const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

function* jsonParts(profile: MemoryProfile, { recording, instants, group, types }: JsonOptions): Generator<string> {
  const { measures } = profile
  const totals = Object.fromEntries(measures.flatMap(m => columnsOf(m).map((name, i) => [camel(name), totalOf(i === 0 ? m.bytes : m.count)])))
  yield `{"format":"molt-statistics","version":1,\n"recording":${JSON.stringify(recording)},\n"instants":${JSON.stringify(instants)},\n` +
    `"measures":${JSON.stringify(measures.map(m => m.name))},"totals":${JSON.stringify(totals)},\n"group":"${group}","rows":[`
  yield* listed(jsonRows(profile, group))
  yield '],\n"types":['
  yield* listed(jsonTypes(types))
  yield ']}\n'
}

function* jsonRows(profile: MemoryProfile, by: ExportGroup): Generator<string> {
  const groups = grouped(profile, by)
  const names = profile.measures.flatMap(columnsOf).map(camel)
  const columns = PLACE_COLUMNS[by].map(camel)
  for (const row of groups.order) {
    const site = groups.site[row]!
    const place = by === 'traceback' ? { traceback: frameList(profile, site) }
      : Object.fromEntries(placeCells(profile, by, site).map((cell, i) => [columns[i]!, cell]))
    const figures = figuresOf(groups, row)
    yield JSON.stringify({ ...place, ...Object.fromEntries(names.map((name, i) => [name, figures[i]])) })
  }
}

/** Innermost first. */
function frameList(profile: MemoryProfile, site: number): { file: string; line: number; function: string }[] {
  return framesOf(profile.sites, site).map(at => {
    if (at === LEFT_OUT) return { file: '', line: 0, function: '(frames left out)' }
    const { path, line, name } = placeAt(profile, at)
    return { file: path, line, function: name }
  })
}

function* jsonTypes(types: Iterable<TypeFigures>): Generator<string> {
  for (const type of types) yield JSON.stringify(type)
}
