// The grammar of str.format: literal text and replacement fields, and the parts of a field name
// (Objects/stringlib/unicode_format.h of CPython 3.11). Also what `_string.formatter_parser` and
// `_string.formatter_field_name_split` yield. A failure is a FormatError with ValueError.
import { FormatError } from './format-spec'
import { decimalValue } from './unicode-data'

export interface Markup {
  literal: string
  /** False where only literal text is left, or a doubled brace ended it. */
  hasField: boolean
  fieldName: string
  formatSpec: string
  /** '' or one character */
  conversion: string
  /** The format spec has fields of its own. */
  needsExpanding: boolean
}

const error = (message: string) => new FormatError('ValueError', message)

/** Walks through a format string: next() until it returns null. */
export class MarkupIterator {
  private position = 0

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.position >= this.text.length
  }

  // Mirrors MarkupIterator_next.
  next(): Markup | null | FormatError {
    const text = this.text
    const n = text.length
    const start = this.position
    if (start >= n) return null
    const markup: Markup = { literal: '', hasField: false, fieldName: '', formatSpec: '', conversion: '', needsExpanding: false }
    let i = start
    while (i < n && text[i] !== '{' && text[i] !== '}') i++
    if (i === n) {
      this.position = n
      markup.literal = text.slice(start)
      return markup
    }
    const brace = text[i]!
    const doubled = i + 1 < n && text[i + 1] === brace
    if (brace === '}' && !doubled) return error("Single '}' encountered in format string")
    if (i + 1 === n) return error("Single '{' encountered in format string")
    if (doubled) {
      markup.literal = text.slice(start, i + 1)
      this.position = i + 2
      return markup
    }
    markup.literal = text.slice(start, i)
    markup.hasField = true
    this.position = i + 1
    return this.parseField(markup) ?? markup
  }

  // Mirrors parse_field.
  private parseField(markup: Markup): FormatError | null {
    const text = this.text
    const n = text.length
    const start = this.position
    let i = start
    let c = ''
    scan: while (i < n) {
      c = text[i++]!
      switch (c) {
        case '{':
          return error("unexpected '{' in field name")
        case '[':
          while (i < n && text[i] !== ']') i++
          break
        case '}': case ':': case '!':
          break scan
      }
    }
    if (c !== '}' && c !== ':' && c !== '!') return error("expected '}' before end of string")
    markup.fieldName = text.slice(start, i - 1)
    if (c === '!') {
      if (i >= n) return error('end of string while looking for conversion specifier')
      markup.conversion = String.fromCodePoint(text.codePointAt(i)!)
      i += markup.conversion.length
      if (i < n) {
        c = text[i++]!
        if (c === '}') {
          this.position = i
          return null
        }
        if (c !== ':') return error("expected ':' after conversion specifier")
      }
    }
    if (c !== '}') {
      const specStart = i
      for (let depth = 1; i < n;) {
        c = text[i++]!
        if (c === '{') {
          markup.needsExpanding = true
          depth++
        } else if (c === '}' && --depth === 0) {
          markup.formatSpec = text.slice(specStart, i - 1)
          this.position = i
          return null
        }
      }
      return error("unmatched '{' in format spec")
    }
    this.position = i
    return null
  }
}

// Mirrors get_integer.
/** The index a name stands for, or -1 for a name that is none. */
function indexOf(name: string): number | FormatError {
  if (name === '') return -1
  let value = 0
  for (const character of name) {
    const digit = decimalValue(character.codePointAt(0)!)
    if (digit < 0) return -1
    value = value * 10 + digit
  }
  return value >= 2 ** 63 ? error('Too many decimal digits in format string') : value
}

/** `a.b`: attribute 'b'; `a[b]`: item 'b', or item 0 where the name is a number. */
export interface FieldStep {
  isAttribute: boolean
  name: string
  /** -1 where the name is no index */
  index: number
}

export interface FieldName {
  /** The part before the first '.' or '['. */
  first: string
  /** Its value as an index, -1 if it is none (empty: automatic numbering). */
  firstIndex: number
  /** What follows, for FieldNameIterator. */
  rest: string
}

// Mirrors field_name_split.
export function splitFieldName(fieldName: string): FieldName | FormatError {
  let i = 0
  while (i < fieldName.length && fieldName[i] !== '.' && fieldName[i] !== '[') i++
  const first = fieldName.slice(0, i)
  const firstIndex = indexOf(first)
  if (firstIndex instanceof FormatError) return firstIndex
  return { first, firstIndex, rest: fieldName.slice(i) }
}

/** Automatic or manual numbering of fields, one for a format string and its nested specs. */
export class AutoNumber {
  private state: 'init' | 'auto' | 'manual' = 'init'
  private fieldNumber = 0

  // Mirrors autonumber_state_error and the end of field_name_split.
  /** The index to use for a split name; -1 for a keyword. */
  resolve(name: FieldName): number | FormatError {
    const empty = name.first === ''
    if (!empty && name.firstIndex === -1) return -1
    if (this.state === 'init') this.state = empty ? 'auto' : 'manual'
    if (this.state === 'manual' && empty) return error('cannot switch from manual field specification to automatic field numbering')
    if (this.state === 'auto' && !empty) return error('cannot switch from automatic field numbering to manual field specification')
    return empty ? this.fieldNumber++ : name.firstIndex
  }
}

/** Walks through the `.name` and `[item]` steps of a field name's rest: next() until it returns null. */
export class FieldNameIterator {
  private position = 0

  constructor(private readonly rest: string) {}

  // Mirrors FieldNameIterator_next.
  next(): FieldStep | null | FormatError {
    const rest = this.rest
    if (this.position >= rest.length) return null
    const opener = rest[this.position++]
    const start = this.position
    let i = start
    let step: FieldStep
    if (opener === '.') {
      while (i < rest.length && rest[i] !== '.' && rest[i] !== '[') i++
      step = { isAttribute: true, name: rest.slice(start, i), index: -1 }
      this.position = i
    } else if (opener === '[') {
      while (i < rest.length && rest[i] !== ']') i++
      if (i >= rest.length) return error("Missing ']' in format string")
      const name = rest.slice(start, i)
      const index = indexOf(name)
      if (index instanceof FormatError) return index
      step = { isAttribute: false, name, index }
      this.position = i + 1
    } else {
      return error("Only '.' or '[' may follow ']' in format field specifier")
    }
    return step.name === '' ? error('Empty attribute in format string') : step
  }
}
