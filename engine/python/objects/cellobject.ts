// Cells: variables shared by a function and the functions inside it. Mirrors Objects/cellobject.c.
import {
  PyTypeObject, Py_INCREF, Py_TPFLAGS_HAVE_GC, Py_XDECREF, type PyObject,
} from './object'
import { PyErr_SetString } from './errors'
import { PyExc_ValueError } from './exceptions'
import { PyArg_UnpackTuple, _PyArg_NoKeywords } from './getargs'
import { PyObject_GC_Del, PyObject_GC_New, PyObject_GC_Track, PyObject_GC_UnTrack } from './objimpl'
import { PyObject_RichCompare } from './object-protocol'
import { Py_RETURN_NOTIMPLEMENTED, richCompareResult } from './singletons'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export interface PyCellObject extends PyObject { v: CellData }

export class CellData {
  ob_ref: PyObject | null
  constructor(ref: PyObject | null) {
    this.ob_ref = ref
  }
}

/** NEW cell; `o` gets a reference. */
export function PyCell_New(o: PyObject | null): PyObject {
  const cell = PyObject_GC_New(PyCell_Type, new CellData(o))
  if (o !== null) o.ob_refcnt++
  PyObject_GC_Track(cell)
  return cell
}

export function PyCell_Check(o: PyObject): o is PyCellObject {
  return o.ob_type === PyCell_Type
}

/** NEW content, or null when empty. */
export function PyCell_Get(cell: PyObject): PyObject | null {
  const o = (cell.v as CellData).ob_ref
  if (o !== null) o.ob_refcnt++
  return o
}

/** Replaces the content, which gets a reference. */
export function PyCell_Set(cell: PyObject, value: PyObject | null): void {
  const data = cell.v as CellData
  if (value !== null) Py_INCREF(value)
  const old = data.ob_ref
  data.ob_ref = value
  Py_XDECREF(old)
}

function cell_repr(cell: PyObject): PyObject | null {
  const o = (cell.v as CellData).ob_ref
  if (o === null) return PyUnicode_FromFormat('<cell at %p: empty>', cell)
  return PyUnicode_FromFormat('<cell at %p: %.80s object at %p>', cell, o.ob_type.tp_name, o)
}

/** By content; an empty cell is less than any other. */
function cell_richcompare(a: PyObject, b: PyObject, op: number): PyObject | null {
  if (!PyCell_Check(a) || !PyCell_Check(b)) return Py_RETURN_NOTIMPLEMENTED()
  const x = a.v.ob_ref
  const y = b.v.ob_ref
  if (x !== null && y !== null) return PyObject_RichCompare(x, y, op)
  return richCompareResult(Number(y === null) - Number(x === null), op)
}

export const PyCell_Type = new PyTypeObject('cell', {
  tp_basicsize: 24, tp_flags: Py_TPFLAGS_HAVE_GC,
  tp_dealloc: cell => {
    PyObject_GC_UnTrack(cell)
    Py_XDECREF((cell.v as CellData).ob_ref)
    PyObject_GC_Del(cell)
  },
  tp_repr: cell_repr, tp_richcompare: cell_richcompare,
  tp_traverse: (cell, visit) => {
    const o = (cell.v as CellData).ob_ref
    if (o !== null) visit(o)
  },
  tp_clear: cell => {
    const data = cell.v as CellData
    const o = data.ob_ref
    data.ob_ref = null
    Py_XDECREF(o)
  },
  tp_new: (_type, args, kwargs) => {
    if (!_PyArg_NoKeywords('cell', kwargs)) return null
    const items = PyArg_UnpackTuple(args, 'cell', 0, 1)
    return items === null ? null : PyCell_New(items[0] ?? null)
  },
  tp_getset: [{
    name: 'cell_contents',
    get: cell => {
      const o = (cell.v as CellData).ob_ref
      if (o === null) return PyErr_SetString(PyExc_ValueError, 'Cell is empty')
      Py_INCREF(o)
      return o
    },
    set: (cell, value) => {
      PyCell_Set(cell, value)
      return 0
    },
  }],
})

