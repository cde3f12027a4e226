// BLAKE2b and BLAKE2s with all parameters (RFC 7693 and the BLAKE2 paper, section 2.8).

export interface Blake2Parameters {
  digestSize: number
  key: Uint8Array
  /** Padded with zeros to 16 bytes (b) or 8 (s). */
  salt: Uint8Array
  person: Uint8Array
  fanout: number
  depth: number
  leafSize: number
  nodeOffset: bigint
  nodeDepth: number
  innerSize: number
  lastNode: boolean
}

/** What the two kinds differ in. */
export interface Blake2Kind {
  wordBits: 64 | 32
  rounds: number
  rotations: readonly [bigint, bigint, bigint, bigint]
  blockSize: number
  maxDigest: number
  saltSize: number
  iv: readonly bigint[]
}

const IV64 = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n, 0x510e527fade682d1n, 0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
]

export const BLAKE2B: Blake2Kind = {
  wordBits: 64, rounds: 12, rotations: [32n, 24n, 16n, 63n], blockSize: 128, maxDigest: 64, saltSize: 16, iv: IV64,
}
export const BLAKE2S: Blake2Kind = {
  wordBits: 32, rounds: 10, rotations: [16n, 12n, 8n, 7n], blockSize: 64, maxDigest: 32, saltSize: 8, iv: IV64.map(n => n >> 32n),
}

const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
]
/** The four words that each of the eight mixings of a round works on: columns, then diagonals. */
const LANES = [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15], [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] as const

function parameterBlock(kind: Blake2Kind, p: Blake2Parameters): Uint8Array {
  const block = new Uint8Array(kind.wordBits)
  const view = new DataView(block.buffer)
  block[0] = p.digestSize
  block[1] = p.key.length
  block[2] = p.fanout
  block[3] = p.depth
  view.setUint32(4, p.leafSize, true)
  if (kind.wordBits === 64) {
    view.setBigUint64(8, p.nodeOffset, true)
    block[16] = p.nodeDepth
    block[17] = p.innerSize
    block.set(p.salt, 32)
    block.set(p.person, 48)
  } else {
    view.setUint32(8, Number(p.nodeOffset & 0xffffffffn), true)
    view.setUint16(12, Number(p.nodeOffset >> 32n), true)
    block[14] = p.nodeDepth
    block[15] = p.innerSize
    block.set(p.salt, 16)
    block.set(p.person, 24)
  }
  return block
}

/** The digest of all data at once. */
export function blake2(kind: Blake2Kind, p: Blake2Parameters, data: Uint8Array): Uint8Array {
  const { wordBits, blockSize } = kind
  const wordBytes = wordBits / 8
  const words = (bytes: Uint8Array, at: number, n: number): bigint[] => {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    return Array.from({ length: n }, (_, i) => wordBits === 64 ? view.getBigUint64(at + i * 8, true) : BigInt(view.getUint32(at + i * 4, true)))
  }
  const wrap = (n: bigint): bigint => BigInt.asUintN(wordBits, n)
  const rotate = (n: bigint, by: bigint): bigint => wrap((n >> by) | (n << (BigInt(wordBits) - by)))

  const h = words(parameterBlock(kind, p), 0, 8).map((word, i) => word ^ kind.iv[i]!)
  const keyed = p.key.length > 0 ? blockSize : 0
  const total = keyed + data.length
  const input = new Uint8Array(Math.max(Math.ceil(total / blockSize), 1) * blockSize)
  input.set(p.key)
  input.set(data, keyed)
  for (let at = 0; at < input.length; at += blockSize) {
    const last = at + blockSize === input.length
    const count = BigInt(last ? total : at + blockSize)
    const m = words(input, at, 16)
    const v = [...h, ...kind.iv]
    v[12] = v[12]! ^ wrap(count)
    v[13] = v[13]! ^ wrap(count >> BigInt(wordBits))
    if (last) v[14] = wrap(~v[14]!)
    if (last && p.lastNode) v[15] = wrap(~v[15]!)
    const [r1, r2, r3, r4] = kind.rotations
    for (let round = 0; round < kind.rounds; round++) {
      const sigma = SIGMA[round % 10]!
      LANES.forEach(([a, b, c, d], i) => {
        v[a] = wrap(v[a]! + v[b]! + m[sigma[2 * i]!]!)
        v[d] = rotate(v[d]! ^ v[a]!, r1)
        v[c] = wrap(v[c]! + v[d]!)
        v[b] = rotate(v[b]! ^ v[c]!, r2)
        v[a] = wrap(v[a]! + v[b]! + m[sigma[2 * i + 1]!]!)
        v[d] = rotate(v[d]! ^ v[a]!, r3)
        v[c] = wrap(v[c]! + v[d]!)
        v[b] = rotate(v[b]! ^ v[c]!, r4)
      })
    }
    for (let i = 0; i < 8; i++) h[i] = h[i]! ^ v[i]! ^ v[i + 8]!
  }
  const out = new Uint8Array(8 * wordBytes)
  h.forEach((word, i) => { for (let b = 0; b < wordBytes; b++) out[i * wordBytes + b] = Number((word >> BigInt(8 * b)) & 0xffn) })
  return out.slice(0, p.digestSize)
}
