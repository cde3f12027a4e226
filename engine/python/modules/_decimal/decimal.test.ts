// _decimal against CPython 3.11.7: operations on bare numbers (goldens/numbers.json), and the types with their conversions,
// contexts, signals and sizes (goldens/objects.py run by the interpreter; objects.out is what CPython printed).
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PyDict_SetItem } from '../../objects/dictobject'
import { _PyRuntime } from '../../objects/runtime'
import { startRuntime } from '../../objects/testing'
import { _Py_ID } from '../../objects/unicodeobject'
import { runForTest, startForTest } from '../../vm/testing'
import * as a from './arithmetic'
import * as c from './compare'
import { PyInit__decimal } from './index'
import { MAX_CONTEXT, Mpd, MpdContext, signals, temporary } from './mpd'
import * as o from './operations'
import * as p from './power'
import { FMT_TOENG, FMT_TOSCI, FMT_UPPER, setString, toText } from './text'
import { signalMap } from './signal-map'

const read = (name: string): string => readFileSync(new URL(`./goldens/${name}`, import.meta.url), 'utf8')

type Case = [op: string, context: [number, number, number, number, number], operands: string[], result: string | string[], signals: string[]]
type Operation = (result: Mpd, ctx: MpdContext, ...operands: Mpd[]) => void

const OPERATIONS: Record<string, Operation> = {}
const unary = { abs: a.qabs, minus: a.qminus, plus: a.qplus, sqrt: a.qsqrt, exp: p.qexp, ln: p.qln, log10: p.qlog10, next_minus: o.qnextMinus,
  next_plus: o.qnextPlus, normalize: o.qreduce, to_integral_value: o.qroundToInt, to_integral_exact: o.qroundToIntx, logb: o.qlogb,
  logical_invert: o.qinvert }
const binary = { add: a.qadd, subtract: a.qsub, multiply: a.qmul, divide: a.qdiv, divide_int: a.qdivint, remainder: a.qrem,
  remainder_near: a.qremNear, compare: c.qcompare, compare_signal: c.qcompareSignal, max: c.qmax, max_mag: c.qmaxMag, min: c.qmin,
  min_mag: c.qminMag, next_toward: o.qnextToward, quantize: o.qquantize, power: p.qpow, compare_total: c.compareTotal,
  compare_total_mag: c.compareTotalMag, rotate: o.qrotate, scaleb: o.qscaleb, shift: o.qshift, logical_and: o.qand, logical_or: o.qor,
  logical_xor: o.qxor }
for (const [name, f] of Object.entries(unary)) OPERATIONS[name] = (r, ctx, x) => f(r, x!, ctx)
for (const [name, f] of Object.entries(binary)) OPERATIONS[name] = (r, ctx, x, y) => f(r, x!, y!, ctx)
OPERATIONS.fma = (r, ctx, x, y, z) => a.qfma(r, x!, y!, z!, ctx)
OPERATIONS.powmod = (r, ctx, x, y, z) => p.qpowmod(r, x!, y!, z!, ctx)

const text = (m: Mpd, flags = FMT_TOSCI | FMT_UPPER): string => toText(m, flags).text

/** The operation's result as text, pairs as two. */
function perform([op, , operands]: Case, ctx: MpdContext): string | string[] {
  const result = new Mpd(4)
  const numbers = operands.map(digits => {
    const m = temporary()
    setString(m, digits, op === 'create_decimal' ? ctx : MAX_CONTEXT)
    return m
  })
  if (op === 'create_decimal') return text(numbers[0]!)
  signals.bits = 0
  const [x, y] = numbers as [Mpd, Mpd]
  if (op === 'number_class') return c.numberClass(x, ctx)
  if (op === 'to_sci_string') return text(x)
  if (op === 'to_eng_string') return text(x, FMT_TOENG | FMT_UPPER)
  if (op === 'divmod') {
    const rest = new Mpd(4)
    a.qdivmod(result, rest, x, y, ctx)
    return [text(result), text(rest)]
  }
  OPERATIONS[op]!(result, ctx, ...numbers)
  return text(result)
}

test('numbers', () => {
  startRuntime()
  for (const golden of JSON.parse(read('numbers.json')) as Case[]) {
    const [op, [prec, emax, emin, round, clamp], operands, result, expected] = golden
    const ctx = Object.assign(new MpdContext(), { prec, emax, emin, round, clamp })
    signals.bits = 0
    const got = perform(golden, ctx)
    const met = signalMap.filter(({ flag }) => (signals.bits & flag) !== 0).map(({ name }) => name)
    expect([got, met], `${op}(${operands.join(', ')}) prec ${prec} round ${round}`).toEqual([result, expected])
  }
})

/** What _decimal imports of the library, as far as it uses it. */
const LIBRARY = `
import sys
module = type(sys)
numbers, collections, abc = module('numbers'), module('collections'), module('collections.abc')
class Number:
    @classmethod
    def register(cls, other): return other
class Rational: pass
class MutableMapping: __slots__ = ()
def namedtuple(name, fields): return type(name, (tuple,), {'__new__': lambda cls, *args: tuple.__new__(cls, args)})
numbers.Number, numbers.Rational, collections.namedtuple, abc.MutableMapping = Number, Rational, namedtuple, MutableMapping
sys.modules.update({'numbers': numbers, 'collections': collections, 'collections.abc': abc})
`

test('objects', () => {
  startForTest()
  expect(runForTest(LIBRARY)).toBe('')
  PyDict_SetItem(_PyRuntime.modules, _Py_ID('_decimal'), PyInit__decimal()!)
  expect(runForTest(read('objects.py')).split('\n')).toEqual(read('objects.out').split('\n'))
}, 60_000)
