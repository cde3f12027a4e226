// Handlers of the group `export`.
import { EXPORT_FORMATS, exportRecording } from '../queries/export-recording'
import type { OpenRecording } from '../queries/open-recording'
import type { ExportMethods } from '../rpc/contract-export'
import type { Handlers } from '../rpc/rpc'
import { writeExport } from './export-file'
import { takeSnapshot } from './take-snapshot'
import { ENGINE_VERSION } from './versions'

export class Exports {
  readonly handlers: Pick<Handlers, keyof ExportMethods>
  private readonly closing = new AbortController()
  private readonly running = new Set<Promise<unknown>>()

  constructor(recordingOf: (params: { recordingId: number }) => OpenRecording, places: { workerPath: string; dataFolder: string }) {
    this.handlers = {
      'export.formats': () => [...EXPORT_FORMATS],
      'export.write': async (params, { signal: cancelled, progress }) => {
        const { recordingId, path, overwrite = false, ...options } = params
        const recording = recordingOf({ recordingId })
        const signal = AbortSignal.any([cancelled, this.closing.signal])
        if (options.format === 'heapsnapshot') {
          const at = options.at ?? 'end'
          const total = recording.resolve(at).tick
          await takeSnapshot(recording, at, { ...places, signal, onProgress: ({ tick }) => progress(Math.min(tick, total), total) })
        }
        const content = exportRecording(recording, options, ENGINE_VERSION, { progress })
        const writing = writeExport(content, path, { overwrite, signal, source: recording.path })
        this.running.add(writing)
        try {
          return { path, bytes: await writing }
        } finally {
          this.running.delete(writing)
        }
      },
    }
  }

  /** Ends what is being written, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.closing.abort()
    await Promise.allSettled(this.running)
  }
}
