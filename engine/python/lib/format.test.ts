import { expect, test } from 'vitest'
import { floatFromHex } from './float-hex'
import { FormatError, formatComplexSpec, formatFloatSpec, formatInt, formatText } from './format-spec'
import { normalizeInt } from './long-string'
import { keyFollows, nextPercent, percentFloat, percentInt, percentText, unsupportedCharacter } from './percent-format'
import { AutoNumber, FieldNameIterator, MarkupIterator, splitFieldName } from './str-format'
import { golden as load } from './testing'

type Failure = { e: string, m: string }
type Value = string | [string, string]
const golden = load<{
  formats: [string, Value, string, string | Failure][], percents: [string, string, string, string | Failure][], parses: [string, string | Failure][]
  markups: [string, [string, string | null, string | null, string | null][] | Failure][]
  fields: [string, [string, number, [number, string, number][]] | Failure][], numberings: [string, string | Failure][]
}>('format')

const number = (hex: string) => floatFromHex(hex) as number
const plain = <T>(result: T | FormatError) => result instanceof FormatError ? { e: result.kind, m: result.message } : result

test('format() of int, float, str and complex', () => {
  for (const [kind, value, spec, expected] of golden.formats) {
    const got = kind === 'i' ? formatInt(normalizeInt(BigInt(value as string)), spec)
      : kind === 'f' ? formatFloatSpec(number(value as string), spec)
        : kind === 's' ? formatText(value as string, spec)
          : formatComplexSpec(number(value[0]!), number(value[1]!), spec)
    expect(plain(got), `${kind} ${value} ${JSON.stringify(spec)}`).toEqual(expected)
  }
})

test('% of ints, floats and texts', () => {
  for (const [kind, value, format, expected] of golden.percents) {
    const token = nextPercent(format, 0)
    if (token instanceof FormatError || token.spec === null) throw new Error(format)
    const { conversion, flags, width, precision } = token.spec
    const got = kind === 'i' ? percentInt(normalizeInt(BigInt(value)), conversion, flags, width, precision)
      : kind === 'f' ? percentFloat(number(value), conversion, flags, width, precision)
        : percentText(value, flags, width, precision)
    expect(plain(got), `${value} ${format}`).toEqual(expected)
  }
})

/** The whole of %, for a mapping that has every key. */
function interpolate(format: string): string | FormatError {
  let result = ''
  for (let position = 0; ;) {
    const token = nextPercent(format, position)
    if (token instanceof FormatError) return token
    result += token.literal
    const spec = token.spec
    if (spec === null) return result
    expect(keyFollows(format, position)).toBe(spec.key !== null)
    if (spec.error !== null) return spec.error
    position = token.next
    if (spec.conversion !== 's') return unsupportedCharacter(spec)
    else result += percentText(spec.key === null ? '<any>' : `('key', '${spec.key}')`, spec.flags, spec.width, spec.precision)
  }
}

test('the grammar of %', () => {
  for (const [format, expected] of golden.parses) {
    if (typeof expected !== 'string' && expected.e === 'TypeError') continue
    expect(plain(interpolate(format)), format).toEqual(expected)
  }
})

test('the grammar of str.format', () => {
  for (const [text, expected] of golden.markups) {
    const iterator = new MarkupIterator(text)
    const rows: (string | null)[][] = []
    let failure: FormatError | null = null
    for (;;) {
      const markup = iterator.next()
      if (markup === null) break
      if (markup instanceof FormatError) {
        failure = markup
        break
      }
      rows.push(markup.hasField ? [markup.literal, markup.fieldName, markup.formatSpec, markup.conversion || null] : [markup.literal, null, null, null])
    }
    expect(failure === null ? rows : plain(failure), text).toEqual(expected)
  }
})

test('field names', () => {
  for (const [name, expected] of golden.fields) {
    const split = splitFieldName(name)
    if (split instanceof FormatError) {
      expect(plain(split), name).toEqual(expected)
      continue
    }
    const steps: [number, string, number][] = []
    let failure: FormatError | null = null
    const iterator = new FieldNameIterator(split.rest)
    for (;;) {
      const step = iterator.next()
      if (step === null) break
      if (step instanceof FormatError) {
        failure = step
        break
      }
      steps.push([step.isAttribute ? 1 : 0, step.index < 0 ? step.name : String(step.index), step.index < 0 ? 0 : 1])
    }
    const first = split.firstIndex < 0 ? split.first : String(split.firstIndex)
    expect(failure === null ? [first, split.firstIndex < 0 ? 0 : 1, steps] : plain(failure), name).toEqual(expected)
  }
})

/** Numbers the fields of a format string and of its specs, without values. */
function numbered(text: string, auto: AutoNumber): string | FormatError {
  const iterator = new MarkupIterator(text)
  let result = ''
  for (;;) {
    const markup = iterator.next()
    if (markup === null) return result
    if (markup instanceof FormatError) return markup
    result += markup.literal
    if (!markup.hasField) continue
    const name = splitFieldName(markup.fieldName)
    if (name instanceof FormatError) return name
    const index = auto.resolve(name)
    if (index instanceof FormatError) return index
    result += `<${index < 0 ? name.first : index}>`
    if (markup.needsExpanding) {
      const inner = numbered(markup.formatSpec, auto)
      if (inner instanceof FormatError) return inner
    }
  }
}

test('automatic and manual numbering', () => {
  for (const [text, expected] of golden.numberings) expect(plain(numbered(text, new AutoNumber())), text).toEqual(expected)
})
