// A table that fits the terminal: columns of figures as wide as they must be, and a last column, the name of the row, that is
// cut on its left where it does not fit, since the end of a path or of a dotted name tells most.

const LEAST_NAME = 24

export const terminalWidth = (): number => process.stdout.columns ?? 80

/** 1,234. */
export const count = (value: number): string => value.toLocaleString('en')

/** `the beginning…`: at most `width` characters, surrogate pairs kept whole. */
export function cutRight(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
}

/** `…/end/of/path`: at most `width` characters, surrogate pairs kept whole. */
export function cutLeft(text: string, width: number): string {
  if (text.length <= width) return text
  const characters = [...text]
  return characters.length <= width ? text : `…${characters.slice(characters.length - width + 1).join('')}`
}

/** Names of types and files come from the program: what would move the cursor or colour the terminal is written as Python does. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)

/**
 * `align` has one letter a column, l or r. A column without a title shares that of the next one. `under` gives lines to
 * print below a row.
 */
export function fitted(head: string[], rows: string[][], align: string, under?: (row: number) => string): string {
  const last = head.length - 1
  const widths = head.map((_, i) => rows.reduce((width, row) => Math.max(width, row[i]!.length), 0))
  const gap = (i: number) => (i === 0 ? 0 : head[i - 1] === '' ? 1 : 2)
  for (let i = 0; i < last; i++) {
    if (head[i] === '') continue
    if (i > 0 && head[i - 1] === '') widths[i - 1] = Math.max(widths[i - 1]!, head[i]!.length - widths[i]! - 1)
    else widths[i] = Math.max(widths[i]!, head[i]!.length)
  }
  const figures = head.reduce((width, _, i) => width + gap(i) + (i === last ? 0 : widths[i]!), 0)
  const room = Math.max(LEAST_NAME, terminalWidth() - figures)
  const line = (cells: string[]): string => {
    let text = ''
    for (let i = 0; i < cells.length; i++) {
      const cell = i === last ? cutLeft(printable(cells[i]!), room) : cells[i]!
      text += ' '.repeat(gap(i)) + (align[i] === 'r' ? cell.padStart(widths[i]!) : i === last ? cell : cell.padEnd(widths[i]!))
    }
    return text.trimEnd()
  }
  // A title may reach over the untitled column before it.
  const titles = head.map((title, i) => (head[i + 1] !== undefined && title === '' ? null : title))
  let top = ''
  for (let i = 0; i < head.length; i++) {
    if (titles[i] === null) continue
    const shared = i > 0 && titles[i - 1] === null
    const width = shared ? widths[i - 1]! + 1 + widths[i]! : widths[i]!
    top += ' '.repeat(gap(shared ? i - 1 : i)) + (align[i] === 'r' ? titles[i]!.padStart(width) : i === last ? titles[i]! : titles[i]!.padEnd(width))
  }
  return [top.trimEnd(), ...rows.map((row, i) => (under ? `${line(row)}\n${under(i)}`.trimEnd() : line(row)))].join('\n') + '\n'
}
