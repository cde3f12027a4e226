// Kinds of punctuation by character, derived from the list of operators.
import { OP, OPERATORS } from './token-kinds'

/** The kind of a character by itself; OP for those that begin no token. */
export const SINGLE = new Uint8Array(128).fill(OP)
/** The kind of a character and `=`, or 0. */
export const WITH_EQUAL = new Uint8Array(128)
/** The kind of a character twice (`**`, `//`, `<<`, `>>`), or 0. */
export const DOUBLED = new Uint8Array(128)
/** The kind of a character twice and `=`. */
export const DOUBLED_EQUAL = new Uint8Array(128)

for (const [text, kind] of OPERATORS) {
  const c = text.charCodeAt(0)
  if (text.length === 1) SINGLE[c] = kind
  else if (text.length === 2 && text.endsWith('=')) WITH_EQUAL[c] = kind
  else if (text.length === 2 && text.charAt(1) === text.charAt(0)) DOUBLED[c] = kind
  else if (text.length === 3 && text.endsWith('=')) DOUBLED_EQUAL[c] = kind
}
