// Decoding of unicode-tables.ts: digits of base 64, five bits each with the sixth for "more follows".
//
// A run table becomes two stages on first use: a page number for each 256 code points, and the pages, each kept once
// where it is all of one value. 1.1 million code points with a few hundred mixed pages take about 100 KB.

const DIGIT = new Uint8Array(128)
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let i = 0; i < 64; i++) DIGIT[DIGITS.charCodeAt(i)] = i

/** Reads the numbers of a table one after another. */
export class TableReader {
  private position = 0

  constructor(private readonly text: string) {}

  get done(): boolean {
    return this.position === this.text.length
  }

  unsigned(): number {
    let value = 0
    // Not by shifts: a few numeric values are beyond 2^32.
    for (let unit = 1; ; unit *= 32) {
      const digit = DIGIT[this.text.charCodeAt(this.position++)]!
      value += (digit & 31) * unit
      if (digit < 32) return value
    }
  }

  signed(): number {
    const n = this.unsigned()
    return n % 2 === 1 ? -(n + 1) / 2 : n / 2
  }
}

const PAGES = 0x110000 >> 8

/** A small number for each code point. */
export class RunTable {
  private stage1: Uint16Array | null = null
  private stage2 = new Uint8Array(0)

  constructor(private readonly text: string) {}

  get(code: number): number {
    const stage1 = this.stage1 ?? this.decode()
    return this.stage2[(stage1[code >> 8]! << 8) | (code & 255)]!
  }

  private decode(): Uint16Array {
    const reader = new TableReader(this.text)
    const stage1 = new Uint16Array(PAGES)
    const uniform = new Map<number, number>()
    let stage2 = new Uint8Array(1 << 16)
    let pages = 0
    const newPage = () => {
      if ((pages + 1) << 8 > stage2.length) {
        const larger = new Uint8Array(stage2.length * 2)
        larger.set(stage2)
        stage2 = larger
      }
      return pages++
    }
    let code = 0
    while (!reader.done) {
      const value = reader.unsigned()
      const end = code + reader.unsigned()
      while (code < end) {
        const page = code >> 8
        if ((code & 255) === 0 && end - code >= 256) {
          let whole = uniform.get(value)
          if (whole === undefined) {
            whole = newPage()
            stage2.fill(value, whole << 8, (whole + 1) << 8)
            uniform.set(value, whole)
          }
          stage1[page] = whole
          code += 256
          continue
        }
        if ((code & 255) === 0) stage1[page] = newPage()
        const stop = Math.min(end, (page + 1) << 8)
        const base = stage1[page]! << 8
        stage2.fill(value, base + (code & 255), base + (stop - (page << 8)))
        code = stop
      }
    }
    this.stage2 = stage2.slice(0, pages << 8)
    this.stage1 = stage1
    return stage1
  }
}

/** (code, target) pairs by ranges of equal distance. */
export function decodeDeltas(text: string): Map<number, number> {
  const map = new Map<number, number>()
  const reader = new TableReader(text)
  let code = 0
  while (!reader.done) {
    code += reader.unsigned()
    const count = reader.unsigned()
    const stride = reader.unsigned()
    const delta = reader.signed()
    for (let i = 0; i < count; i++) map.set(code + i * stride, code + i * stride + delta)
    code += (count - 1) * stride
  }
  return map
}

/** Code points with a text each. */
export function decodeExpansions(text: string): Map<number, string> {
  const map = new Map<number, string>()
  const reader = new TableReader(text)
  let code = 0
  while (!reader.done) {
    code += reader.unsigned()
    let expansion = ''
    for (let n = reader.unsigned(); n > 0; n--) expansion += String.fromCodePoint(reader.unsigned())
    map.set(code, expansion)
  }
  return map
}
