// StopIteration, SystemExit, KeyError and MemoryError. Mirrors their parts of Objects/exceptions.c.
import type { PyObject, PyTypeObject, TypeSpec } from './object'
import { Py_INCREF } from './object'
import { PyObject_GC_Track, PyObject_GC_UnTrack, FreeList } from './objimpl'
import { PyObject_Repr } from './object-protocol'
import {
  BaseException_init, BaseException_new, BaseException_str, PyExc_MemoryError, exceptionStruct, exception_clear, objectMember,
  setOwn, type BaseExceptionData,
} from './exceptions'
import { Py_None } from './singletons'
import { PyTuple_New } from './tupleobject'

export type ExceptionSpec = Partial<TypeSpec> & { struct?: () => BaseExceptionData }

export function stopIterationSpec(): ExceptionSpec {
  return {
    struct: exceptionStruct(1),
    tp_members: [objectMember('value', 0)],
    tp_init: (self, args, kwargs) => {
      if (BaseException_init(self, args, kwargs) < 0) return -1
      const value = (args.v as PyObject[])[0] ?? Py_None
      Py_INCREF(value)
      setOwn(self, 0, value)
      return 0
    },
  }
}

export function systemExitSpec(): ExceptionSpec {
  return {
    struct: exceptionStruct(1),
    tp_members: [objectMember('code', 0)],
    tp_init: (self, args, kwargs) => {
      if (BaseException_init(self, args, kwargs) < 0) return -1
      const items = args.v as PyObject[]
      if (items.length === 0) return 0
      const code = items.length === 1 ? items[0]! : args
      Py_INCREF(code)
      setOwn(self, 0, code)
      return 0
    },
  }
}

export function keyErrorSpec(): ExceptionSpec {
  return {
    tp_init: BaseException_init,
    // The key shows as its repr, so that '' can be told from a missing message.
    tp_str: self => {
      const items = (self.v as BaseExceptionData).args!.v as PyObject[]
      return items.length === 1 ? PyObject_Repr(items[0]!) : BaseException_str(self)
    },
  }
}

// ---- MemoryError: up to 16 are kept, so that one can be raised when there is no memory ----------------------------------

const MEMERRORS_SAVE = 16
const memerrors = new FreeList(MEMERRORS_SAVE)

function MemoryError_new(type: PyTypeObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (type !== PyExc_MemoryError) return BaseException_new(type, args, kwargs)
  return memoryErrorFromList() ?? BaseException_new(type, args, kwargs)
}

function memoryErrorFromList(): PyObject | null {
  const self = memerrors.take()
  if (self === null) return null
  ;(self.v as BaseExceptionData).args = PyTuple_New(0)
  PyObject_GC_Track(self)
  return self
}

function MemoryError_dealloc(self: PyObject): void {
  PyObject_GC_UnTrack(self)
  exception_clear(self)
  if (self.ob_type === PyExc_MemoryError && memerrors.put(self)) return
  self.ob_type.tp_free!(self)
}

/** Fills the free list; part of start-up. */
export function preallocateMemoryErrors(): void {
  const made: PyObject[] = []
  for (let i = 0; i < MEMERRORS_SAVE; i++) made.push(BaseException_new(PyExc_MemoryError, null, null)!)
  for (const o of made) if (--o.ob_refcnt === 0) MemoryError_dealloc(o)
}

/** How many wait to be raised. */
export function memoryErrorFreeListLength(): number {
  return memerrors.length
}

export function memoryErrorSpec(): ExceptionSpec {
  return { tp_new: MemoryError_new, tp_init: BaseException_init, tp_dealloc: MemoryError_dealloc }
}
