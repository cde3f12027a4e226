// Integer square roots of bigints.
import { bitLengthBigInt } from '../../objects/long-digits'

/** Largest r with r * r <= n. */
export function isqrt(n: bigint): bigint {
  if (n < 1n << 52n) return BigInt(Math.floor(Math.sqrt(Number(n))))
  // The root of the leading half of the digits, doubled in length by one step of Newton's method.
  const shift = BigInt(Math.floor((bitLengthBigInt(n) - 1) / 4))
  const high = isqrt(n >> (2n * shift))
  let r = (high << shift) + 1n
  r = (r + n / r) >> 1n
  while (r * r > n) r--
  while ((r + 1n) * (r + 1n) <= n) r++
  return r
}
