// allocator: pools, arenas and heap at an instant, who keeps them, and why the resident size does not fall.
import { allocatorAt, describePin, formatSize } from '../../engine/host/command-api'
import type { AllocatorAt, PinRow } from '../../engine/rpc/contract-allocator'
import { instant, INSTANTS, parse } from './arguments'
import { HELP, limitOf, print, printJson, withRecording } from './reading'
import { count, cutLeft, printable, terminalWidth } from './fitted'
import { table } from './table'
import { wrapped } from './wrapped'

export const ALLOCATOR_HELP = `Prints pools, arenas and heap, who keeps arenas, and why RSS does not fall.

  molt allocator [OPTIONS] RECORDING

      --at INSTANT         when (default: end)
      --script             only the arenas of the script, without those that the interpreter filled when it started
      --pools              a picture of each arena: one character a pool
  -n, --limit N            so many arenas that cannot be given back (default 5; 0: all)
      --json               everything, in bytes, as JSON

Size classes as sys._debugmallocstats() prints them: pools in use, blocks in use and free; asked is what the program asked for
without rounding up to the class, full the share of the pools' bytes that live blocks take. Arenas that cannot be given back come with
the blocks that hold them, the fewest first. In the picture a dot is a free pool, 1 to 9 a pool so many tenths full, # a full one.
${INSTANTS}`

export function allocator(args: string[]): number {
  const { values, positionals } = parse('allocator', args, {
    at: { type: 'string' }, script: { type: 'boolean' }, pools: { type: 'boolean' }, limit: { type: 'string', short: 'n' }, json: { type: 'boolean' }, help: HELP,
  })
  if (values.help) return print(`${ALLOCATOR_HELP}\n`)
  const arenas = limitOf('allocator', values.limit, 5)
  return withRecording('allocator', positionals, recording => {
    const result = allocatorAt(recording, {
      recordingId: 0, at: instant(values.at ?? 'end'), scriptOnly: values.script ?? false, arenas, pins: values.json ? 1000 : 3,
    })
    if (values.json) return printJson(jsonOf(result))
    print(classTable(result))
    print(`\n${sums(result)}\n`)
    print(pinned(result))
    if (values.pools) print(`${picture(result)}\n`)
    print(large(result))
    return print(`\n${wrapped(result.why)}\n`)
  })
}

function classTable(at: AllocatorAt): string {
  const rows = at.classes.map(c => [
    String(c.blockBytes), count(c.pools), count(c.usedBlocks), count(c.freeBlocks), formatSize(c.requestedBytes),
    `${Math.round(c.usedBlocks * c.blockBytes / (c.pools * at.poolBytes) * 100)}%`,
  ])
  return `Size classes at tick ${count(at.tick)}\n${table(['size', 'pools', 'in use', 'free', 'asked', 'full'], rows, 'rrrrrr')}`
}

function sums(at: AllocatorAt): string {
  const line = (label: string, value: string) => `${label.padEnd(34)}${value.padStart(20)}\n`
  const bytes = (n: number) => count(n)
  const history = at.arenasEver === null ? ''
    : line('arenas allocated, ever', count(at.arenasEver)) + line('arenas reclaimed', count(at.arenasReclaimed!)) + line('arenas at most', count(at.arenasPeak!))
  const total = at.arenasMapped * at.arenaBytes
  return history + line(`arenas now, of ${formatSize(at.arenaBytes)}`, count(at.arenasMapped)) +
    line('bytes in allocated blocks', bytes(at.usedBlockBytes)) + line('  of these asked for', bytes(at.requestedBytes)) +
    line('bytes in available blocks', bytes(at.availableBlockBytes)) + line(`${count(at.freePools)} unused pools`, bytes(at.freePools * at.poolBytes)) +
    line('bytes lost to pool headers', bytes(at.headerBytes)) + line('bytes lost to quantization', bytes(at.quantizationBytes)) +
    line('total', bytes(total)) + line('fragmentation', total === 0 ? '0%' : `${((1 - at.usedBlockBytes / total) * 100).toFixed(1)}%`) +
    (at.complete ? '' : 'This recording does not tell what was allocated before it began: those blocks are missing here.\n')
}

function pinned(at: AllocatorAt): string {
  if (at.pinned.length === 0) return ''
  const text = at.pinned.map(arena => {
    const { blocks, startBlocks } = arena
    const head = `  0x${arena.address.toString(16)}  ${plural(blocks, 'block')}, ${formatSize(arena.usedBytes)}, in ${arena.usedPools} of ${at.poolsPerArena} pools` +
      `${startBlocks === 0 ? '' : startBlocks === blocks ? '; all from before the script' : `; ${count(startBlocks)} from before the script`}`
    const pins = arena.pins.map(pin => pinLine(pin).trimEnd())
    const more = arena.pinCount - arena.pins.length
    return [head, ...startBlocks === blocks ? [] : pins, ...more > 0 && startBlocks !== blocks ? [`      and ${plural(more, 'other kind')}`] : []].join('\n')
  })
  const rest = at.pinnedCount - at.pinned.length
  return `Arenas that cannot be given back, and who holds them\n${text.join('\n')}\n${rest > 0 ? `  and ${plural(rest, 'other')}, held by more blocks\n` : ''}\n`
}

function picture(at: AllocatorAt): string {
  const lines: string[] = ['Pools']
  for (let arena = 0; arena < at.arenaAddress.length; arena++) {
    let text = ''
    for (let pool = arena * at.poolsPerArena; pool < (arena + 1) * at.poolsPerArena; pool++) {
      const blockBytes = at.poolBlockBytes[pool]!
      const full = blockBytes === 0 ? 0 : at.poolUsed[pool]! / Math.floor((at.poolBytes - 48) / blockBytes)
      text += at.poolUsed[pool] === 0 ? '.' : full === 1 ? '#' : String(Math.min(9, Math.max(1, Math.floor(full * 10))))
    }
    lines.push(`${text} ${at.arenaOfScript[arena] === 1 ? '' : 'start'}`.trimEnd())
  }
  return `${lines.join('\n')}\n`
}

function large({ heap, mapped, regions, rssBytes }: AllocatorAt): string {
  const top = heap.top ? ` Highest lies ${describePin(heap.top)}.` : ''
  return 'Blocks over 512 bytes\n' +
    `  heap      ${wrapped(`${formatSize(heap.sizeBytes)}: ${plural(heap.blocks, 'block')} take ${formatSize(heap.takenBytes)}; ${plural(heap.holes, 'hole')}, ` +
      `${formatSize(heap.holeBytes)} (largest ${formatSize(heap.largestHoleBytes)}); ${formatSize(heap.topBytes)} at the end.${top}`, '            ', 12)}\n` +
    `  mappings  ${formatSize(mapped.takenBytes)}: ${plural(mapped.blocks, 'block')}\n${mapped.largest.map(pin => pinLine(pin)).join('')}` +
    `\n${wrapped(`Resident: ${formatSize(rssBytes)} (${regions.map(region => `${region.name} ${formatSize(region.bytes)}`).join(', ')})`)}\n`
}

const pinLine = (pin: PinRow): string => `      ${cutLeft(printable(`${describePin(pin)}, ${formatSize(pin.bytes)}`), terminalWidth() - 6)}\n`

function jsonOf(at: AllocatorAt): unknown {
  return Object.fromEntries(Object.entries(at).map(([key, value]) => [key, ArrayBuffer.isView(value) ? [...value as Int32Array] : value as unknown]))
}

const plural = (n: number, word: string): string => `${count(n)} ${word}${n === 1 ? '' : 's'}`
