import type { TimelineTheme } from './draw'

/** The colours of the moment, from the custom properties of the element. */
export function readTheme(element: Element): TimelineTheme {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  return {
    surface: colour('--surface'), line: colour('--line'), faint: colour('--ink-faint'), soft: colour('--ink-soft'),
    freed: colour('--freed'), freedFill: colour('--freed-fill'), comingFill: colour('--coming-fill'), alive: colour('--alive'), aliveFill: colour('--alive-fill'),
    grow: colour('--grow'), mark: colour('--mark'), markInk: colour('--surface'),
    gc: [colour('--gc-0'), colour('--gc-1'), colour('--gc-2')], font: `500 10.5px ${colour('--font-ui')}`
  }
}
