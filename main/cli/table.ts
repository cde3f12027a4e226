// Plain text tables: columns as wide as they must be, numbers to the right.

/** `align` has one letter a column: l or r. The last column is never padded. */
export function table(head: string[], rows: string[][], align: string): string {
  const widths = head.map((title, i) => rows.reduce((width, row) => Math.max(width, row[i]!.length), title.length))
  const line = (cells: string[]) =>
    cells.map((cell, i) => (align[i] === 'r' ? cell.padStart(widths[i]!) : i === cells.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  ').trimEnd()
  return [head, ...rows].map(line).join('\n') + '\n'
}
