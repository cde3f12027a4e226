// Writes an export: to a file that is there as a whole or not at all, or to a stream such as stdout.
//
// A file is written under another name beside its own and renamed when it is complete, so that neither a full disk nor a cancel
// nor a kill leaves half of one, and whoever reads the old one meanwhile goes on reading it. What is no ordinary file (a
// device, a pipe) cannot be renamed over: it is written directly.
import { randomBytes } from 'node:crypto'
import { chmod, link, open, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { MoltError, fromSystem } from '../base/errors'
import type { ExportContent } from '../queries/export-recording'

export interface WriteOptions {
  overwrite?: boolean
  /** What is exported; it is not overwritten in any case. */
  source?: string
  signal?: AbortSignal
}

/** Bytes as they are to be written. The event loop turns between two pieces, so that a cancel is heard. */
export async function* bytesOf(content: ExportContent, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  async function* encoded(): AsyncGenerator<Uint8Array> {
    for (const piece of content.pieces) {
      await new Promise(resolve => setImmediate(resolve))
      if (signal?.aborted) throw new MoltError('cancelled', 'The export was cancelled.')
      yield typeof piece === 'string' ? Buffer.from(piece) : piece
    }
  }
  if (content.compression === 'none') return yield* encoded()
  const source = Readable.from(encoded(), { objectMode: false })
  const gzip = createGzip()
  source.on('error', error => gzip.destroy(error))
  for await (const bytes of source.pipe(gzip)) yield bytes as Uint8Array
}

/** Returns the bytes written. Errors: exists, not-found, is-folder, permission, io, cancelled. */
export async function writeExport(content: ExportContent, path: string, options: WriteOptions = {}): Promise<number> {
  const { overwrite = false, source } = options
  try {
    const there = await statOf(path)
    const own = source === undefined ? null : await statOf(source)
    if (there && own && there.ino === own.ino && there.dev === own.dev) {
      throw new MoltError('in-use', `${path} is the recording itself.`, 'Choose another name.')
    }
    if (there?.isDirectory()) throw new MoltError('is-folder', `${path} is a folder, not a file.`)
    if (there && !there.isFile()) return await writeInto(await open(path, 'w'), content, options)
    if (there && !overwrite) throw exists(path)
    // What a link leads to is replaced, not the link.
    const target = there ? await realpath(path) : path
    const temporary = join(dirname(target), `.molt-${randomBytes(6).toString('hex')}.part`)
    try {
      const bytes = await writeInto(await open(temporary, 'wx'), content, options)
      if (there) await chmod(temporary, there.mode & 0o777).catch(() => {})
      await (overwrite ? rename(temporary, target) : place(temporary, target))
      return bytes
    } catch (error) {
      await unlink(temporary).catch(() => {})
      throw error
    }
  } catch (error) {
    throw explained(error, path)
  }
}

const statOf = (path: string) => stat(path).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return null
  throw error
})

async function writeInto(file: FileHandle, content: ExportContent, { signal }: WriteOptions): Promise<number> {
  let written = 0
  try {
    for await (const bytes of bytesOf(content, signal)) {
      // A write may take a part only, as at the end of a disk.
      for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten
      written += bytes.length
    }
  } finally {
    await file.close()
  }
  return written
}

/** Gives the file its name unless somebody made one of that name meanwhile. */
async function place(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(target)
    // A file system without hard links.
    return rename(temporary, target)
  }
  await unlink(temporary)
}

const exists = (path: string) => new MoltError('exists', `${path} exists already.`, 'Choose another name, or allow overwriting it.')

function explained(error: unknown, path: string): MoltError | Error {
  if (error instanceof MoltError) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === undefined) return error as Error
  if (code === 'ENOENT') return new MoltError('not-found', `The folder of ${path} does not exist.`)
  if (code === 'ENAMETOOLONG') return new MoltError('io', `The name ${basename(path).slice(0, 40)}… is too long for this file system.`)
  return fromSystem(error, path, 'write')
}
