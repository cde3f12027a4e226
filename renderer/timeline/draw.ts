// Paints a TimelineLayout. Knows colours by name and no figures of the recording.
import type { CollectionTick, Points, TimelineLayout } from './layout'

export interface TimelineTheme {
  surface: string
  line: string
  faint: string
  soft: string
  freed: string
  freedFill: string
  comingFill: string
  alive: string
  aliveFill: string
  grow: string
  mark: string
  markInk: string
  gc: [string, string, string]
  font: string
}

/** The part of a 2D context that is used, so that a test can listen. */
export type Painter = Pick<CanvasRenderingContext2D,
  'clearRect' | 'beginPath' | 'moveTo' | 'lineTo' | 'closePath' | 'fill' | 'stroke' | 'fillText' | 'strokeText' | 'fillRect' | 'save' | 'restore' |
  'rect' | 'clip' | 'setLineDash' | 'measureText' | 'arc' | 'roundRect' |
  'fillStyle' | 'strokeStyle' | 'lineWidth' | 'font' | 'textAlign' | 'textBaseline' | 'lineJoin' | 'globalAlpha'>

export function drawTimeline(painter: Painter, layout: TimelineLayout, theme: TimelineTheme): void {
  painter.clearRect(0, 0, layout.width, layout.height)
  painter.font = theme.font
  drawGrid(painter, layout, theme)
  const { plot } = layout
  painter.save()
  painter.beginPath()
  painter.rect(plot.x, 0, plot.width, layout.height)
  painter.clip()
  fillUnder(painter, layout, layout.live, theme.comingFill)
  painter.save()
  painter.beginPath()
  painter.rect(plot.x, 0, layout.playheadX - plot.x, layout.height)
  painter.clip()
  fillUnder(painter, layout, layout.live, theme.freedFill)
  painter.restore()
  fillUnder(painter, layout, layout.alive, theme.aliveFill)
  strokeAlong(painter, layout.live, theme.freed, 1)
  strokeAlong(painter, layout.alive, theme.alive, 1.25)
  if (layout.rss) strokeAlong(painter, layout.rss, theme.grow, 1.25, [5, 3])
  if (layout.objects) strokeAlong(painter, layout.objects, theme.soft, 1.25, [1.5, 2.5])
  for (const collection of layout.collections) {
    if (layout.crowded) drawBar(painter, layout, collection, theme)
    else drawCollection(painter, layout, collection, theme)
  }
  painter.restore()
  drawFlags(painter, layout, theme)
  drawPeak(painter, layout, theme)
}

function drawGrid(painter: Painter, { plot, lane, ruler, byteLabels, tickLabels }: TimelineLayout, theme: TimelineTheme): void {
  painter.strokeStyle = theme.line
  painter.fillStyle = theme.faint
  painter.lineWidth = 1
  painter.textAlign = 'right'
  painter.textBaseline = 'middle'
  for (const { at, text } of byteLabels) {
    horizontal(painter, plot.x, plot.x + plot.width, at)
    painter.fillText(text, plot.x - 8, at)
  }
  horizontal(painter, plot.x, plot.x + plot.width, plot.y + plot.height)
  painter.textAlign = 'center'
  const right = plot.x + plot.width
  for (const { at, text } of tickLabels) {
    painter.beginPath()
    painter.moveTo(Math.round(at) + 0.5, ruler.y)
    painter.lineTo(Math.round(at) + 0.5, ruler.y + 3)
    painter.stroke()
    const half = painter.measureText(text).width / 2
    painter.fillText(text, Math.min(Math.max(at, plot.x + half), right - half), ruler.y + ruler.height / 2 + 2)
  }
  painter.textAlign = 'right'
  painter.fillText('GC', plot.x - 8, lane.y + lane.height / 2)
  painter.fillText('tick', plot.x - 8, ruler.y + ruler.height / 2 + 2)
}

function horizontal(painter: Painter, from: number, to: number, at: number): void {
  painter.beginPath()
  painter.moveTo(from, Math.round(at) + 0.5)
  painter.lineTo(to, Math.round(at) + 0.5)
  painter.stroke()
}

function trace(painter: Painter, points: Points): void {
  painter.moveTo(points[0]!, points[1]!)
  for (let i = 2; i < points.length; i += 2) painter.lineTo(points[i]!, points[i + 1]!)
}

function fillUnder(painter: Painter, { plot }: TimelineLayout, points: Points, colour: string): void {
  if (points.length < 4) return
  const bottom = plot.y + plot.height
  painter.beginPath()
  trace(painter, points)
  painter.lineTo(points.at(-2)!, bottom)
  painter.lineTo(points[0]!, bottom)
  painter.closePath()
  painter.fillStyle = colour
  painter.fill()
}

function strokeAlong(painter: Painter, points: Points, colour: string, width: number, dash: number[] = []): void {
  if (points.length < 4) return
  painter.setLineDash(dash)
  painter.beginPath()
  trace(painter, points)
  painter.strokeStyle = colour
  painter.lineWidth = width
  painter.lineJoin = 'round'
  painter.stroke()
  painter.setLineDash([])
}

function drawPeak(painter: Painter, { peak, plot }: TimelineLayout, theme: TimelineTheme): void {
  if (!peak) return
  painter.beginPath()
  painter.arc(peak.x, peak.y, 3, 0, Math.PI * 2)
  painter.fillStyle = theme.surface
  painter.fill()
  painter.strokeStyle = theme.grow
  painter.lineWidth = 1.75
  painter.stroke()
  painter.textBaseline = 'middle'
  const toTheRight = peak.x + 44 < plot.x + plot.width
  painter.textAlign = toTheRight ? 'left' : 'right'
  const x = peak.x + (toTheRight ? 7 : -7), y = Math.max(peak.y, plot.y - 2)
  painter.strokeStyle = theme.surface
  painter.lineWidth = 3
  painter.strokeText('peak', x, y)
  painter.fillStyle = theme.grow
  painter.fillText('peak', x, y)
}

/** Told apart by their height as well as by colour. */
function drawBar(painter: Painter, { lane }: TimelineLayout, { x, generation }: CollectionTick, theme: TimelineTheme): void {
  const height = 3 + 3.5 * Math.min(2, Math.max(0, generation))
  painter.fillStyle = theme.gc[Math.min(2, Math.max(0, generation))]!
  painter.fillRect(Math.round(x) - 1, lane.y + lane.height - 1 - height, 2, height)
}

/** Generation 0 a dot, 1 a triangle, 2 a diamond: told apart without colour. Filled if it freed anything. */
function drawCollection(painter: Painter, { lane }: TimelineLayout, { x, generation, collected }: CollectionTick, theme: TimelineTheme): void {
  const y = lane.y + lane.height / 2 + 0.5
  painter.beginPath()
  if (generation <= 0) painter.arc(x, y, 1.8, 0, Math.PI * 2)
  else if (generation === 1) {
    painter.moveTo(x, y - 3.6)
    painter.lineTo(x + 3.8, y + 3)
    painter.lineTo(x - 3.8, y + 3)
    painter.closePath()
  } else {
    painter.moveTo(x, y - 4.8)
    painter.lineTo(x + 4.4, y)
    painter.lineTo(x, y + 4.8)
    painter.lineTo(x - 4.4, y)
    painter.closePath()
  }
  const colour = theme.gc[Math.min(2, Math.max(0, generation))]!
  painter.fillStyle = collected > 0 ? colour : theme.surface
  painter.strokeStyle = colour
  painter.lineWidth = 1.2
  painter.fill()
  painter.stroke()
}

function drawFlags(painter: Painter, { flags, plot, lane }: TimelineLayout, theme: TimelineTheme): void {
  painter.textBaseline = 'middle'
  painter.textAlign = 'left'
  painter.strokeStyle = theme.mark
  painter.fillStyle = theme.mark
  painter.lineWidth = 1
  for (const { x, box, pole } of flags) {
    const at = Math.round(x) + 0.5
    if (!pole) {
      painter.fillRect(at - 0.5, plot.y - 3, 1, 5)
      continue
    }
    painter.globalAlpha = box ? 1 : 0.5
    painter.setLineDash([2, 2])
    painter.beginPath()
    painter.moveTo(at, box ? 4 : plot.y - 3)
    painter.lineTo(at, lane.y)
    painter.stroke()
  }
  painter.setLineDash([])
  painter.globalAlpha = 1
  for (const { x, label, box } of flags) {
    if (!box) continue
    const left = box.left < x ? Math.round(x) + 1 - box.width : Math.round(x)
    painter.fillStyle = theme.mark
    painter.beginPath()
    painter.roundRect(left, 2, box.width, 14, box.left < x ? [3, 0, 0, 3] : [0, 3, 3, 0])
    painter.fill()
    painter.fillStyle = theme.markInk
    painter.fillText(label, left + (box.width - painter.measureText(label).width) / 2, 9.5)
  }
}
