// unicodedata.normalize and decomposition for Unicode 14.0 on an engine that knows a newer Unicode.
//
// Normalisation is stable: a text of assigned characters has the same forms in every later version. A code point that
// 14.0 leaves unassigned neither decomposes nor composes nor moves, so the text is cut at those, and the pieces
// between them are given to the engine.
import { isAssigned } from './unicode-data'
import { DECOMPOSITIONS, DECOMPOSITION_TAGS } from './unicode-tables'
import { TableReader } from './unicode-runs'

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/** unicodedata.normalize(form, text) */
export function normalize(form: NormalForm, text: string): string {
  let result = ''
  let start = 0
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!
    const next = i + (code > 0xffff ? 2 : 1)
    if (!isAssigned(code)) {
      result += text.slice(start, i).normalize(form) + text.slice(i, next)
      start = next
    }
    i = next
  }
  return start === 0 ? text.normalize(form) : result + text.slice(start).normalize(form)
}

let decompositions: Map<number, string> | null = null

/** unicodedata.decomposition: the mapping of one step as the database words it, '' for none. */
export function decomposition(code: number): string {
  if (decompositions === null) {
    decompositions = new Map()
    const reader = new TableReader(DECOMPOSITIONS)
    let at = 0
    while (!reader.done) {
      at += reader.unsigned()
      const tag = reader.unsigned()
      const parts = tag === 0 ? [] : [DECOMPOSITION_TAGS[tag - 1]!]
      let point = at
      for (let n = reader.unsigned(); n > 0; n--) {
        point += reader.signed()
        parts.push(point.toString(16).toUpperCase().padStart(4, '0'))
      }
      decompositions.set(at, parts.join(' '))
    }
  }
  return decompositions.get(code) ?? ''
}
