// Handlers of the group `export`.
import { EXPORT_FORMATS, exportRecording } from '../queries/export-recording'
import type { OpenRecording } from '../queries/open-recording'
import type { ExportMethods } from '../rpc/contract-export'
import type { Handlers } from '../rpc/rpc'
import { writeExport } from './export-file'
import { ENGINE_VERSION } from './versions'

export function exportHandlers(recordingOf: (params: { recordingId: number }) => OpenRecording): Pick<Handlers, keyof ExportMethods> {
  return {
    'export.formats': () => [...EXPORT_FORMATS],
    'export.write': async (params, { signal }) => {
      const { recordingId, path, overwrite = false, ...options } = params
      const recording = recordingOf({ recordingId })
      const content = exportRecording(recording, options, ENGINE_VERSION)
      return { path, bytes: await writeExport(content, path, { overwrite, signal, source: recording.path }) }
    },
  }
}
