// gc: what the collector did, how it came to it, and one collection step by step.
import { explainCollection, formatSize, gcCollections, gcWorking } from '../../engine/host/command-api'
import type { OpenRecording } from '../../engine/host/command-api'
import { parse, wholeNumber } from './arguments'
import { say } from './exit'
import { HELP, limitOf, print, printJson, withRecording } from './reading'
import { count, fitted, terminalWidth } from './fitted'
import { table } from './table'
import { wrapped } from './wrapped'

export const GC_HELP = `Prints what the garbage collector did.

  molt gc [OPTIONS] RECORDING

      --working            how it came to that: candidates, references subtracted, reachable, unreachable, finalized
      --explain N          collection N step by step, in words
  -n, --limit N            so many collections (default 100; 0: all)
      --json               as JSON

Columns: gen (the generation), why (threshold, or explicit by gc.collect()), counts (gc.get_count() as it began), tracked (objects
in all generations then), coll(ected), uncoll(ectable), freed (memory that was given back meanwhile), took (time on this machine, in
Molt; in wide terminals), tick (instructions executed before), at (the line that ran).
With --working: cand (objects looked at), refs (sum of their reference counts), subtr (of these, references among candidates),
outside (candidates that something else refers to), reach and unreach (able), back (first held for garbage, then reached), final
(finalizers run), resur (brought back to life by them).`

export function gc(args: string[]): number {
  const { values, positionals } = parse('gc', args, {
    working: { type: 'boolean' }, explain: { type: 'string' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${GC_HELP}\n`)
  const limit = values.json && values.limit === undefined ? Number.MAX_SAFE_INTEGER : limitOf('gc', values.limit, 100)
  const explain = values.explain === undefined ? null : wholeNumber('gc', '--explain', values.explain, 1)
  return withRecording('gc', positionals, recording => {
    if (explain !== null) return explained(recording, explain, values.json ?? false)
    const result = values.working ? gcWorking(recording, { limit }) : gcCollections(recording, { recordingId: 0, limit })
    if (values.json) return printJson(result)
    if (result.rowCount === 0) return print(recording.settings().record === 'none' ? 'Nothing was recorded but output and marks.\n' : 'The collector never ran.\n')
    print(values.working ? workingTable(recording, limit) : collectionTable(recording, limit))
    if (result.rowCount > result.rows.length) say(`${result.rows.length} of ${result.rowCount} collections; -n 0 shows all`)
    return 0
  })
}

function collectionTable(recording: OpenRecording, limit: number): string {
  const { rows } = gcCollections(recording, { recordingId: 0, limit })
  const wide = terminalWidth() > 100
  return fitted(
    ['#', 'gen', 'why', 'counts', 'tracked', 'coll', 'uncoll', 'freed', ...wide ? ['took'] : [], 'tick', 'at'],
    rows.map(c => [
      String(c.collectionId), String(c.generation), c.reason, c.counts.join(','), count(c.trackedBefore),
      count(c.collected), String(c.uncollectable), formatSize(c.freedBytes), ...wide ? [milliseconds(c.durationNs)] : [], count(c.startTick),
      c.frame ? `${c.frame.path}:${c.frame.line}` : '',
    ]), wide ? 'rrllrrrrrrl' : 'rrllrrrrrl')
}

function workingTable(recording: OpenRecording, limit: number): string {
  const { rows } = gcWorking(recording, { limit })
  const known = (n: number | null) => (n === null ? '?' : count(n))
  return table(
    ['#', 'gen', 'counts', 'cand', 'refs', 'subtr', 'outside', 'reach', 'unreach', 'back', 'final', 'resur', 'coll', 'uncoll'],
    rows.map(c => [
      String(c.collectionId), String(c.generation), c.counts.join(','), count(c.candidates), known(c.references), known(c.subtracted), known(c.heldFromOutside),
      count(c.reachable), count(c.unreachable), known(c.broughtBack), count(c.finalized), count(c.resurrected), count(c.collected), count(c.uncollectable),
    ]), 'rrlrrrrrrrrrrr')
}

function explained(recording: OpenRecording, collectionId: number, json: boolean): number {
  const result = explainCollection(recording, { collectionId })
  if (json) return printJson(result)
  const { working, types, places, steps } = result
  print(`${wrapped(`Collection ${working.collectionId}: generation ${working.generation} at tick ${count(working.startTick)}, ${milliseconds(working.durationNs)}` +
    `${working.frame ? `, ${working.frame.path}:${working.frame.line}` : ''}`)}\n\n`)
  steps.forEach((step, i) => print(`${String(i + 1).padStart(2)}. ${wrapped(`${step.title}. ${step.text}`, '    ', 4)}\n`))
  if (types.length > 0) {
    print(`\n${fitted(['died', 'bytes', 'type'], types.map(t => [count(t.count), formatSize(t.bytes), t.module === 'builtins' || t.module === '' ? t.name : `${t.module}.${t.name}`]), 'rrl')}`)
  }
  if (places.length > 0) print(`\n${fitted(['blocks', 'bytes', 'made at'], places.map(p => [count(p.count), formatSize(p.bytes), `${p.frame.path}:${p.frame.line}`]), 'rrl')}`)
  return 0
}

const milliseconds = (ns: number): string => `${(ns / 1e6).toFixed(ns < 1e7 ? 2 : 0)} ms`
