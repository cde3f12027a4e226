// BaseExceptionGroup and ExceptionGroup. Mirrors their part of Objects/exceptions.c.
import type { ExceptionSpec } from './exceptions-simple'
import { exceptionStruct } from './exceptions'

export function exceptionGroupSpec(): ExceptionSpec {
  return { struct: exceptionStruct(2) }
}
