// What the simulated file system is made of on this machine: the standard library from its archive, and the folders that
// the user opened, for reading only.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { FileStat, Mount } from '../python/modules/vfs'
import { ZipArchive } from './zip-archive'

/** What the makers of the archive added or changed to run in a browser. */
const isForBrowsers = (name: string): boolean => /^(_?pyodide\/|webbrowser\.py$)/.test(name)

/** A zip archive shown as a folder; files are unpacked when they are first read. */
export function zipMount(root: string, archive: Uint8Array): Mount {
  const zip = new ZipArchive(archive)
  const folders = new Map<string, Set<string>>([['', new Set()]])
  for (const name of zip.names()) {
    if (isForBrowsers(name)) continue
    for (let start = 0; ;) {
      const folder = start === 0 ? '' : name.slice(0, start - 1)
      const slash = name.indexOf('/', start)
      let names = folders.get(folder)
      if (names === undefined) folders.set(folder, names = new Set())
      names.add(slash < 0 ? name.slice(start) : name.slice(start, slash))
      if (slash < 0) break
      start = slash + 1
    }
  }
  const unpacked = new Map<string, Uint8Array>()
  const inside = (path: string): string => path === root ? '' : path.slice(root.length + 1)
  return {
    root,
    stat(path): FileStat | null {
      const name = inside(path)
      const size = isForBrowsers(name) ? -1 : zip.sizeOf(name)
      if (size >= 0) return { isDirectory: false, size, mtime: 1_700_000_000, inode: hash(name) }
      return folders.has(name) ? { isDirectory: true, size: 4096, mtime: 1_700_000_000, inode: hash(name) } : null
    },
    read(path): Uint8Array | null {
      const name = inside(path)
      let bytes = unpacked.get(name) ?? null
      if (bytes === null && (bytes = zip.read(name)) !== null) unpacked.set(name, bytes)
      return bytes
    },
    list: path => [...folders.get(inside(path)) ?? []],
  }
}

function hash(text: string): number {
  let h = 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h, 31) + text.charCodeAt(i) | 0
  return h >>> 1
}

/** A folder of this machine, read-only: nothing outside it can be reached, not by links either. */
export function folderMount(folder: string): Mount {
  let real: string
  try {
    real = realpathSync(folder)
  } catch {
    real = folder
  }
  const allowed = (path: string): string | null => {
    try {
      const target = realpathSync(join(real, path.slice(folder.length)))
      return target === real || target.startsWith(real.endsWith(sep) ? real : real + sep) ? target : null
    } catch {
      return null
    }
  }
  return {
    root: folder,
    stat(path): FileStat | null {
      const target = allowed(path)
      if (target === null) return null
      const s = statSync(target)
      return { isDirectory: s.isDirectory(), size: s.size, mtime: Math.floor(s.mtimeMs / 1000), inode: s.ino }
    },
    read(path): Uint8Array | null {
      const target = allowed(path)
      if (target === null) return null
      try {
        // A device or a pipe could be read for ever.
        return statSync(target).isFile() ? readFileSync(target) : null
      } catch {
        return null
      }
    },
    list(path): string[] | null {
      const target = allowed(path)
      if (target === null) return null
      try {
        // Links that lead outside are not there.
        return readdirSync(target, { withFileTypes: true }).filter(e => !e.isSymbolicLink() || allowed(`${path}/${e.name}`) !== null).map(e => e.name)
      } catch {
        return null
      }
    },
  }
}
