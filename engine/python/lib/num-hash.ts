// Hashes of numbers, tuples, frozensets and pointers: Py_hash_t of CPython 3.11 on a 64-bit machine.
//
// A hash is a pair of int32, [low, high]; the functions write it into an Int32Array of two that the caller gives.
// Numbers hash modulo the Mersenne prime 2^61 - 1, so that equal numbers of different types have equal hashes.

const TWO_32 = 4294967296
const MASK_61_HI = 0x1fffffff
const MODULUS = (1n << 61n) - 1n

/** sys.hash_info.inf */
const HASH_INF = 314159
/** sys.hash_info.imag */
const HASH_IMAG = 1000003

// ---- pairs as numbers -------------------------------------------------------------------------------------------

/** The signed 64-bit value of a pair. */
export function hashToBigInt(lo: number, hi: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0)
}

/** The value of a pair as a number where it is exact (|n| <= 2^53 - 1), as a bigint elsewhere. */
export function hashToInt(lo: number, hi: number): number | bigint {
  const n = hi * TWO_32 + (lo >>> 0)
  return n >= -9007199254740991 && n <= 9007199254740991 ? n : hashToBigInt(lo, hi)
}

/** The pair of the low 64 bits of a value. */
export function bigIntToHash(value: bigint, out: Int32Array): void {
  out[0] = Number(BigInt.asIntN(32, value))
  out[1] = Number(BigInt.asIntN(32, value >> 32n))
}

/** The pair of an integer with |n| <= 2^53, as it is. */
export function numberToHash(n: number, out: Int32Array): void {
  out[0] = n | 0
  out[1] = Math.floor(n / TWO_32)
}

/** -1 means an error, so a hash that came out as -1 is -2. */
export function avoidMinusOne(out: Int32Array): void {
  if (out[0] === -1 && out[1] === -1) out[0] = -2
}

// ---- numbers ----------------------------------------------------------------------------------------------------

// Mirrors long_hash, Objects/longobject.c.
/** Hash of an int given as a number, |n| <= 2^53. */
export function hashIntNumber(n: number, out: Int32Array): void {
  out[0] = n === -1 ? -2 : n | 0
  out[1] = Math.floor(n / TWO_32)
}

/** Hash of an int of any size. */
export function hashBigInt(n: bigint, out: Int32Array): void {
  let x: bigint
  if (n < 0n) {
    x = -(-n % MODULUS)
    if (x === -1n) x = -2n
  } else {
    x = n % MODULUS
  }
  bigIntToHash(x, out)
}

const bits = new DataView(new ArrayBuffer(8))

// Mirrors _Py_HashDouble, Python/pyhash.c.
/** Hash of a float. False for a NaN, which hashes by the address of its object: `hashAddress` is the caller's. */
export function hashDouble(value: number, out: Int32Array): boolean {
  if (Number.isInteger(value) && Math.abs(value) <= 9007199254740992) {
    hashIntNumber(value, out)
    return true
  }
  if (!Number.isFinite(value)) {
    if (Number.isNaN(value)) return false
    out[0] = value > 0 ? HASH_INF : -HASH_INF
    out[1] = value > 0 ? 0 : -1
    return true
  }
  // |value| = mantissa * 2^exponent; modulo 2^61 - 1 a multiplication by 2^k is a rotation of 61 bits by k.
  bits.setFloat64(0, value)
  let hi = bits.getUint32(0)
  let lo = bits.getUint32(4)
  const biased = (hi >>> 20) & 0x7ff
  hi &= 0xfffff
  if (biased !== 0) hi |= 0x100000
  let shift = ((biased === 0 ? 1 : biased) - 1075) % 61
  if (shift < 0) shift += 61
  if (shift >= 32) {
    const low = lo
    lo = (hi << 3) | (low >>> 29)
    hi = low & MASK_61_HI
    shift -= 32
  }
  if (shift > 0) {
    const carried = shift <= 29 ? hi >>> (29 - shift) : (hi << (shift - 29)) | (lo >>> (61 - shift))
    hi = ((hi << shift) | (lo >>> (32 - shift))) & MASK_61_HI
    lo = (lo << shift) | carried
  }
  lo |= 0
  if (value < 0) {
    // Two's complement of the pair.
    lo = -lo | 0
    hi = ~hi + (lo === 0 ? 1 : 0)
    if (lo === -1 && hi === -1) lo = -2
  }
  out[0] = lo
  out[1] = hi
  return true
}

const imagHash = new Int32Array(2)

// Mirrors complex_hash, Objects/complexobject.c.
/** Hash of a complex; `address` (bytes) is that of its object and stands in for the parts that are NaN. */
export function hashComplex(real: number, imag: number, address: number, out: Int32Array): void {
  if (!hashDouble(real, out)) hashAddress(address, out)
  if (!hashDouble(imag, imagHash)) hashAddress(address, imagHash)
  multiply(imagHash, HASH_IMAG, 0)
  add(out, imagHash[0]!, imagHash[1]!)
  avoidMinusOne(out)
}

// Mirrors _Py_HashPointer, Python/pyhash.c: the low four bits of an address are zero, so they go to the top.
/** Hash of an object by its address in bytes (0 <= address < 2^53). */
export function hashAddress(address: number, out: Int32Array): void {
  const lo = address | 0
  const hi = (address / TWO_32) | 0
  out[0] = (lo >>> 4) | (hi << 28)
  out[1] = (hi >>> 4) | (lo << 28)
  avoidMinusOne(out)
}

// ---- 64-bit arithmetic on pairs -----------------------------------------------------------------------------------

/** acc += (lo, hi) */
function add(acc: Int32Array, lo: number, hi: number): void {
  const sum = (acc[0]! + lo) | 0
  acc[1] = acc[1]! + hi + ((sum >>> 0) < (lo >>> 0) ? 1 : 0)
  acc[0] = sum
}

/** acc *= (lo, hi), modulo 2^64 */
function multiply(acc: Int32Array, lo: number, hi: number): void {
  const a = acc[0]!
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = lo & 0xffff
  const b1 = lo >>> 16
  const low = a0 * b0
  // Each partial product is below 2^32 and each sum below 2^34: exact as numbers.
  const middle = a1 * b0 + (low >>> 16)
  const middle2 = a0 * b1 + (middle & 0xffff)
  const high = a1 * b1 + Math.floor(middle / 65536) + Math.floor(middle2 / 65536)
  acc[1] = (high | 0) + Math.imul(acc[1]!, lo) + Math.imul(a, hi)
  acc[0] = (middle2 << 16) | (low & 0xffff)
}

// ---- tuple --------------------------------------------------------------------------------------------------------

// XXPRIME_1, _2, _5 of Objects/tupleobject.c, as pairs:
// 11400714785074694791, 14029467366897019727, 2870177450012600261.
const PRIME_1_LO = 0x85ebca87 | 0, PRIME_1_HI = 0x9e3779b1 | 0
const PRIME_2_LO = 0x27d4eb4f | 0, PRIME_2_HI = 0xc2b2ae3d | 0
const PRIME_5_LO = 0x165667c5 | 0, PRIME_5_HI = 0x27d4eb2f | 0

// tuplehash, Objects/tupleobject.c, in three steps, as the hashes of the items come one by one from Python code:
// tupleHashStart(acc); for each item tupleHashAdd(acc, lo, hi); tupleHashEnd(acc, length).
export function tupleHashStart(acc: Int32Array): void {
  acc[0] = PRIME_5_LO
  acc[1] = PRIME_5_HI
}

const lane = new Int32Array(2)

export function tupleHashAdd(acc: Int32Array, lo: number, hi: number): void {
  lane[0] = lo
  lane[1] = hi
  multiply(lane, PRIME_2_LO, PRIME_2_HI)
  add(acc, lane[0]!, lane[1]!)
  const l = acc[0]!
  const h = acc[1]!
  acc[0] = (l << 31) | (h >>> 1)
  acc[1] = (h << 31) | (l >>> 1)
  multiply(acc, PRIME_1_LO, PRIME_1_HI)
}

export function tupleHashEnd(acc: Int32Array, length: number): void {
  add(acc, length ^ PRIME_5_LO ^ 3527539, PRIME_5_HI)
  if (acc[0] === -1 && acc[1] === -1) {
    acc[0] = 1546275796
    acc[1] = 0
  }
}

// ---- frozenset ----------------------------------------------------------------------------------------------------

// frozenset_hash, Objects/setobject.c, in the same three steps; the order of the elements does not matter.
export function frozensetHashStart(acc: Int32Array): void {
  acc[0] = acc[1] = 0
}

export function frozensetHashAdd(acc: Int32Array, lo: number, hi: number): void {
  // _shuffle_bits
  lane[0] = lo ^ 89869747 ^ (lo << 16)
  lane[1] = hi ^ ((hi << 16) | (lo >>> 16))
  multiply(lane, 3644798167 | 0, 0)
  acc[0] = acc[0]! ^ lane[0]!
  acc[1] = acc[1]! ^ lane[1]!
}

export function frozensetHashEnd(acc: Int32Array, length: number): void {
  numberToHash(length + 1, lane)
  multiply(lane, 1927868237, 0)
  let lo = acc[0]! ^ lane[0]!
  let hi = acc[1]! ^ lane[1]!
  const l = lo ^ ((lo >>> 11) | (hi << 21)) ^ ((lo >>> 25) | (hi << 7))
  hi = hi ^ (hi >>> 11) ^ (hi >>> 25)
  lo = l
  acc[0] = lo
  acc[1] = hi
  multiply(acc, 69069, 0)
  add(acc, 907133923, 0)
  if (acc[0] === -1 && acc[1] === -1) {
    acc[0] = 590923713
    acc[1] = 0
  }
}
