// The memory that CPython's compiler takes while a program compiles something: symbol tables, compiler units, assembler
// buffers, constant keys. Made with real dicts, lists, sets and tuples, so that free lists, the collector's counts and
// tracemalloc see what they would see there; the structs are blocks without contents.
// Mirrors the allocations of Python/symtable.c and Python/compile.c.
import { TAG_SCRATCH } from '../../memory/events'
import { BytesData, PyBytes_FromBytes, PyBytes_Type } from '../objects/bytesobject'
import type { PyCodeObject } from '../objects/codeobject'
import { PyBool_Type } from '../objects/boolobject'
import { PyDict_Keys } from '../objects/dict-lists'
import { PyDict_New, PyDict_SetDefault, PyDict_SetItem } from '../objects/dictobject'
import { PyFloat_Type } from '../objects/floatobject'
import { PyList_Append, PyList_New, PyList_SetSlice } from '../objects/listobject'
import { PyLong_FromLong, PyLong_FromSsize_t, PyLong_FromUnsignedLong } from '../objects/longobject'
import { Py_DECREF, PyObject } from '../objects/object'
import { PyMem_Free, PyMem_Malloc, PyObject_FreeBlock, PyObject_Malloc, PyObject_Realloc } from '../objects/objimpl'
import { PyObject_GetIter } from '../objects/abstract'
import { PySet_Add, PySet_New, setItems } from '../objects/setobject'
import { Py_None } from '../objects/singletons'
import { PyTuple_New, PyTuple_Pack } from '../objects/tupleobject'
import { describeText, unicodeSize } from '../objects/unicode-data'
import { PyUnicode_FromString, PyUnicode_InternFromString, PyUnicode_Type } from '../objects/unicodeobject'
import type { CodeObject } from '../bytecode/code'
import type { Assembly, CompileMemory } from '../compiler/compile-memory'
import type { CompilerUnit } from '../compiler/compiler-unit'
import type { CodeConstant } from '../compiler/constants'
import { DEF_BOUND, DEF_GLOBAL, FREE, SCOPE_OFFSET, type SymtableEntry } from '../compiler/symtable-entry'
import { CodeObject as CodeObjectClass } from '../bytecode/code'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue } from '../syntax/constant'
import { Loader } from '../vm/load-code'

/** sizeof of the structs: symtable, PySTEntryObject, compiler_unit, basicblock, 16 instrs, PyFutureFeatures, PyCapsule, ExceptStack. */
const SYMTABLE_BYTES = 80
const ENTRY_BYTES = 120
const UNIT_BYTES = 792
const BLOCK_BYTES = 56
const INSTRUCTION_BYTES = 40
const FIRST_INSTRUCTIONS = 16
const FUTURE_BYTES = 8
const CAPSULE_BYTES = 48
const EXCEPT_STACK_BYTES = 176
/** First sizes of the assembler's buffers: code, locations, exceptions. */
const CODE_BYTES = 128
const LOCATION_BYTES = 32
const EXCEPTION_BYTES = 16
/** Room that each entry asks for. */
const LOCATION_ENTRY_MAX = 25
const EXCEPTION_ENTRY_MAX = 20
const BYTES_HEADER = 33

/** Takes the place of structs in tables. */
const stand = (): PyObject => Py_None
const anId = (): PyObject => PyLong_FromUnsignedLong(0x7f0000000000)

/** NEW name with those of the scopes around it; the plain name is shared. Mirrors compiler_set_qualname. */
function qualnameOf({ name, qualname }: CompilerUnit): PyObject {
  if (qualname === name) return PyUnicode_InternFromString(name)
  const base = qualname.slice(0, qualname.length - name.length - 1)
  const first = base.endsWith('.<locals>') ? PyUnicode_FromString(base) : null
  const data = describeText(qualname)
  const bytes = (length: number): number => unicodeSize(length, data.kind, data.ascii)
  // PyUnicode_Append grows the text with the dot in place.
  const dotted = PyObject_Malloc(bytes(data.length - name.length), TAG_SCRATCH)
  if (first !== null) Py_DECREF(first)
  return new PyObject(PyUnicode_Type, PyObject_Realloc(dotted, bytes(data.length), TAG_SCRATCH), data)
}

/** A buffer cut to what is in it, as bytes. Mirrors _PyBytes_Resize. */
function bytesIn(block: number, bytes: Uint8Array): PyObject {
  if (bytes.length === 0) {
    PyObject_FreeBlock(block)
    return PyBytes_FromBytes(bytes)
  }
  return new PyObject(PyBytes_Type, PyObject_Realloc(block, BYTES_HEADER + bytes.length, TAG_SCRATCH), new BytesData(bytes))
}

/** A buffer doubled before entries (which begin with the high bit set) that might not fit. */
function grown(block: number, room: number, bytes: Uint8Array, entryMax: number): number {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at]! & 0x80) === 0 || at + entryMax < room) continue
    block = PyObject_Realloc(block, BYTES_HEADER + (room *= 2), TAG_SCRATCH)
  }
  return block
}

interface Entry {
  block: number
  id: PyObject
  symbols: PyObject
  varnames: PyObject
  children: PyObject
}

interface Unit {
  block: number
  dicts: PyObject[]
  names: PyObject
  consts: PyObject
  varnames: PyObject
  capsule: number
  firstBlock: number
  firstArray: number
}

export class CompileReplay implements CompileMemory {
  readonly loader: Loader
  private constCache!: PyObject
  private stack!: PyObject
  private future = 0
  private symtableBlock = 0
  private symtableStack!: PyObject
  private blocks!: PyObject
  private readonly entries: Entry[] = []
  private readonly units: Unit[] = []
  private readonly qualnames = new Map<CompilerUnit, PyObject>()

  private put(dict: PyObject, key: string, value: PyObject): void {
    const name = PyUnicode_InternFromString(key)
    PyDict_SetItem(dict, name, value)
    Py_DECREF(name)
    Py_DECREF(value)
  }

  /** `filename`: the object that code objects name, borrowed. */
  constructor(filename: PyObject) {
    this.loader = new Loader(filename)
  }

  // Mirrors compiler_init and _PyFuture_FromAST.
  begin(): void {
    this.constCache = PyDict_New()
    this.stack = PyList_New(0)
    this.future = PyObject_Malloc(FUTURE_BYTES, TAG_SCRATCH)
  }

  // ---- symbol table ----------------------------------------------------------------------------------------------------------

  symtable(top: SymtableEntry): void {
    this.symtableBlock = PyMem_Malloc(SYMTABLE_BYTES, TAG_SCRATCH)
    this.symtableStack = PyList_New(0)
    this.blocks = PyDict_New()
    this.enterBlock(top, null)
    const free = PySet_New(null)!
    const global = PySet_New(null)!
    this.analyze(top, null, free, global)
    Py_DECREF(free)
    Py_DECREF(global)
  }

  private readonly entryOf = new Map<SymtableEntry, Entry>()

  // Mirrors ste_new, symtable_enter_block and what is added meanwhile.
  private enterBlock(entry: SymtableEntry, parent: Entry | null): void {
    const id = anId()
    const block = PyObject_Malloc(ENTRY_BYTES, TAG_SCRATCH)
    const e: Entry = { block, id, symbols: PyDict_New(), varnames: PyList_New(0), children: PyList_New(0) }
    this.entries.push(e)
    this.entryOf.set(entry, e)
    // Ids differ; here they are counted.
    const key = PyLong_FromSsize_t(this.entries.length)
    PyDict_SetItem(this.blocks, key, stand())
    Py_DECREF(key)
    PyList_Append(this.symtableStack, stand())
    if (parent !== null) PyList_Append(parent.children, stand())
    for (const varname of entry.varnames) {
      const o = PyUnicode_InternFromString(varname)
      PyDict_SetItem(e.symbols, o, stand())
      PyList_Append(e.varnames, o)
      Py_DECREF(o)
    }
    for (const symbol of entry.symbols.keys()) {
      const o = PyUnicode_InternFromString(symbol)
      PyDict_SetItem(e.symbols, o, stand())
      Py_DECREF(o)
    }
    for (const child of entry.children) this.enterBlock(child, e)
    const depth = (this.symtableStack.v.ob_item as PyObject[]).length
    PyList_SetSlice(this.symtableStack, depth - 1, depth, null)
  }

  private addAll(set: PyObject, names: Iterable<string>): void {
    for (const name of names) {
      const o = PyUnicode_InternFromString(name)
      PySet_Add(set, o)
      Py_DECREF(o)
    }
  }

  private union(into: PyObject, from: PyObject | null): void {
    if (from === null) return
    for (const o of setItems(from)) PySet_Add(into, o)
  }

  // Mirrors analyze_block.
  private analyze(entry: SymtableEntry, bound: PyObject | null, free: PyObject, global: PyObject): void {
    const e = this.entryOf.get(entry)!
    const local = PySet_New(null)!
    const scopes = PyDict_New()
    const newGlobal = PySet_New(null)!
    const newFree = PySet_New(null)!
    const newBound = PySet_New(null)!
    const isClass = entry.type === 'class'
    if (isClass) {
      this.union(newGlobal, global)
      this.union(newBound, bound)
    }
    for (const [name, flags] of entry.symbols) {
      this.put(scopes, name, PyLong_FromLong(entry.scope(name)))
      if (flags & DEF_GLOBAL) this.addAll(global, [name])
      else if (flags & DEF_BOUND) this.addAll(local, [name])
      else if (entry.scope(name) === FREE) this.addAll(free, [name])
    }
    if (isClass) this.addAll(newBound, ['__class__'])
    else {
      if (entry.type === 'function') this.union(newBound, local)
      this.union(newBound, bound)
      this.union(newGlobal, global)
    }
    const allFree = PySet_New(null)!
    for (const child of entry.children) {
      const b = PySet_New(newBound)!
      const f = PySet_New(newFree)!
      const g = PySet_New(newGlobal)!
      this.analyze(child, b, f, g)
      this.union(allFree, f)
      Py_DECREF(b)
      Py_DECREF(f)
      Py_DECREF(g)
    }
    this.union(newFree, allFree)
    // Mirrors update_symbols.
    for (const [name, flags] of entry.symbols) this.put(e.symbols, name, PyLong_FromLong(flags))
    const mark = PyLong_FromLong(FREE << SCOPE_OFFSET)
    const iterator = PyObject_GetIter(newFree)!
    Py_DECREF(iterator)
    Py_DECREF(mark)
    this.union(free, newFree)
    for (const o of [scopes, local, newBound, newGlobal, newFree, allFree]) Py_DECREF(o)
  }

  // ---- units -------------------------------------------------------------------------------------------------------------------

  // Mirrors compiler_enter_scope.
  enterScope(unit: CompilerUnit, nested: boolean): void {
    const block = PyObject_Malloc(UNIT_BYTES, TAG_SCRATCH)
    Py_DECREF(anId())
    const e = this.entryOf.get(unit.entry)
    const varnames = PyDict_New()
    let i = 0
    for (const name of unit.varnames.keys()) this.put(varnames, name, PyLong_FromLong(i++))
    const cellvars = this.byType(e, unit.cellvars)
    const freevars = this.byType(e, unit.freevars)
    const consts = PyDict_New()
    const names = PyDict_New()
    let capsule = 0
    if (nested) {
      capsule = PyObject_Malloc(CAPSULE_BYTES, TAG_SCRATCH)
      PyList_Append(this.stack, stand())
    }
    const firstBlock = PyObject_Malloc(BLOCK_BYTES, TAG_SCRATCH)
    const firstArray = PyObject_Malloc(FIRST_INSTRUCTIONS * INSTRUCTION_BYTES, TAG_SCRATCH)
    this.units.push({ block, dicts: [consts, names, varnames, freevars, cellvars], names, consts, varnames, capsule, firstBlock, firstArray })
    this.qualnames.set(unit, qualnameOf(unit))
    unit.names.onNew = (name, index) => this.put(names, name, PyLong_FromSsize_t(index))
    unit.varnames.onNew = (name, index) => this.put(varnames, name, PyLong_FromSsize_t(index))
    unit.onConstant = (value, index) => this.addConst(consts, value, index)
  }

  // Mirrors dictbytype.
  private byType(entry: Entry | undefined, chosen: ReadonlyMap<string, number>): PyObject {
    const dict = PyDict_New()
    if (entry !== undefined) Py_DECREF(PyDict_Keys(entry.symbols))
    for (const [name, index] of chosen) this.put(dict, name, PyLong_FromLong(index))
    return dict
  }

  /** NEW key of a constant object: the object itself, or a tuple of its type and it. Mirrors _PyCode_ConstantKey. */
  private key(value: CodeConstant, o: PyObject): PyObject {
    if (value instanceof TupleValue || value instanceof FrozensetValue) {
      const items = value instanceof TupleValue ? o.v as PyObject[] : []
      const keys = PyTuple_New(items.length)
      if (value instanceof TupleValue) value.items.forEach((item, i) => { keys.v[i] = this.key(item, items[i]!) })
      const key = PyTuple_Pack(keys, o)
      Py_DECREF(keys)
      return key
    }
    if (value instanceof FloatValue) return PyTuple_Pack(PyFloat_Type, o)
    if (value instanceof BytesValue) return PyTuple_Pack(PyBytes_Type, o)
    if (typeof value === 'boolean') return PyTuple_Pack(PyBool_Type, o)
    if (value instanceof ComplexValue) return PyTuple_Pack(o.ob_type, o)
    o.ob_refcnt++
    return o
  }

  /** Mirrors merge_const_one of an object that compilation made itself. */
  private merge(key: PyObject): void {
    PyDict_SetDefault(this.constCache, key, key)
    Py_DECREF(key)
  }

  private mergeNames(names: PyObject): void {
    const items = names.v as PyObject[]
    const keys = PyTuple_New(items.length)
    items.forEach((o, i) => { o.ob_refcnt++; keys.v[i] = o })
    const key = PyTuple_Pack(keys, names)
    Py_DECREF(keys)
    this.merge(key)
  }

  private object(value: CodeConstant): PyObject {
    if (value instanceof CodeObjectClass) {
      const made = this.loader.made.get(value) as PyCodeObject
      made.ob_refcnt++
      return made
    }
    return this.loader.constant(value)
  }

  // Mirrors compiler_add_const.
  private addConst(consts: PyObject | null, value: CodeConstant, index: number): void {
    const o = this.object(value)
    const key = this.key(value, o)
    Py_DECREF(o)
    // None and ... are themselves everywhere.
    const merged = value === null || value === ELLIPSIS ? key : PyDict_SetDefault(this.constCache, key, key)!
    if (consts !== null) {
      const n = PyLong_FromSsize_t(index)
      PyDict_SetItem(consts, merged, n)
      Py_DECREF(n)
    }
    Py_DECREF(key)
  }

  // Mirrors assemble, makecode and compiler_exit_scope.
  assembled({ unit, code, consts, generated, blockSizes, reachable }: Assembly): void {
    const u = this.units.pop()!
    const arrays: number[] = []
    const blocks: number[] = [u.firstBlock]
    blockSizes.forEach((n, i) => {
      if (i > 0) blocks.push(PyObject_Malloc(BLOCK_BYTES, TAG_SCRATCH))
      if (n === 0) return
      let room = FIRST_INSTRUCTIONS
      let array = i === 0 ? u.firstArray : PyObject_Malloc(room * INSTRUCTION_BYTES, TAG_SCRATCH)
      while (room <= n) array = PyObject_Realloc(array, (room *= 2) * INSTRUCTION_BYTES, TAG_SCRATCH)
      arrays.push(array)
    })
    // assemble
    const fixed = PyMem_Malloc((unit.cellvars.size + unit.freevars.size) * 4, TAG_SCRATCH)
    let codeBuffer = PyObject_Malloc(BYTES_HEADER + CODE_BYTES, TAG_SCRATCH)
    let locations = PyObject_Malloc(BYTES_HEADER + LOCATION_BYTES, TAG_SCRATCH)
    const exceptions = PyObject_Malloc(BYTES_HEADER + EXCEPTION_BYTES, TAG_SCRATCH)
    PyMem_Free(fixed)
    const constObjects = PyList_New(generated)
    consts.slice(0, generated).forEach((value, i) => { constObjects.v.ob_item[i] = this.object(value) })
    for (let i = generated; i < consts.length; i++) {
      this.addConst(null, consts[i]!, i)
      const o = this.object(consts[i]!)
      PyList_Append(constObjects, o)
      Py_DECREF(o)
    }
    for (let i = 0; i < 2; i++) PyObject_FreeBlock(PyObject_Malloc(8 * reachable, TAG_SCRATCH))
    const handlers = PyMem_Malloc(8 * reachable, TAG_SCRATCH)
    PyMem_Free(PyMem_Malloc(EXCEPT_STACK_BYTES, TAG_SCRATCH))
    PyMem_Free(handlers)
    locations = grown(locations, LOCATION_BYTES, code.co_linetable, LOCATION_ENTRY_MAX)
    for (let room = CODE_BYTES; room <= code.co_code.length;) {
      codeBuffer = PyObject_Realloc(codeBuffer, BYTES_HEADER + (room *= 2), TAG_SCRATCH)
    }
    const table = bytesIn(grown(exceptions, EXCEPTION_BYTES, code.co_exceptiontable, EXCEPTION_ENTRY_MAX), code.co_exceptiontable)
    this.merge(PyTuple_Pack(PyBytes_Type, table))
    const positions = bytesIn(locations, code.co_linetable)
    this.merge(PyTuple_Pack(PyBytes_Type, positions))
    const bytecode = bytesIn(codeBuffer, code.co_code)
    this.merge(PyTuple_Pack(PyBytes_Type, bytecode))
    Py_DECREF(bytecode)
    // makecode
    const qualname = this.qualnames.get(unit)!
    this.qualnames.delete(unit)
    const made = this.loader.codeWith(code, qualname, positions, table, names => this.mergeNames(names), constants => {
      const items = constants.v as PyObject[]
      const keys = PyTuple_New(items.length)
      code.co_consts.forEach((value, i) => { keys.v[i] = this.key(value as CodeConstant, items[i]!) })
      const key = PyTuple_Pack(keys, constants)
      Py_DECREF(keys)
      this.merge(key)
    })
    Py_DECREF(constObjects)
    this.loader.made.set(code, made)
    // compiler_unit_free
    for (const array of arrays.reverse()) PyObject_FreeBlock(array)
    for (const block of blocks.reverse()) PyObject_FreeBlock(block)
    for (const dict of u.dicts) Py_DECREF(dict)
    PyObject_FreeBlock(u.block)
    if (u.capsule !== 0) {
      PyObject_FreeBlock(u.capsule)
      const n = (this.stack.v.ob_item as PyObject[]).length
      PyList_SetSlice(this.stack, n - 1, n, null)
    }
  }

  // Mirrors compiler_free.
  end(): void {
    for (const e of this.entries) {
      Py_DECREF(e.id)
      Py_DECREF(e.symbols)
      Py_DECREF(e.varnames)
      Py_DECREF(e.children)
      PyObject_FreeBlock(e.block)
    }
    Py_DECREF(this.blocks)
    Py_DECREF(this.symtableStack)
    PyMem_Free(this.symtableBlock)
    PyObject_FreeBlock(this.future)
    Py_DECREF(this.constCache)
    Py_DECREF(this.stack)
  }

  /** The compilation failed: gives back what it had so far. */
  abandon(): void {
    for (const u of this.units) {
      for (const dict of u.dicts) Py_DECREF(dict)
      PyObject_FreeBlock(u.firstBlock)
      PyObject_FreeBlock(u.firstArray)
      PyObject_FreeBlock(u.capsule)
      PyObject_FreeBlock(u.block)
    }
    for (const made of this.loader.made.values()) Py_DECREF(made)
    for (const qualname of this.qualnames.values()) Py_DECREF(qualname)
    this.loader.finish()
    if (this.future === 0) return
    if (this.symtableBlock !== 0) this.end()
    else {
      PyObject_FreeBlock(this.future)
      Py_DECREF(this.constCache)
      Py_DECREF(this.stack)
    }
  }

  /** NEW code object of the whole. */
  finish(code: CodeObject): PyCodeObject {
    const result = this.loader.code(code)
    this.loader.finish()
    return result
  }
}
