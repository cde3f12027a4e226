// What the memory layer costs, in nanoseconds. Run with `node engine/memory/bench/run.mjs`: under vitest every imported
// constant is a getter call, which makes these loops ten times slower than in the built application.
import { DOMAIN_OBJ } from '../events'
import type { EventLog } from '../event-log'
import { Mini, MiniHeap } from '../goldens/gc-model'
import { SimulatedProcess } from '../process'
import type { PyMalloc } from '../pymalloc'

class Point {
  context = 3
  lasti = 7
  tick = 0
  refresh(log: EventLog): void {
    log.context = this.context
    log.lasti = this.lasti
    log.tick = this.tick
  }
}

/** One block taken and given back: a temporary. */
function temporaries(obmalloc: PyMalloc, point: Point, n: number): void {
  for (let i = 0; i < n; i++) {
    point.tick = i
    obmalloc.free(obmalloc.malloc(28, DOMAIN_OBJ, 17), DOMAIN_OBJ)
  }
}

/** 256 blocks of eight size classes alive, the oldest replaced. */
function ring(obmalloc: PyMalloc, point: Point, n: number): void {
  const blocks = new Int32Array(256)
  for (let i = 0; i < n; i++) {
    point.tick = i
    const k = i & 255
    if (blocks[k] !== 0) obmalloc.free(blocks[k]!, DOMAIN_OBJ)
    blocks[k] = obmalloc.malloc(16 + (i * 40503 & 127), DOMAIN_OBJ, 17)
  }
  for (const block of blocks) obmalloc.free(block, DOMAIN_OBJ)
}

/** Blocks over 512 bytes. */
function large(obmalloc: PyMalloc, point: Point, n: number): void {
  const blocks = new Int32Array(64)
  for (let i = 0; i < n; i++) {
    point.tick = i
    const k = i & 63
    if (blocks[k] !== 0) obmalloc.free(blocks[k]!, DOMAIN_OBJ)
    blocks[k] = obmalloc.malloc(600 + (i * 40503 & 4095), DOMAIN_OBJ, 17)
  }
  for (const block of blocks) obmalloc.free(block, DOMAIN_OBJ)
}

function best(runs: number, work: () => void): number {
  let least = Infinity
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    work()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

function report(what: string, milliseconds: number, n: number): void {
  console.log(`${what.padEnd(44)} ${(milliseconds * 1e6 / n).toFixed(1).padStart(7)} ns`)
}

const ALLOCATIONS = 5_000_000

for (const mode of ['plain', 'events', 'events, traced'] as const) {
  const process = new SimulatedProcess<never>()
  process.seal()
  const { obmalloc } = process
  // As in a running program, no class is without blocks: else each pair would open and close a pool.
  for (let size = 16; size <= 512; size += 16) obmalloc.malloc(size, DOMAIN_OBJ, 17)
  const point = new Point()
  process.log.point = point
  if (mode !== 'plain') process.startRecording()
  if (mode === 'events, traced') process.tracing.start(1)
  report(`temporary, pair (${mode})`, best(5, () => temporaries(obmalloc, point, ALLOCATIONS)), ALLOCATIONS)
  report(`ring of 256, pair (${mode})`, best(5, () => ring(obmalloc, point, ALLOCATIONS)), ALLOCATIONS)
  report(`over 512 bytes, pair (${mode})`, best(5, () => large(obmalloc, point, ALLOCATIONS / 10)), ALLOCATIONS / 10)
}

const OBJECTS = 1_000_000
const process = new SimulatedProcess<Mini>()
const heap = new MiniHeap(process.gc)
process.gc.enabled = false
const objects: Mini[] = []
for (let i = 0; i < OBJECTS; i++) {
  const o = heap.list()
  for (let k = 0; k < 3; k++) heap.append(o, objects[(i * 7919 + k * 104729) % (i + 1)] ?? o)
  objects.push(o)
}
report('collection of 1,000,000 live objects, each', best(3, () => process.gc.collect(2)), OBJECTS)
report('untrack and track', best(3, () => {
  for (const o of objects) {
    process.gc.untrack(o)
    process.gc.track(o)
  }
}), OBJECTS)
