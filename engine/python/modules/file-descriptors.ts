// File descriptors of the program: open files of the virtual file system, the standard streams, pipes. What the kernel
// does for posix and _io.
//
// Results are as of system calls: a number, or minus the errno. A file that is open stays alive when its name goes
// (`FileNode.path` is null then); all descriptors of one path share one node.
import { errnoOf } from '../objects/errno'
import { _PyRuntime } from '../objects/runtime'
import { hostCheck, pendingCalls } from '../vm/eval-breaker'
import { fileSystem } from './file-system'
import { FsError } from './vfs'

export const O_RDONLY = 0
export const O_WRONLY = 1
export const O_RDWR = 2
export const O_CREAT = 0o100
export const O_EXCL = 0o200
export const O_TRUNC = 0o1000
export const O_APPEND = 0o2000
export const O_NONBLOCK = 0o4000
export const O_DIRECTORY = 0o200000
export const O_CLOEXEC = 0o2000000

export const S_IFDIR = 0o040000
export const S_IFCHR = 0o020000
export const S_IFREG = 0o100000
export const S_IFIFO = 0o010000

/** What fstat and stat tell. Times are in ns. */
export interface StatResult {
  mode: number
  inode: number
  device: number
  links: number
  uid: number
  gid: number
  size: number
  mtime: bigint
  blocks: number
}

const fail = (name: string): number => -errnoOf(name)

/** The errno of an error of the file system; anything else is a fault of ours. */
export function errnoOfError(e: unknown): number {
  if (e instanceof FsError) return errnoOf(e.code)
  throw e
}

class FileNode {
  buffer: Uint8Array
  size: number
  constructor(public path: string | null, bytes: Uint8Array) {
    this.buffer = bytes
    this.size = bytes.length
  }

  private owned = false

  /** Makes room for writing; the bytes of a mount are never changed. */
  private ensure(size: number): void {
    if (this.owned && size <= this.buffer.length) return
    const larger = new Uint8Array(Math.max(size, this.owned ? this.buffer.length * 2 : this.size, 64))
    larger.set(this.buffer.subarray(0, this.size))
    this.buffer = larger
    this.owned = true
  }

  write(at: number, bytes: Uint8Array): void {
    const end = at + bytes.length
    this.ensure(end)
    if (at > this.size) this.buffer.fill(0, this.size, at)
    this.buffer.set(bytes, at)
    this.resize(Math.max(this.size, end))
  }

  truncate(size: number): void {
    this.ensure(size)
    if (size > this.size) this.buffer.fill(0, this.size, size)
    this.resize(size)
  }

  private resize(size: number): void {
    this.size = size
    if (this.path !== null) fileSystem().write(this.path, this.buffer.subarray(0, size))
  }
}

interface Pipe {
  chunks: Uint8Array[]
  writers: number
  readers: number
}

interface OpenFile {
  kind: 'file' | 'folder' | 'standard' | 'pipe' | 'null'
  flags: number
  position: number
  node: FileNode | null
  path: string
  pipe: Pipe | null
  /** Number of descriptors that share this open file (dup). */
  shares: number
  /** Number of the host's stream, for the standard ones. */
  host: number
}

function openFile(kind: OpenFile['kind'], flags: number): OpenFile {
  return { kind, flags, position: 0, node: null, path: '', pipe: null, shares: 1, host: -1 }
}

interface Table {
  owner: unknown
  files: (OpenFile | undefined)[]
  nodes: Map<string, FileNode>
  /** Times set by utime, in ns, with the file system's own time then: a later change wins. */
  times: Map<string, { mtime: bigint, at: number }>
}

let table: Table | null = null

/** The descriptors of the running process; the standard three are open from the start. */
function current(): Table {
  if (table === null || table.owner !== _PyRuntime.process) {
    const files = [0, 1, 2].map(host => {
      const f = openFile('standard', host === 0 ? O_RDONLY : O_WRONLY)
      f.host = host
      return f
    })
    table = { owner: _PyRuntime.process, files, nodes: new Map(), times: new Map() }
  }
  return table
}

function lookup(fd: number): OpenFile | null {
  return current().files[fd] ?? null
}

function install(file: OpenFile, from = 0): number {
  const { files } = current()
  let fd = from
  while (files[fd] !== undefined) fd++
  files[fd] = file
  return fd
}

const canRead = (f: OpenFile): boolean => (f.flags & 3) !== O_WRONLY
const canWrite = (f: OpenFile): boolean => (f.flags & 3) !== O_RDONLY

function nodeOf(path: string): FileNode {
  const { nodes } = current()
  let node = nodes.get(path)
  if (node === undefined) {
    node = new FileNode(path, fileSystem().read(path))
    nodes.set(path, node)
  }
  return node
}

// ---- system calls ---------------------------------------------------------------------------------------------------

/** open(2): a descriptor, or minus the errno. */
export function fdOpen(path: string, flags: number): number {
  const fs = fileSystem()
  if (path === '') return fail('ENOENT')
  const full = fs.resolve(path)
  if (full === '/dev/null') return install(openFile('null', flags))
  try {
    const stat = fs.stat(full)
    if (stat !== null && path.endsWith('/') && !stat.isDirectory) return fail('ENOTDIR')
    if (stat?.isDirectory) {
      if ((flags & 3) !== O_RDONLY || (flags & O_CREAT) !== 0) return fail('EISDIR')
      const folder = openFile('folder', flags)
      folder.path = full
      return install(folder)
    }
    if (stat === null) {
      if ((flags & O_CREAT) === 0) {
        fs.missed(full)
        const parent = fs.stat(full.slice(0, Math.max(full.lastIndexOf('/'), 1)))
        return fail(parent !== null && !parent.isDirectory ? 'ENOTDIR' : 'ENOENT')
      }
      if (path.endsWith('/')) return fail('EISDIR')
      fs.write(full, new Uint8Array(0))
    } else if ((flags & O_EXCL) !== 0 && (flags & O_CREAT) !== 0) return fail('EEXIST')
    else if ((flags & O_DIRECTORY) !== 0) return fail('ENOTDIR')
    const node = nodeOf(full)
    if ((flags & O_TRUNC) !== 0 && stat !== null && (flags & 3) !== O_RDONLY) node.truncate(0)
    const file = openFile('file', flags)
    file.node = node
    file.path = full
    return install(file)
  } catch (e) {
    return -errnoOfError(e)
  }
}

export function fdClose(fd: number): number {
  const file = lookup(fd)
  if (file === null) return fail('EBADF')
  const { files, nodes } = current()
  files[fd] = undefined
  if (--file.shares > 0) return 0
  if (file.pipe !== null) {
    if (canWrite(file)) file.pipe.writers--
    else file.pipe.readers--
  }
  if (file.node !== null && !files.some(f => f?.node === file.node) && file.node.path !== null) nodes.delete(file.node.path)
  return 0
}

export function fdWrite(fd: number, bytes: Uint8Array): number {
  const file = lookup(fd)
  if (file === null || !canWrite(file)) return fail('EBADF')
  switch (file.kind) {
    case 'standard': return _PyRuntime.io.write(file.host, bytes) ? bytes.length : fail(_PyRuntime.io.writeError ?? 'EPIPE')
    case 'pipe':
      if (file.pipe!.readers === 0) return fail('EPIPE')
      if (bytes.length > 0) file.pipe!.chunks.push(bytes.slice())
      return bytes.length
    case 'file': {
      if ((file.flags & O_APPEND) !== 0) file.position = file.node!.size
      if (bytes.length > 0) file.node!.write(file.position, bytes)
      file.position += bytes.length
      return bytes.length
    }
    default: return bytes.length
  }
}

/** Standard input. What interrupts the wait is handled; if that raises, -EINTR with the exception set. */
function readStandard(host: number, size: number): Uint8Array | number {
  for (;;) {
    const bytes = _PyRuntime.io.read(host, size)
    if (bytes !== null) return bytes
    hostCheck.current?.poll()
    const call = _PyRuntime.tstate === _PyRuntime.threads[0] ? pendingCalls.shift() : undefined
    if (call !== undefined && !call()) return fail('EINTR')
  }
}

/** read(2): the bytes read (empty: end of file), or minus the errno. */
export function fdRead(fd: number, size: number): Uint8Array | number {
  const file = lookup(fd)
  if (file === null || !canRead(file)) return fail('EBADF')
  switch (file.kind) {
    case 'folder': return fail('EISDIR')
    case 'standard': return readStandard(file.host, size)
    case 'pipe': {
      const { chunks } = file.pipe!
      const first = chunks[0]
      // Nobody else runs while this thread waits: an empty pipe can only report that it would block.
      if (first === undefined) return file.pipe!.writers > 0 ? fail('EAGAIN') : new Uint8Array(0)
      if (first.length <= size) chunks.shift()
      else chunks[0] = first.subarray(size)
      return first.subarray(0, size)
    }
    case 'file': {
      const { buffer, size: end } = file.node!
      const bytes = buffer.slice(Math.min(file.position, end), Math.min(file.position + size, end))
      file.position += bytes.length
      return bytes
    }
    default: return new Uint8Array(0)
  }
}

/** lseek(2): the new position, or minus the errno. */
export function fdSeek(fd: number, offset: number, whence: number): number {
  const file = lookup(fd)
  if (file === null) return fail('EBADF')
  if (file.kind === 'pipe' || file.kind === 'standard') return fail('ESPIPE')
  const base = whence === 0 ? 0 : whence === 1 ? file.position : whence === 2 ? file.node?.size ?? 0 : NaN
  const position = base + offset
  if (Number.isNaN(position) || position < 0) return fail('EINVAL')
  if (file.kind === 'null') return 0
  file.position = position
  return position
}

export function fdTruncate(fd: number, size: number): number {
  const file = lookup(fd)
  if (file === null) return fail('EBADF')
  if (file.node === null || !canWrite(file) || size < 0) return fail('EINVAL')
  file.node.truncate(size)
  return 0
}

export function fdIsatty(fd: number): boolean {
  const file = lookup(fd)
  return file !== null && file.kind === 'standard' && _PyRuntime.io.isatty(file.host)
}

export function fdIsOpen(fd: number): boolean {
  return lookup(fd) !== null
}

/** The path a descriptor was opened by, null if it has none. */
export function fdPath(fd: number): string | null {
  const file = lookup(fd)
  return file === null || file.path === '' ? null : file.node === null ? file.path : file.node.path
}

export function fdDup(fd: number, from = 0): number {
  const file = lookup(fd)
  if (file === null) return fail('EBADF')
  file.shares++
  return install(file, from)
}

export function fdDup2(fd: number, target: number): number {
  const file = lookup(fd)
  if (file === null || target < 0) return fail('EBADF')
  if (fd === target) return target
  if (lookup(target) !== null) fdClose(target)
  file.shares++
  current().files[target] = file
  return target
}

/** pipe(2): [reading end, writing end]. */
export function fdPipe(): [number, number] {
  const pipe: Pipe = { chunks: [], writers: 1, readers: 1 }
  const ends = [O_RDONLY, O_WRONLY].map(flags => {
    const end = openFile('pipe', flags)
    end.pipe = pipe
    return install(end)
  })
  return [ends[0]!, ends[1]!]
}

export function fdSetBlocking(fd: number, blocking: boolean): number {
  const file = lookup(fd)
  if (file === null) return fail('EBADF')
  file.flags = blocking ? file.flags & ~O_NONBLOCK : file.flags | O_NONBLOCK
  return 0
}

export function fdGetBlocking(fd: number): boolean | null {
  const file = lookup(fd)
  return file === null ? null : (file.flags & O_NONBLOCK) === 0
}

// ---- stat ---------------------------------------------------------------------------------------------------------------

/** stat(2) of a path, or minus the errno. There are no links: lstat is the same. */
export function pathStat(path: string): StatResult | number {
  if (path === '') return fail('ENOENT')
  const fs = fileSystem()
  const full = fs.resolve(path)
  if (full === '/dev/null') return special(S_IFCHR | 0o666, 5)
  const found = fs.stat(full)
  if (found === null) {
    for (let at = full.lastIndexOf('/'); at > 0; at = full.lastIndexOf('/', at - 1)) {
      const parent = fs.stat(full.slice(0, at))
      if (parent !== null) return fail(parent.isDirectory ? 'ENOENT' : 'ENOTDIR')
    }
    return fail('ENOENT')
  }
  if (path.endsWith('/') && !found.isDirectory) return fail('ENOTDIR')
  return {
    mode: found.isDirectory ? S_IFDIR | 0o755 : S_IFREG | 0o644,
    inode: found.inode, device: 65024, links: found.isDirectory ? 2 : 1, uid: 0, gid: 0,
    size: found.size, mtime: mtimeOf(full, found.mtime), blocks: Math.ceil(found.size / 512),
  }
}

function mtimeOf(path: string, seconds: number): bigint {
  const set = current().times.get(path)
  // Half a second more: the times of real files have fractions, whose ints take memory.
  return set !== undefined && set.at === seconds ? set.mtime : BigInt(Math.floor(seconds)) * 1_000_000_000n + 500_000_000n
}

/** utime(2) of an existing path. */
export function setModificationTime(path: string, mtime: bigint): void {
  current().times.set(path, { mtime, at: fileSystem().stat(path)!.mtime })
}

function special(mode: number, inode: number, size = 0): StatResult {
  return { mode, inode, device: 2, links: 1, uid: 0, gid: 0, size, mtime: 0n, blocks: 0 }
}

export function fdStat(fd: number): StatResult | number {
  const file = lookup(fd)
  if (file === null) return fail('EBADF')
  switch (file.kind) {
    case 'standard': return special(fdIsatty(fd) ? S_IFCHR | 0o620 : S_IFIFO | 0o600, 10 + file.host)
    case 'pipe': return special(S_IFIFO | 0o600, 20)
    case 'null': return special(S_IFCHR | 0o666, 5)
    case 'folder': return pathStat(file.path)
    case 'file': {
      if (file.node!.path !== null) return pathStat(file.node!.path)
      return { ...special(S_IFREG | 0o644, 30, file.node!.size), links: 0 }
    }
  }
}

// ---- names that go or change ----------------------------------------------------------------------------------------------

/** Tells open files that a name is gone. */
export function nodeRemoved(path: string): void {
  const { nodes } = current()
  const node = nodes.get(path)
  if (node !== undefined) node.path = null
  nodes.delete(path)
}

/** Tells open files that a file (or a folder above them) has another name. */
export function nodeRenamed(from: string, to: string): void {
  const { nodes } = current()
  nodeRemoved(to)
  for (const [path, node] of [...nodes]) {
    if (path !== from && !path.startsWith(`${from}/`)) continue
    nodes.delete(path)
    node.path = to + path.slice(from.length)
    nodes.set(node.path, node)
  }
}
