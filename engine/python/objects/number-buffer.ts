// The bytes behind what int() and float() take beside text: bytes, bytearray, and anything with a buffer.
import type { PyObject } from './object'
import { PyBytes_Check, type BytesData } from './bytesobject'
import { PyBuffer_Release, PyObject_GetBufferBytes } from './memoryobject'

/** Bytes of a bytes-like object (not to be changed); null with an exception set (TypeError if it is none). */
export function bytesOfBuffer(o: PyObject): Uint8Array | null {
  if (PyBytes_Check(o)) return (o.v as BytesData).bytes
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return null
  const bytes = view.bytes.slice()
  PyBuffer_Release(view)
  return bytes
}
