// A running digest of a recording's events, by which two runs are compared without reading their events: kind, size, place
// (traceback by code and line, instruction), address and tick of each go in, in order; how they were cut into chunks does
// not. Kept every DIGEST_EVENTS events, and at the last commit.
//
// Two lanes of 32 bits, of which 53 bits are stored: an accidental equality is out of the question, a wanted one is not.
import { EVENT_STRIDE } from '../memory/events'
import { grownInt32 } from '../base/typed-arrays'
import type { EventColumns } from './event-columns'
import type { SiteTree } from './site-tree'

export const DIGEST_EVENTS = 65_536

export class EventDigest {
  events = 0
  /** Low 32 bits of the last event's tick. */
  tickLow = 0
  private first = 0x2545f491
  private second = 0x6c078965
  private siteHash = new Int32Array(256)
  private sites = 1
  private opHash = new Int32Array(1024)
  private readonly atBoundary: (events: number, digest: number, tickLow: number) => void

  constructor(atBoundary: (events: number, digest: number, tickLow: number) => void) {
    this.atBoundary = atBoundary
  }

  get value(): number {
    return (this.first >>> 0) * 0x200000 + (this.second >>> 11)
  }

  /** `columns` as built from `words`, before anything corrects their ops. */
  add(words: Int32Array, columns: EventColumns, tree: SiteTree): void {
    this.hashOps(columns, tree)
    const { op, count } = columns
    const { opHash } = this
    let { first, second, events } = this
    for (let i = 0, at = 0; i < count; i++, at += EVENT_STRIDE) {
      const tick = words[at + 5]!
      first = Math.imul(first ^ opHash[op[i]!]!, 0x9e3779b1)
      first = Math.imul(first << 13 | first >>> 19, 0x85ebca6b) ^ words[at + 1]!
      second = Math.imul(second ^ first ^ tick, 0xc2b2ae35)
      second = second << 15 | second >>> 17
      if ((++events & DIGEST_EVENTS - 1) === 0) {
        this.first = first
        this.second = second
        this.atBoundary(events, this.value, tick)
      }
    }
    if (count > 0) this.tickLow = words[(count - 1) * EVENT_STRIDE + 5]!
    this.first = first
    this.second = second
    this.events = events
  }

  private hashOps({ opCount, opHead, opSize, opSite, opInstruction }: EventColumns, tree: SiteTree): void {
    const siteHash = this.siteHash = grownInt32(this.siteHash, tree.count)
    for (; this.sites < tree.count; this.sites++) {
      const site = this.sites
      siteHash[site] = mix(mix(siteHash[tree.parent[site]!]!, tree.code[site]!), tree.line[site]!)
    }
    const opHash = this.opHash = grownInt32(this.opHash, opCount)
    for (let op = 0; op < opCount; op++) {
      opHash[op] = mix(mix(mix(opHead[op]!, opSize[op]!), siteHash[opSite[op]!]!), opInstruction[op]!)
    }
  }
}

function mix(hash: number, value: number): number {
  const h = Math.imul(hash ^ value, 0x9e3779b1)
  return Math.imul(h ^ h >>> 15, 0x85ebca6b) + value | 0
}
