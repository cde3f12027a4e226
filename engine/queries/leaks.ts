// Leak suspects: who holds what grew to the end of the run, and why that is thought to be a leak.
//
//   1. evidence      bytes of the snapshot whose lines grow to the end (growth-evidence.ts)
//   2. accumulation  the objects below which these bytes gather (engine/analysis/accumulation.ts): one cause, one suspect
//   3. judgement     the part's own growth by the births of what is there now: it must grow to the end, and by more than it
//                    replaces, which a ring buffer, a sawtooth or a working set does not
//   4. structure     what needs no growth to be a fault: frames kept by an exception, instances kept by a cache of a method
//   5. words         who holds it, where it is made, what to do
//
// What happens to the objects after the snapshot is known: growth is judged over the whole run, whichever instant is looked at.
import { accumulationsOf, type Accumulation } from '../analysis/accumulation'
import { isReachable, type Dominators } from '../analysis/dominators'
import {
  EDGE_INTERNAL, FLAG_INSTANCE, FLAG_INTERNAL, FLAG_PROGRAM, type HeapGraph, ROOT_BUILTIN, ROOT_THREAD, edgeLabel,
} from '../analysis/heap-graph'
import { NO_NODE } from '../analysis/options'
import { MoltError } from '../base/errors'
import type { At, Frame } from '../rpc/contract'
import type { Confidence, HolderText, LeakSuspect, LeaksResult, SuspectKind, SuspectMember, SuspectPlace } from '../rpc/contract-leaks'
import { backReferenceOf } from './back-reference'
import { birthsOf, type Births } from './births'
import { graphAt, type OpenGraph } from './graph'
import { evidenceOf, growthOfPart, isGrowing, type Evidence, type PartGrowth } from './growth-evidence'
import { adviceFor, type Case } from './leak-advice'
import { proseOf, titleOf } from './leak-words'
import { namespacesOf } from './namespaces'
import type { OpenRecording } from './open-recording'
import { References, shown } from './reference-text'
import { formatSize } from './tracemalloc-words'

const DEFAULT_LIMIT = 20
/** Growth below this, or below this share of what the program holds, names nobody. */
const LEAST_BYTES = 2048
const LEAST_SHARE = 0.01
const LEAST_MEMBERS = 8
/** Of what a part gained at least this share must be growth, and not in place of something older. */
const LEAST_NET_SHARE = 0.5
/** Growth over less of the run than this is not told from making something once. */
const LEAST_SPAN_SHARE = 0.15
const WEAK_CONTAINER = /^(_weakrefset|weakref)\.Weak/
/** Global variables of one type that were made one after the other, by code. */
const LEAST_NAMES = 30
/** Less than this makes nobody very sure. */
const HIGH_BYTES = 8192
/** Between two nodes of a linked list lie at most an instance's dict and a tuple. */
const CHAIN_STEPS = 4
const COMPREHENSION = /(^|\.)<(list|dict|set)comp>$/
/** An exception whose frames keep less is not worth a word. */
const LEAST_FRAMES_BYTES = 16 * 1024
const PLACES = 3

export interface LeaksOptions {
  at?: At
  limit?: number
  progress?: (done: number, total: number) => void
}

/** The suspects of a snapshot, the gravest first. */
export function leaksOf(recording: OpenRecording, options: LeaksOptions = {}): LeaksResult {
  if (recording.run().event_count > 0 && !recording.reader.chunkAtEvent(0)) {
    throw new MoltError('bad-request', 'This recording has statistics only: how memory grew between its marks is not known.', 'Record with --record full.')
  }
  const open = graphAt(recording, options.at ?? 'end')
  const search = new LeakSearch(recording, open, options.progress)
  const suspects = search.run()
  return {
    tick: open.snapshot.tick, snapshotId: open.snapshot.id, suspectCount: suspects.length, liveBytes: search.liveBytes,
    suspects: suspects.slice(0, options.limit ?? DEFAULT_LIMIT),
  }
}

const WEIGHT: Record<Confidence, number> = { high: 1, medium: 0.6, low: 0.3 }

class LeakSearch {
  readonly liveBytes: number
  private readonly graph: HeapGraph
  private readonly dominators: Dominators
  private readonly references: References
  private readonly namespace: Uint8Array
  private readonly evidence: Evidence
  private readonly texts = new Map<number, string[]>()
  private readonly drafts = new Map<LeakSuspect, { accumulation: Accumulation; growth: PartGrowth; births: Births[] }>()
  /** By node, 1 + the suspect that it is part of. */
  private readonly owner: Int32Array

  constructor(private readonly recording: OpenRecording, private readonly open: OpenGraph, private readonly progress: LeaksOptions['progress']) {
    const { graph } = open
    this.graph = graph
    this.dominators = open.dominators
    this.references = new References(open)
    this.namespace = namespacesOf(graph)
    this.evidence = evidenceOf(recording, open, progress)
    this.owner = new Int32Array(graph.nodeCount)
    let live = 0
    for (let node = 1; node < graph.nodeCount; node++) if ((graph.flags[node]! & FLAG_INTERNAL) === 0) live += graph.sizeBytes[node]!
    this.liveBytes = live
  }

  run(): LeakSuspect[] {
    const minimumBytes = Math.max(LEAST_BYTES, this.liveBytes * LEAST_SHARE)
    const found = accumulationsOf(this.graph, this.dominators, this.references.referrers, this.evidence.weight, {
      minimumBytes, minimumMembers: LEAST_MEMBERS, namespace: this.namespace, selfGrown: this.evidence.selfGrown,
      ...(this.progress ? { progress: this.progress } : {}),
    })
    withoutSharers(found)
    const parts = this.partsOf(found)
    const suspects: LeakSuspect[] = []
    found.forEach((accumulation, i) => {
      const suspect = this.judge(accumulation, parts[i]!)
      if (suspect) suspects.push(suspect)
    })
    this.tellBirths(suspects)
    const merged = this.merged(suspects)
    merged.push(...this.exceptions(), ...this.methodCaches(merged))
    merged.sort((a, b) => b.growingBytes * WEIGHT[b.confidence] - a.growingBytes * WEIGHT[a.confidence] || a.holder.node - b.holder.node)
    merged.forEach((suspect, i) => { suspect.rank = i + 1 })
    return merged
  }

  /** Of each accumulation all nodes that grew for it. */
  private partsOf(found: Accumulation[]): number[][] {
    const { owner } = this
    const { order, parent } = this.dominators
    found.forEach((accumulation, i) => {
      if (accumulation.kind !== 'garbage' && accumulation.members.length === 0 || accumulation.kind === 'container') owner[accumulation.node] = i + 1
      for (const member of accumulation.members) owner[member] = i + 1
      if (accumulation.kind === 'shared' && owner[accumulation.node] === 0) owner[accumulation.node] = i + 1
    })
    const own = new Uint8Array(this.graph.nodeCount)
    for (let node = 0; node < own.length; node++) own[node] = owner[node] === 0 ? 0 : 1
    const holderOnly = new Uint8Array(this.graph.nodeCount)
    for (const accumulation of found) if (accumulation.kind !== 'garbage' && !accumulation.members.includes(accumulation.node)) holderOnly[accumulation.node] = 1
    const parts: number[][] = found.map(() => [])
    for (let i = 0; i < order.length; i++) {
      const node = order[i]!
      const above = parent[node]!
      // Heavy children of a holder are looked at for themselves: a holder hands nothing down.
      if (own[node] === 0 && above !== NO_NODE && owner[above] !== 0 && holderOnly[above] === 0) owner[node] = owner[above]!
      if (owner[node] !== 0 && this.evidence.weight[node]! > 0) parts[owner[node]! - 1]!.push(node)
    }
    return parts
  }

  private judge(accumulation: Accumulation, nodes: number[]): LeakSuspect | null {
    if (nodes.length === 0) return null
    const growth = growthOfPart(this.graph, this.evidence, nodes, this.open.snapshot.tick)
    if (!isGrowing(growth.verdict) || growth.netShare < LEAST_NET_SHARE) return null
    // What is put together right before the end looks like growth to the end.
    const { node, kind } = accumulation
    // A container that is made anew now and then accumulates since it was made; chains and strings have a new head each time.
    const since = kind === 'container' || kind === 'shared' ? Math.max(growth.firstTick, this.graph.birthTick[node]!) : growth.firstTick
    if (growth.lastTick - since < this.open.snapshot.tick * LEAST_SPAN_SHARE || this.fillsItself(accumulation)) return null
    const suspect = this.suspect(accumulation, nodes, growth)
    // Weak containers keep nothing but their own table; and what is in a namespace is many variables, unless there are very many.
    if (suspect.holder.path.some(step => WEAK_CONTAINER.test(step.typeName))) return null
    if (node !== 0 && this.namespace[node] === 1 && (suspect.members[0]?.count ?? 0) < LEAST_NAMES) return null
    return suspect
  }

  /** The result of a comprehension: it was filled by the one run of the comprehension that made it, and by nothing since. */
  private fillsItself({ node, members }: Accumulation): boolean {
    const { sites } = this.recording
    const made = this.graph.site[node]!
    if (members.length === 0 || made <= 0 || !COMPREHENSION.test(this.recording.frame(made).functionName)) return false
    const known = new Map<number, boolean>()
    for (const member of members) {
      const site = this.graph.site[member]!
      let inside = known.get(site)
      if (inside === undefined) {
        inside = false
        for (let at = site; at > 0 && !inside; at = sites.parent[at]!) inside = sites.code[at] === sites.code[made] && sites.parent[at] === sites.parent[made]
        known.set(site, inside)
      }
      if (!inside) return false
    }
    return true
  }

  private suspect(accumulation: Accumulation, nodes: number[], growth: PartGrowth): LeakSuspect {
    const { graph, dominators } = this
    const { kind } = accumulation
    const members = this.membersOf(accumulation)
    const main = members[0]
    // The end of a linked list is too light to be looked at node by node.
    if (kind === 'chain' && main) main.count = nodes.reduce((sum, node) => sum + (this.references.typeName(node) === main.typeName ? 1 : 0), 0)
    const count = main?.count ?? 1
    const holder: HolderText = kind === 'garbage' ? GARBAGE : this.references.holder(this.holderOf(accumulation.node))
    // What the members keep is theirs, whichever line made it; of the holder its own table.
    const shares = this.sharesOf(accumulation)
    const bytes = shares.reduce((sum, share) => sum + share, 0) +
      (kind === 'garbage' || kind === 'chain' ? 0 : this.evidence.weight[accumulation.node]!)
    const madeAt = this.places(accumulation, nodes, main?.typeName ?? '')
    const span = Math.max(1, growth.lastTick - growth.firstTick)
    const { confidence, reason } = this.confidence(kind, growth, accumulation.members.length, bytes)
    const retained = kind === 'garbage' || kind === 'shared' ? bytes : dominators.retainedBytes[accumulation.node]!
    const alsoHeldBy = accumulation.others.slice(0, 3).map(node => this.references.holder(this.holderOf(node))).filter(h => h.node !== holder.node)
    const example = this.example(accumulation, main?.typeName ?? '')
    const suspect: LeakSuspect = {
      rank: 0, kind, title: '', prose: '', holder, alsoHeldBy, example, members, memberCount: accumulation.members.length,
      growingBytes: bytes, retainedBytes: retained, madeAt,
      growth: {
        shape: growth.verdict.shape, firstTick: growth.firstTick, lastTick: growth.lastTick, tick: growth.tick, bytes: growth.made,
        bytesPerThousandTicks: bytes / span * 1000, objectsPerThousandTicks: accumulation.members.length === 0 ? 0 : count / span * 1000,
      },
      neverFreedShare: null, confidence, reason, advice: '',
    }
    suspect.title = titleOf(suspect, graph.length[accumulation.node] ?? -1)
    this.drafts.set(suspect, { accumulation, growth, births: this.birthPairs(accumulation, main?.typeName ?? '') })
    return suspect
  }

  /** Type and traceback of the members that matter most. */
  private birthPairs({ members }: Accumulation, mainType: string): Births[] {
    const pairs = new Map<string, Births>()
    for (const node of members) {
      const type = this.graph.type[node]!
      const site = this.graph.site[node]!
      if (site <= 0 || this.graph.birthTick[node]! < 0 || this.references.typeName(node) !== mainType) continue
      const size = this.evidence.ownBytes[node]!
      const pair = pairs.get(`${type} ${site}`)
      if (!pair) pairs.set(`${type} ${site}`, { type, site, leastBytes: size, mostBytes: size })
      else {
        pair.leastBytes = Math.min(pair.leastBytes, size)
        pair.mostBytes = Math.max(pair.mostBytes, size)
      }
    }
    return [...pairs.values()]
  }

  /** What was made and freed again: one pass over the events for all suspects. */
  private tellBirths(suspects: LeakSuspect[]): void {
    const all = suspects.flatMap(s => this.drafts.get(s)!.births)
    const made = birthsOf(this.recording, all, this.open.snapshot.event, this.progress)
    const alive = new Map<string, number>()
    const { nodeCount, type, site } = this.graph
    const wanted = new Set(all.map(b => `${b.type} ${b.site}`))
    const sites = new Set(all.map(b => b.site))
    for (let node = 1; node < nodeCount; node++) {
      if (!sites.has(site[node]!)) continue
      const key = `${type[node]} ${site[node]}`
      if (wanted.has(key)) alive.set(key, (alive.get(key) ?? 0) + 1)
    }
    let at = 0
    for (const suspect of suspects) {
      const { accumulation, growth, births } = this.drafts.get(suspect)!
      let born = 0
      let left = 0
      for (const { type, site } of births) {
        born += made[at++]!
        left += alive.get(`${type} ${site}`) ?? 0
      }
      const share = born > 0 ? Math.min(1, left / born) : null
      const inPassing = share !== null && share < ALL_KEPT && TEMPORARY_TYPES.has(suspect.members[0]?.typeName ?? '')
      suspect.neverFreedShare = inPassing ? null : share
      suspect.advice = adviceFor(this.caseOf(accumulation, suspect, growth))
      suspect.prose = proseOf(suspect)
    }
  }

  /** What to name in place of a node: the cache in place of the dict in it, the instance in place of its `__dict__`. */
  private holderOf(node: number): number {
    const { first, from, edge } = this.references.referrers
    for (let entry = first[node]!; entry < first[node + 1]!; entry++) {
      const name = this.graph.strings[this.graph.edgeName[edge[entry]!]!]
      if (this.graph.edgeKind[edge[entry]!] === EDGE_INTERNAL && name === 'cache' && this.references.typeName(from[entry]!) === 'functools._lru_cache_wrapper') return from[entry]!
    }
    return node
  }

  /** What each member keeps; of a linked list without what the nodes after it keep. */
  private sharesOf({ kind, members }: Accumulation): Float64Array {
    const { parent, retainedBytes } = this.dominators
    const shares = Float64Array.from(members, node => retainedBytes[node]!)
    if (kind !== 'chain') return shares
    const place = new Map<number, number>()
    members.forEach((node, i) => place.set(node, i))
    for (const node of members) {
      let above = parent[node]!
      for (let steps = 0; steps < CHAIN_STEPS && above !== NO_NODE && !place.has(above); steps++) above = parent[above]!
      const i = place.get(above)
      if (i !== undefined) shares[i]! -= retainedBytes[node]!
    }
    return shares
  }

  private membersOf(accumulation: Accumulation): SuspectMember[] {
    const { members } = accumulation
    const shares = this.sharesOf(accumulation)
    const sums = new Map<number, { count: number; retainedBytes: number }>()
    for (const [i, node] of members.entries()) {
      const type = this.graph.type[node]!
      const sum = sums.get(type)
      if (sum) {
        sum.count++
        sum.retainedBytes += shares[i]!
      } else sums.set(type, { count: 1, retainedBytes: shares[i]! })
    }
    return [...sums].map(([type, sum]) => ({ typeName: shown(this.open.typeName(type)), ...sum })).sort((a, b) => b.retainedBytes - a.retainedBytes).slice(0, 5)
  }

  /** Lines of the members, or of what grew where there are none. */
  private places(accumulation: Accumulation, nodes: number[], mainType: string): SuspectPlace[] {
    const shares = this.sharesOf(accumulation)
    const members = Array.from(accumulation.members.keys()).filter(i => {
      const node = accumulation.members[i]!
      return this.references.typeName(node) === mainType && this.graph.birthTick[node]! >= 0
    })
    const bySite = new Map<number, { count: number; bytes: number }>()
    const add = (site: number, bytes: number) => {
      const sum = bySite.get(site)
      if (sum) {
        sum.count++
        sum.bytes += bytes
      } else bySite.set(site, { count: 1, bytes })
    }
    if (members.length > 0) for (const i of members) add(this.graph.site[accumulation.members[i]!]!, shares[i]!)
    else {
      for (const node of nodes) {
        const row = this.evidence.tableRowOfNode[node]! >= 0 ? this.evidence.tableRowOfNode[node]! : this.evidence.rowOfNode[node]!
        const series = this.evidence.rows[row]
        if (series) return [this.place(series.traceback, 1, this.evidence.weight[node]!)]
      }
    }
    const byLine = new Map<string, SuspectPlace & { most: number }>()
    for (const [site, { count, bytes }] of bySite) {
      const traceback = this.recording.traceback(site)
      const frame = traceback.at(-1)
      if (!frame) continue
      const key = `${frame.fileId}:${frame.line}`
      const place = byLine.get(key)
      if (!place) byLine.set(key, { ...this.place(traceback, count, bytes), most: bytes })
      else {
        place.count += count
        place.bytes += bytes
        if (bytes > place.most) Object.assign(place, { most: bytes, traceback })
      }
    }
    return [...byLine.values()].sort((a, b) => b.bytes - a.bytes).slice(0, PLACES).map(({ most: _, ...place }) => place)
  }

  private place(traceback: Frame[], count: number, bytes: number): SuspectPlace {
    const frame = traceback.at(-1) ?? { fileId: 0, path: '<unknown>', line: 0, functionName: '' }
    return { frame, text: this.lineText(frame), count, bytes, traceback }
  }

  private lineText(frame: Frame): string {
    let lines = this.texts.get(frame.fileId)
    if (!lines) this.texts.set(frame.fileId, lines = (this.recording.reader.file(frame.fileId)?.source ?? '').split('\n'))
    return shown((lines[frame.line - 1] ?? '').trim())
  }

  /** How a member in the middle is reached: the first ones may be special. */
  private example(accumulation: Accumulation, mainType: string): string {
    const { graph } = this
    const all = Array.from(accumulation.members).filter(node => this.references.typeName(node) === mainType)
    const member = all[all.length >> 1]
    if (member === undefined) return ''
    const path = accumulation.kind === 'chain' ? this.references.path(all[Math.min(3, all.length - 1)]!) : this.references.path(member)
    if (path) return this.references.expression(path)
    const { first, edge } = this.references.referrers
    return first[member]! < first[member + 1]! ? shown(edgeLabel(graph, edge[first[member]!]!)) : ''
  }

  private confidence(kind: SuspectKind, growth: PartGrowth, members: number, bytes: number): { confidence: Confidence; reason: string } {
    const { verdict, netShare } = growth
    const { tick } = this.open.snapshot
    const share = Math.round((growth.lastTick - growth.firstTick) / Math.max(1, tick) * 100)
    const steady = verdict.confidence >= 0.7 && netShare >= 0.7
    const many = members >= 30 || kind === 'single'
    if (kind === 'garbage' && this.recording.reader.collectionTicks().some(c => c.start_tick > growth.firstTick)) {
      return { confidence: 'low', reason: 'the collector runs and will take them when it next comes to their generation' }
    }
    const text = `it grew over ${share}% of the run and still did at its end`
    if (steady && many && share >= 30 && bytes < HIGH_BYTES) return { confidence: 'medium', reason: `${text}, but it is small` }
    if (steady && many && share >= 30) return { confidence: 'high', reason: text }
    if (verdict.confidence >= 0.45 && (many || steady)) {
      const but = share < 30 ? 'that is a short time' : !many ? `only ${members} objects show it` : netShare < 0.7 ? 'part of it replaces older objects' : 'not steadily'
      return { confidence: 'medium', reason: `${text}, but ${but}` }
    }
    return { confidence: 'low', reason: `${text}, but ${members < 30 && kind !== 'single' ? `only ${members} objects show it` : 'the growth is unsteady or short'}` }
  }

  private caseOf(accumulation: Accumulation, suspect: LeakSuspect, growth: PartGrowth): Case {
    const { graph, references } = this
    const { holder, alsoHeldBy: also, members: [main] } = suspect
    const sample = Array.from(accumulation.members).filter(node => references.typeName(node) === main?.typeName)
    const member = sample[sample.length >> 1] ?? 0
    const below = member === 0 ? [] : this.typesBelow(member)
    const collections = this.recording.reader.collectionTicks()
    return {
      kind: accumulation.kind, holderType: holder.typeName, memberType: main?.typeName ?? '', holderWords: holder.words,
      instances: member !== 0 && (graph.flags[member]! & FLAG_INSTANCE) !== 0,
      callbacks: main?.typeName === 'method' || main?.typeName === 'function',
      frames: below.includes('traceback'),
      generators: main?.typeName === 'generator' || main?.typeName === 'coroutine' || main?.typeName === 'async_generator',
      underDefaults: holder.path.some(step => step.label === '.__defaults__' || step.label === '.__kwdefaults__'),
      underClass: holder.path.length > 2 && holder.path.at(-2)?.label === '.__dict__' && (graph.flags[holder.path.at(-3)?.node ?? 0]! & FLAG_PROGRAM) !== 0 && holder.path.at(-3)?.typeName !== 'module',
      underThreadLocal: holder.path.some(step => step.typeName === '_thread._local'),
      cachedMethod: this.cachedMethod(holder.node),
      partlyFreed: suspect.neverFreedShare !== null && suspect.neverFreedShare < ALL_KEPT,
      backReference: accumulation.kind === 'garbage' ? backReferenceOf(graph, this.memberSet(accumulation), t => this.open.typeName(t))?.name ?? '' : '',
      collectorOff: !collections.some(c => c.start_tick > growth.firstTick),
      alsoHeld: also.map(h => h.expression),
    }
  }

  private memberSet(accumulation: Accumulation): number[] {
    const first = accumulation.members[accumulation.members.length >> 1]
    if (first === undefined) return []
    // The cycle that the entry is part of: what it dominates.
    const { order, rank, parent } = this.dominators
    const inside = new Set([first])
    for (let i = rank[first]! + 1; i < order.length; i++) if (inside.has(parent[order[i]!]!)) inside.add(order[i]!)
    else if (parent[order[i]!] === NO_NODE) break
    return [...inside]
  }

  /** Types of the first so many objects that a member dominates. */
  private typesBelow(member: number): string[] {
    const { firstEdge, edgeTo } = this.graph
    const seen = new Set([member])
    const open = [member]
    for (let i = 0; i < open.length && open.length < 200; i++) {
      for (let edge = firstEdge[open[i]!]!; edge < firstEdge[open[i]! + 1]!; edge++) {
        const to = edgeTo[edge]!
        if (!seen.has(to) && this.isBelow(to, member)) {
          seen.add(to)
          open.push(to)
        }
      }
    }
    return open.map(node => this.references.typeName(node))
  }

  private isBelow(node: number, above: number): boolean {
    const { parent } = this.dominators
    for (let i = 0, at = node; i < 64 && at !== NO_NODE && at !== 0; i++, at = parent[at]!) if (at === above) return true
    return false
  }

  /** Several holders of one kind (the lists in a dict of lists) with things from one line are one suspect. */
  private merged(suspects: LeakSuspect[]): LeakSuspect[] {
    const groups = new Map<string, LeakSuspect>()
    for (const suspect of suspects) {
      const place = suspect.madeAt[0]
      const key = `${suspect.kind} ${suspect.holder.expression.replace(/\[[^\]]*\]/g, '[]')} ${place?.frame.fileId}:${place?.frame.line}`
      const first = groups.get(key)
      if (!first) {
        groups.set(key, suspect)
        continue
      }
      first.growingBytes += suspect.growingBytes
      first.retainedBytes += suspect.retainedBytes
      first.memberCount += suspect.memberCount
      if (first.alsoHeldBy.length < 3) first.alsoHeldBy.push(suspect.holder)
    }
    return [...groups.values()]
  }

  // ---- faults that need no growth ---------------------------------------------------------------------------------------

  private exceptions(): LeakSuspect[] {
    const { graph, dominators } = this
    const found: LeakSuspect[] = []
    for (let node = 1; node < graph.nodeCount; node++) {
      if ((graph.flags[node]! & FLAG_INTERNAL) !== 0 || this.owner[node] !== 0 || !isReachable(dominators, node)) continue
      if (dominators.retainedBytes[node]! < LEAST_FRAMES_BYTES || this.edgeNamed(node, '__traceback__') === 0) continue
      const holder = this.references.holder(node)
      // One that is being handled right now is no fault.
      if (holder.path[0] === undefined || holder.path[0].label.startsWith('thread: ') || this.isRoot(holder.path[0].node, ROOT_THREAD)) continue
      found.push(this.structural('exception', node, holder,
        'needs no growth: an exception that is kept keeps its traceback, that its frames, and these their local variables', 'medium'))
    }
    return found
  }

  /** Bounded caches of methods: what grows without bound is found by its growth. */
  private methodCaches(known: LeakSuspect[]): LeakSuspect[] {
    const found: LeakSuspect[] = []
    for (let node = 1; node < this.graph.nodeCount; node++) {
      if (this.references.typeName(node) !== 'functools._lru_cache_wrapper' || known.some(s => s.holder.node === node)) continue
      if (this.cachedMethod(node) === '' || this.dominators.retainedBytes[node]! < LEAST_BYTES || this.evidence.importedSite[this.graph.site[node]!] === 1) continue
      const instances = this.typesBelow(node).filter((_, i) => i > 0).length
      if (instances === 0 || !this.keepsInstances(node)) continue
      found.push(this.structural('method-cache', node, this.references.holder(node), 'needs no growth: the cache is the class\'s, and its keys are the instances', 'medium'))
    }
    return found
  }

  private keepsInstances(cache: number): boolean {
    const { parent } = this.dominators
    for (let node = 1; node < this.graph.nodeCount; node++) if ((this.graph.flags[node]! & FLAG_INSTANCE) !== 0 && parent[node] !== NO_NODE && this.isBelow(node, cache)) return true
    return false
  }

  private structural(kind: 'exception' | 'method-cache', node: number, holder: HolderText, reason: string, confidence: Confidence): LeakSuspect {
    const { graph, dominators } = this
    const birth = Math.max(0, graph.birthTick[node]!)
    const retained = dominators.retainedBytes[node]!
    const members: SuspectMember[] = [{ typeName: this.references.typeName(node), count: 1, retainedBytes: retained }]
    const accumulation: Accumulation = { node, kind: 'single', bytes: retained, members: Uint32Array.of(node), others: [] }
    const tick = Float64Array.of(birth, this.open.snapshot.tick)
    const suspect: LeakSuspect = {
      rank: 0, kind, title: '', prose: '', holder, alsoHeldBy: [], example: holder.expression, members, memberCount: 1, growingBytes: retained, retainedBytes: retained,
      madeAt: this.places(accumulation, [node], this.references.typeName(node)),
      growth: { shape: 'one-off', firstTick: birth, lastTick: birth, tick, bytes: Float64Array.of(retained, retained), bytesPerThousandTicks: 0, objectsPerThousandTicks: 0 },
      neverFreedShare: null, confidence, reason, advice: adviceFor({ ...NO_CASE, kind, cachedMethod: this.cachedMethod(node) }),
    }
    const largest = this.largestBelow(node)
    suspect.title = kind === 'exception'
      ? `${holder.words} keeps ${formatSize(retained)} alive through its traceback${largest}`
      : `${holder.words} keeps the instances that it was called on: ${formatSize(retained)}`
    suspect.prose = proseOf(suspect)
    return suspect
  }

  /** Which local variable of a kept frame holds most. */
  private largestBelow(exception: number): string {
    const { firstEdge, edgeTo, edgeKind, edgeName, strings, preview } = this.graph
    let best = -1
    let frame = 0
    let traceback = this.edgeNamed(exception, '__traceback__')
    for (let hops = 0; traceback !== 0 && hops < 1000; hops++, traceback = this.edgeNamed(traceback, 'tb_next')) {
      const at = this.edgeNamed(traceback, 'tb_frame')
      for (let edge = firstEdge[at]!; at !== 0 && edge < firstEdge[at + 1]!; edge++) {
        if (edgeKind[edge] !== EDGE_INTERNAL && (best < 0 || this.dominators.retainedBytes[edgeTo[edge]!]! > this.dominators.retainedBytes[edgeTo[best]!]!)) {
          best = edge
          frame = at
        }
      }
    }
    return best < 0 ? '' : `: above all \`${shown(strings[edgeName[best]!] ?? '')}\` in ${shown(strings[preview[frame]!] ?? '')}`
  }

  private edgeNamed(node: number, name: string): number {
    const { firstEdge, edgeTo, edgeKind, edgeName, strings } = this.graph
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) if (edgeKind[edge] === EDGE_INTERNAL && strings[edgeName[edge]!] === name) return edgeTo[edge]!
    return 0
  }

  private isRoot(node: number, kind: number): boolean {
    const { firstEdge, edgeTo, edgeKind } = this.graph
    for (let edge = firstEdge[0]!; edge < firstEdge[1]!; edge++) if (edgeTo[edge] === node && edgeKind[edge] === kind) return true
    return false
  }

  /** Qualified name of the method that an lru_cache wraps; '' if it is none. */
  private cachedMethod(wrapper: number): string {
    if (wrapper === 0 || this.references.typeName(wrapper) !== 'functools._lru_cache_wrapper') return ''
    const name = this.graph.strings[this.graph.preview[this.edgeNamed(wrapper, 'func')]!] ?? ''
    const parts = name.split('.')
    return parts.length > 1 && parts.at(-2) !== '<locals>' ? shown(name) : ''
  }
}

/** A container that grew with objects which another one is named for is named there. */
function withoutSharers(found: Accumulation[]): void {
  const sharers = new Set(found.flatMap(accumulation => accumulation.others))
  for (let i = found.length - 1; i >= 0; i--) if (found[i]!.kind === 'single' && sharers.has(found[i]!.node)) found.splice(i, 1)
}

/** Something was freed on purpose if less than this is left. */
const ALL_KEPT = 0.95
/** Of these a line makes many in passing: that most are freed says nothing about the container. */
const TEMPORARY_TYPES = new Set(['str', 'bytes', 'int', 'float', 'tuple', 'list', 'dict', 'set'])

const GARBAGE: HolderText = { node: 0, typeName: '', expression: '', words: 'nothing', path: [] }

const NO_CASE: Case = {
  kind: 'container', holderType: '', memberType: '', holderWords: '', instances: false, callbacks: false, frames: false, generators: false, underDefaults: false,
  underClass: false, underThreadLocal: false, cachedMethod: '', partlyFreed: false, backReference: '', collectorOff: false, alsoHeld: [],
}
