/**
 * Thrown inside the tokenizer only. `cursor` is how far CPython would have read; without a range the error points
 * at the character before it, otherwise at source[rangeStart, rangeEnd) of the current line.
 */
export class LexicalError {
  constructor(readonly msg: string, readonly cursor: number, readonly rangeStart = -1, readonly rangeEnd = -1) {}
}
