// The part of a run that the timeline shows, in ticks, and the arithmetic of looking closer and moving on.
export interface Viewport { from: number; to: number }
export interface Span { from: number; to: number }

/** Closer than this there is nothing to see. */
const MIN_TICKS = 16

export const widthOf = (view: Viewport): number => view.to - view.from

export function clampView(view: Viewport, run: Span): Viewport {
  const whole = Math.max(1, run.to - run.from)
  const width = Math.min(whole, Math.max(Math.min(MIN_TICKS, whole), view.to - view.from))
  const from = Math.min(Math.max(view.from, run.from), run.to - width)
  return { from: Math.max(run.from, from), to: Math.max(run.from, from) + width }
}

/** Factor below 1 looks closer; the tick `at` keeps its place. */
export function zoomAt(view: Viewport, run: Span, at: number, factor: number): Viewport {
  return clampView({ from: at - (at - view.from) * factor, to: at + (view.to - at) * factor }, run)
}

export const panBy = (view: Viewport, run: Span, ticks: number): Viewport =>
  clampView({ from: view.from + ticks, to: view.to + ticks }, run)

/** Moves as little as needed to bring the tick into sight, with some air around it. */
export function reveal(view: Viewport, run: Span, tick: number): Viewport {
  if (tick >= view.from && tick <= view.to) return view
  const air = widthOf(view) * 0.15
  return panBy(view, run, tick < view.from ? tick - view.from - air : tick - view.to + air)
}

export const isWhole = (view: Viewport, run: Span): boolean => view.from <= run.from && view.to >= run.to

export const tickToX = (tick: number, view: Viewport, left: number, width: number): number =>
  left + ((tick - view.from) / Math.max(1, view.to - view.from)) * width
export const xToTick = (x: number, view: Viewport, left: number, width: number): number =>
  Math.round(view.from + ((x - left) / Math.max(1, width)) * (view.to - view.from))

/** Round steps (1, 2, 5 × 10ⁿ) so that about `count` fit. */
export function niceStep(range: number, count: number): number {
  const rough = Math.max(1, range / Math.max(1, count))
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].find(n => n * power >= rough) ?? 10
  return step * power
}

/** Round sizes (1, 2, 4 … × 1024ⁿ, or 1, 2, 5 × 10ⁿ) so that at most `count` lines fit below `max`. */
export function byteStep(max: number, count: number, units: 'binary' | 'si' = 'binary'): number {
  if (units === 'si') return niceStep(max, count)
  let step = 1
  while (max / step > count) step *= 2
  return step
}
