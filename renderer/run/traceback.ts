// Where in the script an error happened, read from what Python printed on stderr, so that the editor can show it.

export interface ErrorPlace { line: number; column: number | null; endColumn: number | null; message: string }

const FILE_LINE = /^\s*File "(.+)", line (\d+)/
const EXCEPTION_LINE = /^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit|Warning|Iteration|Group)\b.*/

/** The innermost line of `name` in the last traceback; null if the script is not in it. Columns from 0, of a SyntaxError's carets. */
export function errorPlace(stderr: string, name: string): ErrorPlace | null {
  const lines = stderr.replace(/\r/g, '').split('\n')
  let place: ErrorPlace | null = null
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i]!
    if (text.startsWith('Traceback (most recent call last)')) place = null
    const match = FILE_LINE.exec(text)
    if (match) {
      if (match[1] !== name) continue
      place = { line: Number(match[2]), column: null, endColumn: null, message: '' }
      continue
    }
    if (place && EXCEPTION_LINE.test(text)) {
      place.message = text.trim()
      if (/^(?:Syntax|Indentation|Tab)Error\b/.test(text)) Object.assign(place, columnsOf(lines, i))
    }
  }
  return place && place.message ? place : null
}

/** A SyntaxError is printed as the line, stripped and indented by four, and carets under it. */
function columnsOf(lines: string[], at: number): { column: number | null; endColumn: number | null } {
  const carets = lines[at - 1] ?? '', start = carets.indexOf('^')
  if (start < 4) return { column: null, endColumn: null }
  return { column: start - 4, endColumn: carets.lastIndexOf('^') + 1 - 4 }
}
