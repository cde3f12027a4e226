// Which entries of the library match what was typed, and in which order they stand.
import type { LibraryEntry } from '../../engine/rpc/contract'

export type LibrarySort = 'date' | 'name' | 'peak' | 'kind'

export function searchLibrary(entries: LibraryEntry[], typed: string): LibraryEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries
  return entries.filter(entry => {
    const text = `${entry.name} ${entry.path} ${entry.note} ${entry.recording?.scriptName ?? ''}`.toLowerCase()
    return words.every(word => text.includes(word))
  })
}

const dateOf = (entry: LibraryEntry) => entry.recording?.startedMs ?? entry.modifiedMs

export function sortLibrary(entries: LibraryEntry[], by: LibrarySort, descending: boolean): LibraryEntry[] {
  const compare: Record<LibrarySort, (a: LibraryEntry, b: LibraryEntry) => number> = {
    date: (a, b) => dateOf(a) - dateOf(b),
    name: (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }),
    peak: (a, b) => (a.recording?.peakBytes ?? -1) - (b.recording?.peakBytes ?? -1),
    kind: (a, b) => a.kind.localeCompare(b.kind)
  }
  const sorted = [...entries].sort((a, b) => compare[by](a, b) || dateOf(b) - dateOf(a))
  return descending ? sorted.reverse() : sorted
}
