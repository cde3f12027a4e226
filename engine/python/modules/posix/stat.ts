// stat, lstat, fstat, scandir and what else looks at files. Mirrors the first half of Modules/posixmodule.c.
import { PyBool_FromLong, Py_False } from '../../objects/boolobject'
import { errnoOf } from '../../objects/errno'
import { raiseErrno } from '../../objects/errors'
import { PyFloat_FromDouble } from '../../objects/floatobject'
import { PyList_Append, PyList_New } from '../../objects/listobject'
import { PyNumber_Add, PyNumber_Multiply } from '../../objects/abstract'
import { PyLong_FromLong, PyLong_FromLongLong, PyLong_FromSsize_t, PyLong_FromUnsignedLong } from '../../objects/longobject'
import {
  METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_NOARGS, METH_O, Py_DECREF, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_XDECREF,
  type PyMethodDef, type PyObject, type PyTypeObject,
} from '../../objects/object'
import { PyObject_SelfIter } from '../../objects/object-protocol'
import { PyMem_Free, PyMem_Malloc, PyObject_New } from '../../objects/objimpl'
import { utf8Length } from '../../objects/unicode-utf8'
import { TAG_SCRATCH } from '../../../memory/events'
import { _PyRuntime } from '../../objects/runtime'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { structSequence, type StructSequence } from '../../objects/structseq'
import { PyType_FromModuleAndSpec } from '../../objects/typeobject'
import { PyUnicode_FromFormat } from '../../objects/unicode-fromformat'
import { Py_GenericAlias } from '../../objects/genericaliasobject'
import { S_IFDIR, errnoOfError, fdPath, fdStat, pathStat, type StatResult } from '../file-descriptors'
import { fileSystem } from '../file-system'
import { boolOf, descriptor, failed, fn, keepingBytes, noDirFd, pathOf, pathResult, type PathArgument } from './arguments'

const FIELDS = [
  'st_mode', 'st_ino', 'st_dev', 'st_nlink', 'st_uid', 'st_gid', 'st_size', '?atime', '?mtime', '?ctime',
  'st_atime', 'st_mtime', 'st_ctime', 'st_atime_ns', 'st_mtime_ns', 'st_ctime_ns', 'st_blksize', 'st_blocks', 'st_rdev',
]

export const statResult = (): StructSequence => structSequence('os.stat_result', FIELDS, 10)
export const statvfsResult = (): StructSequence => structSequence('os.statvfs_result', [
  'f_bsize', 'f_frsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree', 'f_favail', 'f_flag', 'f_namemax', 'f_fsid',
], 10)

interface Seconds {
  whole: PyObject
  float: PyObject
  ns: PyObject
}

let billionOwner: unknown = null
let billion: PyObject

/** The three forms of one time. Mirrors fill_time. */
function timeOf(ns: bigint): Seconds {
  if (billionOwner !== _PyRuntime.process) {
    billionOwner = _PyRuntime.process
    billion = PyLong_FromLong(1_000_000_000)
  }
  const fraction = Number(ns % 1_000_000_000n)
  const whole = PyLong_FromLongLong(Number(ns / 1_000_000_000n))
  const fractional = PyLong_FromUnsignedLong(fraction)
  const inNs = PyNumber_Multiply(whole, billion)!
  const total = PyNumber_Add(inNs, fractional)!
  const float = PyFloat_FromDouble(Number(ns / 1_000_000_000n) + 1e-9 * fraction)
  Py_DECREF(fractional)
  Py_DECREF(inNs)
  return { whole, float, ns: total }
}

/** NEW os.stat_result. Mirrors _pystat_fromstructstat. */
function fromStat(s: StatResult): PyObject {
  return statResult().fill(set => {
    const numbers = [PyLong_FromLong(s.mode), PyLong_FromSsize_t(s.inode), PyLong_FromLong(s.device), PyLong_FromLong(s.links),
      PyLong_FromLong(s.uid), PyLong_FromLong(s.gid), PyLong_FromLongLong(s.size)]
    numbers.forEach((n, i) => set(i, n))
    for (let k = 0; k < 3; k++) {
      const t = timeOf(s.mtime)
      set(7 + k, t.whole)
      set(10 + k, t.float)
      set(13 + k, t.ns)
    }
    set(16, PyLong_FromLong(4096))
    set(17, PyLong_FromLong(s.blocks))
    set(18, PyLong_FromLong(0))
  })
}

function statOf(path: PathArgument): StatResult | number {
  return path.fd >= 0 ? fdStat(path.fd) : pathStat(path.text)
}

function stat(name: 'stat' | 'lstat', o: PyObject): PyObject | null {
  const path = pathOf(name, 'path', o, name === 'stat')
  if (path === null) return null
  const s = statOf(path)
  return typeof s === 'number' ? failed(s, path) : fromStat(s)
}

/** NEW list of the names in a folder; null with OSError set. */
function listdir(path: PathArgument | null): PyObject | null {
  let names: string[]
  try {
    names = folderNames(path)
  } catch (e) {
    return raiseErrno(errnoOfError(e), path === null ? null : path.object)
  }
  const list = PyList_New(0)
  for (const n of names) {
    const o = pathResult(n, path?.isBytes ?? false)
    if (o === null || PyList_Append(list, o) < 0) return Py_DECREF(list), null
    Py_DECREF(o)
  }
  return list
}

/** Sorted, so that every run sees the same order. */
function folderNames(path: PathArgument | null): string[] {
  const fs = fileSystem()
  const text = path === null ? '.' : path.fd >= 0 ? fdPath(path.fd) ?? '' : path.text
  return fs.list(text === '' ? '\0' : fs.resolve(text)).sort()
}

// ---- scandir -----------------------------------------------------------------------------------------------------------

interface Entry {
  name: PyObject
  path: PyObject
  text: string
  stat: PyObject | null
}

interface Scan {
  folder: string
  isBytes: boolean
  fd: number
  names: string[] | null
  /** The converted path. */
  bytes: PyObject | null
}

let owner: unknown = null
let entryType: PyTypeObject
let iteratorType: PyTypeObject

const heapFree = (o: PyObject): void => {
  const type = o.ob_type
  type.tp_free!(o)
  Py_DECREF(type)
}

const entry = (o: PyObject): Entry => o.v as Entry

function entryStat(o: PyObject): PyObject | null {
  const e = entry(o)
  if (e.stat === null) {
    const s = pathStat(e.text)
    if (typeof s === 'number') return raiseErrno(-s, e.path)
    e.stat = fromStat(s)
  }
  e.stat.ob_refcnt++
  return e.stat
}

/** is_dir and is_file: false for what is gone. */
function entryTest(name: string, folder: boolean): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_FASTCALL | METH_KEYWORDS,
    ml_meth: (o: PyObject) => {
      const s = pathStat(entry(o).text)
      if (typeof s === 'number') return s === -errnoOf('ENOENT') ? PyBool_FromLong(0) : raiseErrno(-s, entry(o).path)
      return PyBool_FromLong(((s.mode & 0o170000) === S_IFDIR) === folder ? 1 : 0)
    },
  }
}

const fieldOf = (name: 'name' | 'path') => ({
  name, get: (o: PyObject): PyObject => (entry(o)[name].ob_refcnt++, entry(o)[name]),
})

function makeTypes(): void {
  if (owner === _PyRuntime.process) return
  owner = _PyRuntime.process
  iteratorType = PyType_FromModuleAndSpec(null, {
    name: 'posix.ScandirIterator', tp_basicsize: 104, tp_flags: Py_TPFLAGS_DISALLOW_INSTANTIATION,
    tp_dealloc: o => {
      Py_XDECREF((o.v as Scan).bytes)
      heapFree(o)
    },
    tp_iter: o => PyObject_SelfIter(o),
    tp_iternext: scanNext,
    tp_methods: [
      { ml_name: '__enter__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (o.ob_refcnt++, o) },
      { ml_name: '__exit__', ml_flags: METH_FASTCALL, ml_meth: scanClose },
      { ml_name: 'close', ml_flags: METH_NOARGS, ml_meth: scanClose },
    ],
  }, null) as PyTypeObject
  entryType = PyType_FromModuleAndSpec(null, {
    name: 'posix.DirEntry', tp_basicsize: 72, tp_flags: Py_TPFLAGS_DISALLOW_INSTANTIATION,
    tp_dealloc: o => {
      const e = entry(o)
      for (const part of [e.name, e.path, e.stat]) Py_XDECREF(part ?? null)
      heapFree(o)
    },
    tp_repr: o => PyUnicode_FromFormat('<%s %R>', 'DirEntry', entry(o).name),
    tp_members: [fieldOf('name'), fieldOf('path')],
    tp_methods: [
      entryTest('is_dir', true), entryTest('is_file', false),
      { ml_name: 'is_symlink', ml_flags: METH_NOARGS, ml_meth: () => (Py_False.ob_refcnt++, Py_False) },
      { ml_name: 'stat', ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_meth: entryStat },
      {
        ml_name: 'inode', ml_flags: METH_NOARGS,
        ml_meth: (o: PyObject) => {
          const s = pathStat(entry(o).text)
          return typeof s === 'number' ? raiseErrno(-s, entry(o).path) : PyLong_FromLong(s.inode)
        },
      },
      { ml_name: '__fspath__', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => (entry(o).path.ob_refcnt++, entry(o).path) },
      { ml_name: '__class_getitem__', ml_flags: METH_O | METH_CLASS, ml_meth: (cls: PyObject, item: PyObject) => Py_GenericAlias(cls, item) },
    ],
  }, null) as PyTypeObject
}

function scanClose(o: PyObject): PyObject {
  ;(o.v as Scan).names = null
  return Py_RETURN_NONE()
}

function scanNext(o: PyObject): PyObject | null {
  const scan = o.v as Scan
  const name = scan.names?.shift()
  if (name === undefined) {
    scan.names = null
    return null
  }
  const joined = scan.fd >= 0 ? name : scan.folder.endsWith('/') ? scan.folder + name : `${scan.folder}/${name}`
  // Mirrors DirEntry_from_posix_info.
  const e: Partial<Entry> = { text: scan.fd >= 0 ? `${scan.folder}/${name}` : joined, stat: null }
  const made = PyObject_New(entryType, e)
  const block = PyMem_Malloc(utf8Length(joined) + 1, TAG_SCRATCH)
  const nameObject = pathResult(name, scan.isBytes)
  const path = nameObject === null ? null : pathResult(joined, scan.isBytes)
  PyMem_Free(block)
  if (nameObject !== null) e.name = nameObject
  if (path !== null) e.path = path
  else return Py_DECREF(made), null
  return made
}

function scandir(path: PathArgument | null, bytes: PyObject | null): PyObject | null {
  makeTypes()
  let names: string[]
  try {
    names = folderNames(path)
  } catch (e) {
    Py_XDECREF(bytes)
    return raiseErrno(errnoOfError(e), path === null ? null : path.object)
  }
  const fd = path?.fd ?? -1
  const folder = path === null ? '.' : fd >= 0 ? fdPath(fd) ?? '' : path.text
  const scan: Scan = { folder, isBytes: path?.isBytes ?? false, fd, names, bytes }
  return PyObject_New(iteratorType, scan)
}

const optionalPath = (name: string, o: PyObject | null | undefined): PathArgument | null | undefined =>
  !o || o === Py_None ? null : pathOf(name, 'path', o, true, true) ?? undefined

// ---- functions -------------------------------------------------------------------------------------------------------------

export function direntType(): PyTypeObject {
  makeTypes()
  return entryType
}

export const statMethods: PyMethodDef[] = [
  fn('stat', ['path', 'dir_fd', 'follow_symlinks'], 1, 1, ([path, dirFd, follow]) => {
    if (!noDirFd('stat', dirFd) || boolOf(follow, true) === null) return null
    return stat('stat', path!)
  }, '($module, /, path, *, dir_fd=None, follow_symlinks=True)'),
  fn('lstat', ['path', 'dir_fd'], 1, 1, ([path, dirFd]) => noDirFd('lstat', dirFd) ? stat('lstat', path!) : null,
    '($module, /, path, *, dir_fd=None)'),
  fn('fstat', ['fd'], 1, 1, ([o]) => {
    const fd = descriptor(o!)
    if (fd === null) return null
    const s = fdStat(fd)
    return typeof s === 'number' ? failed(s) : fromStat(s)
  }, '($module, /, fd)'),
  fn('access', ['path', 'mode', 'dir_fd', 'effective_ids', 'follow_symlinks'], 2, 2, ([o]) => {
    const path = pathOf('access', 'path', o!)
    return path === null ? null : PyBool_FromLong(typeof pathStat(path.text) === 'number' ? 0 : 1)
  }),
  fn('listdir', ['path'], 0, 1, ([o]) => {
    const path = optionalPath('listdir', o)
    return path === undefined ? null : listdir(path)
  }, '($module, /, path=None)'),
  fn('scandir', ['path'], 0, 1, ([o]) => {
    if (!o || o === Py_None) return scandir(null, null)
    const given = keepingBytes(() => pathOf('scandir', 'path', o, true, true))
    return given === null ? null : scandir(given.path, given.bytes)
  }, '($module, /, path=None)'),
  fn('readlink', ['path', 'dir_fd'], 1, 1, ([o]) => {
    const path = pathOf('readlink', 'path', o!)
    if (path === null) return null
    const s = pathStat(path.text)
    return failed(typeof s === 'number' ? s : -errnoOf('EINVAL'), path)
  }),
  ...['statvfs', 'fstatvfs'].map(name => fn(name, [name === 'statvfs' ? 'path' : 'fd'], 1, 1, ([o]) => {
    const path = pathOf(name, 'path', o!, true)
    if (path === null) return null
    const s = statOf(path)
    if (typeof s === 'number') return failed(s, path)
    return statvfsResult().make([4096, 4096, 2 ** 20, 2 ** 19, 2 ** 19, 2 ** 20, 2 ** 19, 2 ** 19, 4096, 255, 1].map(PyLong_FromLong))
  })),
]
