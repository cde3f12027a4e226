// One collection, told step by step in words, with what died in it.
//
// The steps are those of gc_collect_main, Modules/gcmodule.c: which generation is due, update_refs, subtract_refs, move_unreachable,
// untracking, finalizers of the old kind, weak references, finalizers, clearing, and what becomes of the survivors.
import { MoltError } from '../base/errors'
import { FIRST_TYPE } from '../memory/events'
import { SITE_LIVE_BLOCKS, SITE_LIVE_BYTES, SITE_STRIDE, TYPE_LIVE_BYTES, TYPE_LIVE_OBJECTS, TYPE_STRIDE } from '../recording/memory-state'
import type { DeadPlaceRow, DeadTypeRow, GcExplanation, GcWorkingRow } from '../rpc/contract-gc'
import type { StoredCollection } from '../store/reader'
import { LINES_A_FILE } from '../recording/keyframe'
import { workingOf } from './gc-collections'
import type { OpenRecording } from './open-recording'
import { formatSize } from './tracemalloc-words'
import { typeNames } from './types-at'

export function explainCollection(recording: OpenRecording, params: { collectionId: number; limit?: number }): GcExplanation {
  recording.refresh()
  const stored = recording.reader.collection(params.collectionId)
  if (!stored) {
    const { n } = recording.reader.collectionTotals(0, Number.MAX_SAFE_INTEGER)
    throw new MoltError('bad-request', `There is no collection ${params.collectionId}.`, n === 0 ? 'The collector never ran.' : `The recording has ${n}, see molt gc.`)
  }
  const working = workingOf(recording, stored)
  const { types, places } = deaths(recording, stored, params.limit ?? 8)
  return { working, types, places, steps: stepsOf(working, types) }
}

/** What is alive less at the end than at the beginning, by type and by the line that had allocated it. */
function deaths(recording: OpenRecording, { start_event, end_event }: StoredCollection, limit: number): { types: DeadTypeRow[]; places: DeadPlaceRow[] } {
  if (!recording.reader.chunkAtEvent(0)) return { types: [], places: [] }
  const before = recording.figureStateAt({ tick: 0, event: start_event })
  const types = before.types.slice()
  const sites = before.sites.slice()
  const after = recording.figureStateAt({ tick: 0, event: end_event })
  const names = typeNames(recording)
  const dead: DeadTypeRow[] = []
  for (let type = FIRST_TYPE; type * TYPE_STRIDE < types.length; type++) {
    const row = type * TYPE_STRIDE
    const count = types[row + TYPE_LIVE_OBJECTS]! - (after.types[row + TYPE_LIVE_OBJECTS] ?? 0)
    if (count > 0) dead.push({ typeId: type, ...names(type), count, bytes: types[row + TYPE_LIVE_BYTES]! - (after.types[row + TYPE_LIVE_BYTES] ?? 0) })
  }
  const lines = new Map<number, DeadPlaceRow>()
  for (let site = 0; site * SITE_STRIDE < sites.length; site++) {
    const row = site * SITE_STRIDE
    const count = sites[row + SITE_LIVE_BLOCKS]! - (after.sites[row + SITE_LIVE_BLOCKS] ?? 0)
    if (count <= 0) continue
    const bytes = sites[row + SITE_LIVE_BYTES]! - (after.sites[row + SITE_LIVE_BYTES] ?? 0)
    const key = site === 0 ? 0 : recording.fileOf(recording.sites.code[site]!) * LINES_A_FILE + recording.sites.line[site]!
    const line = lines.get(key)
    if (line) {
      line.count += count
      line.bytes += bytes
    } else lines.set(key, { frame: recording.frame(site), count, bytes })
  }
  return {
    types: dead.sort((a, b) => b.bytes - a.bytes || b.count - a.count).slice(0, limit),
    places: [...lines.values()].sort((a, b) => b.bytes - a.bytes).slice(0, limit),
  }
}

function stepsOf(w: GcWorkingRow, types: DeadTypeRow[]): GcExplanation['steps'] {
  const steps: GcExplanation['steps'] = []
  const add = (title: string, ...sentences: (string | false)[]) => steps.push({ title, text: sentences.filter(s => s !== false).join(' ') })
  add('Why', why(w), w.reason === 'threshold' && older(w))
  add('Candidates', w.generation === 0
    ? `Generation 0 is looked at: ${objects(w.candidates)}. The ${count(w.tracked[1] + w.tracked[2])} of the older generations are taken for alive.`
    : `${w.generation === 2 ? 'All three generations are' : 'Generations 0 and 1 are'} looked at: ${w.tracked.slice(0, w.generation + 1).map(count).join(' + ')} = ${objects(w.candidates)}.` +
      (w.generation === 1 ? ` The ${count(w.tracked[2])} of generation 2 are taken for alive.` : ''))
  if (w.references !== null && w.subtracted !== null && w.heldFromOutside !== null) {
    add('References copied', `The reference count of each candidate is copied to its gc_refs: ${count(w.references)} references in all.`)
    add('References among candidates subtracted', `Following the references that candidates hold, ${count(w.subtracted)} lead to candidates and are subtracted. ` +
      `The other ${count(w.references - w.subtracted)} come from outside: from frames, modules, older generations, C code. ${objects(w.heldFromOutside)} ${w.heldFromOutside === 1 ? 'has' : 'have'} gc_refs left.`)
  }
  add('Reachable and unreachable',
    `Whatever can be reached from these is alive: ${objects(w.reachable)}.`,
    w.broughtBack !== null && w.broughtBack > 0 && `${count(w.broughtBack)} of them had been put aside as garbage first, until something alive turned out to refer to them.`,
    w.unreachable === 0 ? 'Nothing is unreachable.' : `${objects(w.unreachable)} ${w.unreachable === 1 ? 'is' : 'are'} unreachable: only cycles among themselves keep ${w.unreachable === 1 ? 'it' : 'them'}.`)
  if (w.untracked > 0) {
    add('Untracked', `${count(w.untracked)} ${w.untracked === 1 ? 'tuple or dict holds' : 'tuples and dicts hold'} nothing that could be part of a cycle, and will not be looked at again.`)
  }
  if (w.unreachable > 0) {
    if (w.uncollectable > 0) add('Uncollectable', `${objects(w.uncollectable)} ${w.uncollectable === 1 ? 'has' : 'have'} a finalizer of the old kind (tp_del) or ${w.uncollectable === 1 ? 'is' : 'are'} held by one that has: they stay, the first kind in gc.garbage.`)
    add('Weak references', `Weak references to them are cleared; ${w.weakrefCallbacks === 0 ? 'none had a callback to run.' : `${count(w.weakrefCallbacks)} ${w.weakrefCallbacks === 1 ? 'callback' : 'callbacks'} ran.`}`)
    add('Finalizers', w.finalized === 0 ? 'None of them has a finalizer.' : `${count(w.finalized)} ${w.finalized === 1 ? 'finalizer' : 'finalizers'} (__del__ and the like) ran, once each.`,
      w.finalized > 0 && (w.resurrected === 0 ? 'Nothing was brought back to life.' : `They brought ${objects(w.resurrected)} back to life, which ${w.resurrected === 1 ? 'lives' : 'live'} on in the next generation.`))
    const kinds = types.slice(0, 4).map(t => `${count(t.count)} ${t.module === 'builtins' || t.module === '' ? t.name : `${t.module}.${t.name}`}`)
    add('Cleared', `The others drop what they refer to, which breaks the cycles: ${objects(w.collected)} collected, ${formatSize(w.freedBytes)} freed.`,
      kinds.length > 0 && `What died, with all that they had kept alive: ${kinds.join(', ')}${types.length > 4 ? ' and more' : ''}.`)
  }
  const survivors = w.reachable - w.untracked
  add('Survivors', w.generation === 2
    ? `${objects(survivors)} stay in generation 2. A next full collection waits until a quarter as many (${count(Math.floor(w.longLivedTotal / 4))}) have newly survived.`
    : `${objects(survivors)} move on to generation ${w.generation + 1}.`,
    w.generation === 1 && `Pending for a full collection are ${count(w.longLivedPending)}, against ${count(w.longLivedTotal)} that survived the last one.`,
    w.generation === 2 && 'A full collection also empties the free lists of the interpreter.')
  return steps
}

function why(w: GcWorkingRow): string {
  if (w.reason === 'explicit') return `gc.collect(${w.generation === 2 ? '' : w.generation}) was called; the counts stood at ${w.counts.join(', ')}.`
  const over = `${count(w.counts[w.generation]!)} > ${count(w.thresholds[w.generation]!)}`
  if (w.generation === 0) return `${count(w.counts[0])} more objects that can be part of a cycle were made than freed since the last collection: ${over}, the threshold of generation 0.`
  return `Generation 0 was due (${count(w.counts[0])} > ${count(w.thresholds[0])}), and generation ${w.generation - 1} had been collected ${count(w.counts[w.generation]!)} times ` +
    `since generation ${w.generation} last was: ${over}.`
}

/** Why not more was looked at. */
function older(w: GcWorkingRow): string {
  if (w.generation === 2) return 'And enough had newly survived since the last full collection: at least a quarter of the long-lived objects.'
  if (w.generation === 1 || w.counts[1] > w.thresholds[1]) {
    return w.counts[2] > w.thresholds[2]
      ? `Generation 2 was due as well (${count(w.counts[2])} > ${count(w.thresholds[2])}), but too few objects had newly survived: less than a quarter of the long-lived ones.`
      : `Generation 2 was not due (${count(w.counts[2])} of ${count(w.thresholds[2])}).`
  }
  return `Generation 1 was not due (${count(w.counts[1])} of ${count(w.thresholds[1])}).`
}

const count = (n: number): string => n.toLocaleString('en')
const objects = (n: number): string => `${count(n)} ${n === 1 ? 'object' : 'objects'}`
