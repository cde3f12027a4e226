// Proofs of internal consistency, for tests and for the audit mode: each function returns what is wrong, in words. They walk
// everything and are slow.
import { PAGE_BYTES, THREAD_STACK_TOUCHED_BYTES } from './address-space'
import { ARENA_CARVED, ARENA_FREE_COUNT, ARENA_FREE_POOLS, ARENA_SHIFT, FIRST_SLOT, NIL } from './arenas'
import { BINS, FREE, LARGE_BIN, LIVE, MAPPED, TOP } from './chunk-table'
import type { GcHeader } from './gc-host'
import { GENERATION_0, OUTSIDE, PERMANENT, type GcLists } from './gc-lists'
import { blocksPerPool } from './malloc-stats'
import type { SimulatedProcess } from './process'
import type { PyMalloc } from './pymalloc'
import type { RawMalloc } from './rawmalloc'

/** Everything below, of one process. */
export function auditProcess<T extends GcHeader>(process: SimulatedProcess<T>): string[] {
  const problems = [
    ...auditPymalloc(process.obmalloc), ...auditRaw(process.raw), ...auditTracing(process), ...auditGc(process.gc),
  ]
  const stacks = process.threads * THREAD_STACK_TOUCHED_BYTES + process.dataStackBytes
  const committed = process.obmalloc.mappedArenas * process.obmalloc.arenaBytes + process.raw.heapBytes +
    process.raw.mmap.mappedBytes + stacks
  if (committed !== process.space.committedBytes)
    problems.push(`committed bytes are ${process.space.committedBytes}, regions add up to ${committed}`)
  const resident = process.regions().reduce((sum, region) => sum + region.residentBytes, 0)
  if (resident !== process.residentBytes) problems.push(`${process.residentBytes} bytes in core, regions add up to ${resident}`)
  return problems
}

export function auditPymalloc(obmalloc: PyMalloc): string[] {
  const problems: string[] = []
  const linked = new Set<number>()
  for (let sizeClass = 0; sizeClass < obmalloc.classes; sizeClass++) {
    const head = obmalloc.headOf(sizeClass)
    let before = head
    for (let pool = obmalloc.nextOf(head); pool !== head; pool = obmalloc.nextOf(pool)) {
      if (obmalloc.prevOf(pool) !== before) problems.push(`pool ${pool}: the link back is wrong`)
      if (obmalloc.classOf(pool) !== sizeClass) problems.push(`pool ${pool} is in the list of another class`)
      if (linked.has(pool)) return [...problems, `pool ${pool} is twice in the lists`]
      linked.add(pool)
      before = pool
    }
    if (obmalloc.prevOf(head) !== before) problems.push(`class ${sizeClass}: the last link back is wrong`)
  }
  const usable: number[] = []
  for (let slot = FIRST_SLOT; slot < obmalloc.slotEnd; slot++)
    if (obmalloc.isLive(slot)) auditArena(obmalloc, slot, linked, usable, problems)
  if (linked.size > 0) problems.push(`${linked.size} pools in class lists are empty or in no arena`)
  auditUsable(obmalloc, usable, problems)
  return problems
}

function auditArena(obmalloc: PyMalloc, slot: number, linked: Set<number>, usable: number[], problems: string[]): void {
  const { arenas } = obmalloc
  const arena = slot << ARENA_SHIFT
  const emptied = new Set<number>()
  for (let pool = arenas[arena + ARENA_FREE_POOLS]!; pool !== NIL; pool = obmalloc.nextOf(pool)) {
    if (emptied.has(pool)) {
      problems.push(`arena ${slot}: the chain of free pools runs in a circle`)
      return
    }
    emptied.add(pool)
  }
  obmalloc.forEachPool(pool => {
    if (emptied.has(pool) !== (obmalloc.countOf(pool) === 0)) problems.push(`pool ${pool}: empty, or free, but not both`)
    auditPool(obmalloc, pool, linked.delete(pool), problems)
  }, slot, slot + 1)
  const free = emptied.size + obmalloc.poolsPerArena - arenas[arena + ARENA_CARVED]!
  if (free !== arenas[arena + ARENA_FREE_COUNT]) problems.push(`arena ${slot} has ${free} free pools and counts others`)
  if (free > 0) usable.push(slot)
}

function auditPool(obmalloc: PyMalloc, pool: number, isLinked: boolean, problems: string[]): void {
  const { cells } = obmalloc
  const blockGranules = obmalloc.classOf(pool) + 1
  const capacity = blocksPerPool(obmalloc, blockGranules << obmalloc.alignmentShift)
  const first = pool + obmalloc.headerGranules
  const fresh = obmalloc.freshOf(pool) === 0 ? first + capacity * blockGranules : pool + obmalloc.freshOf(pool)
  const count = obmalloc.countOf(pool)
  const carved = (fresh - first) / blockGranules
  let live = 0
  for (let granule = first; granule < fresh; granule += blockGranules) {
    if (cells[granule]! >= 0) continue
    live++
    if (obmalloc.blockSize(granule) > blockGranules << obmalloc.alignmentShift) problems.push(`block ${granule} is too large`)
  }
  if (live !== count) problems.push(`pool ${pool} counts ${count} blocks and has ${live}`)
  if (!Number.isInteger(carved) || carved > capacity) problems.push(`pool ${pool}: carved to ${carved} of ${capacity} blocks`)
  let free = 0
  for (let granule = obmalloc.freeBlockOf(pool); granule > pool && free <= carved; granule = pool + cells[granule]!) {
    free++
    if (granule >= fresh || (granule - first) % blockGranules !== 0 || cells[granule]! < 0)
      problems.push(`pool ${pool}: the free chain leads to ${granule}`)
  }
  if (free !== carved - count) problems.push(`pool ${pool}: ${free} blocks in the free chain, ${carved - count} are free`)
  if (isLinked !== (count > 0 && free > 0)) problems.push(`pool ${pool}: in a class list without need, or not in spite of room`)
}

function auditUsable(obmalloc: PyMalloc, expected: number[], problems: string[]): void {
  const order = obmalloc.usableArenas()
  const counts = order.map(slot => obmalloc.arenas[(slot << ARENA_SHIFT) + ARENA_FREE_COUNT]!)
  if ([...order].sort((a, b) => a - b).join() !== expected.join()) problems.push('the list of usable arenas is incomplete')
  for (let i = 1; i < counts.length; i++) if (counts[i - 1]! > counts[i]!) problems.push('the usable arenas are out of order')
  for (let free = 1; free <= obmalloc.poolsPerArena; free++) {
    const last = counts.lastIndexOf(free)
    if (obmalloc.lastArenaWithFree(free) !== (last < 0 ? NIL : order[last]))
      problems.push(`wrong last arena with ${free} free pools`)
  }
}

export function auditRaw(raw: RawMalloc): string[] {
  const problems: string[] = []
  let bytes = 0
  let blocks = 0
  let mapped = 0
  const binned = new Set<number>()
  for (let bin = 0; bin < BINS; bin++) {
    let before = 0
    for (let chunk = raw.bins[bin]!; chunk !== 0; chunk = raw.forward[chunk]!) {
      if (raw.back[chunk] !== before) problems.push(`bin ${bin}: wrong link back`)
      if (bin === LARGE_BIN ? raw.size[chunk]! < BINS : raw.size[chunk] !== bin) problems.push(`chunk ${chunk} is in bin ${bin}`)
      if (bin === LARGE_BIN && before !== 0 && raw.size[before]! > raw.size[chunk]!) problems.push('the large bin is not sorted')
      binned.add(chunk)
      before = chunk
    }
  }
  let end = raw.top === 0 ? 0 : raw.start[raw.top]! + raw.size[raw.top]!
  if (end * 16 !== raw.heapBytes) problems.push(`the heap has ${raw.heapBytes} bytes, its chunks end at ${end * 16}`)
  for (let chunk = raw.top, after = 0; chunk !== 0; after = chunk, chunk = raw.before[chunk]!) {
    const state = raw.state[chunk]!
    if (raw.after[chunk] !== after) problems.push(`chunk ${chunk}: wrong link to the next`)
    if (raw.start[chunk]! + raw.size[chunk]! !== end) problems.push(`a gap in the heap after chunk ${chunk}`)
    end = raw.start[chunk]!
    if ((state === TOP) !== (chunk === raw.top)) problems.push(`chunk ${chunk}: not the top, or a second one`)
    if (state === FREE && (raw.state[after] === FREE || raw.state[after] === TOP)) problems.push('two free chunks side by side')
    if ((state === FREE) !== binned.delete(chunk)) problems.push(`chunk ${chunk}: free and in no bin, or in one and not free`)
  }
  if (end !== 0) problems.push('the heap does not begin at its base')
  if (binned.size > 0) problems.push(`${binned.size} chunks in bins are not in the heap`)
  for (let chunk = 1; chunk < raw.recordEnd; chunk++) {
    if (raw.state[chunk] !== LIVE && raw.state[chunk] !== MAPPED) continue
    blocks++
    bytes += raw.requested[chunk]!
    if (raw.state[chunk] === MAPPED) mapped += raw.size[chunk]! * PAGE_BYTES
  }
  if (blocks !== raw.liveBlocks || blocks !== raw.lookup.size) problems.push(`${blocks} live blocks, ${raw.liveBlocks} counted`)
  if (bytes !== raw.liveBytes) problems.push(`${bytes} live bytes, ${raw.liveBytes} counted`)
  if (mapped !== raw.mmap.mappedBytes) problems.push(`${mapped} bytes in mappings, ${raw.mmap.mappedBytes} counted`)
  return problems
}

function auditTracing<T extends GcHeader>({ tracing, obmalloc }: SimulatedProcess<T>): string[] {
  const problems: string[] = []
  let bytes = 0
  let blocks = 0
  tracing.forEachTraced(granule => {
    if (!obmalloc.isAllocated(granule)) problems.push(`block ${granule} has a trace and is not allocated`)
    else bytes += obmalloc.blockSize(granule)
    blocks++
  })
  if (bytes !== tracing.tracedBytes || blocks !== tracing.tracedBlocks)
    problems.push(`traces of ${bytes} bytes in ${blocks} blocks, ${tracing.tracedBytes} in ${tracing.tracedBlocks} counted`)
  return problems
}

/** Between collections. */
export function auditGc<T extends GcHeader>(gc: GcLists<T>): string[] {
  const problems: string[] = []
  let tracked = 0
  for (let list = GENERATION_0; list <= PERMANENT; list++) {
    let before = list
    for (let slot = gc.next[list]!; slot !== list; slot = gc.next[slot]!) {
      if (gc.prev[slot] !== before) return [...problems, `slot ${slot}: wrong link back`]
      if (gc.objects[slot]?.gc !== slot) problems.push(`slot ${slot}: its object does not know it`)
      if (gc.refs[slot] !== OUTSIDE) problems.push(`slot ${slot} is left in a collection`)
      tracked++
      before = slot
    }
    if (gc.prev[list] !== before) problems.push(`list ${list}: the last link back is wrong`)
  }
  let objects = 0
  for (const o of gc.objects) if (o !== null) objects++
  if (objects !== tracked) problems.push(`${objects} objects have a slot, ${tracked} are in a generation`)
  return problems
}
