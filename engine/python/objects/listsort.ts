// list.sort: an adaptive, stable merge sort ("timsort") with CPython 3.11's merge policy ("powersort"). Mirrors the sort of
// Objects/listobject.c; Objects/listsort.txt explains it.
//
// The list is cut into ascending runs (natural ones, or short ones extended by insertion to `minrun`), which are merged by
// the order that powers of their midpoints give. Comparisons happen in CPython's very order, since a program's `__lt__`
// sees them. A merge first skips what is in place, then compares item by item, and gallops (doubling steps) while one run
// keeps winning. The list is empty while it is being sorted.
import { Py_LT, type PyObject, type PyTypeObject } from './object'
import { TAG_SCRATCH } from '../../memory/events'
import { PyObject_CallOneArg } from './call'
import { PyErr_BadInternalCall, PyErr_SetString } from './errors'
import { PyExc_ValueError } from './exceptions'
import { PyFloat_Type } from './floatobject'
import { PyList_Check, moveItems, type ListData } from './listobject'
import { PyLong_Type } from './longobject'
import { PyMem_Free, PyMem_Malloc } from './objimpl'
import { PyObject_RichCompareBool } from './object-protocol'
import type { UnicodeData } from './unicode-data'
import { PyUnicode_Type } from './unicodeobject'

/** Wins in a row before galloping starts; adapted while sorting. */
const MIN_GALLOP = 7
/** Items that CPython's merge state holds on the stack. */
const MERGESTATE_TEMP_SIZE = 256
const MAX_MINRUN = 64

/** What all keys are, which decides how two are compared; the outcome is the same. */
const COMPARE_ANY = 0
const COMPARE_INT = 1
const COMPARE_FLOAT = 2
const COMPARE_STR = 3

interface Run {
  base: number
  len: number
  power: number
}

function homogeneous(keys: readonly PyObject[]): number {
  const type: PyTypeObject = keys[0]!.ob_type
  let mode = COMPARE_ANY
  if (type === PyLong_Type) mode = COMPARE_INT
  else if (type === PyFloat_Type) mode = COMPARE_FLOAT
  else if (type === PyUnicode_Type) mode = COMPARE_STR
  if (mode === COMPARE_ANY) return mode
  for (let i = 1; i < keys.length; i++) if (keys[i]!.ob_type !== type) return COMPARE_ANY
  // UTF-16 order is code point order only without astral characters.
  if (mode === COMPARE_STR) for (const key of keys) if ((key.v as UnicodeData).kind === 4) return COMPARE_ANY
  return mode
}

class MergeState {
  keys: PyObject[]
  /** Moved along with the keys when there is a key function. */
  values: PyObject[] | null
  private readonly mode: number
  private minGallop = MIN_GALLOP
  private readonly pending: Run[] = []
  private tempKeys: PyObject[] = []
  private tempValues: PyObject[] = []
  /** Items that the simulated temporary array holds, and its block (0: on the stack). */
  private alloced: number
  private block = 0

  constructor(keys: PyObject[], values: PyObject[] | null) {
    this.keys = keys
    this.values = values
    this.mode = keys.length > 1 ? homogeneous(keys) : COMPARE_ANY
    this.alloced = values === null ? MERGESTATE_TEMP_SIZE : Math.min((keys.length + 1) >> 1, MERGESTATE_TEMP_SIZE / 2)
  }

  freeMemory(): void {
    if (this.block !== 0) PyMem_Free(this.block)
    this.block = 0
  }

  private getMemory(need: number): boolean {
    if (need <= this.alloced) return true
    this.freeMemory()
    this.block = PyMem_Malloc((this.values === null ? 1 : 2) * need * 8, TAG_SCRATCH)
    if (this.block === 0) return false
    this.alloced = need
    return true
  }

  /** 1 if a < b, 0 if not, -1 with an exception set. */
  private isLess(a: PyObject, b: PyObject): number {
    switch (this.mode) {
      case COMPARE_INT:
      case COMPARE_FLOAT: return a.v < b.v ? 1 : 0
      case COMPARE_STR: return (a.v as UnicodeData).str < (b.v as UnicodeData).str ? 1 : 0
      default: return PyObject_RichCompareBool(a, b, Py_LT)
    }
  }

  /** False with an exception set. */
  sort(): boolean {
    const n = this.keys.length
    let r = 0
    let minrun = n
    while (minrun >= MAX_MINRUN) {
      r |= minrun & 1
      minrun >>= 1
    }
    minrun += r
    for (let lo = 0; lo < n;) {
      let run = this.countRun(lo, n)
      if (run < 0) return false
      if (run < minrun) {
        const force = Math.min(n - lo, minrun)
        if (!this.binarySort(lo, lo + force, lo + run)) return false
        run = force
      }
      if (!this.foundNewRun(run)) return false
      this.pending.push({ base: lo, len: run, power: 0 })
      lo += run
    }
    return this.mergeForceCollapse()
  }

  /** Length of the run that starts at lo; a strictly descending one is reversed. -1 with an exception set. */
  private countRun(lo: number, hi: number): number {
    const keys = this.keys
    let at = lo + 1
    if (at === hi) return 1
    const descending = this.isLess(keys[at]!, keys[at - 1]!)
    if (descending < 0) return -1
    for (at++; at < hi; at++) {
      const less = this.isLess(keys[at]!, keys[at - 1]!)
      if (less < 0) return -1
      if (less !== descending) break
    }
    if (descending === 1) {
      reverseSlice(keys, lo, at)
      if (this.values !== null) reverseSlice(this.values, lo, at)
    }
    return at - lo
  }

  /** Extends the sorted run [lo, start) to hi by binary insertion. */
  private binarySort(lo: number, hi: number, start: number): boolean {
    const keys = this.keys
    if (lo === start) start++
    for (; start < hi; start++) {
      let l = lo
      let r = start
      const pivot = keys[start]!
      do {
        const p = l + ((r - l) >> 1)
        const less = this.isLess(pivot, keys[p]!)
        if (less < 0) return false
        if (less === 1) r = p
        else l = p + 1
      } while (l < r)
      for (let p = start; p > l; p--) keys[p] = keys[p - 1]!
      keys[l] = pivot
      if (this.values === null) continue
      const value = this.values[start]!
      for (let p = start; p > l; p--) this.values[p] = this.values[p - 1]!
      this.values[l] = value
    }
    return true
  }

  /** Merges runs that must come before a new one of n2 items, and gives the last its power. */
  private foundNewRun(n2: number): boolean {
    const { pending } = this
    const last = pending[pending.length - 1]
    if (last === undefined) return true
    const power = powerOf(last.base, last.len, n2, this.keys.length)
    while (pending.length > 1 && pending[pending.length - 2]!.power > power) {
      if (!this.mergeAt(pending.length - 2)) return false
    }
    pending[pending.length - 1]!.power = power
    return true
  }

  private mergeForceCollapse(): boolean {
    const { pending } = this
    while (pending.length > 1) {
      let n = pending.length - 2
      if (n > 0 && pending[n - 1]!.len < pending[n + 1]!.len) n--
      if (!this.mergeAt(n)) return false
    }
    return true
  }

  /** Merges runs i and i + 1. */
  private mergeAt(i: number): boolean {
    const { pending, keys } = this
    const left = pending[i]!
    const right = pending[i + 1]!
    let a = left.base
    let na = left.len
    const b = right.base
    left.len += right.len
    pending.splice(i + 1, 1)
    const skip = this.gallopRight(keys[b]!, keys, a, na, 0)
    if (skip < 0) return false
    a += skip
    na -= skip
    if (na === 0) return true
    const nb = this.gallopLeft(keys[a + na - 1]!, keys, b, right.len, right.len - 1)
    if (nb <= 0) return nb === 0
    return na <= nb ? this.mergeLow(a, na, b, nb) : this.mergeHigh(a, na, b, nb)
  }

  /** Where key belongs in the sorted a[base .. base + n), before its equals; starts looking at `hint`. -1 with an exception set. */
  private gallopLeft(key: PyObject, a: PyObject[], base: number, n: number, hint: number): number {
    let lastofs = 0
    let ofs = 1
    let less = this.isLess(a[base + hint]!, key)
    if (less < 0) return -1
    if (less === 1) {
      const maxofs = n - hint
      while (ofs < maxofs) {
        less = this.isLess(a[base + hint + ofs]!, key)
        if (less < 0) return -1
        if (less === 0) break
        lastofs = ofs
        ofs = ofs * 2 + 1
      }
      if (ofs > maxofs) ofs = maxofs
      lastofs += hint
      ofs += hint
    } else {
      const maxofs = hint + 1
      while (ofs < maxofs) {
        less = this.isLess(a[base + hint - ofs]!, key)
        if (less < 0) return -1
        if (less === 1) break
        lastofs = ofs
        ofs = ofs * 2 + 1
      }
      if (ofs > maxofs) ofs = maxofs
      const k = lastofs
      lastofs = hint - ofs
      ofs = hint - k
    }
    lastofs++
    while (lastofs < ofs) {
      const m = lastofs + ((ofs - lastofs) >> 1)
      less = this.isLess(a[base + m]!, key)
      if (less < 0) return -1
      if (less === 1) lastofs = m + 1
      else ofs = m
    }
    return ofs
  }

  /** The same, behind its equals. */
  private gallopRight(key: PyObject, a: PyObject[], base: number, n: number, hint: number): number {
    let lastofs = 0
    let ofs = 1
    let less = this.isLess(key, a[base + hint]!)
    if (less < 0) return -1
    if (less === 1) {
      const maxofs = hint + 1
      while (ofs < maxofs) {
        less = this.isLess(key, a[base + hint - ofs]!)
        if (less < 0) return -1
        if (less === 0) break
        lastofs = ofs
        ofs = ofs * 2 + 1
      }
      if (ofs > maxofs) ofs = maxofs
      const k = lastofs
      lastofs = hint - ofs
      ofs = hint - k
    } else {
      const maxofs = n - hint
      while (ofs < maxofs) {
        less = this.isLess(key, a[base + hint + ofs]!)
        if (less < 0) return -1
        if (less === 1) break
        lastofs = ofs
        ofs = ofs * 2 + 1
      }
      if (ofs > maxofs) ofs = maxofs
      lastofs += hint
      ofs += hint
    }
    lastofs++
    while (lastofs < ofs) {
      const m = lastofs + ((ofs - lastofs) >> 1)
      less = this.isLess(key, a[base + m]!)
      if (less < 0) return -1
      if (less === 1) ofs = m
      else lastofs = m + 1
    }
    return ofs
  }

  /** Moves n items inside the list (an overlap is safe). */
  private moveInside(to: number, from: number, n: number): void {
    moveItems(this.keys, to, from, n)
    if (this.values !== null) moveItems(this.values, to, from, n)
  }

  private toTemp(from: number, n: number): void {
    for (let i = 0; i < n; i++) this.tempKeys[i] = this.keys[from + i]!
    if (this.values !== null) for (let i = 0; i < n; i++) this.tempValues[i] = this.values[from + i]!
  }

  private fromTemp(to: number, from: number, n: number): void {
    for (let i = 0; i < n; i++) this.keys[to + i] = this.tempKeys[from + i]!
    if (this.values !== null) for (let i = 0; i < n; i++) this.values[to + i] = this.tempValues[from + i]!
  }

  private copyInside(to: number, from: number): void {
    this.keys[to] = this.keys[from]!
    if (this.values !== null) this.values[to] = this.values[from]!
  }

  private copyTemp(to: number, from: number): void {
    this.keys[to] = this.tempKeys[from]!
    if (this.values !== null) this.values[to] = this.tempValues[from]!
  }

  /** Merges two adjacent runs left to right, the left one (na <= nb) from a temporary copy. */
  private mergeLow(start: number, na: number, b: number, nb: number): boolean {
    if (!this.getMemory(na)) return false
    const keys = this.keys
    const temp = this.tempKeys
    this.toTemp(start, na)
    let dest = start
    let a = 0
    let ok = true
    let gallop = this.minGallop
    this.copyInside(dest++, b++)
    nb--
    merge: while (nb > 0 && na > 1) {
      let acount = 0
      let bcount = 0
      // One item at a time until one run wins often enough.
      for (;;) {
        const less = this.isLess(keys[b]!, temp[a]!)
        if (less < 0) {
          ok = false
          break merge
        }
        if (less === 1) {
          this.copyInside(dest++, b++)
          bcount++
          acount = 0
          if (--nb === 0) break merge
          if (bcount >= gallop) break
        } else {
          this.copyTemp(dest++, a++)
          acount++
          bcount = 0
          if (--na === 1) break merge
          if (acount >= gallop) break
        }
      }
      gallop++
      do {
        if (gallop > 1) gallop--
        this.minGallop = gallop
        let k = this.gallopRight(keys[b]!, temp, a, na, 0)
        acount = k
        if (k !== 0) {
          if (k < 0) {
            ok = false
            break merge
          }
          this.fromTemp(dest, a, k)
          dest += k
          a += k
          na -= k
          // 0 only if the comparison is inconsistent.
          if (na <= 1) break merge
        }
        this.copyInside(dest++, b++)
        if (--nb === 0) break merge
        k = this.gallopLeft(temp[a]!, keys, b, nb, 0)
        bcount = k
        if (k !== 0) {
          if (k < 0) {
            ok = false
            break merge
          }
          this.moveInside(dest, b, k)
          dest += k
          b += k
          nb -= k
          if (nb === 0) break merge
        }
        this.copyTemp(dest++, a++)
        if (--na === 1) break merge
      } while (acount >= MIN_GALLOP || bcount >= MIN_GALLOP)
      gallop++
      this.minGallop = gallop
    }
    if (ok && na === 1 && nb > 0) {
      // The last item of the left run comes behind all of the right.
      this.moveInside(dest, b, nb)
      this.copyTemp(dest + nb, a)
    } else if (na > 0) {
      this.fromTemp(dest, a, na)
    }
    return ok
  }

  /** Merges two adjacent runs right to left, the right one (nb < na) from a temporary copy. */
  private mergeHigh(basea: number, na: number, b: number, nb: number): boolean {
    if (!this.getMemory(nb)) return false
    const keys = this.keys
    const temp = this.tempKeys
    this.toTemp(b, nb)
    let dest = b + nb - 1
    let a = basea + na - 1
    let t = nb - 1
    let ok = true
    let gallop = this.minGallop
    this.copyInside(dest--, a--)
    na--
    merge: while (na > 0 && nb > 1) {
      let acount = 0
      let bcount = 0
      for (;;) {
        const less = this.isLess(temp[t]!, keys[a]!)
        if (less < 0) {
          ok = false
          break merge
        }
        if (less === 1) {
          this.copyInside(dest--, a--)
          acount++
          bcount = 0
          if (--na === 0) break merge
          if (acount >= gallop) break
        } else {
          this.copyTemp(dest--, t--)
          bcount++
          acount = 0
          if (--nb === 1) break merge
          if (bcount >= gallop) break
        }
      }
      gallop++
      do {
        if (gallop > 1) gallop--
        this.minGallop = gallop
        let k = this.gallopRight(temp[t]!, keys, basea, na, na - 1)
        if (k < 0) {
          ok = false
          break merge
        }
        k = na - k
        acount = k
        if (k !== 0) {
          dest -= k
          a -= k
          this.moveInside(dest + 1, a + 1, k)
          na -= k
          if (na === 0) break merge
        }
        this.copyTemp(dest--, t--)
        if (--nb === 1) break merge
        k = this.gallopLeft(keys[a]!, temp, 0, nb, nb - 1)
        if (k < 0) {
          ok = false
          break merge
        }
        k = nb - k
        bcount = k
        if (k !== 0) {
          dest -= k
          t -= k
          this.fromTemp(dest + 1, t + 1, k)
          nb -= k
          if (nb <= 1) break merge
        }
        this.copyInside(dest--, a--)
        if (--na === 0) break merge
      } while (acount >= MIN_GALLOP || bcount >= MIN_GALLOP)
      gallop++
      this.minGallop = gallop
    }
    if (ok && nb === 1 && na > 0) {
      // The first item of the right run comes before all of the left.
      this.moveInside(dest + 1 - na, a + 1 - na, na)
      this.copyTemp(dest - na, t)
    } else if (nb > 0) {
      this.fromTemp(dest - (nb - 1), 0, nb)
    }
    return ok
  }
}

/**
 * Depth, in the binary tree over [0, n), at which the midpoints of two adjacent runs part: the first binary digit in
 * which the midpoints, divided by n, differ. Mirrors powerloop.
 */
function powerOf(s1: number, n1: number, n2: number, n: number): number {
  let result = 0
  let a = 2 * s1 + n1
  let b = a + n1 + n2
  for (;;) {
    result++
    if (a >= n) {
      a -= n
      b -= n
    } else if (b >= n) {
      return result
    }
    a *= 2
    b *= 2
  }
}

export function reverseSlice(items: PyObject[], lo: number, hi: number): void {
  for (hi--; lo < hi; lo++, hi--) {
    const t = items[lo]!
    items[lo] = items[hi]!
    items[hi] = t
  }
}

/** Sorts the list in place: 0, or -1 with an exception set. Mirrors list_sort_impl. */
export function list_sort_impl(o: PyObject, keyfunc: PyObject | null, reverse: boolean): number {
  const self = o.v as ListData
  const items = self.ob_item
  const size = items.length
  const { block, allocated } = self
  self.ob_item = []
  self.block = 0
  // Any operation on the list sets it to >= 0.
  self.allocated = -1
  let status = -1
  let keys: PyObject[] | null = null
  let keysBlock = 0
  if (keyfunc !== null) {
    keys = makeKeys(items, keyfunc, size >= MERGESTATE_TEMP_SIZE / 2, b => { keysBlock = b })
  }
  if (keyfunc === null || keys !== null) {
    status = 0
    const merge = new MergeState(keys ?? items, keys === null ? null : items)
    if (size > 1) {
      if (reverse) {
        if (keys !== null) reverseSlice(keys, 0, size)
        reverseSlice(items, 0, size)
      }
      if (!merge.sort()) status = -1
    }
    if (keys !== null) {
      for (const key of keys) if (--key.ob_refcnt === 0) key.ob_type.tp_dealloc(key)
      if (keysBlock !== 0) PyMem_Free(keysBlock)
    }
    if ((self.allocated as number) !== -1 && status === 0) {
      PyErr_SetString(PyExc_ValueError, 'list modified during sort')
      status = -1
    }
    if (reverse && size > 1) reverseSlice(items, 0, size)
    merge.freeMemory()
  }
  const added = self.ob_item
  const addedBlock = self.block
  self.ob_item = items
  self.block = block
  self.allocated = allocated
  if (addedBlock !== 0) {
    for (let i = added.length - 1; i >= 0; i--) {
      const item = added[i]!
      if (--item.ob_refcnt === 0) item.ob_type.tp_dealloc(item)
    }
    PyMem_Free(addedBlock)
  }
  return status
}

/** keyfunc(item) of each item; null with an exception set. Many keys live in a block of their own. */
function makeKeys(
  items: readonly PyObject[], keyfunc: PyObject, onHeap: boolean, setBlock: (block: number) => void,
): PyObject[] | null {
  const block = onHeap ? PyMem_Malloc(items.length * 8, TAG_SCRATCH) : 0
  if (onHeap && block === 0) return null
  const keys: PyObject[] = []
  for (let i = 0; i < items.length; i++) {
    const key = PyObject_CallOneArg(keyfunc, items[i]!)
    if (key === null) {
      for (let k = keys.length - 1; k >= 0; k--) {
        const made = keys[k]!
        if (--made.ob_refcnt === 0) made.ob_type.tp_dealloc(made)
      }
      if (block !== 0) PyMem_Free(block)
      return null
    }
    keys.push(key)
  }
  setBlock(block)
  return keys
}

/** Sorts a list by its items: 0, or -1 with an exception set. */
export function PyList_Sort(o: PyObject): number {
  if (!PyList_Check(o)) return PyErr_BadInternalCall(), -1
  return list_sort_impl(o, null, false)
}
