// Compiler flags as `compile()` takes them (PyCF_*, Include/cpython/compile.h) and the feature bits of
// `__future__` statements (CO_FUTURE_*, Include/cpython/code.h), which share one number.

export const CO_FUTURE_DIVISION = 0x20000
export const CO_FUTURE_ABSOLUTE_IMPORT = 0x40000
export const CO_FUTURE_WITH_STATEMENT = 0x80000
export const CO_FUTURE_PRINT_FUNCTION = 0x100000
export const CO_FUTURE_UNICODE_LITERALS = 0x200000
export const CO_FUTURE_BARRY_AS_BDFL = 0x400000
export const CO_FUTURE_GENERATOR_STOP = 0x800000
export const CO_FUTURE_ANNOTATIONS = 0x1000000

/** The bits that code objects inherit from the flags of the compilation. */
export const PyCF_MASK = CO_FUTURE_DIVISION | CO_FUTURE_ABSOLUTE_IMPORT | CO_FUTURE_WITH_STATEMENT
  | CO_FUTURE_PRINT_FUNCTION | CO_FUTURE_UNICODE_LITERALS | CO_FUTURE_BARRY_AS_BDFL
  | CO_FUTURE_GENERATOR_STOP | CO_FUTURE_ANNOTATIONS

export const PyCF_DONT_IMPLY_DEDENT = 0x200
export const PyCF_ONLY_AST = 0x400
export const PyCF_TYPE_COMMENTS = 0x1000
export const PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000
export const PyCF_ALLOW_INCOMPLETE_INPUT = 0x4000
