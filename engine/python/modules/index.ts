// The builtin modules: names and the functions that make them. One line a module, sorted.
import { inittab, type ModuleInit } from './import'
import { forgetIdentifiers } from './identifiers'
import { PyInit__abc } from './_abc'
import { PyInit__ast } from './_ast'
import { PyInit__asyncio } from './_asyncio'
import { PyInit__bisect } from './_bisect'
import { PyInit__blake2, PyInit__sha3 } from './blake2-sha3'
import { PyInit__codecs } from './_codecs'
import { PyInit__collections } from './_collections'
import { PyInit__contextvars } from './_contextvars'
import { PyInit__csv } from './_csv'
import { PyInit__datetime } from './_datetime'
import { PyInit__decimal } from './_decimal'
import { PyInit__functools } from './_functools'
import { PyInit__heapq } from './_heapq'
import { PyInit__imp } from './_imp'
import { PyInit__io } from './_io'
import { PyInit__json } from './_json'
import { PyInit__locale } from './_locale'
import { PyInit__md5, PyInit__sha1, PyInit__sha256, PyInit__sha512 } from './hash-modules'
import { PyInit__opcode } from './_opcode'
import { PyInit__operator } from './_operator'
import { PyInit__pickle } from './_pickle'
import { PyInit__posixsubprocess } from './_posixsubprocess'
import { PyInit__queue } from './_queue'
import { PyInit__random } from './_random'
import { PyInit__signal } from './_signal'
import { PyInit__socket } from './_socket'
import { PyInit__sre } from './_sre'
import { PyInit__stat } from './_stat'
import { PyInit__statistics } from './_statistics'
import { PyInit__string } from './_string'
import { PyInit__struct } from './_struct'
import { PyInit__symtable } from './_symtable'
import { PyInit__sysconfigdata, SYSCONFIG_DATA } from './_sysconfigdata'
import { PyInit__thread } from './_thread'
import { PyInit__tracemalloc } from './_tracemalloc'
import { PyInit__typing } from './_typing'
import { PyInit__uuid } from './_uuid'
import { PyInit__warnings } from './_warnings'
import { PyInit__weakref } from './_weakref'
import { PyInit_array } from './arraymodule'
import { PyInit_atexit } from './atexit'
import { PyInit_binascii } from './binascii'
import { PyInit_cmath } from './cmathmodule'
import { PyInit_errno } from './errno'
import { PyInit_faulthandler } from './faulthandler'
import { PyInit_gc } from './gcmodule'
import { PyInit_itertools } from './itertools'
import { PyInit_marshal } from './marshal'
import { PyInit_math } from './mathmodule'
import { PyInit_molt } from './molt'
import { PyInit_posix } from './posix'
import { PyInit_select } from './selectmodule'
import { PyInit_time } from './timemodule'
import { PyInit_unicodedata } from './unicodedata'
import { PyInit_zlib } from './zlib'

const MODULES: Readonly<Record<string, ModuleInit>> = {
  _abc: PyInit__abc,
  _ast: PyInit__ast,
  _asyncio: PyInit__asyncio,
  _bisect: PyInit__bisect,
  _blake2: PyInit__blake2,
  _codecs: PyInit__codecs,
  _collections: PyInit__collections,
  _contextvars: PyInit__contextvars,
  _csv: PyInit__csv,
  _datetime: PyInit__datetime,
  _decimal: PyInit__decimal,
  _functools: PyInit__functools,
  _heapq: PyInit__heapq,
  _imp: PyInit__imp,
  _io: PyInit__io,
  _json: PyInit__json,
  _locale: PyInit__locale,
  _md5: PyInit__md5,
  _opcode: PyInit__opcode,
  _operator: PyInit__operator,
  _pickle: PyInit__pickle,
  _posixsubprocess: PyInit__posixsubprocess,
  _queue: PyInit__queue,
  _random: PyInit__random,
  _sha1: PyInit__sha1,
  _sha256: PyInit__sha256,
  _sha3: PyInit__sha3,
  _sha512: PyInit__sha512,
  _signal: PyInit__signal,
  _socket: PyInit__socket,
  _sre: PyInit__sre,
  _stat: PyInit__stat,
  _statistics: PyInit__statistics,
  _string: PyInit__string,
  _struct: PyInit__struct,
  _symtable: PyInit__symtable,
  [SYSCONFIG_DATA]: PyInit__sysconfigdata,
  _thread: PyInit__thread,
  _tracemalloc: PyInit__tracemalloc,
  _typing: PyInit__typing,
  _uuid: PyInit__uuid,
  _warnings: PyInit__warnings,
  _weakref: PyInit__weakref,
  array: PyInit_array,
  atexit: PyInit_atexit,
  binascii: PyInit_binascii,
  cmath: PyInit_cmath,
  errno: PyInit_errno,
  faulthandler: PyInit_faulthandler,
  gc: PyInit_gc,
  itertools: PyInit_itertools,
  marshal: PyInit_marshal,
  math: PyInit_math,
  molt: PyInit_molt,
  posix: PyInit_posix,
  select: PyInit_select,
  time: PyInit_time,
  unicodedata: PyInit_unicodedata,
  zlib: PyInit_zlib,
}

/** Fills the table of builtin modules; part of start-up. */
export function registerBuiltinModules(): void {
  inittab.clear()
  forgetIdentifiers()
  for (const [name, init] of Object.entries(MODULES)) inittab.set(name, init)
}
