// A flame graph of a measure, as a page of HTML: the tree, and its title in words.
import { createHash } from 'node:crypto'
import { flamegraphHtml, type FlamePage } from '../export/flamegraph-html'
import type { At } from '../rpc/contract'
import type { Measure, MeasureParams, TreeParams, TreeResult } from '../rpc/contract-times'
import { measureTree } from './measure-tree'
import { DEFAULT_TEMPORARY_THRESHOLD, type Progress } from './measures'
import type { OpenRecording } from './open-recording'

/** The page in pieces; the tree is made before the first one is asked for. */
export function flamegraphOf(recording: OpenRecording, params: TreeParams, progress: Progress = {}): Iterable<string> {
  const tree = measureTree(recording, params, progress)
  return flamegraphHtml(flamePage(recording, params, tree), text => createHash('sha256').update(text).digest('base64'))
}

export function flamePage(recording: OpenRecording, params: TreeParams, tree: TreeResult): FlamePage {
  const { places } = tree
  return {
    title: recording.run().script_name,
    subtitle: `${measureWords(params)}${params.inverted ? ', inverted' : ''}${tree.compareToTick === null ? '' : `, compared with ${instantWords(params.compareTo!)}`}` +
      ` (tick ${tree.tick.toLocaleString('en')})`,
    unit: tree.measure === 'bytes-ticks' ? 'byte-ticks' : 'bytes',
    countName: countWords(tree.measure),
    parent: tree.parent, place: tree.place, self: tree.selfBytes, total: tree.totalBytes, count: tree.totalCount,
    ...(tree.compareToTick === null ? {} : { compared: { weight: tree.weight, old: tree.oldTotalBytes } }),
    places: { name: places.functionName, path: places.path, line: places.line, own: places.origin.map(origin => origin !== 'library') },
    leftOut: tree.nodeCount - tree.parent.length,
  }
}

/** What is counted beside bytes. */
export const countWords = (measure: Measure): string =>
  (measure === 'allocated' || measure === 'temporary' ? 'allocations' : measure === 'bytes-ticks' ? 'block-ticks' : 'blocks')

export const instantWords = (at: At): string => {
  if (typeof at === 'number') return `tick ${at.toLocaleString('en')}`
  if (at === 'end' || at === 'peak') return `the ${at}`
  return at.replace(/^(mark|snapshot):/, '$1 ')
}

/** 'live at the end', 'allocated from tick 5 to mark warm'. */
export function measureWords(params: MeasureParams): string {
  const { measure = 'live', temporaryThreshold = DEFAULT_TEMPORARY_THRESHOLD } = params
  if (measure === 'live') return `live at ${instantWords(params.at)}`
  const words = {
    peak: 'alive at the peak', survived: 'allocated and still alive', leaks: 'leaked', allocated: 'allocated', 'bytes-ticks': 'bytes × ticks',
    temporary: `temporary (freed with at most ${temporaryThreshold} other allocation${temporaryThreshold === 1 ? '' : 's'} in between)`,
  }[measure]
  if (params.from === undefined && params.at === 'end') return words
  return `${words}, from ${params.from === undefined ? 'the beginning' : instantWords(params.from)} to ${instantWords(params.at)}`
}
