// Searching, the rules for one match after another, and the plain call (SRE(search) of Modules/_sre/sre_lib.h).
import { AT, AT_BEGINNING, AT_BEGINNING_STRING, INFO, INFO_CHARSET, INFO_LITERAL, INFO_PREFIX } from './constants'
import { SreProgram } from './program'
import { SreState } from './state'

// Mirrors SRE(search).
/**
 * Finds the first match from `state.start` on: 1 with start and ptr set, 0, or an error. A pattern that begins with known
 * text or a known set is tried only where that occurs.
 */
export function sreSearch(state: SreState): number {
  const { program, end } = state
  const code = program.code
  let ptr = state.start
  if (ptr > end) return 0
  let pc = 0
  let flags = 0
  if (code[0] === INFO) {
    // <INFO> <skip> <flags> <min> <max> <prefix or charset>
    flags = code[2]!
    if (end - ptr < code[3]!) return 0
    pc = 1 + code[1]!
  }
  if ((flags & INFO_PREFIX) !== 0) return searchPrefix(state, ptr, pc, flags)
  if ((flags & INFO_CHARSET) !== 0) {
    state.mustAdvance = false
    for (;; ptr++) {
      while (ptr < end && !program.has(5, state.at(ptr))) ptr++
      if (ptr >= end) return 0
      state.start = state.ptr = ptr
      const found = state.run(pc, false)
      if (found !== 0) return found
      state.resetCaptures()
    }
  }
  // No match can begin where fewer characters are left than the shortest one has.
  const last = code[0] === INFO && code[3]! > 1 ? Math.max(end - code[3]! + 1, ptr) : end
  state.start = state.ptr = ptr
  let found = state.run(pc, true)
  state.mustAdvance = false
  if (found === 0 && code[pc] === AT && (code[pc + 1] === AT_BEGINNING || code[pc + 1] === AT_BEGINNING_STRING)) {
    state.start = state.ptr = last
    return 0
  }
  while (found === 0 && ptr < last) {
    ptr++
    if (!state.mayStart(pc, ptr)) continue
    state.resetCaptures()
    state.start = state.ptr = ptr
    found = state.run(pc, false)
  }
  return found
}

function searchPrefix(state: SreState, from: number, pc: number, flags: number): number {
  const code = state.program.code
  const length = code[5]!
  /** Characters of the prefix that are matched with it; the rest is left to the code, which has two words for each. */
  const skip = code[6]!
  state.mustAdvance = false
  for (let ptr = from; (ptr = findPrefix(state, ptr, length)) >= 0; ptr++) {
    state.start = ptr
    state.ptr = ptr + skip
    if ((flags & INFO_LITERAL) !== 0) return 1
    const found = state.run(pc + 2 * skip, false)
    if (found !== 0) return found
    state.resetCaptures()
  }
  return 0
}

/** The next place where the `length` characters at code[7] stand; -1 if there is none. */
function findPrefix(state: SreState, from: number, length: number): number {
  const { text, end, program } = state
  const code = program.code
  const last = end - length
  if (from > last) return -1
  if (text !== null && end === text.length) {
    const found = text.indexOf(program.prefix(length), from)
    return found
  }
  const first = code[7]!
  for (let ptr = from; ptr <= last; ptr++) {
    if (state.at(ptr) !== first) continue
    let i = 1
    while (i < length && state.at(ptr + i) === code[7 + i]) i++
    if (i === length) return ptr
  }
  return -1
}

/** Moves a state on after a match, as finditer, findall, split and sub do: no empty match at the end of the last one. */
export function sreAdvance(state: SreState): void {
  state.mustAdvance = state.ptr === state.start
  state.start = state.ptr
}

/** The next match in a row: sreAdvance must have followed the one before. 1, 0 or an error. */
export function sreNext(state: SreState): number {
  if (state.start > state.end) return 0
  state.reset()
  state.ptr = state.start
  return sreSearch(state)
}

export type SreMode = 'match' | 'fullmatch' | 'search'

/**
 * Spans of all groups, [start, end] each and -1 where unset, or null for no match. Positions are clipped as in CPython.
 * A text with astral characters goes in as its code points. Throws on a faulty code array, which sreValidate finds.
 */
export function sreMatch(
  code: Uint32Array, groups: number, subject: string | Uint8Array | Uint32Array, pos: number, endpos: number, mode: SreMode,
): Int32Array | null {
  const clip = (n: number) => Math.max(0, Math.min(n, subject.length))
  const state = new SreState(new SreProgram(code), groups, subject, clip(pos), clip(endpos))
  state.matchAll = mode === 'fullmatch'
  const found = mode === 'search' ? sreSearch(state) : state.match()
  if (found < 0) throw new Error(`Molt: a regular expression's code failed with ${found}`)
  return found === 0 ? null : state.spans()
}
