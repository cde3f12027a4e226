// _stat: the bits of st_mode. Modules/_stat.c.
import { PyBool_From } from '../objects/boolobject'
import { PyErr_Occurred } from '../objects/errors'
import { PyLong_AsLong, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_O, type PyMethodDef, type PyObject } from '../objects/object'
import { PyUnicode_FromString } from '../objects/unicodeobject'

const S_IFMT = 0o170000

const FORMATS = {
  S_IFDIR: 0o040000, S_IFCHR: 0o020000, S_IFBLK: 0o060000, S_IFREG: 0o100000, S_IFIFO: 0o010000, S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000, S_IFDOOR: 0, S_IFPORT: 0, S_IFWHT: 0,
} as const

const CONSTANTS: Readonly<Record<string, number>> = {
  ...FORMATS,
  S_ISUID: 0o4000, S_ISGID: 0o2000, S_ISVTX: 0o1000, S_ENFMT: 0o2000, S_IREAD: 0o400, S_IWRITE: 0o200, S_IEXEC: 0o100,
  S_IRWXU: 0o700, S_IRUSR: 0o400, S_IWUSR: 0o200, S_IXUSR: 0o100, S_IRWXG: 0o70, S_IRGRP: 0o40, S_IWGRP: 0o20, S_IXGRP: 0o10,
  S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1,
  UF_NODUMP: 1, UF_IMMUTABLE: 2, UF_APPEND: 4, UF_OPAQUE: 8, UF_NOUNLINK: 0x10, UF_COMPRESSED: 0x20, UF_HIDDEN: 0x8000,
  SF_ARCHIVED: 0x10000, SF_IMMUTABLE: 0x20000, SF_APPEND: 0x40000, SF_NOUNLINK: 0x100000, SF_SNAPSHOT: 0x200000,
  ST_MODE: 0, ST_INO: 1, ST_DEV: 2, ST_NLINK: 3, ST_UID: 4, ST_GID: 5, ST_SIZE: 6, ST_ATIME: 7, ST_MTIME: 8, ST_CTIME: 9,
  FILE_ATTRIBUTE_ARCHIVE: 32, FILE_ATTRIBUTE_COMPRESSED: 2048, FILE_ATTRIBUTE_DEVICE: 64, FILE_ATTRIBUTE_DIRECTORY: 16,
  FILE_ATTRIBUTE_ENCRYPTED: 16384, FILE_ATTRIBUTE_HIDDEN: 2, FILE_ATTRIBUTE_INTEGRITY_STREAM: 32768, FILE_ATTRIBUTE_NORMAL: 128,
  FILE_ATTRIBUTE_NOT_CONTENT_INDEXED: 8192, FILE_ATTRIBUTE_NO_SCRUB_DATA: 131072, FILE_ATTRIBUTE_OFFLINE: 4096,
  FILE_ATTRIBUTE_READONLY: 1, FILE_ATTRIBUTE_REPARSE_POINT: 1024, FILE_ATTRIBUTE_SPARSE_FILE: 512, FILE_ATTRIBUTE_SYSTEM: 4,
  FILE_ATTRIBUTE_TEMPORARY: 256, FILE_ATTRIBUTE_VIRTUAL: 65536,
}

function modeFunction(name: string, f: (mode: number) => PyObject): PyMethodDef {
  return {
    ml_name: name, ml_flags: METH_O,
    ml_meth: (_m: PyObject, arg: PyObject) => {
      const mode = PyLong_AsLong(arg)
      return mode === -1 && PyErr_Occurred() !== null ? null : f(mode)
    },
  }
}

const test = (name: string, format: number): PyMethodDef =>
  modeFunction(name, mode => PyBool_From(format !== 0 && (mode & S_IFMT) === format))

const LETTERS: readonly (readonly [number, string])[] = [
  [FORMATS.S_IFREG, '-'], [FORMATS.S_IFDIR, 'd'], [FORMATS.S_IFLNK, 'l'], [FORMATS.S_IFBLK, 'b'], [FORMATS.S_IFCHR, 'c'],
  [FORMATS.S_IFIFO, 'p'], [FORMATS.S_IFSOCK, 's'],
]

/** Three letters of permissions; the special bit shows in the last, in capitals when nobody may execute. */
function triad(bits: number, special: boolean, letter: string): string {
  const execute = (bits & 1) !== 0
  return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'}`
}

function filemode(mode: number): string {
  const type = LETTERS.find(([format]) => format === (mode & S_IFMT))?.[1] ?? '?'
  return type + triad(mode >> 6, (mode & 0o4000) !== 0, 's') + triad(mode >> 3, (mode & 0o2000) !== 0, 's') + triad(mode, (mode & 0o1000) !== 0, 't')
}

const methods: PyMethodDef[] = [
  ...(['DIR', 'CHR', 'BLK', 'REG', 'LNK', 'SOCK', 'DOOR', 'PORT', 'WHT'] as const).map(kind => test(`S_IS${kind}`, FORMATS[`S_IF${kind}`])),
  test('S_ISFIFO', FORMATS.S_IFIFO),
  modeFunction('S_IMODE', mode => PyLong_FromLong(mode & 0o7777)),
  modeFunction('S_IFMT', mode => PyLong_FromLong(mode & S_IFMT)),
  modeFunction('filemode', mode => PyUnicode_FromString(filemode(mode))),
]

export function PyInit__stat(): PyObject | null {
  const module = PyModule_Create('_stat', methods)
  if (module === null) return null
  for (const [name, value] of Object.entries(CONSTANTS)) PyModule_AddIntConstant(module, name, value)
  return module
}
