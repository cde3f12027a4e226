// The file system that a program sees, and the library's compiled code beside it.
import { resolve } from 'node:path'
import { STDLIB } from '../python/modules/library-paths'
import { setStdlibCache } from '../python/modules/stdlib-cache'
import { VirtualFileSystem, type Mount } from '../python/modules/vfs'
import type { RunOptions } from './interpreter-api'
import { folderMount, zipMount } from './mounts'
import { libraryArchive, libraryCode } from './stdlib-archive'

/**
 * Library, the program's folder (where it stands) and the folders of `--path`, each as `open` gives it; `now`: seconds, for
 * files that the program writes.
 */
export function programFiles(
  { dataFolder, folder, settings }: RunOptions, now: () => number, open: (folder: string, index: number) => Mount = folderMount,
): VirtualFileSystem {
  const folders = [folder, ...settings.paths.map(path => resolve(path))]
  const fs = new VirtualFileSystem([zipMount(STDLIB, libraryArchive(dataFolder)), ...folders.map((path, index) => open(path, index))], now)
  fs.cwd = folder
  setStdlibCache(libraryCode(dataFolder))
  return fs
}
