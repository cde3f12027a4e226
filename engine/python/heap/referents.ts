// What an object refers to, and how each reference is called.
//
// tp_traverse says which references there are, as it says to the collector; this file knows where they come from. For
// the usual containers and for instances the entries themselves are walked. For every other type the references that
// tp_traverse visits are matched with the fields of the struct (the payload's properties, which bear the names of CPython's
// fields), with instance attributes and slots; what cannot be matched stays unnamed. A few references that tp_traverse
// leaves out, since the collector does not need them, are added: names of types, the parts of code objects.
import {
  EDGE_ATTRIBUTE, EDGE_CELL, EDGE_CLOSURE, EDGE_ELEMENT, EDGE_INDEX, EDGE_INTERNAL, EDGE_KEY, EDGE_LOCAL, EDGE_STACK, EDGE_VALUE,
} from '../../analysis/heap-graph'
import { grownInt32 } from '../../base/typed-arrays'
import { CellData } from '../objects/cellobject'
import { CodeData } from '../objects/codeobject'
import { InlineValues, type DictKeys } from '../objects/dict-keys'
import { DictData, PyDict_Type } from '../objects/dictobject'
import { FrameData, InterpreterFrame } from '../objects/frameobject'
import { FunctionData } from '../objects/funcobject'
import { FRAME_CLEARED, GenData } from '../objects/genobject'
import { gcHost } from '../objects/gc-host'
import { ListData, PyList_Type } from '../objects/listobject'
import { Py_TPFLAGS_HEAPTYPE, PyObject, PyTypeObject } from '../objects/object'
import { PyObject_IS_GC } from '../objects/objimpl'
import { ODictData } from '../objects/odict-nodes'
import { ErrStackItem } from '../objects/runtime'
import { SetData, dummy } from '../objects/set-table'
import { PySet_Type, PyFrozenSet_Type } from '../objects/setobject'
import { subtype_traverse } from '../objects/subtype'
import { PyTuple_Type } from '../objects/tupleobject'
import type { UnicodeData } from '../objects/unicode-data'
import { PyUnicode_Type } from '../objects/unicodeobject'
import { CacheData, LinkData, lruEntries } from '../modules/_functools'
import { DequeData } from '../modules/deque'
import type { HeapColumns } from './columns'
import { nameText, previewOf } from './preview'

/** Names under which Python shows fields of C structs. */
const SHOWN: Record<string, string> = {
  func_code: '__code__', func_globals: '__globals__', func_builtins: '__builtins__', func_name: '__name__', func_qualname: '__qualname__',
  func_defaults: '__defaults__', func_kwdefaults: '__kwdefaults__', func_doc: '__doc__', func_module: '__module__',
  func_annotations: '__annotations__', im_func: '__func__', im_self: '__self__', m_self: '__self__', m_module: '__module__',
  md_name: '__name__', prop_get: 'fget', prop_set: 'fset', prop_del: 'fdel', prop_doc: '__doc__', wr_callback: '__callback__',
  args: 'args', traceback: '__traceback__', context: '__context__', cause: '__cause__', exc_value: 'exc_info', d_type: '__objclass__',
  tb_frame: 'tb_frame', tb_next: 'tb_next', f_back: 'f_back', gi_code: 'gi_code', gi_name: '__name__', gi_qualname: '__qualname__',
}

type Emit = (child: PyObject, kind: number, name: number) => void

export class Referents {
  private readonly columns: HeapColumns
  /** By node: references that tp_traverse visited and that have no name yet. */
  private pending = new Int32Array(1024)
  private readonly visited: PyObject[] = []
  private readonly visit = (child: PyObject): void => { this.visited.push(child) }
  /** Frames that a JavaScript evaluation loop is running: their stack pointer is in that loop. */
  private readonly running: Set<InterpreterFrame>
  private readonly slotNames = new Map<PyTypeObject, number[]>()
  /** Of the keys that instances of a class share: ids of their names. */
  private readonly sharedNames = new Map<PyTypeObject, number[]>()
  private readonly classId: number
  private readonly dictId: number
  /** Ids of the strings of keys that were seen last: keys repeat. */
  private readonly keyNames = new Map<PyObject, number>()

  constructor(columns: HeapColumns, running: Set<InterpreterFrame>) {
    this.columns = columns
    this.running = running
    this.classId = columns.string('__class__')
    this.dictId = columns.string('__dict__')
  }

  /** Writes the edges of an object. */
  of(o: PyObject): void {
    const type = o.ob_type
    if (type === PyUnicode_Type) return
    if (type === PyTuple_Type) return this.numbered(o.v as PyObject[], EDGE_INDEX, this.emit)
    if (type === PyList_Type) return this.numbered((o.v as ListData).ob_item, EDGE_INDEX, this.emit)
    if (type === PyDict_Type) return this.entries(o.v as DictData, this.emit, this.emit)
    if (type === PySet_Type || type === PyFrozenSet_Type) return this.numbered((o.v as SetData).keys, EDGE_ELEMENT, this.emit)
    if (type.tp_traverse === subtype_traverse && o.v === null && this.isPlain(type)) return this.instance(o)
    if (o instanceof PyTypeObject) return this.type(o)
    if (o.v instanceof CodeData) return this.code(o.v)
    // What a link of an lru_cache holds is the wrapper's, see its tp_traverse.
    if (o.v instanceof LinkData) return
    if (PyObject_IS_GC(o) && type.tp_traverse !== null) this.matched(o)
    else this.fields(o.v, (child, kind, name) => this.columns.edge(child, kind, this.columns.string(name)))
  }

  // ---- containers and instances ----------------------------------------------------------------------------------

  /** `key` and `value` get the entries' parts. The keys of a split table belong to the class, not to the dict. */
  private entries(mp: DictData, key: Emit, value: Emit): void {
    const { keys, values, dk_nentries: n } = mp.ma_keys
    const own = mp.ma_values === null ? values : mp.ma_values.values
    for (let i = 0; i < n; i++) {
      const item = own[i]
      const entryKey = keys[i]
      if (!item || !entryKey) continue
      const name = this.keyName(entryKey)
      if (mp.ma_values === null) key(entryKey, EDGE_KEY, name)
      value(item, EDGE_VALUE, name)
    }
  }

  private keyName(key: PyObject): number {
    let name = this.keyNames.get(key)
    if (name === undefined) {
      if (this.keyNames.size > 4096) this.keyNames.clear()
      this.keyNames.set(key, name = this.columns.string(previewOf(key) || `<${nameText(key.ob_type.tp_name)} object>`))
    }
    return name
  }

  /** A class of the program whose instances are attributes and slots alone. */
  private isPlain(type: PyTypeObject): boolean {
    let base = type
    while (base.tp_traverse === subtype_traverse) base = base.tp_base!
    return base.tp_traverse === null
  }

  private instance(o: PyObject): void {
    this.attributes(o, this.emit)
    if ((o.ob_type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) this.columns.edge(o.ob_type, EDGE_INTERNAL, this.classId)
  }

  private readonly emit = (child: PyObject, kind: number, name: number): void => { this.columns.edge(child, kind, name) }

  /** Slots, attributes kept in the object, or the dict. */
  private attributes(o: PyObject, emit: Emit): void {
    if (o.slots !== null) {
      const names = this.slotNamesOf(o.ob_type)
      for (let i = 0; i < o.slots.length; i++) {
        const value = o.slots[i]
        if (value) emit(value, EDGE_ATTRIBUTE, names[i] ?? 0)
      }
    }
    const dict = o.dict as PyObject | InlineValues | null
    if (dict === null) return
    if (!(dict instanceof InlineValues)) return emit(dict, EDGE_INTERNAL, this.dictId)
    const names = this.sharedNamesOf(o.ob_type)
    const { values } = dict
    for (let i = 0; i < names.length; i++) {
      const value = values[i]
      if (value) emit(value, EDGE_ATTRIBUTE, names[i]!)
    }
  }

  private sharedNamesOf(type: PyTypeObject): number[] {
    let names = this.sharedNames.get(type)
    if (names === undefined) {
      const { keys, dk_nentries: n } = type.ht_cached_keys as DictKeys
      names = []
      for (let i = 0; i < n; i++) {
        const key = keys[i]
        names.push(key ? this.columns.string(nameText((key.v as UnicodeData).str)) : 0)
      }
      this.sharedNames.set(type, names)
    }
    return names
  }

  /** Of each slot of an instance its name: those of the bases come first, each class's own sorted, as type_new lays them out. */
  private slotNamesOf(type: PyTypeObject): number[] {
    let names = this.slotNames.get(type)
    if (names !== undefined) return names
    names = []
    for (let t: PyTypeObject | null = type; t !== null; t = t.tp_base) {
      const first = t.tp_base?.slotCount ?? 0
      const own = t.ht_slots === null ? [] : t.ht_slots.v as PyObject[]
      for (let i = first; i < t.slotCount; i++) {
        const name = own[i - first]
        names[i] = name === undefined ? 0 : this.columns.string(nameText((name.v as UnicodeData).str))
      }
    }
    this.slotNames.set(type, names)
    return names
  }

  // ---- types and code ------------------------------------------------------------------------------------------------

  private type(type: PyTypeObject): void {
    const { columns } = this
    const parts: [PyObject | null, string][] = [
      [type.tp_dict, '__dict__'], [type.tp_cache, 'tp_cache'], [type.tp_mro, '__mro__'], [type.tp_bases, '__bases__'], [type.tp_base, '__base__'],
      [type.ht_module, 'ht_module'], [type.tp_subclasses, 'tp_subclasses'], [type.ht_name, '__name__'], [type.ht_qualname, '__qualname__'],
      [type.ht_slots, '__slots__'],
    ]
    for (const [child, name] of parts) if (child !== null) columns.edge(child, EDGE_INTERNAL, columns.string(name))
    const keys = type.ht_cached_keys as DictKeys | null
    if (keys !== null) for (let i = 0; i < keys.dk_nentries; i++) if (keys.keys[i]) columns.edge(keys.keys[i]!, EDGE_KEY, this.keyName(keys.keys[i]!))
    if ((type.ob_type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0 && (type.tp_flags & Py_TPFLAGS_HEAPTYPE) !== 0) {
      columns.edge(type.ob_type, EDGE_INTERNAL, columns.string('__class__'))
    }
  }

  private code(code: CodeData): void {
    const { columns } = this
    const parts: [PyObject | null, string][] = [
      [code.co_consts, 'co_consts'], [code.co_names, 'co_names'], [code.co_localsplusnames, 'co_localsplusnames'],
      [code.co_localspluskinds, 'co_localspluskinds'], [code.co_filename, 'co_filename'], [code.co_name, 'co_name'],
      [code.co_qualname, 'co_qualname'], [code.co_linetable, 'co_linetable'], [code.co_exceptiontable, 'co_exceptiontable'],
      [code.co_code_adaptive, '_co_code'],
    ]
    for (const [child, name] of parts) if (child !== null) columns.edge(child, EDGE_INTERNAL, columns.string(name))
  }

  // ---- everything else -------------------------------------------------------------------------------------------------

  /** The references that tp_traverse visits, named where their place is known. */
  private matched(o: PyObject): void {
    const { columns, visited } = this
    visited.length = 0
    gcHost.traverse(o, this.visit)
    if (visited.length === 0) return
    for (const child of visited) {
      const node = columns.node(child)
      if (node >= this.pending.length) this.pending = grownInt32(this.pending, node + 1)
      this.pending[node]!++
    }
    const take: Emit = (child, kind, name) => {
      if (!this.isPending(child)) return
      this.pending[columns.node(child)]!--
      columns.edge(child, kind, name)
    }
    const children = visited.slice()
    this.attributes(o, take)
    if (o.v instanceof DictData) {
      // tp_traverse passes over keys that are str, which counts them all the same.
      this.entries(o.v, (key, kind, name) => this.isPending(key) ? take(key, kind, name) : this.emit(key, kind, name), take)
      this.behindDict(o.v, take)
    } else if (o.v instanceof ListData) this.numbered(o.v.ob_item, EDGE_INDEX, take)
    else if (o.v instanceof SetData) this.numbered(o.v.keys, EDGE_ELEMENT, take)
    else if (o.v instanceof DequeData) this.deque(children, o.ob_type, take)
    else if (Array.isArray(o.v)) this.numbered(o.v as PyObject[], EDGE_INDEX, take)
    else this.fields(o.v, (child, kind, name) => take(child, kind, isNumber(kind) ? Number(name) : columns.string(name)))
    if (o.v instanceof CacheData) this.cached(o, take)
    take(o.ob_type, EDGE_INTERNAL, this.classId)
    for (const child of children) take(child, EDGE_INTERNAL, 0)
  }

  private isPending(child: PyObject): boolean {
    const node = this.columns.node(child)
    return node < this.pending.length && this.pending[node]! > 0
  }

  private cached(wrapper: PyObject, take: Emit): void {
    lruEntries(wrapper, (key, result) => {
      const name = this.keyName(key)
      take(key, EDGE_KEY, name)
      take(result, EDGE_VALUE, name)
    })
  }

  /** What a subclass of dict in C keeps behind the dict's struct. */
  private behindDict(mp: DictData, take: Emit): void {
    if (mp.extra instanceof ODictData) {
      for (let node = mp.extra.first; node !== null; node = node.next) take(node.key, EDGE_KEY, this.keyName(node.key))
    } else this.fields({ default_factory: mp.extra }, (child, kind, name) => take(child, kind, this.columns.string(name)))
  }

  private numbered(items: readonly (PyObject | null)[], kind: number, take: Emit): void {
    for (let i = 0; i < items.length; i++) {
      const item = items[i]
      if (item && item !== dummy) take(item, kind, i)
    }
  }

  /** tp_traverse visits the items in their order. */
  private deque(children: PyObject[], type: PyTypeObject, take: Emit): void {
    let i = 0
    for (const child of children) if (child !== type) take(child, EDGE_INDEX, i++)
  }

  /** The references in the fields of a struct. Structs inside it (a frame, a generator's exception) are looked into. */
  private fields(struct: unknown, emit: (child: PyObject, kind: number, name: string) => void): void {
    if (struct === null || typeof struct !== 'object' || struct instanceof PyObject) return
    if (struct instanceof FunctionData && struct.func_closure !== null) {
      const names = (struct.func_code.v.localNames as PyObject[]).slice(-struct.func_code.v.nfreevars)
      emit(struct.func_closure, EDGE_CLOSURE, names.map(name => nameText((name.v as UnicodeData).str)).join(', '))
    }
    if (struct instanceof CellData && struct.ob_ref !== null) return emit(struct.ob_ref, EDGE_CELL, '')
    if (struct instanceof FrameData && struct.f_owns_frame) this.frame(struct.f_frame, emit)
    if (struct instanceof GenData && struct.gi_frame_state < FRAME_CLEARED) this.frame(struct.frame, emit)
    for (const key of Object.keys(struct)) {
      const field = (struct as Record<string, unknown>)[key]
      if (field === null || typeof field !== 'object') continue
      if (field instanceof PyObject) {
        if (key !== 'wr_object' && key !== 'wr_prev' && key !== 'wr_next') emit(field, EDGE_INTERNAL, SHOWN[key] ?? key)
      } else if (Array.isArray(field)) {
        for (let i = 0; i < field.length; i++) if (field[i] instanceof PyObject) emit(field[i] as PyObject, EDGE_INTERNAL, `${SHOWN[key] ?? key}[${i}]`)
      } else if (field instanceof ErrStackItem && field.exc_value !== null) {
        emit(field.exc_value, EDGE_INTERNAL, 'exc_info')
      }
    }
  }

  /** Locals, evaluation stack and the rest of what a frame owns. Also for frames on the stack of a thread. */
  frame(frame: InterpreterFrame, emit: (child: PyObject, kind: number, name: string) => void): void {
    if (frame.frame_obj !== null) emit(frame.frame_obj, EDGE_INTERNAL, 'frame object')
    if (frame.f_locals !== null) emit(frame.f_locals, EDGE_INTERNAL, 'f_locals')
    if (frame.f_func !== null) emit(frame.f_func, EDGE_INTERNAL, 'f_func')
    emit(frame.f_code, EDGE_INTERNAL, 'f_code')
    const { localsplus, code } = frame
    const end = this.running.has(frame) ? code.nlocalsplus : Math.max(frame.sp, code.nlocalsplus)
    for (let i = 0; i < end; i++) {
      const o = localsplus[i]
      if (!o) continue
      const name = code.localNames[i]
      if (i < code.nlocalsplus && name !== undefined) emit(o, EDGE_LOCAL, nameText((name.v as UnicodeData).str))
      else emit(o, EDGE_STACK, String(i - code.nlocalsplus))
    }
  }
}

const isNumber = (kind: number): boolean => kind === EDGE_STACK
