// Where a line ends. Mirrors _PyIO_find_line_ending, Modules/_io/textio.c.

/** How lines end in a stream. */
export interface LineEnds {
  /** Newlines are \n by now. */
  translated: boolean
  /** Any of \n, \r, \r\n ends a line. */
  universal: boolean
  /** The one that does, otherwise. */
  newline: string
}

/**
 * The position after the line that begins at `start` (UTF-16 units), -1 if the text has no end of line; then
 * `consumed` (in LINE_END) tells how far the search got: what follows may be the beginning of a line end.
 */
export function findLineEnding(text: string, start: number, ends: LineEnds): number {
  LINE_END.consumed = text.length
  if (ends.translated) return text.indexOf('\n', start) + 1 || -1
  if (ends.universal) {
    for (let i = start; i < text.length; i++) {
      const c = text.charCodeAt(i)
      if (c === 10) return i + 1
      if (c === 13) return text.charCodeAt(i + 1) === 10 ? i + 2 : i + 1
    }
    return -1
  }
  const at = text.indexOf(ends.newline, start)
  if (at >= 0) return at + ends.newline.length
  if (ends.newline.length > 1 && text.length > start && text.endsWith(ends.newline[0]!)) LINE_END.consumed = text.length - 1
  return -1
}

export const LINE_END = { consumed: 0 }
