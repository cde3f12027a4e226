// A flame graph as one page that needs no network: data, program and style are inside, and its policy lets nothing else in.
import { SCRIPT } from './flamegraph/script'
import { STYLE } from './flamegraph/style'
import { embeddable, htmlPage } from './html-page'
import { markup } from './markup'

export interface FlamePage {
  title: string
  /** What is shown: the measure, its instant or range. */
  subtitle: string
  unit: 'bytes' | 'byte-ticks'
  /** blocks, allocations */
  countName: string
  /** Parents before children; node 0 is the whole, with place -1. */
  parent: Int32Array
  place: Int32Array
  self: Float64Array
  total: Float64Array
  count: Float64Array
  /** When two instants are compared: what nodes are sized by, and their totals before. */
  compared?: { weight: Float64Array; old: Float64Array }
  places: { name: string[]; path: string[]; line: Int32Array; /** One's own code, not the library's. */ own: boolean[] }
  /** Nodes that were too small to be taken along. */
  leftOut: number
}

/** `hash` gives the SHA-256 of a text in base64. */
export function flamegraphHtml(page: FlamePage, hash: (text: string) => string): Iterable<string> {
  const keys = page.compared
    ? '<span class="key more">grew</span><span class="key less">shrank</span>'
    : '<span class="key">own code</span><span class="key library">library</span>'
  const body = `<header>
<div><h1>${markup(page.title)}</h1><p>${markup(page.subtitle)}${page.leftOut > 0 ? `; ${page.leftOut.toLocaleString('en')} smaller nodes left out` : ''}</p></div>
${keys}
<div class="tools"><span id="found" role="status"></span>
<input id="search" type="search" placeholder="Search function or file" aria-label="Search function or file">
<button id="reset" type="button" disabled>Whole</button></div>
</header>
<main id="view"><canvas id="graph" tabindex="0" role="application" aria-label="Flame graph. Arrow keys move, Enter zooms, Home shows the whole." aria-describedby="status"></canvas><div id="spacer"></div></main>
<div id="status" aria-live="polite"></div>
<div id="tip" role="tooltip" hidden></div>`
  return htmlPage({ title: `${page.title}: ${page.subtitle}`, style: STYLE, body, data: pageData(page), script: SCRIPT }, hash)
}

/** The JSON that the script reads. */
export function* pageData(page: FlamePage): Generator<string> {
  const strings: string[] = []
  const indexOf = new Map<string, number>()
  const index = (text: string) => {
    let found = indexOf.get(text)
    if (found === undefined) {
      indexOf.set(text, found = strings.length)
      strings.push(text)
    }
    return found
  }
  const names = page.places.name.map(index)
  const paths = page.places.path.map(index)
  const { title, subtitle, unit, countName } = page
  yield `${embeddable({ title, subtitle, unit, countName, strings, names, paths, own: page.places.own.map(Number) }).slice(0, -1)},"lines":[${page.places.line.join()}]`
  const columns = { parent: page.parent, place: page.place, self: page.self, total: page.total, count: page.count, ...page.compared }
  for (const [name, column] of Object.entries(columns)) yield `,"${name}":[${column.join()}]`
  yield '}'
}

const json = (value: unknown): string => JSON.stringify(value).replace(/[<\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
