// Quoted-printable, writing. Mirrors binascii_b2a_qp, Modules/binascii.c.

const MAX_LINE = 76
const CR = 13
const LF = 10
const TAB = 9
const SPACE = 32
const DOT = 46
const EQUALS = 61
const UNDERSCORE = 95

const HEX = '0123456789ABCDEF'

/** `quotetabs`: tabs and spaces too; `istext`: line ends stay; `header`: spaces are underscores. */
export function quotedPrintable(data: Uint8Array, quotetabs: boolean, istext: boolean, header: boolean): Uint8Array {
  const firstEnd = data.indexOf(LF)
  const crlf = firstEnd > 0 && data[firstEnd - 1] === CR
  const out: number[] = []
  let line = 0
  const endLine = (): void => {
    if (crlf) out.push(CR)
    out.push(LF)
    line = 0
  }
  const quote = (c: number): void => { out.push(EQUALS, HEX.charCodeAt(c >> 4), HEX.charCodeAt(c & 15)) }
  const isQuoted = (i: number): boolean => {
    const c = data[i]!
    const next = data[i + 1]
    return c > 126 || c === EQUALS || (header && c === UNDERSCORE)
      || (c === DOT && line === 0 && (next === undefined || next === LF || next === CR || next === 0))
      || (!istext && (c === CR || c === LF)) || ((c === TAB || c === SPACE) && next === undefined)
      || (c < 33 && c !== CR && c !== LF && (quotetabs || (c !== TAB && c !== SPACE)))
  }
  for (let i = 0; i < data.length;) {
    const c = data[i]!
    const next = data[i + 1]
    if (isQuoted(i)) {
      if (line + 3 >= MAX_LINE) {
        out.push(EQUALS)
        endLine()
      }
      quote(c)
      line += 3
      i++
    } else if (istext && (c === LF || (c === CR && next === LF))) {
      // Blanks at the end of a line would be lost.
      const last = out.at(-1)
      if (last === SPACE || last === TAB) {
        out.pop()
        quote(last)
      }
      endLine()
      i += c === CR ? 2 : 1
    } else {
      if (next !== undefined && next !== LF && line + 1 >= MAX_LINE) {
        out.push(EQUALS)
        endLine()
      }
      line++
      out.push(header && c === SPACE ? UNDERSCORE : c)
      i++
    }
  }
  return Uint8Array.from(out)
}
