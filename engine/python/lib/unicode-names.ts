// Names of characters: unicodedata.name and lookup, and the \N{…} of literals. Unicode 14.0.
// The table is unpacked when the first name is asked for; most programs never do.
import { inflateSync } from 'fflate'
import { CJK_UNIFIED_IDEOGRAPHS, NAMES } from './unicode-name-table'

const CJK = 'CJK UNIFIED IDEOGRAPH-'
const HANGUL = 'HANGUL SYLLABLE '

// Hangul syllables are computed from their letters (The Unicode Standard, 3.12).
const SYLLABLE_BASE = 0xac00
const LEADING = ['G', 'GG', 'N', 'D', 'DD', 'R', 'M', 'B', 'BB', 'S', 'SS', '', 'J', 'JJ', 'C', 'K', 'T', 'P', 'H']
const VOWELS = ['A', 'AE', 'YA', 'YAE', 'EO', 'E', 'YEO', 'YE', 'O', 'WA', 'WAE', 'OE', 'YO', 'U', 'WEO', 'WE', 'WI', 'YU', 'EU', 'YI', 'I']
const TRAILING = ['', 'G', 'GG', 'GS', 'N', 'NJ', 'NH', 'D', 'L', 'LG', 'LM', 'LB', 'LS', 'LT', 'LP', 'LH', 'M', 'B', 'BS', 'S', 'SS', 'NG',
  'J', 'C', 'K', 'T', 'P', 'H']
const SYLLABLE_COUNT = LEADING.length * VOWELS.length * TRAILING.length

interface NameTables { readonly nameOf: ReadonlyMap<number, string>; readonly codeOf: ReadonlyMap<string, number> }

let tables: NameTables | null = null

function unpack(): NameTables {
  const packed = Uint8Array.from(atob(NAMES), (character) => character.charCodeAt(0))
  const nameOf = new Map<number, string>()
  const codeOf = new Map<string, number>()
  let code = -1
  let alias = false
  for (const line of new TextDecoder('latin1').decode(inflateSync(packed)).split('\n')) {
    if (line === '') {
      alias = true
      continue
    }
    const semicolon = line.indexOf(';')
    code = semicolon < 0 ? code + 1 : parseInt(line.slice(0, semicolon), 16)
    const name = line.slice(semicolon + 1)
    codeOf.set(name, code)
    if (!alias) nameOf.set(code, name)
  }
  return { nameOf, codeOf }
}

const isIdeograph = (code: number): boolean => CJK_UNIFIED_IDEOGRAPHS.some(([first, last]) => code >= first && code <= last)

/** unicodedata.name; '' for the nameless. */
export function nameOfCode(code: number): string {
  if (isIdeograph(code)) return CJK + code.toString(16).toUpperCase()
  const syllable = code - SYLLABLE_BASE
  if (syllable >= 0 && syllable < SYLLABLE_COUNT) {
    const trailing = syllable % TRAILING.length
    const vowel = Math.floor(syllable / TRAILING.length) % VOWELS.length
    return HANGUL + LEADING[Math.floor(syllable / TRAILING.length / VOWELS.length)]! + VOWELS[vowel]! + TRAILING[trailing]!
  }
  tables ??= unpack()
  return tables.nameOf.get(code) ?? ''
}

// Mirrors _getcode, Modules/unicodedata.c: computed names only in capitals, the others and aliases in any case.
/** The code point of a name or alias, -1 if there is none. Named sequences are none. */
export function codeOfName(name: string): number {
  if (name.startsWith(CJK)) {
    const digits = name.slice(CJK.length)
    if (!/^[0-9A-F]{4,5}$/.test(digits)) return -1
    const code = parseInt(digits, 16)
    return isIdeograph(code) ? code : -1
  }
  if (name.startsWith(HANGUL)) return syllableOf(name.slice(HANGUL.length))
  tables ??= unpack()
  return /^[ -~]*$/.test(name) ? tables.codeOf.get(name.toUpperCase()) ?? -1 : -1
}

function syllableOf(text: string): number {
  const [leading, afterLeading] = longestPrefix(LEADING, text)
  const [vowel, trailingText] = longestPrefix(VOWELS, afterLeading)
  const trailing = TRAILING.indexOf(trailingText)
  if (leading < 0 || vowel < 0 || trailing < 0) return -1
  return SYLLABLE_BASE + (leading * VOWELS.length + vowel) * TRAILING.length + trailing
}

/** Index of the longest of `parts` that begins `text`, and the rest of the text. */
function longestPrefix(parts: readonly string[], text: string): [number, string] {
  let best = -1
  parts.forEach((part, index) => {
    if (text.startsWith(part) && (best < 0 || part.length > parts[best]!.length)) best = index
  })
  return [best, best < 0 ? text : text.slice(parts[best]!.length)]
}
