// The C library's hypot, which abs(complex) and math.hypot show. JavaScript's own is less exact.
//
// After Borges, "An Improved Algorithm for hypot(a,b)" (2019): the rounded root is corrected by what its square misses.

const LARGE = 2 ** 511
const TINY = 2 ** -459
const SCALE = 2 ** -600

/** sqrt(x * x + y * y) for x >= y >= 0 that neither overflow nor underflow when squared. */
function kernel(x: number, y: number): number {
  const h = Math.sqrt(x * x + y * y)
  let t1: number
  let t2: number
  if (h <= 2 * y) {
    const delta = h - y
    t1 = x * (2 * delta - x)
    t2 = (delta - 2 * (x - y)) * delta
  } else {
    const delta = h - x
    t1 = 2 * delta * (x - 2 * y)
    t2 = (4 * delta - y) * y + delta * delta
  }
  return h - (t1 + t2) / (2 * h)
}

/** Length of (x, y); infinite if a part is, even beside a NaN. */
export function hypot(x: number, y: number): number {
  if (!Number.isFinite(x) || !Number.isFinite(y)) {
    return Math.abs(x) === Infinity || Math.abs(y) === Infinity ? Infinity : NaN
  }
  x = Math.abs(x)
  y = Math.abs(y)
  if (x < y) [x, y] = [y, x]
  if (x > LARGE) return y <= x * 2 ** -54 ? x + y : kernel(x * SCALE, y * SCALE) / SCALE
  if (y < TINY) {
    if (x >= y / 2 ** -54) return x + y
    const h = kernel(x / SCALE, y / SCALE) * SCALE
    return h
  }
  return y <= x * 2 ** -54 ? x + y : kernel(x, y)
}
