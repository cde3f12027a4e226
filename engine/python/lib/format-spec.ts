// The format mini-language of CPython 3.11 (Python/formatter_unicode.c): parsing of
// [[fill]align][sign][z][#][0][width][grouping][.precision][type], and format() of neutral values.
//
// A failure is a FormatError: the name of the exception and its message. Widths count code points.
// DIFFERS: the 'n' type is always that of the C locale: no grouping, a plain point.
import { Py_DTSF_ADD_DOT_0, Py_DTSF_ALT, Py_DTSF_NO_NEG_0, formatFloat, type FloatFormat } from './dtoa'
import { DEFAULT_MAX_STR_DIGITS, intToBase, intToDecimal, type IntValue } from './long-string'
import { decimalValue } from './unicode-data'

export class FormatError {
  readonly kind: 'ValueError' | 'OverflowError' | 'MemoryError'
  readonly message: string

  constructor(kind: 'ValueError' | 'OverflowError' | 'MemoryError', message: string) {
    this.kind = kind
    this.message = message
  }
}

export interface FormatSpec {
  /** One character (a code point); ' ' unless given. */
  fill: string
  align: string
  sign: '' | '+' | '-' | ' '
  alternate: boolean
  noNegativeZero: boolean
  /** -1 if not given */
  width: number
  grouping: '' | ',' | '_'
  /** Digits a group has: 3, or 4 for '_' with b, o, x, X. */
  groupSize: number
  /** -1 if not given */
  precision: number
  /** '' if not given and the value has no default */
  type: string
}

/** Largest text that is built at all; a wider one is Python's MemoryError. */
const MAX_WIDTH = 0x1fffffe8
const MAX_SSIZE = 2 ** 63
const MAX_PRECISION = 2147483647
const TOO_MANY_DIGITS = 'Too many decimal digits in format string'

const valueError = (message: string) => new FormatError('ValueError', message)

function showCode(type: string): string {
  const code = type.codePointAt(0)!
  return code > 32 && code < 128 ? type : '\\x' + code.toString(16)
}

/** ValueError: Unknown format code … */
export function unknownFormatCode(type: string, typeName: string): FormatError {
  return valueError(`Unknown format code '${showCode(type)}' for object of type '${typeName}'`)
}

const isAlign = (c: string | undefined) => c === '<' || c === '>' || c === '=' || c === '^'

/** The last spec that was parsed: loops format with the same one over and over. */
let lastSpec = ''
let lastTypeName = ''
let lastDefaultType = ''
let lastResult: FormatSpec | null = null

/** typeName is the tp_name of the value's type. The result may be shared: do not change it. */
export function parseFormatSpec(spec: string, typeName: string, defaultType: string, defaultAlign: '<' | '>'): FormatSpec | FormatError {
  if (lastResult !== null && spec === lastSpec && typeName === lastTypeName && defaultType === lastDefaultType) return lastResult
  const result = parse(spec, typeName, defaultType, defaultAlign)
  if (!(result instanceof FormatError)) {
    lastSpec = spec
    lastTypeName = typeName
    lastDefaultType = defaultType
    lastResult = result
  }
  return result
}

// Mirrors parse_internal_render_format_spec, Python/formatter_unicode.c.
function parse(spec: string, typeName: string, defaultType: string, defaultAlign: '<' | '>'): FormatSpec | FormatError {
  const result: FormatSpec = {
    fill: ' ', align: defaultAlign, sign: '', alternate: false, noNegativeZero: false, width: -1, grouping: '', groupSize: 3,
    precision: -1, type: defaultType,
  }
  const text = Array.from(spec)
  let pos = 0
  let fillGiven = false
  let alignGiven = false
  if (isAlign(text[1])) {
    result.fill = text[0]!
    result.align = text[1]!
    fillGiven = alignGiven = true
    pos = 2
  } else if (isAlign(text[0])) {
    result.align = text[0]!
    alignGiven = true
    pos = 1
  }
  const sign = text[pos]
  if (sign === '+' || sign === '-' || sign === ' ') {
    result.sign = sign
    pos++
  }
  if (text[pos] === 'z') {
    result.noNegativeZero = true
    pos++
  }
  if (text[pos] === '#') {
    result.alternate = true
    pos++
  }
  if (!fillGiven && text[pos] === '0') {
    result.fill = '0'
    if (!alignGiven && defaultAlign === '>') result.align = '='
    pos++
  }
  const readInteger = () => {
    let value = -1
    for (; pos < text.length; pos++) {
      const digit = decimalValue(text[pos]!.codePointAt(0)!)
      if (digit < 0) break
      value = Math.max(value, 0) * 10 + digit
    }
    return value
  }
  result.width = readInteger()
  if (result.width >= MAX_SSIZE) return valueError(TOO_MANY_DIGITS)
  if (text[pos] === ',') {
    result.grouping = ','
    pos++
  }
  if (text[pos] === '_') {
    if (result.grouping !== '') return valueError("Cannot specify both ',' and '_'.")
    result.grouping = '_'
    pos++
  }
  if (text[pos] === ',' && result.grouping === '_') return valueError("Cannot specify both ',' and '_'.")
  if (text[pos] === '.') {
    pos++
    result.precision = readInteger()
    if (result.precision >= MAX_SSIZE) return valueError(TOO_MANY_DIGITS)
    if (result.precision < 0) return valueError('Format specifier missing precision')
  }
  if (text.length - pos > 1) return valueError(`Invalid format specifier '${spec}' for object of type '${typeName}'`)
  if (text.length - pos === 1) result.type = text[pos]!
  if (result.grouping !== '' && !'defgEG%F'.includes(result.type)) {
    if (result.grouping === '_' && 'boxX'.includes(result.type)) result.groupSize = 4
    else return valueError(`Cannot specify '${result.grouping}' with '${showCode(result.type)}'.`)
  }
  return result
}

// ---- laying out -----------------------------------------------------------------------------------------------------

function pointCount(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; count++) i += text.codePointAt(i)! > 0xffff ? 2 : 1
  return count
}

/** Fill on both sides, Mirrors calc_padding and fill_padding. */
function pad(text: string, length: number, spec: FormatSpec): string | FormatError {
  const room = spec.width - length
  if (room <= 0) return text
  if (spec.width > MAX_WIDTH) return new FormatError('MemoryError', '')
  const left = spec.align === '<' ? 0 : spec.align === '^' ? room >> 1 : room
  return spec.fill.repeat(left) + text + spec.fill.repeat(room - left)
}

// Mirrors _PyUnicode_InsertThousandsGrouping, Objects/unicodeobject.c.
/** Digits in groups, zero-filled so that the whole is at least minWidth wide. */
function group(digits: string, minWidth: number, separator: string, size: number): string {
  let remaining = digits.length
  if (separator === '') return '0'.repeat(Math.max(minWidth - remaining, 0)) + digits
  const groups: string[] = []
  for (;;) {
    const length = Math.min(size, Math.max(remaining, minWidth, 1))
    const taken = Math.min(remaining, length)
    groups.push('0'.repeat(length - taken) + digits.slice(remaining - taken, remaining))
    remaining -= taken
    minWidth -= length
    if (remaining <= 0 && minWidth <= 0) break
    minWidth -= 1
  }
  return groups.reverse().join(separator)
}

// Mirrors calc_number_widths and fill_number.
/**
 * `digits` before the point, `rest` from the point on (or a character, inf, nan); `prefix` such as '0x'.
 */
function layOutNumber(negative: boolean, prefix: string, digits: string, rest: string, restLength: number, spec: FormatSpec): string | FormatError {
  const sign = negative ? '-' : spec.sign === '+' || spec.sign === ' ' ? spec.sign : ''
  const other = sign.length + prefix.length + restLength
  if (spec.width > MAX_WIDTH) return new FormatError('MemoryError', '')
  const minWidth = spec.fill === '0' && spec.align === '=' ? spec.width - other : 0
  const grouped = digits === '' ? '' : group(digits, minWidth, spec.grouping === '_' || spec.grouping === ',' ? spec.grouping : '', spec.groupSize)
  const room = Math.max(spec.width - other - grouped.length, 0)
  if (room === 0) return sign + prefix + grouped + rest
  if (spec.align === '=') return sign + prefix + spec.fill.repeat(room) + grouped + rest
  const left = spec.align === '<' ? 0 : spec.align === '^' ? room >> 1 : room
  return spec.fill.repeat(left) + sign + prefix + grouped + rest + spec.fill.repeat(room - left)
}

// ---- str -----------------------------------------------------------------------------------------------------------

// Mirrors _PyUnicode_FormatAdvancedWriter and format_string_internal.
/** format(str, spec) */
export function formatText(text: string, spec: string, typeName = 'str'): string | FormatError {
  if (spec === '') return text
  const format = parseFormatSpec(spec, typeName, 's', '<')
  if (format instanceof FormatError) return format
  if (format.type !== 's') return unknownFormatCode(format.type, typeName)
  if (format.sign === ' ') return valueError('Space not allowed in string format specifier')
  if (format.sign !== '') return valueError('Sign not allowed in string format specifier')
  if (format.noNegativeZero) return valueError('Negative zero coercion (z) not allowed in string format specifier')
  if (format.alternate) return valueError('Alternate form (#) not allowed in string format specifier')
  if (format.align === '=') return valueError("'=' alignment not allowed in string format specifier")
  let length = pointCount(text)
  if (format.precision >= 0 && length > format.precision) {
    text = length === text.length ? text.slice(0, format.precision) : Array.from(text).slice(0, format.precision).join('')
    length = format.precision
  }
  return pad(text, length, format)
}

// ---- int -----------------------------------------------------------------------------------------------------------

/** int too large to convert to float and the like, for values given as IntValue. */
const INT_TO_FLOAT = new FormatError('OverflowError', 'int too large to convert to float')

// Mirrors _PyLong_FormatAdvancedWriter and format_long_internal.
/** format(int, spec) */
export function formatInt(value: IntValue, spec: string, typeName = 'int', maxStrDigits = DEFAULT_MAX_STR_DIGITS): string | FormatError {
  if (spec === '') return decimal(value, maxStrDigits)
  const format = parseFormatSpec(spec, typeName, 'd', '>')
  if (format instanceof FormatError) return format
  const type = format.type
  if (type.length === 1 && 'eEfFgG%'.includes(type)) {
    const float = Number(value)
    return Number.isFinite(float) ? formatParsedFloat(float, format, typeName) : INT_TO_FLOAT
  }
  if (type.length !== 1 || !'bcdoxXn'.includes(type)) return unknownFormatCode(type, typeName)
  if (format.precision !== -1) return valueError('Precision not allowed in integer format specifier')
  if (format.noNegativeZero) return valueError('Negative zero coercion (z) not allowed in integer format specifier')
  if (type === 'c') {
    if (format.sign !== '') return valueError("Sign not allowed with integer format specifier 'c'")
    if (format.alternate) return valueError("Alternate form (#) not allowed with integer format specifier 'c'")
    if (value > 0x7fffffffffffffffn || value < -0x8000000000000000n) {
      return new FormatError('OverflowError', 'Python int too large to convert to C long')
    }
    if (value < 0 || value > 0x10ffff) return new FormatError('OverflowError', '%c arg not in range(0x110000)')
    return layOutNumber(false, '', '', String.fromCodePoint(Number(value)), 1, format)
  }
  const negative = value < 0
  const size = negative ? -value : value
  let digits: string | FormatError
  let prefix = ''
  if (type === 'd' || type === 'n') {
    digits = decimal(size, maxStrDigits)
    if (digits instanceof FormatError) return digits
  } else {
    digits = intToBase(size, type === 'b' ? 2 : type === 'o' ? 8 : 16)
    if (format.alternate) prefix = '0' + type
    if (type === 'X') digits = digits.toUpperCase()
  }
  return layOutNumber(negative, prefix, digits, '', 0, format)
}

function decimal(value: IntValue, maxStrDigits: number): string | FormatError {
  return intToDecimal(value, maxStrDigits) ?? valueError(`Exceeds the limit (${maxStrDigits} digits) for integer string conversion; ` +
    'use sys.set_int_max_str_digits() to increase the limit')
}

// ---- float -----------------------------------------------------------------------------------------------------------

// Mirrors _PyFloat_FormatAdvancedWriter.
/** format(float, spec) for a spec that is not empty (an empty one is str()). */
export function formatFloatSpec(value: number, spec: string, typeName = 'float'): string | FormatError {
  const format = parseFormatSpec(spec, typeName, '', '>')
  if (format instanceof FormatError) return format
  if (format.type.length > 1 || !'eEfFgGn%'.includes(format.type)) return unknownFormatCode(format.type, typeName)
  return formatParsedFloat(value, format, typeName)
}

function floatFlags(format: FormatSpec): number {
  return (format.alternate ? Py_DTSF_ALT : 0) | (format.noNegativeZero ? Py_DTSF_NO_NEG_0 : 0)
}

// Mirrors format_float_internal.
function formatParsedFloat(value: number, format: FormatSpec, _typeName: string): string | FormatError {
  if (format.precision > MAX_PRECISION) return valueError('precision too big')
  let flags = floatFlags(format)
  let type = format.type
  let precision = format.precision
  if (type === '') {
    flags |= Py_DTSF_ADD_DOT_0
    type = precision < 0 ? 'r' : 'g'
    precision = Math.max(precision, 0)
  } else {
    if (type === 'n') type = 'g'
    if (precision < 0) precision = 6
  }
  if (precision > MAX_WIDTH) return new FormatError('MemoryError', '')
  const text = formatFloat(value, type as FloatFormat, precision, flags)
  return layOutFloat(text, format)
}

/** Takes a formatted number apart into digits and the rest, and lays it out. */
function layOutFloat(text: string, format: FormatSpec): string | FormatError {
  const negative = text.charCodeAt(0) === 45
  const start = negative ? 1 : 0
  let end = start
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  return layOutNumber(negative, '', text.slice(start, end), text.slice(end), text.length - end, format)
}

// ---- complex ---------------------------------------------------------------------------------------------------------

// Mirrors _PyComplex_FormatAdvancedWriter and format_complex_internal.
/** format(complex, spec) for a spec that is not empty. */
export function formatComplexSpec(real: number, imag: number, spec: string, typeName = 'complex'): string | FormatError {
  const format = parseFormatSpec(spec, typeName, '', '>')
  if (format instanceof FormatError) return format
  let type = format.type
  if (type.length > 1 || !'eEfFgGn'.includes(type)) return unknownFormatCode(type, typeName)
  if (format.precision > MAX_PRECISION) return valueError('precision too big')
  if (format.fill === '0') return valueError('Zero padding is not allowed in complex format specifier')
  if (format.align === '=') return valueError("'=' alignment flag is not allowed in complex format specifier")
  let precision = format.precision
  let skipReal = false
  let parentheses = false
  if (type === '') {
    type = precision < 0 ? 'r' : 'g'
    precision = Math.max(precision, 0)
    if (Object.is(real, 0)) skipReal = true
    else parentheses = true
  } else {
    if (type === 'n') type = 'g'
    if (precision < 0) precision = 6
  }
  if (precision > MAX_WIDTH) return new FormatError('MemoryError', '')
  const flags = floatFlags(format)
  const part: FormatSpec = { ...format, fill: '\0', align: '<', width: -1 }
  const re = skipReal ? '' : layOutFloat(formatFloat(real, type as FloatFormat, precision, flags), part)
  if (re instanceof FormatError) return re
  const im = layOutFloat(formatFloat(imag, type as FloatFormat, precision, flags), { ...part, sign: skipReal ? format.sign : '+' })
  if (im instanceof FormatError) return im
  const text = parentheses ? `(${re}${im}j)` : `${re}${im}j`
  return pad(text, text.length, format)
}
