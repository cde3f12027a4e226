// Sizes of memory and words for them.

export const KIB = 1024
export const MIB = 1024 * 1024
export const GIB = 1024 * 1024 * 1024

/** Rounds up to a multiple of `step`, which must be a power of two; exact above 2^31 too. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}

/** `0x…` in lower case, as repr() and hex() show addresses. */
export function hex(address: number): string {
  return '0x' + address.toString(16)
}
