// Methods of Decimal and Context, most of which are one operation of libmpdec. Modules/_decimal/_decimal.c.
import { PyBool_From } from '../../objects/boolobject'
import { PyComplex_FromDoubles } from '../../objects/complexobject'
import { PyErr_Occurred, PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError } from '../../objects/exceptions'
import { PyFloat_AsDouble } from '../../objects/floatobject'
import { PyArg_ParseTuple } from '../../objects/getargs-format'
import { parseTupleAndKeywords } from '../../objects/getargs-keywords'
import { PyLong_AsSsize_t, PyLong_Check, PyLong_FromLong, normalizeValue } from '../../objects/longobject'
import {
  METH_CLASS, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, type PyCFunction, type PyMethodDef, type PyObject,
} from '../../objects/object'
import { _PyObject_VAR_SIZE } from '../../objects/objimpl'
import { Py_None } from '../../objects/singletons'
import { PyTuple_FromArray } from '../../objects/tupleobject'
import { PyUnicode_FromString } from '../../objects/unicodeobject'
import { qabs, qadd, qdiv, qdivint, qfma, qminus, qmul, qplus, qrem, qremNear, qsqrt, qsub } from './arithmetic'
import {
  compareTotal, compareTotalMag, isNormal, isSubnormal, numberClass, qcompare, qcompareSignal, qmax, qmaxMag, qmin, qminMag, sameQuantum,
} from './compare'
import { capitalsOf, contextCopy, contextOption, contextReduce, ctxOf, currentContext, getRound, ssize } from './context-object'
import { applyContext, convertBinary, convertOperand, fromFloat, fromFloatMethod, fromObject } from './convert'
import { asFloat, asIntegerRatio, asLong, asTuple, format, str, textOfNumber } from './convert-from'
import { PyDec_Check, applyBinary, decAlloc, divmodResult, finish, mpd, powerResult, type Binary, type Unary } from './decimal-object'
import {
  FINITE, INF, NAN, ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, SNAN, adjexp, constant, isNan, isZero, qcopy, setTriple, signals,
  workContext, type Mpd, type MpdContext,
} from './mpd'
import {
  qand, qinvert, qlogb, qnextMinus, qnextPlus, qnextToward, qor, qquantize, qreduce, qrotate, qroundToInt, qroundToIntx, qscaleb, qshift, qxor,
} from './operations'
import { qexp, qln, qlog10 } from './power'

const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)

const SELF = '($self, /)'
const WITH_CONTEXT = '($self, /, context=None)'
const OTHER = '($self, /, other, context=None)'
const VARKW = METH_VARARGS | METH_KEYWORDS

// ---- shapes of methods --------------------------------------------------------------------------------------------------

/** NEW result of an operation on one number. */
function applyUnary(operation: Unary, a: PyObject, context: PyObject, ctx: MpdContext = ctxOf(context)): PyObject | null {
  const result = decAlloc()
  signals.bits = 0
  operation(mpd(result), mpd(a), ctx)
  return finish(result, context)
}

/** A method of Decimal on itself, with an optional context. Mirrors Dec_UnaryFuncVA. */
function unary(name: string, operation: Unary): PyMethodDef {
  return {
    ml_name: name, ml_flags: VARKW, signature: WITH_CONTEXT,
    ml_meth: (o: PyObject, args: PyObject, kwargs: PyObject | null) => {
      const given = parseTupleAndKeywords('', ['context'], 0, 1, args, kwargs)
      const context = given === null ? null : contextOption(given[0]!)
      return context === null ? null : applyUnary(operation, o, context)
    },
  }
}

/** Another operand and a context out of the arguments, converted: NEW a and b, or null with an exception set. */
function otherOperand(o: PyObject, args: PyObject, kwargs: PyObject | null): { a: PyObject, b: PyObject, context: PyObject } | null {
  const given = parseTupleAndKeywords('', ['other', 'context'], 1, 2, args, kwargs)
  const context = given === null ? null : contextOption(given[1]!)
  if (context === null) return null
  const { a, b } = convertBinary(o, given![0]!, context, true)
  return b === null ? null : { a: a!, b, context }
}

/** A method of Decimal with another number and an optional context. Mirrors Dec_BinaryFuncVA. */
function binary(name: string, operation: Binary): PyMethodDef {
  return {
    ml_name: name, ml_flags: VARKW, signature: OTHER,
    ml_meth: (o: PyObject, args: PyObject, kwargs: PyObject | null) => {
      const given = otherOperand(o, args, kwargs)
      return given === null ? null : applyBinary(operation, given.a, given.b, given.context)
    },
  }
}

/** A method of Context on one number. Mirrors DecCtx_UnaryFunc. */
function contextUnary(name: string, operation: Unary): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_O, signature: '($self, x, /)',
    ml_meth: (context: PyObject, v: PyObject) => {
      const a = convertOperand(v, context, true)
      if (a === null) return null
      const result = decAlloc()
      signals.bits = 0
      operation(mpd(result), mpd(a), ctxOf(context))
      Py_DECREF(a)
      return finish(result, context)
    },
  }
}

/** Two converted operands of a method of Context; null with an exception set. */
function contextPair(context: PyObject, args: PyObject): { a: PyObject, b: PyObject } | null {
  const items = PyArg_ParseTuple(args, 'OO')
  if (items === null) return null
  const { a, b } = convertBinary(items[0]!, items[1]!, context, true)
  return b === null ? null : { a: a!, b }
}

/** A method of Context on two numbers. Mirrors DecCtx_BinaryFunc. */
function contextBinary(name: string, operation: Binary): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_VARARGS, signature: '($self, x, y, /)',
    ml_meth: (context: PyObject, args: PyObject) => {
      const pair = contextPair(context, args)
      return pair === null ? null : applyBinary(operation, pair.a, pair.b, context)
    },
  }
}

type Test = (m: Mpd, ctx: MpdContext) => boolean

/** A method of Context that asks a number something. Mirrors DecCtx_BoolFunc. */
function contextTest(name: string, test: Test): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_O, signature: '($self, x, /)',
    ml_meth: (context: PyObject, v: PyObject) => {
      const a = convertOperand(v, context, true)
      if (a === null) return null
      const result = PyBool_From(test(mpd(a), ctxOf(context)))
      Py_DECREF(a)
      return result
    },
  }
}

const noArgs = (ml_name: string, ml_meth: (o: PyObject) => PyObject | null, signature?: string): PyMethodDef =>
  ({ ml_name, ml_flags: METH_NOARGS, ml_meth, ...(signature === undefined ? {} : { signature }) })

const method = (ml_name: string, ml_flags: number, ml_meth: PyCFunction, signature?: string): PyMethodDef =>
  ({ ml_name, ml_flags, ml_meth, ...(signature === undefined ? {} : { signature }) })

const tests: [string, Test][] = [
  ['is_finite', m => m.kind === FINITE], ['is_infinite', m => m.kind === INF], ['is_nan', isNan], ['is_qnan', m => m.kind === NAN],
  ['is_snan', m => m.kind === SNAN], ['is_signed', m => m.sign !== 0], ['is_zero', isZero],
]

// Operations that both types have under one name.
const unaries: [string, Unary][] = [
  ['exp', qexp], ['ln', qln], ['log10', qlog10], ['next_minus', qnextMinus], ['next_plus', qnextPlus], ['normalize', qreduce], ['sqrt', qsqrt],
  ['logb', qlogb], ['logical_invert', qinvert],
]
const copySign: Binary = (result, a, b) => {
  const { sign } = b
  qcopy(result, a)
  result.sign = sign
}
const binaries: [string, Binary][] = [
  ['compare', qcompare], ['compare_signal', qcompareSignal], ['max', qmax], ['max_mag', qmaxMag], ['min', qmin], ['min_mag', qminMag],
  ['next_toward', qnextToward], ['remainder_near', qremNear], ['compare_total', (r, a, b) => compareTotal(r, a, b)],
  ['compare_total_mag', (r, a, b) => compareTotalMag(r, a, b)], ['copy_sign', copySign], ['logical_and', qand], ['logical_or', qor],
  ['logical_xor', qxor], ['rotate', qrotate], ['scaleb', qscaleb], ['shift', qshift],
]
const copyAbs: Unary = (result, a) => {
  qcopy(result, a)
  result.sign = 0
}
const copyNegate: Unary = (result, a) => {
  const sign = 1 - a.sign
  qcopy(result, a)
  result.sign = sign
}

function radix(): PyObject {
  const result = decAlloc()
  setTriple(mpd(result), 0, 10n, 0)
  return result
}

// ---- Decimal -------------------------------------------------------------------------------------------------------------

/** A context with the rounding of an argument, if there is one; null with an exception set. */
function withRounding(context: PyObject, rounding: PyObject | null): MpdContext | null {
  if (rounding === null || rounding === Py_None) return ctxOf(context)
  const round = getRound(rounding)
  if (round < 0) return null
  const work = workContext(ctxOf(context))
  work.round = round
  return work
}

// Mirrors PyDec_ToIntegralValue and PyDec_ToIntegralExact.
function toIntegral(name: string, operation: Unary): PyMethodDef {
  return method(name, VARKW, (o: PyObject, args: PyObject, kwargs: PyObject | null) => {
    const given = parseTupleAndKeywords('', ['rounding', 'context'], 0, 2, args, kwargs)
    const context = given === null ? null : contextOption(given[1]!)
    const ctx = context === null ? null : withRounding(context, given![0]!)
    return ctx === null ? null : applyUnary(operation, o, context!, ctx)
  }, '($self, /, rounding=None, context=None)')
}

// Mirrors dec_mpd_qquantize.
function quantize(v: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('', ['exp', 'rounding', 'context'], 1, 3, args, kwargs)
  const context = given === null ? null : contextOption(given[2]!)
  const ctx = context === null ? null : withRounding(context, given![1]!)
  if (ctx === null) return null
  const { a, b } = convertBinary(v, given![0]!, context!, true)
  return b === null ? null : applyBinary((result, x, y) => qquantize(result, x, y, ctx), a!, b, context!)
}

/** NEW a*b+c of converted operands, which are STOLEN. */
function fmaResult(v: PyObject, w: PyObject, x: PyObject, context: PyObject): PyObject | null {
  const { a, b } = convertBinary(v, w, context, true)
  if (b === null) return null
  const c = convertOperand(x, context, true)
  if (c === null) return Py_DECREF(a!), Py_DECREF(b), null
  const result = decAlloc()
  signals.bits = 0
  qfma(mpd(result), mpd(a!), mpd(b), mpd(c), ctxOf(context))
  Py_DECREF(a!)
  Py_DECREF(b)
  Py_DECREF(c)
  return finish(result, context)
}

function fma(o: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('', ['other', 'third', 'context'], 2, 3, args, kwargs)
  const context = given === null ? null : contextOption(given[2]!)
  return context === null ? null : fmaResult(o, given![0]!, given![1]!, context)
}

/** A method with an optional context that reads the number. */
const reading = (name: string, read: (o: PyObject, context: PyObject) => PyObject | null): PyMethodDef =>
  method(name, VARKW, (o: PyObject, args: PyObject, kwargs: PyObject | null) => {
    const given = parseTupleAndKeywords('', ['context'], 0, 1, args, kwargs)
    const context = given === null ? null : contextOption(given[0]!)
    return context === null ? null : read(o, context)
  }, WITH_CONTEXT)

// Mirrors PyDec_Round.
function round(o: PyObject, args: PyObject): PyObject | null {
  const context = currentContext()
  const items = context === null ? null : PyArg_ParseTuple(args, '|O')
  if (items === null) return null
  if (items[0] === undefined) return asLong(o, context!, ROUND_HALF_EVEN)
  if (!PyLong_Check(items[0]!)) return PyErr_SetString(PyExc_TypeError, 'optional arg must be an integer')
  const places = PyLong_AsSsize_t(items[0])
  if (places === -1 && PyErr_Occurred() !== null) return null
  const unit = constant(1n, -places + 0)
  return applyUnary((result, a, ctx) => qquantize(result, a, unit, ctx), o, context!)
}

/** __floor__, __ceil__, __trunc__. */
const rounded = (name: string, mode: number): PyMethodDef => noArgs(name, o => {
  const context = currentContext()
  return context === null ? null : asLong(o, context, mode)
})

const copyMethod = (name: string, operation: Unary): PyMethodDef => noArgs(name, o => {
  const result = decAlloc()
  operation(mpd(result), mpd(o), ctxOf(currentContext()!))
  return result
}, SELF)

export const decimalMethods: PyMethodDef[] = [
  ...unaries.map(([name, operation]) => unary(name, operation)),
  ...binaries.map(([name, operation]) => binary(name, operation)),
  toIntegral('to_integral', qroundToInt), toIntegral('to_integral_exact', qroundToIntx), toIntegral('to_integral_value', qroundToInt),
  method('quantize', VARKW, quantize, '($self, /, exp, rounding=None, context=None)'),
  method('fma', VARKW, fma, '($self, /, other, third, context=None)'),
  noArgs('is_canonical', () => PyBool_From(true), SELF),
  ...tests.map(([name, test]) => noArgs(name, o => PyBool_From(test(mpd(o), null as unknown as MpdContext)), SELF)),
  reading('is_normal', (o, context) => PyBool_From(isNormal(mpd(o), ctxOf(context)))),
  reading('is_subnormal', (o, context) => PyBool_From(isSubnormal(mpd(o), ctxOf(context)))),
  noArgs('adjusted', o => ssize(mpd(o).kind === FINITE ? adjexp(mpd(o)) : 0), SELF),
  noArgs('canonical', ref, SELF),
  noArgs('conjugate', ref, SELF),
  noArgs('radix', radix, SELF),
  copyMethod('copy_abs', copyAbs),
  copyMethod('copy_negate', copyNegate),
  reading('number_class', (o, context) => PyUnicode_FromString(numberClass(mpd(o), ctxOf(context)))),
  reading('to_eng_string', (o, context) => textOfNumber(mpd(o), capitalsOf(context), true)),
  method('same_quantum', VARKW, (o: PyObject, args: PyObject, kwargs: PyObject | null) => {
    const given = otherOperand(o, args, kwargs)
    if (given === null) return null
    const result = PyBool_From(sameQuantum(mpd(given.a), mpd(given.b)))
    Py_DECREF(given.a)
    Py_DECREF(given.b)
    return result
  }, OTHER),
  method('from_float', METH_O | METH_CLASS, fromFloatMethod, '($type, f, /)'),
  noArgs('as_tuple', asTuple, SELF),
  noArgs('as_integer_ratio', asIntegerRatio, SELF),
  noArgs('__copy__', ref),
  method('__deepcopy__', METH_O, ref),
  method('__format__', METH_VARARGS, (o: PyObject, args: PyObject) => {
    const items = PyArg_ParseTuple(args, 'O|O')
    return items === null ? null : format(o, items[0]!, items[1] ?? null)
  }),
  noArgs('__reduce__', o => {
    const text = str(o)
    return text === null ? null : PyTuple_FromArray([ref(o.ob_type), PyTuple_FromArray([text])])
  }),
  method('__round__', METH_VARARGS, round),
  rounded('__ceil__', ROUND_CEILING), rounded('__floor__', ROUND_FLOOR), rounded('__trunc__', ROUND_DOWN),
  noArgs('__complex__', o => {
    const real = asFloat(o)
    if (real === null) return null
    const x = PyFloat_AsDouble(real)
    Py_DECREF(real)
    return PyComplex_FromDoubles(x, 0)
  }),
  noArgs('__sizeof__', o => PyLong_FromLong(_PyObject_VAR_SIZE(o.ob_type, 0) + (mpd(o).block !== 0 ? mpd(o).alloc * 8 : 0))),
]

// ---- Context -------------------------------------------------------------------------------------------------------------

/** NEW what `read` makes of a converted operand. */
const contextReading = (name: string, read: (m: Mpd, context: PyObject) => PyObject | null): PyMethodDef =>
  method(name, METH_O, (context: PyObject, v: PyObject) => {
    const a = convertOperand(v, context, true)
    if (a === null) return null
    const result = read(mpd(a), context)
    Py_DECREF(a)
    return result
  }, '($self, x, /)')

const notDecimal = (): null => PyErr_SetString(PyExc_TypeError, 'argument must be a Decimal')

// Mirrors ctx_mpd_qpow.
function contextPower(context: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const given = parseTupleAndKeywords('', ['a', 'b', 'modulo'], 2, 3, args, kwargs)
  if (given === null) return null
  const { a, b } = convertBinary(given[0]!, given[1]!, context, true)
  if (b === null) return null
  const mod = given[2] === null || given[2] === Py_None ? null : convertOperand(given[2]!, context, true)
  if (mod === null && PyErr_Occurred() !== null) return Py_DECREF(a!), Py_DECREF(b), null
  return powerResult(a!, b, mod, context)
}

/** Emin - prec + 1 and Emax - prec + 1, exactly. */
const edge = (name: string, field: 'exactEmin' | 'exactEmax'): PyMethodDef => noArgs(name, o => {
  const ctx = ctxOf(o)
  const value = BigInt(ctx[field]) - BigInt(ctx.exactPrec) + 1n
  return ssize(normalizeValue(value))
}, SELF)

const clearing = (name: string, word: 'status' | 'traps'): PyMethodDef => noArgs(name, o => {
  ctxOf(o)[word] = 0
  return ref(Py_None)
}, SELF)

export const contextMethods: PyMethodDef[] = [
  ...unaries.map(([name, operation]) => contextUnary(name, operation)),
  ...binaries.map(([name, operation]) => contextBinary(name, operation)),
  contextUnary('abs', qabs), contextUnary('minus', qminus), contextUnary('plus', qplus),
  contextUnary('to_integral', qroundToInt), contextUnary('to_integral_exact', qroundToIntx), contextUnary('to_integral_value', qroundToInt),
  contextBinary('add', qadd), contextBinary('divide', qdiv), contextBinary('divide_int', qdivint), contextBinary('multiply', qmul),
  contextBinary('quantize', qquantize), contextBinary('remainder', qrem), contextBinary('subtract', qsub),
  method('divmod', METH_VARARGS, (context: PyObject, args: PyObject) => {
    const pair = contextPair(context, args)
    return pair === null ? null : divmodResult(pair.a, pair.b, context)
  }, '($self, x, y, /)'),
  method('power', VARKW, contextPower, '($self, /, a, b, modulo=None)'),
  method('fma', METH_VARARGS, (context: PyObject, args: PyObject) => {
    const items = PyArg_ParseTuple(args, 'OOO')
    return items === null ? null : fmaResult(items[0]!, items[1]!, items[2]!, context)
  }, '($self, x, y, z, /)'),
  edge('Etiny', 'exactEmin'), edge('Etop', 'exactEmax'),
  noArgs('radix', radix, SELF),
  method('is_canonical', METH_O, (_context: PyObject, v: PyObject) => PyDec_Check(v) ? PyBool_From(true) : notDecimal(), '($self, x, /)'),
  ...tests.map(([name, test]) => contextTest(name, test)),
  contextTest('is_normal', isNormal), contextTest('is_subnormal', isSubnormal),
  method('_apply', METH_O, (context: PyObject, v: PyObject) => {
    const a = convertOperand(v, context, true)
    if (a === null) return null
    const result = applyContext(a, context)
    Py_DECREF(a)
    return result
  }),
  method('canonical', METH_O, (_context: PyObject, v: PyObject) => PyDec_Check(v) ? ref(v) : notDecimal(), '($self, x, /)'),
  contextUnary('copy_abs', copyAbs), contextUnary('copy_negate', copyNegate),
  method('copy_decimal', METH_O, (context: PyObject, v: PyObject) => convertOperand(v, context, true), '($self, x, /)'),
  contextReading('number_class', (m, context) => PyUnicode_FromString(numberClass(m, ctxOf(context)))),
  contextReading('to_sci_string', (m, context) => textOfNumber(m, capitalsOf(context), false)),
  contextReading('to_eng_string', (m, context) => textOfNumber(m, capitalsOf(context), true)),
  method('same_quantum', METH_VARARGS, (context: PyObject, args: PyObject) => {
    const pair = contextPair(context, args)
    if (pair === null) return null
    const result = PyBool_From(sameQuantum(mpd(pair.a), mpd(pair.b)))
    Py_DECREF(pair.a)
    Py_DECREF(pair.b)
    return result
  }, '($self, x, y, /)'),
  clearing('clear_flags', 'status'), clearing('clear_traps', 'traps'),
  noArgs('__copy__', contextCopy), noArgs('__reduce__', contextReduce), noArgs('copy', contextCopy, SELF),
  method('create_decimal', METH_VARARGS, (context: PyObject, args: PyObject) => {
    const items = PyArg_ParseTuple(args, '|O')
    return items === null ? null : fromObject(items[0] ?? null, context)
  }, '($self, num="0", /)'),
  method('create_decimal_from_float', METH_O, (context: PyObject, v: PyObject) => fromFloat(v, context), '($self, f, /)'),
]
