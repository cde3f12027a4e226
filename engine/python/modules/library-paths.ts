// Where a program finds Python: the paths of a CPython installed by a Linux distribution.

export const PREFIX = '/usr'
export const EXECUTABLE = `${PREFIX}/bin/python3.11`
export const STDLIB = `${PREFIX}/lib/python3.11`
export const DYNLOAD = `${STDLIB}/lib-dynload`

/** What CPython puts behind the script's folder on sys.path. */
export const LIBRARY_PATH: readonly string[] = [`${PREFIX}/lib/python311.zip`, STDLIB, DYNLOAD]
