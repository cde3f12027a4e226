// Running text in lines that fit the terminal, at most 100 characters.
import { printable, terminalWidth } from './fitted'

const WIDEST = 100

/** Lines after the first begin with `indent`; `first` characters of the first line are taken already. */
export function wrapped(text: string, indent = '', first = 0): string {
  const width = Math.min(WIDEST, terminalWidth())
  const lines: string[] = []
  let line = ''
  for (const word of printable(text).split(' ')) {
    const room = width - (lines.length === 0 ? first : indent.length)
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line].join(`\n${indent}`)
}
