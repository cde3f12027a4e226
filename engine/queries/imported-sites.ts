// Which tracebacks lead through an import: what modules are made of, read once however long that takes.
import type { OpenRecording } from './open-recording'

/** 1 for each site below a frame of importlib; what the program's own modules do while they are read counts as the program's. */
export function importedSites(recording: OpenRecording): Uint8Array {
  const { sites } = recording
  const imported = new Uint8Array(sites.count)
  const own = new Set(recording.reader.fileHeads().filter(file => file.origin === 'script' || file.origin === 'user').map(file => file.id))
  const importers = new Map<number, boolean>()
  for (let site = 1; site < sites.count; site++) {
    const file = recording.fileOf(sites.code[site]!)
    let importer = importers.get(file)
    if (importer === undefined) importers.set(file, importer = recording.pathOf(file).startsWith('<frozen importlib'))
    imported[site] = importer || !own.has(file) && imported[sites.parent[site]!] === 1 ? 1 : 0
  }
  return imported
}
