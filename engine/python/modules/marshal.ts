// marshal: reading and writing of constants and code objects. Python/marshal.c; the format is in lib/marshal-format.ts.
import { CodeObject } from '../bytecode/code'
import { MARSHAL_FAILED, MARSHAL_VERSION, MAX_DEPTH, MarshalFault, MarshalWriter, readMarshal, type MarshalBuilder } from '../lib/marshal-format'
import { PyBool_FromLong, Py_False, Py_True } from '../objects/boolobject'
import { PyBytes_AsBytes, PyBytes_CheckExact, PyBytes_FromBytes, bytesFrom } from '../objects/bytesobject'
import { PyObject_CallMethodNoArgs, PyObject_CallMethodOneArg } from '../objects/call'
import { CodeData, PyCode_Check, codeNew } from '../objects/codeobject'
import { PyComplex_CheckExact, PyComplex_FromDoubles } from '../objects/complexobject'
import { DICT_ENTRY, PyDict_CheckExact, PyDict_New, PyDict_Next, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_EOFError, PyExc_StopIteration, PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_CheckExact, PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional } from '../objects/getargs'
import { PyList_CheckExact, PyList_New, fastItems } from '../objects/listobject'
import { PyLong_AsBigInt, PyLong_AsInt, PyLong_CheckExact, PyLong_FromBigInt } from '../objects/longobject'
import { PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBufferBytes } from '../objects/memoryobject'
import { PyModule_AddIntConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, METH_O, Py_DECREF, Py_NewRef, type PyMethodDef, type PyObject } from '../objects/object'
import { PyFrozenSet_CheckExact, PyFrozenSet_New, PySet_Add, PySet_CheckExact, PySet_New, setItems } from '../objects/setobject'
import { Py_Ellipsis, Py_None } from '../objects/singletons'
import { PyTuple_CheckExact, PyTuple_New } from '../objects/tupleobject'
import { PyUnicode_AsString, PyUnicode_CheckExact, PyUnicode_InternFromString, _Py_ID, unicodeFromText } from '../objects/unicodeobject'

// ---- writing ------------------------------------------------------------------------------------------------------------

/** Why an object cannot be written. */
class Unmarshallable extends Error {}

class ObjectWriter {
  readonly w = new MarshalWriter()
  private readonly refs = new Map<PyObject, number>()
  private depth = 0

  constructor(readonly version: number) {}

  /** True: a reference to an earlier object was written instead. Sets `flag` when others may refer to this one. */
  private reference(o: PyObject): boolean {
    this.flag = false
    if (this.version < 3 || o.ob_refcnt === 1) return false
    const known = this.refs.get(o)
    if (known !== undefined) {
      this.w.reference(known)
      return true
    }
    this.refs.set(o, this.refs.size)
    this.flag = true
    return false
  }

  private flag = false

  // Mirrors w_object, Python/marshal.c.
  object(o: PyObject): void {
    if (++this.depth > MAX_DEPTH) throw new Unmarshallable('object too deeply nested to marshal')
    if (o === Py_None) this.w.type('N')
    else if (o === PyExc_StopIteration) this.w.type('S')
    else if (o === Py_Ellipsis) this.w.type('.')
    else if (o === Py_False) this.w.type('F')
    else if (o === Py_True) this.w.type('T')
    else if (!this.reference(o)) this.complex(o, this.flag)
    this.depth--
  }

  private complex(o: PyObject, flag: boolean): void {
    const { w } = this
    if (PyLong_CheckExact(o)) w.int(PyLong_AsBigInt(o), flag)
    else if (PyFloat_CheckExact(o)) w.float(o.v, flag)
    else if (PyComplex_CheckExact(o)) w.complex(o.v.real, o.v.imag, flag)
    else if (PyBytes_CheckExact(o)) w.bytes(PyBytes_AsBytes(o), flag)
    else if (PyUnicode_CheckExact(o)) w.str(o.v.str, o.v.interned !== 0, flag)
    else if (PyTuple_CheckExact(o)) {
      w.tupleHead(o.v.length, flag)
      for (const item of o.v) this.object(item)
    } else if (PyList_CheckExact(o)) {
      w.head('[', fastItems(o).length, flag)
      for (const item of [...fastItems(o)]) this.object(item)
    } else if (PyDict_CheckExact(o)) {
      w.type('{', flag)
      for (let pos = PyDict_Next(o, 0); pos > 0; pos = PyDict_Next(o, pos)) {
        const { key, value } = DICT_ENTRY
        this.object(key)
        this.object(value)
      }
      w.type('0')
    } else if (PySet_CheckExact(o) || PyFrozenSet_CheckExact(o)) this.set(o, flag)
    else if (PyCode_Check(o)) this.code(o.v, flag)
    else if (PyObject_CheckBuffer(o)) {
      const view = PyObject_GetBufferBytes(o)
      if (view === null) throw new Unmarshallable('')
      w.bytes(view.bytes, flag)
      PyBuffer_Release(view)
    } else throw new Unmarshallable('unmarshallable object')
  }

  /** Items in the order of their own marshalled forms, so that equal sets give equal bytes. */
  private set(o: PyObject, flag: boolean): void {
    const items = setItems(o)
    this.w.head(PySet_CheckExact(o) ? '<' : '>', items.length, flag)
    const keyed = items.map(item => {
      const alone = new ObjectWriter(this.version)
      alone.object(item)
      return { item, bytes: Buffer.from(alone.w.done()) }
    })
    keyed.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    for (const { item } of keyed) this.object(item)
  }

  private code(d: CodeData, flag: boolean): void {
    const { w } = this
    const { code } = d
    w.type('c', flag)
    for (const n of [d.co_argcount, d.co_posonlyargcount, d.co_kwonlyargcount, d.stacksize, d.co_flags]) w.long(n)
    w.bytes(code.co_code)
    for (const o of [d.co_consts, d.co_names, d.co_localsplusnames]) this.object(o)
    w.bytes(code.co_localspluskinds)
    for (const o of [d.co_filename, d.co_name, d.co_qualname]) this.object(o)
    w.long(d.firstlineno)
    for (const o of [d.co_linetable, d.co_exceptiontable]) this.object(o)
  }
}

/** The bytes of marshal.dumps, or null with an exception set. */
export function marshalDump(o: PyObject, version: number): Uint8Array | null {
  const writer = new ObjectWriter(version)
  try {
    writer.object(o)
  } catch (e) {
    if (!(e instanceof Unmarshallable)) throw e
    return PyErr_Occurred() !== null ? null : PyErr_SetString(PyExc_ValueError, e.message)
  }
  return writer.w.done()
}

// ---- reading -----------------------------------------------------------------------------------------------------------

const bytesIn = (o: PyObject): Uint8Array => PyBytes_AsBytes(o)
const textIn = (o: PyObject): string => PyUnicode_AsString(o)
const textsIn = (o: PyObject): string[] => (o.v as PyObject[]).map(textIn)

// References: a container owns its items. What the reader keeps for later references is one reference more, so that
// nothing dies while it is read; objects that end up in a container twice are counted twice.
const builder: MarshalBuilder<PyObject> = {
  none: () => Py_NewRef(Py_None),
  bool: value => PyBool_FromLong(value ? 1 : 0),
  ellipsis: () => Py_NewRef(Py_Ellipsis),
  stopIteration: () => Py_NewRef(PyExc_StopIteration),
  int: value => PyLong_FromBigInt(value)!,
  float: value => PyFloat_FromDouble(value),
  complex: (real, imag) => PyComplex_FromDoubles(real, imag),
  bytes: value => PyBytes_FromBytes(value),
  str: (value, interned) => interned ? PyUnicode_InternFromString(value) : unicodeFromText(value)!,
  tuple: length => PyTuple_New(length),
  setTupleItem: (tuple, index, item) => {
    ;(tuple.v as PyObject[])[index] = Py_NewRef(item)
  },
  list: length => PyList_New(length),
  setListItem: (list, index, item) => {
    ;(list.v.ob_item as PyObject[])[index] = Py_NewRef(item)
  },
  dict: () => PyDict_New(),
  setDictItem: (dict, key, value) => PyDict_SetItem(dict, key, value) === 0,
  set: () => PySet_New(null)!,
  addToSet: (set, item) => PySet_Add(set, item) === 0,
  frozenset: items => {
    const tuple = PyTuple_New(items.length)
    items.forEach((item, i) => { tuple.v[i] = Py_NewRef(item) })
    const set = PyFrozenSet_New(tuple)
    Py_DECREF(tuple)
    return set
  },
  code: f => {
    const parts = {
      consts: f.consts, names: f.names, localsplusnames: f.localsplusnames, localspluskinds: f.localspluskinds,
      filename: f.filename, name: f.name, qualname: f.qualname, linetable: f.linetable, exceptiontable: f.exceptiontable,
    }
    for (const o of Object.values(parts)) Py_NewRef(o)
    return codeNew(new CodeData(new CodeObject(
      f.argcount, f.posonlyargcount, f.kwonlyargcount, f.stacksize, f.flags, bytesIn(f.code), [], textsIn(f.names), textsIn(f.localsplusnames),
      bytesIn(f.localspluskinds), textIn(f.filename), textIn(f.name), textIn(f.qualname), f.firstlineno, bytesIn(f.linetable),
      bytesIn(f.exceptiontable),
    ), parts))
  },
}

/** Records what the builder makes, so that the reader's own references can be given back. */
function counting(made: PyObject[]): MarshalBuilder<PyObject> {
  const note = (o: PyObject): PyObject => (made.push(o), o)
  const noteOrNull = (o: PyObject | null): PyObject | null => o === null ? null : note(o)
  return {
    ...builder,
    none: () => note(builder.none()), bool: v => note(builder.bool(v)), ellipsis: () => note(builder.ellipsis()),
    stopIteration: () => note(builder.stopIteration()), int: v => note(builder.int(v)), float: v => note(builder.float(v)),
    complex: (r, i) => note(builder.complex(r, i)), bytes: v => note(builder.bytes(v)), str: (v, i) => note(builder.str(v, i)),
    tuple: n => note(builder.tuple(n)), list: n => note(builder.list(n)), dict: () => note(builder.dict()), set: () => note(builder.set()),
    frozenset: items => noteOrNull(builder.frozenset(items)), code: f => noteOrNull(builder.code(f)),
  }
}

/** NEW object of the first value in the bytes, and the bytes it took; null with an exception set. */
export function marshalLoad(bytes: Uint8Array): { value: PyObject, length: number } | null {
  const made: PyObject[] = []
  const read = readMarshal(bytes, counting(made))
  const ok = read !== MARSHAL_FAILED && !(read instanceof MarshalFault)
  if (ok) Py_NewRef(read.value)
  for (const o of made) Py_DECREF(o)
  if (ok) return read
  if (read === MARSHAL_FAILED) return null
  const types = { EOFError: PyExc_EOFError, ValueError: PyExc_ValueError, TypeError: PyExc_TypeError }
  return PyErr_SetString(types[read.kind], read.message)
}

// ---- the module ---------------------------------------------------------------------------------------------------------------

function versionOf(args: PyObject[], nargs: number, i: number): number | null {
  if (nargs <= i) return MARSHAL_VERSION
  const version = PyLong_AsInt(args[i]!)
  return version === -1 && PyErr_Occurred() !== null ? null : version
}

const methods: PyMethodDef[] = [
  {
    ml_name: 'dump', ml_flags: METH_FASTCALL, signature: '($module, value, file, version=version, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('dump', nargs, 2, 3)) return null
      const version = versionOf(args, nargs, 2)
      const bytes = version === null ? null : marshalDump(args[0]!, version)
      const o = bytes === null ? null : bytesFrom(bytes)
      if (o === null) return null
      const result = PyObject_CallMethodOneArg(args[1]!, _Py_ID('write'), o)
      Py_DECREF(o)
      return result
    },
  },
  {
    ml_name: 'load', ml_flags: METH_O, signature: '($module, file, /)',
    ml_meth: (_m: PyObject, file: PyObject) => {
      const data = PyObject_CallMethodNoArgs(file, _Py_ID('read'))
      if (data === null) return null
      const bytes = PyBytes_CheckExact(data) ? PyBytes_AsBytes(data) : null
      Py_DECREF(data)
      if (bytes === null) return PyErr_Format(PyExc_TypeError, `file.read() returned not bytes but ${data.ob_type.tp_name}`)
      return marshalLoad(bytes)?.value ?? null
    },
  },
  {
    ml_name: 'dumps', ml_flags: METH_FASTCALL, signature: '($module, value, version=version, /)',
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
      if (!_PyArg_CheckPositional('dumps', nargs, 1, 2)) return null
      const version = versionOf(args, nargs, 1)
      const bytes = version === null ? null : marshalDump(args[0]!, version)
      return bytes === null ? null : bytesFrom(bytes)
    },
  },
  {
    ml_name: 'loads', ml_flags: METH_O, signature: '($module, bytes, /)',
    ml_meth: (_m: PyObject, o: PyObject) => {
      const view = PyObject_GetBufferBytes(o)
      if (view === null) return null
      const bytes = view.bytes.slice()
      PyBuffer_Release(view)
      return marshalLoad(bytes)?.value ?? null
    },
  },
]

export function PyInit_marshal(): PyObject | null {
  const module = PyModule_Create('marshal', methods)
  PyModule_AddIntConstant(module, 'version', MARSHAL_VERSION)
  return module
}
