// Where the person has been: the view, the recording, the instant and the line looked at. Back and Forward
// return to it. Moving the playhead several times in a row is one step, not fifty.
import type { Span } from '../timeline/viewport'

export type ViewName = 'library' | 'run' | 'examples' | 'statistics' | 'source' | 'settings'

export interface Place {
  view: ViewName
  recordingPath: string | null
  tick: number | null
  range: Span | null
  file: { path: string; line: number } | null
}

const SAME_MOVE_MS = 1500
const LIMIT = 200

const sameButInstant = (a: Place, b: Place) =>
  a.view === b.view && a.recordingPath === b.recordingPath && a.file?.path === b.file?.path && a.file?.line === b.file?.line &&
  a.range?.from === b.range?.from && a.range?.to === b.range?.to
const same = (a: Place, b: Place) => sameButInstant(a, b) && a.tick === b.tick

export class Navigation {
  private places = $state.raw<Place[]>([])
  private index = $state(-1)
  private lastVisitMs = -Infinity
  readonly canGoBack: boolean = $derived(this.index > 0)
  readonly canGoForward: boolean = $derived(this.index < this.places.length - 1)

  /** The place where the person is now, after going somewhere of their own will. */
  visit(place: Place, nowMs: number): void {
    const current = this.places[this.index]
    if (current && same(current, place)) return
    const replaces = current !== undefined && sameButInstant(current, place) && nowMs - this.lastVisitMs < SAME_MOVE_MS
    const kept = this.places.slice(0, replaces ? this.index : this.index + 1).slice(-LIMIT)
    this.places = [...kept, place]
    this.index = kept.length
    this.lastVisitMs = nowMs
  }

  /** The place to show now, or null at the ends. */
  go(direction: 1 | -1): Place | null {
    const place = this.places[this.index + direction]
    if (!place) return null
    this.index += direction
    this.lastVisitMs = -Infinity
    return place
  }
}
