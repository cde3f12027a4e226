// What the command line uses of the engine, in its own process: runs, and read models over one recording.
import type { DumpKind } from './dump-source'

export { growthOf } from '../queries/growth'
export { addressText, findObject, granuleOf, idText, nodeAt, objectAt, objectOfNode } from '../queries/object-id'
export { lifeOf } from '../queries/object-life'
export { snapshotAt } from '../queries/graph'
export { objectPaths } from '../queries/object-paths'
export { takeSnapshot } from './take-snapshot'
export { objectDescription, objectList, objectTypes, snapshotsList } from '../queries/objects'
export { diffInstants, diffObjects, diffRange } from '../queries/diff-instants'
export { diffRuns } from '../queries/diff-runs'
export { EXPORT_FORMATS, exportRecording } from '../queries/export-recording'
export { bytesOf, writeExport } from './export-file'
export { childrenOf } from '../analysis/flame-tree'
export { gcCollections } from '../queries/gc-collections'
export { readSnapshot, writeSnapshot } from '../queries/import-snapshot'
export { markSteps } from '../queries/marks-and-output'
export { measureTree } from '../queries/measure-tree'
export { OpenRecording } from '../queries/open-recording'
export { recordingSummary } from '../queries/recording-summary'
export { runReport } from '../queries/run-report'
export { DEFAULT_RUN } from '../queries/settings'
export { sourceFiles, sourceLines } from '../queries/source-lines'
export { statisticsAt } from '../queries/statistics-at'
export { formatSize, formatStatistic } from '../queries/tracemalloc-words'
export { MoltError, fromSystem } from '../base/errors'
export { oracleOf } from './oracle-session'
export { replayRun, startReplay, type ReplayOptions, type ReplayResult } from './replay'
export { replayPlan } from './replay-plan'
export { RunSession, type SessionEnd } from './run-session'
export { STDIN, prepareScript, type PreparedScript } from './script-source'
export { ENGINE_VERSION, PYTHON_VERSION } from './versions'

/** Text of one stage of a program; its parser and compiler are loaded for this alone. Throws PythonSyntaxError. */
export async function dumpSource(kind: DumpKind, source: Uint8Array, filename: string): Promise<string> {
  return (await import('./dump-source')).dumpSource(kind, source, filename)
}
