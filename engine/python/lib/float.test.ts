import { expect, test } from 'vitest'
import { integerMantissa, floatFromHex, floatHex, floatRepr, formatFloat, parseFloatText, roundHalfEven, roundToDigits, type FloatFormat } from './dtoa'
import { golden as load } from './testing'

const golden = load<{
  reprs: [string, string][], formats: [string, FloatFormat, number, number, string][], texts: [string, string][], bytes: [string, string][]
  hex: [string, string][], rounds: [string, number, string][], halves: [string, string][], ratios: [string, string, string][]
}>('float')

const number = (hex: string) => floatFromHex(hex) as number
const hexed = (value: number | string | null) => value === null ? 'invalid' : typeof value === 'string' ? value : floatHex(value)

test('repr', () => {
  for (const [hex, text] of golden.reprs) expect(floatRepr(number(hex)), hex).toBe(text)
})

test('format codes, any precision, ties to even', () => {
  for (const [hex, code, precision, flags, text] of golden.formats) {
    expect(formatFloat(number(hex), code, precision, flags), `${hex} ${precision}${code} ${flags}`).toBe(text)
  }
  expect(formatFloat(0.125, '%', 1)).toBe('12.5%')
})

test('float() of texts and bytes', () => {
  for (const [text, hex] of golden.texts) expect(hexed(parseFloatText(text)), JSON.stringify(text)).toBe(hex)
  for (const [text, hex] of golden.bytes) expect(hexed(parseFloatText(text, true)), JSON.stringify(text)).toBe(hex)
})

test('hex and fromhex', () => {
  for (const [text, hex] of golden.hex) expect(hexed(floatFromHex(text)), text).toBe(hex)
  for (const [hex] of golden.reprs) expect(floatHex(number(hex))).toBe(hex)
})

test('round and ratio', () => {
  for (const [hex, digits, rounded] of golden.rounds) {
    const value = roundToDigits(number(hex), digits)
    expect(value === null ? 'overflow' : floatHex(value), `${hex} ${digits}`).toBe(rounded)
  }
  for (const [hex, text] of golden.halves) expect(String(BigInt(roundHalfEven(number(hex)))), hex).toBe(text)
  for (const [hex, n, d] of golden.ratios) {
    const { mantissa, exponent } = integerMantissa(number(hex))
    const ratio = [BigInt(mantissa) << BigInt(Math.max(exponent, 0)), 1n << BigInt(Math.max(-exponent, 0))]
    expect(ratio.map(String), hex).toEqual([n, d])
  }
})
