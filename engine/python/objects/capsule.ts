// PyCapsule: a named box for what is no Python object. Mirrors Objects/capsule.c as far as Python code can see it.
import { PyTypeObject, type PyObject } from './object'
import { PyObject_Free, PyObject_New } from './objimpl'
import { PyUnicode_FromFormat } from './unicode-fromformat'

export class CapsuleData {
  pointer: unknown
  name: string | null
  constructor(pointer: unknown, name: string | null) {
    this.pointer = pointer
    this.name = name
  }
}

export const PyCapsule_Type = new PyTypeObject('PyCapsule', {
  tp_basicsize: 48,
  tp_dealloc: o => PyObject_Free(o),
  tp_repr: o => {
    const { name } = o.v as CapsuleData
    return name === null ? PyUnicode_FromFormat('<capsule object NULL at %p>', o)
      : PyUnicode_FromFormat('<capsule object "%s" at %p>', name, o)
  },
})

/** NEW. */
export function PyCapsule_New(pointer: unknown, name: string | null): PyObject {
  return PyObject_New(PyCapsule_Type, new CapsuleData(pointer, name))
}

export function PyCapsule_GetPointer(o: PyObject): unknown {
  return (o.v as CapsuleData).pointer
}
