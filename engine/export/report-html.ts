// A report of a run as one page of HTML: to be mailed, attached to an issue, kept beside a build. It needs no network and runs
// no program: its policy allows its own style and nothing else. The memory over time is a drawing, the calls are nested lists
// that open and close by themselves.
import { joined } from './chunks'
import { pageHead } from './html-page'
import { markup } from './markup'

/** A cell: text, or a figure with a bar behind it, 0..1 of the largest. */
export type ReportCell = string | { text: string; share: number } | { code: string }

export interface ReportTable {
  title: string
  /** What the figures are. */
  note: string
  head: string[]
  /** One letter a column: l or r. */
  align: string
  rows: ReportCell[][]
  /** Rows that are not shown. */
  leftOut: number
}

export interface ReportTimeline {
  /** Columns over slots, in order of ticks. */
  tick: Float64Array
  low: Float64Array
  high: Float64Array
  fromTick: number
  toTick: number
  peak: { tick: number; bytes: number } | null
  marks: { tick: number; label: string }[]
  /** Bytes and ticks in words. */
  bytesText(bytes: number): string
  tickText(tick: number): string
}

/** Calls that lead to memory; node 0 is the whole, parents stand before their children. */
export interface ReportTree {
  title: string
  note: string
  parent: Int32Array
  /** 0..1 of the whole. */
  share: Float64Array
  name(node: number): string
  place(node: number): string
  figure(node: number): string
  leftOut: number
}

export interface ReportPage {
  title: string
  subtitle: string
  facts: [name: string, value: string][]
  timeline: ReportTimeline | null
  tables: ReportTable[]
  tree: ReportTree | null
  /** The last line. */
  madeBy: string
}

/** `hash` gives the SHA-256 of a text in base64: the policy names the one style that counts. */
export const reportHtml = (page: ReportPage, hash: (text: string) => string): Generator<string> => joined(parts(page, hash))

function* parts(page: ReportPage, hash: (text: string) => string): Generator<string> {
  yield pageHead(page.title, STYLE, hash)
  yield `<header><h1>${markup(page.title)}</h1><p>${markup(page.subtitle)}</p></header>
<main>
<section><h2>The run</h2><dl>${page.facts.map(([name, value]) => `<dt>${markup(name)}</dt><dd>${markup(value)}</dd>`).join('')}</dl></section>
`
  if (page.timeline && page.timeline.tick.length > 0) yield* timeline(page.timeline)
  for (const table of page.tables) yield* tableOf(table)
  if (page.tree) yield* treeOf(page.tree)
  yield `</main>
<footer>${markup(page.madeBy)}</footer>
</body>
</html>
`
}

const WIDTH = 960
const HEIGHT = 220
/** Space above the highest value, where marks and the peak are named. */
const TOP = 24

function* timeline(line: ReportTimeline): Generator<string> {
  const { tick, low, high, fromTick, toTick, peak } = line
  const most = Math.max(peak?.bytes ?? 0, high.reduce((a, b) => Math.max(a, b), 0), 1)
  const x = (at: number) => ((at - fromTick) / Math.max(1, toTick - fromTick) * WIDTH).toFixed(1)
  const y = (bytes: number) => (TOP + (1 - bytes / most) * (HEIGHT - TOP)).toFixed(1)
  const along = (column: Float64Array) => Array.from(tick, (at, i) => `${x(at)},${y(column[i]!)}`)
  const words = `Live memory from tick ${line.tickText(fromTick)} to ${line.tickText(toTick)}${peak ? `; at most ${line.bytesText(peak.bytes)}, at tick ${line.tickText(peak.tick)}` : ''}`
  yield `<section><h2>Memory over time</h2><p class="note">${markup(words)}. Ticks are instructions executed.</p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${markup(words)}" preserveAspectRatio="none">
<polygon class="high" points="${x(tick[0]!)},${HEIGHT} ${along(high).join(' ')} ${x(tick.at(-1)!)},${HEIGHT}"/>
<polygon class="low" points="${x(tick[0]!)},${HEIGHT} ${along(low).join(' ')} ${x(tick.at(-1)!)},${HEIGHT}"/>
`
  for (const mark of line.marks) {
    yield `<line class="mark" x1="${x(mark.tick)}" x2="${x(mark.tick)}" y1="0" y2="${HEIGHT}"><title>${markup(`${mark.label} at tick ${line.tickText(mark.tick)}`)}</title></line>\n`
  }
  if (peak) yield `<circle class="peak" cx="${x(peak.tick)}" cy="${y(peak.bytes)}" r="4"><title>${markup(`peak: ${line.bytesText(peak.bytes)} at tick ${line.tickText(peak.tick)}`)}</title></circle>\n`
  yield `</svg><div class="axis"><span>${markup(line.tickText(fromTick))}</span><span>${markup(`${line.bytesText(most)} high`)}</span><span>${markup(line.tickText(toTick))}</span></div></section>\n`
}

function* tableOf({ title, note, head, align, rows, leftOut }: ReportTable): Generator<string> {
  yield `<section><h2>${markup(title)}</h2><p class="note">${markup(note)}</p>`
  if (rows.length === 0) {
    yield '<p>Nothing.</p></section>\n'
    return
  }
  const cellClass = (column: number) => (align[column] === 'r' ? ' class="r"' : '')
  // A figure with a bar takes two columns, so that the bars stand below each other.
  const span = (column: number) => (typeof rows[0]![column] === 'object' && 'share' in rows[0]![column] ? ' colspan="2"' : '')
  yield `<div class="wide"><table><thead><tr>${head.map((name, i) => `<th${cellClass(i)}${span(i)}>${markup(name)}</th>`).join('')}</tr></thead><tbody>\n`
  for (const row of rows) {
    const cells = row.map((cell, i) => {
      if (typeof cell === 'string') return `<td${cellClass(i)}>${markup(cell)}</td>`
      if ('code' in cell) return `<td><code>${markup(cell.code)}</code></td>`
      return `<td>${bar(cell.share)}</td><td class="r">${markup(cell.text)}</td>`
    })
    yield `<tr>${cells.join('')}</tr>\n`
  }
  yield `</tbody></table></div>${leftOut > 0 ? `<p class="note">${leftOut.toLocaleString('en')} more, with less.</p>` : ''}</section>\n`
}

/** A meter needs no style of its own in the markup, which the policy would forbid. */
const bar = (share: number): string => `<meter value="${Math.min(1, Math.max(0, share)).toFixed(4)}"></meter>`

/** Browsers cut documents that are deeper than some hundred elements; so does this. */
const DEEPEST = 120

function* treeOf(tree: ReportTree): Generator<string> {
  const count = tree.parent.length
  const firstChild = new Int32Array(count)
  const sibling = new Int32Array(count)
  const depth = new Int32Array(count)
  let deepest = 0
  for (let node = 1; node < count; node++) deepest = Math.max(deepest, depth[node] = depth[tree.parent[node]!]! + 1)
  const leftOut = (tree.leftOut > 0 ? ` ${tree.leftOut.toLocaleString('en')} smaller ones are left out.` : '') +
    (deepest > DEEPEST ? ` Calls more than ${DEEPEST} deep are not shown.` : '')
  yield `<section><h2>${markup(tree.title)}</h2><p class="note">${markup(tree.note)}${leftOut}</p><div class="calls">\n`
  // The largest first: each is put before the smaller ones that are there.
  const bySize = Int32Array.from({ length: Math.max(0, count - 1) }, (_, i) => i + 1).sort((a, b) => tree.share[a]! - tree.share[b]! || b - a)
  for (const node of bySize) {
    if (depth[node]! > DEEPEST) continue
    const parent = tree.parent[node]!
    sibling[node] = firstChild[parent]!
    firstChild[parent] = node
  }
  let node = count > 0 ? firstChild[0]! : 0
  while (node !== 0) {
    const line = `${bar(tree.share[node]!)}<b>${markup(tree.figure(node))}</b> ${(tree.share[node]! * 100).toFixed(1)}% ${markup(tree.name(node))} <span>${markup(tree.place(node))}</span>`
    if (firstChild[node] !== 0) {
      // What leads to most is open from the start.
      yield `<details${tree.share[node]! >= 0.2 ? ' open' : ''}><summary>${line}</summary>\n`
      node = firstChild[node]!
      continue
    }
    yield `<p class="leaf">${line}</p>\n`
    while (node !== 0 && sibling[node] === 0) {
      node = tree.parent[node]!
      if (node !== 0) yield '</details>\n'
    }
    if (node !== 0) node = sibling[node]!
  }
  yield '</div></section>\n'
}

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #16181d; --quiet: #5b6270; --line: #d9dce1; --raised: #f5f6f8; --high: hsl(32 78% 78%); --low: hsl(32 78% 60%); --mark: hsl(214 60% 50%) }
@media (prefers-color-scheme: dark) {
  :root { --back: #16181d; --text: #f3f4f6; --quiet: #a3aab8; --line: #343943; --raised: #22262e; --high: hsl(32 60% 34%); --low: hsl(32 70% 48%); --mark: hsl(214 70% 66%) }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1040px; padding: 20px 24px 40px; background: var(--back); color: var(--text); font: 14px/1.45 ui-sans-serif, system-ui, sans-serif }
h1 { font-size: 22px; margin: 0; overflow-wrap: anywhere }
h2 { font-size: 16px; margin: 32px 0 4px }
header p, .note, footer, .axis { color: var(--quiet); margin: 0 0 8px }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 8px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0 }
dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere }
svg { display: block; width: 100%; height: 220px; background: var(--raised); border: 1px solid var(--line); border-radius: 6px }
.high { fill: var(--high) } .low { fill: var(--low) }
.mark { stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 4 3 }
.peak { fill: var(--text) }
.axis { display: flex; justify-content: space-between; font-size: 12px }
.wide, .calls { overflow-x: auto }
.calls { white-space: nowrap }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: baseline }
td { overflow-wrap: break-word; max-width: 30em }
th { color: var(--quiet); font-weight: 500 }
.r { text-align: right; white-space: nowrap }
code { font: 12px ui-monospace, monospace; white-space: pre-wrap }
meter { width: 70px; height: 9px }
summary meter, .leaf meter { margin-right: 8px }
details, .leaf { margin: 0; padding-left: 18px; border-left: 1px solid var(--line) }
summary { cursor: pointer; margin-left: -14px }
summary span, .leaf span { color: var(--quiet) }
@media print { details { break-inside: avoid } }
`
