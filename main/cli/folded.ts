// Text in lines that fit the terminal, with a title before the first and an indent before the others.

export function folded(text: string, width: number, title: string, indent: number): string {
  const room = Math.max(20, width - indent)
  const lines: string[] = []
  // Code keeps its own indent.
  const lead = /^ */.exec(text)![0]
  let line = lead
  for (const word of text.trim().split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = lead
    }
    line += line.trim() === '' ? word : ` ${word}`
    while (line.length > room) {
      lines.push(line.slice(0, room))
      line = lead + line.slice(room)
    }
  }
  lines.push(line)
  return lines.map((part, i) => `${i === 0 ? title.padEnd(indent) : ' '.repeat(indent)}${part}`.trimEnd()).join('\n') + '\n'
}
