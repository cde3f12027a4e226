// The output of a run as lines. Chunks arrive as bytes of two streams, cut anywhere, even inside a character;
// a line belongs to one stream and remembers the instant of its first piece.
export interface ConsoleLine { fd: number; tick: number; text: string }

const KEEP_LINES = 100_000
/** Colour and cursor sequences of terminals mean nothing here. */
const CONTROL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007]*\u0007)/g

export class ConsoleLog {
  lines: ConsoleLine[] = []
  /** Lines that were let go of at the top. */
  dropped = 0
  private readonly decoders = new Map<number, TextDecoder>()
  /** The last, unfinished line of each stream. */
  private readonly open = new Map<number, ConsoleLine>()

  append(fd: number, tick: number, bytes: Uint8Array): void {
    let decoder = this.decoders.get(fd)
    if (!decoder) this.decoders.set(fd, decoder = new TextDecoder())
    const pieces = decoder.decode(bytes, { stream: true }).replace(CONTROL_SEQUENCE, '').split('\n')
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i]!
      const last = i === pieces.length - 1
      if (last && piece === '') break
      let line = this.open.get(fd)
      if (!line) {
        line = { fd, tick, text: '' }
        this.lines.push(line)
        this.open.set(fd, line)
      }
      line.text = afterReturns(line.text + piece)
      if (!last) this.open.delete(fd)
    }
    if (this.lines.length > KEEP_LINES) {
      const excess = this.lines.length - KEEP_LINES
      this.lines.splice(0, excess)
      this.dropped += excess
    }
  }

  clear(): void {
    this.lines = []
    this.dropped = 0
    this.open.clear()
    this.decoders.clear()
  }

  textOf(fd?: number): string {
    return this.lines.filter(line => fd === undefined || line.fd === fd).map(line => line.text + '\n').join('')
  }
}

/** A carriage return goes back to the start of the line, as progress bars do. */
function afterReturns(text: string): string {
  if (!text.includes('\r')) return text
  const parts = (text.endsWith('\r') ? text.slice(0, -1) : text).split('\r')
  let shown = ''
  for (const part of parts) shown = part + shown.slice(part.length)
  return text.endsWith('\r') ? shown + '\r' : shown
}
