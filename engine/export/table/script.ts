// The program inside a table's page, as text: it runs in a browser, from a file, with nothing to load.
//
// It reads the JSON of table-html.ts and fills a table that sorts by any column and shows the rows that match a search, so many
// at a time. Names come from the program that was profiled: they are only ever set as text.
import { PAGE_SCRIPT } from '../page-script'

export const TABLE_SCRIPT = PAGE_SCRIPT + String.raw`
const PAGE = 200
const byId = id => document.getElementById(id)
const strings = data.strings.map(printable)

const number = value => Math.round(value).toLocaleString('en')
const share = value => (data.total > 0 ? value / data.total * 100 : 0).toFixed(2) + '%'

/** Frames of a row, the line that allocated first. */
const framesOf = row => data.frames.slice(data.start[row], data.start[row + 1]).map(frame => ({
  name: strings[data.names[frame]], place: strings[data.paths[frame]] + (data.lines[frame] > 0 ? ':' + data.lines[frame] : ''), own: data.own[frame] === 1,
}))
const columns = [
  { title: 'Size', value: row => data.bytes[row], text: row => amount(data.bytes[row]) },
  { title: 'Share', value: row => data.bytes[row], text: row => share(data.bytes[row]) },
  { title: data.countName, value: row => data.count[row], text: row => number(data.count[row]) },
  { title: 'Average', value: row => data.bytes[row] / Math.max(1, data.count[row]), text: row => amount(data.bytes[row] / Math.max(1, data.count[row])) },
  ...(data.change ? [{ title: 'Change', value: row => data.change[row], text: row => signed(data.change[row]) }] : []),
  { title: 'Function', value: row => framesOf(row)[0].name, text: row => framesOf(row)[0].name },
  { title: 'Place', value: row => framesOf(row)[0].place, text: row => framesOf(row)[0].place },
]
const words = Array.from(data.bytes, (_, row) => framesOf(row).map(frame => frame.name + ' ' + frame.place).join('\n').toLowerCase())

let order = { column: data.change ? 4 : 0, falling: true }
let rows = []
let shown = PAGE

const head = byId('head')
columns.forEach((column, i) => {
  const cell = document.createElement('th')
  cell.scope = 'col'
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = column.title
  button.addEventListener('click', () => {
    order = { column: i, falling: order.column === i ? !order.falling : typeof column.value(0) === 'number' }
    shown = PAGE
    update()
  })
  cell.append(button)
  head.append(cell)
})

function update() {
  const wanted = byId('search').value.trim().toLowerCase()
  const { value } = columns[order.column]
  rows = Array.from(words.keys()).filter(row => words[row].includes(wanted))
  const keys = new Map(rows.map(row => [row, value(row)]))
  const size = key => (data.change && order.column === 4 ? Math.abs(key) : key)
  const sign = order.falling ? -1 : 1
  rows.sort((a, b) => {
    const x = size(keys.get(a))
    const y = size(keys.get(b))
    return x < y ? -sign : x > y ? sign : a - b
  })
  ;[...head.children].forEach((cell, i) => {
    if (i === order.column) cell.setAttribute('aria-sort', order.falling ? 'descending' : 'ascending')
    else cell.removeAttribute('aria-sort')
  })
  draw()
}

function draw() {
  byId('rows').replaceChildren(...rows.slice(0, shown).map(row => {
    const line = document.createElement('tr')
    const frames = framesOf(row)
    if (!frames[0].own) line.className = 'library'
    for (const column of columns) {
      const cell = document.createElement('td')
      cell.textContent = column.text(row)
      if (column.title === 'Place' && frames.length > 1) {
        const more = document.createElement('details')
        const summary = document.createElement('summary')
        summary.textContent = cell.textContent
        more.append(summary, ...frames.slice(1).map(frame => {
          const caller = document.createElement('div')
          caller.textContent = 'from ' + frame.name + '  ' + frame.place
          return caller
        }))
        cell.replaceChildren(more)
      }
      line.append(cell)
    }
    return line
  }))
  let bytes = 0
  for (const row of rows) bytes += data.bytes[row]
  byId('found').textContent = number(Math.min(shown, rows.length)) + ' of ' + number(rows.length) + ' rows, ' + amount(bytes) + ' (' + share(bytes) + ')'
  byId('more').hidden = rows.length <= shown
  document.body.dataset.idle = 'true'
}

byId('search').addEventListener('input', () => {
  shown = PAGE
  update()
})
byId('more').addEventListener('click', () => {
  shown += PAGE * 5
  draw()
})
addEventListener('keydown', event => {
  if (event.key === '/' && document.activeElement !== byId('search')) {
    event.preventDefault()
    byId('search').focus()
  }
})
update()
`

export const TABLE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #16181d; --quiet: #5b6270; --line: #d9dce1; --raised: #f5f6f8 }
@media (prefers-color-scheme: dark) { :root { --back: #16181d; --text: #f3f4f6; --quiet: #a3aab8; --line: #343943; --raised: #22262e } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--text); font: 14px/1.4 ui-sans-serif, system-ui, sans-serif }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; padding: 10px 14px; background: var(--back); border-bottom: 1px solid var(--line) }
h1 { font-size: 15px; margin: 0; overflow-wrap: anywhere }
header p { margin: 0; color: var(--quiet) }
.tools { display: flex; align-items: center; gap: 8px; margin-left: auto }
#found { color: var(--quiet); font-size: 12px }
input, button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px }
input { width: 16em }
:focus-visible { outline: 2px solid #3b82f6; outline-offset: 1px }
table { border-collapse: collapse; width: 100%; font-size: 13px }
th { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--line) }
th button { border: 0; background: none; padding: 2px 0; font-weight: 600 }
th[aria-sort] button::after { content: ' ↓' }
th[aria-sort=ascending] button::after { content: ' ↑' }
td { padding: 3px 10px; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; font-variant-numeric: tabular-nums; white-space: nowrap }
th:nth-last-child(-n+2), td:nth-last-child(-n+2) { text-align: left; white-space: normal; overflow-wrap: anywhere }
tr.library td:nth-last-child(-n+2) { color: var(--quiet) }
details div { color: var(--quiet); padding-left: 1.2em }
#more { margin: 10px 14px }
`
