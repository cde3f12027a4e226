// Failures that a person can do something about: a missing file, a foreign recording, a bad request. They keep their
// code over process borders (engine/rpc) and become exit codes at the command line. Faults of ours are InternalErrors.

export type ErrorCode =
  | 'bad-request' | 'no-method' | 'cancelled' | 'closed' | 'internal'
  | 'not-found' | 'is-folder' | 'permission' | 'exists' | 'in-use' | 'changed' | 'io' | 'not-text'
  | 'not-a-recording' | 'damaged' | 'newer-version'
  | 'no-recording' | 'no-run' | 'no-instant' | 'no-object' | 'not-repeatable'

/** `message` is a whole sentence for a person; `hint` says what to do, or is ''. */
export class MoltError extends Error {
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, message: string, hint = '') {
    super(message)
    this.name = 'MoltError'
    this.code = code
    this.hint = hint
  }
}

/** What the operating system said, as a sentence about `path`; a MoltError passes unchanged. */
export function fromSystem(error: unknown, path: string, doing: string): MoltError {
  if (error instanceof MoltError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOENT') return new MoltError('not-found', `There is no file ${path}.`)
  if (code === 'ENOTDIR') return new MoltError('not-found', `A part of ${path} is not a folder.`)
  if (code === 'EISDIR') return new MoltError('is-folder', `${path} is a folder, not a file.`)
  if (code === 'EEXIST') return new MoltError('exists', `${path} exists already.`)
  if (code === 'EACCES' || code === 'EPERM') return new MoltError('permission', `No permission to ${doing} ${path}.`)
  if (code === 'EROFS') return new MoltError('permission', `${path} lies on a read-only file system.`)
  if (code === 'ENOSPC') return new MoltError('io', `The disk is full: could not ${doing} ${path}.`)
  return new MoltError('io', `Could not ${doing} ${path}: ${error instanceof Error ? error.message : String(error)}.`)
}
