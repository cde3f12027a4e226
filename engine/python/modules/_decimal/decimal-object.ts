// The Decimal type: its struct, its number slots and comparisons. Modules/_decimal/_decimal.c.
//
// The struct is libmpdec's number (`o.v: Mpd`) with four words of coefficient inside; index.ts gives the type its methods.
import { PyErr_SetString } from '../../objects/errors'
import { PyExc_TypeError } from '../../objects/exceptions'
import { HASH, PyTypeObject, PyObject_TypeCheck, Py_DECREF, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, Py_TPFLAGS_BASETYPE, genericGetAttr, type PyObject } from '../../objects/object'
import { _Py_HashPointer } from '../../objects/object-protocol'
import { PyObject_Free, PyObject_New } from '../../objects/objimpl'
import { PyBool_From } from '../../objects/boolobject'
import { PyTuple_Pack } from '../../objects/tupleobject'
import { Py_None } from '../../objects/singletons'
import { bigIntToHash } from '../../lib/num-hash'
import { qabs, qadd, qdiv, qdivint, qdivmod, qminus, qmul, qplus, qrem, qsub } from './arithmetic'
import { UNORDERED, qcmp } from './compare'
import { currentContext, ctxOf } from './context-object'
import { convertBinary, convertForComparison, convertOperand, decimalNew } from './convert'
import { asFloat, asLong, repr, str } from './convert-from'
import { INF, MAX_CONTEXT, MINALLOC, Mpd, ROUND_DOWN, SNAN, del, isNan, isZero, newMpd, qcopy, resize, setTriple, signals, type MpdContext } from './mpd'
import { powMod, qpow, qpowmod } from './power'
import { addStatus } from './signal-map'

export const mpd = (o: PyObject): Mpd => o.v as Mpd

export const PyDec_Check = (o: PyObject): boolean => o.ob_type === PyDec_Type || PyObject_TypeCheck(o, PyDec_Type)

// Mirrors PyDecType_New.
/** NEW Decimal, or object of a subclass, without a value. */
export function newDecimal(type: PyTypeObject): PyObject | null {
  if (type === PyDec_Type) return PyObject_New(PyDec_Type, new Mpd(MINALLOC))
  const o = type.tp_alloc!(type, 0)
  if (o !== null) o.v = new Mpd(MINALLOC)
  return o
}

/** NEW Decimal. */
export const decAlloc = (): PyObject => PyObject_New(PyDec_Type, new Mpd(MINALLOC))

/** Ends an operation: the result, or null if a signal is trapped. STEALS the result. */
export function finish(result: PyObject, context: PyObject): PyObject | null {
  const met = signals.bits
  if (met === 0 || !addStatus(ctxOf(context), met)) return result
  Py_DECREF(result)
  return null
}

// ---- number slots ----------------------------------------------------------------------------------------------------

export type Unary = (result: Mpd, a: Mpd, ctx: MpdContext) => void
export type Binary = (result: Mpd, a: Mpd, b: Mpd, ctx: MpdContext) => void

// Mirrors Dec_UnaryNumberMethod.
const unarySlot = (operation: Unary) => (o: PyObject): PyObject | null => {
  const context = currentContext()
  if (context === null) return null
  const result = decAlloc()
  signals.bits = 0
  operation(mpd(result), mpd(o), ctxOf(context))
  return finish(result, context)
}

/** NEW result of an operation on two converted operands, which are STOLEN. */
export function applyBinary(operation: Binary, a: PyObject, b: PyObject, context: PyObject): PyObject | null {
  const result = decAlloc()
  signals.bits = 0
  operation(mpd(result), mpd(a), mpd(b), ctxOf(context))
  Py_DECREF(a)
  Py_DECREF(b)
  return finish(result, context)
}

// Mirrors Dec_BinaryNumberMethod.
const binarySlot = (operation: Binary) => (v: PyObject, w: PyObject): PyObject | null => {
  const context = currentContext()
  if (context === null) return null
  const pair = convertBinary(v, w, context, false)
  return pair.b === null ? pair.a : applyBinary(operation, pair.a!, pair.b, context)
}

/** NEW (quotient, remainder) of two converted operands, which are STOLEN. */
export function divmodResult(a: PyObject, b: PyObject, context: PyObject): PyObject | null {
  const q = decAlloc()
  const r = decAlloc()
  signals.bits = 0
  qdivmod(mpd(q), mpd(r), mpd(a), mpd(b), ctxOf(context))
  Py_DECREF(a)
  Py_DECREF(b)
  const trapped = addStatus(ctxOf(context), signals.bits)
  const pair = trapped ? null : PyTuple_Pack(q, r)
  Py_DECREF(r)
  Py_DECREF(q)
  return pair
}

// Mirrors nm_mpd_qdivmod.
function divmod(v: PyObject, w: PyObject): PyObject | null {
  const context = currentContext()
  if (context === null) return null
  const pair = convertBinary(v, w, context, false)
  return pair.b === null ? pair.a : divmodResult(pair.a!, pair.b, context)
}

/** NEW power of converted operands (mod null: none), which are STOLEN. */
export function powerResult(a: PyObject, b: PyObject, mod: PyObject | null, context: PyObject): PyObject | null {
  const result = decAlloc()
  signals.bits = 0
  if (mod === null) qpow(mpd(result), mpd(a), mpd(b), ctxOf(context))
  else {
    qpowmod(mpd(result), mpd(a), mpd(b), mpd(mod), ctxOf(context))
    Py_DECREF(mod)
  }
  Py_DECREF(a)
  Py_DECREF(b)
  return finish(result, context)
}

// Mirrors nm_mpd_qpow.
function power(base: PyObject, exp: PyObject, mod: PyObject): PyObject | null {
  const context = currentContext()
  if (context === null) return null
  const pair = convertBinary(base, exp, context, false)
  if (pair.b === null) return pair.a
  const { a, b } = pair
  let c: PyObject | null = null
  if (mod !== Py_None) {
    const converted = convertOperand(mod, context, false)
    if (converted === null || !PyDec_Check(converted)) {
      Py_DECREF(a!)
      Py_DECREF(b)
      return converted
    }
    c = converted
  }
  return powerResult(a!, b, c, context)
}

// ---- comparison and hash ---------------------------------------------------------------------------------------------------

// Mirrors dec_richcompare.
function compare(v: PyObject, w: PyObject, op: number): PyObject | null {
  const context = currentContext()
  if (context === null) return null
  const pair = convertForComparison(v, w, op, context)
  if (pair.a === null) return pair.b
  const { a } = pair
  const b = pair.b!
  const signaling = mpd(a).kind === SNAN || mpd(b).kind === SNAN
  signals.bits = 0
  const order = qcmp(mpd(a), mpd(b))
  Py_DECREF(a)
  Py_DECREF(b)
  if (order === UNORDERED) {
    // Signaling NaNs and comparisons of order always signal.
    if ((signaling || op !== Py_EQ && op !== Py_NE) && addStatus(ctxOf(context), signals.bits)) return null
    return PyBool_From(op === Py_NE)
  }
  switch (op) {
    case Py_EQ: return PyBool_From(order === 0)
    case Py_NE: return PyBool_From(order !== 0)
    case Py_LE: return PyBool_From(order <= 0)
    case Py_GE: return PyBool_From(order >= 0)
    case Py_LT: return PyBool_From(order < 0)
    case Py_GT: return PyBool_From(order > 0)
    default: throw new Error(`Molt: comparison ${op}`)
  }
}

/** 2^61 - 1, the modulus of numeric hashes, and the inverse of ten. */
const HASH_MODULUS = (1n << 61n) - 1n
const INVERSE_OF_TEN = 2075258708292324556n
const INFINITY_HASH = 314159n

// Mirrors _dec_hash.
function computeHash(o: PyObject): number {
  const m = mpd(o)
  if (m.kind === INF) return bigIntToHash(m.sign === 0 ? INFINITY_HASH : -INFINITY_HASH, HASH), 0
  if (isNan(m)) {
    if (m.kind === SNAN) return PyErr_SetString(PyExc_TypeError, 'Cannot hash a signaling NaN value'), -1
    return _Py_HashPointer(o)
  }
  // coef * 10^exp mod p, in libmpdec's numbers for the sake of the memory they take.
  const scale = newMpd()
  const tmp = newMpd()
  const exp = BigInt(m.exp)
  const factor = exp >= 0n ? powMod(10n, exp, HASH_MODULUS) : powMod(INVERSE_OF_TEN, -exp, HASH_MODULUS)
  setTriple(scale, 0, factor, 0)
  signals.bits = 0
  qcopy(tmp, m)
  tmp.exp = 0
  tmp.sign = 0
  qmul(tmp, tmp, scale, MAX_CONTEXT)
  const value = tmp.coef % HASH_MODULUS
  resize(tmp, MINALLOC)
  del(scale)
  del(tmp)
  const signed = m.sign === 0 ? value : -value
  bigIntToHash(signed === -1n ? -2n : signed, HASH)
  return 0
}

function hash(o: PyObject): number {
  const m = mpd(o)
  if (m.hashed) {
    HASH[0] = m.hashLo
    HASH[1] = m.hashHi
    return 0
  }
  if (computeHash(o) < 0) return -1
  m.hashed = true
  m.hashLo = HASH[0]!
  m.hashHi = HASH[1]!
  return 0
}

/** The number cut to an integer. */
function toInt(o: PyObject): PyObject | null {
  const context = currentContext()
  return context === null ? null : asLong(o, context, ROUND_DOWN)
}

export const PyDec_Type: PyTypeObject = new PyTypeObject('decimal.Decimal', {
  tp_basicsize: 104, tp_flags: Py_TPFLAGS_BASETYPE,
  tp_new: (type, args, kwargs) => decimalNew(type, args, kwargs),
  tp_dealloc: o => {
    if (mpd(o) !== null) del(mpd(o))
    o.ob_type.tp_free!(o)
  },
  tp_free: PyObject_Free,
  tp_getattro: genericGetAttr,
  tp_hash: hash,
  tp_richcompare: compare,
  tp_repr: o => repr(o),
  tp_str: o => str(o),
  nb_add: binarySlot((r, a, b, ctx) => qadd(r, a, b, ctx)),
  nb_subtract: binarySlot((r, a, b, ctx) => qsub(r, a, b, ctx)),
  nb_multiply: binarySlot((r, a, b, ctx) => qmul(r, a, b, ctx)),
  nb_remainder: binarySlot((r, a, b, ctx) => qrem(r, a, b, ctx)),
  nb_divmod: divmod,
  nb_power: power,
  nb_negative: unarySlot((r, a, ctx) => qminus(r, a, ctx)),
  nb_positive: unarySlot((r, a, ctx) => qplus(r, a, ctx)),
  nb_absolute: unarySlot((r, a, ctx) => qabs(r, a, ctx)),
  nb_bool: o => isZero(mpd(o)) ? 0 : 1,
  nb_int: toInt,
  nb_float: o => asFloat(o),
  nb_floor_divide: binarySlot((r, a, b, ctx) => qdivint(r, a, b, ctx)),
  nb_true_divide: binarySlot((r, a, b, ctx) => qdiv(r, a, b, ctx)),
  tp_getset: [
    { name: 'real', get: o => (o.ob_refcnt++, o) },
    {
      name: 'imag', get: () => {
        const zero = decAlloc()
        setTriple(mpd(zero), 0, 0n, 0)
        return zero
      },
    },
  ],
})
