// A measure as a tree of stacks, merged by line or by function: what flame graphs and `molt tree` show.
import { flameTree, prunedTree } from '../analysis/flame-tree'
import { MoltError } from '../base/errors'
import type { Origin, TreeParams, TreeResult } from '../rpc/contract-times'
import { keptFrames } from './filters'
import { measureSites, type Progress } from './measures'
import type { OpenRecording } from './open-recording'

const MOST_NODES = 100_000
const UNKNOWN_PLACE = 0

export function measureTree(recording: OpenRecording, params: TreeParams, progress: Progress = {}): TreeResult {
  const { compareTo } = params
  const measure = params.measure ?? 'live'
  if (compareTo !== undefined && measure !== 'live') {
    throw new MoltError('bad-request', `${measure} cannot be compared with another instant.`, 'Compare what is live at two instants.')
  }
  const measured = measureSites(recording, params, progress)
  const { from, to } = measured
  const old = compareTo === undefined ? null : recording.resolve(compareTo)
  const { sites } = recording
  const keep = keptFrames(recording.frames, id => recording.pathOf(id), params.filters ?? [])
  const kept = (figures: Float64Array, offset: number): Float64Array => {
    const column = new Float64Array(sites.count)
    for (let site = 0; site < sites.count && site * 2 < figures.length; site++) {
      if ((figures[site * 2] !== 0 || figures[site * 2 + 1] !== 0) && keep(recording.frameOf[site]!)) column[site] = figures[site * 2 + offset]!
    }
    return column
  }
  const bytes = kept(measured.figures, 0)
  const values = [bytes, kept(measured.figures, 1)]
  if (old) {
    const oldBytes = kept(recording.figuresAt(old), 0)
    values.push(oldBytes, oldBytes.map((then, site) => Math.max(then, bytes[site]!)))
  }

  const places = new Places(recording, params.byFunction ?? false)
  const stacks = { count: sites.count, parent: sites.parent, place: places.ofSites(), ...(params.importFrames ? {} : { hidden: places.ofImports() }) }
  const whole = flameTree(stacks, values, { inverted: params.inverted ?? false, unknown: UNKNOWN_PLACE })
  const weight = old ? 3 : 0
  const least = Math.max(Number.MIN_VALUE, (params.leastShare ?? 0) * whole.total[weight]![0]!)
  const tree = prunedTree(whole, weight, least, params.mostNodes ?? MOST_NODES)
  const none = new Float64Array(0)
  return {
    measure, tick: to.tick, fromTick: from?.tick ?? null, compareToTick: old?.tick ?? null,
    parent: tree.parent, place: places.used(tree.place), selfBytes: tree.self[0]!, selfCount: tree.self[1]!, totalBytes: tree.total[0]!,
    totalCount: tree.total[1]!, weight: tree.total[weight]!, oldSelfBytes: old ? tree.self[2]! : none, oldTotalBytes: old ? tree.total[2]! : none,
    places: places.result(), nodeCount: whole.total[weight]!.reduce((n, total, node) => n + (total > 0 || node === 0 ? 1 : 0), 0),
  }
}

/** Lines (or whole functions) by number, in order of their first use. Code objects of one name in one file are one function. */
class Places {
  private readonly functions: { fileId: number; name: string; line: number }[] = [{ fileId: 0, name: '', line: 0 }]
  private readonly byName = new Map<string, number>()
  private readonly functionOf = new Map<number, number>()
  /** function * 2^24 + line → place */
  private readonly byLine = new Map<number, number>([[0, UNKNOWN_PLACE]])
  private readonly functionsOfPlaces = [0]
  private readonly lines = [0]
  private readonly wholeFunctions: boolean
  private readonly recording: OpenRecording
  private shown: number[] = []

  constructor(recording: OpenRecording, wholeFunctions: boolean) {
    this.recording = recording
    this.wholeFunctions = wholeFunctions
  }

  ofSites(): Int32Array {
    const { sites } = this.recording
    const place = new Int32Array(sites.count)
    for (let site = 1; site < sites.count; site++) {
      const code = this.functionOfCode(sites.code[site]!, site)
      const line = this.wholeFunctions ? 0 : sites.line[site]!
      const key = code * 2 ** 24 + line
      let found = this.byLine.get(key)
      if (found === undefined) {
        this.byLine.set(key, found = this.lines.length)
        this.functionsOfPlaces.push(code)
        this.lines.push(this.wholeFunctions ? this.functions[code]!.line : line)
      }
      place[site] = found
    }
    return place
  }

  /** By place: 1 for the import system's own, which CPython leaves out of its tracebacks too. */
  ofImports(): Uint8Array {
    return Uint8Array.from(this.functionsOfPlaces, code => (this.recording.pathOf(this.functions[code]!.fileId).startsWith('<frozen importlib') ? 1 : 0))
  }

  /** The same column with places numbered by first use in it: what a pruned tree does not use is not sent. */
  used(place: Int32Array): Int32Array {
    const renumbered = new Map<number, number>()
    return place.map(old => {
      if (old < 0) return -1
      let found = renumbered.get(old)
      if (found === undefined) {
        renumbered.set(old, found = this.shown.length)
        this.shown.push(old)
      }
      return found
    })
  }

  result(): TreeResult['places'] {
    const origins = new Map(this.recording.reader.fileHeads().map(file => [file.id, file.origin as Origin]))
    const functions = this.shown.map(place => this.functions[this.functionsOfPlaces[place]!]!)
    return {
      functionName: functions.map(f => f.name),
      path: functions.map(f => this.recording.pathOf(f.fileId)),
      line: Int32Array.from(this.shown, place => this.lines[place]!),
      fileId: Int32Array.from(functions, f => f.fileId),
      origin: functions.map(f => origins.get(f.fileId) ?? 'generated'),
    }
  }

  private functionOfCode(code: number, site: number): number {
    let found = this.functionOf.get(code)
    if (found !== undefined) return found
    const { fileId, functionName } = this.recording.frame(site)
    const key = `${fileId}\0${functionName}`
    found = this.byName.get(key)
    if (found === undefined) {
      this.byName.set(key, found = this.functions.length)
      this.functions.push({ fileId, name: functionName, line: this.recording.firstLineOf(code) })
    }
    this.functionOf.set(code, found)
    return found
  }
}
