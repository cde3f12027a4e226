// Sizes of big integers.
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** Bits of |n|; 0 for 0n. */
export function bitLengthBigInt(n: bigint): number {
  if (n < 0n) n = -n
  const d = Number(n)
  if (d < 1.7e308) {
    if (d === 0) return 0
    // The exponent is right unless rounding carried into the next power of two.
    double[0] = d
    const bits = ((words[1]! >>> 20) & 0x7ff) - 1022
    const carried = (words[1]! & 0xfffff) === 0 && words[0] === 0
    return carried && bits > 53 && n < 1n << BigInt(bits - 1) ? bits - 1 : bits
  }
  const hex = n.toString(16)
  return hex.length * 4 - (Math.clz32(parseInt(hex[0]!, 16)) - 28)
}
