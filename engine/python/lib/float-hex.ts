// float.hex and float.fromhex of CPython 3.11 (Objects/floatobject.c).

const bits = new DataView(new ArrayBuffer(8))

// Mirrors float_hex_impl.
/** value.hex() */
export function floatHex(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  bits.setFloat64(0, value)
  const hi = bits.getUint32(0)
  const sign = hi >>> 31 === 1 ? '-' : ''
  if (!Number.isFinite(value)) return sign + 'inf'
  if (value === 0) return sign + '0x0.0p+0'
  const biased = (hi >>> 20) & 0x7ff
  const exponent = (biased === 0 ? 1 : biased) - 1023
  const mantissa = (hi & 0xfffff).toString(16).padStart(5, '0') + bits.getUint32(4).toString(16).padStart(8, '0')
  return `${sign}0x${biased === 0 ? 0 : 1}.${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

const HEX = /^([+-]?)(?:0x)?([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i
const WORD = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i

// Mirrors float_fromhex.
/**
 * float.fromhex(text), or why it fails: 'invalid' (ValueError: invalid hexadecimal floating-point string) or 'overflow'
 * (OverflowError: hexadecimal value too large to represent as a float).
 */
export function floatFromHex(text: string): number | 'invalid' | 'overflow' {
  const s = text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '')
  const word = WORD.exec(s)
  if (word !== null) return word[2] === undefined ? NaN : word[1] === '-' ? -Infinity : Infinity
  const match = HEX.exec(s)
  if (match === null) return 'invalid'
  const whole = match[2]!
  const fraction = match[3] ?? ''
  if (whole === '' && fraction === '') return 'invalid'
  const sign = match[1] === '-' ? -1 : 1
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return sign * 0
  // Exponents beyond any double are cut, so that the arithmetic below stays exact.
  const given = Math.max(-1e15, Math.min(1e15, Number(match[4] ?? '0')))
  let mantissa = BigInt('0x' + digits)
  let exponent = given - 4 * fraction.length
  const length = mantissa.toString(2).length
  // Value = mantissa * 2^exponent with the top bit at 2^top.
  const top = exponent + length - 1
  if (top > 1024) return 'overflow'
  if (top < -1080) return sign * 0
  // Keep 53 bits, or fewer among the subnormals; round half to even.
  const last = Math.max(top - 52, -1074)
  if (last > exponent) {
    const drop = BigInt(last - exponent)
    const rest = mantissa & ((1n << drop) - 1n)
    mantissa >>= drop
    const half = 1n << (drop - 1n)
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n
    exponent = last
  }
  const value = scale(Number(mantissa), exponent)
  return value === Infinity ? 'overflow' : sign * value
}

/** n * 2^exponent where the result is exact or infinite; n has at most 53 significant bits. */
function scale(n: number, exponent: number): number {
  let value = n
  let e = exponent
  while (e > 1000) {
    value *= 2 ** 1000
    e -= 1000
  }
  while (e < -1000) {
    value *= 2 ** -1000
    e += 1000
  }
  return value * 2 ** e
}
