// int: products of two or more digits, with the temporaries of CPython's Karatsuba multiplication. Mirrors k_mul,
// k_lopsided_mul and x_mul, Objects/longobject.c.
//
// The product itself is one bigint multiplication. Above the cutoffs CPython splits its operands recursively and makes
// ints for the halves, which move addresses and count as allocations; `karatsuba` goes the same way with sizes.
import { PyLong_AsBigInt, PyLong_FromLong, _PyLong_New, digitCount, normalizeValue, type PyLongObject } from './longobject'
import { PyErr_NoMemory } from './errors'

const KARATSUBA_CUTOFF = 70
const KARATSUBA_SQUARE_CUTOFF = 2 * KARATSUBA_CUTOFF
/** V8's bigints end at 2^30 bits. */
export const MAX_DIGITS = Math.floor(2 ** 30 / 30)

function decref(o: PyLongObject): void {
  if (--o.ob_refcnt === 0) o.ob_type.tp_dealloc(o)
}

/** NEW a * b where one has two or more digits; null with MemoryError set. */
export function multiplyLarge(a: PyLongObject, b: PyLongObject): PyLongObject | null {
  const x = a.v
  const y = b.v
  if (x === 0 || y === 0) return PyLong_FromLong(0)
  const m = digitCount(x)
  const n = digitCount(y)
  // DIFFERS: a product beyond V8's bigints is a MemoryError.
  if (m + n > MAX_DIGITS) return PyErr_NoMemory()
  const p = BigInt(x)
  const q = BigInt(y)
  const small = Math.min(m, n)
  if (small <= (a === b ? KARATSUBA_SQUARE_CUTOFF : KARATSUBA_CUTOFF)) {
    const z = _PyLong_New(m + n)
    if (z !== null) z.v = normalizeValue(p * q)
    return z
  }
  const z = k_mul(p < 0n ? -p : p, q < 0n ? -q : q, a === b)
  if (z !== null) z.v = p * q
  return z
}

/** Product of two magnitudes; `square` if CPython would have one object for both. */
function k_mul(p: bigint, q: bigint, square: boolean): PyLongObject | null {
  if (digitCount(p) > digitCount(q)) [p, q] = [q, p]
  const asize = digitCount(p)
  const bsize = digitCount(q)
  if (asize <= (square ? KARATSUBA_SQUARE_CUTOFF : KARATSUBA_CUTOFF)) {
    if (asize === 0) return PyLong_FromLong(0)
    const z = _PyLong_New(asize + bsize)
    if (z !== null) z.v = p * q
    return z
  }
  if (2 * asize <= bsize) return k_lopsided_mul(p, q, asize, bsize)
  return karatsuba(p, q, square, asize, bsize)
}

// One step of Karatsuba: halves of both, the result, ah*bh, al*bl, (ah+al)*(bh+bl); each is dropped where CPython does.
function karatsuba(p: bigint, q: bigint, square: boolean, asize: number, bsize: number): PyLongObject | null {
  const shift = BigInt(30 * (bsize >> 1))
  const mask = (1n << shift) - 1n
  const live: PyLongObject[] = []
  const keep = (o: PyLongObject | null): PyLongObject | null => {
    if (o !== null) live.push(o)
    return o
  }
  const drop = (o: PyLongObject): void => {
    live.splice(live.indexOf(o), 1)
    decref(o)
  }
  const fail = (): null => {
    while (live.length > 0) decref(live.pop()!)
    return null
  }
  const split = (v: bigint, size: number): [PyLongObject, PyLongObject] | null => {
    const half = Math.min(size, bsize >> 1)
    const high = keep(_PyLong_New(size - half))
    const low = keep(_PyLong_New(half))
    if (high === null || low === null) return null
    high.v = v >> shift
    low.v = v & mask
    return [high, low]
  }
  const a = split(p, asize)
  if (a === null) return fail()
  const b = square ? a : split(q, bsize)
  if (b === null) return fail()
  const ret = keep(_PyLong_New(asize + bsize))
  if (ret === null) return fail()
  const t1 = keep(k_mul(big(a[0]), big(b[0]), square))
  if (t1 === null) return fail()
  const t2 = keep(k_mul(big(a[1]), big(b[1]), square))
  if (t2 === null) return fail()
  drop(t2)
  drop(t1)
  const sumA = keep(_PyLong_New(Math.max(digitCount(big(a[0])), digitCount(big(a[1]))) + 1))
  if (sumA === null) return fail()
  sumA.v = big(a[0]) + big(a[1])
  let sumB = sumA
  drop(a[0])
  drop(a[1])
  if (!square) {
    const sum = keep(_PyLong_New(Math.max(digitCount(big(b[0])), digitCount(big(b[1]))) + 1))
    if (sum === null) return fail()
    sum.v = big(b[0]) + big(b[1])
    sumB = sum
    drop(b[0])
    drop(b[1])
  }
  const t3 = keep(k_mul(big(sumA), big(sumB), square))
  if (t3 === null) return fail()
  drop(sumA)
  if (sumB !== sumA) drop(sumB)
  drop(t3)
  return ret
}

function big(o: PyLongObject): bigint {
  return o.v === 0 ? 0n : PyLong_AsBigInt(o)
}

// The long operand is cut into pieces of the short one's size; one int serves for all pieces.
function k_lopsided_mul(p: bigint, q: bigint, asize: number, bsize: number): PyLongObject | null {
  const ret = _PyLong_New(asize + bsize)
  if (ret === null) return null
  const slice = _PyLong_New(asize)
  if (slice === null) {
    decref(ret)
    return null
  }
  const width = BigInt(30 * asize)
  const mask = (1n << width) - 1n
  for (let rest = q; rest > 0n; rest >>= width) {
    const product = k_mul(rest & mask, p, false)
    if (product === null) {
      decref(slice)
      decref(ret)
      return null
    }
    decref(product)
  }
  decref(slice)
  return ret
}
