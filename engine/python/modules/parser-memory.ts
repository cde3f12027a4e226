// The memory that CPython's parser takes while a program compiles a text: the arena with what it owns, the tokenizer's and
// parser's structs, tokens, repetitions. The parse itself is replayed (syntax/diagnosis/replay.ts).
// Mirrors Python/pyarena.c, Parser/tokenizer.c and Parser/pegen.c. DIFFERS: the size of nodes in the arena is an estimate, which
// shows in the number of its blocks only; f-strings are not parsed again.
import { TAG_SCRATCH } from '../../memory/events'
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyErr_Clear } from '../objects/errors'
import { PyFloat_FromDouble } from '../objects/floatobject'
import { PyList_Append, PyList_New } from '../objects/listobject'
import { PyLong_FromString } from '../objects/long-text'
import { PyLong_FromLong } from '../objects/longobject'
import { Py_DECREF, type PyObject } from '../objects/object'
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc } from '../objects/objimpl'
import { PyUnicode_FromString, PyUnicode_InternInPlace } from '../objects/unicodeobject'
import type { ParserWatch } from '../syntax/diagnosis/engine'
import { replayParse } from '../syntax/diagnosis/replay'
import { Py_None } from '../objects/singletons'
import * as ast from '../syntax/nodes'
import type { Tokens } from '../syntax/tokens'

/** sizeof of the structs: PyArena, a block of it with its header, tok_state, Parser, Token, ten growable_comment_array items, Memo. */
const ARENA_BYTES = 24
const BLOCK_BYTES = 8192
const BLOCK_HEADER = 32
const TOKENIZER_BYTES = 2848
const PARSER_BYTES = 152
const TOKEN_BYTES = 48
const COMMENTS_BYTES = 160
const MEMO_BYTES = 32
/** What a node takes on average. */
const NODE_BYTES = 40

const START = { exec: 'file', eval: 'eval', single: 'interactive', func_type: 'func_type', fstring: 'fstring' } as const
const utf8 = new TextEncoder()

const block = (bytes: number): number => PyMem_Malloc(bytes, TAG_SCRATCH)

/** NEW; what fits a long is made from one. Mirrors parsenumber_raw. */
function numberOf(digits: string): PyObject | null {
  if (/^0[xXoObB]|^[0-9]+$/.test(digits)) {
    return Number.isSafeInteger(Number(digits)) ? PyLong_FromLong(Number(digits)) : PyLong_FromString(digits, 0)
  }
  return PyFloat_FromDouble(parseFloat(digits))
}

export class ParserMemory {
  private readonly arena = block(ARENA_BYTES)
  private readonly blocks = [block(BLOCK_BYTES + BLOCK_HEADER)]
  private readonly objects: PyObject = PyList_New(0)
  private used = 0

  /** _PyArena_Malloc. */
  private take(bytes: number): void {
    if (this.used + bytes > BLOCK_BYTES) {
      this.blocks.push(block(Math.max(bytes, BLOCK_BYTES) + BLOCK_HEADER))
      this.used = 0
    }
    this.used += bytes + 7 & ~7
  }

  /** _PyArena_AddPyObject: steals. */
  private own(o: PyObject | null): void {
    if (o === null) return PyErr_Clear()
    PyList_Append(this.objects, o)
    Py_DECREF(o)
  }

  /** Everything that parsing a valid text takes and gives back. */
  parse(source: string | Uint8Array, mode: keyof typeof START): void {
    this.run(typeof source === 'string' ? source : new TextDecoder().decode(source), mode)
  }

  private run(text: string, mode: keyof typeof START): void {
    const bytes = utf8.encode(text.replace(/\r\n?/g, '\n'))
    const copy = mode === 'fstring' ? block(bytes.length + 1) : 0
    const tokenizer = block(TOKENIZER_BYTES)
    let input = block(utf8.encode(text).length + 2)
    const needsNewline = mode === 'exec' && bytes.length > 0 && bytes[bytes.length - 1] !== 10
    const needed = bytes.length + (needsNewline ? 2 : 1)
    if (needed < utf8.encode(text).length + 2) input = PyMem_Realloc(input, needed, TAG_SCRATCH)
    const encoding = mode === 'fstring' ? 0 : block(6)
    const parser = block(PARSER_BYTES)
    let array = block(8)
    const tokenBlocks = [block(TOKEN_BYTES)]
    const comments = block(COMMENTS_BYTES)
    const loops: { children: number, room: number }[] = []
    let fill = 0
    const watch = (tokens: Tokens): ParserWatch => ({
      token: index => {
        if (fill === tokenBlocks.length) {
          array = PyMem_Realloc(array, fill * 2 * 8, TAG_SCRATCH)
          for (let i = fill; i > 0; i--) tokenBlocks.push(block(TOKEN_BYTES))
        }
        fill++
        this.own(PyBytes_FromBytes(utf8.encode(tokens.text(index))))
      },
      memo: () => this.take(MEMO_BYTES),
      loopBegins: () => { loops.push({ children: block(8), room: 1 }) },
      loopPart: n => {
        const loop = loops[loops.length - 1]!
        if (n <= loop.room) return
        loop.room *= 2
        loop.children = PyMem_Realloc(loop.children, loop.room * 8, TAG_SCRATCH)
      },
      loopEnds: n => {
        PyMem_Free(loops.pop()!.children)
        if (n > 0) this.take(16 + 8 * n)
      },
      name: token => {
        this.own(PyUnicode_InternInPlace(PyUnicode_FromString(tokens.text(token))))
        this.take(NODE_BYTES)
      },
      number: token => {
        const digits = tokens.text(token).replace(/_/g, '')
        this.own(numberOf(digits))
        this.take(NODE_BYTES)
      },
      strings: (first, last) => {
        let all = ''
        for (let t = first; t <= last; t++) all += tokens.text(t).replace(/^[a-zA-Z]*("""|\'\'\'|"|\')|("""|\'\'\'|"|\')$/g, '')
        this.own(PyUnicode_FromString(all))
        this.take(NODE_BYTES)
      },
      node: () => this.take(NODE_BYTES),
    })
    replayParse(text, START[mode], watch, inner => this.run(inner, 'fstring'))
    for (const loop of loops) PyMem_Free(loop.children)
    for (const t of tokenBlocks) PyMem_Free(t)
    for (const b of [array, comments, parser, copy, encoding, input, tokenizer]) PyMem_Free(b)
  }

  /** What converting a tree of Python objects makes the arena own: its identifiers and constants. */
  adopt(node: ast.Node): void {
    this.take(NODE_BYTES)
    if (node instanceof ast.Constant) PyList_Append(this.objects, Py_None)
    for (const field of ast.NODE_FIELDS[node._type].fields) {
      const value = (node as unknown as Record<string, unknown>)[field.name]
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child === 'string' && !(node instanceof ast.Constant)) PyList_Append(this.objects, Py_None)
        else if (typeof child === 'object' && child !== null && '_type' in child) this.adopt(child as ast.Node)
      }
    }
  }

  /** The arena goes, with what it owns. */
  free(): void {
    for (const b of this.blocks.reverse()) PyMem_Free(b)
    Py_DECREF(this.objects)
    PyMem_Free(this.arena)
  }
}
