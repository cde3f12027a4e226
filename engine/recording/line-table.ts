// Instruction index → line, from a code object's position table.
//
// Mirrors PyCode_Addr2Line over the entries that Objects/locations.md of CPython 3.11 describes: a first byte
// 1 | code (4 bits) | length - 1 (3 bits), then what the code says. Only lines are wanted here.
const SHORT_FORMS = 10
const NO_COLUMNS = 13
const LONG = 14
const NONE = 15

/** Line of each code unit; 0 where the table says that there is none, as tracemalloc records it. */
export function linesOf(table: Uint8Array, firstLine: number): Int32Array {
  let units = 0
  for (let at = 0; at < table.length; at = nextEntry(table, at)) units += (table[at]! & 7) + 1
  const lines = new Int32Array(units)
  let line = firstLine
  let unit = 0
  for (let at = 0; at < table.length; at = nextEntry(table, at)) {
    const code = table[at]! >> 3 & 15
    if (code === NO_COLUMNS || code === LONG) line += signedNumber(table, at + 1)
    else if (code >= SHORT_FORMS && code < NO_COLUMNS) line += code - SHORT_FORMS
    const length = (table[at]! & 7) + 1
    lines.fill(code === NONE || line < 0 ? 0 : line, unit, unit + length)
    unit += length
  }
  return lines
}

/** Entries begin with a byte that has the top bit set; no other byte has. */
function nextEntry(table: Uint8Array, at: number): number {
  do at++
  while (at < table.length && table[at]! < 128)
  return at
}

/** Six bits a byte, lowest first, bit 6 says that more follow; the lowest bit of the number is its sign. */
function signedNumber(table: Uint8Array, at: number): number {
  let value = 0
  for (let shift = 0; ; shift += 6, at++) {
    const byte = table[at] ?? 0
    value |= (byte & 63) << shift
    if ((byte & 64) === 0) break
  }
  return value & 1 ? -(value >>> 1) : value >>> 1
}
