// Reads the allocation logs made by make_alloc_logs.py and replays them through pymalloc.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { RAW_BASE } from '../address-space'
import { FIRST_SLOT } from '../arenas'
import { DOMAIN_OBJ, TAG_NONE } from '../events'
import type { SimulatedProcess } from '../process'

export const KIND_MALLOC = 0
export const KIND_CALLOC = 1
export const KIND_REALLOC = 2
export const KIND_FREE = 3

export class AllocLog {
  /** Size class of each start-up pool, in order of address. */
  readonly startupClasses: number[] = []
  /** Malloc'd blocks from before the start that the script gives back. */
  readonly rawBefore: number
  readonly operations: number
  private readonly bytes: Uint8Array
  private at = 0
  /** The log counts from the first arena, which is in slot 1. */
  private lastGranule = FIRST_SLOT << 16

  constructor(path: string) {
    this.bytes = gunzipSync(readFileSync(path))
    for (let pools = this.number() * 64; pools > 0; pools--) this.startupClasses.push(this.number())
    this.rawBefore = this.number()
    this.operations = this.number()
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  /** A granule of pymalloc, 0, or ~ordinal of a malloc'd block. */
  address(): number {
    const code = this.number()
    if (code === 0) return 0
    if (code === 1) return ~this.number()
    const zigzag = code - 2
    return this.lastGranule += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  }
}

export interface ReplayResult {
  operations: number
  /** The first difference, or null. */
  difference: string | null
}

/** Brings a process into the state of the oracle's canonical start: the same start-up pools, sealed, a fresh `__main__`. */
export function canonicalStart(process: SimulatedProcess<never>, log: AllocLog): number[] {
  const { obmalloc } = process
  for (const sizeClass of log.startupClasses) {
    const size = (sizeClass + 1) * 16
    for (let n = Math.floor((16384 - 48) / size); n > 0; n--) obmalloc.malloc(size, DOMAIN_OBJ, TAG_NONE)
  }
  const raw: number[] = []
  for (let i = 0; i < log.rawBefore; i++) raw.push(obmalloc.malloc(1000, DOMAIN_OBJ, TAG_NONE))
  process.seal()
  buildMain(process)
  return raw
}

/** The blocks of a fresh `__main__`: module, its dict, a first table of keys, `__annotations__`, the table that stays. */
export function buildMain(process: SimulatedProcess<never>): number[] {
  const { obmalloc } = process
  const [module, globals, small, annotations, keys] = [72, 64, 120, 64, 208].map(
    size => obmalloc.malloc(size, DOMAIN_OBJ, TAG_NONE)) as [number, number, number, number, number]
  obmalloc.free(small, DOMAIN_OBJ)
  return [module, globals, annotations, keys]
}

/** Replays every call and compares every address of pymalloc. */
export function replay(process: SimulatedProcess<never>, log: AllocLog): ReplayResult {
  const raw = canonicalStart(process, log)
  const { obmalloc } = process
  const place = (address: number) => address < 0 ? raw[~address]! : address
  for (let i = 0; i < log.operations; i++) {
    const head = log.number()
    const kind = head & 3
    const domain = head >> 2
    const size = kind === KIND_FREE ? 0 : log.number()
    const old = kind >= KIND_REALLOC ? log.address() : 0
    if (kind === KIND_FREE) {
      obmalloc.free(place(old), domain)
      continue
    }
    const expected = log.address()
    const got = kind === KIND_REALLOC
      ? obmalloc.realloc(place(old), size, domain, TAG_NONE) : obmalloc.malloc(size, domain, TAG_NONE)
    if (expected < 0 && got >= RAW_BASE) raw[~expected] = got
    else if (got !== expected) {
      const show = (granule: number) => granule < 0 ? 'malloc' : '0x' + process.toAddress(granule).toString(16)
      const what = `call ${i}, kind ${kind}, ${size} bytes, old ${show(old)}`
      return { operations: i, difference: `${what}: expected ${show(expected)}, got ${show(got)}` }
    }
  }
  return { operations: log.operations, difference: null }
}
