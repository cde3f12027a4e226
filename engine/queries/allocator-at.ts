// Pools, arenas and heap at any instant, who keeps them, and why the resident size does not fall.
import { allocatorLayout, type AllocatorLayout } from '../analysis/allocator'
import { ARENA_BASE, MMAP_BASE, RAW_BASE, REGION_ARENAS, REGION_HEAP, REGION_NAMES, STARTUP_BASE } from '../memory/address-space'
import { GEOMETRY_3_11 } from '../memory/arenas'
import type { AllocatorAt, AllocatorParams, PinnedArena, PinRow } from '../rpc/contract-allocator'
import type { StoredArena } from '../store/reader'
import { blocksAt, START_SITE, type BlocksAt } from './blocks-at'
import type { Instant, OpenRecording } from './open-recording'
import { typeNames } from './types-at'
import { whyNot } from './why-not-returned'

const DEFAULT_ARENAS = 10
const DEFAULT_PINS = 5
const LARGEST_MAPPINGS = 5

export function allocatorAt(recording: OpenRecording, params: AllocatorParams): AllocatorAt {
  recording.refresh()
  const instant = recording.resolve(params.at)
  const blocks = blocksAt(recording, instant)
  const state = recording.stateAt(instant)!
  const { start } = blocks
  const geometry = {
    alignmentBytes: start?.alignment_bytes ?? GEOMETRY_3_11.alignment, poolBytes: start?.pool_bytes ?? GEOMETRY_3_11.poolBytes,
    arenaBytes: start?.arena_bytes ?? GEOMETRY_3_11.arenaBytes, rawBase: RAW_BASE, mmapBase: MMAP_BASE,
  }
  const boundary = start?.boundary_granule ?? recording.run().granule_boundary
  const granulesPerArena = geometry.arenaBytes / geometry.alignmentBytes
  const rows = recording.reader.arenas()
  const arenas = mappedArenas(rows, instant, blocks, granulesPerArena)
    .filter(granule => !params.scriptOnly || granule >= boundary)
  const layout = allocatorLayout(geometry, arenas, blocks, state.regionBytes[REGION_HEAP]!)
  const history = start ? arenaHistory(rows, instant.tick, start.arena_count, start.arena_ever_count, start.arena_peak_count) : null
  const names = typeNames(recording)
  const address = (granule: number) =>
    (granule >= boundary ? ARENA_BASE + (granule - boundary) * geometry.alignmentBytes : STARTUP_BASE + (granule - granulesPerArena) * geometry.alignmentBytes)
  const { pinned, pinnedCount } = pinnedArenas(recording, params, arenas, layout, blocks, granulesPerArena, names, address)
  const single = (block: number): PinRow => pinOf(recording, names, blocks, block, 1, blocks.sizeBytes[block]!)
  const { topBlock, ...heap } = layout.heap
  const regions = [...state.regionBytes].map((bytes, id) => ({ name: REGION_NAMES[id] ?? '', bytes }))
  // The arenas' part is what events of arenas told; see MemoryState.
  regions[REGION_ARENAS]!.bytes = state.rssBytes - state.regionBytes.reduce((sum, bytes) => sum + bytes, 0)
  const peak = rssPeak(recording, instant.tick, state.rssBytes)
  const result: AllocatorAt = {
    tick: instant.tick, complete: start !== null, alignmentBytes: geometry.alignmentBytes, poolBytes: geometry.poolBytes, arenaBytes: geometry.arenaBytes,
    classes: layout.classes,
    arenasMapped: arenas.length, arenasEver: history?.ever ?? null, arenasReclaimed: history?.reclaimed ?? null, arenasPeak: history?.peak ?? null,
    usedBlockBytes: layout.usedBlockBytes, requestedBytes: layout.requestedBytes, availableBlockBytes: layout.availableBlockBytes,
    freePools: layout.freePools, headerBytes: layout.headerBytes, quantizationBytes: layout.quantizationBytes,
    arenaAddress: Float64Array.from(arenas, address), arenaOfScript: Uint8Array.from(arenas, granule => (granule >= boundary ? 1 : 0)),
    arenaUsedPools: layout.usedPools, arenaBlocks: layout.blocks, arenaUsedBytes: layout.usedBytes,
    poolsPerArena: layout.poolsPerArena, poolUsed: layout.poolUsed, poolBlockBytes: layout.poolBlockBytes,
    pinned, pinnedCount,
    heap: { ...heap, top: topBlock < 0 ? null : single(topBlock) },
    mapped: { ...layout.mapped, largest: largestMappings(blocks).map(single) },
    regions: regions.filter(region => region.bytes > 0), rssBytes: state.rssBytes, rssPeakBytes: peak.bytes, rssPeakTick: peak.tick,
    why: '',
  }
  result.why = whyNot(result)
  return result
}

/** First granules of the arenas that are mapped, ascending. */
function mappedArenas(rows: StoredArena[], instant: Instant, blocks: BlocksAt, granulesPerArena: number): number[] {
  const found = new Set<number>()
  for (const row of rows) if (row.mapped_tick <= instant.tick && (row.unmapped_tick === null || row.unmapped_tick > instant.tick)) found.add(row.granule)
  // Events of one tick: where a block lies is an arena.
  for (let i = 0; i < blocks.count; i++) {
    const granule = blocks.granule[i]!
    if (granule > 0 && granule < RAW_BASE) found.add(granule - granule % granulesPerArena)
  }
  return [...found].sort((a, b) => a - b)
}

/** As sys._debugmallocstats() counts them. `rows` hold those that were there at the start, too. */
function arenaHistory(rows: StoredArena[], tick: number, atStart: number, ever: number, peak: number): { ever: number; reclaimed: number; peak: number } {
  const changes: { tick: number; by: number }[] = []
  for (const [i, row] of rows.entries()) {
    if (i >= atStart && row.mapped_tick <= tick) changes.push({ tick: row.mapped_tick, by: 1 })
    if (row.unmapped_tick !== null && row.unmapped_tick <= tick) changes.push({ tick: row.unmapped_tick, by: -1 })
  }
  changes.sort((a, b) => a.tick - b.tick)
  let now = atStart
  for (const change of changes) {
    now += change.by
    if (change.by > 0) ever++
    if (now > peak) peak = now
  }
  return { ever, reclaimed: ever - now, peak }
}

/** The highest resident size before an instant, by the slots of the timeline. */
function rssPeak(recording: OpenRecording, tick: number, now: number): { bytes: number; tick: number } {
  const width = recording.run().timeline_slot_ticks
  const peak = { bytes: now, tick }
  for (const slot of recording.reader.timeline(0, Math.floor(tick / width))) {
    const end = (slot.slot + 1) * width - 1
    // What a slot says is as of its end.
    if (end <= tick && slot.rss_bytes > peak.bytes) Object.assign(peak, { bytes: slot.rss_bytes, tick: end })
  }
  return peak
}

/** Arenas that cannot be given back, those held by fewest blocks first, and whose blocks they are. */
function pinnedArenas(
  recording: OpenRecording, params: AllocatorParams, arenas: number[], layout: AllocatorLayout, blocks: BlocksAt, granulesPerArena: number,
  names: ReturnType<typeof typeNames>, address: (granule: number) => number,
): { pinned: PinnedArena[]; pinnedCount: number } {
  const held = [...arenas.keys()].filter(arena => layout.blocks[arena]! > 0)
  const chosen = held.sort((a, b) => layout.blocks[a]! - layout.blocks[b]! || a - b).slice(0, params.arenas ?? DEFAULT_ARENAS)
  const chosenAt = new Map(chosen.map((arena, i) => [Math.floor(arenas[arena]! / granulesPerArena), i]))
  const groups = chosen.map(() => new Map<number, { block: number; count: number; bytes: number }>())
  const startBlocks = new Int32Array(chosen.length)
  for (let i = 0; i < blocks.count; i++) {
    const granule = blocks.granule[i]!
    if (granule <= 0 || granule >= RAW_BASE) continue
    const at = chosenAt.get(Math.floor(granule / granulesPerArena))
    if (at === undefined) continue
    const site = blocks.site[i]!
    if (site === START_SITE) startBlocks[at]!++
    const place = site === START_SITE ? 0 : 1 + recording.fileOf(recording.sites.code[site]!) * 2 ** 20 + recording.sites.line[site]!
    const key = (place * 2 ** 16 + blocks.type[i]! % 2 ** 16) * 2 + blocks.parked[i]!
    const group = groups[at]!.get(key)
    if (!group) groups[at]!.set(key, { block: i, count: 1, bytes: blocks.sizeBytes[i]! })
    else {
      group.count++
      group.bytes += blocks.sizeBytes[i]!
    }
  }
  const pinned = chosen.map((arena, i): PinnedArena => {
    const all = [...groups[i]!.values()].sort((a, b) => b.bytes - a.bytes || b.count - a.count)
    return {
      arena, address: address(arenas[arena]!), blocks: layout.blocks[arena]!, startBlocks: startBlocks[i]!, usedBytes: layout.usedBytes[arena]!,
      usedPools: layout.usedPools[arena]!, freePools: layout.poolsPerArena - layout.usedPools[arena]!,
      pins: all.slice(0, params.pins ?? DEFAULT_PINS).map(g => pinOf(recording, names, blocks, g.block, g.count, g.bytes)), pinCount: all.length,
    }
  })
  return { pinned, pinnedCount: held.length }
}

function pinOf(recording: OpenRecording, names: ReturnType<typeof typeNames>, blocks: BlocksAt, block: number, count: number, bytes: number): PinRow {
  const site = blocks.site[block]!
  const { module, name } = names(blocks.type[block]!)
  return { frame: site === START_SITE ? null : recording.frame(site), module, typeName: name, parked: blocks.parked[block] === 1, count, bytes }
}

function largestMappings(blocks: BlocksAt): number[] {
  const found: number[] = []
  for (let i = 0; i < blocks.count; i++) if (blocks.granule[i]! >= MMAP_BASE) found.push(i)
  return found.sort((a, b) => blocks.sizeBytes[b]! - blocks.sizeBytes[a]!).slice(0, LARGEST_MAPPINGS)
}
