// Two runs of one program side by side: where they part, which tick of the one is which of the other, and their figures.
import { alignTicks, tickInSecond, type Steps, type TickAxis } from '../analysis/align'
import { MARK, OUTPUT } from '../memory/events'
import { grownInt32 } from '../base/typed-arrays'
import type { EventColumns } from '../recording/event-columns'
import type { AlignedFigure, AlignedRuns } from '../rpc/contract-replay'
import { atOnce, differenceWork, type Work } from './first-difference'
import type { OpenRecording } from './open-recording'
import { TwoRuns, type Side } from './two-runs'

/** Steps of one run that are looked at; of more, a part is taken, the same of both runs. */
const MOST_STEPS = 1 << 20

export const alignRuns = (first: OpenRecording, second: OpenRecording): AlignedRuns => atOnce(alignWork(first, second))

export function* alignWork(first: OpenRecording, second: OpenRecording): Work<AlignedRuns> {
  first.refresh()
  second.refresh()
  const difference = yield* differenceWork(first, second, { changed: true })
  const { axis, exact } = yield* axisOf(first, second, difference?.event ?? -1, difference?.tick ?? 0)
  const figures = figuresOf(first, second, axis)
  return {
    firstTick: axis.first, secondTick: axis.second, exact, matchedSteps: axis.matchedSteps, firstSteps: axis.firstSteps, secondSteps: axis.secondSteps,
    difference, figures, sameOutput: sameOutput(first, second, 1) && sameOutput(first, second, 2),
  }
}

/** `event`: the first that differs, -1 if none does. Without events in both recordings there is nothing to align but the ends. */
function* axisOf(first: OpenRecording, second: OpenRecording, event: number, tick: number): Work<{ axis: TickAxis; exact: boolean }> {
  const ends: [number, number] = [first.run().last_tick, second.run().last_tick]
  const none: Steps = { key: new Int32Array(0), tick: new Float64Array(0) }
  if (event < 0) return { axis: alignTicks(none, none, 0, Math.min(...ends), ends), exact: true }
  if (!first.reader.chunkAtEvent(0) || !second.reader.chunkAtEvent(0)) return { axis: alignTicks(none, none, 0, tick, ends), exact: false }
  const runs = new TwoRuns(first, second)
  const keys = new StepKeys()
  const [a, b] = [new StepList(), new StepList()]
  yield* collect(runs.old, runs, keys, a, event)
  yield* collect(runs.new, runs, keys, b, event)
  const mask = Math.max(a.mask, b.mask)
  return { axis: alignTicks(a.steps(mask), b.steps(mask), keys.count, tick, ends), exact: true }
}

/** Numbers for what steps are: the same thing in both runs has the same number. */
class StepKeys {
  private readonly lines = new Map<number, number>()
  private readonly others = new Map<string, number>()
  count = 0

  line(file: number, line: number): number {
    // A line that only the old run has is negative.
    const name = file * 2 ** 28 + (line + 2 ** 27)
    let key = this.lines.get(name)
    if (key === undefined) this.lines.set(name, key = this.count++)
    return key
  }

  other(name: string): number {
    let key = this.others.get(name)
    if (key === undefined) this.others.set(name, key = this.count++)
    return key
  }
}

/** Steps with the number of each among those of its key; when there are too many, those stay whose numbers the mask lets pass. */
class StepList {
  mask = 0
  private count = 0
  private key = new Int32Array(1024)
  private place = new Int32Array(1024)
  private tick = new Float64Array(1024)
  private seen = new Int32Array(1024)

  add(key: number, tick: number): void {
    if (key >= this.seen.length) this.seen = grownInt32(this.seen, key + 1)
    const place = this.seen[key]!++
    if ((spread(key, place) & this.mask) !== 0) return
    if (this.count === MOST_STEPS) this.thin(this.mask * 2 + 1)
    const at = this.count
    if (at === this.key.length) {
      this.key = grownInt32(this.key, at + 1)
      this.place = grownInt32(this.place, at + 1)
      const grown = new Float64Array(this.key.length)
      grown.set(this.tick)
      this.tick = grown
    }
    this.key[at] = key
    this.place[at] = place
    this.tick[at] = tick
    this.count++
  }

  steps(mask: number): Steps {
    this.thin(mask)
    return { key: this.key.slice(0, this.count), tick: this.tick.slice(0, this.count) }
  }

  private thin(mask: number): void {
    this.mask = mask
    let kept = 0
    for (let i = 0; i < this.count; i++) {
      if ((spread(this.key[i]!, this.place[i]!) & mask) !== 0) continue
      this.key[kept] = this.key[i]!
      this.place[kept] = this.place[i]!
      this.tick[kept++] = this.tick[i]!
    }
    this.count = kept
  }
}

function spread(key: number, place: number): number {
  const h = Math.imul(key ^ Math.imul(place, 0x9e3779b1), 0x85ebca6b)
  return h ^ h >>> 15
}

/** The steps of a run from `event` on: which of the program's own lines begins to run, marks, output. */
function* collect(side: Side, runs: TwoRuns, keys: StepKeys, list: StepList, event: number): Work<void> {
  const { recording } = side
  const { event_count: total } = recording.run()
  const keyOfSite = lineKeys(side, runs, keys)
  const labels = new Map(recording.reader.marks().map(mark => [mark.id, mark.label]))
  let line = -1
  for (const chunk of recording.reader.chunksOf(event, total)) {
    line = stepsOf(recording.columns(chunk), Math.max(0, event - chunk.first_event), keyOfSite, labels, line, keys, list)
    yield { done: Math.max(0, chunk.first_event - event), total: total - event }
  }
}

/** Those of a chunk from an index on; `line` is the one that ran before. */
function stepsOf(
  { op, address, tickDelta, opHead, opSite, opSize, count, baseTick }: EventColumns, from: number, keyOfSite: Int32Array,
  labels: Map<number, string>, line: number, keys: StepKeys, list: StepList,
): number {
  let tick = baseTick
  for (let i = 0; i < count; i++) {
    tick += tickDelta[i]! >>> 0
    if (i < from) continue
    const o = op[i]!
    const kind = opHead[o]! & 15
    const key = keyOfSite[opSite[o]!]!
    if (key >= 0 && key !== line) list.add(line = key, tick)
    if (kind === OUTPUT) list.add(keys.other(`output ${address[i]} ${opSize[o]}`), tick)
    else if (kind === MARK) list.add(keys.other(`mark ${labels.get(address[i]!)}`), tick)
  }
  return line
}

/** Per site the number of the innermost line that is the program's own and not the library's; -1: none. */
function lineKeys({ recording, nodeOf }: Side, { tree }: TwoRuns, keys: StepKeys): Int32Array {
  const own = new Set(recording.reader.fileHeads().filter(file => file.origin !== 'library').map(file => file.id))
  const { sites } = recording
  const keyOf = new Int32Array(sites.count).fill(-1)
  for (let site = 1; site < sites.count; site++) {
    const node = nodeOf[site]!
    keyOf[site] = own.has(recording.fileOf(sites.code[site]!)) ? keys.line(tree.code[node]!, tree.line[node]!) : keyOf[sites.parent[site]!]!
  }
  return keyOf
}

function figuresOf(first: OpenRecording, second: OpenRecording, axis: TickAxis): AlignedFigure[] {
  const [a, b] = [first, second].map(recording => ({ ...recording.run(), gc: { ...recording.reader.collectionSums(), ...recording.reader.collectionTotals(0, Number.MAX_SAFE_INTEGER) }, arenas: recording.reader.arenaCount() }))
  const figure = (name: string, unit: AlignedFigure['unit'], of: (run: NonNullable<typeof a>) => number): AlignedFigure => ({ name, unit, first: of(a!), second: of(b!) })
  return [
    figure('instructions', 'count', run => run.last_tick),
    figure('events', 'count', run => run.event_count),
    figure('allocations', 'count', run => run.allocation_count),
    figure('allocated', 'bytes', run => run.allocated_bytes),
    figure('peak', 'bytes', run => run.peak_bytes),
    { name: 'peak at tick', unit: 'tick', first: a!.peak_tick, second: b!.peak_tick, firstInSecond: tickInSecond(axis, a!.peak_tick) },
    figure('live at end', 'bytes', run => run.live_bytes),
    figure('blocks at end', 'count', run => run.live_block_count),
    figure('resident at end', 'bytes', run => run.rss_bytes),
    figure('arenas mapped', 'count', run => run.arenas),
    figure('collections', 'count', run => run.gc.n),
    figure('collected', 'count', run => run.gc.collected),
    figure('uncollectable', 'count', run => run.gc.uncollectable),
    figure('freed by collections', 'bytes', run => run.gc.freed_bytes),
  ]
}

const PIECES = 256

function sameOutput(first: OpenRecording, second: OpenRecording, fileDescriptor: number): boolean {
  const [a, b] = [new OutputStream(first, fileDescriptor), new OutputStream(second, fileDescriptor)]
  for (;;) {
    const [x, y] = [a.rest(), b.rest()]
    if (x === null || y === null) return x === y
    const length = Math.min(x.length, y.length)
    for (let i = 0; i < length; i++) if (x[i] !== y[i]) return false
    a.at += length
    b.at += length
  }
}

/** Reads the bytes that a run wrote to a descriptor; how they were cut into rows does not show. */
class OutputStream {
  at = 0
  private id = 0
  private pieces: { id: number; data: Uint8Array }[] = []
  private index = 0
  private readonly recording: OpenRecording
  private readonly fileDescriptor: number

  constructor(recording: OpenRecording, fileDescriptor: number) {
    this.recording = recording
    this.fileDescriptor = fileDescriptor
  }

  /** What is left of the piece in work, at least one byte; null at the end. */
  rest(): Uint8Array | null {
    for (;;) {
      const piece = this.pieces[this.index]
      if (piece === undefined) {
        this.pieces = this.recording.reader.outputAfter(this.id, this.fileDescriptor, PIECES)
        this.index = 0
        if (this.pieces.length === 0) return null
        this.id = this.pieces.at(-1)!.id
      } else if (this.at < piece.data.length) return piece.data.subarray(this.at)
      else {
        this.index++
        this.at = 0
      }
    }
  }
}
