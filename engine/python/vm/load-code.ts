// From the compiler's CodeObject to a Python code object: constants become objects, names interned strings.
//
// One compilation shares its constants: equal int, float, str, bytes and tuple constants are one object in all code
// objects of a module, as CPython's c_const_cache makes them. Strings that look like identifiers are interned.
import { CodeObject } from '../bytecode/code'
import { PyBytes_FromBytes, freshBytes } from '../objects/bytesobject'
import { CodeData, codeNew, type PyCodeObject } from '../objects/codeobject'
import { PyComplex_FromDoubles } from '../objects/complexobject'
import { Py_False, Py_True } from '../objects/boolobject'
import { PyFloat_FromDouble } from '../objects/floatobject'
import { PySequence_Tuple } from '../objects/abstract'
import { PyFrozenSet_New } from '../objects/setobject'
import { PyLong_FromBigInt } from '../objects/longobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { Py_Ellipsis, Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyUnicode_FromString, PyUnicode_InternFromString } from '../objects/unicodeobject'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue } from '../syntax/constant'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

/** Strings of letters, digits and underscores are interned: all_name_chars, Objects/codeobject.c. */
const NAME_CHARS = /^[A-Za-z0-9_]*$/

/** Text that tells constants apart that CPython tells apart: type and value, 0.0 and -0.0 included. */
function constantKey(value: ConstantValue): string {
  if (value === null) return 'N'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'bigint') return `i${value}`
  if (typeof value === 'string') return `s${value.length}:${value}`
  if (value === ELLIPSIS) return 'E'
  if (value instanceof FloatValue) return `f${Object.is(value.value, -0) ? '-0' : value.value}`
  if (value instanceof ComplexValue) return `c${Object.is(value.real, -0) ? '-0' : value.real},${Object.is(value.imag, -0) ? '-0' : value.imag}`
  if (value instanceof BytesValue) return `b${value.bytes.length}:${value.bytes.join()}`
  if (value instanceof TupleValue) return `(${value.items.map(constantKey).join(';')})`
  if (value instanceof FrozensetValue) return `{${value.items.map(constantKey).join(';')}}`
  throw new Error('Molt: a constant of no known kind')
}

/** Turns code objects of one compilation into Python objects. */
export class Loader {
  /** Code objects made before the whole, by a listener of the compiler; each is used once. */
  readonly made = new Map<CodeObject, PyCodeObject>()
  private readonly constants = new Map<string, PyObject>()

  /** `filename`: the object for co_filename; made when not given. */
  constructor(private readonly filename: PyObject | null = null) {}

  /** NEW reference. */
  constant(value: ConstantValue): PyObject {
    if (value === null) return ref(Py_None)
    if (value === true) return ref(Py_True)
    if (value === false) return ref(Py_False)
    if (value === ELLIPSIS) return ref(Py_Ellipsis)
    if (typeof value === 'string' && NAME_CHARS.test(value)) return PyUnicode_InternFromString(value)
    const key = constantKey(value)
    const known = this.constants.get(key)
    if (known !== undefined) return ref(known)
    const made = this.make(value)
    this.constants.set(key, ref(made))
    return made
  }

  private make(value: Exclude<ConstantValue, null | boolean | typeof ELLIPSIS>): PyObject {
    if (typeof value === 'bigint') return PyLong_FromBigInt(value)!
    if (typeof value === 'string') return PyUnicode_FromString(value)
    if (value instanceof FloatValue) return PyFloat_FromDouble(value.value)
    if (value instanceof ComplexValue) return PyComplex_FromDoubles(value.real, value.imag)
    if (value instanceof BytesValue) return PyBytes_FromBytes(value.bytes)
    const items = PyTuple_FromArray(value.items.map(item => this.constant(item)), true)
    if (value instanceof TupleValue) return items
    // merge_consts_recursive makes a second set from the first one's order, which settles the order of collisions.
    const first = PyFrozenSet_New(items)!
    Py_DECREF(items)
    const merged = PySequence_Tuple(first)!
    Py_DECREF(first)
    const set = PyFrozenSet_New(merged)!
    Py_DECREF(merged)
    return set
  }

  /** NEW code object. */
  code(code: CodeObject): PyCodeObject {
    const made = this.made.get(code)
    if (made !== undefined) {
      this.made.delete(code)
      return made
    }
    const strings = (names: readonly string[]): PyObject => PyTuple_FromArray(names.map(n => PyUnicode_InternFromString(n)), true)
    return codeNew(new CodeData(code, {
      consts: PyTuple_FromArray(code.co_consts.map(c => c instanceof CodeObject ? this.code(c) : this.constant(c)), true),
      names: strings(code.co_names),
      localsplusnames: strings(code.co_localsplusnames),
      localspluskinds: freshBytes(code.co_localspluskinds)!,
      filename: this.shared(code.co_filename),
      name: PyUnicode_InternFromString(code.co_name),
      qualname: PyUnicode_InternFromString(code.co_qualname),
      linetable: PyBytes_FromBytes(code.co_linetable),
      exceptiontable: PyBytes_FromBytes(code.co_exceptiontable),
    }))
  }

  /**
   * The same, piece by piece as makecode does: `names` and `constants` see each tuple as it is made. STEALS the
   * qualified name and the tables of positions and exceptions.
   */
  codeWith(
    code: CodeObject, qualname: PyObject, linetable: PyObject, exceptiontable: PyObject, names: (tuple: PyObject) => void, constants: (tuple: PyObject) => void,
  ): PyCodeObject {
    const strings = (texts: readonly string[]): PyObject => PyTuple_FromArray(texts.map(n => PyUnicode_InternFromString(n)), true)
    const nameTuple = strings(code.co_names)
    names(nameTuple)
    const consts = PyTuple_FromArray(code.co_consts.map(c => c instanceof CodeObject ? this.code(c) : this.constant(c)), true)
    constants(consts)
    const localsplusnames = strings(code.co_localsplusnames)
    const localspluskinds = freshBytes(code.co_localspluskinds)!
    names(localsplusnames)
    return codeNew(new CodeData(code, {
      consts, names: nameTuple, localsplusnames, localspluskinds, filename: this.shared(code.co_filename),
      name: PyUnicode_InternFromString(code.co_name), qualname, linetable, exceptiontable,
    }))
  }

  private shared(text: string): PyObject {
    if (this.filename !== null) return ref(this.filename)
    const key = `file:${text}`
    const known = this.constants.get(key)
    if (known !== undefined) return ref(known)
    const made = PyUnicode_FromString(text)
    this.constants.set(key, ref(made))
    return made
  }

  /** Drops the loader's own references. */
  finish(): void {
    for (const o of this.constants.values()) Py_DECREF(o)
    this.constants.clear()
  }
}

/** NEW code object for what one compilation returned. */
export function loadCode(code: CodeObject): PyCodeObject {
  const loader = new Loader()
  const result = loader.code(code)
  loader.finish()
  return result
}

/** NEW object for a constant, as `ast.Constant.value` or ast.literal_eval show it. */
export function loadConstant(value: ConstantValue): PyObject {
  const loader = new Loader()
  const result = loader.constant(value)
  loader.finish()
  return result
}
