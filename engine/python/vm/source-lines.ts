// Source text by file name, for tracebacks: what was compiled in this run, or can be read by the program.
const texts = new Map<string, string>()
let reader: (path: string) => string | null = () => null

/** How files are read that were not registered; set by start-up. */
export function setSourceReader(read: (path: string) => string | null): void {
  reader = read
  texts.clear()
}

export function registerSource(path: string, text: string): void {
  texts.set(path, text)
}

/** The text of a source file, for the recording; null when it cannot be read. */
export function sourceText(path: string): string | null {
  let text: string | null | undefined = texts.get(path)
  if (text === undefined) {
    text = path.startsWith('<') ? null : reader(path)
    if (text !== null) texts.set(path, text)
  }
  return text
}

/** The lines that a traceback can show: of files, not of code given by -c or on standard input. */
export function sourceLines(path: string): string[] | null {
  if (path.startsWith('<')) return null
  return sourceText(path)?.split(/\r\n|\r|\n/) ?? null
}
