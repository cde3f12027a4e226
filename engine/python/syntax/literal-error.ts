/** A literal that is well formed as a token but has no value (`'\x4'`, bytes with a non-ASCII character). */
export class LiteralError {
  constructor(readonly msg: string) {}
}
