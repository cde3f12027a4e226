// Calls of builtin types' methods that LOAD_METHOD found (`list.append` …), straight from the operand stack.
import { PyObject_Vectorcall, _Py_CheckFunctionResult } from '../objects/call'
import type { DescrData } from '../objects/descrobject'
import {
  METH_FASTCALL, METH_KEYWORDS, METH_METHOD, METH_NOARGS, METH_O, METH_VARARGS, type FastFunction, type NoArgsFunction,
  type OneArgFunction, type PyObject,
} from '../objects/object'
import { _Py_EnterRecursiveCall, _Py_LeaveRecursiveCall } from '../objects/runtime'

const SHAPE = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD

/** Calls a method_descriptor with st[first..first+count), self first; borrowed. NEW reference or null. */
export function callBuiltinMethod(descr: PyObject, st: (PyObject | null)[], first: number, count: number): PyObject | null {
  const data = descr.v as DescrData
  const self = st[first]!
  if (self.ob_type === data.d_type) {
    const method = data.d_method!
    const shape = method.ml_flags & SHAPE
    if (shape === METH_O && count === 2 || shape === METH_NOARGS && count === 1 || shape === METH_FASTCALL) {
      if (_Py_EnterRecursiveCall(' while calling a Python object')) return null
      const result = shape === METH_O ? (method.ml_meth as OneArgFunction)(self, st[first + 1]!)
        : shape === METH_NOARGS ? (method.ml_meth as NoArgsFunction)(self)
          : (method.ml_meth as FastFunction)(self, st.slice(first + 1, first + count) as PyObject[], count - 1)
      _Py_LeaveRecursiveCall()
      return _Py_CheckFunctionResult(descr, result)
    }
  }
  return PyObject_Vectorcall(descr, st.slice(first, first + count) as PyObject[], count, null)
}
