// Py_BuildValue: tuples whose memory is taken before their items are made.
import { PyLong_FromLong } from '../objects/longobject'
import type { PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'

/** NEW tuple of what the functions make, which it takes over. */
export function buildValue(...make: (() => PyObject)[]): PyObject {
  const tuple = PyTuple_FromArray(new Array<PyObject>(make.length).fill(Py_None), true)
  const items = tuple.v as PyObject[]
  for (let i = 0; i < make.length; i++) items[i] = make[i]!()
  return tuple
}

/** An item that is there already. */
export const borrowed = (o: PyObject) => (): PyObject => (o.ob_refcnt++, o)

/** NEW tuple of ints. */
export function buildInts(...values: number[]): PyObject {
  return buildValue(...values.map(n => () => PyLong_FromLong(n)))
}
