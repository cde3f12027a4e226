// Arithmetic of ints of any size where it is more than JavaScript's own on bigint: Python's rounding of division,
// correctly rounded floats, modular powers, roots, bytes (Objects/longobject.c, Modules/mathmodule.c).

// ---- bits ----------------------------------------------------------------------------------------------------------

/** n.bit_length() */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0
  const hex = (n < 0n ? -n : n).toString(16)
  return hex.length * 4 - (Math.clz32(parseInt(hex[0]!, 16)) - 28)
}

/** n.bit_count(): ones of the absolute value. */
export function bitCount(n: bigint): number {
  const hex = (n < 0n ? -n : n).toString(16)
  let count = 0
  for (let end = hex.length; end > 0; end -= 8) {
    let x = parseInt(hex.slice(Math.max(end - 8, 0), end), 16) | 0
    x -= (x >>> 1) & 0x55555555
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333)
    x = (x + (x >>> 4)) & 0x0f0f0f0f
    count += Math.imul(x, 0x01010101) >>> 24
  }
  return count
}

/** |ob_size| of an int: its 30-bit digits, 0 for zero. */
export function digitCount(n: bigint | number): number {
  if (typeof n === 'number') {
    const size = Math.abs(n)
    return size < 1073741824 ? (size === 0 ? 0 : 1) : size < 1152921504606846976 ? 2 : 3
  }
  return Math.ceil(bitLength(n) / 30)
}

// ---- division --------------------------------------------------------------------------------------------------------

/** a // b for b != 0 */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return (a < 0n) !== (b < 0n) && quotient * b !== a ? quotient - 1n : quotient
}

/** a % b for b != 0: the sign of b */
export function floorModulo(a: bigint, b: bigint): bigint {
  const remainder = a % b
  return remainder !== 0n && (remainder < 0n) !== (b < 0n) ? remainder + b : remainder
}

/** divmod(a, b) for b != 0 */
export function divMod(a: bigint, b: bigint): [quotient: bigint, remainder: bigint] {
  const quotient = a / b
  const remainder = a - quotient * b
  return remainder !== 0n && (remainder < 0n) !== (b < 0n) ? [quotient - 1n, remainder + b] : [quotient, remainder]
}

// Mirrors long_true_divide, Objects/longobject.c, in its result: a / b correctly rounded, ties to even.
/** null where the quotient is too large (OverflowError: integer division result too large for a float). b != 0 */
export function trueDivide(a: bigint, b: bigint): number | null {
  if (a === 0n) return b < 0n ? -0 : 0
  const negative = (a < 0n) !== (b < 0n)
  let numerator = a < 0n ? -a : a
  let denominator = b < 0n ? -b : b
  // The quotient is in [2^(top-1), 2^(top+1)); keep 55 bits of it or, near the subnormals, down to 2^-1076, and a sticky bit.
  const top = bitLength(numerator) - bitLength(denominator)
  if (top > 1025) return null
  const shift = Math.max(top - 55, -1076)
  if (shift >= 0) denominator <<= BigInt(shift)
  else numerator <<= BigInt(-shift)
  let quotient = numerator / denominator
  if (quotient * denominator !== numerator) quotient |= 1n
  const value = scaleRounded(quotient, shift)
  if (value === Infinity) return null
  return negative ? -value : value
}

/**
 * quotient * 2^shift rounded once to a double, where the last bit of the quotient is sticky and lies at least two bits
 * below the last bit of the result.
 */
function scaleRounded(quotient: bigint, shift: number): number {
  const last = Math.max(bitLength(quotient) + shift - 53, -1074)
  const drop = BigInt(last - shift)
  let mantissa = quotient >> drop
  const rest = quotient - (mantissa << drop)
  const half = 1n << (drop - 1n)
  if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n
  return ldexpExact(Number(mantissa), last)
}

/** n * 2^exponent for an n of at most 53 bits and a result that is a double or infinite. */
function ldexpExact(n: number, exponent: number): number {
  if (exponent > 970) return n * 2 ** 970 * 2 ** (exponent - 970)
  if (exponent < -1022) return n * 2 ** -1022 * 2 ** (exponent + 1022)
  return n * 2 ** exponent
}

/** float(n), ties to even; infinite where it overflows (OverflowError: int too large to convert to float). */
export function bigIntToDouble(n: bigint): number {
  return Number(n)
}

/** int(x) of a finite float */
export function doubleToBigInt(x: number): bigint {
  return BigInt(Math.trunc(x))
}

// Mirrors _PyLong_Frexp, Objects/longobject.c.
/** n = mantissa * 2^exponent with 0.5 <= |mantissa| < 1, rounded to 53 bits; for logarithms of ints beyond floats. */
export function bigIntFrexp(n: bigint): { mantissa: number, exponent: number } {
  if (n === 0n) return { mantissa: 0, exponent: 0 }
  let size = n < 0n ? -n : n
  let exponent = bitLength(size)
  const drop = exponent - 64
  if (drop > 0) {
    // 64 bits and a sticky one round to the same 53 as all of them.
    const kept = size >> BigInt(drop)
    size = kept << BigInt(drop) === size ? kept : kept | 1n
  }
  let mantissa = Number(size) / 2 ** Math.min(exponent, 64)
  if (mantissa === 1) {
    mantissa = 0.5
    exponent++
  }
  return { mantissa: n < 0n ? -mantissa : mantissa, exponent }
}

// ---- powers and roots --------------------------------------------------------------------------------------------------

/** math.gcd of two: never negative */
export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a
  let y = b < 0n ? -b : b
  while (y !== 0n) {
    if (x < 9007199254740992n && y < 9007199254740992n) {
      let p = Number(x)
      let q = Number(y)
      while (q !== 0) {
        const r = p % q
        p = q
        q = r
      }
      return BigInt(p)
    }
    const rest = x % y
    x = y
    y = rest
  }
  return x
}

/** math.isqrt of n >= 0: the integer root, rounded down */
export function isqrt(n: bigint): bigint {
  if (n < 4503599627370496n) return BigInt(Math.floor(Math.sqrt(Number(n))))
  // Newton's iteration on growing precision, as _approximate_isqrt of Modules/mathmodule.c.
  const c = (bitLength(n) - 1) >> 1
  let a = 1n
  let d = 0
  for (let s = 31 - Math.clz32(c); s >= 0; s--) {
    const e = d
    d = c >> s
    a = (a << BigInt(d - e - 1)) + (n >> BigInt(2 * c - e - d + 1)) / a
  }
  return a * a > n ? a - 1n : a
}

/** The inverse of a modulo n > 0 in 0 … n-1, or null if there is none. */
export function inverseModulo(a: bigint, n: bigint): bigint | null {
  let r = n
  let next = floorModulo(a, n)
  let t = 0n
  let nextT = 1n
  while (next !== 0n) {
    const quotient = r / next
    const r2 = r - quotient * next
    r = next
    next = r2
    const t2 = t - quotient * nextT
    t = nextT
    nextT = t2
  }
  return r === 1n ? floorModulo(t, n) : null
}

// Mirrors long_pow, Objects/longobject.c, for three arguments.
/**
 * pow(base, exponent, modulus) for modulus != 0 (ValueError: pow() 3rd argument cannot be 0); the result has the sign of
 * the modulus. null where a negative exponent finds no inverse (ValueError: base is not invertible for the given modulus).
 */
export function powModulo(base: bigint, exponent: bigint, modulus: bigint): bigint | null {
  const n = modulus < 0n ? -modulus : modulus
  if (exponent < 0n) {
    const inverse = inverseModulo(base, n)
    if (inverse === null) return null
    base = inverse
    exponent = -exponent
  }
  if (n === 1n) return 0n
  let result = 1n
  let square = floorModulo(base, n)
  const bits = exponent.toString(2)
  for (let i = 0; i < bits.length; i++) {
    result = result * result % n
    if (bits.charCodeAt(i) === 49) result = result * square % n
  }
  return modulus < 0n && result !== 0n ? result - n : result
}

// ---- bytes -----------------------------------------------------------------------------------------------------------------

// Mirrors _PyLong_AsByteArray, Objects/longobject.c.
/**
 * n.to_bytes(length, byteorder, signed=…), or why not: 'negative' (OverflowError: can't convert negative int to unsigned),
 * 'overflow' (OverflowError: int too big to convert).
 */
export function intToBytes(n: bigint, length: number, littleEndian: boolean, signed: boolean): Uint8Array | 'negative' | 'overflow' {
  if (n < 0n && !signed) return 'negative'
  // CPython checks the sign bit only where there are bytes: -1 fits into none.
  if (n === -1n && length === 0) return new Uint8Array(0)
  const bits = n < 0n ? bitLength(-n - 1n) : bitLength(n)
  if (bits + (signed && n !== 0n ? 1 : 0) > length * 8) return 'overflow'
  const bytes = new Uint8Array(length)
  const hex = BigInt.asUintN(length * 8, n).toString(16)
  for (let i = 0, end = hex.length; end > 0; i++, end -= 2) {
    bytes[littleEndian ? i : length - 1 - i] = parseInt(hex.slice(Math.max(end - 2, 0), end), 16)
  }
  return bytes
}

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

// Mirrors _PyLong_FromByteArray, Objects/longobject.c.
/** int.from_bytes(bytes, byteorder, signed=…) */
export function intFromBytes(bytes: Uint8Array, littleEndian: boolean, signed: boolean): bigint {
  const n = bytes.length
  if (n === 0) return 0n
  let hex = '0x'
  if (littleEndian) for (let i = n - 1; i >= 0; i--) hex += HEX_BYTES[bytes[i]!]
  else for (let i = 0; i < n; i++) hex += HEX_BYTES[bytes[i]!]
  const value = BigInt(hex)
  return signed ? BigInt.asIntN(n * 8, value) : value
}
