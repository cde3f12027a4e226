// Pieces of an export. Writers yield small parts; here they are joined until a write is worth its while.

export type Piece = string | Uint8Array<ArrayBuffer>

/** About so many characters or bytes a piece: large enough for one write, small enough to be cancelled between two. */
const PIECE_LENGTH = 1 << 16

/** The same text in fewer pieces. */
export function* joined(parts: Iterable<string>): Generator<string> {
  let text = ''
  for (const part of parts) {
    text += part
    if (text.length < PIECE_LENGTH) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

/** Items with `,` and a line end between them: the inside of a JSON array, one item a line. */
export function* listed(items: Iterable<string>): Generator<string> {
  let first = true
  for (const item of items) {
    yield first ? `\n${item}` : `,\n${item}`
    first = false
  }
}
