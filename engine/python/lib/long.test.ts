import { expect, test } from 'vitest'
import { floatHex } from './float-hex'
import {
  bigIntFrexp, bigIntToDouble, bitCount, bitLength, digitCount, divMod, floorDivide, floorModulo, gcd, intFromBytes, intToBytes, isqrt, powModulo,
  trueDivide,
} from './long-arithmetic'
import { INT_INVALID, intToDecimal, intToPrefixed, normalizeInt, parseIntText, type ParsedInt } from './long-string'
import { golden as load } from './testing'

type Failure = { e: string, m: string }
const golden = load<{
  parsed: [string, number, string | Failure][], limits: [number, string, number, number | Failure][], strs: [number, number, number | Failure][]
  binary: [string, string, string, string, string | Failure, string][], unary: [string, number, number, number, string | Failure, string][]
  pows: [string, string, string, string | Failure][], toBytes: [string, number, number, number, string | Failure][]
  bases: [string, string, string, string, string][]
}>('long')

const big = (hex: string) => hex.startsWith('-') ? -BigInt(hex.slice(1)) : BigInt(hex)
const hex = (n: bigint) => intToPrefixed(n, 16)

function told(result: ParsedInt): string | { digits: number } {
  return typeof result === 'object' || result === INT_INVALID ? result : intToPrefixed(result, 16)
}

test('int(text, base)', () => {
  for (const [text, base, expected] of golden.parsed) {
    const got = parseIntText(text, base)
    expect(told(got), `${JSON.stringify(text)} ${base}`).toBe(typeof expected === 'string' ? expected : INT_INVALID)
    if (typeof got === 'bigint') expect(typeof normalizeInt(got)).toBe('bigint')
  }
})

test('the limit on decimal digits', () => {
  for (const [length, digit, base, expected] of golden.limits) {
    const got = parseIntText(digit.repeat(length), base)
    const name = `${length} ${digit} ${base}`
    if (typeof expected === 'number') expect((told(got) as string).length, name).toBe(expected)
    else {
      expect(got, name).toEqual({ digits: length })
      expect(expected.m).toContain(`value has ${length} digits`)
    }
  }
  for (const [power, plus, expected] of golden.strs) {
    expect(intToDecimal(10n ** BigInt(power) + BigInt(plus))?.length ?? null, `${power} ${plus}`).toBe(typeof expected === 'number' ? expected : null)
  }
  expect(intToDecimal(10n ** 5000n, 0)!.length).toBe(5001)
})

test('bin, oct, hex, str', () => {
  for (const [n, binary, octal, hexadecimal, decimal] of golden.bases) {
    for (const value of [big(n), normalizeInt(big(n))]) {
      expect([intToPrefixed(value, 2), intToPrefixed(value, 8), intToPrefixed(value, 16), intToDecimal(value)]).toEqual([binary, octal, hexadecimal, decimal])
    }
  }
})

test('division, true division and gcd', () => {
  for (const [a, b, quotient, remainder, ratio, divisor] of golden.binary) {
    const x = big(a)
    const y = big(b)
    expect([hex(floorDivide(x, y)), hex(floorModulo(x, y)), ...divMod(x, y).map(hex)], `${a} ${b}`).toEqual([quotient, remainder, quotient, remainder])
    const value = trueDivide(x, y)
    if (typeof ratio === 'string') expect(floatHex(value!), `${a} / ${b}`).toBe(ratio)
    else expect(value, `${a} / ${b}`).toBe(null)
    expect(hex(gcd(x, y))).toBe(divisor)
  }
})

test('bits, digits, floats and roots', () => {
  for (const [n, length, count, digits, float, root] of golden.unary) {
    const x = big(n)
    expect([bitLength(x), bitCount(x), digitCount(x), digitCount(normalizeInt(x))], n).toEqual([length, count, digits, digits])
    const value = bigIntToDouble(x)
    if (typeof float === 'string') expect(floatHex(value), n).toBe(float)
    else expect(Number.isFinite(value), n).toBe(false)
    expect(hex(isqrt(x < 0n ? -x : x)), n).toBe(root)
    const { mantissa, exponent } = bigIntFrexp(x)
    if (typeof float === 'string') expect(mantissa * 2 ** (exponent - 100) * 2 ** 100, n).toBe(value)
    if (x !== 0n) expect(Math.abs(mantissa) >= 0.5 && Math.abs(mantissa) < 1).toBe(true)
  }
})

test('pow with a modulus', () => {
  for (const [base, exponent, modulus, expected] of golden.pows) {
    const value = powModulo(big(base), big(exponent), big(modulus))
    expect(value === null ? null : hex(value), `${base} ${exponent} ${modulus}`).toBe(typeof expected === 'string' ? expected : null)
  }
})

test('to_bytes and from_bytes', () => {
  for (const [n, length, little, signed, expected] of golden.toBytes) {
    const bytes = intToBytes(big(n), length, little === 1, signed === 1)
    const name = `${n} ${length} ${little} ${signed}`
    if (typeof expected === 'string') {
      if (typeof bytes === 'string') throw new Error(name)
      expect(Buffer.from(bytes).toString('hex'), name).toBe(expected)
      if (length > 0) expect(intFromBytes(bytes, little === 1, signed === 1), name).toBe(big(n))
    } else {
      expect(bytes, name).toBe(expected.m.startsWith("can't convert negative") ? 'negative' : 'overflow')
    }
  }
})
