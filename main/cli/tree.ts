// molt tree: which calls lead to the memory, as an indented tree.
import { childrenOf, formatSize, measureTree, measureWords } from '../../engine/host/command-api'
import type { TreeResult } from '../../engine/rpc/contract-times'
import { INSTANTS, parse, wholeNumber } from './arguments'
import { UsageError } from './exit'
import { cutLeft, printable, terminalWidth } from './fitted'
import { placeWords } from './frames'
import { help } from './help'
import { FILTER_HELP, FILTER_OPTIONS, filtersOf, MEASURE_HELP, MEASURE_OPTIONS, measureOf } from './measure-options'
import { HELP, limitOf, print, printJson, progressOn, withRecording } from './reading'

export const TREE_HELP = `Prints which calls lead to the memory, as an indented tree.

  molt tree [OPTIONS] RECORDING

      --inverted           begin with the lines that allocate; their callers stand below them
      --functions          merge the lines of a function
      --import-frames      show frames of the import system too
      --depth N            so many levels (default 12; 0: all)
      --threshold PERCENT  leave out what is less (default 1)
  -n, --limit N            so many rows (default 100; 0: all)
      --at INSTANT         what is live then (default: the peak of the run)
${MEASURE_HELP}
${FILTER_HELP}
      --json               all nodes, in bytes, as JSON

Columns: size with all that is called from there, share of the whole, own (what the line itself allocated). Places in brackets are in
the standard library.
${INSTANTS}`

export function tree(args: string[]): number {
  const { values, positionals } = parse('tree', args, {
    ...MEASURE_OPTIONS, ...FILTER_OPTIONS, inverted: { type: 'boolean' }, functions: { type: 'boolean' }, 'import-frames': { type: 'boolean' }, depth: { type: 'string' },
    threshold: { type: 'string' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(help('tree'))
  const params = measureOf('tree', values, 'peak', 'peak')
  const depth = values.depth === undefined ? 12 : wholeNumber('tree', '--depth', values.depth) || Infinity
  const limit = limitOf('tree', values.limit, 100)
  const leastShare = percentOf('tree', '--threshold', values.threshold ?? (values.json ? '0' : '1')) / 100
  return withRecording('tree', positionals, recording => {
    const progress = progressOn()
    const result = measureTree(recording, {
      recordingId: 0, ...params, inverted: values.inverted ?? false, byFunction: values.functions ?? false, importFrames: values['import-frames'] ?? false,
      filters: filtersOf(values), leastShare,
      ...(values.json ? { mostNodes: Number.MAX_SAFE_INTEGER } : {}),
    }, progress)
    progress.end()
    if (values.json) return printJson(jsonTree(result))
    const { script_name: name, script_path: script } = recording.run()
    return print(`${printable(`${name}: ${measureWords(params)}`)}${values.inverted ? ', inverted' : ''}\n${treeText(result, script, depth, limit)}`)
  })
}

export function percentOf(command: string, option: string, value: string): number {
  const number = /^\d+(\.\d+)?%?$/.test(value) ? parseFloat(value) : NaN
  if (!(number <= 100)) throw new UsageError(`${option} takes a percentage such as 0.5, not ${value}`, command)
  return number
}

/** Byte × ticks have no unit that people know; others are bytes. */
export const amountWords = (measure: string, bytes: number): string => (measure === 'bytes-ticks' ? `${compact(bytes)} B·t` : formatSize(bytes))

function compact(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P', 'E']
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 100 && unit > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`.trimEnd()
}

/** So much of a name is shown, however deep it stands. */
const LEAST_WORDS = 20

/** A name behind its lines; of lines that leave it no room only the last ones are shown. */
function indented(lead: string, words: string, room: number): string {
  const shown = cutLeft(lead, Math.max(4, room - LEAST_WORDS))
  return shown + cutLeft(words, Math.max(LEAST_WORDS, room - shown.length))
}

function treeText(result: TreeResult, script: string, depth: number, limit: number): string {
  const { parent, place, totalBytes, selfBytes, places, measure } = result
  const whole = totalBytes[0]!
  if (whole === 0) return 'Nothing.\n'
  const { start, list } = childrenOf(parent, totalBytes)
  const rows: { figures: [string, string, string]; lead: string; words: string }[] = []
  const figures = (node: number): [string, string, string] =>
    [amountWords(measure, totalBytes[node]!), `${(totalBytes[node]! / whole * 100).toFixed(1)}%`, selfBytes[node] === 0 ? '' : amountWords(measure, selfBytes[node]!)]
  rows.push({ figures: figures(0), lead: '', words: 'all' })
  // Down the tree by hand: a recursion of the program may be deeper than a stack of ours.
  const stack: { node: number; level: number; lead: string; last: boolean }[] = []
  const push = (node: number, level: number, lead: string) => {
    for (let i = start[node + 1]! - 1; i >= start[node]!; i--) stack.push({ node: list[i]!, level, lead, last: i === start[node + 1]! - 1 })
  }
  push(0, 1, '')
  let hidden = 0
  while (stack.length > 0) {
    const { node, level, lead, last } = stack.pop()!
    if (level > depth || rows.length >= limit) {
      hidden++
      continue
    }
    const at = place[node]!
    const words = placeWords({ functionName: places.functionName[at]!, path: places.path[at]!, line: places.line[at]! }, places.origin[at]!, script)
    rows.push({ figures: figures(node), lead: `${lead}${last ? '└ ' : '├ '}`, words })
    push(node, level + 1, `${lead}${last ? '  ' : '│ '}`)
  }
  const head: [string, string, string] = ['size', 'share', 'own']
  const widths = head.map((title, i) => rows.reduce((width, row) => Math.max(width, row.figures[i]!.length), title.length))
  const columns = (cells: [string, string, string]) => cells.map((cell, i) => cell.padStart(widths[i]!)).join('  ')
  const room = Math.max(24, terminalWidth() - widths.reduce((n, w) => n + w + 2, 0))
  const lines = [columns(head), ...rows.map(row => `${columns(row.figures)}  ${indented(row.lead, row.words, room)}`)]
  const left = result.nodeCount - result.parent.length
  const notes = [
    ...(hidden > 0 ? [`${hidden.toLocaleString('en')} more below (--depth, -n)`] : []),
    ...(left > 0 ? [`${left.toLocaleString('en')} smaller ones left out (--threshold)`] : []),
  ]
  return `${lines.join('\n')}\n${notes.length > 0 ? `${notes.join('; ')}\n` : ''}`
}

/** One object a node, parents before their children; deep trees are no deep JSON. */
export function jsonTree(result: TreeResult): unknown {
  const { parent, place, places } = result
  return {
    measure: result.measure, tick: result.tick, fromTick: result.fromTick, compareToTick: result.compareToTick, nodeCount: result.nodeCount,
    nodes: Array.from(parent, (up, node) => {
      const at = place[node]!
      return {
        node, parent: node === 0 ? null : up,
        ...(at < 0 ? {} : { function: places.functionName[at], path: places.path[at], line: places.line[at], origin: places.origin[at] }),
        totalBytes: result.totalBytes[node], totalCount: result.totalCount[node], selfBytes: result.selfBytes[node], selfCount: result.selfCount[node],
        ...(result.compareToTick === null ? {} : { oldTotalBytes: result.oldTotalBytes[node], oldSelfBytes: result.oldSelfBytes[node] }),
      }
    }),
  }
}
