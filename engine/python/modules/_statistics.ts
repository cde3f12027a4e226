// _statistics: the quantile function of the normal distribution. Modules/_statisticsmodule.c.
import { PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_ValueError } from '../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from '../objects/floatobject'
import { _PyArg_CheckPositional } from '../objects/getargs'
import { PyModule_Create } from '../objects/moduleobject'
import { METH_FASTCALL, type PyMethodDef, type PyObject } from '../objects/object'
import { normalQuantile } from '../lib/normal-quantile'

function inverseCdf(_m: PyObject, args: PyObject[], nargs: number): PyObject | null {
  if (!_PyArg_CheckPositional('_normal_dist_inv_cdf', nargs, 3, 3)) return null
  const numbers: number[] = []
  for (let i = 0; i < 3; i++) {
    const x = PyFloat_AsDouble(args[i]!)
    if (x === -1 && PyErr_Occurred() !== null) return null
    numbers.push(x)
  }
  const [p, mu, sigma] = numbers as [number, number, number]
  if (p <= 0 || p >= 1 || sigma <= 0) return PyErr_SetString(PyExc_ValueError, 'inv_cdf undefined for these parameters')
  return PyFloat_FromDouble(mu + normalQuantile(p) * sigma)
}

const methods: PyMethodDef[] = [
  { ml_name: '_normal_dist_inv_cdf', ml_flags: METH_FASTCALL, ml_meth: inverseCdf, signature: '($module, p, mu, sigma, /)' },
]

export function PyInit__statistics(): PyObject | null {
  return PyModule_Create('_statistics', methods)
}
