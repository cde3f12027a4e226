// Growing typed arrays. Columns double, so that a million appends copy each word about once.

/** Columns that grow own their buffers (never SharedArrayBuffers). */
export type Int32Column = Int32Array<ArrayBuffer>
export type Uint8Column = Uint8Array<ArrayBuffer>

/** A copy of `column` with at least `length` words, the new ones zero. Returns the same array if it is long enough. */
export function grownInt32(column: Int32Column, length: number): Int32Column {
  if (column.length >= length) return column
  const grown = new Int32Array(nextCapacity(column.length, length))
  grown.set(column)
  return grown
}

export function grownUint8(column: Uint8Column, length: number): Uint8Column {
  if (column.length >= length) return column
  const grown = new Uint8Array(nextCapacity(column.length, length))
  grown.set(column)
  return grown
}

/** Doubles up to 64 Mi entries, then grows by half, to keep the peak while copying bearable. */
export function nextCapacity(current: number, needed: number): number {
  const grown = current < 1 << 26 ? current * 2 : current + (current >> 1)
  return Math.max(grown, needed, 16)
}
