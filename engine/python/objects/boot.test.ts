import { test } from 'vitest'
import { SimulatedProcess } from '../../memory/process'
import { setHashSeed } from '../lib/sip-hash'
import { RuntimeState, _PyRuntime } from './runtime'
import { initTypes } from './type-list'
import { initStaticStrings, PyUnicode_AsString, PyUnicode_FromString, _Py_ID } from './unicodeobject'
import { gcHost } from './gc-host'
import { PyDict_Next, DICT_ENTRY, PyDict_New, PyDict_SetItem } from './dictobject'
import { PyBaseObject_Type } from './object-type'
import { _PyType_GetSubclasses } from './type-subclasses'
import type { PyObject, PyTypeObject } from './object'
import { writeFileSync } from 'node:fs'
import { PyObject_Call, PyObject_CallNoArgs } from './call'
import { PyTuple_Pack } from './tupleobject'
import { PyType_Type } from './object'
import { PyObject_Repr, PyObject_SetAttr, PyObject_GetAttr } from './object-protocol'
import { PyErr_Fetch, PyErr_NormalizeException } from './errors'
import { PyLong_FromLong } from './longobject'

export function start(): void {
  Object.assign(_PyRuntime, new RuntimeState())
  _PyRuntime.process = new SimulatedProcess<PyObject>()
  _PyRuntime.process.gc.host = gcHost
  setHashSeed(0)
  initStaticStrings()
  initTypes()
}
function show(o: PyObject | null): string {
  if (o !== null) return PyUnicode_AsString(PyObject_Repr(o)!)
  const e = PyErr_Fetch()
  PyErr_NormalizeException(e)
  return 'ERR ' + PyUnicode_AsString(PyObject_Repr(e.value)!)
}
test('boot', () => {
  start()
  const out: Record<string, unknown> = {}
  const seen = new Set<PyTypeObject>()
  const visit = (t: PyTypeObject): void => {
    if (seen.has(t)) return
    seen.add(t)
    const keys: string[] = []
    for (let p = PyDict_Next(t.tp_dict!, 0); p > 0; p = PyDict_Next(t.tp_dict!, p)) keys.push(PyUnicode_AsString(DICT_ENTRY.key))
    out[t.tp_name.split('.').at(-1)!] = { keys, basic: t.tp_basicsize, item: t.tp_itemsize, dict: t.tp_dictoffset, weak: t.tp_weaklistoffset, flags: t.tp_flags >>> 0, base: t.tp_base?.tp_name ?? '' }
    const subs = _PyType_GetSubclasses(t)!
    for (const s of subs.v.ob_item) visit(s)
  }
  visit(PyBaseObject_Type)
  writeFileSync('/tmp/types.json', JSON.stringify(out))
  const ns = PyDict_New()
  PyDict_SetItem(ns, _Py_ID('__module__'), PyUnicode_FromString('__main__'))
  const cls = PyObject_Call(PyType_Type, PyTuple_Pack(PyUnicode_FromString('Abc'), PyTuple_Pack(), ns), null)
  console.log(show(cls))
  const inst = PyObject_CallNoArgs(cls!)
  console.log(show(inst))
  PyObject_SetAttr(inst!, _Py_ID('x'), PyLong_FromLong(5))
  console.log(show(PyObject_GetAttr(inst!, _Py_ID('x'))), show(PyObject_GetAttr(inst!, _Py_ID('yy'))), show(PyObject_GetAttr(inst!, _Py_ID('__dict__'))))
  console.log(show(PyObject_GetAttr(inst!, _Py_ID('__class__'))), show(PyObject_GetAttr(cls!, _Py_ID('__mro__'))), show(PyObject_GetAttr(cls!, _Py_ID('__dict__'))))
})
