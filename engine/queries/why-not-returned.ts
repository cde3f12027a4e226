// The answer to "why does RSS not fall?", as a paragraph: where the resident bytes are, which part of them is alive, and what
// keeps the rest from going back to the system.
import type { AllocatorAt, PinnedArena, PinRow } from '../rpc/contract-allocator'
import { formatSize } from './tracemalloc-words'

/** Of the bytes of arenas: above, memory is simply in use; below, it is fragmented. */
const MOSTLY_ALIVE = 0.75

export function whyNot(at: AllocatorAt): string {
  const { heap, mapped } = at
  const sentences: string[] = []
  const behind = at.rssPeakBytes - at.rssBytes
  sentences.push(`At tick ${count(at.tick)} the process holds ${size(at.rssBytes)} in core, ` +
    (behind > 0 ? `${size(behind)} less than at its peak (${size(at.rssPeakBytes)} at tick ${count(at.rssPeakTick)}).` : 'as much as at its peak.'))
  const arenas = at.regions.find(r => r.name === 'arenas')?.bytes ?? 0
  const fixed = at.rssBytes - arenas - heap.sizeBytes - mapped.takenBytes
  sentences.push(`Of that, ${size(arenas)} are arenas of pymalloc (blocks of up to 512 bytes), ${size(heap.sizeBytes)} malloc's heap and ${size(mapped.takenBytes)} ` +
    `large blocks of their own; the other ${size(Math.max(0, fixed))} are the program, its libraries and stacks, and stay.`)
  if (at.arenasMapped > 0) sentences.push(...arenaSentences(at))
  sentences.push(...heapSentences(at))
  return sentences.join(' ')
}

function arenaSentences(at: AllocatorAt): string[] {
  const total = at.arenasMapped * at.arenaBytes
  const empty = at.arenasMapped - at.pinnedCount
  const bound = at.availableBlockBytes + at.freePools * at.poolBytes - empty * at.arenaBytes
  const sentences = [`pymalloc gives memory back only by whole arenas of ${size(at.arenaBytes)}, each when its last block is freed.`]
  if (at.usedBlockBytes >= total * MOSTLY_ALIVE) {
    sentences.push(`${percent(at.usedBlockBytes / total)} of the arenas' bytes are live blocks: to get memory back, objects have to die first.`)
  } else {
    sentences.push(`Only ${percent(at.usedBlockBytes / total)} of the arenas' bytes are live blocks, but ${at.pinnedCount} of ${plural(at.arenasMapped, 'arena')} ` +
      `${at.pinnedCount === 1 ? 'holds' : 'hold'} at least one, which binds ${size(bound)} of free memory: ${size(at.availableBlockBytes)} in pools that are partly used, the rest in free pools.`)
  }
  const ofStart = at.arenaOfScript.reduce((n, script) => n + 1 - script, 0)
  if (ofStart > 0) sentences.push(`${count(ofStart)} of them ${ofStart === 1 ? 'is' : 'are'} from the start of the interpreter and ${ofStart === 1 ? 'stays' : 'stay'}.`)
  const least = at.pinned.find(arena => at.arenaOfScript[arena.arena] === 1)
  if (least && least.usedBytes < at.arenaBytes * MOSTLY_ALIVE) sentences.push(leastPinned(at, least))
  if (empty > 0) sentences.push(`${empty === 1 ? 'One arena is' : `${empty} arenas are`} quite empty; pymalloc keeps the last arena that has free pools.`)
  return sentences
}

function leastPinned(at: AllocatorAt, arena: PinnedArena): string {
  const who = arena.pins.slice(0, 2).map(pin => describePin(pin)).join(', ')
  return `Nearest to going is the arena at 0x${arena.address.toString(16)}: ${plural(arena.blocks, 'block')} (${size(arena.usedBytes)}) in ${arena.usedPools} of its ` +
    `${at.poolsPerArena} pools ${arena.blocks === 1 ? 'holds' : 'hold'} it, ${who}${arena.pinCount > 2 ? ` and ${plural(arena.pinCount - 2, 'other kind')}` : ''}.`
}

function heapSentences({ heap }: AllocatorAt): string[] {
  if (heap.top === null || heap.holeBytes < 64 * 1024) return []
  return [`The heap shrinks only from its end: ${describePin(heap.top)}, ${size(heap.top.bytes)} large, lies highest, and ${size(heap.holeBytes)} in ` +
    `${plural(heap.holes, 'hole')} below it can be used again, but not given back.`]
}

/** `3 × str from app.py:6`. */
export function describePin(pin: PinRow): string {
  const name = pin.module === '' || pin.module === 'builtins' ? pin.typeName : `${pin.module}.${pin.typeName}`
  const place = pin.frame === null ? 'from before the script' : pin.frame.line === 0 ? 'made outside of Python code' : `from ${baseName(pin.frame.path)}:${pin.frame.line}`
  return `${count(pin.count)} × ${name}${pin.parked ? ', dead, in a free list,' : ''} ${place}`
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
const size = (bytes: number): string => formatSize(bytes)
const count = (n: number): string => n.toLocaleString('en')
const plural = (n: number, word: string): string => `${count(n)} ${word}${n === 1 ? '' : 's'}`
const percent = (share: number): string => `${Math.round(share * 100)} %`
