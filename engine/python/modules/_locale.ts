// _locale: the C locale with UTF-8 characters, the only one there is. Modules/_localemodule.c.
import { PyErr_NewException, PyErr_Occurred, PyErr_SetString } from '../objects/errors'
import { PyExc_TypeError, PyExc_ValueError } from '../objects/exceptions'
import { PyDict_New, PyDict_SetItemString } from '../objects/dictobject'
import { PyArg_UnpackTuple } from '../objects/getargs'
import { PyList_New } from '../objects/listobject'
import { PyLong_AsInt, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_Create } from '../objects/moduleobject'
import { METH_NOARGS, METH_O, METH_VARARGS, Py_DECREF, type PyMethodDef, type PyObject } from '../objects/object'
import { Py_None } from '../objects/singletons'
import { PyUnicode_AsString, PyUnicode_Check, PyUnicode_Compare, PyUnicode_FromString } from '../objects/unicodeobject'
import { DAYS, MONTHS } from './time-format'

const CATEGORIES: Readonly<Record<string, number>> = {
  LC_CTYPE: 0, LC_NUMERIC: 1, LC_TIME: 2, LC_COLLATE: 3, LC_MONETARY: 4, LC_MESSAGES: 5, LC_ALL: 6, CHAR_MAX: 127,
}
/** LC_ALL as glibc tells it when the categories differ. */
const ALL = 'LC_CTYPE=C.UTF-8;LC_NUMERIC=C;LC_TIME=C;LC_COLLATE=C;LC_MONETARY=C;LC_MESSAGES=C;LC_PAPER=C;LC_NAME=C;LC_ADDRESS=C;'
  + 'LC_TELEPHONE=C;LC_MEASUREMENT=C;LC_IDENTIFICATION=C'

/** nl_langinfo: name, glibc's number, text. */
function langinfo(): [string, number, string][] {
  const weekdays = [...DAYS.slice(6), ...DAYS.slice(0, 6)]
  const out: [string, number, string][] = [
    ['CODESET', 14, 'UTF-8'], ['RADIXCHAR', 65536, '.'], ['THOUSEP', 65537, ''], ['YESEXPR', 327680, '^[yY]'], ['NOEXPR', 327681, '^[nN]'],
    ['CRNCYSTR', 262159, '-'], ['D_T_FMT', 131112, '%a %b %e %H:%M:%S %Y'], ['D_FMT', 131113, '%m/%d/%y'], ['T_FMT', 131114, '%H:%M:%S'],
    ['T_FMT_AMPM', 131115, '%I:%M:%S %p'], ['AM_STR', 131110, 'AM'], ['PM_STR', 131111, 'PM'], ['ERA', 131116, ''], ['ERA_D_FMT', 131118, ''],
    ['ALT_DIGITS', 131119, ''], ['ERA_D_T_FMT', 131120, ''], ['ERA_T_FMT', 131121, ''], ['_DATE_FMT', 131180, '%a %b %e %H:%M:%S %Z %Y'],
  ]
  weekdays.forEach((day, i) => {
    out.push([`ABDAY_${i + 1}`, 131072 + i, day.slice(0, 3)], [`DAY_${i + 1}`, 131079 + i, day])
  })
  MONTHS.forEach((month, i) => {
    out.push([`ABMON_${i + 1}`, 131086 + i, month.slice(0, 3)], [`MON_${i + 1}`, 131098 + i, month])
  })
  return out
}

export function PyInit__locale(): PyObject | null {
  const Error = PyErr_NewException('locale.Error')
  if (Error === null) return null
  const texts = langinfo()
  const methods: PyMethodDef[] = [
    {
      ml_name: 'setlocale', ml_flags: METH_VARARGS,
      ml_meth: (_m: PyObject, args: PyObject) => {
        const given = PyArg_UnpackTuple(args, 'setlocale', 1, 2)
        if (given === null) return null
        const category = PyLong_AsInt(given[0]!)
        if (category === -1 && PyErr_Occurred() !== null) return null
        const wanted = given[1] ?? Py_None
        if (wanted === Py_None) return PyUnicode_FromString(category === 6 ? ALL : category === 0 ? 'C.UTF-8' : 'C')
        if (!PyUnicode_Check(wanted)) return PyErr_SetString(PyExc_TypeError, 'setlocale() argument 2 must be str or None')
        const name = PyUnicode_AsString(wanted)
        if (!['', 'C', 'POSIX', 'C.UTF-8', 'C.utf8', ALL].includes(name)) return PyErr_SetString(Error, 'unsupported locale setting')
        return PyUnicode_FromString(name === '' ? 'C.UTF-8' : name === 'POSIX' ? 'C' : name)
      },
    },
    {
      ml_name: 'localeconv', ml_flags: METH_NOARGS,
      ml_meth: () => {
        const dict = PyDict_New()
        const set = (name: string, value: PyObject): void => {
          PyDict_SetItemString(dict, name, value)
          Py_DECREF(value)
        }
        for (const name of ['int_curr_symbol', 'currency_symbol', 'mon_decimal_point', 'mon_thousands_sep']) set(name, PyUnicode_FromString(''))
        set('mon_grouping', PyList_New(0))
        for (const name of ['positive_sign', 'negative_sign']) set(name, PyUnicode_FromString(''))
        for (const name of ['int_frac_digits', 'frac_digits', 'p_cs_precedes', 'p_sep_by_space', 'n_cs_precedes', 'n_sep_by_space', 'p_sign_posn',
          'n_sign_posn']) set(name, PyLong_FromLong(127))
        set('decimal_point', PyUnicode_FromString('.'))
        set('thousands_sep', PyUnicode_FromString(''))
        set('grouping', PyList_New(0))
        return dict
      },
    },
    {
      ml_name: 'strcoll', ml_flags: METH_VARARGS,
      ml_meth: (_m: PyObject, args: PyObject) => {
        const given = PyArg_UnpackTuple(args, 'strcoll', 2, 2)
        if (given === null) return null
        if (!PyUnicode_Check(given[0]!) || !PyUnicode_Check(given[1]!)) return PyErr_SetString(PyExc_TypeError, 'strcoll() arguments must be str')
        return PyLong_FromLong(PyUnicode_Compare(given[0]!, given[1]!))
      },
    },
    { ml_name: 'strxfrm', ml_flags: METH_O, ml_meth: (_m: PyObject, o: PyObject) => (o.ob_refcnt++, o) },
    { ml_name: 'getencoding', ml_flags: METH_NOARGS, ml_meth: () => PyUnicode_FromString('UTF-8') },
    {
      ml_name: 'nl_langinfo', ml_flags: METH_O,
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const key = PyLong_AsInt(arg)
        if (key === -1 && PyErr_Occurred() !== null) return null
        const found = texts.find(([, number]) => number === key)
        return found === undefined ? PyErr_SetString(PyExc_ValueError, 'unsupported langinfo constant') : PyUnicode_FromString(found[2])
      },
    },
  ]
  const module = PyModule_Create('_locale', methods)
  if (module === null) return null
  for (const [name, value] of Object.entries(CATEGORIES)) PyModule_AddIntConstant(module, name, value)
  for (const [name, number] of texts) PyModule_AddIntConstant(module, name, number)
  PyModule_AddObject(module, 'Error', Error)
  return module
}
