// The story of a cycle: which statement closed it and which one dropped the last reference from outside.
//
// The log has no references, so the program is run again: once to the instant before a collection (or to that of a snapshot), for
// the heap with its cycles; then once for each member of one cycle of a kind, to see every reference to it taken and dropped.
// The cycle is closed by the statement after which the references between the members, put in one by one in the order in
// which they were taken, first lead round. A last reference from outside is one whose holder is no member.
import { MoltError } from '../base/errors'
import { edgeLabel } from '../analysis/heap-graph'
import { findCycles, type FoundCycles } from '../queries/cycles'
import { freedBy } from '../queries/collected-cycles'
import { graphAt, type OpenGraph } from '../queries/graph'
import { addressText, objectAt, type NamedObject } from '../queries/object-id'
import type { OpenRecording } from '../queries/open-recording'
import { shown } from '../queries/reference-text'
import type { At } from '../rpc/contract'
import type { CycleStatement, CycleStories, CycleStory } from '../rpc/contract-cycles'
import type { ObjectReferences, ReferenceStatement } from '../rpc/contract-ledger'
import { takeSnapshot } from './take-snapshot'
import { referencesOf, type WatchOptions } from './watch-object'

/** Members whose references are followed; each takes a run of the program. */
const WATCHED = 6
const DEFAULT_STORIES = 3

export interface ExplainOptions extends WatchOptions {
  /** The cycles that this collection takes; else those that are garbage at `at`. */
  collectionId?: number
  at?: At
  limit?: number
}

export async function explainCycles(recording: OpenRecording, options: ExplainOptions): Promise<CycleStories> {
  const { collectionId } = options
  const collection = collectionId === undefined ? null : recording.reader.collection(collectionId) ?? null
  if (collectionId !== undefined && !collection) throw new MoltError('bad-request', `There is no collection ${collectionId}.`, 'molt gc lists them.')
  const at = collection ? `event:${collection.start_event}` : options.at ?? 'end'
  const snapshot = await takeSnapshot(recording, at, options)
  const open = graphAt(recording, at)
  let { found } = findCycles(recording, open)
  if (collection) {
    const dead = freedBy(recording, collection)
    const died = (node: number) => [0, 1, 2].some(head => dead.has(open.graph.address[node]! - head))
    found = found.map(f => ({ ...f, cycles: f.cycles.filter(cycle => cycle.some(died)) })).filter(f => f.cycles.length > 0)
  } else found = found.filter(f => f.group.state !== 'reachable')
  const stories: CycleStory[] = []
  for (const each of found.slice(0, options.limit ?? DEFAULT_STORIES)) stories.push(await storyOf(recording, open, each, collection?.start_tick ?? snapshot.tick, options))
  return { tick: snapshot.tick, collectionId: collection?.id ?? null, stories, groupCount: found.length }
}

async function storyOf(recording: OpenRecording, open: OpenGraph, { group, cycles }: FoundCycles, endTick: number, options: ExplainOptions): Promise<CycleStory> {
  const { graph, snapshot } = open
  const nodes = cycles[cycles.length >> 1]!
  const inside = new Set(nodes)
  const instant = { tick: snapshot.tick, event: snapshot.event }
  const watchedNodes = choice(open, nodes).slice(0, WATCHED)
  const references = new Map<number, ObjectReferences>()
  let problem = ''
  for (const node of watchedNodes) {
    const object: NamedObject | null = objectAt(recording, graph.address[node]!, instant)
    if (!object) continue
    const told = await referencesOf(recording, object, options)
    if (told.problem !== '') problem = told.problem
    else references.set(node, told)
  }
  const addresses = new Map(nodes.map(node => [addressText(recording, graph.address[node]!), node]))
  const story: CycleStory = {
    group, closedBy: closing(recording, open, inside, references, addresses), droppedBy: null, floatedTicks: null, bytesTicks: null,
    watched: references.size, memberCount: nodes.length, problem,
  }
  if (references.size < nodes.length && problem === '') problem = story.problem = `Only ${references.size} of ${nodes.length} members were followed.`
  story.droppedBy = lastDrop(recording, references, addresses, endTick)
  if (story.droppedBy) {
    story.floatedTicks = Math.max(0, endTick - story.droppedBy.tick)
    story.bytesTicks = story.floatedTicks * group.retainedBytes / Math.max(1, group.cycleCount)
  }
  return story
}

/** Members that the others refer to most, and instances, are those that are held from outside; dicts and tuples of theirs seldom are. */
function choice({ graph }: OpenGraph, nodes: number[]): number[] {
  const inside = new Set(nodes)
  const score = (node: number) => graph.refcount[node]! + (graph.preview[node] !== 0 ? 1 : 0) + (inside.has(node) && graph.length[node]! < 0 ? 1000 : 0)
  return [...nodes].sort((a, b) => score(b) - score(a) || a - b)
}

/** Which member a holder's text names: `.parent of Node at 0x…`. */
function memberIn(text: string, addresses: ReadonlyMap<string, number>): number | null {
  for (const found of text.matchAll(/0x[0-9a-f]+/g)) {
    const node = addresses.get(found[0])
    if (node !== undefined) return node
  }
  return null
}

interface Tie { tick: number; event: number; from: number; to: number; statement: ReferenceStatement; text: string }

function closing(
  recording: OpenRecording, open: OpenGraph, inside: ReadonlySet<number>, references: ReadonlyMap<number, ObjectReferences>, addresses: ReadonlyMap<string, number>,
): CycleStatement | null {
  const ties: Tie[] = []
  const known = new Set<string>()
  for (const [to, { statements }] of references) {
    for (const statement of statements) {
      for (const text of statement.gained) {
        const from = memberIn(text, addresses)
        if (from === null) continue
        ties.push({ tick: statement.tick, event: statement.event, from, to, statement, text })
        known.add(`${from} ${to}`)
      }
    }
  }
  // References that were not followed are taken to be there from the beginning.
  const { graph } = open
  const tied = new Map<number, Set<number>>()
  const put = (from: number, to: number) => {
    const targets = tied.get(from)
    if (targets) targets.add(to)
    else tied.set(from, new Set([to]))
  }
  for (const node of inside) {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const to = graph.edgeTo[edge]!
      if (inside.has(to) && !references.has(to)) put(node, to)
    }
  }
  // A store is no event: several of them may lie between two.
  ties.sort((a, b) => a.tick - b.tick || a.event - b.event)
  for (const tie of ties) {
    put(tie.from, tie.to)
    if (leads(tied, tie.to, tie.from)) {
      const label = labelOf(open, tie.from, tie.to)
      return statementOf(recording, tie.statement, `${shown(open.typeName(graph.type[tie.from]!))}${label} refers to ${shown(open.typeName(graph.type[tie.to]!))} from here on`)
    }
  }
  return null
}

function labelOf({ graph }: OpenGraph, from: number, to: number): string {
  for (let edge = graph.firstEdge[from]!; edge < graph.firstEdge[from + 1]!; edge++) if (graph.edgeTo[edge] === to) return shown(edgeLabel(graph, edge))
  return ''
}

function leads(tied: ReadonlyMap<number, ReadonlySet<number>>, from: number, to: number): boolean {
  const seen = new Set([from])
  const open = [from]
  while (open.length > 0) {
    const node = open.pop()!
    if (node === to) return true
    for (const next of tied.get(node) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  return false
}

/** The last statement before the end that took a reference away from somebody who is no member. */
function lastDrop(recording: OpenRecording, references: ReadonlyMap<number, ObjectReferences>, addresses: ReadonlyMap<string, number>, endTick: number): CycleStatement | null {
  let last: ReferenceStatement | null = null
  let words = ''
  for (const { statements } of references.values()) {
    for (const statement of statements) {
      if (statement.tick > endTick || statement.collectionId !== null || statement.dropped === 0) continue
      const outside = statement.lost.filter(text => memberIn(text, addresses) === null)
      if (outside.length === 0 || last && statement.tick <= last.tick) continue
      last = statement
      words = `no longer held by ${outside.join(', ')}`
    }
  }
  return last && statementOf(recording, last, words)
}

function statementOf(recording: OpenRecording, { tick, frame }: ReferenceStatement, words: string): CycleStatement {
  const text = (recording.reader.file(frame.fileId)?.source ?? '').split('\n')[frame.line - 1] ?? ''
  return { tick, frame, text: shown(text.trim()), words: shown(words) }
}
