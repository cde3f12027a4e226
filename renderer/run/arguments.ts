// A line of arguments as a shell would split it: blanks separate, quotes hold together, a backslash escapes.
export function splitArguments(line: string): string[] {
  const found: string[] = []
  let current = '', open = false, quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quote) {
      if (c === quote) quote = ''
      else if (c === '\\' && quote === '"' && '"\\$`'.includes(line[i + 1] ?? ' ')) current += line[++i]
      else current += c
    } else if (c === '"' || c === "'") {
      quote = c
      open = true
    } else if (c === '\\' && i + 1 < line.length) {
      current += line[++i]
      open = true
    } else if (/\s/.test(c)) {
      if (open) found.push(current)
      current = ''
      open = false
    } else {
      current += c
      open = true
    }
  }
  if (open) found.push(current)
  return found
}
