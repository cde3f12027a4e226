// Struct sequences: tuples whose items have names (sys.version_info, time.struct_time, os.stat_result …).
// Objects/structseq.c. Items beyond the visible ones are attributes only.
import { PyDict_New, PyDict_SetItem, PyDict_GetItemWithError, PyDict_Check } from './dictobject'
import { PyErr_Format, PyErr_Occurred } from './errors'
import { PyExc_TypeError } from './exceptions'
import { ArgParser } from './arg-parser'
import { _PyArg_UnpackKeywords } from './getargs'
import { PyLong_FromLong } from './longobject'
import {
  METH_NOARGS, Py_DECREF, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_TUPLE_SUBCLASS, Py_XDECREF, type PyObject, PyTypeObject,
} from './object'
import { PyObject_GC_Del, PyObject_GC_Track, PyObject_GC_UnTrack, gcNewSize } from './objimpl'
import { PyObject_Repr } from './object-protocol'
import { Py_None } from './singletons'
import { PySequence_Fast } from './abstract'
import { fastItems } from './listobject'
import { PyTuple_FromArray, PyTuple_Type } from './tupleobject'
import { PyType_Ready } from './typeobject'
import { PyUnicode_AsString, unicodeFromText, _Py_ID } from './unicodeobject'

/** Items past the sequence's own, by object: attributes such as st_atime_ns. Kept in the slots array. */
const hidden = (o: PyObject): (PyObject | null)[] => o.slots ?? []

export class StructSequence {
  readonly type: PyTypeObject
  readonly fields: readonly string[]
  readonly visible: number

  constructor(name: string, fields: readonly string[], visible: number) {
    this.fields = fields
    this.visible = visible
    const parser = new ArgParser(name, ['sequence', 'dict'])
    this.type = new PyTypeObject(name, {
      tp_basicsize: 24, tp_itemsize: 8,
      tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_TUPLE_SUBCLASS,
      tp_dealloc: structseq_dealloc,
      tp_traverse: (o, visit) => {
        for (const item of o.v as PyObject[]) visit(item)
        for (const item of hidden(o)) if (item !== null) visit(item)
      },
      tp_repr: o => this.repr(o),
      tp_new: (_type, args, kwargs) => this.fromSequence(parser, args, kwargs),
      tp_members: fields.map((field, i) => ({
        name: field.startsWith('?') ? `_${i}` : field,
        get: (o: PyObject) => {
          const item = i < visible ? (o.v as PyObject[])[i]! : hidden(o)[i - visible] ?? Py_None
          item.ob_refcnt++
          return item
        },
      })).filter((_m, i) => !fields[i]!.startsWith('?')),
      tp_methods: [{ ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => this.reduce(o) }],
    })
    PyType_Ready(this.type, PyTuple_Type)
    const dict = this.type.tp_dict!
    for (const [key, n] of [['n_sequence_fields', visible], ['n_fields', fields.length],
      ['n_unnamed_fields', fields.filter(f => f.startsWith('?')).length]] as const) {
      const value = PyLong_FromLong(n)
      PyDict_SetItem(dict, _Py_ID(key), value)
      Py_DECREF(value)
    }
    const names = PyTuple_FromArray(fields.slice(0, visible).filter(f => !f.startsWith('?')).map(f => (_Py_ID(f).ob_refcnt++, _Py_ID(f))), true)
    PyDict_SetItem(dict, _Py_ID('__match_args__'), names)
    Py_DECREF(names)
  }

  /** NEW object as C makes them, untracked: `run` is given a function that stores an item, STEALING it; the others stay None. */
  fill(run: (set: (field: number, value: PyObject) => void) => void): PyObject {
    const { visible, fields } = this
    const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
    const o = gcNewSize(this.type, 24 + 8 * fields.length, Array.from({ length: visible }, none))!
    if (visible < fields.length) o.slots = Array.from({ length: fields.length - visible }, none)
    run((field, value) => {
      const items = field < visible ? o.v as (PyObject | null)[] : o.slots!
      const at = field < visible ? field : field - visible
      const old = items[at]!
      items[at] = value
      Py_DECREF(old)
    })
    return o
  }

  /** The same of values made before, one for each field (missing ones become None). */
  make(values: (PyObject | null)[]): PyObject {
    return this.fill(set => {
      for (let i = 0; i < this.fields.length; i++) if (values[i]) set(i, values[i]!)
    })
  }

  private fromSequence(parser: ArgParser, args: PyObject, kwargs: PyObject | null): PyObject | null {
    const given = _PyArg_UnpackKeywords(args.v as PyObject[], (args.v as PyObject[]).length, kwargs, null, parser, 1, 2, 0)
    if (given === null) return null
    const short = this.type.tp_name
    const fast = PySequence_Fast(given[0]!, 'constructor requires a sequence')
    if (fast === null) return null
    const items = fastItems(fast)
    const extra = given[1] === Py_None ? null : given[1] ?? null
    if (extra !== null && !PyDict_Check(extra)) {
      Py_DECREF(fast)
      return PyErr_Format(PyExc_TypeError, '%.500s() takes a dict as second arg, if any', short)
    }
    const n = items.length
    const wrong = (kind: string, count: number): null => {
      Py_DECREF(fast)
      return PyErr_Format(PyExc_TypeError, `${short}() takes ${kind}${count}-sequence (${n}-sequence given)`)
    }
    if (this.visible !== this.fields.length) {
      if (n < this.visible) return wrong('an at least ', this.visible)
      if (n > this.fields.length) return wrong('an at most ', this.fields.length)
    } else if (n !== this.visible) return wrong('a ', this.visible)
    const values: (PyObject | null)[] = []
    for (let i = 0; i < this.fields.length; i++) {
      let value: PyObject | null = items[i] ?? null
      if (value === null && extra !== null) {
        value = PyDict_GetItemWithError(extra, _Py_ID(this.fields[i]!))
        if (value === null && PyErr_Occurred() !== null) return Py_DECREF(fast), null
      }
      if (value !== null) value.ob_refcnt++
      values.push(value)
    }
    Py_DECREF(fast)
    const o = this.make(values)
    PyObject_GC_Track(o)
    return o
  }

  private repr(o: PyObject): PyObject | null {
    const parts: string[] = []
    // As in CPython, by the members: a field without a name shows the next named one's.
    const names = this.fields.filter(f => !f.startsWith('?'))
    for (const [i, item] of (o.v as PyObject[]).entries()) {
      const r = PyObject_Repr(item)
      if (r === null) return null
      parts.push(`${names[i]}=${PyUnicode_AsString(r)}`)
      Py_DECREF(r)
    }
    return unicodeFromText(`${this.type.tp_name}(${parts.join(', ')})`)
  }

  private reduce(o: PyObject): PyObject {
    const items = (o.v as PyObject[]).map(i => (i.ob_refcnt++, i))
    const dict = PyDict_New()
    hidden(o).forEach((value, i) => {
      if (value !== null) PyDict_SetItem(dict, _Py_ID(this.fields[this.visible + i]!), value)
    })
    this.type.ob_refcnt++
    return PyTuple_FromArray([this.type, PyTuple_FromArray([PyTuple_FromArray(items, true), dict], true)], true)
  }
}

function structseq_dealloc(o: PyObject): void {
  PyObject_GC_UnTrack(o)
  for (const item of o.v as PyObject[]) Py_DECREF(item)
  for (const item of hidden(o)) Py_XDECREF(item)
  PyObject_GC_Del(o)
}

const known = new Map<string, StructSequence>()

/** The struct sequence type of that name, made at first use. Fields named `?…` have no attribute. */
export function structSequence(name: string, fields: readonly string[], visible: number = fields.length): StructSequence {
  let found = known.get(name)
  if (found === undefined) {
    found = new StructSequence(name, fields, visible)
    known.set(name, found)
  }
  return found
}

/** Forgets the types; only start-up of a new interpreter in this realm does. */
export function resetStructSequences(): void {
  known.clear()
}

