// References in words: how one would write the way to an object, and who holds it.
//
//   expressionOf(path)  app.sessions['s17'].listeners[3]
//   wordsOf(path)       the list `listeners` of a `Session`
//
// Names come from the program and may hold anything: they are shown as Python would escape them.
import {
  EDGE_ATTRIBUTE, EDGE_CELL, EDGE_CLOSURE, EDGE_ELEMENT, EDGE_INDEX, EDGE_INTERNAL, EDGE_KEY, EDGE_LOCAL, EDGE_VALUE, FLAG_PROGRAM, type HeapGraph,
  ROOT_BUILTIN, ROOT_FRAME, ROOT_MODULE, ROOT_THREAD, ROOT_TYPE, edgeLabel,
} from '../analysis/heap-graph'
import { shortestPath, type Path } from '../analysis/paths'
import type { Referrers } from '../analysis/reverse'
import type { HolderText, HolderStep } from '../rpc/contract-leaks'
import type { OpenGraph } from './graph'

/** What would move a cursor or colour a terminal, as Python escapes it. */
export const shown = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, c => {
    const code = c.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })

const identifier = /^'([\p{L}_][\p{L}\p{N}_]*)'$/u

export class References {
  private readonly open: OpenGraph
  private readonly graph: HeapGraph
  private readonly names = new Map<number, string>()

  constructor(open: OpenGraph) {
    this.open = open
    this.graph = open.graph
  }

  get referrers(): Referrers { return this.open.referrers }

  typeName(node: number): string {
    const type = this.graph.type[node]!
    let name = this.names.get(type)
    if (name === undefined) this.names.set(type, name = shown(this.open.typeName(type)))
    return name
  }

  path(node: number): Path | null {
    return shortestPath(this.graph, this.referrers, node)
  }

  steps(path: Path): HolderStep[] {
    return Array.from(path.edges, (edge, i) => ({ label: shown(edgeLabel(this.graph, edge)), typeName: this.typeName(path.nodes[i]!), node: path.nodes[i]! }))
  }

  holder(node: number): HolderText {
    const path = this.path(node)
    if (!path) return { node, typeName: this.typeName(node), expression: '', words: `${article(this.typeName(node))} that only garbage refers to`, path: [] }
    return { node, typeName: this.typeName(node), expression: this.expression(path), words: this.words(path), path: this.steps(path) }
  }

  /** The way as one would write it in Python, as far as one can. */
  expression(path: Path): string {
    const { graph } = this
    let text = ''
    // After `__dict__` of a module, a class or an instance its entries are attributes.
    let namespace = false
    for (let i = 0; i < path.edges.length; i++) {
      const edge = path.edges[i]!
      const kind = graph.edgeKind[edge]!
      const name = graph.strings[graph.edgeName[edge]!] ?? ''
      const before = namespace
      namespace = false
      if (i === 0) text = rootText(kind, shown(name))
      else if (kind === EDGE_INTERNAL && name === '__dict__' || this.isOfThread(path, i)) namespace = true
      else if (this.isOfThread(path, i + 1)) continue
      else text = `${text}${this.step(edge, before)}`
      const last = i === path.edges.length - 1
      if (last && namespace) text += '.__dict__'
      // sys.modules' own name for a module is enough.
      if (i === 0 && kind === ROOT_BUILTIN && name === 'sys.modules') text = 'sys.modules'
    }
    return text
  }

  /** The text of one more reference after an expression. */
  step(edge: number, attribute: boolean): string {
    const { graph } = this
    const kind = graph.edgeKind[edge]!
    const number = graph.edgeName[edge]!
    const name = shown(graph.strings[number] ?? '')
    switch (kind) {
      case EDGE_ATTRIBUTE: return `.${name}`
      case EDGE_INDEX: return `[${number}]`
      case EDGE_KEY: return ` key ${name}`
      case EDGE_VALUE: {
        const plain = attribute ? identifier.exec(name)?.[1] : undefined
        return plain === undefined ? `[${name}]` : `.${plain}`
      }
      case EDGE_ELEMENT: return ' element'
      case EDGE_LOCAL: return `→${name}`
      case EDGE_CLOSURE: return '.__closure__'
      case EDGE_CELL: return '.cell_contents'
      case EDGE_INTERNAL: return name === '' ? '.…' : `.${name}`
      default: return ` ${shown(edgeLabel(graph, edge))}`
    }
  }

  /** "the dict `registry` of module `app`". */
  words(path: Path): string {
    const { graph } = this
    let last = path.edges.length - 1
    const node = path.nodes[last]!
    let what = this.typeName(node)
    // An instance's or a class's own dict is better named by whose it is.
    if (last > 0 && this.isInternal(path.edges[last]!, '__dict__')) {
      last--
      what = 'attributes'
      return `the ${what} of ${this.owner(path, last)}`
    }
    const edge = path.edges[last]!
    const kind = graph.edgeKind[edge]!
    const name = shown(graph.strings[graph.edgeName[edge]!] ?? '')
    if (what === 'functools._lru_cache_wrapper') what = 'lru_cache'
    if (last === 0) return kind === ROOT_MODULE ? `module \`${name}\`` : kind === ROOT_FRAME ? localWords(what, name) : `the ${what} that the interpreter holds (${shown(edgeLabel(graph, edge))})`
    if (this.isInternal(path.edges[last]!, 'cache') && this.typeName(path.nodes[last - 1]!) === 'functools._lru_cache_wrapper') {
      return this.words({ ...path, edges: path.edges.subarray(0, last), nodes: path.nodes.subarray(0, last) })
    }
    const inNamespace = last > 1 && this.isInternal(path.edges[last - 1]!, '__dict__')
    const plain = kind === EDGE_ATTRIBUTE ? name : kind === EDGE_VALUE && inNamespace ? identifier.exec(name)?.[1] ?? name : ''
    if (plain !== '') return `the ${what} \`${plain}\` of ${this.owner(path, inNamespace ? last - 2 : last - 1)}`
    if (kind === EDGE_INDEX && last > 1 && this.isInternal(path.edges[last - 1]!, '__defaults__')) {
      return `the ${what} that is a default argument of ${this.owner(path, last - 2)}`
    }
    if (kind === EDGE_LOCAL) return `the ${what} in the local variable \`${name}\` of ${this.owner(path, last - 1)}`
    if (kind === EDGE_CELL) return `the ${what} in a closure of ${this.closureOwner(path, last)}`
    if (this.isThreadLocal(path, last)) {
      const own = this.isOfThread(path, last - 1) && identifier.exec(name)?.[1]
      return own ? `the ${what} \`${own}\` of a thread-local` : `the ${what} of a thread-local`
    }
    const owner = this.owner(path, last - 1)
    if (kind === EDGE_VALUE || kind === EDGE_INDEX) return `the ${what} at ${kind === EDGE_INDEX ? `index ${graph.edgeName[edge]!}` : `key ${name}`} of ${owner}`
    if (kind === EDGE_ELEMENT) return `the ${what} in ${owner}`
    return `the ${what}${name === '' ? '' : ` (${name})`} of ${owner}`
  }

  /** Who has it: the object that step `last` of the path leads to. */
  private owner(path: Path, last: number): string {
    const { graph } = this
    const node = path.nodes[last]!
    const type = this.typeName(node)
    const preview = shown(graph.strings[graph.preview[node]!] ?? '')
    if (type === 'module') return `module \`${preview}\``
    if (type === 'function') return `function \`${preview}\``
    if (type === 'generator' || type === 'coroutine') return `a suspended ${type} \`${preview}\``
    if (type === 'frame') return `a frame of \`${preview}\``
    if ((graph.flags[node]! & FLAG_PROGRAM) !== 0) return `class \`${preview}\``
    const shorter: Path = { ...path, edges: path.edges.subarray(0, last + 1), nodes: path.nodes.subarray(0, last + 1) }
    if (last === 0 || !/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(type)) return `${article(type)}`
    const isContainer = graph.length[node]! >= 0
    return isContainer ? this.words(shorter) : `${article(type)} (${this.expression(shorter)})`
  }

  private closureOwner(path: Path, last: number): string {
    for (let i = last - 1; i >= 0; i--) if (this.typeName(path.nodes[i]!) === 'function') return this.owner(path, i)
    return 'a function'
  }

  private isThreadLocal(path: Path, last: number): boolean {
    for (let i = 0; i < last; i++) if (this.typeName(path.nodes[i]!) === '_thread._local') return true
    return false
  }

  /** Reference i leads to what a thread-local has for one thread: through its table of dicts, one a thread. */
  private isOfThread(path: Path, i: number): boolean {
    return i > 1 && i < path.nodes.length && this.isInternal(path.edges[i - 1]!, 'dummies') && this.typeName(path.nodes[i - 2]!) === '_thread._local'
  }

  private isInternal(edge: number, name: string): boolean {
    return this.graph.edgeKind[edge] === EDGE_INTERNAL && this.graph.strings[this.graph.edgeName[edge]!] === name
  }
}

function rootText(kind: number, name: string): string {
  switch (kind) {
    case ROOT_MODULE: return name
    case ROOT_FRAME: return name.replace(/^(.*): /, '$1()→')
    case ROOT_THREAD: return `<thread: ${name}>`
    case ROOT_TYPE: return '<static type>'
    case ROOT_BUILTIN: return `<interpreter: ${name}>`
    default: return '<held by C>'
  }
}

function localWords(what: string, name: string): string {
  const at = name.lastIndexOf(': ')
  return at < 0 ? `the ${what} in a frame of \`${name}\`` : `the ${what} in the local variable \`${name.slice(at + 2)}\` of the running \`${name.slice(0, at)}\``
}

export const article = (noun: string): string => `${/^[aeiou]/i.test(noun.slice(noun.lastIndexOf('.') + 1)) ? 'an' : 'a'} \`${noun}\``
