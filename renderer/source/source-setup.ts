// The read-only editor of the Source view: one gutter for each figure, a marker on the line that runs at the
// playhead, a highlight on the line that was asked for.
import { python } from '@codemirror/lang-python'
import { foldGutter } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, RangeSet, StateEffect, StateField, type Extension } from '@codemirror/state'
import { Decoration, drawSelection, EditorView, gutter, GutterMarker, keymap, lineNumbers, type DecorationSet } from '@codemirror/view'
import { appearance } from '../lib/codemirror'
import { sparkPath, type FigureColumn, type LineFigures } from './line-figures'

export type Figures = Map<number, LineFigures>

const setFigures = StateEffect.define<Figures>()
const setCurrent = StateEffect.define<number | null>()
const setWanted = StateEffect.define<number | null>()

export const FIGURE_COLUMNS: { id: FigureColumn; title: string; hint: string; width: number }[] = [
  { id: 'alive', title: 'Alive now', hint: 'Bytes allocated by this line that are alive at the playhead', width: 76 },
  { id: 'peak', title: '% of peak', hint: 'Share of what was alive at the peak', width: 64 },
  { id: 'churn', title: 'Churn', hint: 'All bytes this line has allocated up to the playhead', width: 74 },
  { id: 'temporary', title: 'Temporary', hint: 'Share of its allocations that were freed within 1,000 instructions', width: 70 },
  { id: 'increment', title: 'Increment', hint: 'What memory grew by while the line was running, calls included (memory_profiler’s increment); in wide windows', width: 84 }
]
export const SPARK_WIDTH = 72
/** Narrower windows leave out the column of increments; see the style of SourceView's header. */
const WIDE_PX = 1500
/** And still narrower ones that of sparklines. */
const NARROW_PX = 1100
const SPARK_HEIGHT = 14

class FigureMarker extends GutterMarker {
  private readonly column: FigureColumn
  private readonly figures: LineFigures

  constructor(column: FigureColumn, figures: LineFigures) {
    super()
    this.column = column
    this.figures = figures
  }

  override eq(other: FigureMarker): boolean {
    return other.column === this.column && other.figures[this.column] === this.figures[this.column] &&
      other.figures.heat[this.column] === this.figures.heat[this.column] && other.figures.hint[this.column] === this.figures.hint[this.column]
  }

  override toDOM(): Node {
    const element = document.createElement('div')
    element.className = `cm-figure cm-figure-${this.column}`
    element.textContent = this.figures[this.column]
    element.title = this.figures.hint[this.column]
    element.style.setProperty('--share', String(this.figures.heat[this.column]))
    return element
  }
}

const SVG = 'http://www.w3.org/2000/svg'
class SparkMarker extends GutterMarker {
  private readonly spark: Float32Array

  constructor(spark: Float32Array) {
    super()
    this.spark = spark
  }

  override eq(other: SparkMarker): boolean {
    return other.spark === this.spark || (other.spark.length === this.spark.length && other.spark.every((value, i) => value === this.spark[i]))
  }

  override toDOM(): Node {
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('width', String(SPARK_WIDTH))
    svg.setAttribute('height', String(SPARK_HEIGHT))
    svg.setAttribute('aria-hidden', 'true')
    const { line, area } = sparkPath(this.spark, SPARK_WIDTH, SPARK_HEIGHT)
    for (const [name, path] of [['area', area], ['line', line]] as const) {
      const element = document.createElementNS(SVG, 'path')
      element.setAttribute('class', `cm-spark-${name}`)
      element.setAttribute('d', path)
      svg.append(element)
    }
    return svg
  }
}

class CurrentMarker extends GutterMarker {
  override toDOM(): Node {
    const element = document.createElement('div')
    element.className = 'cm-current-arrow'
    element.textContent = '▶'
    element.title = 'Runs at the playhead'
    return element
  }
}
const currentMarker = new CurrentMarker()

const figuresField = StateField.define<Figures>({
  create: () => new Map(),
  update: (figures, transaction) => transaction.effects.reduce((kept, effect) => (effect.is(setFigures) ? effect.value : kept), figures)
})
const lineField = (effect: typeof setCurrent, className: string) => StateField.define<{ line: number | null; shown: DecorationSet }>({
  create: () => ({ line: null, shown: Decoration.none }),
  update(value, transaction) {
    for (const item of transaction.effects) {
      if (!item.is(effect)) continue
      const { doc } = transaction.state, line = item.value
      const there = line !== null && line >= 1 && line <= doc.lines
      return { line, shown: there ? Decoration.set(Decoration.line({ class: className }).range(doc.line(line).from)) : Decoration.none }
    }
    return value
  },
  provide: field => EditorView.decorations.from(field, value => value.shown)
})
const currentField = lineField(setCurrent, 'cm-current-line')
const wantedField = lineField(setWanted, 'cm-wanted-line')

const lineOf = (view: EditorView, position: number) => view.state.doc.lineAt(position).number
const changed = (effect: typeof setFigures | typeof setCurrent) =>
  (update: { transactions: readonly { effects: readonly StateEffect<unknown>[] }[] }) =>
    update.transactions.some(transaction => transaction.effects.some(item => item.is(effect as typeof setFigures)))

const figureGutter = (column: FigureColumn): Extension => gutter({
  class: `cm-figures cm-column-${column}`,
  lineMarker(view, block) {
    const figures = view.state.field(figuresField).get(lineOf(view, block.from))
    return figures && figures[column] !== '' ? new FigureMarker(column, figures) : null
  },
  lineMarkerChange: changed(setFigures)
})
const sparkGutter = gutter({
  class: 'cm-figures cm-column-spark',
  lineMarker(view, block) {
    const spark = view.state.field(figuresField).get(lineOf(view, block.from))?.spark
    return spark ? new SparkMarker(spark) : null
  },
  lineMarkerChange: changed(setFigures)
})
const currentGutter = gutter({
  class: 'cm-column-current',
  markers: view => {
    const { line } = view.state.field(currentField)
    return line !== null && line >= 1 && line <= view.state.doc.lines ? RangeSet.of([currentMarker.range(view.state.doc.line(line).from)]) : RangeSet.empty
  }
})

const sourceTheme = EditorView.theme({
  '.cm-figures': { borderRight: '1px solid var(--line)', fontFamily: 'var(--font-ui)', fontSize: '11.5px' },
  ...Object.fromEntries(FIGURE_COLUMNS.map(({ id, width }) => [`.cm-column-${id}`, { width: `${width}px` }])),
  '.cm-column-spark': { width: `${SPARK_WIDTH + 8}px`, borderRight: '1px solid var(--line)' },
  '.cm-column-spark .cm-gutterElement': { padding: '3px 4px 0' },
  '.cm-column-current': { width: '14px' },
  [`@media (max-width: ${WIDE_PX - 1}px)`]: { '.cm-column-increment': { display: 'none !important' } },
  [`@media (max-width: ${NARROW_PX - 1}px)`]: { '.cm-column-spark': { display: 'none !important' } },
  '.cm-figure': {
    padding: '0 6px', height: '100%', textAlign: 'right', color: 'var(--ink-soft)', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap',
    background: 'linear-gradient(90deg, rgb(var(--heat) / 22%) calc(var(--share) * 100%), transparent 0)'
  },
  '.cm-figure-alive': { color: 'var(--ink)', fontWeight: '540' },
  '.cm-figure-churn, .cm-figure-temporary': { background: 'linear-gradient(90deg, color-mix(in srgb, var(--freed) 26%, transparent) calc(var(--share) * 100%), transparent 0)' },
  '.cm-spark-area': { fill: 'var(--alive-fill)' },
  '.cm-spark-line': { fill: 'none', stroke: 'var(--alive)', strokeWidth: '1' },
  '.cm-current-arrow': { color: 'var(--accent)', fontSize: '9px', paddingLeft: '3px' },
  '.cm-current-line': { backgroundColor: 'var(--accent-soft)' },
  '.cm-wanted-line': { boxShadow: 'inset 2px 0 var(--accent), inset 0 0 0 1px var(--accent-line)' }
})

export const sourceExtensions = (label: string): Extension => [
  figureGutter('alive'), figureGutter('peak'), figureGutter('churn'), figureGutter('temporary'), figureGutter('increment'), sparkGutter, currentGutter, lineNumbers(), foldGutter(),
  figuresField, currentField, wantedField, EditorState.readOnly.of(true), drawSelection(), highlightSelectionMatches(), search(), python(),
  keymap.of(searchKeymap), appearance, sourceTheme, EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' })
]

export const showFigures = (view: EditorView, figures: Figures): void => view.dispatch({ effects: setFigures.of(figures) })
/** With `follow` the line is brought into sight, moving no more than needed. */
export function showCurrent(view: EditorView, line: number | null, follow: boolean): void {
  const there = line !== null && line >= 1 && line <= view.state.doc.lines
  view.dispatch({
    effects: [setCurrent.of(line), ...(there && follow ? [EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'nearest', yMargin: 64 })] : [])]
  })
}
export function showWanted(view: EditorView, line: number | null): void {
  const there = line !== null && line >= 1 && line <= view.state.doc.lines
  view.dispatch({
    effects: [setWanted.of(line), ...(there ? [EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'center' })] : [])]
  })
}
