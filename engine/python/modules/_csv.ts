// _csv: reading and writing of comma-separated values. Modules/_csv.c; dialects in csv-dialect.ts.
import { PyObject_GetIter, PyNumber_Check, PyNumber_Float } from '../objects/abstract'
import { PyObject_CallOneArg } from '../objects/call'
import { PyBool_From } from '../objects/boolobject'
import { DICT_ENTRY, PyDict_GET_SIZE, PyDict_DelItem, PyDict_GetItemWithError, PyDict_New, PyDict_Next, PyDict_SetItem } from '../objects/dictobject'
import { PyErr_ExceptionMatches, PyErr_Format, PyErr_NewException, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError } from '../objects/exceptions'
import { PyArg_UnpackTuple } from '../objects/getargs'
import { fastItems, PyList_FromArraySteal } from '../objects/listobject'
import { PySequence_List } from '../objects/abstract'
import { PyLong_AsLong, PyLong_Check, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_AddStringConstant, PyModule_Create } from '../objects/moduleobject'
import {
  METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_IMMUTABLETYPE,
  Py_XDECREF, type PyMethodDef, type PyObject, type PyTypeObject,
} from '../objects/object'
import { PyCallable_Check, PyObject_GetAttr, PyObject_SelfIter, PyObject_Str } from '../objects/object-protocol'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from '../objects/objimpl'
import { Py_None } from '../objects/singletons'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_FromString, _Py_ID, unicodeFromText } from '../objects/unicodeobject'
import { Dialect, FIELDS, QUOTE_ALL, QUOTE_MINIMAL, QUOTE_NONE, QUOTE_NONNUMERIC, makeDialect } from './csv-dialect'

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
  state = START_RECORD
  field = ''
  fields: PyObject[] = []
  numeric = false
  line_num = 0
  constructor(readonly input: PyObject, readonly dialect: Dialect, readonly dialectObject: PyObject) {}
}

class WriterData {
  constructor(readonly write: PyObject, readonly dialect: Dialect, readonly dialectObject: PyObject) {}
}

export function PyInit__csv(): PyObject | null {
  const Error = PyErr_NewException('_csv.Error')
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
  const callDialect = (source: PyObject | null, kwargs: PyObject | null): PyObject | null => {
    let from = source === Py_None ? null : source
    if (from !== null && PyUnicode_Check(from)) {
      from = named(from)
      if (from === null) return null
    }
    if (from !== null && from.ob_type === dialectType && (kwargs === null || PyDict_GET_SIZE(kwargs) === 0)) return ref(from)
    const given = new Map<string, PyObject>()
    if (kwargs !== null) {
      for (let pos = PyDict_Next(kwargs, 0); pos > 0; pos = PyDict_Next(kwargs, pos)) {
        const key = PyUnicode_AsString(DICT_ENTRY.key)
        if (key === 'dialect') continue
        if (!(FIELDS as readonly string[]).includes(key)) {
          return PyErr_Format(PyExc_TypeError, "'%s' is an invalid keyword argument for this function", key)
        }
        given.set(key, DICT_ENTRY.value)
      }
    }
    const dialect = makeDialect(from, given)
    if (dialect === null) return null
    const o = PyObject_GC_New(dialectType, dialect)
    PyObject_GC_Track(o)
    return o
  }

  const shown = (value: string | number | boolean | null): PyObject => value === null ? none()
    : typeof value === 'boolean' ? PyBool_From(value) : typeof value === 'number' ? PyLong_FromLong(value) : PyUnicode_FromString(value)

  // ---- reader --------------------------------------------------------------------------------------------------------------

  const saveField = (r: ReaderData): boolean => {
    let field = unicodeFromText(r.field)
    r.field = ''
    if (field === null) return false
    if (r.numeric) {
      r.numeric = false
      const number = PyNumber_Float(field)
      Py_DECREF(field)
      field = number
      if (field === null) return false
    }
    r.fields.push(field)
    return true
  }

  const addChar = (r: ReaderData, c: string): boolean => {
    if (r.field.length >= fieldLimit) {
      PyErr_Format(Error, 'field larger than field limit (%ld)', fieldLimit)
      return false
    }
    r.field += c
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

  const dropFields = (r: ReaderData): void => {
    const old = r.fields
    r.fields = []
    r.field = ''
    for (const o of old) Py_DECREF(o)
  }

  // Mirrors Reader_iternext.
  const readRow = (self: PyObject): PyObject | null => {
    const r = self.v as ReaderData
    dropFields(r)
    r.state = START_RECORD
    r.numeric = false
    do {
      const line = r.input.ob_type.tp_iternext!(r.input)
      if (line === null) {
        if (PyErr_Occurred() === null && (r.field.length !== 0 || r.state === IN_QUOTED_FIELD)) {
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
      const text = PyUnicode_AsString(line)
      Py_DECREF(line)
      for (const c of text) if (!step(r, c)) return null
      if (!step(r, null)) return null
    } while (r.state !== START_RECORD)
    const { fields } = r
    r.fields = []
    return PyList_FromArraySteal(fields)
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

  const rowText = (d: Dialect, row: PyObject): string | null => {
    const list = PySequence_List(row)
    if (list === null) {
      if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Format(Error, 'iterable expected, not %.200s', row.ob_type.tp_name)
      return null
    }
    const parts: string[] = []
    for (const field of [...fastItems(list)]) {
      const quoted = d.quoting === QUOTE_NONNUMERIC ? !PyNumber_Check(field) : d.quoting === QUOTE_ALL
      const str = field === Py_None ? null : PyObject_Str(field)
      if (str === null && field !== Py_None) return Py_DECREF(list), null
      const part = quoteField(d, str === null ? '' : PyUnicode_AsString(str), quoted)
      Py_XDECREF(str)
      if (part === null) return Py_DECREF(list), null
      parts.push(part)
    }
    Py_DECREF(list)
    if (parts.length === 1 && parts[0] === '') {
      if (d.quoting === QUOTE_NONE) return fault('single empty field record must be quoted')
      parts[0] = `${d.quotechar}${d.quotechar}`
    }
    return parts.join(d.delimiter) + d.lineterminator
  }

  const writeRow = (self: PyObject, row: PyObject): PyObject | null => {
    const w = self.v as WriterData
    const text = rowText(w.dialect, row)
    if (text === null) return null
    const line = unicodeFromText(text)
    if (line === null) return null
    const result = PyObject_CallOneArg(w.write, line)
    Py_DECREF(line)
    return result
  }

  // ---- the module -----------------------------------------------------------------------------------------------------------

  const simple = (name: string, children: (o: PyObject) => readonly PyObject[], rest: object): PyTypeObject | null => {
    const type = PyType_FromModuleAndSpec(null, {
      name, tp_basicsize: 48, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
      tp_free: PyObject_GC_Del,
      tp_dealloc: (o: PyObject): void => {
        const cls = o.ob_type
        PyObject_GC_UnTrack(o)
        for (const child of children(o)) Py_DECREF(child)
        cls.tp_free!(o)
        Py_DECREF(cls)
      },
      tp_traverse: (o: PyObject, visit: (child: PyObject) => void): void => {
        visit(o.ob_type)
        for (const child of children(o)) visit(child)
      },
      ...rest,
    }, null)
    return type as PyTypeObject | null
  }

  const made = simple('_csv.Dialect', () => [], {
    tp_basicsize: 64, tp_flags: Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE,
    tp_new: (_cls: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null => {
      const given = PyArg_UnpackTuple(args, '', 0, 1)
      if (given === null) return null
      const source = given[0] ?? (kwargs === null ? null : PyDict_GetItemWithError(kwargs, _Py_ID('dialect')))
      return callDialect(source ?? null, kwargs)
    },
    tp_getset: FIELDS.map(name => ({ name, get: (o: PyObject): PyObject => shown((o.v as Dialect)[name]) })),
  })
  const reader = simple('_csv.reader', o => [(o.v as ReaderData).input, (o.v as ReaderData).dialectObject, ...(o.v as ReaderData).fields], {
    tp_iter: PyObject_SelfIter, tp_iternext: readRow,
    tp_members: [
      { name: 'dialect', get: (o: PyObject) => ref((o.v as ReaderData).dialectObject) },
      { name: 'line_num', get: (o: PyObject) => PyLong_FromLong((o.v as ReaderData).line_num) },
    ],
  })
  const writer = simple('_csv.writer', o => [(o.v as WriterData).write, (o.v as WriterData).dialectObject], {
    tp_members: [{ name: 'dialect', get: (o: PyObject) => ref((o.v as WriterData).dialectObject) }],
    tp_methods: [
      { ml_name: 'writerow', ml_flags: METH_O, ml_meth: writeRow },
      {
        ml_name: 'writerows', ml_flags: METH_O,
        ml_meth: (o: PyObject, rows: PyObject) => {
          const it = PyObject_GetIter(rows)
          if (it === null) return null
          for (let row = it.ob_type.tp_iternext!(it); row !== null; row = it.ob_type.tp_iternext!(it)) {
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

  /** First argument and dialect of reader() and writer(). */
  const open = (name: string, args: PyObject, kwargs: PyObject | null): { first: PyObject, dialect: PyObject } | null => {
    const given = PyArg_UnpackTuple(args, name, 1, 2)
    if (given === null) return null
    const source = given[1] ?? (kwargs === null ? null : PyDict_GetItemWithError(kwargs, _Py_ID('dialect')))
    const dialect = callDialect(source ?? null, kwargs)
    return dialect === null ? null : { first: given[0]!, dialect }
  }

  const methods: PyMethodDef[] = [
    {
      ml_name: 'reader', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => {
        const opened = open('reader', args, kwargs)
        if (opened === null) return null
        const it = PyObject_GetIter(opened.first)
        if (it === null) return Py_DECREF(opened.dialect), null
        const o = PyObject_GC_New(readerType, new ReaderData(it, opened.dialect.v as Dialect, opened.dialect))
        PyObject_GC_Track(o)
        return o
      },
    },
    {
      ml_name: 'writer', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => {
        const opened = open('writer', args, kwargs)
        if (opened === null) return null
        const write = PyObject_GetAttr(opened.first, _Py_ID('write'))
        if (write === null || !PyCallable_Check(write)) {
          Py_XDECREF(write)
          Py_DECREF(opened.dialect)
          return PyErr_SetString(PyExc_TypeError, 'argument 1 must have a "write" method')
        }
        const o = PyObject_GC_New(writerType, new WriterData(write, opened.dialect.v as Dialect, opened.dialect))
        PyObject_GC_Track(o)
        return o
      },
    },
    { ml_name: 'list_dialects', ml_flags: METH_NOARGS, ml_meth: () => PySequence_List(dialects) },
    {
      ml_name: 'register_dialect', ml_flags: METH_VARARGS | METH_KEYWORDS,
      ml_meth: (_m: PyObject, args: PyObject, kwargs: PyObject | null) => {
        const given = PyArg_UnpackTuple(args, 'register_dialect', 1, 2)
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
