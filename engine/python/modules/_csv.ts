// _csv: reading and writing of comma-separated values. Modules/_csv.c; dialects in csv-dialect.ts.
import { PyIter_Next, PyNumber_Check, PyNumber_Float, PyObject_GetIter, PySequence_List } from '../objects/abstract'
import { PyObject_CallOneArg, PyObject_VectorcallDict } from '../objects/call'
import { PyBool_From } from '../objects/boolobject'
import { PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_ExceptionMatches, PyErr_Format, PyErr_NoMemory, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_Exception, PyExc_TypeError } from '../objects/exceptions'
import { PyArg_UnpackTuple } from '../objects/getargs'
import { PyArg_ParseTupleAndKeywords } from '../objects/getargs-format'
import { PyList_Append, PyList_New } from '../objects/listobject'
import { PyLong_AsLong, PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_AddStringConstant, PyModule_Create } from '../objects/moduleobject'
import {
  METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE,
  PyObject_TypeCheck, Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyCallable_Check, PyObject_SelfIter, PyObject_Str, _PyObject_LookupAttr } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack, PyMem_Free, PyMem_Realloc } from '../objects/objimpl'
import { TAG_NONE } from '../../memory/events'
import { Py_None } from '../objects/singletons'
import { resultText } from '../objects/unicode-text'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { PyUnicode_AsString, PyUnicode_Check, _Py_ID } from '../objects/unicodeobject'
import { Dialect, FIELDS, QUOTE_ALL, QUOTE_MINIMAL, QUOTE_NONE, QUOTE_NONNUMERIC, fillDialect } from './csv-dialect'

const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)

const START_RECORD = 0
const START_FIELD = 1
const ESCAPED_CHAR = 2
const IN_FIELD = 3
const IN_QUOTED_FIELD = 4
const ESCAPE_IN_QUOTED_FIELD = 5
const QUOTE_IN_QUOTED_FIELD = 6
const EAT_CRNL = 7
const AFTER_ESCAPED_CRNL = 8

class ReaderData {
  input: PyObject | null = null
  dialectObject: PyObject | null = null
  /** The list of the row's fields so far. */
  fields: PyObject | null = null
  state = START_RECORD
  /** The characters of a field, in a block of UCS4 that grows. */
  field = ''
  fieldLength = 0
  fieldSize = 0
  block = 0
  numeric = false
  line_num = 0

  get dialect(): Dialect {
    return this.dialectObject!.v as Dialect
  }
}

/** What the block of a writer's record grows by, in characters. */
const RECORD_INCREMENT = 32768

class WriterData {
  write: PyObject | null = null
  dialectObject: PyObject | null = null
  /** The record, in a block of UCS4. */
  record = ''
  length = 0
  size = 0
  block = 0
  fields = 0
  constructor(readonly error: PyObject) {}
}

function codePoints(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00 || (text.charCodeAt(i - 1) & 0xfc00) !== 0xd800) n++
  return n
}

export function PyInit__csv(): PyObject | null {
  const Error = PyType_FromModuleAndSpec(null, { name: '_csv.Error', tp_basicsize: 72, tp_flags: Py_TPFLAGS_BASETYPE }, PyExc_Exception)
  if (Error === null) return null
  const fault = (message: string): null => PyErr_SetString(Error, message)
  const dialects = PyDict_New()
  let fieldLimit = 131072
  let dialectType: PyTypeObject
  let readerType: PyTypeObject
  let writerType: PyTypeObject

  // ---- dialects ------------------------------------------------------------------------------------------------------------

  /** BORROWED dialect class or object of that name. */
  const named = (name: PyObject): PyObject | null => {
    const found = PyDict_GetItemWithError(dialects, name)
    return found === null && PyErr_Occurred() === null ? fault('unknown dialect') : found
  }

  /** NEW Dialect object for a name, class or object and keywords. Mirrors _call_dialect. */
  const callDialect = (source: PyObject | null, kwargs: PyObject | null): PyObject | null =>
    PyObject_VectorcallDict(dialectType, source === null ? [] : [source], source === null ? 0 : 1, kwargs)

  // Mirrors dialect_new.
  const newDialect = (type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null => {
    const given = PyArg_ParseTupleAndKeywords(args, kwargs, '|OOOOOOOOO', ['dialect', ...FIELDS])
    if (given === null) return null
    let from = (given[0] ?? null) as PyObject | null
    const values = FIELDS.map((_, i) => (given[i + 1] ?? null) as PyObject | null)
    if (from !== null) {
      if (PyUnicode_Check(from)) from = named(from)
      if (from === null) return null
      from.ob_refcnt++
      if (PyObject_TypeCheck(from, dialectType) && values.every(value => value === null)) return from
    }
    const o = type.tp_alloc!(type, 0)
    if (o !== null) {
      const dialect = new Dialect()
      o.v = dialect
      if (!fillDialect(dialect, from, values)) {
        Py_DECREF(o)
        Py_XDECREF(from)
        return null
      }
    }
    Py_XDECREF(from)
    return o
  }

  const shown = (value: string | number | boolean | null): PyObject => value === null ? none()
    : typeof value === 'boolean' ? PyBool_From(value) : typeof value === 'number' ? PyLong_FromLong(value) : resultText(value)!

  // ---- reader --------------------------------------------------------------------------------------------------------------

  const saveField = (r: ReaderData): boolean => {
    let field = resultText(r.field)
    r.field = ''
    r.fieldLength = 0
    if (field === null) return false
    if (r.numeric) {
      r.numeric = false
      const number = PyNumber_Float(field)
      Py_DECREF(field)
      field = number
      if (field === null) return false
    }
    const failed = PyList_Append(r.fields!, field) < 0
    Py_DECREF(field)
    return !failed
  }

  const addChar = (r: ReaderData, c: string): boolean => {
    if (r.fieldLength >= fieldLimit) {
      PyErr_Format(Error, 'field larger than field limit (%ld)', fieldLimit)
      return false
    }
    if (r.fieldLength === r.fieldSize) {
      const size = r.fieldSize === 0 ? 4096 : 2 * r.fieldSize
      const block = PyMem_Realloc(r.block, size * 4, TAG_NONE)
      if (block === 0) return PyErr_NoMemory() !== null
      r.block = block
      r.fieldSize = size
    }
    r.field += c
    r.fieldLength++
    return true
  }

  // Mirrors parse_process_char; c null is the end of a line given to the reader.
  const step = (r: ReaderData, c: string | null): boolean => {
    const d = r.dialect
    const eol = c === null || c === '\n' || c === '\r'
    switch (r.state) {
      case START_RECORD:
        if (c === null) return true
        if (eol) {
          r.state = EAT_CRNL
          return true
        }
        r.state = START_FIELD
        return step(r, c)
      case START_FIELD:
        if (eol) {
          r.state = c === null ? START_RECORD : EAT_CRNL
          return saveField(r)
        }
        if (c === d.quotechar && d.quoting !== QUOTE_NONE) r.state = IN_QUOTED_FIELD
        else if (c === d.escapechar) r.state = ESCAPED_CHAR
        else if (c === ' ' && d.skipinitialspace) return true
        else if (c === d.delimiter) return saveField(r)
        else {
          if (d.quoting === QUOTE_NONNUMERIC) r.numeric = true
          r.state = IN_FIELD
          return addChar(r, c)
        }
        return true
      case ESCAPED_CHAR:
        if (c === '\n' || c === '\r') {
          r.state = AFTER_ESCAPED_CRNL
          return addChar(r, c)
        }
        r.state = IN_FIELD
        return addChar(r, c ?? '\n')
      case AFTER_ESCAPED_CRNL:
        if (c === null) return true
        r.state = IN_FIELD
        return step(r, c)
      case IN_FIELD:
        if (eol) {
          r.state = c === null ? START_RECORD : EAT_CRNL
          return saveField(r)
        }
        if (c === d.escapechar) r.state = ESCAPED_CHAR
        else if (c === d.delimiter) {
          r.state = START_FIELD
          return saveField(r)
        } else return addChar(r, c)
        return true
      case IN_QUOTED_FIELD:
        if (c === null) return true
        if (c === d.escapechar) r.state = ESCAPE_IN_QUOTED_FIELD
        else if (c === d.quotechar && d.quoting !== QUOTE_NONE) r.state = d.doublequote ? QUOTE_IN_QUOTED_FIELD : IN_FIELD
        else return addChar(r, c)
        return true
      case ESCAPE_IN_QUOTED_FIELD:
        r.state = IN_QUOTED_FIELD
        return addChar(r, c ?? '\n')
      case QUOTE_IN_QUOTED_FIELD:
        if (d.quoting !== QUOTE_NONE && c === d.quotechar) {
          r.state = IN_QUOTED_FIELD
          return addChar(r, c!)
        }
        if (c === d.delimiter) {
          r.state = START_FIELD
          return saveField(r)
        }
        if (eol) {
          r.state = c === null ? START_RECORD : EAT_CRNL
          return saveField(r)
        }
        if (!d.strict) {
          r.state = IN_FIELD
          return addChar(r, c)
        }
        return fault(`'${d.delimiter}' expected after '${d.quotechar}'`) !== null
      default:
        if (c === '\n' || c === '\r') return true
        if (c === null) {
          r.state = START_RECORD
          return true
        }
        return fault('new-line character seen in unquoted field - do you need to open the file in universal-newline mode?') !== null
    }
  }

  // Mirrors parse_reset.
  const reset = (r: ReaderData): void => {
    const old = r.fields
    r.fields = PyList_New(0)
    Py_XDECREF(old)
    r.field = ''
    r.fieldLength = 0
    r.state = START_RECORD
    r.numeric = false
  }

  // Mirrors Reader_iternext.
  const readRow = (self: PyObject): PyObject | null => {
    const r = self.v as ReaderData
    reset(r)
    do {
      const line = PyIter_Next(r.input!)
      if (line === null) {
        if (PyErr_Occurred() === null && (r.fieldLength !== 0 || r.state === IN_QUOTED_FIELD)) {
          if (r.dialect.strict) return fault('unexpected end of data')
          if (!saveField(r)) return null
          break
        }
        return null
      }
      if (!PyUnicode_Check(line)) {
        PyErr_Format(Error, 'iterator should return strings, not %.200s (the file should be opened in text mode)', line.ob_type.tp_name)
        Py_DECREF(line)
        return null
      }
      r.line_num++
      for (const c of PyUnicode_AsString(line)) if (!step(r, c)) return Py_DECREF(line), null
      Py_DECREF(line)
      if (!step(r, null)) return null
    } while (r.state !== START_RECORD)
    const { fields } = r
    r.fields = null
    return fields
  }

  // ---- writer --------------------------------------------------------------------------------------------------------------

  /** Text of a field as it is written; null with an exception set. Mirrors join_append_data. */
  const quoteField = (d: Dialect, text: string, quoted: boolean): string | null => {
    let quote = quoted
    let out = ''
    for (const c of text) {
      const special = c === d.delimiter || c === d.escapechar || c === d.quotechar || d.lineterminator.includes(c)
      if (special) {
        let escape = false
        if (d.quoting === QUOTE_NONE) escape = true
        else {
          if (c === d.quotechar) {
            if (d.doublequote) out += d.quotechar
            else escape = true
          } else if (c === d.escapechar) escape = true
          if (!escape) quote = true
        }
        if (escape) {
          if (d.escapechar === null) return fault('need to escape, but no escapechar set')
          out += d.escapechar
        }
      }
      out += c
    }
    return quote ? `${d.quotechar}${out}${d.quotechar}` : out
  }

  // Mirrors join_check_rec_size.
  const grow = (w: WriterData, length: number): boolean => {
    if (length <= w.size) return true
    const size = (Math.floor(length / RECORD_INCREMENT) + 1) * RECORD_INCREMENT
    const block = PyMem_Realloc(w.block, size * 4, TAG_NONE)
    if (block === 0) return PyErr_NoMemory() !== null
    w.block = block
    w.size = size
    return true
  }

  const put = (w: WriterData, text: string): boolean => {
    const length = w.length + codePoints(text)
    if (!grow(w, length)) return false
    w.record += text
    w.length = length
    return true
  }

  // Mirrors join_append.
  const join = (w: WriterData, text: string, quoted: boolean): boolean => {
    const d = w.dialectObject!.v as Dialect
    const part = quoteField(d, text, quoted)
    if (part === null || !put(w, w.fields > 0 ? d.delimiter + part : part)) return false
    w.fields++
    return true
  }

  const joinField = (w: WriterData, field: PyObject): boolean => {
    const { quoting } = w.dialectObject!.v as Dialect
    const quoted = quoting === QUOTE_NONNUMERIC ? !PyNumber_Check(field) : quoting === QUOTE_ALL
    let done: boolean
    if (PyUnicode_Check(field)) done = join(w, PyUnicode_AsString(field), quoted)
    else if (field === Py_None) done = join(w, '', quoted)
    else {
      const str = PyObject_Str(field)
      Py_DECREF(field)
      if (str === null) return false
      done = join(w, PyUnicode_AsString(str), quoted)
      Py_DECREF(str)
      return done
    }
    Py_DECREF(field)
    return done
  }

  // Mirrors csv_writerow.
  const writeRow = (self: PyObject, row: PyObject): PyObject | null => {
    const w = self.v as WriterData
    const d = w.dialectObject!.v as Dialect
    const it = PyObject_GetIter(row)
    if (it === null) {
      if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Format(Error, 'iterable expected, not %.200s', row.ob_type.tp_name)
      return null
    }
    w.record = ''
    w.length = 0
    w.fields = 0
    for (let field = PyIter_Next(it); field !== null; field = PyIter_Next(it)) if (!joinField(w, field)) return Py_DECREF(it), null
    Py_DECREF(it)
    if (PyErr_Occurred() !== null) return null
    if (w.fields > 0 && w.length === 0) {
      if (d.quoting === QUOTE_NONE) return fault('single empty field record must be quoted')
      w.fields--
      if (!join(w, '', true)) return null
    }
    if (!put(w, d.lineterminator)) return null
    const line = resultText(w.record)
    if (line === null) return null
    const result = PyObject_CallOneArg(w.write!, line)
    Py_DECREF(line)
    return result
  }

  // ---- the module -----------------------------------------------------------------------------------------------------------

  /** A type of objects with some references and a block. */
  const simple = (
    name: string, basicsize: number, children: (o: PyObject) => readonly (PyObject | null)[], blockOf: (o: PyObject) => number, rest: object,
  ): PyTypeObject | null => {
    const type = PyType_FromModuleAndSpec(null, {
      name, tp_basicsize: basicsize, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
      tp_free: PyObject_GC_Del,
      tp_dealloc: (o: PyObject): void => {
        const cls = o.ob_type
        PyObject_GC_UnTrack(o)
        for (const child of children(o)) Py_XDECREF(child)
        PyMem_Free(blockOf(o))
        cls.tp_free!(o)
        Py_DECREF(cls)
      },
      tp_traverse: (o: PyObject, visit: (child: PyObject) => void): void => {
        visit(o.ob_type)
        for (const child of children(o)) if (child !== null) visit(child)
      },
      ...rest,
    }, null)
    return type as PyTypeObject | null
  }

  const made = simple('_csv.Dialect', 48, o => [(o.v as Dialect | null)?.terminator ?? null], () => 0, {
    tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE,
    tp_new: newDialect,
    tp_getset: FIELDS.map(name => ({
      name,
      get: (o: PyObject): PyObject => {
        const d = o.v as Dialect
        return name === 'lineterminator' && d.terminator !== null ? ref(d.terminator) : shown(d[name])
      },
    })),
  })
  const readerChildren = (o: PyObject): (PyObject | null)[] => {
    const r = o.v as ReaderData
    return [r.dialectObject, r.input, r.fields]
  }
  const reader = simple('_csv.reader', 88, readerChildren, o => (o.v as ReaderData).block, {
    tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_BASETYPE,
    tp_iter: PyObject_SelfIter, tp_iternext: readRow,
    tp_members: [
      { name: 'dialect', get: (o: PyObject) => ref((o.v as ReaderData).dialectObject!) },
      { name: 'line_num', get: (o: PyObject) => PyLong_FromLong((o.v as ReaderData).line_num) },
    ],
  })
  const writerChildren = (o: PyObject): (PyObject | null)[] => {
    const w = o.v as WriterData
    return [w.dialectObject, w.write, w.error]
  }
  const writer = simple('_csv.writer', 72, writerChildren, o => (o.v as WriterData).block, {
    tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_BASETYPE,
    tp_members: [{ name: 'dialect', get: (o: PyObject) => ref((o.v as WriterData).dialectObject!) }],
    tp_methods: [
      { ml_name: 'writerow', ml_flags: METH_O, ml_meth: writeRow },
      {
        ml_name: 'writerows', ml_flags: METH_O,
        ml_meth: (o: PyObject, rows: PyObject) => {
          const it = PyObject_GetIter(rows)
          if (it === null) return null
          for (let row = PyIter_Next(it); row !== null; row = PyIter_Next(it)) {
            const result = writeRow(o, row)
            Py_DECREF(row)
            if (result === null) return Py_DECREF(it), null
            Py_DECREF(result)
          }
          Py_DECREF(it)
          return PyErr_Occurred() !== null ? null : none()
        },
      },
    ],
  })
  if (made === null || reader === null || writer === null) return null
  dialectType = made
  readerType = reader
  writerType = writer

  const newReader = (args: PyObject, kwargs: PyObject | null): PyObject | null => {
    const r = new ReaderData()
    const o = PyObject_GC_New(readerType, r)
    const fail = (): null => (Py_DECREF(o), null)
    reset(r)
    const given = PyArg_UnpackTuple(args, '', 1, 2)
    if (given === null) return fail()
    r.input = PyObject_GetIter(given[0]!)
    if (r.input === null) return fail()
    r.dialectObject = callDialect(given[1] ?? null, kwargs)
    if (r.dialectObject === null) return fail()
    PyObject_GC_Track(o)
    return o
  }

  const newWriter = (args: PyObject, kwargs: PyObject | null): PyObject | null => {
    const w = new WriterData(ref(Error))
    const o = PyObject_GC_New(writerType, w)
    const fail = (): null => (Py_DECREF(o), null)
    const given = PyArg_UnpackTuple(args, '', 1, 2)
    if (given === null) return fail()
    w.write = _PyObject_LookupAttr(given[0]!, _Py_ID('write'))
    if (w.write === null && PyErr_Occurred() !== null) return fail()
    if (w.write === null || !PyCallable_Check(w.write)) {
      PyErr_SetString(PyExc_TypeError, 'argument 1 must have a "write" method')
      return fail()
    }
    w.dialectObject = callDialect(given[1] ?? null, kwargs)
    if (w.dialectObject === null) return fail()
    PyObject_GC_Track(o)
    return o
  }

  const methods: PyMethodDef[] = [
    {
      ml_name: 'reader', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => newReader(args, kwargs),
    },
    {
      ml_name: 'writer', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => newWriter(args, kwargs),
    },
    { ml_name: 'list_dialects', ml_flags: METH_NOARGS, ml_meth: () => PySequence_List(dialects) },
    {
      ml_name: 'register_dialect', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => {
        const given = PyArg_UnpackTuple(args, '', 1, 2)
        if (given === null) return null
        if (!PyUnicode_Check(given[0]!)) return PyErr_SetString(PyExc_TypeError, 'dialect name must be a string')
        const dialect = callDialect(given[1] ?? null, kwargs)
        if (dialect === null) return null
        const failed = PyDict_SetItem(dialects, given[0]!, dialect) < 0
        Py_DECREF(dialect)
        return failed ? null : none()
      },
    },
    {
      ml_name: 'unregister_dialect', ml_flags: METH_O,
      ml_meth: (_m: PyObject, name: PyObject) => named(name) === null || PyDict_DelItem(dialects, name) < 0 ? null : none(),
    },
    {
      ml_name: 'get_dialect', ml_flags: METH_O,
      ml_meth: (_m: PyObject, name: PyObject) => {
        const found = named(name)
        return found === null ? null : ref(found)
      },
    },
    {
      ml_name: 'field_size_limit', ml_flags: METH_VARARGS,
      ml_meth: (_m: PyObject, args: PyObject) => {
        const given = PyArg_UnpackTuple(args, 'field_size_limit', 0, 1)
        if (given === null) return null
        const old = fieldLimit
        if (given[0] !== undefined && given[0] !== null) {
          if (!PyLong_Check(given[0])) return PyErr_SetString(PyExc_TypeError, 'limit must be an integer')
          const limit = PyLong_AsLong(given[0])
          if (limit === -1 && PyErr_Occurred() !== null) return null
          fieldLimit = limit
        }
        return PyLong_FromLong(old)
      },
    },
  ]
  const module = PyModule_Create('_csv', methods)
  if (module === null) return null
  PyModule_AddStringConstant(module, '__version__', '1.0')
  PyModule_AddObject(module, '_dialects', dialects)
  for (const [name, value] of [
    ['QUOTE_MINIMAL', QUOTE_MINIMAL], ['QUOTE_ALL', QUOTE_ALL], ['QUOTE_NONNUMERIC', QUOTE_NONNUMERIC], ['QUOTE_NONE', QUOTE_NONE],
  ] as const) PyModule_AddIntConstant(module, name, value)
  PyModule_AddObjectRef(module, 'Dialect', dialectType)
  PyModule_AddObjectRef(module, 'Reader', readerType)
  PyModule_AddObjectRef(module, 'Writer', writerType)
  PyModule_AddObject(module, 'Error', Error)
  return module
}
