import { expect, test } from 'vitest'
import { floatFromHex } from './float-hex'
import { golden as load } from './testing'
import {
  avoidMinusOne, bigIntToHash, frozensetHashAdd, frozensetHashEnd, frozensetHashStart, hashAddress, hashBigInt, hashComplex, hashDouble,
  hashIntNumber, hashToBigInt, hashToInt, numberToHash, tupleHashAdd, tupleHashEnd, tupleHashStart,
} from './num-hash'
import { setHashSeed, sipHash13Bytes, sipHash13Utf16 } from './sip-hash'

const golden = load<{
  texts: [string, number][], bytes: [number, number][], seeds: Record<string, [string[], string[]]>, ints: [string, string][]
  floats: [string, string][], complexes: [string, string, string][], tuples: [number[], string][], frozensets: [number[], string][]
}>('hash')

const out = new Int32Array(2)
const acc = new Int32Array(2)
const value = () => String(hashToBigInt(out[0]!, out[1]!))

function kindOf(text: string): number {
  let max = 0
  for (const c of text) max = Math.max(max, c.codePointAt(0)!)
  return max < 256 ? 1 : max < 65536 ? 2 : 4
}

test('str and bytes hash as in CPython for each seed', () => {
  for (const [seed, [texts, bytes]] of Object.entries(golden.seeds) as [string, string[][]][]) {
    setHashSeed(Number(seed))
    golden.texts.forEach(([piece, times], i) => {
      const text = (piece as string).repeat(times as number)
      sipHash13Utf16(text, kindOf(text), out)
      expect(value(), `seed ${seed} text ${i}`).toBe(texts![i])
    })
    golden.bytes.forEach(([length, times], i) => {
      sipHash13Bytes(Uint8Array.from({ length: length! * times! }, (_, k) => k % length!), out)
      expect(value(), `seed ${seed} bytes ${i}`).toBe(bytes![i])
    })
  }
  setHashSeed(0)
})

test('numbers hash as in CPython', () => {
  for (const [n, hash] of golden.ints as [string, string][]) {
    hashBigInt(BigInt(n), out)
    expect(value(), n).toBe(hash)
    if (Math.abs(Number(n)) <= 2 ** 53) {
      hashIntNumber(Number(n), out)
      expect(value(), n).toBe(hash)
    }
  }
  for (const [hex, hash] of golden.floats as [string, string][]) {
    expect(hashDouble(floatFromHex(hex) as number, out)).toBe(true)
    expect(value(), hex).toBe(hash)
  }
  expect(hashDouble(NaN, out)).toBe(false)
  for (const [re, im, hash] of golden.complexes as [string, string, string][]) {
    hashComplex(floatFromHex(re) as number, floatFromHex(im) as number, 0, out)
    expect(value(), `${re} ${im}`).toBe(hash)
  }
})

test('tuples and frozensets of ints hash as in CPython', () => {
  for (const [items, hash] of golden.tuples as [number[], string][]) {
    tupleHashStart(acc)
    for (const item of items) {
      hashIntNumber(item, out)
      tupleHashAdd(acc, out[0]!, out[1]!)
    }
    tupleHashEnd(acc, items.length)
    expect(String(hashToBigInt(acc[0]!, acc[1]!))).toBe(hash)
  }
  for (const [items, hash] of golden.frozensets as [number[], string][]) {
    frozensetHashStart(acc)
    for (const item of items) {
      hashIntNumber(item, out)
      frozensetHashAdd(acc, out[0]!, out[1]!)
    }
    frozensetHashEnd(acc, items.length)
    expect(String(hashToBigInt(acc[0]!, acc[1]!))).toBe(hash)
  }
})

test('pairs and their values', () => {
  for (const n of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 123456789012345678n, -5000000000n]) {
    bigIntToHash(n, out)
    expect(hashToBigInt(out[0]!, out[1]!)).toBe(n)
    expect(BigInt(hashToInt(out[0]!, out[1]!))).toBe(n)
    if (n > -(2n ** 53n) && n < 2n ** 53n) {
      numberToHash(Number(n), acc)
      expect([...acc]).toEqual([...out])
    }
  }
  bigIntToHash(-1n, out)
  avoidMinusOne(out)
  expect(value()).toBe('-2')
  for (const address of [0x200000000030, 0x7f12345678f0, 16, 8]) {
    hashAddress(address, out)
    const a = BigInt(address)
    expect(value()).toBe(String(BigInt.asIntN(64, (a >> 4n) | (a << 60n))))
  }
})
