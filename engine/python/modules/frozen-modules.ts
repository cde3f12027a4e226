// The modules that CPython carries frozen (Python/frozen.c): found before the path is searched, run as `<frozen NAME>`.

export interface FrozenModule {
  /** Below the library. */
  file: string
  /** Its name when it was frozen: that of the file, which an alias does not have. */
  original: string
  isPackage: boolean
}

const module = (file: string, original = file.replace('/', '.')): FrozenModule => ({ file: `${file}.py`, original, isPackage: false })

/** In the order of `_imp._frozen_module_names()`; the test modules are left out but for the first. */
export const FROZEN_MODULES: Readonly<Record<string, FrozenModule>> = {
  _frozen_importlib: module('importlib/_bootstrap'),
  _frozen_importlib_external: module('importlib/_bootstrap_external'),
  zipimport: module('zipimport'),
  abc: module('abc'),
  codecs: module('codecs'),
  io: module('io'),
  _collections_abc: module('_collections_abc'),
  _sitebuiltins: module('_sitebuiltins'),
  genericpath: module('genericpath'),
  ntpath: module('ntpath'),
  posixpath: module('posixpath'),
  'os.path': module('posixpath'),
  os: module('os'),
  site: module('site'),
  stat: module('stat'),
  'importlib.util': module('importlib/util'),
  'importlib.machinery': module('importlib/machinery'),
  runpy: module('runpy'),
  __hello__: module('__hello__'),
}

/** The file name that code of a frozen module has. */
export const frozenPath = (name: string): string => `<frozen ${FROZEN_MODULES[name]!.original}>`
