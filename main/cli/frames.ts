// How a line of code is written in tables: short, but such that one finds it.
import type { Frame } from '../../engine/rpc/contract'
import type { Origin } from '../../engine/rpc/contract-times'
import { printable } from './fitted'

const LIBRARY = /^.*\/lib\/python3\.\d+\//

/** Paths below the script's folder as seen from there, those of the standard library as seen from it. */
export function shortPath(path: string, scriptPath: string): string {
  const folder = scriptPath.slice(0, scriptPath.lastIndexOf('/') + 1)
  if (folder.length > 1 && path.startsWith(folder)) return path.slice(folder.length)
  return path.replace(LIBRARY, '')
}

/** `function  file:line`; what is not one's own code is in brackets. */
export function placeWords(frame: Pick<Frame, 'path' | 'line' | 'functionName'>, origin: Origin, scriptPath: string): string {
  if (frame.path === '<unknown>') return '(outside of any Python frame)'
  const place = `${shortPath(frame.path, scriptPath)}:${frame.line}`
  // Imported snapshots know lines, but no functions.
  return printable(`${frame.functionName}${frame.functionName === '' ? '' : '  '}${origin === 'library' ? `[${place}]` : place}`)
}
