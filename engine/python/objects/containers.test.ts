import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { PyDict_Copy, PyDict_New, PyDict_SetItem, PyDict_Update, _PyDict_FromKeys, _PyDict_SizeOf } from './dictobject'
import { PyDict_Type } from './dictobject'
import { _PyList_Extend, PyList_Append, PyList_Insert, PyList_New, PyList_SetSlice, list_sort_impl, type PyListObject } from './listobject'
import { PyLong_FromLong } from './longobject'
import { Py_DECREF, PyObject, PyTypeObject } from './object'
import { PyObject_New } from './objimpl'
import { PyBool_From } from './boolobject'
import { PySet_Add, PySet_Discard, PySet_GET_SIZE, PySet_New, PySet_Pop, SET_ENTRY, _PySet_NextEntry, _PySet_Update, type SetData } from './setobject'
import { setSlots } from './set-methods'
import { Py_None } from './singletons'
import { PyUnicode_FromString } from './unicodeobject'
import { _PyRuntime } from './runtime'
import { startRuntime } from './testing'

type ListOp = [string, ...number[]]
type SetOp = [string, number | number[]]
interface Goldens {
  lists: [ListOp[], number[]][]
  sets: [SetOp[], [number, number[]][]][]
  sorts: [number[], [number, number, number[] | null], [number, number, number[] | null]][]
  dictSizes: { str: [number, number][], int: [number, number][] }
  fromkeys: [number, number][]
  update: [number, number][]
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/containers.json', import.meta.url), 'utf8')) as Goldens

beforeAll(startRuntime)

const none = (): PyObject => (Py_None.ob_refcnt++, Py_None)
const noneList = (n: number): PyListObject => {
  const list = PyList_New(n)
  for (let i = 0; i < n; i++) list.v.ob_item.push(none())
  return list
}

function applyList(list: PyListObject, [op, a = 0, b = 0, n = 0]: ListOp): void {
  const items = list.v.ob_item
  if (op === 'append') PyList_Append(list, Py_None)
  else if (op === 'pop') popLast(list)
  else if (op === 'insert') PyList_Insert(list, a, Py_None)
  else if (op === 'extend') Py_DECREF(_PyList_Extend(list, noneList(a))!)
  else if (op === 'del') PyList_SetSlice(list, a, b, null)
  else PyList_SetSlice(list, a, b, noneList(n))
  expect(items.length).toBeGreaterThanOrEqual(0)
}

function popLast(list: PyListObject): void {
  const pop = list.ob_type.tp_methods!.find(m => m.ml_name === 'pop')!.ml_meth as (o: PyObject, args: PyObject[], n: number) => PyObject
  Py_DECREF(pop(list, [], 0))
}

const int = (n: number): PyObject => PyLong_FromLong(n)

function listOf(values: number[]): PyListObject {
  const list = PyList_New(0)
  for (const value of values) {
    const o = int(value)
    PyList_Append(list, o)
    Py_DECREF(o)
  }
  return list
}

describe('list', () => {
  it('grows and shrinks like CPython', () => {
    for (const [ops, caps] of goldens.lists) {
      const list = PyList_New(0)
      const seen = ops.map(op => {
        applyList(list, op)
        return list.v.allocated
      })
      expect(seen).toEqual(caps)
      Py_DECREF(list)
    }
  })

  it('compares in CPython\'s order while sorting', () => {
    let trace = 0
    let count = 0
    const Key = new PyTypeObject('Key', {
      tp_basicsize: 16,
      tp_dealloc: () => undefined,
      tp_richcompare: (a, b) => {
        // (trace * 31 + …) % (2 ** 31 - 1) stays exact.
        trace = (trace * 31 + a.v.n * 1009 + b.v.n) % 2147483647
        count++
        return PyBool_From(a.v.value < b.v.value)
      },
    })
    for (const [values, ...runs] of goldens.sorts) {
      runs.forEach(([expectedCount, expectedTrace, order], reverse) => {
        trace = count = 0
        const list = PyList_New(0)
        values.forEach((value, n) => PyList_Append(list, PyObject_New(Key, { n, value })))
        expect(list_sort_impl(list, null, reverse === 1)).toBe(0)
        expect([count, trace]).toEqual([expectedCount, expectedTrace])
        if (order !== null) expect(list.v.ob_item.map(k => k.v.n)).toEqual(order)
      })
    }
  })
})

describe('dict', () => {
  const sizes = (key: (n: number) => PyObject): [number, number][] => {
    const dict = PyDict_New()
    const out: [number, number][] = []
    for (let n = 0, last = 0; n < 3000; n++) {
      const size = _PyDict_SizeOf(dict) + 16
      if (size !== last) out.push([n, size])
      last = size
      PyDict_SetItem(dict, key(n), Py_None)
    }
    return out
  }
  const ints = (n: number): PyObject => {
    const dict = PyDict_New()
    for (let i = 0; i < n; i++) PyDict_SetItem(dict, int(i), Py_None)
    return dict
  }

  it('has tables of CPython\'s sizes', () => {
    expect(sizes(n => PyUnicode_FromString(`k${n}`))).toEqual(goldens.dictSizes.str)
    expect(sizes(int)).toEqual(goldens.dictSizes.int)
  })

  it('is presized by fromkeys and update', () => {
    for (const [n, size] of goldens.fromkeys) {
      expect(_PyDict_SizeOf(_PyDict_FromKeys(PyDict_Type, ints(n), Py_None)!) + 16).toBe(size)
    }
    for (const [n, size] of goldens.update) {
      const dict = PyDict_New()
      PyDict_SetItem(dict, PyUnicode_FromString('a'), Py_None)
      const copy = PyDict_Copy(dict)!
      PyDict_Update(copy, ints(n))
      expect(_PyDict_SizeOf(copy) + 16).toBe(size)
    }
  })

  it('gives tables and headers back to their free lists', () => {
    const before = _PyRuntime.process.obmalloc.allocatedBlocks
    for (let i = 0; i < 10; i++) {
      const dict = PyDict_New()
      PyDict_SetItem(dict, PyUnicode_FromString('x'), Py_None)
      Py_DECREF(dict)
    }
    expect(_PyRuntime.process.obmalloc.allocatedBlocks - before).toBeLessThanOrEqual(2)
  })
})

describe('set', () => {
  const { nb_inplace_subtract, nb_inplace_and, nb_inplace_xor } = setSlots()
  const order = (set: PyObject): number[] => {
    const out: number[] = []
    for (let pos = _PySet_NextEntry(set, 0); pos > 0; pos = _PySet_NextEntry(set, pos)) out.push(SET_ENTRY.key.v as number)
    return out
  }
  const apply = (set: PyObject, [op, x]: SetOp): void => {
    const values = Array.isArray(x) ? x : [x]
    if (op === 'pop') {
      if (PySet_GET_SIZE(set) > 0) Py_DECREF(PySet_Pop(set)!)
    } else if (op === 'add') PySet_Add(set, int(values[0]!))
    else if (op === 'discard') PySet_Discard(set, int(values[0]!))
    else if (op === 'update') _PySet_Update(set, listOf(values))
    else {
      const slot = op === 'minus' ? nb_inplace_subtract! : op === 'and' ? nb_inplace_and! : nb_inplace_xor!
      Py_DECREF(slot(set, PySet_New(listOf(values))!)!)
    }
  }

  it('keeps CPython\'s order and sizes', () => {
    for (const [ops, states] of goldens.sets) {
      const set = PySet_New(null)!
      ops.forEach((op, i) => {
        apply(set, op)
        const so = set.v as SetData
        expect([so.block === 0 ? 0 : (so.mask + 1) * 16, order(set)]).toEqual(states[i])
      })
    }
  })
})
