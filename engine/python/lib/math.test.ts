import { expect, test } from 'vitest'
import { floatFromHex, floatHex } from './float-hex'
import { hypot } from './libm'
import * as math from './math-functions'
import { golden as load } from './testing'

type Result = string
const golden = load<{
  unary: Record<string, [string, Result][]>, binary: Record<string, [string, string, Result][]>, ulp: [string, string][]
  frexp: [string, string, number][], modf: [string, string, string][], ldexp: [string, number, Result][], norms: [string[], string][]
  sums: [string[], Result][], factorial: [number, string][], comb: [number, number, string][], perm: [number, number, string][]
}>('math')

const number = (hex: string) => floatFromHex(hex) as number
const told = (value: number, error: number): Result => error === math.MATH_DOMAIN ? 'D' : error === math.MATH_RANGE ? 'R' : floatHex(value)

const words = new DataView(new ArrayBuffer(8))
function ordinal(x: number): bigint {
  words.setFloat64(0, x)
  const n = words.getBigInt64(0)
  return n < 0n ? -(n & 0x7fffffffffffffffn) : n
}

/** Distance in units of the last place; infinite where one is no number or an error. */
function ulps(a: Result, b: Result): number {
  if (a === b) return 0
  if (/[DR]|nan|inf/.test(a + b)) return Infinity
  const d = Number(ordinal(number(a)) - ordinal(number(b)))
  return Math.abs(d)
}

const OVERFLOWS = new Set(['cosh', 'exp', 'exp2', 'expm1', 'sinh'])
const LOGS = new Set(['log', 'log2', 'log10'])
const GAMMAS = new Set(['gamma', 'lgamma'])

/** Share of results that may be off, by at most that many units: glibc is not always nearest either. */
const DEFAULT_LIMIT = { share: 0.015, units: 1 }
const LIMITS: Record<string, { share: number, units: number }> = {
  erf: { share: 0, units: 0 }, cbrt: { share: 0, units: 0 }, tanh: { share: 0.02, units: 3 }, sinh: { share: 0.02, units: 2 },
  erfc: { share: 0.02, units: 2 }, gamma: { share: 0.02, units: 4 }, lgamma: { share: 0.02, units: 200 }, cosh: { share: 0.02, units: 2 },
}

test.each(Object.keys(golden.unary))('%s', (name) => {
  const f = math[name as 'exp']
  const limit = LIMITS[name] ?? DEFAULT_LIMIT
  const rows = golden.unary[name]!
  let off = 0
  for (const [hex, expected] of rows) {
    const x = number(hex)
    const r = f(x)
    const error = LOGS.has(name) ? math.checkLog(x) : GAMMAS.has(name) ? math.checkGamma(x, r) : math.checkResult(x, r, OVERFLOWS.has(name))
    const distance = ulps(told(r, error), expected)
    expect(distance, `${name}(${hex}) = ${told(r, error)}, expected ${expected}`).toBeLessThanOrEqual(limit.units)
    if (distance > 0) off++
  }
  expect(off / rows.length).toBeLessThanOrEqual(limit.share)
})

test.each(Object.keys(golden.binary))('%s of two', (name) => {
  const f = (x: number, y: number): Result => {
    switch (name) {
      case 'pow': {
        const r = math.pow(x, y)
        return told(r, math.checkPow(x, y, r))
      }
      case 'fmod': {
        const r = math.fmod(x, y)
        return told(r, math.checkFmod(x, y, r))
      }
      case 'remainder': {
        const r = math.remainder(x, y)
        return told(r, math.checkFmod(x, y, r))
      }
      case 'hypot': return floatHex(math.vectorNorm([Math.abs(x), Math.abs(y)]))
      case 'abs': {
        const r = hypot(x, y)
        return told(r, r === Infinity && Number.isFinite(x) && Number.isFinite(y) ? math.MATH_RANGE : math.MATH_OK)
      }
      default: return floatHex(math[name as 'atan2'](x, y))
    }
  }
  let off = 0
  for (const [x, y, expected] of golden.binary[name]!) {
    const got = f(number(x), number(y))
    if (name !== 'atan2' && name !== 'abs' && name !== 'pow') expect(got, `${name}(${x}, ${y})`).toBe(expected)
    expect(ulps(got, expected), `${name}(${x}, ${y}) = ${got}, expected ${expected}`).toBeLessThanOrEqual(1)
    if (got !== expected) off++
  }
  expect(off).toBeLessThanOrEqual(2)
})

test('taking floats apart', () => {
  for (const [x, expected] of golden.ulp) expect(floatHex(math.ulp(number(x))), x).toBe(expected)
  for (const [x, mantissa, exponent] of golden.frexp) {
    const got = math.frexp(number(x))
    expect([floatHex(got.mantissa), got.exponent], x).toEqual([mantissa, exponent])
  }
  for (const [x, fraction, whole] of golden.modf) {
    const got = math.modf(number(x))
    expect([floatHex(got.fraction), floatHex(got.whole)], x).toEqual([fraction, whole])
  }
  for (const [x, e, expected] of golden.ldexp) {
    const r = math.ldexp(number(x), e)
    expect(told(r, math.checkResult(number(x), r, true)), `${x} ${e}`).toBe(expected)
  }
})

test('hypot of any number', () => {
  for (const [coordinates, expected] of golden.norms) expect(floatHex(math.vectorNorm(coordinates.map(number))), String(coordinates)).toBe(expected)
})

test('fsum', () => {
  for (const [values, expected] of golden.sums) {
    const sum = new math.ExactSum()
    let got: number | math.FsumFault = 0
    for (const value of values) {
      const fault = sum.add(number(value))
      if (fault !== null) {
        got = fault
        break
      }
    }
    if (typeof got === 'number') got = sum.result()
    expect(typeof got === 'number' ? floatHex(got) : got === '-inf + inf in fsum' ? 'D' : 'R', String(values)).toBe(expected)
  }
})

test('factorial, comb, perm', () => {
  for (const [n, expected] of golden.factorial) expect(String(math.factorial(n))).toBe(expected)
  for (const [n, k, expected] of golden.comb) expect(String(math.comb(BigInt(n), BigInt(k))), `${n} ${k}`).toBe(expected)
  for (const [n, k, expected] of golden.perm) expect(String(math.perm(BigInt(n), BigInt(k))), `${n} ${k}`).toBe(expected)
})
