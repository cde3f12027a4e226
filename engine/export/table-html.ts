// Figures by place as one page with a table that sorts and searches, like memray's; it needs no network.
import { embeddable, htmlPage } from './html-page'
import { markup } from './markup'
import { TABLE_SCRIPT, TABLE_STYLE } from './table/script'

export interface TablePage {
  title: string
  subtitle: string
  unit: 'bytes' | 'byte-ticks'
  /** Title of the column of counts: Blocks, Allocations. */
  countName: string
  /** Of which the rows have shares. */
  total: number
  rows: TableRow[]
  /** With `change` in its rows. */
  compared: boolean
}

export interface TableRow {
  bytes: number
  count: number
  change: number
  /** The line that allocated first, then its callers. */
  frames: { functionName: string; path: string; line: number; own: boolean }[]
}

/** `hash` gives the SHA-256 of a text in base64. */
export function tableHtml(page: TablePage, hash: (text: string) => string): Iterable<string> {
  const body = `<header>
<div><h1>${markup(page.title)}</h1><p>${markup(page.subtitle)}</p></div>
<div class="tools"><span id="found" role="status"></span>
<input id="search" type="search" placeholder="Search function or file" aria-label="Search function or file"></div>
</header>
<main><table><thead><tr id="head"></tr></thead><tbody id="rows"></tbody></table><button id="more" type="button" hidden>More</button></main>`
  return htmlPage({ title: `${page.title}: ${page.subtitle}`, style: TABLE_STYLE, body, data: tableData(page), script: TABLE_SCRIPT }, hash)
}

/** Each frame once; `start` says where the frames of a row begin in `frames`. */
function* tableData(page: TablePage): Generator<string> {
  const strings: string[] = []
  const stringOf = numbering(strings)
  const distinct: { name: number; path: number; line: number; own: number }[] = []
  const frameOf = new Map<string, number>()
  const frames: number[] = []
  const start = [0]
  for (const row of page.rows) {
    for (const frame of row.frames) {
      const key = `${frame.line}:${stringOf(frame.path)}:${stringOf(frame.functionName)}`
      let found = frameOf.get(key)
      if (found === undefined) {
        frameOf.set(key, found = distinct.length)
        distinct.push({ name: stringOf(frame.functionName), path: stringOf(frame.path), line: frame.line, own: Number(frame.own) })
      }
      frames.push(found)
    }
    start.push(frames.length)
  }
  const { unit, countName, total } = page
  yield embeddable({
    unit, countName, total, strings, names: distinct.map(f => f.name), paths: distinct.map(f => f.path), lines: distinct.map(f => f.line),
    own: distinct.map(f => f.own), frames, start, bytes: page.rows.map(r => r.bytes), count: page.rows.map(r => r.count),
    ...(page.compared ? { change: page.rows.map(r => r.change) } : {}),
  })
}

function numbering(strings: string[]): (text: string) => number {
  const numbers = new Map<string, number>()
  return text => {
    let found = numbers.get(text)
    if (found === undefined) {
      numbers.set(text, found = strings.length)
      strings.push(text)
    }
    return found
  }
}
