import { MoltError } from '../../engine/rpc/errors'

/** What failed, as a sentence, and what to do about it. */
export interface Problem { message: string; hint: string }

export function toProblem(error: unknown): Problem {
  if (error instanceof MoltError) return { message: error.message, hint: error.hint }
  const message = error instanceof Error ? error.message : String(error)
  return { message: `Molt made a mistake: ${message}`, hint: 'Nothing in a recording is changed by this.' }
}

export const isCancelled = (error: unknown): boolean => error instanceof MoltError && error.code === 'cancelled'
