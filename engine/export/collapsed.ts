// Collapsed stacks, what Brendan Gregg's flamegraph.pl and its kin read: a traceback a line, outermost frame first, frames
// separated by `;`, then a blank and a number.
//
//   /app/main.py:<module>:9;/app/main.py:load:4 73728
//
// The format has no escapes. Names that would break it (with `;`, line ends, control characters) have these written as \x3b and
// the like, and backslashes doubled, so that each line is still one traceback and names can be told apart.
import { joined } from './chunks'
import { depthFirst, framesOf, LEFT_OUT, placeAt, placesOf, type MemoryProfile } from './profile'
import { oneLine } from './text'

/** The first measure of the profile. */
export function collapsed(profile: MemoryProfile, options: { blocks?: boolean } = {}): Generator<string> {
  return joined(lines(profile, options.blocks ?? false))
}

function* lines(profile: MemoryProfile, blocks: boolean): Generator<string> {
  const [measure] = profile.measures
  if (!measure) return
  const column = blocks ? measure.count : measure.bytes
  const places = placesOf(profile)
  const texts = places.siteOf.map(site => {
    const { path, name, line } = placeAt(profile, site)
    return site === 0 ? '<unknown>:0' : oneLine(name === '' ? `${path}:${line}` : `${path}:${name}:${line}`).replaceAll(';', '\\x3b')
  })
  for (const site of depthFirst(profile.sites)) {
    const figure = column[site] ?? 0
    if (figure <= 0) continue
    const frames = site === 0 ? [texts[0]!] : framesOf(profile.sites, site).map(at => (at === LEFT_OUT ? '...' : texts[places.placeOf[at]!]!))
    yield `${frames.reverse().join(';')} ${figure}\n`
  }
}
