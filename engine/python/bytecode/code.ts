// A code object as CPython 3.11 defines it (Include/cpython/code.h), free of any interpreter state:
// what the compiler returns, what `molt dump dis` prints, and what the VM wraps into a PyCodeObject.
import type { ConstantValue } from '../syntax/constant'

/** `co_flags` bits, Include/cpython/code.h and Include/cpython/compile.h. */
export const CO_OPTIMIZED = 0x0001
export const CO_NEWLOCALS = 0x0002
export const CO_VARARGS = 0x0004
export const CO_VARKEYWORDS = 0x0008
export const CO_NESTED = 0x0010
export const CO_GENERATOR = 0x0020
export const CO_COROUTINE = 0x0080
export const CO_ITERABLE_COROUTINE = 0x0100
export const CO_ASYNC_GENERATOR = 0x0200
export const CO_FUTURE_ANNOTATIONS = 0x1000000

/** Kinds of `co_localspluskinds`, Internal/pycore_code.h. */
export const CO_FAST_LOCAL = 0x20
export const CO_FAST_CELL = 0x40
export const CO_FAST_FREE = 0x80

export class CodeObject {
  constructor(
    public co_argcount: number,
    public co_posonlyargcount: number,
    public co_kwonlyargcount: number,
    public co_stacksize: number,
    public co_flags: number,
    /** Two bytes an instruction, CACHE entries included, as zeroes after the instruction they belong to. */
    public co_code: Uint8Array,
    public co_consts: (ConstantValue | CodeObject)[],
    public co_names: string[],
    /** Locals, then cells that are not locals, then free variables. */
    public co_localsplusnames: string[],
    public co_localspluskinds: Uint8Array,
    public co_filename: string,
    public co_name: string,
    public co_qualname: string,
    public co_firstlineno: number,
    /** The position table, Objects/locations.md. */
    public co_linetable: Uint8Array,
    /** Objects/exception_handling_notes.txt. */
    public co_exceptiontable: Uint8Array,
  ) {}
}
