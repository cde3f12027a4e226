// The heap as a graph in columns: what the interpreter captures, the file stores and every analysis works on.
//
// Node 0 is the *root*: it is no object, and its edges lead to whatever is alive by itself, each with the kind of root as the
// kind of the edge. Nodes 1 … nodeCount-1 are objects, the live ones and those that only the collector can free (no path
// leads to these from node 0). Nodes and edges are in the order in which they were found, which is the same in every run.
// Edges lie in CSR form: those of node n are firstEdge[n] … firstEdge[n+1]-1, in the order of the container.
// Every reference that an object counts is an edge, several ones to the same object being several edges. References that are
// counted and whose holder cannot be told (C code, the interpreter's own state) are one edge ROOT_HELD for all of them. Edges
// ROOT_MODULE are not counted: they stand for sys.modules, so that each module is alive by itself.

/** How a reference is held; kinds below FIRST_ROOT lead from objects, the others from the root alone. */
export const EDGE_ATTRIBUTE = 0 // an attribute of an instance, a class or a module with inline values or slots: name
export const EDGE_INDEX = 1 // an item of a list, tuple, deque …: number
export const EDGE_KEY = 2 // the key of a dict entry: repr of the key
export const EDGE_VALUE = 3 // the value of a dict entry: repr of the key
export const EDGE_ELEMENT = 4 // an element of a set: number (place in the table)
export const EDGE_LOCAL = 5 // a local variable of a frame (or of a suspended generator's): name
export const EDGE_STACK = 6 // the evaluation stack of a frame: number
export const EDGE_CLOSURE = 7 // the tuple of a function's cells: names of the free variables
export const EDGE_CELL = 8 // the content of a cell
export const EDGE_INTERNAL = 9 // a field of the C struct, named as Python shows it (`__class__`, `__dict__`, `__self__`, `f_back` …): name

export const FIRST_ROOT = 16
/** A local variable, or the evaluation stack, of a frame that runs: name `function: variable`. */
export const ROOT_FRAME = 16
/** A module of sys.modules: its name. */
export const ROOT_MODULE = 17
/** What the interpreter is made of (builtins, sys, the interned table's singletons …): name. */
export const ROOT_BUILTIN = 18
/** An interned string that nothing but the table of interned strings and itself keeps. */
export const ROOT_INTERNED = 19
/** A static type. */
export const ROOT_TYPE = 20
/** A thread's state: its pending exception, its context. */
export const ROOT_THREAD = 21
/** References which were counted and not found: held by C code or by the interpreter's own state. */
export const ROOT_HELD = 22

/** Bits of `flags`. */
/** The collector may look at it; the generation it is in is in FLAG_GENERATION's two bits (0 to 2, 3: permanent). */
export const FLAG_TRACKED = 1 << 0
export const FLAG_GENERATION_SHIFT = 1
/** It was there before the program began: the interpreter's own. */
export const FLAG_INTERNAL = 1 << 3
/** Its type has a finalizer (`__del__`), and: that has run. */
export const FLAG_FINALIZER = 1 << 4
export const FLAG_FINALIZED = 1 << 5
/** Weak references lead to it. */
export const FLAG_WEAKLY_REFERENCED = 1 << 6
/** An interned string. */
export const FLAG_INTERNED = 1 << 7
/** An instance with values in the object (no dict of its own) or a dict that shares its keys. */
export const FLAG_SHARES_KEYS = 1 << 8
/** A dict that belongs to an instance: its `__dict__`. */
export const FLAG_INSTANCE_DICT = 1 << 9
/** It is what it is and never changes (str, bytes, int, float, frozenset, tuple …): `content` may be compared. */
export const FLAG_IMMUTABLE = 1 << 10
/** A type, a function, a module, a code object: what programs are made of rather than what they work on. */
export const FLAG_PROGRAM = 1 << 11
/** An instance of a class written in Python. */
export const FLAG_INSTANCE = 1 << 12
/** An instance of a class with __slots__ and without a dict. */
export const FLAG_SLOTS = 1 << 13
/** It holds its referents strongly but its referrers' count does not explain it: some reference is C's (see ROOT_HELD). */
export const FLAG_HELD = 1 << 14

export interface HeapGraph {
  /** With node 0, the root. */
  readonly nodeCount: number
  readonly edgeCount: number
  /** Address of the object (what id() shows) in granules of 16 bytes; 0 of the root. */
  readonly address: Int32Array
  /** Type id of the recording (index into its table of types); 0 of the root. */
  readonly type: Int32Array
  /** Shallow size: the object with its GC head, and the blocks that belong to it alone (a list's items, a dict's table). */
  readonly sizeBytes: Float64Array
  readonly refcount: Int32Array
  readonly flags: Int32Array
  /** Where the object's block came from (traceback id of the recording; 0: unknown, or before the recording). */
  readonly site: Int32Array
  /** Tick of its birth; -1: before the recording. */
  readonly birthTick: Float64Array
  /** A short preview (as repr, cut): index into `strings`, 0 = none. */
  readonly preview: Int32Array
  /** Of comparable immutable values a hash of type and value, 53 bits; 0 = not comparable. Equal values have equal ones. */
  readonly content: Float64Array
  /** Of containers and strings: len(). Of others -1. */
  readonly length: Int32Array
  /** Of lists, dicts, sets, deques, bytearrays: room for so many items without growing; of others -1. */
  readonly capacity: Int32Array
  /** nodeCount + 1 entries. */
  readonly firstEdge: Uint32Array
  readonly edgeTo: Uint32Array
  readonly edgeKind: Uint8Array
  /** A number for kinds that say so, else an index into `strings`. */
  readonly edgeName: Int32Array
  /** strings[0] is ''. */
  readonly strings: readonly string[]
}

/** Kinds whose edgeName is a number and not a name. */
export const isNumbered = (kind: number): boolean => kind === EDGE_INDEX || kind === EDGE_ELEMENT || kind === EDGE_STACK

/** The reference as one would write it: `.name`, `[3]`, `['key']`, `local x` … */
export function edgeLabel(graph: HeapGraph, edge: number): string {
  const kind = graph.edgeKind[edge]!
  const number = graph.edgeName[edge]!
  const name = isNumbered(kind) ? '' : graph.strings[number] ?? ''
  switch (kind) {
    case EDGE_ATTRIBUTE: return `.${name}`
    case EDGE_INDEX: return `[${number}]`
    case EDGE_KEY: return `key ${name}`
    case EDGE_VALUE: return `[${name}]`
    case EDGE_ELEMENT: return `element ${number}`
    case EDGE_LOCAL: return `local ${name}`
    case EDGE_STACK: return `evaluation stack ${number}`
    case EDGE_CLOSURE: return `closure of ${name}`
    case EDGE_CELL: return 'cell content'
    case EDGE_INTERNAL: return `.${name}`
    case ROOT_FRAME: return `frame ${name}`
    case ROOT_MODULE: return `module ${name}`
    case ROOT_BUILTIN: return `interpreter: ${name}`
    case ROOT_INTERNED: return 'interned string'
    case ROOT_TYPE: return 'static type'
    case ROOT_THREAD: return `thread: ${name}`
    default: return name === '' ? 'held by the interpreter' : `held by ${name}`
  }
}
