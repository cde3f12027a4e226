// NameError, AttributeError and ImportError: exceptions with keyword arguments for what was looked for. Mirrors their
// parts of Objects/exceptions.c.
import { METH_NOARGS, Py_DECREF, Py_INCREF, type PyObject } from './object'
import { PyDict_Copy, PyDict_New, PyDict_SetItem } from './dictobject'
import {
  BaseException_init, BaseException_str, exceptionStruct, objectMember, setOwn, type BaseExceptionData,
} from './exceptions'
import type { ExceptionSpec } from './exceptions-simple'
import { parseKeywordOnly } from './getargs-keywords'
import { PyTuple_Pack } from './tupleobject'
import { PyUnicode_CheckExact, _Py_ID } from './unicodeobject'

/** tp_init that takes `keywords` (all optional) into the numbered fields; absent ones become unset. */
function initWithKeywords(typeName: string, keywords: readonly string[], fields: readonly number[]) {
  return (self: PyObject, args: PyObject, kwargs: PyObject | null): number => {
    if (BaseException_init(self, args, null) < 0) return -1
    const values = parseKeywordOnly(typeName, keywords, kwargs)
    if (values === null) return -1
    for (let i = 0; i < keywords.length; i++) {
      const value = values[i] ?? null
      if (value !== null) Py_INCREF(value)
      setOwn(self, fields[i]!, value)
    }
    return 0
  }
}

export function nameErrorSpec(): ExceptionSpec {
  return {
    struct: exceptionStruct(1),
    tp_str: BaseException_str,
    tp_init: initWithKeywords('NameError', ['name'], [0]),
    tp_members: [objectMember('name', 0)],
  }
}

/** Fields of AttributeError in `own`. */
export const ATTRIBUTE_ERROR_OBJ = 0
export const ATTRIBUTE_ERROR_NAME = 1

export function attributeErrorSpec(): ExceptionSpec {
  return {
    struct: exceptionStruct(2),
    tp_str: BaseException_str,
    tp_init: initWithKeywords('AttributeError', ['name', 'obj'], [ATTRIBUTE_ERROR_NAME, ATTRIBUTE_ERROR_OBJ]),
    tp_members: [objectMember('name', ATTRIBUTE_ERROR_NAME), objectMember('obj', ATTRIBUTE_ERROR_OBJ)],
  }
}

const MSG = 0
const NAME = 1
const PATH = 2

/** State for pickling: the dict with name and path in it; NEW, or null if there is nothing. */
function importErrorState(self: PyObject): PyObject | null {
  const own = (self.v as BaseExceptionData).own
  const name = own[NAME] ?? null
  const path = own[PATH] ?? null
  const dict = self.dict as PyObject | null
  if (name === null && path === null) {
    if (dict !== null) Py_INCREF(dict)
    return dict
  }
  const state = dict === null ? PyDict_New() : PyDict_Copy(dict)!
  if (name !== null) PyDict_SetItem(state, _Py_ID('name'), name)
  if (path !== null) PyDict_SetItem(state, _Py_ID('path'), path)
  return state
}

export function importErrorSpec(): ExceptionSpec {
  const init = initWithKeywords('ImportError', ['name', 'path'], [NAME, PATH])
  return {
    struct: exceptionStruct(3),
    tp_init: (self, args, kwargs) => {
      if (init(self, args, kwargs) < 0) return -1
      const items = args.v as PyObject[]
      const message = items.length === 1 ? items[0]! : null
      if (message !== null) Py_INCREF(message)
      setOwn(self, MSG, message)
      return 0
    },
    tp_str: self => {
      const message = (self.v as BaseExceptionData).own[MSG] ?? null
      if (message === null || !PyUnicode_CheckExact(message)) return BaseException_str(self)
      Py_INCREF(message)
      return message
    },
    tp_members: [objectMember('msg', MSG), objectMember('name', NAME), objectMember('path', PATH)],
    tp_methods: [{
      ml_name: '__reduce__', ml_flags: METH_NOARGS,
      ml_meth: (self: PyObject) => {
        const state = importErrorState(self)
        const args = (self.v as BaseExceptionData).args!
        const result = state === null ? PyTuple_Pack(self.ob_type, args) : PyTuple_Pack(self.ob_type, args, state)
        if (state !== null) Py_DECREF(state)
        return result
      },
    }],
  }
}

