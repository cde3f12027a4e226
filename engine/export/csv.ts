// CSV as RFC 4180 has it: CRLF after each row, quotes where a cell needs them, a head row.
//
// A spreadsheet takes a cell that begins with = + - @ for a formula, and names come from the program that was profiled: a type may be called
// `=HYPERLINK(…)`. Such a name gets an apostrophe in front, which spreadsheets take for "this is text"; so does a name that begins
// with an apostrophe, so that whoever takes one apostrophe off again has exactly the name. Numbers are never quoted or changed.
import { joined } from './chunks'
import { encodable } from './text'

export type Cell = string | number

/** As OWASP lists them, wide forms included; a tab or line end in front of them is as good. */
const FORMULA = /^['=+\-@\t\r\n＝＋－＠]/

export function csvCell(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  const text = encodable(FORMULA.test(cell) ? `'${cell}` : cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function csv(head: string[], rows: Iterable<Cell[]>): Generator<string> {
  return joined(lines(head, rows))
}

function* lines(head: string[], rows: Iterable<Cell[]>): Generator<string> {
  yield `${head.map(csvCell).join(',')}\r\n`
  for (const row of rows) yield `${row.map(csvCell).join(',')}\r\n`
}
