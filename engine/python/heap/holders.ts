// Who refers to one object right now, each reference by a name that a person knows: `global cache`, `local x of run`,
// `.items of Session at 0x…`, `[3] of list at 0x…`.
//
// The whole heap is walked as for a snapshot, so this is for single objects at few instants.
import { EDGE_INTERNAL, EDGE_VALUE, ROOT_FRAME, ROOT_MODULE, edgeLabel, type HeapGraph } from '../../analysis/heap-graph'
import { DictData } from '../objects/dictobject'
import { ModuleData } from '../objects/moduleobject'
import { PyTypeObject, type PyObject } from '../objects/object'
import { _PyRuntime } from '../objects/runtime'
import { PyUnicode_AsString, PyUnicode_Check } from '../objects/unicodeobject'
import { findHeap } from './capture'
import type { HeapColumns } from './columns'
import { nameText } from './preview'
import { isStatic } from './roots'

export interface Holders {
  /** One a reference, sorted. */
  labels: string[]
  /** References that the object counts and that were not found. */
  unknown: number
}

/** To be asked between two instructions: what lies on the evaluation stack of the running frame counts too. */
export function holdersOf(target: PyObject): Holders {
  const lookup = new Lookup(findHeap())
  const labels = lookup.holders(target)
  const frame = _PyRuntime.tstate.frame
  if (frame !== null) {
    const { localsplus, code } = frame
    for (let i = code.nlocalsplus; i < localsplus.length; i++) {
      if (localsplus[i] === target) labels.push(`evaluation stack of ${nameText(PyUnicode_AsString(code.co_qualname))}`)
    }
  }
  return { labels: labels.sort(), unknown: Math.max(0, target.ob_refcnt - labels.length) }
}

/** What a frame holds besides its variables. */
const FRAME_PARTS = new Set(['f_func', 'f_code', 'f_locals', 'frame object'])

/** `function: variable`, as roots.ts names it. */
function frameLabel(name: string): string {
  const at = name.lastIndexOf(': ')
  const variable = name.slice(at + 2)
  if (FRAME_PARTS.has(variable)) return `frame of ${name.slice(0, at)}`
  return variable.startsWith('evaluation stack') ? `evaluation stack of ${name.slice(0, at)}` : `local ${variable} of ${name.slice(0, at)}`
}

export const describe = (o: PyObject): string => {
  if (o instanceof PyTypeObject) return `class ${nameText(o.tp_name)}`
  if (o.v instanceof ModuleData) return `module ${moduleName(o)}`
  const name = nameText(o.ob_type.tp_name)
  return isStatic(o) ? name : `${name} at 0x${_PyRuntime.process.space.toAddress(o.addr).toString(16)}`
}

function moduleName(module: PyObject): string {
  const dict = module.dict as PyObject | null
  if (dict === null) return ''
  const { keys, values, dk_nentries: n } = (dict.v as DictData).ma_keys
  for (let i = 0; i < n; i++) {
    const key = keys[i]
    const value = values[i]
    if (key && value && PyUnicode_Check(key) && PyUnicode_Check(value) && PyUnicode_AsString(key) === '__name__') return nameText(PyUnicode_AsString(value))
  }
  return ''
}

class Lookup {
  private readonly columns: HeapColumns
  private readonly strings: string[]
  /** Nodes that were walked; one that nothing refers to gets its node here, and has no edges. */
  private readonly walked: number
  /** Edges that lead to the nodes that were asked for. */
  private readonly into = new Map<number, number[]>()

  constructor(columns: HeapColumns) {
    this.columns = columns
    this.walked = columns.objects.length
    this.strings = [...columns.strings]
  }

  holders(target: PyObject): string[] {
    const { columns, into } = this
    const { rootEdges, edges, objects } = columns
    const node = columns.node(target)
    const labels: string[] = []
    for (let edge = 0; edge < rootEdges.count; edge++) {
      if (rootEdges.to[edge] !== node || rootEdges.kind[edge] === ROOT_MODULE) continue
      labels.push(rootEdges.kind[edge] === ROOT_FRAME ? frameLabel(this.strings[rootEdges.name[edge]!]!) : this.label(rootEdges, edge))
    }
    this.find([node])
    const found = into.get(node)!
    // Who holds the holders, and to whom the namespaces belong in which those stand.
    this.find(found.map(edge => this.source(edge)))
    const namespaces = [...into.values()].flat().filter(edge => edges.kind[edge] === EDGE_VALUE).map(edge => this.source(edge))
    this.find(namespaces.filter(source => objects[source]!.v instanceof DictData))
    for (const edge of found) labels.push(this.reference(this.source(edge), this.label(edges, edge), node))
    return labels
  }

  private find(nodes: number[]): void {
    const { into, columns: { edges } } = this
    const wanted = new Set(nodes.filter(node => !into.has(node)))
    if (wanted.size === 0) return
    for (const node of wanted) into.set(node, [])
    for (let edge = 0; edge < edges.count; edge++) if (wanted.has(edges.to[edge]!)) into.get(edges.to[edge]!)!.push(edge)
  }

  private label(part: HeapColumns['edges'], edge: number): string {
    return edgeLabel({ edgeKind: part.kind, edgeName: part.name, strings: this.strings } as unknown as HeapGraph, edge)
  }

  /** The node whose edge it is. */
  private source(edge: number): number {
    const { firstEdge } = this.columns
    let low = 1
    let high = this.walked - 1
    while (low < high) {
      const middle = low + high + 1 >>> 1
      if (firstEdge[middle]! <= edge) low = middle
      else high = middle - 1
    }
    return low
  }

  /** A reference out of a namespace belongs to whom the namespace belongs. */
  private reference(source: number, label: string, target: number): string {
    if (source === target) return `${label} of itself`
    return this.inNamespace(source, label) ?? `${label} of ${describe(this.columns.objects[source]!)}${this.knownAs(source)}`
  }

  private inNamespace(source: number, label: string): string | null {
    const { objects, edges } = this.columns
    const holder = objects[source]!
    const key = /^\['(.*)'\]$/.exec(label)?.[1]
    if (!(holder.v instanceof DictData) || key === undefined) return null
    for (const edge of this.into.get(source) ?? []) {
      if (edges.kind[edge] !== EDGE_INTERNAL) continue
      const owner = objects[this.source(edge)]!
      if (owner.v instanceof ModuleData) {
        const module = moduleName(owner)
        return module === '__main__' ? `global ${key}` : `global ${key} of ${module}`
      }
      if (owner.dict === holder || owner instanceof PyTypeObject && owner.tp_dict === holder) return `.${key} of ${describe(owner)}`
    }
    return null
  }

  /** ` (global cache)`: the variable that holds it, if one does. */
  private knownAs(node: number): string {
    const { edges, rootEdges } = this.columns
    for (const edge of this.into.get(node) ?? []) {
      if (edges.kind[edge] !== EDGE_VALUE) continue
      const name = this.inNamespace(this.source(edge), this.label(edges, edge))
      if (name?.startsWith('global ')) return ` (${name})`
    }
    for (let edge = 0; edge < rootEdges.count; edge++) {
      if (rootEdges.to[edge] === node && rootEdges.kind[edge] === ROOT_FRAME) return ` (${frameLabel(this.strings[rootEdges.name[edge]!]!)})`
    }
    return ''
  }
}
