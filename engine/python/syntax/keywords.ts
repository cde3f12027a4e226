// Recognizes reserved words without making a string: by length and first letter, then by comparison in place.
import * as kinds from './token-kinds'
import { KEYWORDS } from './token-kinds'

const LONGEST = Math.max(...[...KEYWORDS.keys()].map((word) => word.length))

interface Candidate { readonly word: string; readonly kind: number }

/** Candidates by `length * 128 + first letter`; at most three share a place. */
const TABLE: (readonly Candidate[] | undefined)[] = new Array<readonly Candidate[] | undefined>((LONGEST + 1) * 128).fill(undefined)
for (const [word, kind] of KEYWORDS) {
  const place = word.length * 128 + word.charCodeAt(0)
  TABLE[place] = [...(TABLE[place] ?? []), { word, kind }]
}

/** The keyword kind of the identifier source[start, end), or NAME. */
export function keywordKind(source: string, start: number, end: number): number {
  const length = end - start
  if (length > LONGEST) return kinds.NAME
  const first = source.charCodeAt(start)
  if (first >= 128) return kinds.NAME
  const candidates = TABLE[length * 128 + first]
  if (candidates === undefined) return kinds.NAME
  for (let i = 0; i < candidates.length; i++) {
    const { word, kind } = candidates[i]!
    if (source.startsWith(word, start)) return kind
  }
  return kinds.NAME
}
