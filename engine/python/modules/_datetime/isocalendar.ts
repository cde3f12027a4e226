// datetime.IsoCalendarDate: the named triple that isocalendar gives.
import { ArgParser } from '../../objects/arg-parser'
import { PyErr_Occurred } from '../../objects/errors'
import { _PyArg_UnpackKeywords } from '../../objects/getargs'
import { PyLong_FromLong, _PyLong_AsInt } from '../../objects/longobject'
import { METH_NOARGS, PyTypeObject, Py_TPFLAGS_IMMUTABLETYPE, type PyObject } from '../../objects/object'
import { PyTuple_Pack, PyTuple_Type } from '../../objects/tupleobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { borrowed, buildValue } from '../build-value'
import { ref } from './layout'

const parser = new ArgParser('IsoCalendarDate', ['year', 'week', 'weekday'])

const items = (o: PyObject): PyObject[] => o.v as PyObject[]

export function newIsoCalendarDate(type: PyTypeObject, year: number, week: number, day: number): PyObject | null {
  const o = type.tp_alloc!(type, 3)
  if (o !== null) o.v = [PyLong_FromLong(year), PyLong_FromLong(week), PyLong_FromLong(day)]
  return o
}

export const PyDateTime_IsoCalendarDateType: PyTypeObject = new PyTypeObject('datetime.IsoCalendarDate', {
  tp_basicsize: 32, tp_itemsize: 8, tp_flags: Py_TPFLAGS_IMMUTABLETYPE,
  tp_repr: o => {
    const [year, week, day] = items(o)
    return PyUnicode_FromFormat('%.200s(year=%S, week=%S, weekday=%S)', o.ob_type.tp_name, year, week, day)
  },
  tp_new: (type, args, kwargs) => {
    const given = _PyArg_UnpackKeywords(items(args), items(args).length, kwargs, null, parser, 3, 3, 0)
    if (given === null) return null
    const numbers: number[] = []
    for (const o of given) {
      const n = _PyLong_AsInt(o!)
      if (n === -1 && PyErr_Occurred() !== null) return null
      numbers.push(n)
    }
    return newIsoCalendarDate(type, numbers[0]!, numbers[1]!, numbers[2]!)
  },
  tp_methods: [{
    ml_name: '__reduce__', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => buildValue(borrowed(PyTuple_Type), () => buildValue(() => PyTuple_Pack(...items(o)))),
  }],
  tp_getset: ['year', 'week', 'weekday'].map((name, i) => ({ name, get: (o: PyObject) => ref(items(o)[i]!) })),
})
