// A made-up program for tests and benchmarks: it calls, allocates, frees, reallocates, parks and reuses at random but
// repeatably, and says so through the interpreter's own EventLog and EventSink, definitions included.
import type { EventSink } from '../../memory/event-sink'
import { EventLog } from '../../memory/event-log'
import { DOMAIN_MEM, DOMAIN_OBJ, EVENT_STRIDE, FIRST_TYPE, TAG_LIST_ITEMS } from '../../memory/events'

interface Block { address: number; size: number; type: number; parked: boolean }

const FUNCTIONS = 12
const UNITS = 40
const TYPES = 9

export interface SyntheticOptions {
  seed?: number
  /** Blocks the program tends to keep. */
  live?: number
  /** Deepest stack, and in how many places of a function it calls another. */
  depth?: number
  callSites?: number
  /** Instructions in a million that are marks and prints each. */
  rare?: number
  /** Definitions are sent by `define`, with a name and a text for the script. */
  defer?: boolean
  chunk?: Int32Array
}

export class SyntheticProgram {
  readonly log: EventLog
  tick = 0
  private random: number
  private readonly sink: EventSink
  private readonly keep: number
  private readonly maxDepth: number
  private readonly callSites: number
  private readonly rare: number
  private depth = 0
  private readonly blocks: Block[] = []
  private readonly parked: Block[] = []
  private readonly freed: number[][] = []
  private fresh = 16
  private context = 1
  private instruction = 0
  private contexts: { parent: number; code: number }[] = [{ parent: 0, code: 0 }, { parent: 0, code: 1 }]
  private readonly children = new Map<string, number>()
  private collections = 0
  private marks = 0

  constructor(sink: EventSink, options: SyntheticOptions = {}) {
    this.random = options.seed ?? 1
    this.keep = options.live ?? 500
    this.maxDepth = options.depth ?? 6
    this.callSites = options.callSites ?? 3
    this.rare = options.rare ?? 1000
    this.sink = sink
    const program = this
    this.log = new EventLog({
      refresh(log) {
        log.context = program.context
        log.lasti = program.instruction
        log.tick = program.tick | 0
      },
    }, (words, used) => sink.chunk(words, used), options.chunk)
    if (!options.defer) this.define('synthetic.py', Array.from({ length: 400 }, (_, i) => `line ${i + 1}`).join('\n'))
  }

  define(path: string, source: string): void {
    const { sink } = this
    sink.defineRegions([
      { id: 1, name: 'text', base: 0x555555554000, sizeBytes: 2932736, residentBytes: 2932736 },
      { id: 3, name: 'heap', base: 0x555557000000, sizeBytes: 135168, residentBytes: 135168 },
    ])
    sink.defineFile({ id: 1, path, source })
    sink.defineFile({ id: 2, path: '/lib/python3.11/helper.py', source: null })
    for (let code = 1; code <= FUNCTIONS; code++) {
      sink.defineCode({
        id: code, fileId: code % 4 === 0 ? 2 : 1, name: `f${code}`, qualifiedName: `f${code}`, firstLine: code * 10, lineTable: lineTable(),
      })
    }
    for (let type = 0; type < TYPES; type++) {
      sink.defineType({
        id: FIRST_TYPE + type, name: `T${type}`, module: type % 2 ? 'builtins' : '__main__', basicSizeBytes: 32, itemSizeBytes: 0,
        headGranules: 0, collectable: type % 2 === 0,
      })
    }
    sink.defineContext({ id: 1, parentId: 0, parentLasti: 0, codeId: 1 })
  }

  get live(): number { return this.blocks.length + this.parked.length }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) this.step()
  }

  /** One instruction or so. */
  step(): void {
    this.tick += 1 + this.below(8)
    this.instruction = (this.instruction + 1 + this.below(3)) % UNITS
    const choice = this.below(1000)
    const full = this.blocks.length > this.keep
    if (choice < 40) this.call()
    else if (choice < 90) this.leave()
    else if (choice < (full ? 400 : 560)) this.alloc()
    else if (choice < 860) this.free()
    else if (choice < 900) this.realloc()
    else if (choice < 940) this.park()
    else if (choice < 980) this.reuse()
    else if (choice === 980) this.collect()
    else if (choice === 981) this.log.region(3, 135168 + this.below(100) * 4096)
    else if (this.below(1_000_000) < this.rare * 60) {
      if (this.below(2) === 0) this.mark(`mark ${this.marks + 1}`)
      else this.print(`line at ${this.tick}\n`)
    }
  }

  mark(label: string): void {
    this.sink.defineMark(++this.marks, label)
    this.log.mark(this.marks)
  }

  print(text: string, fileDescriptor = 1): void {
    const bytes = new TextEncoder().encode(text)
    this.sink.output(fileDescriptor, bytes)
    this.log.output(fileDescriptor, bytes.length)
  }

  private call(): void {
    if (this.depth >= this.maxDepth) return
    this.depth++
    this.instruction = this.below(this.callSites) * 7
    const key = `${this.context} ${this.instruction}`
    let child = this.children.get(key)
    if (child === undefined) {
      const code = 1 + this.below(FUNCTIONS)
      child = this.contexts.length
      this.contexts.push({ parent: this.context, code })
      this.children.set(key, child)
      this.sink.defineContext({ id: child, parentId: this.context, parentLasti: this.instruction, codeId: code })
    }
    this.context = child
    this.instruction = 0
  }

  private leave(): void {
    if (this.context === 1) return
    this.context = this.contexts[this.context]!.parent
    this.depth--
  }

  private alloc(): void {
    // A line mostly makes the same kind of thing.
    const habit = Math.imul(this.contexts[this.context]!.code * 64 + this.instruction, 0x9e3779b1) >>> 8
    const usual = this.below(10) !== 0
    const object = (usual ? habit : this.below(4)) % 4 !== 0
    const size = object ? 16 + 8 * ((usual ? habit : this.below(800)) % 8) : 1 + this.below(this.below(50) === 0 ? 100_000 : 600)
    const type = object ? FIRST_TYPE + (usual ? habit >> 4 : this.below(800)) % TYPES : TAG_LIST_ITEMS
    const block = { address: this.place(size), size, type, parked: false }
    this.blocks.push(block)
    this.log.alloc(block.address, size, object ? DOMAIN_OBJ : DOMAIN_MEM, type)
  }

  private free(): void {
    const block = this.take(this.blocks)
    if (block) this.release(block)
  }

  private realloc(): void {
    const block = this.blocks[this.below(this.blocks.length)]
    if (!block || block.type >= FIRST_TYPE) return
    const size = 1 + this.below(1200)
    const from = block.address
    const oldSize = block.size
    if (this.below(2) === 0) {
      this.giveBack(block)
      block.address = this.place(size)
    }
    block.size = size
    this.log.realloc(from, oldSize, block.address, size, DOMAIN_MEM, block.type)
  }

  private park(): void {
    const block = this.take(this.blocks)
    if (!block) return
    if (block.type < FIRST_TYPE) return void this.blocks.push(block)
    this.parked.push(block)
    this.log.park(block.address, block.size, block.type)
    if (this.parked.length > 80) this.release(this.parked.shift()!)
  }

  private reuse(): void {
    const block = this.parked.pop()
    if (!block) return
    this.blocks.push(block)
    this.log.reuse(block.address, block.size, block.type)
  }

  private collect(): void {
    const id = ++this.collections
    const generation = this.below(3)
    this.log.gcStart(generation, id)
    const startTick = this.tick
    for (let i = this.below(20); i > 0; i--) this.free()
    this.tick += 3
    this.sink.collection({
      id, generation, explicit: id % 3 === 0, countsBefore: [701, 3, 1], trackedBefore: [701, 100, 4000], thresholds: [700, 10, 10], references: 0, subtracted: 0, heldFromOutside: 0, broughtBack: 0, candidates: 701, reachable: 690,
      unreachable: 11, untracked: 0, weakrefCallbacks: 0, finalized: 0, resurrected: 0, collected: 11, uncollectable: 0,
      longLivedPending: 0, longLivedTotal: 4000, startTick, endTick: this.tick,
    }, 0)
    this.log.gcEnd(generation, id)
  }

  /** Frees recent blocks more often than old ones, as programs do. */
  private take(from: Block[]): Block | undefined {
    if (from.length === 0) return undefined
    const i = this.below(3) === 0 ? this.below(from.length) : from.length - 1
    const block = from[i]!
    from[i] = from[from.length - 1]!
    from.pop()
    return block
  }

  private release(block: Block): void {
    this.giveBack(block)
    this.log.free(block.address, block.size, block.type >= FIRST_TYPE ? DOMAIN_OBJ : DOMAIN_MEM, block.type)
  }

  private giveBack(block: Block): void {
    (this.freed[block.size + 15 >> 4] ??= []).push(block.address)
  }

  private place(size: number): number {
    const granules = size + 15 >> 4
    const again = this.freed[granules]?.pop()
    if (again !== undefined) return again
    const address = this.fresh
    this.fresh += granules
    return address
  }

  private below(n: number): number {
    this.random = Math.imul(this.random ^ this.random >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0
    return n === 0 ? 0 : (this.random >>> 3) % n
  }
}

/** Two code units a line: entries of code 10 or 11 (line delta 0 or 1), length 1 and 1. */
function lineTable(): Uint8Array {
  const bytes: number[] = []
  for (let unit = 0; unit < UNITS; unit++) bytes.push(128 | (unit > 0 && unit % 2 === 0 ? 11 : 10) << 3, 0, 0)
  return Uint8Array.from(bytes)
}

/** The line of an instruction in the functions above. */
export const syntheticLine = (code: number, instruction: number): number => code * 10 + (instruction >> 1)

export const eventsIn = (words: number): number => words / EVENT_STRIDE
