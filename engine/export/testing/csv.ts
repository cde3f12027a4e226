// RFC 4180, read strictly: CRLF after each row, quotes doubled inside quotes, as many cells in each row.

export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < text.length;) {
    let cell = ''
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (at >= text.length) throw new Error('a quote is open')
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') cell += text[at++]
        else break
      }
      at++
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
        if (text[at] === '"' || text[at] === '\n') throw new Error(`${JSON.stringify(text[at])} outside quotes`)
        cell += text[at++]
      }
    }
    row.push(cell)
    if (text[at] === ',') at++
    else if (text.startsWith('\r\n', at)) {
      rows.push(row)
      row = []
      at += 2
    } else throw new Error(`after a cell comes ${JSON.stringify(text.slice(at, at + 5))}`)
  }
  if (row.length > 0) throw new Error('the last row is not ended')
  if (rows.some(r => r.length !== rows[0]!.length)) throw new Error('rows are of different lengths')
  return rows
}
