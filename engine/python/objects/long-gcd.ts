// _PyLong_GCD: Lehmer's algorithm on 30-bit digits. Mirrors Objects/longobject.c.
//
// The two ints shrink together. Their values are BigInts here; what is simulated is which int objects hold them: while an int
// has no other owner its own block is written over, otherwise a new one of its size is made once and reused from then on.
import { l_mod } from './long-arith'
import { bitLengthBigInt } from './long-digits'
import { PyLong_FromLong, _PyLong_Copy, _PyLong_New, digitCount, normalizeValue, type PyLongObject } from './longobject'
import { Py_DECREF, type PyObject } from './object'
import { PyNumber_Absolute } from './abstract'

const SHIFT = 30n
const MASK = (1n << SHIFT) - 1n

const big = (o: PyLongObject): bigint => BigInt(o.v as number | bigint)
const ref = (o: PyLongObject): PyLongObject => (o.ob_refcnt++, o)
const magnitude = (n: bigint): bigint => n < 0n ? -n : n

function gcdOf(x: bigint, y: bigint): bigint {
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** The cofactors of as many steps as the leading digits allow: [A, B, C, D, steps]. */
function lehmerSteps(a: bigint, b: bigint, size: number): [bigint, bigint, bigint, bigint, number] {
  // The top 60 bits of a, and those of b at the same places.
  const drop = BigInt(bitLengthBigInt(a) - 2 * Number(SHIFT))
  let x = a >> drop
  let y = b >> drop
  let [A, B, C, D] = [1n, 0n, 0n, 1n]
  let k = 0
  for (; size > 2; k++) {
    if (y - C === 0n) break
    const q = (x + (A - 1n)) / (y - C)
    const s = B + q * D
    const t = x - q * y
    if (s > t) break
    x = y
    y = t
    ;[A, B, C, D] = [D, C, s, A + q * C]
  }
  return [A, B, C, D, k]
}

/** NEW greatest common divisor of two ints, or null. */
export function _PyLong_GCD(left: PyLongObject, right: PyLongObject): PyObject | null {
  if (digitCount(left.v) <= 2 && digitCount(right.v) <= 2) {
    return PyLong_FromLong(Number(gcdOf(magnitude(big(left)), magnitude(big(right)))))
  }
  let a = PyNumber_Absolute(left) as PyLongObject
  let b = PyNumber_Absolute(right) as PyLongObject
  if (big(a) < big(b)) [a, b] = [b, a]
  let allocB = digitCount(b.v)
  let allocA = digitCount(a.v)
  let c: PyLongObject | null = null
  let d: PyLongObject | null = null
  const drop = (): void => {
    if (c !== null) Py_DECREF(c)
    if (d !== null) Py_DECREF(d)
  }
  for (let size = digitCount(a.v); size > 2; size = digitCount(a.v)) {
    if (b.v === 0) {
      const result = size < allocA ? _PyLong_Copy(a) : ref(a)
      Py_DECREF(a)
      Py_DECREF(b)
      drop()
      return result
    }
    const [A, B, C, D, k] = lehmerSteps(big(a), big(b), size)
    if (k === 0) {
      const r = l_mod(a, b) as PyLongObject | null
      if (r === null) return null
      Py_DECREF(a)
      a = b
      b = r
      allocA = allocB
      allocB = digitCount(b.v)
      continue
    }
    const [x, y] = [big(a), big(b)]
    const nextA = (k & 1) !== 0 ? A * y - B * x : A * x - B * y
    const nextB = (k & 1) !== 0 ? D * x - C * y : D * y - C * x
    if (c === null) {
      if (a.ob_refcnt === 1) c = ref(a)
      else {
        allocA = size
        c = _PyLong_New(size)!
      }
    }
    if (d === null) {
      if (b.ob_refcnt === 1 && size <= allocB) d = ref(b)
      else {
        allocB = size
        d = _PyLong_New(size)!
      }
    }
    c.v = normalizeValue(nextA)
    d.v = normalizeValue(nextB)
    ref(c)
    Py_DECREF(a)
    a = c
    ref(d)
    Py_DECREF(b)
    b = d
  }
  drop()
  const result = gcdOf(magnitude(big(a)), magnitude(big(b)))
  Py_DECREF(a)
  Py_DECREF(b)
  return PyLong_FromLong(Number(result & MASK | (result >> SHIFT) << SHIFT))
}
