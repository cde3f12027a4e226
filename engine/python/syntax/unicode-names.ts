// Names of characters, for `\N{…}`. The table of names belongs to the unicodedata module; it registers itself here,
// so that parsing does not carry the table when no source needs it.

/** The character (or named sequence) of a name, or null. */
export type UnicodeNameLookup = (name: string) => string | null

let lookup: UnicodeNameLookup | null = null

/** Gives the parser the table of character names. */
export function setUnicodeNameLookup(table: UnicodeNameLookup): void {
  lookup = table
}

export function unicodeCharacter(name: string): string | null {
  return lookup === null ? null : lookup(name)
}
