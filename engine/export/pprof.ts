// A heap profile in pprof's format: profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), to be
// compressed with gzip. Four values a sample, in the order in which Go's own heap profiles have them.
//
// A message is its fields in any order, so samples come first and the table of strings last, when all are known. Function = code
// object, location = a line of one, mapping = the script. Locations have no addresses: there is no machine code.
import { ProtoWriter } from './protobuf'
import { depthFirst, framesOf, LEFT_OUT, placeAt, placesOf, type Measure, type MemoryProfile } from './profile'
import { encodable } from './text'

// Field numbers of profile.proto.
const PROFILE = { sampleType: 1, sample: 2, mapping: 3, location: 4, function: 5, string: 6, timeNanos: 9, durationNanos: 10, periodType: 11, period: 12, comment: 13, defaultSampleType: 14 }
const VALUE_TYPE = { type: 1, unit: 2 }
const SAMPLE = { location: 1, value: 2 }
const MAPPING = { id: 1, filename: 5, hasFunctions: 7, hasFilenames: 8, hasLineNumbers: 9 }
const LOCATION = { id: 1, mapping: 2, line: 4 }
const LINE = { function: 1, line: 2 }
/** `system_name` stays empty: a name that equals it would be taken for a mangled one of C++, and `<module>` lose its brackets. */
const FUNCTION = { id: 1, name: 2, filename: 4, startLine: 5 }

const SAMPLE_TYPES = [['alloc_objects', 'count'], ['alloc_space', 'bytes'], ['inuse_objects', 'count'], ['inuse_space', 'bytes']] as const
export type PprofSampleType = typeof SAMPLE_TYPES[number][0]

export interface PprofOptions {
  defaultSampleType: PprofSampleType
  /** The mapping's file. */
  scriptPath: string
  startedMs: number
  wallNs: number
  comments: string[]
}

/** Index 0 is '', as the format demands. */
class Strings {
  readonly list = ['']
  private readonly known = new Map([['', 0]])
  index(text: string): number {
    let index = this.known.get(text)
    if (index === undefined) {
      this.known.set(text, index = this.list.length)
      this.list.push(text)
    }
    return index
  }
}

/** Bytes a piece. */
const PIECE = 1 << 16
const MAPPING_ID = 1

/** `live` is in use, `allocated` is allocated; null: not known, written as zeros. */
export function* pprof(profile: MemoryProfile, live: Measure | null, allocated: Measure | null, options: PprofOptions): Generator<Uint8Array<ArrayBuffer>> {
  const out = new ProtoWriter()
  const strings = new Strings()
  const columns = [allocated?.count, allocated?.bytes, live?.count, live?.bytes]
  const places = placesOf(profile)
  for (const [type, unit] of SAMPLE_TYPES) {
    out.message(PROFILE.sampleType, m => m.number(VALUE_TYPE.type, strings.index(type)).number(VALUE_TYPE.unit, strings.index(unit)))
  }

  for (const site of depthFirst(profile.sites)) {
    const values = columns.map(column => column?.[site] ?? 0)
    if (values.every(value => value === 0)) continue
    // Ids begin with 1; the place after the last one stands for frames left out.
    const locations = site === 0 ? [1] : framesOf(profile.sites, site).map(at => (at === LEFT_OUT ? places.count : places.placeOf[at]!) + 1)
    out.message(PROFILE.sample, m => m.packed(SAMPLE.location, locations).packed(SAMPLE.value, values))
    if (out.length >= PIECE) yield out.take()
  }

  out.message(PROFILE.mapping, m => m.number(MAPPING.id, MAPPING_ID).number(MAPPING.filename, strings.index(encodable(options.scriptPath)))
    .flag(MAPPING.hasFunctions, true).flag(MAPPING.hasFilenames, true).flag(MAPPING.hasLineNumbers, true))

  const functions = new Map<number, number>()
  const define = (key: number, name: string, path: string, firstLine: number): number => {
    let id = functions.get(key)
    if (id !== undefined) return id
    functions.set(key, id = functions.size + 1)
    out.message(PROFILE.function, m => m.number(FUNCTION.id, id!).number(FUNCTION.name, strings.index(encodable(name)))
      .number(FUNCTION.filename, strings.index(encodable(path))).number(FUNCTION.startLine, firstLine))
    return id
  }
  const locate = (place: number, functionId: number, line: number) => {
    out.message(PROFILE.location, m => m.number(LOCATION.id, place + 1).number(LOCATION.mapping, MAPPING_ID)
      .message(LOCATION.line, inner => inner.number(LINE.function, functionId).number(LINE.line, line)))
  }
  for (const [place, site] of places.siteOf.entries()) {
    const { name, path, line, firstLine } = placeAt(profile, site)
    locate(place, define(site === 0 ? -1 : profile.sites.code[site]!, name || path, path, firstLine), line)
    if (out.length >= PIECE) yield out.take()
  }
  locate(places.count, define(-2, '(frames left out)', '', 0), 0)

  out.number(PROFILE.timeNanos, options.startedMs * 1e6).number(PROFILE.durationNanos, options.wallNs)
  out.message(PROFILE.periodType, m => m.number(VALUE_TYPE.type, strings.index('space')).number(VALUE_TYPE.unit, strings.index('bytes')))
  out.number(PROFILE.period, 1)
  for (const comment of options.comments) out.number(PROFILE.comment, strings.index(encodable(comment)))
  out.number(PROFILE.defaultSampleType, strings.index(options.defaultSampleType))

  for (const text of strings.list) {
    out.text(PROFILE.string, text)
    if (out.length >= PIECE) yield out.take()
  }
  yield out.take()
}
