// From what the caller has (text, or bytes in some encoding) to what the tokenizer wants: text without byte order
// mark, with `\n` line ends only.

/** Text with universal newlines; `closed` adds the final newline that a whole file must have. */
export function normalizeSource(text: string, closed: boolean): string {
  let source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (source.includes('\r')) source = source.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  if (closed && source.charCodeAt(source.length - 1) !== 0x0a) source += '\n'
  return source
}

export interface DecodedSource {
  readonly text: string
  /** Whether the encoding was told (by a cookie, a mark, or because the source was text already). */
  readonly encodingKnown: boolean
}

export function decodeSource(source: string | Uint8Array, _filename: string): DecodedSource {
  if (typeof source === 'string') return { text: source, encodingKnown: true }
  return { text: new TextDecoder('utf-8').decode(source), encodingKnown: false }
}
