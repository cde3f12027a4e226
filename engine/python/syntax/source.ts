// From what the caller has (text, or bytes in some encoding) to what the tokenizer wants: text without byte order
// mark, with `\n` line ends only.

/** Text with universal newlines; `closed` adds the final newline that a whole file must have. */
export function normalizeSource(text: string, closed: boolean): string {
  let source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (source.includes('\r')) source = source.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  if (closed && source.charCodeAt(source.length - 1) !== 0x0a) source += '\n'
  return source
}
