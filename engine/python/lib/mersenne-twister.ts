// MT19937 as Python's random uses it (Modules/_randommodule.c of CPython 3.11).
import type { IntValue } from './long-string'

const N = 624
const M = 397

export class MersenneTwister {
  /** The 624 words, and how many of them are used up: what getstate() shows. */
  readonly state = new Uint32Array(N)
  index = N

  // Mirrors init_genrand.
  private seedWord(seed: number): void {
    const mt = this.state
    mt[0] = seed
    for (let i = 1; i < N; i++) {
      const previous = mt[i - 1]!
      mt[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i
    }
    this.index = N
  }

  // Mirrors init_by_array.
  /** Seeds by words from the least significant up; at least one. */
  seedArray(key: ArrayLike<number>): void {
    const mt = this.state
    this.seedWord(19650218)
    let i = 1
    let j = 0
    for (let k = Math.max(N, key.length); k > 0; k--) {
      const previous = mt[i - 1]!
      mt[i] = (mt[i]! ^ Math.imul(previous ^ (previous >>> 30), 1664525)) + key[j]! + j
      i++
      j++
      if (i >= N) {
        mt[0] = mt[N - 1]!
        i = 1
      }
      if (j >= key.length) j = 0
    }
    for (let k = N - 1; k > 0; k--) {
      const previous = mt[i - 1]!
      mt[i] = (mt[i]! ^ Math.imul(previous ^ (previous >>> 30), 1566083941)) - i
      i++
      if (i >= N) {
        mt[0] = mt[N - 1]!
        i = 1
      }
    }
    mt[0] = 0x80000000
  }

  // Mirrors random_seed for an int.
  /** Seeds by the absolute value of an int. */
  seedInt(n: IntValue): void {
    let size = BigInt(n)
    if (size < 0n) size = -size
    const key: number[] = []
    for (; size > 0n; size >>= 32n) key.push(Number(size & 0xffffffffn))
    this.seedArray(key.length === 0 ? [0] : key)
  }

  // Mirrors genrand_uint32.
  /** 32 random bits. */
  next(): number {
    const mt = this.state
    if (this.index >= N) {
      for (let k = 0; k < N; k++) {
        const y = (mt[k]! & 0x80000000) | (mt[(k + 1) % N]! & 0x7fffffff)
        mt[k] = mt[(k + M) % N]! ^ (y >>> 1) ^ ((y & 1) !== 0 ? 0x9908b0df : 0)
      }
      this.index = 0
    }
    let y = mt[this.index++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  // Mirrors _random_Random_random_impl.
  /** A float in [0, 1) with 53 random bits. */
  random(): number {
    const a = this.next() >>> 5
    const b = this.next() >>> 6
    return (a * 67108864 + b) / 9007199254740992
  }

  // Mirrors _random_Random_getrandbits_impl.
  /** k >= 0 random bits (ValueError for a negative k is the caller's). */
  getrandbits(k: number): IntValue {
    if (k === 0) return 0
    if (k <= 32) return this.next() >>> (32 - k)
    if (k <= 53) {
      const low = this.next()
      return (this.next() >>> (64 - k)) * 4294967296 + low
    }
    let hex = ''
    for (; k > 0; k -= 32) {
      const word = k < 32 ? this.next() >>> (32 - k) : this.next()
      hex = word.toString(16).padStart(8, '0') + hex
    }
    const value = BigInt('0x' + hex)
    return value <= 9007199254740991n ? Number(value) : value
  }
}
