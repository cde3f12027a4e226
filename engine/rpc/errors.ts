// How an error crosses the link: a MoltError keeps code, sentence and hint; anything else thrown by a method is
// a fault of ours and arrives as 'internal'.
import { MoltError } from '../base/errors'
import type { ErrorEnvelope } from './contract'

export { MoltError }

export function toEnvelope(error: unknown): ErrorEnvelope {
  if (error instanceof MoltError) return { code: error.code, message: error.message, hint: error.hint }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `Molt made a mistake: ${message}`, hint: 'Nothing in the recording is changed by this.' }
}
