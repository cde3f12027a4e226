// The one kind of error that crosses the link with its meaning. Anything else thrown by a method is a fault
// of ours and arrives as 'internal'.
import type { ErrorCode, ErrorEnvelope } from './contract'

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

export function toEnvelope(error: unknown): ErrorEnvelope {
  if (error instanceof MoltError) return { code: error.code, message: error.message, hint: error.hint }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `Molt made a mistake: ${message}`, hint: 'Nothing in the recording is changed by this.' }
}
