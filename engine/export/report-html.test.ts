import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { reportHtml, type ReportPage } from './report-html'
import { HARD_NAMES, random } from './testing/profiles'

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')
const html = (page: ReportPage) => [...reportHtml(page, sha256)].join('')
const EMPTY: ReportPage = { title: 't', subtitle: 's', facts: [], timeline: null, tables: [], tree: null, madeBy: 'm' }

const VOID = new Set(['meta', 'meter/'])

/** Elements in order, with their text; fails where tags do not close each other. */
function elements(source: string): { name: string; depth: number; text: string }[] {
  const found: { name: string; depth: number; text: string }[] = []
  const open: { name: string; text: string }[] = []
  const tags = /<(\/?)([a-z][a-z0-9]*|!doctype)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/g
  let end = 0
  for (const [all, close, name, , empty, text] of source.matchAll(tags)) {
    end += all.length
    if (text !== undefined) {
      for (const element of open) element.text += text
      continue
    }
    if (name === '!doctype' || VOID.has(name!)) continue
    if (close) {
      const last = open.pop()
      expect(last?.name).toBe(name)
      continue
    }
    const element = { name: name!, depth: open.length, text: '' }
    found.push(element)
    if (!empty) open.push(element)
  }
  expect(end).toBe(source.length) // nothing between the tags that is neither text nor tag
  expect(open).toEqual([])
  return found
}

const unescape = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, e: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[e]!)

test('names of every kind are text and nothing else', () => {
  for (const name of [...HARD_NAMES, '</style><script>alert(1)</script>', '" onload="x', '\u202egnp.exe', '<!--', ']]>']) {
    const page: ReportPage = {
      ...EMPTY, title: name, subtitle: name, facts: [[name, name]], madeBy: name,
      timeline: { tick: Float64Array.of(1, 2), low: Float64Array.of(1, 2), high: Float64Array.of(2, 3), fromTick: 0, toTick: 2, peak: { tick: 2, bytes: 3 }, marks: [{ tick: 1, label: name }], bytesText: String, tickText: String },
      tables: [{ title: name, note: name, head: [name], align: 'l', rows: [[name], [{ text: name, share: 2 }], [{ code: name }]], leftOut: 1 }],
      tree: { title: name, note: name, parent: Int32Array.of(0, 0, 1), share: Float64Array.of(1, 1, 0.5), name: () => name, place: () => name, figure: () => name, leftOut: 0 },
    }
    const source = html(page)
    expect(source).not.toMatch(/[\p{Cs}\u202a-\u202e]/u)
    expect(source.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    const names = new Set(elements(source).map(e => e.name))
    for (const name of names) {
      expect(['html', 'head', 'title', 'style', 'body', 'header', 'h1', 'h2', 'p', 'main', 'section', 'dl', 'dt', 'dd', 'svg', 'polygon', 'line', 'circle', 'div', 'span', 'table', 'thead',
        'tbody', 'tr', 'th', 'td', 'code', 'meter', 'details', 'summary', 'b', 'footer']).toContain(name)
    }
    const title = elements(source).find(e => e.name === 'title')!
    if (!/[\p{Cc}\p{Cs}\u2028\u202e]/u.test(name)) expect(unescape(title.text)).toBe(name)
  }
})

test('the policy names the style that is there, and nothing else may load', () => {
  const source = html(EMPTY)
  const [, style] = /<style>([^]*)<\/style>/.exec(source)!
  expect(source).toContain(`content="default-src 'none'; style-src 'sha256-${sha256(style!)}'; base-uri 'none'; form-action 'none'"`)
  expect(source).not.toMatch(/https?:|url\(|<script|<link|<img| on[a-z]+=| style=/)
})

test('calls are nested as they are, the largest first, however deep', () => {
  const next = random(2)
  for (const count of [1, 2, 30, 400]) {
    const parent = Int32Array.from({ length: count }, (_, i) => (i === 0 ? 0 : Math.floor(next() * i)))
    const share = new Float64Array(count)
    for (let node = count - 1; node >= 0; node--) {
      share[node] = share[node]! + 1 / count
      if (node > 0) share[parent[node]!]! += share[node]!
    }
    const source = html({ ...EMPTY, tree: { title: 'calls', note: '', parent, share, name: n => `node ${n}`, place: () => '', figure: () => '', leftOut: 0 } })
    const shown = elements(source).filter(e => e.name === 'summary' || e.name === 'p' && /node \d/.test(e.text)).map(e => ({ node: Number(/node (\d+)/.exec(e.text)![1]), depth: e.depth - (e.name === 'summary' ? 1 : 0) - 1 }))
    const naive: { node: number; depth: number }[] = []
    const visit = (node: number, depth: number) => {
      if (node > 0) naive.push({ node, depth })
      const children = Array.from({ length: count }, (_, i) => i).filter(i => i > 0 && parent[i] === node)
      for (const child of children.sort((a, b) => share[b]! - share[a]! || a - b)) visit(child, depth + 1)
    }
    visit(0, 3)
    expect(shown).toEqual(naive)
  }
  const chain = 5000
  const source = html({ ...EMPTY, tree: { title: '', note: '', parent: Int32Array.from({ length: chain }, (_, i) => Math.max(0, i - 1)), share: new Float64Array(chain).fill(1), name: String, place: String, figure: String, leftOut: 0 } })
  expect(source).toContain('Calls more than 120 deep are not shown.')
  expect(Math.max(...elements(source).map(e => e.depth))).toBeLessThan(140)
})
