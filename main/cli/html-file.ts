// Where a command's page of HTML goes: a file that is there as a whole or not at all, or stdout.
import { basename } from 'node:path'
import { bytesOf, writeExport, type OpenRecording } from '../../engine/host/command-api'
import { reportWriting, say } from './exit'
import { progressOn } from './reading'

export const PAGE_OPTIONS = { output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' } } as const

/** `make` gets a `progress` for what takes long. Without --output: NAME-KIND.html in this folder. Returns the exit code. */
export async function writePage(
  recording: OpenRecording, kind: string, values: { output?: string; force?: boolean }, make: (progress: ReturnType<typeof progressOn>) => Iterable<string>,
): Promise<number> {
  const output = values.output ?? `${basename(recording.path).replace(/\.molt$/i, '')}-${kind}.html`
  const progress = progressOn()
  let pieces: Iterable<string>
  try {
    pieces = make(progress)
  } finally {
    progress.end()
  }
  const content = { pieces, compression: 'none' } as const
  try {
    if (output === '-') for await (const bytes of bytesOf(content)) await new Promise<void>(resolve => { process.stdout.write(bytes, () => resolve()) })
    else {
      const bytes = await writeExport(content, output, { overwrite: values.force ?? false, source: recording.path })
      say(`wrote ${output}: ${bytes.toLocaleString('en')} bytes.`)
    }
    return 0
  } catch (error) {
    return reportWriting(error, output)
  }
}
