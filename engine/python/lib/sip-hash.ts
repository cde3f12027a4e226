// SipHash-1-3, CPython 3.11's hash of str, bytes, memoryview and datetime (Python/pyhash.c), over raw code units.
//
// The 64-bit state lives in pairs of int32 locals: no BigInt, no allocation. A result goes into an Int32Array of two,
// [low 32 bits, high 32 bits] of Py_hash_t; see num-hash.ts for turning such a pair into a number.
// The key is the one piece of module state, as _Py_HashSecret is in CPython: one interpreter per JavaScript realm.

/** k0 low, k0 high, k1 low, k1 high. */
const key = new Int32Array(4)

// Mirrors lcg_urandom and _Py_HashRandomization_Init, Python/bootstrap_hash.c.
/** PYTHONHASHSEED: 0 gives the zero key, 1 … 4294967295 a key from the generator. */
export function setHashSeed(seed: number): void {
  key.fill(0)
  if (seed === 0) return
  const bytes = new Uint8Array(key.buffer)
  let x = seed | 0
  for (let i = 0; i < 16; i++) {
    x = (Math.imul(x, 214013) + 2531011) | 0
    bytes[i] = x >>> 16
  }
}

/** Sets the 128-bit key itself, as four int32 from the least significant up. */
export function setHashKey(k0lo: number, k0hi: number, k1lo: number, k1hi: number): void {
  key[0] = k0lo
  key[1] = k0hi
  key[2] = k1lo
  key[3] = k1hi
}

/** Message words on their way into the state; long messages come in several fills. */
const FILL_WORDS = 2048
const words = new Int32Array(FILL_WORDS)
const state = new Int32Array(8)

// Mirrors siphash13, Python/pyhash.c.
function start(): void {
  state[0] = key[0]! ^ 0x70736575
  state[1] = key[1]! ^ 0x736f6d65
  state[2] = key[2]! ^ 0x6e646f6d
  state[3] = key[3]! ^ 0x646f7261
  state[4] = key[0]! ^ 0x6e657261
  state[5] = key[1]! ^ 0x6c796765
  state[6] = key[2]! ^ 0x79746573
  state[7] = key[3]! ^ 0x74656462
}

/**
 * Runs one round for each pair of `words[0..count)`. The last fill of a message also runs the three final rounds,
 * which are rounds over zeros after v2 was flipped.
 */
function absorb(count: number, last: boolean): void {
  let v0l = state[0]!, v0h = state[1]!, v1l = state[2]!, v1h = state[3]!
  let v2l = state[4]!, v2h = state[5]!, v3l = state[6]!, v3h = state[7]!
  const end = last ? count + 6 : count
  for (let i = 0; i < end; i += 2) {
    let ml = 0, mh = 0
    if (i < count) {
      ml = words[i]!
      mh = words[i + 1]!
    } else if (i === count) {
      v2l ^= 0xff
    }
    v3l ^= ml
    v3h ^= mh
    let t = 0

    // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
    t = (v0l + v1l) | 0
    v0h = (v0h + v1h + ((t >>> 0) < (v0l >>> 0) ? 1 : 0)) | 0
    v0l = t
    t = (v1l << 13) | (v1h >>> 19)
    v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h
    v1l = t ^ v0l
    t = v0l
    v0l = v0h
    v0h = t

    // v2 += v3; v3 = rotl(v3, 16) ^ v2
    t = (v2l + v3l) | 0
    v2h = (v2h + v3h + ((t >>> 0) < (v2l >>> 0) ? 1 : 0)) | 0
    v2l = t
    t = (v3l << 16) | (v3h >>> 16)
    v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h
    v3l = t ^ v2l

    // v0 += v3; v3 = rotl(v3, 21) ^ v0
    t = (v0l + v3l) | 0
    v0h = (v0h + v3h + ((t >>> 0) < (v0l >>> 0) ? 1 : 0)) | 0
    v0l = t
    t = (v3l << 21) | (v3h >>> 11)
    v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h
    v3l = t ^ v0l

    // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
    t = (v2l + v1l) | 0
    v2h = (v2h + v1h + ((t >>> 0) < (v2l >>> 0) ? 1 : 0)) | 0
    v2l = t
    t = (v1l << 17) | (v1h >>> 15)
    v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h
    v1l = t ^ v2l
    t = v2l
    v2l = v2h
    v2h = t

    v0l ^= ml
    v0h ^= mh
  }
  state[0] = v0l
  state[1] = v0h
  state[2] = v1l
  state[3] = v1h
  state[4] = v2l
  state[5] = v2h
  state[6] = v3l
  state[7] = v3h
}

// Mirrors _Py_HashBytes, Python/pyhash.c: -1 is the error value of tp_hash, so a hash is never -1.
function finish(out: Int32Array): void {
  let lo = state[0]! ^ state[2]! ^ state[4]! ^ state[6]!
  const hi = state[1]! ^ state[3]! ^ state[5]! ^ state[7]!
  if (lo === -1 && hi === -1) lo = -2
  out[0] = lo
  out[1] = hi
}

/** Hash of bytes; 0 for none. */
export function sipHash13Bytes(bytes: Uint8Array, out: Int32Array): void {
  const n = bytes.length
  if (n === 0) {
    out[0] = out[1] = 0
    return
  }
  start()
  let w = 0
  let i = 0
  for (; i + 8 <= n; i += 8) {
    words[w] = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    words[w + 1] = bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24)
    w += 2
    if (w === FILL_WORDS) {
      absorb(w, false)
      w = 0
    }
  }
  let lo = 0, hi = n << 24
  for (let k = 0; i < n; i++, k++) {
    if (k < 4) lo |= bytes[i]! << (k * 8)
    else hi |= bytes[i]! << (k * 8 - 32)
  }
  words[w] = lo
  words[w + 1] = hi
  absorb(w + 2, true)
  finish(out)
}

/**
 * Hash of a str: its text in UTF-16 and CPython's kind of it (1, 2 or 4 bytes a code point), which says the units that
 * are hashed; 0 for the empty text.
 */
export function sipHash13Utf16(str: string, kind: number, out: Int32Array): void {
  const n = str.length
  if (n === 0) {
    out[0] = out[1] = 0
    return
  }
  start()
  if (kind === 1) hashLatin1(str, n)
  else if (kind === 2) hashUcs2(str, n)
  else hashUcs4(str, n)
  finish(out)
}

function hashLatin1(str: string, n: number): void {
  let w = 0
  let i = 0
  for (; i + 8 <= n; i += 8) {
    words[w] = str.charCodeAt(i) | (str.charCodeAt(i + 1) << 8) | (str.charCodeAt(i + 2) << 16) | (str.charCodeAt(i + 3) << 24)
    words[w + 1] = str.charCodeAt(i + 4) | (str.charCodeAt(i + 5) << 8) | (str.charCodeAt(i + 6) << 16) | (str.charCodeAt(i + 7) << 24)
    w += 2
    if (w === FILL_WORDS) {
      absorb(w, false)
      w = 0
    }
  }
  let lo = 0, hi = n << 24
  for (let k = 0; i < n; i++, k++) {
    if (k < 4) lo |= str.charCodeAt(i) << (k * 8)
    else hi |= str.charCodeAt(i) << (k * 8 - 32)
  }
  words[w] = lo
  words[w + 1] = hi
  absorb(w + 2, true)
}

function hashUcs2(str: string, n: number): void {
  let w = 0
  let i = 0
  for (; i + 4 <= n; i += 4) {
    words[w] = str.charCodeAt(i) | (str.charCodeAt(i + 1) << 16)
    words[w + 1] = str.charCodeAt(i + 2) | (str.charCodeAt(i + 3) << 16)
    w += 2
    if (w === FILL_WORDS) {
      absorb(w, false)
      w = 0
    }
  }
  let lo = 0, hi = n << 25
  const rest = n - i
  if (rest > 0) lo = str.charCodeAt(i)
  if (rest > 1) lo |= str.charCodeAt(i + 1) << 16
  if (rest > 2) hi |= str.charCodeAt(i + 2)
  words[w] = lo
  words[w + 1] = hi
  absorb(w + 2, true)
}

function hashUcs4(str: string, n: number): void {
  let w = 0
  let points = 0
  for (let i = 0; i < n; points++) {
    const c = str.codePointAt(i)!
    i += c > 0xffff ? 2 : 1
    words[w++] = c
    // Only whole pairs of words may go: the last one is completed by the length below.
    if (w === FILL_WORDS) {
      absorb(w, false)
      w = 0
    }
  }
  const length = (points * 4) << 24
  if (w % 2 === 0) words[w++] = 0
  words[w++] = length
  absorb(w, true)
}
