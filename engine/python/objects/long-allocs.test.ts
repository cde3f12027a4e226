// Every block that int arithmetic takes and gives back, in order, against a record of CPython 3.11.7's pymalloc calls:
// goldens/long-allocs.json holds [operation, operands in hexadecimal, calls as +size and -size].
import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { long_abs, long_add, long_div, long_mod, long_mul, long_neg, long_sub } from './long-arith'
import { long_and, long_invert, long_lshift, long_or, long_rshift, long_xor } from './long-bits'
import { longSlots } from './long-methods'
import { long_pow, long_true_divide } from './long-power'
import { PyLong_FromBigInt, PyLong_FromSsize_t, _PyLong_Format, _PyLong_NumBits, long_repr } from './longobject'
import { Py_DECREF, type PyObject } from './object'
import { _PyRuntime } from './runtime'
import { Py_None } from './singletons'
import { startRuntime } from './testing'
import { PyErr_Clear } from './errors'

type Case = [string, string, string | null, string | null, string]
const cases = JSON.parse(readFileSync(new URL('./goldens/long-allocs.json', import.meta.url), 'utf8')) as Case[]

beforeAll(startRuntime)

const fromHex = (text: string): bigint => text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)

function operation(name: string, a: PyObject, b: PyObject, c: PyObject): PyObject | null {
  switch (name) {
    case '+': return long_add(a, b)
    case '-': return long_sub(a, b)
    case '*': return long_mul(a, b)
    case 'sq': return long_mul(a, a)
    case '//': return long_div(a, b)
    case '%': return long_mod(a, b)
    case '/': return long_true_divide(a, b)
    case '&': return long_and(a, b)
    case '|': return long_or(a, b)
    case '^': return long_xor(a, b)
    case '<<': return long_lshift(a, b)
    case '>>': return long_rshift(a, b)
    case '**': return long_pow(a, b, Py_None)
    case 'pow': return long_pow(a, b, c)
    case 'divmod': return longSlots().nb_divmod!(a, b)
    case 'neg': return long_neg(a)
    case 'abs': return long_abs(a)
    case '~': return long_invert(a)
    case 'str': return long_repr(a)
    case 'hex': return _PyLong_Format(a, 16)
    case 'bin': return _PyLong_Format(a, 2)
    case 'bit_length': return PyLong_FromSsize_t(_PyLong_NumBits(a))
  }
  throw new Error(name)
}

/** The pymalloc calls made while `action` runs. */
function calls(action: () => void): string {
  const memory = _PyRuntime.process.obmalloc
  const sizes = new Map<number, number>()
  const out: string[] = []
  const { malloc, free } = memory
  memory.malloc = (bytes: number, domain: number, tag: number) => {
    const block = malloc.call(memory, bytes, domain, tag)
    sizes.set(block, bytes)
    out.push(`+${bytes}`)
    return block
  }
  memory.free = (block: number, domain: number) => {
    out.push(`-${sizes.get(block) ?? 'x'}`)
    free.call(memory, block, domain)
  }
  action()
  memory.malloc = malloc
  memory.free = free
  return out.join(' ')
}

it('takes the same blocks', () => {
  const wrong: string[] = []
  for (const [name, x, y, z, expected] of cases) {
    const [a, b, c] = [x, y, z].map(v => v === null ? Py_None : PyLong_FromBigInt(fromHex(v))!) as [PyObject, PyObject, PyObject]
    const seen = calls(() => {
      const result = operation(name, a, b, c)
      if (result === null) PyErr_Clear()
      else Py_DECREF(result)
    })
    if (seen !== expected) wrong.push(`${x.slice(0, 40)} ${name} ${y?.slice(0, 40)} ${z ?? ''}: ${seen.slice(0, 300)} instead of ${expected.slice(0, 300)}`)
  }
  expect(wrong).toEqual([])
})
