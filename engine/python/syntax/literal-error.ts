/**
 * A literal that is well formed as a token but has no value (`'\\x4'`, bytes with a non-ASCII character). `token` is
 * the one to point at where that is known; CPython mostly points at whatever it has read last.
 */
export class LiteralError {
  constructor(readonly msg: string, readonly token = -1) {}
}
