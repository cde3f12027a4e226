// Which tracebacks lead through an import: what modules are made of, read once however long that takes.
import type { OpenRecording } from './open-recording'

/** 1 for each site below a frame of importlib. */
export function importedSites(recording: OpenRecording): Uint8Array {
  const { sites } = recording
  const imported = new Uint8Array(sites.count)
  const isImporter = new Map<number, boolean>()
  for (let site = 1; site < sites.count; site++) {
    const code = sites.code[site]!
    let importer = isImporter.get(code)
    if (importer === undefined) isImporter.set(code, importer = recording.pathOf(recording.fileOf(code)).startsWith('<frozen importlib'))
    imported[site] = importer || imported[sites.parent[site]!] === 1 ? 1 : 0
  }
  return imported
}
