// The scratch int that CPython makes while it converts an int to decimal: long_to_decimal_string_internal,
// Objects/longobject.c. It shows in allocation figures.
import { PyLong_Type, digitCount } from './longobject'
import { PyObject_FreeBlock, PyObject_Malloc, eventTypeId } from './objimpl'

/** Words of the scratch int a word of 30 bits needs beyond itself: (33 * 9) / (10 * 30 - 33 * 9). */
const DIGITS_PER_EXTRA_WORD = 99

/** Runs `write` while the scratch block for converting `value` to decimal is there. */
export function withLongScratch<R>(value: number | bigint, decimal: boolean, write: () => R): R {
  if (!decimal) return write()
  const digits = value === 0 ? 0 : digitCount(value)
  const words = 1 + digits + Math.floor(digits / DIGITS_PER_EXTRA_WORD)
  const block = PyObject_Malloc(24 + 4 * words, eventTypeId(PyLong_Type))
  const result = write()
  PyObject_FreeBlock(block)
  return result
}
