// How a command ends: its exit code, and its one line on stderr. A script's own exit code is passed on by `run`.
import { MoltError } from '../../engine/host/command-api'

/** As sysexits.h has them, where it has them. 2 is what python and most tools give for bad usage. */
export const EXIT = {
  usage: 2,
  /** The recording is not one, is damaged, or newer than this Molt. */
  data: 65,
  /** A file to read is not there or cannot be read. */
  noInput: 66,
  internal: 70,
  /** The output cannot be made: it exists, its folder is missing, no permission. */
  cannotCreate: 73,
  io: 74,
  interrupted: 130,
} as const

/** Bad usage: said with a pointer to --help. */
export class UsageError extends Error {
  readonly command: string

  constructor(message: string, command = '') {
    super(message)
    this.command = command
  }
}

/** A message and an exit code, for failures that have no MoltError. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Prints what went wrong and returns the exit code for it. */
export function report(error: unknown, writing = false): number {
  if (error instanceof UsageError) {
    say(`${error.message}\nTry: molt ${error.command ? `${error.command} ` : ''}--help`)
    return EXIT.usage
  }
  if (error instanceof CommandError) {
    say(error.message)
    return error.exitCode
  }
  if (error instanceof MoltError) {
    say(error.hint ? `${error.message} ${error.hint}` : error.message)
    return codeOf(error, writing)
  }
  say(`Molt made a mistake: ${error instanceof Error ? error.stack ?? error.message : String(error)}`)
  return EXIT.internal
}

/** As `report`, of what was to be written to `name`: -f would have been enough where that exists. */
export function reportWriting(error: unknown, name: string | null): number {
  if (!(error instanceof MoltError) || error.code !== 'exists') return report(error, true)
  say(`${name} exists already. Use -f to overwrite it, or another name with -o.`)
  return EXIT.cannotCreate
}

function codeOf(error: MoltError, writing: boolean): number {
  switch (error.code) {
    case 'not-a-recording': return writing ? EXIT.cannotCreate : EXIT.data
    case 'damaged': case 'newer-version': case 'not-repeatable': return EXIT.data
    case 'exists': case 'in-use': return EXIT.cannotCreate
    case 'not-found': case 'is-folder': case 'permission': return writing ? EXIT.cannotCreate : EXIT.noInput
    case 'no-instant': case 'no-object': case 'bad-request': return EXIT.usage
    case 'internal': return EXIT.internal
    default: return EXIT.io
  }
}

/** Molt's own lines go to stderr. Names in them come from the program: none may steer the terminal. */
export function say(message: string): void {
  const plain = message.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  process.stderr.write(`molt: ${plain}\n`)
}
