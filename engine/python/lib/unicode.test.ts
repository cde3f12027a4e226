import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { floatHex } from './float-hex'
import { golden as load } from './testing'
import {
  fullCasefold, fullLower, fullTitle, fullUpper, isLowerText, isTitleText, isUpperText, simpleLower, simpleTitle, simpleUpper, toCapitalized,
  toCasefold, toLower, toSwapcase, toTitle, toUpper,
} from './unicode-case'
import * as data from './unicode-data'
import { decomposition, normalize, type NormalForm } from './unicode-normalize'

type Word = [string, string, string, string, string, string, string, number, number, number]
const golden = load<Record<string, string> & { words: Word[] }>('unicode')

const points = (text: string) => Array.from(text, (c) => c.codePointAt(0)!.toString(16)).join(' ')
const flag = (f: (code: number) => boolean) => (code: number) => f(code) ? '1' : '0'
const known = (n: number) => n < 0 ? '' : String(n)
const form = (name: NormalForm) => (code: number) => points(normalize(name, 'a' + String.fromCodePoint(code) + '\u0301\u0327'))

const properties: Record<string, (code: number) => string> = {
  category: data.generalCategory, bidirectional: data.bidirectional, eastAsianWidth: data.eastAsianWidth,
  combining: (c) => String(data.combining(c)), mirrored: (c) => String(data.mirrored(c)), decomposition,
  numeric: (c) => {
    const value = data.numericValue(c)
    return value === null ? '' : floatHex(value)
  },
  decimal: (c) => known(data.decimalValue(c)), digit: (c) => known(data.digitValue(c)),
  isAlpha: flag(data.isAlpha), isAlnum: flag(data.isAlnum), isDecimal: flag(data.isDecimal), isDigit: flag(data.isDigit),
  isNumeric: flag(data.isNumeric), isSpace: flag(data.isSpace), isPrintable: flag(data.isPrintable), isUpper: flag(data.isUpper),
  isLower: flag(data.isLower), isTitle: flag(data.isTitle), isXidStart: flag(data.isXidStart), isXidContinue: flag(data.isXidContinue),
  isLineBreak: flag(data.isLineBreak), isCased: flag(data.isCased), isCaseIgnorable: flag(data.isCaseIgnorable),
  upper: (c) => points(fullUpper(c)), lower: (c) => points(fullLower(c)), title: (c) => points(fullTitle(c)),
  casefold: (c) => points(fullCasefold(c)), swapcase: (c) => points(toSwapcase(String.fromCodePoint(c))),
  capitalize: (c) => points(toCapitalized(String.fromCodePoint(c))),
  simpleLower: (c) => simpleLower(c).toString(16), simpleUpper: (c) => simpleUpper(c).toString(16), simpleTitle: (c) => simpleTitle(c).toString(16),
  NFC: form('NFC'), NFD: form('NFD'), NFKC: form('NFKC'), NFKD: form('NFKD'),
}

test('a property is tested for every golden', () => {
  expect(Object.keys(properties).sort()).toEqual(Object.keys(golden).filter((name) => name !== 'words').sort())
})

test.each(Object.keys(properties))('%s is CPython\'s on all code points', (name) => {
  const property = properties[name]!
  const hash = createHash('sha256')
  for (let block = 0; block < 0x110000; block += 0x1000) {
    let text = ''
    for (let code = block; code < block + 0x1000; code++) text += property(code) + '\n'
    hash.update(text)
  }
  expect(hash.digest('hex')).toBe(golden[name])
}, 60_000)

test('texts change case as in CPython', () => {
  for (const [word, upper, lower, title, capital, swapped, folded, isUpper, isLower, isTitle] of golden.words) {
    expect([toUpper(word), toLower(word), toTitle(word), toCapitalized(word), toSwapcase(word), toCasefold(word)], word)
      .toEqual([upper, lower, title, capital, swapped, folded])
    expect([isUpperText(word), isLowerText(word), isTitleText(word)], word).toEqual([isUpper === 1, isLower === 1, isTitle === 1])
  }
})

test('decimal digits and spaces become ASCII', () => {
  expect(data.transformDecimalAndSpaceToAscii('\u2003١٢٣ é 𝟘\u3000x')).toBe(' 123 ? 0 x')
})
