// _symtable: the compiler's symbol table as objects. Modules/symtablemodule.c and PySTEntry_Type of Python/symtable.c.
import { sourceOf, type CompileMode } from './builtin-code'
import { parseSource, raiseCompileError } from './compile-source'
import { PyOS_FSPathText } from './fspath'
import { readyStatic } from './static-module-types'
import { futureFeatures } from '../compiler/future'
import { Symtable } from '../compiler/symtable'
import {
  CELL, DEF_ANNOT, DEF_BOUND, DEF_FREE, DEF_FREE_CLASS, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, FREE, GLOBAL_EXPLICIT,
  GLOBAL_IMPLICIT, LOCAL, SCOPE_MASK, SCOPE_OFFSET, USE, type BlockType, type SymtableEntry,
} from '../compiler/symtable-entry'
import { PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { _PyArg_BadArgument, _PyArg_CheckPositional } from '../objects/getargs'
import { PyList_Append, PyList_New } from '../objects/listobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, PyTypeObject, Py_DECREF, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_IMMUTABLETYPE, genericGetAttr, type PyObject,
} from '../objects/object'
import { PyObject_Free, PyObject_New } from '../objects/objimpl'
import { PyUnicode_FromFormat, addressOf } from '../objects/unicode-fromformat'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_InternFromString } from '../objects/unicodeobject'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)

class EntryData {
  ste_id: PyObject
  ste_name: PyObject
  ste_symbols: PyObject
  ste_varnames: PyObject
  ste_children: PyObject
  ste_nested: number
  ste_type: number
  ste_lineno: number
  constructor(id: PyObject, entry: SymtableEntry) {
    this.ste_id = id
    this.ste_name = PyUnicode_InternFromString(entry.name)
    this.ste_symbols = PyDict_New()
    this.ste_varnames = PyList_New(0)
    this.ste_children = PyList_New(0)
    this.ste_nested = entry.isNested ? 1 : 0
    this.ste_type = BLOCK_TYPES[entry.type]
    this.ste_lineno = entry.position.lineno
  }
}

const BLOCK_TYPES: Readonly<Record<BlockType, number>> = { function: 0, class: 1, module: 2, annotation: 3 }

const data = (o: PyObject): EntryData => o.v as EntryData

export const PySTEntry_Type: PyTypeObject = new PyTypeObject('symtable entry', {
  tp_basicsize: 120, tp_flags: Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  tp_free: o => PyObject_Free(o),
  tp_getattro: genericGetAttr,
  tp_dealloc: o => {
    const d = data(o)
    for (const member of [d.ste_id, d.ste_name, d.ste_symbols, d.ste_varnames, d.ste_children]) Py_DECREF(member)
    PyObject_Free(o)
  },
  tp_repr: o => PyUnicode_FromFormat('<symtable entry %U(%d), line %d>', data(o).ste_name, data(o).ste_id.v, data(o).ste_lineno),
  tp_members: [
    { name: 'id', get: o => ref(data(o).ste_id) },
    { name: 'name', get: o => ref(data(o).ste_name) },
    { name: 'symbols', get: o => ref(data(o).ste_symbols) },
    { name: 'varnames', get: o => ref(data(o).ste_varnames) },
    { name: 'children', get: o => ref(data(o).ste_children) },
    { name: 'nested', get: o => PyLong_FromLong(data(o).ste_nested) },
    { name: 'type', get: o => PyLong_FromLong(data(o).ste_type) },
    { name: 'lineno', get: o => PyLong_FromLong(data(o).ste_lineno) },
  ],
})

/** NEW entry object of a block. DIFFERS: its id is its own address, in CPython the node's. */
function toObject(entry: SymtableEntry): PyObject {
  const o = PyObject_New(PySTEntry_Type, null)
  const d = new EntryData(PyLong_FromLong(addressOf(o)), entry)
  o.v = d
  for (const [name, flags] of entry.symbols) {
    const key = PyUnicode_InternFromString(name)
    const value = PyLong_FromLong(flags)
    PyDict_SetItem(d.ste_symbols, key, value)
    Py_DECREF(key)
    Py_DECREF(value)
  }
  for (const name of entry.varnames) append(d.ste_varnames, PyUnicode_InternFromString(name))
  for (const child of entry.children) append(d.ste_children, toObject(child))
  return o
}

/** STEALS the item. */
function append(list: PyObject, item: PyObject): void {
  PyList_Append(list, item)
  Py_DECREF(item)
}

/** Nested expressions and statements that the table goes through. */
const DEPTH_LIMIT = 3000

function symtable(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('symtable', nargs, 3, 3)) return null
  const filename = PyOS_FSPathText(args[1]!)
  if (filename === null) return null
  if (!PyUnicode_Check(args[2]!)) return _PyArg_BadArgument('symtable', 'argument 3', 'str', args[2]!)
  const source = sourceOf(args[0]!, 'symtable', 'string or bytes')
  if (source === null) return null
  const mode = PyUnicode_AsString(args[2]!)
  if (mode.includes('\0')) return PyErr_SetString(PyExc_ValueError, 'embedded null character')
  if (mode !== 'exec' && mode !== 'eval' && mode !== 'single') {
    return PyErr_SetString(PyExc_ValueError, 'symtable() arg 3 must be \'exec\' or \'eval\' or \'single\'')
  }
  const tree = parseSource(source, filename, mode satisfies CompileMode, 0)
  if (tree === null) return null
  try {
    return toObject(new Symtable(tree, filename, futureFeatures(tree, filename).features, DEPTH_LIMIT).top)
  } catch (error) {
    return raiseCompileError(error)
  }
}

const CONSTANTS: Readonly<Record<string, number>> = {
  USE, DEF_GLOBAL, DEF_NONLOCAL, DEF_LOCAL, DEF_PARAM, DEF_FREE, DEF_FREE_CLASS, DEF_IMPORT, DEF_BOUND, DEF_ANNOT, TYPE_FUNCTION: 0,
  TYPE_CLASS: 1, TYPE_MODULE: 2, LOCAL, GLOBAL_EXPLICIT, GLOBAL_IMPLICIT, FREE, CELL, SCOPE_OFF: SCOPE_OFFSET, SCOPE_MASK,
}

export function PyInit__symtable(): PyObject | null {
  const module = PyModule_Create('_symtable', [
    { ml_name: 'symtable', ml_flags: METH_FASTCALL, ml_meth: symtable, signature: '($module, source, filename, startstr, /)' },
  ])
  if (module === null || !readyStatic(PySTEntry_Type)) return null
  for (const [name, value] of Object.entries(CONSTANTS)) PyModule_AddIntConstant(module, name, value)
  return module
}
