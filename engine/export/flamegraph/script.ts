// The program inside a flame graph's page, as text: it runs in a browser, from a file, with nothing to load.
//
// It reads the JSON of flamegraph-html.ts and draws an icicle on one canvas: the whole at the top, what it called below. Only
// what is in view and wider than half a pixel is visited (children are sorted by weight), so a hundred thousand nodes cost no
// more than fit the window. Names come from the program that was profiled: they are only ever drawn or set as text.
import { PAGE_SCRIPT } from '../page-script'

export const SCRIPT = PAGE_SCRIPT + String.raw`
const parent = Int32Array.from(data.parent)
const place = Int32Array.from(data.place)
const total = Float64Array.from(data.total)
const self = Float64Array.from(data.self)
const counts = Float64Array.from(data.count)
const weight = data.weight ? Float64Array.from(data.weight) : total
const old = data.old ? Float64Array.from(data.old) : null
const size = parent.length
const ROW = 20

// ---------------------------------------------------------------- the tree

const start = new Int32Array(size + 1)
for (let node = 1; node < size; node++) start[parent[node] + 1]++
for (let node = 0; node < size; node++) start[node + 1] += start[node]
const list = new Int32Array(Math.max(0, size - 1))
const next = start.slice()
for (let node = 1; node < size; node++) list[next[parent[node]]++] = node
for (let node = 0; node < size; node++) {
  if (start[node + 1] - start[node] > 1) list.subarray(start[node], start[node + 1]).sort((a, b) => weight[b] - weight[a] || a - b)
}
const depth = new Int32Array(size)
const height = new Int32Array(size)
for (let node = 1; node < size; node++) depth[node] = depth[parent[node]] + 1
for (let node = size - 1; node > 0; node--) height[parent[node]] = Math.max(height[parent[node]], height[node] + 1)

// ---------------------------------------------------------------- words

const names = data.names.map(i => printable(data.strings[i]))
const files = data.paths.map((path, i) => {
  const text = printable(data.strings[path])
  return text === '<unknown>' ? 'no Python frame' : text + ':' + data.lines[i]
})
const shortFiles = files.map(text => text.replace(/^.*\/(?=[^/]*\/__init__\.py:\d+$|[^/]*$)/, ''))
/** Imported snapshots know lines, but no functions. */
const labelOf = node => (node === 0 ? 'all' : names[place[node]] || (files[place[node]] === 'no Python frame' ? '(outside of any Python frame)' : shortFiles[place[node]]))
const fileOf = node => (node === 0 ? data.title : files[place[node]])

const share = (part, whole) => (whole > 0 ? (part / whole * 100).toFixed(part / whole < 0.1 ? 2 : 1) : '0') + '%'
const count = value => Math.round(value).toLocaleString('en') + ' ' + data.countName

function factsOf(node) {
  const facts = [amount(total[node]) + ' (' + share(total[node], total[0]) + ' of all' +
    (zoomed === 0 || node === 0 ? '' : ', ' + share(total[node], total[zoomed]) + ' of the view') + ')']
  if (old) facts.push('before ' + amount(old[node]) + ', change ' + signed(total[node] - old[node]))
  facts.push(count(counts[node]))
  if (self[node] > 0) facts.push('itself ' + amount(self[node]))
  return facts
}

// ---------------------------------------------------------------- state

const byId = id => document.getElementById(id)
const canvas = byId('graph')
const context = canvas.getContext('2d')
const view = byId('view')
const spacer = byId('spacer')
const tip = byId('tip')
const search = byId('search')
let zoomed = 0
let selected = 0
let hovered = -1
let matches = null
let queued = false
/** By row of the screen: left edges, right edges and nodes of what was drawn. */
let drawn = new Map()

const dark = matchMedia('(prefers-color-scheme: dark)')
function hash(text) {
  let h = 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h, 31) + text.charCodeAt(i) | 0
  return (h >>> 0) % 1000 / 1000
}
let fills = []
function choosePalette() {
  const light = dark.matches ? 38 : 68
  fills = names.map((name, i) => {
    const h = hash(name)
    return data.own[i] ? 'hsl(' + (18 + h * 32) + ' 78% ' + (light - 4 + h * 8) + '%)' : 'hsl(' + (198 + h * 24) + ' ' + (22 + h * 14) + '% ' + (light + 2 + h * 8) + '%)'
  })
}
function fillOf(node) {
  if (node === 0) return dark.matches ? '#3f4550' : '#d4d8df'
  if (!old) return fills[place[node]]
  const change = weight[node] > 0 ? (total[node] - old[node]) / weight[node] : 0
  if (Math.abs(change) < 0.005) return dark.matches ? '#4a4f58' : '#d9dce1'
  const strength = 0.25 + 0.75 * Math.min(1, Math.abs(change))
  const light = dark.matches ? 30 + 14 * strength : 90 - 32 * strength
  return 'hsl(' + (change > 0 ? 6 : 214) + ' ' + (40 + 45 * strength) + '% ' + light + '%)'
}

// ---------------------------------------------------------------- drawing

function draw() {
  queued = false
  const width = view.clientWidth
  const tall = view.clientHeight
  const ratio = devicePixelRatio || 1
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(tall * ratio)) {
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(tall * ratio)
    canvas.style.width = width + 'px'
    canvas.style.height = tall + 'px'
  }
  const rows = depth[zoomed] + height[zoomed] + 1
  spacer.style.height = Math.max(0, rows * ROW + 8 - tall) + 'px'
  const top = view.scrollTop
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, tall)
  context.font = '12px ui-sans-serif, system-ui, sans-serif'
  context.textBaseline = 'middle'
  drawn = new Map()
  for (let node = parent[zoomed], at = zoomed; at !== 0; at = node, node = parent[node]) rectangle(node, 0, width, top, tall, true)
  const nodes = [zoomed]
  const lefts = [0]
  const scale = weight[zoomed] > 0 ? width / weight[zoomed] : 0
  while (nodes.length > 0) {
    const node = nodes.pop()
    const left = lefts.pop()
    const wide = node === zoomed ? width : weight[node] * scale
    rectangle(node, left, wide, top, tall, false)
    if ((depth[node] + 1) * ROW - top > tall) continue
    let x = left
    for (let i = start[node]; i < start[node + 1]; i++) {
      const child = weight[list[i]] * scale
      if (child < 0.5) break
      nodes.push(list[i])
      lefts.push(x)
      x += child
    }
  }
  document.body.dataset.drawn = String([...drawn.values()].reduce((n, row) => n + row.length / 3, 0))
  document.body.dataset.zoomed = String(zoomed)
  document.body.dataset.idle = 'true'
}

function rectangle(node, left, wide, top, tall, passed) {
  const y = depth[node] * ROW - top
  if (y + ROW <= 0 || y >= tall) return
  const row = drawn.get(depth[node]) || []
  row.push(left, left + wide, node)
  drawn.set(depth[node], row)
  const w = Math.max(0.5, wide - (wide > 3 ? 1 : 0))
  const found = matches && place[node] >= 0 && matches[place[node]]
  context.globalAlpha = passed ? 0.55 : matches && !found ? 0.4 : 1
  context.fillStyle = found ? (dark.matches ? '#b5179e' : '#e056c5') : fillOf(node)
  context.fillRect(left, y, w, ROW - 1)
  context.globalAlpha = 1
  if (node === selected || node === hovered) {
    context.strokeStyle = dark.matches ? '#fff' : '#111'
    context.lineWidth = node === selected ? 2 : 1
    context.strokeRect(left + 1, y + 1, Math.max(1, w - 2), ROW - 3)
  }
  if (w < 24) return
  context.fillStyle = dark.matches ? '#f3f4f6' : '#16181d'
  const text = node === 0 ? 'all, ' + amount(total[0]) : labelOf(node) + (names[place[node]] === '' ? '' : '  ' + shortFiles[place[node]])
  context.fillText(fitting(text, w - 8), left + 4, y + ROW / 2)
}

function fitting(text, room) {
  if (text.length * 4 > room || context.measureText(text).width > room) {
    let low = 0
    let high = Math.min(text.length, Math.ceil(room / 3))
    while (low < high) {
      const middle = low + high + 1 >> 1
      if (context.measureText(text.slice(0, middle) + '…').width <= room) low = middle
      else high = middle - 1
    }
    return low === 0 ? '' : text.slice(0, low) + '…'
  }
  return text
}

function redraw() {
  if (queued) return
  queued = true
  document.body.dataset.idle = 'false'
  requestAnimationFrame(draw)
}

// ---------------------------------------------------------------- acting

function nodeAt(event) {
  const box = canvas.getBoundingClientRect()
  const x = event.clientX - box.left
  const row = drawn.get(Math.floor((event.clientY - box.top + view.scrollTop) / ROW))
  if (!row) return -1
  for (let i = 0; i < row.length; i += 3) if (x >= row[i] && x < row[i + 1]) return row[i + 2]
  return -1
}

function show(node) {
  selected = node
  byId('status').textContent = [labelOf(node), fileOf(node), ...factsOf(node)].join(' · ')
  redraw()
}

function zoom(node) {
  zoomed = node
  byId('reset').disabled = node === 0
  show(node)
  const y = depth[node] * ROW
  if (y < view.scrollTop || y > view.scrollTop + view.clientHeight - 3 * ROW) view.scrollTop = Math.max(0, y - 3 * ROW)
}

function hover(event) {
  const node = nodeAt(event)
  if (node !== hovered) {
    hovered = node
    canvas.style.cursor = node < 0 ? 'default' : 'pointer'
    tip.hidden = node < 0
    if (node >= 0) {
      tip.replaceChildren(...[labelOf(node), fileOf(node), ...factsOf(node)].map((line, i) => {
        const element = document.createElement('div')
        element.textContent = line
        if (i === 0) element.className = 'name'
        return element
      }))
    }
    redraw()
  }
  if (node < 0) return
  const right = event.clientX + 16 + tip.offsetWidth > innerWidth
  const below = event.clientY + 16 + tip.offsetHeight > innerHeight
  tip.style.left = Math.max(4, right ? event.clientX - tip.offsetWidth - 12 : event.clientX + 14) + 'px'
  tip.style.top = Math.max(4, below ? event.clientY - tip.offsetHeight - 12 : event.clientY + 14) + 'px'
}

function find() {
  const words = search.value.trim().toLowerCase()
  if (words === '') {
    matches = null
    byId('found').textContent = ''
    return redraw()
  }
  matches = names.map((name, i) => (name + ' ' + files[i]).toLowerCase().includes(words))
  // What lies below a match counts with it, once.
  const within = new Uint8Array(size)
  let bytes = 0
  let nodes = 0
  for (let node = 1; node < size; node++) {
    const match = matches[place[node]]
    if (match) nodes++
    if (match && !within[parent[node]]) bytes += total[node]
    within[node] = match || within[parent[node]] ? 1 : 0
  }
  byId('found').textContent = nodes === 0 ? 'nothing found' : nodes.toLocaleString('en') + ' found, ' + share(bytes, total[0]) + ' of all'
  redraw()
}

function step(key) {
  if (key === 'ArrowUp') return selected === 0 ? 0 : parent[selected]
  if (key === 'ArrowDown') return start[selected] < start[selected + 1] ? list[start[selected]] : selected
  if (selected === 0) return 0
  const up = parent[selected]
  const at = list.indexOf(selected, start[up]) + (key === 'ArrowRight' ? 1 : -1)
  return at >= start[up] && at < start[up + 1] ? list[at] : selected
}

canvas.addEventListener('mousemove', hover)
canvas.addEventListener('mouseleave', () => {
  hovered = -1
  tip.hidden = true
  redraw()
})
canvas.addEventListener('click', event => {
  const node = nodeAt(event)
  if (node >= 0) zoom(node)
})
canvas.addEventListener('keydown', event => {
  if (event.key.startsWith('Arrow')) {
    const node = step(event.key)
    // A node that is not in view brings its surroundings into view.
    let inside = node
    while (inside !== zoomed && inside !== 0) inside = parent[inside]
    if (inside !== zoomed) zoom(node)
    else show(node)
    const y = depth[node] * ROW
    if (y < view.scrollTop) view.scrollTop = y
    else if (y + ROW > view.scrollTop + view.clientHeight) view.scrollTop = y + ROW - view.clientHeight
  } else if (event.key === 'Enter' || event.key === ' ') zoom(selected)
  else if (event.key === 'Home') zoom(0)
  else return
  event.preventDefault()
})
addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    if (search.value !== '') {
      search.value = ''
      find()
    } else zoom(0)
  } else if (event.key === '/' && document.activeElement !== search || event.key === 'f' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    search.focus()
    search.select()
  }
})
search.addEventListener('input', find)
byId('reset').addEventListener('click', () => zoom(0))
view.addEventListener('scroll', redraw)
dark.addEventListener('change', () => {
  choosePalette()
  redraw()
})
new ResizeObserver(redraw).observe(view)
choosePalette()
zoom(0)
`
