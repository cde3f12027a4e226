// The position table of a code object (`co_linetable`), format of Objects/locations.md.
//
// An entry covers 1..8 code units: a first byte 1cccclll (c = kind, l = length - 1) followed by what the
// kind needs; every other byte has its top bit clear. Lines are deltas to the previous entry's line,
// the first to `co_firstlineno`. Columns are UTF-8 byte offsets, 0-based, stored + 1 in the long form.
//   kinds 0..9   same line, column < 80, width < 16: one byte more
//   kinds 10..12 line + 0..2, both columns < 128: two bytes more
//   kind 13      line delta, no columns · kind 14 everything as varints · kind 15 no location

const ONE_LINE_0 = 10
const NO_COLUMNS = 13
const LONG = 14
const NONE = 15
const MAX_UNITS_PER_ENTRY = 8

/** Grows a byte table; `take` gives the result. */
export class ByteWriter {
  private bytes: Uint8Array
  private used = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  byte(value: number): void {
    if (this.used === this.bytes.length) {
      const grown = new Uint8Array(this.used * 2)
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes[this.used++] = value
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.used)
  }
}

// Mirrors write_varint and write_signed_varint, Include/internal/pycore_code.h: six bits a byte, low bits first.
function writeVarint(out: ByteWriter, value: number): void {
  while (value >= 64) {
    out.byte(0x40 | value & 0x3f)
    value >>>= 6
  }
  out.byte(value)
}

function writeSignedVarint(out: ByteWriter, value: number): void {
  writeVarint(out, value < 0 ? -value << 1 | 1 : value << 1)
}

/** Writes the table entry by entry, in the order of the code. */
export class PositionWriter {
  private readonly out = new ByteWriter(64)

  constructor(private line: number) {}

  /** Covers `units` code units with one location; line -1 means none, a column of -1 that it is unknown. */
  add(units: number, line: number, endLine: number, column: number, endColumn: number): void {
    while (units > MAX_UNITS_PER_ENTRY) {
      this.entry(MAX_UNITS_PER_ENTRY, line, endLine, column, endColumn)
      units -= MAX_UNITS_PER_ENTRY
    }
    this.entry(units, line, endLine, column, endColumn)
  }

  take(): Uint8Array {
    return this.out.take()
  }

  // Mirrors write_location_info_entry, Python/compile.c.
  private entry(units: number, line: number, endLine: number, column: number, endColumn: number): void {
    const { out } = this
    if (line < 0) return this.start(NONE, units)
    const delta = line - this.line
    if (column < 0 || endColumn < 0) {
      if (endLine === line || endLine === -1) {
        this.start(NO_COLUMNS, units)
        writeSignedVarint(out, delta)
        this.line = line
        return
      }
    } else if (endLine === line) {
      if (delta === 0 && column < 80 && endColumn - column < 16 && endColumn >= column) {
        this.start(column >> 3, units)
        out.byte((column & 7) << 4 | endColumn - column)
        return
      }
      if (delta >= 0 && delta < 3 && column < 128 && endColumn < 128) {
        this.start(ONE_LINE_0 + delta, units)
        out.byte(column)
        out.byte(endColumn)
        this.line = line
        return
      }
    }
    this.start(LONG, units)
    writeSignedVarint(out, delta)
    writeVarint(out, endLine - line)
    writeVarint(out, column + 1)
    writeVarint(out, endColumn + 1)
    this.line = line
  }

  private start(kind: number, units: number): void {
    this.out.byte(0x80 | kind << 3 | units - 1)
  }
}

/** One entry of the table, decoded; `line` is null where there is no location, columns null where unknown. */
export interface PositionEntry {
  /** First code unit, and how many. */
  start: number
  units: number
  line: number | null
  endLine: number | null
  column: number | null
  endColumn: number | null
}

/** Decodes a whole table. Mirrors advance_with_locations, Objects/codeobject.c. */
export function decodePositions(table: Uint8Array, firstLine: number): PositionEntry[] {
  const entries: PositionEntry[] = []
  let at = 0
  let start = 0
  let line = firstLine
  const varint = (): number => {
    let byte = table[at++]!
    let value = byte & 0x3f
    for (let shift = 6; byte & 0x40; shift += 6) {
      byte = table[at++]!
      value |= (byte & 0x3f) << shift
    }
    return value
  }
  const signedVarint = (): number => {
    const value = varint()
    return value & 1 ? -(value >>> 1) : value >>> 1
  }
  while (at < table.length) {
    const first = table[at++]!
    const kind = first >> 3 & 15
    const units = (first & 7) + 1
    const entry: PositionEntry = { start, units, line: null, endLine: null, column: null, endColumn: null }
    if (kind === LONG) {
      line += signedVarint()
      entry.line = line
      entry.endLine = line + varint()
      entry.column = varint() - 1
      entry.endColumn = varint() - 1
      if (entry.column < 0) entry.column = null
      if (entry.endColumn < 0) entry.endColumn = null
    } else if (kind === NO_COLUMNS) {
      line += signedVarint()
      entry.line = entry.endLine = line
    } else if (kind !== NONE) {
      if (kind >= ONE_LINE_0) {
        line += kind - ONE_LINE_0
        entry.column = table[at++]!
        entry.endColumn = table[at++]!
      } else {
        const second = table[at++]!
        entry.column = kind << 3 | second >> 4
        entry.endColumn = entry.column + (second & 15)
      }
      entry.line = entry.endLine = line
    }
    entries.push(entry)
    start += units
  }
  return entries
}
