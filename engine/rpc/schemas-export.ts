// Checks of the group `export`; see schemas.ts.
import type { ExportMethods } from './contract-export'
import { measureFields } from './schemas-times'
import { either, flag, list, oneOf, record, text, whole, type Check } from './validate'

const at = either(whole(), text)
const filter = record({ inclusive: flag, pattern: text }, { line: whole(), allFrames: flag })

export const exportSchemas: { [N in keyof ExportMethods]: Check<ExportMethods[N]['params']> } = {
  'export.formats': record({}) as unknown as Check<Record<string, never>>,
  'export.write': record(
    { recordingId: whole(), path: text, format: oneOf('speedscope', 'collapsed', 'pprof', 'csv', 'json', 'heapsnapshot', 'html') },
    {
      overwrite: flag, at, from: at, measures: list(measureFields.measure), temporaryThreshold: whole(), filters: list(filter),
      groupBy: oneOf('lineno', 'function', 'filename', 'traceback', 'type'), blocks: flag,
    }),
}
