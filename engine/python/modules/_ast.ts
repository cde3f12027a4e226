// _ast: the node classes, and the way of trees between the parser's nodes (syntax/nodes.ts) and Python objects.
// Mirrors Python/Python-ast.c, driven by the table NODE_FIELDS.
import { PyObject_GetIter } from '../objects/abstract'
import { PyObject_Vectorcall } from '../objects/call'
import { PyBytes_AsBytes, PyBytes_Check } from '../objects/bytesobject'
import { PyBool_Check } from '../objects/boolobject'
import { PyComplex_Check } from '../objects/complexobject'
import { PyDict_New, PyDict_SetItem, PyDict_Next, DICT_ENTRY } from '../objects/dictobject'
import { PyErr_Format, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_Check } from '../objects/floatobject'
import { PyList_Check, PyList_New } from '../objects/listobject'
import { PyLong_AsInt, PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddObjectRef, PyModule_AddIntConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_NOARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, type PyObject, PyTypeObject, PyType_Type, genericGetAttr } from '../objects/object'
import { PyObject_GenericSetAttr, PyObject_Repr, PyObject_SetAttr, _PyObject_LookupAttr } from '../objects/object-protocol'
import { PyObject_IsInstance } from '../objects/abstract'
import { PyObject_GC_Del, PyObject_GC_UnTrack } from '../objects/objimpl'
import { PyFrozenSet_Check, setItems } from '../objects/setobject'
import { Py_Ellipsis, Py_None } from '../objects/singletons'
import { PyTuple_Check, PyTuple_FromArray } from '../objects/tupleobject'
import { _PyRuntime } from '../objects/runtime'
import { readyStatic } from './static-module-types'
import { PyType_GenericNew } from '../objects/typeobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, PyUnicode_InternFromString, _Py_ID } from '../objects/unicodeobject'
import * as ast from '../syntax/nodes'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue, type ConstantValue } from '../syntax/constant'
import { loadConstant } from '../vm/load-code'
import { PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_ONLY_AST, PyCF_TYPE_COMMENTS } from '../compiler/flags'
import type { CompileMode } from './compile-source'

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const ref = <T extends PyObject>(o: T): T => (o.ob_refcnt++, o)
const text = PyUnicode_AsString

type NodeName = ast.Node['_type']
type NodeClass = new (...args: unknown[]) => ast.Node

// ---- the base class --------------------------------------------------------------------------------------------------

/** `ast.AST`: attributes live in a dict; the constructor takes the fields by position and anything by keyword. */
export const PyAST_Type: PyTypeObject = new PyTypeObject('ast.AST', {
  tp_basicsize: 24, tp_dictoffset: 16,
  tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
  tp_dealloc: o => {
    PyObject_GC_UnTrack(o)
    const dict = o.dict as PyObject | null
    o.dict = null
    if (dict !== null) Py_DECREF(dict)
    PyObject_GC_Del(o)
  },
  tp_getattro: genericGetAttr,
  tp_setattro: (o, name, value) => PyObject_GenericSetAttr(o, name, value),
  tp_traverse: (o, visit) => {
    if (o.dict !== null) visit(o.dict as PyObject)
  },
  tp_clear: o => {
    const dict = o.dict as PyObject | null
    o.dict = null
    if (dict !== null) Py_DECREF(dict)
  },
  tp_init: ast_init,
  tp_new: (type, args, kwargs) => PyType_GenericNew(type, args, kwargs),
  tp_methods: [{ ml_name: '__reduce__', ml_flags: METH_NOARGS, ml_meth: ast_reduce }],
})

/** Mirrors ast_type_init. */
function ast_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const fields = _PyObject_LookupAttr(self.ob_type, _Py_ID('_fields'))
  if (fields === null && PyErr_Occurred() !== null) return -1
  const names = fields === null ? [] : fields.v as PyObject[]
  const items = args.v as PyObject[]
  let result = 0
  if (names.length < items.length) {
    PyErr_Format(PyExc_TypeError,
      `${self.ob_type.tp_name} constructor takes at most ${names.length} positional argument${names.length === 1 ? '' : 's'}`)
    result = -1
  }
  for (let i = 0; result === 0 && i < items.length; i++) result = PyObject_SetAttr(self, names[i]!, items[i]!)
  if (result === 0 && kwargs !== null) {
    for (let at = PyDict_Next(kwargs, 0); at > 0 && result === 0; at = PyDict_Next(kwargs, at)) {
      const { key, value } = DICT_ENTRY
      const position = names.findIndex(n => text(n) === text(key))
      // PySequence_Index goes by an iterator.
      if (position >= 0) Py_DECREF(PyObject_GetIter(fields!)!)
      if (position >= 0 && position < items.length) {
        PyErr_Format(PyExc_TypeError, `${self.ob_type.tp_name} got multiple values for argument '${text(key)}'`)
        result = -1
      } else result = PyObject_SetAttr(self, key, value)
    }
  }
  if (fields !== null) Py_DECREF(fields)
  return result
}

function ast_reduce(self: PyObject): PyObject {
  const dict = self.dict as PyObject | null
  const parts: PyObject[] = [ref(self.ob_type), PyTuple_FromArray([], true)]
  if (dict !== null) parts.push(ref(dict))
  return PyTuple_FromArray(parts, true)
}

// ---- the node classes ---------------------------------------------------------------------------------------------------

const ATTRIBUTES = ['lineno', 'col_offset', 'end_lineno', 'end_col_offset'] as const
/** Python's name of a constructor: `arguments_` cannot be a class name in TypeScript. */
const pythonName = (name: string): string => name === 'arguments_' ? 'arguments' : name

/** Node classes by Python name, made when the module is first needed. */
let classes: Map<string, PyTypeObject> | null = null
/** The process they belong to. */
let owner: unknown = null
/** The one instance of each field-less node (Load, Add …). */
const singletons = new Map<string, PyObject>()

function names(list: readonly string[]): PyObject {
  return PyTuple_FromArray(list.map(n => PyUnicode_InternFromString(n)), true)
}

function makeClass(name: string, base: PyTypeObject, fields: readonly string[], doc: string | null): PyTypeObject {
  const dict = PyDict_New()
  const set = (key: string, value: PyObject): void => {
    PyDict_SetItem(dict, _Py_ID(key), value)
    Py_DECREF(value)
  }
  set('_fields', names(fields))
  set('__match_args__', names(fields))
  set('__module__', PyUnicode_InternFromString('ast'))
  set('__doc__', doc === null ? none() : PyUnicode_FromString(doc))
  const args = [PyUnicode_InternFromString(name), PyTuple_FromArray([ref(base)], true), dict]
  const type = PyObject_Vectorcall(PyType_Type, args, 3, null)
  for (const a of args) Py_DECREF(a)
  if (type === null) throw new Error(`Molt: the class ast.${name} could not be made`)
  return type as PyTypeObject
}

/** Sum types that have position attributes; `expr_context`, `operator` … have none. */
const POSITIONED = new Set(['stmt', 'expr', 'excepthandler', 'pattern'])
const PRODUCTS_WITH_POSITION = new Set(['arg', 'keyword', 'alias'])
/** Sums by ASDL order, as CPython makes them. */
const SUMS = ['mod', 'stmt', 'expr', 'expr_context', 'boolop', 'operator', 'unaryop', 'cmpop', 'excepthandler', 'pattern', 'type_ignore']

function setAttributes(type: PyTypeObject, list: readonly string[]): void {
  const value = names(list)
  PyObject_SetAttr(type, _Py_ID('_attributes'), value)
  Py_DECREF(value)
}

function setNone(type: PyTypeObject, name: string): void {
  PyObject_SetAttr(type, _Py_ID(name), Py_None)
}

/** `Name(identifier id, expr_context ctx)` */
function signature(name: string): string {
  const fields = ast.NODE_FIELDS[name as NodeName].fields
  const shown = fields.map(f => `${f.type === 'arguments_' ? 'arguments' : f.type}${f.quantity} ${f.name}`).join(', ')
  return fields.length === 0 ? pythonName(name) : `${pythonName(name)}(${shown})`
}

/** All node classes; made once in a process. */
function nodeClasses(): Map<string, PyTypeObject> {
  if (classes !== null && owner === _PyRuntime.process) return classes
  owner = _PyRuntime.process
  classes = new Map()
  singletons.clear()
  readyStatic(PyAST_Type)
  classes.set('AST', PyAST_Type)
  const empty = PyTuple_FromArray([], true)
  for (const key of ['_fields', '__match_args__', '_attributes']) PyDict_SetItem(PyAST_Type.tp_dict!, _Py_ID(key), empty)
  Py_DECREF(empty)
  const all = Object.keys(ast.NODE_FIELDS) as NodeName[]
  const make = (name: NodeName, base: PyTypeObject): PyTypeObject => {
    const spec = ast.NODE_FIELDS[name]
    const type = makeClass(pythonName(name), base, spec.fields.map(f => f.name), signature(name))
    for (const f of spec.fields) if (f.quantity === '?') setNone(type, f.name)
    classes!.set(pythonName(name), type)
    return type
  }
  for (const sum of SUMS) {
    const members = all.filter(n => ast.NODE_FIELDS[n].base === sum)
    const doc = `${sum} = ${members.map(signature).join(`\n${' '.repeat(sum.length + 1)}| `)}`
    const base = makeClass(sum, PyAST_Type, [], doc)
    setAttributes(base, POSITIONED.has(sum) ? ATTRIBUTES : [])
    if (POSITIONED.has(sum) && sum !== 'pattern') for (const a of ['end_lineno', 'end_col_offset']) setNone(base, a)
    classes.set(sum, base)
    for (const name of members) {
      const type = make(name, base)
      if (ast.NODE_FIELDS[name].fields.length === 0 && !POSITIONED.has(sum) && sum !== 'mod') {
        singletons.set(name, PyObject_Vectorcall(type, [], 0, null)!)
      }
    }
  }
  for (const name of all) {
    if (ast.NODE_FIELDS[name].base !== 'AST') continue
    const type = make(name, PyAST_Type)
    const positioned = PRODUCTS_WITH_POSITION.has(name)
    setAttributes(type, positioned ? ATTRIBUTES : [])
    if (positioned) for (const a of ['end_lineno', 'end_col_offset']) setNone(type, a)
  }
  return classes
}

// ---- tree to objects -----------------------------------------------------------------------------------------------------

/** NEW object for a tree. Mirrors PyAST_mod2obj. */
export function astToObject(tree: ast.Node): PyObject | null {
  return nodeToObject(tree, nodeClasses())
}

function nodeToObject(node: ast.Node, types: Map<string, PyTypeObject>): PyObject | null {
  const single = singletons.get(node._type)
  if (single !== undefined) return ref(single)
  const spec = ast.NODE_FIELDS[node._type]
  const type = types.get(pythonName(node._type))!
  const o = PyType_GenericNew(type, Py_None, null)
  if (o === null) return null
  const values = node as unknown as Record<string, unknown>
  for (const field of spec.fields) {
    const value = values[field.name]
    const made = field.quantity === '*' ? sequence(value as unknown[], field.type, types) : scalar(value, field.type, types)
    if (made === null || PyObject_SetAttr(o, _Py_ID(field.name), made) !== 0) {
      Py_DECREF(o)
      return null
    }
    Py_DECREF(made)
  }
  if (spec.attributes) {
    for (const name of ATTRIBUTES) {
      const made = PyLong_FromLong(values[name] as number)
      const failed = PyObject_SetAttr(o, _Py_ID(name), made) !== 0
      Py_DECREF(made)
      if (failed) return Py_DECREF(o), null
    }
  }
  return o
}

function sequence(items: unknown[], type: string, types: Map<string, PyTypeObject>): PyObject | null {
  // The list before what it holds, as ast2obj_list does.
  const list = PyList_New(items.length)
  for (const item of items) {
    const o = scalar(item, type, types)
    if (o === null) return Py_DECREF(list), null
    list.v.ob_item.push(o)
  }
  return list
}

function scalar(value: unknown, type: string, types: Map<string, PyTypeObject>): PyObject | null {
  if (type === 'constant') return loadConstant(value as ConstantValue)
  if (value === null || value === undefined) return none()
  if (typeof value === 'string') return PyUnicode_InternFromString(value)
  if (typeof value === 'number') return PyLong_FromLong(value)
  return nodeToObject(value as ast.Node, types)
}

// ---- objects to tree --------------------------------------------------------------------------------------------------------

/** 1 if o is a node, 0, or -1. Mirrors PyAST_Check. */
export function PyAST_Check(o: PyObject): number {
  if (classes === null) return 0
  return PyObject_IsInstance(o, PyAST_Type)
}

class Invalid extends Error {}

/** The tree an object stands for, or null with an exception set. Mirrors PyAST_obj2mod. */
export function astFromObject(o: PyObject, mode: CompileMode): ast.mod | null {
  const types = nodeClasses()
  const wanted = { exec: 'Module', eval: 'Expression', single: 'Interactive' }[mode]
  const isNode = PyObject_IsInstance(o, types.get(wanted)!)
  if (isNode < 0) return null
  if (isNode === 0) {
    return PyErr_Format(PyExc_TypeError, `expected ${wanted} node, got ${o.ob_type.tp_name}`)
  }
  try {
    return toNode(o, 'mod', types) as ast.mod
  } catch (error) {
    if (error instanceof Invalid) return null
    throw error
  }
}

function fail(): never {
  throw new Invalid()
}

/** NEW attribute, null when missing. */
function attribute(o: PyObject, name: string): PyObject | null {
  const value = _PyObject_LookupAttr(o, _Py_ID(name))
  if (value === null && PyErr_Occurred() !== null) fail()
  return value
}

/** The constructor an object is an instance of, for a sum or product type. */
function constructorOf(o: PyObject, type: string, types: Map<string, PyTypeObject>): NodeName {
  const direct = o.ob_type
  for (const [name, cls] of types) {
    if (cls === direct) {
      const key = (name === 'arguments' ? 'arguments_' : name) as NodeName
      if (key in ast.NODE_FIELDS) return key
    }
  }
  for (const key of Object.keys(ast.NODE_FIELDS) as NodeName[]) {
    if (ast.NODE_FIELDS[key].base !== type && key !== type) continue
    const is = PyObject_IsInstance(o, types.get(pythonName(key))!)
    if (is < 0) fail()
    if (is > 0) return key
  }
  const repr = PyObject_Repr(o)
  PyErr_Format(PyExc_TypeError, `expected some sort of ${pythonName(type)}, but got ${repr === null ? '?' : text(repr)}`)
  return fail()
}

function toNode(o: PyObject, type: string, types: Map<string, PyTypeObject>): ast.Node {
  const name = constructorOf(o, type, types)
  const spec = ast.NODE_FIELDS[name]
  const args: unknown[] = []
  for (const field of spec.fields) {
    const value = attribute(o, field.name)
    if (value === null || (value === Py_None && field.quantity !== '*' && field.type !== 'constant')) {
      if (value !== null) Py_DECREF(value)
      if (field.quantity === '?') args.push(null)
      else if (value === null) {
        PyErr_Format(PyExc_TypeError, `required field "${field.name}" missing from ${pythonName(name)}`)
        fail()
      } else {
        PyErr_Format(PyExc_ValueError, `field '${field.name}' is required for ${pythonName(name)}`)
        fail()
      }
      continue
    }
    if (field.quantity === '*') {
      if (!PyList_Check(value)) {
        PyErr_Format(PyExc_TypeError, `${pythonName(name)} field "${field.name}" must be a list, not a ${value.ob_type.tp_name}`)
        fail()
      }
      args.push((value.v.ob_item as PyObject[]).map(item => item === Py_None && field.type !== 'constant' ? null : fromObject(item, field.type, types)))
    } else args.push(fromObject(value, field.type, types))
    Py_DECREF(value)
  }
  if (spec.attributes) {
    for (const [i, attr] of ATTRIBUTES.entries()) {
      const value = attribute(o, attr)
      if (value === null || value === Py_None) {
        if (i < 2) {
          PyErr_Format(PyExc_TypeError, `required field "${attr}" missing from ${pythonName(spec.base === 'AST' ? name : spec.base)}`)
          fail()
        }
        // The end is optional: it is the start then.
        args.push(args[args.length - 2])
        continue
      }
      args.push(intOf(value))
      Py_DECREF(value)
    }
  }
  const Constructor = ast[(name === 'arguments' ? 'arguments_' : name) as keyof typeof ast] as unknown as NodeClass
  return new Constructor(...args)
}

function intOf(o: PyObject): number {
  if (!PyLong_Check(o)) {
    const repr = PyObject_Repr(o)
    PyErr_Format(PyExc_ValueError, `invalid integer value: ${repr === null ? '?' : text(repr)}`)
    fail()
  }
  const n = PyLong_AsInt(o)
  if (n === -1 && PyErr_Occurred() !== null) fail()
  return n
}

function fromObject(o: PyObject, type: string, types: Map<string, PyTypeObject>): unknown {
  switch (type) {
    case 'identifier':
    case 'string':
      if (!PyUnicode_Check(o) && !(type === 'string' && PyBytes_Check(o))) {
        PyErr_SetString(PyExc_TypeError, `AST ${type} must be of type str`)
        fail()
      }
      return text(o)
    case 'int': return intOf(o)
    case 'constant': return constantOf(o)
    default: return toNode(o, type, types)
  }
}

/** The neutral value of a constant. Mirrors validate_constant's idea of what is one. */
function constantOf(o: PyObject): ConstantValue {
  if (o === Py_None) return null
  if (o === Py_Ellipsis) return ELLIPSIS
  if (PyBool_Check(o)) return o.v === 1
  if (PyLong_Check(o)) return BigInt(o.v)
  if (PyFloat_Check(o)) return new FloatValue(o.v as number)
  if (PyComplex_Check(o)) return new ComplexValue(o.v.real as number, o.v.imag as number)
  if (PyUnicode_Check(o)) return text(o)
  if (PyBytes_Check(o)) return new BytesValue(PyBytes_AsBytes(o))
  if (PyTuple_Check(o)) return new TupleValue((o.v as PyObject[]).map(constantOf))
  if (PyFrozenSet_Check(o)) return new FrozensetValue(setItems(o).map(constantOf))
  PyErr_Format(PyExc_TypeError, `got an invalid type in Constant: ${o.ob_type.tp_name}`)
  return fail()
}

// ---- the module ------------------------------------------------------------------------------------------------------------------

export function PyInit__ast(): PyObject | null {
  const module = PyModule_Create('_ast', [])
  if (module === null) return null
  for (const [name, type] of nodeClasses()) PyModule_AddObjectRef(module, name, type)
  PyModule_AddIntConstant(module, 'PyCF_ALLOW_TOP_LEVEL_AWAIT', PyCF_ALLOW_TOP_LEVEL_AWAIT)
  PyModule_AddIntConstant(module, 'PyCF_ONLY_AST', PyCF_ONLY_AST)
  PyModule_AddIntConstant(module, 'PyCF_TYPE_COMMENTS', PyCF_TYPE_COMMENTS)
  return module
}
