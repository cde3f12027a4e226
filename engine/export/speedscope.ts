// speedscope's own format (https://www.speedscope.app/file-format-schema.json): one sampled profile a measure. A sample is a
// traceback, its weight the bytes or blocks allocated there. Samples come in depth-first order, so that the view in order of time, which joins
// equal neighbours, is a flame graph as well.
import { joined, listed } from './chunks'
import { COLUMN_NAMES, depthFirst, framesOf, LEFT_OUT, placeAt, placesOf, totalOf, type Measure, type MemoryProfile, type Places } from './profile'
import { baseName } from './text'

export interface SpeedscopeOptions {
  /** Weights are numbers of blocks, not bytes. */
  blocks?: boolean
  exporter: string
}

export function speedscope(profile: MemoryProfile, options: SpeedscopeOptions): Generator<string> {
  return joined(parts(profile, options))
}

function* parts(profile: MemoryProfile, { blocks = false, exporter }: SpeedscopeOptions): Generator<string> {
  const places = placesOf(profile)
  yield `{"$schema":"https://www.speedscope.app/file-format-schema.json","name":${JSON.stringify(profile.title)},` +
    `"exporter":${JSON.stringify(exporter)},"activeProfileIndex":0,"shared":{"frames":[`
  yield* listed(frames(profile, places))
  yield ']},"profiles":['
  const order = depthFirst(profile.sites)
  for (const [i, measure] of profile.measures.entries()) {
    if (i > 0) yield ','
    yield* sampled(profile, places, order, measure, blocks)
  }
  yield ']}\n'
}

/** One a place; the last one stands for what a very deep traceback leaves out. */
function* frames(profile: MemoryProfile, places: Places): Generator<string> {
  for (const site of places.siteOf) {
    const { name, path, line } = placeAt(profile, site)
    yield JSON.stringify(site === 0 ? { name } : { name: name === '' ? `${baseName(path)}:${line}` : `${name} (${baseName(path)}:${line})`, file: path, line })
  }
  yield JSON.stringify({ name: '(frames left out)' })
}

function* sampled(profile: MemoryProfile, places: Places, order: Int32Array, measure: Measure, blocks: boolean): Generator<string> {
  const column = blocks ? measure.count : measure.bytes
  const sampledSites = order.filter(site => (column[site] ?? 0) > 0)
  const total = totalOf(column)
  const name = blocks ? `${measure.title}, ${COLUMN_NAMES[measure.name].count.replace('_', ' ')}` : measure.title
  yield `\n{"type":"sampled","name":${JSON.stringify(name)},"unit":"${blocks || measure.name === 'bytes-ticks' ? 'none' : 'bytes'}",` +
    `"startValue":0,"endValue":${total},"samples":[`
  yield* listed(stacks(profile, places, sampledSites))
  yield '],"weights":['
  yield* listed(weights(sampledSites, column))
  yield ']}'
}

function* stacks(profile: MemoryProfile, places: Places, sites: Int32Array): Generator<string> {
  for (const site of sites) {
    const frames = site === 0 ? [0] : framesOf(profile.sites, site).map(at => (at === LEFT_OUT ? places.count : places.placeOf[at]!))
    yield `[${frames.reverse().join(',')}]`
  }
}

function* weights(sites: Int32Array, column: Float64Array): Generator<string> {
  for (const site of sites) yield String(column[site]!)
}
