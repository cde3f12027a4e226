// Decimal digits of bigints: powers of ten, number of digits, trailing zeros.

const powers: bigint[] = [1n]
/** Powers kept; larger ones only the last. */
const KEPT = 1200
let largeExponent = -1
let largePower = 0n

/** 10^n. The caller sees to it that n is not absurd. */
export function pow10(n: number): bigint {
  if (n < powers.length) return powers[n]!
  if (n < KEPT) {
    for (let i = powers.length; i <= n; i++) powers.push(powers[i - 1]! * 10n)
    return powers[n]!
  }
  if (n !== largeExponent) {
    largePower = 10n ** BigInt(n)
    largeExponent = n
  }
  return largePower
}

const SMALL = 10n ** 15n

/** Decimal digits of n >= 0; 1 for zero. */
export function digitCount(n: bigint): number {
  if (n < SMALL) {
    const x = Number(n)
    if (x < 1e7) return x < 1e3 ? (x < 1e1 ? 1 : x < 1e2 ? 2 : 3) : x < 1e5 ? (x < 1e4 ? 4 : 5) : x < 1e6 ? 6 : 7
    return x < 1e11 ? (x < 1e9 ? (x < 1e8 ? 8 : 9) : x < 1e10 ? 10 : 11) : x < 1e13 ? (x < 1e12 ? 12 : 13) : x < 1e14 ? 14 : 15
  }
  const x = Number(n)
  let estimate: number
  if (x < 1e300) estimate = Math.floor(Math.log10(x))
  else {
    const hex = n.toString(16)
    estimate = Math.floor((hex.length * 4 - 1 - Math.clz32(parseInt(hex[0]!, 16)) + 28) * Math.LOG10E * Math.LN2)
  }
  // The estimate is off by one at most, near a power of ten.
  if (n >= pow10(estimate + 1)) return estimate + 2
  return n >= pow10(estimate) ? estimate + 1 : estimate
}

/** Zeros at the end of n > 0. */
export function trailingZeros(n: bigint): number {
  if (n % 10n !== 0n) return 0
  const text = n.toString()
  let end = text.length
  while (text.charCodeAt(end - 1) === 48) end--
  return text.length - end
}
