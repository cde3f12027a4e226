// Descriptors and changes of the file system: open, read, write, mkdir, rename … Mirrors Modules/posixmodule.c.
import { PyObject_GetIter, PyIter_Next } from '../../objects/abstract'
import { PyBool_FromLong } from '../../objects/boolobject'
import { errnoOf } from '../../objects/errno'
import { PyErr_Occurred, PyErr_SetString, PyErr_SetFromErrnoWithFilenameObjects } from '../../objects/errors'
import { PyExc_OSError, PyExc_TypeError, PyExc_ValueError } from '../../objects/exceptions'
import { PyFloat_AsDouble } from '../../objects/floatobject'
import { PyLong_AsBigInt, PyLong_AsSsize_t, PyLong_Check, PyLong_FromLong, PyLong_FromSsize_t } from '../../objects/longobject'
import { PyBuffer_Release, PyObject_GetBufferBytes, PyObject_GetWritableBytes } from '../../objects/memoryobject'
import { METH_FASTCALL, Py_DECREF, type PyMethodDef, type PyObject } from '../../objects/object'
import { Py_None, Py_RETURN_NONE } from '../../objects/singletons'
import { PyTuple_Check, _PyTuple_FromArraySteal } from '../../objects/tupleobject'
import {
  errnoOfError, fdClose, fdDup, fdDup2, fdGetBlocking, fdIsOpen, fdIsatty, fdOpen, fdPath, fdPipe, fdRead, fdSeek, fdSetBlocking, fdTruncate,
  fdWrite, nodeRemoved, nodeRenamed, pathStat, setModificationTime,
} from '../file-descriptors'
import { fileSystem } from '../file-system'
import { attempt, descriptor, failed, fn, intOf, noDirFd, pathOf, pathResult, withPaths, type PathArgument } from './arguments'
import { newBytesBuffer, finishBytes } from '../_io/common'
import { _PyArg_CheckPositional } from '../../objects/getargs'
import { now } from '../clock'

/** A function of one descriptor whose result is None. */
function onFd(name: string, run: (fd: number) => number, param = 'fd'): PyMethodDef {
  return fn(name, [param], 1, 1, ([o]) => {
    const fd = descriptor(o!)
    if (fd === null) return null
    const result = run(fd)
    return result < 0 ? failed(result) : Py_RETURN_NONE()
  })
}

const isOpen = (fd: number): number => fdIsOpen(fd) ? 0 : -errnoOf('EBADF')

/** Positional arguments only, as METH_FASTCALL functions without keywords. */
function positional(name: string, min: number, max: number, run: (args: PyObject[], nargs: number) => PyObject | null): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_FASTCALL,
    ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => 
      _PyArg_CheckPositional(name, nargs, min, max) ? withPaths(() => run(args, nargs)) : null,
  }
}

function read(args: PyObject[]): PyObject | null {
  const fd = descriptor(args[0]!)
  if (fd === null) return null
  const size = PyLong_AsSsize_t(args[1]!)
  if (size === -1 && PyErr_Occurred() !== null) return null
  if (size < 0) return failed(-errnoOf('EINVAL'))
  const buffer = newBytesBuffer(size)
  if (buffer === null) return null
  const bytes = fdRead(fd, size)
  if (typeof bytes === 'number') return Py_DECREF(buffer), failed(bytes)
  return finishBytes(buffer, bytes)
}

function write(args: PyObject[]): PyObject | null {
  const fd = descriptor(args[0]!)
  const view = fd === null ? null : PyObject_GetBufferBytes(args[1]!)
  if (fd === null || view === null) return null
  const n = fdWrite(fd, view.bytes)
  PyBuffer_Release(view)
  return n < 0 ? failed(n) : PyLong_FromSsize_t(n)
}

/** pread and pwrite: at an offset, without moving the position. */
function at<R>(fd: number, offset: number, run: () => R): R {
  const here = fdSeek(fd, 0, 1)
  fdSeek(fd, offset, 0)
  const result = run()
  if (here >= 0) fdSeek(fd, here, 0)
  return result
}

function rename(from: PathArgument, to: PathArgument): PyObject | null {
  const fs = fileSystem()
  const source = fs.resolve(from.text)
  const target = fs.resolve(to.text)
  try {
    if (from.text === '' || to.text === '') return failedBoth(errnoOf('ENOENT'), from, to)
    const s = fs.stat(source)
    const t = fs.stat(target)
    if (s !== null && t !== null && source !== target) {
      if (s.isDirectory && !t.isDirectory) return failedBoth(errnoOf('ENOTDIR'), from, to)
      if (!s.isDirectory && t.isDirectory) return failedBoth(errnoOf('EISDIR'), from, to)
    }
    if (source === target && s !== null) return Py_RETURN_NONE()
    if (target.startsWith(`${source}/`)) return failedBoth(errnoOf('EINVAL'), from, to)
    fs.rename(source, target)
    nodeRenamed(source, target)
  } catch (e) {
    return failedBoth(errnoOfError(e), from, to)
  }
  return Py_RETURN_NONE()
}

function failedBoth(errno: number, from: PathArgument, to: PathArgument): null {
  return PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, errno, from.object, to.object)
}

function unlink(name: string) {
  return fn(name, ['path', 'dir_fd'], 1, 1, ([o, dirFd]) => {
    const path = pathOf(name, 'path', o!)
    if (path === null || !noDirFd(name, dirFd)) return null
    return attempt(path, () => {
      const full = fileSystem().resolve(path.text)
      fileSystem().unlink(full)
      nodeRemoved(full)
    })
  }, '($module, /, path, *, dir_fd=None)')
}

/** Seconds or ns of os.utime, as ns; null with an exception set. */
function timeOf(given: PyObject, isNs: boolean): bigint | null {
  if (isNs) {
    if (!PyLong_Check(given)) return PyErr_SetString(PyExc_TypeError, 'utime: \'ns\' must be a tuple of two ints')
    return PyLong_AsBigInt(given)
  }
  const seconds = PyFloat_AsDouble(given)
  return seconds === -1 && PyErr_Occurred() !== null ? null : BigInt(Math.round(seconds * 1e9))
}

function utime(o: PyObject, times: PyObject | null, ns: PyObject | null): PyObject | null {
  const path = pathOf('utime', 'path', o, true)
  if (path === null) return null
  const isNs = ns !== null
  const pair = isNs ? ns : times ?? Py_None
  let mtime = now()
  if (pair !== Py_None) {
    if (!PyTuple_Check(pair) || pair.v.length !== 2) {
      return PyErr_SetString(PyExc_TypeError, isNs ? "utime: 'ns' must be a tuple of two ints"
        : "utime: 'times' must be either a tuple of two ints or None")
    }
    const t = timeOf(pair.v[1]!, isNs)
    if (t === null) return null
    mtime = t
  }
  const text = path.fd >= 0 ? fdPath(path.fd) : fileSystem().resolve(path.text)
  const s = text === null ? -errnoOf('EBADF') : pathStat(text)
  // Without the name: the time may be what is wrong.
  if (typeof s === 'number') return failed(s)
  setModificationTime(text!, mtime)
  return Py_RETURN_NONE()
}

function truncate(o: PyObject, length: PyObject): PyObject | null {
  const size = PyLong_AsSsize_t(length)
  if (size === -1 && PyErr_Occurred() !== null) return null
  const path = pathOf('truncate', 'path', o, true)
  if (path === null) return null
  const fd = path.fd >= 0 ? path.fd : fdOpen(path.text, 1)
  if (fd < 0) return failed(fd, path)
  const result = fdTruncate(fd, size)
  if (path.fd < 0) fdClose(fd)
  return result < 0 ? failed(result, path) : Py_RETURN_NONE()
}

/** Bytes of a sequence of buffers, joined. */
function gather(o: PyObject): Uint8Array | null {
  const it = PyObject_GetIter(o)
  if (it === null) return null
  const parts: Uint8Array[] = []
  for (let item = PyIter_Next(it); item !== null; item = PyIter_Next(it)) {
    const view = PyObject_GetBufferBytes(item)
    Py_DECREF(item)
    if (view === null) return Py_DECREF(it), null
    parts.push(view.bytes.slice())
    PyBuffer_Release(view)
  }
  Py_DECREF(it)
  return PyErr_Occurred() !== null ? null : new Uint8Array(Buffer.concat(parts))
}

function readv(fdObject: PyObject, buffers: PyObject): PyObject | null {
  const fd = descriptor(fdObject)
  const it = fd === null ? null : PyObject_GetIter(buffers)
  if (fd === null || it === null) return null
  let total = 0
  for (let item = PyIter_Next(it); item !== null; item = PyIter_Next(it)) {
    const view = PyObject_GetWritableBytes(item)
    Py_DECREF(item)
    if (view === null) return Py_DECREF(it), null
    const bytes = fdRead(fd, view.bytes.length)
    if (typeof bytes !== 'number') view.bytes.set(bytes)
    const full = typeof bytes !== 'number' && bytes.length === view.bytes.length
    PyBuffer_Release(view)
    if (typeof bytes === 'number') return Py_DECREF(it), failed(bytes)
    total += bytes.length
    if (!full) break
  }
  Py_DECREF(it)
  return PyErr_Occurred() !== null ? null : PyLong_FromSsize_t(total)
}

const pair = (ends: [number, number]): PyObject | null => _PyTuple_FromArraySteal(ends.map(n => PyLong_FromLong(n)), 2)

/** Links and special files: the virtual file system has none. */
const impossible = (name: string, params: string[], minpos: number): PyMethodDef =>
  fn(name, params, minpos, params.length, ([o]) => {
    const path = pathOf(name, params[0]!, o!)
    return path === null ? null : failed(-errnoOf('EPERM'), path)
  })

export const fileMethods: PyMethodDef[] = [
  fn('open', ['path', 'flags', 'mode', 'dir_fd'], 2, 3, ([o, flags, mode, dirFd]) => {
    const path = pathOf('open', 'path', o!)
    const f = path === null ? null : intOf(flags, 0)
    if (path === null || f === null || intOf(mode, 0) === null || !noDirFd('open', dirFd)) return null
    const fd = fdOpen(path.text, f)
    return fd < 0 ? failed(fd, path) : PyLong_FromLong(fd)
  }, '($module, /, path, flags, mode=511, *, dir_fd=None)'),
  onFd('close', fdClose),
  positional('closerange', 2, 2, args => {
    const low = descriptor(args[0]!)
    const high = low === null ? null : descriptor(args[1]!)
    if (low === null || high === null) return null
    for (let fd = Math.max(low, 0); fd < Math.min(high, 65536); fd++) if (fdIsOpen(fd)) fdClose(fd)
    return Py_RETURN_NONE()
  }),
  positional('read', 2, 2, read), positional('write', 2, 2, write),
  positional('pread', 3, 3, args => {
    const fd = descriptor(args[0]!)
    const offset = PyLong_AsSsize_t(args[2]!)
    if (fd === null || PyErr_Occurred() !== null) return null
    return at(fd, offset, () => read(args))
  }),
  positional('pwrite', 3, 3, args => {
    const fd = descriptor(args[0]!)
    const offset = PyLong_AsSsize_t(args[2]!)
    if (fd === null || PyErr_Occurred() !== null) return null
    return at(fd, offset, () => write(args))
  }),
  positional('readv', 2, 2, args => readv(args[0]!, args[1]!)),
  positional('writev', 2, 2, args => {
    const fd = descriptor(args[0]!)
    const bytes = fd === null ? null : gather(args[1]!)
    if (fd === null || bytes === null) return null
    const n = fdWrite(fd, bytes)
    return n < 0 ? failed(n) : PyLong_FromSsize_t(n)
  }),
  positional('lseek', 3, 3, args => {
    const fd = descriptor(args[0]!)
    const offset = fd === null ? -1 : PyLong_AsSsize_t(args[1]!)
    const whence = intOf(args[2], 0)
    if (fd === null || whence === null || PyErr_Occurred() !== null) return null
    const result = fdSeek(fd, offset, whence)
    return result < 0 ? failed(result) : PyLong_FromSsize_t(result)
  }),
  positional('isatty', 1, 1, args => {
    const fd = descriptor(args[0]!)
    return fd === null ? null : PyBool_FromLong(fdIsatty(fd) ? 1 : 0)
  }),
  positional('dup', 1, 1, args => {
    const fd = descriptor(args[0]!)
    if (fd === null) return null
    const result = fdDup(fd)
    return result < 0 ? failed(result) : PyLong_FromLong(result)
  }),
  fn('dup2', ['fd', 'fd2', 'inheritable'], 2, 3, ([from, to]) => {
    const fd = descriptor(from!)
    const fd2 = fd === null ? null : descriptor(to!)
    if (fd === null || fd2 === null) return null
    const result = fdDup2(fd, fd2)
    return result < 0 ? failed(result) : PyLong_FromLong(result)
  }),
  fn('pipe', [], 0, 0, () => pair(fdPipe())),
  positional('pipe2', 1, 1, () => pair(fdPipe())),
  onFd('fsync', isOpen), onFd('fdatasync', isOpen),
  fn('sync', [], 0, 0, () => Py_RETURN_NONE()),
  positional('ftruncate', 2, 2, args => {
    const fd = descriptor(args[0]!)
    const size = fd === null ? -1 : PyLong_AsSsize_t(args[1]!)
    if (fd === null || PyErr_Occurred() !== null) return null
    const result = fdTruncate(fd, size)
    return result < 0 ? failed(result) : Py_RETURN_NONE()
  }),
  fn('truncate', ['path', 'length'], 2, 2, ([path, length]) => truncate(path!, length!)),
  positional('get_blocking', 1, 1, args => {
    const fd = descriptor(args[0]!)
    if (fd === null) return null
    const blocking = fdGetBlocking(fd)
    return blocking === null ? failed(-errnoOf('EBADF')) : PyBool_FromLong(blocking ? 1 : 0)
  }),
  positional('set_blocking', 2, 2, args => {
    const fd = descriptor(args[0]!)
    const blocking = fd === null ? null : intOf(args[1], 1)
    if (fd === null || blocking === null) return null
    const result = fdSetBlocking(fd, blocking !== 0)
    return result < 0 ? failed(result) : Py_RETURN_NONE()
  }),
  positional('get_inheritable', 1, 1, args => {
    const fd = descriptor(args[0]!)
    if (fd === null) return null
    return fdIsOpen(fd) ? PyBool_FromLong(fd < 3 ? 1 : 0) : failed(-errnoOf('EBADF'))
  }),
  positional('set_inheritable', 2, 2, args => {
    const fd = descriptor(args[0]!)
    if (fd === null) return null
    return fdIsOpen(fd) ? Py_RETURN_NONE() : failed(-errnoOf('EBADF'))
  }),
  fn('mkdir', ['path', 'mode', 'dir_fd'], 1, 2, ([o, mode, dirFd]) => {
    const path = pathOf('mkdir', 'path', o!)
    if (path === null || intOf(mode, 0o777) === null || !noDirFd('mkdir', dirFd)) return null
    if (path.text === '') return failed(-errnoOf('ENOENT'), path)
    return attempt(path, () => fileSystem().mkdir(fileSystem().resolve(path.text)))
  }, '($module, /, path, mode=511, *, dir_fd=None)'),
  fn('rmdir', ['path', 'dir_fd'], 1, 1, ([o, dirFd]) => {
    const path = pathOf('rmdir', 'path', o!)
    if (path === null || !noDirFd('rmdir', dirFd)) return null
    return attempt(path, () => fileSystem().rmdir(fileSystem().resolve(path.text)))
  }, '($module, /, path, *, dir_fd=None)'),
  unlink('unlink'), unlink('remove'),
  ...(['rename', 'replace'] as const).map(name => fn(name, ['src', 'dst', 'src_dir_fd', 'dst_dir_fd'], 2, 2, ([a, b, x, y]) => {
    const from = pathOf(name, 'src', a!)
    const to = from === null ? null : pathOf(name, 'dst', b!)
    if (from === null || to === null || !noDirFd(name, x) || !noDirFd(name, y)) return null
    return rename(from, to)
  }, '($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)')),
  fn('getcwd', [], 0, 0, () => pathResult(fileSystem().cwd, false)),
  fn('getcwdb', [], 0, 0, () => pathResult(fileSystem().cwd, true)),
  fn('chdir', ['path'], 1, 1, ([o]) => {
    const path = pathOf('chdir', 'path', o!, true)
    if (path === null) return null
    const fs = fileSystem()
    const full = path.fd >= 0 ? fdPath(path.fd) : fs.resolve(path.text)
    const s = full === null ? null : fs.stat(full)
    if (s === null || path.text === '' && path.fd < 0) return failed(-errnoOf('ENOENT'), path)
    if (!s.isDirectory) return failed(-errnoOf('ENOTDIR'), path)
    fs.cwd = full!
    return Py_RETURN_NONE()
  }),
  fn('chmod', ['path', 'mode', 'dir_fd', 'follow_symlinks'], 2, 2, ([o, mode]) => {
    const path = pathOf('chmod', 'path', o!, true)
    if (path === null || intOf(mode, 0) === null) return null
    const s = path.fd >= 0 ? isOpen(path.fd) : pathStat(path.text)
    return typeof s === 'number' && s < 0 ? failed(s, path) : Py_RETURN_NONE()
  }),
  fn('chown', ['path', 'uid', 'gid', 'dir_fd', 'follow_symlinks'], 3, 3, ([o]) => {
    const path = pathOf('chown', 'path', o!, true)
    return path === null ? null : failed(-errnoOf('EPERM'), path)
  }),
  fn('utime', ['path', 'times', 'ns', 'dir_fd', 'follow_symlinks'], 1, 2, ([o, times, ns]) =>
    times && times !== Py_None && ns
      ? PyErr_SetString(PyExc_ValueError, "utime: you may specify either 'times' or 'ns' but not both") : utime(o!, times ?? null, ns ?? null)),
  impossible('link', ['src', 'dst'], 2), impossible('symlink', ['src', 'dst', 'target_is_directory'], 2),
  impossible('mkfifo', ['path', 'mode'], 1), impossible('mknod', ['path', 'mode', 'device'], 1),
  normpath(),
]

/** _path_normpath(path): the fast part of posixpath.normpath. */
function normpath(): PyMethodDef {
  return fn('_path_normpath', ['path'], 1, 1, ([o]) => {
    const path = pathOf('_path_normpath', 'path', o!)
    if (path === null) return null
    const { text } = path
    const root = text.startsWith('//') && !text.startsWith('///') ? '//' : text.startsWith('/') ? '/' : ''
    const parts: string[] = []
    for (const part of text.split('/')) {
      if (part === '' || part === '.') continue
      if (part !== '..' || (root === '' && parts.length === 0) || (parts.length > 0 && parts.at(-1) === '..')) parts.push(part)
      else if (parts.length > 0) parts.pop()
    }
    return pathResult(root + parts.join('/'), path.isBytes)
  })
}

