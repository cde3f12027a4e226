// The file system a program sees: the standard library, what the user opened for reading, and an overlay in memory that
// takes all writes. Nothing a program does reaches the disk.
//
// Paths are absolute POSIX paths, normalised. Mounts are read-only sources; the overlay holds new and changed files,
// new folders and removals, and goes away with the run.

export interface FileStat {
  isDirectory: boolean
  size: number
  /** Seconds since the epoch. */
  mtime: number
  inode: number
}

/** A read-only tree of files; null or undefined: not there (or not allowed). */
export interface Mount {
  readonly root: string
  stat(path: string): FileStat | null
  read(path: string): Uint8Array | null
  list(path: string): string[] | null
}

/** Errors by errno name, thrown as this class: posix turns them into OSError. */
export class FsError extends Error {
  constructor(readonly code: 'ENOENT' | 'EEXIST' | 'ENOTDIR' | 'EISDIR' | 'ENOTEMPTY' | 'EACCES' | 'EBADF' | 'EROFS' | 'EINVAL' | 'EPERM', readonly path: string) {
    super(`${code}: ${path}`)
  }
}

interface OverlayFile { bytes: Uint8Array, mtime: number, inode: number }

/** `a/../b` resolved, no trailing slash. */
export function normalizePath(path: string, cwd: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

const MAX_MISSING = 50

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1))
const isIn = ({ root }: Mount, path: string): boolean => path === root || path.startsWith(root === '/' ? '/' : `${root}/`)
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export class VirtualFileSystem {
  cwd = '/'
  private readonly files = new Map<string, OverlayFile>()
  private readonly folders = new Map<string, number>()
  private readonly removed = new Set<string>()
  private nextInode = 1_000_000
  /** Files that the program wanted to open and that are not here: they may be on the machine, out of its reach. */
  readonly missing = new Set<string>()

  constructor(readonly mounts: readonly Mount[], private readonly now: () => number) {
    for (const path of ['/', '/tmp', '/home']) this.folders.set(path, this.nextInode++)
    // Folders above a mount exist.
    for (const { root } of mounts) {
      for (let p = root; p !== '/'; p = parentOf(p)) this.folders.set(p, this.nextInode++)
    }
  }

  resolve(path: string): string {
    return normalizePath(path, this.cwd)
  }

  private mounted<R>(path: string, ask: (mount: Mount) => R | null): R | null {
    if (this.removed.has(path)) return null
    for (const mount of this.mounts) {
      if (!isIn(mount, path)) continue
      const found = ask(mount)
      if (found !== null) return found
    }
    return null
  }

  missed(path: string): void {
    // The importer asks for compiled files that it can do without.
    if (this.missing.size < MAX_MISSING && !this.removed.has(path) && !path.endsWith('.pyc')) this.missing.add(path)
  }

  stat(path: string): FileStat | null {
    const file = this.files.get(path)
    if (file !== undefined) return { isDirectory: false, size: file.bytes.length, mtime: file.mtime, inode: file.inode }
    const inMount = this.mounted(path, m => m.stat(path))
    if (inMount !== null) return inMount
    const folder = this.folders.get(path)
    return folder === undefined ? null : { isDirectory: true, size: 4096, mtime: 0, inode: folder }
  }

  read(path: string): Uint8Array {
    const file = this.files.get(path)
    if (file !== undefined) return file.bytes
    const stat = this.stat(path)
    if (stat === null) throw new FsError('ENOENT', path)
    if (stat.isDirectory) throw new FsError('EISDIR', path)
    const bytes = this.mounted(path, m => m.read(path))
    if (bytes === null) throw new FsError('EACCES', path)
    return bytes
  }

  /** Replaces a file's contents; the folder must exist. */
  write(path: string, bytes: Uint8Array): void {
    const stat = this.stat(path)
    if (stat?.isDirectory) throw new FsError('EISDIR', path)
    if (stat === null) this.needFolder(parentOf(path))
    this.removed.delete(path)
    this.files.set(path, { bytes, mtime: this.now(), inode: this.files.get(path)?.inode ?? stat?.inode ?? this.nextInode++ })
  }

  private needFolder(path: string): void {
    const stat = this.stat(path)
    if (stat === null) throw new FsError('ENOENT', path)
    if (!stat.isDirectory) throw new FsError('ENOTDIR', path)
  }

  list(path: string): string[] {
    this.needFolder(path)
    const names = new Set<string>()
    for (const mount of this.mounts) {
      if (isIn(mount, path)) for (const n of mount.list(path) ?? []) names.add(n)
    }
    for (const p of [...this.files.keys(), ...this.folders.keys()]) if (p !== path && parentOf(p) === path) names.add(nameOf(p))
    const prefix = path === '/' ? '/' : `${path}/`
    for (const n of names) if (this.removed.has(prefix + n)) names.delete(n)
    return [...names]
  }

  mkdir(path: string): void {
    if (this.stat(path) !== null) throw new FsError('EEXIST', path)
    this.needFolder(parentOf(path))
    this.removed.delete(path)
    this.folders.set(path, this.nextInode++)
  }

  rmdir(path: string): void {
    const stat = this.stat(path)
    if (stat === null) throw new FsError('ENOENT', path)
    if (!stat.isDirectory) throw new FsError('ENOTDIR', path)
    if (this.list(path).length > 0) throw new FsError('ENOTEMPTY', path)
    this.folders.delete(path)
    this.removed.add(path)
  }

  unlink(path: string): void {
    const stat = this.stat(path)
    if (stat === null) throw new FsError('ENOENT', path)
    if (stat.isDirectory) throw new FsError('EISDIR', path)
    this.files.delete(path)
    this.removed.add(path)
  }

  rename(from: string, to: string): void {
    const stat = this.stat(from)
    if (stat === null) throw new FsError('ENOENT', from)
    if (!stat.isDirectory) {
      this.write(to, this.read(from))
      this.unlink(from)
      return
    }
    const existing = this.stat(to)
    if (existing !== null && !existing.isDirectory) throw new FsError('ENOTDIR', to)
    if (existing !== null && this.list(to).length > 0) throw new FsError('ENOTEMPTY', to)
    if (existing === null) this.mkdir(to)
    for (const name of this.list(from)) this.rename(`${from}/${name}`, `${to}/${name}`)
    this.rmdir(from)
  }
}
