// The virtual file system of this process, for the modules that touch files.
import type { VirtualFileSystem } from './vfs'

let current: VirtualFileSystem | null = null

/** Set by start-up. */
export function setFileSystem(fs: VirtualFileSystem): void {
  current = fs
}

export function fileSystem(): VirtualFileSystem {
  if (current === null) throw new Error('Molt: no file system yet')
  return current
}
