// How an uncaught exception looks on standard error: Python/pythonrun.c and the printing half of Python/traceback.c.
// Frames with their source line and 3.11's carets, causes and contexts, notes, exception groups, syntax errors.
import { decodePositions } from '../bytecode/positions'
import { PyErr_Clear, PyErr_Occurred } from '../objects/errors'
import { PyExc_IndentationError, PyExc_SyntaxError, PyExceptionInstance_Check } from '../objects/exceptions'
import { PyFile_WriteString } from '../objects/fileobject'
import { PyObject_CallMethodNoArgs } from '../objects/call'
import { Py_DECREF, Py_XDECREF, type PyObject } from '../objects/object'
import { PyObject_GetAttr, PyObject_Repr, PyObject_Str } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'
import { PyTraceBack_Check, tracebackLine, type TracebackData } from '../objects/traceback'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from '../objects/unicodeobject'
import { PySequence_Check, PySequence_List } from '../objects/abstract'
import { _PyBaseExceptionGroup_Check as isBaseExceptionGroup } from '../objects/exceptions-group'
import { parse } from '../syntax/parser'
import type * as ast from '../syntax/nodes'
import { _PySys_GetAttr } from '../modules/sysmodule'
import { sourceLines } from './source-lines'
import { suggestionFor } from './suggestions'

const text = PyUnicode_AsString

/** Where text goes: sys.stderr. */
interface Out { write(s: string): void }

function stderr(): Out | null {
  const file = _PySys_GetAttr('stderr')
  if (file === null || file === Py_None) return null
  return {
    write(s) {
      if (PyFile_WriteString(s, file) < 0) PyErr_Clear()
    },
  }
}

function flush(): void {
  const file = _PySys_GetAttr('stderr')
  if (file === null || file === Py_None) return
  const done = PyObject_CallMethodNoArgs(file, _Py_ID('flush'))
  if (done === null) PyErr_Clear()
  else Py_DECREF(done)
}

/** Text of an attribute that is a str; null otherwise. Leaves no exception. */
function attributeText(o: PyObject, name: string): string | null {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) return PyErr_Clear(), null
  const result = PyUnicode_Check(value) ? text(value) : null
  Py_DECREF(value)
  return result
}

/** NEW attribute, null for None or none. Leaves no exception. */
function attribute(o: PyObject, name: string): PyObject | null {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) return PyErr_Clear(), null
  if (value === Py_None) return Py_DECREF(value), null
  return value
}

// ---- tracebacks ----------------------------------------------------------------------------------------------------

/** Columns of the bytes [start, end) of a line, as characters. */
function characterColumn(line: string, byteColumn: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(line).subarray(0, byteColumn)).length
}

/** The carets' extent within an expression: the operator or the subscript. Mirrors extract_anchors_from_line. */
function anchors(segment: string): { left: number, right: number } | null {
  let tree: ast.mod
  try {
    tree = parse(segment, '<anchors>', 'exec')
  } catch {
    return null
  }
  if (tree._type !== 'Module' || tree.body.length !== 1 || tree.body[0]!._type !== 'Expr') return null
  const expr = tree.body[0]!.value
  if (expr._type === 'BinOp') {
    const { left, right } = expr
    for (let i = left.end_col_offset; i < right.col_offset; i++) {
      const c = segment[i]!
      if (/\s/.test(c)) continue
      const next = segment[i + 1]
      const two = i + 1 < right.col_offset && next !== undefined && !/\s/.test(next) && next !== '(' && next !== '#' && next !== '\\'
      return { left: i, right: i + (two ? 2 : 1) }
    }
    return null
  }
  if (expr._type === 'Subscript') return { left: expr.value.end_col_offset, right: expr.slice.end_col_offset + 1 }
  return null
}

/** The line of carets below a source line, or null. Positions are character columns in the stripped line. */
function caretLine(source: string, stripped: string, t: TracebackData): string | null {
  const code = t.tb_frame.v.f_frame.code
  const unit = code.offsets[t.index]
  if (unit === undefined || t.given !== null) return null
  const entry = decodePositions(code.code.co_linetable, code.firstlineno).find(p => unit >= p.start && unit < p.start + p.units)
  if (entry === undefined || entry.line === null || entry.column === null || entry.endColumn === null) return null
  const indent = source.length - source.trimStart().length
  const start = characterColumn(source, entry.column)
  let end = entry.endLine === entry.line ? characterColumn(source, entry.endColumn) : source.trimEnd().length
  if (end <= start) end = start
  let primary = '^'
  let secondary = '^'
  let left = -1
  let right = -1
  if (entry.endLine === entry.line) {
    const found = anchors(source.slice(start, end))
    if (found !== null) {
      left = found.left
      right = found.right
      primary = '^'
      secondary = '~'
    }
  }
  // A range that is the whole line says nothing.
  const lineEnd = indent + stripped.length
  if (start <= indent && end >= lineEnd && left < 0) return null
  let row = ' '.repeat(Math.max(start - indent, 0))
  for (let i = 0; i < end - start; i++) row += left < 0 || i >= left && i < right ? primary : secondary
  return row
}

const TB_RECURSIVE_CUTOFF = 3

function repeated(out: Out, count: number, prefix: string): void {
  const more = count - TB_RECURSIVE_CUTOFF
  out.write(`${prefix}  [Previous line repeated ${more} more time${more > 1 ? 's' : ''}]\n`)
}

/** Prints the frames of a traceback. Mirrors tb_printinternal. */
function printTraceback(out: Out, tb: PyObject, prefix: string): void {
  let limit = 1000
  const given = _PySys_GetAttr('tracebacklimit')
  if (given !== null && typeof given.v === 'number') {
    limit = given.v
    if (limit <= 0) return
  }
  let depth = 0
  for (let t: PyObject | null = tb; t !== null; t = (t.v as TracebackData).tb_next) depth++
  let lastFile: string | null = null
  let lastLine = -1
  let lastName: string | null = null
  let count = 0
  for (let o: PyObject | null = tb; o !== null; o = (o.v as TracebackData).tb_next) {
    const t = o.v as TracebackData
    if (depth-- > limit) continue
    const code = t.tb_frame.v.f_frame.code
    const file = text(code.co_filename)
    const name = text(code.co_name)
    const line = tracebackLine(t)
    if (file !== lastFile || line !== lastLine || name !== lastName) {
      if (count > TB_RECURSIVE_CUTOFF) repeated(out, count, prefix)
      lastFile = file
      lastLine = line
      lastName = name
      count = 0
    }
    count++
    if (count > TB_RECURSIVE_CUTOFF) continue
    out.write(`${prefix}  File "${file}", line ${line}, in ${name}\n`)
    const source = line > 0 ? sourceLines(file)?.[line - 1] : undefined
    if (source === undefined) continue
    const stripped = source.trim()
    if (stripped === '') continue
    out.write(`${prefix}    ${stripped}\n`)
    const carets = caretLine(source, stripped, t)
    if (carets !== null) out.write(`${prefix}    ${carets}\n`)
  }
  if (count > TB_RECURSIVE_CUTOFF) repeated(out, count, prefix)
}

// ---- exceptions --------------------------------------------------------------------------------------------------------

/** `module.Class` as the last line shows it. */
function className(value: PyObject): string {
  const type = value.ob_type
  const module = attributeText(type, '__module__')
  const qualname = attributeText(type, '__qualname__') ?? type.tp_name
  if (module === null) return `<unknown>.${qualname}`
  return module === 'builtins' || module === '__main__' ? qualname : `${module}.${qualname}`
}

/**
 * The place and text of a SyntaxError; false if it has none, which is when CPython shows str() instead. Mirrors
 * print_exception_file_and_line and print_error_text: sizes are bytes there, columns characters.
 */
function printSyntaxError(out: Out, value: PyObject, prefix: string): boolean {
  const number = (name: string, fallback: number): number | null => {
    const o = PyObject_GetAttr(value, _Py_ID(name))
    if (o === null) return PyErr_Clear(), null
    const n = o === Py_None ? fallback : typeof o.v === 'number' ? o.v : null
    Py_DECREF(o)
    return n
  }
  const lineno = number('lineno', NaN)
  if (lineno === null || Number.isNaN(lineno)) return false
  const filename = attributeText(value, 'filename') ?? '<string>'
  out.write(`${prefix}  File "${filename}", line ${lineno}\n`)
  let line = attributeText(value, 'text')
  if (line === null) return true
  let offset = number('offset', -1) ?? -1
  let end = number('end_offset', -1) ?? -1
  const size = utf8Bytes(line)
  if ((number('end_lineno', lineno) ?? lineno) > lineno) end = size
  offset = Math.min(offset, size + 1)
  end = Math.min(end, size + 1)
  const carets = end > 0 && end > offset && !value.ob_type.mro.includes(PyExc_IndentationError) ? end - offset : 1
  offset--
  const stripped = line.replace(/^[ \t\f]+/, '')
  offset -= line.length - stripped.length
  line = stripped
  const length = utf8Bytes(line) - (line.endsWith('\n') ? 1 : 0)
  if (offset > length) offset = length
  for (let newline = line.indexOf('\n'); newline >= 0 && newline < offset; newline = line.indexOf('\n')) {
    line = line.slice(newline + 1)
    offset -= newline + 1
  }
  out.write(`${prefix}    ${line}${line.endsWith('\n') ? '' : '\n'}`)
  if (offset >= 0) out.write(`${prefix}    ${' '.repeat(offset)}${'^'.repeat(carets)}\n`)
  return true
}

const utf8Bytes = (s: string): number => new TextEncoder().encode(s).length

/** Class, message and notes. */
function printMessage(out: Out, value: PyObject, prefix: string): void {
  const hasPlace = value.ob_type.mro.includes(PyExc_SyntaxError) && hasAttribute(value, 'print_file_and_line') && printSyntaxError(out, value, prefix)
  let message: string | null
  if (hasPlace) message = attributeTextAny(value, 'msg')
  else {
    const str = PyObject_Str(value)
    if (str === null) {
      PyErr_Clear()
      message = '<exception str() failed>'
    } else {
      message = text(str)
      Py_DECREF(str)
    }
  }
  const hint = suggestionFor(value)
  out.write(`${prefix}${className(value)}${message === null || message === '' ? '' : `: ${message}`}${hint === null ? '' : `. Did you mean: '${hint}'?`}\n`)
  printNotes(out, value, prefix)
}

function attributeTextAny(o: PyObject, name: string): string {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) return PyErr_Clear(), ''
  const str = PyObject_Str(value)
  Py_DECREF(value)
  if (str === null) return PyErr_Clear(), ''
  const result = text(str)
  Py_DECREF(str)
  return result
}

function hasAttribute(o: PyObject, name: string): boolean {
  const value = PyObject_GetAttr(o, _Py_ID(name))
  if (value === null) return PyErr_Clear(), false
  Py_DECREF(value)
  return true
}

function printNotes(out: Out, value: PyObject, prefix: string): void {
  const notes = attribute(value, '__notes__')
  if (notes === null) return
  const asLines = (o: PyObject): void => {
    const str = PyUnicode_Check(o) ? (o.ob_refcnt++, o) : PyObject_Str(o)
    if (str === null) {
      PyErr_Clear()
      out.write(`${prefix}<note str() failed>\n`)
      return
    }
    for (const line of text(str).split('\n')) out.write(`${prefix}${line}\n`)
    Py_DECREF(str)
  }
  if (PySequence_Check(notes) && !PyUnicode_Check(notes)) {
    const list = PySequence_List(notes)
    if (list !== null) {
      for (const note of list.v.ob_item as PyObject[]) asLines(note)
      Py_DECREF(list)
    } else PyErr_Clear()
  } else {
    const repr = PyObject_Repr(notes)
    if (repr === null) {
      PyErr_Clear()
      out.write(`${prefix}<__notes__ repr() failed>\n`)
    } else {
      asLines(repr)
      Py_DECREF(repr)
    }
  }
  Py_DECREF(notes)
}

const CAUSE = 'The above exception was the direct cause of the following exception:'
const CONTEXT = 'During handling of the above exception, another exception occurred:'
const MAX_GROUP_WIDTH = 15
const MAX_GROUP_DEPTH = 10

/** State of one print: what was shown, and how deep in groups we are. */
interface Context {
  seen: Set<PyObject>
  groupDepth: number
  needClose: boolean
}

const margin = (ctx: Context): string => '  '.repeat(ctx.groupDepth) + (ctx.groupDepth > 0 ? '| ' : '')
const bareIndent = (ctx: Context): string => '  '.repeat(ctx.groupDepth)

/** Mirrors print_exception_recursive. */
function printRecursive(out: Out, value: PyObject, ctx: Context): void {
  ctx.seen.add(value)
  const cause = attribute(value, '__cause__')
  const context = attribute(value, '__context__')
  const suppress = attribute(value, '__suppress_context__')
  for (const [before, sentence] of [[cause, CAUSE], [cause === null && suppress?.v !== 1 ? context : null, CONTEXT]] as const) {
    if (before === null || !PyExceptionInstance_Check(before) || ctx.seen.has(before)) continue
    printRecursive(out, before, ctx)
    const m = margin(ctx)
    out.write(`${m}\n${m}${sentence}\n${m}\n`.replace(/ +\n/g, '\n'))
    break
  }
  Py_XDECREF(cause)
  Py_XDECREF(context)
  Py_XDECREF(suppress)
  if (isBaseExceptionGroup(value)) printGroup(out, value, ctx)
  else printException(out, value, ctx)
}

function printException(out: Out, value: PyObject, ctx: Context): void {
  const m = margin(ctx)
  const tb = attribute(value, '__traceback__')
  if (tb !== null && PyTraceBack_Check(tb)) {
    out.write(`${m}Traceback (most recent call last):\n`)
    printTraceback(out, tb, m)
  }
  Py_XDECREF(tb)
  printMessage(out, value, m)
}

function printGroup(out: Out, value: PyObject, ctx: Context): void {
  if (ctx.groupDepth > MAX_GROUP_DEPTH) {
    out.write(`${margin(ctx)}... (max_group_depth is ${MAX_GROUP_DEPTH})\n`)
    return
  }
  const tb = attribute(value, '__traceback__')
  const outermost = ctx.groupDepth === 0
  if (outermost) ctx.groupDepth = 1
  const m = margin(ctx)
  if (tb !== null && PyTraceBack_Check(tb)) {
    out.write(`${outermost ? `  ${'+'} ` : m}Exception Group Traceback (most recent call last):\n`)
    printTraceback(out, tb, m)
  }
  Py_XDECREF(tb)
  printMessage(out, value, m)
  const group = attribute(value, 'exceptions')
  const items = group === null ? [] : group.v as PyObject[]
  ctx.needClose = false
  for (let i = 0; i < items.length; i++) {
    const last = i === items.length - 1 || i >= MAX_GROUP_WIDTH
    if (last) ctx.needClose = true
    const label = i < MAX_GROUP_WIDTH ? `${i + 1}` : '...'
    out.write(`${bareIndent(ctx)}${i === 0 ? '+-' : '  '}+---------------- ${label} ----------------\n`)
    ctx.groupDepth++
    if (i >= MAX_GROUP_WIDTH) {
      const more = items.length - MAX_GROUP_WIDTH
      out.write(`${margin(ctx)}and ${more} more exception${more > 1 ? 's' : ''}\n`)
    } else printRecursive(out, items[i]!, ctx)
    if (last && ctx.needClose) {
      out.write(`${bareIndent(ctx)}+------------------------------------\n`)
      ctx.needClose = false
    }
    ctx.groupDepth--
    if (i >= MAX_GROUP_WIDTH) break
  }
  Py_XDECREF(group)
  if (outermost) ctx.groupDepth = 0
}

/** Prints an exception as sys.excepthook does. Mirrors PyErr_Display. */
export function displayException(value: PyObject, tb: PyObject | null): void {
  const out = stderr()
  if (out === null) return
  if (!PyExceptionInstance_Check(value)) {
    out.write(`TypeError: print_exception(): Exception expected for value, ${value.ob_type.tp_name} found\n`)
    return
  }
  if (tb !== null && PyTraceBack_Check(tb)) {
    const own = attribute(value, '__traceback__')
    if (own === null) value.v.traceback = (tb.ob_refcnt++, tb)
    else Py_DECREF(own)
  }
  printRecursive(out, value, { seen: new Set(), groupDepth: 0, needClose: false })
  flush()
  if (PyErr_Occurred() !== null) PyErr_Clear()
}

/** "Exception ignored in: <object>" with traceback: what sys.unraisablehook prints. */
export function displayUnraisable(value: PyObject | null, tb: PyObject | null, message: PyObject | null, object: PyObject | null): void {
  const out = stderr()
  if (out === null) return
  if (object !== null) {
    const repr = PyObject_Repr(object)
    let shown = '<object repr() failed>'
    if (repr === null) PyErr_Clear()
    else {
      shown = text(repr)
      Py_DECREF(repr)
    }
    out.write(`${message === null ? 'Exception ignored in' : text(message)}: ${shown}\n`)
  } else if (message !== null) out.write(`${text(message)}:\n`)
  if (tb !== null && PyTraceBack_Check(tb)) {
    out.write('Traceback (most recent call last):\n')
    printTraceback(out, tb, '')
  }
  if (value !== null) {
    const str = PyObject_Str(value)
    if (str === null) PyErr_Clear()
    const said = str === null ? '<exception str() failed>' : text(str)
    Py_XDECREF(str)
    out.write(`${className(value)}${said === '' ? '' : `: ${said}`}\n`)
  }
  flush()
}
